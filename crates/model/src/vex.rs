//! Statements of VEX documents, whatever form they were written in (assessment.md 4.2).
//!
//! A [`VexDocument`] is what somebody published; a [`VexStatement`] is one claim of it on vulnerability and
//! products. Identifiers stay texts as written: what they match is decided where statements are applied.

use std::cmp::Ordering;

use crate::finding::Verdict;
use crate::words::words;

words! {
    /// The status of a statement.
    VexStatus {
        /// Somebody is looking at it; also every foreign word that we do not know.
        UnderInvestigation = "under_investigation",
        /// Affected.
        Affected = "affected",
        /// Not affected.
        NotAffected = "not_affected",
        /// Was affected; this version has the fix.
        Fixed = "fixed",
        /// Was affected; a patch in this build has the fix.
        FixedBackport = "fixed_backport",
        /// The vulnerability is not about this product.
        FalsePositive = "false_positive",
        /// The source says that it does not know.
        Unknown = "unknown",
    }
}

impl VexStatus {
    /// The verdict of a finding for which this status stands.
    pub fn verdict(self) -> Verdict {
        match self {
            VexStatus::UnderInvestigation | VexStatus::Unknown => Verdict::NeedsReview,
            VexStatus::Affected => Verdict::Affected,
            VexStatus::NotAffected
            | VexStatus::Fixed
            | VexStatus::FixedBackport
            | VexStatus::FalsePositive => Verdict::NotAffected,
        }
    }
}

words! {
    /// Why a product is not affected; numbered 1 to 5 in this order.
    Justification {
        /// 1: the component is not there.
        ComponentNotPresent = "component_not_present",
        /// 2: the component is there, the vulnerable code is not.
        VulnerableCodeNotPresent = "vulnerable_code_not_present",
        /// 3: the code is there and never runs.
        VulnerableCodeNotInExecutePath = "vulnerable_code_not_in_execute_path",
        /// 4: it runs, and no attacker controls its input.
        VulnerableCodeCannotBeControlledByAdversary = "vulnerable_code_cannot_be_controlled_by_adversary",
        /// 5: something in the product prevents exploitation.
        InlineMitigationsAlreadyExist = "inline_mitigations_already_exist",
    }
}

impl Justification {
    /// Its number, 1 to 5.
    pub fn number(self) -> u8 {
        self as u8 + 1
    }
}

words! {
    /// The form a document was written in.
    VexFormat {
        /// OpenVEX 0.0.x and 0.2.
        OpenVex = "openvex",
        /// CSAF 2.0 and 2.1.
        Csaf = "csaf",
        /// CycloneDX with `vulnerabilities`.
        CycloneDx = "cyclonedx",
        /// SPDX 3 security profile.
        Spdx3 = "spdx3",
        /// Yocto `vex` and `cve-check` JSON.
        Yocto = "yocto",
    }
}

words! {
    /// What can be done about it.
    RemediationKind {
        /// Take the supplier's fix.
        VendorFix = "vendor_fix",
        /// Lower the risk.
        Mitigation = "mitigation",
        /// Avoid the problem.
        Workaround = "workaround",
        /// A fix will come.
        FixPlanned = "fix_planned",
        /// No fix will come.
        NoFixPlanned = "no_fix_planned",
        /// There is none.
        NoneAvailable = "none_available",
        /// Harmless here, a patch is offered all the same.
        OptionalPatch = "optional_patch",
    }
}

/// One remediation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remediation {
    /// Its kind.
    pub kind: RemediationKind,
    /// What to do, as written; empty when the source gives only the kind.
    pub text: String,
}

/// What a statement speaks about, by every identifier that the document gives.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ProductRef {
    /// The document's own reference (`@id`, `product_id`, `bom-ref`, `spdxId`); empty when none.
    pub reference: String,
    /// The name as written; never an identifier.
    pub name: String,
    /// Package URLs as written, without a `vers` qualifier.
    pub purls: Vec<String>,
    /// CPE names as written.
    pub cpes: Vec<String>,
    /// `algorithm:hex` of its files.
    pub hashes: Vec<String>,
    /// Versions and `vers:` ranges to which the statement is limited, beside the version of the identifier.
    pub versions: Vec<String>,
    /// Parts of the product that the statement is about; empty = the product as a whole.
    pub subcomponents: Vec<ProductRef>,
}

