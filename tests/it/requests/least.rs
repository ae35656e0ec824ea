//! The least number of requests that could do what a run did, kind by kind.
//!
//! - Signing in and out: once at each system.
//! - Documents that a system takes one by one: one write each; one for each action, and one look at how it ended.
//! - Rows that a system takes by the thousand: one call for each project, or for the company.
//! - Lists: each once for each project that has one, whoever reads it, in whatever ways; and once more for each project in which
//!   actions were done to its records, to see what they left.
//! - What no list brings, lines above all: once for each document that was written.

use std::collections::{BTreeMap, BTreeSet};

/// Requests of each kind, and how many of them could do.
#[derive(Default)]
pub(super) struct Least {
    kinds: BTreeMap<String, (usize, usize)>,
}

/// Reads of one record or of its lines, and the write for each of which one is needed.
const FOR_EACH: [(&str, &str); 6] = [
    ("GET /rest/v1.0/work_order_contracts/*/line_items", "PUT Subcontract"),
    ("GET /rest/v1.0/purchase_order_contracts/*/line_items", "PUT PurchaseOrder"),
    ("GET /rest/v1.0/requisitions/*/change_order_items", "PUT Bill"),
    ("GET /rest/v1.0/payment_applications/*", "PUT Invoice"),
    ("GET /rest/v1.0/prime_contract/*", "PATCH prime_contract"),
    ("GET /rest/v1.0/prime_contracts/*/line_items", "PATCH line_items"),
];

/// Reads of a change order or of its lines: together as many as change orders were written.
const OF_CHANGES: [&str; 3] = [
    "GET /rest/v1.0/change_order_packages/*",
    "GET /rest/v2.0/companies/*/projects/*/commitment_change_orders/*/line_items",
    "GET /rest/v2.0/companies/*/projects/*/prime_change_orders/*/line_items",
];

/// Costs are compared with what the budget shows of them once they are there: its list is read before and after.
const SHOWS_WHAT_WAS_WRITTEN: &str = "GET /rest/v1.0/budget_views/*/detail_rows";

impl Least {
    /// Of these requests, as they were told.
    pub(super) fn of(told: &[String]) -> Self {
        let mut made: BTreeMap<String, (usize, BTreeSet<String>)> = BTreeMap::new();
        for request in told {
            let (kind, place) = kind_of(request);
            let (count, places) = made.entry(kind).or_default();
            *count += 1;
            places.insert(place);
        }
        // Writes of single documents, by their method and resource.
        let mut written: BTreeMap<String, usize> = BTreeMap::new();
        for (kind, (count, _)) in &made {
            let (method, path) = kind.split_once(' ').unwrap();
            let name = path.split('/').rfind(|step| !["*", "sync"].contains(step)).unwrap();
            *written.entry(format!("{method} {name}")).or_default() += count;
        }
        let written = |what: &str| written.get(what).copied().unwrap_or_default();
        let mut changes = written("PUT ChangeOrder");
        let projects = made.get("GET /rest/v1.0/cost_codes").map_or(1, |(_, places)| places.len());
        let kinds = made.iter().map(|(kind, (count, places))| {
            let one_by_one = FOR_EACH.iter().find(|(read, _)| read == kind);
            let needed = if let Some((_, write)) = one_by_one {
                written(write)
            } else if OF_CHANGES.contains(&kind.as_str()) {
                let of_these = changes.min(*count);
                changes -= of_these;
                of_these
            } else if let Some(action) = kind.strip_prefix("GET ").and_then(|path| path.strip_suffix("/status/*")) {
                made.get(&format!("POST {action}")).map_or(0, |(actions, _)| *actions)
            } else if let Some(list) = kind.strip_prefix("GET ") {
                let of_one = kind.rsplit('/').next() == Some("*");
                let acted = made.keys().any(|other| other.starts_with(&format!("POST {list}/")));
                let again = acted || kind == SHOWS_WHAT_WAS_WRITTEN;
                if of_one { 0 } else { places.len() + if again { projects } else { 0 } }
            } else if kind.ends_with("/sync") {
                // Some name the project only in their body.
                places.len().max((*count).min(projects))
            } else {
                *count
            };
            (kind.clone(), (*count, needed.min(*count)))
        });
        Self { kinds: kinds.collect() }
    }

    pub(super) fn total(&self) -> usize {
        self.kinds.values().map(|(_, least)| least).sum()
    }

    pub(super) fn table(&self) -> String {
        let row = |(kind, (made, least)): (&String, &(usize, usize))| format!("{made:>6} {least:>6}  {kind}\n");
        self.kinds.iter().map(row).collect()
    }
}

/// What kind a request is of, and whose list or rows it is about: those of which project, or of which contract.
fn kind_of(request: &str) -> (String, String) {
    let (path, query) = request.split_once('?').unwrap_or((request, ""));
    let bare: Vec<&str> = path.split('/').map(|part| if is_id(part) { "*" } else { part }).collect();
    let of_project = |part: &&str| part.starts_with("project_id=") || part.starts_with("$filter=ProjectID");
    let project = query.split('&').find(of_project).and_then(|part| part.split("%20and").next()).unwrap_or_default();
    (bare.join("/"), format!("{path}?{project}"))
}

fn is_id(part: &str) -> bool {
    part.len() >= 4 && part.bytes().filter(u8::is_ascii_digit).count() > 3 && !part.contains('.')
}
