//! The case table `version-order.tsv`: every row, and every row mirrored.

use std::path::Path;

use versions::{Scheme, compare};

#[test]
fn every_row_holds_in_both_directions() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/cases/version-order.tsv");
    let rows = testkit::shared::table(&std::fs::read_to_string(path).expect("the table is there"));
    assert_eq!(rows.len(), 204);
    let mut differences = Vec::new();
    for row in &rows {
        let (scheme, a, b, relation) = (&row["scheme"], &row["a"], &row["b"], row["relation"].as_str());
        let scheme = Scheme::from_name(scheme).expect("a known scheme");
        let (order, mirrored) = (compare(scheme, a, b), compare(scheme, b, a));
        if order.symbol() != relation || mirrored != order.reverse() {
            differences.push(format!("{scheme} {a} {relation} {b}: {order:?}, mirrored {mirrored:?}"));
        }
    }
    testkit::quality("cases/version-order.tsv", rows.len() - differences.len(), rows.len(), "also mirrored");
    assert!(
        differences.is_empty(),
        "{} of {} rows differ:\n{}",
        differences.len(),
        rows.len(),
        differences.join("\n")
    );
}
