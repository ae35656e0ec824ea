//! What fits what: kinds, constants; and the text by which a mapping is fingerprinted.

use std::fmt::Write;

use crate::diagnostic::did_you_mean;
use crate::expr::As;
use crate::mapping::{Field as Entry, Mapping, Word};
use crate::schema::{Field, Kind};
use crate::value::{Value, date_of, instant_of};

/// Whether a value of one kind, read as another, may go into a field; if not, the remedy.
pub(super) fn carries(from: Kind, as_: Option<As>, to: Kind) -> Result<(), String> {
    let read = as_.map_or(from, kind_of);
    let fits = match (read, to) {
        (Kind::Anything, _) | (_, Kind::Anything) => true,
        (Kind::Integer, Kind::Decimal | Kind::Percent) | (Kind::Decimal, Kind::Percent) | (Kind::Percent, Kind::Decimal) => true,
        (one, other) => one == other,
    };
    if fits {
        return Ok(());
    }
    Err(match (read, to) {
        (Kind::Record | Kind::Lines | Kind::List, _) => "name a single value of it".to_owned(),
        (_, Kind::Record | Kind::Lines | Kind::List) => "map the fields of the target one by one".to_owned(),
        _ => format!("add `as: {}`", to.word()),
    })
}

/// Whether a constant may go into a field; if not, what is wrong and the remedy.
pub(super) fn constant_fits(value: &Value, field: &Field) -> Result<(), (String, Option<String>)> {
    let kind = field.kind;
    let fits = match value {
        Value::Null => true,
        Value::Bool(_) => matches!(kind, Kind::Boolean | Kind::Anything),
        Value::Number(number) => match kind {
            Kind::Integer => number.fract().is_zero(),
            _ => kind.is_number() || kind == Kind::Anything,
        },
        Value::Text(text) => match kind {
            Kind::Date => date_of(text).is_some(),
            Kind::Instant => instant_of(text).is_some(),
            _ => matches!(kind, Kind::Text | Kind::Anything),
        },
        Value::List(_) | Value::Record(_) => false,
    };
    if !fits {
        let help = (kind == Kind::Text).then(|| "put it in quotes".to_owned());
        return Err((format!("`{}` holds {}, and `{}` is {}", field.name, kind.word(), value.plain(), value.kind_word()), help));
    }
    let Value::Text(text) = value else { return Ok(()) };
    if !field.labels.is_empty() && !field.labels.contains(text) {
        let help = did_you_mean(text, field.labels.iter().map(String::as_str));
        return Err((format!("`{text}` is not a label of `{}`", field.name), help));
    }
    match field.max_length {
        Some(most) if text.chars().count() > most => {
            Err((format!("`{}` holds {most} characters, and this has {}", field.name, text.chars().count()), None))
        }
        _ => Ok(()),
    }
}

/// What a mapping says, without comments, layout, labels and notes, rules in the order of their targets.
pub(super) fn canonical(mapping: &Mapping) -> String {
    let mut text = String::new();
    let mut say = |key: &str, word: &dyn std::fmt::Display| {
        let _ = writeln!(text, "{key}={}", word.to_string().trim());
    };
    say("mapping", &mapping.mapping);
    say("direction", &mapping.direction);
    say("source", &mapping.source);
    say("target", &mapping.target);
    for (key, word) in [("project", &mapping.project), ("unfold", &mapping.unfold), ("when", &mapping.when)] {
        if let Some(word) = word {
            say(key, word);
        }
    }
    for join in &mapping.join {
        let keys = list(&join.it.key);
        say("join", &format!("{} {} {keys} {}", join.name, join.it.resource, optional(join.it.when.as_ref())));
    }
    if let Some(group) = &mapping.group {
        say("group", &format!("{} {}", list(&group.by), group.as_));
    }
    say("identity", &list(&mapping.identity));
    for ask in &mapping.ask {
        let it = &ask.it;
        let parts = [&it.from, &it.expr, &it.as_, &it.max_length].map(|word| optional(word.as_ref())).join(" ");
        say("ask", &format!("{} {parts}", ask.name));
    }
    for step in &mapping.steps {
        say("step", &format!("{} {} {} {}", step.action, step.from, step.to, optional(step.when.as_ref())));
    }
    for field in &mapping.write_back {
        say("write_back", &format!("{} {}", field.name, field.it));
    }
    entries(&mut text, &mapping.fields);
    text
}

fn entries(text: &mut String, fields: &[Entry]) {
    let mut rules: Vec<String> = fields.iter().filter(|field| field.to.is_some()).map(rule).collect();
    rules.sort_unstable();
    for rule in rules {
        let _ = writeln!(text, "{rule}");
    }
}

fn rule(entry: &Entry) -> String {
    let words =
        [&entry.to, &entry.from, &entry.expr, &entry.each, &entry.key, &entry.when, &entry.as_, &entry.max_length, &entry.on_overflow];
    let mut text = words.map(|word| optional(word.as_ref())).join("|");
    for literal in [&entry.value, &entry.default] {
        let _ = write!(text, "|{}", literal.as_ref().map(|literal| literal.value.to_string()).unwrap_or_default());
    }
    if let Some(link) = &entry.link {
        let from = link.from.as_ref().map(|from| list(&from.0)).unwrap_or_default();
        let _ = write!(text, "|link {} {from} {}", link.mapping, optional(link.expr.as_ref()));
    }
    if !entry.fields.is_empty() {
        text.push_str("|lines\n");
        entries(&mut text, &entry.fields);
    }
    text
}

fn optional(word: Option<&Word>) -> String {
    word.map(|word| word.text.trim().to_owned()).unwrap_or_default()
}

fn list(words: &[Word]) -> String {
    words.iter().map(|word| word.text.trim()).collect::<Vec<_>>().join(",")
}

/// The kind that `as` reads a value as.
pub(crate) fn kind_of(as_: As) -> Kind {
    match as_ {
        As::Text => Kind::Text,
        As::Decimal => Kind::Decimal,
        As::Integer => Kind::Integer,
        As::Date => Kind::Date,
        As::Instant => Kind::Instant,
        As::Percent => Kind::Percent,
        As::Boolean => Kind::Boolean,
    }
}
