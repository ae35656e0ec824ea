//! Reads the source, page by page: related records put beside each record, equal keys made one.

use jiff::Timestamp;

use super::engine::Engine;
use super::failure::Failure;
use super::join::{Joined, join};
use crate::connector::{PageToken, ProjectScope, Query, Select};
use crate::evaluate::grouped;
use crate::plan::{Plan, Records};

/// A read on its way.
pub(super) struct Gathering<'g> {
    plan: &'g Plan,
    project: Option<&'g ProjectScope>,
    since: Option<Timestamp>,
    page: Option<PageToken>,
    done: bool,
    /// How many records there are in all, if the system says so.
    pub(super) total: Option<u64>,
}

impl<'g> Gathering<'g> {
    pub(super) fn new(plan: &'g Plan, project: Option<&'g ProjectScope>, since: Option<Timestamp>) -> Self {
        Self { plan, project, since, page: None, done: false, total: None }
    }

    /// The next records; none when all are read. A plan that groups gets all of them at once, for equal keys may stand anywhere.
    pub(super) async fn next(&mut self, engine: &Engine<'_>, joined: &mut Joined) -> Result<Option<Vec<String>>, Failure> {
        let bodies = match &self.plan.records {
            Records::Group { by, name } => {
                let mut all = Vec::new();
                while let Some(page) = self.page(engine).await? {
                    all.extend(page);
                }
                let groups = grouped(&all, by, name).map_err(|refusal| Failure::Asked(refusal.to_string()))?;
                (!groups.is_empty()).then_some(groups)
            }
            Records::One | Records::Unfold(_) => self.page(engine).await?,
        };
        match bodies {
            Some(bodies) => join(engine, self.plan, bodies, (self.project, self.since), joined).await.map(Some),
            None => Ok(None),
        }
    }

    async fn page(&mut self, engine: &Engine<'_>) -> Result<Option<Vec<String>>, Failure> {
        if self.done {
            return Ok(None);
        }
        let door = engine.doors.of(self.plan.source.resource.system);
        let query = Query { schema: &self.plan.source, project: self.project, since: self.since, equals: &[], select: Select::All };
        let page = door.read(&query, self.page.take()).await?;
        self.done = page.next.is_none();
        self.page = page.next;
        self.total = page.total;
        Ok(Some(page.rows.into_iter().map(|row| row.body.get().to_owned()).collect()))
    }
}
