//! What is seen of a run while it goes on: bars on a terminal, now and then a plain line elsewhere, nothing beside JSON.

use std::io::{IsTerminal, Write, stderr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::table::thousands;
use crate::connector::Requests;
use crate::sync::{Counts, Event, SystemRequests, Watch};

/// Where nobody looks at bars, a mapping tells of itself after so many records, so that a log stays short.
const EVERY: u64 = 1_000;

/// Steps that the bar makes within one project.
const FINE: u64 = 1_000;

/// Shows each mapping of a run.
#[derive(Debug)]
pub(in crate::cli) enum Progress {
    /// A bar for each mapping.
    Bars(Box<Bars>),
    /// A line every thousand records.
    Lines(Mutex<Told>),
    /// Nothing.
    Silent,
}

/// The bars on the terminal; they go when the run ends and its report takes their place.
#[derive(Debug)]
pub(in crate::cli) struct Bars {
    all: MultiProgress,
    current: Mutex<Option<Current>>,
}

#[derive(Debug)]
struct Current {
    bar: ProgressBar,
    /// The mapping is read project by project: how many are done, and of how many.
    projects: Option<(u64, u64)>,
}

/// The mapping that is told of, and after how many records it was told of last.
#[derive(Debug, Default)]
pub(in crate::cli) struct Told {
    records: u64,
}

impl Progress {
    /// What suits standard error, or nothing beside JSON.
    pub(in crate::cli) fn new(json: bool) -> Self {
        if json {
            Self::Silent
        } else if stderr().is_terminal() {
            Self::Bars(Box::new(Bars { all: MultiProgress::new(), current: Mutex::default() }))
        } else {
            Self::Lines(Mutex::default())
        }
    }
}

impl Watch for Progress {
    fn see(&self, event: &Event<'_>) {
        match self {
            Self::Bars(bars) => bars.see(event),
            Self::Lines(told) => {
                if let Some(line) = told.lock().unwrap_or_else(PoisonError::into_inner).line(event) {
                    // A reader that went away is no trouble of ours.
                    let _ = writeln!(stderr(), "{line}");
                }
            }
            Self::Silent => {}
        }
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        // The bars are only in the way of the report.
        let _ = self.all.clear();
    }
}

impl Bars {
    fn see(&self, event: &Event<'_>) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Begun { title, .. } => {
                let bar = self.all.add(ProgressBar::new_spinner().with_message((*title).to_owned()));
                bar.set_style(style("{msg:36!} {spinner} {prefix}"));
                bar.enable_steady_tick(Duration::from_millis(120));
                *current = Some(Current { bar, projects: None });
            }
            Event::Moved { counts, done, total, requests, .. } => {
                let Some(current) = &*current else { return };
                let told = format!("{}; {}", words(counts), asked(*requests));
                match (current.projects, total.filter(|total| *total > 0)) {
                    (Some((project, of)), total) => {
                        let part = total.map_or(0, |total| FINE * *done.min(&total) / total);
                        current.bar.set_prefix(format!("project {} of {of}; {told}", project + 1));
                        current.bar.set_position(project * FINE + part);
                    }
                    (None, Some(total)) => {
                        current.bar.set_style(style("{msg:36!} {bar:24} {human_pos} of {human_len}, {per_sec}, {eta} left; {prefix}"));
                        current.bar.set_prefix(told);
                        current.bar.set_length(total.max(*done));
                        current.bar.set_position(*done);
                    }
                    (None, None) => current.bar.set_prefix(told),
                }
            }
            Event::Scope { done, of, .. } => {
                let Some(current) = current.as_mut().filter(|_| *of > 1) else { return };
                let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
                if current.projects.is_none() {
                    current.bar.set_style(style("{msg:36!} {bar:24} {eta} left; {prefix}"));
                    current.bar.set_length(count(*of).saturating_mul(FINE));
                }
                current.projects = Some((count(*done), count(*of)));
                current.bar.set_position(count(*done).saturating_mul(FINE));
            }
            Event::Done { report } => {
                if let Some(Current { bar, .. }) = current.take() {
                    bar.set_style(style("{msg:36!} done in {elapsed}: {prefix}"));
                    bar.set_prefix(report.skipped.as_deref().map_or_else(|| words(&report.counts), |why| format!("skipped, {why}")));
                    bar.finish();
                }
            }
        }
    }
}

impl Told {
    /// The line that an event is worth, if it is worth one. No times stand in it, so that two equal runs tell the same.
    fn line(&mut self, event: &Event<'_>) -> Option<String> {
        match event {
            Event::Begun { .. } => {
                self.records = 0;
                None
            }
            Event::Moved { mapping, counts, total, .. } => {
                let due = counts.read / EVERY > self.records / EVERY;
                self.records = counts.read;
                let of = total.filter(|total| *total > counts.read).map(|total| format!(" of {}", grouped(total))).unwrap_or_default();
                due.then(|| format!("{mapping}: {}{of} read, {}", grouped(counts.read), words(counts)))
            }
            Event::Scope { .. } | Event::Done { .. } => None,
        }
    }
}

/// `3 created, 1 held`: what happened, without what did not.
fn words(counts: &Counts) -> String {
    let parts = [
        (counts.created, "created"),
        (counts.updated, "updated"),
        (counts.adopted, "linked"),
        (counts.unchanged, "unchanged"),
        (counts.held, "held"),
        (counts.waiting, "waiting"),
    ];
    let told: Vec<String> =
        parts.into_iter().filter(|(number, _)| *number > 0).map(|(number, word)| format!("{} {word}", grouped(number))).collect();
    if told.is_empty() { "nothing to do so far".to_owned() } else { told.join(", ") }
}

/// `Procore 40 requests, 3,560 left; Acumatica 12 requests`.
pub(in crate::cli) fn asked(requests: SystemRequests) -> String {
    let one = |system: &str, Requests { used, left }: Requests| {
        let left = left.map(|left| format!(" ({} left)", grouped(left.into()))).unwrap_or_default();
        format!("{} to {system}{left}", grouped(used))
    };
    format!("requests: {}, {}", one("Procore", requests.procore), one("Acumatica", requests.acumatica))
}

/// A number with its thousands set apart.
fn grouped(number: u64) -> String {
    thousands(&number.to_string())
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

#[cfg(test)]
mod tests {
    use super::{Told, asked};
    use crate::connector::Requests;
    use crate::sync::{Counts, Event, SystemRequests};

    #[test]
    fn a_log_gets_a_line_every_thousand_records_and_no_other() {
        let requests = SystemRequests::default();
        let mut told = Told::default();
        let mut lines = Vec::new();
        lines.extend(told.line(&Event::Begun { mapping: "direct_costs", title: "Job Costs" }));
        for read in [400, 999, 1_000, 1_500, 3_200, 3_300] {
            let counts = Counts { read, created: read - 1, held: 1, ..Counts::default() };
            lines.extend(told.line(&Event::Moved { mapping: "direct_costs", counts: &counts, done: read, total: Some(3_300), requests }));
        }
        assert_eq!(
            lines,
            ["direct_costs: 1,000 of 3,300 read, 999 created, 1 held", "direct_costs: 3,200 of 3,300 read, 3,199 created, 1 held"]
        );
    }

    #[test]
    fn requests_are_told_with_what_is_left() {
        let requests =
            SystemRequests { procore: Requests { used: 1_240, left: Some(2_360) }, acumatica: Requests { used: 12, left: None } };
        assert_eq!(asked(requests), "requests: 1,240 to Procore (2,360 left), 12 to Acumatica");
    }
}
