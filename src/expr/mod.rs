//! What does an expression mean here? Rhai's grammar with exact decimals, strict names and no side effects; and RFC 9535 paths.
//!
//! An expression is parsed by Rhai, lowered to terms of our own (`term`) and run over borrowed values by `machine`: the meaning of
//! every operator, and every failure, is ours and is bound by tests. No Rhai type leaves this room.
//!
//! - numbers are decimals always: `1 / 3` is 0.333…, `0.1 + 0.2` is 0.3;
//! - an unknown variable or function is a problem when compiling; which properties exist is judged by the plan from [`Expression::reads`];
//! - a property that a record does not have is `()`, except under `settings`, where it is a failure that names it;
//! - a property of `()` is a failure, `?.` leaves the rest of the chain out, `??` gives another value;
//! - kinds are never mixed: `"1" == 1` and `"1" + 1` fail, and `()` may only be compared with `==` and `!=`;
//! - what only looks at values where they stand is told by `quick`, in the processor's registers, and means the same;
//! - what needs statements runs in Rhai (`script`), and means the same; what has effects is refused when compiling.
//!
//! - mistakes that no record can make good (kinds, labels, conditions) are told by `types` from the shapes that an expression reads.
//!
//! It leaves out: reading fields from a system, and which shapes there are.

#[cfg(test)]
mod agreement;
mod chain;
mod convert;
pub mod coverage;
mod engine;
mod expression;
mod follow;
mod functions;
#[cfg(test)]
mod generated;
mod lower;
mod machine;
mod operators;
pub mod path;
mod places;
mod problem;
mod quick;
mod reads;
mod scope;
mod script;
mod shorten;
mod switch;
mod term;
mod types;

pub use convert::{As, convert};
pub use engine::Expressions;
pub use expression::{Called, Expression};
pub use functions::{FunctionDoc, documentation, function_names};
pub use problem::{ExprFailure, ExprProblem};
pub use quick::Glance;
pub use reads::{PathStep, Read, ReadStep};
pub use scope::{Lookups, NoLookups, Scope, Variables};
pub use script::{Kept, LENT, Lent};
pub use types::{Fact, Kinds, Known, Labels, Leaf, Places, Slip, Type, TypeProblem, Typed};
