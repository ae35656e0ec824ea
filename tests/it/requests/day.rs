//! What an accounting day brings: documents that were drafts, and are approved overnight.

use std::collections::BTreeSet;

use crosswalk::sandbox::Company;
use crosswalk::sync::Report;
use crosswalk::value::Record;

use crate::world::{World, of, text};

/// How many of each come.
const INVOICES: usize = 60;
const COMMITMENTS: usize = 25;
const CHANGES: usize = 20;
const PRIME_CHANGES: usize = 10;
const OWNER_INVOICES: usize = 5;

/// Leaves enough undone in a practice company.
pub(super) fn hold_back(company: &mut Company) {
    for project in &mut company.projects {
        let last = project.invoices.clone();
        for (at, invoice) in project.invoices.iter_mut().enumerate() {
            let next = last.get(at + 1).is_some_and(|next| next.commitment == invoice.commitment);
            invoice.status = if next { invoice.status } else { "draft" };
        }
        // The first eight have changes and invoices.
        project.subcontracts.iter_mut().skip(9).for_each(|contract| contract.status = "Draft");
        if let Some(pattern) = project.prime_changes.last().cloned() {
            let more = |nth: usize| crosswalk::sandbox::company::PrimeChange { number: format!("{nth:03}"), ..pattern.clone() };
            project.prime_changes.extend((4..7).map(more));
        }
        project.owner_invoices.iter_mut().skip(1).for_each(|invoice| invoice.status = "draft");
    }
}

/// On a quiet day somebody looks at one draft of each project and leaves it as it is.
pub(super) fn reconsider(world: &World) {
    let mut seen = BTreeSet::new();
    for row in world.rows("requisitions").into_iter().filter(|row| text(row, "status") == "draft") {
        if seen.insert(text(&row, "project_id")) {
            ["under_review", "draft"].into_iter().for_each(|status| set_status_of_invoice(world, &row, status));
        }
    }
}

fn set_status_of_invoice(world: &World, row: &Record, status: &str) {
    let (id, project, commitment) = (text(row, "id"), text(row, "project_id"), text(row, "commitment_id"));
    let body = format!(r#"{{"project_id":{project},"commitment_id":{commitment},"requisition":{{"status":"{status}"}}}}"#);
    world.in_procore("PATCH", &format!("/rest/v1.1/requisitions/{id}?project_id={project}"), &body);
}

/// Everything that waits is approved, as many of each as a day brings.
pub(super) fn approve(world: &World) {
    let waiting = |collection: &str, status: &str, count: usize| {
        let rows = world.rows(collection).into_iter().filter(|row| text(row, "status") == status).take(count).collect::<Vec<_>>();
        assert_eq!(rows.len(), count, "{collection} that are {status}");
        rows
    };
    let change = |path: String, project: String, (wrap, status): (&str, &str)| {
        world.in_procore("PATCH", &path, &format!(r#"{{"project_id":{project},"{wrap}":{{"status":"{status}"}}}}"#));
    };
    // One of them has to wait, for its change order was refused.
    for row in waiting("requisitions", "draft", INVOICES + 1) {
        set_status_of_invoice(world, &row, "approved");
    }
    for row in waiting("work_order_contracts", "Draft", COMMITMENTS - 4) {
        let (id, project) = (text(&row, "id"), text(&row, "project_id"));
        change(format!("/rest/v1.0/work_order_contracts/{id}?project_id={project}"), project, ("work_order_contract", "Approved"));
    }
    for row in waiting("purchase_order_contracts", "Draft", 4) {
        let (id, project) = (text(&row, "id"), text(&row, "project_id"));
        change(format!("/rest/v1.0/purchase_order_contracts/{id}?project_id={project}"), project, ("purchase_order_contract", "Approved"));
    }
    let primes: Vec<String> = world.rows("prime_contracts").iter().map(|row| text(row, "id")).collect();
    let is_prime = |row: &Record| primes.contains(&text(row, "contract_id"));
    let packages = world.rows("change_order_packages").into_iter().filter(|row| text(row, "status") == "pending");
    let (prime, commitment): (Vec<_>, Vec<_>) = packages.partition(is_prime);
    assert!(prime.len() >= PRIME_CHANGES && commitment.len() >= CHANGES, "{} {}", prime.len(), commitment.len());
    for row in prime.iter().take(PRIME_CHANGES).chain(commitment.iter().take(CHANGES)) {
        let (id, project) = (text(row, "id"), text(row, "project_id"));
        change(format!("/rest/v1.0/change_order_packages/{id}?project_id={project}"), project, ("change_order", "approved"));
    }
    for row in waiting("payment_applications", "draft", OWNER_INVOICES) {
        let (id, project, contract) = (text(&row, "id"), text(&row, "project_id"), text(&row, "parent_record_id"));
        let path = format!("/rest/v1.0/prime_contracts/{contract}/payment_applications/{id}?project_id={project}");
        change(path, project, ("payment_application", "approved"));
    }
}

/// All of it was sent.
pub(super) fn assert_sent(report: &Report) {
    let made = |names: &[&str]| names.iter().map(|name| of(report, name).counts.created).sum::<u64>() as usize;
    let held: Vec<_> = report.mappings.iter().flat_map(|mapping| &mapping.held).collect();
    assert_eq!(made(&["subcontractor_invoices"]), INVOICES, "{held:?}");
    assert_eq!(made(&["subcontracts", "purchase_orders"]), COMMITMENTS, "{held:?}");
    assert_eq!(made(&["commitment_change_orders", "commitment_change_order_packages"]), CHANGES, "{held:?}");
    assert_eq!(made(&["prime_contract_change_orders", "prime_contract_change_order_packages"]), PRIME_CHANGES, "{held:?}");
    assert_eq!(made(&["prime_contract_invoices"]), OWNER_INVOICES, "{held:?}");
}
