//! How do both systems behave on the wire? The rest of a practice project as Procore has it: sub jobs, budget, purchase orders
//! and the prime contract.

use std::collections::BTreeMap;

use super::super::resources::wbs_codes;
use super::super::state::State;
use super::super::store::Collection;
use super::super::write::Place;
use super::{Ground, add, add_at, contract_line, directory_entry, fields};
use crate::sandbox::company::{BudgetCode, BudgetMove, PrimeContract, Project, PurchaseOrder};
use crate::value::{Record, Value};

/// A project that is there, by the indexes of the practice company.
#[derive(Debug, Default)]
pub(super) struct Site {
    pub(super) id: i64,
    /// Its own cost codes.
    pub(super) codes: BTreeMap<usize, i64>,
    /// Its sub jobs.
    pub(super) sub_jobs: Vec<i64>,
    /// Their cost codes.
    pub(super) sub_codes: BTreeMap<(usize, usize), i64>,
    pub(super) subcontracts: Vec<Placed>,
    pub(super) orders: Vec<Placed>,
    pub(super) prime: Option<Placed>,
    /// Billing periods.
    pub(super) periods: Vec<i64>,
}

/// A contract that is there, with its lines; one that names what is not there has no line.
#[derive(Clone, Debug, Default)]
pub(super) struct Placed {
    pub(super) id: i64,
    pub(super) lines: Vec<Option<i64>>,
}

/// A budget code that is there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Code {
    pub(super) cost_code: i64,
    pub(super) cost_type: i64,
    pub(super) wbs: i64,
}

impl Code {
    /// The fields of a line that has it.
    pub(super) fn fields(self) -> [(&'static str, Value); 3] {
        [("cost_code_id", self.cost_code.into()), ("line_item_type_id", self.cost_type.into()), ("wbs_code_id", self.wbs.into())]
    }
}

impl Ground<'_> {
    /// All that a project got after its subcontracts.
    pub(super) fn later(&mut self, state: &mut State, project: &Project, mut site: Site) {
        self.sub_jobs(state, project, &mut site);
        self.budget(state, project, &site);
        site.orders = project.purchase_orders.iter().map(|order| self.order(state, order, &site)).collect();
        if project.prime.in_procore {
            site.prime = Some(self.prime(state, project, &site));
        }
        self.changes(state, project, &site);
        self.invoices(state, project, &mut site);
    }

    /// Sub jobs with copies of standard cost codes; none has an external id.
    fn sub_jobs(&mut self, state: &mut State, project: &Project, site: &mut Site) {
        for (at, job) in project.sub_jobs.iter().enumerate() {
            let id = add_at(state, Collection::SubJobs, fields([("code", job.code.into()), ("name", job.name.into())]), place(site, None));
            site.sub_jobs.push(id);
            for code in &job.cost_codes {
                let Some(known) = self.company.cost_codes.get(*code) else { continue };
                let standard = self.standard.get(code).copied().map_or(Value::Null, Value::from);
                let record = [
                    ("code", known.code.into()),
                    ("name", known.description.into()),
                    ("standard_cost_code_id", standard),
                    ("sub_job_id", id.into()),
                ];
                site.sub_codes.insert((at, *code), add_at(state, Collection::CostCodes, fields(record), place(site, None)));
            }
        }
    }

    /// The budget code of a line, if all that it names is there.
    pub(super) fn code(&self, state: &mut State, site: &Site, code: BudgetCode) -> Option<Code> {
        let cost_code = match code.sub_job {
            Some(sub_job) => *site.sub_codes.get(&(sub_job, code.cost_code))?,
            None => *site.codes.get(&code.cost_code)?,
        };
        let cost_type = *self.types.get(&code.account_group)?;
        Some(Code { cost_code, cost_type, wbs: wbs_codes::of_pair(state, site.id, cost_code, cost_type) })
    }

    /// Lines that no contract stands behind, and what was moved within them.
    fn budget(&mut self, state: &mut State, project: &Project, site: &Site) {
        let mut lines = Vec::new();
        for line in &project.budget {
            let code = self.code(state, site, line.code);
            lines.push(code.map(|code| {
                let record = fields([("wbs_code_id", code.wbs.into()), ("original_budget_amount", Value::Number(line.amount))]);
                (add_at(state, Collection::BudgetLineItems, record, place(site, None)), code.wbs)
            }));
        }
        let line = |at: usize| lines.get(at).copied().flatten();
        for (number, moved) in (1_i64..).zip(&project.budget_moves) {
            let (from, Some((to, to_code))) = (moved.from.map(line), line(moved.to)) else { continue };
            // A line that is not there gives nothing.
            if from == Some(None) {
                continue;
            }
            let from = from.flatten();
            if moved.status == "approved" && project.budget_locked {
                let record = [
                    ("from_budget_line_item_id", from.map_or(Value::Null, |(id, _)| id.into())),
                    ("to_budget_line_item_id", to.into()),
                    ("transfer_amount", Value::Number(moved.amount)),
                    ("notes", moved.notes.as_str().into()),
                ];
                add_at(state, Collection::BudgetModifications, fields(record), place(site, None));
            }
            if self.company.budget_changes {
                budget_change(state, site, (number, moved), (to_code, from.map(|(_, code)| code)));
            }
        }
    }

