//! One release judged in full: verdicts, the deployment, what people and policy say, and what holds in the end.
//!
//! Every verb and report starts with [`judge`]; [`Judged::effects`] is what lists, gates, plans and comparisons count.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use analysis::risk::table_set::TableSet;
use analysis::statements::atoms::Ground;
use analysis::statements::carry::{CarryTo, DecisionResult, carry};
use analysis::statements::effects::{add_decisions, add_statements, computed};
use analysis::statements::{Application, Import};
use model::assessment::{Assessment, ResponseClass};
use model::decision::Decision;
use model::effect::Effect;
use model::finding::{Finding, Verdict};
use model::profile::Profile;
use model::sbom::Inventory;
use model::vex::Instant;

use crate::assess::{Assessed, Dependants, assess_scan};
use crate::gate::GateAnswer;
use crate::knowledge::Knowledge;
use crate::rules::{self, Before, Policy, Reopening, RuleSet};
use crate::scan::{Options, Scan};
use crate::statements::{self, VexInput};
use crate::told::{self, Told};

/// What people give beside the release itself.
#[derive(Clone, Debug)]
pub struct Grounds {
    /// The deployment; inferred where nobody has described it.
    pub profile: Profile,
    /// What the product is: a package URL, a CPE or a name; empty = what the SBOM calls it.
    pub product: String,
    /// VEX documents, upstream ones and own ones.
    pub vex: Vec<VexInput>,
    /// Decisions of the own organisation, checked.
    pub decisions: Vec<Decision>,
    /// Rules of the own organisation.
    pub rules: Arc<RuleSet>,
}

impl Grounds {
    /// The deployment alone.
    pub fn new(profile: Profile) -> Grounds {
        Grounds {
            profile,
            product: String::new(),
            vex: Vec::new(),
            decisions: Vec::new(),
            rules: Arc::default(),
        }
    }

    /// True when somebody says something about findings.
    pub fn speaks(&self) -> bool {
        !self.vex.is_empty() || !self.decisions.is_empty() || !self.rules.is_idle()
    }

    /// The options of a scan that is judged on these grounds: statements, decisions and rules are held against every
    /// finding, those that matching settles among them, and rules may ask for evidence.
    pub fn options(&self, options: &Options) -> Options {
        Options {
            with_not_affected: options.with_not_affected || self.speaks(),
            verdicts_only: options.verdicts_only && !self.rules.needs_evidence(),
            ..options.clone()
        }
    }
}

/// The answer on a release.
#[derive(Debug)]
pub struct Judged {
    /// Verdicts with evidence.
    pub scan: Scan,
    /// The deployment the findings were assessed in.
    pub profile: Profile,
    /// The computed assessments, one place for each finding of the scan; `None` where nothing is open.
    pub assessed: Vec<Option<Arc<Assessed>>>,
    /// What holds, one for each finding of the scan.
    pub effects: Vec<Effect>,
    /// The VEX documents that were given.
    pub vex: Vec<VexInput>,
    /// What became of each of their statements.
    pub statements: Application,
    /// The decisions that were given.
    pub decisions: Vec<Decision>,
    /// What became of each of them, in their order.
    pub carried: Vec<DecisionResult>,
    /// The rules that were given, and what they did.
    pub policy: Policy,
    /// What decisions tell the assessment, by the place of the finding.
    pub told: BTreeMap<usize, Told>,
    /// The tables that judged.
    pub tables: TableSet,
    /// The answer of a gate, where one was asked.
    pub gate: Option<GateAnswer>,
    /// See [`Judged::ranking`].
    ranking: OnceLock<Vec<usize>>,
}

/// Judges a release.
pub fn judge(knowledge: &Knowledge, inventory: &Inventory, grounds: &Grounds, options: &Options) -> Judged {
    let options = grounds.options(options);
    let scan = crate::scan::judge(knowledge, inventory, &options);
    judge_scan(knowledge, inventory, grounds, &options, scan)
}

