//! Each sample record through every mapping of its resource: a draft, a refusal with its reasons, or not offered.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use crosswalk::cases::{self, Case, CaseLinks};
use crosswalk::config::{Folders, Workspace};
use crosswalk::evaluate::{Context, Draft, Item, Links, Project, Refusal, beside, grouped, open, regrouped};
use crosswalk::plan::{Direction, Join, Plan, ProjectOf, Records};
use crosswalk::schema::{on_wire, plain};
use crosswalk::value::{Record, Value, date_of};
use jiff::civil::Date;

use crate::world::lay_over;

/// The mappings whose records are among the samples; the records of all others are those that their cases give.
const SAMPLED: [&str; 10] = [
    "budget_costs",
    "companies",
    "cost_codes",
    "cost_types",
    "direct_costs",
    "job_costs_report",
    "main_tasks",
    "project_cost_codes",
    "projects",
    "subcontracts",
];

/// Everything is linked: Acumatica's side bears a telling name, Procore's a number made of the key.
struct EverythingLinked(Direction);

impl Links for EverythingLinked {
    fn other_side(&self, mapping: &str, key: &[&str]) -> Option<Cow<'_, str>> {
        let key = key.join("/");
        Some(Cow::Owned(match self.0 {
            // The table of default items knows account groups by their names.
            Direction::Export if mapping == "cost_types" => "MATERIAL".to_owned(),
            Direction::Export => format!("{}-{key}", &mapping[..2]),
            Direction::Import => key.bytes().fold(0_u32, |sum, byte| (sum * 31 + u32::from(byte)) % 9_973).to_string(),
        }))
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/records")
}

/// The sample records of a resource: name and text.
fn samples(resource: &str) -> Vec<(String, String)> {
    let Ok(entries) = std::fs::read_dir(folder().join(resource)) else { return Vec::new() };
    let mut samples: Vec<(String, String)> = entries
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(&path).unwrap()))
        .collect();
    samples.sort();
    samples
}

/// The records as the mapping reads them: joined records beside, equal keys made one.
fn records(plan: &Plan) -> Vec<(String, String)> {
    let samples = samples(&plan.source.name);
    if let Records::Group { by, name } = &plan.records {
        let bodies: Vec<String> = samples.into_iter().map(|(_, text)| text).collect();
        let groups = grouped(&bodies, by, name).unwrap();
        return groups.into_iter().enumerate().map(|(at, text)| (format!("group {}", at + 1), text)).collect();
    }
    let joined = |text: String| {
        let found = |join: &Join| if join.is_list() { Some("[]".to_owned()) } else { related(&join.schema.name, &text) };
        let members: Vec<(&str, String)> = plan.joins.iter().filter_map(|join| Some((join.name.as_str(), found(join)?))).collect();
        let members: Vec<(&str, &str)> = members.iter().map(|(name, text)| (*name, text.as_str())).collect();
        beside(&text, &members)
    };
    samples.into_iter().map(|(name, text)| (name, joined(text))).collect()
}

/// The bill that a cost transaction names; samples name nothing else that is among them.
fn related(resource: &str, body: &str) -> Option<String> {
    if resource != "acumatica/Bill" {
        return None;
    }
    let text = |value: &Value, field: &str| value.at(&format!("{field}.value")).map(|value| value.plain().trim().to_owned());
    let body = Value::from_json(body).unwrap();
    let wanted = (text(&body, "OriginalDocType")?, text(&body, "OriginalDocNbr")?);
    let bills = samples(resource).into_iter().map(|(_, bill)| bill);
    bills.into_iter().find(|bill| {
        let bill = Value::from_json(bill).unwrap();
        text(&bill, "Type").zip(text(&bill, "ReferenceNbr")).as_ref() == Some(&wanted)
    })
}

/// What a mapping makes of one item.
enum Made {
    Draft(Draft),
    Refused(Refusal),
    NotOffered,
}

