//! Why: one vulnerability with everything that led to its verdicts (matching.md 9).
//!
//! The same judgement as a scan, but with the candidates that were removed, the texts of the records, and what
//! would change the answer. Nothing here decides.

use model::feed::FeedStatus;
use model::finding::{Confidence, Evidence, Opinion, Verdict};
use model::fix::FixAdvice;
use model::identity::name::same_name;
use model::reason::Reason;
use model::record::{Record, RecordState, Reference, Source};
use model::sbom::Inventory;
use model::vulnerability::Facts;

use index::{Index, Vulnerability};

use super::candidates::candidates_of;
use super::evaluate::{Judged, judge};
use super::opinion::subject_words;
use super::ranges::Detail;
use super::scan::Options;
use super::scan::session::{OfComponent, Session};
use super::statements;

/// Everything about one vulnerability in one inventory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Explanation {
    /// The id asked for, or the display id where the index knows it.
    pub vulnerability: String,
    /// Its other ids.
    pub aliases: Vec<String>,
    /// The index knows it.
    pub is_known: bool,
    /// Facts about it.
    pub facts: Facts,
    /// What the records say in words.
    pub texts: Vec<SourceText>,
    /// The components asked for, or all that any record speaks of, by name.
    pub components: Vec<Explained>,
    /// Fingerprint of the index.
    pub index_fingerprint: String,
    /// The feeds of the index, each with its age in days at the given time.
    pub feeds: Vec<(FeedStatus, Option<i64>)>,
}

/// The texts of one record.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceText {
    /// Who speaks.
    pub source: Source,
    /// Who within the source.
    pub by: String,
    /// The record's id.
    pub record: String,
    /// Its state.
    pub state: RecordState,
    /// First publication; empty when unknown.
    pub published: String,
    /// Last change; empty when unknown.
    pub modified: String,
    /// Title.
    pub title: String,
    /// Description.
    pub description: String,
    /// References.
    pub references: Vec<Reference<'static>>,
    /// Whom its claims and configurations speak of, in its own words.
    pub subjects: Vec<String>,
}

/// One component and the vulnerability.
#[derive(Clone, Debug, PartialEq)]
pub struct Explained {
    /// Index of the component in the inventory.
    pub component: usize,
    /// The verdict; `None` = no finding.
    pub verdict: Option<Verdict>,
    /// Primary reason, also of a removal.
    pub reason: Reason,
    /// Qualifiers.
    pub qualifiers: Vec<Reason>,
    /// How sure.
    pub confidence: Confidence,
    /// One sentence in plain words.
    pub sentence: String,
    /// The lookup keys that were tried, and whether any led here.
    pub keys: Vec<String>,
    /// The component and the vulnerability share a key.
    pub is_candidate: bool,
    /// All opinions, highest rank first; those without verdict are removed candidates.
    pub opinions: Vec<Opinion>,
    /// The deciding evidence.
    pub evidence: Vec<Evidence>,
    /// Build evidence and statements that were looked at and did not decide.
    pub considered: Vec<Evidence>,
    /// All statements about the pair.
    pub statements: Vec<Evidence>,
    /// What would change the answer.
    pub what_would_change: Vec<String>,
    /// First fixed version on this line; empty when none is known.
    pub fixed: String,
    /// What can be done; filled by the caller, since advice asks more than matching.
    pub fix: Option<FixAdvice>,
}

/// Explains a vulnerability, in one component (by name, CPE product, reference or key) or in all it may concern.
pub fn explain(
    index: &Index,
    inventory: &Inventory,
    vulnerability: &str,
    component: Option<&str>,
    options: &Options,
) -> Explanation {
    let session = Session::of(index, inventory, options);
    let header = index.header();
    let mut explanation = Explanation {
        vulnerability: vulnerability.trim().to_owned(),
        index_fingerprint: header.fingerprint.clone(),
        feeds: header.feeds.iter().map(|feed| (feed.clone(), session.freshness.age_days(feed))).collect(),
        ..Explanation::default()
    };
    let Some(found) = index.find(vulnerability).and_then(|number| index.vulnerability(number).ok()) else {
        return explanation;
    };
    let (records, _) = session.decoded(&found);
    explanation.is_known = true;
    explanation.vulnerability = found.id().to_owned();
    explanation.aliases = found.aliases().iter().map(|id| (*id).to_owned()).collect();
    explanation.facts = found.facts().unwrap_or_default();
    explanation.texts = texts(&found);
    for at in 0..inventory.components.len() {
        if is_asked_for(inventory, at, component)
            && let Some(explained) = session.explain(&found, &records, at, component.is_some())
        {
            explanation.components.push(explained);
        }
    }
    explanation.components.sort_by(|a, b| sort_key(inventory, a).cmp(&sort_key(inventory, b)));
    explanation
}

