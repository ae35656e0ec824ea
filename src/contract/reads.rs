//! Which field of which resource is it that a plan reads: a wanted value on the wire, or a chain of names in an expression?

use std::collections::HashMap;
use std::sync::Arc;

use crate::expr::PathStep;
use crate::plan::{Formula, Plan, Records, Trie, Wanted};
use crate::schema::{Schema, Shape, System};

/// The fields behind the wanted values of a plan, by their names.
pub(super) struct Reads<'p> {
    plan: &'p Plan,
    /// Values of the record, and of the members of each list.
    slots: HashMap<(Option<usize>, usize), Vec<String>>,
    lists: HashMap<usize, Vec<String>>,
}

type Found = (Arc<Schema>, String);

impl<'p> Reads<'p> {
    pub(super) fn new(plan: &'p Plan) -> Self {
        let mut reads = Self { plan, slots: HashMap::new(), lists: HashMap::new() };
        reads.walk(&plan.wanted, None, &[]);
        reads
    }

    /// The field of a wanted value.
    pub(super) fn slot(&self, list: Option<usize>, slot: usize) -> Option<Found> {
        self.found(self.slots.get(&(list, slot))?)
    }

    /// The list of this number.
    pub(super) fn list(&self, list: usize) -> Option<Found> {
        self.found(self.lists.get(&list)?)
    }

    /// The fields that an expression reads, of whichever resource.
    pub(super) fn formula(&self, formula: &Formula, line: Option<usize>) -> Vec<Found> {
        let mut found = Vec::new();
        for read in formula.expression.reads() {
            let mut names: Vec<String> = read
                .steps
                .iter()
                .filter_map(|step| if let PathStep::Name(name) = &step.step { Some(name.clone()) } else { None })
                .collect();
            match read.root.as_str() {
                "source" => found.extend(self.found(&names)),
                "line" => {
                    let mut whole = line.and_then(|list| self.lists.get(&list)).cloned().unwrap_or_default();
                    whole.append(&mut names);
                    found.extend(self.found(&whole));
                }
                "target" => found.extend(known(&self.plan.target, &names)),
                "project" if names.first().is_some_and(|name| name == "erp") => {
                    found.extend(self.plan.erp.as_ref().and_then(|schema| known(schema, &names[1..])));
                }
                _ => {}
            }
        }
        found
    }

    fn walk(&mut self, wanted: &Wanted, list: Option<usize>, above: &[String]) {
        let shape = shape_at(&self.plan.shape, above);
        let mut open: Vec<(&Trie, Vec<&str>)> = vec![(&wanted.trie, Vec::new())];
        while let Some((node, wire)) = open.pop() {
            if let Some(slot) = node.take {
                self.slots.insert((list, slot), named(shape, &wire, self.system(), above));
            }
            if let (Some(number), None) = (node.list, list) {
                self.lists.insert(number, named(shape, &wire, self.system(), above));
            }
            open.extend(node.members.iter().map(|(name, node)| {
                let mut below = wire.clone();
                below.push(name);
                (node, below)
            }));
        }
        for (number, inner) in wanted.lists.iter().enumerate().filter(|_| list.is_none()) {
            let above = self.lists.get(&number).cloned().unwrap_or_default();
            self.walk(inner, Some(number), &above);
        }
    }

    fn system(&self) -> System {
        self.plan.source.resource.system
    }

    /// The resource that names of the record lead into, joined ones and lists of its own making looked through.
    fn found(&self, names: &[String]) -> Option<Found> {
        let (first, rest) = names.split_first()?;
        if let Some(join) = self.plan.joins.iter().find(|join| join.name == *first) {
            return known(&join.schema, rest);
        }
        if let Some(regroup) = self.plan.lists.iter().find(|list| list.name == *first) {
            let wire: Vec<&str> = regroup.of.iter().map(String::as_str).collect();
            let mut whole = named(Some(&self.plan.shape), &wire, self.system(), &[]);
            whole.extend(rest.iter().filter(|name| **name != regroup.members).cloned());
            return self.found(&whole);
        }
        match &self.plan.records {
            Records::Group { name, .. } if name == first => known(&self.plan.source, rest),
            _ => known(&self.plan.source, names),
        }
    }
}

/// The field, if the schema has it; none for the record as a whole.
fn known(schema: &Arc<Schema>, names: &[String]) -> Option<Found> {
    // What lies below a field that is not described is its own matter.
    let most = (1..=names.len()).rev().find(|most| schema.field_at(&names[..*most].join(".")).is_some())?;
    Some((Arc::clone(schema), names[..most].join(".")))
}

fn shape_at<'s>(shape: &'s Shape, names: &[String]) -> Option<&'s Shape> {
    names.iter().try_fold(shape, |shape, name| shape.get(name)?.shape.as_ref())
}

/// Steps on the wire as the names of fields, behind those that lead to where they start.
fn named(shape: Option<&Shape>, wire: &[&str], system: System, above: &[String]) -> Vec<String> {
    let (mut shape, mut rest, mut names) = (shape, wire, above.to_vec());
    while let Some(here) = shape.filter(|_| !rest.is_empty()) {
        let met = here.fields.iter().find_map(|field| {
            let steps: Vec<&str> = field.steps(system).collect();
            Some((field, steps.len())).filter(|(_, length)| rest.len() >= *length && rest[..*length] == steps[..])
        });
        let Some((field, length)) = met else { return names };
        names.push(field.name.clone());
        (shape, rest) = (field.shape.as_ref(), &rest[length..]);
    }
    names
}
