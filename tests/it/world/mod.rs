//! Both systems, a state file and the engine in one process, over a clock that tests turn: where every story of a sync plays.

mod books;
mod drift;
mod end_state;
mod mappings;
mod people;
mod settings;
mod wire;

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use crosswalk::config::{Folders, ProfileChoice, Workspace};
use crosswalk::connector::{self, AcumaticaSettings, Clock, Connector, ProcoreSettings, TokensInMemory, TurnedClock};
use crosswalk::plan::Plan;
use crosswalk::sandbox::{Acumatica, AcumaticaOptions, Company, Fault, FaultKind, InProcess, Matcher, Numbering, Procore, ProcoreOptions};
use crosswalk::store::{Now, Shift, Store, Worker};
use crosswalk::sync::{ChangeSet, Doors, Engine, Explanation, Failure, MappingReport, Mode, Report, Silence};
use crosswalk::value::{Decimal, Value};
use jiff::SignedDuration;

use settings::secret;

pub(crate) use books::{lines, number, text};
pub(crate) use drift::told;
#[allow(unused_imports)] // examples look at the end by themselves
pub(crate) use end_state::{COLLECTIONS, ENTITIES, assert_same, difference, end_state, place_of, undisturbed};
pub(crate) use settings::lay_over;
pub(crate) use wire::Wire;

/// The shipped mappings, compiled once for all stories.
pub(crate) static SHIPPED: LazyLock<Workspace> = LazyLock::new(|| Workspace::open(Folders::default()).unwrap());

/// The same in the profile that goes both ways.
static EDGE: LazyLock<Workspace> = LazyLock::new(|| Workspace::open_in(Folders::default(), &ProfileChoice::named("edge")).unwrap());

/// How a world is set up; change what a story needs, then [`open`](Setup::open) it.
pub(crate) struct Setup {
    pub(crate) company: Company,
    pub(crate) settings: Vec<&'static str>,
    /// Mappings beside the shipped ones.
    pub(crate) mappings: Vec<&'static str>,
    pub(crate) erp_platform: bool,
    /// Who numbers subcontracts at Acumatica.
    pub(crate) subcontract_numbers: Numbering,
    /// Cost lines of a project.
    pub(crate) costs: usize,
    /// Sessions that Acumatica's licence allows.
    pub(crate) sessions: usize,
    /// Whether the accountants enter the revenue budget of a new project.
    pub(crate) revenue_budgets: bool,
    /// Where the state file lies; none for a store in memory.
    pub(crate) file: Option<PathBuf>,
    /// The mappings in force are those of profile `edge`.
    pub(crate) edge: bool,
    /// Acumatica is set up otherwise.
    pub(crate) acumatica: Option<fn(&mut AcumaticaOptions)>,
}

/// Both systems and what we know of them.
pub(crate) struct World {
    pub(crate) clock: Arc<TurnedClock>,
    pub(crate) procore: Arc<Procore>,
    pub(crate) acumatica: Arc<Acumatica>,
    pub(crate) wire: Arc<Wire>,
    pub(crate) store: Store,
    settings: Value,
    /// All plans, where there are more than the shipped ones.
    plans: Option<Vec<Plan>>,
    /// Those in force.
    shipped: &'static Workspace,
    erp_platform: bool,
}

/// Of whose invoices none releases retainage: accountants have to pay first.
pub(crate) fn without_releases(company: &mut Company) {
    let invoices = company.projects.iter_mut().flat_map(|project| &mut project.invoices);
    let items = invoices.flat_map(|invoice| invoice.items.iter_mut().chain(invoice.change_items.iter_mut().map(|(_, item)| item)));
    items.for_each(|item| item.released = Decimal::ZERO);
}

