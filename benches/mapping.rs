//! Benchmarks of the mapping step.
fn main() {}
