//! Which upgrades cure most: pure choosing and counting (matching.md 8).
//!
//! What a target version cures or brings is never estimated here: the caller matches it as if installed and hands
//! over what is open then. Start with [`choose`] (the best target of one component) and [`order`] (the greedy
//! cover over components).

use std::cmp::Reverse;
use std::collections::BTreeMap;

use model::assessment::ResponseClass;
use model::component::Component;
use model::fix::FixTarget;
use model::version::VersionOrigin;

/// What is open: the class in effect of each (component number, vulnerability).
pub type Open = BTreeMap<(usize, String), ResponseClass>;

/// Findings by response class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Immediate ones.
    pub immediate: usize,
    /// Planned ones.
    pub planned: usize,
    /// Routine ones.
    pub routine: usize,
    /// Open ones that ask for nothing.
    pub none: usize,
}

impl Tally {
    /// Counts classes.
    pub fn of<'c>(classes: impl Iterator<Item = &'c ResponseClass>) -> Tally {
        let mut tally = Tally::default();
        classes.for_each(|class| tally.add(*class));
        tally
    }

    fn add(&mut self, class: ResponseClass) {
        *match class {
            ResponseClass::Immediate => &mut self.immediate,
            ResponseClass::Planned => &mut self.planned,
            ResponseClass::Routine => &mut self.routine,
            ResponseClass::None => &mut self.none,
        } += 1;
    }

    /// All classes together.
    pub fn total(&self) -> usize {
        self.immediate + self.planned + self.routine + self.none
    }

    /// Those at least as urgent as the goal asks for.
    pub fn at_least(&self, goal: Goal) -> usize {
        match goal {
            Goal::Immediate => self.immediate,
            Goal::Planned => self.immediate + self.planned,
            Goal::All => self.total(),
        }
    }
}

/// What a plan is to cure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Goal {
    /// Immediate findings only.
    Immediate,
    /// Immediate and planned ones.
    Planned,
    /// Everything that is open.
    #[default]
    All,
}

impl Goal {
    /// The stable word.
    pub fn word(self) -> &'static str {
        match self {
            Goal::Immediate => "immediate",
            Goal::Planned => "planned",
            Goal::All => "all",
        }
    }
}

/// How far a plan may go from a component's line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// Never leave the line.
    OnLine,
    /// Leave it only where the line has no target that helps.
    #[default]
    IfNeeded,
    /// Take whatever cures most.
    Free,
}

/// One finding that a change cures or brings.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moved {
    /// Number of the component in the inventory.
    pub component: usize,
    /// The vulnerability.
    pub vulnerability: String,
    /// Its class in effect where it is open.
    pub class: ResponseClass,
}

/// The difference between two states.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Open before, not open after.
    pub cured: Vec<Moved>,
    /// Open after, not open before.
    pub added: Vec<Moved>,
}

impl Change {
    /// What is in one state and not in the other.
    pub fn between(before: &Open, after: &Open) -> Change {
        Change { cured: missing(before, after), added: missing(after, before) }
    }

    /// The cured ones by class.
    pub fn cures(&self) -> Tally {
        Tally::of(self.cured.iter().map(|moved| &moved.class))
    }

    /// The new ones by class.
    pub fn adds(&self) -> Tally {
        Tally::of(self.added.iter().map(|moved| &moved.class))
    }

    /// It cures more of the goal than it brings.
    pub fn helps(&self, goal: Goal) -> bool {
        self.gain(goal).first().is_some_and(|gain| *gain > 0)
    }

    /// What it brings, most urgent class first: for comparing changes.
    fn gain(&self, goal: Goal) -> [isize; 4] {
        let (cures, adds) = (self.cures(), self.adds());
        let net = |cures: usize, adds: usize| cures as isize - adds as isize;
        let all = net(cures.total(), adds.total());
        match goal {
            Goal::Immediate => [net(cures.immediate, adds.immediate), all, 0, 0],
            Goal::Planned => {
                let wanted = net(cures.at_least(goal), adds.at_least(goal));
                [wanted, net(cures.immediate, adds.immediate), all, 0]
            }
            Goal::All => [all, net(cures.immediate, adds.immediate), net(cures.planned, adds.planned), 0],
        }
    }
}

