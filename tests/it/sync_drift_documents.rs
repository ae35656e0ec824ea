//! Whether documents are as they were left, line by line, and whether both sides add up to the same money.

use crosswalk::sync::{DriftKind, Totals};
use crosswalk::value::Decimal;

use crate::world::{Setup, World, lines, number, text, told, why};

/// A company whose accountants have worked for some days.
async fn at_work(setup: Setup) -> World {
    let world = setup.open();
    world.sync().await;
    for _ in 0..3 {
        world.a_day_later().await;
    }
    world.an_hour_later();
    world
}

/// Totals that differ by more than what waits or is held.
fn apart(totals: &Totals) -> Vec<String> {
    let differ = totals.lines.iter().filter(|line| line.difference().abs() != line.not_there.abs());
    differ
        .map(|line| {
            format!("{} {} {}: {} / {}, {} not there", line.project, line.mapping, line.field, line.procore, line.acumatica, line.not_there)
        })
        .collect()
}

/// Documents that go their way, change orders that are released, bills that are paid: none of it is an edit.
#[tokio::test]
async fn what_both_offices_do_in_the_ordinary_way_is_no_drift_and_adds_up_to_the_cent() {
    for setup in [Setup::building(), Setup::both_ways()] {
        let world = at_work(setup).await;
        let mark = world.mark();
        let report = world.drift(&[]).await;
        assert_eq!(told(&report), Vec::<String>::new());
        assert!(report.links() > 100, "{}", report.links());
        let requests = world.since(mark).len();
        assert!(requests < report.links(), "{requests} requests for {} links", report.links());
        let mark = world.mark();
        let totals = world.totals(&[]).await;
        assert_eq!(apart(&totals), Vec::<String>::new());
        let again = world.since(mark).len();
        assert!(again <= requests + 40, "{again} requests for the sums, {requests} for the comparison");
        assert!(totals.lines.iter().filter(|line| !line.procore.is_zero()).count() > 5, "{:?}", totals.lines);
    }
}

