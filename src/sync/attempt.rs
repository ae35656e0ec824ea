//! One try at sending the parcels of a flow. Where an earlier try may have had its effect, it looks before it sends (design,
//! section 6): what is there already is completed, not made again.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;
use std::time::Duration;

use super::deliver::{Delivery, told};
use super::lines::{known_in, recognise_surely};
use super::links::Book;
use super::make::SHOWS_WITHIN;
use super::parcel::{Parcel, ParcelLine, Receipt};
use super::target::{addressed_by, id_of, read};
use crate::connector::{Certainty, Connector, ConnectorError, Key, Outgoing, Query, Select};
use crate::evaluate::{Draft, Line, compare, identity_of};
use crate::store::{Answer, Attempt, Effect, Setback};
use crate::value::{Record, Value};

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
        let made = self.to_make().is_some();
        if made || attempt.earlier != Effect::None {
            self.look_up(door, book, (&mut sendings, attempt.earlier)).await.map_err(told)?;
        }
        if made && sendings.iter().any(|sending| sending.id.is_none()) {
            let names = self.plan.identity.join(", ");
            let reason = format!(
                "its action is done, and no record of {} with its {names} shows yet; link it if it is there",
                self.plan.target.name
            );
            return Err(Setback::again(reason));
        }
        sendings.iter_mut().for_each(|sending| self.address(sending));
        let mut receipts: Vec<Option<Receipt>> = vec![None; parcels.len()];
        for (sending, receipt) in sendings.iter().zip(&mut receipts) {
            let faults = self.plan.target.faults(&sending.send);
            if !faults.is_empty() {
                *receipt = Some(Receipt { refused: Some(self.unfit(&faults)), ..Receipt::default() });
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

    /// A change that is sent names what its address needs, even where that stays as it is.
    fn address(&self, sending: &mut Sending<'_>) {
        if sending.id.is_none() || sending.send.is_empty() {
            return;
        }
        for (field, value) in addressed_by(self.plan, sending.parcel.draft()) {
            sending.send.set(field, value);
        }
    }

    /// Finds what an earlier try has made, and leaves to be sent what it has not.
    async fn look_up(
        &self,
        door: &Connector,
        book: &Book,
        (sendings, earlier): (&mut [Sending<'_>], Effect),
    ) -> Result<(), ConnectorError> {
        if !super::target::is_readable(self.plan) {
            return Ok(());
        }
        let unknown: Vec<&Parcel> = sendings.iter().filter(|sending| sending.id.is_none()).map(|sending| sending.parcel).collect();
        let mut found = self.find_patiently(door, book, &unknown, earlier).await?.into_iter();
        for sending in sendings.iter_mut().filter(|sending| sending.id.is_none()) {
            sending.id = found.next().flatten();
        }
        let made_whole = self.plan.target.resource.made_by().is_some_and(|made_by| !made_by.then_put);
        for sending in sendings {
            let Some(id) = &sending.id else { continue };
            let row = door.get(&self.plan.target, self.place.project.as_ref(), Key::Of(id, sending.parcel.draft()), Select::All).await?;
            let Some(record) = row.and_then(|row| read(self.plan, row.body.get()).ok()) else { continue };
            let pairs = recognise_surely(self.plan, sending.parcel, &record);
            let known = |list: &str, line: &str| known_in(&pairs, list, line);
            let mut change = compare(self.plan, &draft_of(sending.parcel), Some(&record), &known);
            change.remove_lines(self.plan, &record, &sending.parcel.gone);
            sending.in_part = true;
            sending.send = if made_whole { Record::new() } else { change.send };
        }
        Ok(())
    }

    /// The records that an earlier try has made, by the mapping's identity. What does not show yet may show a while after the
    /// try, so that a record is sent again only once it is sure not to be there.
    pub(super) async fn find_patiently(
        &self,
        door: &Connector,
        book: &Book,
        parcels: &[&Parcel],
        earlier: Effect,
    ) -> Result<Vec<Option<String>>, ConnectorError> {
        if self.plan.identity.is_empty() || parcels.is_empty() {
            return Ok(vec![None; parcels.len()]);
        }
        let found = self.find(door, book, parcels).await?;
        let since_then = match earlier {
            Effect::Possible { last, .. } => self.engine.worker.stamp().at.duration_since(last).try_into().unwrap_or_default(),
            Effect::None => Duration::ZERO,
        };
        if found.iter().all(Option::is_some) || since_then >= SHOWS_WITHIN {
            return Ok(found);
        }
        door.wait(SHOWS_WITHIN - since_then).await;
        self.find(door, book, parcels).await
    }

    /// Records by the mapping's identity; those that are linked belong to others.
    async fn find(&self, door: &Connector, book: &Book, parcels: &[&Parcel]) -> Result<Vec<Option<String>>, ConnectorError> {
        let system = self.plan.target.resource.system;
        let mut wanted: HashMap<String, VecDeque<usize>> = HashMap::new();
        for (at, parcel) in parcels.iter().enumerate() {
            if let Some(identity) = identity_of(self.plan, parcel.draft()) {
                wanted.entry(identity).or_default().push_back(at);
            }
        }
        let mut found = vec![None; parcels.len()];
        let mut unfilled: Vec<Vec<String>> = vec![Vec::new(); parcels.len()];
        for equals in self.lists(parcels) {
            let mut page = None;
            loop {
                let fields: Vec<&str> = self.plan.identity.iter().map(String::as_str).collect();
                let (project, select) = (self.place.project.as_ref(), Select::Only(&fields));
                let query = Query { schema: &self.plan.target, project, since: None, equals: &equals, select };
                let read_page = door.read(&query, page).await?;
                for record in read_page.rows.iter().filter_map(|row| read(self.plan, row.body.get()).ok()) {
                    let id = id_of(self.plan, &record);
                    if book.is_taken(&self.plan.pair, system, &id) {
                        continue;
                    }
                    for (ids, parcel) in unfilled.iter_mut().zip(parcels) {
                        ids.extend(self.is_unfilled(parcel.draft(), &record).then(|| id.clone()));
                    }
                    if let Some(at) = identity_of(self.plan, &record).and_then(|identity| wanted.get_mut(&identity)?.pop_front()) {
                        found[at] = Some(id);
                    }
                }
                page = read_page.next;
                if page.is_none() {
                    break;
                }
            }
        }
        for (found, ids) in found.iter_mut().zip(unfilled).filter(|(found, _)| found.is_none()) {
            *found = <[String; 1]>::try_from(ids).ok().map(|[id]| id);
        }
        Ok(found)
    }

    /// Whether a record is as an action leaves it for the rest of the draft to be put into: what the action was told agrees, and what
    /// else the mapping's identity asks for is empty yet.
    fn is_unfilled(&self, draft: &Record, record: &Record) -> bool {
        let Some(made_by) = self.plan.target.resource.made_by().filter(|made_by| made_by.then_put) else { return false };
        let told =
            |field: &str| made_by.key.values().chain(made_by.parameters.values()).any(|value| value.strip_prefix('$') == Some(field));
        let text = |record: &Record, field: &str| record.get(field).map(|value| value.plain().trim().to_owned()).unwrap_or_default();
        self.plan.identity.iter().all(|field| {
            let there = text(record, field);
            if told(field) { there.eq_ignore_ascii_case(&text(draft, field)) } else { there.is_empty() }
        })
    }

    /// Which lists hold the records of these parcels: one, unless each contract has its own.
    fn lists(&self, parcels: &[&Parcel]) -> Vec<Vec<(&str, Value)>> {
        let mut lists: Vec<Vec<(&str, Value)>> = Vec::new();
        for parcel in parcels {
            let equals = addressed_by(self.plan, parcel.draft());
            if !lists.contains(&equals) {
                lists.push(equals);
            }
        }
        lists
    }

    /// Why a payload that does not fit its schema is not sent.
    pub(super) fn unfit(&self, faults: &[String]) -> String {
        format!("the payload does not fit {}: {}; nothing was sent", self.plan.target.name, faults.join("; "))
    }

    /// The receipt for a record that is there already.
    async fn found(&self, door: &Connector, sending: &Sending<'_>) -> Result<Receipt, ConnectorError> {
        let gone = || Receipt { refused: Some("the record was found at the target and is gone again".to_owned()), ..Receipt::default() };
        let Some(id) = &sending.id else { return Ok(gone()) };
        let row = door.get(&self.plan.target, self.place.project.as_ref(), Key::Of(id, sending.parcel.draft()), Select::All).await?;
        Ok(row.and_then(|row| self.receipt(sending.parcel, id, row.body.get()).ok()).unwrap_or_else(gone))
    }
}

pub(super) fn draft_of(parcel: &Parcel) -> Draft {
    let line = |line: &ParcelLine| Line { field: line.field.clone(), at: line.at, key: line.source.clone(), part: 0 };
    Draft { fields: parcel.draft().clone(), lines: parcel.lines.iter().map(line).collect() }
}
