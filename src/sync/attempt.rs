//! One try at sending the parcels of a flow. Where an earlier try may have had its effect, it looks before it sends (design,
//! section 6): what is there already is completed, not made again.

use std::sync::Mutex;

use super::deliver::{Delivery, told};
use super::lines::{known_in, recognise_surely};
use super::links::Book;
use super::parcel::{Parcel, ParcelLine, Receipt};
use super::target::{id_of, read};
use crate::connector::{Certainty, Connector, ConnectorError, Key, Outgoing, Query, Select};
use crate::evaluate::{Draft, Line, compare, matches_identity};
use crate::store::{Answer, Attempt, Effect, Setback};
use crate::value::Record;

/// A parcel as this try sends it.
struct Sending<'p> {
    parcel: &'p Parcel,
    /// The target's id, where the record exists.
    id: Option<String>,
    /// What is sent; nothing for a record that is there as it should be.
    send: Record,
    /// An earlier try has done a part of it.
    in_part: bool,
}

impl Delivery<'_> {
    pub(super) async fn attempt(
        &self,
        attempt: Attempt,
        book: &Book,
        trouble: &Mutex<Option<ConnectorError>>,
    ) -> Result<Answer<Vec<Receipt>>, Setback> {
        let told = |error| told(error, trouble);
        let door = self.engine.doors.of(self.plan.target.resource.system);
        let parcels: Vec<Parcel> = serde_json::from_slice(&attempt.payload).map_err(|problem| Setback::refused(problem.to_string()))?;
        let sending = |parcel| Sending { parcel, id: parcel.target_id.clone(), send: parcel.send.clone(), in_part: false };
        let mut sendings: Vec<Sending<'_>> = parcels.iter().map(sending).collect();
        if attempt.earlier != Effect::None {
            self.look_up(door, book, &mut sendings).await.map_err(told)?;
        }
        let mut receipts: Vec<Option<Receipt>> = vec![None; parcels.len()];
        for (sending, receipt) in sendings.iter().zip(&mut receipts) {
            let faults = self.plan.target.faults(&sending.send);
            if !faults.is_empty() {
                let refused = format!("the payload does not fit {}: {}; nothing was sent", self.plan.target.name, faults.join("; "));
                *receipt = Some(Receipt { refused: Some(refused), ..Receipt::default() });
            } else if sending.send.is_empty() {
                *receipt = Some(self.found(door, sending).await.map_err(told)?);
            }
        }
        let open: Vec<usize> = (0..parcels.len()).filter(|at| receipts[*at].is_none()).collect();
        let outgoing = |at: &usize| Outgoing { id: sendings[*at].id.as_deref(), draft: &sendings[*at].send };
        let outgoing: Vec<Outgoing<'_>> = open.iter().map(outgoing).collect();
        let written =
            if outgoing.is_empty() { Vec::new() } else { door.write(&self.plan.target, self.place.project.as_ref(), &outgoing).await };
        let mut bodies = Vec::new();
        for (at, result) in open.into_iter().zip(written) {
            receipts[at] = Some(match result {
                // The answer shows what was sent now; the record as a whole has to be asked for.
                Ok(_) if sendings[at].in_part => self.found(door, &sendings[at]).await.map_err(told)?,
                Ok(written) => {
                    bodies.push(written.body.get().to_owned());
                    self.receipt(&parcels[at], &written.id, written.body.get()).map_err(Setback::unknown)?
                }
                // What the target refused is told of this record; anything else stops the batch, for its effect or its turn is open.
                Err(error) if error.certainty() == Certainty::Refused && !error.is_temporary() => {
                    Receipt { refused: Some(error.to_string()), ..Receipt::default() }
                }
                Err(error) => return Err(told(error)),
            });
        }
        let body = format!("[{}]", bodies.join(","));
        Ok(Answer::new(receipts.into_iter().map(Option::unwrap_or_default).collect(), body))
    }

    /// Finds what an earlier try has made, and leaves to be sent what it has not.
    async fn look_up(&self, door: &Connector, book: &Book, sendings: &mut [Sending<'_>]) -> Result<(), ConnectorError> {
        if !super::target::is_readable(self.plan) {
            return Ok(());
        }
        self.look_for_new(door, book, sendings).await?;
        for sending in sendings {
            let Some(id) = &sending.id else { continue };
            let row = door.get(&self.plan.target, self.place.project.as_ref(), Key::Id(id), Select::All).await?;
            let Some(record) = row.and_then(|row| read(self.plan, row.body.get()).ok()) else { continue };
            let pairs = recognise_surely(self.plan, sending.parcel, &record);
            let known = |list: &str, line: &str| known_in(&pairs, list, line);
            sending.in_part = true;
            let mut change = compare(self.plan, &draft_of(sending.parcel), Some(&record), &known);
            change.remove_lines(self.plan, &record, &sending.parcel.gone);
            sending.send = change.send;
        }
        Ok(())
    }

    /// Records that were to be made, by the mapping's identity; those that are linked belong to others.
    async fn look_for_new(&self, door: &Connector, book: &Book, sendings: &mut [Sending<'_>]) -> Result<(), ConnectorError> {
        if self.plan.identity.is_empty() || sendings.iter().all(|sending| sending.id.is_some()) {
            return Ok(());
        }
        let system = self.plan.target.resource.system;
        let (mut page, mut found) = (None, Vec::new());
        loop {
            let query =
                Query { schema: &self.plan.target, project: self.place.project.as_ref(), since: None, equals: &[], select: Select::All };
            let read_page = door.read(&query, page).await?;
            found.extend(read_page.rows.iter().filter_map(|row| read(self.plan, row.body.get()).ok()));
            match read_page.next {
                Some(next) => page = Some(next),
                None => break,
            }
        }
        found.retain(|record| !book.is_taken(&self.plan.name, system, &id_of(self.plan, record)));
        for sending in sendings.iter_mut().filter(|sending| sending.id.is_none()) {
            let draft = draft_of(sending.parcel);
            let of_it = |record: &&Record| matches_identity(self.plan, &draft, record);
            sending.id = found.iter().find(of_it).map(|record| id_of(self.plan, record));
        }
        Ok(())
    }

    /// The receipt for a record that is there already.
    async fn found(&self, door: &Connector, sending: &Sending<'_>) -> Result<Receipt, ConnectorError> {
        let gone = || Receipt { refused: Some("the record was found at the target and is gone again".to_owned()), ..Receipt::default() };
        let Some(id) = &sending.id else { return Ok(gone()) };
        let row = door.get(&self.plan.target, self.place.project.as_ref(), Key::Id(id), Select::All).await?;
        Ok(row.and_then(|row| self.receipt(sending.parcel, id, row.body.get()).ok()).unwrap_or_else(gone))
    }
}

fn draft_of(parcel: &Parcel) -> Draft {
    let line = |line: &ParcelLine| Line { field: line.field.clone(), at: line.at, key: line.source.clone() };
    Draft { fields: parcel.draft.clone(), lines: parcel.lines.iter().map(line).collect() }
}