#[tokio::test]
async fn a_change_order_that_accountants_made_is_told_from_ours() {
    let world = at_work(Setup::building()).await;
    let ours = world.books("ChangeOrder").into_iter().find(|order| text(order, "Class") == "CCO" && text(order, "Status") == "Closed");
    let change = lines(&ours.unwrap(), "Commitments").into_iter().find(|line| text(line, "POType") == "Subcontract").unwrap();
    let (number, line) = (text(&change, "PONbr"), text(&change, "POLineNbr"));
    let held = |world: &World| {
        let contract = world.book("Subcontract", ("SubcontractNbr", &number));
        lines(&contract, "Details").into_iter().find(|detail| text(detail, "LineNbr") == line).unwrap()
    };
    let before = held(&world);
    let new = format!(
        r#"{{"Status":"Status Update","POType":"Subcontract","PONbr":"{number}","POLineNbr":{line},"Vendor":"{}","ProjectTaskID":"{}","CostCode":"{}","InventoryID":"{}","Qty":0,"Amount":70}}"#,
        text(&change, "Vendor"),
        text(&change, "ProjectTaskID"),
        text(&change, "CostCode"),
        text(&change, "InventoryID"),
    );
    let order = format!(
        r#"{{"Class":"CCO","ProjectID":"1001","Description":"By accounting","ChangeDate":"2026-11-22","Hold":true,"Commitments":[{new}]}}"#
    );
    let made = world.put("ChangeOrder?$expand=Commitments", &order);
    let id = text(made.as_record().unwrap(), "id");
    for action in ["RemoveChangeOrderFromHold", "ReleaseChangeOrder"] {
        world.in_acumatica("POST", &format!("/ChangeOrder/{action}"), &format!(r#"{{"entity":{{"id":"{id}"}},"parameters":{{}}}}"#));
    }
    assert_eq!(number_of(&held(&world)) - number_of(&before), Decimal::from(70));
    let report = world.drift(&["subcontracts"]).await;
    let drifts = &report.mappings[0].drifts;
    assert_eq!((drifts.len(), drifts[0].kind), (1, DriftKind::Changed), "{:?}", told(&report));
    let field = drifts[0].fields.iter().find(|field| field.field == "Details.ExtendedCost").unwrap();
    assert_eq!(field.line.as_deref(), Some(line.as_str()));
    assert_eq!(field.last.as_ref().unwrap().plain(), text(&before, "ExtendedCost"), "what was left knows what ours had added");
    let totals = world.totals(&["subcontracts"]).await;
    assert_eq!(apart(&totals).len(), 1, "{:?}", totals.lines);
    assert_eq!(totals.lines[0].difference(), Decimal::from(-70));
}

fn number_of(line: &crosswalk::value::Record) -> Decimal {
    number(line, "ExtendedCost")
}

#[tokio::test]
async fn a_line_that_somebody_adds_or_takes_away_is_told() {
    let world = at_work(Setup::small()).await;
    let contract = world.books("Subcontract").remove(0);
    let number = text(&contract, "SubcontractNbr");
    let line = lines(&contract, "Details").remove(0);
    world.put_on_hold();
    let new = format!(
        r#"{{"Project":"1001","Task":"0000","CostCode":"{}","InventoryID":"{}","OrderQty":1,"UnitCost":5,"ExtendedCost":5}}"#,
        text(&line, "CostCode"),
        text(&line, "InventoryID")
    );
    world.put("Subcontract", &format!(r#"{{"SubcontractNbr":"{number}","Details":[{new}]}}"#));
    let report = world.drift(&["subcontracts"]).await;
    let fields: Vec<_> = report.mappings[0].drifts.iter().flat_map(|drift| &drift.fields).collect();
    assert_eq!(fields.len(), 1, "{:?}", told(&report));
    assert!(fields[0].field == "Details" && fields[0].last.as_ref().unwrap().is_null() && !fields[0].target.is_null());
    let totals = world.totals(&["subcontracts"]).await;
    let line = totals.lines.iter().find(|line| line.field == "Details.ExtendedCost").unwrap();
    assert_eq!(line.difference(), Decimal::from(-5), "{line:?}");
}

#[tokio::test]
async fn one_cent_that_is_apart_is_told_with_its_project_and_mapping() {
    let world = at_work(Setup::small()).await;
    let before = world.totals(&["subcontracts"]).await;
    assert!(before.agree() && before.lines.len() == 1, "{:?}", before.lines);
    let contract = world.books("Subcontract").remove(0);
    let line = lines(&contract, "Details").remove(0);
    let cent = number(&line, "ExtendedCost") + Decimal::new(1, 2);
    let (number, key) = (text(&contract, "SubcontractNbr"), text(&line, "LineNbr"));
    world.put_on_hold();
    world.put("Subcontract", &format!(r#"{{"SubcontractNbr":"{number}","Details":[{{"LineNbr":{key},"ExtendedCost":{cent}}}]}}"#));
    let after = world.totals(&[]).await;
    let apart: Vec<_> = after.lines.iter().filter(|line| !line.difference().is_zero()).collect();
    assert_eq!(apart.len(), 1, "{:?}", after.lines);
    let told = (apart[0].project.as_str(), apart[0].mapping.as_str(), apart[0].field.as_str());
    assert_eq!(told, ("1001", "subcontracts", "Details.ExtendedCost"));
    assert_eq!((apart[0].procore, apart[0].difference()), (before.lines[0].procore, Decimal::new(-1, 2)));
}

#[tokio::test]
async fn money_that_the_target_does_not_have_yet_is_told_apart() {
    let world = at_work(crate::sync_exports::with_an_order()).await;
    let order = world.books("PurchaseOrder").remove(0);
    world.put("PurchaseOrder", &format!(r#"{{"Type":"Normal","OrderNbr":"{}","Hold":true}}"#, text(&order, "OrderNbr")));
    assert_eq!(told(&world.drift(&["purchase_orders"]).await), Vec::<String>::new(), "that it is on hold is its life");
    world.in_acumatica("DELETE", &format!("/PurchaseOrder/{}", text(&order, "id")), "");
    let report = world.drift(&["purchase_orders"]).await;
    let drifts = &report.mappings[0].drifts;
    assert_eq!((drifts.len(), drifts[0].kind, drifts[0].target_id.clone()), (1, DriftKind::GoneFromTarget, text(&order, "id")));
    let totals = world.totals(&["purchase_orders"]).await;
    let line = &totals.lines[0];
    assert!(line.acumatica.is_zero() && line.not_there == line.procore && !line.procore.is_zero(), "{line:?}");
}

/// Lines of direct costs take requests of their own: they are asked for where their document has changed, and nowhere else.
#[tokio::test]
async fn a_line_that_no_list_brings_is_looked_at_where_its_document_has_changed() {
    let world = at_work(Setup::small()).await;
    let asked = |mark: usize| world.since(mark).into_iter().filter(|told| told.contains("/direct_costs/")).count();
    let mark = world.mark();
    assert_eq!(told(&world.drift(&["direct_costs"]).await), Vec::<String>::new());
    assert_eq!(asked(mark), 0);
    let line = world.rows("direct_cost_line_items").remove(0);
    let amount = number(&line, "amount");
    world.change_in_procore("direct_cost_line_items", &text(&line, "id"), &format!(r#"{{"amount":{}}}"#, amount + Decimal::ONE));
    let mark = world.mark();
    let report = world.drift(&["direct_costs"]).await;
    assert!(asked(mark) > 0);
    let fields: Vec<_> = report.mappings[0].drifts.iter().flat_map(|drift| &drift.fields).collect();
    assert_eq!(fields.len(), 1, "{:?}", told(&report));
    assert_eq!((fields[0].field.as_str(), fields[0].line.as_deref()), ("line_items.amount", Some(text(&line, "id").as_str())));
    let totals = world.totals(&["direct_costs"]).await;
    assert_eq!(totals.lines[0].difference(), Decimal::ONE, "{:?}", totals.lines);
}

/// A contract that change orders have raised can still be edited: its header goes over, and what they added stays.
#[tokio::test]
async fn an_edit_of_a_contract_leaves_what_its_change_orders_have_added() {
    let world = at_work(Setup::building()).await;
    let order = world.books("ChangeOrder").into_iter().filter(|order| text(order, "Class") == "CCO" && text(order, "Status") == "Closed");
    let change = order.flat_map(|order| lines(&order, "Commitments")).find(|line| {
        text(line, "POType") == "Subcontract" && text(line, "Status") == "Status Update" && number(line, "Amount") != Decimal::ZERO
    });
    let name = text(&change.unwrap(), "PONbr");
    let raised = world.book("Subcontract", ("SubcontractNbr", &name));
    let contract = world.row("work_order_contracts", ("number", &text(&raised, "VendorRef")));
    let sum: Decimal = lines(&raised, "Details").iter().map(|line| number(line, "ExtendedCost")).sum();
    assert_ne!(sum, number(&contract, "grand_total"), "no change order has taken effect");
    // Twice: what the first edit has left behind is what the second one meets.
    for title in ["Another name", "Yet another name"] {
        world.an_hour_later();
        world.retitle_contract(&contract, title);
        world.an_hour_later();
        let report = world.sync().await;
        assert!(!why(&report, "subcontracts").contains("ExtendedCost"), "{}", why(&report, "subcontracts"));
        let after = world.book("Subcontract", ("SubcontractNbr", &name));
        assert_eq!(text(&after, "Description"), title);
        assert_eq!(lines(&after, "Details").iter().map(|line| number(line, "ExtendedCost")).sum::<Decimal>(), sum);
    }
}
