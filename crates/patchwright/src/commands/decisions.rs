//! `decisions check|add`: what people decided, kept as a file beside the build recipe.

use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use model::assessment::ResponseClass;
use model::decision::{Atom, AtomKind, Attacks, Decision, DecisionState, EvidenceItem, EvidenceKind};
use model::sbom::Inventory;
use model::vex::{Justification, VexStatus};
use serde::Serialize;
use service::decisions::Proposal;
use service::judge::Judged;
use service::scan::Document;

use super::grounds::{GroundOptions, read_own, refused};
use super::knowledge::KnowledgeOptions;
use super::scan::{self, EvidenceOptions};
use super::{Global, input, vex};
use crate::exit::{Exit, Failure};
use crate::output::{json, profile as hints, statements};

/// Decisions of your own, kept as a file: check them, add one
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright decisions check patchwright.decisions.toml\n  patchwright decisions check patchwright.decisions.toml --sbom image.spdx.json --kernel-config .config\n  patchwright decisions add CVE-2024-26581 linux-yocto --sbom image.spdx.json --kernel-config .config --status not_affected --justification vulnerable_code_not_present --condition config:linux:CONFIG_NF_TABLES --reason \"nf_tables is not built\" --author jane\n\nManual: docs/manual/decisions.md"
)]
pub struct Decisions {
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Subcommand)]
enum Deed {
    Check(Box<Check>),
    Add(Box<Add>),
}

/// Check files of decisions; with an SBOM also what each does on the release: active, carried, overtaken, obsolete
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright decisions check patchwright.decisions.toml\n  patchwright decisions check patchwright.decisions.toml --sbom image.spdx.json --kernel-config .config --profile profile.toml\n\nExit codes: 0 valid, and with --sbom none is overtaken or contradicted · 1 a rule is broken, or one is · 2 wrong usage · 3 a file could not be read"
)]
struct Check {
    /// Files of decisions
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// SBOMs and build evidence of the release; repeatable
    #[arg(long, value_name = "SBOM")]
    sbom: Vec<PathBuf>,
    #[command(flatten)]
    knowledge: KnowledgeOptions,
    #[command(flatten)]
    evidence: EvidenceOptions,
    #[command(flatten)]
    grounds: GroundOptions,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Decide on a finding: the smallest facts that its evidence gives become the conditions of the decision
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright decisions add CVE-2024-26581 linux-yocto --sbom image.spdx.json --kernel-config .config --status not_affected --justification vulnerable_code_not_present --condition config:linux:CONFIG_NF_TABLES --reason \"nf_tables is not built\" --author jane\n  patchwright decisions add CVE-2024-6387 openssh --sbom image.spdx.json --accept-risk --expires 2026-12-31 --reason \"update planned for 4.2\" --author jane --reviewer joe\n\nA condition without a value takes the value of now. Kinds: config:linux:CONFIG_X=n, file_absent:PATH, patch:NAME,\npackage_absent:NAME, profile:KEY=VALUE, service_start:UNIT, fact:NAME, exploitation:level=none, binary:RULE=VALUE,\nmanual:FILE. The decision is appended to the file; what is there stays as it is.\nExit codes: 0 added · 1 a rule is broken, nothing was written · 2 wrong usage · 3 no such finding, or a file could not be read or written"
)]
struct Add {
    /// The vulnerability: CVE, GHSA or another id
    #[arg(value_name = "CVE")]
    vulnerability: String,
    /// The component's name
    #[arg(value_name = "COMPONENT")]
    component: String,
    /// SBOMs and build evidence of the release; repeatable
    #[arg(long, value_name = "SBOM", required = true)]
    sbom: Vec<PathBuf>,
    /// The file of decisions; made when it is not there
    #[arg(long, value_name = "FILE", default_value = "patchwright.decisions.toml")]
    file: PathBuf,
    /// What is decided
    #[arg(long, value_name = "STATUS", value_parser = words(VexStatus::ALL, VexStatus::word))]
    status: Option<String>,
    /// Why it is not affected
    #[arg(long, value_name = "WORD", value_parser = words(Justification::ALL, Justification::word))]
    justification: Option<String>,
    /// The response class, instead of the computed one
    #[arg(long, value_name = "CLASS", value_parser = words(ResponseClass::ALL, ResponseClass::word))]
    class: Option<String>,
    /// Accept the risk until --expires (180 days at most, 14 for what is immediate)
    #[arg(long)]
    accept_risk: bool,
    /// What is known of attacks: a fact for the assessment. in_product = devices of this product were attacked; needs
    /// --with-evidence incident_report:…, for the others exploit_seen:… will do
    #[arg(long, value_name = "WORD", value_parser = words(Attacks::ALL, Attacks::word))]
    exploitation: Option<String>,
    /// Why, in words
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// What is to be done, for what is affected
    #[arg(long, value_name = "TEXT", default_value = "")]
    action: String,
    /// Who decides
    #[arg(long, value_name = "NAME")]
    author: String,
    /// Who looked at it too; justifications 3 to 5 and lowering from immediate need one
    #[arg(long, value_name = "NAME", default_value = "")]
    reviewer: String,
    /// When it ends (ISO 8601)
    #[arg(long, value_name = "DATE", default_value = "")]
    expires: String,
    /// A fact on which it rests, KIND:SUBJECT[=VALUE]; else what the evidence of the finding gives; repeatable
    #[arg(long, value_name = "CONDITION", value_parser = condition)]
    condition: Vec<Atom>,
    /// Further evidence, KIND:SUBJECT=VALUE; repeatable
    #[arg(long = "with-evidence", value_name = "EVIDENCE", value_parser = evidence)]
    with_evidence: Vec<EvidenceItem>,
    /// The versions it holds for, in the notation vers:TYPE/CONSTRAINTS; else from this one to the one with the fix
    #[arg(long, value_name = "RANGE")]
    versions: Option<String>,
    /// Its id; else the next free one of the year
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// Id of a decision whose place it takes; repeatable
    #[arg(long, value_name = "ID")]
    supersedes: Vec<String>,
    /// Write it as a proposal, without effect until somebody sets it active
    #[arg(long)]
    proposed: bool,
    /// Print the decision and write nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    knowledge: KnowledgeOptions,
    #[command(flatten)]
    evidence: EvidenceOptions,
    #[command(flatten)]
    grounds: GroundOptions,
}

