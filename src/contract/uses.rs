//! Where does a mapping need a field? What it writes, what its expressions and paths read, what it knows records by.

use std::sync::Arc;

use super::reads::Reads;
use crate::plan::{Formula, JoinBy, LinesOf, Node, Plan, Records, Rule, Term};
use crate::schema::Schema;

/// One place of a mapping that needs a field.
#[derive(Clone, Debug)]
pub struct Use {
    /// The resource.
    pub schema: Arc<Schema>,
    /// The field: `Details.OrderQty`.
    pub path: String,
    /// The rows of the published table that need it.
    pub rows: Vec<String>,
    /// `mappings/subcontracts.yaml:24`, where one place is known.
    pub place: Option<String>,
    /// Whether a value is sent.
    pub written: bool,
    /// Most characters of a text that is sent.
    pub max_length: Option<usize>,
}

/// Everything that a mapping needs, in its own order.
pub fn uses(plan: &Plan) -> Vec<Use> {
    let mut gathering = Gathering { plan, reads: Reads::new(plan), uses: Vec::new(), line: None };
    gathering.line = match plan.records {
        Records::Unfold(list) => Some(list),
        Records::One | Records::Group { .. } => None,
    };
    gathering.whole();
    gathering.uses
}

/// A rule's rows and place.
#[derive(Clone, Copy, Default)]
struct Carried<'p> {
    rows: &'p [String],
    place: Option<&'p str>,
}

struct Gathering<'p> {
    plan: &'p Plan,
    reads: Reads<'p>,
    uses: Vec<Use>,
    /// The list whose members are the lines here.
    line: Option<usize>,
}

impl<'p> Gathering<'p> {
    fn whole(&mut self) {
        let plan = self.plan;
        plan.joins.iter().for_each(|join| {
            join.when.iter().for_each(|formula| self.formula(formula, Carried::default()));
            join.places().iter().for_each(|place| self.slot((place.in_line, place.slot), Carried::default()));
            if let JoinBy::Computed(formula) = &join.by {
                self.formula(formula, Carried::default());
            }
        });
        plan.when.iter().for_each(|formula| self.formula(formula, Carried::default()));
        for required in &plan.require {
            let here = Carried { rows: &[], place: Some(&required.place) };
            self.formula(&required.that, here);
            self.formula(&required.otherwise, here);
        }
        plan.ask.iter().for_each(|asked| self.term(&asked.term, Carried::default()));
        self.nodes(&plan.nodes, "");
        plan.identity.iter().for_each(|path| self.target(path, Carried::default(), None));
        for (_, formula) in &plan.write_back {
            self.formula(formula, Carried::default());
        }
    }

    fn nodes(&mut self, nodes: &'p [Node], above: &str) {
        for node in nodes {
            match node {
                Node::Field(rule) => self.rule(rule),
                Node::Record { name, nodes } => self.nodes(nodes, &format!("{above}{name}.")),
                Node::Lines(lines) => {
                    let path = format!("{above}{}", lines.field.name);
                    for part in &lines.parts {
                        let place = first_place(&part.nodes);
                        let here = Carried { rows: &part.rows, place };
                        self.target(&path, here, None);
                        part.linked_as.iter().for_each(|field| self.target(&format!("{path}.{field}"), here, None));
                        let outside = self.line;
                        if let LinesOf::List(list) = part.of {
                            self.reads.list(list).into_iter().for_each(|found| self.uses.push(read(found, here)));
                            self.line = Some(list);
                        }
                        part.when.iter().for_each(|formula| self.formula(formula, here));
                        // A list of the target's lines cannot stand in another one.
                        self.nodes(&part.nodes, &format!("{path}."));
                        self.line = outside;
                    }
                }
            }
        }
    }

    fn rule(&mut self, rule: &'p Rule) {
        let here = Carried { rows: &rule.rows, place: Some(&rule.place) };
        let most = if rule.truncate || rule.max_length.is_some() { rule.max_length } else { None };
        self.target(&rule.path, here, Some(most.or(rule.field.max_length)));
        rule.when.iter().for_each(|formula| self.formula(formula, here));
        self.term(&rule.term, here);
    }

    fn term(&mut self, term: &'p Term, here: Carried<'_>) {
        match term {
            Term::Slot(place) | Term::Search { root: place, .. } => self.slot((place.in_line, place.slot), here),
            Term::Formula(formula) => self.formula(formula, here),
            Term::Link { parts, .. } => parts.iter().for_each(|part| self.term(part, here)),
            Term::Constant(_) => {}
        }
    }

    fn slot(&mut self, (in_line, slot): (bool, usize), here: Carried<'_>) {
        let found = self.reads.slot(if in_line { self.line } else { None }, slot);
        self.uses.extend(found.map(|found| read(found, here)));
    }

    fn formula(&mut self, formula: &Formula, here: Carried<'_>) {
        let found = self.reads.formula(formula, self.line);
        self.uses.extend(found.into_iter().map(|found| read(found, here)));
    }

    /// A field of the target; `Some` where a value is sent.
    fn target(&mut self, path: &str, here: Carried<'_>, sent: Option<Option<usize>>) {
        let mut found = read((Arc::clone(&self.plan.target), path.to_owned()), here);
        (found.written, found.max_length) = (sent.is_some(), sent.flatten());
        self.uses.push(found);
    }
}

fn read((schema, path): (Arc<Schema>, String), here: Carried<'_>) -> Use {
    let place = here.place.map(str::to_owned);
    Use { schema, path, rows: here.rows.to_vec(), place, written: false, max_length: None }
}

/// Where the first rule of some lines stands.
fn first_place(nodes: &[Node]) -> Option<&str> {
    nodes.iter().find_map(|node| match node {
        Node::Field(rule) => Some(&*rule.place),
        Node::Record { nodes, .. } => first_place(nodes),
        Node::Lines(lines) => lines.parts.iter().find_map(|part| first_place(&part.nodes)),
    })
}
