//! The walls: which crate may name which, and where external weight may lie.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::document::Architecture;

/// Which external crates are of which kind of weight. The places are read from ARCHITECTURE.md.
const WEIGHTS: &[(&str, &[&str])] = &[
    ("async runtime", &["tokio", "async-std", "smol"]),
    ("log output", &["tracing-subscriber"]),
    ("database driver", &["sqlx", "rusqlite", "postgres", "tokio-postgres"]),
    (
        "outgoing HTTP, TLS, SMTP, OIDC",
        &["reqwest", "ureq", "hyper", "lettre", "openidconnect", "object_store"],
    ),
    ("TLS", &["rustls"]),
    ("web framework, incoming TLS", &["axum", "axum-server", "tower-http", "actix-web", "warp"]),
    ("expression language (CEL), CVSS arithmetic", &["cel", "cel-interpreter", "cvss"]),
    ("archives, file systems, ELF", &["tar", "zip", "flate2", "liblzma", "ext4-view", "object"]),
    ("compression", &["zstd"]),
    ("template engine", &["askama", "minijinja", "tera", "handlebars"]),
    ("serde derive", &["serde"]),
    ("TOML", &["toml", "toml_edit", "basic-toml"]),
    ("memory map", &["memmap2"]),
    ("signature and certificate code", &["minisign", "pgp", "ring", "x509-parser"]),
    ("argument parser", &["clap", "clap_complete", "clap_mangen"]),
    ("terminal", &["anstream", "indicatif", "comfy-table", "console"]),
    ("XML", &["quick-xml"]),
    ("allocator", &["mimalloc", "tikv-jemallocator"]),
];

/// Crates that run code before `main` or build global registries; none is allowed anywhere.
const BEFORE_MAIN: &[&str] = &["ctor", "inventory", "linkme", "lazy_static"];

/// Compares every manifest with the document.
pub fn check(root: &Path, architecture: &Architecture) -> Vec<String> {
    let metadata = match metadata(root) {
        Ok(metadata) => metadata,
        Err(error) => return vec![format!("cannot read the manifests: {error}")],
    };
    let empty = Vec::new();
    let packages = metadata["packages"].as_array().unwrap_or(&empty);
    let ours: BTreeSet<&str> = packages.iter().filter_map(|package| package["name"].as_str()).collect();
    packages.iter().flat_map(|package| check_package(package, &ours, architecture)).collect()
}

fn metadata(root: &Path) -> Result<Value, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root)
        .output()
        .map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())
}

fn check_package(package: &Value, ours: &BTreeSet<&str>, architecture: &Architecture) -> Vec<String> {
    let name = package["name"].as_str().unwrap_or_default();
    let empty = Vec::new();
    let dependencies = package["dependencies"].as_array().unwrap_or(&empty);
    let mut complaints = Vec::new();
    for dependency in dependencies {
        let target = dependency["name"].as_str().unwrap_or_default();
        let is_dev = dependency["kind"].as_str() == Some("dev");
        if BEFORE_MAIN.contains(&target) {
            complaints.push(format!("{name} depends on {target}: nothing runs before main"));
        } else if ours.contains(target) {
            complaints.extend(check_arrow(name, target, is_dev, architecture));
        } else if !is_dev {
            complaints.extend(check_weight(name, target, architecture));
        }
    }
    complaints
}

fn check_arrow(name: &str, target: &str, is_dev: bool, architecture: &Architecture) -> Option<String> {
    if is_dev && (target == "testkit" || (name == "patchwright" && target == "xtask")) {
        return None;
    }
    let allowed = architecture.arrows.get(name).is_some_and(|targets| targets.contains(target));
    // A test may use what its crate stands beside, as long as it draws no arrow upwards: testkit already allows that.
    let allowed_in_test =
        is_dev && architecture.arrows.get("testkit").is_some_and(|targets| targets.contains(target));
    (!allowed && !allowed_in_test)
        .then(|| format!("{name} -> {target} is not an arrow of ARCHITECTURE.md, section 3; move the code to where the arrow exists"))
}

fn check_weight(name: &str, target: &str, architecture: &Architecture) -> Option<String> {
    if name == "xtask" || name == "testkit" {
        return None;
    }
    let (kind, _) = WEIGHTS.iter().find(|(_, crates)| crates.contains(&target))?;
    let allowed = architecture.weights.get(*kind).is_some_and(|places| places.contains(name));
    (!allowed).then(|| {
        format!("{name} depends on {target}: {kind} is not allowed there (ARCHITECTURE.md, section 3)")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn house() -> Architecture {
        Architecture::parse(
            "layer 1   versions -> model\n\n| kind of dependency | allowed in |\n|---|---|\n| memory map | index |\n",
        )
    }

    #[test]
    fn a_forbidden_arrow_is_named() {
        assert!(check_arrow("versions", "formats", false, &house()).is_some());
        assert!(check_arrow("versions", "model", false, &house()).is_none());
        assert!(check_arrow("versions", "testkit", true, &house()).is_none());
        assert!(check_arrow("versions", "testkit", false, &house()).is_some());
    }

    #[test]
    fn weight_lies_where_the_document_says() {
        assert!(check_weight("formats", "memmap2", &house()).is_some());
        assert!(check_weight("index", "memmap2", &house()).is_none());
    }
}
