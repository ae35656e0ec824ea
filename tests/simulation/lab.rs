//! One world under test: runs in it, good and bad, and what it comes to once nothing disturbs it any more.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crosswalk::sync::Report;

use super::audit::Audit;
use super::bugs::Bug;
use super::checks::{Broken, Check};
use super::days::{Course, Deed};
use super::edge::{Edge, Fate};
use super::process::{End, Process, alone, interleaved, wait_for};
use super::watch::Watch;
use crate::world::{World, difference};

/// Most runs that it may take until nothing is left to write.
const RUNS_TO_REST: usize = 5;

/// What a course comes to when nothing disturbs it.
pub(crate) struct Reference {
    /// Of each day, once at rest: both systems, links, held records and open flows.
    pub(super) states: Vec<Vec<String>>,
    /// The moments of each day's first run.
    pub(super) moments: Vec<usize>,
    /// The requests of each day's first run.
    pub(super) requests: Vec<Vec<String>>,
}

/// One world under test.
pub(crate) struct Lab {
    pub(super) world: World,
    pub(super) watch: Arc<Watch>,
    audit: Audit,
    bug: Option<Bug>,
    /// Where the state file lies, if it is to be tampered with.
    file: Option<PathBuf>,
    /// Most requests that a run may take.
    budget: usize,
}

impl Lab {
    /// A world before its first day, in which what is made shows in Acumatica's lists after a delay.
    pub(crate) fn open(course: &Course, bug: Option<Bug>, delay: Duration) -> Self {
        static OPENED: AtomicU64 = AtomicU64::new(0);
        let file = bug.is_some_and(Bug::tampers).then(|| {
            let name = format!("crosswalk-simulation-{}-{}.db", std::process::id(), OPENED.fetch_add(1, Ordering::Relaxed));
            std::env::temp_dir().join(name)
        });
        let world = course.setup().with(|setup| setup.file.clone_from(&file)).open();
        let watch = Watch::over(&world, delay);
        Self { world, watch, audit: Audit::default(), bug, file, budget: usize::MAX }
    }

    /// A run may take twice what the longest of the faultless ones took, and what retries need.
    pub(super) fn within(mut self, reference: &Reference) -> Self {
        self.budget = 2 * reference.requests.iter().map(Vec::len).max().unwrap_or_default() + 100;
        self
    }

    /// The next morning people have done this.
    pub(super) fn morning(&self, deeds: &[Deed]) {
        super::company::next_morning(&self.world.clock);
        deeds.iter().for_each(|deed| deed.done_in(&self.world));
    }

    /// One process with this fate, to its end.
    pub(super) fn run(&self, fate: Fate) -> (End, Arc<Edge>) {
        let edge = self.edge(fate);
        let end = alone(Process::sync(&self.world, edge.clone(), "office", edge.consents()));
        self.after(&edge, &end);
        (end, edge)
    }

    /// Two processes at once on one state file.
    pub(super) fn run_two(&self, (one, two): (Fate, Fate), dice: &mut fastrand::Rng) {
        let beside = self.beside();
        let (one, two) = (self.edge(one), self.edge(Fate { beside: beside.is_some(), ..two }));
        let first = Process::sync(&self.world, one.clone(), "office", one.consents());
        let second = Process::sync(beside.as_ref().unwrap_or(&self.world), two.clone(), "home", two.consents());
        let (first, second) = interleaved(first, second, dice);
        self.after(&one, &first);
        self.after(&two, &second);
    }

    /// Where the lease is not looked at, the other process works on a state of its own.
    fn beside(&self) -> Option<World> {
        let file = self.file.as_deref().filter(|_| self.bug == Some(Bug::IgnoresTheLease))?;
        let copy = file.with_extension("copy.db");
        let _ = std::fs::remove_file(&copy);
        super::bugs::sql(file, &format!("vacuum into '{}'", copy.display()));
        Some(self.world.beside(&copy))
    }

    fn edge(&self, fate: Fate) -> Arc<Edge> {
        Edge::new(&self.world, &self.watch, fate, self.bug)
    }

