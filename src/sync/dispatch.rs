//! What happens to staged changes: shown, left waiting for consent, or sent in batches.

use std::collections::BTreeMap;

use super::change_set::Action;
use super::deliver::{Delivered, Delivery, line_links};
use super::engine::Mode;
use super::failure::Failure;
use super::holding::hold;
use super::links::same_link;
use super::parcel::Parcel;
use super::report::MappingReport;
use super::run::{Page, Run};
use super::scope::{PROJECTS, Where};
use super::stage::{Staged, planned_key};
use super::write_back::WriteBack;
use crate::connector::ProjectScope;
use crate::plan::{Direction, Plan};
use crate::schema::{System, Wire};
use crate::store::{Digest, Flow, NewLink};

impl<'r> Run<'r> {
    /// The link learns what the draft is now; nothing is sent.
    pub(super) async fn refresh(&mut self, plan: &Plan, staged: Staged) -> Result<(), Failure> {
        let (Some(link), Mode::Apply { .. }) = (staged.link, self.mode) else { return Ok(()) };
        let source = plan.source.resource.system;
        let parcel = staged.parcel;
        // Lines that are gone on both sides lose their link.
        let lines = (!parcel.gone.is_empty()).then(|| {
            let pairs = parcel.lines.into_iter().filter_map(|line| Some((line.field, line.source, line.target?))).collect();
            line_links(source, &link.end(source.other()).id, &pairs)
        });
        let new = NewLink {
            fingerprint: Digest::from_hex(&parcel.fingerprint),
            source_version: parcel.source_version,
            lines,
            ..same_link(&link)
        };
        let put = self.engine.worker.store().write(&self.engine.worker.stamp(), move |writing| writing.put_link(&new)).await?;
        self.book.links.take_over(&put);
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
        let (consent, only) = match self.mode {
            Mode::Plan => {
                for one in staged {
                    self.foresee(plan, &one);
                    report.changes.push(one.change);
                    report.counts.waiting += 1;
                }
                return Ok(());
            }
            Mode::Apply { consent, only } => (consent || plan.direction == Direction::Import, only),
        };
        let mut groups: BTreeMap<String, (Where, Vec<Staged>)> = BTreeMap::new();
        for one in staged {
            let left_out = only.is_some_and(|set| !set.allows(&one.change));
            if !consent || left_out {
                report.counts.waiting += u64::from(!left_out);
                page.waiting = true;
                report.changes.extend((!left_out).then_some(one.change));
                continue;
            }
            groups.entry(one.place.procore().to_owned()).or_insert_with(|| (one.place.clone(), Vec::new())).1.push(one);
        }
        for (place, staged) in groups.into_values() {
            self.deliver(plan, &place, staged, page, report).await?;
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

    async fn deliver(
        &mut self,
        plan: &'r Plan,
        place: &Where,
        staged: Vec<Staged>,
        page: &mut Page,
        report: &mut MappingReport,
    ) -> Result<(), Failure> {
        let batch = match (&plan.target.resource.wire, plan.direction) {
            (Wire::Procore(wire), Direction::Import) => wire.sync.as_ref().map_or(1, |sync| sync.limit),
            _ => 1,
        };
        let actions: Vec<Action> = staged.iter().map(|one| one.change.action).collect();
        let parcels: Vec<Parcel> = staged.into_iter().map(|one| one.parcel).collect();
        let mut delivered = Vec::new();
        for (parcels, actions) in parcels.chunks(batch).zip(actions.chunks(batch)) {
            self.go_on().await?;
            let delivery = Delivery { engine: self.engine, plan, place, parcels };
            let flow = Flow::open(&self.engine.worker, delivery.intent()).await?;
            let (one, receipts) = match delivery.walk(flow, &mut self.book).await {
                Ok(walked) => walked,
                Err(failure) => {
                    // Sources of what was sent before learn it all the same.
                    self.finish(plan, place, delivered, report).await?;
                    return Err(failure);
                }
            };
            self.await_what_is_left_open(plan, place, (parcels, &receipts));
            for ((parcel, receipt), action) in parcels.iter().zip(&receipts).zip(actions) {
                page.forget(place, &receipt.id);
                report.notes.extend(receipt.kept_otherwise.iter().map(|kept| format!("{}: {kept}", receipt.key)));
                match (&receipt.refused, action) {
                    (Some(reason), _) => hold(report, &parcel.source_id, &parcel.source_label, vec![reason.clone()]),
                    (None, Action::Create) => report.counts.created += 1,
                    (None, Action::Update) => report.counts.updated += 1,
                    (None, Action::Adopt) => report.counts.adopted += 1,
                }
            }
            delivered.push(one);
        }
        self.finish(plan, place, delivered, report).await
    }

    /// Tells the sources; what they refuse is held.
    pub(super) async fn finish(
        &mut self,
        plan: &Plan,
        place: &Where,
        delivered: Vec<Delivered>,
        report: &mut MappingReport,
    ) -> Result<(), Failure> {
        let mut write_back = WriteBack { engine: self.engine, plan, place, book: &mut self.book };
        for (lesson, reason) in write_back.tell(delivered).await? {
            hold(report, &lesson.source_id, &lesson.source_label, vec![reason]);
        }
        Ok(())
    }
}
