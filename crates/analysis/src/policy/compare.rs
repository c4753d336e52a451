//! What is different between two judged states of a product, and why (assessment.md 5.3).
//!
//! Pure: two [`Side`]s in, [`Difference`]s out. Where the caller could judge in between (the old build with the new
//! knowledge), the cause of a difference is the step in which the answer changed ([`by_stages`]); of two saved
//! results it is read from what they say about themselves ([`by_record`]).

use std::collections::{BTreeMap, BTreeSet};

use model::assessment::ResponseClass;
use model::finding::Verdict;

/// One judged state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Side {
    /// The components.
    pub components: Vec<SideComponent>,
    /// The findings, closed ones too where they are at hand.
    pub findings: Vec<SideFinding>,
    /// Fingerprint of the index; equal ones are equal knowledge.
    pub knowledge: String,
    /// What the build evidence was: kind and hash, sorted.
    pub evidence: Vec<String>,
    /// The deployment profile: id and version; `inferred` where nobody wrote one.
    pub profile: String,
    /// The given time.
    pub at: String,
}

/// A component as far as comparing needs it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SideComponent {
    /// Name.
    pub name: String,
    /// Version as written; empty when unknown.
    pub version: String,
    /// Which of several copies; empty for the only one.
    pub instance: String,
    /// The word of its scope.
    pub scope: String,
    /// It is the kernel of the release.
    pub is_kernel: bool,
    /// Names of the applied patches, sorted.
    pub patches: Vec<String>,
}

/// A finding as far as comparing needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SideFinding {
    /// Number of the component in its side.
    pub component: usize,
    /// Display id.
    pub vulnerability: String,
    /// The other ids: an alias may be the display id of another index.
    pub aliases: Vec<String>,
    /// Where it stands.
    pub state: State,
    /// First fixed version on the line; empty when none is known.
    pub fixed: String,
}

/// Where a finding stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// The verdict of matching.
    pub verdict: Verdict,
    /// Its primary reason.
    pub reason: String,
    /// The status in effect.
    pub status: String,
    /// The class in effect.
    pub class: Option<ResponseClass>,
    /// Whose word holds (`matching`, `decision D-12 by jane`).
    pub source: String,
    /// Something is to be done about it: affected, or not known.
    pub is_open: bool,
}

/// What kind of difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Not open before, open now.
    New,
    /// Open before, not open now.
    Gone,
    /// Open in both, with another verdict, status or class.
    Changed,
}

impl Kind {
    /// All kinds, in the order of display.
    pub const ALL: [Kind; 3] = [Kind::New, Kind::Gone, Kind::Changed];

    /// The stable word.
    pub fn word(self) -> &'static str {
        match self {
            Kind::New => "new",
            Kind::Gone => "gone",
            Kind::Changed => "changed",
        }
    }
}

/// Who caused a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// The build: components, patches, evidence.
    Build,
    /// The data: records that changed, or time that passed.
    Data,
    /// The judgement: profile, decisions.
    Judgement,
    /// Build and data both changed, and the inputs do not tell which did it.
    Unseparated,
}

impl Origin {
    /// All origins, in the order of display.
    pub const ALL: [Origin; 4] = [Origin::Build, Origin::Data, Origin::Judgement, Origin::Unseparated];

    /// The stable word.
    pub fn word(self) -> &'static str {
        match self {
            Origin::Build => "build",
            Origin::Data => "data",
            Origin::Judgement => "judgement",
            Origin::Unseparated => "build_or_data",
        }
    }
}

