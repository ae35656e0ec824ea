//! How a draft differs from what the target holds: create, update of named fields, or nothing.

use serde::{Deserialize, Serialize};

use super::draft::Draft;
use crate::plan::{LinesRule, Node, Owner, Plan, Rule};
use crate::schema::{Field, Kind};
use crate::value::{Record, Value, date_of, instant_of, plain_text};

/// How a draft differs from what the target holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Field by field, in the order of the table.
    pub fields: Vec<FieldChange>,
    /// What has to be sent: everything for a new record, the differing fields for one that exists. Lines that exist carry
    /// their key.
    pub send: Record,
    /// Fields that the target computes and that came out otherwise than the mapping expects. They cannot be sent.
    pub unexpected: Vec<FieldChange>,
}

/// One field that differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldChange {
    /// The target field; of a line: `Details.Amount`.
    pub field: String,
    /// The source id of the line.
    pub line: Option<String>,
    /// The rows of the published table.
    pub rows: Vec<String>,
    /// What the target holds; `null` for nothing.
    pub old: Value,
    /// What the mapping makes.
    pub new: Value,
}

/// The target's key of a line, by list and source id.
pub type LineKeys<'a> = &'a dyn Fn(&str, &str) -> Option<String>;

impl Change {
    /// `true` when nothing has to be sent.
    pub fn is_nothing(&self) -> bool {
        self.fields.is_empty()
    }
}

/// Compares a draft with what the target holds (`None`: the record is new).
pub fn compare(plan: &Plan, draft: &Draft, held: Option<&Record>, lines: LineKeys<'_>) -> Change {
    let mut change = Change::default();
    let mut comparison = Comparison { draft, lines, change: &mut change };
    let send = comparison.nodes(&plan.nodes, &draft.fields, held, "");
    change.send = send;
    change
}

/// By what a record of the target is recognised: the mapping's identity fields, in a form that is the same for a draft and for
/// the record that it stands for. None when a part of it is missing.
pub fn identity_of(plan: &Plan, record: &Record) -> Option<String> {
    let part = |path: &String| {
        let value = path.split_once('.').map_or_else(|| record.get(path), |(first, rest)| record.get(first)?.at(rest))?;
        Some(key_text(value, plan.target.field_at(path)?.kind)).filter(|_| !value.is_null())
    };
    let parts = plan.identity.iter().map(part).collect::<Option<Vec<_>>>()?;
    (!parts.is_empty()).then(|| parts.join("\u{1f}"))
}

struct Comparison<'a> {
    draft: &'a Draft,
    lines: LineKeys<'a>,
    change: &'a mut Change,
}

impl Comparison<'_> {
    fn nodes(&mut self, nodes: &[Node], draft: &Record, held: Option<&Record>, above: &str) -> Record {
        let mut send = Record::new();
        for node in nodes {
            match node {
                Node::Field(rule) => self.field(rule, draft, held, &mut send, (above, None)),
                Node::Record { name, nodes } => {
                    let empty = Record::new();
                    let inner = draft.get(name).and_then(Value::as_record).unwrap_or(&empty);
                    let other = held.map(|held| held.get(name).and_then(Value::as_record).unwrap_or(&empty));
                    let part = self.nodes(nodes, inner, other, above);
                    if !part.is_empty() {
                        send.set(name.as_str(), part);
                    }
                }
                Node::Lines(rule) => self.list(rule, draft, held, &mut send),
            }
        }
        send
    }

    fn field(&mut self, rule: &Rule, draft: &Record, held: Option<&Record>, send: &mut Record, (above, line): (&str, Option<&str>)) {
        let Some(new) = draft.get(&rule.field.name) else { return };
        let old = held.and_then(|held| held.get(&rule.field.name)).cloned().unwrap_or_default();
        if held.is_some() && (rule.owner == Some(Owner::Target) || same(&old, new, rule.field.kind)) {
            return;
        }
        let change = FieldChange {
            field: format!("{above}{}", rule.to),
            line: line.map(str::to_owned),
            rows: rule.rows.to_vec(),
            old,
            new: new.clone(),
        };
        if rule.field.read_only {
            self.change.unexpected.push(change);
        } else {
            self.change.fields.push(change);
            send.set(rule.field.name.as_str(), new.clone());
        }
    }

    fn list(&mut self, rule: &LinesRule, draft: &Record, held: Option<&Record>, send: &mut Record) {
        let name = &rule.field.name;
        let empty = Vec::new();
        let drafts = draft.get(name).and_then(Value::as_list).unwrap_or(&empty);
        let others = held.and_then(|held| held.get(name)).and_then(Value::as_list).unwrap_or(&empty);
        let rules: Vec<_> = (0..rule.parts.len()).map(|part| rules_of_line(rule, part)).collect();
        let mut lines = Vec::new();
        for (at, line) in drafts.iter().filter_map(Value::as_record).enumerate() {
            let known = self.draft.lines.iter().find(|known| known.field == *name && known.at == at);
            let source = known.map(|line| line.key.clone());
            let key = source.as_ref().and_then(|source| (self.lines)(name, source));
            let other =
                key.as_ref().and_then(|key| others.iter().filter_map(Value::as_record).find(|other| line_key(&rule.field, other) == *key));
            let rules = rules.get(known.map_or(0, |line| line.part)).map_or(&[][..], Vec::as_slice);
            if let Some(part) = self.line((rule, rules), line, other, source.as_deref()) {
                lines.push(Value::Record(part));
            }
        }
        if !lines.is_empty() {
            send.set(name.as_str(), lines);
        }
    }

    fn line(
        &mut self,
        (list, rules): (&LinesRule, &[(String, &Rule)]),
        draft: &Record,
        held: Option<&Record>,
        source: Option<&str>,
    ) -> Option<Record> {
        let above = format!("{}.", list.field.name);
        let empty = Record::new();
        let mut part = Record::new();
        for (inside, rule) in rules {
            let Some(draft) = record_at(draft, inside) else { continue };
            let held = held.map(|held| record_at(held, inside).unwrap_or(&empty));
            let mut below = Record::new();
            self.field(rule, draft, held, &mut below, (&above, source));
            for (name, value) in below.iter() {
                let path = if inside.is_empty() { name.to_owned() } else { format!("{inside}.{name}") };
                part.set_at(&path, value.clone());
            }
        }
        if part.is_empty() {
            return None;
        }
        let mut line = Record::new();
        if let Some(held) = held {
            for key in &list.field.line_key {
                if let Some(value) = held.get(key) {
                    line.set(key.as_str(), value.clone());
                }
            }
        }
        for (name, value) in part.iter() {
            line.set(name, value.clone());
        }
        Some(line)
    }
}

