//! What may be written in the place of a slip, by a program: one word for another, where there is one candidate.

use std::ops::Range;

use super::{Diagnostic, closest, did_you_mean};

/// Other words for some bytes of the file that a problem stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// The bytes that go.
    pub span: Range<usize>,
    /// What comes instead.
    pub text: String,
}

impl Diagnostic {
    /// With the known word that is nearest to the one that was written, as a remedy and as a fix; or with the choices.
    #[must_use]
    pub fn meant<'a>(self, written: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> Self {
        let near = closest(written, known.clone());
        let told = self.maybe_help(did_you_mean(written, known));
        // A place that shows more than the word, such as a folded text, is left to the author.
        let is_word = told.word().is_some_and(|(_, word)| word == written);
        if is_word { told.replaced_by(near) } else { told }
    }

    /// With another word in the place of the one that it points at; quotes around it stay.
    #[must_use]
    pub fn replaced_by(mut self, word: Option<&str>) -> Self {
        self.fix = self.word().zip(word).map(|((span, _), word)| Fix { span, text: word.to_owned() }).or(self.fix);
        self
    }

    /// The bytes and the text of the word that it points at, without its quotes.
    fn word(&self) -> Option<(Range<usize>, &str)> {
        let place = self.place.as_ref()?;
        let raw = place.source.text.get(place.span.clone())?;
        let first = raw.chars().next()?;
        let is_quoted = raw.len() > 1 && matches!(first, '"' | '\'' | '`') && raw.ends_with(first);
        let span = if is_quoted { place.span.start + 1..place.span.end - 1 } else { place.span.clone() };
        let text = &place.source.text[span.clone()];
        (!text.is_empty() && !text.contains(['\n', '"', '\'', '`', '\\'])).then_some((span, text))
    }
}

/// A text with these fixes in their places, and which of them were made: of two that overlap, the first.
pub fn fixed<'f>(text: &str, fixes: impl IntoIterator<Item = &'f Fix>) -> (String, Vec<&'f Fix>) {
    let mut made: Vec<&Fix> = fixes.into_iter().filter(|fix| text.get(fix.span.clone()).is_some()).collect();
    made.sort_by_key(|fix| (fix.span.start, fix.span.end));
    let mut end = 0;
    made.retain(|fix| {
        let free = fix.span.start >= end;
        end = if free { fix.span.end } else { end };
        free
    });
    let mut after = text.to_owned();
    for fix in made.iter().rev() {
        after.replace_range(fix.span.clone(), &fix.text);
    }
    (after, made)
}

#[cfg(test)]
mod tests {
    use super::{Fix, fixed};
    use crate::diagnostic::{Diagnostic, Place, Source};

    #[test]
    fn a_word_is_replaced_within_its_quotes_and_overlapping_fixes_are_left_out() {
        let source = Source::new("a.yaml", "to: \"nmae\"\n");
        let told = Diagnostic::error("unknown-field", &Place::new(&source, 4..10), "x").meant("nmae", ["name", "zip"]);
        let fix = told.fix.unwrap();
        assert_eq!(fixed(&source.text, [&fix]).0, "to: \"name\"\n");
        let over = Fix { span: 3..7, text: String::new() };
        assert_eq!(fixed(&source.text, [&fix, &over]), ("to:ae\"\n".to_owned(), vec![&over]));
    }

    #[test]
    fn what_is_far_from_all_words_is_left_to_its_author() {
        let source = Source::new("a.yaml", "to: quantity\n");
        assert_eq!(Diagnostic::error("unknown-field", &Place::new(&source, 4..12), "x").meant("quantity", ["name"]).fix, None);
    }
}