impl Setup {
    /// Three projects of the practice company.
    pub(crate) fn usual() -> Self {
        let mut company = Company::draw(7, 3);
        without_releases(&mut company);
        Self {
            company,
            // As in the practice settings: the template brings change orders and the levels of budgets.
            settings: vec![r#"{"projects": {"template": "BUILD"}, "prime_contracts": {"cost_code": "01-1000"}}"#],
            mappings: Vec::new(),
            erp_platform: true,
            subcontract_numbers: Numbering::Manual,
            costs: 12,
            sessions: 5,
            revenue_budgets: true,
            file: None,
            edge: false,
            acumatica: None,
        }
    }

    /// One project with all that belongs to one: sub jobs, budget, contracts and their changes, invoices; of an instance that
    /// numbers by itself and whose template brings change orders.
    pub(crate) fn building() -> Self {
        let settings = r#"{"projects": {"template": "BUILD"}, "budgets": {"changes": "budget_modifications"},
            "prime_contracts": {"cost_code": "01-1000"}, "numbering": {"vendors": {"automatic": true},
            "subcontracts": {"automatic": true}, "purchase_orders": {"automatic": true}}}"#;
        let company = Company::draw(7, 1);
        let usual = Self { company, costs: 0, subcontract_numbers: Numbering::Automatic, ..Self::usual() }.settings(settings);
        let numbered = |options: &mut AcumaticaOptions| {
            options.estimates_where_locked = false;
            options.numbering.insert("PurchaseOrder".to_owned(), Numbering::Automatic);
        };
        Self { acumatica: Some(numbered), ..usual }
    }

    /// The same where companies, sub jobs and budgets go both ways, and the prime contract goes out.
    pub(crate) fn both_ways() -> Self {
        let prepared = |options: &mut AcumaticaOptions| {
            (options.revenue_budgets, options.estimates_where_locked) = (false, false);
            options.numbering.insert("PurchaseOrder".to_owned(), Numbering::Automatic);
        };
        Self { edge: true, acumatica: Some(prepared), ..Self::building() }
    }

    /// One project with one approved subcontract, four vendors, three cost codes, and its costs: what stories of subcontracts,
    /// master data and costs look at. All mappings run; those of budgets, prime contracts, orders, changes and invoices find
    /// nothing.
    pub(crate) fn small() -> Self {
        let mut company = Company::draw(7, 1);
        company.vendors.truncate(4);
        company.cost_codes.truncate(3);
        let project = &mut company.projects[0];
        project.budget_locked = false;
        project.prime.lines.clear();
        project.sub_jobs.clear();
        project.budget.clear();
        project.budget_moves.clear();
        project.prime_changes.clear();
        project.owner_invoices.clear();
        project.purchase_orders.clear();
        project.commitment_changes.clear();
        project.invoices.clear();
        project.subcontracts.truncate(1);
        for contract in &mut project.subcontracts {
            contract.vendor = 2;
            contract.lines.truncate(2);
            contract.lines.iter_mut().for_each(|line| line.cost_code %= 3);
        }
        Self { company, costs: 4, revenue_budgets: false, ..Self::usual() }
    }

    /// The least that has everything: two vendors, two codes, two types, one subcontract, four costs.
    pub(crate) fn tiny() -> Self {
        Self::small().with(|setup| {
            let company = &mut setup.company;
            company.vendors.truncate(3);
            company.cost_codes.truncate(2);
            company.account_groups.retain(|group| ["SUBCON", "LABOR", "MATERIAL", "OTHER", "EQUIP"].contains(&group.id));
            for line in &mut company.projects[0].subcontracts[0].lines {
                (line.cost_code, line.account_group) = (line.cost_code % 2, 2);
            }
            setup.costs = 3;
        })
    }

    /// With these settings over the defaults, as JSON.
    pub(crate) fn settings(mut self, json: &'static str) -> Self {
        self.settings.push(json);
        self
    }

    /// With a mapping beside the shipped ones.
    pub(crate) fn mapping(mut self, text: &'static str) -> Self {
        self.mappings.push(text);
        self
    }

    /// With this changed.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// The world, nobody signed in and nothing synced.
    pub(crate) fn open(self) -> World {
        let clock = Arc::new(TurnedClock::at("2026-11-22T08:00:00Z".parse().unwrap()));
        let (company, catalog) = (Arc::new(self.company), SHIPPED.catalog.clone());
        let options = ProcoreOptions::new(clock.clone(), catalog.clone(), company.clone());
        let procore = Arc::new(Procore::new(ProcoreOptions { erp_platform: self.erp_platform, ..options }));
        let mut options = AcumaticaOptions::new(clock.clone(), catalog, company);
        options.numbering.insert("Subcontract".to_owned(), self.subcontract_numbers);
        options.numbering.insert("PurchaseOrder".to_owned(), Numbering::Manual);
        options.costs_per_project = self.costs;
        options.limits.sessions = self.sessions;
        options.revenue_budgets = self.revenue_budgets;
        if let Some(change) = self.acumatica {
            change(&mut options);
        }
        let acumatica = Arc::new(Acumatica::new(options));
        let carrier = InProcess::new(procore.clone(), acumatica.clone(), clock.clone());
        let mut settings = SHIPPED.defaults.clone();
        for json in self.settings {
            lay_over(&mut settings, &Value::from_json(json).unwrap());
        }
        let store = self.file.as_deref().map_or_else(Store::in_memory, Store::open).unwrap();
        let plans = (!self.mappings.is_empty()).then(|| mappings::compiled(&self.mappings));
        let wire = Arc::new(Wire::new(carrier));
        let shipped = if self.edge { &*EDGE } else { &*SHIPPED };
        World { clock, procore, acumatica, wire, store, settings, plans, shipped, erp_platform: self.erp_platform }
    }
}

