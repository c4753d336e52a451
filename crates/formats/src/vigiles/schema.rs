//! The wire shape of a Vigiles manifest.

use crate::text::entries::Entries;
use crate::text::loose::{List, Text, loose};

loose! {
    /// One package.
    pub struct Package<'a> {
        name: Text<'a> = "name",
        version: Text<'a> = "version",
        cve_product: List<Text<'a>> = "cve_product",
        cve_version: Text<'a> = "cve_version",
        cpe_ids: List<Text<'a>> = "cpe_id",
        purls: List<Text<'a>> = "purl",
        commits: List<Text<'a>> = "srcrev",
        layer: Text<'a> = "layer",
        recipe: Text<'a> = "recipe",
        download: List<Text<'a>> = "download_location",
        homepage: Text<'a> = "homepage",
        supplier: Text<'a> = "package_supplier",
        patches: List<Text<'a>> = "patches",
        patched: Entries<List<Text<'a>>> = "patched_cves",
        ignored: List<Text<'a>> = "cve_check_ignore",
        ignored_by_buildroot: List<Text<'a>> = "ignore_cves",
        checksums: List<Checksum<'a>> = "checksums",
        component_type: List<Text<'a>> = "component_type",
        annotations: List<Annotation<'a>> = "annotations",
        dependencies: Dependencies<'a> = "dependencies",
        release_date: Text<'a> = "release_date",
        end_of_life: Text<'a> = "end_of_life",
        support: Text<'a> = "level_of_support",
    }
}

loose! {
    /// A hash of a download.
    pub struct Checksum<'a> {
        algorithm: Text<'a> = "algorithm",
        value: Text<'a> = "checksum_value",
    }
}

loose! {
    /// A remark of the tool; `isNative` marks what runs on the build host.
    pub struct Annotation<'a> {
        comment: Text<'a> = "comment",
    }
}

loose! {
    /// What a package needs, by the names of packages.
    pub struct Dependencies<'a> {
        build: List<Text<'a>> = "build",
        runtime: List<Text<'a>> = "runtime",
    }
}

loose! {
    /// How long a package of `additional_packages` lives.
    pub struct Info<'a> {
        release_date: Text<'a> = "release_date",
        end_of_life: Text<'a> = "end_of_life",
        support: Text<'a> = "level_of_support",
    }
}

loose! {
    /// One vulnerability and what somebody said of it.
    pub struct Vulnerability<'a> {
        id: Text<'a> = "id",
        cve_id: Text<'a> = "cve_id",
        packages: List<Text<'a>> = "package",
        products: List<Text<'a>> = "product",
        components: List<Text<'a>> = "component",
        affects: List<Affects<'a>> = "affects",
        status: Text<'a> = "status",
        justification: Text<'a> = "justification",
        description: Text<'a> = "description",
        detail: Text<'a> = "detail",
        analysis: Analysis<'a> = "analysis",
    }
}

loose! {
    /// What a vulnerability concerns, as CycloneDX writes it.
    pub struct Affects<'a> {
        reference: Text<'a> = "ref",
        name: Text<'a> = "name",
    }
}

loose! {
    /// A judgement, as CycloneDX writes it.
    pub struct Analysis<'a> {
        state: Text<'a> = "state",
        justification: Text<'a> = "justification",
        detail: Text<'a> = "detail",
    }
}
