//! Bytes as the target's connector would send them, written as values are evaluated.

use super::moving::Moving;
use super::sink::Sink;
use crate::plan::{LinesRule, Rule};
use crate::schema::{Kind, System};
use crate::value::{Value, push_json, push_json_text};

/// Writes JSON in the wire form of a system.
#[derive(Debug)]
pub(crate) struct BytesSink<'o> {
    text: &'o mut String,
    system: System,
    /// For each open record: whether a member has been written, and where the record began.
    open: Vec<Open>,
}

#[derive(Debug, Default)]
struct Open {
    begun: usize,
    members: usize,
    /// View, field, JSON text.
    custom: Vec<(String, String, String)>,
}

impl<'o> BytesSink<'o> {
    /// Appends to `text`.
    pub(crate) fn new(text: &'o mut String, system: System) -> Self {
        let begun = text.len();
        text.push('{');
        Self { text, system, open: vec![Open { begun, ..Open::default() }] }
    }

    /// Closes the record.
    pub(crate) fn finish(mut self) {
        self.write_custom();
        self.text.push('}');
    }

    fn member(&mut self, name: &str) {
        let here = self.open.last_mut().expect("a record is open while values come");
        if here.members > 0 {
            self.text.push(',');
        }
        here.members += 1;
        push_json_text(self.text, name);
        self.text.push(':');
    }

    /// Custom fields are grouped by view, so they are written when their record closes.
    fn write_custom(&mut self) {
        let here = self.open.last_mut().expect("a record is open while values come");
        if here.custom.is_empty() {
            return;
        }
        let custom = std::mem::take(&mut here.custom);
        self.member("custom");
        let mut views: Vec<&str> = custom.iter().map(|(view, _, _)| view.as_str()).collect();
        views.dedup();
        self.text.push('{');
        for (nth, view) in views.iter().enumerate() {
            self.text.push_str(if nth > 0 { "," } else { "" });
            push_json_text(self.text, view);
            self.text.push_str(":{");
            for (at, (_, field, value)) in custom.iter().filter(|(of, _, _)| of == view).enumerate() {
                self.text.push_str(if at > 0 { "," } else { "" });
                push_json_text(self.text, field);
                self.text.push(':');
                self.text.push_str(value);
            }
            self.text.push('}');
        }
        self.text.push('}');
    }
}

impl Sink for BytesSink<'_> {
    fn put(&mut self, rule: &Rule, value: &Moving<'_>) {
        if let Some(custom) = &rule.field.custom {
            let mut text = format!("{{\"type\":\"{}\",\"value\":", rule.field.kind.custom_type());
            push(&mut text, value, false);
            text.push('}');
            let here = self.open.last_mut().expect("a record is open while values come");
            here.custom.push((custom.view.clone(), custom.field.clone(), text));
            return;
        }
        self.member(&rule.field.name);
        let wrapped = self.system == System::Acumatica && rule.field.name != "id";
        if wrapped {
            self.text.push_str("{\"value\":");
        }
        push(self.text, value, rule.field.decimal_text && matches!(rule.field.kind, Kind::Decimal | Kind::Percent));
        if wrapped {
            self.text.push('}');
        }
    }

    fn open(&mut self, name: &str) {
        let begun = self.text.len();
        self.member(name);
        self.open.push(Open { begun, ..Open::default() });
        self.text.push('{');
    }

    fn close(&mut self) {
        self.write_custom();
        let Some(closed) = self.open.pop() else { return };
        if closed.members > 0 {
            self.text.push('}');
            return;
        }
        self.text.truncate(closed.begun);
        if let Some(here) = self.open.last_mut() {
            here.members -= 1;
        }
    }

    fn open_lines(&mut self, rule: &LinesRule) {
        self.member(&rule.field.name);
        self.text.push('[');
    }

    fn open_line(&mut self, _key: Option<&str>, _part: usize) {
        if !self.text.ends_with('[') {
            self.text.push(',');
        }
        let begun = self.text.len();
        self.open.push(Open { begun, ..Open::default() });
        self.text.push('{');
    }

    fn close_line(&mut self) {
        self.write_custom();
        self.open.pop();
        self.text.push('}');
    }

    fn close_lines(&mut self) {
        self.text.push(']');
    }
}

fn push(text: &mut String, value: &Moving<'_>, quoted: bool) {
    match value {
        Moving::Digits(digits) if quoted => {
            text.push('"');
            text.push_str(digits);
            text.push('"');
        }
        Moving::Digits(raw) | Moving::Quoted(raw) => text.push_str(raw),
        Moving::Made(value @ Value::Number(_)) if quoted => {
            text.push('"');
            push_json(text, value);
            text.push('"');
        }
        Moving::Made(value) => push_json(text, value),
        Moving::Absent => text.push_str("null"),
    }
}
