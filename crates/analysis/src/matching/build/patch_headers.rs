//! The lines of a patch before its first diff: claims, origin, diffstat (matching.md 7.1).

use super::patch_names::ids_in;

/// What the lines before the first diff say.
#[derive(Default)]
pub(super) struct Header {
    /// Ids it claims to fix.
    pub ids: Vec<String>,
    /// Ids it mentions.
    pub hints: Vec<String>,
    /// Commits it comes from.
    pub commits: Vec<String>,
    /// Commits it takes back.
    pub reverted: Vec<String>,
    /// It takes an earlier patch back.
    pub is_revert: bool,
    /// Nothing is there.
    pub is_empty: bool,
    /// By its diffstat it changes tests only.
    pub touches_tests_only: bool,
}

impl Header {
    /// Reads the lines before the first diff.
    pub fn of(text: &str) -> Header {
        let mut header = Header { is_empty: text.trim().is_empty(), ..Header::default() };
        let mut paths: Vec<&str> = Vec::new();
        for line in text.lines().take_while(|line| !starts_diff(line)).map(str::trim) {
            match diffstat_path(line) {
                Some(path) => paths.push(path),
                None => header.take(line),
            }
        }
        header.touches_tests_only = !paths.is_empty() && paths.iter().all(|path| is_test_path(path));
        header
    }

    fn take(&mut self, line: &str) {
        let lower = line.to_ascii_lowercase();
        let ids = ids_in(line).into_iter().map(|found| found.id);
        let key = lower.split_once(':').map_or("", |(key, _)| key.trim());
        if matches!(key, "cve" | "cves" | "cve-id" | "cve-ids" | "fixes-cve") {
            for id in ids {
                push_new(&mut self.ids, id);
            }
            return;
        }
        for id in ids {
            push_new(&mut self.hints, id);
        }
        if is_revert(&lower) {
            self.is_revert = true;
            self.reverted.extend(hex_words(&lower));
        } else if names_origin(&lower) {
            for commit in hex_words(&lower) {
                push_new(&mut self.commits, commit);
            }
        }
    }
}

fn push_new(list: &mut Vec<String>, value: String) {
    if !list.contains(&value) {
        list.push(value);
    }
}

/// The first line of a diff. A lone `---` only ends the message; the diffstat follows it.
pub(super) fn starts_diff(line: &str) -> bool {
    line.starts_with("diff ") || line.starts_with("--- ") || line.starts_with("Index: ")
}

/// ` testsuite/tar.tests | 4 ++--`
fn diffstat_path(line: &str) -> Option<&str> {
    let (path, count) = line.split_once(" | ")?;
    let count = count.trim_start();
    let is_count = count.starts_with(|c: char| c.is_ascii_digit()) || count.starts_with("Bin");
    let path = path.trim();
    (is_count && !path.contains(' ')).then_some(path)
}

/// Paths of tests: a folder or file that is named for it.
pub(super) fn is_test_path(path: &str) -> bool {
    let mut parts = path.split('/').rev();
    let file = parts.next().unwrap_or_default().to_ascii_lowercase();
    let in_folder = parts.any(|folder| {
        let folder = folder.to_ascii_lowercase();
        matches!(
            folder.as_str(),
            "t" | "test" | "tests" | "testsuite" | "testing" | "testdata" | "regress" | "selftests"
        ) || folder.starts_with("test-")
            || folder.starts_with("test_")
    });
    in_folder
        || file.starts_with("test_")
        || file.starts_with("test-")
        || file.contains("_test.")
        || file.ends_with(".tests")
}

fn is_revert(lower: &str) -> bool {
    let subject = lower.strip_prefix("subject:").map_or(lower, str::trim_start);
    let subject = match subject.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((_, rest)) => rest.trim_start(),
        None => subject,
    };
    let is_double = subject.starts_with("revert \"revert") || subject.starts_with("revert \"reapply");
    (subject.starts_with("revert \"") || lower.starts_with("this reverts ")) && !is_double
}

/// Lines that tell which upstream commit a patch comes from. `Fixes:` names the commit that brought the flaw.
fn names_origin(lower: &str) -> bool {
    (lower.starts_with("upstream-status:") && lower.contains("backport"))
        || lower.contains("cherry picked from commit")
        || lower.contains("cherry-picked from commit")
        || lower.contains("backported from commit")
        || (lower.contains("commit ") && lower.contains(" upstream"))
        || lower.contains("upstream commit")
        || lower.starts_with("upstream:")
        || lower.starts_with("upstream-commit:")
        || lower.starts_with("origin:")
        || lower.starts_with("git-commit:")
        || (lower.starts_with("from ") && !lower.contains('@'))
}

/// Commit ids of a line: 12 to 40 hex digits (or 64), standing alone.
fn hex_words(lower: &str) -> impl Iterator<Item = String> + '_ {
    lower
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| (12..=64).contains(&word.len()))
        .filter(|word| word.bytes().all(|b| b.is_ascii_hexdigit()))
        .filter(|word| word.bytes().any(|b| b.is_ascii_digit()))
        .map(str::to_owned)
}