/// One cause.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cause {
    /// Who.
    pub origin: Origin,
    /// What, as a stable word (`component_updated`, `knowledge`).
    pub kind: &'static str,
    /// In words (`linux 6.12.38 -> 6.12.96`).
    pub says: String,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What kind.
    pub kind: Kind,
    /// Number of the component in the old side.
    pub old_component: Option<usize>,
    /// Number of the component in the new side.
    pub new_component: Option<usize>,
    /// The vulnerability, by its newest display id.
    pub vulnerability: String,
    /// Where it stood; `None` = no finding.
    pub before: Option<State>,
    /// Where it stands.
    pub after: Option<State>,
    /// First fixed version on the line, of the new side where it has one.
    pub fixed: String,
    /// Why, in the order in which the causes came; more than one where each changed something.
    pub causes: Vec<Cause>,
}

/// A comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// The differences: new before gone before changed, the most urgent first.
    pub differences: Vec<Difference>,
    /// Findings that are open in both sides and stand as they stood.
    pub same: usize,
}

impl Comparison {
    /// How many differences are of a kind and, where given, of an origin: that of their first cause.
    pub fn number(&self, kind: Kind, origin: Option<Origin>) -> usize {
        let is_of =
            |one: &&Difference| one.kind == kind && origin.is_none_or(|origin| one.origin() == origin);
        self.differences.iter().filter(is_of).count()
    }
}

impl Difference {
    /// Who caused it; of several causes the last one, which made it what it is.
    pub fn origin(&self) -> Origin {
        self.causes.last().map_or(Origin::Unseparated, |cause| cause.origin)
    }

    /// The class in effect, of the side where it is open.
    pub fn class(&self) -> Option<ResponseClass> {
        let open =
            |state: &Option<State>| state.as_ref().filter(|state| state.is_open).map(|state| state.class);
        open(&self.after).or_else(|| open(&self.before)).flatten()
    }
}

/// Which component of one side is which of the other.
#[derive(Clone, Debug, Default)]
pub struct Pairs {
    to_new: BTreeMap<usize, usize>,
    to_old: BTreeMap<usize, usize>,
}

impl Pairs {
    /// Pairs components: equal name, copy, scope and version first, then in the order of the inputs those that
    /// changed their version, then the kernels of two releases that have one each.
    pub fn of(old: &[SideComponent], new: &[SideComponent]) -> Pairs {
        let mut pairs = Pairs::default();
        pairs.join(old, new, &|one| {
            (one.name.clone(), one.instance.clone(), one.scope.clone(), one.version.clone())
        });
        pairs.join(old, new, &|one| {
            (one.name.clone(), one.instance.clone(), one.scope.clone(), String::new())
        });
        pairs.join(old, new, &|one| (one.name.clone(), String::new(), String::new(), String::new()));
        let kernels = |side: &[SideComponent]| -> Vec<usize> {
            side.iter().enumerate().filter(|(_, one)| one.is_kernel).map(|(at, _)| at).collect()
        };
        if let ([one], [other]) = (kernels(old).as_slice(), kernels(new).as_slice())
            && !pairs.to_new.contains_key(one)
            && !pairs.to_old.contains_key(other)
        {
            pairs.add(*one, *other);
        }
        pairs
    }

    fn join<K: Ord>(
        &mut self,
        old: &[SideComponent],
        new: &[SideComponent],
        key: &dyn Fn(&SideComponent) -> K,
    ) {
        let mut free: BTreeMap<K, Vec<usize>> = BTreeMap::new();
        for (at, component) in new.iter().enumerate().rev().filter(|(at, _)| !self.to_old.contains_key(at)) {
            free.entry(key(component)).or_default().push(at);
        }
        for (at, component) in old.iter().enumerate() {
            if !self.to_new.contains_key(&at)
                && let Some(other) = free.get_mut(&key(component)).and_then(Vec::pop)
            {
                self.add(at, other);
            }
        }
    }

    fn add(&mut self, old: usize, new: usize) {
        self.to_new.insert(old, new);
        self.to_old.insert(new, old);
    }
}

/// The place of a finding in a comparison: a component of the old side or of the new one, and the vulnerability.
type Place = (Option<usize>, Option<usize>, String);