/// The words of the document, before they were mapped to ours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OriginalWords {
    /// The status word.
    pub status: String,
    /// The justification word; empty when none.
    pub justification: String,
}

/// One claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VexStatement {
    /// The vulnerability's main id.
    pub vulnerability: String,
    /// Its other ids.
    pub aliases: Vec<String>,
    /// The products; a statement without any applies to nothing.
    pub products: Vec<ProductRef>,
    /// The status.
    pub status: VexStatus,
    /// The coded reason.
    pub justification: Option<Justification>,
    /// The words as written.
    pub original: OriginalWords,
    /// Why it is not affected, in free text; empty when none.
    pub impact: String,
    /// What is to be done, in free text; empty when none.
    pub action: String,
    /// Anything else that was said; empty when none.
    pub detail: String,
    /// Remediations by kind.
    pub remediations: Vec<Remediation>,
    /// Versions that the source recommends.
    pub recommended: Vec<String>,
    /// When it was said last, as written; the document's time where the statement has none.
    pub timestamp: String,
    /// Weaker than it was written: a guard of the import changed its status, or only free text supports it.
    pub weak: bool,
    /// Where in the document.
    pub position: String,
    /// `sha256:hex` of the content of the statement, independent of its place.
    pub hash: String,
}

impl VexStatement {
    /// A statement without products and texts.
    pub fn new(vulnerability: &str, status: VexStatus) -> VexStatement {
        VexStatement {
            vulnerability: vulnerability.to_owned(),
            aliases: Vec::new(),
            products: Vec::new(),
            status,
            justification: None,
            original: OriginalWords::default(),
            impact: String::new(),
            action: String::new(),
            detail: String::new(),
            remediations: Vec::new(),
            recommended: Vec::new(),
            timestamp: String::new(),
            weak: false,
            position: String::new(),
            hash: String::new(),
        }
    }
}

/// One document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VexDocument {
    /// The form.
    pub format: VexFormat,
    /// The version of the form as written.
    pub spec_version: String,
    /// The document's id; empty when it has none.
    pub id: String,
    /// Who says it.
    pub author: String,
    /// Publisher's namespace or role; empty when none.
    pub publisher: String,
    /// The document's version as written; empty when none.
    pub version: String,
    /// When it was issued, as written; empty when unknown.
    pub timestamp: String,
    /// The tool that wrote it; empty when unknown.
    pub tool: String,
    /// `sha256:hex` of the bytes.
    pub hash: String,
    /// File name as given.
    pub file: String,
    /// The statements in document order.
    pub statements: Vec<VexStatement>,
}

impl VexDocument {
    /// A document without statements.
    pub fn new(format: VexFormat) -> VexDocument {
        VexDocument {
            format,
            spec_version: String::new(),
            id: String::new(),
            author: String::new(),
            publisher: String::new(),
            version: String::new(),
            timestamp: String::new(),
            tool: String::new(),
            hash: String::new(),
            file: String::new(),
            statements: Vec::new(),
        }
    }
}

/// A point in time, so that `10:00+02:00` and `08:00Z` are the same one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant {
    /// Seconds since 1970-01-01T00:00:00Z.
    pub seconds: i64,
    /// Nanoseconds on top; further digits are cut off.
    pub nanos: u32,
}

