//! The house test: what ARCHITECTURE.md claims holds.

use std::path::Path;

#[test]
fn the_house_is_tidy() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let complaints = xtask::tidy::check(&root);
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}
