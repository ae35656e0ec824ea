//! Are the synced projects still called what their links say? Their ids can be changed in Acumatica (BR-22), and every address,
//! filter and line names them.

use super::engine::Engine;
use super::engine::Mode;
use super::failure::Failure;
use super::links::{Book, same_link};
use super::scope::PROJECTS;
use super::target::{id_of, key_of, read};
use crate::connector::{Query, Select};
use crate::plan::{Plan, ProjectOf};
use crate::schema::System;
use crate::store::Linked;

impl Engine<'_> {
    /// Learns the ids that projects have now, from one list of all; nothing is asked where these plans need no project.
    ///
    /// # Errors
    /// Acumatica out of reach, or a state file that cannot be written.
    pub(super) async fn learn_names_of_projects(&self, chosen: &[usize], book: &mut Book, mode: Mode<'_>) -> Result<(), Failure> {
        let Some(plan) = self.plans.iter().find(|plan| plan.name == PROJECTS) else { return Ok(()) };
        let known: Vec<Linked> = book.links.documents(&plan.pair, Some("")).collect();
        let in_projects = chosen.iter().any(|at| self.plans[*at].project != ProjectOf::Nobody);
        if known.is_empty() || !in_projects || plan.target.resource.system != System::Acumatica {
            return Ok(());
        }
        for (id, key) in self.names(plan).await? {
            let renamed = known.iter().find(|link| link.acumatica.id == id && link.acumatica.key.as_deref() != Some(key.as_str()));
            let Some(mut link) = renamed.cloned() else { continue };
            link.acumatica.key = Some(key);
            if let Mode::Apply { .. } = mode {
                let new = same_link(&link);
                self.worker.store().write(&self.worker.stamp(), move |writing| writing.put_link(&new)).await?;
            }
            book.links.insert(&link);
        }
        Ok(())
    }

    /// The GUID and the id of every project.
    async fn names(&self, plan: &Plan) -> Result<Vec<(String, String)>, Failure> {
        let (door, key) = (self.doors.of(System::Acumatica), plan.target.resource.key.iter().map(String::as_str).collect::<Vec<_>>());
        let query = Query { schema: &plan.target, project: None, since: None, equals: &[], select: Select::Only(&key) };
        let (mut names, mut page) = (Vec::new(), None);
        loop {
            let read_page = door.read(&query, page).await?;
            for row in read_page.rows {
                let record = read(plan, row.body.get())?;
                names.push((id_of(plan, &record), key_of(plan, &record)));
            }
            match read_page.next {
                Some(next) => page = Some(next),
                None => return Ok(names),
            }
        }
    }
}
