//! The wire shape of CSAF 2.0 and 2.1, as far as statements need it.

use crate::text::loose::{List, Text, loose};

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
        publisher: Publisher<'a> = "publisher",
        tracking: Tracking<'a> = "tracking",
    }
}

loose! {
    /// `publisher`.
    pub struct Publisher<'a> {
        name: Text<'a> = "name",
        namespace: Text<'a> = "namespace",
    }
}

loose! {
    /// `tracking`.
    pub struct Tracking<'a> {
        id: Text<'a> = "id",
        version: Text<'a> = "version",
        current: Text<'a> = "current_release_date",
        generator: Generator<'a> = "generator",
    }
}

loose! {
    /// `generator`.
    pub struct Generator<'a> {
        engine: Engine<'a> = "engine",
    }
}

loose! {
    /// `engine`.
    pub struct Engine<'a> {
        name: Text<'a> = "name",
        version: Text<'a> = "version",
    }
}

loose! {
    /// `product_tree`.
    pub struct Tree<'a> {
        branches: List<Branch<'a>> = "branches",
        full_names: List<FullName<'a>> = "full_product_names",
        groups: List<Group<'a>> = "product_groups",
        relationships: List<Relationship<'a>> = "relationships",
        paths: List<Path<'a>> = "product_paths",
    }
}

loose! {
    /// One branch.
    pub struct Branch<'a> {
        category: Text<'a> = "category",
        name: Text<'a> = "name",
        product: FullName<'a> = "product",
        branches: List<Branch<'a>> = "branches",
    }
}

loose! {
    /// A product.
    pub struct FullName<'a> {
        id: Text<'a> = "product_id",
        name: Text<'a> = "name",
        helper: Helper<'a> = "product_identification_helper",
    }
}

loose! {
    /// `product_identification_helper`.
    pub struct Helper<'a> {
        cpe: Text<'a> = "cpe",
        purl: Text<'a> = "purl",
        // Since 2.1.
        purls: List<Text<'a>> = "purls",
        hashes: List<FileHashes<'a>> = "hashes",
        // They narrow the product to single articles or devices.
        model_numbers: List<Text<'a>> = "model_numbers",
        serial_numbers: List<Text<'a>> = "serial_numbers",
        skus: List<Text<'a>> = "skus",
    }
}

loose! {
    /// The hashes of one file.
    pub struct FileHashes<'a> {
        hashes: List<FileHash<'a>> = "file_hashes",
    }
}

loose! {
    /// One hash.
    pub struct FileHash<'a> {
        algorithm: Text<'a> = "algorithm",
        value: Text<'a> = "value",
    }
}

loose! {
    /// A group of products.
    pub struct Group<'a> {
        id: Text<'a> = "group_id",
        products: List<Text<'a>> = "product_ids",
    }
}

loose! {
    /// One product in or on another (2.0).
    pub struct Relationship<'a> {
        product: Text<'a> = "product_reference",
        relates_to: Text<'a> = "relates_to_product_reference",
        full_name: FullName<'a> = "full_product_name",
    }
}

loose! {
    /// A chain of products, each in or on the next (2.1).
    pub struct Path<'a> {
        beginning: Text<'a> = "beginning_product_reference",
        full_name: FullName<'a> = "full_product_name",
        subpaths: List<Subpath<'a>> = "subpaths",
    }
}

loose! {
    /// One step of the chain.
    pub struct Subpath<'a> {
        next: Text<'a> = "next_product_reference",
    }
}

loose! {
    /// One vulnerability.
    pub struct Vulnerability<'a> {
        cve: Text<'a> = "cve",
        ids: List<Id<'a>> = "ids",
        status: Status<'a> = "product_status",
        flags: List<Flag<'a>> = "flags",
        threats: List<Remark<'a>> = "threats",
        remediations: List<Remark<'a>> = "remediations",
    }
}

loose! {
    /// Another id.
    pub struct Id<'a> {
        text: Text<'a> = "text",
        products: List<Text<'a>> = "product_ids",
        groups: List<Text<'a>> = "group_ids",
    }
}

loose! {
    /// `product_status`.
    pub struct Status<'a> {
        first_affected: List<Text<'a>> = "first_affected",
        known_affected: List<Text<'a>> = "known_affected",
        last_affected: List<Text<'a>> = "last_affected",
        first_fixed: List<Text<'a>> = "first_fixed",
        fixed: List<Text<'a>> = "fixed",
        known_not_affected: List<Text<'a>> = "known_not_affected",
        under_investigation: List<Text<'a>> = "under_investigation",
        unknown: List<Text<'a>> = "unknown",
        recommended: List<Text<'a>> = "recommended",
    }
}

loose! {
    /// A justification.
    pub struct Flag<'a> {
        label: Text<'a> = "label",
        products: List<Text<'a>> = "product_ids",
        groups: List<Text<'a>> = "group_ids",
    }
}

loose! {
    /// A threat or a remediation.
    pub struct Remark<'a> {
        category: Text<'a> = "category",
        details: Text<'a> = "details",
        url: Text<'a> = "url",
        products: List<Text<'a>> = "product_ids",
        groups: List<Text<'a>> = "group_ids",
    }
}

impl<'a> Status<'a> {
    /// The groups that are a status, with their words.
    pub fn groups(&self) -> [(&'static str, &List<Text<'a>>); 8] {
        [
            ("first_affected", &self.first_affected),
            ("known_affected", &self.known_affected),
            ("last_affected", &self.last_affected),
            ("first_fixed", &self.first_fixed),
            ("fixed", &self.fixed),
            ("known_not_affected", &self.known_not_affected),
            ("under_investigation", &self.under_investigation),
            ("unknown", &self.unknown),
        ]
    }
}
