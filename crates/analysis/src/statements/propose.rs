//! The smallest facts that a decision on a finding can rest on, from the evidence of the finding: one symbol instead
//! of a whole configuration, so that a thousand other changes leave the decision alone (assessment.md 4.4).

use model::build::ConfigOf;
use model::component::{Component, Role};
use model::decision::{Atom, AtomKind, ComponentKey, EvidenceItem, EvidenceKind, Seen};
use model::finding::{Evidence, Finding, Verdict};
use model::vex::{Justification, VexStatus};
use versions::vers::{Comparator, Constraint, Kind, Vers};

use super::atoms::{self, Ground, Subject};
use super::publish;

/// A proposal for a decision; a person completes and signs it.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// The component.
    pub component: ComponentKey,
    /// From this version to the one that has the fix, where one is known.
    pub versions: String,
    /// What the evidence speaks for.
    pub status: VexStatus,
    /// With this justification.
    pub justification: Option<Justification>,
    /// The facts.
    pub conditions: Vec<Atom>,
    /// What is computed now.
    pub seen: Seen,
}

/// Proposes a decision on a finding.
pub fn propose(ground: &Ground<'_>, subject: &Subject<'_>) -> Proposal {
    let (status, justification) = publish::position(subject.finding);
    Proposal {
        component: key(subject.component),
        versions: range(subject.component, subject.finding),
        status,
        justification,
        conditions: conditions(ground, subject),
        seen: seen(ground, subject),
    }
}

/// The key of a component: name, package URL without version and qualifiers, vendor's tree.
pub fn key(component: &Component) -> ComponentKey {
    let purl = component.purls.first().map(|purl| model::identity::Purl {
        version: String::new(),
        qualifiers: Vec::new(),
        subpath: String::new(),
        ..purl.clone()
    });
    ComponentKey {
        name: component.name.clone(),
        purl: purl.map(|purl| purl.to_string()).unwrap_or_default(),
        vendor_tree: component.vendor_tree.clone(),
    }
}

/// From the component's version up to, not including, the version that has the fix.
fn range(component: &Component, finding: &Finding) -> String {
    let of_purl = component.purls.first().map(|purl| purl.kind.as_str()).unwrap_or_default();
    let (name, kind) = match Kind::from_name(of_purl) {
        Some(kind) if !of_purl.is_empty() => (of_purl, kind),
        _ => ("generic", Kind::Scheme(model::version::Scheme::Generic)),
    };
    let constraint = |comparator, version: &str| Constraint { comparator, version: version.to_owned() };
    let mut constraints = vec![constraint(Comparator::GreaterOrEqual, &component.version)];
    if finding.verdict != Verdict::NotAffected
        && !finding.fixed.is_empty()
        && finding.fixed != component.version
    {
        constraints.push(constraint(Comparator::Less, &finding.fixed));
    }
    let range = Vers { name: name.to_owned(), kind, constraints, any: false };
    // A fix below the version is one of another line, and no end of this one.
    match range.contains(&component.version) {
        Ok(true) => range.to_string(),
        _ => Vers { constraints: range.constraints.into_iter().take(1).collect(), ..range }.to_string(),
    }
}

fn seen(ground: &Ground<'_>, subject: &Subject<'_>) -> Seen {
    let finding = subject.finding;
    let profile = ground.profile;
    Seen {
        release: ground.inventory.release.clone(),
        verdict: Some(finding.verdict),
        class: subject.assessment.map(|assessment| assessment.class),
        exploitation: atoms::level(subject),
        base_tenths: atoms::base_tenths(finding),
        is_disputed: finding.qualifiers.contains(&model::reason::Reason::RDisputed),
        profile: if profile.is_inferred {
            String::new()
        } else {
            format!("{}@{}", profile.id, profile.version)
        },
    }
}

/// One fact for each piece of evidence that excludes something, each only once.
fn conditions(ground: &Ground<'_>, subject: &Subject<'_>) -> Vec<Atom> {
    let mut found: Vec<Atom> = Vec::new();
    for evidence in &subject.finding.evidence {
        let atom = match evidence {
            Evidence::File { path, result, expression, proof, .. } if result == "not built" => {
                symbol_off(ground, subject.component, &format!("{expression} {proof}")).or_else(|| {
                    Some(Atom { expected: "absent".to_owned(), ..atom(AtomKind::FileAbsent, path) })
                })
            }
            Evidence::Patch { name, .. } => {
                subject.component.patches.iter().find(|patch| patch.name == *name).map(|patch| Atom {
                    expected: "applied".to_owned(),
                    hash: atoms::patch_id(patch).unwrap_or_default(),
                    ..atom(AtomKind::Patch, name.rsplit('/').next().unwrap_or(name))
                })
            }
            _ => None,
        };
        found.extend(atom.filter(|atom| !found.contains(atom)).filter(|atom| holds(atom, ground, subject)));
    }
    found
}

