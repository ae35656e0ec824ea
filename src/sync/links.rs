//! Links as an evaluation asks for them: from the source's side, within the record's project, and (while planning) with the
//! records that earlier changes of the same plan would make.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use super::inputs::{Answers, question};
use super::scope::in_projects;
use crate::connector::ProjectScope;
use crate::evaluate::{Links, PENDING};
use crate::plan::Plan;
use crate::schema::System;
use crate::store::{Archived, End, LinkBook, Linked, NewLink};

/// The links of a run.
#[derive(Debug)]
pub(super) struct Book {
    /// What is linked.
    pub(super) links: LinkBook,
    /// Mappings whose links belong to a project.
    in_projects: BTreeSet<String>,
    /// Mappings that share the links of another one.
    pairs: Arc<BTreeMap<String, String>>,
    /// What would be linked once the plan's earlier changes are made: mapping, scope, side, id or key.
    planned: HashMap<(String, String, System, String), String>,
    /// What somebody has set aside: mapping, scope, source id.
    archived: BTreeSet<(String, String, String)>,
}

/// The links as one record sees them.
pub(super) struct Seen<'b> {
    pub(super) book: &'b Book,
    pub(super) source: System,
    /// The Procore project's id; empty outside projects.
    pub(super) project: &'b str,
    /// Told when something is asked for that is not linked: what comes of the record may change with a link alone.
    pub(super) missed: &'b Missed,
}

/// What a record asked for that is not linked: a document by its mapping, side and name, or a line of one. Beside it, where that is
/// wanted, every question with its answer.
#[derive(Debug, Default)]
pub(super) struct Missed {
    asked: Mutex<BTreeSet<String>>,
    answers: Option<Mutex<Answers>>,
}

/// Between the parts of what was asked for.
const PART: char = '\u{1f}';

impl Missed {
    /// Takes down every answer.
    pub(super) fn with_answers() -> Self {
        Self { answers: Some(Mutex::default()), ..Self::default() }
    }

    /// The answers that were given so far.
    pub(super) fn answers(&self) -> Answers {
        self.answers.as_ref().map(|answers| answers.lock().unwrap_or_else(PoisonError::into_inner).clone()).unwrap_or_default()
    }

    /// Takes down an answer.
    fn told(&self, (of, mapping, parts): (&str, &str, &[&str]), answer: Option<String>) -> Option<String> {
        if let Some(answers) = &self.answers {
            answers.lock().unwrap_or_else(PoisonError::into_inner).insert(question(of, mapping, parts), answer.clone());
        }
        answer
    }

    fn add(&self, parts: &[&str]) {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).insert(parts.join(&PART.to_string()));
    }

    /// Whether there is nothing.
    pub(super) fn is_nothing(&self) -> bool {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// As one text, to be held against the book another day.
    pub(super) fn to_text(&self) -> String {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).iter().map(|asked| format!("\n{asked}")).collect()
    }
}

impl Book {
    /// The book of a run over these plans.
    pub(super) fn new(links: LinkBook, plans: &[Plan]) -> Self {
        let in_projects = plans.iter().filter(|plan| in_projects(plan)).map(|plan| plan.pair.clone()).collect();
        let pairs = plans.first().map(|plan| Arc::clone(&plan.pairs)).unwrap_or_default();
        Self { links, in_projects, pairs, planned: HashMap::new(), archived: BTreeSet::new() }
    }

    /// The same, knowing what is set aside.
    pub(super) fn without(mut self, archived: Vec<Archived>) -> Self {
        self.archived = archived.into_iter().map(|record| (record.mapping, record.scope, record.source_id)).collect();
        self
    }

    /// Whether somebody has set a record aside.
    pub(super) fn is_archived(&self, mapping: &str, scope: &str, source_id: &str) -> bool {
        !self.archived.is_empty() && self.archived.contains(&(mapping.to_owned(), scope.to_owned(), source_id.to_owned()))
    }

