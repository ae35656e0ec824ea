//! Where we differ from a vendor's description on purpose, and why.

/// Read with `$custom`, sent under `custom`: the contract has no such field, screen metadata names view and field.
const RETAINAGE: &str = "bills, invoices and purchase orders have no retainage in the contract; the form's view and field carry it";
const PRINTING: &str = "the contract cannot keep a purchase order from the printer and the mail; the form's view can";
const CHANGE_LINE: &str = "commitment lines of a change order show neither their number nor their retainage; the form's view does";
const TENANT: &str = "a field that the tenant adds; its name is found by `$adHocSchema` and may be another one there";
const BILL_LINE: &str = "bill lines show neither their number nor their subcontract in the contract; the form's view does";
const VIEW_COLUMN: &str = "a column of the company's own budget view, whose columns the description leaves to the company";
const UNITS: &str = "the only label there is a sentence that points to the company's list of units";
const WRITTEN_ONLY: &str = "payments take it and do not show it again";
const BILLER: &str = "read as the biller";
const ADDRESS: &str = "a parameter of the call beside the rows";
const BESIDE: &str = "a member of the body beside the record, as the project is";

/// Place, reason. One that is no longer needed fails the comparison.
pub(super) const EXCEPTIONS: &[(&str, &str)] = &[
    ("acumatica/Bill RetainageApply", RETAINAGE),
    ("acumatica/Bill IsRetainageDocument", RETAINAGE),
    ("acumatica/Bill OrigRefNbr", RETAINAGE),
    ("acumatica/Bill DefRetainagePct", RETAINAGE),
    ("acumatica/Bill CuryRetainageTotal", RETAINAGE),
    ("acumatica/Bill CuryRetainageUnreleasedAmt", RETAINAGE),
    ("acumatica/Bill CuryRetainageReleased", RETAINAGE),
    ("acumatica/Bill Details.RetainagePct", RETAINAGE),
    ("acumatica/Bill Details.CuryRetainageAmt", RETAINAGE),
    ("acumatica/Bill Details.LineNbr", BILL_LINE),
    ("acumatica/Bill Details.SubcontractNbr", BILL_LINE),
    ("acumatica/Bill Details.SubcontractLineNbr", BILL_LINE),
    ("acumatica/Invoice RetainageApply", RETAINAGE),
    ("acumatica/PurchaseOrder RetainageApply", RETAINAGE),
    ("acumatica/Invoice DefRetainagePct", RETAINAGE),
    ("acumatica/PurchaseOrder DefRetainagePct", RETAINAGE),
    ("acumatica/Invoice Details.RetainagePct", RETAINAGE),
    ("acumatica/PurchaseOrder Details.RetainagePct", RETAINAGE),
    ("acumatica/Invoice Details.CuryRetainageAmt", RETAINAGE),
    ("acumatica/PurchaseOrder Details.CuryRetainageAmt", RETAINAGE),
    ("acumatica/RetainageRelease IsRetainageDocument", RETAINAGE),
    ("acumatica/RetainageRelease OrigRefNbr", RETAINAGE),
    ("acumatica/PurchaseOrder DontPrint", PRINTING),
    ("acumatica/PurchaseOrder DontEmail", PRINTING),
    ("acumatica/ChangeOrder Commitments.LineNbr", CHANGE_LINE),
    ("acumatica/ChangeOrder Commitments.RetainagePct", CHANGE_LINE),
    ("acumatica/ChangeOrder Commitments.RetainageAmt", CHANGE_LINE),
    ("acumatica/Project CashAccount", TENANT),
    ("procore/budget_rows job_to_date_costs", VIEW_COLUMN),
    ("procore/budget_rows direct_costs", VIEW_COLUMN),
    ("procore/budget_rows commitments_invoiced", VIEW_COLUMN),
    ("procore/budget project_id", "the answer holds the lock alone; a budget is known by its project"),
    ("procore/budget_changes adjustment_line_items.id", "described as a number, though an id is whole"),
    ("procore/budget_line_items uom labels", UNITS),
    ("procore/contract_payments invoice_date", WRITTEN_ONLY),
    ("procore/contract_payments payment_method", WRITTEN_ONLY),
    ("procore/contract_payments create contract_id", BESIDE),
    ("procore/contract_payments update contract_id", BESIDE),
    ("procore/requisitions update commitment_id", BESIDE),
    ("procore/purchase_order_contracts sync id", "left out of the rows, though the sync action of every resource finds rows by it"),
    ("procore/cost_codes sub_job_id", BILLER),
    ("procore/cost_codes sync sub_job_id", ADDRESS),
    ("procore/sub_job_cost_codes sub_job_id", BILLER),
    ("procore/sub_job_cost_codes sync sub_job_id", ADDRESS),
    ("procore/budget_lines calculation_strategy", "written to the line, while the rows of the view show its outcome alone"),
    ("procore/commitments id", "described as a number, though an id is whole"),
    ("procore/commitments status labels", "the description lists those of subcontracts alone, and purchase orders have further ones"),
    ("procore/direct_costs line_items.uom labels", UNITS),
    (
        "procore/line_item_types list query project_id",
        "marked as required beside company_id, though the same list serves a company or a project; cost types are read for the company",
    ),
];
