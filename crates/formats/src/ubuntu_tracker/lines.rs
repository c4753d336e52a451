//! What the tracker says of a package in a release, as claims and tags.

use model::codename::{self, UBUNTU};
use model::note::{NoteCode, Severity};
use model::record::{Claim, ClaimForm, End, Entry, Record, Status, Subject, Text};

use crate::records::{Reading, tags};

/// One line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    pub package: String,
    /// `jammy`, `esm-infra/xenial`, `trusty/esm`.
    pub release: String,
    pub status: String,
    /// The fixed version, or a reason.
    pub detail: String,
}

/// The releases a code name may stand with; other products (FIPS, ROS, devices) have packages of their own versions.
const EXTENDED: &[&str] = &["esm-infra", "esm-apps", "esm", "esm-infra-legacy"];

/// Adds the claims of all lines to a record.
pub fn add(record: &mut Record<'_>, lines: Vec<Line>, reading: &mut Reading) {
    let id = record.id.to_string();
    let mut read: Vec<(&'static str, Line)> = lines
        .into_iter()
        .filter_map(|line| Some((number_of(&line.release)?, line)))
        .filter(|(_, line)| line.status != "DNE")
        .collect();
    // A release stands with and without its extended maintenance: what was released anywhere is what can be installed.
    read.sort_by(|(a, one), (b, other)| {
        let key = |number: &'static str, line: &Line| (line.package.clone(), number, rank(&line.status));
        key(a, one).cmp(&key(b, other))
    });
    read.dedup_by(|(a, later), (b, first)| a == b && later.package == first.package);
    for (number, line) in read {
        let place = format!("{id} {} {number}", line.package);
        if let Some(tag) = tag(number, &line) {
            tags::push(&mut record.tags, tag);
        }
        record.claims.push(claim(number, &line, &place, reading));
    }
}

/// The number of a release; `None` for what is no release of Ubuntu proper (`upstream`, `devel`, `fips/jammy`).
fn number_of(release: &str) -> Option<&'static str> {
    let codename = match release.split_once('/') {
        None => release,
        Some((product, codename)) if EXTENDED.contains(&product) => codename,
        Some((codename, product)) if EXTENDED.contains(&product) => codename,
        Some(_) => return None,
    };
    let by_number = || UBUNTU.iter().find(|(_, number)| *number == codename).map(|(_, number)| *number);
    codename::release_of(UBUNTU, codename).or_else(by_number)
}

/// Which of several lines on one release counts.
fn rank(status: &str) -> u8 {
    match status {
        "released" => 0,
        "not-affected" => 1,
        "needed" | "pending" | "deferred" | "active" => 2,
        "ignored" => 3,
        _ => 4,
    }
}

fn claim(number: &'static str, line: &Line, place: &str, reading: &mut Reading) -> Claim<'static> {
    let version = version_in(&line.detail);
    let end = match (line.status.as_str(), version) {
        ("released", Some(version)) => Some(End::Before(Text::Owned(version.to_owned()))),
        ("released", None) => {
            reading.note(NoteCode::BadRange, Severity::Warn, place, "released, but in no version");
            None
        }
        ("not-affected", _) => Some(End::Before(Text::Borrowed("0"))),
        ("needed" | "pending" | "deferred" | "ignored" | "active", _) => Some(End::Open),
        // Nobody has looked yet. A claim without rows asks for a review.
        ("needs-triage" | "in-triage" | "", _) => None,
        (other, _) => {
            reading.note(NoteCode::UnknownEnum, Severity::Warn, place, other);
            None
        }
    };
    let row = |end| Entry {
        start: Text::Borrowed("0"),
        end,
        version_type: Text::Borrowed("deb"),
        ..Entry::default()
    };
    Claim {
        subject: Subject {
            ecosystem: Text::Borrowed("Ubuntu"),
            distro_release: Text::Borrowed(number),
            package_name: Text::Owned(line.package.clone()),
            ..Subject::default()
        },
        entries: end.map(row).into_iter().collect(),
        default_status: Some(Status::Unaffected),
        form: ClaimForm::SecFix,
    }
}

/// The version a detail is or begins with: `1.2-3ubuntu1`, `1.2-3ubuntu1 [USN-1-1]`.
fn version_in(detail: &str) -> Option<&str> {
    let word = detail.split_whitespace().next().unwrap_or_default();
    word.starts_with(|c: char| c.is_ascii_digit()).then_some(word)
}

/// The status as a tag with its reason, where it is not plainly "a fix is there" or "a fix is needed".
fn tag(number: &str, line: &Line) -> Option<Text<'static>> {
    let word = match line.status.as_str() {
        "ignored" if line.detail.starts_with("end of") => "end-of-life",
        word @ ("ignored" | "deferred" | "pending" | "not-affected" | "needs-triage" | "in-triage") => word,
        _ => return None,
    };
    Some(tags::of_package(word, number, &line.package, &line.detail))
}
