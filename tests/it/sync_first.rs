//! The first sync: everything arrives once, field by field and exact to the cent, and the totals reconcile.

use std::collections::{BTreeMap, BTreeSet};

use crosswalk::schema::System;
use crosswalk::store::LinkFilter;
use crosswalk::value::{Decimal, Record, Value};
use tokio::sync::OnceCell;

use crate::world::{Setup, World, counts, lines, number, of, text};

/// A world after its first sync: one for all stories of this file, which only look at it.
async fn synced() -> &'static World {
    static SYNCED: OnceCell<World> = OnceCell::const_new();
    let first = || async {
        let world = Setup::usual().open();
        world.sync().await;
        world
    };
    SYNCED.get_or_init(first).await
}

/// Rows of Procore by origin id, each of which may be there once.
fn by_origin(world: &World, collection: &str) -> BTreeMap<String, Record> {
    let mut found = BTreeMap::new();
    for row in world.rows(collection).into_iter().filter(|row| !text(row, "origin_id").is_empty()) {
        let before = found.insert(text(&row, "origin_id"), row);
        assert!(before.is_none(), "twice in {collection}: {before:?}");
    }
    found
}

/// The text of a field in Procore under each name, beside the same in Acumatica.
fn assert_fields(procore: &Record, acumatica: &Record, pairs: &[(&str, &str)]) {
    for (one, two) in pairs {
        assert_eq!(text(procore, one), text(acumatica, two), "{one} and {two} of {procore:?}");
    }
}

#[tokio::test]
async fn every_mapping_tells_how_many_records_came_to_what() {
    let world = Setup::usual().open();
    let report = world.sync().await;
    let told: Vec<String> = report.mappings.iter().map(|told| format!("{}: {}", told.mapping, counts(&report, &told.mapping))).collect();
    let expected = [
        "projects: created 3",
        "companies: created 12, updated 12, held 2",
        "cost_codes: created 6, updated 14",
        "cost_types: created 1, updated 4",
        "project_cost_codes: created 34, updated 26",
        "subcontracts: created 6",
        "direct_costs: created 60",
        "job_costs_report: created 57",
        "budget_costs: unchanged 57",
    ];
    assert_eq!(told, expected);
    let read = of(&report, "direct_costs").counts;
    assert_eq!((read.read, read.offered), (63, 60), "three lines are not released");
    assert_eq!(world.acumatica.sessions(), 0);
}

/// Vendors come in with the fields that Acumatica owns (BR-17, BR-19).
#[tokio::test]
async fn vendors_arrive_with_address_phone_and_ids() {
    let world = synced().await;
    let rows = by_origin(world, "vendors");
    let vendors = world.books("Vendor");
    for vendor in &vendors {
        let row = rows.get(&format!("vendor:{}", text(vendor, "id")));
        let (active, twin) = (text(vendor, "Status") == "Active", text(vendor, "VendorName") == "Summit Supply");
        assert_eq!(row.is_some(), active && !twin, "{vendor:?}");
        let Some(row) = row else { continue };
        let pairs = [
            ("name", "VendorName"),
            ("origin_code", "VendorID"),
            ("address", "MainContact.Address.AddressLine1"),
            ("city", "MainContact.Address.City"),
            ("state_code", "MainContact.Address.State"),
            ("zip", "MainContact.Address.PostalCode"),
            ("country_code", "MainContact.Address.Country"),
            ("email_address", "MainContact.Email"),
        ];
        assert_fields(row, vendor, &pairs);
        let phone = if text(vendor, "MainContact.Phone1Type") == "Business 1" { "MainContact.Phone1" } else { "MainContact.Phone2" };
        assert_fields(row, vendor, &[("business_phone", phone)]);
    }
    let names: Vec<String> = world.rows("vendors").iter().map(|row| text(row, "name")).filter(|name| name != "Summit Supply").collect();
    assert_eq!(names.len(), names.iter().collect::<BTreeSet<_>>().len(), "no company is there twice");
    assert_eq!(rows.len(), 24);
}

