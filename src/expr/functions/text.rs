//! What can be done to text? Letters are counted as characters, never as bytes.

use std::borrow::Cow;

use super::arguments::Arguments;
use super::{Family, Function, FunctionDoc, MAX_TEXT, Takes};
use crate::expr::machine::{Answer, limited};
use crate::expr::operators::equal;
use crate::value::Found;

pub(super) const FAMILY: Family = Family { title: "Text", functions: FUNCTIONS };

static FUNCTIONS: &[Function] = &[
    Function {
        doc: FunctionDoc {
            name: "trim",
            signature: "trim(text)",
            purpose: "The text without blanks at both ends.",
            parameters: &[("text", "any text")],
            examples: &[("trim(\"  Acme \")", "\"Acme\""), ("\" a b \".trim()", "\"a b\"")],
        },
        arguments: 1..=1,
        takes: Takes::Values,
        run: |given| {
            Ok(match given.piece(0)? {
                Cow::Borrowed(text) => text.trim().into(),
                Cow::Owned(text) => text.trim().to_owned().into(),
            })
        },
    },
    Function {
        doc: FunctionDoc {
            name: "upper",
            signature: "upper(text)",
            purpose: "The text in capital letters.",
            parameters: &[("text", "any text")],
            examples: &[("upper(\"v-100a\")", "\"V-100A\"")],
        },
        arguments: 1..=1,
        takes: Takes::Values,
        run: |given| made(given.text(0)?.to_uppercase()),
    },
    Function {
        doc: FunctionDoc {
            name: "lower",
            signature: "lower(text)",
            purpose: "The text in small letters.",
            parameters: &[("text", "any text")],
            examples: &[("lower(\"Approved\")", "\"approved\"")],
        },
        arguments: 1..=1,
        takes: Takes::Values,
        run: |given| made(given.text(0)?.to_lowercase()),
    },
    Function {
        doc: FunctionDoc {
            name: "length",
            signature: "length(text)",
            purpose: "How many characters the text has. For lists there is `count`.",
            parameters: &[("text", "any text")],
            examples: &[("length(\"Café\")", "4"), ("length(\"\")", "0")],
        },
        arguments: 1..=1,
        takes: Takes::Values,
        run: |given| made(i64::try_from(given.text(0)?.chars().count()).unwrap_or(i64::MAX)),
    },
    Function {
        doc: FunctionDoc {
            name: "substring",
            signature: "substring(text, start, [length])",
            purpose: "A part of the text; what lies beyond its end is left out.",
            parameters: &[
                ("text", "any text"),
                ("start", "characters to skip, from 0"),
                ("length", "characters to take; all that follow when left out"),
            ],
            examples: &[
                ("substring(\"01-500\", 3, 2)", "\"50\""),
                ("substring(\"01-500\", 3)", "\"500\""),
                ("substring(\"ab\", 5, 2)", "\"\""),
            ],
        },
        arguments: 2..=3,
        takes: Takes::Values,
        run: substring,
    },
    Function {
        doc: FunctionDoc {
            name: "starts_with",
            signature: "starts_with(text, part)",
            purpose: "Whether the text begins with the part. Capital and small letters differ.",
            parameters: &[("text", "any text"), ("part", "what to look for")],
            examples: &[("starts_with(\"SC-12\", \"SC\")", "true"), ("starts_with(\"SC-12\", \"sc\")", "false")],
        },
        arguments: 2..=2,
        takes: Takes::Values,
        run: |given| made(given.text(0)?.starts_with(given.text(1)?)),
    },
    Function {
        doc: FunctionDoc {
            name: "ends_with",
            signature: "ends_with(text, part)",
            purpose: "Whether the text ends with the part. Capital and small letters differ.",
            parameters: &[("text", "any text"), ("part", "what to look for")],
            examples: &[("ends_with(\"10%\", \"%\")", "true")],
        },
        arguments: 2..=2,
        takes: Takes::Values,
        run: |given| made(given.text(0)?.ends_with(given.text(1)?)),
    },
    Function {
        doc: FunctionDoc {
            name: "contains",
            signature: "contains(text, part)",
            purpose: "Whether the text has the part in it, or the list the member; `part in text` says the same.",
            parameters: &[("text", "any text, or a list"), ("part", "what to look for")],
            examples: &[
                ("contains(\"Main Street\", \"Str\")", "true"),
                ("\"Draft\" in [\"Draft\", \"Void\"]", "true"),
                ("() in [\"Draft\", \"Void\"]", "false"),
            ],
        },
        arguments: 2..=2,
        takes: Takes::Values,
        run: contains,
    },
    Function {
        doc: FunctionDoc {
            name: "replace",
            signature: "replace(text, part, by)",
            purpose: "The text with every occurrence of the part replaced.",
            parameters: &[("text", "any text"), ("part", "what to look for; not empty"), ("by", "what to put in its place")],
            examples: &[("replace(\"1-2-3\", \"-\", \".\")", "\"1.2.3\"")],
        },
        arguments: 3..=3,
        takes: Takes::Values,
        run: replace,
    },
    Function {
        doc: FunctionDoc {
            name: "split",
            signature: "split(text, separator)",
            purpose: "The parts of the text between separators, as a list.",
            parameters: &[("text", "any text"), ("separator", "what stands between the parts; not empty")],
            examples: &[("split(\"01-500-20\", \"-\")", "[\"01\",\"500\",\"20\"]"), ("split(\"01-500\", \"-\")[1]", "\"500\"")],
        },
        arguments: 2..=2,
        takes: Takes::Values,
        run: split,
    },
    Function {
        doc: FunctionDoc {
            name: "join",
            signature: "join(list, separator)",
            purpose: "The texts and numbers of a list in one text; members that are `()` are left out.",
            parameters: &[("list", "texts and numbers"), ("separator", "what to put between them")],
            examples: &[("join([\"12 Main St\", (), \"Suite 4\"], \", \")", "\"12 Main St, Suite 4\"")],
        },
        arguments: 2..=2,
        takes: Takes::Values,
        run: join,
    },
    Function {
        doc: FunctionDoc {
            name: "pad_left",
            signature: "pad_left(text, length, character)",
            purpose: "The text with characters put before it until it is long enough.",
            parameters: &[("text", "any text"), ("length", "characters in the result, at least"), ("character", "one character")],
            examples: &[("pad_left(\"42\", 5, \"0\")", "\"00042\""), ("pad_left(\"123456\", 5, \"0\")", "\"123456\"")],
        },
        arguments: 3..=3,
        takes: Takes::Values,
        run: pad_left,
    },
    Function {
        doc: FunctionDoc {
            name: "digits",
            signature: "digits(text)",
            purpose: "The digits of the text, and nothing else of it.",
            parameters: &[("text", "any text")],
            examples: &[("digits(\"(503) 555-0100\")", "\"5035550100\"")],
        },
        arguments: 1..=1,
        takes: Takes::Values,
        run: |given| made(given.text(0)?.chars().filter(char::is_ascii_digit).collect::<String>()),
    },
    Function {
        doc: FunctionDoc {
            name: "blank",
            signature: "blank(value)",
            purpose: "Whether there is nothing to see: `()`, a text of blanks, an empty list or record.",
            parameters: &[("value", "any value")],
            examples: &[("blank(\"  \")", "true"), ("blank(())", "true"), ("blank(0)", "false")],
        },
        arguments: 1..=1,
        takes: Takes::Values,
        run: |given| {
            made(match given.value(0) {
                Found::Nothing => true,
                Found::Text(text) => text.trim().is_empty(),
                other => other.count() == Some(0) || other.as_record().is_some_and(|record| record.is_empty()),
            })
        },
    },
];

