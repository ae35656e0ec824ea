//! Which properties does an expression read? Followed through chains, choices and closures, without running it.

use std::fmt;
use std::ops::Range;

use super::term::{Call, Link, Node, Step, Term};
use crate::value::Value;

/// A chain of properties that an expression reads: a variable and the steps down from it. What lies at its end is used whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// The variable.
    pub root: String,
    /// The bytes of the variable, or of the closure's parameter that stands for a member of it.
    pub at: Range<usize>,
    /// The steps, outermost first.
    pub steps: Vec<ReadStep>,
}

/// One step of a read and the bytes of its word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadStep {
    /// Which step.
    pub step: PathStep,
    /// The bytes of the property's name or of the index; for [`PathStep::Each`] those of the function that runs through the list.
    pub at: Range<usize>,
}

/// A step from a value to what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathStep {
    /// A field of a record.
    Name(String),
    /// A member of a list, from 0; from the end when negative.
    Index(i64),
    /// Every member of a list.
    Each,
}

/// As an author would write it: `source.rows[*].Amount`.
impl fmt::Display for Read {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.root)?;
        self.steps.iter().try_for_each(|step| match &step.step {
            PathStep::Name(name) => write!(formatter, ".{name}"),
            PathStep::Index(index) => write!(formatter, "[{index}]"),
            PathStep::Each => formatter.write_str("[*]"),
        })
    }
}

/// Places that one value may come from, before they are read whole.
const MAX_SOURCES: usize = 64;

/// The places that a term's value may come from; several after `??`, `if` and `switch`, none when it is made.
type Sources = Vec<Read>;

/// Collects the reads of one expression.
pub(super) struct Reader<'e> {
    names: &'e [String],
    /// Where the closure parameters in force come from.
    locals: Vec<Sources>,
    reads: Vec<Read>,
}

impl<'e> Reader<'e> {
    pub(super) fn new(names: &'e [String]) -> Self {
        Self { names, locals: Vec::new(), reads: Vec::new() }
    }

    pub(super) fn read(mut self, root: &Node) -> Vec<Read> {
        self.used(root);
        self.reads
    }

    /// Reports what a term reads and uses.
    fn used(&mut self, node: &Node) {
        let sources = self.sources(node);
        self.reads.extend(sources);
    }

    /// Where a term's value comes from, with everything else that it reads reported.
    fn sources(&mut self, node: &Node) -> Sources {
        match &node.term {
            Term::Variable(place) if *place >= self.names.len() => Vec::new(),
            Term::Variable(place) => vec![Read { root: self.names[*place].clone(), at: node.at.clone(), steps: Vec::new() }],
            Term::Local(place) => self.locals.get(*place).cloned().unwrap_or_default(),
            Term::Chain(root, links) => {
                let start = self.sources(root);
                links.iter().fold(start, |sources, link| self.link(sources, link))
            }
            Term::Call(call) => {
                let (first, rest) = match call.arguments.split_first() {
                    Some((first, rest)) => (self.sources(first), rest),
                    None => (Vec::new(), &[][..]),
                };
                self.call(first, call, rest)
            }
            Term::Coalesce(parts) => {
                let sources = parts.iter().flat_map(|part| self.sources(part)).collect();
                self.few(sources)
            }
            Term::If(branches) => {
                self.used(&branches.0);
                let then = self.sources(&branches.1);
                let otherwise = branches.2.as_ref().map(|otherwise| self.sources(otherwise));
                self.few(then.into_iter().chain(otherwise.unwrap_or_default()).collect())
            }
            Term::Switch(subject, cases) => {
                self.used(subject);
                let mut sources = Vec::new();
                for case in cases {
                    case.condition.iter().for_each(|condition| self.used(condition));
                    sources.extend(self.sources(&case.result));
                }
                self.few(sources)
            }
            term => {
                term.children().into_iter().for_each(|child| self.used(child));
                Vec::new()
            }
        }
    }

    /// Where there are very many places, what they lie in is read whole: their number would grow with each closure over them.
    fn few(&mut self, sources: Sources) -> Sources {
        if sources.len() <= MAX_SOURCES {
            return sources;
        }
        let mut roots: Vec<Read> = Vec::new();
        for source in sources {
            if roots.iter().all(|root| root.root != source.root) {
                roots.push(Read { steps: Vec::new(), ..source });
            }
        }
        self.reads.extend(roots);
        Vec::new()
    }

    fn link(&mut self, sources: Sources, link: &Link) -> Sources {
        match &link.step {
            Step::Name(name) => stepped(sources, &PathStep::Name(name.to_string()), &link.at),
            Step::Index(index) => match &index.term {
                Term::Constant(Value::Text(name)) => stepped(sources, &PathStep::Name(name.clone()), &index.at),
                Term::Constant(Value::Number(number)) if i64::try_from(*number).is_ok() => {
                    let number = i64::try_from(*number).unwrap_or_default();
                    stepped(sources, &PathStep::Index(number), &index.at)
                }
                // A computed index may be a field's name or a member's number: all of the value may be read.
                _ => {
                    self.used(index);
                    self.reads.extend(sources);
                    Vec::new()
                }
            },
            Step::Method(call) => self.call(sources, call, &call.arguments),
        }
    }

    /// A call whose first argument comes from `first`.
    fn call(&mut self, first: Sources, call: &Call, rest: &[Node]) -> Sources {
        let each = || stepped(first.clone(), &PathStep::Each, &call.at);
        match (call.function.doc.name, rest) {
            ("first", []) => each(),
            ("sum", [Node { term: Term::Constant(Value::Text(field)), at }]) => {
                self.reads.extend(stepped(each(), &PathStep::Name(field.clone()), at));
                Vec::new()
            }
            (name, [Node { term: Term::Closure(closure), .. }]) => {
                let mentions = mentions(&closure.body, self.locals.len());
                self.locals.push(each());
                self.used(&closure.body);
                self.locals.pop();
                match name {
                    // The members that are kept are still members of the list.
                    "filter" => return first,
                    // The closure looks at no member, so what matters is how many there are.
                    _ if !mentions => self.reads.extend(first),
                    _ => {}
                }
                Vec::new()
            }
            _ => {
                self.reads.extend(first);
                rest.iter().for_each(|argument| self.used(argument));
                Vec::new()
            }
        }
    }
}

fn stepped(mut sources: Sources, step: &PathStep, at: &Range<usize>) -> Sources {
    for source in &mut sources {
        source.steps.push(ReadStep { step: step.clone(), at: at.clone() });
    }
    sources
}

fn mentions(node: &Node, local: usize) -> bool {
    matches!(node.term, Term::Local(place) if place == local) || node.term.children().into_iter().any(|child| mentions(child, local))
}