fn project(plan: &Plan, item: &Item<'_, '_, '_>) -> Value {
    let named = || item.source().ok()?.project.map(|key| key.trim().to_owned());
    match plan.project {
        ProjectOf::Nobody => Value::Null,
        ProjectOf::Named(_) => {
            Project { procore: "562949953421312".to_owned(), acumatica: named().unwrap_or_default(), ..Project::default() }.to_value()
        }
        _ => Project { procore: "562949953421312".to_owned(), acumatica: "PR1001".to_owned(), ..Project::default() }.to_value(),
    }
}

/// Makes a draft of a sample.
fn make(plan: &Plan, settings: &Value, item: &Item<'_, '_, '_>) -> Made {
    let today: Date = date_of("2026-11-22").unwrap();
    let (ask, project, links) = (Value::Record(Record::new()), project(plan, item), EverythingLinked(plan.direction));
    made(plan, item, &Context { settings, ask: &ask, target: &Value::Null, project: &project, links: &links, today })
}

/// Makes a draft, and checks that the bytes for the wire and the trace say the same.
fn made(plan: &Plan, item: &Item<'_, '_, '_>, context: &Context<'_>) -> Made {
    match item.offered(context) {
        Ok(false) => return Made::NotOffered,
        Ok(true) => {}
        Err(refusal) => return Made::Refused(refusal),
    }
    let mut bytes = String::new();
    let written = item.bytes(context, &mut bytes);
    match item.draft(context) {
        Ok(draft) => {
            written.unwrap();
            let read = plain(&bytes, &plan.target.shape, plan.target.resource.system).unwrap();
            assert_eq!(sorted(Value::Record(read)), sorted(Value::Record(draft.fields.clone())), "{}: {bytes}", plan.name);
            let (_, traced) = item.trace(context);
            assert_eq!(traced.unwrap(), draft, "{}", plan.name);
            Made::Draft(draft)
        }
        Err(refusal) => {
            assert_eq!((written.unwrap_err(), bytes.as_str()), (refusal.clone(), ""), "{}", plan.name);
            Made::Refused(refusal)
        }
    }
}

/// With fields in the order of their names: bytes come in the order of the schema, drafts in that of the table.
pub(crate) fn sorted(value: Value) -> Value {
    match value {
        Value::Record(record) => {
            let mut fields: Vec<(String, Value)> = record.iter().map(|(name, value)| (name.to_owned(), sorted(value.clone()))).collect();
            fields.sort_by(|one, two| one.0.cmp(&two.0));
            let mut record = Record::new();
            fields.into_iter().for_each(|(name, value)| record.set(name, value));
            Value::Record(record)
        }
        Value::List(items) => Value::List(items.into_iter().map(sorted).collect()),
        other => other,
    }
}

/// Settings that a company must choose itself, chosen.
fn settings(workspace: &Workspace) -> Value {
    let Value::Record(mut settings) = workspace.defaults.clone() else { panic!("settings are a record") };
    settings.set_at("tables.sub_jobs", Value::Record([("4410", "ANNEX")].into_iter().collect()));
    Value::Record(settings)
}

fn all(plan: &Plan, settings: &Value) -> Vec<(String, Made)> {
    let mut made = Vec::new();
    for (name, text) in records(plan) {
        let text = regrouped(text, &plan.lists).unwrap();
        let opened = open(plan, &text).unwrap();
        for item in opened.items() {
            let id = item.source().map_or_else(|refusal| refusal.to_string(), |source| source.id);
            made.push((format!("{name}: {id}"), make(plan, settings, &item)));
        }
    }
    made
}

#[test]
fn every_sample_becomes_a_draft_a_refusal_or_is_not_offered() {
    let workspace = Workspace::open(Folders::default()).unwrap();
    let settings = settings(&workspace);
    for plan in workspace.plans.iter().filter(|plan| SAMPLED.contains(&plan.name.as_str())) {
        let made = all(plan, &settings);
        assert!(!made.is_empty(), "{} has no samples", plan.name);
        let text = made.iter().map(|(name, made)| match made {
            Made::NotOffered => format!("{name}\nnot offered\n"),
            Made::Refused(refusal) => refusal.reasons.iter().fold(format!("{name}\n"), |text, reason| {
                let bare = crosswalk::evaluate::Reason { place: None, ..reason.clone() };
                format!("{text}refused: {bare}\n")
            }),
            Made::Draft(draft) => format!("{name}\n{}\n", serde_json::to_string_pretty(&draft.fields).unwrap()),
        });
        insta::with_settings!({snapshot_path => "../snapshots/records", prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_snapshot!(plan.name.as_str(), text.collect::<Vec<_>>().join("\n"));
        });
    }
}

