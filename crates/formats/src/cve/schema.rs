//! The CVE 5 shape, as far as it is read.

use serde::Deserialize;

use crate::nvd::configurations::{Criterion, Grouped, WireNode};
use crate::records::Wire;
use crate::records::shape::{Shape, TEXTS};
use crate::records::wire::{Dropped, List, Pairs, Word};

/// A CVE record. `M` is what becomes of the criteria of `cpeApplicability`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "M: Deserialize<'de> + Default"))]
pub struct Document<'a, M> {
    #[serde(borrow)]
    pub cve_metadata: Option<Metadata<'a>>,
    pub containers: Option<Containers<'a, M>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Metadata<'a> {
    // The kernel CNA's rejected records write `cveID`.
    #[serde(borrow, alias = "cveID")]
    pub cve_id: Word<'a>,
    pub state: Word<'a>,
    pub assigner_org_id: Word<'a>,
    pub assigner_short_name: Word<'a>,
    pub date_published: Word<'a>,
    pub date_updated: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "M: Deserialize<'de> + Default"))]
pub struct Containers<'a, M> {
    #[serde(borrow)]
    pub cna: Option<Box<Container<'a, M>>>,
    pub adp: List<Container<'a, M>>,
}

/// A CNA or ADP container.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "M: Deserialize<'de> + Default"))]
pub struct Container<'a, M> {
    #[serde(borrow)]
    pub provider_metadata: Option<Provider<'a>>,
    pub title: Word<'a>,
    pub descriptions: List<Described<'a>>,
    pub rejected_reasons: List<Described<'a>>,
    pub affected: List<Affected<'a>>,
    pub cpe_applicability: List<WireNode<'a, M>>,
    pub metrics: List<Metric<'a>>,
    pub problem_types: List<ProblemType<'a>>,
    pub references: List<WireReference<'a>>,
    pub tags: List<Word<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Provider<'a> {
    #[serde(borrow)]
    pub org_id: Word<'a>,
    pub short_name: Word<'a>,
    pub date_updated: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Described<'a> {
    #[serde(borrow)]
    pub lang: Word<'a>,
    pub value: Word<'a>,
}

/// One entry of `affected[]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Affected<'a> {
    #[serde(borrow)]
    pub vendor: Word<'a>,
    pub product: Word<'a>,
    #[serde(rename = "collectionURL")]
    pub collection_url: Word<'a>,
    pub package_name: Word<'a>,
    #[serde(rename = "packageURL")]
    pub package_url: Word<'a>,
    // Some CNAs write `cpe`.
    #[serde(alias = "cpe")]
    pub cpes: List<Word<'a>>,
    pub modules: List<Word<'a>>,
    pub program_files: List<Word<'a>>,
    pub platforms: List<Word<'a>>,
    pub repo: Word<'a>,
    pub default_status: Word<'a>,
    pub versions: List<Version<'a>>,
}

/// The members of an `affected[]` entry that the CVE format knows, and whether they are read. Those that are
/// not have no place in a decision yet.
pub const FIELDS_OF_AFFECTED: &[(&str, bool)] = &[
    ("vendor", true),
    ("product", true),
    ("collectionURL", true),
    ("packageName", true),
    ("packageURL", true),
    ("cpes", true),
    ("modules", true),
    ("programFiles", true),
    ("programRoutines", false),
    ("platforms", true),
    ("repo", true),
    ("defaultStatus", true),
    ("versions", true),
];

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Version<'a> {
    #[serde(borrow)]
    pub version: Word<'a>,
    pub status: Word<'a>,
    pub version_type: Word<'a>,
    pub less_than: Word<'a>,
    pub less_than_or_equal: Word<'a>,
    pub changes: List<WireChange<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct WireChange<'a> {
    #[serde(borrow)]
    pub at: Word<'a>,
    pub status: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Metric<'a> {
    #[serde(borrow, rename = "cvssV4_0")]
    pub v4_0: Option<CvssData<'a>>,
    #[serde(rename = "cvssV3_1")]
    pub v3_1: Option<CvssData<'a>>,
    #[serde(rename = "cvssV3_0")]
    pub v3_0: Option<CvssData<'a>>,
    #[serde(rename = "cvssV2_0")]
    pub v2_0: Option<CvssData<'a>>,
    pub other: Option<Other<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CvssData<'a> {
    #[serde(borrow)]
    pub vector_string: Word<'a>,
    pub base_score: Option<f64>,
}

