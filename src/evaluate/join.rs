//! Records beside records, and records made one: on the bytes, before a record is opened.

use std::collections::HashMap;

use super::read::read;
use super::refusal::Refusal;
use crate::plan::Wanted;
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

#[cfg(test)]
mod tests {
    use super::{beside, grouped};

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
