//! How do both systems behave on the wire? Procore's refusals, in the several shapes that v1 has and the one that v2 has.

use std::collections::BTreeMap;

use crate::connector::Response;
use crate::sandbox::wire::{json_answer, with_header};
use crate::value::{Record, Value};

/// Why a call is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// 400: malformed JSON, a missing parameter or header.
    Malformed(String),
    /// 401: the token is missing, spent or revoked.
    Unauthorized,
    /// 403: not for this application or company.
    Forbidden(String),
    /// 404: absent, or not visible to this account.
    NotFound,
    /// 405: the path is known, the method is not.
    Method(Vec<&'static str>),
    /// 406: no such field, or not JSON.
    NotAcceptable(String),
    /// 409: it is there already.
    Conflict(Reasons),
    /// 413: too many rows.
    TooLarge(String),
    /// 422: a rule is broken.
    Unprocessable(Reasons),
    /// 422 in the flat form that contracts answer with.
    UnprocessableFlat(Reasons),
}

/// Reasons by field; `base` where no single field is to blame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reasons(BTreeMap<String, Vec<String>>);

impl Reasons {
    /// One reason.
    pub(crate) fn one(field: &str, reason: impl Into<String>) -> Self {
        let mut reasons = Self::default();
        reasons.add(field, reason);
        reasons
    }

    /// Adds a reason, once.
    pub(crate) fn add(&mut self, field: &str, reason: impl Into<String>) {
        let (known, reason) = (self.0.entry(field.to_owned()).or_default(), reason.into());
        if !known.contains(&reason) {
            known.push(reason);
        }
    }

    /// `true` when nothing is wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this reason is among them.
    pub(crate) fn has(&self, field: &str, reason: &str) -> bool {
        self.0.get(field).is_some_and(|reasons| reasons.iter().any(|known| known == reason))
    }

    /// `{"field": ["reason", …]}`.
    pub(crate) fn to_value(&self) -> Value {
        let list = |reasons: &Vec<String>| Value::List(reasons.iter().map(Value::text).collect());
        self.0.iter().map(|(field, reasons)| (field.as_str(), list(reasons))).collect::<Record>().into()
    }

    fn sentence(&self) -> String {
        let of_field = |(field, reasons): (&String, &Vec<String>)| {
            let reasons = reasons.join(", ");
            if field == "base" { reasons } else { format!("{field} {reasons}") }
        };
        self.0.iter().map(of_field).collect::<Vec<_>>().join("; ")
    }
}

impl Problem {
    /// HTTP status.
    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) => 400,
            Self::Unauthorized => 401,
            Self::Forbidden(_) => 403,
            Self::NotFound => 404,
            Self::Method(_) => 405,
            Self::NotAcceptable(_) => 406,
            Self::Conflict(_) => 409,
            Self::TooLarge(_) => 413,
            Self::Unprocessable(_) | Self::UnprocessableFlat(_) => 422,
        }
    }

    /// The answer; `v2` chooses the one shape of that version.
    pub(crate) fn answer(&self, v2: bool) -> Response {
        let body = if v2 { self.body_v2() } else { self.body_v1() };
        let answer = json_answer(self.status(), &body);
        match self {
            Self::Method(allowed) => with_header(answer, "allow", allowed.join(", ")),
            _ => answer,
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Malformed(text) | Self::Forbidden(text) | Self::NotAcceptable(text) | Self::TooLarge(text) => text.clone(),
            Self::Unauthorized => "The access token is invalid".to_owned(),
            Self::NotFound => "Resource not found".to_owned(),
            Self::Method(_) => "Method not allowed".to_owned(),
            Self::Conflict(reasons) | Self::Unprocessable(reasons) | Self::UnprocessableFlat(reasons) => reasons.sentence(),
        }
    }

    /// v1 has no single shape; each status gets one that real clients have met.
    fn body_v1(&self) -> Value {
        let text = Value::text(self.text());
        match self {
            Self::Malformed(_) | Self::Forbidden(_) => record([("errors", text)]),
            Self::Unauthorized | Self::TooLarge(_) => record([("error", text)]),
            Self::NotFound => record([("message", text), ("exception", "RecordNotFound".into())]),
            Self::Method(_) => {
                record([("error", record([("code", Value::from(405)), ("message", text), ("details", Value::List(Vec::new()))]))])
            }
            Self::NotAcceptable(_) => record([("errors", Value::List(vec![record([("message", text)])]))]),
            Self::Conflict(reasons) | Self::Unprocessable(reasons) => record([("errors", reasons.to_value())]),
            Self::UnprocessableFlat(reasons) => {
                let fields = reasons.0.keys().cloned().collect::<Vec<_>>().join(",");
                record([("code", Value::from(422)), ("message", text), ("fields", fields.into()), ("reason", reasons.sentence().into())])
            }
        }
    }

    fn body_v2(&self) -> Value {
        let code = match self {
            Self::Malformed(_) => "BAD_REQUEST",
            Self::Unauthorized => "UNAUTHORIZED",
            Self::Forbidden(_) => "FORBIDDEN",
            Self::NotFound => "NOT_FOUND",
            Self::Method(_) => "METHOD_NOT_ALLOWED",
            Self::NotAcceptable(_) => "NOT_ACCEPTABLE",
            Self::Conflict(_) => "CONFLICT",
            Self::TooLarge(_) => "PAYLOAD_TOO_LARGE",
            Self::Unprocessable(_) | Self::UnprocessableFlat(_) => "UNPROCESSABLE_ENTITY",
        };
        let detail = record([("reason_code", code.into()), ("message", self.text().into()), ("source", "request".into())]);
        record([("error", record([("code", code.into()), ("message", self.text().into()), ("details", Value::List(vec![detail]))]))])
    }
}

fn record<const N: usize>(fields: [(&str, Value); N]) -> Value {
    Record::from_iter(fields).into()
}

#[cfg(test)]
mod tests {
    use super::{Problem, Reasons};

    fn body(problem: &Problem, v2: bool) -> String {
        String::from_utf8(problem.answer(v2).body).unwrap()
    }

    #[test]
    fn version_one_has_many_shapes_and_version_two_has_one() {
        let reasons = Reasons::one("origin_id", "has already been taken");
        assert_eq!(body(&Problem::Unprocessable(reasons.clone()), false), r#"{"errors":{"origin_id":["has already been taken"]}}"#);
        assert_eq!(
            body(&Problem::UnprocessableFlat(reasons), false),
            r#"{"code":422,"message":"origin_id has already been taken","fields":"origin_id","reason":"origin_id has already been taken"}"#
        );
        assert_eq!(body(&Problem::Unauthorized, false), r#"{"error":"The access token is invalid"}"#);
        assert_eq!(body(&Problem::NotFound, false), r#"{"message":"Resource not found","exception":"RecordNotFound"}"#);
        let detail = r#"{"reason_code":"NOT_FOUND","message":"Resource not found","source":"request"}"#;
        let whole = format!(r#"{{"error":{{"code":"NOT_FOUND","message":"Resource not found","details":[{detail}]}}}}"#);
        assert_eq!(body(&Problem::NotFound, true), whole);
        let answer = Problem::Method(vec!["GET", "PATCH"]).answer(false);
        assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, PATCH")));
    }
}
