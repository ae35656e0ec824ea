//! How likely two records are the same thing: what a mapping would write, held against what the target has, field by field (BR-21).

use std::collections::{BTreeMap, HashMap};

use crate::diagnostic::likeness;
use crate::value::{Decimal, Record, Value};

/// What is compared of a record: its telling fields by their path.
#[derive(Clone, Debug, Default)]
pub(super) struct Features(BTreeMap<String, Feature>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Feature {
    kind: Kind,
    /// As it is compared: without case, blanks and signs.
    folded: String,
}

/// How a field tells one record from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Kind {
    /// What people call it; the field's own name where empty.
    word: &'static str,
    /// How much it weighs.
    weight: u32,
    how: How,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    /// Letters and digits, all of them the same.
    Same,
    /// Digits alone, all of them the same.
    Digits,
    /// Words, more or less the same.
    Alike,
}

/// How alike two records are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Alike {
    /// In thousandths.
    pub(super) score: u32,
    /// What agrees and what does not, as people read it.
    pub(super) reasons: Vec<String>,
}

/// How often values occur among the records of the target: what many share tells little.
#[derive(Debug, Default)]
pub(super) struct Rarity {
    seen: HashMap<(String, String), u32>,
    records: u32,
}

/// As much as has to agree before a full score means anything: a name and one more telling field.
const ENOUGH: u32 = 8 * 1000;

/// By parts of a field's name, in lower case; the first that fits.
const KINDS: [(&str, &str, u32, How); 14] = [
    ("tax", "tax id", 5, How::Same),
    ("email", "e-mail", 4, How::Same),
    ("phone", "phone", 3, How::Digits),
    ("zip", "zip", 2, How::Same),
    ("postal", "zip", 2, How::Same),
    ("addressline1", "address", 2, How::Alike),
    ("address", "address", 2, How::Alike),
    ("city", "city", 1, How::Same),
    ("name", "name", 4, How::Alike),
    ("description", "description", 4, How::Alike),
    ("title", "title", 4, How::Alike),
    ("number", "number", 4, How::Same),
    ("nbr", "number", 4, How::Same),
    ("ref", "number", 4, How::Same),
];

/// Names that say where and how a record is kept, and not which one it is.
const TELLS_NOTHING: [&str; 7] = ["state", "country", "currency", "class", "type", "template", "group"];

impl Features {
    /// The telling fields of a record; the identity of the mapping tells, whatever it is called.
    pub(super) fn of(record: &Record, identity: &[String]) -> Self {
        let mut features = Self::default();
        features.gather(record, "", identity);
        features
    }

    fn gather(&mut self, record: &Record, above: &str, identity: &[String]) {
        for (name, value) in record.iter() {
            let path = if above.is_empty() { name.to_owned() } else { format!("{above}.{name}") };
            match value {
                Value::Record(inner) => self.gather(inner, &path, identity),
                Value::List(lines) => self.add_up(lines, &path),
                Value::Null | Value::Bool(_) => {}
                Value::Number(_) | Value::Text(_) => {
                    let Some(kind) = kind(&path, name, identity) else { continue };
                    let folded = fold(&value.plain(), kind.how);
                    if !folded.is_empty() {
                        self.0.insert(path, Feature { kind, folded });
                    }
                }
            }
        }
    }

    /// Lines tell by what they add up to.
    fn add_up(&mut self, lines: &[Value], path: &str) {
        let mut sums: BTreeMap<String, Decimal> = BTreeMap::new();
        for (name, value) in lines.iter().filter_map(Value::as_record).flat_map(Record::iter) {
            let low = name.to_lowercase();
            if let Value::Number(number) = value
                && (low.ends_with("amount") || low.ends_with("extendedcost"))
            {
                *sums.entry(name.to_owned()).or_default() += *number;
            }
        }
        for (name, sum) in sums {
            let kind = Kind { word: "amount", weight: 4, how: How::Same };
            self.0.insert(format!("{path}.{name}"), Feature { kind, folded: sum.normalize().to_string() });
        }
    }

    /// Words under which records that may be alike are found without comparing each with each.
    pub(super) fn words(&self) -> impl Iterator<Item = String> {
        self.0.iter().flat_map(|(path, feature)| match feature.kind.how {
            How::Alike => feature.folded.split(' ').filter(|word| word.len() > 2).map(str::to_owned).collect::<Vec<_>>(),
            How::Same | How::Digits => vec![format!("{path} {}", feature.folded)],
        })
    }

    /// How alike two records are; `number` is what people know both by, where it is the same on both sides.
    pub(super) fn held_against(&self, other: &Self, rarity: &Rarity, number: Option<&str>) -> Alike {
        let (mut agreed, mut weights) = (0, 0);
        let mut reasons: Vec<(u32, String)> = Vec::new();
        if let Some(number) = number {
            (agreed, weights) = (4 * 1000 * 1000, 4 * 1000);
            reasons.push((4, format!("same number {number}")));
        }
        for (path, mine) in &self.0 {
            let Some(theirs) = other.0.get(path) else { continue };
            let weight = mine.kind.weight * rarity.of(path, &theirs.folded);
            let alike = match mine.kind.how {
                How::Alike => likeness(&mine.folded, &theirs.folded),
                How::Same | How::Digits => 1000 * u32::from(mine.folded == theirs.folded),
            };
            agreed += weight * alike;
            weights += weight;
            let word = if mine.kind.word.is_empty() { path } else { mine.kind.word };
            let told = match alike {
                1000 => format!("same {word}"),
                0..500 => format!("other {word}"),
                part => format!("{word} alike {}", hundredths(part)),
            };
            reasons.push((mine.kind.weight, told));
        }
        // What weighs most is told first.
        reasons.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        let score = agreed / weights.max(ENOUGH);
        Alike { score, reasons: reasons.into_iter().map(|(_, told)| told).collect() }
    }
}

