//! Time as it is handed to whoever waits: the real one, or one that a test turns.

use std::future::Future;
use std::pin::Pin;
use std::sync::Mutex;
use std::time::Duration;

use jiff::Timestamp;

/// A future that a trait object can return.
pub type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What time it is, and how to let it pass.
pub trait Clock: Send + Sync {
    /// Now, in UTC.
    fn now(&self) -> Timestamp;
    /// Lets this long go by.
    fn sleep(&self, time: Duration) -> Later<'_, ()>;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct WallClock;

impl Clock for WallClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn sleep(&self, time: Duration) -> Later<'_, ()> {
        Box::pin(tokio::time::sleep(time))
    }
}

/// A clock that moves only when somebody sleeps on it or turns it: tests never wait.
#[derive(Debug)]
pub struct TurnedClock {
    now: Mutex<Timestamp>,
}

impl TurnedClock {
    /// A clock that shows this time.
    pub fn at(now: Timestamp) -> Self {
        Self { now: Mutex::new(now) }
    }

    /// Turns it forward.
    pub fn turn(&self, time: Duration) {
        let mut now = self.now.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *now = now.checked_add(time).unwrap_or(Timestamp::MAX);
    }
}

impl Clock for TurnedClock {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn sleep(&self, time: Duration) -> Later<'_, ()> {
        self.turn(time);
        Box::pin(std::future::ready(()))
    }
}
