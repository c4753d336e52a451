//! The plan of a release: which upgrades cure most, with numbers that a scan of the changed release confirms.
//!
//! Every candidate is really matched as if installed: the component gets the version, matching and judgement run
//! again for it, with the build evidence as far as it still holds. After the first step and after the last
//! one the whole release is matched again; where another component depended on the changed one (a record that
//! needs a kernel below some version), every step is matched in full instead.

use std::collections::{BTreeMap, BTreeSet};

use analysis::matching::fixes::FixReader;
use analysis::matching::scan_of;
pub use analysis::policy::plan::{Candidate, Change, Goal, Moved, Reach, Tally};
use analysis::policy::plan::{Open, choose, order, with_version, worth_matching};
use analysis::policy::remedy::{living_lines, target};
use model::assessment::ResponseClass;
use model::component::{Component, Scope};
use model::finding::Finding;
use model::sbom::Inventory;

use crate::judge::{Grounds, Judged, judge, judge_scan};
use crate::knowledge::Knowledge;
use crate::scan::Options;

/// Versions of the own line that are matched for one component.
const MOST_ON_LINE: usize = 8;

/// Other lines that are matched for one component.
const MOST_LINES: usize = 3;

/// What the plan is to reach.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Aim {
    /// What is to be cured.
    pub goal: Goal,
    /// How far a component may go.
    pub reach: Reach,
}

/// A version of the own line that findings name as their fix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The version.
    pub version: String,
    /// How many open findings name it.
    pub findings: usize,
}

/// One upgrade of the plan.
#[derive(Clone, Debug)]
pub struct Step {
    /// The components that change together: all of this name and version on the device.
    pub members: Vec<usize>,
    /// What is installed then.
    pub chosen: Candidate,
    /// What is open on the device after this step and all before it.
    pub remaining: Tally,
}

/// A component with something open.
#[derive(Clone, Debug)]
pub struct Choices {
    /// The components of this name and version on the device.
    pub members: Vec<usize>,
    /// What is open in them.
    pub open: Tally,
    /// The versions of its own line that its findings name, ascending.
    pub named: Vec<Named>,
    /// The targets that were matched: the own line first, ascending, then other lines.
    pub candidates: Vec<Candidate>,
    /// Why it has no step; empty where it has one.
    pub why_none: &'static str,
}

/// The plan of a release.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What it aims at.
    pub aim: Aim,
    /// What is open on the device before.
    pub open: Tally,
    /// Open findings of components that only took part in the build: not planned here.
    pub build_only: usize,
    /// The upgrades, those that gain most first.
    pub steps: Vec<Step>,
    /// Every component with open findings and what it could be changed to, in the order of the inventory.
    pub choices: Vec<Choices>,
}

impl Plan {
    /// What is open on the device after all steps.
    pub fn remaining(&self) -> Tally {
        self.steps.last().map_or(self.open, |step| step.remaining)
    }
}

/// Makes the plan of a release.
pub fn plan(
    knowledge: &Knowledge,
    inventory: &Inventory,
    grounds: &Grounds,
    options: &Options,
    aim: Aim,
) -> Plan {
    let bare = Options { verdicts_only: true, with_not_affected: false, ..options.clone() };
    let options = grounds.options(&bare);
    let base = judge(knowledge, inventory, grounds, &options);
    let is_device = |at: usize| inventory.components.get(at).is_some_and(is_on_device);
    let build_only =
        base.rows().filter(|(finding, _, effect)| effect.is_open() && !is_device(finding.component)).count();
    let mut work = Work { knowledge, grounds, options: &options, inventory: inventory.clone() };
    let open = open_of(&base, inventory);
    let choices = work.choices(inventory, &base, &open, aim);
    let steps = work.steps(&choices, &open, aim);
    Plan { aim, open: Tally::of(open.values()), build_only, steps, choices }
}

fn is_on_device(component: &Component) -> bool {
    !matches!(component.scope, Scope::BuildOnly | Scope::Test)
}

/// What is open on the device, by its class in effect.
fn open_of(judged: &Judged, inventory: &Inventory) -> Open {
    let on_device = |finding: &Finding| inventory.components.get(finding.component).is_some_and(is_on_device);
    judged
        .rows()
        .filter(|(finding, _, effect)| effect.is_open() && on_device(finding))
        .map(|(finding, _, effect)| {
            let class = effect.class.unwrap_or(ResponseClass::None);
            ((finding.component, finding.vulnerability.clone()), class)
        })
        .collect()
}

/// The release as the plan changes it.
struct Work<'a> {
    knowledge: &'a Knowledge,
    grounds: &'a Grounds,
    options: &'a Options,
    inventory: Inventory,
}

