//! Do all engines give the same? Compared record by record, before anything is timed.

use crosswalk::schema::plain;
use crosswalk::value::{Record, Value};

use crate::Workload;

/// Compares the outputs of a workload as canonical JSON: members sorted, numbers without trailing zeros.
///
/// # Panics
/// At the first record that differs.
pub(crate) fn assert_same(workload: &Workload) {
    let target = &workload.engine.plan.target;
    let mut offered = 0;
    for record in &workload.records {
        let (mut bytes, mut text) = (Vec::new(), String::new());
        (workload.by_hand)(record, &mut bytes).expect("the drawn records can be mapped");
        workload.engine.bytes(record, &mut text);
        let bytes = String::from_utf8(bytes).expect("JSON is UTF-8");
        assert_eq!(bytes.is_empty(), text.is_empty(), "{record}");
        if bytes.is_empty() {
            continue;
        }
        offered += 1;
        let [one, two] = [&bytes, &text].map(|text| canonical(&Value::from_json(text).expect("the output is JSON")));
        assert_eq!(one, two, "{record}");
        for (name, peer) in &workload.peers {
            let mut bytes = Vec::new();
            peer(record, &mut bytes).expect("the drawn records can be mapped");
            let text = String::from_utf8(bytes).expect("JSON is UTF-8");
            assert_eq!(canonical(&Value::from_json(&text).expect("the output is JSON")), one, "{name}: {record}");
        }
        let flat = plain(&bytes, &target.shape, target.resource.system).expect("the output fits the schema");
        let draft = workload.engine.draft(record).expect("an offered record has a draft");
        assert_eq!(canonical(&flat.into()), canonical(&Value::Record(draft.fields.clone())), "{record}");
        let (_, traced) = workload.engine.trace(record).expect("an offered record has a trace");
        assert_eq!(draft, traced, "{record}");
    }
    let bytes: usize = workload.records.iter().map(String::len).sum();
    println!(
        "{}: {offered} of {} records offered, same output, {} bytes a record",
        workload.name,
        workload.records.len(),
        bytes / workload.records.len()
    );
}

fn canonical(value: &Value) -> Value {
    match value {
        Value::Number(number) => Value::Number(number.normalize()),
        Value::List(list) => Value::List(list.iter().map(canonical).collect()),
        Value::Record(record) => {
            let mut members: Vec<(&str, Value)> = record.iter().map(|(name, value)| (name, canonical(value))).collect();
            members.sort_by_key(|(name, _)| *name);
            Value::Record(members.into_iter().collect::<Record>())
        }
        other => other.clone(),
    }
}
