//! The mapping tables as Markdown.

use super::docs::{Table, TableRow, Tables};

/// All tables, one heading each.
pub(in crate::cli) fn markdown(tables: &Tables) -> String {
    let mut text = String::from(
        "# Mapping tables\n\nWritten by `crosswalk docs` from the mappings. An arrow to the right carries Procore's value to Acumatica, one to the \
        left Acumatica's to Procore.\n",
    );
    text.push_str(&profiles(tables));
    for table in &tables.tables {
        text.push_str(&format!("\n## {}\n\n{}.\n\n", escaped(&table.title), table.way()));
        text.push_str("| Procore | | Acumatica | Fields | From | Notes | Row |\n|---|---|---|---|---|---|---|\n");
        for row in &table.rows {
            text.push_str(&line(table, row));
        }
    }
    text
}

/// Which profile has which mapping.
fn profiles(tables: &Tables) -> String {
    let mut text = format!("\n## Profiles\n\nThe tables below are those of profile {}.\n\n", coded(&tables.profile));
    for profile in &tables.profiles {
        text.push_str(&format!("- {}: {}\n", coded(&profile.name), escaped(&profile.title)));
    }
    let names: String = tables.profiles.iter().map(|profile| format!(" {} |", coded(&profile.name))).collect();
    text.push_str(&format!("\n| Pair | Mapping | |{names}\n|---|---|---|{}\n", "---|".repeat(tables.profiles.len())));
    for pair in &tables.mappings {
        let marks: String = pair.marks(&tables.profiles).map(|mark| format!(" {mark} |")).collect();
        text.push_str(&format!("| {} | {} | {} |{marks}\n", escaped(&pair.title), coded(&pair.mapping), pair.arrow()));
    }
    text
}

fn line(table: &Table, row: &TableRow) -> String {
    let plain = |texts: &[String]| texts.iter().map(|text| escaped(text)).collect::<Vec<_>>().join("<br>");
    let code = |texts: &[String]| texts.iter().map(|text| coded(text)).collect::<Vec<_>>().join("<br>");
    let cells = [
        plain(&row.procore),
        table.arrow().to_owned(),
        plain(&row.acumatica),
        code(&row.fields),
        code(&row.from),
        plain(&row.notes),
        coded(&row.id),
    ];
    format!("| {} |\n", cells.join(" | "))
}

/// Text that Markdown shows as it is, on one line of a table.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' => out.push(' '),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '#' => {
                out.push('\\');
                out.push(letter);
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            other => out.push(other),
        }
    }
    out
}

/// Code in a cell: its lines joined, bars escaped, the fence longer than any run of backticks inside.
fn coded(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|");
    if line.is_empty() {
        return String::new();
    }
    let longest = line.split(|letter| letter != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let pad = if line.starts_with('`') || line.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{line}{pad}{fence}")
}

#[cfg(test)]
mod tests {
    use super::{coded, escaped};

    #[test]
    fn cells_stay_cells() {
        assert_eq!(escaped("Commitment #"), "Commitment \\#");
        assert_eq!(escaped("a|b\n<c>"), "a\\|b &lt;c&gt;");
        assert_eq!(coded("a || b"), "`a \\|\\| b`");
        assert_eq!(coded("`a` + 1"), "`` `a` + 1 ``");
        assert_eq!(coded("if x {\n  1\n}"), "`if x { 1 }`");
    }
}
