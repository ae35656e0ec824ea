//! How do both systems behave on the wire? What both imitations share: addresses taken apart, answers put together.

use std::time::Duration;

use crate::connector::{Request, Response};
use crate::value::{Value, json_text};

/// What becomes of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// An answer at once.
    Answer(Response),
    /// An answer that comes after this long: the queue of a licence, or a slow line.
    After(Duration, Response),
    /// The connection is cut without an answer; what the request asked for may have been done.
    Drop,
}

/// A request's address, decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// The path as it was written, without query: `/entity/Default/24.200.001/Project/1001`.
    pub path: String,
    /// The decoded parts of the path; a `/` that was written `%2F` stays inside its part.
    pub parts: Vec<String>,
    /// The decoded query, in order.
    pub query: Vec<(String, String)>,
}

impl Target {
    /// Takes an address apart: absolute (`http://host/path?query`) or a path.
    pub fn of(url: &str) -> Self {
        let below = url.split_once("://").map_or(url, |(_, rest)| rest.find(['/', '?']).map_or("/", |at| &rest[at..]));
        let (path, query) = below.split_once('#').map_or(below, |(head, _)| head).split_once('?').unwrap_or((below, ""));
        let parts = path.split('/').filter(|part| !part.is_empty()).map(|part| decoded(part, false)).collect();
        Self { path: path.to_owned(), parts, query: form(query) }
    }

    /// The first query parameter of this name.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The decoded parts as texts, ready for a slice pattern.
    pub fn steps(&self) -> Vec<&str> {
        self.parts.iter().map(String::as_str).collect()
    }
}

impl Reply {
    /// The answer, however late it comes; `None` when the connection is cut.
    pub fn response(self) -> Option<Response> {
        match self {
            Self::Answer(response) | Self::After(_, response) => Some(response),
            Self::Drop => None,
        }
    }

    /// The same answer, later by this much.
    pub fn later(self, time: Duration) -> Self {
        match self {
            Self::Answer(response) if !time.is_zero() => Self::After(time, response),
            Self::After(already, response) => Self::After(already + time, response),
            other => other,
        }
    }
}

impl From<Response> for Reply {
    fn from(response: Response) -> Self {
        Self::Answer(response)
    }
}

/// An answer that is JSON.
pub fn json_answer(status: u16, body: &Value) -> Response {
    text_answer(status, "application/json; charset=utf-8", json_text(body))
}

/// An answer of another content type.
pub fn text_answer(status: u16, content_type: &str, body: impl Into<String>) -> Response {
    Response { status, headers: vec![("content-type".to_owned(), content_type.to_owned())], body: body.into().into_bytes() }
}

/// An answer without a body.
pub fn empty_answer(status: u16) -> Response {
    Response { status, headers: Vec::new(), body: Vec::new() }
}

/// The same answer with one more header; the name is lower case.
pub fn with_header(mut response: Response, name: &str, value: impl Into<String>) -> Response {
    response.headers.push((name.to_owned(), value.into()));
    response
}

/// The body of a request as JSON; `None` when it is empty or no JSON.
pub fn json_body(request: &Request) -> Option<Value> {
    Value::from_json(std::str::from_utf8(&request.body).ok()?).ok()
}

/// The pairs of a query or of a form-encoded body, decoded (`+` is a blank).
pub fn form(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decoded(name, true), decoded(value, true)))
        .collect()
}

/// Undoes percent-encoding; a stray `%` stays as it is.
fn decoded(text: &str, plus_is_blank: bool) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let pair = bytes.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        match (bytes[at], pair.and_then(|pair| u8::from_str_radix(pair, 16).ok())) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 2;
            }
            (b'+', _) if plus_is_blank => out.push(b' '),
            (byte, _) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::Target;

    #[test]
    fn an_address_comes_apart_whether_absolute_or_not() {
        let target = Target::of("http://127.0.0.1:8080/entity/Bill/Bill%7C000%2F1?$filter=Date%20gt%20'a%2Bb'&$top=2&x=a+b");
        assert_eq!(target.steps(), ["entity", "Bill", "Bill|000/1"]);
        assert_eq!(target.query("$filter"), Some("Date gt 'a+b'"));
        assert_eq!(target.query("x"), Some("a b"));
        assert_eq!(Target::of("/entity/Bill/Bill%7C000%2F1").path, "/entity/Bill/Bill%7C000%2F1");
        assert_eq!(Target::of("http://host").steps(), Vec::<&str>::new());
        assert_eq!(Target::of("/a%zz%4").steps(), ["a%zz%4"]);
    }
}
