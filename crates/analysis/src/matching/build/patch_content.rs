//! Comparing the content of a patch with that of a fix (matching.md 7.1): white space, offsets, paths and the
//! order of hunks do not count; what is added and removed does.

use rustc_hash::FxHashMap;
use sha2::Digest as _;

/// How a patch relates to a fix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlap {
    /// The same changes, neither more nor less.
    Equal,
    /// All changes of the fix and more.
    Contains,
    /// At least 60 % of the fix's added lines.
    Most,
    /// Something, but less.
    Some,
    /// Nothing.
    Nothing,
}

/// The changes of a unified diff, made comparable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Changed lines of each hunk (`+`/`-` with white space removed), sorted.
    hunks: Vec<String>,
    /// Added lines with their numbers of occurrence.
    added: FxHashMap<String, u32>,
    /// Removed lines likewise.
    removed: FxHashMap<String, u32>,
    /// Changed paths, without `a/` and `b/`.
    pub paths: Vec<String>,
}

impl Changes {
    /// Reads a diff; what is before the first hunk and between files is passed over.
    pub fn of(diff: &str) -> Changes {
        let mut changes = Changes::default();
        let mut hunk = String::new();
        let (mut olds, mut news) = (0u64, 0u64);
        for line in diff.lines() {
            if let Some((old, new)) = hunk_lengths(line) {
                changes.close(&mut hunk);
                (olds, news) = (old, new);
            } else if olds > 0 || news > 0 {
                changes.take(line, &mut hunk, &mut olds, &mut news);
            } else if let Some(path) = changed_path(line)
                && !changes.paths.iter().any(|known| known == path)
            {
                changes.paths.push(path.to_owned());
            }
        }
        changes.close(&mut hunk);
        changes.hunks.sort();
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
        self.hunks.is_empty()
    }

    fn take(&mut self, line: &str, hunk: &mut String, olds: &mut u64, news: &mut u64) {
        let text: String = line.get(1..).unwrap_or_default().split_whitespace().collect();
        match line.bytes().next() {
            Some(b'+') => {
                *news = news.saturating_sub(1);
                hunk.extend(["+", &text, "\n"]);
                if !text.is_empty() {
                    *self.added.entry(text).or_default() += 1;
                }
            }
            Some(b'-') => {
                *olds = olds.saturating_sub(1);
                hunk.extend(["-", &text, "\n"]);
                if !text.is_empty() {
                    *self.removed.entry(text).or_default() += 1;
                }
            }
            // `\ No newline at end of file` counts for neither side.
            Some(b'\\') => {}
            _ => {
                *olds = olds.saturating_sub(1);
                *news = news.saturating_sub(1);
            }
        }
    }

    fn close(&mut self, hunk: &mut String) {
        if !hunk.is_empty() {
            self.hunks.push(std::mem::take(hunk));
        }
    }

    /// How this patch relates to a fix.
    pub fn compared_with(&self, fix: &Changes) -> Overlap {
        if self.is_empty() || fix.is_empty() {
            return Overlap::Nothing;
        }
        if self.hunks == fix.hunks {
            return Overlap::Equal;
        }
        if contains(&self.added, &fix.added) && contains(&self.removed, &fix.removed) {
            return Overlap::Contains;
        }
        let total: u32 = fix.added.values().sum();
        let shared: u32 =
            fix.added.iter().map(|(line, n)| self.added.get(line).map_or(0, |m| *m.min(n))).sum();
        match shared {
            0 => Overlap::Nothing,
            shared if shared * 10 >= total * 6 => Overlap::Most,
            _ => Overlap::Some,
        }
    }
}

fn contains(all: &FxHashMap<String, u32>, some: &FxHashMap<String, u32>) -> bool {
    some.iter().all(|(line, n)| all.get(line).is_some_and(|m| m >= n))
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
