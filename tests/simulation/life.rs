//! The life of one simulated process: its moments are counted, it may die at any of them, and it lets others go first at requests.
//!
//! Moments are what an onlooker could tell apart: just before a request has its effect, just after it, and just before each change of
//! the state file (for which the engine asks what time it is). A process that dies is unwound at that very moment, and everything
//! it knew is gone; what it had handed to the state file stays done.

use std::future::{Future, poll_fn};
use std::panic::resume_unwind;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::Poll;

/// What a process dies of. Nobody prints it: it is no mistake.
pub(super) struct Death;

/// Counts the moments of one process.
#[derive(Default)]
pub(crate) struct Life {
    moments: AtomicUsize,
    /// The moment at which it dies; 0 for none.
    dies_at: usize,
    dead: AtomicBool,
    waits: AtomicBool,
}

impl Life {
    /// A life that ends at this moment, counted from 1.
    pub(crate) fn until(moment: usize) -> Self {
        Self { dies_at: moment, ..Self::default() }
    }

    /// How many moments there were.
    pub(crate) fn moments(&self) -> usize {
        self.moments.load(Ordering::Relaxed)
    }

    /// Whether it has died.
    pub(super) fn is_over(&self) -> bool {
        self.dead.load(Ordering::Relaxed)
    }

    /// A moment passes, and perhaps it is the last.
    pub(super) fn moment(&self) {
        // What is given back on the way out takes no time.
        if self.is_over() || std::thread::panicking() {
            return;
        }
        let moment = self.moments.fetch_add(1, Ordering::Relaxed) + 1;
        if moment == self.dies_at {
            self.dead.store(true, Ordering::Relaxed);
            resume_unwind(Box::new(Death));
        }
    }

    /// Lets other processes go first.
    pub(super) fn after_others(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        let mut waited = false;
        Box::pin(poll_fn(move |context| {
            if std::mem::replace(&mut waited, true) {
                return Poll::Ready(());
            }
            self.waits.store(true, Ordering::Relaxed);
            context.waker().wake_by_ref();
            Poll::Pending
        }))
    }

    /// Whether it has stopped to let others go first.
    pub(super) fn takes_a_break(&self) -> bool {
        self.waits.swap(false, Ordering::Relaxed)
    }
}
