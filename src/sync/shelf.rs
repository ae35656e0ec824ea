//! Lists that several mappings of a run read: each is read once, and kept until the last of them has had it.
//!
//! A source list is kept only for a later mapping, and only while the shelf has room; a joined list is kept at least as long as its
//! records are put beside others. What was written makes what was read before it useless.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::connector::Row;
use crate::evaluate::replaced;
use crate::plan::Plan;
use crate::schema::{Schema, System};
use crate::value::{Record, json_text};

/// Source lists are kept while all that is kept has no more bytes than this; what does not fit is read again.
const ROOM: usize = 16 << 20;

/// Records as they came, in their order.
pub(super) type Rows = Arc<Vec<Arc<str>>>;

/// What was read, and who will read it yet.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    /// For each mapping of the run, in their order, the lists that it reads.
    readers: Vec<Vec<String>>,
    /// Which of them runs now.
    now: usize,
    /// How often each system was written to.
    writes: HashMap<System, u64>,
    /// By resource and project.
    lists: HashMap<(String, String), Kept>,
}

/// What the fields of a row hold.
type Values<'v> = &'v dyn Fn(&str) -> Vec<String>;

/// A list that was read.
#[derive(Debug)]
struct Kept {
    rows: Rows,
    /// Records that changed since; all of them where none.
    since: Option<Timestamp>,
    /// How often its system had been written to before it was read.
    writes: u64,
    bytes: usize,
    /// For each choice of fields: their values → which rows.
    indexes: HashMap<Vec<String>, HashMap<String, Vec<usize>>>,
}

impl Shelf {
    /// An empty shelf for a run of these mappings, in this order.
    pub(super) fn for_run<'p>(plans: impl IntoIterator<Item = &'p Plan>) -> Self {
        let lists = |plan: &Plan| plan.joins.iter().map(|join| join.schema.name.clone()).chain([plan.source.name.clone()]).collect();
        Self { readers: plans.into_iter().map(lists).collect(), ..Self::default() }
    }

    /// The mapping at this place of the order begins: what none reads any more goes.
    pub(super) fn begin(&mut self, place: usize) {
        self.now = place;
        let Self { readers, lists, .. } = self;
        lists.retain(|(resource, _), _| reads(readers, place, resource) > 0);
    }

    /// A mapping is done with a project, or with all of them: lists go, unless a later mapping reads them and there is room.
    pub(super) fn leave(&mut self, scope: Option<&str>) {
        let mut bytes: usize = self.lists.values().map(|kept| kept.bytes).sum();
        let Self { readers, now, lists, .. } = self;
        lists.retain(|(resource, place), kept| {
            let stays = scope.is_some_and(|scope| place != scope) || (reads(readers, *now + 1, resource) > 0 && bytes <= ROOM);
            if !stays {
                bytes -= kept.bytes;
            }
            stays
        });
    }

    /// Whether a list is to be kept as it is read: a later mapping wants it.
    pub(super) fn wants(&self, resource: &str) -> bool {
        reads(&self.readers, self.now + 1, resource) > 0
    }

    /// How often a list is read from now on.
    pub(super) fn reads(&self, resource: &str) -> usize {
        reads(&self.readers, self.now, resource)
    }

    /// Whether so much more can be kept.
    pub(super) fn has_room(&self, bytes: usize) -> bool {
        self.lists.values().map(|kept| kept.bytes).sum::<usize>() + bytes <= ROOM
    }

    /// A source list as it is now: read by an earlier mapping, and nothing was written to its system since.
    pub(super) fn source(&self, plan: &Plan, scope: &str, since: Option<Timestamp>) -> Option<Rows> {
        let kept = self.lists.get(&(plan.source.name.clone(), scope.to_owned()))?;
        let reaches = kept.since.is_none_or(|from| since.is_some_and(|since| from <= since));
        (reaches && kept.writes == self.writes_to(plan.source.resource.system)).then(|| Arc::clone(&kept.rows))
    }

    /// All records of a list, for joining.
    pub(super) fn whole(&self, resource: &str, scope: &str) -> Option<Rows> {
        let kept = self.lists.get(&(resource.to_owned(), scope.to_owned()))?;
        kept.since.is_none().then(|| Arc::clone(&kept.rows))
    }

    /// Keeps a list that was read.
    pub(super) fn keep(&mut self, (resource, system): (&str, System), scope: &str, (rows, since): (Rows, Option<Timestamp>)) {
        let bytes = rows.iter().map(|row| row.len() + 32).sum();
        let kept = Kept { rows, since, writes: self.writes_to(system), bytes, indexes: HashMap::new() };
        self.lists.insert((resource.to_owned(), scope.to_owned()), kept);
    }

    /// The records of a whole list whose fields have these values.
    pub(super) fn having(&self, resource: &str, scope: &str, (fields, values): (&[String], &str)) -> Option<Vec<Arc<str>>> {
        let kept = self.lists.get(&(resource.to_owned(), scope.to_owned()))?;
        let found = kept.indexes.get(fields)?.get(values).map_or(&[][..], Vec::as_slice);
        Some(found.iter().map(|at| Arc::clone(&kept.rows[*at])).collect())
    }

    /// Sorts a whole list by fields, once.
    pub(super) fn index(&mut self, resource: &str, scope: &str, (fields, value): (&[String], Values<'_>)) {
        let Some(kept) = self.lists.get_mut(&(resource.to_owned(), scope.to_owned())) else { return };
        if kept.indexes.contains_key(fields) {
            return;
        }
        let mut index: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, row) in kept.rows.iter().enumerate() {
            index.entry(folded(&value(row))).or_default().push(at);
        }
        kept.indexes.insert(fields.to_vec(), index);
    }

    /// A system was written to: its source lists have to be read again, and what is joined of this resource as well.
    pub(super) fn wrote(&mut self, system: System, resource: &str) {
        *self.writes.entry(system).or_default() += 1;
        self.lists.retain(|(known, _), _| known != resource);
    }

    /// Records of a source list have learnt this, by their ids: later mappings see them so.
    pub(super) fn learn(&mut self, source: &Schema, scope: &str, lessons: &HashMap<String, Record>) {
        let kept = self.lists.get_mut(&(source.name.clone(), scope.to_owned()));
        let Some(kept) = kept.filter(|_| !lessons.is_empty()) else { return };
        for row in Arc::make_mut(&mut kept.rows) {
            if let Some(told) = retold(source, row, lessons) {
                *row = told.into();
            }
        }
        kept.indexes.clear();
    }

    fn writes_to(&self, system: System) -> u64 {
        self.writes.get(&system).copied().unwrap_or_default()
    }
}

