//! The NVD 2.0 shape of one CVE, as far as it is read.

use serde::Deserialize;

use crate::records::Wire;
use crate::records::shape::{Shape, TEXTS};
use crate::records::wire::{Dropped, List, Word};

use super::configurations::{Criterion, Grouped, WireNode};

/// One CVE. `M` is what becomes of the criteria.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "M: Deserialize<'de> + Default"))]
pub struct Cve<'a, M> {
    #[serde(borrow)]
    pub id: Word<'a>,
    pub published: Word<'a>,
    pub last_modified: Word<'a>,
    pub vuln_status: Word<'a>,
    pub cve_tags: List<CveTag<'a>>,
    pub descriptions: List<Described<'a>>,
    pub metrics: Option<Metrics<'a>>,
    pub weaknesses: List<Weakness<'a>>,
    pub configurations: List<WireNode<'a, M>>,
    pub references: List<WireReference<'a>>,
    pub cisa_exploit_add: Word<'a>,
    pub cisa_action_due: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct CveTag<'a> {
    #[serde(borrow)]
    pub tags: List<Word<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Described<'a> {
    #[serde(borrow)]
    pub lang: Word<'a>,
    pub value: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Metrics<'a> {
    #[serde(borrow, rename = "cvssMetricV40")]
    pub v40: List<Metric<'a>>,
    #[serde(rename = "cvssMetricV31")]
    pub v31: List<Metric<'a>>,
    #[serde(rename = "cvssMetricV30")]
    pub v30: List<Metric<'a>>,
    #[serde(rename = "cvssMetricV2")]
    pub v2: List<Metric<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Metric<'a> {
    #[serde(borrow)]
    pub source: Word<'a>,
    pub cvss_data: Option<CvssData<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CvssData<'a> {
    #[serde(borrow)]
    pub vector_string: Word<'a>,
    pub base_score: Option<f64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Weakness<'a> {
    #[serde(borrow)]
    pub description: List<Described<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct WireReference<'a> {
    #[serde(borrow)]
    pub url: Word<'a>,
    pub tags: List<Word<'a>>,
}

/// A CVE inside an API page: `{"cve": {…}}`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "M: Deserialize<'de> + Default"))]
pub struct Wrapped<'a, M> {
    #[serde(borrow)]
    pub cve: Option<Box<Cve<'a, M>>>,
}

/// A file of overrides: `{"_annotation": {…}, "cve": {…}}`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "M: Deserialize<'de> + Default"))]
pub struct Override<'a, M> {
    #[serde(borrow, rename = "_annotation")]
    pub annotation: Option<Annotation<'a>>,
    pub cve: Option<Box<Cve<'a, M>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Annotation<'a> {
    #[serde(borrow)]
    pub cve_id: Word<'a>,
    pub modified: Word<'a>,
    pub published: Word<'a>,
}

const DESCRIBED: Shape = Shape::List(&Shape::Object(&[("lang", Shape::Text), ("value", Shape::Text)]));
const CVSS: Shape = Shape::Object(&[("vectorString", Shape::Text), ("baseScore", Shape::Number)]);
const METRIC: Shape = Shape::List(&Shape::Object(&[("source", Shape::Text), ("cvssData", CVSS)]));
const CVE: Shape = Shape::Object(&[
    ("id", Shape::Text),
    ("published", Shape::Text),
    ("lastModified", Shape::Text),
    ("vulnStatus", Shape::Text),
    ("cveTags", Shape::List(&Shape::Object(&[("tags", TEXTS)]))),
    ("descriptions", DESCRIBED),
    (
        "metrics",
        Shape::Object(&[
            ("cvssMetricV40", METRIC),
            ("cvssMetricV31", METRIC),
            ("cvssMetricV30", METRIC),
            ("cvssMetricV2", METRIC),
        ]),
    ),
    ("weaknesses", Shape::List(&Shape::Object(&[("description", DESCRIBED)]))),
    ("configurations", Shape::List(&Shape::CpeNode)),
    ("references", Shape::List(&Shape::Object(&[("url", Shape::Text), ("tags", TEXTS)]))),
    ("cisaExploitAdd", Shape::Text),
    ("cisaActionDue", Shape::Text),
]);
const ANNOTATION: Shape =
    Shape::Object(&[("cve_id", Shape::Text), ("modified", Shape::Text), ("published", Shape::Text)]);

/// A bare CVE, criteria grouped.
pub struct BareRecord;
impl Wire for BareRecord {
    type Of<'a> = Cve<'a, Grouped<'a>>;
    const SHAPE: Shape = CVE;
}

/// A wrapped CVE, criteria grouped.
pub struct WrappedRecord;
impl Wire for WrappedRecord {
    type Of<'a> = Wrapped<'a, Grouped<'a>>;
    const SHAPE: Shape = Shape::Object(&[("cve", CVE)]);
}

/// An override, criteria grouped.
pub struct OverrideRecord;
impl Wire for OverrideRecord {
    type Of<'a> = Override<'a, Grouped<'a>>;
    const SHAPE: Shape = Shape::Object(&[("_annotation", ANNOTATION), ("cve", CVE)]);
}

/// The same shapes for the parse-only benchmark: each criterion is parsed and dropped.
pub type ParsedBare<'a> = Cve<'a, Dropped<Criterion<'a>>>;
/// See [`ParsedBare`]; reads wrapped CVEs and overrides alike.
pub type ParsedOverride<'a> = Override<'a, Dropped<Criterion<'a>>>;
