//! Which line of the target is which line of the source, after a write: numbers are given by the target, and no order is
//! promised.

use super::parcel::{Parcel, ParcelLine};
use crate::evaluate::{GoneLine, line_key, still_there};
use crate::plan::Plan;
use crate::value::{Record, Value};

/// Which line of the target is which line of the source: list, source id, target key.
pub(super) type Pairs = Vec<(String, String, String)>;

/// The target's key of every line with an id at the source, after a write that all of them were part of. A line that was there
/// keeps its key; a new one is the unclaimed line of the target that agrees with it in most fields, the first of several.
pub(super) fn recognise(plan: &Plan, parcel: &Parcel, written: &Record) -> Pairs {
    paired(plan, parcel, written, false)
}

/// The same before a write, or when an earlier one may have had its effect: new lines are recognised only where the target has
/// as many unclaimed ones, or by their key, or by all of their fields.
pub(super) fn recognise_surely(plan: &Plan, parcel: &Parcel, held: &Record) -> Pairs {
    paired(plan, parcel, held, true)
}

/// The target key of a source line.
pub(super) fn known_in(pairs: &Pairs, list: &str, line: &str) -> Option<String> {
    pairs.iter().find(|(field, source, _)| field == list && source == line).map(|(_, _, key)| key.clone())
}

fn paired(plan: &Plan, parcel: &Parcel, shown: &Record, surely: bool) -> Pairs {
    let mut found = Vec::new();
    let mut lists: Vec<&str> = parcel.lines.iter().map(|line| line.field.as_str()).collect();
    lists.dedup();
    for list in lists {
        let Some(field) = plan.target.field_at(list) else { continue };
        let lines = shown.get(list).and_then(Value::as_list).unwrap_or_default().iter().filter_map(Value::as_record);
        let mut free: Vec<(&Record, String)> = lines.map(|line| (line, line_key(field, line))).collect();
        // A line that is to go is nobody's any more.
        free.retain(|(_, known)| !parcel.gone.iter().any(|gone| gone.list == list && gone.target == *known));
        let of_list = || parcel.lines.iter().filter(|line| line.field == list);
        for line in of_list() {
            if let Some(key) = &line.target {
                free.retain(|(_, known)| known != key);
                found.push((list.to_owned(), line.source.clone(), key.clone()));
            }
        }
        let new: Vec<&ParcelLine> = of_list().filter(|line| line.target.is_none()).collect();
        let strictly = surely && new.len() != free.len();
        for line in new {
            let draft = parcel.draft().get(list).and_then(Value::as_list).and_then(|lines| lines.get(line.at)).and_then(Value::as_record);
            let named = |other: &Record| agree_on(&field.line_key, draft, other);
            let rank = |(at, (other, _)): &(usize, &(&Record, String))| (named(other), agreement(draft, other), std::cmp::Reverse(*at));
            let best = free.iter().enumerate().max_by_key(rank);
            let enough = |other: &Record| !strictly || named(other) || agreement(draft, other) == draft.map_or(0, Record::len);
            if let Some((at, (_, _))) = best.filter(|(_, (other, _))| enough(other)) {
                let (_, key) = free.remove(at);
                found.push((list.to_owned(), line.source.clone(), key));
            }
        }
    }
    found.retain(|(_, _, key)| !key.is_empty());
    found
}

/// Whether both bear the same key: the fields that tell lines apart, where the draft has them all.
fn agree_on(key: &[String], draft: Option<&Record>, line: &Record) -> bool {
    let same = |draft: &Record| key.iter().all(|name| draft.get(name).is_some_and(|value| line.get(name) == Some(value)));
    !key.is_empty() && draft.is_some_and(same)
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

/// The field of which [`kept_otherwise`] tells.
pub(super) fn kept_field(told: &str) -> &str {
    told.split('`').nth(1).unwrap_or_default()
}

/// Why a document is not as it should be after a write that removed lines; `None` when they are gone.
pub(super) fn not_removed(plan: &Plan, parcel: &Parcel, written: &Record) -> Option<String> {
    let left = still_there(plan, written, &parcel.gone);
    let named: Vec<String> = left.iter().map(|gone| format!("`{}` of `{}`", gone.target, gone.list)).collect();
    (!left.is_empty()).then(|| format!("{} was asked to remove line {} and kept it", plan.target.name, named.join(", ")))
}

/// Lines of a target that cannot remove any: a person has to.
pub(super) fn to_remove_by_hand(plan: &Plan, gone: &[&GoneLine]) -> String {
    let named: Vec<String> = gone.iter().map(|gone| format!("`{}` of `{}`", gone.target, gone.list)).collect();
    format!(
        "line {} is gone from its source, and lines of {} cannot be removed from outside; remove it there, and this is offered again",
        named.join(", "),
        plan.target.name
    )
}
