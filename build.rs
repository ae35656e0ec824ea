//! Builds anew when a shipped mapping, snapshot, schema, profile or page comes or goes: the macro that takes them in only follows known files.

fn main() {
    println!("cargo:rerun-if-changed=mappings");
    println!("cargo:rerun-if-changed=schemas");
    println!("cargo:rerun-if-changed=profiles");
    println!("cargo:rerun-if-changed=docs/diagnostics");
}
