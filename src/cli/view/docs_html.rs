//! The mapping tables as one page for a browser.

use super::docs::{Table, TableRow, Tables};

const HEAD: &str = r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Mapping tables</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem; color: #1d2a33; background: #fff; }
  nav a { margin-right: 1rem; }
  table { border-collapse: collapse; width: 100%; }
  th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid #d6dde2; overflow-wrap: anywhere; }
  th { background: #eef2f5; }
  td.export { color: #b35900; } td.import { color: #1b7340; }
  tr:target { background: #fff6d6; }
  code { font-size: .85em; white-space: pre-wrap; }
  p.note { margin: 0 0 .3rem; }
</style>
</head>
<body>
<h1>Mapping tables</h1>
<p>Written by <code>crosswalk docs</code> from the mappings. An arrow to the right carries Procore’s value to Acumatica, one to the left
Acumatica’s to Procore.</p>
"#;

/// All tables on one page.
pub(in crate::cli) fn html(tables: &Tables) -> String {
    let mut text = String::from(HEAD);
    let links = tables.tables.iter().map(|table| format!("<a href=\"#{}\">{}</a>", escaped(&table.mapping), escaped(&table.title)));
    text.push_str(&format!("<nav>{}</nav>\n", links.collect::<Vec<_>>().join("\n")));
    text.push_str(&profiles(tables));
    for table in &tables.tables {
        text.push_str(&section(table));
    }
    text.push_str("</body>\n</html>\n");
    text
}

/// Which profile has which mapping.
fn profiles(tables: &Tables) -> String {
    let names: String = tables.profiles.iter().map(|one| format!("<th scope=\"col\">{}</th>", escaped(&one.name))).collect();
    let rows = tables.mappings.iter().map(|pair| {
        let marks: String = pair.marks(&tables.profiles).map(|mark| format!("<td>{mark}</td>")).collect();
        let (title, mapping, arrow) = (escaped(&pair.title), escaped(&pair.mapping), pair.arrow());
        format!("<tr><td>{title}</td><td><code>{mapping}</code></td><td class=\"{}\">{arrow}</td>{marks}</tr>\n", pair.direction)
    });
    format!(
        "<section id=\"profiles\">\n<h2>Profiles</h2>\n<p>The tables below are those of profile <code>{}</code>.</p>\n<table>\n<thead><tr>\
         <th scope=\"col\">Pair</th><th scope=\"col\">Mapping</th><th scope=\"col\">Direction</th>{names}</tr></thead>\n<tbody>\n{}</tbody>\n\
         </table>\n</section>\n",
        escaped(&tables.profile),
        rows.collect::<String>(),
    )
}

fn section(table: &Table) -> String {
    let rows: String = table.rows.iter().map(|row| line(table, row)).collect();
    format!(
        "<section id=\"{}\">\n<h2>{}</h2>\n<p>{}.</p>\n<table>\n<thead><tr><th scope=\"col\">Procore</th><th scope=\"col\">Direction</th>\
         <th scope=\"col\">Acumatica</th><th scope=\"col\">Fields</th><th scope=\"col\">From</th><th scope=\"col\">Notes</th></tr></thead>\n\
         <tbody>\n{rows}</tbody>\n</table>\n</section>\n",
        escaped(&table.mapping),
        escaped(&table.title),
        escaped(&table.way().replace('`', "")),
    )
}

fn line(table: &Table, row: &TableRow) -> String {
    let joined = |texts: &[String]| texts.iter().map(|text| escaped(text)).collect::<Vec<_>>().join("<br>");
    let code = |texts: &[String]| texts.iter().map(|text| format!("<code>{}</code>", escaped(text))).collect::<Vec<_>>().join("<br>");
    let notes: String = row.notes.iter().map(|note| format!("<p class=\"note\">{}</p>", escaped(note))).collect();
    format!(
        "<tr id=\"{}\"><td>{}</td><td class=\"{direction}\" title=\"{direction}\">{}</td><td>{}</td><td>{}</td><td>{}</td><td>{notes}</td></tr>\n",
        escaped(&row.id),
        joined(&row.procore),
        table.arrow(),
        joined(&row.acumatica),
        code(&row.fields),
        code(&row.from),
        direction = table.direction,
    )
}

/// Text that HTML shows as it is, in elements and in quoted attributes.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
