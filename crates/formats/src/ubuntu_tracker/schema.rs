//! The shapes of the web service's pages and of OpenVEX, as far as they are read.

use serde::Deserialize;

use crate::records::Wire;
use crate::records::shape::{Shape, TEXTS};
use crate::records::wire::{List, Named, Word};

/// An element of `cves[]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Cve<'a> {
    #[serde(borrow)]
    pub id: Word<'a>,
    pub status: Word<'a>,
    pub description: Word<'a>,
    pub ubuntu_description: Word<'a>,
    pub priority: Word<'a>,
    pub published: Word<'a>,
    pub updated_at: Word<'a>,
    pub mitigation: Word<'a>,
    pub references: List<Word<'a>>,
    pub bugs: List<Word<'a>>,
    pub notices_ids: List<Word<'a>>,
    pub notes: List<Note<'a>>,
    pub packages: List<Package<'a>>,
    /// Addresses of fixes by package.
    pub patches: Option<Named<'a, List<Word<'a>>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Note<'a> {
    #[serde(borrow)]
    pub note: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Package<'a> {
    #[serde(borrow)]
    pub name: Word<'a>,
    pub statuses: List<State<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct State<'a> {
    #[serde(borrow)]
    pub release_codename: Word<'a>,
    pub status: Word<'a>,
    pub description: Word<'a>,
    pub pocket: Word<'a>,
}

/// An element of `cves[]`.
pub struct TrackerCve;
impl Wire for TrackerCve {
    type Of<'a> = Cve<'a>;
    const SHAPE: Shape = Shape::Object(&[
        ("id", Shape::Text),
        ("status", Shape::Text),
        ("description", Shape::Text),
        ("ubuntu_description", Shape::Text),
        ("priority", Shape::Text),
        ("published", Shape::Text),
        ("updated_at", Shape::Text),
        ("mitigation", Shape::Text),
        ("references", TEXTS),
        ("bugs", TEXTS),
        ("notices_ids", TEXTS),
        ("notes", Shape::List(&Shape::Object(&[("note", Shape::Text)]))),
        (
            "packages",
            Shape::List(&Shape::Object(&[
                ("name", Shape::Text),
                (
                    "statuses",
                    Shape::List(&Shape::Object(&[
                        ("release_codename", Shape::Text),
                        ("status", Shape::Text),
                        ("description", Shape::Text),
                        ("pocket", Shape::Text),
                    ])),
                ),
            ])),
        ),
        ("patches", Shape::Named(&TEXTS)),
    ]);
}

/// An OpenVEX document.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Vex<'a> {
    #[serde(borrow, rename = "@id")]
    pub at: Word<'a>,
    pub timestamp: Word<'a>,
    pub last_updated: Word<'a>,
    pub statements: List<Statement<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Statement<'a> {
    #[serde(borrow)]
    pub vulnerability: Option<Vulnerability<'a>>,
    pub products: List<Product<'a>>,
    pub status: Word<'a>,
    pub status_notes: Word<'a>,
    pub justification: Word<'a>,
    pub impact_statement: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Vulnerability<'a> {
    #[serde(borrow, rename = "@id")]
    pub at: Word<'a>,
    pub name: Word<'a>,
    pub description: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Product<'a> {
    #[serde(borrow, rename = "@id")]
    pub at: Word<'a>,
}

/// An OpenVEX document.
pub struct UbuntuVex;
impl Wire for UbuntuVex {
    type Of<'a> = Vex<'a>;
    const SHAPE: Shape = Shape::Object(&[
        ("@id", Shape::Text),
        ("timestamp", Shape::Text),
        ("last_updated", Shape::Text),
        (
            "statements",
            Shape::List(&Shape::Object(&[
                (
                    "vulnerability",
                    Shape::Object(&[
                        ("@id", Shape::Text),
                        ("name", Shape::Text),
                        ("description", Shape::Text),
                    ]),
                ),
                ("products", Shape::List(&Shape::Object(&[("@id", Shape::Text)]))),
                ("status", Shape::Text),
                ("status_notes", Shape::Text),
                ("justification", Shape::Text),
                ("impact_statement", Shape::Text),
            ])),
        ),
    ]);
}
