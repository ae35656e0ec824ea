def wrap: {value: .};
def cents: . * 100 | round / 100;
if .status == "posted" then
  (.quantity * .unit_cost) as $cost
  | (.original_budget + .approved_changes | cents) as $revised
  | {
      ExternalRef: (.id | tostring | wrap),
      ProjectID: (.project_number | wrap),
      CostCode: (.budget_code | split(".")[0] | wrap),
      AccountGroup: (.cost_type | ascii_upcase | wrap),
      VendorID: ($links.companies[.vendor_id | tostring] | wrap),
      UOM: ($links.units[.uom] // "EA" | wrap),
      PostedOn: (.posted_on | wrap),
      Qty: (.quantity | wrap),
      UnitCost: (.unit_cost | wrap),
      ExtCost: ($cost | cents | wrap),
      OriginalBudget: (.original_budget | wrap),
      RevisedBudget: ($revised | wrap),
      JTDCost: (.jtd_cost | wrap),
      DirectCost: (.jtd_cost - .commitment_invoiced | cents | wrap),
      OverBudget: (.jtd_cost > $revised | wrap)
    }
    + if (.description // "" | trim) == "" then {} else {Description: (.description[:60] | rtrim | wrap)} end
    + if (.retainage_percent // 0) > 0 then {RetainageAmount: ($cost * .retainage_percent / 100 | cents | wrap)} else {} end
else empty end
