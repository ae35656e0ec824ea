//! The rules that both systems and the state file are held against once a run has ended.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Mutex, PoisonError};

use crosswalk::plan::Direction;
use crosswalk::store::LinkFilter;
use crosswalk::value::{Decimal, Record};

use super::checks::Check;
use super::process::wait_for;
use super::watch::Watch;
use crate::world::{COLLECTIONS, ENTITIES, World, lines, number, text};

/// What was locked when it was last seen, by id: its amounts.
#[derive(Default)]
pub(crate) struct Audit {
    locked: Mutex<BTreeMap<String, String>>,
}

/// Everything that both systems hold.
struct Holdings {
    procore: Vec<(&'static str, Vec<Record>)>,
    acumatica: BTreeMap<&'static str, Vec<Record>>,
}

impl Audit {
    /// Looks at a world between two runs.
    pub(crate) fn look(&self, world: &World, watch: &Watch) {
        let holdings = Holdings {
            procore: COLLECTIONS.iter().map(|collection| (*collection, world.rows(collection))).collect(),
            acumatica: ENTITIES.iter().map(|entity| (*entity, world.books(entity))).collect(),
        };
        one_target(&holdings, world, watch);
        whole_links(&holdings, world, watch);
        lines_add_up(&holdings, watch);
        self.locked(&holdings, watch);
    }

    fn locked(&self, holdings: &Holdings, watch: &Watch) {
        let mut known = self.locked.lock().unwrap_or_else(PoisonError::into_inner);
        let released = |bill: &&Record| !["On Hold", "Balanced", "Pending Approval"].contains(&text(bill, "Status").as_str());
        let bills = holdings.acumatica["Bill"].iter().filter(released).map(|bill| (text(bill, "id"), amounts(bill)));
        let of = |name: &'static str| holdings.procore.iter().filter(move |(known, _)| *known == name).flat_map(|(_, rows)| rows);
        let of_locked: BTreeSet<String> =
            of("direct_costs").filter(|cost| !text(cost, "origin_id").is_empty()).map(|cost| text(cost, "id")).collect();
        let costs = of("direct_cost_line_items").filter(|line| of_locked.contains(&parent(line)));
        let costs = costs.map(|line| (text(line, "id"), number(line, "amount").normalize().to_string()));
        for (id, amounts) in bills.chain(costs) {
            let before = known.entry(id.clone()).or_insert_with(|| amounts.clone());
            if *before != amounts {
                watch.breaks(Check::Locked, format!("`{id}` was locked with {before} and has {amounts}"));
            }
        }
    }
}

fn amounts(bill: &Record) -> String {
    let of_lines = lines(bill, "Details").iter().map(|line| number(line, "ExtendedCost").normalize().to_string()).collect::<Vec<_>>();
    format!("{} of {}", number(bill, "Amount").normalize(), of_lines.join(" + "))
}

fn one_target(holdings: &Holdings, world: &World, watch: &Watch) {
    let mut found = HashSet::new();
    for (collection, rows) in &holdings.procore {
        for row in rows.iter().filter(|row| !text(row, "origin_id").is_empty()) {
            let origin = (*collection, text(row, "project_id"), text(row, "contract_id"), text(row, "origin_id"));
            if !found.insert(origin) {
                watch.breaks(Check::OneTarget, format!("`{}` is there twice in {collection}", text(row, "origin_id")));
            }
        }
    }
    for plan in world.plans().iter().filter(|plan| plan.direction == Direction::Export && !plan.identity.is_empty()) {
        let Some(records) = holdings.acumatica.get(plan.target.resource.entity()) else { continue };
        let releases = plan.target.resource.made_by().is_some();
        let mut found = HashSet::new();
        for record in records.iter().filter(|record| releases == (text(record, "IsRetainageDocument") == "true")) {
            let identity: Vec<String> = plan.identity.iter().map(|field| text(record, field)).collect();
            let whole = identity.iter().all(|part| !part.is_empty());
            if whole && !found.insert(identity.clone()) {
                watch.breaks(Check::OneTarget, format!("{} of `{}` is there twice", identity.join(" "), plan.name));
            }
        }
    }
}

fn whole_links(holdings: &Holdings, world: &World, watch: &Watch) {
    let rows = holdings.procore.iter().flat_map(|(_, rows)| rows);
    let procore: BTreeSet<String> = rows.map(|row| text(row, "id")).collect();
    let acumatica: BTreeSet<String> = holdings.acumatica.values().flatten().map(|record| text(record, "id")).collect();
    let links = wait_for(world.store.read(|reading| reading.links(&LinkFilter::default())));
    for link in links.unwrap() {
        let (here, there) = (&link.procore.id, &link.acumatica.id);
        // Groups and rows of reports are no records of their own.
        let number = here.len() == 15 && here.bytes().all(|letter| letter.is_ascii_digit());
        let known = |entity: &str| entity.len() == 36 && entity.matches('-').count() == 4;
        if (number && !procore.contains(here)) || (known(there) && !acumatica.contains(there) && is_seen(&link.mapping)) {
            watch.breaks(Check::WholeLinks, format!("the link of `{}` between `{here}` and `{there}`", link.mapping));
        }
    }
}

/// Whether the audit sees the records of this pair at Acumatica.
fn is_seen(pair: &str) -> bool {
    !["cost_codes", "cost_types", "project_cost_codes", "sub_job_cost_codes"].contains(&pair)
}

/// The lists of documents at Acumatica whose amounts make up the header.
const SUMS: [(&str, &str, &str, &str); 2] =
    [("Subcontract", "SubcontractTotal", "Details", "ExtendedCost"), ("PurchaseOrder", "OrderTotal", "Details", "ExtendedCost")];

fn lines_add_up(holdings: &Holdings, watch: &Watch) {
    for (entity, header, list, field) in SUMS {
        for record in holdings.acumatica.get(entity).into_iter().flatten() {
            let sum: Decimal = lines(record, list).iter().map(|line| number(line, field)).sum();
            let told = number(record, header);
            if record.get(header).is_some_and(|told| !told.is_null()) && told != sum {
                watch.breaks(Check::LinesAddUp, format!("{entity}: {told} is not {sum}"));
            }
        }
    }
    for bill in holdings.acumatica["Bill"].iter().filter(|bill| text(bill, "IsRetainageDocument") != "true") {
        let sum: Decimal = lines(bill, "Details").iter().map(|line| number(line, "ExtendedCost") - number(line, "CuryRetainageAmt")).sum();
        if number(bill, "Amount") != sum {
            watch.breaks(Check::LinesAddUp, format!("bill {}: {} is not {sum}", text(bill, "VendorRef"), number(bill, "Amount")));
        }
    }
}

/// The document of a line.
fn parent(line: &Record) -> String {
    ["direct_cost_id", "parent_record_id", "holder_id"].iter().map(|name| text(line, name)).find(|id| !id.is_empty()).unwrap_or_default()
}
