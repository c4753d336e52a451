//! Texts that must not stand in certain places.

use std::path::{Path, PathBuf};

/// Crates without network, database, async or clock (invariant 1).
const PURE: &[&str] = &["model", "versions", "formats", "feeds", "index", "analysis"];

/// What a pure crate may not say.
const IMPURE: &[&str] = &[
    "std::net",
    "std::fs",
    "std::process",
    "SystemTime::now",
    "Instant::now",
    "std::env::var",
    "std::thread::sleep",
];

/// The only file of the pure crates that opens a file.
const OPENS_FILES: &str = "crates/index/src/layout/open.rs";

/// One text that is forbidden in some files.
struct Ban {
    applies: fn(&Path) -> bool,
    text: &'static str,
    because: &'static str,
}

const BANS: &[Ban] = &[
    Ban {
        applies: |file| file.starts_with("crates/model/src"),
        text: "serde",
        because: "model derives no serde; wire shapes stay in formats",
    },
    Ban {
        applies: |file| file.starts_with("crates/patchwright/src") && !file.ends_with("exit.rs"),
        text: "ExitCode::from",
        because: "exit codes stand only in crates/patchwright/src/exit.rs",
    },
    Ban {
        applies: |file| file.starts_with("crates") && !file.ends_with("exit.rs"),
        text: "process::exit",
        because: "a process ends in main, with a code from crates/patchwright/src/exit.rs",
    },
    Ban {
        applies: |file| file.starts_with("crates/web/src") && !file.ends_with("errors.rs"),
        text: "StatusCode",
        because: "status codes stand only in crates/web/src/server/errors.rs",
    },
    Ban { applies: |_| true, text: concat!("to", "do!("), because: "unfinished work is not committed" },
    Ban {
        applies: |_| true,
        text: concat!("unimple", "mented!("),
        because: "unfinished work is not committed",
    },
    Ban {
        applies: |_| true,
        text: concat!("#[ign", "ore"),
        because: "tests are never ignored: assert today's answer with a FIXME",
    },
];

/// Runs the scans over all Rust files, tests included where a ban says so.
pub fn check(root: &Path, files: &[PathBuf]) -> Vec<String> {
    let mut complaints = Vec::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "rs")) {
        let Ok(text) = std::fs::read_to_string(root.join(file)) else { continue };
        complaints.extend(impurities(file, &text));
        for ban in BANS.iter().filter(|ban| (ban.applies)(file)) {
            if let Some(line) = line_of(&text, ban.text) {
                complaints.push(format!("{}:{line}: `{}`: {}", file.display(), ban.text, ban.because));
            }
        }
    }
    complaints
}

fn impurities(file: &Path, text: &str) -> Vec<String> {
    let is_pure = PURE.iter().any(|name| file.starts_with(Path::new("crates").join(name).join("src")));
    if !is_pure || file == Path::new(OPENS_FILES) {
        return Vec::new();
    }
    IMPURE
        .iter()
        .filter_map(|word| line_of(text, word).map(|line| (word, line)))
        .map(|(word, line)| {
            format!("{}:{line}: `{word}` in a pure crate; pass the value in from service", file.display())
        })
        .collect()
}

/// The first line, counted from 1, that says `word` outside of a comment.
fn line_of(text: &str, word: &str) -> Option<usize> {
    text.lines().position(|line| !line.trim_start().starts_with("//") && line.contains(word)).map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_in_a_pure_crate_is_found() {
        let file = Path::new("crates/analysis/src/lib.rs");
        assert_eq!(impurities(file, "fn f() { SystemTime::now(); }").len(), 1);
        assert!(impurities(file, "// SystemTime::now is forbidden").is_empty());
        assert!(impurities(Path::new("crates/service/src/lib.rs"), "std::fs::read").is_empty());
        assert!(impurities(Path::new(OPENS_FILES), "std::fs::File").is_empty());
    }
}
