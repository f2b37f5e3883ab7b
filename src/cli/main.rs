//! The `regulars` command line.
fn main() {}
