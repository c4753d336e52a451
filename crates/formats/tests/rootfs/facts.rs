//! Facts as JSON: fixtures of ours, and the table of banners.

use crate::{expect, summary};

#[test]
fn one_fixture_per_oddity() {
    expect::check("rootfs");
}

#[test]
fn another_schema_is_refused() {
    let error = summary::refused(br#"{"schema":"patchwright/rootfs/2","volumes":{}}"#, "facts.json");
    assert!(error.to_string().contains("no known kind"), "{error}");
}

/// Every row of the table is read: columns, literals and shapes.
#[test]
fn the_table_of_banners() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rootfs/banners.tsv");
    let text = std::fs::read_to_string(path).expect("the table");
    let rows: Vec<Vec<&str>> = (text.lines())
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .skip(1)
        .map(|line| line.split('\t').collect())
        .collect();
    assert!(rows.len() > 60);
    for row in rows {
        let [component, cpe, files, libraries, certain, banner, shapes, beside, source, date] = row[..]
        else {
            panic!("{row:?} has {} columns", row.len());
        };
        assert!(
            component.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
            "{row:?}"
        );
        assert_eq!(cpe.split(':').count(), 3, "{row:?}");
        assert!(["yes", "no"].contains(&certain), "{row:?}");
        assert!(files != "-" || certain == "yes", "{row:?} can be found nowhere");
        let (before, after) = banner.split_once("{v}").unwrap_or_else(|| panic!("{row:?} has no version"));
        assert!(!before.is_empty() && !after.contains("{v}"), "{row:?}");
        assert!(before != "\\0" || certain == "no", "{row:?}: a word alone proves nothing in any file");
        assert!(
            before != "\\0" || beside != "-" || !after.starts_with("\\0"),
            "{row:?}: nothing but a number"
        );
        assert!(!shapes.is_empty() && shapes.split('|').all(|shape| shape.contains('#')), "{row:?}");
        assert!(!libraries.is_empty() && !source.is_empty() && date.len() == 10, "{row:?}");
    }
}
