//! How does an imitated Acumatica behave on the wire? What its books hold before the first request: the practice company.

use super::books::Books;
use crate::sandbox::company::{AccountGroup, Vendor};
use crate::value::{Record, Value};

/// Fills empty books with vendors, codes, groups, items and templates. Projects come from outside.
pub(super) fn fill(books: &mut Books) {
    let company = std::sync::Arc::clone(&books.options.company);
    for (id, description) in [("SUBCON", "Subcontractors"), ("MATERIAL", "Material suppliers"), ("EQUIP", "Equipment rental")] {
        put(books, "VendorClass", &[("ClassID", id.into()), ("Description", description.into())]);
    }
    for (code, description) in [("000000", "Default"), ("CON000", "Construction"), ("SRV000", "Service"), ("OVH000", "Overhead")] {
        put(
            books,
            "Subaccount",
            &[("SubaccountCD", code.into()), ("Description", description.into()), ("Active", true.into()), ("Secured", false.into())],
        );
    }
    for code in &company.cost_codes {
        put(books, "CostCode", &[("CostCodeID", code.code.into()), ("Description", code.description.into())]);
    }
    for (at, group) in company.account_groups.iter().enumerate() {
        put_group(books, group, at);
    }
    put_item(books, "PCRECEIPT", ("Goods that need a receipt", "MATERIAL"), true);
    templates(books);
    for vendor in &company.vendors {
        books.insert("Vendor", vendor_record(vendor));
    }
    books.count_from("Vendor", company.vendors.len() as u64);
}

fn put(books: &mut Books, entity: &str, fields: &[(&str, Value)]) -> String {
    books.insert(entity, fields.iter().cloned().collect())
}

fn put_group(books: &mut Books, group: &AccountGroup, at: usize) {
    let mut record = Record::from_iter([
        ("AccountGroupID", Value::from(group.id)),
        ("Description", group.description.into()),
        ("Type", group.kind.into()),
        ("Expense", (group.kind == "Expense").into()),
        ("Active", group.active.into()),
        ("SortOrder", (at as i64 + 1).into()),
    ]);
    // The connector's package gives the group its default item, where the schema knows the field.
    let package = books.entity("AccountGroup").and_then(|entity| {
        entity
            .schema
            .shape
            .fields
            .iter()
            .find(|field| field.custom.is_some() && field.name.contains("NonStock"))
            .map(|field| field.name.clone())
    });
    if let (Some(item), Some(field)) = (group.item, package) {
        record.set(field, item);
    }
    books.insert("AccountGroup", record);
    if let Some(item) = group.item {
        put_item(books, item, (group.description, group.id), false);
    }
}

fn put_item(books: &mut Books, id: &str, (description, group): (&str, &str), receipt: bool) {
    let unit = if group == "LABOR" { "HOUR" } else { "EA" };
    let fields = [
        ("InventoryID", Value::from(id)),
        ("Description", description.into()),
        ("ItemStatus", "Active".into()),
        ("ItemType", if receipt { "Non-Stock Item" } else { "Service" }.into()),
        ("BaseUnit", unit.into()),
        ("PurchaseUnit", unit.into()),
        ("SalesUnit", unit.into()),
        ("RequireReceipt", receipt.into()),
        ("RequireShipment", false.into()),
        // Kept in the house: the group of the item's expense account.
        ("AccountGroup", group.into()),
    ];
    put(books, "NonStockItem", &fields);
}

fn templates(books: &mut Books) {
    for (id, description, workflow, level) in
        [("BUILD", "Building project", true, "Task, Item, and Cost Code"), ("SERVICE", "Service job", false, "Task and Cost Code")]
    {
        let properties = Record::from_iter([
            ("ChangeOrderWorkflow", Value::from(workflow)),
            ("CostBudgetLevel", level.into()),
            ("RevenueBudgetLevel", "Task".into()),
        ]);
        let accounts = Record::from_iter([("DefaultSubaccount", "CON000"), ("DefaultCostSubaccount", "CON000")]);
        put(
            books,
            "ProjectTemplate",
            &[
                ("ProjectTemplateID", id.into()),
                ("Description", description.into()),
                ("Status", "Active".into()),
                ("ProjectProperties", properties.into()),
                ("GLAccounts", accounts.into()),
            ],
        );
    }
}

/// The vendor's office number is a Business 1 number; where it stands second, the first one is a mobile phone.
fn vendor_record(vendor: &Vendor) -> Record {
    let address = Record::from_iter([
        ("AddressLine1", Value::text(&vendor.address)),
        ("City", vendor.city.into()),
        ("State", vendor.state.into()),
        ("PostalCode", vendor.zip.as_str().into()),
        ("Country", "US".into()),
        ("Validated", false.into()),
    ]);
    let mut contact = Record::from_iter([
        ("CompanyName", Value::text(&vendor.name)),
        ("DisplayName", vendor.name.as_str().into()),
        ("Email", vendor.email.as_str().into()),
    ]);
    let phones = if vendor.second_phone {
        [("(555) 010-0199", "Cell"), (vendor.phone.as_str(), "Business 1")]
    } else {
        [(vendor.phone.as_str(), "Business 1"), ("", "Business 2")]
    };
    for (at, (number, kind)) in phones.into_iter().enumerate() {
        contact.set(format!("Phone{}Type", at + 1), kind);
        if !number.is_empty() {
            contact.set(format!("Phone{}", at + 1), number);
        }
    }
    contact.set("Address", address);
    Record::from_iter([
        ("VendorID", Value::text(&vendor.id)),
        ("VendorName", vendor.name.as_str().into()),
        ("LegalName", vendor.name.as_str().into()),
        ("VendorClass", vendor.class.into()),
        ("Status", if vendor.active { "Active" } else { "Inactive" }.into()),
        ("CurrencyID", "USD".into()),
        ("Terms", "30D".into()),
        ("PaymentMethod", "CHECK".into()),
        ("MainContact", contact.into()),
    ])
}
