//! A word of an author, and the way from a part of it back to the bytes of the file.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::diagnostic::Place;

/// A scalar: its decoded text and where it stands.
#[derive(Clone, Debug)]
pub struct Word {
    /// The decoded text.
    pub text: String,
    /// The whole scalar in the file, quotes included.
    pub place: Place,
    /// For a text that was made of the decoded one: where each of its bytes stands in the decoded one.
    origin: Option<Origin>,
}

/// The decoded text that another one was made of.
#[derive(Clone, Debug)]
struct Origin {
    decoded: String,
    at: Vec<usize>,
}

impl Word {
    /// A word at its place.
    pub fn new(text: impl Into<String>, place: Place) -> Self {
        Self { text: text.into(), place, origin: None }
    }

    /// The word as a text with values in it, in backticks; those that stand in it are doubled, outside of `${…}`.
    pub fn template(&self) -> Self {
        let (mut text, mut at, mut depth) = (String::from("`"), vec![0], 0_usize);
        for (index, letter) in self.text.char_indices() {
            match letter {
                '{' if depth > 0 || text.ends_with('$') => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                '`' if depth == 0 => {
                    text.push('`');
                    at.push(index);
                }
                _ => {}
            }
            text.push(letter);
            at.extend((0..letter.len_utf8()).map(|byte| index + byte));
        }
        text.push('`');
        at.push(self.text.len());
        Self { text, place: self.place.clone(), origin: Some(Origin { decoded: self.text.clone(), at }) }
    }

    /// The place of a part of the decoded text. Exact for plain, quoted and `|` scalars; where a part cannot be
    /// found again (a folded scalar), the whole word.
    pub fn part(&self, part: Range<usize>) -> Place {
        let raw = &self.place.source.text[self.place.span.clone()];
        let start = self.place.span.start;
        let line_start = self.place.source.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let (decoded, part) = match &self.origin {
            Some(origin) => {
                let back = |byte: usize| origin.at.get(byte).copied().unwrap_or(origin.decoded.len());
                (&origin.decoded, back(part.start)..back(part.end))
            }
            None => (&self.text, part),
        };
        let exact = walk(raw, decoded, part, start - line_start);
        exact.map_or_else(|| self.place.clone(), |part| Place::new(&self.place.source, start + part.start..start + part.end))
    }
}

impl fmt::Display for Word {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl PartialEq<str> for Word {
    fn eq(&self, other: &str) -> bool {
        self.text == other
    }
}

/// In the published schema a word is a string.
impl JsonSchema for Word {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Word".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        String::json_schema(generator)
    }
}

/// Walks the raw scalar beside its decoded text and gives the raw bytes of a decoded part.
fn walk(raw: &str, decoded: &str, part: Range<usize>, indent: usize) -> Option<Range<usize>> {
    let quote = raw.chars().next().filter(|first| matches!(first, '"' | '\'') && raw.len() > 1 && !decoded.starts_with(raw));
    let mut at = quote.map_or(0, char::len_utf8);
    let (mut start, mut end) = (None, None);
    let end_wanted = part.end.min(decoded.len());
    for (index, wanted) in decoded.char_indices() {
        if index == part.start {
            start = Some(at);
        }
        if index == end_wanted {
            end = Some(at);
        }
        at += step(&raw[at..], wanted, quote, indent)?;
    }
    let start = if part.start >= decoded.len() { at } else { start? };
    let end = if end_wanted >= decoded.len() { at } else { end? };
    (start <= end).then_some(start..end.max(start))
}

/// How many raw bytes stand for one decoded character.
fn step(rest: &str, wanted: char, quote: Option<char>, indent: usize) -> Option<usize> {
    let found = rest.chars().next()?;
    match (found, quote) {
        ('\'', Some('\'')) if wanted == '\'' && rest.starts_with("''") => return Some(2),
        ('\\', Some('"')) => {
            return Some(match rest[1..].chars().next()? {
                'x' => 4,
                'u' => 6,
                'U' => 10,
                other => 1 + other.len_utf8(),
            });
        }
        _ => {}
    }
    if found == '\n' && matches!(wanted, '\n' | ' ') {
        // A kept break loses the block's indentation, a folded one (it reads as a space) all blanks after it.
        let blanks = rest[1..].len() - rest[1..].trim_start_matches(' ').len();
        return Some(1 + if wanted == '\n' { blanks.min(indent) } else { blanks });
    }
    (found == wanted).then(|| found.len_utf8())
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Source;
    use crate::mapping::yaml::parse;

    fn found(yaml: &str, needle: &str) -> String {
        let source = Source::new("a.yaml", yaml);
        let node = parse(&source).unwrap();
        let word = node.get("e").unwrap().word().unwrap();
        let at = word.text.find(needle).unwrap();
        let place = word.part(at..at + needle.len());
        source.text[place.span].to_owned()
    }

    #[test]
    fn a_part_of_a_text_with_values_is_found_where_the_author_wrote_it() {
        let source = Source::new("a.yaml", "e: the `number` is ${source.nmae ?? \"`\"} \n");
        let word = parse(&source).unwrap().get("e").unwrap().word().unwrap().template();
        assert_eq!(word.text, "`the ``number`` is ${source.nmae ?? \"`\"}`");
        let at = word.text.find("nmae").unwrap();
        assert_eq!(source.text[word.part(at..at + 4).span], *"nmae");
    }

    #[test]
    fn a_part_of_a_word_is_found_in_every_style() {
        assert_eq!(found("e: source.nmae + 1\n", "nmae"), "nmae");
        assert_eq!(found("e: 'it''s source.nmae'\n", "nmae"), "nmae");
        assert_eq!(found("e: \"a\\tb \\u00e9 source.nmae\"\n", "nmae"), "nmae");
        assert_eq!(found("e: |\n  if source.a {\n    source.nmae\n  }\n", "nmae"), "nmae");
        assert_eq!(found("e: |-\n  source.nmae\nf: 1\n", "nmae"), "nmae");
        assert_eq!(found("e: source.a +\n  source.nmae\n", "nmae"), "nmae");
        assert_eq!(found("e: >-\n  source.a +\n  source.nmae\n", "nmae"), "nmae");
        assert_eq!(found("e: \"!settings.x\"\n", "settings"), "settings");
    }
}
