//! Words for what the store keeps as codes.

use std::collections::BTreeMap;

/// A component with its version.
pub(super) fn component(name: &str, version: &str) -> String {
    format!("{name} {version}").trim_end().to_owned()
}

/// A state of coverage: what it means, and what to do.
pub(super) fn coverage(state: &str) -> (&'static str, &'static str) {
    match reason(state) {
        "no_identity" => {
            ("nothing in the SBOM says which product it is", "Name it: CPE, package URL or repository.")
        }
        "no_version" => ("the SBOM states no version", "Let the build write its version."),
        "unknown_product" => (
            "no feed has ever heard of the product",
            "Check its CPE or add an alias; else watch its project yourself.",
        ),
        "unsupported_ecosystem" => ("its ecosystem has no feed", "Give the identity of its upstream."),
        "feed_missing" => ("the feed that covers it is missing", "Add the feed under Knowledge."),
        "feed_stale" => ("the feed that covers it is too old", "Sync the feed under Knowledge."),
        "proprietary" => ("closed source without a public feed", "Ask its supplier."),
        "pending" => ("not judged yet", "It waits for its turn."),
        _ => ("for another reason", "See the component."),
    }
}

/// A gap that leaves findings open: what is missing, and what to do.
pub(super) fn gap(word: &str) -> (&'static str, &'static str) {
    match word {
        "no_platform" => {
            ("nothing proves which platform the device is", "State platform and architecture in the profile.")
        }
        "no_commit" => {
            ("the commit that the build was made from is not known", "Hand in the revision of the source.")
        }
        other => coverage(other),
    }
}

/// The reason in a state of coverage: `no_version` of `not_evaluable/no_version`.
pub(super) fn reason(state: &str) -> &str {
    state.split_once('/').map_or(state, |(_, reason)| reason)
}

/// What a document is, from the word of its reader.
pub(super) fn document(kind: &str) -> &str {
    match kind {
        "spdx3" => "SPDX 3",
        "spdx2" => "SPDX 2",
        "spdx2-tag-value" => "SPDX 2, tag-value",
        "spdx2-yaml" => "SPDX 2, YAML",
        "spdx2-xml" => "SPDX 2, XML",
        "cyclonedx" => "CycloneDX",
        "cyclonedx-xml" => "CycloneDX, XML",
        "yocto-spdx2-archive" => "SPDX 2 of Yocto, archive",
        "yocto-cve-check" => "CVE check of Yocto",
        "buildroot-show-info" => "Buildroot show-info",
        "kconfig" => "build configuration",
        "compiled-files" => "list of compiled files",
        "module-list" => "list of kernel modules",
        "patches" => "patch",
        "archive" => "archive",
        other => other,
    }
}

/// What kind of document is build evidence, and the reasons for which it settles matches.
pub(super) fn evidence(kind: &str) -> Option<&'static [&'static str]> {
    match kind {
        "kconfig" => Some(&["E_CONFIG_OFF", "E_APPLET_OFF", "E_FEATURE_OFF", "E_ARCH_FILES"]),
        "compiled-files" => Some(&["E_FILES_NOT_BUILT", "E_NON_TARGET_FILES"]),
        "module-list" => Some(&["E_MODULE_ABSENT"]),
        _ => None,
    }
}

/// An event of a finding, for people.
pub(super) fn event(kind: &str) -> &str {
    match kind {
        "finding_new" => "Found for the first time.",
        "finding_gone" => "No longer found.",
        "class_changed" => "Its class changed",
        "status_changed" => "Its status changed",
        "finding_changed" => "Its answer changed.",
        "snoozed" => "Put aside for a while.",
        other => other,
    }
}

/// A word of the services with its underlines as spaces.
pub(super) fn plain(word: &str) -> String {
    word.replace('_', " ")
}

/// Who did something, as the log names them (`person/5`, `token/7`, `system`), for people.
pub(super) fn actor(actor: &str, names: &BTreeMap<i64, String>) -> String {
    let id = actor.strip_prefix("person/").and_then(|id| id.parse::<i64>().ok());
    match id.and_then(|id| names.get(&id)) {
        Some(name) => name.clone(),
        None if actor == "system" => "Patchwright".to_owned(),
        None => actor.replace('/', " "),
    }
}

/// What happened to a finding: the kind of the event, and what its body says.
pub(super) fn happened(kind: &str, body: &str) -> String {
    let body: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let change = |of: &str| {
        let word = |name: &str| plain(body[of][name].as_str().unwrap_or("not assessed"));
        format!("{} from {} to {}.", event(kind), word("from"), word("to"))
    };
    match kind {
        "class_changed" => change("class"),
        "status_changed" => change("status"),
        "snoozed" => match body["why"].as_str() {
            Some(why) => format!("{} {why}", event(kind)),
            None => event(kind).to_owned(),
        },
        _ => event(kind).to_owned(),
    }
}
