//! Which kinds may a value have? A set of them, as small as a byte.

use std::ops::{BitAnd, BitOr};

use crate::value::Value;

/// A set of kinds of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kinds(pub(super) u8);

impl Kinds {
    /// No value at all: of what only refuses.
    pub const NONE: Self = Self(0);
    /// `()`.
    pub const NULL: Self = Self(1);
    /// `true` and `false`.
    pub const BOOL: Self = Self(2);
    /// Numbers.
    pub const NUMBER: Self = Self(4);
    /// Texts, dates and instants among them.
    pub const TEXT: Self = Self(8);
    /// Lists.
    pub const LIST: Self = Self(16);
    /// Records.
    pub const RECORD: Self = Self(32);
    /// All kinds.
    pub const ANY: Self = Self(63);
    /// What is printed into texts and makes keys.
    pub const PLAIN: Self = Self(2 | 4 | 8);
    /// What has an order.
    pub const ORDERED: Self = Self(4 | 8);

    const WORDS: [(Self, &'static str); 5] = [
        (Self::TEXT, "text"),
        (Self::NUMBER, "a number"),
        (Self::BOOL, "true or false"),
        (Self::LIST, "a list"),
        (Self::RECORD, "a record"),
    ];

    /// The kind of a value.
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::NULL,
            Value::Bool(_) => Self::BOOL,
            Value::Number(_) => Self::NUMBER,
            Value::Text(_) => Self::TEXT,
            Value::List(_) => Self::LIST,
            Value::Record(_) => Self::RECORD,
        }
    }

    /// Whether the two have a kind in common.
    pub fn may(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }

    /// Whether there is nothing beside these.
    pub fn only(self, others: Self) -> bool {
        self.0 & !others.0 == 0
    }

    /// Whether a value of these kinds can stand where one of the others is needed. What never gives a value stands everywhere.
    pub fn fits(self, wanted: Self) -> bool {
        self == Self::NONE || self.may(wanted)
    }

    /// Without `()`.
    pub fn present(self) -> Self {
        Self(self.0 & !Self::NULL.0)
    }

    /// As a message says it: `text or a number`.
    pub fn words(self) -> String {
        let words: Vec<&str> = Self::WORDS.iter().filter(|(kind, _)| self.may(*kind)).map(|(_, word)| *word).collect();
        if words.is_empty() { "nothing".to_owned() } else { words.join(" or ") }
    }
}

impl BitOr for Kinds {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitAnd for Kinds {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}
