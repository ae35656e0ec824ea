//! Which path does a text spell? The tree of `jsonpath-rust`, checked for types and turned into ours.

use jsonpath_rust::parser::errors::JsonPathError;
use jsonpath_rust::parser::{model, parse_json_path};

use super::pattern::{self, Pattern};
use super::tree::{Comparison, Condition, Nodes, Operand, Query, Segment, Selector};
use super::{JsonPath, MAX_NESTING, MAX_TEXT, PathProblem, Step};
use crate::value::{Value, decimal};

type Read<T> = Result<T, PathProblem>;

pub(super) fn read(text: &str) -> Read<JsonPath> {
    if text.len() > MAX_TEXT {
        return Err(problem(format!("a path has at most {MAX_TEXT} bytes"), 0..first_character(text)));
    }
    if !text.starts_with('$') {
        return Err(problem("a path begins with `$`, the record or line it is read from".to_owned(), 0..first_character(text)));
    }
    check_words(text)?;
    let parsed = parse_json_path(text).map_err(|error| explain(&error, text))?;
    let segments = Reader { text }.segments(&parsed.segments)?;
    Ok(match segments.iter().map(Segment::as_step).collect() {
        Some(steps) => JsonPath::Steps(steps),
        None => JsonPath::General(Query { segments }),
    })
}

/// Refuses what the parser would take and get wrong: names with blanks in them, numbers that it would round, and deep brackets,
/// over which it takes long.
fn check_words(text: &str) -> Read<()> {
    let (mut depth, mut quote, mut word) = (0_usize, None, 0..0);
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        if let Some(open) = quote {
            match character {
                '\\' => drop(characters.next()),
                _ if character == open => quote = None,
                _ => {}
            }
            continue;
        }
        let end = at + character.len_utf8();
        if in_word(character) || (character == '.' && is_number(&text[word.clone()]) && word.end == at) {
            if word.end < at && !word.is_empty() && text[word.end..at].chars().all(char::is_whitespace) {
                return Err(problem(format!("`{character}` cannot stand here in a path"), at..end));
            }
            word = if word.end == at && !word.is_empty() { word.start..end } else { at..end };
            check_number(&text[word.clone()]).map_err(|message| problem(message, word.clone()))?;
            continue;
        }
        match character {
            '"' | '\'' => quote = Some(character),
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            ' ' | '\t' | '\n' | '\r' => continue,
            _ => {}
        }
        word = 0..0;
        if depth > MAX_NESTING {
            return Err(problem(format!("brackets nest at most {MAX_NESTING} levels"), at..end));
        }
    }
    Ok(())
}

fn in_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_' || !character.is_ascii()
}

fn is_number(word: &str) -> bool {
    word.starts_with(|character: char| character.is_ascii_digit())
}

/// The parser keeps whole numbers up to 2^53, and fractions as floats of 15 digits.
fn check_number(word: &str) -> Result<(), String> {
    let mantissa = word.split(['e', 'E']).next().unwrap_or(word);
    let whole = mantissa.len() == word.len() && !word.contains('.');
    let fits = !is_number(word)
        || if whole { word.parse::<u64>().is_ok_and(|number| number < 1 << 53) } else { mantissa.replace('.', "").len() <= 15 };
    if fits { Ok(()) } else { Err("a number in a path has at most 15 digits".to_owned()) }
}

fn problem(message: String, at: std::ops::Range<usize>) -> PathProblem {
    PathProblem { message, at }
}

fn explain(error: &JsonPathError, text: &str) -> PathProblem {
    let error = match error {
        JsonPathError::PestError(error) => error,
        JsonPathError::InvalidJsonPath(reason) => {
            let named = reason.split('`').nth(1).and_then(|name| text.find(name).map(|start| start..start + name.len()));
            return problem(reason.replacen("Invalid", "invalid", 1), named.unwrap_or(0..text.len()));
        }
        _ => return problem("this is no path".to_owned(), 0..text.len()),
    };
    // The type of a location belongs to the parser's own parser; its printed form is `Pos(5)` or `Span((5, 7))`.
    let location = format!("{:?}", error.location);
    let digits = location.trim_start_matches(|character: char| !character.is_ascii_digit());
    let start = digits.split(|character: char| !character.is_ascii_digit()).next().and_then(|digits| digits.parse().ok()).unwrap_or(0);
    match text.get(start..).and_then(|rest| rest.chars().next()) {
        Some(character) => problem(format!("`{character}` cannot stand here in a path"), start..start + character.len_utf8()),
        None => {
            let last = text.char_indices().next_back().map_or(0, |(at, _)| at);
            problem("the path ends too early".to_owned(), last..text.len())
        }
    }
}

