//! Several sources, one verdict (matching.md 6.1, 6.2). Pure functions over opinions.
//!
//! The highest rank that *decides* gives the verdict. What contradicts it stays visible and may turn the
//! answer into a question; what cannot decide never does. Start with [`combine`].

use std::cmp::Reverse;

use model::finding::{Confidence, Opinion, Verdict};
use model::reason::Reason;
use model::record::Source;

/// An opinion with what weighing needs to know of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Voice {
    /// The opinion.
    pub opinion: Opinion,
    /// 1 (own record) to 9 (free text); see [`rank_of`].
    pub rank: u8,
    /// It requires a platform that is not ours, for this reason, whatever it says of versions.
    pub foreign_platform: Option<Reason>,
    /// It states a platform, and ours is among them: nobody else's platform overrides it.
    pub states_our_platform: bool,
    /// The component was recognised by its name only.
    pub is_by_name: bool,
    /// It was converted from other public data without their platform conditions (OSV records of CVE ids).
    pub is_converted: bool,
}

impl Voice {
    fn decides(&self, verdict: Verdict) -> bool {
        self.opinion.verdict == Some(verdict)
    }

    fn has_decided(&self) -> bool {
        self.decides(Verdict::Affected) || self.decides(Verdict::NotAffected)
    }

    /// Order of weight: rank, then the newer form of the same source, then *affected* first, then the surer one.
    /// The rest only makes the order total.
    fn weight(&self) -> impl Ord + '_ {
        let opinion = &self.opinion;
        let verdict = opinion.verdict.unwrap_or(Verdict::NeedsReview);
        let place = (self.rank, form(opinion.source), verdict, opinion.source);
        (place, Reverse(opinion.confidence), opinion.reason, &opinion.record, &opinion.fixed)
    }
}

/// Overrides correct NVD, its 2.0 form replaces the 1.1 form, and the kernel CNA's tree says more than its
/// entries in the CVE list: these do not contradict, they succeed.
fn form(source: Source) -> u8 {
    match source {
        Source::Nvd2 | Source::CveCna => 1,
        Source::Nvd1 => 2,
        _ => 0,
    }
}

fn is_succeeded_by(older: Source, newer: Source) -> bool {
    matches!(
        (newer, older),
        (Source::NvdOverrides, Source::Nvd2 | Source::Nvd1)
            | (Source::Nvd2, Source::Nvd1)
            | (Source::KernelCna, Source::CveCna)
    )
}

/// What ranks a source's answer.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// Who speaks.
    pub source: Source,
    /// The record's CNA is the project's own for this product.
    pub is_own_cna: bool,
    /// The answer rests on the ancestry of the component's own commit.
    pub is_by_own_commit: bool,
    /// The answer is of the component's own distribution.
    pub is_own_distribution: bool,
    /// The range was read out of free text.
    pub is_free_text: bool,
    /// The record was converted from other public data.
    pub is_converted: bool,
}

/// The rank of an answer, 1 to 9 (matching.md 6.1).
pub fn rank_of(standing: Standing) -> u8 {
    let by_source = match standing.source {
        Source::Local => return 1,
        _ if standing.is_by_own_commit => return 2,
        _ if standing.is_own_distribution => return 3,
        Source::KernelCna => return 4,
        Source::CveCna if standing.is_own_cna => 4,
        // A supplier knows its product; a coordinator wrote down what a supplier said.
        Source::CveCna | Source::Csaf => 6,
        Source::Nvd2 | Source::NvdOverrides | Source::Nvd1 => 7,
        Source::CisaAdp | Source::CveAdp => 8,
        // OSV's own conversion of CVE ids guesses releases from commits of NVD's references.
        _ if standing.is_converted => 8,
        Source::Euvd => 9,
        // Curated, or made for exactly this ecosystem.
        _ => 5,
    };
    if standing.is_free_text { 9 } else { by_source }
}

/// The combined answer of all sources.
#[derive(Clone, Debug, PartialEq)]
pub struct Combined {
    /// The verdict; `None` = no source speaks of the component.
    pub verdict: Option<Verdict>,
    /// Primary reason.
    pub reason: Reason,
    /// Qualifiers of the deciding voice, and those of the combination.
    pub qualifiers: Vec<Reason>,
    /// How sure.
    pub confidence: Confidence,
    /// Which voice decided (index into the given voices).
    pub winner: Option<usize>,
    /// First fixed version: of the winner, else of the highest rank that knows one.
    pub fixed: String,
}

/// Combines the voices of one vulnerability about one component. The order of `voices` does not matter.
pub fn combine(voices: &[Voice], is_disputed: bool) -> Combined {
    let mut order: Vec<usize> = (0..voices.len()).collect();
    order.sort_by(|a, b| voices.get(*a).map(Voice::weight).cmp(&voices.get(*b).map(Voice::weight)));
    let ranked: Vec<(usize, &Voice)> =
        order.into_iter().filter_map(|at| Some((at, voices.get(at)?))).collect();
    let mut combined = match decided(&ranked) {
        Some(combined) => combined,
        None => undecided(&ranked),
    };
    if combined.fixed.is_empty() {
        combined.fixed = first_fixed(&ranked);
    }
    if is_disputed {
        push(&mut combined.qualifiers, Reason::RDisputed);
        combined.confidence = Confidence::Low;
    }
    combined
}