impl Rarity {
    /// Counts the values of a record.
    pub(super) fn count(&mut self, features: &Features) {
        self.records += 1;
        for (path, feature) in &features.0 {
            *self.seen.entry((path.clone(), feature.folded.clone())).or_default() += 1;
        }
    }

    /// In thousandths: 1000 for what no other record has.
    fn of(&self, path: &str, folded: &str) -> u32 {
        let others = self.seen.get(&(path.to_owned(), folded.to_owned())).map_or(0, |seen| seen - 1);
        1000 - others * 1000 / self.records.max(1)
    }
}

/// Thousandths as people read them: `0.93`.
pub(super) fn hundredths(thousandths: u32) -> String {
    Decimal::new(i64::from(thousandths / 10), 2).to_string()
}

fn kind(path: &str, name: &str, identity: &[String]) -> Option<Kind> {
    let low = name.to_lowercase();
    let named =
        || KINDS.iter().find(|(part, ..)| low.contains(part)).map(|(_, word, weight, how)| Kind { word, weight: *weight, how: *how });
    let own = Kind { word: "", weight: 4, how: How::Same };
    if identity.iter().any(|known| known == path) {
        return Some(named().unwrap_or(own));
    }
    // What a reference to another record holds is that record's name; a record's own id bears a longer one.
    if TELLS_NOTHING.iter().any(|part| low.contains(part)) || low == "id" {
        return None;
    }
    named().or_else(|| (low.ends_with("id") || low.ends_with("code")).then_some(own))
}

fn fold(text: &str, how: How) -> String {
    match how {
        How::Same => text.chars().filter(|letter| letter.is_alphanumeric() || *letter == '.').flat_map(char::to_lowercase).collect(),
        How::Digits => {
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            // A country's code may stand before the number.
            digits[digits.len().saturating_sub(10)..].to_owned()
        }
        How::Alike => {
            let low = text.to_lowercase().replace('&', " and ");
            low.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Features, Rarity, hundredths};
    use crate::value::Value;

    fn features(json: &str) -> Features {
        let Ok(Value::Record(record)) = Value::from_json(json) else { panic!("{json}") };
        Features::of(&record, &["name".to_owned()])
    }

    fn alike(one: &str, other: &str) -> (String, String) {
        let (one, other) = (features(one), features(other));
        let mut rarity = Rarity::default();
        rarity.count(&other);
        let alike = one.held_against(&other, &rarity, None);
        (hundredths(alike.score), alike.reasons.join("; "))
    }

    /// BR-21: name, address, code, e-mail, phone and tax id are compared, and the reasons are shown.
    #[test]
    fn what_agrees_is_told() {
        let one = r#"{"name": "Alder Steel, Inc.", "tax_id": "12-345", "zip": "93013", "phone": "+1 (805) 555-0100", "state": "CA"}"#;
        let other = r#"{"name": "ALDER STEEL INC", "tax_id": "12345", "zip": "93013", "phone": "805 555 0100", "state": "WA"}"#;
        assert_eq!(alike(one, other), ("1.00".to_owned(), "same tax id; same name; same phone; same zip".to_owned()));
        let (score, reasons) =
            alike(r#"{"name": "Alder Steel", "zip": "1", "phone": "1"}"#, r#"{"name": "Alder Stel", "zip": "1", "phone": "2"}"#);
        assert_eq!((score.as_str(), reasons.as_str()), ("0.62", "name alike 0.90; other phone; same zip"));
    }

    #[test]
    fn a_name_alone_is_not_enough() {
        assert_eq!(alike(r#"{"name": "Summit Supply"}"#, r#"{"name": "Summit Supply"}"#).0, "0.50");
    }

    #[test]
    fn lines_tell_by_their_sum() {
        let one = r#"{"title": "Roof", "Details": [{"ExtendedCost": 10.50}, {"ExtendedCost": 4.5}]}"#;
        let other = r#"{"title": "Roof", "Details": [{"ExtendedCost": 15}]}"#;
        assert_eq!(alike(one, other), ("1.00".to_owned(), "same amount; same title".to_owned()));
    }

    #[test]
    fn what_every_record_has_tells_nothing() {
        let (one, other) = (features(r#"{"name": "Roof", "city": "Austin"}"#), features(r#"{"name": "Roof", "city": "Austin"}"#));
        let mut rarity = Rarity::default();
        (0..4).for_each(|_| rarity.count(&other));
        assert_eq!(one.held_against(&other, &rarity, None).score, 1250 * 1000 / super::ENOUGH);
    }
}
