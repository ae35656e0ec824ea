//! Problems in the forms that editors and pipelines read: annotations of GitHub Actions, and SARIF 2.1.0.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::diagnostic::{Diagnostic, Place, Severity};

/// Workflow commands: GitHub shows each at its line of a pull request.
pub(super) fn github(problems: &[Diagnostic]) -> String {
    problems.iter().map(annotation).collect()
}

fn annotation(problem: &Diagnostic) -> String {
    let level = match problem.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let place = problem.place.as_ref().map(|place| {
        let ((line, column), (end_line, end_column)) = ends(place);
        let file = property(&place.source.path.display().to_string());
        format!("file={file},line={line},col={column},endLine={end_line},endColumn={end_column},")
    });
    command(level, &place.unwrap_or_default(), problem.code, (&problem.message, problem.help.as_deref()))
}

/// The annotation of a line of which only the number is known: `mappings/subcontracts.yaml:24`.
pub(super) fn annotated(place: Option<&str>, title: &str, told: (&str, Option<&str>)) -> String {
    let place = place.and_then(|place| place.rsplit_once(':'));
    let place = place.map(|(file, line)| format!("file={},line={},", property(file), property(line)));
    command("error", &place.unwrap_or_default(), title, told)
}

fn command(level: &str, place: &str, title: &str, (message, help): (&str, Option<&str>)) -> String {
    let remedy = help.map(|help| format!("\n{help}")).unwrap_or_default();
    format!("::{level} {place}title={}::{}\n", property(title), data(&format!("{message}{remedy}")))
}

/// What ends a workflow command early is written otherwise.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A log of the Static Analysis Results Interchange Format: one run, a rule for each kind of problem, a result for each problem.
pub(super) fn sarif(problems: &[Diagnostic]) -> String {
    let codes: BTreeSet<&str> = problems.iter().map(|problem| problem.code).collect();
    let rules: Vec<Value> = codes.iter().map(|code| json!({"id": code})).collect();
    let results: Vec<Value> = problems.iter().map(result).collect();
    let driver = json!({"name": "crosswalk", "version": env!("CARGO_PKG_VERSION"), "rules": rules});
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    });
    serde_json::to_string_pretty(&log).expect("a log is always JSON")
}

fn result(problem: &Diagnostic) -> Value {
    let level = match problem.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let parts = [Some(&problem.message), problem.note.as_ref(), problem.help.as_ref()];
    let text = parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join("\n");
    let places: Vec<Value> = problem.place.iter().map(|place| json!({"physicalLocation": location(place)})).collect();
    let related: Vec<Value> =
        problem.related.iter().map(|(place, label)| json!({"physicalLocation": location(place), "message": {"text": label}})).collect();
    let mut told =
        json!({"ruleId": problem.code, "level": level, "message": {"text": text}, "locations": places, "relatedLocations": related});
    if let (Some(place), Some(fix)) = (&problem.place, &problem.fix) {
        let location = location(&Place::new(&place.source, fix.span.clone()));
        let replacement = json!({"deletedRegion": location["region"], "insertedContent": {"text": fix.text}});
        let change = json!({"artifactLocation": location["artifactLocation"], "replacements": [replacement]});
        told["fixes"] = json!([{"description": {"text": format!("write `{}`", fix.text)}, "artifactChanges": [change]}]);
    }
    told
}

fn location(place: &Place) -> Value {
    let ((line, column), (end_line, end_column)) = ends(place);
    let address = place.source.path.display().to_string().replace('\\', "/");
    let region = json!({"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column});
    json!({"artifactLocation": {"uri": address}, "region": region})
}

/// Line and column of both ends, from 1; the column behind the last character.
fn ends(place: &Place) -> ((usize, usize), (usize, usize)) {
    (place.source.line_column(place.span.start), place.source.line_column(place.span.end))
}

#[cfg(test)]
mod tests {
    use super::{github, sarif};
    use crate::diagnostic::{Diagnostic, Place, Source};

    fn problems() -> Vec<Diagnostic> {
        let source = Source::new("mappings/a,b.yaml", "title: x\nexpr: sorce.id\n");
        let slip = Diagnostic::error("unknown-field", &Place::new(&source, 15..20), "there is no `sorce`, 50% sure")
            .help("write `source`")
            .replaced_by(Some("source"));
        vec![slip, Diagnostic::anywhere("unreadable", "there is no folder")]
    }

    #[test]
    fn an_annotation_stands_at_its_line_and_nothing_in_it_ends_it_early() {
        let told = github(&problems());
        let expected = "::error file=mappings/a%2Cb.yaml,line=2,col=7,endLine=2,endColumn=12,title=unknown-field::\
                        there is no `sorce`, 50%25 sure%0Awrite `source`\n::error title=unreadable::there is no folder\n";
        assert_eq!(told, expected);
    }

    #[test]
    fn a_log_names_rule_place_and_remedy() {
        let log: serde_json::Value = serde_json::from_str(&sarif(&problems())).unwrap();
        let results = &log["runs"][0]["results"];
        assert_eq!(results[0]["ruleId"], "unknown-field");
        assert_eq!(results[0]["locations"][0]["physicalLocation"]["region"]["startColumn"], 7);
        assert_eq!(results[0]["message"]["text"], "there is no `sorce`, 50% sure\nwrite `source`");
        let change = &results[0]["fixes"][0]["artifactChanges"][0]["replacements"][0];
        assert_eq!((&change["insertedContent"]["text"], &change["deletedRegion"]["endColumn"]), (&"source".into(), &12.into()));
        assert_eq!(results[1]["locations"].as_array().unwrap().len(), 0);
        assert_eq!(log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap().len(), 2);
    }
}
