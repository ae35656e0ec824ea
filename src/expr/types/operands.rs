//! Can these two values stand on both sides of an operator? By their kinds, and by the texts that they may be.

use std::ops::Range;

use super::typing::Typing;
use super::{Kinds, Slip, Type, TypeProblem};
use crate::diagnostic::{closest, did_you_mean};
use crate::expr::term::{Node, Operator, Term};

impl Typing<'_> {
    /// Both operands must be of one of these kinds.
    pub(super) fn together(&mut self, operator: Operator, wanted: Kinds, (one, left): (&Type, &Node), (two, right): (&Type, &Node)) {
        let symbol = operator.symbol();
        for (of, node) in [(one, left), (two, right)] {
            if !of.kinds.fits(wanted) {
                let message = format!("`{symbol}` needs {}, and this is {}", wanted.words(), of.kinds.words());
                let help = match of.kinds.may(Kinds::TEXT) {
                    true => "`decimal(…)` reads a number from text",
                    false => "give it a value with `??`, or name a single value of it",
                };
                self.tell_of(of, (Slip::Kinds, &node.at), message, Some(help));
                return;
            }
        }
        for (of, node) in [(one, left), (two, right)] {
            self.must_be_there(of, node, &format!("`{symbol}` needs a value on both sides"));
        }
        let both = one.kinds & two.kinds & wanted;
        if both == Kinds::NONE && one.kinds != Kinds::NONE && two.kinds != Kinds::NONE {
            let message = format!("`{symbol}` stands between {} and {}", one.kinds.words(), two.kinds.words());
            let help = match operator {
                Operator::Add => "print numbers into text with backticks and `${…}`",
                _ => "`decimal(…)` reads a number from text",
            };
            self.tell(Slip::Kinds, &odd(left, right), message, Some(help));
        }
    }

    pub(super) fn compared(&mut self, operator: Operator, (one, left): (&Type, &Node), (two, right): (&Type, &Node)) {
        let (first, second) = (one.kinds.present(), two.kinds.present());
        if first == Kinds::NONE || second == Kinds::NONE {
            return;
        }
        if !first.may(second) {
            let message = format!("{} is compared with {}, which it never equals", first.words(), second.words());
            let help = (first | second == Kinds::ORDERED).then_some("`decimal(…)` reads a number from text");
            let told = if matches!(right.term, Term::Constant(_)) { one } else { two };
            self.tell_of(told, (Slip::Kinds, &odd(left, right)), message, help);
            return;
        }
        // What is ruled out may well be denied once more.
        let constant = |node: &Node| matches!(node.term, Term::Constant(_));
        let wide = |of: &Type, node: &Node| {
            let denied = operator == Operator::NotEqual && !constant(node);
            if denied { of.clone().unconditioned() } else { of.clone() }
        };
        let (one, two) = (&wide(one, left), &wide(two, right));
        match (constant(left), constant(right)) {
            (_, true) => self.label(one, two, &right.at),
            (true, _) => self.label(two, one, &left.at),
            _ if !(one.kinds.may(Kinds::NULL) && two.kinds.may(Kinds::NULL)) => self.label(one, two, &(left.at.start..right.at.end)),
            _ => {}
        }
    }

    /// Whether a value can be this text at all.
    pub(super) fn label(&mut self, of: &Type, text: &Type, at: &Range<usize>) {
        let (Some(labels), Some(texts)) = (&of.labels, &text.labels) else { return };
        if !of.kinds.only(Kinds::TEXT | Kinds::NULL) || texts.known.iter().any(|text| labels.known.contains(text)) {
            return;
        }
        let text = texts.known.first().cloned().unwrap_or_default();
        if labels.of.is_none() || labels.ruled_out.contains(&text) {
            let message = format!("this is never `{text}`: a condition before has said so");
            self.tell_of(of, (Slip::Never, at), message, Some("take the comparison out, or the condition before it"));
            return;
        }
        let message = format!("`{text}` is not a label of `{}`", labels.of.as_deref().unwrap_or_default());
        let known = || labels.known.iter().chain(&labels.ruled_out).map(String::as_str);
        let (help, meant) = (did_you_mean(&text, known()), closest(&text, known()).map(str::to_owned));
        let why = of.from.as_ref().map(|from| format!("it is {from}"));
        self.problems.push(TypeProblem { slip: Slip::Label, message, at: at.clone(), why, help, meant });
    }

    /// `member in [a, b]`: each of them must be something that the member can be.
    pub(super) fn among(&mut self, members: &[Node], member: &Node) {
        let of = self.of(member);
        for one in members {
            let candidate = self.of(one);
            self.compared(Operator::Equal, (&of, member), (&candidate, one));
        }
    }
}

/// Of two operands that do not fit: the one that stands in the text as it is, else both.
fn odd(left: &Node, right: &Node) -> Range<usize> {
    match (&left.term, &right.term) {
        (_, Term::Constant(_)) => right.at.clone(),
        (Term::Constant(_), _) => left.at.clone(),
        _ => left.at.start..right.at.end,
    }
}
