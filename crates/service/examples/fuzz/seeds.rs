//! The documents that are changed: our fixtures, and real ones where the shared data is at hand.

use std::path::{Path, PathBuf};

use crate::targets::Target;

/// Larger documents make few executions a second, and find nothing that small ones do not.
const MOST: u64 = 64 << 10;

/// The seeds of a target, always in the same order.
pub fn of(target: &Target) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut seeds: Vec<Vec<u8>> = target.texts.iter().map(|text| text.as_bytes().to_vec()).collect();
    for place in target.places {
        let path = match place.strip_prefix("shared:") {
            Some(below) => match testkit::shared(below) {
                Some(path) => path,
                None => continue,
            },
            None => root.join(place),
        };
        let mut files = Vec::new();
        collect(&path, &mut files);
        files.sort();
        seeds.extend(files.iter().filter_map(|file| std::fs::read(file).ok()));
    }
    seeds.extend((target.made)());
    assert!(!seeds.is_empty(), "{} has no seeds", target.name);
    seeds
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    let Ok(metadata) = path.metadata() else { return };
    if metadata.is_file() {
        if metadata.len() <= MOST && path.extension().is_none_or(|end| end != "expect" && end != "md") {
            files.push(path.to_owned());
        }
        return;
    }
    for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
        collect(&entry.path(), files);
    }
}
