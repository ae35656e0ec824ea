//! How does an imitated Acumatica behave on the wire? How it says no: the statuses and bodies of its refusals.

use crate::connector::Response;
use crate::sandbox::wire::{json_answer, text_answer};
use crate::value::{Record, Value};

/// Why a request is not done.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Problem {
    /// 400: the body is empty or cannot be read; the member it is about, and what is wrong.
    Malformed(String, String),
    /// 401: no session, or one that has ended.
    NoSession,
    /// 404 with a message.
    NotFound(String),
    /// 404 with the web server's page: not even an endpoint.
    NoPage,
    /// 405: the address knows other methods.
    Method(String),
    /// 411: the web server wants to be told the length of a body, even of none.
    Length,
    /// 412: `If-Match` or `If-None-Match` does not hold.
    Precondition(&'static str),
    /// 422: the business logic refused; the entity as it was sent, with `error` where it applies.
    Refused(Value),
    /// 500: everything else; the exception's type and message.
    Exception(&'static str, String),
    /// 500 with a page: too many sessions.
    LoginLimit,
    /// 429: the queue of the licence is full.
    Declined,
}

/// The exception of a record that is not there: 500, where other systems say 404.
pub(super) const NO_ENTITY: &str = "PX.Api.ContractBased.NoEntitySatisfiesTheConditionException";
/// The exception of a list that cannot be read at once.
pub(super) const CANNOT_OPTIMIZE: &str = "PX.Api.ContractBased.OptimizedExport.CannotOptimizeException";
/// The exception of most other refusals.
pub(super) const PX: &str = "PX.Data.PXException";
/// The exception of a filter or a selection that cannot be understood.
pub(super) const ODATA: &str = "Microsoft.Data.OData.ODataException";

impl Problem {
    /// The problem of a by-key address that leads to nothing.
    pub(super) fn no_entity() -> Self {
        Self::Exception(NO_ENTITY, "No entity satisfies the condition.".to_owned())
    }

    /// A general refusal with this message.
    pub(super) fn px(message: impl Into<String>) -> Self {
        Self::Exception(PX, message.into())
    }

    /// The problem of an empty body.
    pub(super) fn empty_body() -> Self {
        Self::Malformed(String::new(), "The request body should not be empty.".to_owned())
    }

    /// The answer that says so.
    pub(super) fn answer(&self) -> Response {
        match self {
            Self::Malformed(member, what) => {
                let state = Record::from_iter([(member.as_str(), Value::List(vec![Value::text(what)]))]);
                let body = Record::from_iter([("message", Value::text("The request is invalid.")), ("modelState", state.into())]);
                json_answer(400, &body.into())
            }
            Self::NoSession => message(401, "You are not logged in."),
            Self::NotFound(what) => message(404, what),
            Self::NoPage => page(404, "404 - File or directory not found."),
            Self::Method(method) => message(405, &format!("The requested resource does not support http method '{method}'.")),
            Self::Length => page(411, "Length Required"),
            Self::Precondition(what) => message(412, what),
            Self::Refused(echo) => json_answer(422, echo),
            Self::Exception(kind, what) => exception(kind, what),
            Self::LoginLimit => page(500, "Your company has reached its API login limit."),
            Self::Declined => text_answer(429, "text/plain; charset=utf-8", "The request was declined: too many requests are waiting."),
        }
    }
}

fn message(status: u16, what: &str) -> Response {
    json_answer(status, &Record::from_iter([("message", what)]).into())
}

fn page(status: u16, what: &str) -> Response {
    let body = format!("<!DOCTYPE html>\r\n<html><head><title>Error</title></head><body><h2>{what}</h2></body></html>");
    text_answer(status, "text/html; charset=utf-8", body)
}

fn exception(kind: &str, what: &str) -> Response {
    let body = Record::from_iter([
        ("message", "An error has occurred."),
        ("exceptionMessage", what),
        ("exceptionType", kind),
        ("stackTrace", "   at PX.Api.ContractBased.WebApi.Controllers.SystemControllerBase.Execute()"),
    ]);
    json_answer(500, &body.into())
}

/// Something that the business logic will not have, and where in the request it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The detail and the line's place in the request; none for the record itself.
    pub line: Option<(String, usize)>,
    /// The field, `MainContact.Address.State`; none for the record or line as a whole.
    pub field: Option<String>,
    /// What is wrong.
    pub message: String,
}

/// The body as it was sent, with each refusal in its place, a summary on the record, and `<NEW>` for a number to come.
pub(super) fn echo(sent: &Record, refusals: &[Refusal], summary: &str) -> Value {
    let mut body = sent.clone();
    for refusal in refusals {
        match &refusal.line {
            None => mark(&mut body, refusal),
            Some((detail, at)) => {
                if let Some(Value::List(lines)) = body.get_mut(detail)
                    && let Some(Value::Record(line)) = lines.get_mut(*at)
                {
                    mark(line, refusal);
                }
            }
        }
    }
    if body.get("error").is_none() {
        body.set("error", summary);
    }
    body.into()
}

fn mark(node: &mut Record, refusal: &Refusal) {
    let path = refusal.field.as_ref().map_or_else(|| "error".to_owned(), |field| format!("{field}.error"));
    node.set_at(&path, refusal.message.as_str());
}

#[cfg(test)]
mod tests {
    use super::{Problem, Refusal, echo};
    use crate::value::Value;

    #[test]
    fn errors_stand_where_their_fields_are() {
        let Value::Record(sent) = Value::from_json(r#"{"VendorID":{"value":"X"},"Details":[{},{"Task":{"value":"9"}}]}"#).unwrap() else {
            panic!("a record")
        };
        let refusals = [
            Refusal { line: None, field: Some("VendorID".into()), message: "no vendor".into() },
            Refusal { line: Some(("Details".into(), 1)), field: Some("Task".into()), message: "no task".into() },
            Refusal { line: Some(("Details".into(), 1)), field: Some("CostCode".into()), message: "empty".into() },
        ];
        let text = echo(&sent, &refusals, "see the lines").to_string();
        let lines = r#"[{},{"Task":{"value":"9","error":"no task"},"CostCode":{"error":"empty"}}]"#;
        let wanted = format!(r#"{{"VendorID":{{"value":"X","error":"no vendor"}},"Details":{lines},"error":"see the lines"}}"#);
        assert_eq!(text, wanted);
    }

    #[test]
    fn a_missing_record_is_a_500() {
        let answer = Problem::no_entity().answer();
        assert_eq!(answer.status, 500);
        assert!(String::from_utf8(answer.body).unwrap().contains("NoEntitySatisfiesTheConditionException"));
    }
}
