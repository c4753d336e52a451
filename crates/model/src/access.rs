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

words! {
    /// What somebody wants to do. Everything that a server does for a person or a token is one of these.
    Act {
        /// Look at products, releases, findings, decisions.
        Read = "read",
        /// Look at the log.
        ReadLog = "read_log",
        /// Make products and releases, send documents.
        AddRelease = "add_release",
        /// Set under_investigation, comment, assign, snooze up to 14 days.
        Investigate = "investigate",
        /// Decide affected; raise the class.
        Raise = "raise",
        /// Decide not_affected 1 or 2 with machine evidence; fixed; false_positive with evidence of identity.
        CloseByEvidence = "close_by_evidence",
        /// Decide not_affected 3, 4 or 5; false_positive without evidence of identity.
        CloseByJudgement = "close_by_judgement",
        /// Lower the class by one step, with reason.
        LowerOneStep = "lower_one_step",
        /// Lower the class from immediate, or by two steps.
        LowerFar = "lower_far",
        /// Accept a risk until a day.
        AcceptRisk = "accept_risk",
        /// Accept how far an upstream publisher is believed.
        TrustPublisher = "trust_publisher",
        /// Write policy rules, and put them into force.
        EditRules = "edit_rules",
        /// Write a draft of a deployment profile.
        DraftProfile = "draft_profile",
        /// Put a deployment profile into force.
        ApproveProfile = "approve_profile",
        /// Publish VEX documents and advisories.
        Publish = "publish",
        /// People, roles, keys, settings.
        Administer = "administer",
    }
}

words! {
    /// How far a role may go with an act, least first.
    May {
        /// Not at all.
        No = "no",
        /// Proposes; others put it into force.
        Propose = "proposes",
        /// Proposes, and is the second person of somebody else's proposal.
        Second = "second person",
        /// Does it, and is the second person where one is demanded.
        Do = "yes",
    }
}
