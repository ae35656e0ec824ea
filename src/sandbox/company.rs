//! The practice company: who and what both imitated systems know about, drawn from one seed.

use fastrand::Rng;
use rust_decimal::Decimal;

/// A general contractor whose people use Procore and whose accountants use Acumatica.
#[derive(Clone, Debug)]
pub struct Company {
    /// The seed it was drawn from.
    pub seed: u64,
    /// Vendors, in Acumatica from the start; some are in Procore's directory as well.
    pub vendors: Vec<Vendor>,
    /// Cost codes of Acumatica.
    pub cost_codes: Vec<CostCode>,
    /// Account groups of Acumatica; the expense ones are Procore's cost types.
    pub account_groups: Vec<AccountGroup>,
    /// Projects, in Procore from the start.
    pub projects: Vec<Project>,
}

/// A vendor.
#[derive(Clone, Debug)]
pub struct Vendor {
    /// `V000001`.
    pub id: String,
    /// The account name.
    pub name: String,
    /// The vendor class.
    pub class: &'static str,
    /// `false`: Status Inactive.
    pub active: bool,
    /// Street.
    pub address: String,
    /// City.
    pub city: &'static str,
    /// Two-letter state.
    pub state: &'static str,
    /// Postal code.
    pub zip: String,
    /// Phone number.
    pub phone: String,
    /// Whether the number stands in Phone2 (typed Business 1) rather than Phone1.
    pub second_phone: bool,
    /// E-mail address.
    pub email: String,
    /// Already in Procore's directory under the same name, without an ERP id.
    pub in_procore: bool,
}

/// A cost code.
#[derive(Clone, Debug)]
pub struct CostCode {
    /// `03-3000`.
    pub code: &'static str,
    /// What it is for.
    pub description: &'static str,
}

/// An account group.
#[derive(Clone, Debug)]
pub struct AccountGroup {
    /// `LABOR`.
    pub id: &'static str,
    /// Its description.
    pub description: &'static str,
    /// `Expense`, `Income`, `Asset`, `Liability`, `Off-Balance`.
    pub kind: &'static str,
    /// Whether it is in use.
    pub active: bool,
    /// The non-stock item that stands for it on commitments.
    pub item: Option<&'static str>,
    /// The base type of Procore's cost type.
    pub base_type: &'static str,
}

/// A project.
#[derive(Clone, Debug)]
pub struct Project {
    /// `1001`.
    pub number: String,
    /// Its name.
    pub name: String,
    /// Street.
    pub address: String,
    /// City.
    pub city: &'static str,
    /// Two-letter state.
    pub state: &'static str,
    /// Postal code.
    pub zip: String,
    /// `2026-01-05`.
    pub start_date: String,
    /// `2027-03-31`.
    pub completion_date: String,
    /// Its subcontracts in Procore.
    pub subcontracts: Vec<Subcontract>,
}

/// A subcontract of a project.
#[derive(Clone, Debug)]
pub struct Subcontract {
    /// `SC-1001-001`.
    pub number: String,
    /// Index into [`Company::vendors`]; always an active vendor.
    pub vendor: usize,
    /// Its title.
    pub title: String,
    /// `Approved`, or a status that is not offered to accounting.
    pub status: &'static str,
    /// Unit-based (quantity × unit cost) rather than amount-based.
    pub unit_based: bool,
    /// Percent 0–100; none on some.
    pub retainage_percent: Option<Decimal>,
    /// `2026-02-01`.
    pub start_date: String,
    /// The schedule of values.
    pub lines: Vec<ContractLine>,
}

/// A line of a schedule of values.
#[derive(Clone, Debug)]
pub struct ContractLine {
    /// Index into [`Company::cost_codes`].
    pub cost_code: usize,
    /// Index into [`Company::account_groups`]; always an active expense group with an item.
    pub account_group: usize,
    /// Blank on some lines.
    pub description: Option<String>,
    /// Quantity of a unit-based line.
    pub quantity: Decimal,
    /// Cost of one unit.
    pub unit_cost: Decimal,
    /// The line's amount, to the cent.
    pub amount: Decimal,
}

