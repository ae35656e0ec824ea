//! How does an imitated Acumatica behave on the wire? What happens when a code is changed: every record follows, ids stay (BR-22).

use super::books::Books;
use crate::value::{Record, Value};

/// Puts a new code in the place of an old one, wherever one of these fields holds it.
pub(super) fn rename(books: &mut Books, fields: &[&str], old: &str, new: &str) {
    let entities: Vec<String> = books.entities().map(|entity| entity.name.clone()).collect();
    for entity in entities {
        let affected: Vec<(String, Record)> = books
            .sorted(&entity)
            .into_iter()
            .filter_map(|item| renamed(&item.record, fields, old, new).map(|record| (item.id.clone(), record)))
            .collect();
        for (id, record) in affected {
            books.replace(&entity, &id, record);
        }
    }
}

/// The record with the new code; `None` when it does not hold the old one.
fn renamed(record: &Record, fields: &[&str], old: &str, new: &str) -> Option<Record> {
    let mut after = record.clone();
    let mut found = false;
    for (name, value) in record.iter() {
        match value {
            Value::Text(text) if fields.contains(&name) && text == old => {
                after.set(name, new);
                found = true;
            }
            Value::List(lines) => {
                let changed: Vec<Value> = lines
                    .iter()
                    .map(|line| match line.as_record().and_then(|line| renamed(line, fields, old, new)) {
                        Some(line) => {
                            found = true;
                            line.into()
                        }
                        None => line.clone(),
                    })
                    .collect();
                after.set(name, changed);
            }
            _ => {}
        }
    }
    found.then_some(after)
}
