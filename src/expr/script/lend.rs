//! Which functions does only Rhai have? Those that build a list step by step, and a few that look into texts and records.

use std::ops::RangeInclusive;

/// A function that an expression can call where it runs in Rhai; an expression that calls it does.
#[derive(Debug)]
pub struct Lent {
    /// Its name.
    pub name: &'static str,
    /// The name with its parameters.
    pub signature: &'static str,
    /// What it is for, in a sentence.
    pub purpose: &'static str,
    /// How many arguments it takes, what stands on its left included.
    pub(super) arguments: RangeInclusive<usize>,
    /// It changes the variable on its left.
    pub(super) changes: bool,
}

/// All of them.
pub static LENT: [Lent; 10] = [
    lent("push", "list.push(value)", "Puts a value at the end of the list.", 2, true),
    lent("pop", "list.pop()", "Takes the last member out and gives it; `()` of an empty list.", 1, true),
    lent("insert", "list.insert(place, value)", "Puts a value before the member at a place, counted from 0.", 3, true),
    lent("remove", "list.remove(place)", "Takes a member out and gives it; `()` where there is none.", 2, true),
    lent("reverse", "list.reverse()", "Turns the list around.", 1, true),
    lent("sort", "list.sort()", "Puts numbers, or texts, in their order.", 1, true),
    lent("keys", "record.keys()", "The names of a record's fields.", 1, false),
    lent("values", "record.values()", "The values of a record's fields.", 1, false),
    lent("index_of", "text.index_of(part)", "Where the part begins, or the member stands, from 0; -1 where it does not.", 2, false),
    lent("chars", "text.chars()", "The characters of a text, as a list of texts.", 1, false),
];

const fn lent(name: &'static str, signature: &'static str, purpose: &'static str, arguments: usize, changes: bool) -> Lent {
    Lent { name, signature, purpose, arguments: arguments..=arguments, changes }
}

pub(super) fn find(name: &str) -> Option<&'static Lent> {
    LENT.iter().find(|lent| lent.name == name)
}
