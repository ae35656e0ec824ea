//! Numbers of more decimal places than the target keeps: whoever computes one says how it is rounded.

use super::compile::Compiler;
use super::paths::names;
use crate::diagnostic::Diagnostic;
use crate::expr::{As, Known, PathStep, Places, Typed};
use crate::mapping::Word;
use crate::schema::{Field, Kind};

impl Compiler<'_> {
    /// A computed number fits the places of its field, or a rounding stands in the expression.
    pub(super) fn rounds(&mut self, word: &Word, typed: &Typed, into: (&Field, Option<As>)) {
        let Some(keeps) = keeps(into) else { return };
        for leaf in typed.leaves.iter().filter(|leaf| leaf.constant.is_none()) {
            let has = match leaf.of.places {
                Places::Endless => "never ends".to_owned(),
                Places::Most(most) if most > keeps => format!("has {most}"),
                Places::Most(_) | Places::Unknown => continue,
            };
            let place = word.part(leaf.at.clone());
            let problem = Diagnostic::error("needs-rounding", &place, format!("{}, and this {has}", room(into.0, keeps)));
            self.problems.push(finished(problem, leaf.of.from.as_deref(), keeps));
        }
    }

    /// A number that only moves has no more places at the source than its field keeps.
    pub(super) fn moves(&mut self, word: &Word, into: (&Field, Option<As>)) {
        let Some(keeps) = keeps(into) else { return };
        let Some(path) = self.json_path(word).as_ref().and_then(names) else { return };
        let steps: Vec<PathStep> = path.into_iter().map(PathStep::Name).collect();
        let of = self.at(if self.line.is_some() { "line" } else { "source" }, &steps);
        if let Places::Most(most) = of.places
            && most > keeps
        {
            let problem = Diagnostic::warning("needs-rounding", &word.place, format!("{}, and this has {most}", room(into.0, keeps)));
            self.problems.push(finished(problem, of.from.as_deref(), keeps));
        }
    }
}

/// How many places a field keeps, where it says so and is given a number.
fn keeps((field, as_): (&Field, Option<As>)) -> Option<u32> {
    match (field.kind, as_) {
        (_, Some(As::Text | As::Date | As::Instant | As::Boolean | As::Integer)) => None,
        (Kind::Integer, _) => Some(0),
        (Kind::Decimal | Kind::Percent, _) => field.scale,
        _ => None,
    }
}

fn room(field: &Field, keeps: u32) -> String {
    match keeps {
        0 => format!("`{}` holds a whole number", field.name),
        1 => format!("`{}` keeps one decimal place", field.name),
        _ => format!("`{}` keeps {keeps} decimal places", field.name),
    }
}

fn finished(problem: Diagnostic, from: Option<&str>, keeps: u32) -> Diagnostic {
    let told = problem.help(format!("state the rounding: `round_half_up(…, {keeps})`"));
    from.into_iter().fold(told, |told, from| told.note(format!("it is {from}")))
}
