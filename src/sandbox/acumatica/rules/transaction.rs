//! How does an imitated Acumatica behave on the wire? What it will have of a project transaction.

use super::lines::check_project;
use super::{ActionRule, Rules};
use crate::sandbox::acumatica::books::{Books, Item};
use crate::sandbox::acumatica::draft::{Draft, cannot_be_found};
use crate::sandbox::acumatica::fields::Fields;
use crate::sandbox::acumatica::ledger::{period_of, release, total};
use crate::value::{Record, round_half_up};

/// Rules of project transactions (PM304000). Only those of module PM are made here; the others come from their documents.
pub(super) struct TransactionRules;

impl Rules for TransactionRules {
    fn prefix(&self) -> &'static str {
        "PM"
    }

    fn has_passing_line_ids(&self) -> bool {
        true
    }

    fn title(&self) -> &'static str {
        "Project Transaction"
    }

    fn judge(&self, draft: &mut Draft, books: &mut Books) {
        draft.record.default("Module", "PM");
        if draft.new && draft.record.word("Module") != "PM" {
            draft.refuse("Module", "Only transactions of the module PM can be created here.");
        }
        if !draft.new && !draft.changed.is_empty() && draft.record.word("Status") == "Released" {
            draft.refuse_record("The transaction is released and cannot be changed.");
        }
        draft.record.default("Status", "Balanced");
        let mut lines = draft.take_lines("Details");
        for (at, line) in lines.iter_mut().enumerate() {
            if draft.touch("Details", at).is_some() {
                judge_line(draft, books, at, line);
            }
        }
        draft.put_lines("Details", lines);
        total(&mut draft.record);
    }

    fn keeps(&self, item: &Item, _books: &Books) -> Option<String> {
        (item.record.word("Status") == "Released").then(|| "The transaction is released and cannot be deleted.".to_owned())
    }

    fn workflow_actions(&self) -> &'static [&'static str] {
        &["Release"]
    }

    fn action(&self, name: &str) -> Option<ActionRule> {
        (name == "ReleaseTransactions" || name == "Release").then_some(ActionRule {
            title: "Release",
            from: &["Balanced"],
            long: true,
            run: |books, target| {
                release(books, &target.id);
                Ok(())
            },
        })
    }
}

fn judge_line(draft: &mut Draft, books: &mut Books, at: usize, line: &mut Record) {
    check_project(draft, books, ("Details", at), (line, "ProjectTask"));
    let group = line.word("AccountGroup").to_owned();
    match books.find("AccountGroup", &[&group]) {
        Some(found) => {
            line.set("AccountGroup", found.record.word("AccountGroupID"));
            line.set("AccountGroupDescription", found.record.word("Description"));
        }
        None if group.is_empty() => draft.refuse_line(("Details", at), "AccountGroup", "'Account Group' cannot be empty."),
        None => draft.refuse_line(("Details", at), "AccountGroup", cannot_be_found("AccountGroup", &group)),
    }
    if line.lacks("TransactionID") {
        line.set("TransactionID", books.count("TransactionID") as i64);
    }
    line.default("Date", books.today().to_string());
    match period_of(line, "FinPeriod", "Date") {
        Ok(period) => line.set("FinPeriod", period),
        Err(message) => draft.refuse_line(("Details", at), "FinPeriod", message),
    }
    let changed = draft.touch("Details", at).map(|touch| &touch.changed);
    if changed.is_some_and(|changed| !changed.contains("Amount")) {
        line.set("Amount", round_half_up(line.number("Qty") * line.number("UnitRate"), 2));
    }
    line.set("Released", false);
}
