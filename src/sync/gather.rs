//! Reads the source, page by page: related records put beside each record, equal keys made one. What a later mapping of the run reads
//! as well is kept for it.

use std::sync::Arc;

use jiff::Timestamp;

use super::failure::Failure;
use super::join::{Joined, Joining};
use super::shelf::Rows;
use crate::connector::{PageToken, Query, Row, Select};
use crate::evaluate::grouped;
use crate::plan::{Plan, Records};
use crate::schema::Schema;
use crate::value::instant_of;

/// Records of a kept list that are dealt with at once.
const PAGE: usize = 1_000;

/// Whether a plan joins the list that it reads.
fn joins_itself(plan: &Plan) -> bool {
    plan.joins.iter().any(|join| join.is_list() && join.schema.name == plan.source.name)
}

/// When a record of a list last changed.
fn changed(schema: &Schema, row: &str) -> Option<Timestamp> {
    instant_of(&Row::of_text(row)?.modified(schema)?)
}

/// A read on its way.
pub(super) struct Gathering<'g> {
    joining: Joining<'g>,
    page: Option<PageToken>,
    done: bool,
    /// The list as an earlier mapping has read it, and how far it was dealt with.
    kept: Option<(Rows, usize)>,
    /// What was read so far, for the mappings that read the same.
    keeping: Option<Vec<Arc<str>>>,
    /// How many records there are in all, if that is known.
    pub(super) total: Option<u64>,
}

impl<'g> Gathering<'g> {
    /// A read of what a plan's source holds; what is on the shelf need not be asked for.
    pub(super) fn new(joining: Joining<'g>, joined: &Joined) -> Self {
        let (plan, scope) = (joining.plan, joining.scope());
        let kept = joined.shelf.source(plan, scope, joining.since).map(|rows| (rows, 0));
        let total = kept.as_ref().and_then(|(rows, _)| u64::try_from(rows.len()).ok());
        let keeping = (kept.is_none() && (joins_itself(plan) || joined.shelf.wants(&plan.source.name))).then(Vec::new);
        Self { joining, page: None, done: false, kept, keeping, total }
    }

    /// The next records; none when all are read. A plan that groups gets all of them at once, for equal keys may stand anywhere. So
    /// does one that joins the list that it reads.
    pub(super) async fn next(&mut self, joined: &mut Joined) -> Result<Option<Vec<String>>, Failure> {
        let plan = self.joining.plan;
        let itself = self.joining.since.is_none() && joins_itself(plan);
        let bodies = match &plan.records {
            Records::Group { by, name } => {
                let mut members = self.rest(joined).await?;
                self.joining.lines(&mut members, joined).await?;
                let groups = grouped(&members, by, name).map_err(|refusal| Failure::Asked(refusal.to_string()))?;
                (!groups.is_empty()).then_some(groups)
            }
            Records::One | Records::Unfold(_) if itself => Some(self.rest(joined).await?).filter(|bodies| !bodies.is_empty()),
            Records::One | Records::Unfold(_) => self.page(joined).await?,
        };
        let Some(bodies) = bodies else { return Ok(None) };
        self.joining.completed(bodies, joined).await.map(Some)
    }

    async fn rest(&mut self, joined: &mut Joined) -> Result<Vec<String>, Failure> {
        let mut all = Vec::new();
        while let Some(page) = self.page(joined).await? {
            all.extend(page);
        }
        Ok(all)
    }

    async fn page(&mut self, joined: &mut Joined) -> Result<Option<Vec<String>>, Failure> {
        if let Some((rows, at)) = &mut self.kept {
            let part = &rows[(*at).min(rows.len())..(*at + PAGE).min(rows.len())];
            *at += part.len();
            if part.is_empty() {
                return Ok(None);
            }
            // An earlier mapping may have asked from an earlier time.
            let Joining { plan, since, .. } = self.joining;
            let is_meant = |row: &&Arc<str>| since.is_none_or(|since| changed(&plan.source, row).is_none_or(|changed| changed >= since));
            return Ok(Some(part.iter().filter(is_meant).map(|row| row.to_string()).collect()));
        }
        if self.done {
            return Ok(None);
        }
        let Joining { engine, plan, project, since } = self.joining;
        let door = engine.doors.of(plan.source.resource.system);
        let query = Query { schema: &plan.source, project, since, equals: &[], select: Select::Listed };
        let page = door.read(&query, self.page.take()).await?;
        self.done = page.next.is_none();
        self.page = page.next;
        self.total = page.total;
        let bodies: Vec<String> = page.rows.into_iter().map(|row| row.body.get().to_owned()).collect();
        self.keep(&bodies, joined);
        Ok(Some(bodies))
    }

    /// Keeps what came for others, while there is room.
    fn keep(&mut self, bodies: &[String], joined: &mut Joined) {
        let Some(mut rows) = self.keeping.take() else { return };
        rows.extend(bodies.iter().map(|body| Arc::from(body.as_str())));
        if !joined.shelf.has_room(rows.iter().map(|row| row.len()).sum()) {
            return;
        }
        if self.done {
            let source = &self.joining.plan.source;
            joined.shelf.keep((&source.name, source.resource.system), self.joining.scope(), (Arc::new(rows), self.joining.since));
        } else {
            self.keeping = Some(rows);
        }
    }
}
