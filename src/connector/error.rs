//! What went wrong at a system's door, what it means, and whether waiting helps.

use std::fmt;
use std::time::Duration;

use crate::schema::System;

/// Most characters of an answer that an error repeats.
const EXCERPT: usize = 300;

/// What an answer, or its absence, means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// A rule of the system forbids it, or the request is malformed.
    Refused,
    /// There is no such record, entity or endpoint, or this account may not see it.
    NotFound,
    /// The record is in another state than assumed: changed meanwhile, there already, gone.
    Conflict,
    /// User, secret or token are not accepted.
    SignIn,
    /// The account lacks a permission, or the feature is off.
    Forbidden,
    /// Too many requests.
    RateLimited,
    /// The system failed or is overloaded.
    Unavailable,
    /// No connection, or it broke.
    Unreachable,
    /// An answer that is not what the API promises: HTML, cut JSON, another shape.
    Nonsense,
    /// The request or its answer is larger than the other side takes.
    TooLarge,
    /// All sessions are taken, or an operation is still running on the form.
    Busy,
    /// No answer within the time allowed.
    Timeout,
    /// This resource, system or setting has no way to do it.
    NotSupported,
}

/// What is known about the effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Certainty {
    /// No effect; sending the same again is refused again.
    Refused,
    /// No effect, or one that a resend merely repeats (a read, an upsert by `origin_id`, a change by id): send the
    /// same again later.
    AgainLater,
    /// It may have happened: look before sending again.
    Unknown,
}

/// A failure at a system's door. Callers decide by `kind` and [`certainty`](Self::certainty), never by the text.
/// Secrets are taken out before it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectorError {
    /// What it means.
    pub kind: ErrorKind,
    /// Which system.
    pub system: System,
    /// Method and entity, or path: `PUT /Subcontract`.
    pub operation: String,
    /// The reasons, in the system's own words.
    pub message: String,
    /// Facts as pairs: `status`, `exception`, `request_id`, `error` (`Details[0].ProjectID: …`), `left_behind`.
    pub facts: Vec<(&'static str, String)>,
    /// How long the system asks us to wait.
    pub retry_after: Option<Duration>,
    certainty: Certainty,
}

impl ConnectorError {
    /// An error whose certainty is what its kind usually means; see [`certain`](Self::certain).
    pub fn new(kind: ErrorKind, system: System, operation: impl Into<String>, message: impl Into<String>) -> Self {
        let certainty = match kind {
            ErrorKind::RateLimited | ErrorKind::Unreachable | ErrorKind::Busy => Certainty::AgainLater,
            ErrorKind::Unavailable | ErrorKind::Nonsense | ErrorKind::Timeout => Certainty::Unknown,
            ErrorKind::Refused
            | ErrorKind::NotFound
            | ErrorKind::Conflict
            | ErrorKind::SignIn
            | ErrorKind::Forbidden
            | ErrorKind::TooLarge
            | ErrorKind::NotSupported => Certainty::Refused,
        };
        Self { kind, system, operation: operation.into(), message: message.into(), facts: Vec::new(), retry_after: None, certainty }
    }

    /// The same, with this certainty.
    #[must_use]
    pub fn certain(mut self, certainty: Certainty) -> Self {
        self.certainty = certainty;
        self
    }

    /// The same, with one more fact.
    #[must_use]
    pub fn fact(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.facts.push((name, value.into()));
        self
    }

    /// What is known about the effect.
    pub fn certainty(&self) -> Certainty {
        self.certainty
    }

    /// Whether waiting helps.
    pub fn is_temporary(&self) -> bool {
        match self.kind {
            ErrorKind::RateLimited | ErrorKind::Unavailable | ErrorKind::Unreachable | ErrorKind::Busy | ErrorKind::Timeout => true,
            ErrorKind::Conflict => self.certainty == Certainty::AgainLater,
            ErrorKind::Refused
            | ErrorKind::NotFound
            | ErrorKind::SignIn
            | ErrorKind::Forbidden
            | ErrorKind::Nonsense
            | ErrorKind::TooLarge
            | ErrorKind::NotSupported => false,
        }
    }

    /// The first fact of this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.facts.iter().find(|(fact, _)| *fact == name).map(|(_, value)| value.as_str())
    }

    /// The id of a record that was made before a later call for it failed: send the rest under this id.
    pub fn left_behind(&self) -> Option<&str> {
        self.get("left_behind")
    }

    /// Whether other rows of the same write would meet the same: the system is out of reach or shut to us.
    pub(super) fn stops_the_rest(&self) -> bool {
        matches!(self.kind, ErrorKind::SignIn | ErrorKind::Forbidden) || (self.is_temporary() && self.kind != ErrorKind::Conflict)
    }

    /// What a row gets that was not sent because of this error.
    pub(super) fn for_the_rest(&self) -> Self {
        let mut rest = self.clone().certain(Certainty::AgainLater);
        rest.facts.retain(|(name, _)| *name != "left_behind");
        rest.message = format!("not sent, since a call before it failed: {}", self.message);
        rest
    }

    /// The same with its texts passed through `clean`, which takes secrets out.
    pub(super) fn cleaned(mut self, clean: impl Fn(&str) -> String) -> Self {
        self.message = clean(&self.message);
        for (_, value) in &mut self.facts {
            *value = clean(value);
        }
        self
    }

    /// What to do next.
    pub fn advice(&self) -> String {
        if self.certainty == Certainty::Unknown {
            return "whether it took effect is unknown: look at the system before sending it again".to_owned();
        }
        let advice = match self.kind {
            // Acumatica's words for an action that the document's status does not allow.
            ErrorKind::Refused if self.message.contains("button is disabled") => {
                "the document does not stand so that this can be done: let accounting release it or take it off hold; it is tried again by itself"
            }
            ErrorKind::Refused => "correct the record or its mapping, then send it again",
            ErrorKind::NotFound => "check that it exists and that this account may see it",
            ErrorKind::Conflict => "read the record again, then decide",
            ErrorKind::SignIn => "check user, secret and tenant in the settings",
            ErrorKind::Forbidden => "ask an administrator of the system for the permission",
            ErrorKind::RateLimited | ErrorKind::Unavailable | ErrorKind::Busy | ErrorKind::Timeout => "try again later",
            ErrorKind::Unreachable => "check the address in the settings and the network",
            ErrorKind::Nonsense => "check that the address in the settings is the API's",
            ErrorKind::TooLarge => "ask for less at once: set a smaller `page_size`",
            ErrorKind::NotSupported => "change the mapping or the settings",
        };
        match self.retry_after {
            Some(wait) if self.is_temporary() => format!("try again in {} s", wait.as_secs().max(1)),
            _ => advice.to_owned(),
        }
    }
}

