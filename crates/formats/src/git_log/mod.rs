//! What `git` prints of a history: commit ids, and messages that say whence a change comes or that one is taken back.
//!
//! Stable and vendor branches hold fixes under ids of their own. The message tells: `commit … upstream.`,
//! `[ Upstream commit … ]`, `(cherry picked from commit …)`. Only whole lines of these forms count; a commit that is
//! merely mentioned (`Fixes: …`) says nothing. Not here: asking git (`service::outside::git`).

#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};

use model::history::CommitId;

/// Fewest digits of a commit that another one names.
const FEWEST: usize = 12;

/// Bytes of one message that are looked at; merges of whole subsystems have long ones, and the lines that count stand
/// at the beginning or the end.
const MESSAGE: usize = 1 << 18;

/// The id of a line of `git rev-list`; `None` for anything else.
pub fn commit_id(line: &[u8]) -> Option<CommitId> {
    let line = line.trim_ascii();
    if !(40..=64).contains(&line.len()) || !line.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let mut id = CommitId::default();
    for (slot, pair) in id.iter_mut().zip(line.chunks(2)) {
        let value = |at: usize| pair.get(at).and_then(|digit| char::from(*digit).to_digit(16));
        *slot = (value(0)? << 4 | value(1)?) as u8;
    }
    Some(id)
}

/// What the messages of a history say, taken from the newest commit to the oldest.
#[derive(Clone, Debug, Default)]
pub struct Messages {
    picks: BTreeMap<String, String>,
    undone: BTreeSet<String>,
}

impl Messages {
    /// Takes one commit: its id on the first line, then its message.
    pub fn take(&mut self, entry: &[u8]) {
        let entry = entry.get(..MESSAGE).unwrap_or(entry);
        let text = String::from_utf8_lossy(entry);
        let Some((id, message)) = text.split_once('\n') else { return };
        let id = id.trim().to_ascii_lowercase();
        if commit_id(id.as_bytes()).is_none() {
            return;
        }
        let Said { from, reverts } = Said::of(message);
        // Newest first: whoever takes this commit back has been seen.
        let is_undone = self.is_undone(&id) || from.iter().any(|origin| self.is_undone(origin));
        if is_undone {
            // A revert that is taken back does nothing. A commit known by two ids goes by both.
            self.undone.extend(std::iter::once(id).chain(from));
            return;
        }
        for origin in from {
            self.picks.entry(origin).or_insert_with(|| id.clone());
        }
        self.undone.extend(reverts);
    }

    fn is_undone(&self, id: &str) -> bool {
        let Some(start) = id.get(..FEWEST) else { return false };
        let mut near = self.undone.range(start.to_owned()..).take_while(|known| known.starts_with(start));
        near.any(|known| known.starts_with(id) || id.starts_with(known.as_str()))
    }

    /// The commits that are brought over, each with the one that brings it, and those that are taken back.
    pub fn finish(self) -> (BTreeMap<String, String>, BTreeSet<String>) {
        (self.picks, self.undone)
    }
}

/// What one message says.
#[derive(Debug, Default)]
struct Said {
    from: Vec<String>,
    reverts: Vec<String>,
}

impl Said {
    fn of(message: &str) -> Said {
        let mut said = Said::default();
        for line in message.lines() {
            // Most lines of most messages: nothing to look at.
            if !line.contains("ommit") {
                continue;
            }
            let line = line.to_ascii_lowercase();
            let bare = line.trim().trim_start_matches(['[', '(']).trim();
            let words: Vec<&str> = bare.split_whitespace().take(8).collect();
            match words.as_slice() {
                ["this", "reverts", "commit", id, ..] => said.reverts.extend(commit(id)),
                ["commit", id, word, ..] if is_upstream(word) => said.from.extend(commit(id)),
                ["commit", id, "in" | "from", word, ..] if is_upstream(word) => said.from.extend(commit(id)),
                ["upstream", "commit", id, ..] => said.from.extend(commit(id)),
                ["upstream-commit:" | "git-commit:", id, ..] => said.from.extend(commit(id)),
                ["cherry", "picked" | "pick", "from", "commit", id, ..] => said.from.extend(commit(id)),
                ["cherry-picked" | "backported", "from", "commit", id, ..] => said.from.extend(commit(id)),
                ["backported", "from", "upstream", "commit", id, ..] => said.from.extend(commit(id)),
                _ => {}
            }
        }
        said
    }
}

fn is_upstream(word: &str) -> bool {
    matches!(word.trim_end_matches([']', ')', '.', ',', ';', ':']), "upstream" | "mainline" | "linus")
}

fn commit(word: &str) -> Option<String> {
    let id = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let is_id = (FEWEST..=64).contains(&id.len()) && id.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_id.then(|| id.to_owned())
}
