//! Which flat rows are mapped? Job costs with money in JSON number tokens, drawn from a seed.

use std::collections::HashMap;
use std::path::Path;

use crosswalk::diagnostic::{Diagnostic, Source, render};
use crosswalk::expr::Expressions;
use crosswalk::plan::{Plan, Settings, compile};
use crosswalk::schema::{Catalog, Schema, load};
use crosswalk::value::Value;
use fastrand::Rng;
use rust_decimal::Decimal;

use crate::engine::{Book, Engine};
use crate::row_by_hand::Hand;

const RECORDS: u64 = 4_000;
const UNITS: [(&str, &str); 5] = [("each", "EA"), ("hours", "HOUR"), ("cy", "CUYD"), ("sf", "SQFT"), ("lf", "FOOT")];
const ID: u64 = 598_134_325_841_000;

/// The records as JSON text.
pub(crate) fn records() -> Vec<String> {
    let mut rng = Rng::with_seed(20_260_331);
    (0..RECORDS).map(|number| record(&mut rng, number)).collect()
}

fn record(rng: &mut Rng, number: u64) -> String {
    let description = [
        "Ready-mix concrete, 4000 psi",
        "Überstunden",
        "Pump rental \\\"B\\\"",
        "Rebar #5, delivered to the site, including offloading and storage",
    ];
    let unit = UNITS.get(rng.usize(..=UNITS.len())).map_or("box", |(unit, _)| unit);
    let group = ["labor", "material", "subcon", "equip"][rng.usize(..4)];
    let status = if rng.u8(..20) == 0 { "pending" } else { "posted" };
    let retainage = if rng.bool() { "null".to_owned() } else { money(rng, 1_000, 1) };
    let (quantity, unit_cost) = priced(rng, &retainage);
    let sums = ["original_budget", "approved_changes", "pending_changes", "jtd_cost", "commitment_invoiced", "committed"];
    let sums = sums.map(|name| format!(r#""{name}":{}"#, money(rng, 50_000_000, 2))).join(",");
    let numbers = format!(r#""quantity":{quantity},"unit_cost":{unit_cost},{sums}"#);
    format!(
        r#"{{"id":{},"project_number":"1001","budget_code":"{:02}-{:04}.{}","cost_type":"{group}","vendor_id":{},"description":"{}","uom":"{unit}","status":"{status}","posted_on":"2026-{:02}-{:02}","retainage_percent":{retainage},{numbers},"created_by":"importer","created_at":"2026-02-03T16:47:35Z","updated_at":"2026-02-04T09:00:00Z"}}"#,
        ID + number,
        rng.u8(1..40),
        rng.u16(..9_999),
        group.to_uppercase(),
        ID + rng.u64(..40),
        description[rng.usize(..description.len())],
        rng.u8(1..=12),
        rng.u8(1..=28),
    )
}

/// A quantity and a price whose product, and the part of it that is retained, are so far from half a cent that binary floats round
/// them to the same cents as decimals.
fn priced(rng: &mut Rng, retainage: &str) -> (Decimal, Decimal) {
    let percent: Decimal = retainage.parse().unwrap_or_default();
    loop {
        let (quantity, price) = (Decimal::new(rng.i64(0..50_000_000), 3), Decimal::new(rng.i64(0..50_000_000), 4));
        let cost = quantity * price;
        if [cost, cost * percent / Decimal::ONE_HUNDRED].into_iter().all(is_clear) {
            return (quantity, price);
        }
    }
}

fn is_clear(amount: Decimal) -> bool {
    let half = (amount * Decimal::ONE_HUNDRED).fract() - Decimal::new(5, 1);
    half.abs() > Decimal::new(1, 2)
}

fn money(rng: &mut Rng, most: i64, places: u32) -> String {
    Decimal::new(rng.i64(0..most), places).to_string()
}

fn companies() -> HashMap<u64, String> {
    (0..40).map(|at| (ID + at, format!("V{at:06}"))).collect()
}

/// The links and the table under their names: for other engines.
pub(crate) fn tables() -> HashMap<String, HashMap<String, String>> {
    let companies = companies().into_iter().map(|(id, key)| (id.to_string(), key)).collect();
    let units = UNITS.into_iter().map(|(from, to)| (from.to_owned(), to.to_owned())).collect();
    [("companies".to_owned(), companies), ("units".to_owned(), units)].into()
}

/// The mapping of `benches/mappings`, compiled against schemas of its own.
pub(crate) fn engine() -> Engine {
    let settings = Value::from_json(include_str!("../mappings/settings.json")).expect("the settings are JSON");
    let plan = plan(&settings).unwrap_or_else(|problems| panic!("{}", render(&problems, false)));
    Engine { plan, settings, project: Value::Null, links: Book::default().with("companies", &companies()) }
}

fn plan(settings: &Value) -> Result<Plan, Vec<Diagnostic>> {
    let schema =
        |path: &str, text: &str| -> Result<Schema, Vec<Diagnostic>> { load(Path::new(path), text).map_err(|problem| vec![problem]) };
    let catalog = Catalog::new([
        schema("cost_rows.json", include_str!("../schemas/cost_rows.json"))?,
        schema("CostRow.json", include_str!("../schemas/CostRow.json"))?,
        schema("vendors.json", include_str!("../../schemas/procore/vendors.json"))?,
        schema("Vendor.json", include_str!("../../schemas/acumatica/Vendor.json"))?,
    ]);
    let texts =
        [("cost_rows.yaml", include_str!("../mappings/cost_rows.yaml")), ("companies.yaml", include_str!("../mappings/companies.yaml"))];
    let mut mappings = Vec::new();
    for (path, text) in texts {
        let (mapping, problems) = crosswalk::mapping::read(&Source::new(path, text));
        mappings.push(mapping.ok_or(problems)?);
    }
    let settings = Settings { defaults: settings.clone(), ..Settings::default() };
    let plans = compile(&mappings, &catalog, &settings, &Expressions::new())?;
    Ok(plans.into_iter().next().expect("one plan for each mapping"))
}

/// The same, written by hand.
pub(crate) fn by_hand() -> Hand {
    Hand { companies: companies(), units: UNITS.into_iter().map(|(from, to)| (from.to_owned(), to.to_owned())).collect() }
}
