//! The wire shape of Yocto's `cve-check` and `vex` JSON.

use crate::text::loose::{List, Text, loose};

loose! {
    /// One recipe.
    pub struct Package<'a> {
        name: Text<'a> = "name",
        layer: Text<'a> = "layer",
        version: Text<'a> = "version",
        products: List<Product<'a>> = "products",
        cpes: List<Text<'a>> = "cpes",
        issues: List<Issue<'a>> = "issue",
    }
}

loose! {
    /// One name under which the recipe is known.
    pub struct Product<'a> {
        product: Text<'a> = "product",
    }
}

loose! {
    /// One vulnerability and what the build says of it.
    pub struct Issue<'a> {
        id: Text<'a> = "id",
        status: Text<'a> = "status",
        detail: Text<'a> = "detail",
        description: Text<'a> = "description",
        patches: List<Text<'a>> = "patch-file",
    }
}
