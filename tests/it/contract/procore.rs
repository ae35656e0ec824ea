//! What our Procore schemas say, held against the vendor's description.

use std::collections::BTreeMap;

use crosswalk::schema::{Call, Envelope, Field, Kind, ProcoreWire, Schema, SyncCall, WriteCall};

use super::document::{Document, Node, Operation};
use super::report::{Report, leaves, walk};

/// A write call, as far as the fields of a record matter.
struct Body<'a, 'd> {
    word: &'static str,
    shape: Option<Node<'d>>,
    rename: &'a BTreeMap<String, String>,
    /// Field that goes by a call of its own.
    lines: Option<(&'a str, Option<Node<'d>>)>,
}

/// Adds to the report what does not fit.
pub(super) fn check(schema: &Schema, document: &Document, report: &mut Report) {
    let wire = schema.resource.wire.procore().expect("a schema of Procore");
    let name = &schema.name;
    let list = wire.list.as_ref().and_then(|call| read(&format!("{name} list"), call, document, report));
    let show = wire.show.as_ref().and_then(|call| read(&format!("{name} show"), call, document, report));
    if wire.list.is_some() {
        check_list(schema, wire, list.as_ref(), report);
    }
    if let (Some(list), Some(show)) = (&list, &show) {
        report.expect(list.items().is_some() && show.items().is_none(), || (format!("{name} show"), "a list where one is meant".into()));
    }
    let lines: BTreeMap<&str, Node<'_>> = (wire.lines.iter())
        .filter_map(|(field, call)| Some((field.as_str(), read(&format!("{name} lines {field}"), call, document, report)?)))
        .collect();
    let bodies = bodies(schema, wire, document, report);
    let entities = wire.sync.as_ref().and_then(|sync| document.operation(&sync.method, &sync.path)?.answer()?.member("entities"));
    let made = wire.create.as_ref().and_then(|create| document.operation(&create.method, &create.path)?.answer());
    // A list that tells little is completed by `show`; what is never read shows in the answers to writes.
    let shown: Vec<Node<'_>> =
        if list.is_some() || show.is_some() { list.into_iter().chain(show).collect() } else { entities.into_iter().chain(made).collect() };
    if shown.is_empty() {
        return;
    }
    walk(&schema.shape, &mut |path, field, read_only| {
        report.fields += 1;
        let seen = seen(path, &shown, &lines);
        check_read(&format!("{name} {path}"), field, read_only, seen.as_ref(), report);
    });
    for body in &bodies {
        check_renames(schema, body, report);
        leaves(&schema.shape, &mut |path, field, read_only| {
            if !read_only {
                check_write(&format!("{name} {} {path}", body.word), path, field, body, report);
            }
        });
    }
    check_labels(schema, &shown, &lines, &bodies, report);
    check_external(schema, wire, document, report);
}

/// The vendor's shape of one of our fields, read.
fn seen<'d>(path: &str, shown: &[Node<'d>], lines: &BTreeMap<&str, Node<'d>>) -> Option<Node<'d>> {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    match (lines.get(first), rest) {
        (Some(list), None) => Some(list.clone()),
        (Some(list), Some(rest)) => list.at(rest),
        (None, _) => shown.iter().find_map(|answer| answer.at(path)),
    }
}

fn read<'d>(at: &str, call: &Call, document: &'d Document, report: &mut Report) -> Option<Node<'d>> {
    let operation = operation(at, "GET", &call.path, document, report)?;
    check_query(at, &operation, &call.query, report);
    let paged = operation.query().iter().any(|parameter| parameter.name == "per_page");
    report.expect(call.page_size.is_none() || paged, || (format!("{at} per_page"), "the call has no pages".into()));
    let answer = operation.answer();
    report.expect(answer.is_some(), || (format!("{at} answer"), "not described".into()));
    match call.envelope {
        Envelope::Bare => answer,
        Envelope::Data => answer?.member("data"),
    }
}

fn check_list(schema: &Schema, wire: &ProcoreWire, list: Option<&Node<'_>>, report: &mut Report) {
    let name = &schema.name;
    report.expect(list.is_none_or(|list| list.items().is_some()), || (format!("{name} list"), "the answer is no list".into()));
    let call = wire.list.as_ref().expect("there is a list");
    let Some(parameters) = report.parameters(&call.path) else { return };
    let stamp = schema.resource.modified.as_ref().filter(|_| schema.resource.is_incremental());
    for filter in wire.filters.iter().chain(stamp) {
        let wanted = format!("filters[{filter}]");
        report.expect(parameters.contains(&wanted), || (format!("{name} list {wanted}"), "no such parameter".into()));
    }
}

fn operation<'d>(at: &str, method: &str, path: &str, document: &'d Document, report: &mut Report) -> Option<Operation<'d>> {
    report.paths += 1;
    let found = document.operation(method, path);
    report.expect(found.is_some(), || (at.to_owned(), format!("no `{method} {path}`")));
    if let Some(found) = &found {
        report.remember(path, found.query().iter().map(|parameter| parameter.name.to_owned()).collect());
    }
    found
}

