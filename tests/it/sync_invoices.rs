//! Invoices of subcontractors and to the owner, and the retainage that is held and released, end to end.

use crosswalk::sandbox::Company;
use crosswalk::sandbox::company::Invoice;
use crosswalk::value::{Decimal, Record};

use crate::world::{Setup, World, counts, lines, number, text, why};

/// The bill of an invoice of the practice company; none for one that was not sent.
fn bill(world: &World, invoice: &Invoice) -> Option<Record> {
    let ours = |bill: &Record| text(bill, "VendorRef") == invoice.invoice_number && text(bill, "IsRetainageDocument") != "true";
    world.books("Bill").into_iter().find(ours)
}

fn invoices(company: &Company) -> &[Invoice] {
    &company.projects[0].invoices
}

fn sum(bill: &Record, field: &str) -> Decimal {
    lines(bill, "Details").iter().map(|line| number(line, field)).sum()
}

/// BR-58, BR-59
#[tokio::test]
async fn retainage_is_held_line_by_line_and_released_on_the_oldest_bills_first() {
    let world = Setup::building().open();
    let report = world.sync().await;
    assert!(why(&report, "retainage_releases").contains("Release Retainage"), "the bills are not released yet");
    world.a_day_later().await;
    let company = Company::draw(7, 1);
    let of_first: Vec<&Invoice> =
        invoices(&company).iter().filter(|invoice| invoice.commitment == invoices(&company)[0].commitment).collect();
    let items =
        |invoice: &Invoice| invoice.items.iter().chain(invoice.change_items.iter().map(|(_, item)| item)).cloned().collect::<Vec<_>>();
    let held = |invoice: &Invoice| items(invoice).iter().map(|item| item.held + item.held_moved).sum::<Decimal>();
    let released = items(of_first[2]).iter().map(|item| item.released).sum::<Decimal>();
    let [one, two] = [bill(&world, of_first[0]).unwrap(), bill(&world, of_first[1]).unwrap()];
    assert_eq!((sum(&one, "CuryRetainageAmt"), sum(&two, "CuryRetainageAmt")), (held(of_first[0]), held(of_first[1])));
    let given = |of: &Record| {
        let bills = world.books("Bill").into_iter().filter(|bill| text(bill, "OrigRefNbr") == text(of, "ReferenceNbr"));
        bills.map(|bill| number(&bill, "Amount")).sum::<Decimal>()
    };
    assert_eq!(given(&one), released.min(held(of_first[0])));
    assert_eq!(given(&one) + given(&two), released);
    assert!(!released.is_zero());
}

/// BR-61
#[tokio::test]
async fn an_invoice_below_zero_becomes_a_debit_adjustment() {
    let world = Setup::building().open();
    world.sync().await;
    let company = Company::draw(7, 1);
    let credit = invoices(&company).iter().find(|invoice| invoice.due() < Decimal::ZERO).unwrap();
    let bill = bill(&world, credit).unwrap();
    assert_eq!((text(&bill, "Type").as_str(), number(&bill, "Amount")), ("Debit Adj.", -credit.due()));
    assert!(text(&bill, "Status") == "On Hold" && sum(&bill, "ExtendedCost") > Decimal::ZERO);
}

