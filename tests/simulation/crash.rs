//! Every crash point there is: a process dies just before or after a request, or before a change of the state file, and the next one
//! ends as if nothing had happened. Beside them, every answer that can get lost.

use std::time::Duration;

use super::bugs::Bug;
use super::checks::Broken;
use super::days::Course;
use super::edge::Fate;
use super::lab::{Lab, Reference};
use super::life::Life;
use super::trouble::{Trouble, Troubles};

/// How late something may show that the engine still waits for.
const LATE: Duration = Duration::from_secs(25);

/// How the first run of a day ends early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Crash {
    /// The process dies at this moment.
    Death(usize),
    /// This happens to this request.
    At(usize, Trouble),
    /// The first answer to a request with this part is lost, what it made shows late, and the next process starts at once.
    LateAndAtOnce(&'static str),
}

/// A course with all its crash points.
pub(crate) struct Enumeration {
    course: Course,
    reference: Reference,
}

impl Enumeration {
    /// All points of a course of all exports.
    pub(crate) fn new() -> Self {
        let course = Course::of_all_exports();
        Self { reference: Reference::of(&course), course }
    }

    /// Each point once; a day's nth points are met in one world, day after day.
    pub(crate) fn points(&self) -> Vec<Crash> {
        let most = self.reference.moments.iter().max().copied().unwrap_or_default();
        let requests = self.reference.requests.iter().map(Vec::len).max().unwrap_or_default();
        let deaths = (1..=most).map(Crash::Death);
        let lost = [Trouble::LostBefore, Trouble::LostAfter, Trouble::StatusAfter(502)];
        deaths.chain((1..=requests).flat_map(|nth| lost.map(|trouble| Crash::At(nth, trouble)))).collect()
    }

    /// A few points that many mistakes give themselves away at: answers to the first document, to its action, and to a release.
    pub(crate) fn telling(&self) -> Vec<Crash> {
        let place = |part: &str| {
            let requests = self.reference.requests.iter().flat_map(|day| day.iter().enumerate());
            requests.filter(|(_, told)| told.contains(part)).map(|(at, _)| at + 1).next()
        };
        let parts =
            ["PUT /entity/Default/24.200.001/Subcontract", "/ReleaseFromHold", "/ReleaseRetainage", "POST /rest/v1.0/contract_payments"];
        let late = Crash::LateAndAtOnce(parts[0]);
        parts.into_iter().filter_map(place).map(|at| Crash::At(at, Trouble::LostAfter)).chain([late]).collect()
    }

    /// In words, how much there is.
    pub(crate) fn told(&self) -> String {
        let (moments, requests) =
            (self.reference.moments.iter().sum::<usize>(), self.reference.requests.iter().map(Vec::len).sum::<usize>());
        format!("{moments} moments and {requests} requests in {} days", self.course.days.len())
    }

    /// What a point breaks.
    pub(crate) fn meet(&self, crash: Crash, bug: Option<Bug>) -> Vec<Broken> {
        let delay = if let Crash::LateAndAtOnce(_) = crash { LATE } else { Duration::ZERO };
        let lab = Lab::open(&self.course, bug, delay).within(&self.reference);
        for (deeds, expected) in self.course.days.iter().zip(&self.reference.states) {
            lab.morning(deeds);
            let fate = match crash {
                Crash::Death(moment) => Fate { life: Life::until(moment), ..Fate::kind() },
                Crash::At(nth, trouble) => Fate { troubles: Troubles::At(nth, trouble), ..Fate::kind() },
                Crash::LateAndAtOnce(part) => Fate { troubles: Troubles::First(part, Trouble::LostAfter), ..Fate::kind() },
            };
            lab.run(fate);
            if let Crash::LateAndAtOnce(_) = crash {
                lab.run(Fate::kind());
            }
            lab.come_to_rest();
            lab.compare(expected);
            if !lab.broken().is_empty() {
                break;
            }
        }
        lab.broken()
    }
}