fn sort_key<'i>(inventory: &'i Inventory, explained: &Explained) -> Option<(&'i str, &'i str, &'i str)> {
    let component = inventory.components.get(explained.component)?;
    Some((&component.name, &component.version, &component.key))
}

fn is_asked_for(inventory: &Inventory, at: usize, wanted: Option<&str>) -> bool {
    let (Some(wanted), Some(component)) = (wanted, inventory.components.get(at)) else { return true };
    let (name, version) = match wanted.rsplit_once('@') {
        Some((name, version)) if !name.is_empty() => (name, Some(version)),
        _ => (wanted, None),
    };
    let by_name = same_name(name, &component.name)
        || component.names.iter().any(|known| same_name(name, known))
        || component.cpes.iter().any(|cpe| same_name(name, &cpe.cpe.product))
        || component.source_ref == wanted
        || component.key == wanted;
    by_name && version.is_none_or(|version| version == component.version)
}

fn texts(vulnerability: &Vulnerability<'_>) -> Vec<SourceText> {
    let mut texts = Vec::new();
    for record in vulnerability.records() {
        let (Ok(cold), Ok(decoded)) = (record.texts(), record.decode()) else { continue };
        texts.push(SourceText {
            source: record.source(),
            by: decoded.by.to_string(),
            record: decoded.id.to_string(),
            state: record.state(),
            published: decoded.published.to_string(),
            modified: decoded.modified.to_string(),
            title: cold.title,
            description: cold.description,
            references: cold.references,
            subjects: subjects(&decoded),
        });
    }
    texts
}

/// Whom a record speaks of, each once.
fn subjects(record: &Record<'_>) -> Vec<String> {
    fn below(node: &model::record::CpeNode<'_>, found: &mut Vec<String>) {
        for leaf in &node.leaves {
            let head = &leaf.head;
            let mark = if leaf.vulnerable { "" } else { " (not vulnerable itself)" };
            found.push(format!("{}:{}:{}{mark}", head.part, head.vendor, head.product));
        }
        node.children.iter().for_each(|child| below(child, found));
    }
    let mut found: Vec<String> = record.claims.iter().map(|claim| subject_words(&claim.subject)).collect();
    record.configurations.iter().for_each(|node| below(node, &mut found));
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|subject| !subject.is_empty() && seen.insert(subject.clone()));
    found
}

