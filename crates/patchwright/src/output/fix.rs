//! Fix advice in JSON and in words.

use std::io::{Result, Write};

use model::fix::{FixAdvice, FixCommit, FixTarget, PackagedFix};
use serde::Serialize;

use super::plan::life_of;
use super::table::printable;

/// Lines of each kind shown to people; the JSON has all.
const SHOWN: usize = 4;

/// The advice on one finding.
#[derive(Serialize)]
pub struct FixView<'a> {
    line: &'a str,
    line_has_ended: bool,
    #[serde(skip_serializing_if = "str::is_empty")]
    line_told_by: &'a str,
    says: &'a str,
    on_line: Option<TargetView<'a>>,
    branch_changes: Vec<TargetView<'a>>,
    commits: Vec<CommitView<'a>>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    patches: &'a [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    packages: Vec<PackageView<'a>>,
}

#[derive(Serialize)]
struct TargetView<'a> {
    version: &'a str,
    line: &'a str,
    is_lts: bool,
    end_of_life: &'a str,
    has_ended: bool,
    #[serde(skip_serializing_if = "str::is_empty")]
    told_by: &'a str,
}

#[derive(Serialize)]
struct CommitView<'a> {
    id: &'a str,
    line: &'a str,
    version: &'a str,
    url: &'a str,
}

#[derive(Serialize)]
struct PackageView<'a> {
    distribution: &'a str,
    release: &'a str,
    package: &'a str,
    version: &'a str,
}

/// The JSON shape of advice.
pub fn view(advice: &FixAdvice) -> FixView<'_> {
    FixView {
        line: &advice.line,
        line_has_ended: advice.line_has_ended,
        line_told_by: &advice.line_told_by,
        says: &advice.sentence,
        on_line: advice.on_line.as_ref().map(target),
        branch_changes: advice.branch_changes.iter().map(target).collect(),
        commits: advice.commits.iter().map(commit).collect(),
        patches: &advice.patches,
        packages: advice.packages.iter().map(package).collect(),
    }
}

fn target(target: &FixTarget) -> TargetView<'_> {
    TargetView {
        version: &target.version,
        line: &target.line,
        is_lts: target.is_lts,
        end_of_life: &target.end_of_life,
        has_ended: target.has_ended,
        told_by: &target.told_by,
    }
}

fn commit(commit: &FixCommit) -> CommitView<'_> {
    CommitView { id: &commit.id, line: &commit.line, version: &commit.version, url: &commit.url }
}

fn package(package: &PackagedFix) -> PackageView<'_> {
    PackageView {
        distribution: &package.distribution,
        release: &package.release,
        package: &package.package,
        version: &package.version,
    }
}

/// Writes the advice for people, each line with the indent before it.
pub fn write(out: &mut dyn Write, advice: &FixAdvice, indent: &str) -> Result<()> {
    writeln!(out, "{indent}{}", printable(&advice.sentence))?;
    // The sentence names the first one; who stays on the line needs none of them.
    let others =
        if advice.on_line.is_some() { &[] } else { advice.branch_changes.get(1..).unwrap_or_default() };
    for other in others {
        let life = life_of(other);
        let life = if life.is_empty() { String::new() } else { format!(": {}", printable(&life)) };
        writeln!(out, "{indent}or {} (branch change){life}", printable(&other.version))?;
    }
    for commit in advice.commits.iter().take(SHOWN) {
        writeln!(out, "{indent}{}", printable(&commit_words(commit)))?;
    }
    for url in advice.patches.iter().take(SHOWN) {
        writeln!(out, "{indent}patch {}", printable(url))?;
    }
    for package in advice.packages.iter().take(SHOWN) {
        writeln!(out, "{indent}{}", printable(&package_words(package)))?;
    }
    let more = [advice.commits.len(), advice.patches.len(), advice.packages.len()]
        .into_iter()
        .map(|number| number.saturating_sub(SHOWN))
        .sum::<usize>();
    match more {
        0 => Ok(()),
        more => writeln!(out, "{indent}and {more} more references (--format json)"),
    }
}

fn commit_words(commit: &FixCommit) -> String {
    let of = match (commit.line.as_str(), commit.version.as_str()) {
        ("", "") => String::new(),
        ("mainline", version) => format!(" (main line, first in {version})"),
        ("", version) => format!(" (first in {version})"),
        (line, version) => format!(" (made for {line}, first in {version})"),
    };
    match commit.url.as_str() {
        "" => format!("commit {}{of}", commit.id),
        url => format!("commit {url}{of}"),
    }
}

fn package_words(package: &PackagedFix) -> String {
    let release = format!("{} {}", package.distribution, package.release);
    format!("{}: {} {} holds the fix", release.trim_end(), package.package, package.version)
}