/// Every cost code is copied to every project (BR-25).
#[tokio::test]
async fn cost_codes_arrive_in_the_standard_list_and_in_every_project() {
    let world = synced().await;
    let (standard, own) = (by_origin(world, "standard_cost_codes"), by_origin(world, "cost_codes"));
    let (codes, projects) = (world.books("CostCode"), world.rows("projects"));
    for code in &codes {
        let row = &standard[&format!("cost_code:{}", text(code, "id"))];
        assert_fields(row, code, &[("code", "CostCodeID"), ("name", "Description")]);
        for project in &projects {
            let own = &own[&format!("cost_code:{}:{}", text(code, "id"), text(project, "id"))];
            assert_fields(own, code, &[("code", "CostCodeID"), ("name", "Description")]);
            assert_eq!(text(own, "standard_cost_code_id"), text(row, "id"));
            assert_eq!(text(own, "project_id"), text(project, "id"));
        }
    }
    assert_eq!((standard.len(), own.len()), (codes.len(), codes.len() * projects.len()));
    let of_projects = world.rows("cost_codes").into_iter().filter(|row| text(row, "sub_job_id").is_empty()).count();
    assert_eq!(of_projects, own.len(), "codes that were there are taken over, not doubled");
}

#[tokio::test]
async fn account_groups_of_expenses_in_use_become_cost_types() {
    let world = synced().await;
    let types = by_origin(world, "line_item_types");
    for group in world.books("AccountGroup") {
        let wanted = text(&group, "Type") == "Expense" && text(&group, "Active") == "true";
        let row = types.get(&format!("cost_type:{}", text(&group, "id")));
        assert_eq!(row.is_some(), wanted, "{group:?}");
        if let Some(row) = row {
            assert_fields(row, &group, &[("code", "AccountGroupID"), ("name", "Description")]);
        }
    }
    assert_eq!(types.len(), 5);
    assert_eq!(text(&world.row("line_item_types", ("code", "SUBCON")), "base_type"), "commitment");
}

/// Projects go out, and learn their GUID (BR-22, BR-28).
#[tokio::test]
async fn projects_are_made_active_and_know_each_other() {
    let world = synced().await;
    let books = world.books("Project");
    assert_eq!(books.len(), 3);
    for row in world.rows("projects") {
        let project = world.book("Project", ("ExternalRefNbr", &text(&row, "id")));
        assert_eq!(text(&project, "Status"), "Active");
        let pairs = [
            ("project_number", "ProjectID"),
            ("origin_code", "ProjectID"),
            ("name", "Description"),
            ("address", "ProjectAddress.AddressLine1"),
            ("city", "ProjectAddress.City"),
            ("state_code", "ProjectAddress.State"),
            ("zip", "ProjectAddress.PostalCode"),
            ("latitude", "ProjectAddress.Latitude"),
            ("start_date", "ProjectProperties.StartDate"),
            ("completion_date", "ProjectProperties.EndDate"),
        ];
        assert_fields(&row, &project, &pairs);
        assert_eq!(text(&row, "origin_id"), format!("project:{}", text(&project, "id")));
    }
}

