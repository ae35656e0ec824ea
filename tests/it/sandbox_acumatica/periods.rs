//! Closed periods: what can no longer be dated into them.

use super::{at, lines, open, text};

#[test]
fn the_calendar_tells_which_periods_are_open() {
    let desk = open(|_| ());
    let year = desk.book("FinancialPeriod", ("FinancialYear", "2025"));
    let december = &lines(&year, "Details")[11];
    assert_eq!((december.text("FinancialPeriodID"), december.text("Status")), (Some("122025"), Some("Closed")));
    let read = desk.read("/FinancialPeriod/2026?$expand=Details");
    assert_eq!(at(&read, "Details.0.Status"), "Open");
    assert_eq!(
        (at(&read, "Details.1.EndDate").as_str(), at(&read, "Details.1.LengthInDays").as_str()),
        ("2026-02-28T00:00:00+00:00", "28")
    );
}

/// An invoice goes into an open period (BR-63).
#[test]
fn documents_cannot_be_dated_into_a_closed_period() {
    let desk = open(|_| ());
    desk.project_of("BUILD", "1001");
    let bill = |date: &str, period: &str| format!(r#"{{"Vendor":"V000001","VendorRef":"R-{date}{period}","Date":"{date}"{period}}}"#);
    for (date, period) in [("2025-12-31", ""), ("2026-03-01", r#","PostPeriod":"122025""#), ("1999-01-01", "")] {
        let echo =
            desk.refused("/Bill", &bill(date, period).replace(r#"R-"#, "R").replace(&format!("{date}{period}\""), &format!("{date}\"")));
        assert!(at(&echo, "PostPeriod.error").contains("period"), "{echo}");
    }
    let echo = desk.refused("/ChangeOrder", r#"{"ProjectID":"1001","Class":"ALL","ChangeDate":"2025-06-01"}"#);
    assert!(at(&echo, "ChangeDate.error").contains("06-2025"), "{echo}");
    let echo = desk.refused("/Check", r#"{"Vendor":"V000001","ApplicationDate":"2025-06-01"}"#);
    assert!(at(&echo, "ApplicationDate.error").contains("06-2025"), "{echo}");
    let echo = desk.refused("/Invoice", r#"{"Project":"1001","Date":"2025-06-01"}"#);
    assert!(at(&echo, "PostPeriod.error").contains("06-2025"), "{echo}");
}

#[test]
fn a_period_that_closes_in_the_meantime_stops_the_release() {
    let desk = open(|_| ());
    desk.project_of("BUILD", "1001");
    let body = r#"{"Vendor":"V000001","VendorRef":"R1","Hold":false,"Date":"2026-03-01","Project":"1001",
        "Details":[{"CostCode":"03-3000","InventoryID":"PCSUBCON","Qty":1,"UnitCost":10}]}"#;
    let bill = desk.write("/Bill", body);
    let key = format!(r#"{{"Type":"Bill","ReferenceNbr":"{}"}}"#, at(&bill, "ReferenceNbr"));
    assert!(desk.instance.accountants().close_period("032026", true));
    assert!(desk.failed("Bill", "ReleaseBill", (&key, "{}")).contains("03-2026"));
    let moved = desk.write("/Bill", &format!(r#"{{"ReferenceNbr":"{}","Date":"2026-04-02"}}"#, at(&bill, "ReferenceNbr")));
    assert_eq!(at(&moved, "PostPeriod"), "042026", "a new date brings its period");
    desk.act_with("Bill", "ReleaseBill", (&key, "{}"));
    assert!(desk.instance.accountants().close_period("032026", false));
    assert!(!desk.instance.accountants().close_period("131999", true));
}

#[test]
fn the_door_of_the_accountants_can_be_reached_over_the_wire() {
    let desk = open(|_| ());
    let done = desk.call("POST", "/sandbox/accountants", r#"{"do":"close_period","period":"042026"}"#);
    assert_eq!((done.status, text(&done).as_str()), (200, r#"{"done":true}"#));
    let year = desk.book("FinancialPeriod", ("FinancialYear", "2026"));
    assert_eq!(lines(&year, "Details")[3].text("Status"), Some("Closed"));
    assert_eq!(desk.call("POST", "/sandbox/accountants", r#"{"do":"magic"}"#).status, 422);
}