fn words<T: Copy>(all: &[T], word: fn(T) -> &'static str) -> PossibleValuesParser {
    PossibleValuesParser::new(all.iter().map(|value| word(*value)).collect::<Vec<_>>())
}

/// `KIND:SUBJECT[=VALUE]`; kinds with one possible value need none.
fn condition(text: &str) -> Result<Atom, String> {
    let kinds = || AtomKind::ALL.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(", ");
    let form = || format!("write KIND:SUBJECT[=VALUE]; kinds are {}", kinds());
    let (kind, rest) = text.split_once(':').ok_or_else(form)?;
    let kind = AtomKind::parse(kind).ok_or_else(form)?;
    let (subject, expected) = rest.rsplit_once('=').unwrap_or((rest, ""));
    if subject.is_empty() {
        return Err(form());
    }
    let only = match kind {
        AtomKind::FileAbsent | AtomKind::PackageAbsent => "absent",
        AtomKind::Patch => "applied",
        AtomKind::ServiceStart => "not_enabled",
        _ => "",
    };
    let expected = if expected.is_empty() { only } else { expected };
    Ok(Atom { kind, subject: subject.to_owned(), expected: expected.to_owned(), hash: String::new() })
}

fn evidence(text: &str) -> Result<EvidenceItem, String> {
    let form = || {
        let kinds: Vec<&str> = EvidenceKind::ALL.iter().map(|kind| kind.word()).collect();
        format!("write KIND:SUBJECT=VALUE; kinds are {}", kinds.join(", "))
    };
    let (kind, rest) = text.split_once(':').ok_or_else(form)?;
    let (subject, value) = rest.rsplit_once('=').ok_or_else(form)?;
    if subject.is_empty() || value.is_empty() {
        return Err(form());
    }
    Ok(EvidenceItem {
        kind: EvidenceKind::parse(kind).ok_or_else(form)?,
        subject: subject.to_owned(),
        value: value.to_owned(),
        tool: String::new(),
        tool_version: String::new(),
        collected_at: String::new(),
        release: String::new(),
        hash: String::new(),
        attachment: String::new(),
    })
}

impl Decisions {
    /// Runs the deed.
    pub fn run(self, global: &Global) -> Result<Exit, Failure> {
        match self.deed {
            Deed::Check(check) => check.run(),
            Deed::Add(add) => add.run(global),
        }
    }
}

#[derive(Serialize)]
struct Checked<'a> {
    schema: &'static str,
    product: &'a str,
    release: &'a str,
    settled: statements::Summary,
    decisions: Vec<statements::DecisionView<'a>>,
}