#[tokio::test]
async fn approved_contracts_become_open_subcontracts_to_the_cent() {
    let world = synced().await;
    let (mut units, mut retained) = (0, 0);
    for contract in world.rows("work_order_contracts") {
        let found = world.books("Subcontract").into_iter().find(|book| text(book, "VendorRef") == text(&contract, "number"));
        assert_eq!(found.is_some(), text(&contract, "status") == "Approved", "{contract:?}");
        let Some(book) = found else { continue };
        assert_eq!((text(&book, "Status").as_str(), text(&book, "DoNotPrint").as_str()), ("Open", "true"));
        assert_fields(&contract, &book, &[("number", "SubcontractNbr"), ("title", "Description"), ("contract_start_date", "StartDate")]);
        assert_eq!(text(&book, "Date"), text(&contract, "created_at")[..10]);
        assert_eq!(number(&book, "RetainagePct"), number(&contract, "retainage_percent"));
        assert_eq!(text(&contract, "origin_id"), format!("sc:{}", text(&book, "SubcontractNbr")));
        let company = world.row("vendors", ("id", &text(&contract, "vendor_id")));
        assert_eq!(text(&company, "origin_code"), text(&book, "VendorID"));
        let own: Vec<Record> = of_parent(world, "work_order_contract_line_items", &contract);
        let details = lines(&book, "Details");
        assert_eq!(own.len(), details.len());
        let sum = |lines: &[Record], field: &str| lines.iter().map(|line| number(line, field)).sum::<Decimal>();
        assert_eq!(sum(&own, "amount"), sum(&details, "ExtendedCost"));
        assert_eq!(number(&book, "SubcontractTotal"), sum(&own, "amount"));
        units += i32::from(text(&contract, "accounting_method") == "unit");
        retained += i32::from(number(&contract, "retainage_percent") > Decimal::ZERO);
    }
    assert!(units > 0 && retained > 0, "the practice company has contracts of both kinds: {units} {retained}");
}

fn of_parent(world: &World, collection: &str, parent: &Record) -> Vec<Record> {
    world.rows(collection).into_iter().filter(|line| text(line, "parent_record_id") == text(parent, "id")).collect()
}

/// Lines of contracts are linked one by one (BR-05).
#[tokio::test]
async fn every_line_of_a_contract_is_linked_to_its_own_line_of_the_subcontract() {
    let world = synced().await;
    let filter = || LinkFilter { mapping: Some("subcontracts".into()), lines: true, ..LinkFilter::default() };
    let links = world.store.read(move |reading| reading.links(&filter())).await.unwrap();
    let (mut linked, mut keys) = (0, BTreeSet::new());
    for line in links.iter().filter(|link| link.part == "Details") {
        let document = links.iter().find(|link| Some(link.id) == line.parent).unwrap();
        let book = world.book("Subcontract", ("id", &document.end(System::Acumatica).id));
        let key = line.end(System::Acumatica).key.clone().unwrap();
        let there = lines(&book, "Details").into_iter().find(|detail| text(detail, "LineNbr") == key).unwrap();
        let here = world.row("work_order_contract_line_items", ("id", &line.end(System::Procore).id));
        assert_eq!(text(&here, "parent_record_id"), document.end(System::Procore).id);
        assert_eq!(number(&here, "amount"), number(&there, "ExtendedCost"));
        let code = world.row("cost_codes", ("id", &text(&here, "cost_code_id")));
        assert_eq!(text(&code, "code"), text(&there, "CostCode"));
        let kind = world.row("line_item_types", ("id", &text(&here, "line_item_type_id")));
        assert_eq!(text(&there, "InventoryID"), format!("PC{}", text(&kind, "code")));
        assert!(keys.insert((document.id, key)));
        linked += 1;
    }
    let sent: usize = world.books("Subcontract").iter().map(|book| lines(book, "Details").len()).sum();
    assert_eq!(linked, sent);
}

