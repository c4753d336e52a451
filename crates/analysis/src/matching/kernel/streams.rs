//! The lists of the time before the kernel's own CNA: one record of the mainline and one of each stable stream, read together.
//!
//! A stream's record tells the release that mended it and not since when it had the flaw: that is told by the mainline's
//! bounds. Where the mainline never had the flaw (a port brought it), the streams stand for themselves.

use model::finding::Verdict;
use model::reason::Reason;
use model::record::{Claim, ClaimForm, Entry, Record, Source};

use super::release::Release;
use crate::matching::ranges::{ComponentVersion, RangeAnswer};

/// The newest release of each stream that was still kept when the lists ended in 2024. That a stream has no fix says nothing
/// about its later releases.
const ENDED_AT: &[&str] =
    &["4.19.311", "5.4.273", "5.10.214", "5.15.153", "6.1.84", "6.6.24", "6.7.12", "6.8"];

/// True for a record of these lists.
pub(crate) fn is_listed(record: &Record<'_>) -> bool {
    record.source == Some(Source::LinuxKernelCves)
}

/// True for the record of a stream that a record of the mainline speaks for.
pub(crate) fn is_part_of_another(record: &Record<'_>, siblings: &[Record<'_>]) -> bool {
    is_listed(record) && is_stream(record) && siblings.iter().any(|other| is_mainline(other, record))
}

/// The record with the fixes of its streams; `None` when it is no record of the mainline.
pub(crate) fn with_streams<'r>(record: &'r Record<'_>, siblings: &'r [Record<'_>]) -> Option<Record<'r>> {
    if !is_listed(record) || is_stream(record) {
        return None;
    }
    let own = record.claims.first()?;
    // With which release the flaw came to the mainline; no row where the mainline never had it.
    let start =
        own.entries.iter().find(|entry| super::blocks::is_version_row(entry)).map(|entry| &entry.start);
    let streams =
        siblings.iter().filter(|other| is_listed(other) && is_stream(other) && other.id == record.id);
    let fixes = streams.flat_map(|stream| &stream.claims).flat_map(|claim| &claim.entries);
    let entries: Vec<Entry<'r>> = own
        .entries
        .iter()
        .cloned()
        .chain(fixes.map(|entry| match start {
            Some(start) => Entry { start: start.clone(), ..entry.clone() },
            None => entry.clone(),
        }))
        .collect();
    let claim = Claim { entries, form: ClaimForm::KernelPairs, ..own.clone() };
    Some(Record { claims: vec![claim], ..record.clone() })
}

/// What the lists could not know when they ended.
pub(crate) fn after_the_end(mut answer: RangeAnswer, version: &ComponentVersion<'_>) -> RangeAnswer {
    let is_later = |kernel: Release| {
        let of_line =
            ENDED_AT.iter().filter_map(|end| Release::parse(end)).find(|end| end.line() == kernel.line());
        of_line.is_some_and(|end| kernel > end)
    };
    let is_unknown = answer.reason == Reason::KBranchUnfixed
        && version.kernel_release().is_some_and(|(kernel, _)| is_later(kernel));
    if is_unknown {
        answer.verdict = Some(Verdict::NeedsReview);
        answer.reason = Reason::KMainlineBoundOnly;
    }
    answer
}

/// Records of streams are named for them: `5.10`, `5.10 list`.
fn is_stream(record: &Record<'_>) -> bool {
    record.by.starts_with(|c: char| c.is_ascii_digit())
}

fn is_mainline(other: &Record<'_>, stream: &Record<'_>) -> bool {
    is_listed(other) && !is_stream(other) && other.id == stream.id && !other.claims.is_empty()
}
