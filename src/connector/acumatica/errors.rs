//! What does a failed answer of Acumatica mean? Its status often lies; exception type and message tell.

use crate::connector::door::{Call, Door};
use crate::connector::error::{self, Certainty, ConnectorError, ErrorKind, excerpt, is_html, shorten};
use crate::connector::raw;
use crate::connector::transport::Response;
use crate::value::{Record, Value};

/// A body that reports an exception.
pub(super) struct Fault {
    /// `PX.Data.PXException`; empty when not told.
    pub(super) kind: String,
    /// The reason, that of the innermost exception included.
    pub(super) text: String,
}

/// Reads status, exception and message of a failed answer.
pub(super) fn trouble(door: &Door, call: &Call, response: &Response) -> ConnectorError {
    let value = raw::value(&response.body).filter(|_| !is_html(&response.body));
    let error = |kind, message: &str| door.error(kind, &call.operation, shorten(message));
    if response.status == 422
        && let Some(echo) = &value
    {
        return refused_entity(error(ErrorKind::Refused, ""), echo);
    }
    let fault = fault(&response.body);
    let text = fault.as_ref().map_or_else(|| reasons(&response.body).join("; "), |fault| fault.text.clone());
    let told = |error: ConnectorError| match fault.as_ref().filter(|fault| !fault.kind.is_empty()) {
        Some(fault) => error.fact("exception", fault.kind.as_str()),
        None => error,
    };
    told(match response.status {
        400 | 422 => error(ErrorKind::Refused, &text),
        401 => error(ErrorKind::SignIn, &text),
        403 => error(ErrorKind::Forbidden, &text),
        404 => error(ErrorKind::NotFound, &text),
        405 => error(ErrorKind::NotSupported, &text),
        // The record is there although it should be new, or is gone although it should exist.
        412 => error(ErrorKind::Conflict, &text),
        413 => error(ErrorKind::TooLarge, &text),
        429 => error(ErrorKind::RateLimited, &text),
        500 => match &fault {
            Some(fault) => exception(fault, &error),
            None => error(ErrorKind::Unavailable, &text),
        },
        504 => error(ErrorKind::Timeout, &text),
        501.. => error(ErrorKind::Unavailable, &text),
        // An expired session may be sent to the login form.
        300..=399 if response.header("location").is_some_and(|to| to.to_ascii_lowercase().contains("login")) => {
            error(ErrorKind::SignIn, "sent to the login form")
        }
        300..=399 => error(ErrorKind::Nonsense, &format!("sent elsewhere: {}", response.header("location").unwrap_or("nowhere"))),
        _ => error(ErrorKind::Refused, &text),
    })
}

/// A 500 by its exception.
fn exception(fault: &Fault, error: &dyn Fn(ErrorKind, &str) -> ConnectorError) -> ConnectorError {
    let (kind, text) = (fault.kind.as_str(), fault.text.as_str());
    let lower = text.to_ascii_lowercase();
    let says = |words: &str| lower.contains(words);
    match kind {
        _ if kind.ends_with("NoEntitySatisfiesTheConditionException") => error(ErrorKind::NotFound, text),
        _ if kind.ends_with("CannotOptimizeException") => error(ErrorKind::NotSupported, text),
        _ if kind.ends_with("PXSetupNotEnteredException") => error(ErrorKind::Refused, &format!("preferences are not set: {text}")),
        // Nothing was saved; somebody else was quicker.
        _ if says("another process has") => error(ErrorKind::Conflict, text).certain(Certainty::AgainLater),
        _ if says("previous operation has not been completed")
            || says("operation is in progress")
            || says("is still running")
            || says("is already running") =>
        {
            error(ErrorKind::Busy, text)
        }
        _ if says("invalid credentials") || kind.ends_with("PXUndefinedCompanyException") => error(ErrorKind::SignIn, text),
        _ if says("api login limit") || says("too many requests") => error(ErrorKind::RateLimited, text),
        // The platform's own exceptions roll the save back; a database or a run-time failure tells nothing.
        _ if kind.starts_with("PX.") && !kind.contains("Database") && !kind.contains("Timeout") => error(ErrorKind::Refused, text),
        // A filter or selection that the endpoint cannot understand: trying again would not help.
        _ if kind.contains("OData") || kind.ends_with("KeyNotFoundException") => {
            error(ErrorKind::Refused, text).certain(Certainty::Unknown)
        }
        _ => error(ErrorKind::Unavailable, text),
    }
}

