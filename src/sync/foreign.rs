//! Does a record of Procore belong to another integration? An origin id has one owner, and what somebody else wrote there is left
//! alone (BR-06).

use super::stage::Staging;
use crate::evaluate::{Context, Draft, NoLinks, SourceRef, learned};
use crate::schema::System;
use crate::value::{Record, Value};

/// The field of Procore that one integration may own.
const ORIGIN: &str = "origin_id";

impl Staging<'_> {
    /// Why a record without a link must not be joined with what the target holds, or made anew: it bears an origin id that is not
    /// the one we would write.
    pub(super) fn foreign(&self, source: &SourceRef, (draft, held): (&Draft, Option<&Record>)) -> Option<String> {
        let (there, ours) = match self.plan.target.resource.system {
            System::Procore => (text(held?, ORIGIN)?, text(&draft.fields, ORIGIN)?),
            System::Acumatica => (source.origin.clone()?, self.would_learn(held)),
        };
        (there != ours).then(|| {
            format!("it bears the origin id `{there}` in procore, which another integration wrote; end the link there first (BR-06)")
        })
    }

    /// The origin id that the source would learn of a record that is there; none of one that is not.
    fn would_learn(&self, held: Option<&Record>) -> String {
        let Some(held) = held else { return String::new() };
        let (target, project, empty) = (Value::Record(held.clone()), self.place.value(), Value::Null);
        let context = Context {
            settings: self.engine.settings,
            ask: &empty,
            target: &target,
            project: &project,
            links: &NoLinks,
            today: self.engine.today,
        };
        learned(self.plan, &context).ok().and_then(|record| text(&record, ORIGIN)).unwrap_or_default()
    }
}

fn text(record: &Record, name: &str) -> Option<String> {
    record.get(name).map(|value| value.plain().trim().to_owned()).filter(|text| !text.is_empty())
}
