//! The head of an advisory, as far as it is read.

use serde::Deserialize;

use crate::records::Wire;
use crate::records::shape::{Shape, TEXTS};
use crate::records::wire::{Keys, List, Word};

/// An advisory's head.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Head<'a> {
    #[serde(borrow)]
    pub advisory: Advisory<'a>,
    pub affected: Affected<'a>,
    pub versions: Option<Versions<'a>>,
}

/// `[advisory]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Advisory<'a> {
    #[serde(borrow)]
    pub id: Word<'a>,
    pub package: Word<'a>,
    pub date: Word<'a>,
    pub withdrawn: Word<'a>,
    pub url: Word<'a>,
    pub cvss: Word<'a>,
    pub informational: Word<'a>,
    pub aliases: List<Word<'a>>,
    pub related: List<Word<'a>>,
    pub references: List<Word<'a>>,
    pub categories: List<Word<'a>>,
    /// Only where there is no Markdown.
    pub title: Word<'a>,
    pub description: Word<'a>,
    /// Advisories of before 2020 have their versions here.
    pub patched_versions: List<Word<'a>>,
    pub unaffected_versions: List<Word<'a>>,
}

/// `[affected]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Affected<'a> {
    #[serde(borrow)]
    pub os: List<Word<'a>>,
    pub arch: List<Word<'a>>,
    pub functions: Keys<'a>,
}

/// `[versions]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Versions<'a> {
    #[serde(borrow)]
    pub patched: List<Word<'a>>,
    pub unaffected: List<Word<'a>>,
}

/// An advisory's head.
pub struct AdvisoryHead;
impl Wire for AdvisoryHead {
    type Of<'a> = Head<'a>;
    const SHAPE: Shape = Shape::Object(&[
        (
            "advisory",
            Shape::Object(&[
                ("id", Shape::Text),
                ("package", Shape::Text),
                ("date", Shape::Text),
                ("withdrawn", Shape::Text),
                ("url", Shape::Text),
                ("cvss", Shape::Text),
                ("informational", Shape::Text),
                ("aliases", TEXTS),
                ("related", TEXTS),
                ("references", TEXTS),
                ("categories", TEXTS),
                ("title", Shape::Text),
                ("description", Shape::Text),
                ("patched_versions", TEXTS),
                ("unaffected_versions", TEXTS),
            ]),
        ),
        ("affected", Shape::Object(&[("os", TEXTS), ("arch", TEXTS), ("functions", Shape::Object(&[]))])),
        ("versions", Shape::Object(&[("patched", TEXTS), ("unaffected", TEXTS)])),
    ]);
}
