//! What need not be read for a record that did not change: joins that only show more of what is known already, and its lines.

use std::collections::BTreeSet;

use super::calls::OF_LINKS;
use super::{Formula, Join, JoinBy, Late, Plan, Records, Slot, Trie};

/// Marks them. The list of a resource tells of each record when it changed last, so that a record of the same resource has not
/// changed where neither the list's row nor what else is joined did. What `when` or another join reads is needed before that is
/// known.
pub(super) fn mark(plan: &mut Plan) {
    let mut own: Vec<bool> = plan.joins.iter().map(|join| shows_more(plan, join) && !when_reads_lists(plan)).collect();
    loop {
        let needed: Vec<bool> = plan.joins.iter().map(|join| is_needed(plan, join, &own)).collect();
        let next: Vec<bool> = own.iter().zip(&needed).map(|(own, needed)| *own && !needed).collect();
        if next == own {
            break;
        }
        own = next;
    }
    plan.joins.iter_mut().zip(own).for_each(|(join, own)| join.own = own);
    plan.late = late_lines(plan);
}

/// How many of the first conditions of `when` read none of these values of the record, and none of its lines; and, where only the
/// record is known, nothing but the record and the settings.
fn told(plan: &Plan, unknown: &BTreeSet<Slot>, only_record: bool) -> usize {
    let Some(when) = &plan.when else { return 0 };
    let expression = &when.expression;
    let reads = expression.reads().iter();
    let mut parts = when.source.iter();
    let late: Vec<usize> = reads
        .filter(|read| match read.root.as_str() {
            "source" => parts.next().is_none_or(|part| unknown.contains(&part.slot)),
            "settings" => false,
            "line" => true,
            _ => only_record,
        })
        .map(|read| read.at.start)
        .chain(expression.calls().iter().filter(|call| only_record && OF_LINKS.contains(&call.name)).map(|call| call.at.start))
        .collect();
    expression.conditions().iter().take_while(|condition| !late.iter().any(|at| condition.contains(at))).count()
}

/// Whether the source's lines may come late. What other joins read has to be there when they are read.
fn late_lines(plan: &Plan) -> Late {
    let lines: BTreeSet<Slot> = plan.source.resource.lines_apart().flat_map(|field| brought(plan, field)).collect();
    let apart = plan.source.resource.lines_apart().next().is_some();
    let others = plan.joins.iter().filter(|join| !join.own).flat_map(read_by);
    let needed = others.into_iter().any(|slot| lines.contains(&slot));
    let made = || plan.lists.iter().flat_map(|list| brought(plan, &list.name));
    let joined = |own: bool| plan.joins.iter().filter(move |join| join.own || !own).flat_map(|join| brought(plan, &join.name));
    let (beside, own): (BTreeSet<Slot>, BTreeSet<Slot>) = (joined(false).chain(made()).collect(), joined(true).chain(made()).collect());
    Late {
        lines: apart && is_stamped(plan) && !needed,
        told_by_row: told(plan, &beside.iter().chain(&lines).copied().collect(), true),
        told_before_lines: told(plan, &own.iter().chain(&lines).copied().collect(), false),
    }
}

/// Whether a record is one of its source, with the stamp of its last change.
fn is_stamped(plan: &Plan) -> bool {
    plan.source_key.modified.is_some() && matches!(plan.records, Records::One)
}

/// Whether a join brings a record of the source's own resource whose stamp is known: the record itself, or one of a list of them.
fn shows_more(plan: &Plan, join: &Join) -> bool {
    let same = |other: &Join| other.schema.name == plan.source.name;
    let itself = matches!(&join.by, JoinBy::Id(place) if plan.source_key.id == [*place]);
    is_stamped(plan) && same(join) && !join.is_list() && (itself || plan.joins.iter().any(|other| other.is_list() && same(other)))
}

/// Whether `when` reads a list that the plan makes, which may hold what is joined.
fn when_reads_lists(plan: &Plan) -> bool {
    let made: BTreeSet<Slot> = plan.lists.iter().flat_map(|list| brought(plan, &list.name)).collect();
    plan.when.iter().flat_map(slots).any(|slot| made.contains(&slot))
}

/// Whether `when`, or a join that is not among these, reads what this one brings.
fn is_needed(plan: &Plan, join: &Join, own: &[bool]) -> bool {
    let brought = brought(plan, &join.name);
    let others = plan.joins.iter().zip(own).filter(|(_, own)| !**own).map(|(other, _)| other);
    others.flat_map(read_by).chain(plan.when.iter().flat_map(slots)).any(|slot| brought.contains(&slot))
}

/// The values that lie in a member of the record.
fn brought(plan: &Plan, member: &str) -> BTreeSet<Slot> {
    let mut slots = BTreeSet::new();
    plan.wanted.trie.member(member).into_iter().for_each(|below| gather(below, &mut slots));
    slots
}

/// What a join reads of the record.
fn read_by(join: &Join) -> Vec<Slot> {
    let computed = if let JoinBy::Computed(formula) = &join.by { Some(&**formula) } else { None };
    let places = join.places().into_iter().filter(|place| !place.in_line).map(|place| place.slot);
    places.chain(computed.into_iter().chain(&join.when).flat_map(slots)).collect()
}

fn slots(formula: &Formula) -> Vec<Slot> {
    formula.source.iter().map(|part| part.slot).collect()
}

fn gather(trie: &Trie, into: &mut BTreeSet<Slot>) {
    into.extend(trie.take);
    trie.members.iter().for_each(|(_, below)| gather(below, into));
}
