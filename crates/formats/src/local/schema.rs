//! The shape of a line, shared by reader and writer.

use serde::{Deserialize, Serialize};

use crate::records::Wire;
use crate::records::shape::{Shape, TEXTS};
use crate::records::wire::{List, Pairs, Word};

/// The first line of a file.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct FirstLine<'a> {
    #[serde(borrow)]
    pub schema: Word<'a>,
    pub as_of: Pairs<'a>,
    pub revision: Word<'a>,
}

/// A line: a record, unless `kev` or `epss` is there.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Line<'a> {
    #[serde(borrow, skip_serializing_if = "Word::is_empty")]
    pub id: Word<'a>,
    #[serde(skip_serializing_if = "Word::is_empty")]
    pub source: Word<'a>,
    #[serde(skip_serializing_if = "Word::is_empty")]
    pub by: Word<'a>,
    #[serde(skip_serializing_if = "Word::is_empty")]
    pub state: Word<'a>,
    #[serde(skip_serializing_if = "is_false")]
    pub disputed: bool,
    #[serde(skip_serializing_if = "Word::is_empty")]
    pub published: Word<'a>,
    #[serde(skip_serializing_if = "Word::is_empty")]
    pub modified: Word<'a>,
    #[serde(skip_serializing_if = "is_none")]
    pub aliases: List<Word<'a>>,
    #[serde(skip_serializing_if = "is_none")]
    pub contains: List<Word<'a>>,
    #[serde(skip_serializing_if = "is_none")]
    pub related: List<Word<'a>>,
    #[serde(skip_serializing_if = "is_none")]
    pub tags: List<Word<'a>>,
    #[serde(skip_serializing_if = "is_none")]
    pub cvss: List<Vector<'a>>,
    #[serde(skip_serializing_if = "is_none")]
    pub cwe: List<Word<'a>>,
    #[serde(skip_serializing_if = "is_none")]
    pub ssvc: List<(Word<'a>, Word<'a>)>,
    #[serde(skip_serializing_if = "is_none")]
    pub fixes: List<Word<'a>>,
    #[serde(skip_serializing_if = "is_none")]
    pub claims: List<WireClaim<'a>>,
    #[serde(skip_serializing_if = "is_none")]
    pub cpe: List<Node<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kev: Option<WireKev<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epss: Option<(f32, f32)>,
    /// The earlier probability and its day, beside `epss`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epss_before: Option<(f32, Word<'a>)>,
    /// References to exploits: the address, and `exploit` where the record tags it as one.
    #[serde(skip_serializing_if = "is_none")]
    pub exploits: List<(Word<'a>, Word<'a>)>,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

fn is_none<T>(list: &List<T>) -> bool {
    list.0.is_empty()
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Vector<'a> {
    #[serde(borrow)]
    pub vector: Word<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    #[serde(skip_serializing_if = "Word::is_empty")]
    pub by: Word<'a>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct WireKev<'a> {
    #[serde(borrow, skip_serializing_if = "Word::is_empty")]
    pub added: Word<'a>,
    #[serde(skip_serializing_if = "Word::is_empty")]
    pub due: Word<'a>,
    #[serde(skip_serializing_if = "Word::is_empty")]
    pub ransomware: Word<'a>,
    /// The catalogue, where it is not CISA's.
    #[serde(skip_serializing_if = "Word::is_empty")]
    pub by: Word<'a>,
}

/// One subject with its versions.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct WireClaim<'a> {
    #[serde(borrow, skip_serializing_if = "Word::is_empty")]
    pub form: Word<'a>,
    #[serde(skip_serializing_if = "Word::is_empty")]
    pub vendor: Word<'a>,
    #[serde(skip_serializing_if = "Word::is_empty")]
    pub product: Word<'a>,
    #[serde(skip_serializing_if = "Word::is_empty")]
    pub package: Word<'a>,
    #[serde(skip_serializing_if = "Word::is_empty")]
    pub collection: Word<'a>,
    #[serde(skip_serializing_if = "Word::is_empty")]
    pub purl: Word<'a>,
    #[serde(skip_serializing_if = "is_none")]
    pub cpes: List<Word<'a>>,
    #[serde(skip_serializing_if = "Word::is_empty")]
    pub repo: Word<'a>,
    #[serde(skip_serializing_if = "Word::is_empty")]
    pub ecosystem: Word<'a>,
    #[serde(skip_serializing_if = "Word::is_empty")]
    pub release: Word<'a>,
    #[serde(skip_serializing_if = "is_none")]
    pub modules: List<Word<'a>>,
    #[serde(skip_serializing_if = "is_none")]
    pub files: List<Word<'a>>,
    #[serde(skip_serializing_if = "is_none")]
    pub platforms: List<Word<'a>>,
    #[serde(skip_serializing_if = "Word::is_empty")]
    pub default: Word<'a>,
    #[serde(skip_serializing_if = "is_none")]
    pub versions: List<Row<'a>>,
}

