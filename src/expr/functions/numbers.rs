//! What can be done to numbers? They are read, rounded by a rule that is named, and compared.

use super::arguments::Arguments;
use super::text::made;
use super::{Family, Function, FunctionDoc, Takes};
use crate::expr::machine::Answer;
use crate::expr::operators::apply;
use crate::expr::term::Operator;
use crate::value::{Decimal, Found, RoundMode, decimal};

pub(super) const FAMILY: Family = Family { title: "Numbers", functions: FUNCTIONS };

const PLACES: (&str, &str) = ("places", "decimal places to keep, 0 to 28");

static FUNCTIONS: &[Function] = &[
    Function {
        doc: FunctionDoc {
            name: "decimal",
            signature: "decimal(value)",
            purpose: "The number that a text shows; a `%` at its end is dropped. A number stays what it is.",
            parameters: &[("value", "a text such as `\"12.50\"`, or a number")],
            examples: &[("decimal(\" 12.50 \")", "12.50"), ("decimal(\"96.36%\")", "96.36"), ("decimal(7)", "7")],
        },
        arguments: 1..=1,
        takes: Takes::Values,
        run: |given| match given.value(0) {
            Found::Number(number) => made(*number),
            Found::Text(text) => made(decimal(text).map_err(|problem| given.failure(0, problem.to_string()))?),
            _ => Err(given.needs(0, "text or a number")),
        },
    },
    Function {
        doc: FunctionDoc {
            name: "round_half_up",
            signature: "round_half_up(number, places)",
            purpose: "Rounds as books are kept: a half goes away from zero.",
            parameters: &[("number", "any number"), PLACES],
            examples: &[("round_half_up(0.125, 2)", "0.13"), ("round_half_up(-0.125, 2)", "-0.13"), ("(1 / 3).round_half_up(4)", "0.3333")],
        },
        arguments: 2..=2,
        takes: Takes::Values,
        run: |given| round(given, RoundMode::HalfUp),
    },
    Function {
        doc: FunctionDoc {
            name: "round_half_even",
            signature: "round_half_even(number, places)",
            purpose: "Rounds as banks do: a half goes to the even digit.",
            parameters: &[("number", "any number"), PLACES],
            examples: &[("round_half_even(0.125, 2)", "0.12"), ("round_half_even(0.135, 2)", "0.14")],
        },
        arguments: 2..=2,
        takes: Takes::Values,
        run: |given| round(given, RoundMode::HalfEven),
    },
    Function {
        doc: FunctionDoc {
            name: "round_down",
            signature: "round_down(number, places)",
            purpose: "Leaves out the digits that follow, toward zero.",
            parameters: &[("number", "any number"), PLACES],
            examples: &[("round_down(0.129, 2)", "0.12"), ("round_down(-0.129, 2)", "-0.12")],
        },
        arguments: 2..=2,
        takes: Takes::Values,
        run: |given| round(given, RoundMode::Down),
    },
    Function {
        doc: FunctionDoc {
            name: "abs",
            signature: "abs(number)",
            purpose: "The number without its sign.",
            parameters: &[("number", "any number")],
            examples: &[("abs(-12.5)", "12.5")],
        },
        arguments: 1..=1,
        takes: Takes::Values,
        run: |given| made(given.number(0)?.abs()),
    },
    Function {
        doc: FunctionDoc {
            name: "min",
            signature: "min(a, b, …)",
            purpose: "The smallest of the numbers, or the earliest of the dates.",
            parameters: &[("a, b, …", "two numbers or more; or as many texts")],
            examples: &[("min(3, 2.5)", "2.5"), ("min(\"2026-03-05\", \"2026-01-31\")", "\"2026-01-31\"")],
        },
        arguments: 2..=16,
        takes: Takes::Values,
        run: |given| extreme(given, Operator::Less),
    },
    Function {
        doc: FunctionDoc {
            name: "max",
            signature: "max(a, b, …)",
            purpose: "The largest of the numbers, or the latest of the dates.",
            parameters: &[("a, b, …", "two numbers or more; or as many texts")],
            examples: &[("max(0, 12.5 - 20)", "0"), ("max(1, 2, 3)", "3")],
        },
        arguments: 2..=16,
        takes: Takes::Values,
        run: |given| extreme(given, Operator::Greater),
    },
    Function {
        doc: FunctionDoc {
            name: "overlap",
            signature: "overlap(from, to, start, end)",
            purpose: "How much two stretches of numbers have in common, 0 where they do not meet: what part of a release falls on one \
                      of several amounts that are used up one after the other.",
            parameters: &[
                ("from", "where the first stretch begins"),
                ("to", "where it ends"),
                ("start", "where the second begins"),
                ("end", "where it ends"),
            ],
            examples: &[("overlap(50, 120, 0, 100)", "50"), ("overlap(50, 120, 100, 300)", "20"), ("overlap(0, 10, 20, 30)", "0")],
        },
        arguments: 4..=4,
        takes: Takes::Values,
        run: overlap,
    },
];

fn overlap<'v>(given: &mut Arguments<'_, 'v>) -> Answer<'v> {
    let (from, to, start, end) = (given.number(0)?, given.number(1)?, given.number(2)?, given.number(3)?);
    match to.min(end).checked_sub(from.max(start)) {
        Some(common) => made(common.max(Decimal::ZERO)),
        None => Err(given.failure(0, "the stretch has more than 28 digits")),
    }
}

fn round<'v>(given: &mut Arguments<'_, 'v>, mode: RoundMode) -> Answer<'v> {
    let places = u32::try_from(given.whole(1, 0..29)?).unwrap_or(28);
    made(mode.round(given.number(0)?, places))
}

fn extreme<'v>(given: &mut Arguments<'_, 'v>, better: Operator) -> Answer<'v> {
    let mut best = given.value(0);
    if !matches!(best, Found::Number(_) | Found::Text(_)) {
        return Err(given.needs(0, "numbers"));
    }
    for place in 1..given.count() {
        let candidate = given.value(place);
        if matches!(apply(better, candidate, best).map_err(|_| given.needs(place, "values of one kind"))?, Found::Bool(true)) {
            best = candidate;
        }
    }
    Ok(best.clone())
}

#[cfg(test)]
mod tests {
    use crate::expr::functions::document::tests::{failure, value};

    #[test]
    fn half_cents_round_away_from_zero_whatever_the_sign() {
        assert_eq!(value("round_half_up(-2.675, 2)"), "-2.68");
        assert_eq!(value("round_half_up(2.5, 0)"), "3");
        assert_eq!(value("(10 * 0.07).round_half_up(2)"), "0.70");
    }

    #[test]
    fn wrong_kinds_are_failures_that_say_which() {
        assert_eq!(failure("abs(\"1\")"), "`abs` needs a number, found text");
        assert_eq!(failure("round_half_up(1, 2.5)"), "`round_half_up` needs a whole number from 0 to 28, found `2.5`");
        assert_eq!(failure("decimal(\"1,250.00\")"), "`1,250.00` is not a decimal number");
        let most = "79228162514264337593543950335";
        assert_eq!(failure(&format!("overlap(-{most}, {most}, -{most}, {most})")), "the stretch has more than 28 digits");
        assert_eq!(failure("min(1, \"2\")"), "`min` needs values of one kind, found text");
    }
}
