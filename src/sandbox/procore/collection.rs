//! How do both systems behave on the wire? The kinds of record that Procore keeps, and what may be there only once.

use super::store::Row;
use crate::value::Value;

/// The kinds of record that are kept. The order is that of the enumeration's words in `/sandbox/records/…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Collection {
    /// Companies of the directory.
    Vendors,
    /// Lists of standard cost codes; one of them belongs to the ERP connection.
    StandardCostCodeLists,
    /// Cost codes of a list.
    StandardCostCodes,
    /// Cost types.
    LineItemTypes,
    /// Projects.
    Projects,
    /// Cost codes of a project.
    CostCodes,
    /// Pairs of cost code and cost type in a project: its budget codes.
    WbsCodes,
    /// Original budget by budget code.
    BudgetLineItems,
    /// Views of budgets.
    BudgetViews,
    /// Subcontracts.
    WorkOrderContracts,
    /// Lines of subcontracts.
    WorkOrderLines,
    /// Direct costs.
    DirectCosts,
    /// Lines of direct costs.
    DirectCostLines,
    /// Job cost figures that the ERP has told.
    ErpJobCosts,
    /// External ids as the ERP platform keeps them.
    ExternalData,
    /// Sub jobs of a project.
    SubJobs,
    /// Purchase orders.
    PurchaseOrders,
    /// Lines of purchase orders.
    PurchaseOrderLines,
    /// Contracts with owners.
    PrimeContracts,
    /// Lines of those.
    PrimeLines,
    /// Sums moved within a budget.
    BudgetModifications,
    /// Changes of a budget.
    BudgetChanges,
    /// Lines of those.
    AdjustmentLines,
    /// Changes of commitments, of projects with one or two tiers.
    CommitmentChangeOrders,
    /// Changes of prime contracts, of such projects.
    PrimeChangeOrders,
    /// Change order packages.
    ChangeOrderPackages,
    /// Potential change orders.
    PotentialChangeOrders,
    /// Lines of those.
    PotentialLines,
    /// Billing periods of a project.
    BillingPeriods,
    /// Invoices of subcontractors and suppliers.
    Requisitions,
    /// Lines of those.
    RequisitionItems,
    /// Payments of such invoices.
    ContractPayments,
    /// Invoices to owners.
    PaymentApplications,
    /// Lines of those.
    PaymentItems,
}

impl Collection {
    /// All kinds.
    pub(crate) const ALL: &[Self] = &[
        Self::Vendors,
        Self::StandardCostCodeLists,
        Self::StandardCostCodes,
        Self::LineItemTypes,
        Self::Projects,
        Self::CostCodes,
        Self::WbsCodes,
        Self::BudgetLineItems,
        Self::BudgetViews,
        Self::WorkOrderContracts,
        Self::WorkOrderLines,
        Self::DirectCosts,
        Self::DirectCostLines,
        Self::ErpJobCosts,
        Self::ExternalData,
        Self::SubJobs,
        Self::PurchaseOrders,
        Self::PurchaseOrderLines,
        Self::PrimeContracts,
        Self::PrimeLines,
        Self::BudgetModifications,
        Self::BudgetChanges,
        Self::AdjustmentLines,
        Self::CommitmentChangeOrders,
        Self::PrimeChangeOrders,
        Self::ChangeOrderPackages,
        Self::PotentialChangeOrders,
        Self::PotentialLines,
        Self::BillingPeriods,
        Self::Requisitions,
        Self::RequisitionItems,
        Self::ContractPayments,
        Self::PaymentApplications,
        Self::PaymentItems,
    ];

    /// Its name in `/sandbox/records/…`.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Vendors => "vendors",
            Self::StandardCostCodeLists => "standard_cost_code_lists",
            Self::StandardCostCodes => "standard_cost_codes",
            Self::LineItemTypes => "line_item_types",
            Self::Projects => "projects",
            Self::CostCodes => "cost_codes",
            Self::WbsCodes => "wbs_codes",
            Self::BudgetLineItems => "budget_line_items",
            Self::BudgetViews => "budget_views",
            Self::WorkOrderContracts => "work_order_contracts",
            Self::WorkOrderLines => "work_order_contract_line_items",
            Self::DirectCosts => "direct_costs",
            Self::DirectCostLines => "direct_cost_line_items",
            Self::ErpJobCosts => "erp_job_costs",
            Self::ExternalData => "external_data",
            Self::SubJobs => "sub_jobs",
            Self::PurchaseOrders => "purchase_order_contracts",
            Self::PurchaseOrderLines => "purchase_order_contract_line_items",
            Self::PrimeContracts => "prime_contracts",
            Self::PrimeLines => "prime_contract_line_items",
            Self::BudgetModifications => "budget_modifications",
            Self::BudgetChanges => "budget_changes",
            Self::AdjustmentLines => "adjustment_line_items",
            Self::CommitmentChangeOrders => "commitment_change_orders",
            Self::PrimeChangeOrders => "prime_change_orders",
            Self::ChangeOrderPackages => "change_order_packages",
            Self::PotentialChangeOrders => "potential_change_orders",
            Self::PotentialLines => "potential_change_order_line_items",
            Self::BillingPeriods => "billing_periods",
            Self::Requisitions => "requisitions",
            Self::RequisitionItems => "requisition_items",
            Self::ContractPayments => "contract_payments",
            Self::PaymentApplications => "payment_applications",
            Self::PaymentItems => "payment_application_line_items",
        }
    }

    /// The field to blame when a unique key is taken.
    pub(crate) fn key_field(self) -> &'static str {
        match self {
            Self::Vendors => "name",
            Self::StandardCostCodes | Self::CostCodes | Self::LineItemTypes | Self::SubJobs => "code",
            Self::WorkOrderContracts | Self::PurchaseOrders | Self::PrimeContracts => "number",
            _ => "base",
        }
    }

    /// What may be there only once: the directory's names, codes within their list or project, pairs of code and type.
    pub(crate) fn key(self, row: &Row) -> Option<String> {
        let text = |name: &str| row.fields.get(name).map(Value::plain).map(|text| text.trim().to_lowercase()).unwrap_or_default();
        let pair = || format!("{}|{}|{}", row.project.unwrap_or_default(), text("cost_code_id"), text("line_item_type_id"));
        match self {
            Self::Vendors => Some(text("name")),
            Self::StandardCostCodes => Some(format!("{}|{}|{}", row.parent.unwrap_or_default(), text("parent_id"), text("code"))),
            Self::LineItemTypes => Some(text("code")),
            Self::CostCodes => {
                let place = format!("{}|{}", row.project.unwrap_or_default(), text("sub_job_id"));
                Some(format!("{place}|{}|{}", text("parent_id"), text("code")))
            }
            Self::SubJobs => Some(format!("{}|{}", row.project.unwrap_or_default(), text("code"))),
            Self::WbsCodes | Self::ErpJobCosts => Some(pair()),
            Self::BudgetLineItems => Some(text("wbs_code_id")),
            Self::WorkOrderContracts | Self::PurchaseOrders | Self::PrimeContracts => {
                Some(format!("{}|{}", row.project.unwrap_or_default(), text("number")))
            }
            Self::ExternalData => Some(format!("{}|{}", text("item_type"), text("item_id"))),
            _ => None,
        }
    }
}
