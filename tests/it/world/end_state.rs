//! What both systems and the state file hold in the end, in words that do not depend on the order of requests: ids are
//! replaced by what they stand for, stamps are left out.

use std::collections::BTreeMap;

use crosswalk::store::{LinkFilter, Store};
use crosswalk::value::{Record, Value, json_text};

use tokio::sync::OnceCell;

use super::{Setup, World, text};

/// Procore's collections, each after those that its records name.
pub(crate) const COLLECTIONS: [&str; 31] = [
    "standard_cost_code_lists",
    "vendors",
    "standard_cost_codes",
    "line_item_types",
    "budget_views",
    "projects",
    "sub_jobs",
    "cost_codes",
    "wbs_codes",
    "budget_line_items",
    "work_order_contracts",
    "work_order_contract_line_items",
    "purchase_order_contracts",
    "purchase_order_contract_line_items",
    "prime_contracts",
    "prime_contract_line_items",
    "commitment_change_orders",
    "prime_change_orders",
    "potential_change_orders",
    "potential_change_order_line_items",
    "change_order_packages",
    "budget_modifications",
    "budget_changes",
    "adjustment_line_items",
    "requisitions",
    "payment_applications",
    "contract_payments",
    "direct_costs",
    "direct_cost_line_items",
    "erp_job_costs",
    "external_data",
];
/// What tells one record from another, beside its ids.
const TELLING: [&str; 12] = [
    "name",
    "project_number",
    "code",
    "number",
    "origin_data",
    "position",
    "cost_code_id",
    "line_item_type_id",
    "item_type",
    "item_id",
    "project_id",
    "parent_record_id",
];
pub(crate) const ENTITIES: [&str; 11] = [
    "Vendor",
    "Project",
    "ProjectTask",
    "ProjectBudget",
    "Subcontract",
    "PurchaseOrder",
    "ChangeOrder",
    "Bill",
    "Invoice",
    "Check",
    "ProjectTransaction",
];
/// Lines that come from lists in no order: where each stands is chance, and what the practice company ties to their places.
const UNORDERED: [&str; 2] = ["prime_contract_line_items", "potential_change_order_line_items"];
const BY_CHANCE: [&str; 4] = ["position", "alters", "line_item_type_id", "wbs_code_id"];
const STAMPS: [&str; 6] = ["reviewed_at", "created_at", "updated_at", "deleted_at", "CreatedDateTime", "LastModifiedDateTime"];

impl World {
    /// The end state, line by line.
    pub(crate) async fn end_state(&self) -> Vec<String> {
        end_state(|collection| self.rows(collection), |entity| self.books(entity), &self.store).await
    }
}

/// The end state, of systems that are looked at so.
pub(crate) async fn end_state(rows: impl Fn(&str) -> Vec<Record>, books: impl Fn(&str) -> Vec<Record>, store: &Store) -> Vec<String> {
    let mut names = BTreeMap::new();
    let mut told = Vec::new();
    for collection in COLLECTIONS {
        let mut rows: Vec<(String, Record)> = rows(collection).into_iter().map(|row| (text(&row, "id"), row)).collect();
        if UNORDERED.contains(&collection) {
            rows.iter_mut().for_each(|(_, row)| BY_CHANCE.iter().for_each(|field| drop(row.remove(field))));
        }
        for (id, row) in &rows {
            let parts = TELLING.iter().filter_map(|field| row.get(field).map(Value::plain)).collect::<Vec<_>>().join("|");
            names.insert(id.clone(), format!("<{collection} {}>", named(&parts, &names)));
        }
        told.extend(rows.into_iter().map(|(_, row)| format!("{collection} {}", named(&json_text(&bare(row.into())), &names))));
    }
    for entity in ENTITIES {
        told.extend(books(entity).into_iter().map(|record| format!("{entity} {}", named(&json_text(&bare(record.into())), &names))));
    }
    let state = store.read(|reading| {
        let links = reading.links(&LinkFilter { lines: true, ..LinkFilter::default() })?;
        Ok((links, reading.open_flows(None)?, reading.held(None, None)?))
    });
    let (links, flows, held) = state.await.unwrap();
    for link in links {
        let known = link.fingerprint.is_some();
        let line = format!("link {} {} {} {} = {} {known}", link.mapping, link.scope, link.part, link.procore, link.acumatica);
        told.push(named(&line, &names));
    }
    told.extend(flows.iter().map(|flow| named(&format!("open flow {}", flow.id), &names)));
    told.extend(
        held.iter().map(|held| named(&format!("held {} {} {} {:?}", held.mapping, held.scope, held.source_id, held.reasons), &names)),
    );
    told.sort();
    told
}

/// The requests of a first run, and the state in which two runs end.
pub(crate) type Course = (Vec<String>, Vec<String>);

/// What happens in a tiny world when nothing disturbs two runs.
pub(crate) async fn undisturbed() -> &'static Course {
    static UNDISTURBED: OnceCell<Course> = OnceCell::const_new();
    UNDISTURBED.get_or_init(|| two_runs(Setup::tiny())).await
}

async fn two_runs(setup: Setup) -> Course {
    let world = setup.open();
    world.sync().await;
    let requests = world.since(0);
    world.an_hour_later();
    world.sync().await;
    (requests, world.end_state().await)
}

/// Which request of a first run in a tiny world is the first with this part.
pub(crate) async fn place_of(part: &str) -> usize {
    undisturbed().await.0.iter().position(|request| request.contains(part)).unwrap()
}

/// Fails with what only one of the two has.
pub(crate) fn assert_same(expected: &[String], found: &[String], story: &str) {
    if let Some(difference) = difference(expected, found) {
        panic!("{story}:\n{difference}");
    }
}

/// What only one of the two has.
pub(crate) fn difference(expected: &[String], found: &[String]) -> Option<String> {
    let only = |one: &[String], two: &[String]| {
        let mut left = two.to_vec();
        let lacks = one.iter().filter(|line| match left.iter().position(|other| other == *line) {
            Some(at) => {
                left.swap_remove(at);
                false
            }
            None => true,
        });
        lacks.take(4).cloned().collect::<Vec<_>>().join("\n  ")
    };
    (expected != found).then(|| format!("missing:\n  {}\ntoo much:\n  {}", only(expected, found), only(found, expected)))
}

/// A value without stamps, numbers as they are meant, own ids left to [`named`]. Lines of Acumatica are known by their numbers:
/// their ids depend on what was tried before.
fn bare(value: Value) -> Value {
    match value {
        Value::Record(mut record) if record.get("LineNbr").is_some() && record.get("id").is_some() => {
            record.remove("id");
            bare(Value::Record(record))
        }
        Value::Record(record) => {
            let fields = record.iter().filter(|(name, value)| !STAMPS.contains(name) && !value.is_null());
            Value::Record(fields.map(|(name, value)| (name.to_owned(), bare(value.clone()))).collect())
        }
        Value::List(list) => Value::List(list.into_iter().map(bare).collect()),
        Value::Number(number) => Value::Number(number.normalize()),
        other => other,
    }
}

/// The text with every known Procore id (fifteen digits) replaced by its name.
fn named(text: &str, names: &BTreeMap<String, String>) -> String {
    let mut told = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("598134325") {
        let id = rest.get(at..at + 15).unwrap_or_default();
        told.push_str(&rest[..at]);
        match names.get(id) {
            Some(name) => told.push_str(name),
            None => told.push_str("<gone>"),
        }
        rest = &rest[at + id.len().max(9)..];
    }
    told.push_str(rest);
    told
}
