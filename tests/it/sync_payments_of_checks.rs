//! Checks of accounting as payments of subcontractor invoices, end to end.

use crosswalk::sandbox::FaultKind;
use crosswalk::value::{Decimal, Record};

use crate::world::{Setup, World, counts, fault, number, text};

/// Bills that may be paid, by vendor: two of one.
fn two_of_one_vendor(world: &World) -> Vec<Record> {
    let open = |bill: &Record| text(bill, "Type") == "Bill" && text(bill, "Status") == "Open" && text(bill, "Booked") != "true";
    let bills: Vec<Record> = world.books("Bill").into_iter().filter(open).collect();
    let same = |one: &Record, other: &Record| text(one, "Vendor") == text(other, "Vendor");
    let first = bills.iter().find(|one| bills.iter().filter(|other| same(one, other)).count() > 1).cloned().unwrap();
    bills.into_iter().filter(|bill| same(bill, &first)).take(2).collect()
}

fn paid(world: &World) -> Vec<Decimal> {
    let mut amounts: Vec<Decimal> = world.rows("contract_payments").iter().map(|payment| number(payment, "amount")).collect();
    amounts.sort();
    amounts
}

/// BR-65, BR-66
#[tokio::test]
async fn a_check_over_two_bills_is_two_payments_and_its_void_takes_both_back() {
    let world = Setup::building().open();
    world.sync().await;
    world.acumatica.accountants().release_bills();
    let bills = two_of_one_vendor(&world);
    let numbers: Vec<String> = bills.iter().map(|bill| text(bill, "ReferenceNbr")).collect();
    let check = world.acumatica.accountants().pay(&numbers.iter().map(String::as_str).collect::<Vec<_>>()).unwrap();
    let mut balances: Vec<Decimal> = bills.iter().map(|bill| number(bill, "Balance")).collect();
    balances.sort();
    world.an_hour_later();
    world.sync().await;
    assert_eq!(paid(&world), balances);
    world.acumatica.accountants().void(&check).unwrap();
    world.an_hour_later();
    world.sync().await;
    assert_eq!(paid(&world).len(), 4, "the payments stay, and two with the sign turned take them back");
    assert_eq!(paid(&world).iter().sum::<Decimal>(), Decimal::ZERO);
}

/// BR-65
#[tokio::test]
async fn payments_of_released_retainage_belong_to_the_invoice_that_released_it() {
    let world = Setup::building().open();
    world.sync().await;
    world.a_day_later().await;
    world.a_day_later().await;
    let retainage: Vec<Record> = world.books("Bill").into_iter().filter(|bill| text(bill, "IsRetainageDocument") == "true").collect();
    assert!(!retainage.is_empty());
    let numbers: Vec<Decimal> = retainage.iter().map(|bill| number(bill, "Amount")).collect();
    let payments = world.rows("contract_payments");
    for amount in numbers {
        let payment =
            payments.iter().find(|payment| number(payment, "amount") == amount).unwrap_or_else(|| panic!("no payment of {amount}"));
        let invoice = world.row("requisitions", ("id", &text(payment, "requisition_id")));
        assert_eq!(text(&invoice, "number"), "3", "the third invoice released it");
    }
}

/// The list of a contract's payments does not say the contract again, and a payment is known in it all the same (BR-65).
#[tokio::test]
async fn a_payment_whose_answer_was_lost_is_found_in_the_list_of_its_contract() {
    let world = Setup::building().open();
    world.sync().await;
    world.acumatica.accountants().release_bills();
    let bill = two_of_one_vendor(&world).remove(0);
    world.acumatica.accountants().pay(&[&text(&bill, "ReferenceNbr")]).unwrap();
    world.an_hour_later();
    world.procore.faults().add(fault(FaultKind::DropAfterEffect, ("POST", "/contract_payments"), 1));
    world.try_sync().await.unwrap_err();
    world.an_hour_later();
    let report = world.sync().await;
    assert_eq!(counts(&report, "payments_issued"), "created 1, unchanged 1");
    assert_eq!(paid(&world), [number(&bill, "Balance")]);
}