    fn after(&self, edge: &Edge, end: &End) {
        if edge.requests() > self.budget {
            self.watch.breaks(Check::Budget, format!("a run took {} requests, at most {}", edge.requests(), self.budget));
        }
        if let (Some(bug), Some(file)) = (self.bug, self.file.as_deref()) {
            bug.tamper(file, matches!(end, End::Done(_)));
        }
    }

    /// An hour later nothing goes wrong any more: runs until nothing is left to write.
    pub(super) fn come_to_rest(&self) {
        let mut last = String::new();
        for _ in 0..RUNS_TO_REST {
            self.world.an_hour_later();
            let (end, _) = self.run(Fate::kind());
            let sessions = self.world.acumatica.sessions();
            if sessions > 0 {
                self.watch.breaks(Check::SignedOut, format!("{sessions} sessions are left after a run"));
            }
            match end {
                End::Done(report) => {
                    last = written(&report);
                    if last.is_empty() {
                        return self.audit.look(&self.world, &self.watch);
                    }
                }
                End::Failed(why) => self.watch.breaks(Check::ComesToRest, why),
                End::Died => self.watch.breaks(Check::ComesToRest, "the process died"),
            }
        }
        self.watch.breaks(Check::ComesToRest, format!("{RUNS_TO_REST} runs, and the last one still wrote {last}"));
    }

    /// What both systems and the state file hold now.
    pub(super) fn state(&self) -> Vec<String> {
        wait_for(self.world.end_state())
    }

    /// Compares a day's end with what it would have been.
    pub(super) fn compare(&self, expected: &[String]) {
        if let Some(difference) = difference(expected, &self.state()) {
            self.watch.breaks(Check::SameEnd, difference);
        }
    }

    /// The books and Procore's budgets add up to the same.
    pub(super) fn reconcile(&self) {
        let edge = self.edge(Fate::kind());
        let doors = self.world.doors_through(edge.clone(), edge.clock());
        let clock = self.world.clock.clone();
        let now = Arc::new(move || crosswalk::connector::Clock::now(&*clock));
        let told = wait_for(async { self.world.engine_of(&doors, "office", now).await.reconcile().await });
        match told {
            Ok(projects) => {
                for project in projects.iter().filter(|project| !project.agrees()) {
                    self.watch.breaks(Check::Reconciles, format!("{project:?}"));
                }
            }
            Err(failure) => self.watch.breaks(Check::Reconciles, failure.to_string()),
        }
    }

    /// Everything that was broken.
    pub(super) fn broken(&self) -> Vec<Broken> {
        self.watch.broken()
    }
}

/// The mappings that wrote something.
fn written(report: &Report) -> String {
    let wrote = report.mappings.iter().filter(|told| told.counts.created + told.counts.updated + told.counts.adopted > 0);
    wrote.map(|told| told.mapping.as_str()).collect::<Vec<_>>().join(", ")
}

impl Drop for Lab {
    fn drop(&mut self) {
        if let Some(file) = &self.file {
            remove(file);
            remove(&file.with_extension("copy.db"));
        }
    }
}

fn remove(file: &Path) {
    for ending in ["", "-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(ending);
        let _ = std::fs::remove_file(name);
    }
}

impl Reference {
    /// Whether Procore takes only some lines of the prime contract, ever.
    pub(super) fn is_refused_in_part(&self) -> bool {
        self.states.iter().flatten().any(|line| line.starts_with("held prime_contracts "))
    }

    /// Walks a course without any trouble.
    pub(crate) fn of(course: &Course) -> Self {
        let lab = Lab::open(course, None, Duration::ZERO);
        let mut reference = Self { states: Vec::new(), moments: Vec::new(), requests: Vec::new() };
        for deeds in &course.days {
            lab.morning(deeds);
            lab.watch.take_requests();
            let (_, edge) = lab.run(Fate::kind());
            reference.moments.push(edge.life.moments());
            reference.requests.push(lab.watch.take_requests());
            lab.come_to_rest();
            reference.states.push(lab.state());
        }
        lab.reconcile();
        let broken = lab.broken();
        assert!(broken.is_empty(), "without any trouble, in {course:?}: {}", broken[0]);
        reference
    }
}