impl Work<'_> {
    /// Installs a version in some components; returns what was there.
    fn install(&mut self, members: &[usize], version: &str) -> Vec<(usize, Component)> {
        let mut before = Vec::new();
        for at in members {
            if let Some(component) = self.inventory.components.get_mut(*at) {
                let changed = with_version(component, version);
                before.push((*at, std::mem::replace(component, changed)));
            }
        }
        before
    }

    fn restore(&mut self, before: Vec<(usize, Component)>) {
        for (at, component) in before {
            if let Some(slot) = self.inventory.components.get_mut(at) {
                *slot = component;
            }
        }
    }

    /// What is open in some components as they are now.
    fn open_in(&self, members: &[usize]) -> Open {
        let index = &self.knowledge.index;
        let scan =
            scan_of(index, &self.inventory, self.options, &self.knowledge.views, &|at| members.contains(&at));
        open_of(
            &judge_scan(self.knowledge, &self.inventory, self.grounds, self.options, scan),
            &self.inventory,
        )
    }

    /// What is open in the whole release as it is now.
    fn open_everywhere(&self) -> Open {
        open_of(&judge(self.knowledge, &self.inventory, self.grounds, self.options), &self.inventory)
    }

    fn choices(&mut self, inventory: &Inventory, base: &Judged, open: &Open, aim: Aim) -> Vec<Choices> {
        let mut groups: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
        let with_open: BTreeSet<usize> = open.keys().map(|(component, _)| *component).collect();
        for at in with_open {
            if let Some(component) = inventory.components.get(at) {
                groups.entry((&component.name, &component.version)).or_default().push(at);
            }
        }
        let options = self.options;
        let reader = FixReader::of(&self.knowledge.index, inventory, options);
        groups.into_values().map(|members| self.choice(&reader, members, base, open, aim)).collect()
    }

    fn choice(
        &mut self,
        reader: &FixReader<'_>,
        members: Vec<usize>,
        base: &Judged,
        open: &Open,
        aim: Aim,
    ) -> Choices {
        let own: Open = open
            .iter()
            .filter(|((component, _), _)| members.contains(component))
            .map(|(key, class)| (key.clone(), *class))
            .collect();
        let mut choices = Choices {
            open: Tally::of(own.values()),
            members,
            named: Vec::new(),
            candidates: Vec::new(),
            why_none: "",
        };
        let targets = self.targets(reader, &mut choices, base, &own);
        for (version, line, is_branch_change, product) in targets {
            let before = self.install(&choices.members, &version);
            let after = self.open_in(&choices.members);
            self.restore(before);
            choices.candidates.push(Candidate {
                target: target(self.knowledge.index.branches(), &product, line, version, &self.options.at),
                is_branch_change,
                left: Tally::of(after.values()),
                change: Change::between(&own, &after),
            });
        }
        choices.why_none = why_none(&choices, aim);
        choices
    }

    /// The versions worth matching: version, line, whether it is another line, and the product.
    fn targets(
        &self,
        reader: &FixReader<'_>,
        choices: &mut Choices,
        base: &Judged,
        own: &Open,
    ) -> Vec<(String, String, bool, String)> {
        let Some(first) = choices.members.first().copied() else { return Vec::new() };
        let Some((lines, Some(own_line))) = reader.lines(first) else { return Vec::new() };
        let ids: Vec<&str> = own.keys().map(|(_, id)| id.as_str()).collect();
        let all = reader.named(first, &ids);
        let fixes = fixes_on_line(base, own);
        // The order of versions is the reader's; what findings name as their fix is among what it names.
        let on_line: Vec<&String> =
            all.iter().filter(|(line, _)| *line == own_line).map(|(_, version)| version).collect();
        let named: Vec<(String, ResponseClass)> = on_line
            .iter()
            .filter_map(|version| fixes.get(version.as_str()).map(|(_, class)| ((*version).clone(), *class)))
            .collect();
        choices.named = named
            .iter()
            .map(|(version, _)| Named {
                version: version.clone(),
                findings: fixes.get(version.as_str()).map_or(0, |(findings, _)| *findings),
            })
            .collect();
        let product = lines.product().to_owned();
        let mut targets: Vec<(String, String, bool, String)> = worth_matching(&named, MOST_ON_LINE)
            .into_iter()
            .filter_map(|at| named.get(at))
            .map(|(version, _)| (version.clone(), own_line.clone(), false, product.clone()))
            .collect();
        let living = living_lines(self.knowledge.index.branches(), &lines, &self.options.at);
        for (line, version) in other_lines(&all, &own_line, &living, &|text| lines.line_of(text)) {
            targets.push((version, line, true, product.clone()));
        }
        targets
    }

    /// The steps in greedy order, their numbers taken one after the other.
    fn steps(&mut self, choices: &[Choices], open: &Open, aim: Aim) -> Vec<Step> {
        let chosen: Vec<(&Choices, &Candidate)> = choices
            .iter()
            .filter_map(|choices| {
                let at = choose(&choices.candidates, aim.goal, aim.reach)?;
                Some((choices, choices.candidates.get(at)?))
            })
            .collect();
        let candidates: Vec<&Candidate> = chosen.iter().map(|(_, candidate)| *candidate).collect();
        let chosen: Vec<(&Choices, &Candidate)> =
            order(&candidates, aim.goal).into_iter().filter_map(|at| chosen.get(at).copied()).collect();
        match self.walk(&chosen, open, aim, false) {
            Some(steps) => steps,
            None => self.walk(&chosen, open, aim, true).unwrap_or_default(),
        }
    }

    /// Takes the steps that still help when their turn comes. Only the changed component is matched again, and the
    /// whole release after the first step and at the end; `None` when that shows that another component changed its
    /// answer, too. `in_full` matches the whole release each time.
    fn walk(
        &mut self,
        chosen: &[(&Choices, &Candidate)],
        open: &Open,
        aim: Aim,
        in_full: bool,
    ) -> Option<Vec<Step>> {
        let mut now = open.clone();
        let mut steps: Vec<Step> = Vec::with_capacity(chosen.len());
        let mut installed = Vec::new();
        let mut is_enough = true;
        for (choices, candidate) in chosen {
            let before = self.install(&choices.members, &candidate.target.version);
            let (mut after, left) = self.after(&choices.members, &now);
            if in_full || steps.is_empty() {
                let everywhere = self.open_everywhere();
                is_enough &= in_full || everywhere == after;
                after = everywhere;
            }
            let change = Change::between(&now, &after);
            if !is_enough {
                installed.extend(before);
                break;
            }
            if !change.helps(aim.goal) {
                self.restore(before);
                continue;
            }
            installed.extend(before);
            steps.push(Step {
                members: choices.members.clone(),
                chosen: Candidate { change, left, ..(*candidate).clone() },
                remaining: Tally::of(after.values()),
            });
            now = after;
        }
        // The first step was matched in full already.
        if is_enough && !in_full && steps.len() > 1 {
            is_enough = self.open_everywhere() == now;
        }
        installed.reverse();
        self.restore(installed);
        is_enough.then_some(steps)
    }

    /// What is open once some components have changed, and what of it is open in them.
    fn after(&self, members: &[usize], now: &Open) -> (Open, Tally) {
        let own = self.open_in(members);
        let left = Tally::of(own.values());
        let is_other = |key: &(usize, String)| !members.contains(&key.0);
        let others = now.iter().filter(|(key, _)| is_other(key)).map(|(key, class)| (key.clone(), *class));
        let mut after: Open = others.collect();
        after.extend(own);
        (after, left)
    }
}

