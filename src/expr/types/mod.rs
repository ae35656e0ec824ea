//! What kinds of values can an expression meet and give? Told from the shapes that it reads, before any record is there.
//!
//! A type says only what is sure: a mistake is told where no record could make the expression work, never where one might not.
//! Whether a value is absent is left to the record, so that `()` fits everywhere but where nothing else can stand.

mod kinds;
mod operands;
mod signatures;
mod typing;

use std::ops::Range;
use std::sync::Arc;

pub use kinds::Kinds;
pub use typing::Typed;

use super::reads::PathStep;
use crate::value::Value;

/// Names and types, shared.
type Fields = Arc<[(Arc<str>, Type)]>;

/// What is known of a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Type {
    /// The kinds that it may have.
    pub kinds: Kinds,
    /// The only texts that it may be, where they are known.
    pub labels: Option<Arc<Labels>>,
    /// Where it lies in the data, so that its fields are known.
    lies: Option<Lies>,
    /// What a list is made of, where it does not lie in the data.
    member: Option<Box<Type>>,
    /// The fields of a record that was made in the expression.
    fields: Option<Fields>,
}

/// The texts that a value may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labels {
    /// Whose they are, as a message says it; nothing for a text that stands in the expression.
    pub of: Option<String>,
    /// The texts.
    pub known: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Lies {
    root: String,
    steps: Vec<PathStep>,
}

/// Who knows what lies where.
pub trait Known {
    /// The type of what these steps lead to from a variable; anything where nobody knows.
    fn at(&self, root: &str, steps: &[PathStep]) -> Type;
}

/// Which rule an expression breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slip {
    /// Kinds that cannot stand together.
    Kinds,
    /// An argument that its function cannot take.
    Argument,
    /// Something that is neither true nor false where a condition belongs.
    Condition,
    /// A text that a value never is.
    Label,
    /// A case that an earlier one has taken.
    Unreachable,
}

/// A mistake that no record can make good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeProblem {
    /// Which rule is broken.
    pub slip: Slip,
    /// What is wrong.
    pub message: String,
    /// The bytes of the term at fault.
    pub at: Range<usize>,
    /// What to write instead, if we know.
    pub help: Option<String>,
    /// The text that was meant, if it is near.
    pub meant: Option<String>,
}

/// A term that may be the expression's value.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// Its bytes.
    pub at: Range<usize>,
    /// What is known of it.
    pub of: Type,
    /// Its value, where it is a constant.
    pub constant: Option<Value>,
}

impl Type {
    /// A value of these kinds, or `()`.
    pub fn of(kinds: Kinds) -> Self {
        Self { kinds, labels: None, lies: None, member: None, fields: None }
    }

    /// A value of which nothing is known.
    pub fn any() -> Self {
        Self::of(Kinds::ANY)
    }

    /// A text that can only be one of these.
    #[must_use]
    pub fn labelled(mut self, of: &str, known: &[String]) -> Self {
        self.labels = (!known.is_empty()).then(|| Arc::new(Labels { of: Some(of.to_owned()), known: known.to_vec() }));
        self
    }

    fn list(member: Self) -> Self {
        Self { member: Some(Box::new(member)), ..Self::of(Kinds::LIST) }
    }

    fn constant(value: &Value) -> Self {
        let mut of = Self::of(Kinds::of(value));
        if let Value::Text(text) = value {
            of.labels = Some(Arc::new(Labels { of: None, known: vec![text.clone()] }));
        }
        of
    }

    /// What is one or the other.
    fn or(self, other: Self) -> Self {
        let labels = match (&self.labels, &other.labels) {
            (Some(labels), None) if !other.kinds.may(Kinds::TEXT) => Some(Arc::clone(labels)),
            (None, Some(labels)) if !self.kinds.may(Kinds::TEXT) => Some(Arc::clone(labels)),
            (Some(one), Some(two)) => {
                let known = one.known.iter().chain(two.known.iter().filter(|label| !one.known.contains(label))).cloned().collect();
                Some(Arc::new(Labels { of: one.of.clone().or_else(|| two.of.clone()), known }))
            }
            _ => None,
        };
        let kinds = self.kinds | other.kinds;
        // Where only one of them can be more than `()`, its fields are those of the whole.
        let home = match (self.kinds.present(), other.kinds.present()) {
            (one, _) if one == Kinds::NONE => other,
            (_, two) if two == Kinds::NONE || (self.lies == other.lies && self.member == other.member) => self,
            _ => Self::of(kinds),
        };
        Self { kinds, labels, ..home }
    }
}
