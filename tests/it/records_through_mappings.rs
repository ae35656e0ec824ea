//! Each sample record through every mapping of its resource: a draft, a refusal with its reasons, or not offered.

use std::path::{Path, PathBuf};

use crosswalk::config::{Folders, Workspace};
use crosswalk::evaluate::{Context, Draft, Item, Links, Project, Refusal, beside, grouped, open};
use crosswalk::plan::{Direction, Plan, ProjectOf, Records};
use crosswalk::schema::plain;
use crosswalk::value::{Record, Value, date_of};
use jiff::civil::Date;

/// Everything is linked: Acumatica's side bears a telling name, Procore's a number made of the key.
struct EverythingLinked(Direction);

impl Links for EverythingLinked {
    fn other_side(&self, mapping: &str, key: &[String]) -> Option<String> {
        let key = key.join("/");
        Some(match self.0 {
            // The table of default items knows account groups by their names.
            Direction::Export if mapping == "cost_types" => "MATERIAL".to_owned(),
            Direction::Export => format!("{}-{key}", &mapping[..2]),
            Direction::Import => key.bytes().fold(0_u32, |sum, byte| (sum * 31 + u32::from(byte)) % 9_973).to_string(),
        })
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
        let members: Vec<(&str, String)> =
            plan.joins.iter().filter_map(|join| Some((join.name.as_str(), related(&join.schema.name, &text)?))).collect();
        let members: Vec<(&str, &str)> = members.iter().map(|(name, text)| (*name, text.as_str())).collect();
        beside(&text, &members)
    };
    samples.into_iter().map(|(name, text)| (name, joined(text))).collect()
}

/// The bill that a cost transaction names.
fn related(resource: &str, body: &str) -> Option<String> {
    assert_eq!(resource, "acumatica/Bill");
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

/// Makes a draft, and checks that the bytes for the wire say the same.
fn make(plan: &Plan, settings: &Value, item: &Item<'_, '_, '_>) -> Made {
    let today: Date = date_of("2026-11-22").unwrap();
    let (ask, project, links) = (Value::Record(Record::new()), project(plan, item), EverythingLinked(plan.direction));
    let context = Context { settings, ask: &ask, target: &Value::Null, project: &project, links: &links, today };
    match item.offered(&context) {
        Ok(false) => return Made::NotOffered,
        Ok(true) => {}
        Err(refusal) => return Made::Refused(refusal),
    }
    let mut bytes = String::new();
    let written = item.bytes(&context, &mut bytes);
    match item.draft(&context) {
        Ok(draft) => {
            written.unwrap();
            let read = plain(&bytes, &plan.target.shape, plan.target.resource.system).unwrap();
            assert_eq!(sorted(Value::Record(read)), sorted(Value::Record(draft.fields.clone())), "{}: {bytes}", plan.name);
            let (_, traced) = item.trace(&context);
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
    for plan in &workspace.plans {
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
fn every_mapping_makes_a_draft_of_some_sample() {
    let workspace = Workspace::open(Folders::default()).unwrap();
    let settings = settings(&workspace);
    for plan in &workspace.plans {
        let drafts = all(plan, &settings).into_iter().filter(|(_, made)| matches!(made, Made::Draft(_))).count();
        assert!(drafts > 0, "{} makes no draft of any sample", plan.name);
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
