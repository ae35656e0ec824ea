//! How does each expression run? As terms of our own, or in Rhai, and then because of which word.

use super::compile::Compiler;
use crate::diagnostic::Place;
use crate::expr::Expression;
use crate::mapping::Word;

/// How one expression of a mapping runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Where it stands.
    pub place: Place,
    /// The author's words, on one line.
    pub text: String,
    /// What keeps it in Rhai, and where that stands; nothing where it is lowered.
    pub kept: Option<(String, Place)>,
}

impl Compiler<'_> {
    /// Takes down how an expression runs.
    pub(super) fn costs(&mut self, word: &Word, expression: &Expression) {
        let kept = expression.kept().map(|kept| (kept.construct.clone(), word.part(kept.at.clone())));
        let text = word.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let cost = Cost { place: word.place.clone(), text, kept };
        if !self.costs.contains(&cost) {
            self.costs.push(cost);
        }
    }
}
