//! How do both systems behave on the wire? An imitation of Procore's REST API: tokens, windows, lists, bulk writes, locks.
//!
//! One value, no sockets: [`Procore::handle`] takes a request and gives what becomes of it. What is strict or nasty here
//! is so because the vendor is; where nothing public tells, the choice that hurts a careless client most was taken:
//! - an unknown field of a plain write is refused (406), in a row of a bulk write it is passed over;
//! - the end of a `filters[updated_at]` range does not count; an unknown filter filters nothing;
//! - an external id is unique within the company for each kind of record;
//! - a direct cost with an external id takes no more lines; a subcontractor invoice reads back as `invoice`;
//! - quantity and unit cost of an amount-based contract are null;
//! - the list of a project's cost codes holds those of its sub jobs; `sub_job_id` narrows it;
//! - a locked budget takes no amounts, and does not open again once something was moved within it;
//! - vertical markups are not in the `extended_amount` of a line, only among its `markup_line_items`;
//! - a package is listed beside the change order that it stands for, so that reading both counts it twice;
//! - an invoice changes only while it is the latest one of an open period, and not at all once it carries an external id;
//! - payments are listed for one contract at a time;
//! - an approved prime contract takes lines through `sync` alone;
//! - a refused call makes the wait for the next window longer.

mod call;
mod collection;
mod fields;
mod gate;
mod limits;
mod list;
mod oauth;
mod paging;
mod problem;
mod resources;
mod routes;
mod rules;
mod seed;
mod state;
mod store;
mod sync;
mod write;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fastrand::Rng;
use jiff::Timestamp;

use self::fields::Book;
use self::gate::Gate;
use self::limits::Windows;
use self::oauth::Doors;
use self::state::State;
use self::store::Store;
use super::company::Company;
use super::fault::Faults;
use super::wire::Reply;
use crate::connector::{Clock, Request};
use crate::schema::Catalog;
use crate::value::Record;

pub use self::limits::RateLimits;
pub use self::resources::custom_fields::CustomField;

/// The id of the practice company: beyond 32 bits, as real ones are.
const COMPANY_ID: i64 = 598_134_325_680_417;
/// The first id of a record.
const FIRST_ID: i64 = 598_134_325_841_112;
/// The application that may sign in. These are no secrets: the imitation listens on loopback only.
const CLIENT_ID: &str = "crosswalk-practice-client";
const CLIENT_SECRET: &str = "crosswalk-practice-secret";

/// How an imitated Procore is set up. [`ProcoreOptions::new`] gives sensible values; change what a story needs.
pub struct ProcoreOptions {
    /// Draws tokens and request ids.
    pub seed: u64,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// The schemas, which tell the fields.
    pub catalog: Arc<Catalog>,
    /// The practice company.
    pub company: Arc<Company>,
    /// How many calls are let through.
    pub limits: RateLimits,
    /// The company has the ERP platform: the partners' operations answer.
    pub erp_platform: bool,
    /// The fields that the company has added to its records.
    pub custom_fields: Vec<CustomField>,
}

impl ProcoreOptions {
    /// A company with the ERP platform and generous rate windows.
    pub fn new(clock: Arc<dyn Clock>, catalog: Arc<Catalog>, company: Arc<Company>) -> Self {
        Self { seed: company.seed, clock, catalog, company, limits: RateLimits::default(), erp_platform: true, custom_fields: Vec::new() }
    }
}

/// What a client must be told of the imitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcoreSettings {
    /// OAuth client id.
    pub client_id: String,
    /// OAuth client secret.
    pub client_secret: String,
    /// The company.
    pub company_id: i64,
    /// The list of the ERP connection.
    pub standard_cost_code_list_id: i64,
    /// The budget view with the ERP's columns.
    pub budget_view_id: i64,
    /// The company has turned Budget Changes on.
    pub budget_changes: bool,
}

/// The imitation.
pub struct Procore {
    clock: Arc<dyn Clock>,
    faults: Faults,
    gate: Mutex<Gate>,
    settings: ProcoreSettings,
}

impl Procore {
    /// An imitation with the practice company in it.
    pub fn new(options: ProcoreOptions) -> Self {
        let mut state = State {
            store: Store::starting_at(FIRST_ID),
            book: Arc::new(Book::new(&options.catalog, resources::ALL)),
            company_id: COMPANY_ID,
            company_name: "Practice Builders Inc".to_owned(),
            now: whole_second(options.clock.now()),
            erp_platform: options.erp_platform,
            budget_changes: options.company.budget_changes,
            custom_fields: options.custom_fields,
        };
        let seeded = seed::seed(&mut state, &options.company);
        let settings = ProcoreSettings {
            client_id: CLIENT_ID.to_owned(),
            client_secret: CLIENT_SECRET.to_owned(),
            company_id: COMPANY_ID,
            standard_cost_code_list_id: seeded.standard_cost_code_list_id,
            budget_view_id: seeded.budget_view_id,
            budget_changes: options.company.budget_changes,
        };
        let mut rng = Rng::with_seed(options.seed);
        let doors = Doors::new(CLIENT_ID, CLIENT_SECRET, rng.fork());
        let gate = Gate { state, doors, windows: Windows::new(options.limits), rng };
        Self { clock: options.clock, faults: Faults::default(), gate: Mutex::new(gate), settings }
    }

    /// What becomes of a request.
    pub fn handle(&self, request: &Request) -> Reply {
        self.faults.around(request, || self.gate().doors.expire_all(), || self.gate().answer(request).into())
    }

    /// What a client must be told.
    pub fn settings(&self) -> &ProcoreSettings {
        &self.settings
    }

    /// Troubles on demand, and the list of requests.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// What is kept of a collection (`vendors`, `direct_cost_line_items`, …; see `GET /sandbox/records/{collection}`), by id,
    /// numbers as numbers; nothing for a word that names none.
    pub fn records(&self, collection: &str) -> Vec<Record> {
        self.gate().records(collection).unwrap_or_default()
    }

    fn gate(&self) -> MutexGuard<'_, Gate> {
        let mut gate = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
        gate.state.now = whole_second(self.clock.now());
        gate
    }
}

impl fmt::Debug for Procore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Procore").field("settings", &self.settings.company_id).finish_non_exhaustive()
    }
}

/// Procore shows and compares whole seconds.
fn whole_second(now: Timestamp) -> Timestamp {
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}
