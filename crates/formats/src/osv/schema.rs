//! The OSV 1.x shape, as far as it is read.

use serde::Deserialize;

use crate::records::Wire;
use crate::records::shape::{Shape, TEXTS};
use crate::records::wire::{List, Word};

/// An OSV record.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Document<'a> {
    #[serde(borrow)]
    pub id: Word<'a>,
    pub modified: Word<'a>,
    pub published: Word<'a>,
    pub withdrawn: Word<'a>,
    pub aliases: List<Word<'a>>,
    pub upstream: List<Word<'a>>,
    pub related: List<Word<'a>>,
    pub summary: Word<'a>,
    pub details: Word<'a>,
    pub severity: List<WireSeverity<'a>>,
    pub affected: List<Affected<'a>>,
    pub references: List<WireReference<'a>>,
    pub database_specific: Option<DatabaseSpecific<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct WireSeverity<'a> {
    #[serde(borrow, rename = "type")]
    pub kind: Word<'a>,
    pub score: Word<'a>,
}

/// One entry of `affected[]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Affected<'a> {
    #[serde(borrow)]
    pub package: Option<Package<'a>>,
    pub ranges: List<Range<'a>>,
    pub versions: List<Word<'a>>,
    pub severity: List<WireSeverity<'a>>,
    pub ecosystem_specific: Option<EcosystemSpecific<'a>>,
    pub database_specific: Option<AffectedSpecific<'a>>,
}

/// What ecosystems add to an entry: Debian its urgency, crates.io what is affected within the crate.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct EcosystemSpecific<'a> {
    #[serde(borrow)]
    pub urgency: Word<'a>,
    pub affects: Option<Affects<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Affects<'a> {
    #[serde(borrow)]
    pub functions: List<Word<'a>>,
    pub os: List<Word<'a>>,
    pub arch: List<Word<'a>>,
}

/// What databases add to an entry: RustSec its kind of notice.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct AffectedSpecific<'a> {
    #[serde(borrow)]
    pub informational: Word<'a>,
    /// GitHub, where nothing is mended: `<= 1.2.3`.
    pub last_known_affected_version_range: Word<'a>,
    pub categories: List<Word<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Package<'a> {
    #[serde(borrow)]
    pub ecosystem: Word<'a>,
    pub name: Word<'a>,
    pub purl: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Range<'a> {
    #[serde(borrow, rename = "type")]
    pub kind: Word<'a>,
    pub repo: Word<'a>,
    pub events: List<Event<'a>>,
}

/// An event; the format allows one member, old records have two.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Event<'a> {
    #[serde(borrow)]
    pub introduced: Word<'a>,
    pub fixed: Word<'a>,
    pub last_affected: Word<'a>,
    pub limit: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct WireReference<'a> {
    #[serde(borrow, rename = "type")]
    pub kind: Word<'a>,
    pub url: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct DatabaseSpecific<'a> {
    #[serde(borrow)]
    pub cwe_ids: List<Word<'a>>,
    /// GitHub: somebody has looked at the advisory.
    pub github_reviewed: Option<bool>,
}

const SEVERITY: Shape = Shape::List(&Shape::Object(&[("type", Shape::Text), ("score", Shape::Text)]));
const EVENT: Shape = Shape::Object(&[
    ("introduced", Shape::Text),
    ("fixed", Shape::Text),
    ("last_affected", Shape::Text),
    ("limit", Shape::Text),
]);
const RANGE: Shape =
    Shape::Object(&[("type", Shape::Text), ("repo", Shape::Text), ("events", Shape::List(&EVENT))]);

/// An OSV record.
pub struct OsvRecord;
impl Wire for OsvRecord {
    type Of<'a> = Document<'a>;
    const SHAPE: Shape = Shape::Object(&[
        ("id", Shape::Text),
        ("modified", Shape::Text),
        ("published", Shape::Text),
        ("withdrawn", Shape::Text),
        ("aliases", TEXTS),
        ("upstream", TEXTS),
        ("related", TEXTS),
        ("summary", Shape::Text),
        ("details", Shape::Text),
        ("severity", SEVERITY),
        (
            "affected",
            Shape::List(&Shape::Object(&[
                (
                    "package",
                    Shape::Object(&[
                        ("ecosystem", Shape::Text),
                        ("name", Shape::Text),
                        ("purl", Shape::Text),
                    ]),
                ),
                ("ranges", Shape::List(&RANGE)),
                ("versions", TEXTS),
                ("severity", SEVERITY),
                (
                    "ecosystem_specific",
                    Shape::Object(&[
                        ("urgency", Shape::Text),
                        ("affects", Shape::Object(&[("functions", TEXTS), ("os", TEXTS), ("arch", TEXTS)])),
                    ]),
                ),
                (
                    "database_specific",
                    Shape::Object(&[
                        ("informational", Shape::Text),
                        ("last_known_affected_version_range", Shape::Text),
                        ("categories", TEXTS),
                    ]),
                ),
            ])),
        ),
        ("references", Shape::List(&Shape::Object(&[("type", Shape::Text), ("url", Shape::Text)]))),
        ("database_specific", Shape::Object(&[("cwe_ids", TEXTS), ("github_reviewed", Shape::Flag)])),
    ]);
}