    fn order(&mut self, state: &mut State, order: &PurchaseOrder, site: &Site) -> Placed {
        let record = [
            ("number", order.number.as_str().into()),
            ("title", order.title.as_str().into()),
            ("status", order.status.into()),
            ("executed", (order.status == "Approved").into()),
            ("accounting_method", if order.unit_based { "unit" } else { "amount" }.into()),
            ("retainage_percent", order.retainage_percent.map_or(Value::Null, Value::Number)),
            ("delivery_date", order.delivery_date.as_str().into()),
            ("contract_date", order.delivery_date.as_str().into()),
            ("payment_terms", "Net 30".into()),
            ("vendor_id", self.vendor(state, order.vendor)),
            ("private", true.into()),
            ("off_by", Value::Number(order.off_by)),
        ];
        let id = add_at(state, Collection::PurchaseOrders, fields(record), place(site, None));
        let mut placed = Placed { id, lines: Vec::new() };
        for (position, line) in (1_i64..).zip(&order.lines) {
            // What was deleted leaves a gap between the places of the others.
            let code = if line.deleted { None } else { self.code(state, site, line.code()) };
            placed.lines.push(code.map(|code| {
                let mut record = contract_line(line, order.unit_based);
                for (name, value) in code.fields().into_iter().chain([("position", position.into())]) {
                    record.set(name, value);
                }
                add_at(state, Collection::PurchaseOrderLines, record, place(site, Some(id)))
            }));
        }
        if order.deleted
            && let Some(mut row) = state.store.get(Collection::PurchaseOrders, id).cloned()
        {
            row.deleted_at = Some(state.now);
            state.store.put(Collection::PurchaseOrders, row);
        }
        placed
    }

    /// A company of the directory; one that is not there yet is entered.
    fn vendor(&mut self, state: &mut State, at: usize) -> Value {
        if let Some(id) = self.vendors.get(&at) {
            return (*id).into();
        }
        let Some(vendor) = self.company.vendors.get(at) else { return Value::Null };
        let id = add(state, Collection::Vendors, directory_entry(at, vendor));
        self.vendors.insert(at, id);
        id.into()
    }

    /// The contract with the owner, who is a company of the directory as well.
    fn prime(&mut self, state: &mut State, project: &Project, site: &Site) -> Placed {
        let PrimeContract { number, title, retainage_percent, lines, .. } = &project.prime;
        let owner = [("name", project.owner.name.as_str().into()), ("country_code", "US".into()), ("is_active", true.into())];
        let owner = add(state, Collection::Vendors, fields(owner));
        let record = [
            ("number", number.as_str().into()),
            ("title", title.as_str().into()),
            ("description", project.name.as_str().into()),
            ("status", "Approved".into()),
            ("executed", true.into()),
            ("accounting_method", "amount".into()),
            ("retainage_percent", Value::Number(*retainage_percent)),
            ("contract_date", project.start_date.as_str().into()),
            ("contract_start_date", project.start_date.as_str().into()),
            ("vendor_id", owner.into()),
            ("private", true.into()),
        ];
        let id = add_at(state, Collection::PrimeContracts, fields(record), place(site, None));
        let mut placed = Placed { id, lines: Vec::new() };
        for (position, line) in (1_i64..).zip(lines) {
            placed.lines.push(self.code(state, site, line.code).map(|code| {
                let mut record: Record = code.fields().into_iter().collect();
                for (name, value) in [
                    ("description", line.description.as_str().into()),
                    ("amount", Value::Number(line.amount)),
                    ("extended_type", "manual".into()),
                    ("position", position.into()),
                ] {
                    record.set(name, value);
                }
                add_at(state, Collection::PrimeLines, record, place(site, Some(id)))
            }));
        }
        placed
    }
}

/// What was moved as a Budget Change: one line that gets, and one that gives unless the sum comes from outside.
fn budget_change(state: &mut State, site: &Site, (number, moved): (i64, &BudgetMove), (to, from): (i64, Option<i64>)) {
    let header = [
        ("number", Value::from(number)),
        ("title", moved.notes.as_str().into()),
        ("description", Value::Null),
        ("status", moved.status.into()),
    ];
    let change = add_at(state, Collection::BudgetChanges, fields(header), place(site, None));
    let sides = [Some(("change_event", to, moved.amount)), from.map(|code| ("budget_change", code, -moved.amount))];
    for (position, (kind, code, amount)) in (1_i64..).zip(sides.into_iter().flatten()) {
        let line = [
            ("adjustment_number", Value::from(1_i64)),
            ("type", kind.into()),
            ("wbs_code_id", code.into()),
            ("amount", Value::Number(amount)),
            ("calculation_strategy", "manual".into()),
            ("description", moved.notes.as_str().into()),
            ("position", position.into()),
        ];
        add_at(state, Collection::AdjustmentLines, fields(line), place(site, Some(change)));
    }
}

/// In this project, as part of that.
pub(super) fn place(site: &Site, parent: Option<i64>) -> Place {
    Place { project: Some(site.id), parent }
}