fn check_query(at: &str, operation: &Operation<'_>, query: &BTreeMap<String, String>, report: &mut Report) {
    let known = operation.query();
    for (name, value) in query {
        let found = known.iter().find(|parameter| parameter.name == name);
        report.expect(found.is_some(), || (format!("{at} query {name}"), "no such parameter".into()));
        let fits = found.is_none_or(|found| found.labels.is_empty() || value.starts_with('{') || found.labels.contains(&value.as_str()));
        report.expect(fits, || (format!("{at} query {name}"), format!("`{value}` is not among its values")));
    }
    for missing in known.iter().filter(|parameter| parameter.required && !query.contains_key(parameter.name)) {
        report.expect(false, || (format!("{at} query {}", missing.name), "is required and not sent".into()));
    }
}

fn bodies<'a, 'd>(schema: &Schema, wire: &'a ProcoreWire, document: &'d Document, report: &mut Report) -> Vec<Body<'a, 'd>> {
    let name = &schema.name;
    let mut bodies = Vec::new();
    let apart = wire.sync.as_ref().and_then(|sync| sync.lines.as_ref());
    if let Some(sync) = &wire.sync {
        let (shape, lines) = sync_body(name, sync, document, report);
        bodies.push(Body { word: "sync", shape, rename: &sync.rename, lines: apart.map(|apart| (apart.field.as_str(), lines)) });
    }
    for (word, call) in [("create", &wire.create), ("update", &wire.update)] {
        if let Some(call) = call {
            let shape = write_body(&format!("{name} {word}"), call, document, report);
            // Lines that a call of their own reads and that the body does not know go by a call of their own, too.
            let unknown = |field: &&String| shape.as_ref().is_some_and(|shape| shape.member(field).is_none());
            let own = apart.map(|apart| &apart.field).or_else(|| wire.lines.keys().find(unknown));
            bodies.push(Body { word, shape: shape.clone(), rename: &call.rename, lines: own.map(|field| (field.as_str(), None)) });
        }
    }
    bodies
}

/// The shapes of a row and of a line that goes by its own call.
fn sync_body<'d>(name: &str, sync: &SyncCall, document: &'d Document, report: &mut Report) -> (Option<Node<'d>>, Option<Node<'d>>) {
    let at = format!("{name} sync");
    let row = operation(&at, &sync.method, &sync.path, document, report).and_then(|operation| {
        check_query(&at, &operation, &sync.query, report);
        let body = operation.body()?;
        for member in sync.body.keys() {
            report.expect(body.member(member).is_some(), || (format!("{at} body {member}"), "no such member".into()));
        }
        let row = body.member(&sync.rows);
        report.expect(row.is_some(), || (format!("{at} rows {}", sync.rows), "no such member".into()));
        for part in ["entities", "errors"] {
            let there = operation.answer().is_some_and(|answer| answer.member(part).is_some());
            report.expect(there, || (format!("{at} answer {part}"), "no such member".into()));
        }
        row
    });
    let matched: Vec<&str> = if sync.echo.is_empty() { vec!["id", "origin_id"] } else { sync.echo.iter().map(String::as_str).collect() };
    for field in matched.into_iter().chain(sync.lock.as_deref()) {
        let there = row.as_ref().is_none_or(|row| row.member(field).is_some());
        report.expect(there, || (format!("{at} {field}"), "no such member of a row".into()));
    }
    let line = sync.lines.as_ref().and_then(|lines| {
        let at = format!("{name} sync lines");
        let operation = operation(&at, &sync.method, &lines.path, document, report)?;
        check_query(&at, &operation, &lines.query, report);
        let line = operation.body()?.member(&sync.rows);
        let there = line.as_ref().is_some_and(|line| line.member(&lines.parent).is_some());
        report.expect(there, || (format!("{at} parent {}", lines.parent), "no such member of a line".into()));
        line
    });
    (row, line)
}

fn write_body<'d>(at: &str, call: &WriteCall, document: &'d Document, report: &mut Report) -> Option<Node<'d>> {
    let operation = operation(at, &call.method, &call.path, document, report)?;
    check_query(at, &operation, &call.query, report);
    let body = operation.body()?;
    for member in call.body.keys() {
        report.expect(body.member(member).is_some(), || (format!("{at} body {member}"), "no such member".into()));
    }
    let Some(wrap) = &call.wrap else { return Some(body) };
    let inner = body.member(wrap);
    report.expect(inner.is_some(), || (format!("{at} wrap {wrap}"), "no such member".into()));
    for (field, values) in &call.when {
        let known = inner.as_ref().and_then(|inner| inner.member(field)).map(|node| node.labels()).unwrap_or_default();
        for value in values {
            report.expect(known.contains(&value.as_str()), || (format!("{at} when {field}"), format!("no label `{value}`")));
        }
    }
    inner
}

