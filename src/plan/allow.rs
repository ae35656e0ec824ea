//! What somebody has looked at and lets stand: `allow` silences problems of one code within its entry, and `because` says why.

use super::compile::Compiler;
use crate::diagnostic::{Diagnostic, Place};
use crate::mapping::{Field as Entry, Word};

/// The codes of problems with which a mapping can run all the same.
const ALLOWED: [&str; 6] = ["may-be-absent", "missing-case", "needs-rounding", "never-true", "unreachable-case", "unused"];

impl Compiler<'_> {
    /// Takes out what is allowed, and tells of each `allow` that silences nothing.
    pub(super) fn allowed(&mut self) {
        let mapping = self.mapping;
        let mut idle = Vec::new();
        mapping.fields.iter().for_each(|entry| self.allowed_in(entry, &mut idle));
        idle.extend(self.lets_stand(&mapping.allow, mapping.because.as_ref(), None));
        self.problems.extend(idle.into_iter().map(silences_nothing));
    }

    /// What a line's rule lets stand is no matter for the entry around it.
    fn allowed_in<'m>(&mut self, entry: &'m Entry, idle: &mut Vec<&'m Word>) {
        entry.fields.iter().for_each(|inner| self.allowed_in(inner, idle));
        idle.extend(self.lets_stand(&entry.allow, entry.because.as_ref(), Some(&entry.extents)));
    }

    /// Takes out what may stand within these places, or anywhere in the mapping, and gives the codes that silence nothing.
    fn lets_stand<'m>(&mut self, codes: &'m [Word], because: Option<&Word>, within: Option<&[Place]>) -> Vec<&'m Word> {
        match (codes.first(), because) {
            (Some(code), None) => {
                let problem = Diagnostic::error("allow", &code.place, "nothing says why this may stand");
                self.problems.push(problem.help("add the reason beside it: `because: …`"));
            }
            (None, Some(because)) => {
                let problem = Diagnostic::error("allow", &because.place, "there is no `allow` that this is the reason of");
                self.problems.push(problem.help("name the code that may stand: `allow: [needs-rounding]`; other reasons are a `note`"));
            }
            _ => {}
        }
        codes.iter().filter(|code| !self.silences(code, within)).collect()
    }

    fn silences(&mut self, code: &Word, within: Option<&[Place]>) -> bool {
        if !ALLOWED.contains(&code.text.as_str()) {
            let problem = Diagnostic::error("allow", &code.place, format!("`{code}` is not a problem that may stand"));
            self.problems.push(problem.meant(&code.text, ALLOWED));
            return true;
        }
        let is_within = |place: &Place| {
            let covers = |extent: &Place| extent.source == place.source && extent.span.contains(&place.span.start);
            within.is_none_or(|within| within.iter().any(covers))
        };
        let stands = |problem: &Diagnostic| problem.code == code.text && problem.place.as_ref().is_some_and(is_within);
        let before = self.problems.len();
        self.problems.retain(|problem| !stands(problem));
        self.problems.len() < before
    }
}

fn silences_nothing(code: &Word) -> Diagnostic {
    let message = format!("nothing here is told as `{code}`");
    Diagnostic::warning("unused", &code.place, message).label("silences nothing").help("take it out")
}
