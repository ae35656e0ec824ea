//! What kinds of values can an expression meet and give? Told from the shapes that it reads, before any record is there.
//!
//! A type says only what is sure: a mistake is told where no record could make the expression work, and where a value that may be
//! absent meets what refuses `()`. What a condition says of a value holds behind it (`facts`).

mod branches;
mod calling;
mod facts;
mod kinds;
mod leaves;
mod operands;
mod places;
mod signatures;
mod typing;

use std::ops::Range;
use std::sync::Arc;

pub use facts::Fact;
pub use kinds::Kinds;
pub use leaves::Leaf;
pub use places::Places;
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
    /// How many digits a number may have behind its decimal point.
    pub places: Places,
    /// Where it comes from, for people: `` `number`, an integer of `prime_contracts` ``.
    pub from: Option<Arc<str>>,
    /// It is a whole record that is there only at times, as what the target holds.
    pub only_at_times: bool,
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
    /// Texts that a condition before has ruled out.
    pub ruled_out: Vec<String>,
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
    /// A branch that nothing can come to.
    Unreachable,
    /// A comparison that conditions before have answered.
    Never,
    /// A value of an enumeration for which no case stands.
    Missing,
    /// A value that may be absent where `()` is refused.
    Absent,
}

/// A mistake, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeProblem {
    /// Which rule is broken.
    pub slip: Slip,
    /// What is wrong.
    pub message: String,
    /// The bytes of the term at fault.
    pub at: Range<usize>,
    /// Why: what is known of the value and where that comes from.
    pub why: Option<String>,
    /// What to write instead, if we know.
    pub help: Option<String>,
    /// The text that was meant, if it is near.
    pub meant: Option<String>,
}

impl Type {
    /// A value of these kinds, or `()`.
    pub fn of(kinds: Kinds) -> Self {
        Self { kinds, labels: None, places: Places::Unknown, from: None, only_at_times: false, lies: None, member: None, fields: None }
    }

    /// A value of which nothing is known.
    pub fn any() -> Self {
        Self::of(Kinds::ANY)
    }

    /// A text that can only be one of these.
    #[must_use]
    pub fn labelled(mut self, of: &str, known: &[String]) -> Self {
        let labels = || Labels { of: Some(of.to_owned()), known: known.to_vec(), ruled_out: Vec::new() };
        self.labels = (!known.is_empty()).then(|| Arc::new(labels()));
        self
    }

    /// A number with at most so many digits behind its decimal point.
    #[must_use]
    pub fn with_places(self, places: Places) -> Self {
        Self { places, ..self }
    }

    /// With the words for where it comes from.
    #[must_use]
    pub fn told_of(self, from: &str) -> Self {
        Self { from: Some(Arc::from(from)), ..self }
    }

    /// A record that is there only at times, with the words for when.
    #[must_use]
    pub fn at_times(self, from: &str) -> Self {
        Self { only_at_times: true, kinds: self.kinds | Kinds::NULL, ..self }.told_of(from)
    }

    /// Whether it may be `()` beside something else. Of what nobody knows it is not asked.
    pub fn may_be_absent(&self) -> bool {
        self.kinds != Kinds::ANY && self.kinds.may(Kinds::NULL) && self.kinds != Kinds::NULL
    }

    /// The same where it is not `()`.
    fn present(self) -> Self {
        Self { kinds: self.kinds.present(), ..self }
    }

    /// The same, or `()`.
    fn or_nothing(self) -> Self {
        Self { kinds: self.kinds | Kinds::NULL, ..self }
    }

    /// The same before any condition was looked at.
    fn unconditioned(mut self) -> Self {
        self.labels = self.labels.filter(|labels| labels.of.is_some());
        if let Some(labels) = self.labels.as_mut().map(Arc::make_mut) {
            labels.known.append(&mut labels.ruled_out);
        }
        self
    }

    /// The same where it is one of these texts.
    fn limit(&mut self, texts: &[String]) {
        let known = |text: &&String| self.labels.as_ref().is_none_or(|labels| labels.known.contains(text));
        let known: Vec<String> = texts.iter().filter(known).cloned().collect();
        if known.is_empty() {
            return;
        }
        let (of, before) = self.labels.as_ref().map_or((None, [].as_slice()), |labels| (labels.of.clone(), labels.known.as_slice()));
        let ruled_out = before.iter().filter(|text| !known.contains(text)).cloned().collect();
        self.labels = Some(Arc::new(Labels { of, known, ruled_out }));
    }

    /// The same where it is not this text.
    fn rule_out(&mut self, text: &str) {
        let Some(labels) = self.labels.as_mut().filter(|labels| labels.known.iter().any(|known| known == text)) else { return };
        let labels = Arc::make_mut(labels);
        labels.known.retain(|known| known != text);
        labels.ruled_out.push(text.to_owned());
    }

    fn list(member: Self) -> Self {
        Self { member: Some(Box::new(member)), ..Self::of(Kinds::LIST) }
    }

    fn is_empty_list(&self) -> bool {
        self.member.as_ref().is_some_and(|member| member.kinds == Kinds::NONE)
    }

