//! What does a call take and give? Its arguments held against the function, and what it makes of them.

use std::ops::Range;
use std::sync::Arc;

use super::facts::{Facts, Spot};
use super::signatures::signature;
use super::typing::Typing;
use super::{Kinds, Places, Slip, Type};
use crate::expr::reads::PathStep;
use crate::expr::term::{Call, Node, Term};
use crate::value::Value;

/// An argument of a call.
pub(super) struct Given<'n> {
    pub(super) of: Type,
    /// Where its mistakes are told.
    pub(super) at: &'n Range<usize>,
    /// All its bytes.
    pub(super) whole: Range<usize>,
    /// The value that it names, if it names one.
    pub(super) spot: Option<Spot>,
}

impl Typing<'_> {
    /// Texts that are absent refuse with their name, and often should; numbers and lists have a value that stands for nothing.
    pub(super) fn call<'n>(&mut self, call: &'n Call, first: Option<Given<'n>>, rest: &'n [Node]) -> Type {
        let name = call.function.doc.name;
        let Some(signature) = signature(name) else { return Type::any() };
        let mut given: Vec<Given<'n>> = Vec::with_capacity(rest.len() + 1);
        given.extend(first);
        for argument in rest {
            let of = match (&argument.term, given.first()) {
                (Term::Closure(closure), Some(list)) => {
                    let member = self.step(&list.of, PathStep::Each);
                    self.locals.push(member);
                    let of = self.of(&closure.body);
                    self.locals.pop();
                    self.closure(name, &of, &closure.body);
                    of
                }
                _ => self.of(argument),
            };
            let spot = Facts { names: self.names }.spot(argument);
            given.push(Given { of, at: &argument.at, whole: argument.at.clone(), spot });
        }
        for (place, Given { of, at, whole, spot }) in given.iter().enumerate() {
            let Some(wanted) = signature.takes.get(place).or(signature.takes.last()) else { break };
            if !of.kinds.fits(*wanted) {
                let message = format!("`{name}` needs {}, and this is {}", wanted.words(), of.kinds.words());
                self.tell_of(of, (Slip::Argument, at), message, Some(&format!("write `{}`", call.function.doc.signature)));
            } else if wanted.only(Kinds::NUMBER | Kinds::LIST) {
                self.absent_at(of, (spot.as_ref(), whole), &format!("`{name}` needs {}", wanted.words()));
            }
        }
        let given: Vec<(&Type, &Range<usize>)> = given.iter().map(|given| (&given.of, given.at)).collect();
        self.gives(name, signature.gives, &given, rest)
    }

    fn closure(&mut self, name: &str, of: &Type, body: &Node) {
        let wanted = match name {
            "filter" | "some" | "all" => Kinds::BOOL,
            "sum" => Kinds::NUMBER | Kinds::NULL,
            _ => return,
        };
        if !of.kinds.fits(wanted) {
            let slip = if wanted == Kinds::BOOL { Slip::Condition } else { Slip::Kinds };
            let message = format!("the closure of `{name}` gives {} instead of {}", of.kinds.words(), wanted.words());
            self.tell_of(of, (slip, &body.at), message, None);
        } else if wanted == Kinds::BOOL {
            self.must_be_there(of, body, &format!("the closure of `{name}` gives true or false"));
        }
    }

    fn gives(&mut self, name: &str, gives: Kinds, given: &[(&Type, &Range<usize>)], rest: &[Node]) -> Type {
        match (name, given) {
            ("first", [(list, _)]) => self.step(list, PathStep::Each).or(Type::of(Kinds::NULL)),
            ("filter", [(list, _), ..]) => Type { kinds: Kinds::LIST, ..(*list).clone() },
            ("map", [_, (of, _)]) => Type::list((*of).clone()),
            ("round_half_up" | "round_half_even" | "round_down", [_, _]) => {
                Type::of(gives).with_places(whole(rest.last()).map_or(Places::Unknown, Places::Most))
            }
            ("abs", [(of, _)]) => Type::of(gives).with_places(of.places),
            ("split", _) => Type::list(Type::of(Kinds::TEXT)),
            ("budget_code", _) => {
                let parts = [("sub_job", Kinds::TEXT | Kinds::NULL), ("cost_code", Kinds::TEXT), ("cost_type", Kinds::TEXT)];
                let fields = parts.map(|(name, kinds)| (Arc::from(name), Type::of(kinds)));
                Type { fields: Some(fields.to_vec().into()), ..Type::of(gives) }
            }
            ("linked" | "linked_key" | "linked_back" | "linked_line", _) => Type::of(gives | Kinds::NULL),
            ("contains", [(list, at), (member, _)]) => {
                if list.kinds.only(Kinds::TEXT | Kinds::NULL) && !member.kinds.fits(Kinds::TEXT) {
                    self.tell(Slip::Argument, at, format!("a text has no {} in it", member.kinds.words()), None);
                }
                Type::of(gives)
            }
            ("sum", [(list, _)]) => Type::of(gives).with_places(self.step(list, PathStep::Each).places),
            ("sum", [(list, _), (field, at)]) => {
                let Some(Term::Constant(Value::Text(name))) = rest.last().map(|node| &node.term) else {
                    return Type::of(gives).with_places(field.places);
                };
                let member = self.step(list, PathStep::Each);
                let added = self.step(&member, PathStep::Name(name.clone()));
                if field.kinds.may(Kinds::TEXT) && !added.kinds.fits(Kinds::NUMBER) {
                    self.tell_of(&added, (Slip::Kinds, at), format!("`sum` adds numbers, and `{name}` is {}", added.kinds.words()), None);
                }
                Type::of(gives).with_places(added.places)
            }
            ("min" | "max", [(first, at), others @ ..]) => {
                for (other, _) in others {
                    if first.kinds & other.kinds & Kinds::ORDERED == Kinds::NONE {
                        self.tell(Slip::Argument, at, format!("`{name}` needs values of one kind"), None);
                    }
                }
                let places = others.iter().fold(first.places, |places, (other, _)| places.widest(other.places));
                Type::of(first.kinds & gives).with_places(places)
            }
            _ => Type::of(gives),
        }
    }
}

/// A whole number that stands in the text.
fn whole(node: Option<&Node>) -> Option<u32> {
    match node.map(|node| &node.term) {
        Some(Term::Constant(Value::Number(number))) => u32::try_from(*number).ok(),
        _ => None,
    }
}