/// One row. Of `before`, `through` and `open` one is given; none of them: the single version `from`.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Row<'a> {
    #[serde(borrow, skip_serializing_if = "Word::is_empty")]
    pub status: Word<'a>,
    #[serde(skip_serializing_if = "is_false")]
    pub git: bool,
    #[serde(skip_serializing_if = "Word::is_empty")]
    pub from: Word<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Word<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub through: Option<Word<'a>>,
    #[serde(skip_serializing_if = "is_false")]
    pub open: bool,
    #[serde(rename = "type", skip_serializing_if = "Word::is_empty")]
    pub kind: Word<'a>,
    #[serde(skip_serializing_if = "is_none")]
    pub changes: List<(Word<'a>, Word<'a>)>,
}

/// A node of a CPE tree.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Node<'a> {
    #[serde(skip_serializing_if = "is_false")]
    pub and: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub not: bool,
    #[serde(borrow, skip_serializing_if = "is_none")]
    pub nodes: List<Node<'a>>,
    #[serde(skip_serializing_if = "is_none")]
    pub criteria: List<Leaf<'a>>,
}

/// Criteria of one product. `name` holds part, vendor, product, edition, language, software edition, target
/// software, target hardware, other; a row holds version, update, start including, start excluding, end
/// including, end excluding; trailing members may be left out (`*` in names, nothing in bounds).
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Leaf<'a> {
    #[serde(skip_serializing_if = "is_false")]
    pub platform: bool,
    #[serde(borrow)]
    pub name: List<Word<'a>>,
    pub rows: List<List<Word<'a>>>,
}

const CLAIM: Shape = Shape::Object(&[
    ("form", Shape::Text),
    ("vendor", Shape::Text),
    ("product", Shape::Text),
    ("package", Shape::Text),
    ("collection", Shape::Text),
    ("purl", Shape::Text),
    ("cpes", TEXTS),
    ("repo", Shape::Text),
    ("ecosystem", Shape::Text),
    ("release", Shape::Text),
    ("modules", TEXTS),
    ("files", TEXTS),
    ("platforms", TEXTS),
    ("default", Shape::Text),
    ("versions", Shape::List(&ROW)),
]);
const ROW: Shape = Shape::Object(&[
    ("status", Shape::Text),
    ("from", Shape::Text),
    ("before", Shape::Text),
    ("through", Shape::Text),
    ("type", Shape::Text),
    ("changes", Shape::List(&TEXTS)),
]);

/// A line of the format.
pub struct LocalLine;
impl Wire for LocalLine {
    type Of<'a> = Line<'a>;
    const SHAPE: Shape = Shape::Object(&[
        ("id", Shape::Text),
        ("source", Shape::Text),
        ("by", Shape::Text),
        ("state", Shape::Text),
        ("published", Shape::Text),
        ("modified", Shape::Text),
        ("aliases", TEXTS),
        ("contains", TEXTS),
        ("related", TEXTS),
        ("tags", TEXTS),
        (
            "cvss",
            Shape::List(&Shape::Object(&[
                ("vector", Shape::Text),
                ("score", Shape::Number),
                ("by", Shape::Text),
            ])),
        ),
        ("cwe", TEXTS),
        ("ssvc", Shape::List(&TEXTS)),
        ("fixes", TEXTS),
        ("claims", Shape::List(&CLAIM)),
        ("exploits", Shape::List(&TEXTS)),
    ]);
}