    /// The scope in which a mapping's links lie for a record of this project.
    pub(super) fn scope_of<'a>(&self, mapping: &str, project: &'a str) -> &'a str {
        if self.in_projects.contains(mapping) { project } else { "" }
    }

    /// Notes a record that an earlier change of the plan would make: what other records would find under its id or key.
    pub(super) fn plan(&mut self, mapping: &str, scope: &str, (system, names): (System, &[&str]), target_key: Option<&str>) {
        let shown = target_key.map_or_else(|| format!("{PENDING}{mapping} {}", names.last().copied().unwrap_or_default()), str::to_owned);
        for name in names.iter().filter(|name| !name.is_empty()) {
            let key = (mapping.to_owned(), scope.to_owned(), system, name.trim().to_lowercase());
            self.planned.insert(key, shown.clone());
        }
    }

    /// What a planned change would make other records find under an id or key.
    fn planned(&self, mapping: &str, scope: &str, side: System, key: &str) -> Option<String> {
        self.planned.get(&(mapping.to_owned(), scope.to_owned(), side, key.to_lowercase())).cloned()
    }

    /// The project of a mapping's link that has this id or key on one side; none where there is no such link, or not only one.
    pub(super) fn project_of<'p>(&self, mapping: &str, (side, key): (System, &str), all: &'p [ProjectScope]) -> Option<&'p ProjectScope> {
        let (pair, key) = (self.pair_of(mapping), key.trim());
        match self.links.scopes_of(pair, side, key)[..] {
            [scope] => all.iter().find(|project| project.procore == scope),
            [] => all.iter().find(|project| self.planned(pair, &project.procore, side, key).is_some()),
            _ => None,
        }
    }

    /// What tells whether a mapping has made links since: the number of the newest.
    pub(super) fn newest_of(&self, mapping: &str) -> i64 {
        self.links.documents(self.pair_of(mapping), None).map(|link| link.id.0).max().unwrap_or_default()
    }

    fn pair_of<'n>(&'n self, mapping: &'n str) -> &'n str {
        self.pairs.get(mapping).map_or(mapping, String::as_str)
    }

    /// The link of a record, by its id at one side.
    pub(super) fn by_id(&self, mapping: &str, scope: &str, side: System, id: &str) -> Option<Linked> {
        self.links.other_side(mapping, scope, side, id).filter(|link| link.end(side).id.eq_ignore_ascii_case(id))
    }

    /// What is linked by the mappings that a plan asks, in one project or in all: another text whenever a link comes, goes or
    /// gets another key.
    pub(super) fn asked_by(&self, plan: &Plan, project: Option<&str>) -> String {
        let mut told = DefaultHasher::new();
        for mapping in &plan.after {
            let scope = project.map(|project| self.scope_of(mapping, project));
            for link in self.links.documents(mapping, scope) {
                (link.id, &link.procore.key, &link.acumatica.key).hash(&mut told);
            }
        }
        format!("{:016x}", told.finish())
    }

    /// Whether what records of a project [asked for in vain](Missed::to_text) is still not linked.
    pub(super) fn still_lacks(&self, missed: &str, project: &str) -> bool {
        missed.lines().all(|asked| {
            let parts: Vec<&str> = asked.split(PART).collect();
            let [mapping, side, key, line @ ..] = parts.as_slice() else { return false };
            let side = if *side == System::Procore.word() { System::Procore } else { System::Acumatica };
            let scope = self.scope_of(mapping, project);
            let link = self.links.other_side(mapping, scope, side, key);
            let known = match line {
                [list, line] => link.is_some_and(|link| self.links.line(&link, list, side, line).is_some()),
                _ => link.is_some(),
            };
            !known && self.planned(mapping, scope, side, key).is_none()
        })
    }

    /// Whether a record is linked already, in whatever scope: two projects may use one number for their contracts.
    pub(super) fn is_taken(&self, mapping: &str, side: System, id: &str) -> bool {
        self.links.is_taken(mapping, side, id)
    }
}

/// How a system's record is named by another: Procore by its id, Acumatica by its key.
pub(super) fn named(end: &End, system: System) -> String {
    match system {
        System::Procore => end.id.clone(),
        System::Acumatica => end.key.clone().unwrap_or_else(|| end.id.clone()),
    }
}

