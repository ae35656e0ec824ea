//! What other documents of ours have done to a record of the target, set aside: it is neither an edit of somebody nor to be set back.

use super::change::{LineKeys, line_key, same};
use super::draft::{Draft, Line};
use crate::plan::Plan;
use crate::value::{Record, Value};

/// The record as the target would hold it without what other documents add to its lines, wherever the source makes of a line what it
/// made last: a change order has raised an amount that the contract itself still says as before (BR-52). None where no documents do.
pub fn set_aside(plan: &Plan, (draft, last): (&Draft, &Draft), held: &Record, lines: LineKeys<'_>) -> Option<Record> {
    let by = plan.target.resource.changed_by()?;
    let list = plan.target.shape.get(&by.of)?;
    let mut held = held.clone();
    let Some(Value::List(rows)) = held.get_mut(&by.of) else { return None };
    for known in draft.lines.iter().filter(|line| line.field == by.of) {
        let before = last.lines.iter().find(|line| line.field == known.field && line.key == known.key);
        let (Some(now), Some(before)) = (line_of(draft, known), before.and_then(|line| line_of(last, line))) else { continue };
        let Some(key) = lines(&by.of, &known.key) else { continue };
        let row = rows.iter_mut().find_map(|row| match row {
            Value::Record(row) if line_key(list, row) == key => Some(row),
            _ => None,
        });
        let Some(row) = row else { continue };
        for name in by.adds.keys().chain(by.sets.keys()) {
            let kind = list.shape.as_ref().and_then(|shape| shape.get(name)).map(|field| field.kind);
            if let (Some(now), Some(before), Some(kind)) = (now.get(name), before.get(name), kind)
                && same(before, now, kind)
            {
                row.set(name.as_str(), now.clone());
            }
        }
    }
    Some(held)
}

fn line_of<'d>(draft: &'d Draft, line: &Line) -> Option<&'d Record> {
    draft.fields.get(&line.field)?.as_list()?.get(line.at)?.as_record()
}