fn check_renames(schema: &Schema, body: &Body<'_, '_>, report: &mut Report) {
    for field in body.rename.keys() {
        let known = schema.field_at(field).is_some();
        report.expect(known, || (format!("{} {} rename {field}", schema.name, body.word), "not one of our fields".into()));
    }
}

fn check_read(at: &str, field: &Field, read_only: bool, seen: Option<&Node<'_>>, report: &mut Report) {
    let Some(seen) = seen else { return report.expect(false, || (at.to_owned(), "no read shows it".into())) };
    let fits = match field.kind {
        Kind::Text => seen.kind() == "string" && !seen.is_decimal_text() && seen.format() != "date" && seen.format() != "date-time",
        Kind::Decimal | Kind::Percent if read_only => {
            seen.is_decimal_text() == field.decimal_text && (field.decimal_text || seen.kind() == "number")
        }
        Kind::Decimal | Kind::Percent => seen.is_decimal_text() || seen.kind() == "number",
        _ => plain_kind(field.kind, seen),
    };
    report.expect(fits, || (at.to_owned(), format!("{} here, `{} {}` there", field.kind.word(), seen.kind(), seen.format())));
}

/// Kinds that travel alike in both directions.
fn plain_kind(kind: Kind, there: &Node<'_>) -> bool {
    match kind {
        Kind::Text => there.kind() == "string",
        Kind::Decimal | Kind::Percent => there.kind() == "number" || there.is_decimal_text(),
        Kind::Integer => there.kind() == "integer",
        Kind::Boolean => there.kind() == "boolean",
        Kind::Date => there.kind() == "string" && there.format() == "date",
        Kind::Instant => there.kind() == "string" && there.format() == "date-time",
        Kind::Record => there.kind() == "object" && there.is_described(),
        Kind::Lines => there.items().is_some_and(|items| items.is_described()),
        Kind::List => there.items().is_some(),
        Kind::Anything => there.kind() == "object" && !there.is_described(),
    }
}

/// The vendor's member for one of our fields in a body; `None` where the call does not carry the field at all.
fn written<'d>(path: &str, body: &Body<'_, 'd>) -> Option<Option<Node<'d>>> {
    let named = body.rename.get(path).map_or(path, String::as_str);
    if let Some((field, lines)) = &body.lines
        && let Some(rest) = named.strip_prefix(field).and_then(|rest| rest.strip_prefix('.'))
    {
        return lines.as_ref().map(|lines| lines.at(rest));
    }
    body.shape.as_ref().map(|shape| shape.at(named))
}

fn check_write(at: &str, path: &str, field: &Field, body: &Body<'_, '_>, report: &mut Report) {
    let Some(there) = written(path, body) else { return };
    let Some(there) = there else { return report.expect(false, || (at.to_owned(), "the call does not take it".into())) };
    let fits = match field.kind {
        Kind::Decimal | Kind::Percent if field.decimal_text => there.kind() == "string",
        Kind::Decimal | Kind::Percent => there.kind() == "number",
        kind => plain_kind(kind, &there),
    };
    report.expect(fits, || (at.to_owned(), format!("{} here, `{} {}` there", field.kind.word(), there.kind(), there.format())));
}

/// Every label of ours is known to a read or a write, and every label that a read may bring is known to us.
fn check_labels(schema: &Schema, shown: &[Node<'_>], lines: &BTreeMap<&str, Node<'_>>, bodies: &[Body<'_, '_>], report: &mut Report) {
    leaves(&schema.shape, &mut |path, field, _| {
        let at = format!("{} {path} labels", schema.name);
        let brought = seen(path, shown, lines).map(|node| node.labels()).unwrap_or_default();
        let taken: Vec<&str> = bodies.iter().filter_map(|body| written(path, body)??.labels().into()).flatten().collect();
        for label in &field.labels {
            let known = brought.contains(&label.as_str()) || taken.contains(&label.as_str());
            report.expect(known, || (at.clone(), format!("no label `{label}` there")));
        }
        for label in brought.iter().chain(&taken) {
            report.expect(field.labels.iter().any(|ours| ours == label), || (at.clone(), format!("no label `{label}` here")));
        }
    });
}

fn check_external(schema: &Schema, wire: &ProcoreWire, document: &Document, report: &mut Report) {
    let Some(item) = &wire.external_item else { return };
    let sync = document.operation("PATCH", "/rest/v1.0/companies/{company_id}/external_data/sync");
    let labels = sync.and_then(|sync| sync.body()?.at("updates.item_type")).map(|node| node.labels()).unwrap_or_default();
    report.expect(labels.contains(&item.as_str()), || (format!("{} external_item", schema.name), format!("no item type `{item}`")));
}
