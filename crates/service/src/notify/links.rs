//! Where messages lead: the addresses of pages, in one place.

use super::plain::path_part;

/// Addresses below a server's base URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Links(String);

impl Links {
    /// Below a base URL such as `https://patchwright.example`.
    pub fn new(base_url: &str) -> Links {
        Links(base_url.trim_end_matches('/').to_owned())
    }

    /// The first page.
    pub fn today(&self) -> String {
        format!("{}/", self.0)
    }

    /// A product.
    pub fn product(&self, slug: &str) -> String {
        format!("{}/products/{}", self.0, path_part(slug))
    }

    /// A vulnerability: all places where we have it.
    pub fn vulnerability(&self, name: &str) -> String {
        format!("{}/vulnerabilities/{}", self.0, path_part(name))
    }

    /// A finding.
    pub fn finding(&self, id: i64) -> String {
        format!("{}/findings/{id}", self.0)
    }

    /// The state of the feeds.
    pub fn knowledge(&self) -> String {
        format!("{}/knowledge", self.0)
    }

    /// Where alerts and channels are set.
    pub fn settings(&self) -> String {
        format!("{}/settings", self.0)
    }
}
