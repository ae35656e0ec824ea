//! The connector package's Default Non-Stock item of an account group: the table of the settings, held against groups and items.

use std::collections::BTreeSet;

use super::acumatica::CustomFields;
use super::finding::Findings;
use super::named::{Books, read};
use super::needs::reads;
use crate::connector::{ConnectorError, Query, Select};
use crate::value::{Record, Value};

const TABLE: &str = "tables.default_non_stock";
const WHAT: &str = "settings.tables.default_non_stock";

/// What else such a field could be called by: the package's own names are not public.
const LIKELY: [&str; 2] = ["nonstock", "procore"];

impl Books<'_> {
    /// Which account groups have an item, and whether commitments can take it.
    pub(super) async fn default_items(&self, custom: Option<&CustomFields>, findings: &mut Findings) {
        if !reads(self.plans, TABLE) {
            return;
        }
        let groups = match self.expense_groups().await {
            Ok(groups) => groups,
            Err(error) => return findings.met(WHAT, &error),
        };
        let empty = Record::new();
        let table = self.settings.at(TABLE).and_then(Value::as_record).unwrap_or(&empty);
        let mut without: BTreeSet<&String> = groups.iter().collect();
        for (group, item) in table.iter() {
            let known = groups.iter().find(|known| known.eq_ignore_ascii_case(group));
            match known {
                Some(known) => drop(without.remove(known)),
                None => findings.amiss(
                    WHAT,
                    format!("`{group}` is no account group of expense that is active"),
                    format!("take it out of `{WHAT}`, or write it as Acumatica does"),
                ),
            }
            self.item(group, &item.plain(), findings).await;
        }
        if !without.is_empty() {
            let names = without.iter().map(|group| format!("`{group}`")).collect::<Vec<_>>().join(", ");
            findings.right(WHAT, format!("no item for {names}: commitment lines of such a group are held (BR-50)"));
        }
        let likely = custom.into_iter().flat_map(|custom| &custom.names).filter(|name| {
            let name = name.to_lowercase();
            LIKELY.iter().any(|word| name.contains(word))
        });
        for name in likely {
            let found = format!("AccountGroup shows `{name}`, which may be the package's Default Non-Stock");
            findings.by_hand(WHAT, &found, "what it holds, and keep the table in step with it");
        }
    }

    async fn item(&self, group: &str, item: &str, findings: &mut Findings) {
        let make = format!("name an active non-stock item that needs no receipt for `{group}` in `{WHAT}`");
        match self.record("NonStockItem", item).await {
            Ok(None) => findings.amiss(WHAT, format!("`{group}`: there is no non-stock item `{item}`"), make),
            Ok(Some(record)) if record.get("RequireReceipt") == Some(&Value::Bool(true)) => {
                findings.amiss(WHAT, format!("`{group}`: `{item}` requires a receipt, which subcontracts do not take"), make);
            }
            Ok(Some(record)) if record.text("ItemStatus").is_some_and(|status| status != "Active") => {
                findings.amiss(WHAT, format!("`{group}`: `{item}` is not active"), make);
            }
            Ok(Some(_)) => findings.right(WHAT, format!("`{group}`: `{item}` is there, and needs no receipt")),
            Err(error) => findings.met(WHAT, &error),
        }
    }

    /// The account groups that are cost types: active ones of expense.
    async fn expense_groups(&self) -> Result<Vec<String>, ConnectorError> {
        let Some(schema) = self.schema("AccountGroup") else { return Ok(Vec::new()) };
        let fields = ["AccountGroupID", "Expense", "Active"];
        let query = Query { schema, project: None, since: None, equals: &[], select: Select::Only(&fields) };
        let (mut groups, mut page) = (Vec::new(), None);
        loop {
            let read_page = self.door.read(&query, page).await?;
            let rows = read_page.rows.iter().filter_map(|row| read(schema, row.body.get()));
            let is = |record: &Record, flag: &str| record.get(flag) == Some(&Value::Bool(true));
            let costs = rows.filter(|record| is(record, "Expense") && is(record, "Active"));
            groups.extend(costs.filter_map(|record| Some(record.text("AccountGroupID")?.trim().to_owned())));
            match read_page.next {
                Some(next) => page = Some(next),
                None => return Ok(groups),
            }
        }
    }
}
