//! A tree of YAML as text, each line with the place that it comes from if that is asked for.

use crate::diagnostic::Place;
use crate::mapping::yaml::{Node, NodeKind};
use crate::value::{Value, decimal};

/// Whether lines say where they come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origins {
    /// Behind each line, as a comment: `# mappings/bills.yaml:12`.
    Shown,
    /// Not at all: the same tree gives the same text, wherever it comes from.
    Hidden,
}

/// Where the comments stand, unless a line is longer.
const MARGIN: usize = 90;

/// The text of a tree.
pub fn printed(node: &Node, origins: Origins) -> String {
    let mut lines = Vec::new();
    write(node, 0, &mut lines);
    let mut text = String::new();
    for line in lines {
        text.push_str(&line.text);
        if let Some(place) = line.place.filter(|_| origins == Origins::Shown) {
            let (number, _) = place.source.line_column(place.span.start);
            let gap = MARGIN.saturating_sub(line.text.chars().count()).max(1);
            text.push_str(&format!("{}# {}:{number}", " ".repeat(gap), place.source.path.display()));
        }
        text.push('\n');
    }
    text
}

/// A line, and where it comes from; a line of a text block cannot say so.
struct Line {
    text: String,
    place: Option<Place>,
}

fn write(node: &Node, depth: usize, lines: &mut Vec<Line>) {
    let indent = "  ".repeat(depth);
    match &node.kind {
        NodeKind::Map(entries) if !entries.is_empty() => {
            for (key, value) in entries {
                let name = key.word().map(|word| scalar(&word.text)).unwrap_or_default();
                lines.push(Line { text: format!("{indent}{name}:"), place: Some(key.place.clone()) });
                behind(value, depth, lines);
            }
        }
        NodeKind::List(items) if !items.is_empty() => {
            for item in items {
                let first = lines.len();
                match &item.kind {
                    NodeKind::Map(entries) if !entries.is_empty() => {
                        write(item, depth + 1, lines);
                        lines[first].text.replace_range(indent.len()..indent.len() + 1, "-");
                    }
                    _ => {
                        lines.push(Line { text: format!("{indent}-"), place: Some(item.place.clone()) });
                        behind(item, depth, lines);
                    }
                }
            }
        }
        _ => {
            lines.push(Line { text: indent, place: Some(node.place.clone()) });
            behind(node, depth, lines);
        }
    }
}

/// What stands behind a key or a dash: on its line if it is short, else below.
fn behind(value: &Node, depth: usize, lines: &mut Vec<Line>) {
    let block = match &value.kind {
        NodeKind::Text(text) => block(text),
        _ => None,
    };
    let short = match &value.kind {
        NodeKind::Null => "null".to_owned(),
        NodeKind::Bool(flag) => flag.to_string(),
        NodeKind::Number(digits) => digits.clone(),
        NodeKind::List(items) if items.is_empty() => "[]".to_owned(),
        NodeKind::Map(entries) if entries.is_empty() => "{}".to_owned(),
        NodeKind::Text(_) if block.is_some() => block.as_ref().map(|(mark, _)| (*mark).to_owned()).unwrap_or_default(),
        NodeKind::Text(text) => scalar(text),
        NodeKind::List(items) => match in_brackets(items) {
            Some(text) => text,
            None => return write(value, depth + 1, lines),
        },
        NodeKind::Map(_) => return write(value, depth + 1, lines),
    };
    if let Some(line) = lines.last_mut() {
        // Of a key that is there in one file and its value in another, the value is what counts.
        line.place = Some(value.place.clone());
        line.text = if line.text.trim().is_empty() { format!("{}{short}", line.text) } else { format!("{} {short}", line.text) };
    }
    let indent = "  ".repeat(depth + 1);
    let inside = block.into_iter().flat_map(|(_, text)| text.lines());
    lines.extend(inside.map(|inner| Line { text: format!("{indent}{inner}").trim_end().to_owned(), place: None }));
}

/// A short list of words that all come from one line.
fn in_brackets(items: &[Node]) -> Option<String> {
    let line = |node: &Node| (node.place.source.path.clone(), node.place.source.line_column(node.place.span.start).0);
    let words: Option<Vec<String>> = items.iter().map(|item| Some(scalar(&item.word()?.text))).collect();
    let text = format!("[{}]", words?.join(", "));
    let fits =
        text.chars().count() < 80 && items.iter().all(|item| matches!(item.kind, NodeKind::Text(_)) && line(item) == line(&items[0]));
    fits.then_some(text)
}

/// A text of several lines that a block can hold letter by letter.
fn block(text: &str) -> Option<(&'static str, &str)> {
    let fits = text.trim_end_matches('\n').contains('\n')
        && !text.starts_with([' ', '\n'])
        && !text.ends_with("\n\n")
        && text.lines().all(|line| !line.ends_with(' ') && !line.contains(|letter: char| letter.is_control()));
    fits.then_some((if text.ends_with('\n') { "|" } else { "|-" }, text))
}

/// A text on one line: bare where nothing else could be read in it.
fn scalar(text: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "_-./$()+ ".contains(letter);
    let is_word = ["true", "false", "null", "yes", "no", "on", "off", "~"].contains(&text.to_lowercase().as_str());
    let begins = text.starts_with(|letter: char| letter.is_alphabetic() || "_/$(".contains(letter));
    if begins && text.chars().all(plain) && text.trim() == text && !is_word && decimal(text).is_err() {
        text.to_owned()
    } else {
        Value::text(text).to_string()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Origins, printed};
    use crate::diagnostic::Source;
    use crate::mapping::yaml::parse;

    #[test]
    fn what_is_printed_reads_the_same() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("mappings");
        let mut files = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|ending| ending != "yaml") {
                continue;
            }
            let node = parse(&Source::new(&path, std::fs::read_to_string(&path).unwrap())).unwrap();
            for origins in [Origins::Hidden, Origins::Shown] {
                let text = printed(&node, origins);
                let again = parse(&Source::new("again.yaml", text.as_str())).unwrap_or_else(|problem| panic!("{problem:?}\n{text}"));
                assert_eq!(again.to_value(), node.to_value(), "{}", path.display());
            }
            files += 1;
        }
        assert!(files > 50, "{files}");
    }

    #[test]
    fn lines_say_where_they_come_from() {
        let node = parse(&Source::new("a.yaml", "a: 1\nb:\n  - c: 'yes'\n    d: [x, 2]\n    e: [x, y]\n")).unwrap();
        let text = printed(&node, Origins::Shown);
        let lines: Vec<String> = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        assert_eq!(
            lines,
            [
                "a: 1 # a.yaml:1",
                "b: # a.yaml:2",
                "- c: \"yes\" # a.yaml:3",
                "d: # a.yaml:4",
                "- x # a.yaml:4",
                "- 2 # a.yaml:4",
                "e: [x, y] # a.yaml:5"
            ]
        );
    }
}
