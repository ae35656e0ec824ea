//! Stories about the whole program, one file per topic.
#![allow(clippy::unwrap_used)]

mod contract;
mod expr;
mod expr_words;
mod records;
mod schemas;
