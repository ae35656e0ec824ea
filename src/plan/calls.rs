//! Names that an expression hands to functions as literal texts: mappings, their lists of lines, tables of the settings.

use super::compile::Compiler;
use crate::diagnostic::Diagnostic;
use crate::expr::{Called, Expression};
use crate::mapping::{Mapping, Word};

/// Functions whose first argument is a mapping.
pub(super) const OF_LINKS: [&str; 4] = ["linked", "linked_line", "linked_key", "linked_back"];

impl Compiler<'_> {
    /// Checks the literal names that an expression hands over; what is looked up among links runs before.
    pub(super) fn calls(&mut self, word: &Word, expression: &Expression) -> bool {
        let mut sound = true;
        for call in expression.calls() {
            call.literal(0).filter(|_| call.name == "lookup").into_iter().for_each(|(table, _)| self.used.table(table));
            sound &= match call.name {
                "lookup" => self.known(word, (call, 0), &self.settings.tables(), "a table of the settings"),
                name if OF_LINKS.contains(&name) => self.of_links(word, call),
                _ => true,
            };
        }
        sound
    }

    fn of_links(&mut self, word: &Word, call: &Called) -> bool {
        if !self.known(word, (call, 0), &self.names_of_mappings(), "a mapping") {
            return false;
        }
        let Some((mapping, _)) = call.literal(0) else { return true };
        if *mapping != self.mapping.mapping.text {
            self.after.push(mapping.clone());
        }
        if call.name != "linked_line" {
            return true;
        }
        let lists: Vec<&str> = self.mappings.iter().filter(|other| other.mapping.text == *mapping).flat_map(lists_of_lines).collect();
        let what = format!("a list of lines of `{mapping}`");
        self.known(word, (call, 2), &lists, &what)
    }

    fn known(&mut self, word: &Word, (call, argument): (&Called, usize), known: &[&str], what: &str) -> bool {
        let Some((name, at)) = call.literal(argument) else {
            let message = format!("`{}` names {what} by a text that stands here, not by a computed one", call.name);
            let problem = Diagnostic::error("literal-name", &word.part(call.at.clone()), message);
            self.problems.push(problem.help("write the name in quotes: what a mapping needs is known before it runs"));
            return false;
        };
        if known.contains(&name.as_str()) {
            return true;
        }
        let place = word.part(at.start + 1..at.end - 1);
        self.problems.push(
            Diagnostic::error("unknown-name", &place, format!("`{name}` is not {what}"))
                .label("no such name")
                .meant(name, known.iter().copied()),
        );
        false
    }
}

/// The lists of the target that a mapping fills with lines.
fn lists_of_lines(mapping: &Mapping) -> impl Iterator<Item = &str> {
    mapping.fields.iter().filter(|entry| entry.each.is_some()).filter_map(|entry| entry.to.as_ref()).map(|to| to.text.as_str())
}