struct Reader<'t> {
    text: &'t str,
}

impl Reader<'_> {
    fn segments(&self, segments: &[model::Segment]) -> Read<Vec<Segment>> {
        segments.iter().map(|segment| self.segment(segment)).collect()
    }

    fn segment(&self, segment: &model::Segment) -> Read<Segment> {
        match segment {
            model::Segment::Selector(selector) => Ok(Segment::Child(vec![self.selector(selector)?])),
            model::Segment::Selectors(selectors) => {
                Ok(Segment::Child(selectors.iter().map(|selector| self.selector(selector)).collect::<Read<_>>()?))
            }
            model::Segment::Descendant(inner) => match self.segment(inner)? {
                Segment::Child(selectors) | Segment::Descendant(selectors) => Ok(Segment::Descendant(selectors)),
            },
        }
    }

    fn selector(&self, selector: &model::Selector) -> Read<Selector> {
        Ok(match selector {
            model::Selector::Name(name) => Selector::Name(name.clone()),
            model::Selector::Wildcard => Selector::Wildcard,
            model::Selector::Index(index) => Selector::Index(*index),
            model::Selector::Slice(start, end, step) => Selector::Slice { start: *start, end: *end, step: step.unwrap_or(1) },
            model::Selector::Filter(filter) => Selector::Filter(self.condition(filter)?),
        })
    }

    fn condition(&self, filter: &model::Filter) -> Read<Condition> {
        let all = |filters: &[model::Filter]| filters.iter().map(|filter| self.condition(filter)).collect::<Read<Vec<_>>>();
        match filter {
            model::Filter::Or(filters) => Ok(Condition::Or(all(filters)?)),
            model::Filter::And(filters) => Ok(Condition::And(all(filters)?)),
            model::Filter::Atom(model::FilterAtom::Filter { expr, not }) => Ok(negated(self.condition(expr)?, *not)),
            model::Filter::Atom(model::FilterAtom::Test { expr, not }) => Ok(negated(self.test(expr)?, *not)),
            model::Filter::Atom(model::FilterAtom::Comparison(comparison)) => {
                let (left, right) = comparison.vals();
                Ok(Condition::Compare(comparison_of(comparison), self.operand(left)?, self.operand(right)?))
            }
        }
    }

    fn test(&self, test: &model::Test) -> Read<Condition> {
        match test {
            model::Test::Function(function) => match &**function {
                model::TestFunction::Match(text, pattern) => self.matches(text, pattern, true),
                model::TestFunction::Search(text, pattern) => self.matches(text, pattern, false),
                other => Err(self.at_function(other, "gives a value, which must be compared with something")),
            },
            model::Test::RelQuery(_) | model::Test::AbsQuery(_) => Ok(Condition::Exists(self.nodes(test)?)),
        }
    }

    fn matches(&self, text: &model::FnArg, pattern: &model::FnArg, whole: bool) -> Read<Condition> {
        let name = if whole { "match" } else { "search" };
        let text = self.argument(text, name)?;
        let pattern = match self.argument(pattern, name)? {
            Operand::Literal(Value::Text(text)) => match pattern::compile(&text, whole) {
                Some(compiled) => Pattern::Literal { text, compiled },
                None => return Err(self.at_word(name, &format!("`{text}` is no regular expression"))),
            },
            other => Pattern::Found(Box::new(other)),
        };
        Ok(Condition::Matches { text, pattern, whole })
    }

    fn operand(&self, comparable: &model::Comparable) -> Read<Operand> {
        match comparable {
            model::Comparable::Literal(literal) => self.literal(literal),
            model::Comparable::Function(function) => self.function(function),
            model::Comparable::SingularQuery(query) => {
                let (from_top, segments) = match query {
                    model::SingularQuery::Current(segments) => (false, segments),
                    model::SingularQuery::Root(segments) => (true, segments),
                };
                let steps = segments.iter().map(|segment| match segment {
                    model::SingularQuerySegment::Name(name) => Step::Name(name.clone()),
                    model::SingularQuerySegment::Index(index) => Step::Index(*index),
                });
                Ok(Operand::Singular { from_top, steps: steps.collect() })
            }
        }
    }

    fn function(&self, function: &model::TestFunction) -> Read<Operand> {
        match function {
            model::TestFunction::Length(argument) => Ok(Operand::Length(Box::new(self.argument(argument, "length")?))),
            model::TestFunction::Count(argument) => Ok(Operand::Count(self.path(argument, "count")?)),
            model::TestFunction::Value(argument) => Ok(Operand::ValueOf(self.path(argument, "value")?)),
            other => Err(self.at_function(other, "is true or false and cannot be compared")),
        }
    }

    /// An argument that is one value: a literal, a path to at most one value, a function that gives one.
    fn argument(&self, argument: &model::FnArg, function: &str) -> Read<Operand> {
        match argument {
            model::FnArg::Literal(literal) => self.literal(literal),
            model::FnArg::Test(test) => match &**test {
                model::Test::Function(inner) => self.function(inner),
                model::Test::RelQuery(_) | model::Test::AbsQuery(_) => {
                    let nodes = self.nodes(test)?;
                    let steps: Option<Vec<Step>> = nodes.segments.iter().map(Segment::as_step).collect();
                    match steps {
                        Some(steps) if !steps.contains(&Step::Each) => Ok(Operand::Singular { from_top: nodes.from_top, steps }),
                        _ => Err(self.at_word(function, &format!("`{function}` needs a path to one value"))),
                    }
                }
            },
            model::FnArg::Filter(_) => Err(self.at_word(function, &format!("`{function}` needs a value and no condition"))),
        }
    }

    /// An argument that is a path to any number of values.
    fn path(&self, argument: &model::FnArg, function: &str) -> Read<Nodes> {
        match argument {
            model::FnArg::Test(test) if !matches!(**test, model::Test::Function(_)) => self.nodes(test),
            _ => Err(self.at_word(function, &format!("`{function}` needs a path"))),
        }
    }

    fn nodes(&self, test: &model::Test) -> Read<Nodes> {
        match test {
            model::Test::RelQuery(segments) => Ok(Nodes { from_top: false, segments: self.segments(segments)? }),
            model::Test::AbsQuery(query) => Ok(Nodes { from_top: true, segments: self.segments(&query.segments)? }),
            model::Test::Function(function) => Err(self.at_function(function, "is no path")),
        }
    }

    fn literal(&self, literal: &model::Literal) -> Read<Operand> {
        let value = match literal {
            model::Literal::Int(number) => Value::from(*number),
            // At most 15 digits were let through, and so many survive the parser's floats in their printed form.
            model::Literal::Float(number) => match decimal(&number.to_string()) {
                Ok(number) => Value::from(number),
                Err(reason) => return Err(problem(reason.to_string(), 0..self.text.len())),
            },
            model::Literal::String(text) => Value::from(text.as_str()),
            model::Literal::Bool(flag) => Value::from(*flag),
            model::Literal::Null => Value::Null,
        };
        Ok(Operand::Literal(value))
    }

    fn at_function(&self, function: &model::TestFunction, what: &str) -> PathProblem {
        let name = match function {
            model::TestFunction::Length(_) => "length",
            model::TestFunction::Value(_) => "value",
            model::TestFunction::Count(_) => "count",
            model::TestFunction::Search(..) => "search",
            model::TestFunction::Match(..) => "match",
            model::TestFunction::Custom(name, _) => return self.at_word(name, &format!("paths have no function `{name}`")),
        };
        self.at_word(name, &format!("`{name}` {what}"))
    }

    /// A problem at the first call of a function; the tree keeps no places.
    fn at_word(&self, name: &str, message: &str) -> PathProblem {
        let at = self.text.find(&format!("{name}(")).map_or(0..self.text.len(), |start| start..start + name.len());
        problem(message.to_owned(), at)
    }
}

fn negated(condition: Condition, not: bool) -> Condition {
    if not { Condition::Not(Box::new(condition)) } else { condition }
}

fn comparison_of(comparison: &model::Comparison) -> Comparison {
    match comparison {
        model::Comparison::Eq(..) => Comparison::Equal,
        model::Comparison::Ne(..) => Comparison::NotEqual,
        model::Comparison::Gt(..) => Comparison::Greater,
        model::Comparison::Gte(..) => Comparison::GreaterOrEqual,
        model::Comparison::Lt(..) => Comparison::Less,
        model::Comparison::Lte(..) => Comparison::LessOrEqual,
    }
}

fn first_character(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}