/// How often a list is read by the mappings from this one on.
fn reads(readers: &[Vec<String>], from: usize, resource: &str) -> usize {
    readers.get(from..).unwrap_or_default().iter().flatten().filter(|list| *list == resource).count()
}

/// A record with what it has learnt since; none for one that has learnt nothing.
fn retold(source: &Schema, row: &str, lessons: &HashMap<String, Record>) -> Option<String> {
    let learned = lessons.get(&Row::of_text(row)?.id(source)?)?;
    let members: Vec<(String, Arc<str>)> = learned.iter().map(|(name, value)| (name.to_owned(), json_text(value).into())).collect();
    replaced(row, &members)
}

/// Values as they are compared: without blanks around them, in either case.
pub(super) fn folded(values: &[String]) -> String {
    values.iter().map(|value| value.trim().to_lowercase()).collect::<Vec<_>>().join("\u{1f}")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::retold;
    use crate::schema::load;

    const SCHEMA: &str = r#"{"type":"object","x-resource":{"system":"procore","name":"things","id":"id","key":["id"],"wire":{}},
        "properties":{"id":{"type":"integer"},"origin_id":{"type":"string"}}}"#;

    #[test]
    fn a_record_knows_what_it_has_learnt_and_no_other_does() {
        let schema = load(Path::new("things.json"), SCHEMA).unwrap();
        let lessons = [("7".to_owned(), [("origin_id", "po:1")].into_iter().collect())].into_iter().collect();
        assert_eq!(retold(&schema, r#"{"id":7,"origin_id":null}"#, &lessons).unwrap(), r#"{"id":7,"origin_id":"po:1"}"#);
        assert_eq!(retold(&schema, r#"{"id":77,"origin_id":null}"#, &lessons), None);
    }
}
