//! What can be done to lists? They are counted, summed and run through with a closure.

use super::arguments::{Arguments, Members};
use super::text::made;
use super::{Family, Function, FunctionDoc, Takes};
use crate::expr::machine::Answer;
use crate::expr::problem::ExprFailure;
use crate::value::{self, Decimal, Found};

pub(super) const FAMILY: Family = Family { title: "Lists", functions: FUNCTIONS };

static FUNCTIONS: &[Function] = &[
    Function {
        doc: FunctionDoc {
            name: "sum",
            signature: "sum(list, [field or closure])",
            purpose: "The sum of the numbers of a list; members that are `()` add nothing.",
            parameters: &[
                ("list", "numbers, or records"),
                ("field or closure", "the records' field to add, or what to add for each member"),
            ],
            examples: &[
                ("sum([0.10, 0.20])", "0.30"),
                ("sum([#{Amount: 5}, #{Amount: 2.5}], \"Amount\")", "7.5"),
                ("[#{Qty: 2, Price: 1.25}].sum(|row| row.Qty * row.Price)", "2.50"),
            ],
        },
        arguments: 1..=2,
        takes: Takes::Either,
        run: sum,
    },
    Function {
        doc: FunctionDoc {
            name: "first",
            signature: "first(list)",
            purpose: "The first member, or `()` of an empty list.",
            parameters: &[("list", "any list")],
            examples: &[("first([\"a\", \"b\"])", "\"a\""), ("first([])", "()")],
        },
        arguments: 1..=1,
        takes: Takes::Values,
        run: |given| Ok(given.members(0)?.next().unwrap_or_default()),
    },
    Function {
        doc: FunctionDoc {
            name: "count",
            signature: "count(list)",
            purpose: "How many members a list has. For text there is `length`.",
            parameters: &[("list", "any list")],
            examples: &[("count([1, 2, 3])", "3"), ("count([])", "0")],
        },
        arguments: 1..=1,
        takes: Takes::Values,
        run: |given| made(i64::try_from(given.list(0)?.count().unwrap_or_default()).unwrap_or(i64::MAX)),
    },
    Function {
        doc: FunctionDoc {
            name: "map",
            signature: "map(list, |member| value)",
            purpose: "The list of what the closure gives for each member.",
            parameters: &[("list", "any list"), ("closure", "the value for a member")],
            examples: &[("[1, 2].map(|n| n * 10)", "[10,20]")],
        },
        arguments: 2..=2,
        takes: Takes::Closure,
        run: |given| {
            let (members, body) = members(given)?;
            made(members.map(|member| given.each(body, member)).collect::<Result<Vec<_>, Box<ExprFailure>>>()?)
        },
    },
    Function {
        doc: FunctionDoc {
            name: "filter",
            signature: "filter(list, |member| condition)",
            purpose: "The members for which the closure says true.",
            parameters: &[("list", "any list"), ("closure", "true for the members to keep")],
            examples: &[("[1, 2, 3].filter(|n| n > 1)", "[2,3]")],
        },
        arguments: 2..=2,
        takes: Takes::Closure,
        run: |given| {
            let (members, body) = members(given)?;
            let mut kept = Vec::new();
            for member in members {
                if given.holds(body, member.clone())? {
                    kept.push(member);
                }
            }
            made(kept)
        },
    },
    Function {
        doc: FunctionDoc {
            name: "some",
            signature: "some(list, |member| condition)",
            purpose: "Whether the closure says true for at least one member.",
            parameters: &[("list", "any list"), ("closure", "the condition")],
            examples: &[("[1, 2].some(|n| n > 1)", "true"), ("[].some(|n| true)", "false")],
        },
        arguments: 2..=2,
        takes: Takes::Closure,
        run: |given| any(given, true),
    },
    Function {
        doc: FunctionDoc {
            name: "all",
            signature: "all(list, |member| condition)",
            purpose: "Whether the closure says true for every member.",
            parameters: &[("list", "any list"), ("closure", "the condition")],
            examples: &[("[1, 2].all(|n| n > 1)", "false"), ("[].all(|n| false)", "true")],
        },
        arguments: 2..=2,
        takes: Takes::Closure,
        run: |given| any(given, false),
    },
];

fn members<'v>(given: &mut Arguments<'_, 'v>) -> Result<(Members<'v>, &'v crate::expr::term::Node), Box<ExprFailure>> {
    let body = given.closure().ok_or_else(|| given.needs(1, "a closure"))?;
    Ok((given.members(0)?, body))
}

/// `some` ends with the first true, `all` with the first false.
fn any<'v>(given: &mut Arguments<'_, 'v>, end: bool) -> Answer<'v> {
    let (members, body) = members(given)?;
    for member in members {
        if given.holds(body, member)? == end {
            return made(end);
        }
    }
    made(!end)
}

fn sum<'v>(given: &mut Arguments<'_, 'v>) -> Answer<'v> {
    let closure = given.closure();
    let field = match (closure, given.value(1)) {
        (None, Found::Text(name)) => Some(name.clone()),
        (None, _) if given.count() > 1 => return Err(given.needs(1, "a field's name or a closure")),
        _ => None,
    };
    let mut total = Decimal::ZERO;
    for member in given.members(0)? {
        let added = match (closure, &field) {
            (Some(body), _) => given.each(body, member)?,
            (None, Some(name)) => match &member {
                Found::Record(record) => record.get(name).cloned().map(Found::from).unwrap_or_default(),
                Found::Line(lines, place) => lines.field(place.list(), place.at(), name),
                other => return Err(given.failure(0, format!("`sum` adds `{name}` of records, found {}", other.kind_word()))),
            },
            (None, None) => member,
        };
        match added {
            Found::Nothing => {}
            Found::Number(number) => {
                let larger = value::sum(total, number);
                total = larger.ok_or_else(|| given.failure(0, "the sum has more than 28 digits"))?;
            }
            other => return Err(given.failure(0, format!("`sum` adds numbers, found {}", other.kind_word()))),
        }
    }
    made(total)
}

#[cfg(test)]
mod tests {
    use crate::expr::functions::document::tests::{failure, value};

    #[test]
    fn sums_are_exact_and_skip_what_is_absent() {
        assert_eq!(value("sum([])"), "0");
        assert_eq!(value("sum([0.1, (), 0.2])"), "0.3");
        assert_eq!(value("sum([#{a: 1.10}, #{b: 5}], \"a\")"), "1.10");
        assert_eq!(failure("sum([1, \"2\"])"), "`sum` adds numbers, found text");
        assert_eq!(failure("sum([1], \"a\")"), "`sum` adds `a` of records, found a number");
    }

    #[test]
    fn closures_see_what_is_around_them() {
        assert_eq!(value("[1, 2].map(|a| [10, 20].map(|b| a * b).sum()).sum()"), "90");
        assert_eq!(value("[#{a: [#{b: 1}]}].map(|x| x.a.map(|y| y.b + count(x.a)))"), "[[2]]");
        assert_eq!(failure("[1].filter(|n| n)"), "the closure of `filter` gives a number instead of true or false");
    }
}
