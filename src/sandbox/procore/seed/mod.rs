//! How do both systems behave on the wire? The practice company as Procore has it before anything was synced.

mod changes;
mod invoices;
mod later;

use std::collections::BTreeMap;

use fastrand::Rng;

use self::later::{Placed, Site};
use super::resources::{lines, wbs_codes};
use super::state::State;
use super::store::{Collection, Row};
use super::write::Place;
use crate::sandbox::company::{Company, ContractLine, Project, Subcontract, Vendor};
use crate::value::{Decimal, Record, Value};

/// Ids that a client must be told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seeded {
    /// The list of the ERP connection.
    pub(crate) standard_cost_code_list_id: i64,
    /// The view with the ERP's columns.
    pub(crate) budget_view_id: i64,
}

/// Account groups that somebody has made cost types of, by hand.
const TYPES_BY_HAND: [&str; 4] = ["SUBCON", "LABOR", "MATERIAL", "EQUIP"];

/// What has been made so far, by the indexes of the practice company.
struct Ground<'a> {
    company: &'a Company,
    rng: Rng,
    list: i64,
    vendors: BTreeMap<usize, i64>,
    standard: BTreeMap<usize, i64>,
    types: BTreeMap<usize, i64>,
    /// Cost codes of the project at hand.
    project_codes: BTreeMap<usize, i64>,
}

/// Fills an empty store.
pub(crate) fn seed(state: &mut State, company: &Company) -> Seeded {
    let list = add(
        state,
        Collection::StandardCostCodeLists,
        fields([
            ("name", "ERP Standard Cost Codes".into()),
            ("is_erp_list", true.into()),
            ("available_to_use_on_new_projects", true.into()),
        ]),
    );
    let general =
        [("name", Value::from("Master Format 2004")), ("is_erp_list", false.into()), ("available_to_use_on_new_projects", true.into())];
    add(state, Collection::StandardCostCodeLists, fields(general));
    let view =
        [("name", Value::from("ERP Budget")), ("description", "Budget with the columns of accounting".into()), ("role", "budget".into())];
    let budget_view_id = add(state, Collection::BudgetViews, fields(view));
    let rng = Rng::with_seed(company.seed ^ 0x5052_4f43_4f52_4521);
    let empty = BTreeMap::new;
    let mut ground = Ground { company, rng, list, vendors: empty(), standard: empty(), types: empty(), project_codes: empty() };
    ground.directory(state);
    ground.codes(state);
    let sites: Vec<Site> = company.projects.iter().map(|project| ground.project(state, project)).collect();
    // What the company got later comes after all this, so that older records keep their ids.
    for (site, project) in sites.into_iter().zip(&company.projects) {
        ground.later(state, project, site);
    }
    Seeded { standard_cost_code_list_id: list, budget_view_id }
}

