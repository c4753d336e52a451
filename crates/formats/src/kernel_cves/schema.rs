//! The shape of an entry of `kernel_cves.json`, as far as it is read.

use serde::Deserialize;

use crate::records::Wire;
use crate::records::shape::Shape;
use crate::records::wire::{Anything, Pairs, Word};

/// What is known of a CVE.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Cve<'a> {
    #[serde(borrow)]
    pub affected_versions: Word<'a>,
    pub breaks: Word<'a>,
    pub fixes: Word<'a>,
    pub cmt_msg: Word<'a>,
    pub nvd_text: Word<'a>,
    pub name: Word<'a>,
    pub last_modified: Word<'a>,
    pub ref_urls: Pairs<'a>,
    pub backport: bool,
    pub rejected: bool,
    pub vendor_specific: bool,
    /// Objects or bare scores, without vectors: not used.
    pub cvss2: Anything,
    pub cvss3: Anything,
}

/// An entry of `kernel_cves.json`.
pub struct KernelCve;
impl Wire for KernelCve {
    type Of<'a> = Cve<'a>;
    const SHAPE: Shape = Shape::Object(&[
        ("affected_versions", Shape::Text),
        ("breaks", Shape::Text),
        ("fixes", Shape::Text),
        ("cmt_msg", Shape::Text),
        ("nvd_text", Shape::Text),
        ("name", Shape::Text),
        ("last_modified", Shape::Text),
        ("ref_urls", Shape::Pairs),
        ("backport", Shape::Flag),
        ("rejected", Shape::Flag),
        ("vendor_specific", Shape::Flag),
        ("cvss2", Shape::Any),
        ("cvss3", Shape::Any),
    ]);
}
