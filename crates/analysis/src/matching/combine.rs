//! Several sources, one verdict (matching.md 6.1, 6.2). Pure functions over opinions.
//!
//! The highest rank that *decides* gives the verdict. What contradicts it stays visible and may turn the
//! answer into a question; what cannot decide never does. Start with [`combine`].

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
    /// Its *not affected* rests on a platform condition, not on versions.
    pub is_by_platform: bool,
    /// It states a platform, and ours is among them: nobody else's platform overrides it.
    pub states_our_platform: bool,
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

    /// Order of weight: rank, then the newer form of the same source, then *affected* first.
    fn weight(&self) -> (u8, u8, Verdict, Source) {
        let verdict = self.opinion.verdict.unwrap_or(Verdict::NeedsReview);
        (self.rank, form(self.opinion.source), verdict, self.opinion.source)
    }
}

/// Overrides correct NVD, and its 2.0 form replaces the 1.1 form: these do not contradict, they succeed.
fn form(source: Source) -> u8 {
    match source {
        Source::Nvd2 => 1,
        Source::Nvd1 => 2,
        _ => 0,
    }
}

fn is_succeeded_by(older: Source, newer: Source) -> bool {
    matches!((newer, older), (Source::NvdOverrides, Source::Nvd2 | Source::Nvd1) | (Source::Nvd2, Source::Nvd1))
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
}

/// The rank of an answer, 1 to 9 (matching.md 6.1).
pub fn rank_of(standing: Standing) -> u8 {
    let by_source = match standing.source {
        Source::Local => return 1,
        _ if standing.is_by_own_commit => return 2,
        _ if standing.is_own_distribution => return 3,
        Source::KernelCna => return 4,
        Source::CveCna if standing.is_own_cna => 4,
        Source::CveCna => 6,
        Source::Nvd2 | Source::NvdOverrides | Source::Nvd1 => 7,
        Source::CisaAdp | Source::CveAdp => 8,
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
    order.sort_by_key(|at| voices.get(*at).map(Voice::weight));
    let ranked: Vec<(usize, &Voice)> = order.into_iter().filter_map(|at| Some((at, voices.get(at)?))).collect();
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
        .collect();
    let (at, top) = *deciding.first()?;
    let mut combined = of_voice(at, top);
    let objections: Vec<&Voice> = deciding
        .iter()
        .skip(1)
        .map(|(_, voice)| *voice)
        .filter(|voice| contradicts(voice, top))
        .collect();
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

/// A record that names versions only says nothing against a platform that another one requires.
fn is_overridden_by_platform(voice: &Voice, ranked: &[(usize, &Voice)]) -> bool {
    let yields_to = |platform: &Voice| {
        let is_plain_os = platform.opinion.reason == Reason::POsMismatch;
        match voice.rank {
            1..=3 => false,
            4 => is_plain_os && voice.opinion.source != Source::KernelCna,
            5 => is_plain_os || voice.is_converted,
            _ => true,
        }
    };
    voice.decides(Verdict::Affected)
        && !voice.states_our_platform
        && ranked.iter().any(|(_, other)| {
            other.is_by_platform && other.decides(Verdict::NotAffected) && yields_to(other)
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
    let says_little = |voice: &Voice| matches!(voice.opinion.reason, Reason::INameOnly | Reason::RNoAffectedData);
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
    ranked.iter().map(|(_, voice)| voice.opinion.reason).min_by_key(|reason| weight(*reason)).unwrap_or(Reason::IOtherProduct)
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