/// The fixed versions that open findings name on their own line: how many name each, and the most urgent class.
fn fixes_on_line<'j>(base: &'j Judged, own: &Open) -> BTreeMap<&'j str, (usize, ResponseClass)> {
    let mut fixes: BTreeMap<&str, (usize, ResponseClass)> = BTreeMap::new();
    for finding in base.scan.findings.iter().filter(|finding| !finding.fixed.is_empty()) {
        let Some(class) = own.get(&(finding.component, finding.vulnerability.clone())) else { continue };
        let (findings, worst) = fixes.entry(&finding.fixed).or_insert((0, *class));
        *findings += 1;
        *worst = (*worst).max(*class);
    }
    fixes
}

/// Lines above the own one: living long maintained ones, else the nearest ones; of each the newest version that
/// findings name.
fn other_lines(
    all: &[(String, String)],
    own_line: &str,
    living: &[String],
    line_of: &dyn Fn(&str) -> Option<String>,
) -> Vec<(String, String)> {
    let mut above: Vec<(String, String)> = Vec::new();
    let own_at = all.iter().rposition(|(line, _)| line == own_line);
    for (line, version) in all.iter().skip(own_at.map_or(0, |at| at + 1)) {
        match above.iter_mut().find(|(known, _)| known == line) {
            Some((_, newest)) => newest.clone_from(version),
            None => above.push((line.clone(), version.clone())),
        }
    }
    let is_living = |line: &str| living.iter().any(|first| line_of(first).as_deref() == Some(line));
    let mut wanted: Vec<(String, String)> =
        above.iter().filter(|(line, _)| is_living(line)).cloned().collect();
    if wanted.is_empty() {
        wanted = above;
    }
    wanted.truncate(MOST_LINES);
    wanted
}

/// Why a component gets no step, in words for people.
fn why_none(choices: &Choices, aim: Aim) -> &'static str {
    if choose(&choices.candidates, aim.goal, aim.reach).is_some() {
        return "";
    }
    let has_on_line = choices.candidates.iter().any(|candidate| !candidate.is_branch_change);
    match (choices.candidates.is_empty(), has_on_line) {
        (true, _) => "no source names a fixed version above the installed one",
        (false, false) if aim.reach == Reach::OnLine => "its line has no fix; another line has",
        _ => "no version that is named cures more of the goal than it brings",
    }
}
