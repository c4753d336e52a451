//! Our own corpora: `corpora/<scheme>.txt`, one comparison per line, in both directions. They need no other data.

use std::path::{Path, PathBuf};

use versions::{Scheme, compare};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpora")
}

#[test]
fn every_scheme_has_a_corpus_and_every_line_holds() {
    let (mut total, mut differences) = (0, Vec::new());
    for (scheme, name) in Scheme::ALL {
        let path = folder().join(format!("{name}.txt"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("corpora/{name}.txt is missing"));
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let fields: Vec<&str> = line.split('\t').collect();
            let [a, relation, b, origin] = fields[..] else { panic!("{name}: four fields: {line}") };
            assert!(!origin.is_empty(), "{name}: an origin: {line}");
            total += 1;
            let (order, mirrored) = (compare(*scheme, a, b), compare(*scheme, b, a));
            if order.symbol() != relation || mirrored != order.reverse() {
                differences.push(format!("{name}: {a} {relation} {b}: {order:?}, mirrored {mirrored:?}"));
            }
        }
    }
    assert!(differences.is_empty(), "{} of {total} differ:\n{}", differences.len(), differences.join("\n"));
    assert_eq!(total, TOTAL);
}

const TOTAL: usize = 474;

#[test]
fn every_corpus_has_a_scheme() {
    for file in std::fs::read_dir(folder()).expect("the folder") {
        let name = file.expect("a file").file_name().to_string_lossy().into_owned();
        let stem = name.strip_suffix(".txt").expect("a text file");
        assert!(stem == "text" || Scheme::from_name(stem).is_some(), "{name} belongs to no scheme");
    }
}
