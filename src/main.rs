//! The `crosswalk` command.

fn main() {}
