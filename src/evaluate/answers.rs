//! What an approver answers, checked against what they are asked.

use crate::diagnostic::did_you_mean;
use crate::expr::convert;
use crate::plan::Plan;
use crate::value::{Found, Record, Value};

/// The answers of an approver, each read as its kind: what they typed, over what was filled in already. Nothing where nothing was
/// typed, for then what was shown is what goes.
///
/// # Errors
/// Every fault, by name and label: an answer to what is not asked, one that its rules refuse, one that is missing.
pub fn answers(plan: &Plan, typed: &[(String, String)], first: &Record) -> Result<Record, Vec<String>> {
    let mut faults = Vec::new();
    for (name, _) in typed.iter().filter(|(name, _)| !plan.ask.iter().any(|asked| asked.name == *name)) {
        let known = plan.ask.iter().map(|asked| asked.name.as_str());
        let help = match did_you_mean(name, known.clone()) {
            Some(help) => help,
            None if plan.ask.is_empty() => "it asks nothing".to_owned(),
            None => format!("it asks {}", known.collect::<Vec<_>>().join(", ")),
        };
        faults.push(format!("`{}` does not ask `{name}`; {help}", plan.name));
    }
    let mut given = Record::new();
    for asked in &plan.ask {
        let answer = typed.iter().rfind(|(name, _)| *name == asked.name).map(|(_, text)| Value::text(text.trim()));
        let value = answer.clone().or_else(|| first.get(&asked.name).cloned()).unwrap_or(Value::Null);
        let read = match asked.as_ {
            Some(kind) => convert(value.into(), kind).map(Found::into_value),
            None => Ok(value),
        };
        match read.and_then(|value| asked.rules.fault(&value).map_or(Ok(value), Err)) {
            Err(fault) => faults.push(format!("{} (`{}`): {fault}", asked.label, asked.name)),
            Ok(value) if asked.rules.present && value.plain().trim().is_empty() => {
                faults.push(format!("{} (`{}`) has to be filled in: `--set {}=…`", asked.label, asked.name, asked.name));
            }
            Ok(value) if answer.is_some() => given.set(asked.name.as_str(), value),
            Ok(_) => {}
        }
    }
    if faults.is_empty() { Ok(given) } else { Err(faults) }
}