/// A link as it is, to be put again with something changed.
pub(super) fn same_link(link: &Linked) -> NewLink {
    NewLink {
        mapping: link.mapping.clone(),
        scope: link.scope.clone(),
        procore: link.procore.clone(),
        acumatica: link.acumatica.clone(),
        fingerprint: None,
        target_version: None,
        source_version: None,
        lines: None,
    }
}

/// What an id or key leads to.
enum Found {
    /// A link.
    Link(Box<Linked>),
    /// Nothing yet, and what an earlier change of the plan would make it.
    Planned(String),
}

impl Seen<'_> {
    /// The document with this id or key on one side, in the record's project.
    fn document(&self, mapping: &str, side: System, key: &str) -> Option<Found> {
        let mapping = self.book.pair_of(mapping);
        let scope = self.book.scope_of(mapping, self.project);
        let link = self.book.links.other_side(mapping, scope, side, key).map(|link| Found::Link(Box::new(link)));
        let found = link.or_else(|| self.book.planned(mapping, scope, side, key).map(Found::Planned));
        if found.is_none() {
            self.missed.add(&[mapping, side.word(), key]);
        }
        found
    }
}

impl Links for Seen<'_> {
    fn other_side(&self, mapping: &str, key: &[&str]) -> Option<Cow<'_, str>> {
        let target = self.source.other();
        let answer = self.document(mapping, self.source, &joined(key)).map(|found| match found {
            Found::Link(link) => named(link.end(target), target),
            Found::Planned(shown) => shown,
        });
        self.missed.told(("other_side", mapping, key), answer).map(Cow::Owned)
    }

    fn other_key(&self, mapping: &str, key: &[&str]) -> Option<Cow<'_, str>> {
        let answer = self.document(mapping, self.source, &joined(key)).and_then(|found| match found {
            Found::Link(link) => link.end(self.source.other()).key.clone(),
            Found::Planned(shown) => Some(shown),
        });
        self.missed.told(("other_key", mapping, key), answer).map(Cow::Owned)
    }

    fn this_side(&self, mapping: &str, key: &[&str]) -> Option<Cow<'_, str>> {
        let answer = self.document(mapping, self.source.other(), &joined(key)).map(|found| match found {
            Found::Link(link) => link.end(self.source).id.clone(),
            Found::Planned(shown) => shown,
        });
        self.missed.told(("this_side", mapping, key), answer).map(Cow::Owned)
    }

    fn other_line(&self, mapping: &str, document: &str, (list, line): (&str, &str)) -> Option<Cow<'_, str>> {
        self.missed.told(("other_line", mapping, &[document, list, line]), self.line(mapping, document, (list, line))).map(Cow::Owned)
    }
}

impl Seen<'_> {
    /// What a line of a linked document is known by at the other side.
    fn line(&self, mapping: &str, document: &str, (list, line): (&str, &str)) -> Option<String> {
        let document = document.trim();
        if let Found::Link(link) = self.document(mapping, self.source, document)?
            && let Some(known) = self.book.links.line(&link, list, self.source, line)
        {
            return line_key(known.end(self.source.other()));
        }
        // A planned change of the document may bring the line.
        let pair = self.book.pair_of(mapping);
        let planned = self.book.planned(pair, self.book.scope_of(pair, self.project), self.source, document);
        if planned.is_none() {
            self.missed.add(&[pair, self.source.word(), document, list, line]);
        }
        planned.map(|_| format!("{PENDING}{mapping} {document} line {line}"))
    }
}

fn joined(key: &[&str]) -> String {
    key.iter().map(|part| part.trim()).collect::<Vec<_>>().join("/")
}

/// The target's own key of a linked line, whatever others know it by: it stands behind the document's id.
pub(super) fn target_line_key(end: &End) -> String {
    match end.id.split_once('#') {
        Some((_, key)) => key.to_owned(),
        None => end.key.clone().unwrap_or_else(|| end.id.clone()),
    }
}

/// What a line is known by: its key, or (at the source, where lines have no other name) its id. A line of the target that has no key
/// yet is not known.
fn line_key(end: &End) -> Option<String> {
    end.key.clone().or_else(|| (!end.id.contains('#')).then(|| end.id.clone()))
}
