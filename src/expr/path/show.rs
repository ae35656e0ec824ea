//! How is a path written? In one way each, so that equal paths have equal texts.

use std::fmt::{Display, Formatter, Result};

use super::pattern::Pattern;
use super::tree::{Comparison, Condition, Nodes, Operand, Query, Segment, Selector};
use super::{JsonPath, Step};
use crate::value::{Value, push_json_text};

impl Display for JsonPath {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        match self {
            Self::Steps(steps) => {
                formatter.write_str("$")?;
                steps.iter().try_for_each(|step| step.fmt(formatter))
            }
            Self::General(query) => query.fmt(formatter),
        }
    }
}

impl Display for Step {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        match self {
            Self::Name(name) if is_plain(name) => write!(formatter, ".{name}"),
            Self::Name(name) => write!(formatter, "[{}]", quoted(name)),
            Self::Index(index) => write!(formatter, "[{index}]"),
            Self::Each => formatter.write_str("[*]"),
        }
    }
}

impl Display for Query {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        formatter.write_str("$")?;
        self.segments.iter().try_for_each(|segment| segment.fmt(formatter))
    }
}

impl Display for Segment {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        match (self, self.as_step()) {
            (_, Some(step)) => return step.fmt(formatter),
            (Self::Descendant(_), _) => formatter.write_str("..")?,
            (Self::Child(_), _) => {}
        }
        formatter.write_str("[")?;
        separated(formatter, self.selectors(), ", ")?;
        formatter.write_str("]")
    }
}

impl Display for Selector {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        match self {
            Self::Name(name) => formatter.write_str(&quoted(name)),
            Self::Index(index) => write!(formatter, "{index}"),
            Self::Wildcard => formatter.write_str("*"),
            Self::Slice { start, end, step } => {
                let bound = |bound: &Option<i64>| bound.map(|bound| bound.to_string()).unwrap_or_default();
                write!(formatter, "{}:{}:{step}", bound(start), bound(end))
            }
            Self::Filter(condition) => write!(formatter, "?{condition}"),
        }
    }
}

impl Display for Condition {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        match self {
            Self::Or(conditions) => separated(formatter, conditions, " || "),
            Self::And(conditions) => {
                let inner: Vec<String> = conditions.iter().map(|condition| enclosed(condition, Self::is_choice)).collect();
                separated(formatter, &inner, " && ")
            }
            Self::Not(condition) => write!(formatter, "!{}", enclosed(condition, |condition| !condition.is_test())),
            Self::Exists(nodes) => nodes.fmt(formatter),
            Self::Compare(comparison, left, right) => write!(formatter, "{left} {comparison} {right}"),
            Self::Matches { text, pattern, whole } => {
                write!(formatter, "{}({text}, {pattern})", if *whole { "match" } else { "search" })
            }
        }
    }
}

impl Condition {
    fn is_choice(&self) -> bool {
        matches!(self, Self::Or(_) | Self::And(_))
    }

    fn is_test(&self) -> bool {
        matches!(self, Self::Exists(_) | Self::Matches { .. })
    }
}

impl Display for Nodes {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        formatter.write_str(if self.from_top { "$" } else { "@" })?;
        self.segments.iter().try_for_each(|segment| segment.fmt(formatter))
    }
}

impl Display for Operand {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        match self {
            Self::Literal(Value::Text(text)) => formatter.write_str(&quoted(text)),
            Self::Literal(value) => value.fmt(formatter),
            Self::Singular { from_top, steps } => {
                formatter.write_str(if *from_top { "$" } else { "@" })?;
                steps.iter().try_for_each(|step| step.fmt(formatter))
            }
            Self::Length(operand) => write!(formatter, "length({operand})"),
            Self::Count(nodes) => write!(formatter, "count({nodes})"),
            Self::ValueOf(nodes) => write!(formatter, "value({nodes})"),
        }
    }
}

impl Display for Pattern {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        match self {
            Self::Literal { text, .. } => formatter.write_str(&quoted(text)),
            Self::Found(operand) => operand.fmt(formatter),
        }
    }
}

impl Display for Comparison {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        formatter.write_str(match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        })
    }
}

fn separated<T: Display>(formatter: &mut Formatter<'_>, items: &[T], separator: &str) -> Result {
    items.iter().enumerate().try_for_each(|(at, item)| {
        if at > 0 {
            formatter.write_str(separator)?;
        }
        item.fmt(formatter)
    })
}

fn enclosed(condition: &Condition, needed: impl Fn(&Condition) -> bool) -> String {
    if needed(condition) { format!("({condition})") } else { condition.to_string() }
}

fn is_plain(name: &str) -> bool {
    let begins = |character: char| character.is_ascii_alphabetic() || character == '_' || !character.is_ascii();
    name.starts_with(begins) && name.chars().all(|character| begins(character) || character.is_ascii_digit())
}

/// A name or text in double quotes; JSON's escapes are those of paths.
fn quoted(text: &str) -> String {
    let mut written = String::new();
    push_json_text(&mut written, text);
    written
}
