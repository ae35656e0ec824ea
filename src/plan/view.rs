//! Which fields of a list's members does an expression read? Only these are read from a record, where it reads no member whole.

use super::Part;
use super::compile::Compiler;
use super::resolve::resolve;
use super::trie::{View, ViewField};
use crate::expr::{Expression, PathStep, Read, ReadStep};
use crate::schema::Kind;
use crate::value::Reading;

impl Compiler<'_> {
    /// Gives each list of the record that an expression reads member by member the view that it needs. Its parts are those of its
    /// reads of `source`, one for each in their order.
    pub(super) fn views(&mut self, expression: &Expression, parts: &mut [Part]) {
        let reads: Vec<&Read> = expression.reads().iter().filter(|read| read.root == "source").collect();
        for at in 0..parts.len() {
            let of_list = |other: &Part| other.slot == parts[at].slot;
            let together: Vec<&Read> = reads.iter().zip(&*parts).filter(|(_, part)| of_list(part)).map(|(read, _)| *read).collect();
            parts[at].view = self.view(&parts[at], &together);
        }
    }

    /// The view of a list that these reads need; none where one of them reads more than fields of all members.
    fn view(&mut self, part: &Part, reads: &[&Read]) -> Option<usize> {
        let system = self.source.resource.system;
        let lines = part.field.as_ref().filter(|field| field.kind == Kind::Lines)?;
        let shape = lines.shape.as_ref()?;
        let mut paths: Vec<Vec<&str>> = reads.iter().map(|read| below(&read.steps)).collect::<Option<_>>()?;
        paths.sort_unstable();
        paths.dedup();
        let above: Vec<&str> = part.path.split('.').collect();
        let wire = resolve(&self.shape, &above, system).ok()?.wire;
        let found = paths.iter().map(|path| resolve(shape, path, system).ok()).collect::<Option<Vec<_>>>()?;
        let list = self.wanted.list(&wire);
        let wanted = &mut self.wanted.lists[list];
        let fields = paths.iter().zip(found).map(|(path, found)| ViewField {
            path: path.join(".").into(),
            slot: wanted.slot(&found.wire),
            reading: found.field.map_or(Reading::Other, |field| field.reading(system)),
            field: found.field.cloned(),
        });
        let fields = fields.collect();
        Some(self.wanted.view(View { list, fields }))
    }
}

/// The names that a read has right after the members of its list.
fn below(steps: &[ReadStep]) -> Option<Vec<&str>> {
    let mut rest = steps.iter().skip_while(|step| matches!(step.step, PathStep::Name(_)));
    if rest.next()?.step != PathStep::Each {
        return None;
    }
    let names = rest.map_while(|step| if let PathStep::Name(name) = &step.step { Some(name.as_str()) } else { None });
    Some(names.collect()).filter(|names: &Vec<&str>| !names.is_empty())
}
