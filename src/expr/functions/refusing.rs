//! How does an expression say that a record cannot go?

use super::arguments::Arguments;
use super::{Family, Function, FunctionDoc, Takes};
use crate::expr::machine::Answer;

pub(super) const FAMILY: Family = Family { title: "Refusing", functions: FUNCTIONS };

static FUNCTIONS: &[Function] = &[Function {
    doc: FunctionDoc {
        name: "refuse",
        signature: "refuse(reason)",
        purpose: "Has no value: the record is held with this reason, and offered again by itself.",
        parameters: &[("reason", "what is wrong and what helps, as the person reads it who can help")],
        examples: &[
            ("if 3 > 2 { \"fits\" } else { refuse(\"3 is too much; 2 is the limit\") }", "\"fits\""),
            ("() ?? 5 ?? refuse(\"there is no amount\")", "5"),
        ],
    },
    arguments: 1..=1,
    takes: Takes::Values,
    run: refuse,
}];

fn refuse<'v>(given: &mut Arguments<'_, 'v>) -> Answer<'v> {
    Err(given.failure(0, given.text(0)?))
}

#[cfg(test)]
mod tests {
    use crate::expr::functions::document::tests::failure;

    #[test]
    fn the_reason_is_what_the_author_wrote() {
        assert_eq!(failure("refuse(`${1 + 1} lines are too many`)"), "2 lines are too many");
    }
}
