//! What can be done about a finding: where the fix is, on this line of releases or on another one (matching.md 8).

/// A version to move to.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct FixTarget {
    /// The version, as the source writes it; the first release of a line that began after the fix.
    pub version: String,
    /// Its line of releases (`6.12`, `1.1.1`); empty where the project has one line only.
    pub line: String,
    /// The line is maintained for long.
    pub is_lts: bool,
    /// The line's announced end of life; empty when none is known.
    pub end_of_life: String,
    /// That end has passed at the given time.
    pub has_ended: bool,
    /// The feed's source of it and its date (`endoflife.date, 2026-11-20`); empty for the program's own table.
    pub told_by: String,
}

/// A commit that fixes the flaw.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct FixCommit {
    /// The commit, lower-case hex.
    pub id: String,
    /// The line it was made for (`6.6`, `mainline`); empty when not known.
    pub line: String,
    /// The first release that holds it; empty when not known.
    pub version: String,
    /// Where it can be read; empty when its repository is not known.
    pub url: String,
}

/// A fixed package of a distribution: for reference, to take the patch from.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct PackagedFix {
    /// The distribution (`Debian`).
    pub distribution: String,
    /// Its release (`12`); empty when not told.
    pub release: String,
    /// The source package.
    pub package: String,
    /// The first fixed version of the package.
    pub version: String,
}

/// The advice on one finding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FixAdvice {
    /// The component's own line; empty where the project has one line only, or the version cannot be read.
    pub line: String,
    /// The component's own line has reached its end of life.
    pub line_has_ended: bool,
    /// Where what is known of that line comes from, as [`FixTarget::told_by`].
    pub line_told_by: String,
    /// The smallest fixed version on this line. Never lower than the component's version, never of another line.
    pub on_line: Option<FixTarget>,
    /// Fixed versions of other, higher lines: long maintained ones that still live first. Each is a branch change.
    pub branch_changes: Vec<FixTarget>,
    /// Commits: those made for this line first, else those of the main line.
    pub commits: Vec<FixCommit>,
    /// Addresses of patches that records refer to; only where the records' texts were read.
    pub patches: Vec<String>,
    /// Packages of distributions that hold the fix.
    pub packages: Vec<PackagedFix>,
    /// One sentence in plain words.
    pub sentence: String,
}