impl Check {
    fn run(mut self) -> Result<Exit, Failure> {
        let (decisions, statements) = read_all(&self.files)?;
        if let Err(error) = service::decisions::check(&decisions) {
            return Err(broken(error));
        }
        if self.sbom.is_empty() {
            return self.valid(decisions.len(), statements);
        }
        self.grounds.decisions.splice(0..0, self.files.iter().cloned());
        let (inventory, judged) =
            vex::judged(&self.sbom, &self.evidence, &self.knowledge, &self.grounds, true)?;
        let summary = statements::Summary::of(&judged);
        if self.json {
            let view = Checked {
                schema: "patchwright/decisions-check/1",
                product: &inventory.product,
                release: &inventory.release,
                settled: summary,
                decisions: statements::decision_views(&judged, &inventory),
            };
            scan::buffered(|out| json::pretty(out, &view))?;
        } else {
            let mut out = anstream::stdout().lock();
            statements::write_decisions(&mut out, &judged, &inventory)?;
            if !judged.vex.is_empty() {
                statements::write_statements(&mut out, &judged, &inventory)?;
            }
        }
        let is_clean = summary.overtaken + summary.disagreeing + summary.contested == 0;
        Ok(if is_clean { Exit::Done } else { Exit::Failed })
    }

    fn valid(&self, decisions: usize, statements: usize) -> Result<Exit, Failure> {
        use crate::output::words::counted;
        let text = if self.json {
            let schema = "patchwright/decisions-check/1";
            format!("{{\"schema\":{schema:?},\"decisions\":{decisions},\"statements\":{statements}}}\n")
        } else {
            let mut of = counted(decisions, "decision", "decisions");
            if statements > 0 {
                of = format!("{of}, {}", counted(statements, "own statement", "own statements"));
            }
            format!("{of}, no rule broken; --sbom says what they do on a release\n")
        };
        scan::buffered(|out| out.write_all(text.as_bytes()))?;
        Ok(Exit::Done)
    }
}

/// Decisions of all files, and how many statements of VEX documents stand beside them.
fn read_all(paths: &[PathBuf]) -> Result<(Vec<Decision>, usize), Failure> {
    let (mut decisions, mut statements) = (Vec::new(), 0);
    for path in paths {
        let document = input::document(path)
            .map_err(|failure| failure.hint("patchwright decisions add makes a file of decisions"))?;
        if service::decisions::is_ours(&document.bytes) {
            decisions.extend(service::decisions::read(&document).map_err(refused)?);
        } else {
            statements += read_own(&document)?.document.statements.len();
        }
    }
    Ok((decisions, statements))
}

/// A rule is broken: the file can be read, the check fails.
fn broken(error: service::decisions::DecisionsError) -> Failure {
    let failure = refused(error);
    let message = failure.message.replacen("cannot read", "rules are broken in", 1);
    Failure { exit: Exit::Failed, message, hint: failure.hint }
}

impl Add {
    fn run(self, global: &Global) -> Result<Exit, Failure> {
        let (inventory, judged) =
            vex::judged(&self.sbom, &self.evidence, &self.knowledge, &self.grounds, false)?;
        let at = self.finding(&inventory, &judged)?;
        let proposal = service::decisions::proposal(&inventory, &judged, at)
            .ok_or_else(|| Failure::new(Exit::Fault, "the finding has no component"))?;
        let known = self.known()?;
        let mut all = match &known {
            Some(document) => service::decisions::read(document).map_err(refused)?,
            None => Vec::new(),
        };
        let decision = self.decision(&inventory, &judged, at, proposal, &all)?;
        all.push(decision.clone());
        service::decisions::check(&all).map_err(broken)?;
        if self.dry_run {
            scan::buffered(|out| out.write_all(service::decisions::entry(&decision).as_bytes()))?;
            return Ok(Exit::Done);
        }
        let before = known.map(|document| String::from_utf8_lossy(&document.bytes).into_owned());
        let text = service::decisions::appended(&before.unwrap_or_default(), &decision);
        replace(&self.file, &text)?;
        let told = format!("{} added to {}: {}\n", decision.id, self.file.display(), decision.says());
        scan::buffered(|out| out.write_all(told.as_bytes()))?;
        if !global.quiet && decision.conditions.is_empty() {
            hints::hint("it has no condition, and is carried to every version of its range")?;
        }
        Ok(Exit::Done)
    }

    /// The file as it is; none when it is not there yet.
    fn known(&self) -> Result<Option<Document>, Failure> {
        match self.file.exists() {
            true => input::document(&self.file).map(Some),
            false => Ok(None),
        }
    }

    fn finding(&self, inventory: &Inventory, judged: &Judged) -> Result<usize, Failure> {
        let is_called = |finding: &model::finding::Finding| {
            std::iter::once(&finding.vulnerability)
                .chain(&finding.aliases)
                .any(|id| id.eq_ignore_ascii_case(&self.vulnerability))
        };
        let found = judged.scan.findings.iter().position(|finding| {
            let component = inventory.components.get(finding.component);
            is_called(finding) && component.is_some_and(|component| component.name == self.component)
        });
        found.ok_or_else(|| {
            let message =
                format!("{} is no finding of {} in this release", self.vulnerability, self.component);
            Failure::new(Exit::Unreadable, message).hint(
                "patchwright explain says what is known of it; the component's name is that of the table",
            )
        })
    }