const PLACES: [(&str, &str); 8] = [
    ("Carpinteria", "CA"),
    ("Bellevue", "WA"),
    ("Austin", "TX"),
    ("Denver", "CO"),
    ("Columbus", "OH"),
    ("Tampa", "FL"),
    ("Portland", "OR"),
    ("Boise", "ID"),
];
const OWNERS: [&str; 12] =
    ["Alder", "Baxter", "Cascade", "Delgado", "Eastgate", "Fairmont", "Granite", "Harbor", "Ironwood", "Juniper", "Keystone", "Lakeshore"];
const TRADES: [(&str, &str); 10] = [
    ("Concrete", "SUBCON"),
    ("Steel Erectors", "SUBCON"),
    ("Electric", "SUBCON"),
    ("Plumbing & Heating", "SUBCON"),
    ("Roofing", "SUBCON"),
    ("Lumber", "MATERIAL"),
    ("Equipment Rental", "EQUIP"),
    ("Drywall", "SUBCON"),
    ("Glass", "SUBCON"),
    ("Supply", "MATERIAL"),
];
const COST_CODES: [CostCode; 20] = [
    CostCode { code: "01-1000", description: "General Requirements" },
    CostCode { code: "01-3100", description: "Project Management" },
    CostCode { code: "01-5000", description: "Temporary Facilities" },
    CostCode { code: "02-4100", description: "Demolition" },
    CostCode { code: "03-1000", description: "Concrete Forming" },
    CostCode { code: "03-3000", description: "Cast-in-Place Concrete" },
    CostCode { code: "04-2000", description: "Unit Masonry" },
    CostCode { code: "05-1200", description: "Structural Steel" },
    CostCode { code: "06-1000", description: "Rough Carpentry" },
    CostCode { code: "07-5000", description: "Membrane Roofing" },
    CostCode { code: "08-1000", description: "Doors & Frames" },
    CostCode { code: "08-8000", description: "Glazing" },
    CostCode { code: "09-2900", description: "Gypsum Board" },
    CostCode { code: "09-9000", description: "Painting & Coating" },
    CostCode { code: "21-1000", description: "Fire Suppression" },
    CostCode { code: "22-1000", description: "Plumbing" },
    CostCode { code: "23-3000", description: "HVAC Air Distribution" },
    CostCode { code: "26-0500", description: "Electrical" },
    CostCode { code: "31-2000", description: "Earth Moving" },
    CostCode { code: "32-1200", description: "Paving" },
];
const ACCOUNT_GROUPS: [AccountGroup; 9] = [
    AccountGroup { id: "LABOR", description: "Labor", kind: "Expense", active: true, item: Some("PCLABOR"), base_type: "other" },
    AccountGroup {
        id: "MATERIAL",
        description: "Materials",
        kind: "Expense",
        active: true,
        item: Some("PCMATERIAL"),
        base_type: "materials",
    },
    AccountGroup {
        id: "SUBCON",
        description: "Subcontracts",
        kind: "Expense",
        active: true,
        item: Some("PCSUBCON"),
        base_type: "commitment",
    },
    AccountGroup { id: "EQUIP", description: "Equipment", kind: "Expense", active: true, item: Some("PCEQUIP"), base_type: "equipment" },
    AccountGroup { id: "OTHER", description: "Other Costs", kind: "Expense", active: true, item: None, base_type: "other" },
    AccountGroup { id: "OLDFEES", description: "Fees (until 2019)", kind: "Expense", active: false, item: None, base_type: "other" },
    AccountGroup { id: "REVENUE", description: "Contract Revenue", kind: "Income", active: true, item: None, base_type: "other" },
    AccountGroup { id: "RETAIN", description: "Retainage Receivable", kind: "Asset", active: true, item: None, base_type: "other" },
    AccountGroup { id: "PAYABLE", description: "Accounts Payable", kind: "Liability", active: true, item: None, base_type: "other" },
];

impl Company {
    /// Draws the company with this many projects. The same seed and size give the same company.
    pub fn draw(seed: u64, projects: usize) -> Self {
        let mut rng = Rng::with_seed(seed);
        let vendors = draw_vendors(&mut rng, 24 + projects);
        let active: Vec<usize> = (0..vendors.len()).filter(|at| vendors[*at].active && vendors[*at].name != TWIN).collect();
        let projects = (0..projects).map(|at| draw_project(&mut rng, at, &active)).collect();
        Self { seed, vendors, cost_codes: COST_CODES.to_vec(), account_groups: ACCOUNT_GROUPS.to_vec(), projects }
    }
}

