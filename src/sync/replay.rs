//! What would have been sent, had the mappings of today been in force: recorded inputs are mapped anew and held against what was sent.

use serde::Serialize;

use super::engine::Engine;
use super::failure::Failure;
use super::inputs::{Beside, Inputs, Remembered, project_of};
use super::links::{Book, Missed, Seen};
use super::parcel::Parcel;
use crate::evaluate::{Context, FieldChange, differences, open};
use crate::plan::Plan;
use crate::store::{FlowRow, Reading, StoreError};
use crate::value::{Record, Value, json_text};

/// What a replay found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Replayed {
    /// Records that were mapped anew.
    pub records: u64,
    /// Those of mappings that are not in force any more, or of days before inputs were recorded.
    pub left_out: u64,
    /// Mappings whose recorded documents come out otherwise, with how many of how many.
    pub mappings: Vec<ReplayedMapping>,
    /// What would differ, record by record.
    pub differences: Vec<Difference>,
}

/// What a replay found of one mapping.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ReplayedMapping {
    /// The mapping.
    pub mapping: String,
    /// Records that were mapped anew.
    pub records: u64,
    /// Those that come out otherwise.
    pub different: u64,
    /// Whether the mapping and what it stands on is what it was at every one of these writes: then nothing was evaluated.
    pub unchanged: bool,
}

/// A record that would be sent otherwise.
#[derive(Clone, Debug, Serialize)]
pub struct Difference {
    /// The mapping.
    pub mapping: String,
    /// Procore project id; empty for the whole company.
    pub project: String,
    /// The record's id at its source.
    pub source_id: String,
    /// What people know it by.
    pub label: String,
    /// When it was sent.
    pub sent: String,
    /// Field by field: `old` is what was sent.
    pub fields: Vec<FieldChange>,
    /// Why it would not go at all today.
    pub refused: Option<String>,
}

/// Which writes are replayed. The default is all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReplayFilter {
    /// Of these mappings; of all when none is named.
    pub mappings: Vec<String>,
    /// At most so many flows, the newest.
    pub limit: Option<usize>,
}

/// Flows that are read at once.
const AT_ONCE: usize = 500;

