//! How two drafts differ, whatever mapping made them: path by path.

use super::FieldChange;
use crate::value::{Record, Value};

/// The fields in which two drafts differ, each with its path; lines by their place, from 1.
pub fn differences(old: &Record, new: &Record) -> Vec<FieldChange> {
    let mut found = Vec::new();
    records((old, new), ("", None), &mut found);
    found
}

fn records((old, new): (&Record, &Record), (above, line): (&str, Option<&str>), found: &mut Vec<FieldChange>) {
    let gone = old.iter().map(|(name, _)| name).filter(|name| new.get(name).is_none());
    for name in new.iter().map(|(name, _)| name).chain(gone) {
        let (before, after) = (old.get(name).unwrap_or(&Value::Null), new.get(name).unwrap_or(&Value::Null));
        values((before, after), (&format!("{above}{name}"), line), found);
    }
}

fn values((old, new): (&Value, &Value), (path, line): (&str, Option<&str>), found: &mut Vec<FieldChange>) {
    match (old, new) {
        (Value::Record(old), Value::Record(new)) => records((old, new), (&format!("{path}."), line), found),
        (Value::List(old), Value::List(new)) if line.is_none() => {
            for at in 0..old.len().max(new.len()) {
                let (before, after) = (old.get(at).unwrap_or(&Value::Null), new.get(at).unwrap_or(&Value::Null));
                values((before, after), (path, Some(&(at + 1).to_string())), found);
            }
        }
        _ if old == new => {}
        _ => found.push(FieldChange {
            field: path.to_owned(),
            line: line.map(str::to_owned),
            rows: Vec::new(),
            old: old.clone(),
            new: new.clone(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::differences;
    use crate::value::{Record, Value};

    fn record(json: &str) -> Record {
        Value::from_json(json).unwrap().as_record().unwrap().clone()
    }

    #[test]
    fn every_path_that_differs_is_told_once() {
        let old = record(r#"{"a": 1, "b": {"c": "x"}, "lines": [{"n": 1}, {"n": 2}], "gone": true}"#);
        let new = record(r#"{"a": 1.0, "b": {"c": "y"}, "lines": [{"n": 1}, {"n": 3}, {"n": 4}], "came": "z"}"#);
        let told: Vec<String> = differences(&old, &new)
            .iter()
            .map(|change| format!("{} {:?} {}->{}", change.field, change.line, change.old, change.new))
            .collect();
        assert_eq!(
            told,
            [
                r#"b.c None "x"->"y""#,
                r#"lines.n Some("2") 2->3"#,
                r#"lines Some("3") null->{"n":4}"#,
                r#"came None null->"z""#,
                r#"gone None true->null"#,
            ]
        );
        assert!(differences(&old, &old).is_empty());
    }
}
