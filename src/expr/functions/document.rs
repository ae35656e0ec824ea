//! What do authors read about functions? The page `docs/functions.md`, written from the table.

use std::fmt::Write;

use super::{FAMILIES, FunctionDoc};

const OPENING: &str = "# Functions of expressions

Every function can be called in two ways: `trim(source.name)` and `source.name.trim()`. With `?.` the call is left out where the
value is `()`: `source.name?.trim()`. Where the text below does not speak of `()`, it is no argument: give it a value with `??` first.

Numbers are exact decimals of 28 digits, dates are text in the form `2026-03-05`. Operators are `+ - * / %`, `== != < <= > >=`,
`&& || !`, `??`, `?.` and `in`; `if`, `switch`, `[lists]`, `#{records: 1}` and texts with `${values}` between backticks work as in Rhai.
Different kinds are never mixed: `\"1\" == 1` and `\"1\" + 1` are mistakes, which `check` or the run points out.

This page is written from the functions themselves, and each example on it is a test.
";

/// The text of `docs/functions.md`.
pub fn documentation() -> String {
    let mut page = OPENING.to_owned();
    for family in &FAMILIES {
        push(&mut page, format_args!("\n## {}\n", family.title));
        for function in family.functions {
            describe(&mut page, &function.doc);
        }
    }
    page
}

fn describe(page: &mut String, doc: &FunctionDoc) {
    push(page, format_args!("\n### `{}`\n\n{}\n\n", doc.signature, doc.purpose));
    for (parameter, meaning) in doc.parameters {
        push(page, format_args!("- `{parameter}`: {meaning}\n"));
    }
    if !doc.parameters.is_empty() {
        page.push('\n');
    }
    page.push_str("```text\n");
    for (expression, result) in doc.examples {
        push(page, format_args!("{expression}  =>  {result}\n"));
    }
    page.push_str("```\n");
}

fn push(page: &mut String, text: std::fmt::Arguments<'_>) {
    page.write_fmt(text).expect("writing to a string succeeds");
}

#[cfg(test)]
pub(super) mod tests {
    use std::borrow::Cow;

    use super::{FAMILIES, documentation};
    use crate::expr::{ExprFailure, Expressions, Lookups, Scope};
    use crate::value::Value;

    struct Example;

    impl Lookups for Example {
        fn table(&self, table: &str, key: &str) -> Option<Cow<'_, Value>> {
            match (table, key) {
                ("terms", "Net 30") => Some(Cow::Owned("30D".into())),
                ("terms", "30") => Some(Cow::Owned("by number".into())),
                _ => None,
            }
        }

        fn linked(&self, mapping: &str, key: &[&str]) -> Option<Cow<'_, str>> {
            (mapping == "companies" && key == ["77"]).then(|| "V000012".into())
        }

        fn linked_key(&self, mapping: &str, key: &[&str]) -> Option<Cow<'_, str>> {
            self.linked(mapping, key)
        }

        fn linked_back(&self, mapping: &str, key: &[&str]) -> Option<Cow<'_, str>> {
            (mapping == "companies" && key == ["V000012"]).then(|| "77".into())
        }

        fn linked_line(&self, mapping: &str, document: &str, line: (&str, &str)) -> Option<Cow<'_, str>> {
            (mapping == "subcontracts" && document == "500" && line == ("Details", "7")).then(|| "3".into())
        }
    }

    fn run(text: &str) -> Result<Value, Box<ExprFailure>> {
        let expression = Expressions::new().compile(text, &[]).unwrap_or_else(|problem| panic!("{text}: {problem:?}"));
        expression.evaluate(&Scope::new(jiff::civil::date(2026, 3, 5), &Example))
    }

    /// The result of an expression without variables, as the documentation writes it.
    pub(in crate::expr) fn value(text: &str) -> String {
        match run(text).unwrap_or_else(|failure| panic!("{text}: {failure:?}")) {
            Value::Null => "()".to_owned(),
            value => value.to_string(),
        }
    }

    /// The message of an expression that has no value.
    pub(in crate::expr) fn failure(text: &str) -> String {
        run(text).expect_err(text).message
    }

    #[test]
    fn every_example_gives_what_it_says() {
        for doc in FAMILIES.iter().flat_map(|family| family.functions).map(|function| &function.doc) {
            assert!(!doc.examples.is_empty(), "{} has no example", doc.name);
            assert!(doc.signature.starts_with(&format!("{}(", doc.name)), "{}", doc.signature);
            for (expression, result) in doc.examples {
                assert_eq!(value(expression), *result, "{expression}");
            }
        }
    }

    #[test]
    fn names_are_unique_and_the_page_has_them_all() {
        let names: Vec<_> = crate::expr::function_names().collect();
        let mut unique = names.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), names.len());
        let page = documentation();
        for name in names {
            assert!(page.contains(&format!("\n### `{name}(")), "{name}");
        }
    }
}
