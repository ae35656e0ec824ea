//! What is linked to what? The other side of links, of documents and of their lines.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::arguments::{Arguments, Key};
use super::{Family, Function, FunctionDoc, Takes};
use crate::expr::machine::Answer;
use crate::value::Found;

pub(super) const FAMILY: Family = Family { title: "Links", functions: FUNCTIONS };

const MAPPING: (&str, &str) = ("mapping", "the mapping that made the link, or another one of its pair");

static FUNCTIONS: &[Function] = &[
    Function {
        doc: FunctionDoc {
            name: "linked",
            signature: "linked(mapping, key, …)",
            purpose: "The other side of a link: the Acumatica key (of several parts: joined by `/`) or the Procore id of the item that a \
                      mapping has linked, or `()` where none is.",
            parameters: &[MAPPING, ("key, …", "the key on this side; `()` is linked to nothing")],
            examples: &[("linked(\"companies\", 77)", "\"V000012\""), ("linked(\"companies\", 78) ?? \"none\"", "\"none\"")],
        },
        arguments: 2..=6,
        takes: Takes::Values,
        run: linked,
    },
    Function {
        doc: FunctionDoc {
            name: "linked_key",
            signature: "linked_key(mapping, key, …)",
            purpose: "The business key of the other side of a link, its parts joined by `/`, or `()` where nothing is linked.",
            parameters: &[MAPPING, ("key, …", "the key on this side; `()` is linked to nothing")],
            examples: &[("linked_key(\"companies\", 77)", "\"V000012\""), ("linked_key(\"companies\", ())", "()")],
        },
        arguments: 2..=6,
        takes: Takes::Values,
        run: linked_key,
    },
    Function {
        doc: FunctionDoc {
            name: "linked_back",
            signature: "linked_back(mapping, target_key, …)",
            purpose: "From the other side back to this one: the id of the item on this side that is linked to the item with this id or \
                      key on the other, or `()`.",
            parameters: &[MAPPING, ("target_key, …", "the id or key on the other side; `()` is linked to nothing")],
            examples: &[("linked_back(\"companies\", \"V000012\")", "\"77\""), ("linked_back(\"companies\", \"V000013\")", "()")],
        },
        arguments: 2..=6,
        takes: Takes::Values,
        run: linked_back,
    },
    Function {
        doc: FunctionDoc {
            name: "linked_line",
            signature: "linked_line(mapping, document_key, list, line_id)",
            purpose: "The other side of a line of a linked document: its key there, as `linked_as` of its entry names it, or `()`.",
            parameters: &[
                MAPPING,
                ("document_key", "the document's id or key on this side"),
                ("list", "the list of the target that the lines stand in, `\"Details\"`"),
                ("line_id", "the line's id on this side, as its `key` makes it"),
            ],
            examples: &[
                ("linked_line(\"subcontracts\", 500, \"Details\", 7)", "\"3\""),
                ("linked_line(\"subcontracts\", 500, \"Details\", 8)", "()"),
            ],
        },
        arguments: 4..=4,
        takes: Takes::Values,
        run: linked_line,
    },
];

fn linked<'v>(given: &mut Arguments<'_, 'v>) -> Answer<'v> {
    let lookups = given.lookups();
    asked(given, |mapping, key| lookups.linked(mapping, key))
}

fn linked_key<'v>(given: &mut Arguments<'_, 'v>) -> Answer<'v> {
    let lookups = given.lookups();
    asked(given, |mapping, key| lookups.linked_key(mapping, key))
}

fn linked_back<'v>(given: &mut Arguments<'_, 'v>) -> Answer<'v> {
    let lookups = given.lookups();
    asked(given, |mapping, key| lookups.linked_back(mapping, key))
}

fn linked_line<'v>(given: &mut Arguments<'_, 'v>) -> Answer<'v> {
    let (Some(document), Some(line)) = (given.key(1)?, given.key(3)?) else { return Ok(Found::Nothing) };
    answered(given.lookups().linked_line(given.text(0)?, &document, (given.text(2)?, &line)))
}

/// What links say of a mapping and a key, part by part; nothing where a part of it is `()`.
fn asked<'v>(given: &Arguments<'_, 'v>, ask: impl FnOnce(&str, &[&str]) -> Option<Cow<'v, str>>) -> Answer<'v> {
    let mut parts: SmallVec<[Key<'_>; 2]> = SmallVec::new();
    for place in 1..given.count() {
        match given.key(place)? {
            Some(part) => parts.push(part),
            None => return Ok(Found::Nothing),
        }
    }
    let key: SmallVec<[&str; 2]> = parts.iter().map(|part| &**part).collect();
    answered(ask(given.text(0)?, &key))
}

fn answered(answer: Option<Cow<'_, str>>) -> Answer<'_> {
    Ok(answer.map(Found::from).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use crate::expr::functions::document::tests::value;

    #[test]
    fn nothing_is_linked_to_nothing() {
        assert_eq!(value("linked(\"companies\", ())"), "()");
        assert_eq!(value("linked_back(\"companies\", ())"), "()");
        assert_eq!(value("linked_line(\"subcontracts\", (), \"Details\", 7)"), "()");
    }
}