#[test]
fn every_sampled_mapping_makes_a_draft_of_some_sample() {
    let workspace = Workspace::open(Folders::default()).unwrap();
    let settings = settings(&workspace);
    for name in SAMPLED {
        let drafts = all(workspace.plan(name).unwrap(), &settings).into_iter().filter(|(_, made)| matches!(made, Made::Draft(_))).count();
        assert!(drafts > 0, "{name} makes no draft of any sample");
    }
}

/// What a case gives, as one item after the other, in the case's own settings.
fn of_case(plan: &Plan, case: &Case, defaults: &Value) -> Vec<Made> {
    let mut given = case.given.clone();
    for join in plan.joins.iter().filter(|join| join.is_list() && case.given.get(&join.name).is_none()) {
        given.set(join.name.as_str(), Vec::new());
    }
    let Ok(body) = regrouped(on_wire(&given, &plan.shape, plan.source.resource.system), &plan.lists) else { return Vec::new() };
    let Ok(opened) = open(plan, &body) else { return Vec::new() };
    let mut settings = defaults.clone();
    if !case.settings.is_null() {
        lay_over(&mut settings, &case.settings);
    }
    let ask = if case.ask.is_null() { Value::Record(Record::new()) } else { case.ask.clone() };
    let of_links = || case.links.iter().find_map(|link| link.project.clone());
    let project_of_case = case.project.as_ref().map(|project| project.procore.clone()).or_else(of_links);
    let links = CaseLinks { links: &case.links, plan, project: project_of_case };
    let each = opened.items().into_iter().map(|item| {
        let project = case.project.as_ref().map_or_else(|| project(plan, &item), Project::to_value);
        let context = Context { settings: &settings, ask: &ask, target: &case.target, project: &project, links: &links, today: case.today };
        made(plan, &item, &context)
    });
    each.collect()
}

#[test]
fn what_cases_give_is_the_same_as_a_draft_as_bytes_and_in_a_trace_for_every_mapping() {
    let workspace = Workspace::open(Folders::default()).unwrap();
    let mut plans: Vec<&Plan> = workspace.plans.iter().chain(&workspace.off).collect();
    plans.sort_by(|one, two| one.name.cmp(&two.name));
    for plan in plans {
        let file = format!("{}.cases.yaml", plan.name);
        let source = workspace.cases.iter().find(|source| source.path.ends_with(&file)).unwrap_or_else(|| panic!("no {file}"));
        let cases = cases::read(source).unwrap();
        let made = cases.iter().flat_map(|case| of_case(plan, case, &workspace.defaults));
        assert!(made.filter(|made| matches!(made, Made::Draft(_))).count() > 0, "{} makes no draft of what its cases give", plan.name);
    }
}

#[test]
fn moved_money_keeps_its_digits() {
    let workspace = Workspace::open(Folders::default()).unwrap();
    let plan = workspace.plan("job_costs_report").unwrap();
    let settings = settings(&workspace);
    let digits = "999999999999999999999999.90";
    let body = format!(
        r#"{{"id":"1","ProjectID":{{"value":"PR1001"}},"ProjectTaskID":{{"value":"0000"}},"CostCode":{{"value":"C"}},"AccountGroup":{{"value":"LABOR"}},"Type":{{"value":"Expense"}},"ActualAmount":{{"value":{digits}}}}}"#
    );
    let Records::Group { by, name } = &plan.records else { panic!("the report is grouped") };
    let body = grouped(&[body], by, name).unwrap().remove(0);
    let opened = open(plan, &body).unwrap();
    let draft = match make(plan, &settings, &opened.items()[0]) {
        Made::Draft(draft) => draft,
        Made::Refused(refusal) => panic!("{refusal}"),
        Made::NotOffered => panic!("not offered"),
    };
    assert!(Value::Record(draft.fields).to_string().contains(digits));
}