/// The exception that a body reports; none when it reports none.
pub(super) fn fault(body: &[u8]) -> Option<Fault> {
    let value = raw::value(body).filter(|_| !is_html(body))?;
    let record = value.as_record()?;
    record.get("exceptionMessage").or_else(|| record.get("exceptionType"))?;
    let mut texts: Vec<String> = Vec::new();
    let mut level = Some(record);
    while let Some(exception) = level {
        let text = exception.text("exceptionMessage").or_else(|| exception.text("message")).map(error::reason).unwrap_or_default();
        if !text.is_empty() && !texts.iter().any(|known| known.contains(text)) {
            texts.push(text.to_owned());
        }
        level = exception.get("innerException").and_then(Value::as_record);
    }
    Some(Fault { kind: record.text("exceptionType").unwrap_or_default().to_owned(), text: texts.join("; ") })
}

/// The reasons in a body without exception: `message` and `modelState`, OAuth's `error`, or the text itself.
pub(super) fn reasons(body: &[u8]) -> Vec<String> {
    let value = if is_html(body) { None } else { raw::value(body) };
    let mut found = Vec::new();
    if let Some(record) = value.as_ref().and_then(Value::as_record) {
        let words = ["message", "error", "error_description"];
        found.extend(words.into_iter().filter_map(|name| record.text(name)).map(|text| error::reason(text).to_owned()));
        for (field, texts) in record.get("modelState").and_then(Value::as_record).map(Record::iter).into_iter().flatten() {
            let texts: Vec<String> =
                texts.as_list().unwrap_or(std::slice::from_ref(texts)).iter().map(|text| error::reason(&text.plain()).to_owned()).collect();
            found.push(if field.is_empty() { texts.join(" ") } else { format!("`{field}`: {}", texts.join(" ")) });
        }
    }
    if found.is_empty() {
        let text = excerpt(body);
        found.push(if text.is_empty() { "the answer gives no reason".to_owned() } else { text });
    }
    found
}

/// 422 echoes the entity with `error` on record, lines and fields: each becomes `path: reason`, fields before the
/// record's own summary.
fn refused_entity(mut error: ConnectorError, echo: &Value) -> ConnectorError {
    let mut found = Vec::new();
    gather(echo, "", &mut found);
    found.sort_by_key(|(path, _)| (path.is_empty(), path.ends_with(']')));
    if found.is_empty() {
        found.push((String::new(), "the business logic refused it without a reason".to_owned()));
    }
    let lines: Vec<String> =
        found.iter().map(|(path, reason)| if path.is_empty() { reason.clone() } else { format!("`{path}`: {reason}") }).collect();
    error.message = shorten(&lines.join("; "));
    let pairs = found.into_iter().map(|(path, reason)| if path.is_empty() { reason } else { format!("{path}: {reason}") });
    pairs.take(50).fold(error, |error, pair| error.fact("error", shorten(&pair)))
}

