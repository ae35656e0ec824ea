//! Settings that name a record of Acumatica: is it there, and is it what the mappings take it for?

use super::finding::Findings;
use super::needs::reads;
use crate::connector::{Connector, ConnectorError, Key, Select};
use crate::plan::Plan;
use crate::schema::{Catalog, Schema, System, plain};
use crate::value::{Record, Value};

/// A setting that names a record, by the record's key.
struct Named {
    /// Where it stands in the settings.
    setting: &'static str,
    /// The entity.
    entity: &'static str,
    /// What the record must be: field, value, and what to say otherwise.
    must: &'static [(&'static str, Must)],
}

/// What a field of the record must hold.
#[derive(Clone, Copy)]
enum Must {
    Be(&'static str),
    Say(bool),
    /// `true`, where this setting is.
    Follow(&'static str),
    /// `true`, where a mapping in force reads this setting.
    Serve(&'static str),
}

const ACTIVE: (&str, Must) = ("Active", Must::Say(true));

/// Without it budgets change otherwise than by change orders, and the project takes none.
const WORKFLOW: (&str, Must) = ("ProjectProperties.ChangeOrderWorkflow", Must::Serve("change_orders.classes"));

const NAMED: [Named; 11] = [
    Named { setting: "companies.vendor_class", entity: "VendorClass", must: &[] },
    Named { setting: "tables.vendor_classes", entity: "VendorClass", must: &[] },
    Named { setting: "projects.template", entity: "ProjectTemplate", must: &[("Status", Must::Be("Active")), WORKFLOW] },
    Named { setting: "projects.subaccount", entity: "Subaccount", must: &[ACTIVE] },
    Named { setting: "prime_contracts.income_account_group", entity: "AccountGroup", must: &[ACTIVE, ("Type", Must::Be("Income"))] },
    Named { setting: "prime_contracts.cost_code", entity: "CostCode", must: &[] },
    Named { setting: "change_orders.classes.budget", entity: "ChangeOrderClass", must: &[ACTIVE, ("CostBudget", Must::Say(true))] },
    Named { setting: "change_orders.classes.commitment", entity: "ChangeOrderClass", must: &[ACTIVE, ("Commitments", Must::Say(true))] },
    Named {
        setting: "change_orders.classes.prime",
        entity: "ChangeOrderClass",
        must: &[ACTIVE, ("RevenueBudget", Must::Say(true)), ("CostBudget", Must::Follow("prime_contract_change_orders.cost_lines"))],
    },
    Named { setting: "prime_contract_invoices.item", entity: "NonStockItem", must: &[("ItemStatus", Must::Be("Active"))] },
    Named { setting: "prime_contract_invoices.income_account", entity: "Account", must: &[ACTIVE] },
];

/// What is known of the books, to look records up in.
pub(super) struct Books<'d> {
    pub(super) door: &'d Connector,
    pub(super) catalog: &'d Catalog,
    pub(super) settings: &'d Value,
    pub(super) plans: &'d [&'d Plan],
}

impl Books<'_> {
    /// Every setting that a mapping in force reads and that names a record.
    pub(super) async fn named(&self, findings: &mut Findings) {
        for named in NAMED.iter().filter(|named| reads(self.plans, named.setting)) {
            for value in values(self.settings.at(named.setting)) {
                let what = format!("settings.{}", named.setting);
                match self.record(named.entity, &value).await {
                    Ok(Some(record)) => match self.faults(named, &record) {
                        faults if faults.is_empty() => findings.right(&what, format!("`{value}` is there ({})", named.entity)),
                        faults => findings.amiss(
                            &what,
                            format!("`{value}` is there ({}), and {}", named.entity, faults.join(", ")),
                            format!("change it in Acumatica, or name another one in `settings.{}`", named.setting),
                        ),
                    },
                    Ok(None) => findings.amiss(
                        &what,
                        format!("{} has no `{value}`", named.entity),
                        format!("name one that is there in `settings.{}`, or make it in Acumatica", named.setting),
                    ),
                    Err(error) => findings.met(&what, &error),
                }
            }
        }
    }

    /// A record by its key; none where the schema of it is not there either.
    pub(super) async fn record(&self, entity: &str, key: &str) -> Result<Option<Record>, ConnectorError> {
        let Some(schema) = self.schema(entity) else { return Ok(None) };
        let row = self.door.get(schema, None, Key::Parts(&[key.to_owned()]), Select::All).await?;
        Ok(row.and_then(|row| read(schema, row.body.get())))
    }

    /// In what a record is not what it must be. A field that does not show says nothing.
    fn faults(&self, named: &Named, record: &Record) -> Vec<String> {
        let whole = Value::Record(record.clone());
        let fault = |(field, must): &(&str, Must)| {
            let held = whole.at(field)?;
            let (well, wanted) = match must {
                Must::Be(text) => (held.as_text() == Some(text), (*text).to_owned()),
                Must::Say(flag) => (*held == Value::Bool(*flag), flag.to_string()),
                Must::Follow(setting) if self.settings.at(setting) != Some(&Value::Bool(true)) => return None,
                Must::Serve(setting) if !reads(self.plans, setting) => return None,
                Must::Follow(_) | Must::Serve(_) => (*held == Value::Bool(true), true.to_string()),
            };
            (!well).then(|| format!("its `{field}` is {held} and must be {wanted}"))
        };
        named.must.iter().filter_map(fault).collect()
    }

    pub(super) fn schema(&self, entity: &str) -> Option<&Schema> {
        self.catalog.get(&format!("acumatica/{entity}")).map(AsRef::as_ref)
    }
}

/// A record as plain data; what its schema does not fit is as good as nothing.
pub(super) fn read(schema: &Schema, body: &str) -> Option<Record> {
    plain(body, &schema.shape, System::Acumatica).ok()
}

/// The texts of a setting: its own, or those of a table.
fn values(setting: Option<&Value>) -> Vec<String> {
    let texts = match setting {
        Some(Value::Record(table)) => table.iter().map(|(_, value)| value.plain()).collect(),
        Some(Value::Null) | None => Vec::new(),
        Some(value) => vec![value.plain()],
    };
    let mut texts: Vec<String> = texts.into_iter().filter(|text| !text.is_empty()).collect();
    texts.sort();
    texts.dedup();
    texts
}
