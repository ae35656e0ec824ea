//! One request and its answer, and what carries them: sockets, or a call into the sandbox.

use std::fmt;

use thiserror::Error;

use super::clock::Later;

/// A request as it goes on the wire. Its `Debug` form shows method and path only: headers, query and body may hold
/// secrets.
#[derive(Clone, Default, PartialEq, Eq)]
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

/// An answer as it came. Its `Debug` form shows the status only.
#[derive(Clone, Default, PartialEq, Eq)]
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

    /// The path of the address, without host and query.
    pub fn path(&self) -> &str {
        let rest = self.url.split_once("://").map_or(self.url.as_str(), |(_, rest)| rest);
        let path = rest.find('/').map_or("/", |at| &rest[at..]);
        path.split(['?', '#']).next().unwrap_or(path)
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Request({} {}, {} bytes)", self.method, self.path(), self.body.len())
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Response({}, {} bytes)", self.status, self.body.len())
    }
}

#[cfg(test)]
mod tests {
    use super::{Request, Response};

    #[test]
    fn debug_shows_neither_header_nor_query_nor_body() {
        let headers = vec![("authorization".to_owned(), "Bearer tok-1".to_owned())];
        let url = "https://host/oauth/token?client_secret=s3cret".to_owned();
        let request = Request { method: "POST".to_owned(), url, headers: headers.clone(), body: b"password=pw".to_vec() };
        assert_eq!(format!("{request:?}"), "Request(POST /oauth/token, 11 bytes)");
        let response = Response { status: 200, headers, body: b"token".to_vec() };
        assert_eq!(format!("{response:?}"), "Response(200, 5 bytes)");
        assert_eq!(Request { url: "https://host".to_owned(), ..Request::default() }.path(), "/");
    }
}
