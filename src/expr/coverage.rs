//! Which branches of expressions have been run, while somebody looks on: for telling which no example reaches.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use super::Expression;
use super::term::{Node, Term};

static WATCHED: AtomicBool = AtomicBool::new(false);
static REACHED: Mutex<Option<HashSet<usize>>> = Mutex::new(None);

/// A part of an expression that is run under a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// Its bytes in the text.
    pub at: Range<usize>,
    /// Whether it was run.
    pub reached: bool,
}

/// From now on what is run is taken down. It costs time, so it is for tests only.
pub fn watch() {
    REACHED.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(HashSet::new);
    WATCHED.store(true, Ordering::Relaxed);
}

/// Takes down that something was run, known by where it lies in memory.
#[inline]
pub fn reached<T>(something: &T) {
    if WATCHED.load(Ordering::Relaxed) {
        take_down(std::ptr::from_ref(something) as usize);
    }
}

#[cold]
fn take_down(place: usize) {
    if let Some(reached) = REACHED.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
        reached.insert(place);
    }
}

/// Whether something was run since somebody looks on.
pub fn was_reached<T>(something: &T) -> bool {
    let place = std::ptr::from_ref(something) as usize;
    REACHED.lock().unwrap_or_else(PoisonError::into_inner).as_ref().is_some_and(|reached| reached.contains(&place))
}

impl Expression {
    /// Every part that is run under a condition: what follows `if`, `else`, a label, `??`, `&&`, `||`, and what closures do.
    pub fn branches(&self) -> Vec<Branch> {
        let mut found = Vec::new();
        // What Rhai runs is not looked into.
        if self.script.is_none() {
            gather(&self.root, &mut found);
        }
        found.into_iter().map(|node| Branch { at: node.at.clone(), reached: was_reached(node) }).collect()
    }
}

fn gather<'e>(node: &'e Node, found: &mut Vec<&'e Node>) {
    match &node.term {
        Term::All(parts) | Term::Any(parts) | Term::Coalesce(parts) => found.extend(parts.iter().skip(1)),
        Term::If(branches) => found.extend([Some(&branches.1), branches.2.as_ref()].into_iter().flatten()),
        Term::Switch(_, cases) => found.extend(cases.iter().map(|case| &case.result)),
        Term::Closure(closure) => found.push(&closure.body),
        _ => {}
    }
    for child in node.term.children() {
        gather(child, found);
    }
}
