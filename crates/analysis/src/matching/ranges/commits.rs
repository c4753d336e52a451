//! What is known about commits: the seam to the git tables of the index and to a configured clone.

/// Answers questions about commits. Every answer is a fact; not knowing is `None` or an empty list.
pub trait CommitTable: Sync {
    /// The first release of each branch that contains the commit or a cherry-pick of it: (branch, version).
    fn fixed_in(&self, commit: &str) -> Vec<(String, String)>;

    /// Whether `ancestor` (or a cherry-pick of it) is in the history of `commit`; `None` when not known.
    fn is_ancestor(&self, ancestor: &str, commit: &str) -> Option<bool>;

    /// The commit in the history of `commit` that says it brings `ancestor` over, where that is how it got there.
    fn brought_by(&self, _ancestor: &str, _commit: &str) -> Option<&str> {
        None
    }

    /// The history asked, in words: the repository and how far it can be trusted; empty where none was.
    fn history(&self) -> String {
        String::new()
    }
}

/// The table that knows no commit.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoCommits;

impl CommitTable for NoCommits {
    fn fixed_in(&self, _commit: &str) -> Vec<(String, String)> {
        Vec::new()
    }

    fn is_ancestor(&self, _ancestor: &str, _commit: &str) -> Option<bool> {
        None
    }
}