/// What happened, where, and what to do next.
impl fmt::Display for ConnectorError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            ErrorKind::Refused => "refused",
            ErrorKind::NotFound => "found nothing for",
            ErrorKind::Conflict => "met another state at",
            ErrorKind::SignIn => "did not accept the sign-in for",
            ErrorKind::Forbidden => "does not allow",
            ErrorKind::RateLimited => "takes no more requests for now, at",
            ErrorKind::Unavailable => "could not serve",
            ErrorKind::Unreachable => "could not be reached for",
            ErrorKind::Nonsense => "gave an unreadable answer to",
            ErrorKind::TooLarge => "was asked for too much at",
            ErrorKind::Busy => "is busy, at",
            ErrorKind::Timeout => "did not answer in time to",
            ErrorKind::NotSupported => "has no way to do",
        };
        write!(formatter, "{} {what} `{}`: {}; {}", self.system.word(), self.operation, self.message, self.advice())?;
        match self.get("request_id") {
            Some(id) => write!(formatter, " (request id `{id}`)"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ConnectorError {}

/// A body as a short, single-line text: an HTML page becomes its words.
pub(super) fn excerpt(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let words = if is_html(body) { without_tags(&text) } else { text.into_owned() };
    shorten(&words)
}

/// At most 300 characters, white space folded.
pub(super) fn shorten(text: &str) -> String {
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match folded.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}…", &folded[..end]),
        None => folded,
    }
}

/// A reason of a system as part of our messages: without white space around it and without its full stop.
pub(super) fn reason(text: &str) -> &str {
    text.trim().trim_end_matches('.')
}

/// Whether a body is an HTML page.
pub(super) fn is_html(body: &[u8]) -> bool {
    let start = String::from_utf8_lossy(&body[..body.len().min(200)]).trim_start().to_ascii_lowercase();
    start.starts_with("<!doctype") || start.starts_with("<html")
}

fn without_tags(html: &str) -> String {
    let mut words = String::new();
    let mut rest = html;
    while let Some((text, tag)) = rest.split_once('<') {
        words.push_str(text);
        words.push(' ');
        // What a script or style holds is not for reading.
        let silent = ["script", "style"]
            .into_iter()
            .find(|name| tag.len() >= name.len() && tag.is_char_boundary(name.len()) && tag[..name.len()].eq_ignore_ascii_case(name));
        let skipped = silent.and_then(|name| tag.find(&format!("</{name}")).map(|at| &tag[at + 1..])).unwrap_or(tag);
        rest = skipped.split_once('>').map_or("", |(_, after)| after);
    }
    words.push_str(rest);
    words
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Certainty, ConnectorError, ErrorKind, excerpt};
    use crate::schema::System;

    #[test]
    fn a_message_says_what_where_and_what_next() {
        let refused = ConnectorError::new(ErrorKind::Refused, System::Acumatica, "PUT /Bill", "`VendorRef`: is there already")
            .fact("request_id", "r-1");
        assert_eq!(
            refused.to_string(),
            "acumatica refused `PUT /Bill`: `VendorRef`: is there already; correct the record or its mapping, then send it again (request id `r-1`)"
        );
        let early = ConnectorError::new(
            ErrorKind::Refused,
            System::Acumatica,
            "POST /Bill/ReleaseRetainage",
            "Error: The Release button is disabled",
        );
        assert!(early.to_string().contains("let accounting release it"), "{early}");
        let mut limited = ConnectorError::new(ErrorKind::RateLimited, System::Procore, "GET /rest/v1.0/me", "status 429");
        limited.retry_after = Some(Duration::from_secs(7));
        assert!(limited.to_string().ends_with("status 429; try again in 7 s"), "{limited}");
        let lost = ConnectorError::new(ErrorKind::Unreachable, System::Acumatica, "PUT /Bill", "reset").certain(Certainty::Unknown);
        assert!(lost.to_string().contains("whether it took effect is unknown"), "{lost}");
    }

    #[test]
    fn a_page_becomes_its_words_and_a_long_text_is_cut() {
        let page = b"<!DOCTYPE html><html><head><title>API login limit</title><style>p {}</style></head><body><p>Too many\n sign-ins</p></body></html>";
        assert_eq!(excerpt(page), "API login limit Too many sign-ins");
        let long = "\u{e9}".repeat(400);
        assert_eq!(excerpt(long.as_bytes()).chars().count(), 301);
        assert_eq!(excerpt(b"<html><script>var a = '<p>';"), "var a = ' ';");
    }
}