/// A metric outside of CVSS: SSVC and the known-exploited flag of CISA.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Other<'a> {
    #[serde(borrow, rename = "type")]
    pub kind: Word<'a>,
    pub content: Option<Content<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Content<'a> {
    #[serde(borrow)]
    pub options: List<Pairs<'a>>,
    pub date_added: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ProblemType<'a> {
    #[serde(borrow)]
    pub descriptions: List<Problem<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Problem<'a> {
    #[serde(borrow)]
    pub cwe_id: Word<'a>,
    pub description: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct WireReference<'a> {
    #[serde(borrow)]
    pub url: Word<'a>,
    pub tags: List<Word<'a>>,
}

const DESCRIBED: Shape = Shape::List(&Shape::Object(&[("lang", Shape::Text), ("value", Shape::Text)]));
const CVSS: Shape = Shape::Object(&[("vectorString", Shape::Text), ("baseScore", Shape::Number)]);
const CHANGES: Shape = Shape::List(&Shape::Object(&[("at", Shape::Text), ("status", Shape::Text)]));
const VERSIONS: Shape = Shape::List(&Shape::Object(&[
    ("version", Shape::Text),
    ("status", Shape::Text),
    ("versionType", Shape::Text),
    ("lessThan", Shape::Text),
    ("lessThanOrEqual", Shape::Text),
    ("changes", CHANGES),
]));
const AFFECTED: Shape = Shape::List(&Shape::Object(&[
    ("vendor", Shape::Text),
    ("product", Shape::Text),
    ("collectionURL", Shape::Text),
    ("packageName", Shape::Text),
    ("packageURL", Shape::Text),
    ("cpes", TEXTS),
    ("cpe", TEXTS),
    ("modules", TEXTS),
    ("programFiles", TEXTS),
    ("platforms", TEXTS),
    ("repo", Shape::Text),
    ("defaultStatus", Shape::Text),
    ("versions", VERSIONS),
]));
const OTHER: Shape = Shape::Object(&[
    ("type", Shape::Text),
    ("content", Shape::Object(&[("options", Shape::List(&Shape::Pairs)), ("dateAdded", Shape::Text)])),
]);
const CONTAINER: Shape = Shape::Object(&[
    (
        "providerMetadata",
        Shape::Object(&[("orgId", Shape::Text), ("shortName", Shape::Text), ("dateUpdated", Shape::Text)]),
    ),
    ("title", Shape::Text),
    ("descriptions", DESCRIBED),
    ("rejectedReasons", DESCRIBED),
    ("affected", AFFECTED),
    ("cpeApplicability", Shape::List(&Shape::CpeNode)),
    (
        "metrics",
        Shape::List(&Shape::Object(&[
            ("cvssV4_0", CVSS),
            ("cvssV3_1", CVSS),
            ("cvssV3_0", CVSS),
            ("cvssV2_0", CVSS),
            ("other", OTHER),
        ])),
    ),
    (
        "problemTypes",
        Shape::List(&Shape::Object(&[(
            "descriptions",
            Shape::List(&Shape::Object(&[("cweId", Shape::Text), ("description", Shape::Text)])),
        )])),
    ),
    ("references", Shape::List(&Shape::Object(&[("url", Shape::Text), ("tags", TEXTS)]))),
    ("tags", TEXTS),
]);

/// A CVE record, criteria grouped.
pub struct CveRecord;
impl Wire for CveRecord {
    type Of<'a> = Document<'a, Grouped<'a>>;
    const SHAPE: Shape = Shape::Object(&[
        (
            "cveMetadata",
            Shape::Object(&[
                ("cveId", Shape::Text),
                ("cveID", Shape::Text),
                ("state", Shape::Text),
                ("assignerOrgId", Shape::Text),
                ("assignerShortName", Shape::Text),
                ("datePublished", Shape::Text),
                ("dateUpdated", Shape::Text),
            ]),
        ),
        ("containers", Shape::Object(&[("cna", CONTAINER), ("adp", Shape::List(&CONTAINER))])),
    ]);
}

/// The same shape for the parse-only benchmark.
pub type ParsedDocument<'a> = Document<'a, Dropped<Criterion<'a>>>;
