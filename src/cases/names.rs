//! Names that a case uses, against the shapes that they belong to: a slip in one would make a case that shows nothing.

use super::read::Case;
use crate::diagnostic::Diagnostic;
use crate::mapping::yaml::{Node, NodeKind};
use crate::plan::Plan;
use crate::schema::{Kind, Shape};

/// Names of `given`, `target`, `ask`, `expect` and `expect_lists` that do not exist.
pub fn unknown_names(case: &Case, plan: &Plan) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let part = |key: &str| case.written.get(key);
    if let Some(given) = part("given") {
        walk(given, &plan.shape, &plan.source.name, &mut problems);
    }
    for key in ["expect", "expect_lists", "target"] {
        if let Some(node) = part(key) {
            walk(node, &plan.target.shape, &plan.target.name, &mut problems);
        }
    }
    if let Some(Node { kind: NodeKind::Map(answers), .. }) = part("ask") {
        let known: Vec<&str> = plan.ask.iter().map(|asked| asked.name.as_str()).collect();
        for word in answers.iter().filter_map(|(key, _)| key.word()).filter(|word| !known.contains(&word.text.as_str())) {
            let message = format!("`{word}` is not asked by `{}`", plan.name);
            problems.push(
                Diagnostic::error("unknown-field", &word.place, message)
                    .label("nobody asks for it")
                    .meant(&word.text, known.iter().copied()),
            );
        }
    }
    problems
}

fn walk(node: &Node, shape: &Shape, owner: &str, problems: &mut Vec<Diagnostic>) {
    match &node.kind {
        NodeKind::List(items) => items.iter().for_each(|item| walk(item, shape, owner, problems)),
        NodeKind::Map(entries) => {
            for (key, value) in entries {
                let Some(word) = key.word() else { continue };
                match shape.get(&word.text) {
                    Some(field) if field.kind == Kind::Anything => {}
                    Some(field) => field.shape.iter().for_each(|inner| walk(value, inner, &field.name, problems)),
                    None => {
                        let message = format!("`{word}` is not a field of `{owner}`");
                        problems.push(
                            Diagnostic::error("unknown-field", &word.place, message)
                                .label("no such field")
                                .meant(&word.text, shape.names()),
                        );
                    }
                }
            }
        }
        NodeKind::Null | NodeKind::Bool(_) | NodeKind::Number(_) | NodeKind::Text(_) => {}
    }
}
