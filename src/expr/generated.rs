//! Which expressions are tried? Random ones over every operator, choice, function and closure; most fit together, some do not.

use fastrand::Rng;

use super::functions::function_names;
use super::types::Kinds;
use crate::value::{Decimal, Record, Value};

/// Makes expressions and the records that they read.
pub(super) struct Generator {
    random: Rng,
    /// Closure parameters in sight.
    members: Vec<String>,
}

const NUMBERS: [&str; 8] = ["0", "1", "2.50", "-3", "0.125", "1_000", "79228162514264337593543950335", "7"];
const TEXTS: [&str; 10] = [
    "\"\"",
    "\" Acme \"",
    "\"12.50\"",
    "\"a-b-c\"",
    "\"2026-03-05\"",
    "'x'",
    "\"Net 30\"",
    "\"é\"",
    "\"Approved\"",
    "\"01.03-3000.LABOR\"",
];
const FIELDS: [(&str, Kinds); 8] = [
    ("qty", Kinds::NUMBER),
    ("price", Kinds::NUMBER),
    ("name", Kinds::TEXT),
    ("date", Kinds::TEXT),
    ("on", Kinds::BOOL),
    ("rows", Kinds::LIST),
    ("vendor", Kinds::RECORD),
    ("none", Kinds::NULL),
];
const ALL: [Kinds; 5] = [Kinds::NUMBER, Kinds::TEXT, Kinds::BOOL, Kinds::LIST, Kinds::RECORD];

