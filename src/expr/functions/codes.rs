//! What does a budget code consist of? Its parts, told from one another.

use super::arguments::Arguments;
use super::text::made;
use super::{Family, Function, FunctionDoc, Takes};
use crate::expr::machine::Answer;
use crate::value::{Record, Value};

pub(super) const FAMILY: Family = Family { title: "Budget codes", functions: FUNCTIONS };

static FUNCTIONS: &[Function] = &[Function {
    doc: FunctionDoc {
        name: "budget_code",
        signature: "budget_code(flat_code)",
        purpose: "The parts of a budget code, `[sub job].cost code.cost type`: a record of `sub_job`, `cost_code` and `cost_type`. \
                  A code of more parts has custom segments, which are not supported, and refuses the record (BR-26).",
        parameters: &[("flat_code", "the `flat_code` of a WBS code")],
        examples: &[
            ("budget_code(\"03-3000.SUBCON\").cost_code", "\"03-3000\""),
            ("budget_code(\"01.03-3000.SUBCON\").sub_job", "\"01\""),
            ("budget_code(\"03-3000.SUBCON\").sub_job", "()"),
        ],
    },
    arguments: 1..=1,
    takes: Takes::Values,
    run: budget_code,
}];

fn budget_code<'v>(given: &mut Arguments<'_, 'v>) -> Answer<'v> {
    let flat = given.text(0)?;
    let parts: Vec<&str> = flat.split('.').map(str::trim).collect();
    let (sub_job, cost_code, cost_type) = match parts[..] {
        _ if parts.iter().any(|part| part.is_empty()) => return Err(unknown(given, flat)),
        [cost_code, cost_type] => (Value::Null, cost_code, cost_type),
        [sub_job, cost_code, cost_type] => (Value::from(sub_job), cost_code, cost_type),
        _ => return Err(unknown(given, flat)),
    };
    let fields = [("sub_job", sub_job), ("cost_code", cost_code.into()), ("cost_type", cost_type.into())];
    made(Value::Record(fields.into_iter().collect::<Record>()))
}

fn unknown(given: &Arguments<'_, '_>, flat: &str) -> Box<crate::expr::problem::ExprFailure> {
    let message = format!("`{flat}` is not a budget code `[sub job].cost code.cost type`; custom segments are not supported (BR-26)");
    given.failure(0, message)
}

#[cfg(test)]
mod tests {
    use crate::expr::functions::document::tests::{failure, value};

    #[test]
    fn a_budget_code_falls_into_its_parts() {
        assert_eq!(value("budget_code(\"01.03-3000.SUBCON\").cost_type"), "\"SUBCON\"");
        assert_eq!(value("budget_code(\"03-3000.LABOR\").sub_job ?? \"none\""), "\"none\"");
    }

    #[test]
    fn custom_segments_are_refused_by_name_br_26() {
        let message =
            "`A.01.03-3000.SUBCON` is not a budget code `[sub job].cost code.cost type`; custom segments are not supported (BR-26)";
        assert_eq!(failure("budget_code(\"A.01.03-3000.SUBCON\")"), message);
        assert!(failure("budget_code(\"03-3000\")").contains("BR-26"));
        assert!(failure("budget_code(\".03-3000.SUBCON\")").contains("BR-26"));
    }
}
