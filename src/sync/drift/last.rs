//! What was left: how the target showed an export after it, and what an import wrote, by the flow whose draft the link remembers.

use std::collections::{HashMap, HashSet};

use crate::evaluate::Draft;
use crate::plan::{Direction, Plan};
use crate::store::{Digest, Link, LinkFilter, Reading, StoreError};
use crate::sync::deliver::SEND;
use crate::sync::engine::Engine;
use crate::sync::failure::Failure;
use crate::sync::lines::kept_field;
use crate::sync::parcel::{Parcel, Receipt};
use crate::value::{Record, Value};

/// A link, and what is remembered of the target's record.
pub(super) struct Remembered {
    pub(super) link: Link,
    /// How the target showed it after our last write; none for imports.
    pub(super) shown: Option<Record>,
    /// The draft that was written last, by which mapping it was.
    pub(super) written: HashMap<String, Written>,
}

/// A draft that was written.
pub(super) struct Written {
    pub(super) draft: Draft,
    /// Fields that the target kept otherwise than they were sent.
    pub(super) otherwise: HashSet<String>,
}

/// Flows that are read at once.
const AT_ONCE: usize = 500;

impl Engine<'_> {
    /// The linked documents of some mappings, pair by pair, with what is remembered of them.
    ///
    /// # Errors
    /// A state file that cannot be read.
    pub(super) async fn remembered(&self, plans: &[&Plan]) -> Result<HashMap<String, Vec<Remembered>>, Failure> {
        let names: Vec<String> = plans.iter().map(|plan| plan.name.clone()).collect();
        let pairs: Vec<(String, String)> = plans.iter().map(|plan| (plan.name.clone(), plan.pair.clone())).collect();
        let exports: Vec<String> = plans.iter().filter(|plan| plan.direction == Direction::Export).map(|plan| plan.pair.clone()).collect();
        let look = move |reading: &Reading<'_>| {
            let mut known: HashMap<String, Vec<Remembered>> = HashMap::new();
            for (_, pair) in &pairs {
                if known.contains_key(pair) {
                    continue;
                }
                let links = reading.links(&LinkFilter { mapping: Some(pair.clone()), ..LinkFilter::default() })?;
                let of_link = |link: Link| {
                    let shown = if exports.contains(pair) { shown(reading, &link)? } else { None };
                    Ok(Remembered { link, shown, written: HashMap::new() })
                };
                known.insert(pair.clone(), links.into_iter().map(of_link).collect::<Result<_, StoreError>>()?);
            }
            written(reading, &names, &pairs, &mut known)?;
            Ok(known)
        };
        Ok(self.worker.store().read(look).await?)
    }
}

fn shown(reading: &Reading<'_>, link: &Link) -> Result<Option<Record>, StoreError> {
    let Some(digest) = link.target_version.as_deref().and_then(Digest::from_hex) else { return Ok(None) };
    let body = reading.body(&digest)?.and_then(|body| Value::from_json(std::str::from_utf8(&body).ok()?).ok());
    Ok(body.and_then(|value| value.as_record().cloned()))
}

/// Goes through the flows, and keeps the drafts that links still remember by their digests.
fn written(
    reading: &Reading<'_>,
    names: &[String],
    pairs: &[(String, String)],
    known: &mut HashMap<String, Vec<Remembered>>,
) -> Result<(), StoreError> {
    let mut places: HashMap<(String, String, String), Vec<usize>> = HashMap::new();
    for (pair, links) in known.iter() {
        for (at, remembered) in links.iter().enumerate() {
            if let Some(digest) = &remembered.link.fingerprint {
                places.entry((pair.clone(), remembered.link.scope.clone(), digest.as_str().to_owned())).or_default().push(at);
            }
        }
    }
    let mut place = i64::MIN;
    loop {
        let flows = reading.flows_after(place, AT_ONCE)?;
        let Some((end, _)) = flows.last() else { return Ok(()) };
        place = *end;
        for (_, flow) in flows.into_iter().filter(|(_, flow)| names.contains(&flow.id.mapping)) {
            let Some((_, pair)) = pairs.iter().find(|(name, _)| *name == flow.id.mapping) else { continue };
            let parcels = Parcel::of(reading, &flow)?;
            if parcels.is_empty() {
                continue;
            }
            let sent = reading.step(&flow.id, SEND)?.and_then(|step| step.result);
            let receipts: Vec<Receipt> = sent.and_then(|result| serde_json::from_str(&result).ok()).unwrap_or_default();
            for (which, parcel) in parcels.iter().enumerate() {
                let wanted = (pair.clone(), flow.id.scope.clone(), parcel.fingerprint.clone());
                let Some(links) = places.get(&wanted).and_then(|found| Some((found, known.get_mut(pair)?))) else { continue };
                for at in links.0 {
                    let remembered = &mut links.1[*at];
                    if [&remembered.link.procore.id, &remembered.link.acumatica.id].contains(&&parcel.source_id) {
                        let otherwise = receipts.get(which).map(|receipt| &receipt.kept_otherwise).into_iter().flatten();
                        let otherwise = otherwise.map(|told| kept_field(told).to_owned()).collect();
                        remembered.written.insert(flow.id.mapping.clone(), Written { draft: parcel.whole_draft(), otherwise });
                    }
                }
            }
        }
    }
}
