//! Which line of the target is which line of the source, after a write: numbers are given by the target, and no order is
//! promised.

use super::parcel::Parcel;
use crate::evaluate::line_key;
use crate::plan::Plan;
use crate::value::{Record, Value};

/// The target's key of every line with an id at the source: list, source id, target key. A line that was there keeps its key; a
/// new one is the unclaimed line of the target that agrees with it in most fields, the first of several.
pub(super) fn recognise(plan: &Plan, parcel: &Parcel, written: &Record) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    let mut lists: Vec<&str> = parcel.lines.iter().map(|line| line.field.as_str()).collect();
    lists.dedup();
    for list in lists {
        let Some(field) = plan.target.field_at(list) else { continue };
        let lines: Vec<&Record> =
            written.get(list).and_then(Value::as_list).unwrap_or_default().iter().filter_map(Value::as_record).collect();
        let mut free: Vec<(&Record, String)> = lines.into_iter().map(|line| (line, line_key(field, line))).collect();
        let of_list = || parcel.lines.iter().filter(|line| line.field == list);
        for line in of_list() {
            if let Some(key) = &line.target {
                free.retain(|(_, known)| known != key);
                found.push((list.to_owned(), line.source.clone(), key.clone()));
            }
        }
        for line in of_list().filter(|line| line.target.is_none()) {
            let draft = parcel.draft.get(list).and_then(Value::as_list).and_then(|lines| lines.get(line.at)).and_then(Value::as_record);
            let best = free.iter().enumerate().max_by_key(|(at, (other, _))| (agreement(draft, other), std::cmp::Reverse(*at)));
            if let Some((at, _)) = best {
                let (_, key) = free.remove(at);
                found.push((list.to_owned(), line.source.clone(), key));
            }
        }
    }
    found.retain(|(_, _, key)| !key.is_empty());
    found
}

fn agreement(draft: Option<&Record>, line: &Record) -> usize {
    let Some(draft) = draft else { return 0 };
    draft.iter().filter(|(name, value)| line.get(name) == Some(*value)).count()
}

/// Fields of the header that the target keeps otherwise than they were sent: it ignores unknown members silently, and its form
/// may overwrite a value by a default that another field brings about.
pub(super) fn kept_otherwise(plan: &Plan, parcel: &Parcel, written: &Record) -> Vec<String> {
    let mut differing = Vec::new();
    for (name, sent) in parcel.send.iter() {
        let Some(kept) = written.get(name) else { continue };
        let field = plan.target.field_at(name);
        let same = match (sent, kept) {
            (Value::Text(one), Value::Text(two)) => match field.map(|field| field.kind) {
                Some(crate::schema::Kind::Date) => crate::value::date_of(one) == crate::value::date_of(two),
                Some(crate::schema::Kind::Instant) => crate::value::instant_of(one) == crate::value::instant_of(two),
                _ => one.trim().eq_ignore_ascii_case(two.trim()),
            },
            (Value::Record(_) | Value::List(_), _) => true,
            (one, two) => one == two,
        };
        if !same {
            differing.push(format!("`{name}` was sent as {sent} and is kept as {kept}"));
        }
    }
    differing
}
