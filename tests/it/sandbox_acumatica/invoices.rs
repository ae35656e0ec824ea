//! Invoices to customers, typed or by the billing of a project.

use super::{Desk, at, decimal, lines, number, open};

fn ready() -> Desk {
    let desk = open(|options| {
        options.costs_per_project = 0;
        options.revenue_budgets = false;
    });
    desk.write("/Project", r#"{"ProjectID":"1001","Description":"Library","ProjectTemplateID":"BUILD","Customer":"C000003"}"#);
    desk.act("Project", "ActivateProject", r#"{"ProjectID":{"value":"1001"}}"#);
    desk
}

const INVOICE: &str = r#"{"Project":"1001","CustomerOrder":"APP-1","Hold":false,"Date":"2026-03-31","Amount":1,
    "custom":{"Document":{"RetainageApply":true},"CurrentDocument":{"DefRetainagePct":10}},
    "Details":[{"ProjectTask":"0000","CostCode":"03-3000","TransactionDescription":"Work in March","Qty":1,"ExtendedPrice":1000}]}"#;

#[test]
fn an_invoice_goes_to_the_customer_of_its_project_and_becomes_revenue() {
    let desk = ready();
    let invoice = desk.write("/Invoice?$expand=Details", INVOICE);
    assert_eq!((at(&invoice, "Customer").as_str(), at(&invoice, "Status").as_str()), ("C000003", "Balanced"));
    assert_eq!((at(&invoice, "Amount").as_str(), at(&invoice, "Details.0.Account").as_str()), ("900.00", "40000"));
    let key = format!(r#"{{"Type":"Invoice","ReferenceNbr":"{}"}}"#, at(&invoice, "ReferenceNbr"));
    desk.act_with("Invoice", "ReleaseInvoice", (&key, "{}"));
    let row = desk.book("ProjectBudget", ("AccountGroup", "REVENUE"));
    assert_eq!((row.text("Type"), number(&row, "ActualAmount")), (Some("Income"), decimal("1000")));
    let posted = desk.book("ProjectTransaction", ("Module", "AR"));
    assert_eq!(lines(&posted, "Details")[0].text("AccountGroup"), Some("REVENUE"));
    let late = desk.refused("/Invoice", &format!(r#"{{"ReferenceNbr":"{}","Description":"Late"}}"#, at(&invoice, "ReferenceNbr")));
    assert!(at(&late, "error").contains("its status is Open"));
}

#[test]
fn an_invoice_needs_its_own_customer_and_an_income_account() {
    let desk = ready();
    for (from, to, field) in [
        (r#""Project":"1001""#, r#""Project":"1001","Customer":"C000004""#, "Project"),
        (r#""Project":"1001""#, r#""Project":"1001","Customer":"V000001""#, "Customer"),
        (r#""Project":"1001""#, r#""Project":"9""#, "Project"),
        (r#""Qty":1"#, r#""Qty":1,"Account":"53000""#, "Details.0.Account"),
        (r#""Qty":1"#, r#""Qty":1,"Account":"10200""#, "Details.0.Account"),
        ("0000", "NONE", "Details.0.ProjectTask"),
        ("03-3000", "99-9999", "Details.0.CostCode"),
    ] {
        let echo = desk.refused("/Invoice", &INVOICE.replacen(from, to, 1));
        assert!(!at(&echo, &format!("{field}.error")).is_empty(), "{to}: {echo}");
    }
    let negative = desk.refused("/Invoice", &INVOICE.replace("1000}", "-1000}"));
    assert!(at(&negative, "error").contains("credit memo"));
}

#[test]
fn billing_a_project_makes_a_pro_forma_that_is_filled_in_and_released() {
    let desk = ready();
    let nothing = desk.failed("Project", "RunProjectBilling", (r#"{"ProjectID":"1001"}"#, "{}"));
    assert!(nothing.contains("nothing to bill"), "{nothing}");
    for (code, amount) in [("03-3000", 5000), ("05-1200", 7000)] {
        desk.write(
            "/ProjectBudget",
            &format!(r#"{{"ProjectID":"1001","ProjectTaskID":"0000","AccountGroup":"REVENUE","CostCode":"{code}","OriginalBudgetedAmount":{amount}}}"#),
        );
    }
    let made_up = desk.refused("/ProFormaInvoice", r#"{"ProjectID":"1001"}"#);
    assert!(at(&made_up, "error").contains("billing of its project"), "{made_up}");
    desk.act("Project", "RunProjectBilling", r#"{"ProjectID":{"value":"1001"}}"#);
    let key = r#"{"RefNbr":"PF000001""#;
    let filled = desk.write(
        "/ProFormaInvoice?$expand=ProgressBilling,FinancialDetails",
        &format!(
            r#"{key},"ExternalRefNbr":"APP-1","InvoiceDate":"2026-03-31","ProgressBilling":[{{"ProjectTaskID":"0000","CostCode":"03-3000",
                "InventoryID":"<N/A>","AmountToInvoice":1000,"RetainageAmount":100}}]}}"#
        ),
    );
    assert_eq!((at(&filled, "Status").as_str(), at(&filled, "CustomerID").as_str()), ("On Hold", "C000003"));
    assert_eq!((at(&filled, "InvoiceTotal").as_str(), at(&filled, "AmountDue").as_str()), ("1000.00", "900.00"));
    let strange = desk.refused(
        "/ProFormaInvoice",
        &format!(r#"{key},"ProgressBilling":[{{"ProjectTaskID":"0000","CostCode":"09-9000","InventoryID":"<N/A>","Amount":5}}]}}"#),
    );
    assert!(at(&strange, "ProgressBilling.0.ProjectTaskID.error").contains("no such line"), "{strange}");
    desk.act("ProFormaInvoice", "RemoveProFormaInvoiceFromHold", r#"{"RefNbr":{"value":"PF000001"}}"#);
    desk.act("ProFormaInvoice", "ReleaseProFormaInvoice", r#"{"RefNbr":{"value":"PF000001"}}"#);
    let closed = desk.read("/ProFormaInvoice/PF000001?$expand=FinancialDetails");
    assert_eq!((at(&closed, "Status").as_str(), at(&closed, "FinancialDetails.ARRefNbr").as_str()), ("Closed", "AR000001"));
    let invoice = desk.book("Invoice", ("ReferenceNbr", "AR000001"));
    assert_eq!(
        (invoice.text("CustomerOrder"), number(&invoice, "Amount"), lines(&invoice, "Details").len()),
        (Some("APP-1"), decimal("900"), 1)
    );
    desk.instance.accountants().release_invoices();
    desk.act("Project", "RunProjectBilling", r#"{"ProjectID":{"value":"1001"}}"#);
    let next = desk.read("/ProFormaInvoice/PF000002?$expand=ProgressBilling");
    let line = next
        .as_record()
        .and_then(|it| it.get("ProgressBilling"))
        .unwrap()
        .as_list()
        .unwrap()
        .iter()
        .find(|line| at(line, "CostCode") == "03-3000")
        .unwrap()
        .clone();
    assert_eq!(at(&line, "PreviouslyInvoiced"), "1000.00");
}

#[test]
fn a_project_without_a_customer_is_not_billed() {
    let desk = open(|options| options.prepared_projects = false);
    desk.project_of("BUILD", "1001");
    assert!(desk.failed("Project", "RunProjectBilling", (r#"{"ProjectID":"1001"}"#, "{}")).contains("has no customer"));
}
