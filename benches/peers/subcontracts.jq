def wrap: {value: .};
def blank: . == null or trim == "";
def number: if . == null then null else tonumber end;
if (.status == "Approved" or .status == "Complete") and .deleted_at == null then
  . as $source
  | if ([.line_items[].amount | tonumber] | add * 100 | round) != (.grand_total | tonumber * 100 | round)
    then error("the lines do not add up") else . end
  | (.retainage_percent | number // 0) as $retainage
  | {
      Date: (.created_at[:10] | wrap),
      SubcontractNbr: (.number | wrap),
      VendorRef: (.number | wrap),
      VendorID: ($links.companies[.vendor.id | tostring] | wrap),
      Description: (.title | wrap),
      RetainagePct: ($retainage | wrap),
      ApplyRetainage: ($retainage > 0 | wrap),
      DoNotPrint: (true | wrap),
      DoNotEmail: (true | wrap),
      Details: [
        .line_items[]
        | (.amount | tonumber) as $amount
        | {
            Task: (
              if .cost_code.biller_type == "SubJob"
              then ($links.sub_jobs[.cost_code.biller_id | tostring] | split("/")[1]) else "0000" end | wrap),
            CostCode: ($links.project_cost_codes[.cost_code.id | tostring] | wrap),
            InventoryID: ($links.default_non_stock[$links.cost_types[.line_item_type.id | tostring]] | wrap),
            OrderQty: (if $source.accounting_method == "unit" then .quantity | number // 1 else 1 end | wrap),
            UnitCost: (if $source.accounting_method == "unit" then .unit_cost | number // $amount else $amount end | wrap),
            ExtendedCost: ($amount | wrap),
            Project: ("1001" | wrap)
          }
          + if .description | blank then {} else {LineDescription: (.description | wrap)} end
      ]
    }
    + if .contract_start_date == null then {} else {StartDate: (.contract_start_date | wrap)} end
else empty end