pub(super) fn made<'v>(found: impl Into<Found<'v>>) -> Answer<'v> {
    Ok(found.into())
}

fn substring<'v>(given: &mut Arguments<'_, 'v>) -> Answer<'v> {
    let skip = given.whole(1, 0..i64::from(u32::MAX))?;
    let take = if given.count() > 2 { given.whole(2, 0..i64::from(u32::MAX))? } else { i64::from(u32::MAX) };
    let bound = |number: i64| usize::try_from(number).unwrap_or(usize::MAX);
    made(given.text(0)?.chars().skip(bound(skip)).take(bound(take)).collect::<String>())
}

fn contains<'v>(given: &mut Arguments<'_, 'v>) -> Answer<'v> {
    if given.value(0).count().is_some() {
        let mut found = false;
        for member in given.value(0).members() {
            found = found || equal(&member, given.value(1)).map_err(|message| given.failure(1, message))?;
        }
        return made(found);
    }
    if !matches!(given.value(0), Found::Text(_)) {
        return Err(given.needs(0, "text or a list"));
    }
    made(given.text(0)?.contains(given.text(1)?))
}

fn replace<'v>(given: &mut Arguments<'_, 'v>) -> Answer<'v> {
    let (text, part, by) = (given.text(0)?, given.text(1)?, given.text(2)?);
    if part.is_empty() {
        return Err(given.failure(1, "an empty text cannot be replaced"));
    }
    // Known before it is built, so that no expression can ask for more memory than a text may have.
    let longer = text.matches(part).count().saturating_mul(by.len());
    limited(longer, MAX_TEXT, &given.call.at)?;
    made(text.replace(part, by))
}

fn split<'v>(given: &mut Arguments<'_, 'v>) -> Answer<'v> {
    let text = given.piece(0)?;
    let separator = given.text(1)?;
    if separator.is_empty() {
        return Err(given.failure(1, "the separator is empty"));
    }
    Ok(Found::Members(match text {
        Cow::Borrowed(text) => text.split(separator).map(Found::from).collect(),
        Cow::Owned(text) => text.split(separator).map(|part| part.to_owned().into()).collect(),
    }))
}

fn join<'v>(given: &mut Arguments<'_, 'v>) -> Answer<'v> {
    let separator = given.text(1)?;
    let mut joined = String::new();
    let mut first = true;
    for member in given.list(0)?.members() {
        match member {
            Found::Nothing => continue,
            Found::Text(_) | Found::Number(_) => {}
            other => return Err(given.failure(0, format!("`join` needs texts and numbers, found {}", other.kind_word()))),
        }
        if !std::mem::take(&mut first) {
            joined.push_str(separator);
        }
        member.push_plain(&mut joined);
        limited(joined.len(), MAX_TEXT, &given.call.at)?;
    }
    made(joined)
}

fn pad_left<'v>(given: &mut Arguments<'_, 'v>) -> Answer<'v> {
    let (text, length) = (given.text(0)?, given.whole(1, 0..1_001)?);
    let mut characters = given.text(2)?.chars();
    let (Some(character), None) = (characters.next(), characters.next()) else {
        return Err(given.failure(2, "`pad_left` fills with exactly one character"));
    };
    let missing = usize::try_from(length).unwrap_or(0).saturating_sub(text.chars().count());
    made(std::iter::repeat_n(character, missing).chain(text.chars()).collect::<String>())
}
