//! JSON kinds, told apart by the keys of the root.

use super::Kind;
use crate::text::survey::{Shape, Survey};

/// Levels that detection looks into; deeper texts are the reader's to refuse.
const DEPTH: usize = 1 << 10;

/// Says what a JSON text is.
pub fn kind(text: &str) -> Kind {
    let survey = Survey::until(text, DEPTH, |survey| SURE.iter().any(|is| is(survey)));
    if survey.root == Shape::Array {
        return list_kind(text, &survey);
    }
    RULES.iter().find(|(is, _)| is(&survey)).map_or(Kind::Unknown, |(_, kind)| *kind)
}

type Is = fn(&Survey<'_>) -> bool;
type Rule = (Is, Kind);

/// What no later key can change: large documents are not read to their end to know what they are.
const SURE: &[Is] = &[
    |s| s.text("bomFormat") == "CycloneDX",
    |s| s.has("@graph", Shape::Array) && s.text("@context").contains("spdx.org/rdf/3"),
    |s| s.key("spdxVersion").is_some(),
    |s| s.text("schema") == crate::rootfs::schema::SCHEMA,
];

/// In this order; the first that holds decides.
const RULES: &[Rule] = &[
    (|s| s.has("@graph", Shape::Array) && is_spdx3_context(s), Kind::Spdx3),
    (|s| s.key("spdxId").is_some() && s.key("type").is_some() && is_spdx3_context(s), Kind::Spdx3),
    (|s| s.text("schema") == crate::rootfs::schema::SCHEMA, Kind::RootFacts),
    (|s| s.text("bomFormat") == "CycloneDX", Kind::CycloneDx),
    (|s| s.key("spdxVersion").is_some(), Kind::Spdx2),
    (|s| s.key("SPDXID").is_some() && s.key("packages").is_some(), Kind::Spdx2),
    (|s| s.key("specVersion").is_some() && s.has("components", Shape::Array), Kind::CycloneDx),
    (|s| s.has("package", Shape::Array) && s.key("version").is_some(), Kind::YoctoCveCheck),
    (|s| s.key("lockfileVersion").is_some(), Kind::NpmLock),
    (|s| s.key("manifest_version").is_some() && s.key("packages").is_some(), Kind::Vigiles),
    (|s| s.key("defconfigs").is_some() && s.key("packages").is_some(), Kind::BuildrootPkgStats),
    (|s| s.text("@context").contains("openvex"), Kind::NotYet(OPENVEX)),
    (|s| s.has("document", Shape::Object) && s.inner_keys.contains(&"csaf_version"), Kind::NotYet(CSAF)),
    (|s| s.has("sbom", Shape::Object) && s.inner_keys.contains(&"spdxVersion"), Kind::GithubExport),
    (|s| s.has("artifacts", Shape::Array) && s.key("descriptor").is_some(), Kind::NotYet(SYFT)),
    (|s| s.has("matches", Shape::Array) && s.key("descriptor").is_some(), Kind::NotYet(GRYPE)),
    (|s| s.key("SchemaVersion").is_some() && s.key("ArtifactName").is_some(), Kind::NotYet(TRIVY)),
    (is_knowledge, Kind::NotYet(KNOWLEDGE)),
    (|s| s.key("$schema").is_some() && s.key("properties").is_some(), Kind::NotYet(SCHEMA)),
    (is_show_info, Kind::BuildrootShowInfo),
];

const OPENVEX: &str = "an OpenVEX document holds no components and is not read yet";
const CSAF: &str = "a CSAF document holds no inventory and is not read yet";
const SYFT: &str = "syft's own JSON is not read; write `syft -o cyclonedx-json` or `-o spdx-json`";
const GRYPE: &str =
    "a grype report holds another tool's findings, not an inventory; give the SBOM it was made of";
const TRIVY: &str = "a Trivy report holds another tool's findings; write `trivy ... --format cyclonedx`";
const KNOWLEDGE: &str = "this is vulnerability knowledge, not an inventory; give it to `index build`";
const SCHEMA: &str = "this is a JSON schema, not a document";

fn is_spdx3_context(survey: &Survey<'_>) -> bool {
    let Some(context) = survey.key("@context") else { return false };
    // A list or an object of contexts may hold ours; a text must name it.
    context.shape != Shape::Text || context.text.contains("spdx.org/rdf/3")
}

fn is_knowledge(survey: &Survey<'_>) -> bool {
    let has = |name| survey.key(name).is_some();
    survey.text("dataType") == "CVE_RECORD"
        || has("CVE_Items")
        || (has("vulnerabilities")
            && (has("catalogVersion") || has("resultsPerPage") || survey.text("format").starts_with("NVD")))
        || (has("id") && has("modified") && (has("affected") || has("schema_version")))
}

/// `show-info`: an object of packages, each with a type and what Buildroot knows of it.
fn is_show_info(survey: &Survey<'_>) -> bool {
    let inner = |name| survey.inner_keys.contains(&name);
    let objects = survey.keys.iter().filter(|key| key.shape == Shape::Object).count();
    objects * 2 > survey.keys.len()
        && inner("type")
        && ["downloads", "dl_dir", "virtual", "install_target", "image_name"].into_iter().any(inner)
}

/// Lists: compilation databases, and CycloneDX or SPDX documents wrapped by mistake.
fn list_kind(text: &str, survey: &Survey<'_>) -> Kind {
    let inner = |name| survey.inner_keys.contains(&name);
    if inner("file") && (inner("command") || inner("arguments") || inner("directory")) {
        return Kind::CompiledFiles;
    }
    let head = text.get(..4_096.min(text.len())).unwrap_or_default();
    if head.contains("CVE-") && (inner("id") || inner("cveMetadata")) {
        return Kind::NotYet(KNOWLEDGE);
    }
    Kind::Unknown
}
