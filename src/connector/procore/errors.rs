//! What does a failed answer of Procore mean, and which reasons does it give in its many shapes?

use crate::connector::door::{Call, Door, Effect};
use crate::connector::error::{self, Certainty, ConnectorError, ErrorKind, excerpt, is_html, shorten};
use crate::connector::raw;
use crate::connector::transport::Response;
use crate::value::Value;

/// Reads status and body of a failed answer.
pub(super) fn trouble(door: &Door, call: &Call, response: &Response) -> ConnectorError {
    let reasons = reasons(&response.body);
    let error = door.error(kind(response.status, call.effect), &call.operation, shorten(&reasons.join("; ")));
    let error = reasons.iter().take(20).fold(error, |error, reason| error.fact("error", shorten(reason)));
    match response.status {
        // Turned away at the door under load: nothing has happened.
        503 if response.header("retry-after").is_some() => error.certain(Certainty::AgainLater),
        // A redirect was not followed; whatever stands behind it is not the API.
        300..=399 => error.certain(Certainty::Refused),
        _ => error,
    }
}

fn kind(status: u16, effect: Effect) -> ErrorKind {
    match status {
        401 => ErrorKind::SignIn,
        403 => ErrorKind::Forbidden,
        404 => ErrorKind::NotFound,
        405 => ErrorKind::NotSupported,
        // Of a read, 408 is Procore's word for a list that is too large.
        408 if effect == Effect::Read => ErrorKind::TooLarge,
        408 => ErrorKind::Timeout,
        413 => ErrorKind::TooLarge,
        409 => ErrorKind::Conflict,
        429 => ErrorKind::RateLimited,
        504 => ErrorKind::Timeout,
        500.. => ErrorKind::Unavailable,
        300..=399 => ErrorKind::Nonsense,
        _ => ErrorKind::Refused,
    }
}

/// The reasons in a body, whichever of the shapes it has: `errors` as text, by field or as a list; `error` as text or
/// record; `message`, `reason`, `exception`; `details` of v2. A page or other text is its own reason.
pub(super) fn reasons(body: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    if !is_html(body)
        && let Some(value) = raw::value(body)
    {
        gather(&value, "", &mut found);
    }
    if found.is_empty() {
        let text = excerpt(body);
        found.push(if text.is_empty() { "the answer gives no reason".to_owned() } else { text });
    }
    found
}

/// The reasons that a bulk write adds to a row it refused.
pub(super) fn row_reasons(errors: &Value) -> Vec<String> {
    let mut found = Vec::new();
    gather(errors, "", &mut found);
    if found.is_empty() {
        found.push("the row was refused without a reason".to_owned());
    }
    found
}

/// Members that hold reasons rather than name the field at fault.
const HOLDERS: [&str; 10] =
    ["errors", "error", "message", "reason", "exception", "details", "error_description", "error_messages", "base", "fields"];

/// Members that only classify.
const LABELS: [&str; 5] = ["code", "status", "reason_code", "error_code", "source"];

fn gather(value: &Value, field: &str, found: &mut Vec<String>) {
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::Text(text) if text.trim().is_empty() => {}
        Value::Text(_) | Value::Number(_) => {
            let plain = value.plain();
            let text = error::reason(&plain);
            let reason = if field.is_empty() { text.to_owned() } else { format!("`{field}`: {text}") };
            if !found.contains(&reason) {
                found.push(reason);
            }
        }
        Value::List(list) => list.iter().for_each(|item| gather(item, field, found)),
        Value::Record(record) => {
            // Beside a message a `code` classifies; by itself it is the field of that name.
            let told = ["message", "error", "errors"].iter().any(|name| record.get(name).is_some());
            for (name, inner) in record.iter().filter(|(name, _)| !(told && LABELS.contains(name))) {
                match (HOLDERS.contains(&name), field.is_empty()) {
                    (true, _) => gather(inner, field, found),
                    (false, true) => gather(inner, name, found),
                    (false, false) => gather(inner, &format!("{field}.{name}"), found),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Effect, ErrorKind, kind, reasons};

    #[test]
    fn every_shape_of_body_gives_its_reasons() {
        for (body, expected) in [
            (r#"{"errors":"Project not found"}"#, "Project not found"),
            (
                r#"{"errors":{"origin_id":["has already been taken","is too long"],"base":["is locked"]}}"#,
                "`origin_id`: has already been taken|`origin_id`: is too long|is locked",
            ),
            (r#"{"errors":[{"message":"a"},{"name":["blank"]}]}"#, "a|`name`: blank"),
            (
                r#"{"code":422,"message":"Unprocessable","fields":{"vendor_id":["unknown"]},"reason":null}"#,
                "Unprocessable|`vendor_id`: unknown",
            ),
            (r#"{"errors":{"code":["is taken"]}}"#, "`code`: is taken"),
            (r#"{"message":"boom","exception":"NoMethodError"}"#, "boom|NoMethodError"),
            (
                r#"{"error":{"code":"BAD_REQUEST","message":"bad","details":[{"reason_code":"X","message":"no amount","source":"body"}]}}"#,
                "bad|no amount",
            ),
            (r#"{"error":"invalid_grant","error_description":"The grant is used up"}"#, "invalid_grant|The grant is used up"),
            ("<html><body>Bad gateway</body></html>", "Bad gateway"),
            ("plain words", "plain words"),
            ("", "the answer gives no reason"),
            ("{}", "{}"),
        ] {
            assert_eq!(reasons(body.as_bytes()).join("|"), expected, "{body}");
        }
    }

    #[test]
    fn each_status_has_its_meaning() {
        let meanings = [
            (302, ErrorKind::Nonsense),
            (400, ErrorKind::Refused),
            (401, ErrorKind::SignIn),
            (403, ErrorKind::Forbidden),
            (404, ErrorKind::NotFound),
            (405, ErrorKind::NotSupported),
            (406, ErrorKind::Refused),
            (408, ErrorKind::TooLarge),
            (409, ErrorKind::Conflict),
            (413, ErrorKind::TooLarge),
            (422, ErrorKind::Refused),
            (429, ErrorKind::RateLimited),
            (500, ErrorKind::Unavailable),
            (503, ErrorKind::Unavailable),
            (504, ErrorKind::Timeout),
        ];
        for (status, meaning) in meanings {
            assert_eq!(kind(status, Effect::Read), meaning, "{status}");
        }
        assert_eq!(kind(408, Effect::Once), ErrorKind::Timeout);
    }
}
