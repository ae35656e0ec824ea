//! What does `match` or `search` look for? I-Regexp (RFC 9485), run by the `regex` crate within a size limit.

use regex::{Regex, RegexBuilder};

use super::tree::Operand;

/// Bytes of a compiled expression.
const MAX_SIZE: usize = 1 << 18;

/// A pattern written in the path, or one that lies in the document.
#[derive(Clone, Debug)]
pub(super) enum Pattern {
    Literal { text: String, compiled: Regex },
    Found(Box<Operand>),
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Literal { text, .. }, Self::Literal { text: other, .. }) => text == other,
            (Self::Found(operand), Self::Found(other)) => operand == other,
            _ => false,
        }
    }
}

/// Compiles a pattern; `whole` anchors it at both ends.
pub(super) fn compile(pattern: &str, whole: bool) -> Option<Regex> {
    let dotted = without_return(pattern);
    let anchored = if whole { format!(r"\A(?:{dotted})\z") } else { dotted };
    RegexBuilder::new(&anchored).size_limit(MAX_SIZE).build().ok()
}

/// In I-Regexp a dot matches neither line feed nor carriage return; for `regex` it is only the former.
fn without_return(pattern: &str) -> String {
    let mut written = String::with_capacity(pattern.len());
    let mut characters = pattern.chars();
    let mut in_class = false;
    while let Some(character) = characters.next() {
        match character {
            '\\' => {
                written.push(character);
                written.extend(characters.next());
                continue;
            }
            '[' => in_class = true,
            ']' => in_class = false,
            '.' if !in_class => {
                written.push_str(r"[^\n\r]");
                continue;
            }
            _ => {}
        }
        written.push(character);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::compile;

    fn matches(pattern: &str, text: &str) -> bool {
        compile(pattern, true).unwrap().is_match(text)
    }

    #[test]
    fn a_whole_match_covers_every_alternative() {
        assert!(matches("a|ab", "ab"));
        assert!(!matches("a|b", "ab"));
        assert!(!matches("a", "a\n"));
    }

    #[test]
    fn a_dot_stays_on_its_line() {
        assert!(!matches("a.b", "a\rb"));
        assert!(!matches("a.b", "a\nb"));
        assert!(matches("a[.]b", "a.b"));
        assert!(matches(r"a\.b", "a.b"));
        assert!(!matches(r"a\.b", "axb"));
        assert!(matches("a.b", "a😀b"));
    }

    #[test]
    fn what_is_no_pattern_or_too_large_is_refused() {
        assert!(compile("(", true).is_none());
        assert!(compile("(a{1000}){1000}", true).is_none());
    }
}