/// The states of one side by place.
struct Board<'s> {
    states: BTreeMap<Place, &'s SideFinding>,
}

/// Compares two sides; `causes` says why a place changed.
pub fn compare(old: &Side, new: &Side, causes: &dyn Fn(&Pairs, &Difference) -> Vec<Cause>) -> Comparison {
    let pairs = Pairs::of(&old.components, &new.components);
    let names = Names::of([&old.findings, &new.findings]);
    let before = Board::of(&old.findings, &names, &|at| (Some(at), pairs.to_new.get(&at).copied()));
    let after = Board::of(&new.findings, &names, &|at| (pairs.to_old.get(&at).copied(), Some(at)));
    let places: BTreeSet<&Place> = before.states.keys().chain(after.states.keys()).collect();
    let mut comparison = Comparison::default();
    for place in places {
        let (one, other) = (before.states.get(place), after.states.get(place));
        let is_open = |finding: Option<&&SideFinding>| finding.is_some_and(|finding| finding.state.is_open);
        let kind = match (is_open(one), is_open(other)) {
            (false, true) => Kind::New,
            (true, false) => Kind::Gone,
            (true, true) if !stands_alike(one, other) => Kind::Changed,
            (true, true) => {
                comparison.same += 1;
                continue;
            }
            (false, false) => continue,
        };
        let shown = other.or(one);
        let mut difference = Difference {
            kind,
            old_component: place.0,
            new_component: place.1,
            vulnerability: shown.map(|finding| finding.vulnerability.clone()).unwrap_or_default(),
            before: one.map(|finding| finding.state.clone()),
            after: other.map(|finding| finding.state.clone()),
            fixed: shown.map(|finding| finding.fixed.clone()).unwrap_or_default(),
            causes: Vec::new(),
        };
        difference.causes = causes(&pairs, &difference);
        comparison.differences.push(difference);
    }
    comparison.differences.sort_by(|a, b| {
        a.kind
            .cmp(&b.kind)
            .then_with(|| b.class().cmp(&a.class()))
            .then_with(|| a.vulnerability.cmp(&b.vulnerability))
    });
    comparison
}

fn stands_alike(one: Option<&&SideFinding>, other: Option<&&SideFinding>) -> bool {
    let seen = |finding: Option<&&SideFinding>| {
        finding.map(|finding| (finding.state.verdict, finding.state.status.clone(), finding.state.class))
    };
    seen(one) == seen(other)
}

/// One name for each vulnerability, whichever of its ids an index shows.
struct Names<'s> {
    names: BTreeMap<&'s str, &'s str>,
}

impl<'s> Names<'s> {
    fn of<const N: usize>(lists: [&'s Vec<SideFinding>; N]) -> Names<'s> {
        let mut names: BTreeMap<&str, &str> = BTreeMap::new();
        for finding in lists.into_iter().flatten() {
            let ids = || std::iter::once(&finding.vulnerability).chain(&finding.aliases).map(String::as_str);
            let name = ids().find_map(|id| names.get(id).copied()).unwrap_or(&finding.vulnerability);
            for id in ids() {
                names.entry(id).or_insert(name);
            }
        }
        Names { names }
    }

    fn name(&self, id: &str) -> String {
        self.names.get(id).copied().unwrap_or(id).to_owned()
    }
}

impl<'s> Board<'s> {
    fn of(
        findings: &'s [SideFinding],
        names: &Names<'_>,
        place: &dyn Fn(usize) -> (Option<usize>, Option<usize>),
    ) -> Board<'s> {
        let mut states = BTreeMap::new();
        for finding in findings {
            let (old, new) = place(finding.component);
            states.insert((old, new, names.name(&finding.vulnerability)), finding);
        }
        Board { states }
    }
}

/// A state between the old and the new one.
pub struct Stage<'s> {
    /// The side judged so.
    pub side: &'s Side,
    /// Its components are those of the new side.
    pub is_new_build: bool,
    /// What changed on the way from the stage before it.
    pub changed: Changed,
}

