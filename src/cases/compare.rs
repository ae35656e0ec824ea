//! Where a draft differs from what a case expects. What the case does not mention is free; `null` says that a field is absent.

use crate::value::Value;

/// One place at which they differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The field: `Details[1].Amount`.
    pub field: String,
    /// What the case says.
    pub expected: Value,
    /// What came out; `null` for nothing.
    pub found: Value,
}

/// Gathers differences; numbers are compared as decimals, so `"250.0"` in a case is 250.
pub(super) fn differences(at: &str, expected: &Value, found: &Value, into: &mut Vec<Difference>) {
    match (expected, found) {
        (Value::Record(expected), Value::Record(found)) => {
            for (name, value) in expected.iter() {
                let path = if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
                differences(&path, value, found.get(name).unwrap_or(&Value::Null), into);
            }
        }
        (Value::List(expected), Value::List(found)) => {
            for nth in 0..expected.len().max(found.len()) {
                let path = format!("{at}[{nth}]");
                match (expected.get(nth), found.get(nth)) {
                    (Some(one), Some(other)) => differences(&path, one, other, into),
                    (one, other) => into.push(Difference {
                        field: path,
                        expected: one.cloned().unwrap_or_default(),
                        found: other.cloned().unwrap_or_default(),
                    }),
                }
            }
        }
        (Value::Text(text), Value::Number(number)) if crate::value::decimal(text).is_ok_and(|parsed| parsed == *number) => {}
        (Value::Number(number), Value::Text(text)) if *text == number.to_string() => {}
        (one, other) if one == other => {}
        (one, other) => into.push(Difference { field: at.to_owned(), expected: one.clone(), found: other.clone() }),
    }
}

#[cfg(test)]
mod tests {
    use super::differences;
    use crate::value::Value;

    #[test]
    fn only_what_the_case_mentions_is_compared() {
        let expected = Value::from_json(r#"{"a":"250.0","lines":[{"q":1}],"gone":null}"#).unwrap();
        let found = Value::from_json(r#"{"a":250,"b":1,"lines":[{"q":2},{}],"gone":0}"#).unwrap();
        let mut all = Vec::new();
        differences("", &expected, &found, &mut all);
        let fields: Vec<&str> = all.iter().map(|difference| difference.field.as_str()).collect();
        assert_eq!(fields, ["lines[0].q", "lines[1]", "gone"]);
    }
}
