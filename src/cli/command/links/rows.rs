//! A file of pairs: JSON as our own commands print it, or CSV as a spreadsheet saves it.

use std::fs;
use std::path::Path;

use crate::cli::exit::Stop;
use crate::diagnostic::did_you_mean;
use crate::value::{Record, Value};

/// A pair of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Where it stands: `pairs.csv line 3`.
    pub(super) name: String,
    pub(super) mapping: String,
    pub(super) project: Option<String>,
    pub(super) procore: String,
    pub(super) acumatica: String,
    /// Told as a tie by `links suggest`.
    pub(super) tied: bool,
}

const COLUMNS: [&str; 4] = ["mapping", "project", "procore", "acumatica"];

/// Reads a file of pairs.
pub(super) fn read(file: &Path) -> Result<Vec<Row>, Stop> {
    let text = fs::read_to_string(file).map_err(|problem| Stop::file(file, "read", &problem))?;
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let text = text.trim_start_matches('\u{feff}');
    let rows = if text.trim_start().starts_with('[') { json(text, &name) } else { csv(text, &name) };
    rows.map_err(|message| {
        let help = "write JSON as `crosswalk links suggest --json` prints it, or CSV with the columns mapping, project, procore, acumatica";
        Stop::usage(message, Some(help.to_owned()))
    })
}

fn json(text: &str, file: &str) -> Result<Vec<Row>, String> {
    let whole = Value::from_json(text).map_err(|problem| format!("{file}: {problem}"))?;
    let rows = whole.as_list().unwrap_or_default().iter().enumerate();
    rows.filter(|(_, row)| !row.as_record().is_some_and(is_line))
        .map(|(at, row)| of_record(row, format!("{file} row {}", at + 1)))
        .collect()
}

/// A line of a document is linked with it.
fn is_line(row: &Record) -> bool {
    row.text("list").is_some_and(|list| !list.is_empty())
}

fn of_record(row: &Value, name: String) -> Result<Row, String> {
    let end = |side: &str| match row.at(side) {
        Some(Value::Record(end)) => end.get("id").or_else(|| end.get("key")).map(Value::plain),
        Some(Value::Null | Value::List(_)) | None => None,
        Some(plain) => Some(plain.plain()),
    };
    let needed =
        |key: &str, value: Option<String>| value.filter(|text| !text.trim().is_empty()).ok_or_else(|| format!("{name} has no `{key}`"));
    let mapping = needed("mapping", row.at("mapping").map(Value::plain))?;
    let (procore, acumatica) = (needed("procore", end("procore"))?, needed("acumatica", end("acumatica"))?);
    let project = row.at("project").filter(|value| !value.is_null()).map(Value::plain).filter(|project| !project.is_empty());
    Ok(Row { tied: row.at("tie") == Some(&Value::Bool(true)), name, mapping, project, procore, acumatica })
}

fn csv(text: &str, file: &str) -> Result<Vec<Row>, String> {
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let (_, head) = lines.next().ok_or_else(|| format!("{file} is empty"))?;
    let heads = cells(head, &format!("{file} line 1"))?;
    for name in &heads {
        if !COLUMNS.contains(&name.as_str()) {
            let help = did_you_mean(name, COLUMNS).unwrap_or_default();
            return Err(format!("{file} line 1: `{name}` is not a column; {help}"));
        }
    }
    lines
        .map(|(at, line)| {
            let name = format!("{file} line {}", at + 1);
            let cells = cells(line, &name)?;
            if cells.len() != heads.len() {
                return Err(format!("{name} has {} cells, and the first line {}", cells.len(), heads.len()));
            }
            let row: Record = heads.iter().cloned().zip(cells.into_iter().map(Value::Text)).collect();
            of_record(&Value::Record(row), name)
        })
        .collect()
}

/// The cells of a line; quotes may stand around one, and twice within it.
fn cells(line: &str, name: &str) -> Result<Vec<String>, String> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => cell.extend(letters.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(std::mem::take(&mut cell).trim().to_owned()),
            other => cell.push(other),
        }
    }
    cells.push(cell.trim().to_owned());
    if quoted { Err(format!("{name}: a quote is not closed")) } else { Ok(cells) }
}

#[cfg(test)]
mod tests {
    use super::{cells, csv, json};

    #[test]
    fn a_spreadsheet_is_read() {
        let rows = csv("procore,acumatica,mapping\n77,\"V, \"\"1\"\"\",companies\n\n78,V2,companies\n", "p.csv").unwrap();
        assert_eq!((rows[0].procore.as_str(), rows[0].acumatica.as_str()), ("77", "V, \"1\""));
        assert_eq!((rows[1].name.as_str(), rows[1].project.as_deref()), ("p.csv line 4", None));
    }

    #[test]
    fn what_is_wrong_with_a_file_is_told_with_its_line() {
        for (text, told) in [
            ("mapping,procor,acumatica\n", "p.csv line 1: `procor` is not a column; did you mean `procore`?"),
            ("mapping,procore,acumatica\ncompanies,77\n", "p.csv line 2 has 2 cells, and the first line 3"),
            ("mapping,procore,acumatica\ncompanies,,V1\n", "p.csv line 2 has no `procore`"),
            ("", "p.csv is empty"),
        ] {
            assert_eq!(csv(text, "p.csv").unwrap_err(), told);
        }
        assert_eq!(cells("\"a", "p.csv line 1").unwrap_err(), "p.csv line 1: a quote is not closed");
        assert_eq!(json("[{\"mapping\": \"companies\"}]", "p.json").unwrap_err(), "p.json row 1 has no `procore`");
    }

    #[test]
    fn our_own_output_is_read() {
        let text = r#"[{"mapping": "m", "project": "5", "procore": {"id": "1", "key": null}, "acumatica": {"id": "a"}, "tie": true},
                       {"mapping": "m", "list": "Details", "procore": {"id": "1"}, "acumatica": {"id": "a"}}]"#;
        let rows = json(text, "p.json").unwrap();
        assert_eq!(rows.len(), 1, "lines go with their documents");
        assert!(rows[0].tied && rows[0].project.as_deref() == Some("5"));
    }
}