impl World {
    /// The same systems seen by somebody with a state file of their own.
    pub(crate) fn beside(&self, file: &Path) -> Self {
        Self {
            clock: self.clock.clone(),
            procore: self.procore.clone(),
            acumatica: self.acumatica.clone(),
            wire: self.wire.clone(),
            store: Store::open(file).unwrap(),
            settings: self.settings.clone(),
            plans: None,
            shipped: self.shipped,
            erp_platform: self.erp_platform,
        }
    }

    /// The plans in force.
    pub(crate) fn plans(&self) -> &[Plan] {
        self.plans.as_deref().unwrap_or(&self.shipped.plans)
    }

    /// Somebody changes the settings.
    pub(crate) fn choose(&mut self, json: &str) {
        lay_over(&mut self.settings, &Value::from_json(json).unwrap());
    }

    /// All mappings to the end, with consent.
    pub(crate) async fn sync(&self) -> Report {
        self.try_sync().await.unwrap_or_else(|failure| panic!("{failure}"))
    }

    /// The same, where it may fail.
    pub(crate) async fn try_sync(&self) -> Result<Report, Failure> {
        self.run(&[], Mode::Apply { consent: true, only: None }).await
    }

    /// What a run would do, in the form that can be saved.
    pub(crate) async fn plan(&self) -> ChangeSet {
        let report = self.run(&[], Mode::Plan).await.unwrap_or_else(|failure| panic!("{failure}"));
        change_set(&report)
    }

    /// A saved plan: held against a new one first, as the command does.
    pub(crate) async fn apply(&self, saved: &ChangeSet) -> Result<Report, Failure> {
        let now = self.run(&[], Mode::Plan).await?;
        saved.hold_against(&change_set(&now))?;
        self.run(&[], Mode::Apply { consent: true, only: Some(saved) }).await
    }

    /// A run by a process of its own: new sessions, new worker, the same state.
    pub(crate) async fn run(&self, mappings: &[&str], mode: Mode<'_>) -> Result<Report, Failure> {
        let names: Vec<String> = mappings.iter().map(|name| (*name).to_owned()).collect();
        let doors = self.doors();
        self.engine(&doors, "office").await.run(&names, mode, "sync").await
    }

    /// One record through one mapping.
    pub(crate) async fn explain(&self, mapping: &str, id: &str) -> Result<Vec<Explanation>, Failure> {
        let doors = self.doors();
        self.engine(&doors, "office").await.explain(mapping, id).await
    }

    /// An engine for a worker of this name.
    pub(crate) async fn engine<'e>(&'e self, doors: &'e Doors, name: &str) -> Engine<'e> {
        let clock = self.clock.clone();
        self.engine_of(doors, name, Arc::new(move || clock.now())).await
    }

    /// The same for a worker who is told the time so.
    pub(crate) async fn engine_of<'e>(&'e self, doors: &'e Doors, name: &str, now: Now) -> Engine<'e> {
        let shift = Shift { actor: "anna".to_owned(), name: name.to_owned(), now, lease: SignedDuration::from_mins(10) };
        Engine {
            plans: self.plans(),
            doors,
            worker: Worker::sign_in(&self.store, shift).await.unwrap(),
            settings: &self.settings,
            erp_platform: self.erp_platform,
            today: self.clock.now().to_zoned(jiff::tz::TimeZone::UTC).date(),
            watch: &Silence,
        }
    }

    /// New doors to both systems.
    pub(crate) fn doors(&self) -> Doors {
        self.doors_through(self.wire.clone(), self.clock.clone())
    }

