//! Builds anew when a shipped mapping, snapshot or schema comes or goes: the macro that takes them in only follows known files.

fn main() {
    println!("cargo:rerun-if-changed=mappings");
    println!("cargo:rerun-if-changed=schemas");
}
