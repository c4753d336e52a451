//! What a judgement asks beside the components of a release: its platform, how old the feeds are, whether anybody speaks
//! of its findings, which program judged, and until when that holds by itself.
//! Kept with each judged release, so that a rescan judges a component once for all releases of equal setting.

use std::collections::{BTreeMap, BTreeSet};

use analysis::coverage::{FeedState, Freshness};
use analysis::matching::{Options, branches};
use index::Index;
use index::tables::is_over;
use model::build::Platform;
use model::component::{Component, Role};
use model::sbom::Inventory;
use serde::{Deserialize, Serialize};

use crate::tables::{self, TableSet};

/// The setting of a release. Equal settings answer alike.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Setting {
    os: String,
    arch: String,
    bits: u8,
    distribution: String,
    is_complete: bool,
    facts: BTreeMap<String, String>,
    /// It holds a kernel, which makes it a Linux system where nothing else says so.
    has_kernel: bool,
    /// The feeds and how old they were: what a feed that is out of date says is marked, and covers nothing.
    pub feeds: String,
    /// Statements, decisions or rules are in force: what matching excludes may be kept for their sake.
    pub speaks: bool,
    /// The program and its tables: another one may judge otherwise.
    #[serde(default)]
    program: String,
    /// The next day on which a kernel branch of the release ends; empty = none. No part of what the other releases of
    /// the setting have to be equal in.
    #[serde(default)]
    until: String,
}

impl Setting {
    /// The setting of an inventory that is judged with an index at a moment.
    pub fn of(inventory: &Inventory, index: &Index, at: &str, speaks: bool) -> Setting {
        let platform = &inventory.platform;
        let kernels = inventory.components.iter().filter(|one| one.role == Role::Kernel);
        let ends = kernels.map(|kernel| branches::end_of_life(index.branches(), kernel));
        let ends = ends.filter(|end| !end.is_empty() && !is_over(end, at));
        Setting {
            os: platform.os.clone(),
            arch: platform.arch.clone(),
            bits: platform.bits,
            distribution: platform.distribution.clone(),
            is_complete: platform.inventory_complete,
            facts: platform.facts.clone(),
            has_kernel: inventory.components.iter().any(|one| one.role == Role::Kernel),
            feeds: feeds(index, at),
            speaks,
            program: program(),
            until: ends.min().unwrap_or_default().to_owned(),
        }
    }

    /// True when time alone, or another program, may judge otherwise than what this setting was noted with.
    pub fn is_past(&self, feeds: &str, at: &str) -> bool {
        self.feeds != feeds || self.program != program() || is_over(&self.until, at)
    }

    /// What releases of one setting are equal in.
    pub fn shared(self) -> Setting {
        Setting { program: String::new(), until: String::new(), ..self }
    }

    /// Reads what [`Setting::of`] made; `None` for a release that was not judged, or by another program.
    pub fn read(text: &str) -> Option<Setting> {
        serde_json::from_str(text).ok()
    }

    /// Some components in this setting. Where the release has a kernel and these have none, one without a name stands
    /// for it, behind the others.
    pub fn around(&self, mut components: Vec<Component>) -> Inventory {
        if self.has_kernel && !components.iter().any(|one| one.role == Role::Kernel) {
            components.push(Component { role: Role::Kernel, ..Component::default() });
        }
        let platform = Platform {
            os: self.os.clone(),
            arch: self.arch.clone(),
            bits: self.bits,
            distribution: self.distribution.clone(),
            inventory_complete: self.is_complete,
            facts: self.facts.clone(),
        };
        Inventory { platform, components, ..Inventory::default() }
    }
}

/// The program with its tables.
fn program() -> String {
    format!("{} {}", env!("CARGO_PKG_VERSION"), tables::named(&TableSet::default()))
}

/// The state of each feed of an index at a moment, in one text.
pub(crate) fn feeds(index: &Index, at: &str) -> String {
    let options = Options { at: at.to_owned(), ..Options::default() };
    let freshness = Freshness::of(index, &options);
    let state = |id: &str| match freshness.state(id) {
        FeedState::Fresh => "fresh",
        FeedState::Stale => "stale",
        FeedState::Missing => "missing",
    };
    let feeds = index.header().feeds.iter();
    let states: BTreeSet<String> = feeds.map(|feed| format!("{} {}", feed.id, state(&feed.id))).collect();
    states.into_iter().collect::<Vec<_>>().join(", ")
}
