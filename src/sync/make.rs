//! Records that an action of another document makes: the action once, on record as a step of its own, then the record that came
//! of it, found by the mapping's identity among those that are not linked.

use std::sync::Mutex;
use std::time::Duration;

use super::deliver::{Delivery, failed, told};
use super::failure::Failure;
use super::links::Book;
use super::parcel::Parcel;
use crate::connector::ConnectorError;
use crate::store::{Answer, Attempt, Effect, Flow, Meaning, Setback, Step, StepError, Steps};

/// The step that runs the action.
const MAKE: &str = "make";

/// How long a record that was written may take to show in lists.
pub(super) const SHOWS_WITHIN: Duration = Duration::from_secs(30);

impl Delivery<'_> {
    /// The parcel whose record an action is to make; an export's flow has one parcel.
    pub(super) fn to_make(&self) -> Option<&Parcel> {
        self.plan.target.resource.made_by()?;
        self.parcels.first().filter(|parcel| parcel.target_id.is_none())
    }

    /// Runs the action, once for all runs; why it was refused, if it was.
    pub(super) async fn make(&self, flow: &Flow, book: &Book, parcel: &Parcel) -> Result<Option<String>, Failure> {
        let payload = serde_json::to_vec(&parcel.send).expect("a draft is JSON");
        let trouble = Mutex::new(None);
        let step = Step::named(MAKE).sending(&payload);
        match flow.step(step, |attempt| self.run_action(attempt, (book, parcel), &trouble)).await {
            Ok(()) => Ok(None),
            Err(StepError::Setback { setback, .. }) if setback.meaning == Meaning::Refused => Ok(Some(setback.reason)),
            Err(problem) => Err(failed(problem, trouble)),
        }
    }

    async fn run_action(
        &self,
        attempt: Attempt,
        (book, parcel): (&Book, &Parcel),
        trouble: &Mutex<Option<ConnectorError>>,
    ) -> Result<Answer<()>, Setback> {
        let told = |error| told(error, trouble);
        let faults = self.plan.target.faults(&parcel.send);
        if !faults.is_empty() {
            return Err(Setback::refused(self.unfit(&faults)));
        }
        let door = self.engine.doors.of(self.plan.target.resource.system);
        // An action that was done makes another record when it is done again.
        if attempt.earlier != Effect::None {
            let found = self.find_patiently(door, book, &[parcel], attempt.earlier).await.map_err(told)?;
            if found.iter().any(Option::is_some) {
                return Ok(Answer::from(()));
            }
        }
        door.make(&self.plan.target, &parcel.send).await.map(Answer::from).map_err(told)
    }
}
