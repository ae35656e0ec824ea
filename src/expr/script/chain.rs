//! How are the steps of a chain told to Rhai? As few calls as keep the order in which things are evaluated, and left out.

use super::lower::OURS;
use super::print::{From, Given, Printer, again, local};
use crate::expr::follow::STRICT;
use crate::expr::term::{Link, Node, Step, Term};
use crate::value::Hint;

/// The root of a chain, and the variable that holds what the first of its links lead to.
#[derive(Clone, Copy)]
pub(super) struct Start<'n> {
    pub(super) root: &'n Node,
    pub(super) walked: Option<(usize, usize)>,
}

impl Printer<'_> {
    /// The steps of a chain. Arguments that take work are evaluated where their step is reached, and not before.
    pub(super) fn links<'n>(&mut self, start: Start<'n>, links: &'n [Link]) {
        let Some(last) = links.iter().rposition(|link| takes_work(&link.step)) else { return self.steps(start, None, links) };
        let begun = usize::from(start.walked.is_some());
        let Some(safe) = links[..=last].iter().skip(begun).position(|link| link.safe).map(|at| at + begun) else {
            return self.steps(start, Some(&links[..last]), &links[last..]);
        };
        let (before, after) = links.split_at(safe);
        let temporary = self.temporary(|printer| printer.from(From::Chain(start, before)));
        let end = before.last().map_or(start.end(), |link| link.end);
        self.push(&format!("if {OURS}nothing({OURS}t{temporary}) {{ () }} else {{ "));
        self.links(Start { root: start.root, walked: Some((temporary, end)) }, after);
        self.push(" } }");
    }

    /// One call for the steps of a chain, over what the steps before lead to.
    fn steps<'n>(&mut self, start: Start<'n>, before: Option<&'n [Link]>, links: &'n [Link]) {
        let before = before.unwrap_or_default();
        let mut given = Given { values: vec![From::Chain(start, before)], closures: Vec::new() };
        let end = before.last().map_or(start.end(), |link| link.end);
        let term = match &start.root.term {
            Term::Variable(place) if self.names[*place] == STRICT => Term::Variable(*place),
            Term::Variable(_) | Term::Local(_) | Term::Call(_) => Term::Local(0),
            // What has no name of its own has none in messages.
            _ => Term::Coalesce(vec![local(0, &start.root.at)]),
        };
        let root = Node { term, at: start.root.at.start..end };
        let steps = links.iter().map(|link| Link {
            step: match &link.step {
                Step::Name(name) => Step::Name(name.clone()),
                Step::Index(index) => Step::Index(given.place(index)),
                Step::Method(call) => Step::Method(again(call, &mut given)),
            },
            safe: link.safe,
            at: link.at.clone(),
            end: link.end,
            at_hand: None,
            hint: Hint::default(),
        });
        let steps = steps.collect();
        let at = start.root.at.start..links.last().map_or(end, |link| link.end);
        self.site(Node { term: Term::Chain(Box::new(root), steps), at }, &given);
    }
}

impl Start<'_> {
    fn end(&self) -> usize {
        self.walked.map_or(self.root.at.end, |(_, end)| end)
    }
}

/// Whether the arguments of a step are more than what lies ready.
fn takes_work(step: &Step) -> bool {
    let ready = |node: &Node| matches!(node.term, Term::Constant(_) | Term::Variable(_) | Term::Local(_) | Term::Closure(_));
    match step {
        Step::Name(_) => false,
        Step::Index(index) => !ready(index),
        Step::Method(call) => !call.arguments.iter().all(ready),
    }
}
