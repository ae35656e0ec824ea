//! How does an imitated Acumatica behave on the wire? As a contract-based REST instance with a practice company in it.
//!
//! A request passes the licence's queue, proves its session, and meets an entity: the schema gives the fields, a file in
//! `rules` the business logic. Once a project is active the accountants book costs on it, so that there is something
//! to read. Facts about the real system that shaped this are in its vendor's guides; what they leave open is marked
//! "inferred" there and chosen here to be the less forgiving of the possibilities.

mod actions;
mod address;
mod books;
mod commitments;
mod costs;
mod describe;
mod draft;
mod errors;
mod fields;
mod files;
mod filter;
mod invoices;
mod ledger;
mod lexer;
mod licence;
mod oauth;
mod office;
mod options;
mod patch;
mod periods;
mod practice;
mod preparing;
mod pricing;
mod query;
mod rename;
mod render;
mod rules;
mod serve;
mod session;
mod upsert;
mod versions;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use self::actions::Operations;
use self::books::Books;
use self::licence::Licence;
use self::oauth::Tokens;
pub use self::office::Accountants;
pub use self::options::{AcumaticaOptions, Limits, Numbering, Package};
use self::session::Sessions;
use super::fault::Faults;
use super::wire::Reply;
use crate::connector::Request;
use crate::value::Record;

/// An imitated instance. It opens no sockets: [`Acumatica::handle`] takes a request and gives an answer.
pub struct Acumatica {
    options: Arc<AcumaticaOptions>,
    faults: Faults,
    state: Mutex<State>,
}

/// Everything that changes.
struct State {
    books: Books,
    sessions: Sessions,
    tokens: Tokens,
    licence: Licence,
    operations: Operations,
}

impl Acumatica {
    /// An instance with the practice company in its books, and nobody signed in.
    pub fn new(options: AcumaticaOptions) -> Self {
        let options = Arc::new(options);
        let mut books = Books::new(Arc::clone(&options));
        practice::fill(&mut books);
        let state = State {
            books,
            sessions: Sessions::new(options.seed, options.limits.sessions),
            tokens: Tokens::default(),
            licence: Licence::new(options.limits, options.clock.now()),
            operations: Operations::default(),
        };
        Self { options, faults: Faults::default(), state: Mutex::new(state) }
    }

    /// Answers one request; its address is absolute or a path. Faults in waiting may spoil it.
    ///
    /// Besides the vendor's addresses there are `/sandbox/faults`, `/sandbox/requests` (see [`Faults::around`]) and
    /// `GET /sandbox/records/{Entity}`, which lists what the books hold, without wrappers and by key, and
    /// `POST /sandbox/accountants`, where people ask for what accountants do by hand (see [`Accountants`]).
    pub fn handle(&self, request: &Request) -> Reply {
        let expire = || {
            let mut state = self.state();
            state.sessions.clear();
            state.tokens.expire();
        };
        self.faults.around(request, expire, || self.state().answer(request, &self.options))
    }

    /// The faults in waiting, and the requests so far.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// What the books hold of an entity, by key, without wrappers; `id` comes first.
    pub fn records(&self, entity: &str) -> Vec<Record> {
        let mut state = self.state();
        state.settle(self.options.clock.now());
        state.records(entity)
    }

    /// How many sessions hold a slot of the licence.
    pub fn sessions(&self) -> usize {
        let now = self.options.clock.now();
        self.state().sessions.held(now)
    }

    /// A refresh token as a person's consent in a browser leaves it behind, for scopes such as `api offline_access`.
    pub fn consent(&self, scope: &str) -> String {
        self.state().tokens.consent(scope, &self.options)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
pub(in crate::sandbox::acumatica) mod tests {
    use std::path::Path;

    use crate::schema::{Shape, load};

    /// The shape of a shipped entity.
    pub(in crate::sandbox::acumatica) fn shape(entity: &str) -> Shape {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("schemas/acumatica/{entity}.json"));
        let text = std::fs::read_to_string(&path).unwrap();
        load(&path, &text).unwrap_or_else(|problem| panic!("{problem:?}")).shape
    }
}
