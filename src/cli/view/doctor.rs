//! What the doctor found, as people read it: a table for each system, with the remedy under what is not right.

use super::table::Table;
use crate::config::{Examination, Standing};

/// Everything that was looked at, and a line that sums it up.
pub(in crate::cli) fn text(examination: &Examination) -> String {
    let mut text = format!("profile {}\n", examination.profile);
    for system in &examination.systems {
        let mut table = Table::new(&["", "what", "found"]);
        for finding in &system.findings {
            table.row([word(finding.standing), &finding.what, &finding.found]);
            if let Some(remedy) = &finding.remedy {
                table.row(["", "", &format!("-> {remedy}")]);
            }
        }
        text.push_str(&format!("\n{}: {}\n\n{}", system.system, system.at, table.text()));
    }
    let count = |standing| examination.count(standing);
    let (right, amiss, by_hand) = (count(Standing::Right), count(Standing::Amiss), count(Standing::ByHand));
    text.push_str(&format!("\n{right} right, {amiss} to mend, {by_hand} to check by hand"));
    match count(Standing::OutOfReach) {
        0 => text.push_str("; nothing was written\n"),
        unasked => text.push_str(&format!(", {unasked} out of reach; nothing was written\n")),
    }
    text
}

fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Right => "right",
        Standing::Amiss => "TO MEND",
        Standing::ByHand => "by hand",
        Standing::OutOfReach => "OUT OF REACH",
    }
}
