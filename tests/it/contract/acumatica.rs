//! What our Acumatica schemas say, held against the vendor's description.

use crosswalk::schema::{AcumaticaWire, Field, Kind, Schema};

use super::document::{Document, Node};
use super::report::{Report, walk};

/// Adds to the report what does not fit.
pub(super) fn check(schema: &Schema, document: &Document, report: &mut Report) {
    let wire = schema.resource.wire.acumatica().expect("a schema of Acumatica");
    let name = &schema.name;
    let entity = wire.entity.as_ref().unwrap_or(&schema.resource.name);
    for (method, path) in [("GET", format!("/{entity}")), ("PUT", format!("/{entity}")), ("GET", format!("/{entity}/{{ids}}"))] {
        report.paths += 1;
        report.expect(document.operation(method, &path).is_some(), || (format!("{name} {method} {path}"), "no such call".into()));
    }
    let Some(contract) = document.component(entity) else {
        return report.expect(false, || (name.clone(), "no such entity".into()));
    };
    check_actions(schema, (wire, entity), document, report);
    check_maker(schema, wire, document, report);
    check_expand(schema, wire, &contract, report);
    for field in schema.resource.key.iter().chain(&schema.resource.modified) {
        let wrapped = contract.member(field).is_some_and(|node| wrapper(&node).is_some());
        report.expect(wrapped, || (format!("{name} x-resource {field}"), "not a field of the contract".into()));
    }
    if let Some(filter) = &wire.filter {
        let field = filter.split(' ').next().expect("a split yields something");
        let known = custom_of(field).map_or_else(|| contract.at(&field.replace('/', ".")).is_some(), |custom| has_custom(schema, custom));
        report.expect(known, || (format!("{name} filter"), format!("no field `{field}`")));
    }
    walk(&schema.shape, &mut |path, field, _| {
        report.fields += 1;
        check_field(&format!("{name} {path}"), path, field, &contract, report);
    });
}

/// `View.Field` of `cf.Boolean(f='View.Field')`.
fn custom_of(filter: &str) -> Option<&str> {
    filter.strip_prefix("cf.")?.split('\'').nth(1)
}

fn has_custom(schema: &Schema, place: &str) -> bool {
    let fields = schema.shape.fields.iter().filter_map(|field| field.custom.as_ref());
    fields.map(|custom| format!("{}.{}", custom.view, custom.field)).any(|known| known == place)
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

/// The action that makes the records: it is there, and takes what it is told by fields that we may write.
fn check_maker(schema: &Schema, wire: &AcumaticaWire, document: &Document, report: &mut Report) {
    let Some(maker) = &wire.made_by else { return };
    let name = format!("{} made_by {}", schema.name, maker.action);
    report.paths += 1;
    let body = document.operation("POST", &format!("/{}/{}", maker.entity, maker.action)).and_then(|operation| operation.body());
    let Some(body) = body else { return report.expect(false, || (name, "no such action".into())) };
    for (part, members) in [("entity", &maker.key), ("parameters", &maker.parameters)] {
        for (member, value) in members {
            let there = body.member(part).and_then(|body| body.member(member)).is_some();
            report.expect(there, || (format!("{name} {member}"), format!("no such member of {part}")));
            let ours = value.strip_prefix('$').is_none_or(|field| schema.field_at(field).is_some_and(|field| !field.read_only));
            report.expect(ours, || (format!("{name} {member}"), format!("`{value}` is no field that a draft may have")));
        }
    }
}

fn check_actions(schema: &Schema, (wire, entity): (&AcumaticaWire, &str), document: &Document, report: &mut Report) {
    let name = &schema.name;
    for (action, ours) in &wire.actions {
        report.paths += 1;
        let path = format!("/{entity}/{action}");
        let body = document.operation("POST", &path).and_then(|operation| operation.body());
        let Some(body) = body else {
            report.expect(false, || (format!("{name} action {action}"), format!("no `POST {path}`")));
            continue;
        };
        report.expect(body.member("entity").is_some(), || (format!("{name} action {action}"), "takes no entity".into()));
        for (parameter, word) in &ours.parameters {
            let there = body.member("parameters").and_then(|parameters| parameters.member(parameter));
            let fits =
                there.as_ref().and_then(wrapper).is_some_and(|wrapper| Kind::of_word(word).is_some_and(|kind| value_kind(kind, wrapper)));
            report.expect(fits, || (format!("{name} action {action} {parameter}"), format!("no {word} of that name")));
        }
        if let Some(status) = &ours.leads_to {
            let known = schema.field_at("Status").is_some_and(|field| field.labels.contains(status));
            report.expect(known, || (format!("{name} action {action}"), format!("`{status}` is no status of ours")));
        }
    }
}
