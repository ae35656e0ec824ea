//! Where may a chain begin? At a value that is at hand under a number, instead of at its variable.

use super::expression::Expression;
use super::term::{Link, Node, Step, Term};

impl Expression {
    /// Says that what `root.path` holds will be at hand under `number` while this expression runs, so that no record has to be
    /// made for it to be read from: see [`Variables::at_hand`](super::Variables::at_hand).
    pub fn shorten(&mut self, root: &str, path: &str, number: usize) {
        if let Some(place) = self.names.iter().position(|name| name == root) {
            mark(&mut self.root, place, path, number);
        }
    }
}

fn mark(node: &mut Node, place: usize, path: &str, number: usize) {
    if let Term::Chain(root, links) = &mut node.term
        && matches!(root.term, Term::Variable(variable) if variable == place)
        && let Some(last) = last(links, path)
    {
        last.at_hand = Some(number);
    }
    node.term.each_child(&mut |child| mark(child, place, path, number));
}

/// The link at which a chain has walked all of a path.
fn last<'l>(links: &'l mut [Link], path: &str) -> Option<&'l mut Link> {
    let steps = path.split('.').count();
    let walked =
        links.get(..steps)?.iter().zip(path.split('.')).all(|(link, step)| matches!(&link.step, Step::Name(name) if **name == *step));
    if walked { links.get_mut(steps - 1) } else { None }
}

impl Term {
    /// Visits the terms directly inside this one, to change them.
    fn each_child(&mut self, visit: &mut dyn FnMut(&mut Node)) {
        match self {
            // What Rhai runs has all of its variables.
            Self::Constant(_) | Self::Variable(_) | Self::Local(_) | Self::Block(_) | Self::Lent(..) | Self::Outside(_) => {}
            Self::Printed(parts) | Self::List(parts) | Self::All(parts) | Self::Any(parts) | Self::Coalesce(parts) => {
                parts.iter_mut().for_each(visit);
            }
            Self::Record(fields) => fields.iter_mut().for_each(|(_, value)| visit(value)),
            Self::Chain(root, links) => {
                visit(root);
                for link in links {
                    match &mut link.step {
                        Step::Name(_) => {}
                        Step::Index(index) => visit(index),
                        Step::Method(call) => call.arguments.iter_mut().for_each(&mut *visit),
                    }
                }
            }
            Self::Call(call) => call.arguments.iter_mut().for_each(visit),
            Self::Closure(closure) => visit(&mut closure.body),
            Self::Binary(_, _, operands) => {
                visit(&mut operands.0);
                visit(&mut operands.1);
            }
            Self::Negate(operand) | Self::Not(operand) => visit(operand),
            Self::If(branches) => {
                visit(&mut branches.0);
                visit(&mut branches.1);
                branches.2.iter_mut().for_each(visit);
            }
            Self::Switch(subject, cases) => {
                visit(subject);
                for case in cases {
                    case.condition.iter_mut().for_each(&mut *visit);
                    visit(&mut case.result);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::expr::{Expressions, NoLookups, Scope, Variables};
    use crate::value::{Found, Value};

    /// `source` with one value at hand, or known to be absent.
    struct Source {
        whole: Value,
        at_hand: Option<Value>,
    }

    impl Variables for Source {
        fn variable(&self, name: &str) -> Result<Option<&Value>, String> {
            Ok((name == "source").then_some(&self.whole))
        }

        fn at_hand(&self, number: usize) -> Result<Option<Found<'_>>, String> {
            assert_eq!(number, 7);
            Ok(self.at_hand.as_ref().map(Found::from))
        }
    }

    fn value(text: &str, path: &str, whole: &str, at_hand: Option<&str>) -> Result<String, String> {
        let mut expression = Expressions::new().compile(text, &["source"]).unwrap();
        expression.shorten("source", path, 7);
        let source = Source { whole: Value::from_json(whole).unwrap(), at_hand: at_hand.map(|json| Value::from_json(json).unwrap()) };
        let scope = Scope::over(jiff::civil::date(2026, 3, 5), &NoLookups, &source);
        expression.evaluate(&scope).map(|value| value.to_string()).map_err(|failure| failure.message)
    }

    #[test]
    fn a_value_at_hand_stands_for_the_way_to_it() {
        assert_eq!(value("source.vendor?.name ?? 1", "vendor.name", "{}", Some("\"A\"")).unwrap(), "\"A\"");
        assert_eq!(value("upper(source.vendor.name.trim())", "vendor.name", "{}", Some("\" a \"")).unwrap(), "\"A\"");
        assert_eq!(value("if true { [1].map(|one| one + source.n)[0] }", "n", "{}", Some("2")).unwrap(), "3");
        assert_eq!(value("source.vendor.id", "vendor.name", "{\"vendor\":{\"id\":5}}", None).unwrap(), "5");
    }

    #[test]
    fn an_absent_value_gives_what_the_whole_way_gives() {
        let ways =
            ["source.a", "source.a?.b", "source.a.b", "source.a?.b.trim()", "source.a?.b?.trim()", "source.a.b ?? 1", "source?.a?.b == ()"];
        for (path, wholes) in [("a", &["{}"][..]), ("a.b", &["{}", "{\"a\":{}}", "{\"a\":{\"c\":1}}"])] {
            for (text, whole) in ways.iter().flat_map(|text| wholes.iter().map(move |whole| (text, whole))) {
                assert_eq!(value(text, path, whole, None), value(text, "other", whole, None), "{text} of {whole}");
            }
        }
    }
}
