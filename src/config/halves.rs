//! What can be made of many files side by side? Each half by a thread of its own: most of the time of a `check` is spent on reading.

use std::panic::resume_unwind;
use std::thread;

/// What is made of each, in their order.
pub(super) fn by_halves<T: Sync, M: Send>(all: &[T], make: impl Fn(&T) -> M + Sync) -> Vec<M> {
    let (one, other) = all.split_at(all.len() / 2);
    let half = |half: &[T]| half.iter().map(&make).collect::<Vec<_>>();
    thread::scope(|threads| {
        let one = threads.spawn(|| half(one));
        let other = half(other);
        let mut made = one.join().unwrap_or_else(|panic| resume_unwind(panic));
        made.extend(other);
        made
    })
}
