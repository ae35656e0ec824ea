//! How do both systems behave on the wire? The change orders of a practice project as Procore has them, in its tiers.

use super::super::state::State;
use super::super::store::Collection;
use super::later::{Placed, Site, place};
use super::{Ground, add_at, fields};
use crate::sandbox::company::{ChangeLine, Commitment, PrimeChange, Project};
use crate::value::{Decimal, Record, Value};

/// A change of whatever contract, on its way in.
struct Change<'a> {
    contract: &'a Placed,
    prime: bool,
    number: &'a str,
    title: &'a str,
    description: Option<&'a str>,
    status: &'a str,
    lines: &'a [ChangeLine],
    markups: Vec<Vec<Value>>,
    unit_based: bool,
    tiers: u8,
}

impl Ground<'_> {
    /// The changes of commitments and of the prime contract; each becomes a package, and with one or two tiers a change
    /// order as well.
    pub(super) fn changes(&mut self, state: &mut State, project: &Project, site: &Site) {
        for change in &project.commitment_changes {
            let contract = match change.commitment {
                Commitment::Subcontract(at) => site.subcontracts.get(at),
                Commitment::PurchaseOrder(at) => site.orders.get(at),
            };
            let Some(contract) = contract.filter(|contract| contract.lines.iter().any(Option::is_some)) else { continue };
            let (_, unit_based, _) = project.terms(change.commitment);
            let change = Change {
                contract,
                prime: false,
                number: &change.number,
                title: &change.title,
                description: change.description.as_deref(),
                status: change.status,
                lines: &change.lines,
                markups: Vec::new(),
                unit_based,
                tiers: project.tiers,
            };
            self.change(state, site, &change);
        }
        let Some(prime) = &site.prime else { return };
        for change in &project.prime_changes {
            let markups = change.lines.iter().map(|line| markups(state, change, line)).collect();
            let change = Change {
                contract: prime,
                prime: true,
                number: &change.number,
                title: &change.title,
                description: None,
                status: change.status,
                lines: &change.lines,
                markups,
                unit_based: false,
                tiers: project.tiers,
            };
            self.change(state, site, &change);
        }
    }

    fn change(&mut self, state: &mut State, site: &Site, change: &Change<'_>) {
        let reviewed = if change.status == "approved" { Value::text(state.now.to_string()) } else { Value::Null };
        let header = fields([
            ("contract_id", change.contract.id.into()),
            ("number", change.number.into()),
            ("revision", Value::from(0_i64)),
            ("title", change.title.into()),
            ("description", change.description.map_or(Value::Null, Value::text)),
            ("status", change.status.into()),
            ("executed", (change.status == "approved").into()),
            ("reviewed_at", reviewed),
            ("private", true.into()),
            ("schedule_impact_amount", Value::from(0_i64)),
        ]);
        let package = add_at(state, Collection::ChangeOrderPackages, header.clone(), place(site, Some(change.contract.id)));
        let part = add_at(state, Collection::PotentialChangeOrders, header.clone(), place(site, Some(package)));
        for (at, line) in change.lines.iter().enumerate() {
            self.change_line(state, site, (change, at, line), part);
        }
        if change.tiers == 3 {
            return;
        }
        let mut order = header;
        order.set("legacy_package_id", package);
        // With two tiers a request stands between the two.
        order.set("legacy_request_id", if change.tiers == 2 { Value::from(part) } else { Value::Null });
        for name in ["paid", "signature_required", "field_change"] {
            order.set(name, false);
        }
        let collection = if change.prime { Collection::PrimeChangeOrders } else { Collection::CommitmentChangeOrders };
        add_at(state, collection, order, place(site, Some(change.contract.id)));
    }

    fn change_line(&mut self, state: &mut State, site: &Site, (change, at, line): (&Change<'_>, usize, &ChangeLine), part: i64) {
        // A line that is altered and is not there is not altered either.
        let alters = line.alters.map(|line| change.contract.lines.get(line).copied().flatten());
        let (Some(code), false) = (self.code(state, site, line.code), alters == Some(None)) else { return };
        let mut record: Record = code.fields().into_iter().collect();
        let of_unit = |number: Decimal, other: Decimal| Value::Number(if change.unit_based { number } else { other });
        for (name, value) in [
            ("alters", alters.flatten().map_or(Value::Null, Value::from)),
            ("description", line.description.as_deref().map_or(Value::Null, Value::text)),
            ("amount", Value::Number(line.amount)),
            ("quantity", of_unit(line.quantity, Decimal::ONE)),
            ("unit_cost", of_unit(line.unit_cost, line.amount)),
            ("uom", if change.unit_based { "ea".into() } else { Value::Null }),
            ("extended_type", if change.unit_based { "calculated" } else { "manual" }.into()),
            ("position", i64::try_from(at + 1).unwrap_or(i64::MAX).into()),
            ("markups", change.markups.get(at).cloned().unwrap_or_default().into()),
        ] {
            record.set(name, value);
        }
        add_at(state, Collection::PotentialLines, record, place(site, Some(part)));
    }
}

/// What is added to a line, each with an id of its own.
fn markups(state: &mut State, change: &PrimeChange, line: &ChangeLine) -> Vec<Value> {
    let added = change.added(line);
    let rules = change.markups.iter().zip(added).zip(1_i64..);
    rules
        .map(|((rule, amount), position)| {
            let id = state.store.new_id();
            let record = Record::from_iter([
                ("id", Value::from(id)),
                ("markup_id", position.into()),
                ("name", rule.name.into()),
                ("vertical", rule.vertical.into()),
                ("percentage", Value::Number(rule.percent)),
                ("compounds", rule.compounds.into()),
                ("position", position.into()),
                ("amount", Value::Number(amount)),
            ]);
            record.into()
        })
        .collect()
}