/// BR-60
#[tokio::test]
async fn stored_materials_are_billed_as_work_or_when_they_are_stored_as_the_company_chooses() {
    let company = Company::draw(7, 1);
    let stored = invoices(&company).iter().find(|invoice| invoice.items.iter().any(|item| !item.stored_now.is_zero())).unwrap();
    let (work, materials) =
        stored.items.iter().fold((Decimal::ZERO, Decimal::ZERO), |sums, item| (sums.0 + item.work, sums.1 + item.stored_now));
    let ignoring = Setup::building().open();
    ignoring.sync().await;
    assert_eq!(sum(&bill(&ignoring, stored).unwrap(), "ExtendedCost"), work);
    let including = Setup::building().settings(r#"{"subcontractor_invoices": {"stored_materials": "include"}}"#).open();
    including.sync().await;
    if let Some(bill) = bill(&including, stored) {
        assert_eq!(sum(&bill, "ExtendedCost"), work + materials);
    }
}

/// BR-64
#[tokio::test]
async fn a_bill_is_paid_from_the_cash_account_of_its_project_and_arrives_on_hold() {
    let world = Setup::building().open();
    world.sync().await;
    let cash = text(&world.books("Project")[0], "CashAccount");
    let company = Company::draw(7, 1);
    let bill = bill(&world, &invoices(&company)[0]).unwrap();
    assert_eq!((text(&bill, "CashAccount"), text(&bill, "Status")), (cash.clone(), "On Hold".to_owned()));
    assert!(!cash.is_empty());
}

/// BR-14, BR-63
#[tokio::test]
async fn a_bill_of_a_closed_period_waits_and_goes_by_itself_once_the_period_is_open() {
    let company = Company::draw(7, 1);
    let end = &company.projects[0].periods[0].end;
    let period = format!("{}{}", &end[5..7], &end[..4]);
    let world = Setup::building().open();
    assert!(world.acumatica.accountants().close_period(&period, true));
    let report = world.sync().await;
    let reasons = why(&report, "subcontractor_invoices");
    assert!(reasons.to_lowercase().contains("period"), "{reasons}");
    assert!(bill(&world, &invoices(&company)[0]).is_none());
    world.acumatica.accountants().close_period(&period, false);
    world.an_hour_later();
    let report = world.sync().await;
    assert_eq!(why(&report, "subcontractor_invoices"), "");
    assert!(bill(&world, &invoices(&company)[0]).is_some());
}

/// BR-47
#[tokio::test]
async fn the_owner_is_billed_by_the_difference_of_two_invoices() {
    let world = Setup::building().open();
    world.sync().await;
    let company = Company::draw(7, 1);
    let sent: Vec<_> = company.projects[0].owner_invoices.iter().filter(|invoice| invoice.status == "approved").collect();
    for invoice in sent {
        let items = invoice.items.iter().chain(&invoice.change_items);
        let due: Decimal = items.map(|item| item.work + item.moved + item.stored_now - item.stored_before).sum();
        let number = format!("OI-1001-{:02}", invoice.number);
        let document = world.book("Invoice", ("CustomerOrder", &number));
        assert_eq!((sum(&document, "ExtendedPrice"), text(&document, "Status").as_str()), (due, "On Hold"), "{number}");
    }
}

/// BR-47
#[tokio::test]
async fn where_progress_is_billed_so_owner_invoices_are_pro_forma_invoices() {
    let billed = || Setup::building().settings(r#"{"prime_contract_invoices": {"document": "pro_forma"}}"#);
    let report = billed().open().sync().await;
    let reason = why(&report, "prime_contract_pro_formas");
    assert!(reason.contains("revenue budget of the project has no such line"), "change orders are on hold there (BR-46): {reason}");
    let unchanged = |setup: &mut Setup| {
        setup.company.projects[0].owner_invoices.iter_mut().for_each(|invoice| invoice.change_items.clear());
    };
    let world = billed().with(unchanged).open();
    let report = world.sync().await;
    assert_eq!(why(&report, "prime_contract_pro_formas"), "");
    assert_eq!(counts(&report, "prime_contract_pro_formas"), "created 2");
    assert!(world.books("Invoice").is_empty() && !world.books("ProFormaInvoice").is_empty());
}

/// BR-12
#[tokio::test]
async fn an_owner_invoice_of_a_project_without_a_customer_waits_for_one() {
    let bare = Setup {
        acumatica: Some(|options| (options.prepared_projects, options.estimates_where_locked) = (false, false)),
        ..Setup::building()
    };
    let world = bare.open();
    let report = world.sync().await;
    assert!(
        why(&report, "prime_contract_invoices").contains("has no customer in Acumatica"),
        "{}",
        why(&report, "prime_contract_invoices")
    );
    world.put("Project", r#"{"ProjectID":"1001","Customer":"C000001"}"#);
    world.an_hour_later();
    let report = world.sync().await;
    assert_eq!(counts(&report, "prime_contract_invoices"), "created 2", "{}", why(&report, "prime_contract_invoices"));
}
