//! What `ARCHITECTURE.md` claims: allowed arrows, places of external weight, paths.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The claims of the document that tidy holds the code to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Architecture {
    /// Crate to the crates of ours it may name.
    pub arrows: BTreeMap<String, BTreeSet<String>>,
    /// Kind of external weight to the crates it is allowed in.
    pub weights: BTreeMap<String, BTreeSet<String>>,
}

impl Architecture {
    /// Reads the arrows (lines `name -> a, b` in a code block; several pairs a line are separated by
    /// two or more blanks) and the weight table (`| kind | allowed in |`).
    pub fn parse(text: &str) -> Architecture {
        let mut architecture = Architecture::default();
        for line in text.lines() {
            if line.starts_with("layer ") || line.starts_with("dev only") {
                parse_arrows(line, &mut architecture.arrows);
            }
        }
        let table = text.lines().skip_while(|line| !line.starts_with("| kind of dependency"));
        for row in table.skip(2).take_while(|line| line.starts_with('|')) {
            let cells: Vec<&str> = row.split('|').map(str::trim).collect();
            if let [_, kind, places, ..] = cells.as_slice() {
                let places = places.split(',').map(|place| place.trim().to_owned()).collect();
                architecture.weights.insert((*kind).to_owned(), places);
            }
        }
        architecture
    }
}

fn parse_arrows(line: &str, arrows: &mut BTreeMap<String, BTreeSet<String>>) {
    for pair in line.split("  ").map(str::trim).filter(|pair| pair.contains("->")) {
        let Some((from, to)) = pair.split_once("->") else { continue };
        let from = from.split_whitespace().last().unwrap_or_default().to_owned();
        let to = to.split(',').map(str::trim).filter(|name| !name.is_empty() && *name != "nothing");
        arrows.entry(from).or_default().extend(to.map(str::to_owned));
    }
}

/// Every path in backticks that begins like one of ours exists, in ARCHITECTURE.md and the how-to pages.
pub fn mentioned_paths_exist(root: &Path, files: &[PathBuf]) -> Vec<String> {
    let mut complaints = Vec::new();
    for page in files.iter().filter(|file| is_checked_page(file)) {
        let Ok(text) = std::fs::read_to_string(root.join(page)) else { continue };
        for path in mentioned_paths(&text) {
            if !root.join(&path).exists() {
                complaints.push(format!("{}: names `{path}`, which does not exist", page.display()));
            }
        }
    }
    complaints
}

fn is_checked_page(file: &Path) -> bool {
    file == Path::new("ARCHITECTURE.md")
        || file == Path::new("CONTRIBUTING.md")
        || file.starts_with("docs/how-to")
}

fn mentioned_paths(text: &str) -> BTreeSet<String> {
    text.split('`')
        .skip(1)
        .step_by(2)
        .filter(|word| {
            ["crates/", "docs/", "fixtures/", "xtask/", ".ci/"].iter().any(|start| word.starts_with(start))
        })
        .filter(|word| !word.contains(['<', '*', '{', ' ', '…']))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_and_weights_are_read() {
        let text = "layer 0   model\nlayer 1   versions -> model     formats -> model\n\n| kind of dependency | allowed in |\n|---|---|\n| memory map | index |\n";
        let architecture = Architecture::parse(text);
        assert!(architecture.arrows["versions"].contains("model"));
        assert!(architecture.arrows["formats"].contains("model"));
        assert!(architecture.weights["memory map"].contains("index"));
    }

    #[test]
    fn only_plain_paths_are_checked() {
        let paths = mentioned_paths("see `crates/model/src/lib.rs` and `crates/<c>/x` and `cargo test`");
        assert_eq!(paths.into_iter().collect::<Vec<_>>(), ["crates/model/src/lib.rs"]);
    }
}