/// Judges the findings of a scan, which may be one of some components only: each finding is judged by itself. Where
/// somebody speaks, the scan has to hold what is not affected, too (see [`Grounds::options`]).
pub fn judge_scan(
    knowledge: &Knowledge,
    inventory: &Inventory,
    grounds: &Grounds,
    options: &Options,
    scan: Scan,
) -> Judged {
    let dependants = Dependants::of(inventory, &grounds.profile);
    let mut assessed = assess_scan(knowledge, inventory, &scan, &grounds.profile, &dependants);
    let mut carried = carried(inventory, grounds, &scan, &assessed, &options.at);
    let told = told::told(&grounds.decisions, &carried, &scan.findings);
    if !told.is_empty() {
        let open = Reopening {
            knowledge,
            inventory,
            profile: &grounds.profile,
            dependants: &dependants,
            scan: &scan,
        };
        for (at, told) in &told {
            if let Some(place) = assessed.get_mut(*at) {
                *place = rules::assess_open(&open, *at, Some(told));
            }
        }
        // What is known of attacks may overtake what was decided before.
        carried = self::carried(inventory, grounds, &scan, &assessed, &options.at);
    }
    let mut effects: Vec<Effect> = (scan.findings.iter().zip(&assessed))
        .map(|(finding, assessed)| {
            let assessed = assessed.as_ref().filter(|_| finding.verdict != Verdict::NotAffected);
            computed(finding, assessed.map(|one| &one.assessment))
        })
        .collect();
    let profile = &grounds.profile;
    let at = &options.at;
    let before = Before {
        knowledge,
        inventory,
        profile,
        dependants: &dependants,
        scan: &scan,
        assessed: &assessed,
        at,
    };
    let classes = |at: usize| rules::classes(&before, at);
    let product = statements::product(inventory, &grounds.product);
    let statements = statements::apply(&grounds.vex, inventory, product.as_ref(), &scan.findings);
    let imports = statements::imports(&grounds.vex);
    add_statements(&mut effects, &statements, &imports, &classes);
    let newer = |at: usize, decision: &Decision| newer(&statements, &imports, at, decision);
    add_decisions(&mut effects, &grounds.decisions, &carried, &scan.findings, &newer, &classes);
    drop(imports);
    // Last, so that it sees what people decided, which no rule touches.
    let policy = rules::settle(&grounds.rules, &before, &mut effects);
    // What people or rules reopen is assessed as if matching had left it open.
    let open = Reopening { knowledge, inventory, profile, dependants: &dependants, scan: &scan };
    for (at, _) in effects.iter().enumerate().filter(|(_, effect)| effect.is_open()) {
        if let Some(place) = assessed.get_mut(at).filter(|place| place.is_none()) {
            *place = rules::assess_open(&open, at, None);
        }
    }
    Judged {
        scan,
        profile: grounds.profile.clone(),
        assessed,
        effects,
        vex: grounds.vex.clone(),
        statements,
        decisions: grounds.decisions.clone(),
        carried,
        policy,
        told,
        tables: knowledge.tables,
        gate: None,
        ranking: OnceLock::new(),
    }
}

/// The assessments of a judged release in another deployment, with what its decisions tell.
pub fn assess_again(
    knowledge: &Knowledge,
    inventory: &Inventory,
    judged: &Judged,
    profile: &Profile,
) -> Vec<Option<Arc<Assessed>>> {
    let dependants = &Dependants::of(inventory, profile);
    let mut assessed = assess_scan(knowledge, inventory, &judged.scan, profile, dependants);
    let open = Reopening { knowledge, inventory, profile, dependants, scan: &judged.scan };
    for (at, told) in &judged.told {
        if let Some(place) = assessed.get_mut(*at) {
            *place = rules::assess_open(&open, *at, Some(told));
        }
    }
    assessed
}

fn carried(
    inventory: &Inventory,
    grounds: &Grounds,
    scan: &Scan,
    assessed: &[Option<Arc<Assessed>>],
    at: &str,
) -> Vec<DecisionResult> {
    if grounds.decisions.is_empty() {
        return Vec::new();
    }
    let values = formats::profile::values(&grounds.profile);
    let assessments: Vec<Option<&Assessment>> =
        assessed.iter().map(|one| one.as_ref().map(|one| &one.assessment)).collect();
    let to = CarryTo {
        ground: Ground { inventory, profile: &grounds.profile, values: &values },
        findings: &scan.findings,
        assessments: &assessments,
        products: &products(inventory, grounds),
        at: Instant::parse(at),
    };
    carry(&grounds.decisions, &to)
}

