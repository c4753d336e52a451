//! Comparing the content of a patch with that of a fix (matching.md 7.1): white space, offsets, paths and the
//! order of hunks do not count; what is added and removed does.
//!
//! The unit is the *block*: lines that are changed together, without the context around them. How many blocks share a
//! hunk depends on how much context a tool prints.

use rustc_hash::FxHashMap;
use sha2::Digest as _;

/// How a patch relates to a fix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Overlap {
    /// Nothing.
    Nothing,
    /// Something, but less.
    Some,
    /// At least 60 % of the fix's added lines.
    Most,
    /// All changes of the fix and more.
    Contains,
    /// The same changes, neither more nor less.
    Equal,
}

/// The changes of a unified diff, made comparable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The blocks (`+`/`-` with white space removed), each with the name of its file, sorted.
    blocks: Vec<(String, String)>,
    /// The changed lines of each hunk, sorted: decisions keep ids that are made of them.
    hunks: Vec<String>,
    /// Added lines with their numbers of occurrence.
    added: FxHashMap<String, u32>,
    /// Removed lines likewise.
    removed: FxHashMap<String, u32>,
    /// Changed paths, without `a/` and `b/`.
    pub paths: Vec<String>,
}

/// Letters and digits of changes that may be alike by chance (`return 0;`, a closing brace).
const TELLING: usize = 24;

impl Changes {
    /// Reads a diff; what is before the first hunk and between files is passed over.
    pub fn of(diff: &str) -> Changes {
        let mut changes = Changes::default();
        let (mut block, mut hunk, mut file) = (String::new(), String::new(), String::new());
        let (mut olds, mut news) = (0u64, 0u64);
        for line in diff.lines() {
            if let Some((old, new)) = hunk_lengths(line) {
                changes.close(&mut block, &file);
                changes.close_hunk(&mut hunk);
                (olds, news) = (old, new);
            } else if olds > 0 || news > 0 {
                let is_change = line.starts_with(['+', '-']);
                if !is_change && !line.starts_with('\\') {
                    changes.close(&mut block, &file);
                }
                if let Some((sign, text)) = changes.take(line, &mut olds, &mut news) {
                    hunk.extend([sign, &text, "\n"]);
                    // Empty lines come and go with style.
                    if !text.is_empty() {
                        block.extend([sign, &text, "\n"]);
                    }
                }
            } else if let Some(path) = changed_path(line) {
                changes.close(&mut block, &file);
                path.rsplit('/').next().unwrap_or(path).clone_into(&mut file);
                if !changes.paths.iter().any(|known| known == path) {
                    changes.paths.push(path.to_owned());
                }
            }
        }
        changes.close(&mut block, &file);
        changes.close_hunk(&mut hunk);
        changes.hunks.sort();
        changes.blocks.sort();
        changes
    }

    /// The id of the changes: equal for patches that change the same, wherever and in whatever order.
    pub fn id(&self) -> String {
        use std::fmt::Write as _;
        let mut hash = sha2::Sha256::new();
        self.hunks.iter().for_each(|hunk| hash.update(hunk.as_bytes()));
        hash.finalize().iter().fold("patch-id:".to_owned(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// True when there is nothing to compare.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// True when so much is changed that the same in two places is no chance.
    pub fn is_telling(&self) -> bool {
        let letters = |block: &str| block.bytes().filter(u8::is_ascii_alphanumeric).count();
        self.blocks.iter().map(|(_, block)| letters(block)).sum::<usize>() >= TELLING
    }

    /// The blocks without their files, sorted.
    fn bare(&self) -> Vec<&str> {
        let mut blocks: Vec<&str> = self.blocks.iter().map(|(_, block)| block.as_str()).collect();
        blocks.sort_unstable();
        blocks
    }

    /// Takes a line of a hunk; a changed one comes back with its sign, without white space.
    fn take(&mut self, line: &str, olds: &mut u64, news: &mut u64) -> Option<(&'static str, String)> {
        let text: String = line.get(1..).unwrap_or_default().split_whitespace().collect();
        let (sign, lines) = match line.bytes().next() {
            Some(b'+') => {
                *news = news.saturating_sub(1);
                ("+", &mut self.added)
            }
            Some(b'-') => {
                *olds = olds.saturating_sub(1);
                ("-", &mut self.removed)
            }
            // `\ No newline at end of file` counts for neither side.
            Some(b'\\') => return None,
            _ => {
                *olds = olds.saturating_sub(1);
                *news = news.saturating_sub(1);
                return None;
            }
        };
        if !text.is_empty() {
            *lines.entry(text.clone()).or_default() += 1;
        }
        Some((sign, text))
    }

    fn close_hunk(&mut self, hunk: &mut String) {
        if !hunk.is_empty() {
            self.hunks.push(std::mem::take(hunk));
        }
    }

    fn close(&mut self, block: &mut String, file: &str) {
        if !block.is_empty() {
            self.blocks.push((file.to_owned(), std::mem::take(block)));
        }
    }

    /// How this patch relates to a fix.
    pub fn compared_with(&self, fix: &Changes) -> Overlap {
        if self.is_empty() || fix.is_empty() {
            return Overlap::Nothing;
        }
        if self.bare() == fix.bare() {
            return Overlap::Equal;
        }
        if contains(&self.blocks, &fix.blocks) {
            return Overlap::Contains;
        }
        let shared = |own: &FxHashMap<String, u32>, of_fix: &FxHashMap<String, u32>| -> u32 {
            of_fix.iter().map(|(line, n)| own.get(line).map_or(0, |m| *m.min(n))).sum()
        };
        let total: u32 = fix.added.values().sum();
        match (shared(&self.added, &fix.added), shared(&self.removed, &fix.removed)) {
            // A fix that only takes lines away.
            (0, removed) if total == 0 => {
                let all: u32 = fix.removed.values().sum();
                if removed * 10 >= all * 6 { Overlap::Most } else { rest(removed) }
            }
            (added, _) if added > 0 && added * 10 >= total * 6 => Overlap::Most,
            (added, removed) => rest(added + removed),
        }
    }
}

fn rest(shared: u32) -> Overlap {
    if shared == 0 { Overlap::Nothing } else { Overlap::Some }
}

/// All blocks of one list, as often as they stand there, are in the other; both are sorted.
fn contains(all: &[(String, String)], some: &[(String, String)]) -> bool {
    let mut all = all.iter();
    some.iter().all(|wanted| all.any(|block| block == wanted))
}

/// `@@ -1,3 +1,4 @@`: how many old and new lines follow.
fn hunk_lengths(line: &str) -> Option<(u64, u64)> {
    let (ranges, _) = line.strip_prefix("@@ -")?.split_once(" @@")?;
    let (old, new) = ranges.split_once(" +")?;
    let length = |range: &str| range.split_once(',').map_or(Some(1), |(_, length)| length.parse().ok());
    Some((length(old)?, length(new)?))
}

fn changed_path(line: &str) -> Option<&str> {
    let path = line.strip_prefix("+++ ").or_else(|| line.strip_prefix("--- "))?;
    let path = path.split('\t').next().unwrap_or(path).trim();
    let path = path.strip_prefix("a/").or_else(|| path.strip_prefix("b/")).unwrap_or(path);
    (path != "/dev/null" && !path.is_empty()).then_some(path)
}
