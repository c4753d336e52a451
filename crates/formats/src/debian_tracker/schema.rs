//! The shape of one issue, as far as it is read.

use serde::Deserialize;

use crate::records::Wire;
use crate::records::shape::{Shape, TEXTS};
use crate::records::wire::{Named, Word};

/// What is known of a vulnerability in a source package.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Issue<'a> {
    #[serde(borrow)]
    pub description: Word<'a>,
    pub scope: Word<'a>,
    /// The number of the bug report.
    pub debianbug: Option<u64>,
    /// By code name.
    pub releases: Named<'a, Release<'a>>,
}

/// What is known of it in a release.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Release<'a> {
    #[serde(borrow)]
    pub status: Word<'a>,
    pub fixed_version: Word<'a>,
    pub urgency: Word<'a>,
    /// Why no advisory is made, in words.
    pub nodsa: Word<'a>,
    /// What is done instead: `ignored`, `postponed`, or nothing.
    pub nodsa_reason: Word<'a>,
}

/// An issue.
pub struct TrackerIssue;
impl Wire for TrackerIssue {
    type Of<'a> = Issue<'a>;
    const SHAPE: Shape = Shape::Object(&[
        ("description", Shape::Text),
        ("scope", Shape::Text),
        ("debianbug", Shape::Number),
        (
            "releases",
            Shape::Named(&Shape::Object(&[
                ("status", Shape::Text),
                ("fixed_version", Shape::Text),
                ("urgency", Shape::Text),
                ("nodsa", Shape::Text),
                ("nodsa_reason", Shape::Text),
                ("repositories", Shape::Any),
            ])),
        ),
        ("references", TEXTS),
    ]);
}
