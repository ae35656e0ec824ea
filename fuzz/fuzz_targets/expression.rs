//! Anything at all as a expression.
#![no_main]

#[allow(dead_code)] // each target has one of the bodies
#[path = "../../tests/it/bad_input/bodies.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|text: &str| bodies::expression(text));
