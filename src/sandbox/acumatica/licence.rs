//! How does an imitated Acumatica behave on the wire? How its licence slows requests down, and when it turns them away.

use std::time::Duration;

use jiff::Timestamp;

use super::options::Limits;

/// The queue of the instance. Nothing on the wire tells of it: an answer just comes late.
#[derive(Debug)]
pub(super) struct Licence {
    limits: Limits,
    minute: Timestamp,
    used: u32,
    /// When each request that is still held back will be answered.
    waiting: Vec<Timestamp>,
}

/// Most requests that may wait at once, and the longest that one may wait.
const MOST_WAITING: usize = 20;
const LONGEST_WAIT: Duration = Duration::from_secs(600);
const MINUTE: Duration = Duration::from_secs(60);

impl Licence {
    /// A fresh minute.
    pub(super) fn new(limits: Limits, now: Timestamp) -> Self {
        Self { limits, minute: now, used: 0, waiting: Vec::new() }
    }

    /// How long this request is held back; `None` when it is declined, which does not count.
    ///
    /// From half of the minute's allowance on, each request waits for the remaining seconds divided by the remaining
    /// requests; with no slot free for it, at least until the next one is answered.
    pub(super) fn admit(&mut self, now: Timestamp) -> Option<Duration> {
        self.waiting.retain(|until| *until > now);
        if self.waiting.len() > MOST_WAITING {
            return None;
        }
        if now.duration_since(self.minute).unsigned_abs() >= MINUTE {
            (self.minute, self.used) = (now, 0);
        }
        let left = MINUTE.saturating_sub(now.duration_since(self.minute).unsigned_abs());
        let remaining = self.limits.per_minute.saturating_sub(self.used);
        let paced = if self.used < self.limits.per_minute / 2 { Duration::ZERO } else { left / remaining.max(1) };
        let busy = self.waiting.len() >= self.limits.concurrent;
        let slot = self.waiting.iter().min().filter(|_| busy).map_or(Duration::ZERO, |until| until.duration_since(now).unsigned_abs());
        let wait = paced.max(slot);
        if wait > LONGEST_WAIT {
            return None;
        }
        self.used += 1;
        if !wait.is_zero() {
            self.waiting.push(now.checked_add(wait).unwrap_or(Timestamp::MAX));
        }
        Some(wait)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::Licence;
    use crate::sandbox::acumatica::options::Limits;

    #[test]
    fn the_second_half_of_a_minute_is_paced() {
        let start = Timestamp::from_second(1_000_000).unwrap();
        let mut licence = Licence::new(Limits { sessions: 1, concurrent: 50, per_minute: 50 }, start);
        for _ in 0..25 {
            assert_eq!(licence.admit(start), Some(Duration::ZERO));
        }
        let later = start + Duration::from_secs(40);
        assert_eq!(licence.admit(later), Some(Duration::from_millis(800)), "20 s and 25 requests are left");
    }

    #[test]
    fn more_than_twenty_waiting_are_declined_until_some_are_answered() {
        let start = Timestamp::from_second(1_000_000).unwrap();
        let mut licence = Licence::new(Limits { sessions: 1, concurrent: 50, per_minute: 0 }, start);
        for _ in 0..21 {
            assert_eq!(licence.admit(start), Some(Duration::from_secs(60)));
        }
        assert_eq!(licence.admit(start), None);
        assert!(licence.admit(start + Duration::from_secs(61)).is_some());
    }

    #[test]
    fn without_a_free_slot_a_request_waits_for_one() {
        let start = Timestamp::from_second(1_000_000).unwrap();
        let mut licence = Licence::new(Limits { sessions: 1, concurrent: 1, per_minute: 2 }, start);
        assert_eq!(licence.admit(start), Some(Duration::ZERO));
        assert_eq!(licence.admit(start), Some(Duration::from_secs(60)));
        assert_eq!(licence.admit(start + Duration::from_secs(30)), Some(Duration::from_secs(30)));
    }
}
