//! Bytes as the target's connector would send them, written as values are evaluated.

use super::moving::Moving;
use super::sink::Sink;
use crate::plan::{LinesRule, Rule};
use crate::schema::Frame;
use crate::value::{Found, is_plain, push_decimal, push_json, push_json_text, push_short};

/// Writes JSON in the wire form of a system.
#[derive(Debug)]
pub(crate) struct BytesSink<'o> {
    text: &'o mut String,
    /// Whether the innermost open record has a member already.
    has_members: bool,
    /// The records around it.
    open: Vec<Open>,
    /// Custom fields of all open records: they are grouped by view, so they are written when their record closes.
    custom: Vec<Custom>,
}

/// A record around the innermost one: where its member began, and its own state meanwhile.
#[derive(Debug)]
struct Open {
    begun: usize,
    has_members: bool,
    custom: usize,
}

/// A custom field of an open record.
#[derive(Debug)]
struct Custom {
    view: String,
    member: String,
}

impl<'o> BytesSink<'o> {
    /// Appends to `text`.
    pub(crate) fn new(text: &'o mut String) -> Self {
        text.push('{');
        Self { text, has_members: false, open: Vec::new(), custom: Vec::new() }
    }

    /// Closes the record.
    pub(crate) fn finish(mut self) {
        self.write_custom(0);
        self.text.push('}');
    }

    fn comma(&mut self) {
        if self.has_members {
            self.text.push(',');
        }
        self.has_members = true;
    }

    fn member(&mut self, name: &str) {
        self.comma();
        push_json_text(self.text, name);
        self.text.push(':');
    }

    /// Begins a record; what it is a member of began there.
    fn begin(&mut self, begun: usize, has_members: bool) {
        self.open.push(Open { begun, has_members, custom: self.custom.len() });
        self.has_members = false;
        self.text.push('{');
    }

    fn write_custom(&mut self, from: usize) {
        if self.custom.len() == from {
            return;
        }
        let mut left: Vec<Custom> = self.custom.drain(from..).collect();
        self.member("custom");
        let mut separator = '{';
        while let Some(first) = left.first() {
            let view = first.view.clone();
            let (of_view, others): (Vec<_>, Vec<_>) = left.into_iter().partition(|custom| custom.view == view);
            self.text.push(separator);
            push_json_text(self.text, &view);
            self.text.push_str(":{");
            for (at, custom) in of_view.iter().enumerate() {
                self.text.push_str(if at > 0 { "," } else { "" });
                self.text.push_str(&custom.member);
            }
            self.text.push('}');
            (left, separator) = (others, ',');
        }
        self.text.push('}');
    }
}

impl Sink for BytesSink<'_> {
    fn put(&mut self, rule: &Rule, value: &Moving<'_>) {
        if let Some(custom) = &rule.field.custom {
            let mut member = String::new();
            push(&mut member, value, &rule.frame, false);
            self.custom.push(Custom { view: custom.view.clone(), member });
            return;
        }
        push(self.text, value, &rule.frame, self.has_members);
        self.has_members = true;
    }

    fn open(&mut self, name: &str) {
        let (begun, has_members) = (self.text.len(), self.has_members);
        self.member(name);
        self.begin(begun, has_members);
    }

    fn close(&mut self) {
        let Some(closed) = self.open.pop() else { return };
        self.write_custom(closed.custom);
        if self.has_members {
            self.text.push('}');
            return;
        }
        self.text.truncate(closed.begun);
        self.has_members = closed.has_members;
    }

    fn open_lines(&mut self, rule: &LinesRule) {
        self.member(&rule.field.name);
        self.text.push('[');
    }

    fn open_line(&mut self, _key: Option<&str>, _part: usize) {
        if !self.text.ends_with('[') {
            self.text.push(',');
        }
        self.begin(self.text.len(), true);
    }

    fn close_line(&mut self) {
        let Some(closed) = self.open.pop() else { return };
        self.write_custom(closed.custom);
        self.text.push('}');
        self.has_members = closed.has_members;
    }

    fn close_lines(&mut self) {
        self.text.push(']');
    }
}

/// Appends a member: the comma where another one stands before it, its name, its value.
fn push(text: &mut String, value: &Moving<'_>, frame: &Frame, comma: bool) {
    let quoted = match value {
        Moving::Digits(_) | Moving::Short(_) | Moving::Made(Found::Number(_)) => frame.quoted,
        Moving::Text(own) => is_plain(own.as_bytes()),
        Moving::Quoted(_) | Moving::Made(_) | Moving::Absent => false,
    };
    let before = &frame.before[usize::from(!comma)..];
    text.push_str(if quoted { before } else { &before[..before.len() - 1] });
    match value {
        Moving::Digits(raw) | Moving::Quoted(raw) => text.push_str(raw),
        Moving::Short(short) => push_short(text, *short),
        Moving::Text(own) if quoted => text.push_str(own),
        Moving::Text(own) => push_json_text(text, own),
        Moving::Made(Found::Number(number)) => push_decimal(text, number),
        Moving::Made(Found::Text(own)) => push_json_text(text, own),
        Moving::Made(found) => push_json(text, &found.clone().into_value()),
        Moving::Absent => text.push_str("null"),
    }
    match (quoted, frame.wrapped) {
        (true, true) => text.push_str("\"}"),
        (true, false) => text.push('"'),
        (false, true) => text.push('}'),
        (false, false) => {}
    }
}
