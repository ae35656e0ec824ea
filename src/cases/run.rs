//! Runs a case through the one executor and holds the outcome against what was expected.

use super::compare::{Difference, differences};
use super::links::{CaseLink, CaseLinks, same};
use super::read::{Case, Expected};
use crate::evaluate::{Context, Draft, Item, Project, Refusal, open, regrouped};
use crate::plan::{Plan, ProjectOf};
use crate::schema::on_wire;
use crate::value::{Record, Value};

/// What came out of a case.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Drafts, one for each item of the record that is offered.
    Drafts(Vec<Draft>),
    /// Why the record (or one of its items) cannot be mapped.
    Refused(Refusal),
    /// The record is not offered.
    NotOffered,
}

/// Whether a case came out as expected.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// It did, or only its snapshot can tell.
    Passed,
    /// Field by field, what differs.
    Differs(Vec<Difference>),
    /// Another kind of outcome.
    Otherwise {
        /// What the case says.
        expected: String,
        /// What came out.
        found: String,
    },
}

/// Runs a case. `defaults` are the settings that it starts from.
pub fn run(plan: &Plan, case: &Case, defaults: &Value) -> (Outcome, Verdict) {
    let outcome = outcome(plan, case, defaults);
    let verdict = judge(&case.expected, &outcome);
    (outcome, verdict)
}

fn outcome(plan: &Plan, case: &Case, defaults: &Value) -> Outcome {
    let body = match regrouped(body(plan, case), &plan.lists) {
        Ok(body) => body,
        Err(refusal) => return Outcome::Refused(refusal),
    };
    let opened = match open(plan, &body) {
        Ok(opened) => opened,
        Err(refusal) => return Outcome::Refused(refusal),
    };
    let settings = merged(defaults, &case.settings);
    let mut drafts = Vec::new();
    for item in opened.items() {
        match one(plan, case, &settings, &item) {
            Ok(Some(draft)) => drafts.push(draft),
            Ok(None) => {}
            Err(refusal) => return Outcome::Refused(refusal),
        }
    }
    if drafts.is_empty() { Outcome::NotOffered } else { Outcome::Drafts(drafts) }
}

/// The project that a record names, or that of the link it names, as the links of the case have it.
fn named(plan: &Plan, case: &Case, key: &str) -> Option<Project> {
    let of_project = |fits: &dyn Fn(&CaseLink) -> bool| case.links.iter().find(|link| link.mapping == "projects" && fits(link));
    let link = match &plan.project {
        ProjectOf::Linked { mapping, .. } => {
            let links = CaseLinks { links: &case.links, plan, project: None };
            let project = links.project_of(mapping, key)?;
            return Some(Project {
                acumatica: of_project(&|link| link.procore == project).map(|link| link.acumatica.clone()).unwrap_or_default(),
                procore: project,
                erp: Value::Null,
            });
        }
        _ => of_project(&|link| same(&link.acumatica, key))?,
    };
    Some(Project { procore: link.procore.clone(), acumatica: link.acumatica.clone(), erp: Value::Null })
}

/// The record as it is read. A joined list that the case does not state is empty.
fn body(plan: &Plan, case: &Case) -> String {
    let mut given = case.given.clone();
    for join in plan.joins.iter().filter(|join| join.is_list()) {
        if given.get(&join.name).is_none() {
            given.set(join.name.as_str(), Vec::new());
        }
    }
    on_wire(&given, &plan.shape, plan.source.resource.system)
}

fn one(plan: &Plan, case: &Case, settings: &Value, item: &Item<'_, '_, '_>) -> Result<Option<Draft>, Refusal> {
    let project = match (&case.project, &plan.project) {
        (Some(project), _) => Some(project.clone()),
        (None, ProjectOf::Named(_) | ProjectOf::Linked { .. }) => match named(plan, case, &item.source()?.project.unwrap_or_default()) {
            Some(project) => Some(project),
            None => return Ok(None),
        },
        (None, _) => None,
    };
    let links = CaseLinks { links: &case.links, plan, project: project.as_ref().map(|project| project.procore.clone()) };
    let project = project.map_or(Value::Null, |project| project.to_value());
    let ask = if case.ask.is_null() { Value::Record(Record::new()) } else { case.ask.clone() };
    let context = Context { settings, ask: &ask, target: &case.target, project: &project, links: &links, today: case.today };
    if !item.offered(&context)? {
        return Ok(None);
    }
    item.draft(&context).map(Some)
}

/// Settings with some of them replaced.
pub(super) fn merged(defaults: &Value, over: &Value) -> Value {
    let (Value::Record(defaults), Value::Record(over)) = (defaults, over) else {
        return if over.is_null() { defaults.clone() } else { over.clone() };
    };
    let mut result = defaults.clone();
    for (name, value) in over.iter() {
        let merged = merged(defaults.get(name).unwrap_or(&Value::Null), value);
        result.set(name, merged);
    }
    Value::Record(result)
}

fn judge(expected: &Expected, outcome: &Outcome) -> Verdict {
    let otherwise = |expected: &str| Verdict::Otherwise { expected: expected.to_owned(), found: said(outcome) };
    match (expected, outcome) {
        (Expected::Snapshot, _) | (Expected::NotOffered, Outcome::NotOffered) => Verdict::Passed,
        (Expected::Drafts(wanted), Outcome::Drafts(drafts)) if wanted.len() == drafts.len() => {
            let mut found = Vec::new();
            for (at, (wanted, draft)) in wanted.iter().zip(drafts).enumerate() {
                let above = if drafts.len() > 1 { format!("[{at}]") } else { String::new() };
                differences(&above, wanted, &Value::Record(draft.fields.clone()), &mut found);
            }
            if found.is_empty() { Verdict::Passed } else { Verdict::Differs(found) }
        }
        (Expected::Drafts(wanted), _) => otherwise(&format!("{} draft(s)", wanted.len())),
        (Expected::Refusal(texts), Outcome::Refused(refusal)) => {
            let said = refusal.to_string();
            match texts.iter().find(|text| !said.contains(text.as_str())) {
                None => Verdict::Passed,
                Some(text) => otherwise(&format!("a refusal that says `{text}`")),
            }
        }
        (Expected::Refusal(_), _) => otherwise("a refusal"),
        (Expected::NotOffered, _) => otherwise("a record that is not offered"),
    }
}

fn said(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Drafts(drafts) => format!("{} draft(s)", drafts.len()),
        Outcome::Refused(refusal) => format!("a refusal: {refusal}"),
        Outcome::NotOffered => "a record that is not offered".to_owned(),
    }
}
