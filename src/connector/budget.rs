//! One allowance of requests per system, shared by all work: may the next request leave now?

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::clock::Clock;
use super::retry::retry_after;
use super::transport::Response;

const SPIKE: Duration = Duration::from_secs(10);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);

/// How many requests may be under way at once, and how many in each window of time. Procore's windows (an hour and
/// 10 seconds, BR-78) are learned from its answers; Acumatica's (BR-75) come from the settings.
pub(super) struct Budget {
    slots: Semaphore,
    longest_wait: Duration,
    state: Mutex<State>,
}

/// Requests of one system so far, and how many it would still take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Requests {
    /// How many have left.
    pub used: u64,
    /// How many may still leave in the longest window, where the system or the settings say so.
    pub left: Option<u32>,
}

#[derive(Default)]
struct State {
    used: u64,
    windows: Vec<Window>,
    /// Nothing leaves before: the system said `Retry-After`.
    blocked: Option<Timestamp>,
    in_flight: u32,
}

/// A window of time in which so many requests are allowed.
struct Window {
    limit: u32,
    remaining: u32,
    length: Duration,
    /// When the allowance is full again; unknown between its end and the next request.
    resets: Option<Timestamp>,
}

/// A request under way.
pub(super) struct Permit<'a> {
    budget: &'a Budget,
    _slot: SemaphorePermit<'a>,
}

impl Budget {
    /// A budget of `concurrent` requests at once and, when known beforehand, `per_minute` a minute. Nobody is kept
    /// waiting longer than `longest_wait`.
    pub(super) fn new(concurrent: usize, per_minute: Option<u32>, longest_wait: Duration) -> Self {
        let windows = per_minute.map(|limit| Window { limit: limit.max(1), remaining: limit.max(1), length: MINUTE, resets: None });
        let state = State { windows: windows.into_iter().collect(), ..State::default() };
        Self { slots: Semaphore::new(concurrent.max(1)), longest_wait, state: Mutex::new(state) }
    }

    /// Waits until a request may leave.
    ///
    /// # Errors
    /// The time to wait, when it is longer than anybody is kept waiting.
    pub(super) async fn admit(&self, clock: &dyn Clock) -> Result<Permit<'_>, Duration> {
        let slot = self.slots.acquire().await.expect("the semaphore is never closed");
        loop {
            let Some(wait) = self.lock().take(clock.now()) else {
                return Ok(Permit { budget: self, _slot: slot });
            };
            if wait > self.longest_wait {
                return Err(wait);
            }
            tracing::info!(seconds = wait.as_secs(), "waiting for the system's request allowance");
            clock.sleep(wait).await;
        }
    }

    /// What was used, and what is left of the longest window.
    pub(super) fn requests(&self) -> Requests {
        let state = self.lock();
        let longest = state.windows.iter().max_by_key(|window| window.length);
        Requests { used: state.used, left: longest.map(|window| window.remaining) }
    }

    /// The longest that anybody is kept waiting.
    pub(super) fn longest_wait(&self) -> Duration {
        self.longest_wait
    }

    /// Learns from an answer: `X-Rate-Limit-*` describe whichever window is nearer to being spent, told apart by
    /// their limit; `Retry-After` on 429 and 503 holds everybody back.
    pub(super) fn learn(&self, response: &Response, now: Timestamp) {
        let mut state = self.lock();
        if matches!(response.status, 429 | 503)
            && let Some(wait) = retry_after(response, now)
        {
            state.blocked = now.checked_add(wait.min(HOUR)).ok();
        }
        let number = |name: &str| response.header(name)?.trim().parse::<i64>().ok();
        let (Some(limit), Some(remaining)) = (number("x-rate-limit-limit"), number("x-rate-limit-remaining")) else { return };
        let (Ok(limit), Ok(remaining)) = (u32::try_from(limit), u32::try_from(remaining.max(0))) else { return };
        let resets = number("x-rate-limit-reset").and_then(|at| Timestamp::from_second(at).ok());
        // What is under way beside this request may not be counted yet.
        let remaining = remaining.saturating_sub(state.in_flight.saturating_sub(1));
        state.see(Window { limit, remaining, length: length(resets, now), resets });
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let mut state = self.budget.lock();
        state.in_flight = state.in_flight.saturating_sub(1);
    }
}

impl State {
    /// Takes one request from every window, or says how long to wait.
    fn take(&mut self, now: Timestamp) -> Option<Duration> {
        self.blocked = self.blocked.filter(|until| *until > now);
        for window in &mut self.windows {
            if window.resets.is_some_and(|at| at <= now) {
                (window.remaining, window.resets) = (window.limit, None);
            }
        }
        let spent = self
            .windows
            .iter()
            .filter(|window| window.remaining == 0)
            .filter_map(|window| window.resets.map(|at| between(now, at).min(window.length)));
        let blocked = self.blocked.map(|until| between(now, until));
        if let Some(wait) = spent.chain(blocked).max() {
            return Some(wait);
        }
        for window in &mut self.windows {
            window.remaining = window.remaining.saturating_sub(1);
            window.resets = window.resets.or_else(|| now.checked_add(window.length).ok());
        }
        self.in_flight += 1;
        self.used += 1;
        None
    }