    /// New doors through another way, and over another clock.
    pub(crate) fn doors_through(&self, transport: Arc<dyn connector::Transport>, clock: Arc<dyn Clock>) -> Doors {
        let world = connector::World { transport, clock, tokens: Arc::new(TokensInMemory::default()), seed: 1 };
        let told = self.procore.settings();
        let procore = serde_json::json!({
            "api_url": InProcess::PROCORE_URL, "login_url": InProcess::PROCORE_URL, "company_id": told.company_id.to_string(),
            "client_id": told.client_id, "client_secret": secret("procore", &told.client_secret), "erp_platform": self.erp_platform,
            "settings": {"standard_cost_code_list_id": told.standard_cost_code_list_id, "budget_view_id": told.budget_view_id},
        });
        let acumatica = serde_json::json!({
            "url": InProcess::ACUMATICA_URL, "tenant": "Company",
            "sign_in": {"session": {"user": "admin", "password": secret("acumatica", "practice-password")}},
        });
        let procore: ProcoreSettings = serde_json::from_value(procore).unwrap();
        let acumatica: AcumaticaSettings = serde_json::from_value(acumatica).unwrap();
        Doors { procore: Connector::procore(procore, &world).unwrap(), acumatica: Connector::acumatica(acumatica, &world).unwrap() }
    }

    /// The accountants' day, and a sync after it.
    pub(crate) async fn a_day_later(&self) -> Report {
        self.acumatica.accountants().work();
        self.an_hour_later();
        self.sync().await
    }

    /// What the clock shows.
    pub(crate) fn clock_now(&self) -> jiff::Timestamp {
        self.clock.now()
    }

    /// Lets an hour go by.
    pub(crate) fn an_hour_later(&self) {
        self.clock.turn(std::time::Duration::from_secs(3_600));
    }

    /// The requests so far; a place to look on from.
    pub(crate) fn mark(&self) -> usize {
        self.wire.requests().len()
    }

    /// The requests since a mark: `GET /rest/v1.0/vendors?…`.
    pub(crate) fn since(&self, mark: usize) -> Vec<String> {
        self.wire.requests().split_off(mark).into_iter().map(|(told, _)| told).collect()
    }

    /// Those since a mark that may change something: all but reads, sign-in and sign-out.
    pub(crate) fn writes_since(&self, mark: usize) -> Vec<String> {
        self.since(mark).into_iter().filter(|told| is_write(told)).collect()
    }

    /// The bodies of the writes since a mark whose address has this part.
    pub(crate) fn sent_since(&self, mark: usize, part: &str) -> Vec<Value> {
        let sent = self.wire.requests().split_off(mark).into_iter().filter(|(told, _)| is_write(told) && told.contains(part));
        sent.map(|(_, body)| Value::from_json(std::str::from_utf8(&body).unwrap()).unwrap()).collect()
    }
}

/// Whether a request may change something.
pub(crate) fn is_write(told: &str) -> bool {
    !["GET ", "POST /entity/auth/", "POST /oauth/token"].iter().any(|harmless| told.starts_with(harmless))
}

/// A fault at the `nth` request whose method and address fit; empty texts fit all.
pub(crate) fn fault(kind: FaultKind, (method, path): (&str, &str), nth: u32) -> Fault {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Fault { on: Matcher { method: given(method), path: given(path), nth }, kind, headers: [].into(), times: 1 }
}

/// The report of one mapping.
pub(crate) fn of<'r>(report: &'r Report, mapping: &str) -> &'r MappingReport {
    report.mappings.iter().find(|report| report.mapping == mapping).unwrap()
}

/// `created 3, unchanged 2` of one mapping; what is zero is left out, as are the counts of what was read and offered.
pub(crate) fn counts(report: &Report, mapping: &str) -> String {
    let named = of(report, mapping).counts.named();
    let told = named.iter().filter(|(name, count)| *count > 0 && !["read", "offered"].contains(name));
    told.map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
}

/// Every reason for which records of a mapping are held.
pub(crate) fn why(report: &Report, mapping: &str) -> String {
    of(report, mapping).held.iter().flat_map(|held| held.reasons.clone()).collect::<Vec<_>>().join("; ")
}

fn change_set(report: &Report) -> ChangeSet {
    ChangeSet::of(report, SHIPPED.plans.iter().map(|plan| (plan.name.clone(), plan.fingerprint.clone())).collect())
}
