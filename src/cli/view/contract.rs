//! What an instance cannot carry, for people, programs and nightly jobs.

use clap::ValueEnum;
use serde::Serialize;

use super::formats::annotated;
use super::{View, to_json};
use crate::cli::terminal::{Paint, count};
use crate::contract::{Diff, Finding, Instance, UsedBy};

/// What a comparison found.
#[derive(Serialize)]
pub(in crate::cli) struct Compared {
    endpoint: String,
    profile: String,
    resources: usize,
    fields: usize,
    findings: Vec<Finding>,
    untold: Vec<String>,
    #[serde(skip)]
    form: Form,
}

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Form {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// Annotations of GitHub Actions.
    Github,
}

impl Compared {
    /// What was found of this instance.
    pub(in crate::cli) fn new(diff: Diff, instance: &Instance, profile: String, form: Form) -> Self {
        let Diff { findings, untold, resources, fields } = diff;
        let endpoint = format!("{}/{}", instance.usual.name, instance.usual.version);
        Self { endpoint, profile, resources, fields, findings, untold, form }
    }

    fn compared(&self) -> String {
        let (resources, fields) = (count(self.resources, "resource"), count(self.fields, "field"));
        format!("{resources} and {fields} of profile {} against {}", self.profile, self.endpoint)
    }

    fn text(&self, paint: Paint) -> String {
        let mut text = String::new();
        let mut before = "";
        for finding in &self.findings {
            if finding.resource != before {
                text.push_str(&format!("{}\n", paint.bold(&finding.resource)));
                before = &finding.resource;
            }
            let kind = paint.red(finding.kind.word());
            text.push_str(&format!("  {kind}: {}\n    {}\n", finding.message, finding.help));
            if finding.used_by.is_empty() {
                text.push_str("    no row needs it; it is asked for with every record\n");
            }
            finding.used_by.iter().for_each(|user| text.push_str(&format!("    {}\n", line_of(user))));
        }
        self.untold.iter().for_each(|told| text.push_str(&format!("not told: {told}\n")));
        if !text.is_empty() {
            text.push('\n');
        }
        match self.findings.len() {
            0 => text.push_str(&format!("all fits: {}\n", self.compared())),
            found => text.push_str(&format!("{} found: {}\n", count(found, "difference"), self.compared())),
        }
        text
    }

    fn annotations(&self) -> String {
        let mut text = String::new();
        for finding in &self.findings {
            let told = |user: Option<&UsedBy>| {
                let row = user.and_then(|user| user.row.as_ref()).map(|row| format!(" (row {row})")).unwrap_or_default();
                let message = format!("{}: {}{row}", finding.resource, finding.message);
                annotated(user.and_then(|user| user.place.as_deref()), finding.kind.word(), (&message, Some(&finding.help)))
            };
            match finding.used_by.as_slice() {
                [] => text.push_str(&told(None)),
                users => users.iter().for_each(|user| text.push_str(&told(Some(user)))),
            }
        }
        text
    }
}

/// `commitments.number  subcontracts  mappings/subcontracts.yaml:24`.
fn line_of(user: &UsedBy) -> String {
    let parts = [user.row.as_deref(), Some(user.mapping.as_str()), user.place.as_deref()];
    parts.into_iter().flatten().collect::<Vec<_>>().join("  ")
}

impl View for Compared {
    fn human(&self, paint: Paint) -> String {
        match self.form {
            Form::Text => self.text(paint),
            Form::Json => format!("{}\n", self.json()),
            Form::Github => self.annotations(),
        }
    }

    fn json(&self) -> String {
        to_json(self)
    }
}
