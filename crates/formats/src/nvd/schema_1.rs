//! The NVD 1.1 shape of one CVE, as far as it is read.

use serde::Deserialize;

use crate::records::Wire;
use crate::records::shape::{Shape, TEXTS};
use crate::records::wire::{Dropped, List, Word};

use super::configurations::{Criterion, Grouped, WireNode};
use super::schema::{CvssData, Described, WireReference};

/// One element of `CVE_Items`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "M: Deserialize<'de> + Default"))]
pub struct Entry<'a, M> {
    #[serde(borrow)]
    pub cve: Option<Body<'a>>,
    pub configurations: Option<Configurations<'a, M>>,
    pub impact: Option<Impact<'a>>,
    pub published_date: Word<'a>,
    pub last_modified_date: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Body<'a> {
    #[serde(borrow, rename = "CVE_data_meta")]
    pub meta: Option<Meta<'a>>,
    pub problemtype: Option<ProblemType<'a>>,
    pub references: Option<References<'a>>,
    pub description: Option<Description<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Meta<'a> {
    #[serde(borrow, rename = "ID")]
    pub id: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ProblemType<'a> {
    #[serde(borrow)]
    pub problemtype_data: List<Problem<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Problem<'a> {
    #[serde(borrow)]
    pub description: List<Described<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct References<'a> {
    #[serde(borrow)]
    pub reference_data: List<WireReference<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Description<'a> {
    #[serde(borrow)]
    pub description_data: List<Described<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "M: Deserialize<'de> + Default"))]
pub struct Configurations<'a, M> {
    #[serde(borrow)]
    pub nodes: List<WireNode<'a, M>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Impact<'a> {
    #[serde(borrow)]
    pub base_metric_v3: Option<MetricV3<'a>>,
    pub base_metric_v2: Option<MetricV2<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct MetricV3<'a> {
    #[serde(borrow)]
    pub cvss_v3: Option<CvssData<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct MetricV2<'a> {
    #[serde(borrow)]
    pub cvss_v2: Option<CvssData<'a>>,
}

const DESCRIBED: Shape = Shape::List(&Shape::Object(&[("lang", Shape::Text), ("value", Shape::Text)]));
const REFERENCES: Shape = Shape::List(&Shape::Object(&[("url", Shape::Text), ("tags", TEXTS)]));
const CVSS: Shape = Shape::Object(&[("vectorString", Shape::Text), ("baseScore", Shape::Number)]);
const BODY: Shape = Shape::Object(&[
    ("CVE_data_meta", Shape::Object(&[("ID", Shape::Text)])),
    (
        "problemtype",
        Shape::Object(&[("problemtype_data", Shape::List(&Shape::Object(&[("description", DESCRIBED)])))]),
    ),
    ("references", Shape::Object(&[("reference_data", REFERENCES)])),
    ("description", Shape::Object(&[("description_data", DESCRIBED)])),
]);

/// One element, criteria grouped.
pub struct Item;
impl Wire for Item {
    type Of<'a> = Entry<'a, Grouped<'a>>;
    const SHAPE: Shape = Shape::Object(&[
        ("cve", BODY),
        ("configurations", Shape::Object(&[("nodes", Shape::List(&Shape::CpeNode))])),
        (
            "impact",
            Shape::Object(&[
                ("baseMetricV3", Shape::Object(&[("cvssV3", CVSS)])),
                ("baseMetricV2", Shape::Object(&[("cvssV2", CVSS)])),
            ]),
        ),
        ("publishedDate", Shape::Text),
        ("lastModifiedDate", Shape::Text),
    ]);
}

/// The same shape for the parse-only benchmark.
pub type ParsedEntry<'a> = Entry<'a, Dropped<Criterion<'a>>>;
