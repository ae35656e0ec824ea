//! Other texts of a mapping that mean the same.

use crosswalk::mapping::yaml::{Node, NodeKind};
use regex::{Captures, Regex};

use super::mutant::extent;

/// A mapping in other words.
pub(super) struct Variant {
    /// What was changed.
    pub(super) kind: &'static str,
    /// The mapping.
    pub(super) of: usize,
    /// Its text.
    pub(super) text: String,
}

/// Every variant of one mapping.
pub(super) fn of(of: usize, text: &str, node: &Node) -> Vec<Variant> {
    let made = [
        ("comments and blank lines", commented(text)),
        ("trailing blanks", text.replace('\n', "  \n")),
        ("single quotes", quoted(text, node, '\'')),
        ("double quotes", quoted(text, node, '"')),
        ("keys in another order", reordered(text, node)),
        ("parentheses around `??`", in_parentheses(text)),
        ("other names of parameters", renamed(text)),
        ("flow style in blocks", in_blocks(text, node)),
    ];
    let changed = made.into_iter().filter(|(_, changed)| changed != text);
    changed.map(|(kind, text)| Variant { kind, of, text }).collect()
}

/// Outside of block scalars: a comment is no comment within.
fn commented(text: &str) -> String {
    let mut in_block: Option<usize> = None;
    let lines = text.lines().map(|line| {
        let depth = line.len() - line.trim_start().len();
        if line.trim().is_empty() || in_block.is_some_and(|above| depth > above) {
            return format!("{line}\n");
        }
        let begins = line.trim_end().ends_with(": |");
        in_block = begins.then_some(depth + if line.trim_start().starts_with("- ") { 2 } else { 0 });
        let spaces = " ".repeat(depth);
        if begins || line.contains('#') { format!("{line}\n") } else { format!("\n{spaces}# as it was\n{line} # still\n") }
    });
    lines.collect()
}

/// Each plain scalar in quotes.
fn quoted(text: &str, node: &Node, quote: char) -> String {
    let mut spans = Vec::new();
    gather(node, &mut |scalar| {
        let span = scalar.place.span.clone();
        let raw = &text[span.clone()];
        // Numbers and truths in quotes are texts, and other quotes would have to be escaped.
        let plain = matches!(&scalar.kind, NodeKind::Text(decoded) if decoded == raw) && !raw.contains(['\'', '"', '\\', '\n', '`']);
        if plain {
            spans.push(span);
        }
    });
    spans.sort_by_key(|span| std::cmp::Reverse(span.start));
    let mut changed = text.to_owned();
    for span in spans {
        changed.insert(span.end, quote);
        changed.insert(span.start, quote);
    }
    changed
}

fn gather<'n>(node: &'n Node, visit: &mut impl FnMut(&'n Node)) {
    match &node.kind {
        NodeKind::List(items) => items.iter().for_each(|item| gather(item, visit)),
        NodeKind::Map(entries) => entries.iter().for_each(|(key, value)| {
            visit(key);
            gather(value, visit);
        }),
        _ => visit(node),
    }
}

/// The keys at the top from last to first.
fn reordered(text: &str, node: &Node) -> String {
    let NodeKind::Map(entries) = &node.kind else { return text.to_owned() };
    let starts: Vec<usize> = entries.iter().map(|(key, _)| key.place.span.start).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let parts: Vec<&str> = starts.iter().zip(ends).map(|(start, end)| &text[*start..end]).collect();
    let mut turned = text[..starts[0]].to_owned();
    parts.iter().rev().for_each(|part| turned.push_str(&format!("{}\n", part.trim_end())));
    turned
}

fn in_parentheses(text: &str) -> String {
    let simple = Regex::new(r"\b((?:source|line|row)(?:\??\.\w+)+) \?\? (\d+|\w+(?:\??\.\w+)+)([ )\n}])").unwrap();
    simple.replace_all(text, |found: &Captures<'_>| format!("(({}) ?? ({})){}", &found[1], &found[2], &found[3])).into_owned()
}

fn renamed(text: &str) -> String {
    let parameter = Regex::new(r"\|(\w+)\|").unwrap();
    let names: Vec<String> = parameter.captures_iter(text).map(|found| found[1].to_owned()).collect();
    let mut changed = text.to_owned();
    for name in names.into_iter().filter(|name| !["line", "source"].contains(&name.as_str())) {
        let used = Regex::new(&format!(r"(\||[^.\w$-])({name})(\||\??\.\w|\b [=!+*<>-])")).unwrap();
        changed = used.replace_all(&changed, |found: &Captures<'_>| format!("{}{}_here{}", &found[1], &found[2], &found[3])).into_owned();
    }
    changed
}

/// `- {to: A, value: 1}` on lines of its own.
fn in_blocks(text: &str, node: &Node) -> String {
    let mut spans = Vec::new();
    flows(text, node, &mut spans);
    spans.sort_by_key(|(start, ..)| std::cmp::Reverse(*start));
    let mut changed = text.to_owned();
    for (start, end, lines) in spans {
        changed.replace_range(start..end, &lines);
    }
    changed
}

fn flows(text: &str, node: &Node, spans: &mut Vec<(usize, usize, String)>) {
    match &node.kind {
        NodeKind::List(items) => {
            for item in items {
                let span = extent(item, text);
                match &item.kind {
                    NodeKind::Map(entries) if text[span.clone()].starts_with('{') && text[..span.start].ends_with("- ") => {
                        let column = span.start - text[..span.start].rfind('\n').map_or(0, |at| at + 1);
                        let line =
                            |(key, value): &(Node, Node)| format!("{}: {}", &text[key.place.span.clone()], &text[extent(value, text)]);
                        let lines: Vec<String> = entries.iter().map(line).collect();
                        spans.push((span.start, span.end, lines.join(&format!("\n{}", " ".repeat(column)))));
                    }
                    _ => flows(text, item, spans),
                }
            }
        }
        NodeKind::Map(entries) => entries.iter().for_each(|(_, value)| flows(text, value, spans)),
        _ => {}
    }
}
