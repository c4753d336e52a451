//! Who may do what: roles of the maker's side (assessment.md 4.6, remediation.md 13).

use crate::words::words;

words! {
    /// What a person may do in an organisation, granted per product or for all of them.
    Role {
        /// Reads everything of the product and the audit log.
        Auditor = "auditor",
        /// Answers customers; reads.
        Support = "support",
        /// Adds releases and documents.
        ProductManager = "product_manager",
        /// Drafts decisions.
        Triager = "triager",
        /// The second person.
        Reviewer = "reviewer",
        /// Product security lead.
        Lead = "lead",
        /// Edits policy rules and profiles.
        PolicyEditor = "policy_editor",
        /// Publishes statements and advisories.
        Publisher = "publisher",
        /// Roles, keys, settings.
        Admin = "admin",
    }
}
