//! When is the same request sent again, and after how long?

use std::time::Duration;

use jiff::Timestamp;

use super::error::{Certainty, ConnectorError, ErrorKind};
use super::transport::Response;

/// How often and how far apart a request is tried.
#[derive(Clone, Copy, Debug)]
pub(super) struct Retry {
    /// All tries, the first included.
    pub(super) tries: u32,
    /// The longest first wait; it doubles with every try.
    pub(super) base: Duration,
    /// The longest wait.
    pub(super) cap: Duration,
}

impl Retry {
    /// Ordinary requests.
    pub(super) const ORDINARY: Self = Self { tries: 5, base: Duration::from_millis(500), cap: Duration::from_secs(60) };

    /// Whether to try again after the `attempt`th try (from 1) failed so. Only where nothing can be doubled: reads and
    /// repeatable writes carry [`Certainty::AgainLater`] for every temporary trouble, other writes only when the
    /// request had no effect. A conflict is not for us to repeat: somebody must read the record first.
    pub(super) fn allows(&self, error: &ConnectorError, attempt: u32) -> bool {
        attempt < self.tries && error.is_temporary() && error.kind != ErrorKind::Conflict && error.certainty() == Certainty::AgainLater
    }

    /// How long to wait after the `attempt`th try: what the system asks for, and jitter, so that not all come back at
    /// once; else anything up to the doubled wait.
    pub(super) fn wait(&self, attempt: u32, asked: Option<Duration>, dice: &mut fastrand::Rng) -> Duration {
        let grown = self.base.saturating_mul(1_u32 << (attempt - 1).min(16)).min(self.cap);
        let most = if asked.is_some() { self.base } else { grown };
        let jitter = Duration::from_millis(dice.u64(0..=u64::try_from(most.as_millis()).unwrap_or(u64::MAX)));
        asked.unwrap_or_default().saturating_add(jitter)
    }
}

/// How long an answer asks us to wait: `Retry-After` in seconds or as a date, else `X-Rate-Limit-Reset` when the
/// allowance is spent.
pub(super) fn retry_after(response: &Response, now: Timestamp) -> Option<Duration> {
    let until = |at: Timestamp| Duration::try_from(at.duration_since(now)).ok();
    if let Some(text) = response.header("retry-after") {
        let text = text.trim();
        return match text.parse::<u64>() {
            Ok(seconds) => Some(Duration::from_secs(seconds)),
            Err(_) => until(jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?),
        };
    }
    if response.status != 429 {
        return None;
    }
    until(Timestamp::from_second(response.header("x-rate-limit-reset")?.trim().parse().ok()?).ok()?)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Certainty, ConnectorError, ErrorKind, Response, Retry, Timestamp, retry_after};
    use crate::schema::System;

    fn error(kind: ErrorKind, certainty: Certainty) -> ConnectorError {
        ConnectorError::new(kind, System::Procore, "GET /x", "").certain(certainty)
    }

    #[test]
    fn only_what_cannot_be_doubled_is_sent_again() {
        let retry = Retry::ORDINARY;
        assert!(retry.allows(&error(ErrorKind::RateLimited, Certainty::AgainLater), 1));
        assert!(retry.allows(&error(ErrorKind::Unreachable, Certainty::AgainLater), 4));
        assert!(!retry.allows(&error(ErrorKind::Unreachable, Certainty::AgainLater), 5));
        assert!(!retry.allows(&error(ErrorKind::Unavailable, Certainty::Unknown), 1));
        assert!(!retry.allows(&error(ErrorKind::Conflict, Certainty::AgainLater), 1));
        assert!(!retry.allows(&error(ErrorKind::Refused, Certainty::Refused), 1));
    }

    #[test]
    fn waits_grow_are_jittered_and_honour_what_was_asked() {
        let mut dice = fastrand::Rng::with_seed(7);
        let retry = Retry::ORDINARY;
        for attempt in 1..40 {
            let grown = Duration::from_millis(500).saturating_mul(1 << (attempt - 1).min(16)).min(Duration::from_secs(60));
            assert!(retry.wait(attempt, None, &mut dice) <= grown);
        }
        let spread: std::collections::BTreeSet<_> = (0..20).map(|_| retry.wait(3, None, &mut dice)).collect();
        assert!(spread.len() > 10, "{spread:?}");
        let asked = retry.wait(4, Some(Duration::from_secs(30)), &mut dice);
        assert!(asked >= Duration::from_secs(30) && asked <= Duration::from_millis(30_500));
        let same = |seed| retry.wait(5, None, &mut fastrand::Rng::with_seed(seed));
        assert_eq!(same(3), same(3));
    }

    #[test]
    fn the_time_to_wait_is_read_from_either_header() {
        let now: Timestamp = "2026-01-05T08:00:00Z".parse().unwrap();
        let answer =
            |status, name: &str, value: &str| Response { status, headers: vec![(name.to_owned(), value.to_owned())], body: Vec::new() };
        let seconds = |response| retry_after(&response, now).map(|wait| wait.as_secs());
        assert_eq!(seconds(answer(503, "retry-after", "12")), Some(12));
        assert_eq!(seconds(answer(503, "retry-after", "Mon, 05 Jan 2026 08:00:09 GMT")), Some(9));
        assert_eq!(seconds(answer(429, "x-rate-limit-reset", &(now.as_second() + 5).to_string())), Some(5));
        assert_eq!(seconds(answer(200, "x-rate-limit-reset", &(now.as_second() + 5).to_string())), None);
        assert_eq!(seconds(answer(429, "retry-after", "soon")), None);
    }
}
