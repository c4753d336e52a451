//! A short notation for claims and criterion rows, so that a test is one line.
//!
//! Rows are separated by `|`: `affected 1.0 <= v < 2.0`, `unaffected 2.0 <= v <= *`, `affected = 1.2`,
//! `affected "prior to 1.2"` (a single version field with that text), `affected 1.5 <= v < * {unaffected 1.26.2}`
//! (changes), `affected v < 1:2.0-3 (rpm)` (the record's label), `default unaffected`.

use model::finding::{Confidence, Verdict};
use model::record::{
    Change, Claim, ClaimForm, CpeBounds, CpeRow, End, Entry, RangeKind, Record, Status, Text,
};
use model::version::Scheme;

use analysis::matching::ranges::{ComponentVersion, RangeAnswer};

use crate::cve_json::status;

/// `openssl 1.1.1k`: scheme and version.
pub fn component(text: &str) -> ComponentVersion<'_> {
    let (scheme, version) = text.split_once(' ').unwrap();
    ComponentVersion::new(version, Scheme::from_name(scheme).unwrap())
}

/// A claim in CVE form.
pub fn claim(text: &str) -> Claim<'static> {
    let mut claim = Claim::default();
    for row in text.split('|').map(str::trim).filter(|row| !row.is_empty()) {
        match row.strip_prefix("default ") {
            Some(word) => claim.default_status = Some(status(word)),
            None => claim.entries.push(entry(row)),
        }
    }
    claim
}

/// A claim in OSV form: the same rows, status `affected` left out, `git A..B` for commits.
pub fn osv(text: &str) -> Claim<'static> {
    let mut claim = Claim { form: ClaimForm::Osv, ..Claim::default() };
    for row in text.split('|').map(str::trim).filter(|row| !row.is_empty()) {
        claim.entries.push(match row.strip_prefix("git ") {
            Some(range) => git(range),
            None => entry(&format!("affected {row}")),
        });
    }
    claim
}

fn git(range: &str) -> Entry<'static> {
    let (start, end) = range.split_once("..").unwrap();
    let end = if end.is_empty() { End::Open } else { End::Before(owned(end)) };
    Entry { kind: RangeKind::Git, start: owned(start), end, version_type: owned("GIT"), ..Entry::default() }
}

fn owned(text: &str) -> Text<'static> {
    Text::Owned(text.to_owned())
}

/// One row.
pub fn entry(row: &str) -> Entry<'static> {
    let (word, rest) = row.split_once(' ').unwrap();
    let mut entry = Entry { status: status(word), ..Entry::default() };
    let mut rest = rest.trim();
    if let Some(text) = rest.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        entry.start = owned(text);
        return entry;
    }
    if let Some((before, label)) = rest.strip_suffix(')').and_then(|rest| rest.rsplit_once('(')) {
        entry.version_type = owned(label);
        rest = before.trim();
    }
    if let Some((before, changes)) = rest.strip_suffix('}').and_then(|rest| rest.split_once('{')) {
        entry.changes = changes
            .split(',')
            .map(|change| {
                let (word, at) = change.trim().split_once(' ').unwrap();
                Change { at: owned(at), status: status(word) }
            })
            .collect();
        rest = before.trim();
    }
    if let Some(single) = rest.strip_prefix("= ") {
        entry.start = owned(single);
        return entry;
    }
    let (start, rest) = rest
        .split_once("<= v")
        .or_else(|| rest.split_once('v').filter(|(start, _)| start.is_empty()))
        .unwrap();
    entry.start = owned(start.trim());
    if entry.start.is_empty() {
        entry.start = owned("0");
    }
    let rest = rest.trim();
    entry.end = match (rest.strip_prefix("<="), rest.strip_prefix('<')) {
        (Some(end), _) => End::Through(owned(end.trim())),
        (None, Some(end)) => End::Before(owned(end.trim())),
        (None, None) => End::Open,
    };
    entry
}

/// Criterion rows: `1.0 <= v < 2.0 | 1.0 < v <= 2.0 p3 | = 4.2.8 p15 | = 1.2 - | * | -`.
pub fn cpe_rows(text: &str) -> Vec<CpeRow<'static>> {
    text.split('|').map(|row| cpe_row(row.trim())).collect()
}

fn cpe_row(row: &str) -> CpeRow<'static> {
    let any = || CpeRow { version: owned("*"), update: owned("*"), bounds: None };
    if row == "*" || row == "-" {
        return CpeRow { version: owned(row), ..any() };
    }
    if let Some(single) = row.strip_prefix("= ") {
        let (version, update) = single.split_once(' ').unwrap_or((single, "*"));
        return CpeRow { version: owned(version), update: owned(update), bounds: None };
    }
    let (start, end) = row.split_once('v').unwrap();
    let mut bounds = CpeBounds::default();
    match (start.trim().strip_suffix("<="), start.trim().strip_suffix('<')) {
        (Some(start), _) => bounds.start_including = owned(start.trim()),
        (None, Some(start)) => bounds.start_excluding = owned(start.trim()),
        (None, None) => {}
    }
    let end = end.trim();
    let (end, update) = match end.trim_start_matches(['<', '=', ' ']).split_once(' ') {
        Some((_, update)) => (end.strip_suffix(update).unwrap().trim(), update),
        None => (end, "*"),
    };
    match (end.strip_prefix("<="), end.strip_prefix('<')) {
        (Some(end), _) => bounds.end_including = owned(end.trim()),
        (None, Some(end)) => bounds.end_excluding = owned(end.trim()),
        (None, None) => {}
    }
    CpeRow { bounds: Some(Box::new(bounds)), update: owned(update), ..any() }
}

/// A published record with nothing else in it.
pub fn record(published: &'static str) -> Record<'static> {
    Record { id: Text::Borrowed("CVE-2020-0001"), published: Text::Borrowed(published), ..Record::default() }
}

/// `affected V_IN_RANGE high fix 1.1.1l +V_TEXT_PARSED`.
pub fn words(answer: &RangeAnswer) -> String {
    let mut text = format!("{} {}", answer.verdict.map_or("none", Verdict::word), answer.reason);
    if answer.verdict.is_some_and(|verdict| verdict != Verdict::NeedsReview)
        && answer.confidence != Confidence::High
    {
        text += " ";
        text += answer.confidence.word();
    }
    if answer.verdict == Some(Verdict::Affected) && !answer.fixed.is_empty() {
        text += " fix ";
        text += &answer.fixed;
    }
    for qualifier in &answer.qualifiers {
        text += " +";
        text += qualifier.code();
    }
    text
}

/// A status as a word of the case tables.
pub fn status_word(status: Status) -> &'static str {
    match status {
        Status::Affected => "affected",
        Status::Unaffected => "unaffected",
        Status::Unknown => "unknown",
    }
}