impl<'a> Session<'a> {
    /// Explains one component; `None` when no record speaks of it and nobody asked for it by name.
    fn explain(
        &self,
        vulnerability: &Vulnerability<'_>,
        records: &[Record<'_>],
        at: usize,
        is_asked_for: bool,
    ) -> Option<Explained> {
        let component = self.inventory.components.get(at)?;
        let of: OfComponent<'_> = self.component(component);
        let build = self.build(&of);
        let candidates = candidates_of(self.knowledge.index, component);
        let is_candidate = candidates.vulnerabilities.binary_search(&vulnerability.number()).is_ok();
        self.with_case(&of, &build, Detail::Full, None, |case| {
            let mut judged = judge(case, vulnerability, records);
            if judged.voices.is_empty() && !is_candidate && !is_asked_for {
                return None;
            }
            if judged.is_rejected && (is_candidate || is_asked_for) && judged.verdict.is_none() {
                judged.verdict = Some(Verdict::NotAffected);
                judged.confidence = Confidence::High;
            }
            Some(explained(at, judged, candidates.keys, is_candidate, &component.name))
        })
    }
}

fn explained(at: usize, judged: Judged<'_>, keys: Vec<String>, is_candidate: bool, name: &str) -> Explained {
    let sentence = sentence(&judged, name);
    let what_would_change = what_would_change(&judged);
    Explained {
        component: at,
        verdict: judged.verdict,
        reason: judged.reason,
        qualifiers: judged.qualifiers,
        confidence: judged.confidence,
        sentence,
        keys,
        is_candidate,
        opinions: judged.voices.into_iter().map(|voice| voice.opinion).collect(),
        evidence: judged.evidence,
        considered: judged.considered,
        statements: judged.statements.iter().map(|statement| statements::evidence(statement)).collect(),
        what_would_change,
        fixed: judged.fixed,
        fix: None,
    }
}

fn sentence(judged: &Judged<'_>, name: &str) -> String {
    let meaning = judged.reason.meaning().replace(['*', '`'], "");
    match judged.verdict {
        Some(Verdict::Affected) if judged.fixed.is_empty() => format!("{name} is affected: {meaning}"),
        Some(Verdict::Affected) => format!("{name} is affected: {meaning}; fixed in {}", judged.fixed),
        Some(Verdict::NotAffected) => format!("{name} is not affected: {meaning}"),
        Some(Verdict::NeedsReview) => format!("whether {name} is affected cannot be told: {meaning}"),
        None => format!("no record speaks of {name}: {meaning}"),
    }
}

/// What a person could bring to change the answer, most helpful first.
fn what_would_change(judged: &Judged<'_>) -> Vec<String> {
    let mut advice: Vec<&str> = Vec::new();
    let reasons = || std::iter::once(judged.reason).chain(judged.qualifiers.iter().copied());
    for reason in reasons() {
        advice.extend(advice_for(reason));
    }
    if judged.verdict == Some(Verdict::Affected) {
        let is_kernel = judged.voices.iter().any(|voice| voice.opinion.source == Source::KernelCna);
        let is_looked_at = judged.considered.iter().any(|one| matches!(one, Evidence::File { .. }));
        if is_kernel && !is_looked_at && !reasons().any(|reason| reason.code().starts_with("E_")) {
            advice.push("the kernel's .config or its list of compiled files, which may show that the code is not built");
        }
        advice.push("a patch that fixes it, listed in the SBOM");
    }
    let mut told: Vec<String> = Vec::new();
    for one in advice {
        if !told.iter().any(|known| known == one) {
            told.push(one.to_owned());
        }
    }
    if !judged.fixed.is_empty() && judged.verdict != Some(Verdict::NotAffected) {
        told.push(format!("version {} or later of this line", judged.fixed));
    }
    told
}

fn advice_for(reason: Reason) -> Option<&'static str> {
    Some(match reason {
        Reason::VMissing | Reason::VUnparsed => "a version of the component",
        Reason::VNoUsableRange | Reason::VUnbounded | Reason::RNoAffectedData | Reason::VOpenEnd => {
            "a source that states affected versions (another feed, or a local record)"
        }
        Reason::VSpotVersion => "a source that states a range, or the component's release date",
        Reason::VSchemeMismatch | Reason::VDistroSuffixIgnored => {
            "the feed of the distribution that built the component, or its upstream version"
        }
        Reason::VCoarseBound => "a record with a more precise bound",
        Reason::VTextAmbiguous => "a person's reading of the record's text, as a local record",
        Reason::GCommitUnknown | Reason::KRc => "the component's commit, and a clone of its repository",
        Reason::KMainlineBoundOnly => {
            "data on stable branches: the kernel CNA's tree, or a clone of the kernel"
        }
        Reason::KVendorTree => "the vendor tree's commit, and a clone of its repository",
        Reason::INameOnly => {
            "a decision whether this is the product: a CPE vendor, a repository, or a local alias"
        }
        Reason::ISubcomponent => "whether the part is shipped: a complete inventory, or a given fact",
        Reason::PUnproven => {
            "the platform: operating system, architecture, distribution, or the other software named"
        }
        Reason::CSourcesDisagree => "a decision between the sources, or a local record",
        Reason::CStaleSource => "a newer index",
        Reason::SBuildStatus => "a person's acceptance of the build system's statement",
        Reason::DEolFallback => "data of the distribution for this release",
        Reason::EConfigIncomplete => "the complete .config of this very build",
        Reason::EListIncomplete => "the complete list of compiled files",
        Reason::EFileUnmapped | Reason::EHeaderOnly => "a Kbuild map of this version with its include graph",
        Reason::EPatchPartial => "the missing parts of the patch set",
        Reason::EPatchUnreadable => "the content of the patch",
        _ => return None,
    })
}
