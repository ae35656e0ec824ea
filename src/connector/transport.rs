//! One request and its answer, and what carries them: sockets, or a call into the sandbox.

use thiserror::Error;

use super::clock::Later;

/// A request as it goes on the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `PUT`, `PATCH`, `POST`, `DELETE`.
    pub method: String,
    /// Scheme, host, path and query, encoded.
    pub url: String,
    /// Headers; names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body; empty for none.
    pub body: Vec<u8>,
}

/// An answer as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Headers; names in lower case, one entry each even when a name comes twice (`set-cookie`).
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum TransportError {
    /// The request never left (refused connection, unknown host, bad certificate): no effect.
    #[error("no connection: {0}")]
    NotSent(String),
    /// The request left and no whole answer came (reset, time-out, cut body): the effect is unknown.
    #[error("no answer: {0}")]
    Lost(String),
    /// The answer is larger than we read; the effect, if any, has happened.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
}

/// Carries requests. Over sockets in a run; straight into the sandbox in a simulation.
pub trait Transport: Send + Sync {
    /// Sends one request and waits for its whole answer.
    fn send(&self, request: Request) -> Later<'_, Result<Response, TransportError>>;
}

impl Response {
    /// The first header of this (lower-case) name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }
}

impl Request {
    /// The first header of this (lower-case) name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }
}
