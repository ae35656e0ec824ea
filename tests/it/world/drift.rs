//! Looking whether records are as they were left.

use crosswalk::sync::{Drift, DriftReport, Totals};
use crosswalk::value::Value;

use super::World;

impl World {
    /// Everything that is not as it was left; looking writes nothing, to either system.
    pub(crate) async fn drift(&self, mappings: &[&str]) -> DriftReport {
        let names: Vec<String> = mappings.iter().map(|name| (*name).to_owned()).collect();
        let (doors, mark) = (self.doors(), self.mark());
        let report = self.engine(&doors, "office").await.drift(&names).await.unwrap_or_else(|failure| panic!("{failure}"));
        assert_eq!(self.writes_since(mark), Vec::<String>::new());
        report
    }

    /// Money on both sides.
    pub(crate) async fn totals(&self, mappings: &[&str]) -> Totals {
        let names: Vec<String> = mappings.iter().map(|name| (*name).to_owned()).collect();
        let (doors, mark) = (self.doors(), self.mark());
        let totals = self.engine(&doors, "office").await.totals(&names).await.unwrap_or_else(|failure| panic!("{failure}"));
        assert_eq!(self.writes_since(mark), Vec::<String>::new());
        totals
    }
}

/// Each drift in a line: `subcontracts SC-1: changed by target, apply nothing; Description [-] A -> B wants A (target)`.
pub(crate) fn told(report: &DriftReport) -> Vec<String> {
    let mappings = report.mappings.iter();
    let lines = mappings.flat_map(|mapping| mapping.drifts.iter().map(move |drift| format!("{} {}", mapping.mapping, line(drift))));
    let notes = report.mappings.iter().flat_map(|mapping| mapping.notes.iter().map(move |note| format!("{}: {note}", mapping.mapping)));
    lines.chain(notes).collect()
}

fn line(drift: &Drift) -> String {
    let word = |value: &dyn std::fmt::Debug| format!("{value:?}").to_lowercase();
    let (kind, who, apply) = (word(&drift.kind), word(&drift.who), word(&drift.apply));
    let mut text = format!("{}: {kind} by {who}, apply {apply}", drift.label);
    for field in &drift.fields {
        let plain = |value: &Option<Value>| value.as_ref().map_or("?".to_owned(), Value::plain);
        let (last, wanted) = (plain(&field.last), plain(&field.source));
        let line = field.line.as_ref().map(|line| format!(" [{line}]")).unwrap_or_default();
        text.push_str(&format!("; {}{line} {last} -> {} wants {wanted} ({})", field.field, field.target.plain(), word(&field.who)));
    }
    if !drift.others.is_empty() {
        text.push_str(&format!("; {}", drift.others.join(", ")));
    }
    text
}
