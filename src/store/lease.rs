//! Who is at work on what: one writer per document, and per mapping and scope of a run.

use jiff::Timestamp;
use rusqlite::params;

use super::column::At;
use super::worker::is_dead;
use super::{Entry, StoreError, StoreTrouble, Worker, Writing};

/// The right to work on something until it ends, is given back, or its worker dies. Dropped, it is given back soon after.
pub struct Lease {
    worker: Worker,
    ticket: Ticket,
    given_back: bool,
}

/// Proof of a lease, shown in the transaction of a change: a worker that lost its lease changes nothing.
#[derive(Clone)]
struct Ticket {
    name: String,
    worker: i64,
    turn: i64,
}

/// A row of the table with what is known of its holder.
struct Holder {
    worker: Option<i64>,
    turn: i64,
    until: Timestamp,
    name: String,
    gone: bool,
}

impl Worker {
    /// Takes the lease on a run of a mapping in a scope (empty for the whole company).
    ///
    /// # Errors
    /// [`Leased`](StoreTrouble::Leased) with who holds it and until when, or a file that cannot be written.
    pub async fn lease_run(&self, mapping: &str, scope: &str) -> Result<Lease, StoreError> {
        self.lease(&format!("run of `{mapping}`{}", in_scope(scope))).await
    }

    /// Takes the lease on a document: a source record of a mapping.
    ///
    /// # Errors
    /// As [`Worker::lease_run`].
    pub async fn lease_record(&self, mapping: &str, scope: &str, source_id: &str) -> Result<Lease, StoreError> {
        self.lease(&format!("`{source_id}` of `{mapping}`{}", in_scope(scope))).await
    }

    /// Takes the lease on anything else that has a name, such as a token that is being renewed.
    ///
    /// # Errors
    /// As [`Worker::lease_run`].
    pub async fn lease(&self, name: &str) -> Result<Lease, StoreError> {
        let (name, worker, until) = (name.to_owned(), self.id, self.lease_end());
        let file = self.store.file().map(ToOwned::to_owned);
        let take = move |writing: &Writing<'_>| {
            let dead = |holder: i64| file.as_deref().is_some_and(|file| is_dead(file, holder));
            let turn = writing.take_lease(&name, worker, until, dead)?;
            Ok(Ticket { name, worker, turn })
        };
        let ticket = self.store.write(&self.stamp(), take).await?;
        Ok(Lease { worker: self.clone(), ticket, given_back: false })
    }
}

impl Lease {
    /// A change under this lease, stamped by its worker: nothing is written when another worker has taken over. Also a
    /// sign of life: the lease lasts its whole time from now.
    ///
    /// # Errors
    /// [`LeaseLost`](StoreTrouble::LeaseLost), or what the closure met.
    pub async fn write<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Writing<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (ticket, until) = (self.ticket.clone(), self.worker.lease_end());
        let guarded = move |writing: &Writing<'_>| {
            writing.show(&ticket, until)?;
            change(writing)
        };
        self.worker.store.write(&self.worker.stamp(), guarded).await
    }

    /// Gives a sign of life.
    ///
    /// # Errors
    /// As [`Lease::write`].
    pub async fn renew(&self) -> Result<(), StoreError> {
        self.write(|_| Ok(())).await
    }

    /// Gives it back; when this returns, others can take it.
    ///
    /// # Errors
    /// A file that cannot be written: then the lease ends by time.
    pub async fn give_back(mut self) -> Result<(), StoreError> {
        self.given_back = true;
        let ticket = self.ticket.clone();
        self.worker.store.write(&self.worker.stamp(), move |writing| writing.give_back(&ticket)).await
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if !self.given_back {
            let ticket = self.ticket.clone();
            self.worker.store.write_behind(self.worker.stamp(), move |writing| writing.give_back(&ticket));
        }
    }
}

impl Writing<'_> {
    /// Shows the proof of a lease and renews it until then.
    fn show(&self, ticket: &Ticket, until: Timestamp) -> Result<(), StoreError> {
        let sql = "update lease set until = case when until < $4 then $4 else until end
                   where name = $1 and worker = $2 and turn = $3";
        if self.execute(sql, params![ticket.name, ticket.worker, ticket.turn, At(until)])? == 1 {
            return Ok(());
        }
        Err(StoreError::new(
            StoreTrouble::LeaseLost,
            format!("another worker has taken over the {}", ticket.name),
            "run again: what this one had not recorded will be looked up before anything is sent",
        ))
    }

    fn give_back(&self, ticket: &Ticket) -> Result<(), StoreError> {
        let sql = "update lease set worker = null where name = $1 and worker = $2 and turn = $3";
        self.execute(sql, params![ticket.name, ticket.worker, ticket.turn])?;
        Ok(())
    }

    fn take_lease(&self, name: &str, worker: i64, until: Timestamp, dead: impl FnOnce(i64) -> bool) -> Result<i64, StoreError> {
        let now = self.stamp().at;
        let turn = match self.holder(name)? {
            None => 1,
            Some(holder) => {
                if let Some(before) = holder.worker {
                    if holder.until > now && !holder.gone && !(before != worker && dead(before)) {
                        return Err(leased(name, &holder));
                    }
                    let entry = Entry::new("lease.taken_over").detail("lease", name).detail("from", holder.name.as_str());
                    self.journal(&entry.detail("until", holder.until.to_string()))?;
                }
                holder.turn + 1
            }
        };
        self.execute(
            "insert into lease (name, worker, turn, taken, until) values ($1, $2, $3, $4, $5)
             on conflict (name) do update set worker = $2, turn = $3, taken = $4, until = $5",
            params![name, worker, turn, At(now), At(until)],
        )?;
        Ok(turn)
    }

    fn holder(&self, name: &str) -> Result<Option<Holder>, StoreError> {
        let sql = "select l.worker, l.turn, l.until, coalesce(w.name, ''), w.ended is not null
                   from lease l left join worker w on w.id = l.worker where l.name = $1";
        self.row(sql, params![name], |row| {
            let At(until) = row.get(2)?;
            Ok(Holder { worker: row.get(0)?, turn: row.get(1)?, until, name: row.get(3)?, gone: row.get(4)? })
        })
    }
}

fn leased(name: &str, holder: &Holder) -> StoreError {
    StoreError::new(
        StoreTrouble::Leased,
        format!("the {name} is held by `{}` until {}", holder.name, holder.until),
        "wait until it has finished, or stop it; then run again",
    )
}

fn in_scope(scope: &str) -> String {
    if scope.is_empty() { String::new() } else { format!(" in project `{scope}`") }
}