/// What changed from one stage to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// The knowledge.
    Knowledge,
    /// The build: components and evidence.
    Build,
    /// Profile or decisions.
    Grounds,
}

/// Compares two sides with the stages between them; the last stage is the new side itself. The cause is the step
/// that changed the answer.
pub fn by_stages(old: &Side, stages: &[Stage<'_>]) -> Comparison {
    let Some(last) = stages.last() else { return Comparison::default() };
    let all: Vec<&Side> = std::iter::once(old).chain(stages.iter().map(|stage| stage.side)).collect();
    let mut lookup: Vec<BTreeMap<(usize, &str), &State>> = Vec::new();
    for side in &all {
        let mut states = BTreeMap::new();
        for finding in &side.findings {
            for id in std::iter::once(&finding.vulnerability).chain(&finding.aliases) {
                states.insert((finding.component, id.as_str()), &finding.state);
            }
        }
        lookup.push(states);
    }
    compare(old, last.side, &|_, difference| {
        let at = |number: usize| -> Option<&State> {
            let is_new = number > 0 && stages.get(number - 1).is_some_and(|stage| stage.is_new_build);
            let component = if is_new { difference.new_component } else { difference.old_component }?;
            lookup.get(number)?.get(&(component, difference.vulnerability.as_str())).copied()
        };
        let mut causes: Vec<Cause> = Vec::new();
        for (number, stage) in stages.iter().enumerate() {
            let (before, after) = (at(number), at(number + 1));
            if !differs(before, after) {
                continue;
            }
            let cause = match stage.changed {
                Changed::Knowledge => knowledge_cause(before, after),
                Changed::Build => build_cause(old, last.side, difference, before, after),
                Changed::Grounds => grounds_cause(before, after),
            };
            causes.push(cause);
        }
        causes
    })
}

fn differs(before: Option<&State>, after: Option<&State>) -> bool {
    let seen = |state: Option<&State>| {
        state.filter(|state| state.is_open).map(|state| (state.verdict, state.status.clone(), state.class))
    };
    seen(before) != seen(after)
}

fn knowledge_cause(before: Option<&State>, after: Option<&State>) -> Cause {
    let says = match (before, after) {
        (None, _) => "the new knowledge names it, the old one did not".to_owned(),
        (_, None) => "the new knowledge no longer names it, or clears it".to_owned(),
        (Some(before), Some(after)) if before.reason != after.reason => {
            format!("its records changed: {} before, {} now", before.reason, after.reason)
        }
        _ => "facts about it changed (exploitation, severity, records)".to_owned(),
    };
    Cause { origin: Origin::Data, kind: "knowledge", says }
}

fn grounds_cause(before: Option<&State>, after: Option<&State>) -> Cause {
    let source = |state: Option<&State>| state.map(|state| state.source.clone()).unwrap_or_default();
    let (one, other) = (source(before), source(after));
    if one != other {
        let says = if after.is_some() { format!("now by {other}") } else { format!("before by {one}") };
        return Cause { origin: Origin::Judgement, kind: "decision", says };
    }
    Cause { origin: Origin::Judgement, kind: "profile", says: "the deployment profile changed".to_owned() }
}

fn build_cause(
    old: &Side,
    new: &Side,
    difference: &Difference,
    before: Option<&State>,
    after: Option<&State>,
) -> Cause {
    let build = |kind: &'static str, says: String| Cause { origin: Origin::Build, kind, says };
    let one = difference.old_component.and_then(|at| old.components.get(at));
    let other = difference.new_component.and_then(|at| new.components.get(at));
    let (one, other) = match (one, other) {
        (None, Some(other)) => return build("component_added", format!("{} added", named(other))),
        (Some(one), None) => return build("component_removed", format!("{} removed", named(one))),
        (Some(one), Some(other)) => (one, other),
        (None, None) => return build("build", "the build changed".to_owned()),
    };
    // The reason of what is not affected tells which fact of the build decided; open findings have none of it.
    let closed = [before, after].into_iter().flatten().find(|state| !state.is_open);
    let by_patch = closed.is_some_and(|state| state.reason.starts_with("E_PATCH"));
    let by_evidence = closed.is_some_and(|state| state.reason.starts_with("E_")) && !by_patch;
    if (by_patch || one.version == other.version) && one.patches != other.patches {
        return build("patch", patch_words(one, other));
    }
    if by_evidence && old.evidence != new.evidence {
        return build("evidence", "build evidence changed (configuration or compiled files)".to_owned());
    }
    if one.version != other.version || one.name != other.name {
        let says = match one.name == other.name {
            true => format!("{} {} -> {}", one.name, shown(&one.version), shown(&other.version)),
            false => format!("{} -> {}", named(one), named(other)),
        };
        return build("component_updated", says);
    }
    if old.evidence != new.evidence {
        return build("evidence", "build evidence changed (configuration or compiled files)".to_owned());
    }
    build(
        "build",
        format!(
            "{} stayed; another part of the build decides (platform, statements, other components)",
            named(one)
        ),
    )
}

fn patch_words(one: &SideComponent, other: &SideComponent) -> String {
    let missing = |of: &SideComponent, from: &SideComponent| -> Vec<String> {
        of.patches.iter().filter(|patch| !from.patches.contains(patch)).cloned().collect()
    };
    let (added, removed) = (missing(other, one), missing(one, other));
    let mut says = format!("{}:", one.name);
    if !added.is_empty() {
        says.push_str(&format!(" patch added: {}", added.join(", ")));
    }
    if !removed.is_empty() {
        let join = if added.is_empty() { "" } else { ";" };
        says.push_str(&format!("{join} patch removed: {}", removed.join(", ")));
    }
    says
}

fn named(component: &SideComponent) -> String {
    format!("{} {}", component.name, shown(&component.version))
}

fn shown(version: &str) -> &str {
    if version.is_empty() { "(no version)" } else { version }
}

/// Compares two saved results by what each says about itself: which knowledge, which components, which evidence.
pub fn by_record(old: &Side, new: &Side) -> Comparison {
    let same_knowledge = old.knowledge == new.knowledge && !old.knowledge.is_empty();
    compare(old, new, &|_, difference| {
        let (before, after) = (difference.before.as_ref(), difference.after.as_ref());
        let same_match =
            matches!((before, after), (Some(a), Some(b)) if a.verdict == b.verdict && a.reason == b.reason);
        if same_match && before.map(|state| &state.source) != after.map(|state| &state.source) {
            return vec![grounds_cause(before, after)];
        }
        if same_match
            && old.profile != new.profile
            && (same_knowledge || before.map(|state| state.class) != after.map(|state| state.class))
        {
            let says = format!("profile {} -> {}", old.profile, new.profile);
            return vec![Cause { origin: Origin::Judgement, kind: "profile", says }];
        }
        let build = build_cause(old, new, difference, before, after);
        let built_otherwise = build.kind != "build";
        if matches!(build.kind, "component_added" | "component_removed")
            || (same_knowledge && built_otherwise)
        {
            return vec![build];
        }
        match (same_knowledge, built_otherwise) {
            (false, false) => vec![knowledge_cause(before, after)],
            (false, true) => vec![Cause {
                origin: Origin::Unseparated,
                kind: "build_or_knowledge",
                says: format!("{}, and other knowledge", build.says),
            }],
            (true, _) if old.at != new.at => vec![Cause {
                origin: Origin::Data,
                kind: "time",
                says: format!("judged as of {} and {}", day(&old.at), day(&new.at)),
            }],
            (true, _) => vec![build],
        }
    })
}

fn day(at: &str) -> &str {
    at.get(..10).unwrap_or(at)
}