impl Ground<'_> {
    /// Companies entered by hand, and those that contracts name; none has an external id.
    fn directory(&mut self, state: &mut State) {
        let company = self.company;
        let contracts = || company.projects.iter().flat_map(|project| &project.subcontracts);
        for (at, vendor) in company.vendors.iter().enumerate() {
            if vendor.in_procore || contracts().any(|contract| contract.vendor == at) {
                self.vendors.insert(at, add(state, Collection::Vendors, directory_entry(at, vendor)));
            }
        }
        let gone = [("name", Value::from("Old Mill Fencing")), ("is_active", false.into()), ("country_code", "US".into())];
        add(state, Collection::Vendors, fields(gone));
    }

    /// Two of three cost codes, and the usual cost types.
    fn codes(&mut self, state: &mut State) {
        for (at, code) in self.company.cost_codes.iter().enumerate().filter(|(at, _)| at % 3 != 2) {
            let record = fields([("code", code.code.into()), ("name", code.description.into())]);
            let id = add_at(state, Collection::StandardCostCodes, record, Place { project: None, parent: Some(self.list) });
            self.standard.insert(at, id);
        }
        for (at, group) in self.company.account_groups.iter().enumerate().filter(|(_, group)| TYPES_BY_HAND.contains(&group.id)) {
            let record = [("code", group.id.into()), ("name", group.description.into()), ("base_type", group.base_type.into())];
            self.types.insert(at, add(state, Collection::LineItemTypes, fields(record)));
        }
    }

    fn project(&mut self, state: &mut State, project: &Project) -> Site {
        let (latitude, longitude) =
            (Decimal::new(self.rng.i64(25_000_000..48_000_000), 6), Decimal::new(self.rng.i64(-122_000_000..-75_000_000), 6));
        let record = [
            ("name", project.name.as_str().into()),
            ("project_number", project.number.as_str().into()),
            ("address", project.address.as_str().into()),
            ("city", project.city.into()),
            ("state_code", project.state.into()),
            ("zip", project.zip.as_str().into()),
            ("country_code", "US".into()),
            ("time_zone", "US/Pacific".into()),
            ("latitude", Value::Number(latitude)),
            ("longitude", Value::Number(longitude)),
            ("start_date", project.start_date.as_str().into()),
            ("estimated_start_date", project.start_date.as_str().into()),
            ("completion_date", project.completion_date.as_str().into()),
            ("estimated_completion_date", project.completion_date.as_str().into()),
            ("active", true.into()),
            ("standard_cost_code_list_id", self.list.into()),
            ("budget_locked", project.budget_locked.into()),
            ("change_order_tiers", i64::from(project.tiers).into()),
        ];
        let id = add(state, Collection::Projects, fields(record));
        self.project_codes(state, id, project);
        let subcontracts = project.subcontracts.iter().map(|contract| self.contract(state, id, contract)).collect();
        budget(state, id);
        Site { id, codes: std::mem::take(&mut self.project_codes), subcontracts, ..Site::default() }
    }

    /// The cost codes that its contracts use.
    fn project_codes(&mut self, state: &mut State, project: i64, of: &Project) {
        let mut codes = BTreeMap::new();
        for line in of.subcontracts.iter().flat_map(|contract| &contract.lines) {
            let code = &self.company.cost_codes[line.cost_code];
            let standard = self.standard.get(&line.cost_code).copied().map_or(Value::Null, Value::from);
            codes.entry(line.cost_code).or_insert_with(|| {
                let record = [("code", code.code.into()), ("name", code.description.into()), ("standard_cost_code_id", standard)];
                add_at(state, Collection::CostCodes, fields(record), Place { project: Some(project), parent: None })
            });
        }
        self.project_codes = codes;
    }

    fn contract(&mut self, state: &mut State, project: i64, contract: &Subcontract) -> Placed {
        let record = [
            ("number", contract.number.as_str().into()),
            ("title", contract.title.as_str().into()),
            ("status", contract.status.into()),
            ("executed", (contract.status == "Approved").into()),
            ("accounting_method", if contract.unit_based { "unit" } else { "amount" }.into()),
            ("retainage_percent", contract.retainage_percent.map_or(Value::Null, Value::Number)),
            ("contract_start_date", contract.start_date.as_str().into()),
            ("contract_date", contract.start_date.as_str().into()),
            ("vendor_id", self.vendors.get(&contract.vendor).copied().map_or(Value::Null, Value::from)),
            ("private", true.into()),
        ];
        let id = add_at(state, Collection::WorkOrderContracts, fields(record), Place { project: Some(project), parent: None });
        let mut placed = Placed { id, lines: Vec::new() };
        for (at, line) in (1_i64..).zip(&contract.lines) {
            placed.lines.push(None);
            let (Some(code), Some(kind)) = (self.project_codes.get(&line.cost_code), self.types.get(&line.account_group)) else { continue };
            let wbs = wbs_codes::of_pair(state, project, *code, *kind);
            let mut record = contract_line(line, contract.unit_based);
            for (name, value) in [("cost_code_id", *code), ("line_item_type_id", *kind), ("wbs_code_id", wbs), ("position", at)] {
                record.set(name, Value::from(value));
            }
            let line = add_at(state, Collection::WorkOrderLines, record, Place { project: Some(project), parent: Some(id) });
            placed.lines.pop();
            placed.lines.push(Some(line));
        }
        placed
    }
}

/// Quantity and unit cost are there in unit-based contracts only.
fn contract_line(line: &ContractLine, unit_based: bool) -> Record {
    let of_unit = |number: Decimal| if unit_based { Value::Number(number) } else { Value::Null };
    fields([
        ("description", line.description.as_deref().map_or(Value::Null, Value::text)),
        ("amount", Value::Number(line.amount)),
        ("quantity", of_unit(line.quantity)),
        ("unit_cost", of_unit(line.unit_cost)),
        ("uom", if unit_based { "ea".into() } else { Value::Null }),
        ("extended_type", if unit_based { "calculated" } else { "manual" }.into()),
    ])
}

/// As somebody typed it in: phones are missing here and there.
fn directory_entry(at: usize, vendor: &Vendor) -> Record {
    fields([
        ("name", vendor.name.as_str().into()),
        ("address", vendor.address.as_str().into()),
        ("city", vendor.city.into()),
        ("state_code", vendor.state.into()),
        ("zip", vendor.zip.as_str().into()),
        ("country_code", "US".into()),
        ("business_phone", if at.is_multiple_of(3) { Value::Null } else { vendor.phone.as_str().into() }),
        ("email_address", vendor.email.as_str().into()),
        ("is_active", true.into()),
    ])
}

/// The original budget: what the contracts of each budget code come to.
fn budget(state: &mut State, project: i64) {
    let mut sums: BTreeMap<i64, Decimal> = BTreeMap::new();
    let contracts: Vec<i64> = state.store.of_project(Collection::WorkOrderContracts, project).map(|row| row.id).collect();
    for line in contracts.iter().flat_map(|id| lines::of(state, Collection::WorkOrderLines, *id)) {
        if let (Some(code), Value::Number(amount)) = (line.reference("wbs_code_id"), line.value("amount")) {
            *sums.entry(code).or_default() += amount;
        }
    }
    for (code, amount) in sums {
        let record = fields([("wbs_code_id", Value::from(code)), ("original_budget_amount", Value::Number(amount))]);
        add_at(state, Collection::BudgetLineItems, record, Place { project: Some(project), parent: None });
    }
}

fn fields<const N: usize>(pairs: [(&'static str, Value); N]) -> Record {
    Record::from_iter(pairs)
}

fn add(state: &mut State, collection: Collection, record: Record) -> i64 {
    add_at(state, collection, record, Place::default())
}

fn add_at(state: &mut State, collection: Collection, record: Record, place: Place) -> i64 {
    let id = state.store.new_id();
    let mut row = Row::new(id, state.now, record);
    (row.project, row.parent) = (place.project, place.parent);
    state.store.put(collection, row);
    id
}