/// The rules of a line, each with the record within the line that it is for: those of the entry that made it, and what the other
/// entries of its list know beside them, for a line that was made before.
pub(super) fn rules_of_line(list: &LinesRule, made_by: usize) -> Vec<(String, &Rule)> {
    fn gather<'a>(nodes: &'a [Node], inside: &str, into: &mut Vec<(String, &'a Rule)>) {
        for node in nodes {
            match node {
                Node::Field(rule) if into.iter().any(|(known, other)| known == inside && other.field.name == rule.field.name) => {}
                Node::Field(rule) => into.push((inside.to_owned(), rule)),
                Node::Record { name, nodes } if inside.is_empty() => gather(nodes, name, into),
                Node::Record { name, nodes } => gather(nodes, &format!("{inside}.{name}"), into),
                Node::Lines(_) => {}
            }
        }
    }
    let mut rules = Vec::new();
    for part in list.parts.get(made_by).into_iter().chain(&list.parts) {
        gather(&part.nodes, "", &mut rules);
    }
    rules
}

/// The record at a path within a record; the record itself for the empty path.
pub(super) fn record_at<'r>(record: &'r Record, path: &str) -> Option<&'r Record> {
    path.split('.').filter(|name| !name.is_empty()).try_fold(record, |record, name| record.get(name)?.as_record())
}

/// The target's key of a line, from the line itself.
pub fn line_key(field: &Field, line: &Record) -> String {
    let part = |name: &String| match line.get(name) {
        Some(Value::Number(number)) => plain_text(*number),
        Some(other) => other.plain(),
        None => String::new(),
    };
    field.line_key.iter().map(part).collect::<Vec<_>>().join("/")
}

/// Whether two values are the same for a field of this kind: `100.000000` is 100, a date is its day, `"A  "` is `"A"`.
pub(super) fn same(old: &Value, new: &Value, kind: Kind) -> bool {
    match (old, new) {
        (Value::Null, Value::Null) => true,
        // Nothing and zero differ only where the target keeps them apart; Acumatica shows an empty amount as 0.
        (Value::Null, Value::Number(number)) => number.is_zero() && kind.is_number(),
        (Value::Text(one), Value::Text(two)) => match kind {
            Kind::Date => date_of(one).is_some() && date_of(one) == date_of(two),
            Kind::Instant => instant_of(one).is_some() && instant_of(one) == instant_of(two),
            _ => one.trim_end() == two.trim_end(),
        },
        (one, two) => one == two,
    }
}

/// Keys are compared without case, as both systems look them up; dates by their day, numbers by what they say.
fn key_text(value: &Value, kind: Kind) -> String {
    match (value, kind) {
        (Value::Number(number), _) => plain_text(*number),
        (Value::Text(text), Kind::Date) => date_of(text).map_or_else(|| text.trim_end().to_owned(), |date| date.to_string()),
        (Value::Text(text), Kind::Instant) => instant_of(text).map_or_else(|| text.trim_end().to_owned(), |instant| instant.to_string()),
        (Value::Text(text), Kind::Text) => text.trim().to_lowercase(),
        (Value::Text(text), _) => text.trim_end().to_owned(),
        (other, _) => other.plain(),
    }
}
