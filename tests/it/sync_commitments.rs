//! Subcontracts, purchase orders and their change orders, end to end.

use crosswalk::value::{Decimal, Record};

use crate::world::{Setup, World, lines, number, text};

/// The commitment of this number and the name of its lines' amount.
fn commitment(world: &World, number: &str) -> Record {
    let subcontracts = world.books("Subcontract").into_iter().filter(|one| text(one, "SubcontractNbr") == number);
    let orders = world.books("PurchaseOrder").into_iter().filter(|one| text(one, "OrderNbr") == number);
    subcontracts.chain(orders).next().unwrap_or_else(|| panic!("no commitment {number}"))
}

/// The lines of change orders of commitments, of this status.
fn changed(world: &World, status: &str) -> Vec<Record> {
    let orders = world.books("ChangeOrder").into_iter().filter(|order| text(order, "Class") == "CCO");
    orders.flat_map(|order| lines(&order, "Commitments")).filter(|line| text(line, "Status") == status).collect()
}

/// BR-05, BR-52, BR-57
#[tokio::test]
async fn what_a_change_order_adds_to_a_contract_is_billed_against_the_line_that_it_became() {
    let world = Setup::building().open();
    world.sync().await;
    let added = changed(&world, "New Line");
    assert!(!added.is_empty());
    let mut billed = 0;
    for line in added {
        let (contract, place) = (text(&line, "PONbr"), text(&line, "POLineNbr"));
        let there = lines(&commitment(&world, &contract), "Details");
        assert!(there.iter().any(|line| text(line, "LineNbr") == place), "{contract} has a line {place}");
        let details = world.books("Bill").into_iter().flat_map(|bill| lines(&bill, "Details"));
        billed += details.filter(|line| text(line, "POOrderNbr") == contract && text(line, "POLine") == place).count();
    }
    assert!(billed > 0, "invoices have lines of change orders, which are lines of the contract at accounting");
}

/// BR-46, BR-52
#[tokio::test]
async fn a_change_order_raises_the_line_that_it_names_and_arrives_closed() {
    let world = Setup::building().open();
    world.sync().await;
    let orders: Vec<Record> = world.books("ChangeOrder").into_iter().filter(|order| text(order, "Class") == "CCO").collect();
    assert!(!orders.is_empty() && orders.iter().all(|order| text(order, "Status") == "Closed"));
    let sent: Decimal = orders.iter().flat_map(|order| lines(order, "Commitments")).map(|line| number(&line, "Amount")).sum();
    let approved = |row: &Record| text(row, "status") == "Approved";
    let signed: Decimal = ["work_order_contract", "purchase_order_contract"]
        .iter()
        .flat_map(|kind| {
            let contracts: Vec<String> =
                world.rows(&format!("{kind}s")).iter().filter(|row| approved(row)).map(|row| text(row, "id")).collect();
            let held = |id: &String| text(&world.row(&format!("{kind}s"), ("id", id)), "number").ends_with("A03");
            let contracts: Vec<String> = contracts.into_iter().filter(|id| !held(id)).collect();
            world.rows(&format!("{kind}_line_items")).into_iter().filter(move |line| contracts.contains(&text(line, "parent_record_id")))
        })
        .map(|line| number(&line, "amount"))
        .sum();
    let committed: Decimal = ["Subcontract", "PurchaseOrder"]
        .iter()
        .flat_map(|entity| world.books(entity))
        .flat_map(|contract| lines(&contract, "Details"))
        .map(|line| number(&line, "ExtendedCost"))
        .sum();
    assert_eq!(committed, signed + sent);
    assert!(!changed(&world, "Status Update").is_empty());
}

/// BR-56
#[tokio::test]
async fn purchase_orders_go_out_as_normal_ones_neither_printed_nor_mailed_unless_they_are_turned_off() {
    let world = Setup::building().open();
    world.sync().await;
    let orders = world.books("PurchaseOrder");
    assert!(!orders.is_empty() && orders.iter().all(|order| text(order, "Type") == "Normal" && text(order, "Status") == "Open"));
    let world = Setup::building().settings(r#"{"commitments": {"purchase_orders": false}}"#).open();
    world.sync().await;
    assert!(world.books("PurchaseOrder").is_empty() && !world.books("Subcontract").is_empty());
}
