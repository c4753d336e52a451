//! What is known of commits: the tables of the index, and the history of the component's own commit where a clone was
//! given.
//!
//! A commit that the history holds is there. One that it does not hold proves something only where the history is whole
//! and is the project's: vendors publish trees that begin with a copy of some release, and such a history holds none of
//! the project's commits, fixes and flaws alike.

use index::Index;
use model::component::Component;
use model::history::{Held, History};

use super::knowledge::Knowledge;
use super::ranges::CommitTable;

/// A history and how far its silence can be trusted.
#[derive(Clone, Copy)]
pub struct Asked<'h> {
    history: &'h History,
    is_of_project: bool,
}

impl<'h> Asked<'h> {
    /// All histories of a release.
    pub fn all(histories: &'h [History], index: &Index) -> Vec<Asked<'h>> {
        let is_of_project =
            |history: &History| index.has_commit(|id| history.commits.binary_search(id).is_ok());
        histories.iter().map(|history| Asked { history, is_of_project: is_of_project(history) }).collect()
    }

    /// True for the history of the component's own commit.
    pub fn is_of(&self, component: &Component) -> bool {
        self.history.component == component.name && self.history.commit == component.git.commit
    }

    /// The commit whose history it is.
    pub fn commit(&self) -> &'h str {
        &self.history.commit
    }

    fn has(&self, commit: &str) -> Option<bool> {
        match self.history.held(commit) {
            Held::Own | Held::Picked(_) => Some(true),
            Held::Undone => Some(false),
            Held::Absent if self.history.whole && self.is_of_project => Some(false),
            Held::Absent | Held::Unreadable => None,
        }
    }

    fn words(&self) -> String {
        let history = self.history;
        let mut words =
            format!("{} ({}), {} commits", history.repository, history.found, history.commits.len());
        if !history.whole {
            words.push_str("; a shallow clone: what it lacks may be in the history all the same");
        } else if !self.is_of_project {
            words.push_str(
                "; it begins with a copy, without the project's own commits: what it lacks proves nothing",
            );
        }
        words
    }
}

/// The commits of one component.
pub struct Commits<'k> {
    /// The tables of the index.
    pub knowledge: &'k Knowledge<'k>,
    /// The history of its own commit.
    pub asked: Option<Asked<'k>>,
}

impl<'k> Commits<'k> {
    fn of(&self, commit: &str) -> Option<&Asked<'k>> {
        self.asked.as_ref().filter(|asked| asked.commit() == commit)
    }
}

impl CommitTable for Commits<'_> {
    fn fixed_in(&self, commit: &str) -> Vec<(String, String)> {
        self.knowledge.fixed_in(commit)
    }

    fn is_ancestor(&self, ancestor: &str, commit: &str) -> Option<bool> {
        self.of(commit)?.has(ancestor)
    }

    fn brought_by(&self, ancestor: &str, commit: &str) -> Option<&str> {
        match self.of(commit)?.history.held(ancestor) {
            Held::Picked(by) => Some(by),
            _ => None,
        }
    }

    fn history(&self) -> String {
        self.asked.as_ref().map(Asked::words).unwrap_or_default()
    }
}