impl Engine<'_> {
    /// Maps recorded inputs under the mappings and settings of today. Asks neither system anything.
    ///
    /// # Errors
    /// A state file that cannot be read.
    pub async fn replay(&self, filter: &ReplayFilter) -> Result<Replayed, Failure> {
        let limit = filter.limit;
        let look = move |reading: &Reading<'_>| {
            let from = limit.map_or(Ok(i64::MIN), |limit| reading.before_newest(limit))?;
            Ok((from, reading.link_book(&[])?))
        };
        let (mut place, links) = self.worker.store().read(look).await?;
        let book = Book::new(links, self.plans);
        let mut replayed = Replayed::default();
        loop {
            let wanted = filter.mappings.clone();
            let page = self.worker.store().read(move |reading| page(reading, place, &wanted)).await?;
            for (flow, (parcels, inputs)) in page.flows {
                self.again(&book, &flow, (parcels, inputs), &mut replayed);
            }
            let Some(end) = page.end else { break };
            place = end;
        }
        replayed.mappings.sort_by(|one, other| one.mapping.cmp(&other.mapping));
        Ok(replayed)
    }

    fn again(&self, book: &Book, flow: &FlowRow, (parcels, inputs): (Vec<Parcel>, Inputs), replayed: &mut Replayed) {
        let Some(plan) = self.plans.iter().find(|plan| plan.name == flow.id.mapping) else {
            replayed.left_out += parcels.len() as u64;
            return;
        };
        let mut different = Vec::new();
        let mut records = 0;
        for ((document, beside), parcel) in inputs.each().zip(&parcels) {
            records += 1;
            different.extend(self.held_against(book, (plan, flow), (document, beside), parcel));
        }
        replayed.left_out += (parcels.len() as u64).saturating_sub(records);
        replayed.records += records;
        let at = replayed.mappings.iter().position(|known| known.mapping == plan.name).unwrap_or_else(|| {
            replayed.mappings.push(ReplayedMapping { mapping: plan.name.clone(), unchanged: true, ..ReplayedMapping::default() });
            replayed.mappings.len() - 1
        });
        let known = &mut replayed.mappings[at];
        known.records += records;
        known.different += different.len() as u64;
        known.unchanged &= flow.details.text("plan") == Some(plan.fingerprint.as_str());
        replayed.differences.extend(different);
    }

    fn held_against(
        &self,
        book: &Book,
        (plan, flow): (&Plan, &FlowRow),
        (document, beside): (&str, &Beside),
        parcel: &Parcel,
    ) -> Option<Difference> {
        let difference = |fields, refused| Difference {
            mapping: plan.name.clone(),
            project: flow.id.scope.clone(),
            source_id: parcel.source_id.clone(),
            label: parcel.source_label.clone(),
            sent: flow.opened.to_string(),
            fields,
            refused,
        };
        let draft = match self.mapped(book, (plan, flow), (document, beside)) {
            Ok(draft) => draft,
            Err(reason) => return Some(difference(Vec::new(), Some(reason))),
        };
        // As it is kept: dates are texts there.
        let kept = Value::from_json(&json_text(&Value::Record(draft))).unwrap_or_default();
        let fields = differences(parcel.draft(), kept.as_record().unwrap_or(&Record::new()));
        (!fields.is_empty()).then(|| difference(fields, None))
    }

    /// What the record comes to today; or why it comes to nothing.
    fn mapped(&self, book: &Book, (plan, flow): (&Plan, &FlowRow), (document, beside): (&str, &Beside)) -> Result<Record, String> {
        let opened = open(plan, document).map_err(|refusal| refusal.to_string())?;
        let items = opened.items();
        let item = items.iter().find(|item| item.source().is_ok_and(|source| source.id == beside.item));
        let item = item.ok_or_else(|| format!("it has no record `{}` any more", beside.item))?;
        let project = project_of(book, &flow.id.scope);
        let missed = Missed::default();
        let today = Seen { book, source: plan.source.resource.system, project: &project.procore, missed: &missed };
        let links = Remembered { answers: &beside.links, today: &today };
        let ask = Value::Record(beside.asked.clone());
        let day = beside.day().unwrap_or(self.today);
        let context =
            Context { ask: &ask, target: &beside.target, project: &beside.project, links: &links, today: day, settings: self.settings };
        match item.offered(&context) {
            Ok(true) => item.draft(&context).map(|draft| draft.fields).map_err(|refusal| refusal.to_string()),
            Ok(false) => Err("it would not be offered".to_owned()),
            Err(refusal) => Err(refusal.to_string()),
        }
    }
}

/// Some flows with what they sent and what that was made from.
struct Page {
    flows: Vec<(FlowRow, (Vec<Parcel>, Inputs))>,
    /// The place of the last one; none after the last page.
    end: Option<i64>,
}

fn page(reading: &Reading<'_>, place: i64, wanted: &[String]) -> Result<Page, StoreError> {
    let flows = reading.flows_after(place, AT_ONCE)?;
    let end = flows.last().map(|(place, _)| *place);
    let flows = flows.into_iter().map(|(_, flow)| flow).filter(|flow| wanted.is_empty() || wanted.contains(&flow.id.mapping));
    let flows = flows.map(|flow| bodies(reading, &flow).map(|bodies| (flow, bodies))).collect::<Result<_, _>>()?;
    Ok(Page { flows, end })
}

fn bodies(reading: &Reading<'_>, flow: &FlowRow) -> Result<(Vec<Parcel>, Inputs), StoreError> {
    let parcels = Parcel::of(reading, flow)?;
    let inputs = flow
        .bodies
        .get("inputs")
        .map_or(Ok(None), |digest| reading.body(digest))?
        .and_then(|body| serde_json::from_slice(&body).ok())
        .unwrap_or_default();
    Ok((parcels, inputs))
}
