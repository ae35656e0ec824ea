//! The rules that nothing may break, by name, and what broke one.

use std::fmt;

/// A rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Check {
    /// Each write is what an open flow has on record before it leaves.
    Intent,
    /// Nothing goes to Acumatica that nobody has consented to.
    Consent,
    /// One live record for each source, at either system.
    OneTarget,
    /// Each link has both records.
    WholeLinks,
    /// What is locked stays as it is.
    Locked,
    /// Lines add up to their header.
    LinesAddUp,
    /// Job to date cost less what was invoiced on commitments is the direct costs.
    Reconciles,
    /// Runs stay within their budget of requests.
    Budget,
    /// Nobody stays signed in.
    SignedOut,
    /// All runs that nothing disturbs come to their end, and then there is nothing left to write.
    ComesToRest,
    /// Both systems, links, held records and open flows are as if nothing had happened.
    SameEnd,
}

/// What broke a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    /// Which.
    pub(crate) check: Check,
    /// How.
    pub(crate) what: String,
}

impl fmt::Display for Check {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Intent => "no write without its intent on record",
            Self::Consent => "no write without consent",
            Self::OneTarget => "one live target for each source",
            Self::WholeLinks => "no link without both records",
            Self::Locked => "locked records stay untouched",
            Self::LinesAddUp => "lines add up to the header",
            Self::Reconciles => "costs reconcile",
            Self::Budget => "requests stay within their budget",
            Self::SignedOut => "sessions are signed out",
            Self::ComesToRest => "a run that nothing disturbs comes to rest",
            Self::SameEnd => "the same end as if nothing had happened",
        })
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.check, self.what)
    }
}
