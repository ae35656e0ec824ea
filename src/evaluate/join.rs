//! Records beside records, and records made one: on the bytes, before a record is opened.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde_json::value::RawValue;

use super::read::read;
use super::refusal::Refusal;
use crate::plan::{Regroup, Wanted};
use crate::value::push_json_text;

/// A record with members put beside its own: `{"bill": …, …}`.
pub fn beside(body: &str, members: &[(&str, &str)]) -> String {
    let inside = body.trim_start().strip_prefix('{').unwrap_or("}");
    let mut text = String::with_capacity(body.len() + members.iter().map(|(name, raw)| name.len() + raw.len() + 8).sum::<usize>());
    text.push('{');
    for (name, raw) in members {
        if text.len() > 1 {
            text.push(',');
        }
        push_json_text(&mut text, name);
        text.push(':');
        text.push_str(raw);
    }
    if text.len() > 1 && inside.trim() != "}" {
        text.push(',');
    }
    text.push_str(inside);
    text
}

/// The record with these members in place of those of the same names; none where it is not a JSON record.
pub fn replaced(body: &str, members: &[(String, Arc<str>)]) -> Option<String> {
    let mut all: BTreeMap<String, &RawValue> = serde_json::from_str(body).ok()?;
    for (name, raw) in members {
        all.insert(name.clone(), serde_json::from_str(raw).ok()?);
    }
    serde_json::to_string(&all).ok()
}

/// The record with only these of its members; none where it is not a JSON record.
pub fn only(body: &str, members: &[&str]) -> Option<String> {
    let mut all: BTreeMap<String, &RawValue> = serde_json::from_str(body).ok()?;
    all.retain(|name, _| members.contains(&name.as_str()));
    serde_json::to_string(&all).ok()
}

/// Records with equal keys made one: the first, with all of them in a list of this name. Order is that of the first of each.
///
/// # Errors
/// When one of them is not a JSON record.
pub fn grouped(bodies: &[String], by: &[Vec<String>], name: &str) -> Result<Vec<String>, Refusal> {
    let mut wanted = Wanted::default();
    let slots: Vec<usize> = by.iter().map(|path| wanted.slot(path)).collect();
    let mut order: Vec<Vec<&String>> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for body in bodies {
        let read = read(body, &wanted)?;
        let read = read.at(0);
        let key = slots.iter().map(|slot| read.values[*slot].unwrap_or_default().replace(" \"", "\"")).collect::<Vec<_>>().join("\u{1f}");
        let at = *known.entry(key).or_insert_with(|| {
            order.push(Vec::new());
            order.len() - 1
        });
        order[at].push(body);
    }
    let group = |members: &Vec<&String>| {
        let list = format!("[{}]", members.iter().map(|body| body.as_str()).collect::<Vec<_>>().join(","));
        beside(members[0], &[(name, &list)])
    };
    Ok(order.iter().map(group).collect())
}

/// A record with further lists beside its own: lines of a list with equal keys made one, in the order of the first of each. What
/// lacks the list gets an empty one.
///
/// # Errors
/// When it is not a JSON record.
pub fn regrouped(body: String, lists: &[Regroup]) -> Result<String, Refusal> {
    let mut whole = body;
    for list in lists {
        let mut wanted = Wanted::default();
        let number = wanted.list(&list.of);
        wanted.lists[number].slot::<String>(&[]);
        let slots = read(&whole, &wanted)?;
        let members: Vec<String> = slots.at(0).lists[number].iter().filter_map(|line| line.values[0]).map(str::to_owned).collect();
        let lines = format!("[{}]", grouped(&members, &list.by, &list.members)?.join(","));
        whole = beside(&whole, &[(&list.name, &lines)]);
    }
    Ok(whole)
}

#[cfg(test)]
mod tests {
    use super::{beside, grouped, regrouped};
    use crate::plan::Regroup;

    #[test]
    fn lines_of_one_code_become_one_line_that_holds_them() {
        let path = |text: &str| text.split('.').map(str::to_owned).collect::<Vec<_>>();
        let list = Regroup { name: "by_code".to_owned(), of: path("lines"), by: vec![path("code.flat")], members: "rows".to_owned() };
        let body = r#"{"lines":[{"code":{"flat":"a"},"n":1},{"code":{"flat":"b"}},{"n":2,"code":{"flat":"a"}}]}"#.to_owned();
        let made = regrouped(body, std::slice::from_ref(&list)).unwrap();
        let first = r#"{"by_code":[{"rows":[{"code":{"flat":"a"},"n":1},{"n":2,"code":{"flat":"a"}}],"code":{"flat":"a"},"n":1},"#;
        assert!(made.starts_with(first), "{made}");
        assert_eq!(regrouped("{}".to_owned(), &[list]).unwrap(), r#"{"by_code":[]}"#);
    }

    #[test]
    fn members_are_put_beside() {
        assert_eq!(beside("{\"a\":1}", &[("b", "{\"c\":2}")]), "{\"b\":{\"c\":2},\"a\":1}");
        assert_eq!(beside(" {} ", &[("b", "1")]), "{\"b\":1} ");
    }

    #[test]
    fn equal_keys_make_one_record() {
        let bodies = ["{\"k\":\"a\",\"n\":1}", "{\"k\":\"b\",\"n\":2}", "{\"n\":3,\"k\":\"a\"}"].map(str::to_owned);
        let groups = grouped(&bodies, &[vec!["k".to_owned()]], "rows").unwrap();
        assert_eq!(groups.len(), 2);
        assert!(groups[0].starts_with("{\"rows\":[{\"k\":\"a\",\"n\":1},{\"n\":3,\"k\":\"a\"}],"));
    }
}
