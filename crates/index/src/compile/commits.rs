//! Commits: the releases they came with, the vulnerabilities they fix (matching.md 3.1 (10)).

use rayon::prelude::*;

use super::merge::{Link, Merged};
use super::postings::put_ascending;
use crate::Error;
use crate::layout::codec::{put_text, put_u32, put_varint};
use crate::lookup::by_commit::{COMMIT, commit_row};

/// Writes the commits section.
pub(super) fn write(merged: &Merged) -> Result<Vec<u8>, Error> {
    let (fixes, releases) = rows(merged);
    let mut commits: Vec<[u8; COMMIT]> = fixes.iter().map(|fix| fix.0).collect();
    commits.extend(releases.iter().map(|release| release.0));
    commits.par_sort_unstable();
    commits.dedup();
    let mut section = Vec::new();
    put_u32(&mut section, u32::try_from(commits.len()).map_err(|_| Error::TooLarge("too many commits"))?);
    section.extend_from_slice(commits.as_flattened());
    let (mut fixes, mut releases) = (fixes.as_slice(), releases.as_slice());
    let mut values = Vec::new();
    for commit in &commits {
        let of_commit = split_front(&mut releases, |release| release.0 == *commit);
        put_varint(&mut values, of_commit.len() as u64);
        for (_, branch, version) in of_commit {
            put_text(&mut values, branch);
            put_text(&mut values, version);
        }
        let fixed = split_front(&mut fixes, |fix| fix.0 == *commit);
        put_ascending(fixed.iter().map(|fix| fix.1), &mut values);
        let end = u32::try_from(values.len()).map_err(|_| Error::TooLarge("too many commits"))?;
        put_u32(&mut section, end);
    }
    section.extend_from_slice(&values);
    Ok(section)
}

type Fix = ([u8; COMMIT], u32);
type Release<'m> = ([u8; COMMIT], &'m str, &'m str);

/// Fixes and releases, sorted by commit, each once.
fn rows(merged: &Merged) -> (Vec<Fix>, Vec<Release<'_>>) {
    let text = |number: u32| merged.texts.text(number);
    let (mut fixes, mut releases) = (Vec::new(), Vec::new());
    for (number, group) in (0u32..).zip(&merged.groups) {
        for kept in merged.records_of(group) {
            let commits = merged.links(kept, Link::Fixes).iter();
            fixes.extend(commits.filter_map(|commit| Some((commit_row(text(*commit))?, number))));
            let (pairs, _) = merged.links(kept, Link::Releases).as_chunks::<2>();
            releases.extend(pairs.iter().filter_map(|[commit, version]| {
                let version = text(*version);
                Some((commit_row(text(*commit))?, branch_of(version), version))
            }));
        }
    }
    fixes.par_sort_unstable();
    fixes.dedup();
    releases.par_sort_unstable();
    releases.dedup();
    (fixes, releases)
}

/// Takes the rows at the front that belong to a commit.
fn split_front<'s, T>(rows: &mut &'s [T], is_of: impl Fn(&T) -> bool) -> &'s [T] {
    let (front, rest) = rows.split_at(rows.partition_point(is_of));
    *rows = rest;
    front
}

/// The branch of a release in the manner of the kernel: a third number makes it a release of the stable
/// branch `X.Y`; without, it is a release of the main line. Releases of the 2.6 series have one number more.
fn branch_of(version: &str) -> &str {
    if version.contains('-') {
        return "mainline";
    }
    let length = if version.starts_with("2.6.") { 3 } else { 2 };
    match version.match_indices('.').nth(length - 1) {
        Some((at, _)) => &version[..at],
        None => "mainline",
    }
}
