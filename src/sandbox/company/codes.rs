//! The practice company: the cost codes and account groups that accounting keeps.

/// A cost code.
#[derive(Clone, Debug)]
pub struct CostCode {
    /// `03-3000`.
    pub code: &'static str,
    /// What it is for.
    pub description: &'static str,
}

/// Sub job, cost code and cost type of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BudgetCode {
    /// Index into the project's sub jobs; none for the project itself.
    pub sub_job: Option<usize>,
    /// Index into [`Company::cost_codes`](super::Company::cost_codes).
    pub cost_code: usize,
    /// Index into [`Company::account_groups`](super::Company::account_groups).
    pub account_group: usize,
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

pub(super) const COST_CODES: [CostCode; 20] = [
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
pub(super) const ACCOUNT_GROUPS: [AccountGroup; 9] = [
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
