//! How far a list is dealt with: told after every page that was read, and after every batch of it that was sent.

use super::engine::Engine;
use super::report::{Event, MappingReport};

/// How far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pace {
    /// Records of pages that are done.
    before: u64,
    /// Records of the page that is dealt with.
    page: u64,
    /// What of the page has to be sent, and what was.
    to_send: u64,
    sent: u64,
    total: Option<u64>,
}

impl Pace {
    /// The page before is done, and the next one has so many records.
    pub(super) fn page(&mut self, records: usize, total: Option<u64>) {
        *self = Self { before: self.before + self.page, page: count(records), total, ..Self::default() };
    }

    /// So many records of the page have to be sent.
    pub(super) fn expect(&mut self, records: usize) {
        (self.to_send, self.sent) = (count(records), 0);
    }

    /// So many more of them are.
    pub(super) fn sent(&mut self, records: usize) {
        self.sent = (self.sent + count(records)).min(self.to_send);
    }

    /// Records of the list that are dealt with. Reading costs little beside sending, so that a page is as far as it is sent.
    fn done(&self) -> u64 {
        self.before + (self.page * self.sent).checked_div(self.to_send).unwrap_or_default()
    }

    /// Tells whoever watches.
    pub(super) fn tell(&self, engine: &Engine<'_>, report: &MappingReport) {
        let requests = engine.doors.requests();
        engine.watch.see(&Event::Moved {
            mapping: &report.mapping,
            counts: &report.counts,
            done: self.done(),
            total: self.total,
            requests,
        });
    }
}

fn count(records: usize) -> u64 {
    u64::try_from(records).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::Pace;

    #[test]
    fn a_page_is_as_far_as_it_is_sent() {
        let mut pace = Pace::default();
        pace.page(100, Some(300));
        pace.expect(40);
        assert_eq!(pace.done(), 0);
        pace.sent(20);
        assert_eq!(pace.done(), 50);
        pace.page(100, Some(300));
        assert_eq!(pace.done(), 100);
        pace.page(0, Some(300));
        assert_eq!(pace.done(), 200);
    }
}
