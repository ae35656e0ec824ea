//! How does an imitated Acumatica behave on the wire? As its tenant was set up: people, limits, numbering, pace.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::Offset;

use crate::connector::Clock;
use crate::sandbox::Company;
use crate::schema::Catalog;

/// How an imitated instance is set up. [`AcumaticaOptions::new`] gives sensible values; change what a story needs.
pub struct AcumaticaOptions {
    /// Draws ids, the order of lists, and the accountants' postings.
    pub seed: u64,
    /// What time it is there.
    pub clock: Arc<dyn Clock>,
    /// The schemas; its entities are those of system `acumatica`.
    pub catalog: Arc<Catalog>,
    /// Who and what the books know about from the start.
    pub company: Arc<Company>,
    /// Path below which the instance lives: `/site`, or empty.
    pub site: String,
    /// Endpoints `name/version` that the vendor ships. The newest behaviour (PATCH, `date'…'`) starts at 25.200.001.
    pub endpoints: Vec<(String, String)>,
    /// Endpoints that the tenant made for itself; each extends Default/24.200.001 and is listed only after sign-in.
    pub own_endpoints: Vec<(String, String)>,
    /// The customised package that is published there, whose endpoint is listed after sign-in.
    pub package: Option<Package>,
    /// `GET /entity` answers a bare array, as older builds do.
    pub bare_endpoint_list: bool,
    /// Who may sign in, with which password.
    pub user: (String, String),
    /// The registered OAuth client: id and secret.
    pub client: (String, String),
    /// Tenants by name. With one, any name is accepted at sign-in. All of them show the same books.
    pub tenants: Vec<String>,
    /// The licence.
    pub limits: Limits,
    /// Who gives numbers, by entity; see [`AcumaticaOptions::numbering_of`] for the rest.
    pub numbering: BTreeMap<String, Numbering>,
    /// How long a long-running action runs; zero answers 204 at once.
    pub operation_time: Duration,
    /// The offset that date-times are printed with.
    pub offset: Offset,
    /// Ordinary cost lines that the accountants post when a project becomes active; 0 for no costs at all.
    pub costs_per_project: usize,
    /// A vendor's reference must be given, and be new, on each of its bills.
    pub unique_vendor_ref: bool,
    /// Fields that spoil a list read, `ProjectTransaction.Details` or `Vendor.Status`: CannotOptimizeException.
    pub cannot_optimize: Vec<String>,
    /// Entities whose documents wait for somebody's approval once they leave hold.
    pub approvals: BTreeSet<String>,
    /// Periods that end before this day are closed.
    pub open_from: Date,
    /// The accountants give a project its customer and its cash account when it becomes active.
    pub prepared_projects: bool,
    /// They also enter its revenue budget, from which prime contracts come; not where those come from Procore.
    pub revenue_budgets: bool,
    /// They estimate cost that nobody has budgeted even where Procore's budget is locked; else only where it is open.
    pub estimates_where_locked: bool,
    /// A project without a template has a main task all the same.
    pub main_task_always: bool,
}

/// A customised package: an endpoint of its own, with entities that differ from the vendor's.
#[derive(Clone, Debug)]
pub struct Package {
    /// Its endpoint: name and version.
    pub endpoint: (String, String),
    /// The version of the vendor's endpoint that it extends.
    pub extends: String,
    /// The entities as its endpoint has them.
    pub catalog: Arc<Catalog>,
}

/// What the licence allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Sessions at once.
    pub sessions: usize,
    /// Requests in work at once.
    pub concurrent: usize,
    /// Requests a minute; from half of it on they are slowed.
    pub per_minute: u32,
}

/// Who gives a new record its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbering {
    /// The system; a number that the client sends is dropped.
    Automatic,
    /// The client; a record without a number is refused.
    Manual,
}

impl AcumaticaOptions {
    /// An instance of version 2026 R1 with one tenant, `Company`, the user `admin` with password `practice-password`.
    pub fn new(clock: Arc<dyn Clock>, catalog: Arc<Catalog>, company: Arc<Company>) -> Self {
        let endpoint = |version: &str| ("Default".to_owned(), version.to_owned());
        Self {
            seed: company.seed,
            clock,
            catalog,
            company,
            site: String::new(),
            endpoints: ["20.200.001", "22.200.001", "23.200.001", "24.200.001", "25.200.001"].map(endpoint).to_vec(),
            own_endpoints: vec![("Construction".to_owned(), "1".to_owned())],
            package: None,
            bare_endpoint_list: false,
            user: ("admin".to_owned(), "practice-password".to_owned()),
            client: ("4B6E1E5C-0D1F-4F55-9E0B-2C1B4B0E7A11@Company".to_owned(), "sandbox-secret".to_owned()),
            tenants: vec!["Company".to_owned()],
            limits: Limits::default(),
            numbering: BTreeMap::new(),
            operation_time: Duration::from_secs(2),
            offset: Offset::UTC,
            costs_per_project: 12,
            unique_vendor_ref: true,
            cannot_optimize: Vec::new(),
            approvals: BTreeSet::new(),
            open_from: Date::constant(2026, 1, 1),
            prepared_projects: true,
            revenue_budgets: true,
            estimates_where_locked: true,
            main_task_always: true,
        }
    }

    /// Who numbers this entity: as set, else the system for vendors and documents, the client for the rest.
    pub fn numbering_of(&self, entity: &str) -> Numbering {
        let usual = match entity {
            "Vendor" | "Subcontract" | "PurchaseOrder" | "ChangeOrder" | "Bill" | "Check" | "Invoice" | "ProjectTransaction" => {
                Numbering::Automatic
            }
            _ => Numbering::Manual,
        };
        self.numbering.get(entity).copied().unwrap_or(usual)
    }
}

/// Generous, so that only a story about limits meets them.
impl Default for Limits {
    fn default() -> Self {
        Self { sessions: 5, concurrent: 20, per_minute: 6_000 }
    }
}