    fn constant(value: &Value) -> Self {
        let mut of = Self::of(Kinds::of(value));
        match value {
            Value::Text(text) => {
                of.labels = Some(Arc::new(Labels { of: None, known: vec![text.clone()], ruled_out: Vec::new() }));
            }
            Value::Number(number) => of.places = Places::Most(number.normalize().scale()),
            _ => {}
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
                Some(Arc::new(Labels { of: one.of.clone().or_else(|| two.of.clone()), known, ruled_out: Vec::new() }))
            }
            _ => None,
        };
        let kinds = self.kinds | other.kinds;
        let places = match (self.kinds.may(Kinds::NUMBER), other.kinds.may(Kinds::NUMBER)) {
            (true, false) => self.places,
            (false, true) => other.places,
            _ => self.places.widest(other.places),
        };
        // Where only one of them can be more than `()`, its fields are those of the whole.
        let home = match (self.kinds.present(), other.kinds.present()) {
            (one, _) if one == Kinds::NONE || self.is_empty_list() => other,
            (_, two) if two == Kinds::NONE || other.is_empty_list() || (self.lies == other.lies && self.member == other.member) => self,
            _ => Self::of(kinds),
        };
        Self { kinds, labels, places, ..home }
    }
}

#[cfg(test)]
mod tests {
    use super::{Kinds, Known, Slip, Type};
    use crate::expr::{Expressions, PathStep};

    /// `source` with a number, a text of two labels and a list, none of which is always there.
    struct Shape;

    impl Known for Shape {
        fn at(&self, _: &str, steps: &[PathStep]) -> Type {
            let labels = ["open".to_owned(), "closed".to_owned()];
            let nullable = |kinds: Kinds| Type::of(kinds | Kinds::NULL);
            match steps {
                [] | [PathStep::Name(_), PathStep::Each] => Type::of(Kinds::RECORD),
                [.., PathStep::Name(name)] => match name.as_str() {
                    "amount" | "other" => nullable(Kinds::NUMBER),
                    "status" => nullable(Kinds::TEXT).labelled("status", &labels),
                    "lines" => nullable(Kinds::LIST),
                    _ => Type::any(),
                },
                _ => Type::any(),
            }
        }
    }

    fn slips(text: &str) -> Vec<Slip> {
        let compiled = Expressions::new().compile(text, &["source"]).unwrap();
        compiled.typed(&Shape, &[]).problems.into_iter().map(|problem| problem.slip).collect()
    }

    #[test]
    fn what_a_condition_has_asked_for_is_there_behind_it() {
        for sound in [
            "(source.amount ?? 0) + 1",
            "if source.amount != () { source.amount + 1 } else { 0 }",
            "if source.amount == () { 0 } else { source.amount + 1 }",
            "source.amount != () && source.amount > 0",
            "source.amount == () || source.amount > 0",
            "!blank(source.amount) && source.amount > 0",
            "if blank(source.amount) || source.other == () { 0 } else { source.amount - source.other }",
            "(source.amount ?? 0) > 0 && source.amount < 5",
            "(source.amount ?? 0) == 0 || source.amount > 3",
            "count(source.lines ?? []) == 0 || count(source.lines) > 3",
            "source.amount in [1, 2] && source.amount > 1",
            "switch source.amount { () => 0, _ => source.amount + 1 }",
            "sum(source.lines ?? [], |line| line.amount)",
            "(source.lines ?? []).filter(|line| line.amount != () && line.amount > 0)",
        ] {
            assert_eq!(slips(sound), [], "{sound}");
        }
    }

    #[test]
    fn what_may_be_absent_meets_no_operator() {
        for flawed in [
            "source.amount + 1",
            "1 - source.amount",
            "-source.amount",
            "source.amount > 0",
            "if source.amount == () { source.amount + 1 } else { 0 }",
            "source.amount != () || source.amount > 0",
            "(source.amount ?? 0) == 1 || source.amount > 3",
            "(source.amount ?? source.other) + 1",
            "abs(source.amount)",
            "count(source.lines)",
            "sum(source.lines ?? [], |line| line.amount * 2)",
        ] {
            assert_eq!(slips(flawed), [Slip::Absent], "{flawed}");
        }
    }

    #[test]
    fn what_a_condition_has_answered_is_not_asked_again() {
        for sound in [
            r#"source.status == "open" || source.status == "closed""#,
            r#"source.status != "open" && source.status != "closed""#,
            r#"source.status == "open" || source.status != "open""#,
            r#"switch source.status { "open" => 1, "closed" => 2 }"#,
            r#"switch source.status { "open" => 1, _ => 2 }"#,
            r#"(source.lines ?? []).some(|a| a.status == "open") && (source.lines ?? []).some(|b| b.status == "closed")"#,
        ] {
            assert_eq!(slips(sound), [], "{sound}");
        }
        assert_eq!(slips(r#"source.status == "open" && source.status == "closed""#), [Slip::Never]);
        assert_eq!(slips(r#"if source.status == "open" { 1 } else if source.status == "open" { 2 } else { 3 }"#), [Slip::Never]);
        assert_eq!(slips(r#"switch source.status { "open" => 1 }"#), [Slip::Missing]);
        assert_eq!(slips(r#"if source.status == "open" { switch source.status { "closed" => 1, _ => 2 } } else { 3 }"#), [Slip::Never]);
        assert_eq!(slips("if true { 1 } else { 2 }"), [Slip::Unreachable]);
    }
}
