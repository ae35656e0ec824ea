//! How does an imitated Acumatica behave on the wire? What it will have of a vendor.

use super::Rules;
use crate::sandbox::acumatica::books::{Books, Item};
use crate::sandbox::acumatica::draft::Draft;
use crate::sandbox::acumatica::fields::{Fields, normal};
use crate::value::Value;

/// Rules of vendors (AP303000).
pub(super) struct VendorRules;

/// States that an address may name, where its country is the United States.
const STATES: &str = "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK \
    OR PA RI SC SD TN TX UT VT VA WA WV WI WY";

impl Rules for VendorRules {
    fn prefix(&self) -> &'static str {
        "V"
    }

    fn title(&self) -> &'static str {
        "Vendor"
    }

    fn judge(&self, draft: &mut Draft, books: &mut Books) {
        let key = normal(draft.record.word("VendorID"));
        draft.record.set("VendorID", key);
        draft.refer(books, "VendorClass", "VendorClass");
        draft.record.default("VendorClass", "SUBCON");
        draft.record.default("Status", "Active");
        draft.record.default("CurrencyID", "USD");
        // The class brings terms; a vendor that clears them has none until somebody types them again.
        if draft.new && !draft.changed.contains("Terms") {
            draft.record.default("Terms", "30D");
        }
        let legal = draft.record.word("VendorName").to_owned();
        draft.record.default("LegalName", legal);
        check_address(draft, "MainContact.Address");
    }

    fn keeps(&self, item: &Item, books: &Books) -> Option<String> {
        let code = Value::text(item.record.word("VendorID"));
        let used = ["Subcontract", "PurchaseOrder", "Bill", "Check"].into_iter().any(|entity| {
            let field = if ["Bill", "Check"].contains(&entity) { "Vendor" } else { "VendorID" };
            books.sorted(entity).into_iter().any(|document| document.record.get(field) == Some(&code))
        });
        used.then(|| "The vendor cannot be deleted because documents refer to it.".to_owned())
    }
}

/// An address needs its country for the state to resolve; the United States are the default.
pub(super) fn check_address(draft: &mut Draft, path: &str) {
    let Some(address) = draft.record.at(path).and_then(Value::as_record) else { return };
    let country = address.text("Country").unwrap_or("US").to_uppercase();
    let state = address.word("State").to_uppercase();
    draft.record.set_at(&format!("{path}.Country"), country.as_str());
    if state.is_empty() {
        return;
    }
    if country == "US" && !STATES.split(' ').any(|known| known == state) {
        draft.refuse(&format!("{path}.State"), format!("State '{state}' cannot be found in the system."));
    } else {
        draft.record.set_at(&format!("{path}.State"), state);
    }
}
