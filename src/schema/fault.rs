//! Where a fault of a schema file stands: the words that its message names, found one after the other in the text.

use std::ops::Range;
use std::path::Path;

use crate::diagnostic::{Diagnostic, Place, Source};

/// A fault, at the last of the words that its message names.
pub(super) fn fault(path: &Path, text: &str, message: &str) -> Diagnostic {
    let source = Source::new(path, text);
    match named(text, message) {
        Some(span) => Diagnostic::error("schema-file", &Place::new(&source, span), message).label("here"),
        None => Diagnostic::anywhere("schema-file", format!("{}: {message}", path.display())),
    }
}

/// A fault that the parser of JSON found, at its line and column.
pub(super) fn not_json(path: &Path, text: &str, problem: &serde_json::Error) -> Diagnostic {
    let before: usize = text.split_inclusive('\n').take(problem.line().saturating_sub(1)).map(str::len).sum();
    let at = (before + problem.column().saturating_sub(1)).min(text.len());
    let said = problem.to_string();
    let message = said.split(" at line ").next().unwrap_or(&said);
    let place = Place::new(&Source::new(path, text), at..at + 1);
    Diagnostic::error("schema-file", &place, message).label("up to here")
}

/// The place of the last word in backticks, each sought behind the one before it. What comes after a comma only explains.
fn named(text: &str, message: &str) -> Option<Range<usize>> {
    let told = message.split(", ").next().unwrap_or(message);
    let words = told.split('`').skip(1).step_by(2).flat_map(|word| word.split('.'));
    let begin = ["x-resource", "required"].into_iter().filter(|word| told.starts_with(word) || told.starts_with(&format!("`{word}`")));
    let (mut from, mut found) = (0, None);
    for word in begin.chain(words) {
        let quoted = format!("\"{word}\"");
        let at = from + text[from..].find(&quoted)?;
        found = Some(at..at + quoted.len());
        from = at + quoted.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn words_are_found_behind_the_words_above_them() {
        let text = r#"{"properties": {"code": {"type": "string"}, "lines": {"items": {"properties": {"code": {"typ": "string"}}}}}}"#;
        let span = named(text, "property `lines.code`: unknown field `typ`, expected one of `type`").unwrap();
        assert_eq!(&text[span.clone()], "\"typ\"");
        assert!(span.start > text.find("lines").unwrap());
        assert_eq!(named(text, "property `amount`: unknown type `money`"), None);
    }
}
