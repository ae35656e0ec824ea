//! What people decided about flows that wait for them: accepted with what they were asked, or rejected with a reason.

use jiff::Timestamp;
use rusqlite::params;

use super::column::{At, record_text};
use super::step::{COLUMNS, StepKind, step_entry, step_row};
use super::{FlowId, Reading, StepRow, StepState, StoreError, Writing};
use crate::value::{Record, Value};

/// A person's decision.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// Go on, with what the person filled in.
    Accepted {
        /// The asked values by name.
        asked: Record,
    },
    /// Do not.
    Rejected {
        /// Why; never empty.
        reason: String,
    },
}

/// A decision with who made it and when.
#[derive(Clone, Debug, PartialEq)]
pub struct Decided {
    /// What was decided.
    pub decision: Decision,
    /// By whom.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

impl Decision {
    /// Accepted without anything to fill in.
    pub fn accepted() -> Self {
        Self::Accepted { asked: Record::new() }
    }

    fn word(&self) -> &'static str {
        match self {
            Self::Accepted { .. } => "accepted",
            Self::Rejected { .. } => "rejected",
        }
    }
}

impl Reading<'_> {
    /// The consents that flows wait for, oldest first.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn waiting_consents(&self) -> Result<Vec<StepRow>, StoreError> {
        let sql = format!("select {COLUMNS} from step where kind = 'consent' and state <> 'done' order by intended, flow, name");
        self.rows(&sql, [], step_row)
    }

    /// What was decided at a step of a flow.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn decided(&self, flow: &FlowId, step: &str) -> Result<Option<Decided>, StoreError> {
        let row = self.step(flow, step)?.filter(|row| row.kind == StepKind::Consent);
        row.as_ref().map_or(Ok(None), decided_in)
    }
}

impl Writing<'_> {
    /// Records the decision of the stamp's actor. It may come before the flow asks for it, never twice.
    ///
    /// # Errors
    /// [`Conflict`](super::StoreTrouble::Conflict) when somebody has decided already, with who and when; when there is
    /// no such flow; when a rejection has no reason.
    pub fn decide(&self, flow: &FlowId, step: &str, decision: &Decision) -> Result<(), StoreError> {
        if self.row("select 1 from flow where id = $1 and state = 'open'", params![flow.to_string()], |_| Ok(()))?.is_none() {
            return Err(StoreError::conflict(format!("`{flow}` does not wait for a decision"), "list what waits, and decide on that"));
        }
        if let Some(first) = self.decided(flow, step)? {
            return Err(StoreError::conflict(
                format!("`{flow}` was {} by `{}` at {}", first.decision.word(), first.by, first.at),
                "nothing is left to decide",
            ));
        }
        let mut result = Record::new();
        match decision {
            Decision::Accepted { asked } => result.set("asked", asked.clone()),
            Decision::Rejected { reason } if reason.trim().is_empty() => {
                return Err(StoreError::conflict(format!("the rejection of `{flow}` has no reason"), "say why"));
            }
            Decision::Rejected { reason } => result.set("reason", reason.as_str()),
        }
        result.set("decision", decision.word());
        result.set("by", self.stamp().actor.as_str());
        let text = record_text(&result);
        self.step_of_kind(flow, step, StepKind::Consent)?;
        self.execute(
            "insert into step (flow, name, place, kind, state, attempt, intended, result, settled)
             values ($1, $2, (select count(*) from step where flow = $1), 'consent', 'done', 1, $3, $4, $3)
             on conflict (flow, name) do update set state = 'done', result = $4, settled = $3",
            params![flow.to_string(), step, At(self.stamp().at), text],
        )?;
        self.journal(&step_entry(&format!("consent.{}", decision.word()), flow, step, 1).detail("decision", result))?;
        Ok(())
    }

    /// What was decided at a step; when nothing is, puts on record that the flow waits, and since when.
    pub(super) fn consent_step(&self, flow: &FlowId, name: &str) -> Result<Result<Decided, Timestamp>, StoreError> {
        let row = self.step_of_kind(flow, name, StepKind::Consent)?;
        if let Some(row) = &row {
            return Ok(decided_in(row)?.ok_or(row.intended));
        }
        self.execute(
            "insert into step (flow, name, place, kind, state, attempt, intended)
             values ($1, $2, (select count(*) from step where flow = $1), 'consent', 'intended', 1, $3)",
            params![flow.to_string(), name, At(self.stamp().at)],
        )?;
        self.journal(&step_entry("consent.asked", flow, name, 1))?;
        Ok(Err(self.stamp().at))
    }
}

fn decided_in(row: &StepRow) -> Result<Option<Decided>, StoreError> {
    if row.state != StepState::Done {
        return Ok(None);
    }
    let read = || {
        let Value::Record(result) = Value::from_json(row.result.as_deref()?).ok()? else { return None };
        let decision = match result.text("decision")? {
            "accepted" => Decision::Accepted { asked: result.get("asked")?.as_record()?.clone() },
            "rejected" => Decision::Rejected { reason: result.text("reason")?.to_owned() },
            _ => return None,
        };
        Some(Decided { decision, by: result.text("by")?.to_owned(), at: row.settled? })
    };
    read().map(Some).ok_or_else(|| StoreError::damaged(format!("the decision on `{}` cannot be read", row.flow)))
}