fn missing(of: &Open, in_other: &Open) -> Vec<Moved> {
    of.iter()
        .filter(|(key, _)| !in_other.contains_key(*key))
        .map(|((component, vulnerability), class)| Moved {
            component: *component,
            vulnerability: vulnerability.clone(),
            class: *class,
        })
        .collect()
}

/// A target version that was matched as if installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The version and its line.
    pub target: FixTarget,
    /// It is of another line than the component.
    pub is_branch_change: bool,
    /// What it cures and brings.
    pub change: Change,
    /// What stays open in the component.
    pub left: Tally,
}

/// The best candidate of a component, by its place; the candidates stand in the order of their distance. `None` when
/// none cures more than it brings.
pub fn choose(candidates: &[Candidate], goal: Goal, reach: Reach) -> Option<usize> {
    let best_of = |is_wanted: &dyn Fn(&Candidate) -> bool| {
        let helping = candidates
            .iter()
            .enumerate()
            .filter(|(_, candidate)| is_wanted(candidate) && candidate.change.helps(goal));
        helping.max_by_key(|(at, candidate)| (candidate.change.gain(goal), Reverse(*at))).map(|(at, _)| at)
    };
    let on_line = || best_of(&|candidate| !candidate.is_branch_change);
    match reach {
        Reach::OnLine => on_line(),
        Reach::IfNeeded => on_line().or_else(|| best_of(&|_| true)),
        Reach::Free => best_of(&|_| true),
    }
}

/// The order of the steps: at each place the candidate that gains most of what is left.
///
/// The findings of two components are different ones, so that the greedy choice of a set cover is a sort. Of equal
/// gains the one on its own line comes first; then the given order decides.
pub fn order(candidates: &[&Candidate], goal: Goal) -> Vec<usize> {
    let mut places: Vec<usize> = (0..candidates.len()).collect();
    places.sort_by_key(|at| {
        let candidate = candidates.get(*at);
        (
            Reverse(candidate.map(|one| one.change.gain(goal))),
            candidate.is_some_and(|one| one.is_branch_change),
        )
    });
    places
}

/// Which of the versions that a line's findings name are worth matching: all of few; of many those that finish a
/// class, and some between. `named` is ascending, with the most urgent class that each would cure.
pub fn worth_matching(named: &[(String, ResponseClass)], most: usize) -> Vec<usize> {
    if named.len() <= most {
        return (0..named.len()).collect();
    }
    let mut chosen: Vec<usize> = Vec::new();
    for class in
        [ResponseClass::Immediate, ResponseClass::Planned, ResponseClass::Routine, ResponseClass::None]
    {
        chosen.extend(named.iter().rposition(|(_, of)| *of >= class));
    }
    let last = named.len() - 1;
    chosen.push(last);
    let spare = most.saturating_sub(chosen.len()) + 1;
    for part in 1..spare {
        chosen.push(last * part / spare);
    }
    chosen.sort_unstable();
    chosen.dedup();
    chosen
}

/// The component as if another version were installed: version, CPE names and package URLs say so, and what belongs
/// to the old version alone (commit, tag, hashes, release date) is gone. Applied patches stay: a recipe
/// carries them along until they are upstream.
pub fn with_version(component: &Component, version: &str) -> Component {
    let mut changed = component.clone();
    version.clone_into(&mut changed.version);
    changed.version_origin = VersionOrigin::Stated;
    for cpe in &mut changed.cpes {
        if !matches!(cpe.cpe.version.as_str(), "*" | "") {
            version.clone_into(&mut cpe.cpe.version);
            cpe.cpe.update = "*".to_owned();
        }
    }
    for purl in changed.purls.iter_mut().filter(|purl| !purl.version.is_empty()) {
        version.clone_into(&mut purl.version);
    }
    changed.git.commit.clear();
    changed.git.tag.clear();
    changed.hashes.clear();
    changed.released.clear();
    changed
}
