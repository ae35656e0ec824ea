//! Records that cannot go: remembered with every reason, told apart from their twins, and let go when they can be taken.

use std::collections::HashMap;

use jiff::Timestamp;

use super::engine::Mode;
use super::failure::Failure;
use super::page::Page;
use super::report::{HeldRecord, MappingReport};
use super::run::Run;
use super::scope::Where;
use super::staged::{Staged, TELL_APART};
use crate::plan::{Plan, Records};
use crate::store::{Held, Hold, Writing};
use crate::value::instant_of;

/// Most records that a reason names.
const MOST_TWINS: usize = 20;

impl Run<'_> {
    /// Lets held records go that can be taken, are not offered any more, or are gone from their source.
    pub(super) async fn let_go(&self, plan: &Plan, page: &mut Page, gone: Vec<(String, String)>) -> Result<(), Failure> {
        if gone.is_empty() || matches!(self.mode, Mode::Plan) {
            return Ok(());
        }
        for held in &gone {
            page.held.remove(held);
        }
        let mapping = plan.name.clone();
        let settle = move |writing: &Writing<'_>| {
            for (scope, id) in &gone {
                writing.settle(&mapping, scope, id)?;
            }
            Ok(())
        };
        Ok(self.engine.worker.store().write(&self.engine.worker.stamp(), settle).await?)
    }

    /// New records that cannot be told from each other by their identity are held, all of them: a person links one (BR-21).
    pub(super) async fn told_apart(&self, plan: &Plan, staged: Vec<Staged>, report: &mut MappingReport) -> Result<Vec<Staged>, Failure> {
        let bearer = |one: &Staged| Some((one.place.scope.clone(), one.identity(plan)?));
        let bearers: Vec<Option<(String, String)>> = staged.iter().map(bearer).collect();
        let mut known: HashMap<&(String, String), Vec<String>> = HashMap::new();
        for (one, bearer) in staged.iter().zip(&bearers) {
            let Some(bearer) = bearer else { continue };
            known.entry(bearer).or_default().push(one.change.source_key.clone());
        }
        let mut apart = Vec::with_capacity(staged.len());
        for (one, bearer) in staged.into_iter().zip(&bearers) {
            let twins = bearer.as_ref().and_then(|bearer| known.get(bearer)).filter(|twins| twins.len() > 1);
            let Some(twins) = twins else {
                apart.push(one);
                continue;
            };
            // A long list helps nobody, and every one of them is told.
            let more = twins.len().saturating_sub(MOST_TWINS);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let twins = &twins[..twins.len().min(MOST_TWINS)];
            let (system, names) = (plan.source.resource.system.word(), plan.identity.join(", "));
            let reason = format!("several records of {system} have this {names}: `{}`{more}; {TELL_APART}", twins.join("`, `"));
            hold(report, &one.parcel.source_id, &one.parcel.source_label, vec![reason.clone()]);
            self.remember_hold(plan, &one.place, (&one.parcel.source_id, one.parcel.source_modified.as_ref()), vec![reason]).await?;
        }
        Ok(apart)
    }

    /// Remembers why a record cannot go, under its id and version.
    pub(super) async fn remember_hold(
        &self,
        plan: &Plan,
        place: &Where,
        (source_id, version): (&str, Option<&String>),
        reasons: Vec<String>,
    ) -> Result<(), Failure> {
        if matches!(self.mode, Mode::Plan) || !plan.writes() {
            return Ok(());
        }
        let hold = Hold {
            mapping: plan.name.clone(),
            scope: place.scope.clone(),
            source_id: source_id.to_owned(),
            reasons,
            source_version: version.cloned(),
            body: Vec::new(),
        };
        Ok(self.engine.worker.store().write(&self.engine.worker.stamp(), move |writing| writing.hold(&hold)).await?)
    }
}

/// From when a source is read: lines of a document cannot be asked for by their id, so that documents with a held line are read
/// again from the time of that line.
pub(super) fn reading_from(plan: &Plan, since: Option<Timestamp>, held: &[Held]) -> Option<Timestamp> {
    if !matches!(plan.records, Records::Unfold(_)) {
        return since;
    }
    held.iter().map(|held| held.source_version.as_deref().and_then(instant_of)).fold(since, std::cmp::min)
}

/// Notes a record that cannot go.
pub(super) fn hold(report: &mut MappingReport, id: &str, key: &str, reasons: Vec<String>) {
    report.counts.held += 1;
    let key = if key.is_empty() { id } else { key };
    report.held.push(HeldRecord { source_id: id.to_owned(), source_key: key.to_owned(), reasons });
}
