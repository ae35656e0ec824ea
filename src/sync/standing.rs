//! How documents stand after the write and the actions that followed: what the answer shows where nothing followed, else read
//! again, many with one request.

use std::collections::{HashMap, HashSet};

use super::deliver::{Delivered, Delivery};
use super::engine::Engine;
use super::failure::Failure;
use super::links::{Book, same_link};
use super::parcel::{Parcel, Receipt};
use super::scope::Where;
use super::target::{id_of, read};
use crate::connector::Named;
use crate::evaluate::{baseline, taken};
use crate::plan::{Direction, Plan, Step};
use crate::store::Flow;
use crate::value::{Record, Value, json_text};

/// Documents of one flow that were sent and linked, and for which every action was tried.
pub(super) struct Walked {
    pub(super) flow: Flow,
    pub(super) parcels: Vec<Parcel>,
    pub(super) receipts: Vec<Receipt>,
    /// Something is left to do: the flow stays open, and the next run goes on.
    pub(super) unfinished: bool,
}

/// Documents that were walked together.
pub(super) struct Standing<'s> {
    pub(super) engine: &'s Engine<'s>,
    pub(super) plan: &'s Plan,
    pub(super) place: &'s Where,
    pub(super) book: &'s mut Book,
}

impl Standing<'_> {
    /// Looks how each document stands, and what its source learns of it.
    ///
    /// # Errors
    /// A target that is out of reach, or a state file that cannot be written: the flows stay open.
    pub(super) async fn settle(&mut self, walked: Vec<Walked>) -> Result<Vec<(Delivered, Vec<Parcel>, Vec<Receipt>)>, Failure> {
        let mut shown = if self.plan.direction == Direction::Export { self.look(&walked).await? } else { HashMap::new() };
        let mut settled = Vec::with_capacity(walked.len());
        for Walked { flow, parcels, mut receipts, mut unfinished } in walked {
            let mut lessons = Vec::new();
            for (parcel, receipt) in parcels.iter().zip(&mut receipts).filter(|(_, receipt)| receipt.refused.is_none()) {
                if self.plan.direction == Direction::Import {
                    continue;
                }
                match receipt.shown.take().or_else(|| shown.remove(&receipt.id)).ok_or("was made and is gone again".to_owned()) {
                    Ok(record) => {
                        if let Some(reason) = self.stands_otherwise(&record) {
                            receipt.refused = Some(format!("{} {reason}", receipt.key));
                            unfinished = true;
                            continue;
                        }
                        let delivery = Delivery { engine: self.engine, plan: self.plan, place: self.place, parcels: &parcels, inputs: &[] };
                        if let Some(put) = delivery.show_lines(&flow, (parcel, receipt), &record).await? {
                            self.book.links.take_over(&put);
                        }
                        self.remember(&flow, parcel, &record).await?;
                        receipt.unexpected = delivery.unexpected(parcel, (&receipt.lines, &record));
                        lessons.extend(delivery.lesson(parcel, &record));
                    }
                    Err(reason) => {
                        receipt.refused = Some(format!("{} {reason}", receipt.key));
                        unfinished = true;
                    }
                }
            }
            settled.push((Delivered { flow, lessons, unfinished }, parcels, receipts));
        }
        Ok(settled)
    }

    /// The documents whose answer does not show how they stand now.
    async fn look(&self, walked: &[Walked]) -> Result<HashMap<String, Record>, Failure> {
        let receipts = walked.iter().flat_map(|walked| &walked.receipts);
        let unseen = receipts.filter(|receipt| receipt.refused.is_none() && receipt.shown.is_none());
        let named: Vec<Named> = unseen.map(|receipt| Named { id: receipt.id.clone(), key: self.key_parts(&receipt.key) }).collect();
        if named.is_empty() {
            return Ok(HashMap::new());
        }
        let wanted: HashSet<&str> = named.iter().map(|named| named.id.as_str()).collect();
        let door = self.engine.doors.of(self.plan.target.resource.system);
        let rows = door.these(&self.plan.target, self.place.project.as_ref(), &named).await?;
        let mut shown = HashMap::new();
        for row in rows {
            let record = read(self.plan, row.body.get())?;
            let id = id_of(self.plan, &record);
            if wanted.contains(id.as_str()) {
                shown.insert(id, record);
            }
        }
        Ok(shown)
    }

    /// The parts of a key, where its text tells them apart.
    fn key_parts(&self, key: &str) -> Vec<String> {
        let parts: Vec<String> = key.split('/').map(str::to_owned).collect();
        if parts.len() == self.plan.target.resource.key.len() { parts } else { Vec::new() }
    }

    /// Why a document does not stand as its last action should have left it.
    fn stands_otherwise(&self, record: &Record) -> Option<String> {
        let status = record.text("Status").unwrap_or_default();
        let taken = |step: &&Step| taken(step, self.engine.settings, self.engine.today).unwrap_or(true);
        let last = self.plan.steps.iter().rfind(taken).filter(|last| status == last.from)?;
        Some(format!("should be {} and is still {status}", last.to))
    }

    /// What the actions changed is what the target shows after our write.
    async fn remember(&mut self, flow: &Flow, parcel: &Parcel, record: &Record) -> Result<(), Failure> {
        let text = json_text(&Value::Record(baseline(self.plan, record)));
        let source = self.plan.source.resource.system;
        let link = self.book.by_id(&self.plan.pair, &self.place.scope, source, &parcel.source_id);
        let Some(link) = link else { return Ok(()) };
        let mut new = same_link(&link);
        let put = flow.write(move |writing| {
            new.target_version = Some(writing.keep_body(text.as_bytes())?.as_str().to_owned());
            writing.put_link(&new)
        });
        let put = put.await?;
        self.book.links.take_over(&put);
        Ok(())
    }
}
