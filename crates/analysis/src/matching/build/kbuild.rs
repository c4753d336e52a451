//! Which map speaks for a component, and what it says of a path (matching.md 7.4).

use std::borrow::Cow;

use model::build::{ConfigOf, KbuildMap};

/// Where Kbuild maps come from: the index, or maps at hand. Maps are named by their number.
pub trait KbuildLookup: Sync {
    /// The maps of one kind of tree with their versions (`6.1.192`), in any order.
    fn maps(&self, of: ConfigOf) -> Vec<(usize, String)>;

    /// The condition of a source path in a map, in the grammar of `KbuildMap::files`.
    fn condition(&self, map: usize, path: &str) -> Option<Cow<'_, str>>;

    /// The files that include a header directly. `None` = the map has no include graph;
    /// an empty list = the graph does not know the header.
    fn includers(&self, map: usize, header: &str) -> Option<Vec<Cow<'_, str>>>;

    /// The conditions of all files below a folder (`drivers/nvdimm/`). May be empty when that cannot be
    /// asked: local headers then stay undecided.
    fn conditions_below(&self, map: usize, folder: &str) -> Vec<Cow<'_, str>> {
        let _ = (map, folder);
        Vec::new()
    }
}

/// No maps at all.
pub struct NoMaps;

impl KbuildLookup for NoMaps {
    fn maps(&self, _: ConfigOf) -> Vec<(usize, String)> {
        Vec::new()
    }

    fn condition(&self, _: usize, _: &str) -> Option<Cow<'_, str>> {
        None
    }

    fn includers(&self, _: usize, _: &str) -> Option<Vec<Cow<'_, str>>> {
        None
    }
}

impl KbuildLookup for Vec<KbuildMap> {
    fn maps(&self, of: ConfigOf) -> Vec<(usize, String)> {
        let versions = self.iter().enumerate().filter(|(_, map)| map.of == of);
        versions.map(|(number, map)| (number, map.version.clone())).collect()
    }

    fn condition(&self, map: usize, path: &str) -> Option<Cow<'_, str>> {
        self.get(map)?.files.get(path).map(|text| Cow::Borrowed(text.as_str()))
    }

    fn includers(&self, map: usize, header: &str) -> Option<Vec<Cow<'_, str>>> {
        let includers = &self.get(map)?.includers;
        if includers.is_empty() {
            return None;
        }
        let files = includers.get(header).map_or(&[][..], Vec::as_slice);
        Some(files.iter().map(|file| Cow::Borrowed(file.as_str())).collect())
    }

    fn conditions_below(&self, map: usize, folder: &str) -> Vec<Cow<'_, str>> {
        let Some(map) = self.get(map) else { return Vec::new() };
        let below = map.files.range(folder.to_owned()..).take_while(|(path, _)| path.starts_with(folder));
        below.map(|(_, text)| Cow::Borrowed(text.as_str())).collect()
    }
}

/// The maps that speak for one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// A map of the same branch (X.Y).
    Same {
        /// Its number.
        map: usize,
        /// Its version.
        version: String,
    },
    /// The nearest maps below and above: used for what both say alike.
    Between {
        /// Number and version of the lower one.
        low: (usize, String),
        /// Number and version of the higher one.
        high: (usize, String),
    },
}

impl Choice {
    /// Chooses among a lookup's maps; `None` when none may speak.
    pub fn of(lookup: &dyn KbuildLookup, of: ConfigOf, version: &str) -> Option<Choice> {
        let wanted = numbers(version);
        if wanted.len() < 2 {
            return None;
        }
        let mut maps: Vec<(Vec<u64>, usize, String)> =
            lookup.maps(of).into_iter().map(|(map, text)| (numbers(&text), map, text)).collect();
        maps.sort();
        let same = maps.iter().filter(|(numbers, ..)| numbers.get(..2) == wanted.get(..2));
        if let Some((_, map, version)) = same.min_by_key(|(numbers, ..)| distance(numbers, &wanted)) {
            return Some(Choice::Same { map: *map, version: version.clone() });
        }
        let low = maps.iter().rev().find(|(numbers, ..)| *numbers < wanted)?;
        let high = maps.iter().find(|(numbers, ..)| *numbers > wanted)?;
        Some(Choice::Between { low: (low.1, low.2.clone()), high: (high.1, high.2.clone()) })
    }

    /// What is told of a path: the condition of the map, or of both maps when they agree.
    pub fn condition<'l>(&self, lookup: &'l dyn KbuildLookup, path: &str) -> Option<Cow<'l, str>> {
        match self {
            Choice::Same { map, .. } => lookup.condition(*map, path),
            Choice::Between { low, high } => {
                let condition = lookup.condition(low.0, path)?;
                (lookup.condition(high.0, path)? == condition).then_some(condition)
            }
        }
    }

    /// The direct includers of a header in any of the maps; `None` without a graph, or when one of two
    /// graphs is missing or does not know the header.
    pub fn includers<'l>(&self, lookup: &'l dyn KbuildLookup, header: &str) -> Option<Vec<Cow<'l, str>>> {
        match self {
            Choice::Same { map, .. } => lookup.includers(*map, header),
            Choice::Between { low, high } => {
                let mut files = lookup.includers(low.0, header)?;
                let others = lookup.includers(high.0, header)?;
                if files.is_empty() || others.is_empty() {
                    return Some(Vec::new());
                }
                files.extend(others);
                Some(files)
            }
        }
    }

    /// True when some map has an include graph for the header's tree.
    pub fn has_graph(&self, lookup: &dyn KbuildLookup) -> bool {
        self.includers(lookup, "").is_some()
    }

    /// The conditions below a folder, of all maps.
    pub fn conditions_below<'l>(&self, lookup: &'l dyn KbuildLookup, folder: &str) -> Vec<Cow<'l, str>> {
        match self {
            Choice::Same { map, .. } => lookup.conditions_below(*map, folder),
            Choice::Between { low, high } => {
                let mut texts = lookup.conditions_below(low.0, folder);
                texts.extend(lookup.conditions_below(high.0, folder));
                texts
            }
        }
    }

    /// The version for evidence (`6.1.192`, `6.1.192 and 6.6.30`).
    pub fn version(&self) -> String {
        match self {
            Choice::Same { version, .. } => version.clone(),
            Choice::Between { low, high } => format!("{} and {}", low.1, high.1),
        }
    }
}

fn distance(a: &[u64], b: &[u64]) -> u64 {
    let third = |numbers: &[u64]| numbers.get(2).copied().unwrap_or(0);
    third(a).abs_diff(third(b))
}

/// The leading numbers of a version: `6.6.21-yocto` is 6, 6, 21.
pub fn numbers(version: &str) -> Vec<u64> {
    let version = version.trim_start_matches(['v', 'V']);
    let end = version.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(version.len());
    let dotted = version.get(..end).unwrap_or_default();
    dotted.split('.').map_while(|part| part.parse().ok()).collect()
}

/// True when both versions are of one branch (X.Y); false when one of them has no branch.
pub fn same_branch(a: &str, b: &str) -> bool {
    let (a, b) = (numbers(a), numbers(b));
    a.len() >= 2 && b.len() >= 2 && a.get(..2) == b.get(..2)
}