fn gather(value: &Value, path: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Record(record) => {
            if let Some(reason) = record.text("error").filter(|reason| !reason.trim().is_empty()) {
                found.push((path.to_owned(), error::reason(reason).to_owned()));
            }
            for (name, inner) in record.iter().filter(|(name, _)| *name != "error") {
                gather(inner, &if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }, found);
            }
        }
        Value::List(list) => list.iter().enumerate().for_each(|(at, item)| gather(item, &format!("{path}[{at}]"), found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{Certainty, ConnectorError, ErrorKind, Fault, exception, fault, reasons, refused_entity};
    use crate::schema::System;
    use crate::value::Value;

    fn met(kind: ErrorKind, text: &str) -> ConnectorError {
        ConnectorError::new(kind, System::Acumatica, "PUT /Bill", text)
    }

    #[test]
    fn a_500_means_what_its_exception_says() {
        let cases = [
            (
                "PX.Api.ContractBased.NoEntitySatisfiesTheConditionException",
                "No entity satisfies the condition.",
                ErrorKind::NotFound,
                Certainty::Refused,
            ),
            (
                "PX.Api.ContractBased.OptimizedExport.CannotOptimizeException",
                "Optimization cannot be performed.",
                ErrorKind::NotSupported,
                Certainty::Refused,
            ),
            (
                "PX.Data.PXSetupNotEnteredException",
                "The required configuration data is not entered",
                ErrorKind::Refused,
                Certainty::Refused,
            ),
            (
                "PX.Data.PXLockViolationException",
                "Error: Another process has updated the 'Bill' record. Your changes will be lost.",
                ErrorKind::Conflict,
                Certainty::AgainLater,
            ),
            ("PX.Data.PXException", "The previous operation has not been completed yet.", ErrorKind::Busy, Certainty::AgainLater),
            ("PX.Data.PXException", "Error: Invalid credentials. Please try again.", ErrorKind::SignIn, Certainty::Refused),
            ("PX.Data.PXUndefinedCompanyException", "Unable to determine proper tenant id", ErrorKind::SignIn, Certainty::Refused),
            ("PX.Data.PXException", "The document is out of balance", ErrorKind::Refused, Certainty::Refused),
            ("PX.Data.PXDatabaseException", "deadlock", ErrorKind::Unavailable, Certainty::Unknown),
            ("System.NullReferenceException", "Object reference not set", ErrorKind::Unavailable, Certainty::Unknown),
            ("Microsoft.Data.OData.ODataException", "Type mismatch", ErrorKind::Refused, Certainty::Unknown),
            ("", "odd", ErrorKind::Unavailable, Certainty::Unknown),
        ];
        for (kind, text, meaning, certainty) in cases {
            let error = exception(&Fault { kind: kind.to_owned(), text: text.to_owned() }, &met);
            assert_eq!((error.kind, error.certainty()), (meaning, certainty), "{kind} {text}");
        }
    }

    #[test]
    fn an_exception_tells_its_innermost_reason() {
        let body = br#"{"message":"An error has occurred.","exceptionMessage":"Operation failed","exceptionType":"PX.Data.PXOuterException","stackTrace":"at X","innerException":{"message":"An error has occurred.","exceptionMessage":"Period 13 is closed","innerException":null}}"#;
        let fault = fault(body).unwrap();
        assert_eq!((fault.kind.as_str(), fault.text.as_str()), ("PX.Data.PXOuterException", "Operation failed; Period 13 is closed"));
        assert!(super::fault(br#"{"message":"Unauthorized"}"#).is_none() && super::fault(b"<html>").is_none());
    }

    #[test]
    fn a_refused_entity_becomes_paths_and_reasons() {
        let echo = r#"{"id":"g","error":"Inserting  'AP Transactions' record raised at least one error. Please review the errors.","Vendor":{"value":"V1"},
            "Details":[{"Qty":{"value":1}},{"error":"line is wrong","Project":{"value":"TES2323T","error":"Project 'TES2323T  ' cannot be found in the system."}}]}"#;
        let error = refused_entity(met(ErrorKind::Refused, ""), &Value::from_json(echo).unwrap());
        let message = "`Details[1].Project`: Project 'TES2323T ' cannot be found in the system; `Details[1]`: line is wrong; Inserting 'AP Transactions' record";
        assert!(error.message.starts_with(message), "{}", error.message);
        let facts: Vec<&str> = error.facts.iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!(facts[..2], ["Details[1].Project: Project 'TES2323T ' cannot be found in the system", "Details[1]: line is wrong"]);
        assert_eq!(facts.len(), 3);
        assert!(refused_entity(met(ErrorKind::Refused, ""), &Value::Null).message.contains("without a reason"));
    }

    #[test]
    fn a_malformed_request_tells_its_fields() {
        let body = br#"{"message":"The request is invalid.","modelState":{"":["The request body should not be empty."],"entity":["bad","worse"]}}"#;
        assert_eq!(reasons(body), ["The request is invalid", "The request body should not be empty", "`entity`: bad worse"]);
        assert_eq!(reasons(b"<html><body>Server Error</body></html>"), ["Server Error"]);
        assert_eq!(reasons(b""), ["the answer gives no reason"]);
    }
}
