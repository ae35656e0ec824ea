//! Tells the sources of many documents at once what became of them, and finishes their flows.

use super::deliver::{Delivered, Lesson};
use super::engine::Engine;
use super::failure::Failure;
use super::links::{Book, same_link};
use super::scope::Where;
use crate::connector::{Certainty, Outgoing};
use crate::plan::Plan;
use crate::schema::System;
use crate::store::{Answer, Flow, Setback, StepError, Steps};
use crate::value::Value;

/// The step that tells the source.
const WRITE_BACK: &str = "write_back";

/// What was delivered, and where its links are.
pub(super) struct WriteBack<'w> {
    pub(super) engine: &'w Engine<'w>,
    pub(super) plan: &'w Plan,
    pub(super) place: &'w Where,
    pub(super) book: &'w mut Book,
}

impl WriteBack<'_> {
    /// Writes to the sources; gives back which of them would not learn it, and why. Such a flow stays open, and the next run
    /// tells them again.
    ///
    /// # Errors
    /// A system that is out of reach: the flows stay open, and the next run goes on from there.
    pub(super) async fn tell(&mut self, delivered: Vec<Delivered>) -> Result<Vec<(Lesson, String)>, Failure> {
        let door = self.engine.doors.of(self.plan.source.resource.system);
        let lessons = delivered.iter().flat_map(|delivered| &delivered.lessons);
        let outgoing: Vec<Outgoing<'_>> = lessons.map(|lesson| Outgoing { id: Some(&lesson.source_id), draft: &lesson.learned }).collect();
        let results =
            if outgoing.is_empty() { Vec::new() } else { door.write(&self.plan.source, self.place.project.as_ref(), &outgoing).await };
        let mut answers = results.into_iter();
        let (mut refused, mut failed) = (Vec::new(), None);
        for Delivered { flow, lessons, unfinished } in delivered {
            let learns = !lessons.is_empty();
            let (mut setback, mut body) = (None, Vec::new());
            for lesson in lessons {
                match answers.next() {
                    Some(Err(error)) if error.certainty() == Certainty::Refused && !error.is_temporary() => {
                        setback = Some(Setback::refused(error.to_string()));
                        refused.push((lesson, format!("it was sent, and its source would not learn of it: {error}")));
                    }
                    Some(Err(error)) => {
                        setback = Some(Setback::again(error.to_string()));
                        failed = Some(error);
                    }
                    told @ (Some(Ok(_)) | None) => {
                        if let Some(Ok(written)) = told {
                            body.extend_from_slice(written.body.get().as_bytes());
                        }
                        self.learn(&flow, &lesson).await?;
                    }
                }
            }
            let told = setback.is_none();
            if learns {
                let step = flow.step(WRITE_BACK, |_| async move { setback.map_or(Ok(Answer::new((), body)), Err) });
                if let Err(StepError::Store(problem)) = step.await {
                    return Err(problem.into());
                }
            }
            if told && !unfinished { flow.finish().await? } else { flow.put_aside().await? }
        }
        match failed {
            Some(error) => Err(error.into()),
            None => Ok(refused),
        }
    }

    /// What was written back may be the source's own key: the project's origin id names it in other calls.
    async fn learn(&mut self, flow: &Flow, lesson: &Lesson) -> Result<(), Failure> {
        let source = self.plan.source.resource.system;
        let part = |name: &String| lesson.learned.get(name).map(Value::plain).filter(|part| !part.is_empty());
        let Some(key) = self.plan.source.resource.key.iter().map(part).collect::<Option<Vec<_>>>() else { return Ok(()) };
        let key = key.join("/");
        let link = self.book.by_id(&self.plan.pair, &self.place.scope, source, &lesson.source_id);
        let Some(link) = link.filter(|_| !key.is_empty()) else { return Ok(()) };
        let mut new = same_link(&link);
        match source {
            System::Procore => new.procore.key = Some(key),
            System::Acumatica => new.acumatica.key = Some(key),
        }
        let put = flow.write(move |writing| writing.put_link(&new)).await?;
        self.book.links.take_over(&put);
        Ok(())
    }
}
