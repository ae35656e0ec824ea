//! Fields without which the target takes no new record: each has a rule, and no rule leaves its own empty.

use super::Formula;
use super::compile::Compiler;
use crate::diagnostic::{Diagnostic, closest};
use crate::expr::{Kinds, Leaf, Typed};
use crate::mapping::{Field as Entry, Word};
use crate::schema::{Field, Shape};
use crate::value::Value;

impl Compiler<'_> {
    /// Every required field is given by an entry.
    pub(super) fn required(&mut self, shape: &Shape, entries: &[Entry], word: &Word, above: &str) {
        for field in shape.fields.iter().filter(|field| field.required && !field.read_only) {
            let path = format!("{above}{}", field.name);
            // A field that is given under a misspelt name has been told already.
            let meant = |to: &str| shape.at(to).is_none() && closest(to, [path.as_str()]).is_some();
            let gives = |to: &str| to == path || to.starts_with(&format!("{path}.")) || meant(to);
            let given = entries.iter().any(|entry| entry.to.as_ref().map_or(entry.flawed, |to| gives(&to.text)));
            if !given {
                let message = format!("`{path}` of `{word}` is required, and no row gives it");
                self.problems
                    .push(Diagnostic::error("required-field", &word.place, message).help(format!("add an entry with `to: {path}`")));
            }
        }
    }

    /// `when` does not leave a required field out: a record would go without it.
    pub(super) fn never_left_out(&mut self, (word, when): (&Word, &Formula), field: &Field) {
        if !is_needed(field) || when.expression.is_true_without("target") {
            return;
        }
        let message = format!("`{}` is required, and `when` leaves it out of some records", field.name);
        let problem = Diagnostic::error("may-be-absent", &word.place, message);
        self.problems.push(problem.help("give it a value in each case: `if … { … } else { … }`"));
    }

    /// An expression gives a required field a value whichever way it takes. What only moves a value of the record is left alone:
    /// a record without it is held, and the reason names the field.
    pub(super) fn never_empty(&mut self, entry: &Entry, (word, typed): (&Word, &Typed), field: &Field) {
        let has_default = entry.default.as_ref().is_some_and(|default| !default.value.is_null());
        if !is_needed(field) || has_default {
            return;
        }
        for leaf in &typed.leaves {
            let Some((what, help)) = empty(leaf) else { continue };
            let message = format!("`{}` is required, and {what}", field.name);
            let problem = Diagnostic::error("may-be-absent", &word.part(leaf.at.clone()), message).label("nothing");
            self.problems.push(problem.help(help));
        }
    }
}

fn is_needed(field: &Field) -> bool {
    field.required && !field.read_only
}

/// How a leaf leaves its field empty by its own doing, and the remedy.
fn empty(leaf: &Leaf) -> Option<(&'static str, &'static str)> {
    let refuse = "say why the record cannot go: `refuse(`…`)`";
    match &leaf.constant {
        Some(Value::Null) => Some(("this is nothing", refuse)),
        Some(Value::Text(text)) if text.trim().is_empty() => Some(("a blank text is no value", refuse)),
        None if leaf.unwritten => Some(("other values have no branch", "add `else { … }` or `_ => …`")),
        None if leaf.of.from.is_none() && leaf.of.may_be_absent() && leaf.of.kinds.may(Kinds::PLAIN) => {
            Some(("this may be nothing", "say what then: `… ?? refuse(`…`)`"))
        }
        _ => None,
    }
}
