//! Which exports may go: those that an accounting approver has accepted as they are. All others are offered, and wait.

use jiff::{SignedDuration, Timestamp};

use super::engine::Mode;
use super::failure::Failure;
use super::holding::hold;
use super::page::Page;
use super::parcel::Approval;
use super::reading::Reading;
use super::report::MappingReport;
use super::run::Run;
use super::staged::Staged;
use crate::plan::{Direction, Plan};
use crate::store::{Digest, Export, ExportState, Offer, Writing};
use crate::value::{Record, Value};

/// What an approver filled in, and the change that they were shown.
pub(super) struct Answers {
    pub(super) asked: Value,
    pub(super) shown: Digest,
}

/// Most hours between two tries at what the target refuses.
const MOST_HOURS: i64 = 24;

impl Run<'_> {
    /// Learns how the exports of a mapping stand.
    pub(super) async fn learn_exports(&mut self, plan: &Plan) -> Result<(), Failure> {
        self.exports.clear();
        if plan.direction == Direction::Export {
            let name = plan.name.clone();
            let open = self.engine.worker.store().read(move |reading| reading.open_exports(&name)).await?;
            self.exports = open.into_iter().map(|export| ((export.scope.clone(), export.source_id.clone()), export)).collect();
        }
        Ok(())
    }

    /// What was filled in for a record whose export is accepted.
    pub(super) fn answers(&self, scope: &str, source_id: &str) -> Option<Answers> {
        let export = self.exports.get(&(scope.to_owned(), source_id.to_owned()))?;
        let stands = matches!(export.state, ExportState::Accepted | ExportState::Failed) && !export.asked.is_empty();
        stands.then(|| Answers { asked: Value::Record(export.asked.clone()), shown: export.shown.clone() })
    }

    /// Records whose export is not settled: they are offered again, even where nothing says that they have changed.
    pub(super) fn offered_before(&self, reading: &Reading<'_>) -> Vec<(String, String)> {
        let open = |export: &&Export| matches!(export.state, ExportState::Staged | ExportState::Accepted | ExportState::Failed);
        let here = self.exports.values().filter(open).filter(|export| reading.holds(&export.scope));
        here.map(|export| (export.scope.clone(), export.source_id.clone())).collect()
    }

    /// Takes an offer back that is needed no more.
    pub(super) async fn withdraw(&mut self, scope: &str, source_id: &str, reason: &'static str) -> Result<(), Failure> {
        let Mode::Apply { .. } = self.mode else { return Ok(()) };
        let Some(export) = self.exports.remove(&(scope.to_owned(), source_id.to_owned())) else { return Ok(()) };
        let id = export.handle.id;
        let withdraw = move |writing: &Writing<'_>| writing.withdraw_export(id, reason);
        Ok(self.engine.worker.store().write(&self.engine.worker.stamp(), withdraw).await?)
    }

    /// Offers changes for export and gives back those that may go, each with its approval.
    pub(super) async fn consented(
        &mut self,
        plan: &Plan,
        staged: Vec<Staged>,
        page: &mut Page,
        report: &mut MappingReport,
    ) -> Result<Vec<Staged>, Failure> {
        if staged.is_empty() {
            return Ok(staged);
        }
        let consent = matches!(self.mode, Mode::Apply { consent: true, .. });
        let offers: Vec<Offer> = staged.iter().map(|one| offer(plan, one)).collect();
        let settle = move |writing: &Writing<'_>| {
            let one = |offer| {
                let export = writing.offer(offer)?;
                match export.state {
                    ExportState::Staged if consent => writing.accept_export(export.handle, &Record::new()),
                    ExportState::Failed if writing.stamp().at >= due(&export) => writing.retry_export(&export),
                    _ => Ok(export),
                }
            };
            offers.iter().map(one).collect::<Result<Vec<_>, _>>()
        };
        let exports = self.engine.worker.store().write(&self.engine.worker.stamp(), settle).await?;
        let mut going = Vec::new();
        for (mut one, export) in staged.into_iter().zip(exports) {
            match export.state {
                ExportState::Accepted => {
                    let (export, approver, asked) = (export.handle.to_string(), export.approver, export.asked);
                    one.parcel.approval = Some(Approval { export, approver, asked });
                    going.push(one);
                }
                ExportState::Rejected | ExportState::Retrieved | ExportState::Unlinked => report.counts.set_aside += 1,
                ExportState::Failed => {
                    let told = format!(
                        "{}; it is tried again after {}, or sooner with `crosswalk exports resend {}`",
                        export.reason,
                        due(&export),
                        export.handle.id
                    );
                    hold(report, &export.source_id, &export.label, vec![told]);
                    page.waiting = true;
                }
                _ => {
                    report.counts.waiting += 1;
                    report.changes.push(one.change);
                    page.waiting = true;
                }
            }
        }
        Ok(going)
    }
}

fn offer(plan: &Plan, staged: &Staged) -> Offer {
    Offer {
        mapping: plan.name.clone(),
        scope: staged.place.scope.clone(),
        source_id: staged.parcel.source_id.clone(),
        label: staged.change.source_key.clone(),
        shown: staged.offered.as_ref().unwrap_or(&staged.change).bytes(),
    }
}

/// When what the target refused is tried again by itself: a period may have been opened meanwhile, or a right given. The first time
/// by the next run, then after one hour, two, four, up to a day.
fn due(export: &Export) -> Timestamp {
    let Some(doublings) = export.refusals.checked_sub(2) else { return export.changed };
    let hours = 1_i64.checked_shl(doublings).map_or(MOST_HOURS, |hours| hours.clamp(1, MOST_HOURS));
    export.changed.checked_add(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MAX)
}
