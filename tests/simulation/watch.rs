//! Who looks on at every request of every process: no write leaves without its intent on record, and none without consent.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crosswalk::connector::TurnedClock;
use crosswalk::plan::{Direction, Plan};
use crosswalk::sandbox::{Acumatica, Procore};
use crosswalk::schema::System;
use crosswalk::store::{FlowId, FlowRow, JournalFilter, Reading, StepRow, StepState, Store, StoreError};
use crosswalk::value::Value;
use jiff::Timestamp;

use super::checks::{Broken, Check};
use super::visibility::{Visibility, entity_of};
use crate::world::World;

/// Looks on at one world.
pub(crate) struct Watch {
    pub(super) procore: Arc<Procore>,
    pub(super) acumatica: Arc<Acumatica>,
    pub(super) clock: Arc<TurnedClock>,
    pub(super) visibility: Visibility,
    store: Store,
    /// By mapping: where it writes to, and whether its sources learn of it.
    roads: BTreeMap<String, Road>,
    seen: Mutex<Seen>,
}

struct Road {
    target: System,
    /// The entity at Acumatica, and that whose action makes its records.
    entities: Vec<String>,
    writes_back: bool,
}

#[derive(Default)]
struct Seen {
    broken: Vec<Broken>,
    requests: Vec<String>,
}

impl Watch {
    /// Looks on at this world, where what is made shows in lists after a delay.
    pub(crate) fn over(world: &World, delay: Duration) -> Arc<Self> {
        Arc::new(Self {
            procore: world.procore.clone(),
            acumatica: world.acumatica.clone(),
            clock: world.clock.clone(),
            visibility: Visibility::delayed(delay),
            store: world.store.clone(),
            roads: world.plans().iter().map(|plan| (plan.name.clone(), Road::of(plan))).collect(),
            seen: Mutex::default(),
        })
    }

    /// All requests since the last time.
    pub(crate) fn take_requests(&self) -> Vec<String> {
        std::mem::take(&mut self.seen().requests)
    }

    /// What was broken so far.
    pub(crate) fn broken(&self) -> Vec<Broken> {
        self.seen().broken.clone()
    }

    /// Where the state file lies, if there is one.
    pub(super) fn file(&self) -> Option<PathBuf> {
        self.store.file().map(ToOwned::to_owned)
    }

    /// A rule is broken.
    pub(super) fn breaks(&self, check: Check, what: impl Into<String>) {
        self.seen().broken.push(Broken { check, what: what.into() });
    }

    pub(super) fn note(&self, told: &str) {
        self.seen().requests.push(told.to_owned());
    }

    /// What has to be on record before a write leaves: its intent, and in a run without consent that of an approver since before the
    /// run began. What the ERP refused is tried again with the consent that it had.
    pub(super) async fn before_write(&self, told: &str, without_consent: Option<Timestamp>) {
        let flows = self.store.read(|reading| {
            let open = reading.open_flows(None)?;
            open.into_iter().map(|flow| Ok((reading.steps(&flow.id)?, flow))).collect::<Result<Vec<_>, _>>()
        });
        let flows: Vec<(Vec<StepRow>, FlowRow)> = flows.await.unwrap();
        let allowed: Vec<&FlowRow> = flows.iter().filter(|(steps, flow)| self.intends(flow, steps, told)).map(|(_, flow)| flow).collect();
        if allowed.is_empty() {
            self.breaks(Check::Intent, format!("`{told}` left, and no open flow intends it"));
        }
        let Some(began) = without_consent.filter(|_| told.contains(" /entity/")) else { return };
        let ids: Vec<FlowId> = allowed.into_iter().map(|flow| flow.id.clone()).collect();
        let consented = self.store.read(move |reading| {
            let mut consented = ids.iter().map(|id| accepted_before(reading, id, began));
            consented.try_fold(false, |before, accepted| Ok(before | accepted?))
        });
        if !consented.await.unwrap() {
            self.breaks(Check::Consent, format!("`{told}` left in a run that nobody had consented to"));
        }
    }

    /// Whether a write is what this open flow is about to do.
    fn intends(&self, flow: &FlowRow, steps: &[StepRow], told: &str) -> bool {
        let Some(road) = self.roads.get(&flow.id.mapping) else { return false };
        let intended = steps.iter().any(|step| step.state == StepState::Intended);
        match entity_of(told) {
            Some(entity) => intended && road.target == System::Acumatica && road.entities.iter().any(|known| known == entity),
            None if road.target == System::Procore => intended,
            None => road.writes_back && steps.iter().any(|step| step.name == "send" && step.state == StepState::Done),
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the export of a flow was accepted before that time, in the version that is sent.
fn accepted_before(reading: &Reading<'_>, flow: &FlowId, time: Timestamp) -> Result<bool, StoreError> {
    let Some(export) = reading.export_of(&flow.mapping, &flow.scope, &flow.source_id)? else { return Ok(false) };
    let accepted = reading.journal_entries(&JournalFilter {
        mapping: Some(flow.mapping.clone()),
        scope: Some(flow.scope.clone()),
        source_id: Some(flow.source_id.clone()),
        kind: Some("export.accepted".to_owned()),
        until: Some(time),
        ..JournalFilter::default()
    })?;
    let version = Value::text(export.handle.to_string());
    Ok(accepted.iter().any(|entry| entry.entry.details.get("export") == Some(&version)))
}

impl Road {
    fn of(plan: &Plan) -> Self {
        let resource = &plan.target.resource;
        let mut entities = vec![resource.entity().to_owned()];
        entities.extend(resource.made_by().map(|made_by| made_by.entity.clone()));
        let writes_back = plan.direction == Direction::Export && !plan.write_back.is_empty();
        Self { target: resource.system, entities, writes_back }
    }
}