/// The voice that gives the verdict, and what the others make of it.
fn decided(ranked: &[(usize, &Voice)]) -> Option<Combined> {
    let deciding: Vec<(usize, &Voice)> = ranked
        .iter()
        .copied()
        .filter(|(_, voice)| voice.has_decided())
        .filter(|(_, voice)| !is_overridden_by_platform(voice, ranked))
        .filter(|(_, voice)| !is_about_one_namesake(voice, ranked))
        .collect();
    let (at, top) = *deciding.first()?;
    if is_held_back(top, ranked) {
        return None;
    }
    let mut combined = of_voice(at, top);
    let objections: Vec<&Voice> =
        deciding.iter().skip(1).map(|(_, voice)| *voice).filter(|voice| contradicts(voice, top)).collect();
    if objections.is_empty() {
        return Some(combined);
    }
    if turns_into_question(top, &objections) {
        combined.verdict = Some(Verdict::NeedsReview);
        combined.reason = Reason::CSourcesDisagree;
        combined.confidence = Confidence::Low;
    } else {
        push(&mut combined.qualifiers, Reason::CSourcesDisagree);
    }
    Some(combined)
}

/// By name alone several products may be meant: that one of them is not affected does not answer for another
/// about which somebody asks.
fn is_about_one_namesake(voice: &Voice, ranked: &[(usize, &Voice)]) -> bool {
    voice.is_by_name
        && voice.decides(Verdict::NotAffected)
        && ranked.iter().any(|(_, other)| other.decides(Verdict::NeedsReview))
}

/// A record that names versions only says nothing against a platform that another one requires.
fn is_overridden_by_platform(voice: &Voice, ranked: &[(usize, &Voice)]) -> bool {
    let yields_to = |platform: Reason| {
        let is_plain_os = platform == Reason::POsMismatch;
        match voice.rank {
            1..=3 => false,
            4 => is_plain_os && voice.opinion.source != Source::KernelCna,
            5 => is_plain_os,
            _ => true,
        }
    };
    !voice.decides(Verdict::NotAffected)
        && !voice.states_our_platform
        && ranked.iter().any(|(_, other)| {
            other.decides(Verdict::NotAffected) && other.foreign_platform.is_some_and(yields_to)
        })
}

/// A higher rank could not decide only because the component's own version is not known: then nobody below it
/// may clear the component, or taking a version away would exclude.
fn is_held_back(top: &Voice, ranked: &[(usize, &Voice)]) -> bool {
    top.decides(Verdict::NotAffected)
        && ranked.iter().any(|(_, other)| {
            other.rank < top.rank
                && matches!(other.opinion.reason, Reason::VMissing | Reason::VUnparsed)
                && !is_overridden_by_platform(other, ranked)
        })
}

fn contradicts(voice: &Voice, top: &Voice) -> bool {
    voice.opinion.verdict != top.opinion.verdict
        && voice.opinion.confidence >= Confidence::Medium
        && !is_succeeded_by(voice.opinion.source, top.opinion.source)
}

/// Adjacent ranks with a weak upper one make a question; *affected* of the ranks 1 to 5 stands.
fn turns_into_question(top: &Voice, objections: &[&Voice]) -> bool {
    if top.opinion.confidence > Confidence::Medium || (top.rank <= 5 && top.decides(Verdict::Affected)) {
        return false;
    }
    objections.iter().any(|voice| voice.rank <= top.rank + 1)
}

/// Nobody decides: the highest rank's question, the empty ones last.
fn undecided(ranked: &[(usize, &Voice)]) -> Combined {
    let says_little =
        |voice: &Voice| matches!(voice.opinion.reason, Reason::INameOnly | Reason::RNoAffectedData);
    let asking = || ranked.iter().copied().filter(|(_, voice)| voice.decides(Verdict::NeedsReview));
    let telling = asking().find(|(_, voice)| !says_little(voice)).or_else(|| asking().next());
    match telling {
        Some((at, voice)) => of_voice(at, voice),
        None => Combined {
            verdict: None,
            reason: removal(ranked),
            qualifiers: Vec::new(),
            confidence: Confidence::Low,
            winner: None,
            fixed: String::new(),
        },
    }
}

/// Why a candidate was removed: the most telling of the removals.
fn removal(ranked: &[(usize, &Voice)]) -> Reason {
    let weight = |reason: Reason| match reason {
        Reason::INoProduct => 0,
        Reason::IPlatformMention => 1,
        Reason::IOtherEcosystem => 2,
        Reason::IOtherProduct => 3,
        Reason::IDistroOnly => 4,
        _ => 5,
    };
    ranked
        .iter()
        .map(|(_, voice)| voice.opinion.reason)
        .min_by_key(|reason| weight(*reason))
        .unwrap_or(Reason::IOtherProduct)
}

fn of_voice(at: usize, voice: &Voice) -> Combined {
    Combined {
        verdict: voice.opinion.verdict,
        reason: voice.opinion.reason,
        qualifiers: voice.opinion.qualifiers.clone(),
        confidence: voice.opinion.confidence,
        winner: Some(at),
        fixed: voice.opinion.fixed.clone(),
    }
}

fn first_fixed(ranked: &[(usize, &Voice)]) -> String {
    let open = ranked.iter().filter(|(_, voice)| !voice.decides(Verdict::NotAffected));
    let mut known = open.map(|(_, voice)| &voice.opinion.fixed).filter(|fixed| !fixed.is_empty());
    known.next().cloned().unwrap_or_default()
}

/// Adds a qualifier once.
pub fn push(qualifiers: &mut Vec<Reason>, reason: Reason) {
    if !qualifiers.contains(&reason) {
        qualifiers.push(reason);
    }
}
