//! Slips in expressions and paths.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crosswalk::config::Workspace;
use crosswalk::mapping::yaml::Node;
use crosswalk::schema::{Field, Shape};
use regex::Regex;

use super::mutant::Bench;

fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap()
}

static READ: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(source|line|target|ask|settings|project)((?:\??\.\w+)+)"));
static MEMBER: LazyLock<Regex> = LazyLock::new(|| pattern(r"\.(\w+)"));
static CALL: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b([a-z]\w*)\(([^()|]*)"));
static COMPARED: LazyLock<Regex> = LazyLock::new(|| pattern(r#"((?:\b\w+\??\.)*)(\w+) (==|!=) "([^"\\]*)""#));
static AMONG: LazyLock<Regex> = LazyLock::new(|| pattern(r#"\b((?:source|line)(?:\??\.\w+)+) in (\[[^\]]*\])"#));
static QUOTED: LazyLock<Regex> = LazyLock::new(|| pattern(r#""([^"\\]+)""#));
static NAMED: LazyLock<Regex> = LazyLock::new(|| pattern(r#"\b(?:linked|linked_key|linked_back|linked_line|lookup)\("(\w+)""#));
static SWAPPED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"\b(?:linked|linked_key|linked_back|lookup)\(("\w+"), ((?:source|line)(?:\??\.\w+)+)[,)]"#));
static SYMBOL: LazyLock<Regex> = LazyLock::new(|| pattern(r" (==|!=|&&|\|\||\?\?|>|<|\+|-) "));
static BRACKET: LazyLock<Regex> = LazyLock::new(|| pattern(r"[(){}\[\]]"));
static ZERO: LazyLock<Regex> = LazyLock::new(|| pattern(r" [<>] (0)\b"));
static RESULT: LazyLock<Regex> = LazyLock::new(|| pattern(r#"(?:\{\s*|=> |\?\? )"([^"\\]+)"\s*(?:\}|,|$)"#));
static STEP: LazyLock<Regex> = LazyLock::new(|| pattern(r"\.(\w+)"));
static SWITCH: LazyLock<Regex> = LazyLock::new(|| pattern(r#""(\w+)" =>"#));

static DEFAULT: LazyLock<Regex> = LazyLock::new(|| pattern(r"\(\(?((?:source|line|row|item|one|target)(?:\??\.\w+)+)( \?\? 0)\) [-+*/<>]"));
static OTHERS: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?s)switch [^{]*\{.*?(\s_ => [^,}]*,?)\s*\}"));
static ROUNDED: LazyLock<Regex> = LazyLock::new(|| pattern(r"^round_half_up\(([^(),]*), \d\)$"));

/// Names of fields that have labels, anywhere in the schemas.
pub(super) fn labelled(workspace: &Workspace) -> BTreeSet<String> {
    fn gather(shape: &Shape, with: &mut BTreeSet<String>, without: &mut BTreeSet<String>) {
        for field in &shape.fields {
            if field.labels.is_empty() {
                without.insert(field.name.clone())
            } else {
                with.insert(field.name.clone())
            };
            field.shape.iter().for_each(|shape| gather(shape, with, without));
        }
    }
    let (mut with, mut without) = (BTreeSet::new(), BTreeSet::new());
    workspace.catalog.iter().for_each(|schema| gather(&schema.shape, &mut with, &mut without));
    // A name that is free text elsewhere says nothing.
    with.retain(|name| !without.contains(name));
    let settings = workspace.choices.keys().filter_map(|path| path.rsplit('.').next());
    with.extend(settings.filter(|name| !without.contains(*name)).map(str::to_owned));
    with
}

impl Bench<'_> {
    pub(super) fn path(&mut self, value: &Node) {
        let inner = self.inner(value);
        let text = self.text[inner.clone()].to_owned();
        if !text.starts_with("$.") {
            return;
        }
        for step in STEP.captures_iter(&text) {
            let step = step.get(1).unwrap();
            self.typo("path", inner.start + step.start()..inner.start + step.end());
        }
        self.change("path that is none", inner.start..inner.start + 2, "$", vec![inner.start..inner.start + 2]);
        self.replace("wrong path", inner.start + 2..inner.end, "no.such.thing");
        if let Some(each) = text.find("[*]") {
            self.change("path that is none", inner.start + each + 2..inner.start + each + 3, "", vec![inner.start..inner.end - 1]);
        }
    }

    /// Slips in an expression; `into` is the field that it gives a value.
    pub(super) fn expression(&mut self, value: &Node, into: Option<&Field>) {
        let inner = self.inner(value);
        let (start, text) = (inner.start, self.text[inner].to_owned());
        let escaped = self.text[value.place.span.clone()].starts_with('"');
        let whole = self.text[value.place.span.clone()].starts_with(['|', '>']) || !escaped;
        // What stands in a printed text is looked at in its own right only where it is read.
        let printed: Vec<bool> = text
            .bytes()
            .scan(false, |inside, byte| {
                *inside ^= byte == b'`';
                Some(*inside)
            })
            .collect();
        for read in READ.captures_iter(&text) {
            let root = read.get(1).unwrap();
            self.typo("variable", start + root.start()..start + root.end());
            let kind = match root.as_str() {
                "settings" => "setting",
                "ask" => "asked value",
                "project" => "field of the project",
                _ => "field in an expression",
            };
            let steps = read.get(2).unwrap();
            for member in MEMBER.captures_iter(steps.as_str()) {
                let member = member.get(1).unwrap();
                let at = start + steps.start() + member.start()..start + steps.start() + member.end();
                let called = self.text[at.end..].starts_with('(');
                self.typo(if called { "function" } else { kind }, at);
            }
        }
        for call in CALL.captures_iter(&text) {
            let name = call.get(1).unwrap();
            if ["if", "in", "switch", "else"].contains(&name.as_str()) || printed[name.start()] {
                continue;
            }
            if !text[..name.start()].ends_with('.') {
                self.typo("function", start + name.start()..start + name.end());
            }
            let open = start + name.end() + 1;
            let close = if self.text[open..].starts_with(')') { "1, 1, 1, 1, 1, 1, 1" } else { "1, 1, 1, 1, 1, 1, 1, " };
            self.change("too many arguments", open..open, close, vec![start + name.start()..open + close.len()]);
        }
        if whole {
            self.quoted_words(start, &text, (&printed, into));
        }
        self.symbols(start, &text, &printed);
        self.dropped(start, &text);
        if let Some(field) = into.filter(|field| field.kind.is_number() && field.scale.is_some()) {
            self.unrounded(value, &text, field);
        }
    }

    /// A number that is not rounded to what its field keeps: the rounding is taken out, or a third is taken.
    fn unrounded(&mut self, value: &Node, text: &str, field: &Field) {
        let inner = self.inner(value);
        if let Some(rounded) = ROUNDED.captures(text) {
            self.replace("dropped rounding", inner.clone(), &rounded[1]);
            let most = field.scale.unwrap_or_default() + 3;
            self.replace("rounding to more than fits", inner.clone(), &format!("round_half_up({}, {most})", &rounded[1]));
        }
        if !text.contains('\n') && !text.contains("if ") {
            self.replace("share that is not rounded", inner, &format!("({text}) / 3"));
        }
    }

    /// What stood for values that are absent, or for all others.
    fn dropped(&mut self, start: usize, text: &str) {
        for default in DEFAULT.captures_iter(text) {
            let (value, default) = (default.get(1).unwrap(), default.get(2).unwrap());
            let told = start + value.start()..start + value.end();
            self.change("dropped `?? 0`", start + default.start()..start + default.end(), "", vec![told]);
        }
        for others in OTHERS.captures_iter(text) {
            let (whole, case) = (others.get(0).unwrap(), others.get(1).unwrap());
            self.change("dropped `_`", start + case.start()..start + case.end(), "", vec![start + whole.start()..start + case.start()]);
        }
    }

    fn quoted_words(&mut self, start: usize, text: &str, (printed, into): (&[bool], Option<&Field>)) {
        for compared in COMPARED.captures_iter(text) {
            let (field, label) = (compared.get(2).unwrap(), compared.get(4).unwrap());
            let label_at = start + label.start()..start + label.end();
            if self.labelled.contains(field.as_str()) && !label.is_empty() {
                self.typo("label in an expression", label_at.clone());
            }
            let side = start + compared.get(0).unwrap().start();
            self.change("text compared with a number", label_at.start - 1..label_at.end + 1, "5", vec![side..label_at.start]);
            let read = field.end() + start;
            self.change("condition that is none", read..label_at.end + 1, "", vec![side..read]);
        }
        for among in AMONG.captures_iter(text) {
            let (read, list) = (among.get(1).unwrap(), among.get(2).unwrap());
            let name = read.as_str().rsplit('.').next().unwrap();
            if self.labelled.contains(name) {
                for label in QUOTED.captures_iter(list.as_str()) {
                    let label = label.get(1).unwrap();
                    let at = start + list.start();
                    self.typo("label in an expression", at + label.start()..at + label.end());
                }
            }
            let swapped = format!("{} in {}", list.as_str(), read.as_str());
            self.replace("swapped operands", start + read.start()..start + list.end(), &swapped);
        }
        for label in SWITCH.captures_iter(text).filter(|_| text.contains("switch settings.")) {
            let label = label.get(1).unwrap();
            self.typo("label in an expression", start + label.start()..start + label.end());
        }
        for named in NAMED.captures_iter(text) {
            let name = named.get(1).unwrap();
            self.typo("mapping or table in an expression", start + name.start()..start + name.end());
        }
        for swapped in SWAPPED.captures_iter(text) {
            let (one, two, all) = (swapped.get(1).unwrap(), swapped.get(2).unwrap(), swapped.get(0).unwrap());
            let by = format!("{}, {}", two.as_str(), one.as_str());
            let at = start + one.start()..start + two.end();
            self.change("swapped operands", at.clone(), &by, vec![start + all.start()..at.start + by.len()]);
        }
        if let Some(field) = into {
            for result in RESULT.captures_iter(text).filter(|_| !field.labels.is_empty()) {
                let label = result.get(1).unwrap();
                if !printed[label.start()] {
                    self.typo("label", start + label.start()..start + label.end());
                }
            }
        }
        for quoted in QUOTED.find_iter(text).filter(|quoted| !printed[quoted.start()]) {
            // Without its last quote a text has no end.
            let (at, end) = (start + quoted.start(), start + quoted.end());
            self.change("quote", end - 1..end, "", vec![at..end]);
        }
    }

    fn symbols(&mut self, start: usize, text: &str, printed: &[bool]) {
        for symbol in SYMBOL.captures_iter(text) {
            let symbol = symbol.get(1).unwrap();
            if printed[symbol.start()] {
                continue;
            }
            let wrong = match symbol.as_str() {
                "==" => "=",
                "!=" => "<>",
                "&&" => "and",
                "||" => "or",
                "??" => "?:",
                "+" => "plus",
                ">" => "=>",
                "<" => "=<",
                _ => "minus",
            };
            self.replace("operator", start + symbol.start()..start + symbol.end(), wrong);
        }
        for zero in ZERO.captures_iter(text) {
            let zero = zero.get(1).unwrap();
            self.replace("number compared with a text", start + zero.start()..start + zero.end(), "`0`");
        }
        let bytes = text.as_bytes();
        for bracket in BRACKET.find_iter(text).filter(|bracket| !printed[bracket.start()]) {
            let at = bracket.start();
            let mut broken = vec![start + at.saturating_sub(1)..start + at + 1];
            if let Some(partner) = partner(bytes, at) {
                let moved = start + partner - usize::from(partner > at);
                broken.push(moved..moved + 1);
            }
            self.change("bracket", start + at..start + at + 1, "", broken);
        }
    }
}

/// The bracket that closes or opens this one.
fn partner(text: &[u8], at: usize) -> Option<usize> {
    let pairs = [(b'(', b')'), (b'[', b']'), (b'{', b'}')];
    let (open, close) = pairs.into_iter().find(|(open, close)| [*open, *close].contains(&text[at]))?;
    let mut depth = 0_i32;
    let forward = text[at] == open;
    let order: Vec<usize> = if forward { (at..text.len()).collect() } else { (0..=at).rev().collect() };
    for place in order {
        depth +=
            i32::from(text[place] == if forward { open } else { close }) - i32::from(text[place] == if forward { close } else { open });
        if depth == 0 {
            return Some(place);
        }
    }
    None
}