/// The name that two vendors share: a link between them must be chosen by a person (BR-21).
pub const TWIN: &str = "Summit Supply";

fn draw_vendors(rng: &mut Rng, count: usize) -> Vec<Vendor> {
    (0..count)
        .map(|at| {
            let (trade, class) = TRADES[at % TRADES.len()];
            let owner = OWNERS[(at / TRADES.len() + at * 5) % OWNERS.len()];
            let twin = at == 7 || at == 19;
            let name = if twin {
                TWIN.to_owned()
            } else {
                format!("{owner} {trade} {}", if at >= 120 { format!("No. {at}") } else { suffix(at).to_owned() })
            };
            let (city, state) = PLACES[rng.usize(..PLACES.len())];
            let area = 200 + rng.u32(..700);
            Vendor {
                id: format!("V{:06}", at + 1),
                email: format!("office@{}.example", name.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "")),
                name,
                class,
                active: at != 11,
                address: format!("{} {} Street", 100 + rng.u32(..8900), OWNERS[rng.usize(..OWNERS.len())]),
                city,
                state,
                zip: format!("{:05}", 10_000 + rng.u32(..89_000)),
                phone: format!("({area}) 555-{:04}", rng.u32(..10_000)),
                second_phone: at % 9 == 4,
                in_procore: at % 4 == 0 || twin,
            }
        })
        .collect()
}

fn suffix(at: usize) -> &'static str {
    ["Inc", "LLC", "& Sons", "Group", "Co", "Partners"][at / 20 % 6]
}

fn draw_project(rng: &mut Rng, at: usize, vendors: &[usize]) -> Project {
    let (city, state) = PLACES[rng.usize(..PLACES.len())];
    let number = format!("{}", 1001 + at);
    let kinds = ["Elementary School", "Medical Office", "Distribution Center", "Parking Structure", "Library", "Fire Station"];
    let count = 2 + rng.usize(..4);
    Project {
        name: format!("{} {}", OWNERS[(at * 7 + 3) % OWNERS.len()], kinds[at % kinds.len()]),
        address: format!("{} {} Avenue", 1 + rng.u32(..999), OWNERS[rng.usize(..OWNERS.len())]),
        city,
        state,
        zip: format!("{:05}", 10_000 + rng.u32(..89_000)),
        start_date: format!("2026-{:02}-01", 1 + rng.u32(..6)),
        completion_date: format!("2027-{:02}-28", 1 + rng.u32(..12)),
        subcontracts: (0..count).map(|nth| draw_subcontract(rng, &number, nth, vendors)).collect(),
        number,
    }
}

fn draw_subcontract(rng: &mut Rng, project: &str, nth: usize, vendors: &[usize]) -> Subcontract {
    let unit_based = rng.u8(..3) == 0;
    let lines = 2 + rng.usize(..6);
    Subcontract {
        number: format!("SC-{project}-{:03}", nth + 1),
        vendor: vendors[rng.usize(..vendors.len())],
        title: format!("Work package {} of project {project}", nth + 1),
        status: if nth == 1 { "Draft" } else { "Approved" },
        unit_based,
        retainage_percent: [Some(Decimal::new(100, 1)), Some(Decimal::from(5)), None][rng.usize(..3)],
        start_date: format!("2026-{:02}-{:02}", 2 + rng.u32(..8), 1 + rng.u32(..28)),
        lines: (0..lines).map(|line| draw_line(rng, unit_based, line)).collect(),
    }
}

fn draw_line(rng: &mut Rng, unit_based: bool, nth: usize) -> ContractLine {
    let unit_cost = Decimal::new(rng.i64(500..9_000_000), 2);
    let quantity = if unit_based { Decimal::new(rng.i64(1..4_000), 1) } else { Decimal::ONE };
    ContractLine {
        cost_code: rng.usize(..COST_CODES.len()),
        account_group: rng.usize(..4),
        description: (nth % 5 != 3).then(|| format!("Schedule of values line {}", nth + 1)),
        quantity,
        unit_cost,
        amount: crate::value::round_half_up(quantity * unit_cost, 2),
    }
}

#[cfg(test)]
mod tests {
    use super::Company;

    #[test]
    fn one_seed_draws_one_company() {
        let (one, two) = (Company::draw(7, 3), Company::draw(7, 3));
        assert_eq!(format!("{one:?}"), format!("{two:?}"));
        assert_eq!(one.projects.len(), 3);
    }
}
