//! The wire shape of CSAF 2.0 and 2.1, as far as records need it; tree and status are those of the statements.

use crate::text::loose::{List, Text, loose};
use crate::vex::csaf::schema::{Flag, Id, Remark, Status, Tree};

loose! {
    /// The whole document.
    pub struct Csaf<'a> {
        document: Document<'a> = "document",
        tree: Tree<'a> = "product_tree",
        vulnerabilities: List<Vulnerability<'a>> = "vulnerabilities",
    }
}

loose! {
    /// `document`.
    pub struct Document<'a> {
        category: Text<'a> = "category",
        csaf_version: Text<'a> = "csaf_version",
        title: Text<'a> = "title",
        publisher: Publisher<'a> = "publisher",
        tracking: Tracking<'a> = "tracking",
        references: List<Reference<'a>> = "references",
    }
}

loose! {
    /// `publisher`.
    pub struct Publisher<'a> {
        name: Text<'a> = "name",
    }
}

loose! {
    /// `tracking`.
    pub struct Tracking<'a> {
        id: Text<'a> = "id",
        status: Text<'a> = "status",
        initial: Text<'a> = "initial_release_date",
        current: Text<'a> = "current_release_date",
    }
}

loose! {
    /// A reference.
    pub struct Reference<'a> {
        category: Text<'a> = "category",
        url: Text<'a> = "url",
    }
}

loose! {
    /// One vulnerability.
    pub struct Vulnerability<'a> {
        cve: Text<'a> = "cve",
        ids: List<Id<'a>> = "ids",
        title: Text<'a> = "title",
        // 2.0 has one weakness, 2.1 several.
        cwe: Cwe<'a> = "cwe",
        cwes: List<Cwe<'a>> = "cwes",
        notes: List<Note<'a>> = "notes",
        references: List<Reference<'a>> = "references",
        status: Status<'a> = "product_status",
        flags: List<Flag<'a>> = "flags",
        remediations: List<Remark<'a>> = "remediations",
        scores: List<Score<'a>> = "scores",
        // 2.1.
        metrics: List<Metric<'a>> = "metrics",
    }
}

loose! {
    /// A weakness.
    pub struct Cwe<'a> {
        id: Text<'a> = "id",
    }
}

loose! {
    /// A note.
    pub struct Note<'a> {
        category: Text<'a> = "category",
        text: Text<'a> = "text",
    }
}

loose! {
    /// The scores of some products, 2.0; the content of a metric, 2.1.
    pub struct Score<'a> {
        v2: Cvss<'a> = "cvss_v2",
        v3: Cvss<'a> = "cvss_v3",
        v4: Cvss<'a> = "cvss_v4",
    }
}

loose! {
    /// One CVSS object.
    pub struct Cvss<'a> {
        vector: Text<'a> = "vectorString",
        base: Text<'a> = "baseScore",
    }
}

loose! {
    /// The metrics of some products, 2.1.
    pub struct Metric<'a> {
        content: Score<'a> = "content",
    }
}