impl Instant {
    /// Reads RFC 3339 (`2023-07-17T18:28:47.69-06:00`) or a bare date, which is its first moment in UTC.
    ///
    /// ```
    /// use model::vex::Instant;
    /// assert_eq!(Instant::parse("2024-01-01T02:00:00+02:00"), Instant::parse("2024-01-01"));
    /// assert_eq!(Instant::parse("yesterday"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Instant> {
        let text = text.trim();
        let date = text.get(..10)?;
        let days = days(number(date, 0, 4)?, number(date, 5, 7)?, number(date, 8, 10)?)?;
        if date.as_bytes().get(4) != Some(&b'-') || date.as_bytes().get(7) != Some(&b'-') {
            return None;
        }
        let rest = text.get(10..)?;
        if rest.is_empty() {
            return Some(Instant { seconds: days * 86_400, nanos: 0 });
        }
        let time = rest.strip_prefix(['T', 't', ' '])?;
        let clock = time.get(..8)?;
        let (hour, minute, second) = (number(clock, 0, 2)?, number(clock, 3, 5)?, number(clock, 6, 8)?);
        let colons = clock.as_bytes().get(2) == Some(&b':') && clock.as_bytes().get(5) == Some(&b':');
        if !colons || hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let (nanos, zone) = fraction(time.get(8..)?)?;
        let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offset(zone)?;
        Some(Instant { seconds, nanos })
    }

    /// `YYYY-MM-DDThh:mm:ssZ`: the form that SPDX 3 demands, without the fraction.
    pub fn to_utc_seconds(self) -> String {
        let (year, month, day) = date_of(self.seconds.div_euclid(86_400));
        let clock = self.seconds.rem_euclid(86_400);
        let (hour, minute, second) = (clock / 3_600, clock / 60 % 60, clock % 60);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

fn number(text: &str, start: usize, end: usize) -> Option<i64> {
    let digits = text.get(start..end)?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

/// The fraction in nanoseconds, and what stands behind it.
fn fraction(text: &str) -> Option<(u32, &str)> {
    let Some(rest) = text.strip_prefix('.') else { return Some((0, text)) };
    let length = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, zone) = (rest.get(..length)?, rest.get(length..)?);
    if digits.is_empty() {
        return None;
    }
    let nanos = digits.chars().chain(std::iter::repeat('0')).take(9).collect::<String>().parse().ok()?;
    Some((nanos, zone))
}

/// Seconds by which a zone is ahead of UTC; none written is UTC.
fn offset(zone: &str) -> Option<i64> {
    if matches!(zone, "" | "Z" | "z") {
        return Some(0);
    }
    let sign = match zone.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let rest = zone.get(1..)?;
    let minutes = if rest.contains(':') { number(rest, 3, 5)? } else { number(rest, 2, 4)? };
    let hours = number(rest, 0, 2)?;
    (rest.len() <= 5 && hours < 24 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
}

/// Days since 1970-01-01 of a date of the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1..=12).contains(&month) || day < 1 || day > days_in(year, month) {
        return None;
    }
    // Years begin in March, so that the leap day is the last one of a year.
    let shifted = if month > 2 { year } else { year - 1 };
    let (era, of_era) = (shifted.div_euclid(400), shifted.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

fn days_in(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Year, month and day of a number of days since 1970-01-01.
pub(crate) fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

/// Orders versions of documents (`2`, `1.10.0`, `1.0.0-2`): numbers by value, anything else by its bytes; a
/// document without a version stands before all others. Total, so that equal means equal texts.
pub fn compare_document_versions(one: &str, other: &str) -> Ordering {
    let (a, b) = (one.trim(), other.trim());
    let mut left = pieces(a);
    let mut right = pieces(b);
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return a.cmp(b).then_with(|| one.cmp(other)),
            (Some(_), None) => return Ordering::Greater,
            (None, Some(_)) => return Ordering::Less,
            (Some(l), Some(r)) => compare_pieces(l, r),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

fn pieces(version: &str) -> impl Iterator<Item = &str> {
    version.split(['.', '-', '+']).filter(|piece| !piece.is_empty())
}

/// Numbers by value and after words; numbers of any length, so no parsing.
fn compare_pieces(one: &str, other: &str) -> Ordering {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    match (digits(one), digits(other)) {
        (true, true) => {
            let (a, b) = (one.trim_start_matches('0'), other.trim_start_matches('0'));
            a.len().cmp(&b.len()).then_with(|| a.cmp(b))
        }
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => one.cmp(other),
    }
}