    fn decision(
        &self,
        inventory: &Inventory,
        judged: &Judged,
        at: usize,
        proposal: Proposal,
        all: &[Decision],
    ) -> Result<Decision, Failure> {
        let time = self.knowledge.time()?.to_string();
        let day = time.get(..10).unwrap_or_default();
        let conditions = self.conditions(inventory, judged, at, &proposal)?;
        let mut evidence = service::decisions::evidence(inventory, judged, &conditions, &time);
        evidence.extend(self.with_evidence.iter().cloned());
        let product = self.product(inventory, judged)?;
        let Some(finding) = judged.scan.findings.get(at) else {
            return Err(Failure::new(Exit::Fault, "the finding went away"));
        };
        let status = self.status.as_deref().and_then(VexStatus::parse);
        let is_manual = conditions.iter().any(|atom| atom.kind == AtomKind::Manual);
        let version = inventory.components.get(finding.component).map_or("", |component| &component.version);
        let versions = match (&self.versions, is_manual) {
            (Some(stated), _) => stated.clone(),
            // An analysis by hand ends with the version it was made of.
            (None, true) => format!("vers:generic/{version}"),
            (None, false) => proposal.versions,
        };
        Ok(Decision {
            id: self.id.clone().unwrap_or_else(|| service::decisions::next_id(all, day)),
            state: if self.proposed { DecisionState::Proposed } else { DecisionState::Active },
            product,
            component: proposal.component,
            versions,
            vulnerability: finding.vulnerability.clone(),
            aliases: finding.aliases.clone(),
            status,
            justification: self.justification.as_deref().and_then(Justification::parse),
            class: self.class.as_deref().and_then(ResponseClass::parse),
            accepts_risk: self.accept_risk,
            attacks: self.exploitation.as_deref().and_then(Attacks::parse),
            reason: self.reason.clone(),
            action: self.action.clone(),
            conditions,
            evidence,
            author: self.author.clone(),
            reviewer: self.reviewer.clone(),
            created: time,
            expires: self.expires()?,
            supersedes: self.supersedes.clone(),
            seen: proposal.seen,
            place: model::decision::Place { file: "the new decision".to_owned(), ..Default::default() },
        })
    }

    fn expires(&self) -> Result<String, Failure> {
        if self.expires.is_empty() || model::vex::Instant::parse(&self.expires).is_some() {
            return Ok(self.expires.clone());
        }
        Err(Failure::new(Exit::Usage, format!("cannot read --expires {}", self.expires))
            .hint("write it as 2026-12-31 or 2026-12-31T12:00:00Z"))
    }

    fn product(&self, inventory: &Inventory, judged: &Judged) -> Result<String, Failure> {
        let of_profile = if judged.profile.is_inferred { "" } else { judged.profile.product.as_str() };
        let stated = self.grounds.product.as_deref().unwrap_or_default();
        [stated, of_profile, inventory.product.as_str()]
            .into_iter()
            .find(|name| !name.is_empty())
            .map(str::to_owned)
            .ok_or_else(|| {
                Failure::new(Exit::Usage, "neither profile nor SBOM names the product")
                    .hint("give it with --product")
            })
    }

    fn conditions(
        &self,
        inventory: &Inventory,
        judged: &Judged,
        at: usize,
        proposal: &Proposal,
    ) -> Result<Vec<Atom>, Failure> {
        if self.condition.is_empty() {
            // What is known of attacks rests on its evidence, and on nothing of the build.
            let decides = self.status.is_some() || self.class.is_some() || self.accept_risk;
            return Ok(if decides { proposal.conditions.clone() } else { Vec::new() });
        }
        let complete = |atom: &Atom| -> Result<Atom, Failure> {
            let mut atom = atom.clone();
            if atom.kind == AtomKind::Manual {
                atom.hash = service::decisions::fingerprint(&input::document(Path::new(&atom.subject))?);
            }
            if !atom.expected.is_empty() {
                return Ok(atom);
            }
            service::decisions::completed(inventory, judged, at, &atom).ok_or_else(|| {
                let message =
                    format!("nothing here tells the value of {} {}", atom.kind.word(), atom.subject);
                Failure::new(Exit::Usage, message)
                    .hint("give the build evidence or profile that does, or write the value behind =")
            })
        };
        self.condition.iter().map(complete).collect()
    }
}

/// Writes a file beside the old one and moves it into its place: nobody finds half a file.
fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        Failure::new(Exit::Unreadable, format!("cannot write {}: {error}", path.display()))
    };
    let mut next = path.as_os_str().to_owned();
    next.push(".new");
    let next = PathBuf::from(next);
    std::fs::write(&next, text).map_err(failed)?;
    std::fs::rename(&next, path).map_err(failed)
}
