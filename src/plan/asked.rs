//! What the accounting approver is asked at an export, and what their answers must be like (BR-13, BR-14).

use super::Term;
use super::compile::Compiler;
use crate::diagnostic::Diagnostic;
use crate::expr::As;
use crate::mapping::{Ask, Named, Word};
use crate::value::{Decimal, Value, decimal};

/// A value that the approver confirms or changes.
#[derive(Debug)]
pub struct Asked {
    /// Its name in expressions: `ask.number`.
    pub name: String,
    /// What the approver sees.
    pub label: String,
    /// Its first value.
    pub term: Term,
    /// How it is read.
    pub as_: Option<As>,
    /// What it must be like.
    pub rules: AskRules,
}

/// Rules for an answer, in the words in which an ERP connection of Procore declares them (BR-13).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AskRules {
    /// There must be one.
    pub present: bool,
    /// It must be a number.
    pub numeric: bool,
    /// It must be more than nothing.
    pub positive: bool,
    /// Most characters.
    pub max_length: Option<usize>,
    /// Most digits behind the decimal point.
    pub max_length_decimal: Option<usize>,
    /// Most digits before the decimal point.
    pub max_length_units: Option<usize>,
    /// Most characters of each line.
    pub max_line_length: Option<usize>,
}

impl AskRules {
    /// What is wrong with an answer. A blank one breaks none of these rules: whether there must be one is asked when the export is
    /// accepted.
    pub fn fault(&self, value: &Value) -> Option<String> {
        if value.is_null() {
            return None;
        }
        let text = value.plain();
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let length = text.chars().count();
        if let Some(most) = self.max_length.filter(|most| length > *most) {
            return Some(format!("`{text}` has {length} characters, and {most} fit"));
        }
        let longest = text.lines().map(|line| line.chars().count()).max().unwrap_or_default();
        if let Some(most) = self.max_line_length.filter(|most| longest > *most) {
            return Some(format!("a line of `{text}` has {longest} characters, and {most} fit"));
        }
        let wants_number = self.numeric || self.positive || self.max_length_decimal.is_some() || self.max_length_units.is_some();
        if !wants_number {
            return None;
        }
        let Ok(number) = decimal(text) else { return Some(format!("`{text}` is no number")) };
        if self.positive && number <= Decimal::ZERO {
            return Some(format!("`{text}` is not more than nothing"));
        }
        let plain = number.normalize().abs().to_string();
        let (units, decimals) = plain.split_once('.').unwrap_or((&plain, ""));
        if let Some(most) = self.max_length_decimal.filter(|most| decimals.len() > *most) {
            return Some(format!("`{text}` has {} digits behind the decimal point, and {most} fit", decimals.len()));
        }
        let most = self.max_length_units.filter(|most| units.len() > *most)?;
        Some(format!("`{text}` has {} digits before the decimal point, and {most} fit", units.len()))
    }
}

impl Compiler<'_> {
    /// One value that is asked, checked.
    pub(super) fn asked(&mut self, named: &Named<Ask>) -> Option<Asked> {
        let ask = &named.it;
        let term = match (&ask.from, &ask.expr) {
            (Some(word), None) => self.path(word)?,
            (None, Some(word)) => Term::Formula(Box::new(self.formula(word)?)),
            (None, None) => Term::Constant(Value::Null),
            (Some(_), Some(expr)) => {
                self.problems.push(Diagnostic::error("one-source", &expr.place, "an asked value has at most one of `from` and `expr`"));
                return None;
            }
        };
        let as_ = self.conversion(ask.as_.as_ref());
        let rules = AskRules {
            present: self.truth(ask.present.as_ref()),
            numeric: self.truth(ask.numeric.as_ref()),
            positive: self.truth(ask.positive.as_ref()),
            max_length: self.number(ask.max_length.as_ref()),
            max_length_decimal: self.number(ask.max_length_decimal.as_ref()),
            max_length_units: self.number(ask.max_length_units.as_ref()),
            max_line_length: self.number(ask.max_line_length.as_ref()),
        };
        Some(Asked { name: named.name.text.clone(), label: ask.label.text.clone(), term, as_, rules })
    }

    fn truth(&mut self, word: Option<&Word>) -> bool {
        let Some(word) = word else { return false };
        if !["true", "false"].contains(&word.text.as_str()) {
            let message = format!("`{word}` is neither `true` nor `false`");
            self.problems.push(Diagnostic::error("wrong-kind", &word.place, message));
        }
        word.text == "true"
    }
}

#[cfg(test)]
mod tests {
    use super::AskRules;
    use crate::value::Value;

    /// Each rule of BR-13 refuses what breaks it, and nothing else.
    #[test]
    fn every_rule_of_an_answer_refuses_what_breaks_it() {
        let none = AskRules::default();
        let rules = [
            (AskRules { numeric: true, ..none }, "12.5", "twelve"),
            (AskRules { positive: true, ..none }, "0.01", "0"),
            (AskRules { positive: true, ..none }, "1", "-1"),
            (AskRules { max_length: Some(3), ..none }, "abc", "abcd"),
            (AskRules { max_length_decimal: Some(2), ..none }, "1.250", "1.251"),
            (AskRules { max_length_units: Some(2), ..none }, "99.999", "100"),
            (AskRules { max_line_length: Some(4), ..none }, "four\nfour", "four\nfive5"),
        ];
        for (rules, good, bad) in rules {
            assert_eq!(rules.fault(&Value::text(good)), None, "{rules:?}");
            assert!(rules.fault(&Value::text(bad)).is_some_and(|fault| fault.contains(bad)), "{rules:?} lets `{bad}` through");
            assert_eq!(rules.fault(&Value::text(" ")), None);
            assert_eq!(rules.fault(&Value::Null), None);
        }
    }
}