impl Generator {
    pub(super) fn new(seed: u64) -> Self {
        Self { random: Rng::with_seed(seed), members: Vec::new() }
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.random.usize(..of.len())].clone()
    }

    fn chance(&mut self, of_100: u32) -> bool {
        self.random.u32(..100) < of_100
    }

    /// A record, in which fields are absent, empty, or of another kind now and then.
    pub(super) fn record(&mut self, depth: u32) -> Value {
        let mut record = Record::new();
        for (name, kind) in FIELDS {
            if !self.chance(15) {
                let kind = if self.chance(7) { self.one(&ALL) } else { kind };
                let value = self.value(kind, depth);
                record.set(name, value);
            }
        }
        record.into()
    }

    fn value(&mut self, kind: Kinds, depth: u32) -> Value {
        match kind {
            Kinds::NUMBER => Decimal::new(self.random.i64(-500..10_000), self.random.u32(0..4)).into(),
            Kinds::TEXT => self.one(&TEXTS).trim_matches(['"', '\'']).into(),
            Kinds::BOOL => self.random.bool().into(),
            Kinds::LIST if depth > 0 => Value::List((0..self.random.usize(0..4)).map(|_| self.record(depth - 1)).collect()),
            Kinds::LIST => Value::List((0..self.random.usize(0..4)).map(|_| self.value(Kinds::NUMBER, 0)).collect()),
            Kinds::RECORD if depth > 0 => self.record(depth - 1),
            _ => Value::Null,
        }
    }

    /// An expression.
    pub(super) fn expression(&mut self) -> String {
        let (kind, depth) = (self.one(&ALL), self.random.u32(1..5));
        self.of(kind, depth)
    }

    /// An expression of a kind, most of the time.
    fn of(&mut self, kind: Kinds, depth: u32) -> String {
        let kind = if self.chance(6) { self.one(&ALL) } else { kind };
        if depth == 0 || self.chance(15) {
            return self.leaf(kind);
        }
        match self.random.u32(..10) {
            0 => self.choice(kind, depth - 1),
            1 => format!("({} ?? {})", self.of(kind, depth - 1), self.of(kind, depth - 1)),
            2 | 3 => self.read(kind, depth - 1),
            4 => self.called(depth - 1),
            _ => self.made(kind, depth - 1),
        }
    }

    fn leaf(&mut self, kind: Kinds) -> String {
        if self.chance(45) {
            return self.read(kind, 0);
        }
        match kind {
            _ if self.chance(4) => "()".to_owned(),
            Kinds::NUMBER => self.one(&NUMBERS).to_owned(),
            Kinds::TEXT => self.one(&TEXTS).to_owned(),
            Kinds::BOOL => self.one(&["true", "false"]).to_owned(),
            Kinds::LIST => self.one(&["[]", "[1, 2.5, 3]", "[\"a\", \"b\"]", "[[1], []]"]).to_owned(),
            _ => "#{qty: 2, name: \"B\", rows: [1]}".to_owned(),
        }
    }

    /// A chain of properties and indices, from a variable or a closure's parameter.
    fn read(&mut self, kind: Kinds, depth: u32) -> String {
        let mut roots =
            vec!["source".to_owned(), "source".to_owned(), "line".to_owned(), "settings".to_owned(), "source.vendor".to_owned()];
        roots.extend(self.members.iter().cloned().chain(self.members.last().cloned()));
        let root = self.one(&roots);
        if kind == Kinds::RECORD && self.chance(30) {
            return root;
        }
        let fitting: Vec<&str> = FIELDS.iter().filter(|(_, of)| *of == kind).map(|(name, _)| *name).collect();
        let field = if fitting.is_empty() || self.chance(8) { self.one(&FIELDS).0 } else { self.one(&fitting) };
        let dot = if self.chance(30) { "?." } else { "." };
        match self.random.u32(..8) {
            0 => format!("{root}[\"{field}\"]"),
            1 => {
                let index = self.of(Kinds::NUMBER, depth.min(1));
                format!("{root}{dot}rows[{index}].{field}")
            }
            2 => format!("{root}.rows[{}]?.{field}", self.one(&["0", "-1", "1", "2.0"])),
            3 => format!("{root}.vendor{dot}{field}"),
            4 => format!("({root}.vendor ?? source){dot}{field}"),
            _ => format!("{root}{dot}{field}"),
        }
    }

    fn choice(&mut self, kind: Kinds, depth: u32) -> String {
        let (one, two, three) = (self.of(kind, depth), self.of(kind, depth), self.of(kind, depth));
        let condition = self.of(Kinds::BOOL, depth);
        match self.random.u32(..4) {
            0 => format!("(if {condition} {{ {one} }})"),
            1 => format!("(if {condition} {{ {one} }} else if {} {{ {two} }} else {{ {three} }})", self.of(Kinds::BOOL, depth)),
            2 => {
                let subject = self.of(Kinds::TEXT, depth);
                format!("(switch ({subject}) {{ \"a\" | \"Approved\" if {condition} => {one}, \"\" | 'x' => {two}, _ => {three} }})")
            }
            _ => format!("(switch ({}) {{ 1 | 2.50 => {one}, -3 if {condition} => {two}, () => {three} }})", self.of(Kinds::NUMBER, depth)),
        }
    }

    fn made(&mut self, kind: Kinds, depth: u32) -> String {
        match kind {
            Kinds::NUMBER if self.chance(15) => format!("-{}", self.leaf(kind)).replace("--", "- -"),
            Kinds::NUMBER => {
                let operator = self.one(&["+", "-", "*", "/", "%"]);
                format!("({} {operator} {})", self.of(kind, depth), self.of(kind, depth))
            }
            Kinds::TEXT if self.chance(50) => {
                let inner = self.one(&[Kinds::TEXT, Kinds::NUMBER, Kinds::BOOL]);
                format!("`no ${{{}}}/${{{}}}`", self.of(inner, depth), self.of(kind, depth))
            }
            Kinds::TEXT => format!("({} + {})", self.of(kind, depth), self.of(kind, depth)),
            Kinds::BOOL => self.condition(depth),
            Kinds::LIST if self.chance(60) => {
                let name = self.one(&["map", "filter"]);
                self.over(name, depth)
            }
            Kinds::LIST => {
                let member = self.one(&ALL);
                format!("[{}, {}]", self.of(member, depth), self.of(member, depth))
            }
            _ => format!("#{{qty: {}, \"name\": {}}}", self.of(Kinds::NUMBER, depth), self.of(Kinds::TEXT, depth)),
        }
    }

    fn condition(&mut self, depth: u32) -> String {
        let kind = self.one(&[Kinds::NUMBER, Kinds::TEXT]);
        let logic = self.one(&["&&", "||"]);
        match self.random.u32(..7) {
            0 => format!("!{}", self.leaf(Kinds::BOOL)),
            1 => format!("({} {logic} {})", self.of(Kinds::BOOL, depth), self.of(Kinds::BOOL, depth)),
            2 => format!("({} in [{}, {}])", self.of(kind, depth), self.of(kind, depth), self.of(kind, depth)),
            3 => {
                let name = self.one(&["some", "all"]);
                self.over(name, depth)
            }
            _ => {
                let operator = self.one(&["==", "!=", "<", "<=", ">", ">="]);
                format!("({} {operator} {})", self.of(kind, depth), self.of(kind, depth))
            }
        }
    }

    /// A list run through with a closure, which may read what is around it.
    fn over(&mut self, name: &str, depth: u32) -> String {
        let list = self.of(Kinds::LIST, depth);
        let member = self.one(&["row", "n", "source"]).to_owned();
        self.members.push(member.clone());
        let kind = match name {
            "map" => self.one(&ALL),
            "sum" => Kinds::NUMBER,
            _ => Kinds::BOOL,
        };
        let body = if self.chance(15) { member.clone() } else { self.of(kind, depth) };
        self.members.pop();
        if self.chance(50) { format!("{list}.{name}(|{member}| {body})") } else { format!("{name}({list}, |{member}| {body})") }
    }

    /// Any function, as a call or as a method, also after `?.`.
    fn called(&mut self, depth: u32) -> String {
        let names: Vec<&str> = function_names().collect();
        let name = self.one(&names);
        let kinds: Vec<Kinds> = match name {
            "map" | "filter" | "some" | "all" => return self.over(name, depth),
            "sum" if self.random.bool() => return self.over(name, depth),
            "lookup" => return format!("lookup(\"terms\", {}, {})", self.of(Kinds::TEXT, depth), self.of(Kinds::TEXT, depth)),
            "linked" | "linked_key" | "linked_back" => return format!("{name}(\"companies\", {})", self.of(Kinds::NUMBER, depth)),
            "linked_line" => vec![Kinds::TEXT, Kinds::NUMBER, Kinds::TEXT, Kinds::NUMBER],
            "today" => Vec::new(),
            "sum" | "first" | "count" => vec![Kinds::LIST],
            "join" => vec![Kinds::LIST, Kinds::TEXT],
            "min" | "max" | "round_half_up" | "round_half_even" | "round_down" => vec![Kinds::NUMBER, Kinds::NUMBER],
            "abs" | "decimal" => vec![Kinds::NUMBER],
            "overlap" => vec![Kinds::NUMBER; 4],
            "substring" | "add_days" => vec![Kinds::TEXT, Kinds::NUMBER],
            "pad_left" => vec![Kinds::TEXT, Kinds::NUMBER, Kinds::TEXT],
            "replace" => vec![Kinds::TEXT; 3],
            "starts_with" | "ends_with" | "contains" | "split" => vec![Kinds::TEXT; 2],
            _ => vec![Kinds::TEXT],
        };
        let given: Vec<String> = kinds.iter().map(|kind| self.of(*kind, depth)).collect();
        match given.split_first() {
            Some((first, rest)) if self.chance(60) => {
                format!("{first}{}{name}({})", if self.chance(40) { "?." } else { "." }, rest.join(", "))
            }
            _ => format!("{name}({})", given.join(", ")),
        }
    }
}
