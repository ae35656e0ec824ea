//! What can be looked up? Entries of the settings' tables.

use super::arguments::Arguments;
use super::text::made;
use super::{Family, Function, FunctionDoc, Takes};
use crate::expr::machine::Answer;

pub(super) const FAMILY: Family = Family { title: "Tables", functions: FUNCTIONS };

static FUNCTIONS: &[Function] = &[Function {
    doc: FunctionDoc {
        name: "lookup",
        signature: "lookup(table, key, [default])",
        purpose: "The entry of a table of the settings. Without a default, a key that has no entry refuses the record.",
        parameters: &[
            ("table", "its name under `settings.tables`"),
            ("key", "a text or a number"),
            ("default", "the value where there is no entry, or the key is `()`"),
        ],
        examples: &[
            ("lookup(\"terms\", \"Net 30\")", "\"30D\""),
            ("lookup(\"terms\", \"Net 99\", \"30D\")", "\"30D\""),
            ("lookup(\"terms\", (), ())", "()"),
        ],
    },
    arguments: 2..=3,
    takes: Takes::Values,
    run: lookup,
}];

fn lookup<'v>(given: &mut Arguments<'_, 'v>) -> Answer<'v> {
    let (table, key) = (given.text(0)?, given.key(1)?);
    let entry = key.as_deref().and_then(|key| given.lookups().table(table, key));
    match (entry, key) {
        (Some(entry), _) => made(entry),
        (None, _) if given.count() > 2 => Ok(given.taken(2)),
        (None, Some(key)) => {
            Err(given
                .failure(1, format!("table `{table}` has no entry for `{key}`; add it to the settings, or give a default", key = &*key)))
        }
        (None, None) => Err(given.needs(1, "a key")),
    }
}

#[cfg(test)]
mod tests {
    use crate::expr::functions::document::tests::{failure, value};

    #[test]
    fn an_entry_that_is_missing_refuses_unless_there_is_a_default() {
        assert_eq!(
            failure("lookup(\"terms\", \"Net 99\")"),
            "table `terms` has no entry for `Net 99`; add it to the settings, or give a default"
        );
        assert_eq!(value("lookup(\"terms\", 30.00)"), "\"by number\"");
    }
}
