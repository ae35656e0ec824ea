//! `crosswalk schema show` and `search`: the fields of both systems, for whoever writes a mapping or fits one to a package.

use serde_json::Value;

use super::program::{Folder, Ran};

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|problem| panic!("{problem}\n{ran}"))
}

/// The line of a table that begins with these cells.
fn line<'r>(ran: &'r Ran, begins: &[&str]) -> &'r str {
    let met = |line: &&str| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).take(begins.len()).eq(begins.iter().copied());
    ran.out.lines().find(met).unwrap_or_else(|| panic!("no line {begins:?} in\n{ran}"))
}

#[test]
fn a_resource_is_shown_with_all_that_is_known_of_its_fields() {
    let folder = Folder::new();
    let bill = folder.run(&["schema", "show", "acumatica/Bill"]);
    assert_eq!((bill.code, bill.err.as_str()), (0, ""), "{bill}");
    assert!(bill.out.starts_with("acumatica/Bill: ") && bill.out.contains("ReleaseRetainage"), "{bill}");
    assert!(line(&bill, &["RetainageApply", "boolean"]).contains("custom Document.RetainageApply"), "{bill}");
    assert!(line(&bill, &["IsTaxValid", "boolean"]).contains("read-only, since 23.200.001"), "{bill}");
    assert!(line(&bill, &["Details.RetainagePct", "percent"]).contains("custom Transactions.RetainagePct"), "{bill}");
    // Without its system and whatever the case; the same as JSON.
    let shown = json(&folder.run(&["schema", "show", "subCONTRACT", "--json"]));
    assert_eq!((&shown[0]["resource"], &shown[0]["since"]), (&"acumatica/Subcontract".into(), &"23.200.001".into()));
    let fields = shown[0]["fields"].as_array().unwrap();
    let number = fields.iter().find(|field| field["path"] == "SubcontractNbr").unwrap();
    assert_eq!((&number["type"], &number["max_length"]), (&"text".into(), &15.into()), "{number}");
    let vendors = folder.run(&["schema", "show", "procore/vendors"]);
    assert!(vendors.out.contains("company") && vendors.code == 0, "{vendors}");
}

#[test]
fn a_slip_in_the_name_of_a_resource_is_told_with_the_near_one() {
    let folder = Folder::new();
    for (slip, meant) in
        [("Subcontrct", "Subcontract"), ("acumatica/Vendr", "acumatica/Vendor"), ("work_order_contract", "work_order_contracts")]
    {
        let ran = folder.run(&["schema", "show", slip]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{ran}");
        assert!(
            ran.err.contains(&format!("there is no resource `{slip}`")) && ran.err.contains(&format!("did you mean `{meant}`?")),
            "{ran}"
        );
    }
}

#[test]
fn a_word_finds_the_fields_of_both_systems() {
    let folder = Folder::new();
    let found = folder.run(&["schema", "search", "retainage"]);
    assert_eq!(found.code, 0, "{found}");
    assert!(line(&found, &["acumatica/Subcontract", "RetainagePct", "percent"]).contains("percent"), "{found}");
    assert!(line(&found, &["procore/work_order_contracts", "retainage_percent"]).contains("decimal") || found.out.contains("percent"));
    // Each of several words has to be met: by path, label, description or the place of a custom field.
    let both = json(&folder.run(&["schema", "search", "transactions", "retainage", "bill", "--json"]));
    let paths: Vec<&str> = both.as_array().unwrap().iter().map(|row| row["path"].as_str().unwrap()).collect();
    assert!(paths.contains(&"Details.RetainagePct") && paths.contains(&"Details.CuryRetainageAmt"), "{both:#}");
    assert!(both.as_array().unwrap().iter().all(|row| row["resource"].as_str().unwrap().contains("Bill")), "{both:#}");
    let none = folder.run(&["schema", "search", "retianage_percent"]);
    assert_eq!((none.code, none.out.as_str()), (2, ""), "{none}");
    assert!(none.err.contains("did you mean `retainage_percent`?"), "{none}");
}