fn atom(kind: AtomKind, subject: &str) -> Atom {
    Atom { kind, subject: subject.to_owned(), expected: String::new(), hash: String::new() }
}

fn holds(atom: &Atom, ground: &Ground<'_>, subject: &Subject<'_>) -> bool {
    atoms::evaluate(atom, ground, subject) == atoms::Seen::Same
}

/// The first symbol of an expression that the configuration has off.
fn symbol_off(ground: &Ground<'_>, component: &Component, text: &str) -> Option<Atom> {
    let (kind, of) = match component.role {
        Role::Kernel => ("linux", ConfigOf::Linux),
        Role::Busybox => ("busybox", ConfigOf::Busybox),
        Role::Bootloader => ("uboot", ConfigOf::Uboot),
        _ => return None,
    };
    let is_symbol = |word: &&str| {
        word.len() > 1
            && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
    };
    let mut words =
        text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').filter(is_symbol);
    let configs = || ground.inventory.build.configs.iter().filter(|config| config.of == of);
    let is_off = |symbol: &&str| {
        let symbol = symbol.strip_prefix("CONFIG_").unwrap_or(symbol);
        configs().next().is_some() && configs().all(|config| config.value(symbol) == Some("n"))
    };
    let symbol = words.find(is_off)?;
    let symbol = symbol.strip_prefix("CONFIG_").unwrap_or(symbol);
    Some(Atom { expected: "n".to_owned(), ..atom(AtomKind::Config, &format!("{kind}:CONFIG_{symbol}")) })
}

/// A condition with the value that it has now; `None` where nothing here tells it.
pub fn with_value_of_now(condition: &Atom, ground: &Ground<'_>, subject: &Subject<'_>) -> Option<Atom> {
    let unlikely = Atom { expected: "\u{0}".to_owned(), ..condition.clone() };
    match atoms::evaluate(&unlikely, ground, subject) {
        atoms::Seen::Changed(now) => Some(Atom { expected: now, ..condition.clone() }),
        atoms::Seen::Same | atoms::Seen::Missing(_) => None,
    }
}

/// The evidence that a condition which holds stands for; a manual one stands for nothing that a machine saw.
pub fn evidence_of(
    condition: &Atom,
    ground: &Ground<'_>,
    tool: (&str, &str),
    at: &str,
) -> Option<EvidenceItem> {
    let kind = match condition.kind {
        AtomKind::Config if condition.subject.starts_with("linux:") => EvidenceKind::KernelConfig,
        AtomKind::Config => EvidenceKind::BuildConfig,
        AtomKind::FileAbsent => EvidenceKind::CompiledFileList,
        AtomKind::Patch => EvidenceKind::PatchApplied,
        AtomKind::PackageAbsent => EvidenceKind::SbomAbsence,
        AtomKind::Binary => EvidenceKind::BinaryCheck,
        AtomKind::Profile => EvidenceKind::ProfileFact,
        AtomKind::ServiceStart => EvidenceKind::ServiceNotStarted,
        AtomKind::Fact | AtomKind::Exploitation | AtomKind::Manual => return None,
    };
    let build = &ground.inventory.build;
    let hash = match condition.kind {
        AtomKind::Config => {
            let of = atoms::symbol(&condition.subject).map(|(of, _)| of);
            build.configs.iter().find(|config| Some(config.of) == of).map(|config| config.hash.clone())
        }
        AtomKind::FileAbsent => build.compiled.first().map(|list| list.hash.clone()),
        AtomKind::Patch => Some(condition.hash.clone()),
        _ => None,
    };
    Some(EvidenceItem {
        kind,
        subject: condition.subject.clone(),
        value: condition.expected.clone(),
        tool: tool.0.to_owned(),
        tool_version: tool.1.to_owned(),
        collected_at: at.to_owned(),
        release: ground.inventory.release.clone(),
        hash: hash.unwrap_or_default(),
        attachment: String::new(),
    })
}