/// The names of the product line: as stated, of the profile, of the SBOM.
pub fn products(inventory: &Inventory, grounds: &Grounds) -> Vec<String> {
    let mut names = Vec::new();
    if !grounds.product.is_empty() {
        names.push(grounds.product.clone());
        names.extend(statements::product(inventory, &grounds.product).map(|product| product.name));
        names.extend(model::identity::Purl::parse(&grounds.product).ok().map(|purl| purl.name));
    }
    if !grounds.profile.is_inferred {
        names.push(grounds.profile.product.clone());
    }
    names.push(inventory.product.clone());
    names.retain(|name| !name.is_empty());
    names.dedup();
    names
}

/// Accepted statements on a finding that say worse than a decision and were made after it.
fn newer(statements: &Application, imports: &[Import<'_>], at: usize, decision: &Decision) -> Vec<String> {
    let since = Instant::parse(&decision.created);
    let Some(decided) = decision.verdict() else { return Vec::new() };
    let effective = statements.effective.get(at).and_then(Option::as_ref);
    let holding = effective.map(|one| (one.document, one.statement));
    let others = effective.map(|one| one.disagreeing.as_slice()).unwrap_or_default();
    let contradicting = statements.contradicting.get(at).map(Vec::as_slice).unwrap_or_default();
    let all = holding.into_iter().chain(others.iter().copied()).chain(contradicting.iter().copied());
    all.filter_map(|(document, statement)| {
        let document = imports.get(document)?.document;
        let said = document.statements.get(statement)?;
        let is_newer = Instant::parse(&said.timestamp) > since;
        (is_newer && said.status.verdict() < decided)
            .then(|| format!("{} in {} {}", said.status.word(), document.file, said.position))
    })
    .collect()
}

impl Judged {
    /// An answer to which nobody has said anything.
    pub fn unspoken(
        scan: Scan,
        profile: Profile,
        assessed: Vec<Option<Arc<Assessed>>>,
        effects: Vec<Effect>,
    ) -> Judged {
        Judged {
            scan,
            profile,
            assessed,
            effects,
            vex: Vec::new(),
            statements: Application::default(),
            decisions: Vec::new(),
            carried: Vec::new(),
            policy: Policy::default(),
            told: BTreeMap::new(),
            tables: TableSet::default(),
            gate: None,
            ranking: OnceLock::new(),
        }
    }

    /// Findings with what was computed and what holds, in the order of the scan.
    pub fn rows(&self) -> impl Iterator<Item = (&Finding, Option<&Assessed>, &Effect)> {
        (self.scan.findings.iter().zip(&self.assessed).zip(&self.effects))
            .map(|((finding, assessed), effect)| (finding, assessed.as_deref(), effect))
    }

    /// The places of the open findings, the most urgent first: ordered once for all outputs.
    pub fn ranking(&self) -> &[usize] {
        self.ranking.get_or_init(|| crate::ranking::open(self))
    }

    /// How many findings are of each class in effect, the worst first.
    pub fn classes(&self) -> Vec<(ResponseClass, usize)> {
        let of = |class| self.effects.iter().filter(|effect| effect.class == Some(class)).count();
        ResponseClass::ALL.iter().rev().map(|class| (*class, of(*class))).collect()
    }

    /// How many findings have a verdict in effect. Findings that the options left out are counted by matching.
    pub fn number(&self, verdict: Verdict) -> usize {
        let counts = &self.scan.counts;
        let matched = match verdict {
            Verdict::Affected => counts.affected,
            Verdict::NeedsReview => counts.needs_review,
            Verdict::NotAffected => counts.not_affected,
        };
        let rows = || {
            self.scan
                .findings
                .iter()
                .zip(&self.effects)
                .filter(|(finding, one)| finding.verdict != one.verdict())
        };
        let gained = rows().filter(|(_, effect)| effect.verdict() == verdict).count();
        let lost = rows().filter(|(finding, _)| finding.verdict == verdict).count();
        (matched + gained).saturating_sub(lost)
    }
}
