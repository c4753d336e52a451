//! The page of the manual names every scheme.

use std::path::Path;

use versions::Scheme;

#[test]
fn every_scheme_stands_in_the_manual() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/manual/versions.md");
    let page = std::fs::read_to_string(path).expect("docs/manual/versions.md");
    let listed: Vec<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|line| line.split('`').next())
        .collect();
    let schemes: Vec<&str> = Scheme::ALL.iter().map(|(_, name)| *name).collect();
    assert_eq!(listed, schemes, "the table of docs/manual/versions.md lists the schemes in their order");
}