/// One direct cost for each line (BR-68).
#[tokio::test]
async fn every_released_cost_line_becomes_one_direct_cost() {
    let world = synced().await;
    let rows = by_origin(world, "direct_costs");
    let mut kinds = BTreeMap::new();
    for document in world.books("ProjectTransaction") {
        for line in lines(&document, "Details").iter().filter(|line| text(line, "Released") == "true") {
            let row = &rows[&format!("tran:{}", text(line, "TransactionID"))];
            let own = of_parent(world, "direct_cost_line_items", row);
            assert_eq!(own.len(), 1);
            assert_eq!((number(&own[0], "amount"), number(&own[0], "quantity")), (number(line, "Amount"), number(line, "Qty")));
            assert_eq!((text(row, "status").as_str(), text(row, "direct_cost_date")), ("approved", text(line, "Date")));
            let code = world.row("cost_codes", ("id", &text(&own[0], "cost_code_id")));
            assert_eq!(text(&code, "code"), text(line, "CostCode"));
            let project = world.row("projects", ("id", &text(row, "project_id")));
            assert_eq!(text(&project, "project_number"), text(line, "Project"));
            *kinds.entry(format!("{} {}", text(&document, "Module"), text(row, "direct_cost_type"))).or_insert(0) += 1;
            if text(&document, "Module") == "AP" {
                let bill = world.book("Bill", ("ReferenceNbr", &text(&document, "OriginalDocNbr")));
                let vendor = world.row("vendors", ("id", &text(row, "vendor_id")));
                assert_eq!((text(row, "invoice_number"), text(&vendor, "origin_code")), (text(&bill, "VendorRef"), text(&bill, "Vendor")));
            }
        }
    }
    let kinds: Vec<&str> = kinds.keys().map(String::as_str).collect();
    assert_eq!(kinds, ["AP invoice", "AP subcontractor_invoice", "CA expense", "GL expense", "PR payroll"]);
    assert_eq!((rows.len(), world.rows("direct_costs").len()), (60, 60));
}

/// To the cent (BR-74).
#[tokio::test]
async fn costs_reconcile_project_by_project_and_budget_line_by_budget_line() {
    let world = synced().await;
    let doors = world.doors();
    let reconciled = world.engine(&doors, "office").await.reconcile().await.unwrap();
    assert_eq!(reconciled.len(), 3);
    for project in &reconciled {
        assert!(project.agrees(), "{project:?}");
        assert!(project.job_to_date > Decimal::ZERO && project.commitment_invoiced > Decimal::ZERO, "{project:?}");
        let posted: Decimal =
            world.posted().iter().filter(|line| text(line, "Project") == project.project).map(|line| number(line, "Amount")).sum();
        assert_eq!(posted, project.direct_cost_tool);
        budget_lines_reconcile(world, &project.project);
    }
}

/// JTD cost − commitment invoiced = direct costs, on each line that Procore's budget shows.
fn budget_lines_reconcile(world: &World, number_of: &str) {
    let project = world.row("projects", ("project_number", number_of));
    let view = world.procore.settings().budget_view_id;
    let shown = world.in_procore("GET", &format!("/rest/v1.0/budget_views/{view}/detail_rows?project_id={}", text(&project, "id")), "");
    let shown: Vec<&Record> = shown.as_list().unwrap().iter().filter_map(Value::as_record).collect();
    let mut told: BTreeMap<(String, String), [Decimal; 2]> = BTreeMap::new();
    for row in world.books("ProjectBudget") {
        if text(&row, "ProjectID") == number_of && text(&row, "Type") == "Expense" {
            let sums = told.entry((text(&row, "CostCode"), text(&row, "AccountGroup"))).or_default();
            sums[0] += number(&row, "ActualAmount");
            sums[1] += number(&row, "CommittedInvoicedAmount");
        }
    }
    for ((code, group), [actual, invoiced]) in told {
        let codes = world.rows("cost_codes").into_iter();
        let code = codes.filter(|row| {
            text(row, "code") == code && text(row, "project_id") == text(&project, "id") && text(row, "sub_job_id").is_empty()
        });
        let code = code.map(|row| text(&row, "id"));
        let (code, kind) = (code.collect::<String>(), text(&world.row("line_item_types", ("code", &group)), "id"));
        let row = shown.iter().find(|row| text(row, "cost_code_id") == code && text(row, "category_id") == kind);
        let Some(row) = row else { panic!("no budget row {code} {kind}") };
        assert_eq!(number(row, "job_to_date_costs"), actual);
        assert_eq!(number(row, "direct_costs"), actual - invoiced, "{row:?}");
    }
}
