//! What happens to staged changes: shown, left waiting for consent, or sent in batches.

use std::collections::{BTreeMap, HashMap};

use super::change_set::Action;
use super::deliver::{Delivery, line_links};
use super::engine::Mode;
use super::failure::Failure;
use super::holding::hold;
use super::inputs::Input;
use super::links::same_link;
use super::page::Page;
use super::parcel::Parcel;
use super::report::{MappingReport, Mismatch};
use super::run::Run;
use super::scope::{PROJECTS, Where};
use super::staged::{Staged, planned_key};
use super::standing::{Standing, Walked};
use super::write_back::WriteBack;
use crate::connector::ProjectScope;
use crate::evaluate::baseline;
use crate::plan::{Direction, Plan};
use crate::schema::{System, Wire};
use crate::store::{Digest, Flow, NewLink, Writing};
use crate::value::{Record, Value, json_text};

/// What a link learns, and what the target showed.
pub(super) struct Relearned {
    new: NewLink,
    shown: Option<String>,
}

impl<'r> Run<'r> {
    /// The link is to learn what the draft is now; nothing is sent.
    pub(super) fn refresh(&mut self, plan: &Plan, staged: Staged) {
        let (Some(link), Mode::Apply { .. }) = (staged.link, self.mode) else { return };
        let source = plan.source.resource.system;
        let parcel = staged.parcel;
        // Lines that are gone on both sides lose their link.
        let lines = (!parcel.gone.is_empty()).then(|| {
            let pairs = parcel.lines.into_iter().filter_map(|line| Some((line.field, line.source, line.target?))).collect();
            line_links(plan, &link.end(source.other()).id, &pairs)
        });
        let shown = staged.shown.filter(|_| plan.direction == Direction::Export);
        let shown = shown.map(|shown| json_text(&Value::Record(baseline(plan, &shown))));
        let new = NewLink {
            fingerprint: Digest::from_hex(&parcel.fingerprint),
            source_version: parcel.source_version,
            lines,
            ..same_link(&link)
        };
        self.relearned.push(Relearned { new, shown });
    }

