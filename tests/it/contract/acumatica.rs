//! What our Acumatica schemas say, held against the vendor's description.

use crosswalk::schema::{AcumaticaWire, Field, Kind, Schema};

use super::document::{Document, Node};
use super::report::{Report, walk};

/// Adds to the report what does not fit.
pub(super) fn check(schema: &Schema, document: &Document, report: &mut Report) {
    let wire = schema.resource.wire.acumatica().expect("a schema of Acumatica");
    let name = &schema.name;
    let entity = &schema.resource.name;
    for (method, path) in [("GET", format!("/{entity}")), ("PUT", format!("/{entity}")), ("GET", format!("/{entity}/{{ids}}"))] {
        report.paths += 1;
        report.expect(document.operation(method, &path).is_some(), || (format!("{name} {method} {path}"), "no such call".into()));
    }
    let Some(contract) = document.component(entity) else {
        return report.expect(false, || (name.clone(), "no such entity".into()));
    };
    check_actions(schema, wire, document, report);
    check_expand(schema, wire, &contract, report);
    for field in schema.resource.key.iter().chain(&schema.resource.modified) {
        let wrapped = contract.member(field).is_some_and(|node| wrapper(&node).is_some());
        report.expect(wrapped, || (format!("{name} x-resource {field}"), "not a field of the contract".into()));
    }
    if let Some(filter) = &wire.filter {
        let field = filter.split(' ').next().expect("a split yields something");
        report.expect(contract.at(&field.replace('/', ".")).is_some(), || (format!("{name} filter"), format!("no field `{field}`")));
    }
    walk(&schema.shape, &mut |path, field, _| {
        report.fields += 1;
        check_field(&format!("{name} {path}"), path, field, &contract, report);
    });
}

/// `String` of `StringValue`; none for a record or a list.
fn wrapper<'d>(node: &Node<'d>) -> Option<&'d str> {
    node.component?.strip_suffix("Value").filter(|_| node.items().is_none())
}

fn check_field(at: &str, path: &str, field: &Field, contract: &Node<'_>, report: &mut Report) {
    let there = contract.at(path);
    if field.custom.is_some() {
        let outside = if there.is_some() { "is in the contract, no need for x-custom" } else { "is outside the contract" };
        return report.expect(false, || (at.to_owned(), outside.into()));
    }
    let Some(there) = there else { return report.expect(false, || (at.to_owned(), "not in the contract".into())) };
    // `id` is the only plain member of a record that we read.
    let bare = field.name == "id" && there.kind() == "string";
    let fits = bare
        || match (field.kind, wrapper(&there)) {
            (Kind::Record, None) => there.is_described() && there.items().is_none(),
            (Kind::Lines, None) => there.items().is_some(),
            (kind, Some(word)) => value_kind(kind, word),
            _ => false,
        };
    report.expect(fits, || (at.to_owned(), format!("{} here, `{}` there", field.kind.word(), there.component.unwrap_or(there.kind()))));
}

/// Whether a kind of ours travels in this wrapper.
fn value_kind(kind: Kind, wrapper: &str) -> bool {
    match wrapper {
        "String" | "Guid" => kind == Kind::Text,
        "Decimal" | "Double" => matches!(kind, Kind::Decimal | Kind::Percent),
        "Int" | "Short" | "Long" | "Byte" => kind == Kind::Integer,
        "Boolean" => kind == Kind::Boolean,
        "DateTime" => matches!(kind, Kind::Date | Kind::Instant),
        _ => false,
    }
}

/// Every record and list of ours is asked for by `$expand`, and nothing else is.
fn check_expand(schema: &Schema, wire: &AcumaticaWire, contract: &Node<'_>, report: &mut Report) {
    let name = &schema.name;
    let mut ours = Vec::new();
    walk(&schema.shape, &mut |path, field, _| {
        if matches!(field.kind, Kind::Record | Kind::Lines) {
            ours.push(path.replace('.', "/"));
        }
    });
    for expand in &wire.expand {
        let known = contract.at(&expand.replace('/', ".")).is_some_and(|node| wrapper(&node).is_none());
        report.expect(known, || (format!("{name} expand {expand}"), "no such detail".into()));
        report.expect(ours.contains(expand), || (format!("{name} expand {expand}"), "none of our fields needs it".into()));
    }
    for needed in ours.iter().filter(|needed| !wire.expand.contains(needed)) {
        report.expect(false, || (format!("{name} expand {needed}"), "our field comes only when named".into()));
    }
}

fn check_actions(schema: &Schema, wire: &AcumaticaWire, document: &Document, report: &mut Report) {
    let name = &schema.name;
    for (action, ours) in &wire.actions {
        report.paths += 1;
        let path = format!("/{}/{action}", schema.resource.name);
        let body = document.operation("POST", &path).and_then(|operation| operation.body());
        let Some(body) = body else {
            report.expect(false, || (format!("{name} action {action}"), format!("no `POST {path}`")));
            continue;
        };
        report.expect(body.member("entity").is_some(), || (format!("{name} action {action}"), "takes no entity".into()));
        for (parameter, word) in &ours.parameters {
            let there = body.member("parameters").and_then(|parameters| parameters.member(parameter));
            let fits =
                there.as_ref().and_then(wrapper).is_some_and(|wrapper| parameter_word(word).is_some_and(|kind| value_kind(kind, wrapper)));
            report.expect(fits, || (format!("{name} action {action} {parameter}"), format!("no {word} of that name")));
        }
        if let Some(status) = &ours.leads_to {
            let known = schema.field_at("Status").is_some_and(|field| field.labels.contains(status));
            report.expect(known, || (format!("{name} action {action}"), format!("`{status}` is no status of ours")));
        }
    }
}

fn parameter_word(word: &str) -> Option<Kind> {
    [Kind::Text, Kind::Decimal, Kind::Percent, Kind::Integer, Kind::Boolean, Kind::Date, Kind::Instant]
        .into_iter()
        .find(|kind| kind.word() == word)
}
