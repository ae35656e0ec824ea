//! What a change of mappings, schemas, settings or overlays does: the files of today held against those of another time.

use crate::cases;
use crate::cli::exit::{Exit, Stop};
use crate::cli::session::Session;
use crate::cli::view::Done;
use crate::cli::view::against::{Compared, Counted};
use crate::cli::view::review::Seen;
use crate::config::{Earlier, Setup};
use crate::plan::Plan;
use crate::value::{Record, Value};

/// The files of today, and those of another time.
pub(super) struct Both {
    pub(super) now: Setup,
    pub(super) then: Setup,
    /// What people call that time.
    pub(super) name: String,
}

/// How a mapping of one time stands to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It does the same.
    Same,
    /// It does something else, or stands on something else.
    Changed,
    /// It is new.
    Added,
}

impl Both {
    /// Reads both.
    pub(super) fn open(session: &Session, words: &str) -> Result<Self, Stop> {
        let now = session.setup()?;
        let earlier = Earlier::open(&now.workspace.folders, words).map_err(|said| Stop::usage(said, None))?;
        let then = now.at(&earlier)?;
        Ok(Self { now, then, name: earlier.name.clone() })
    }

    /// How a mapping of today stands to that of the other time.
    pub(super) fn standing(&self, plan: &Plan) -> Standing {
        match self.then.workspace.plan(&plan.name) {
            None => Standing::Added,
            Some(then) if signature(then, &self.then) == signature(plan, &self.now) => Standing::Same,
            Some(_) => Standing::Changed,
        }
    }

    /// The mappings that do something else, by name; those of only one of the two times among them.
    pub(super) fn affected(&self) -> Counted {
        let plans = &self.now.workspace.plans;
        let of = |standing| plans.iter().filter(|plan| self.standing(plan) == standing).map(|plan| plan.name.clone()).collect();
        let gone = self.then.workspace.plans.iter().filter(|then| self.now.workspace.plan(&then.name).is_none());
        Counted {
            changed: of(Standing::Changed),
            added: of(Standing::Added),
            removed: gone.map(|plan| plan.name.clone()).collect(),
            same: plans.iter().filter(|plan| self.standing(plan) == Standing::Same).count(),
        }
    }
}

/// What a plan does, blind to comments and order: what it says, the fields that it meets, and the settings that it reads.
fn signature(plan: &Plan, setup: &Setup) -> (String, String, Value) {
    let joined: Vec<_> = plan.joins.iter().map(|join| (&join.schema.shape, &join.schema.resource)).collect();
    let met = format!("{:?}", ((&plan.source.shape, &plan.source.resource), (&plan.target.shape, &plan.target.resource), joined));
    let read = |path: &String| {
        let value = path.split('.').try_fold(&setup.settings, |value, name| value.as_record()?.get(name));
        (path.clone(), value.cloned().unwrap_or_default())
    };
    (plan.fingerprint.clone(), met, plan.settings.iter().map(read).collect::<Record>().into())
}

/// Every case of an affected mapping, by both.
pub(super) fn test(words: &str, names: &[String], session: &Session) -> Result<Done, Stop> {
    let both = Both::open(session, words)?;
    super::known_mappings(names, &both.now)?;
    let mut compared = Compared { against: both.name.clone(), mappings: both.affected(), cases: 0, differences: Vec::new() };
    for file in both.now.cases()? {
        let wanted = names.is_empty() || names.contains(&file.mapping);
        let Some(plan) = both.now.workspace.plan(&file.mapping).filter(|plan| wanted && both.standing(plan) != Standing::Same) else {
            continue;
        };
        let then = both.then.workspace.plan(&file.mapping);
        for case in &file.cases {
            compared.cases += 1;
            let now = cases::outcome_text(plan, case, &both.now.settings);
            let then = then.map(|then| cases::outcome_text(then, case, &both.then.settings));
            if then.as_ref() != Some(&now) {
                compared.differences.push(Seen::between(format!("{}: {}", plan.name, case.name), then, now));
            }
        }
    }
    let exit = if compared.is_same() { Exit::Done } else { Exit::Look };
    Ok(Done::new(exit, compared))
}
