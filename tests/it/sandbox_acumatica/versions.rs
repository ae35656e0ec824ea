//! Older versions of the contract lack fields, entities and actions, in what they say of themselves and in what they do.

use super::{at, json, open};

#[test]
fn an_older_version_lacks_what_came_later_wherever_one_looks() {
    let desk = open(|_| ());
    let described =
        |version: &str| json(&desk.call("GET", &format!("/entity/Default/{version}/swagger.json?company=Company"), "")).to_string();
    let (old, new) = (described("20.200.001"), described("24.200.001"));
    for part in ["\"/Subcontract\"", "\"POType\"", "\"ProjectAddress\"", "\"/ChangeOrder/HoldChangeOrder\"", "\"/Bill/ReleaseRetainage\""] {
        assert!(new.contains(part) && !old.contains(part), "{part}");
    }
    assert!(old.contains("\"/Bill/ReleaseBill\"") && old.contains("\"Default/20.200.001\""));
    let ad_hoc = |version: &str| json(&desk.call("GET", &format!("/entity/Default/{version}/AccountGroup/$adHocSchema"), "")).to_string();
    assert!(ad_hoc("23.200.001").contains("LastModifiedDateTime") && !ad_hoc("22.200.001").contains("LastModifiedDateTime"));
    // What is not in the contract is not shown, and passed over in silence when it is sent.
    let vendor = |version: &str| json(&desk.call("GET", &format!("/entity/Default/{version}/Vendor/V000001"), ""));
    assert!(vendor("22.200.001").to_string().contains("LegalName") && !vendor("20.200.001").to_string().contains("LegalName"));
    let body = r#"{"VendorID": {"value": "V000001"}, "LegalName": {"value": "Another"}}"#;
    assert_eq!(desk.call("PUT", "/entity/Default/20.200.001/Vendor", body).status, 200);
    assert_ne!(at(&vendor("24.200.001"), "LegalName.value"), "Another");
    assert_eq!(desk.call("PUT", "/entity/Default/22.200.001/Vendor", body).status, 200);
    assert_eq!(at(&vendor("24.200.001"), "LegalName.value"), "Another");
}

#[test]
fn an_action_that_came_later_is_called_as_the_form_calls_it() {
    let desk = open(|options| options.operation_time = std::time::Duration::ZERO);
    let project = r#"{"ProjectID": {"value": "P1"}, "Description": {"value": "Bridge"}}"#;
    assert_eq!(desk.call("PUT", "/Project", project).status, 200);
    let call = |action: &str| {
        let body = r#"{"entity": {"ProjectID": {"value": "P1"}}, "parameters": {}}"#;
        desk.call("POST", &format!("/entity/Default/20.200.001/Project/{action}"), body).status
    };
    assert_eq!((call("ActivateProject"), call("Activate")), (404, 204));
}