    fn see(&mut self, seen: Window) {
        match self.windows.iter_mut().find(|window| window.limit == seen.limit) {
            Some(window) => {
                window.remaining = seen.remaining;
                window.resets = seen.resets.or(window.resets);
                window.length = window.length.max(seen.length);
            }
            None => self.windows.push(seen),
        }
    }
}

/// A reset further away than ten seconds belongs to the hourly window.
fn length(resets: Option<Timestamp>, now: Timestamp) -> Duration {
    match resets {
        Some(at) if between(now, at) > SPIKE => HOUR,
        _ => SPIKE,
    }
}

/// How long from `now` until `then`, at least a millisecond, so that a wait always gets on.
fn between(now: Timestamp, then: Timestamp) -> Duration {
    Duration::try_from(then.duration_since(now)).unwrap_or_default().max(Duration::from_millis(1))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Budget, HOUR, Requests, Response, Timestamp};
    use crate::connector::{Clock, TurnedClock};

    fn start() -> Timestamp {
        "2026-01-05T08:00:00Z".parse().unwrap()
    }

    fn answer(status: u16, headers: &[(&str, String)]) -> Response {
        Response { status, headers: headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(), body: Vec::new() }
    }

    fn window(limit: u32, remaining: u32, resets: Timestamp) -> Response {
        let pairs = [
            ("x-rate-limit-limit", limit.to_string()),
            ("x-rate-limit-remaining", remaining.to_string()),
            ("x-rate-limit-reset", resets.as_second().to_string()),
        ];
        answer(200, &pairs)
    }

    /// How long the next request had to wait.
    async fn waited(budget: &Budget, clock: &TurnedClock) -> Duration {
        let before = clock.now();
        drop(budget.admit(clock).await.unwrap());
        Duration::try_from(clock.now().duration_since(before)).unwrap()
    }

    /// Two windows, each read from the headers (BR-78).
    #[tokio::test]
    async fn a_spent_window_is_waited_out_and_both_are_kept_apart() {
        let (budget, clock) = (Budget::new(4, None, HOUR), TurnedClock::at(start()));
        budget.learn(&window(600, 500, start() + Duration::from_secs(1_800)), start());
        budget.learn(&window(25, 2, start() + Duration::from_secs(7)), start());
        assert_eq!(waited(&budget, &clock).await, Duration::ZERO);
        assert_eq!(waited(&budget, &clock).await, Duration::ZERO);
        assert_eq!(waited(&budget, &clock).await, Duration::from_secs(7));
        // The short window is full again, 25 in ten seconds, without having been shown since.
        for _ in 0..24 {
            assert_eq!(waited(&budget, &clock).await, Duration::ZERO);
        }
        assert_eq!(waited(&budget, &clock).await, Duration::from_secs(10));
        budget.learn(&window(600, 0, start() + Duration::from_secs(1_800)), clock.now());
        assert_eq!(waited(&budget, &clock).await, Duration::from_secs(1_800 - 17));
        // One more has left, of a full hour.
        assert_eq!(budget.requests(), Requests { used: 29, left: Some(599) });
    }

    #[tokio::test]
    async fn requests_under_way_count_as_spent() {
        let (budget, clock) = (Budget::new(4, None, HOUR), TurnedClock::at(start()));
        let (first, second, third) =
            (budget.admit(&clock).await.unwrap(), budget.admit(&clock).await.unwrap(), budget.admit(&clock).await.unwrap());
        budget.learn(&window(25, 2, start() + Duration::from_secs(5)), start());
        assert_eq!(waited(&budget, &clock).await, Duration::from_secs(5));
        drop((first, second, third));
    }

    #[tokio::test]
    async fn retry_after_holds_everybody_back_and_too_long_a_wait_is_refused() {
        let (budget, clock) = (Budget::new(4, None, Duration::from_secs(60)), TurnedClock::at(start()));
        budget.learn(&answer(429, &[("retry-after", "30".to_owned())]), start());
        assert_eq!(waited(&budget, &clock).await, Duration::from_secs(30));
        budget.learn(&answer(503, &[("retry-after", "90".to_owned())]), clock.now());
        assert_eq!(budget.admit(&clock).await.err(), Some(Duration::from_secs(90)));
        budget.learn(&answer(200, &[("retry-after", "90".to_owned())]), clock.now());
    }

    /// The limits of the licence are settings (BR-75).
    #[tokio::test]
    async fn a_minute_holds_as_many_as_the_settings_say() {
        let (budget, clock) = (Budget::new(1, Some(3), HOUR), TurnedClock::at(start()));
        for _ in 0..3 {
            assert_eq!(waited(&budget, &clock).await, Duration::ZERO);
        }
        assert_eq!(waited(&budget, &clock).await, Duration::from_secs(60));
    }

    #[tokio::test]
    async fn no_more_than_the_limit_are_under_way() {
        let (budget, clock) = (Budget::new(1, None, HOUR), TurnedClock::at(start()));
        let held = budget.admit(&clock).await.unwrap();
        let mut second = Box::pin(budget.admit(&clock));
        let pending = std::future::poll_fn(|context| std::task::Poll::Ready(second.as_mut().poll(context).is_pending())).await;
        assert!(pending);
        drop(held);
        assert!(second.await.is_ok());
    }
}
