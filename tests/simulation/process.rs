//! Processes at work on one world: each an engine with sessions of its own, walked request by request in an order that a seed draws.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use crosswalk::sync::{Failure, Mode, Report};

use super::edge::Edge;
use super::life::{Death, Life};
use crate::world::World;

/// How a process ended.
pub(crate) enum End {
    /// The run came to its end.
    Done(Box<Report>),
    /// The run gave up.
    Failed(String),
    /// Somebody pulled the plug.
    Died,
}

type Work<'w> = Pin<Box<dyn Future<Output = Result<Report, Failure>> + 'w>>;

/// A process that syncs.
pub(crate) struct Process<'w> {
    work: Option<Work<'w>>,
    life: Arc<Life>,
}

impl<'w> Process<'w> {
    /// A sync of all mappings, with or without an approver's consent to what goes out.
    pub(crate) fn sync(world: &'w World, edge: Arc<Edge>, name: &'static str, consent: bool) -> Self {
        let life = edge.life.clone();
        let (clock, alive) = (edge.clock(), edge.life.clone());
        let work = async move {
            let doors = world.doors_through(edge.clone(), clock);
            let time = world.clock.clone();
            let now = Arc::new(move || {
                alive.moment();
                crosswalk::connector::Clock::now(&*time)
            });
            world.engine_of(&doors, name, now).await.run(&[], Mode::Apply { consent, only: None }, "sync").await
        };
        Self { work: Some(Box::pin(work)), life }
    }

    /// Goes on to its next request; how it ended, if it did.
    fn go_on(&mut self) -> Option<End> {
        let work = self.work.as_mut()?;
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let end = loop {
            let mut context = Context::from_waker(&waker);
            match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(&mut context))) {
                Ok(Poll::Ready(Ok(report))) => break End::Done(Box::new(report)),
                Ok(Poll::Ready(Err(failure))) => break End::Failed(failure.to_string()),
                Ok(Poll::Pending) if self.life.takes_a_break() => return None,
                // The state file is at work.
                Ok(Poll::Pending) => thread::park(),
                Err(death) if death.is::<Death>() => break End::Died,
                Err(mistake) => resume_unwind(mistake),
            }
        };
        self.work = None;
        Some(end)
    }
}

/// Walks a process to its end.
pub(crate) fn alone(mut process: Process<'_>) -> End {
    loop {
        if let Some(end) = process.go_on() {
            return end;
        }
    }
}

/// Walks two processes in turns that the dice choose, each for some requests.
pub(crate) fn interleaved<'w>(mut one: Process<'w>, mut two: Process<'w>, dice: &mut fastrand::Rng) -> (End, End) {
    let (mut first, mut second) = (None, None);
    loop {
        match (first.take(), second.take()) {
            (Some(first), Some(second)) => return (first, second),
            (first_end, second_end) => (first, second) = (first_end, second_end),
        }
        let turns = dice.usize(1..30);
        let chosen = if (second.is_some() || dice.bool()) && first.is_none() { (&mut one, &mut first) } else { (&mut two, &mut second) };
        for _ in 0..turns {
            if chosen.1.is_none() {
                *chosen.1 = chosen.0.go_on();
            }
        }
    }
}

/// Waits for anything that has nothing to do with requests, such as a look at the state file.
pub(crate) fn wait_for<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(told) => return told,
            Poll::Pending => thread::park(),
        }
    }
}

/// Wakes a thread that waits.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
