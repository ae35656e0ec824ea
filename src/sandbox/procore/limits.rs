//! How do both systems behave on the wire? Procore's two rate windows, an hour and ten seconds, and the headers they show.

/// How many calls each window lets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimits {
    /// Calls in sixty minutes.
    pub hour: u32,
    /// Calls in ten seconds.
    pub ten_seconds: u32,
}

impl Default for RateLimits {
    /// Generous, so that only a story about limits meets them. The vendor promises no figures; its samples show 600 an
    /// hour with 25 in ten seconds, and 3,600 an hour.
    fn default() -> Self {
        Self { hour: 36_000, ten_seconds: 1_000 }
    }
}

/// Both windows as they stand.
#[derive(Clone, Debug)]
pub(crate) struct Windows {
    hour: Window,
    spike: Window,
}

/// One window: it opens with the first call after the last one has ended.
#[derive(Clone, Debug)]
struct Window {
    seconds: i64,
    limit: u32,
    used: u32,
    ends: i64,
}

impl Windows {
    /// Windows that have seen no call.
    pub(crate) fn new(limits: RateLimits) -> Self {
        let window = |seconds, limit| Window { seconds, limit, used: 0, ends: 0 };
        Self { hour: window(3_600, limits.hour), spike: window(10, limits.ten_seconds) }
    }

    /// Counts a call at this second.
    ///
    /// # Errors
    /// The second from which calls are let through again. A call that is refused makes the wait longer.
    pub(crate) fn take(&mut self, now: i64) -> Result<(), i64> {
        let windows = [&mut self.hour, &mut self.spike];
        let mut wait = None;
        for window in windows {
            window.roll(now);
            if window.used >= window.limit {
                window.ends += 1;
                wait = wait.max(Some(window.ends));
            }
        }
        if let Some(until) = wait {
            return Err(until);
        }
        self.hour.used += 1;
        self.spike.used += 1;
        Ok(())
    }

    /// `x-rate-limit-…` of the window that is nearer to being spent.
    pub(crate) fn headers(&self) -> [(String, String); 3] {
        let nearer = [&self.hour, &self.spike].into_iter().min_by_key(|window| (window.remaining(), -window.ends)).unwrap_or(&self.hour);
        [
            ("x-rate-limit-limit".to_owned(), nearer.limit.to_string()),
            ("x-rate-limit-remaining".to_owned(), nearer.remaining().to_string()),
            ("x-rate-limit-reset".to_owned(), nearer.ends.to_string()),
        ]
    }
}

impl Window {
    fn roll(&mut self, now: i64) {
        if now >= self.ends {
            self.used = 0;
            self.ends = now + self.seconds;
        }
    }

    fn remaining(&self) -> u32 {
        self.limit.saturating_sub(self.used)
    }
}

#[cfg(test)]
mod tests {
    use super::{RateLimits, Windows};

    fn shown(windows: &Windows) -> Vec<String> {
        windows.headers().into_iter().map(|(_, value)| value).collect()
    }

    #[test]
    fn the_window_nearer_to_being_spent_is_shown() {
        let mut windows = Windows::new(RateLimits { hour: 5, ten_seconds: 3 });
        windows.take(1_000).unwrap();
        assert_eq!(shown(&windows), ["3", "2", "1010"]);
        windows.take(1_001).unwrap();
        windows.take(1_002).unwrap();
        assert_eq!(windows.take(1_003), Err(1_011), "the wait grew by a second");
        assert_eq!(shown(&windows), ["3", "0", "1011"]);
        windows.take(1_011).unwrap();
        assert_eq!(shown(&windows), ["5", "1", "4600"], "now the hour is nearer");
        windows.take(1_012).unwrap();
        assert_eq!(windows.take(1_030), Err(4_601));
        windows.take(4_601).unwrap();
    }
}