    /// Lets the links of a page learn how things are, all in one change of the state file.
    pub(super) async fn relearn(&mut self) -> Result<(), Failure> {
        let relearned = std::mem::take(&mut self.relearned);
        if relearned.is_empty() {
            return Ok(());
        }
        let learn = move |writing: &Writing<'_>| {
            let mut put = Vec::with_capacity(relearned.len());
            for Relearned { mut new, shown } in relearned {
                if let Some(shown) = shown {
                    new.target_version = Some(writing.keep_body(shown.as_bytes())?.as_str().to_owned());
                }
                put.push(writing.put_link(&new)?);
            }
            Ok(put)
        };
        let put = self.engine.worker.store().write(&self.engine.worker.stamp(), learn).await?;
        put.iter().for_each(|put| self.book.links.take_over(put));
        Ok(())
    }

    /// Shows what is staged, or sends what may go.
    pub(super) async fn send(
        &mut self,
        plan: &'r Plan,
        staged: Vec<Staged>,
        page: &mut Page,
        report: &mut MappingReport,
    ) -> Result<(), Failure> {
        match self.mode {
            Mode::Plan => {
                for one in staged {
                    self.foresee(plan, &one);
                    report.changes.push(one.change);
                    report.counts.waiting += 1;
                }
                return Ok(());
            }
            Mode::Apply { .. } => {}
        }
        self.pace.expect(staged.len());
        let (left_out, mut going): (Vec<_>, Vec<_>) =
            staged.into_iter().partition(|one| self.allowed.as_ref().is_some_and(|allowed| !allowed.contains(&one.change.record())));
        report.beyond += left_out.len() as u64;
        page.waiting |= !left_out.is_empty();
        if plan.direction == Direction::Export {
            going = self.consented(plan, going, page, report).await?;
        }
        let mut groups: BTreeMap<String, (Where, Vec<Staged>)> = BTreeMap::new();
        for one in going {
            groups.entry(one.place.procore().to_owned()).or_insert_with(|| (one.place.clone(), Vec::new())).1.push(one);
        }
        for (place, staged) in groups.into_values() {
            self.deliver(plan, &place, staged, report).await?;
        }
        Ok(())
    }

    /// While planning: later records of the plan may stand on this one.
    fn foresee(&mut self, plan: &Plan, staged: &Staged) {
        let (parcel, change) = (&staged.parcel, &staged.change);
        let key = planned_key(plan, parcel).or_else(|| change.target_id.clone());
        let (source, scope) = (plan.source.resource.system, &staged.place.scope);
        let names = [parcel.source_id.as_str(), parcel.source_key.as_str()];
        self.book.plan(&plan.pair, scope, (source, &names), key.as_deref());
        if let Some(target_id) = &change.target_id {
            // Found at the target: records that come from there will find this one.
            let shown = if source == System::Acumatica { parcel.source_key.as_str() } else { parcel.source_id.as_str() };
            self.book.plan(&plan.pair, scope, (source.other(), &[target_id.as_str()]), Some(shown));
        }
        if plan.name == PROJECTS {
            self.planned_projects.push(ProjectScope {
                procore: parcel.source_id.clone(),
                acumatica: key.unwrap_or_default(),
                procore_origin: None,
            });
        }
    }

    async fn deliver(&mut self, plan: &'r Plan, place: &Where, staged: Vec<Staged>, report: &mut MappingReport) -> Result<(), Failure> {
        let batch = match (&plan.target.resource.wire, plan.direction) {
            (Wire::Procore(wire), Direction::Import) => wire.sync.as_ref().map_or(1, |sync| sync.limit),
            _ => 1,
        };
        let actions: Vec<Action> = staged.iter().map(|one| one.change.action).collect();
        let (parcels, inputs): (Vec<Parcel>, Vec<Option<Input>>) = staged.into_iter().map(|one| (one.parcel, one.input)).unzip();
        let inputs: Vec<Input> = inputs.into_iter().flatten().collect();
        let mut walked = Vec::new();
        for (parcels, inputs) in parcels.chunks(batch).zip(inputs.chunks(batch)) {
            self.go_on().await?;
            let delivery = Delivery { engine: self.engine, plan, place, parcels, inputs };
            let flow = Flow::open(&self.engine.worker, delivery.intent()).await?;
            match delivery.walk(flow, &mut self.book).await {
                Ok(one) => {
                    one.receipts.iter().for_each(|receipt| self.forget(plan, place, &receipt.id));
                    walked.push(one);
                    self.pace.sent(parcels.len());
                    self.pace.tell(self.engine, report);
                }
                Err(failure) => {
                    // Sources of what was sent before learn it all the same.
                    self.finish(plan, place, (walked, &actions), report).await?;
                    return Err(failure);
                }
            }
        }
        self.finish(plan, place, (walked, &actions), report).await
    }

    /// Looks how the documents stand, counts them, and tells their sources; what does not go well is held. The actions are those
    /// of the first documents.
    pub(super) async fn finish(
        &mut self,
        plan: &Plan,
        place: &Where,
        (walked, actions): (Vec<Walked>, &[Action]),
        report: &mut MappingReport,
    ) -> Result<(), Failure> {
        let settled = Standing { engine: self.engine, plan, place, book: &mut self.book }.settle(walked).await?;
        self.joined.wrote(plan);
        let (mut delivered, mut actions) = (Vec::with_capacity(settled.len()), actions.iter());
        for (one, parcels, receipts) in settled {
            self.await_what_is_left_open(plan, place, (&parcels, &receipts));
            for (parcel, receipt) in parcels.iter().zip(&receipts) {
                report.notes.extend(receipt.kept_otherwise.iter().map(|kept| format!("{}: {kept}", receipt.key)));
                if !receipt.unexpected.is_empty() {
                    report.mismatches.push(Mismatch { source_id: parcel.source_id.clone(), fields: receipt.unexpected.clone() });
                }
                let action = actions.next().copied().unwrap_or(if parcel.target_id.is_none() { Action::Create } else { Action::Update });
                match (&receipt.refused, action) {
                    (Some(reason), _) => hold(report, &parcel.source_id, &parcel.source_label, vec![reason.clone()]),
                    (None, Action::Create) => report.counts.created += 1,
                    (None, Action::Update) => report.counts.updated += 1,
                    (None, Action::Adopt) => report.counts.adopted += 1,
                }
            }
            delivered.push(one);
        }
        let lessons = delivered.iter().flat_map(|one| &one.lessons);
        let mut lessons: HashMap<String, Record> = lessons.map(|lesson| (lesson.source_id.clone(), lesson.learned.clone())).collect();
        let mut write_back = WriteBack { engine: self.engine, plan, place, book: &mut self.book };
        let refused = write_back.tell(delivered).await?;
        refused.iter().for_each(|(lesson, _)| drop(lessons.remove(&lesson.source_id)));
        self.joined.learn(plan, place.procore(), &lessons);
        for (lesson, reason) in refused {
            hold(report, &lesson.source_id, &lesson.source_label, vec![reason]);
        }
        Ok(())
    }
}
