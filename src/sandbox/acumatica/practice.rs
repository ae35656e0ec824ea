//! How does an imitated Acumatica behave on the wire? What its books hold before the first request: the practice company.

use super::books::Books;
use super::rules::main_task;
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
    accounts(books);
    change_order_classes(books);
    super::periods::fill(books);
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

/// The ledger: cash accounts, receivables and payables, and for each group of accounts one that posts to it.
fn accounts(books: &mut Books) {
    for (code, description, kind, group, cash) in [
        ("10200", "Operating account", "Asset", "", true),
        ("10210", "Construction account", "Asset", "", true),
        ("10220", "Old operating account", "Asset", "", true),
        ("11000", "Accounts receivable", "Asset", "", false),
        ("20000", "Accounts payable", "Liability", "", false),
        ("40000", "Contract revenue", "Income", "REVENUE", false),
        ("51000", "Labor", "Expense", "LABOR", false),
        ("52000", "Materials", "Expense", "MATERIAL", false),
        ("53000", "Subcontracts", "Expense", "SUBCON", false),
        ("54000", "Equipment", "Expense", "EQUIP", false),
        ("55000", "Other costs", "Expense", "OTHER", false),
    ] {
        let number = books.count("Account");
        let fields = [
            ("AccountCD", code.into()),
            ("AccountID", (number as i64).into()),
            ("Description", description.into()),
            ("Type", kind.into()),
            ("AccountGroup", if group.is_empty() { Value::Null } else { group.into() }),
            ("Active", (code != "10220").into()),
            ("CashAccount", cash.into()),
            ("CurrencyID", "USD".into()),
        ];
        put(books, "Account", &fields);
    }
}

fn change_order_classes(books: &mut Books) {
    for (id, description, active, cost, revenue, commitments) in [
        ("BUDGET", "Changes of the cost budget", true, true, false, false),
        ("PCCO", "Changes of the prime contract", true, true, true, false),
        ("CCO", "Changes of commitments", true, false, false, true),
        ("ALL", "Changes of everything", true, true, true, true),
        ("OLD", "Changes until 2019", false, true, true, true),
    ] {
        let fields = [
            ("ClassID", id.into()),
            ("Description", description.into()),
            ("Active", active.into()),
            ("CostBudget", cost.into()),
            ("RevenueBudget", revenue.into()),
            ("Commitments", commitments.into()),
        ];
        put(books, "ChangeOrderClass", &fields);
    }
}

fn templates(books: &mut Books) {
    let (fine, coarse) = (["Task, Item, and Cost Code", "Task and Cost Code"], ["Task and Cost Code", "Task"]);
    for (id, description, workflow, [cost, revenue]) in
        [("BUILD", "Building project", true, fine), ("SERVICE", "Service job", false, coarse)]
    {
        let properties = Record::from_iter([
            ("ChangeOrderWorkflow", Value::from(workflow)),
            ("CostBudgetLevel", cost.into()),
            ("RevenueBudgetLevel", revenue.into()),
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
                // Kept in the house: the contract reads a template's tasks by an entity that nobody here needs.
                ("Tasks", Value::List(vec![main_task("").into()])),
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
