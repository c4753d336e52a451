//! Candidates that one record settles: the others need not even be decoded.
//!
//! Two thirds of all candidates end as *not affected*, most of them by the record of the highest rank. Where that
//! record is sure, no record below it can change the answer (matching.md 6.2), and nothing that comes after the
//! records (rules, build evidence) touches what is not affected. The result is that of the long way.

use index::{RecordRef, Vulnerability};
use model::finding::{Confidence, Verdict};
use model::reason::Reason;
use model::record::{Record, RecordState, Source};

use super::session::Session;
use super::work::Outcome;
use crate::matching::combine::Voice;
use crate::matching::evaluate::{Case, Judged, conclude, judge};
use crate::matching::kernel::judge_kernel_record;
use crate::matching::opinion::{self, is_by_kernel_cna};

/// How a candidate was judged.
pub(super) enum Answer<'c, 'v> {
    /// Not affected, by one record.
    Settled(Reason),
    /// By all records, which are handed on.
    ByAll(Vec<Record<'v>>, Judged<'c>),
}

impl Session<'_> {
    /// The kernel CNA's own record decides most candidates of a kernel.
    pub(super) fn word_of_kernel_cna(
        &self,
        brief: &Case<'_>,
        vulnerability: &Vulnerability<'_>,
    ) -> Option<(Verdict, Reason)> {
        let question = &brief.question;
        // With a commit of its own, the rows of commits count, too.
        let is_by_release = question.identity.is_kernel && question.version.commit.is_empty();
        if !is_by_release || self.options.with_not_affected {
            return None;
        }
        let record = self
            .record_of(vulnerability, Source::KernelCna)
            .or_else(|| self.record_of(vulnerability, Source::CveCna))?;
        // A local record would outrank it, and a rejection elsewhere is final.
        let is_alone = vulnerability
            .records()
            .all(|record| record.source() != Source::Local && record.state() == RecordState::Published);
        if !is_alone {
            return None;
        }
        let decoded = record.decode_release_rows().ok()?;
        if !is_by_kernel_cna(&decoded) {
            return None;
        }
        let answer = judge_kernel_record(&decoded, &question.version, question.commits);
        Some((answer.verdict?, answer.reason))
    }

    /// Judges the records by their rank until one settles the question; by all of them where none does.
    pub(super) fn judge_until_settled<'c, 'v>(
        &self,
        case: &Case<'c>,
        vulnerability: &Vulnerability<'v>,
        outcome: &mut Outcome,
    ) -> Answer<'c, 'v> {
        if !self.may_settle(case, vulnerability) {
            let records = self.records(vulnerability, outcome);
            let judged = judge(case, vulnerability, &records);
            return Answer::ByAll(records, judged);
        }
        let mut records: Vec<Record<'v>> = Vec::with_capacity(vulnerability.record_count());
        let mut voices: Vec<Voice> = Vec::with_capacity(vulnerability.record_count());
        let mut unread: Vec<RecordRef<'v>> =
            vulnerability.records().filter(|record| self.counts(record.source())).collect();
        unread.sort_by_key(|record| turn(record.source()));
        for record in unread {
            match record.decode_for_matching() {
                Ok(record) => records.push(record),
                Err(error) => {
                    outcome.unreadable(vulnerability.id(), &error.to_string());
                    continue;
                }
            }
            let voice = records.last().and_then(|last| opinion::voice(&case.question, last, &records));
            let Some(voice) = voice else { continue };
            if is_final(&voice, &voices) {
                return Answer::Settled(voice.opinion.reason);
            }
            voices.push(voice);
        }
        records.sort_by_key(|record| record.source);
        // What a record about a distribution's build means depends on records that were not read yet.
        let judged = if voices.iter().any(needs_a_second_witness) {
            judge(case, vulnerability, &records)
        } else {
            conclude(case, vulnerability, &records, voices)
        };
        Answer::ByAll(records, judged)
    }

    /// Nothing but one published record each of the CVE list and NVD, whose ranks are known unread, and nothing beside
    /// them that speaks of what is not affected.
    fn may_settle(&self, case: &Case<'_>, vulnerability: &Vulnerability<'_>) -> bool {
        let is_ranked = |source: Source| {
            matches!(
                source,
                Source::CveCna | Source::CisaAdp | Source::CveAdp | Source::Nvd2 | Source::NvdOverrides
            )
        };
        let mut before = None;
        let mut is_another = |source: Source| {
            before.replace(source) != Some(source) || matches!(source, Source::CisaAdp | Source::CveAdp)
        };
        let identity = case.question.identity;
        let mut ids = vec![vulnerability.id()];
        ids.extend_from_slice(vulnerability.aliases());
        !self.options.with_not_affected
            && self.statements.about(&ids, identity.component).is_empty()
            && vulnerability.records().all(|record| {
                let source = record.source();
                is_ranked(source) && is_another(source) && record.state() == RecordState::Published
            })
    }

    pub(super) fn counts(&self, source: Source) -> bool {
        !self.options.disregard.contains(&source)
    }

    fn record_of<'v>(&self, vulnerability: &Vulnerability<'v>, source: Source) -> Option<RecordRef<'v>> {
        vulnerability.records().find(|record| record.source() == source && self.counts(source))
    }
}

/// Whose turn it is to be read: those of high rank first, and what corrects another before it.
fn turn(source: Source) -> u8 {
    match source {
        Source::CveCna => 0,
        Source::NvdOverrides => 1,
        Source::Nvd2 => 2,
        _ => 3,
    }
}

/// Sure, recognised by more than a name, not read out of free text (rank 9), and nobody of a higher rank has said
/// anything: the records that are left are of lower rank.
fn is_final(voice: &Voice, before: &[Voice]) -> bool {
    voice.opinion.verdict == Some(Verdict::NotAffected)
        && voice.opinion.confidence >= Confidence::High
        && !voice.is_by_name
        && voice.rank <= 7
        && !before.iter().any(|other| other.rank <= voice.rank && other.opinion.verdict.is_some())
}

fn needs_a_second_witness(voice: &Voice) -> bool {
    voice.opinion.verdict.is_some()
        && matches!(voice.opinion.reason, Reason::IDistroOnly | Reason::RNoAffectedData)
}
