//! Stories about the whole program, one file per topic.
#![allow(clippy::unwrap_used)]

mod contract;
mod records;
mod schemas;
mod expr;
mod expr_words;
