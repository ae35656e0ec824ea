//! Which commitments are mapped? Fifty lines each, shaped as Procore shows them, drawn from a seed.

use std::collections::HashMap;

use crosswalk::config::{Folders, Workspace};
use crosswalk::value::Record;
use fastrand::Rng;
use rust_decimal::Decimal;
use serde_json::{Value as Json, json};

use crate::commitment_by_hand::Hand;
use crate::engine::{Book, Engine};

const RECORDS: usize = 200;
const LINES: u64 = 50;
const WORDS: [&str; 8] = ["Footings", "slabs", "curtain wall", "rebar", "piping", "switchgear", "drywall", "earthwork"];
const TYPES: [&str; 4] = ["LABOR", "MATERIAL", "SUBCON", "EQUIP"];
const ID: u64 = 598_134_325_841_000;

/// The records as JSON text.
pub(crate) fn records() -> Vec<String> {
    let mut rng = Rng::with_seed(20_260_331);
    (0..RECORDS as u64).map(|number| record(&mut rng, number).to_string()).collect()
}

fn record(rng: &mut Rng, number: u64) -> Json {
    let unit = rng.bool();
    let lines: Vec<Json> = (0..LINES).map(|at| line(rng, number * LINES + at, at, unit)).collect();
    let total: Decimal = lines.iter().filter_map(|line| line["amount"].as_str()?.parse::<Decimal>().ok()).sum();
    json!({
        "id": ID + number, "number": format!("SC-1001-{number:03}"), "title": format!("Work package {number}: {}", words(rng, 2)),
        "status": if rng.bool() { "Approved" } else { "Complete" }, "accounting_method": if unit { "unit" } else { "amount" },
        "description": format!("<p>{}</p>", words(rng, 6)), "inclusions": words(rng, 8), "exclusions": null, "executed": true,
        "retainage_percent": if rng.u8(..5) == 0 { Json::Null } else { json!(decimal(rng, 200, 1)) },
        "contract_date": day(rng), "contract_start_date": if rng.u8(..5) == 0 { Json::Null } else { json!(day(rng)) },
        "contract_estimated_completion_date": day(rng), "actual_completion_date": null, "execution_date": day(rng),
        "vendor": {"id": ID + rng.u64(..40), "company": "Alder Concrete Inc"},
        "project": {"id": ID + 1, "name": "Delgado Elementary School"},
        "grand_total": total.to_string(), "approved_change_orders": "0.0", "pending_change_orders": "0.0",
        "revised_contract": decimal(rng, 90_000_000, 2), "total_payments": "0.0", "percentage_paid": "0.0", "private": true,
        "origin_id": null, "origin_code": null, "origin_data": null,
        "created_at": format!("{}T16:47:35Z", day(rng)), "updated_at": format!("{}T09:00:00Z", day(rng)), "deleted_at": null,
        "line_items": lines,
    })
}

fn line(rng: &mut Rng, id: u64, position: u64, unit: bool) -> Json {
    let description = match rng.u8(..10) {
        0 => Json::Null,
        1 => json!(""),
        2 => json!(format!("{} 6\" {}", words(rng, 1), words(rng, 1))),
        _ => json!(words(rng, 3)),
    };
    let (quantity, unit_cost) = (Decimal::new(rng.i64(1..900_000), 3), Decimal::new(rng.i64(100..90_000), 2));
    let sub_job = rng.u8(..10) == 0;
    json!({
        "id": id, "position": position, "description": description,
        "amount": (quantity * unit_cost).round_dp(2).to_string(),
        "quantity": if unit { json!(quantity.to_string()) } else { json!("0.0") },
        "unit_cost": if unit { json!(unit_cost.to_string()) } else { Json::Null }, "uom": "cy", "extended_type": "manual",
        "cost_code": {
            "id": ID + rng.u64(..300), "full_code": "03-3000", "name": "Concrete", "biller_type": if sub_job { "SubJob" } else { "Project" },
            "biller_id": if sub_job { rng.u64(1..=5) } else { ID + 1 }, "standard_cost_code_id": 11, "origin_data": null,
        },
        "line_item_type": {"id": ID + rng.u64(..4), "code": "SUBCON", "base_type": "commitment"},
        "wbs_code": {"id": 971, "flat_code": "03-3000.SUBCON"}, "origin_id": null, "tax_code_id": null,
    })
}

fn words(rng: &mut Rng, count: usize) -> String {
    (0..count).map(|_| WORDS[rng.usize(..WORDS.len())]).collect::<Vec<_>>().join(" ")
}

fn decimal(rng: &mut Rng, most: i64, places: u32) -> String {
    Decimal::new(rng.i64(0..most), places).to_string()
}

fn day(rng: &mut Rng) -> String {
    format!("2026-{:02}-{:02}", rng.u8(1..=12), rng.u8(1..=28))
}

/// The links of the workload by Procore id: companies, cost codes, cost types and sub jobs.
fn links() -> [HashMap<u64, String>; 4] {
    [
        (0..40).map(|at| (ID + at, format!("V{at:06}"))).collect(),
        (0..300).map(|at| (ID + at, format!("{:02}-{:04}", at / 10, at))).collect(),
        (0..4).map(|at| (ID + at, TYPES[at as usize].to_owned())).collect(),
        (1..=5).map(|job| (job, format!("1001/{job:04}"))).collect(),
    ]
}

/// The same under the names of their mappings, with the table that the program needs: for other engines.
pub(crate) fn tables() -> HashMap<String, HashMap<String, String>> {
    let names = ["companies", "project_cost_codes", "cost_types", "sub_jobs"];
    let named = |links: HashMap<u64, String>| links.into_iter().map(|(id, key)| (id.to_string(), key)).collect();
    let mut tables: HashMap<String, HashMap<String, String>> = names.into_iter().map(str::to_owned).zip(links().map(named)).collect();
    tables.insert("default_non_stock".to_owned(), TYPES.iter().map(|group| ((*group).to_owned(), format!("PC{group}"))).collect());
    tables
}

/// The shipped mapping `subcontracts`, compiled.
pub(crate) fn engine() -> Engine {
    let workspace = Workspace::open(Folders::default()).unwrap_or_else(|problems| panic!("the shipped mappings compile: {problems:?}"));
    let plan = workspace.plans.into_iter().find(|plan| plan.name == "subcontracts").expect("`subcontracts` is shipped");
    let [companies, codes, types, jobs] = links();
    let links =
        Book::default().with("companies", &companies).with("project_cost_codes", &codes).with("cost_types", &types).with("sub_jobs", &jobs);
    let project: Record = [("procore", "1"), ("acumatica", "1001")].into_iter().collect();
    Engine { plan, settings: workspace.defaults, project: project.into(), links }
}

/// The same, written by hand.
pub(crate) fn by_hand() -> Hand {
    let [companies, cost_codes, cost_types, sub_jobs] = links();
    let items = TYPES.iter().map(|group| ((*group).to_owned(), format!("PC{group}"))).collect();
    Hand {
        companies,
        cost_codes,
        cost_types,
        items,
        sub_jobs,
        main_task: "0000".to_owned(),
        automatic_numbers: false,
        project: "1001".to_owned(),
    }
}
