//! An OpenWrt image: hundreds of `kmod-*` packages that all repeat the CPE of the kernel.

use std::collections::BTreeSet;

use crate::binary::{run, scratch};

fn bom(modules: usize) -> String {
    let part = |name: &str, cpe: &str| serde_json::json!({"type": "application", "name": name, "version": "6.6.30-r1", "cpe": cpe});
    let mut components: Vec<serde_json::Value> = (0..modules)
        .map(|at| part(&format!("kmod-part-{at:03}"), "cpe:/o:linux:linux_kernel:6.6.30-r1"))
        .collect();
    let kernel = serde_json::json!({
        "type": "operating-system", "name": "kernel", "version": "6.6.30~b8a9c3d2-r1",
        "cpe": "cpe:/o:linux:linux_kernel:6.6.30",
    });
    components.push(kernel);
    serde_json::json!({
        "bomFormat": "CycloneDX", "specVersion": "1.4", "components": components,
        "metadata": {"component": {"type": "firmware", "name": "OpenWrt", "version": "24.10.0"}},
    })
    .to_string()
}

fn scan(modules: usize) -> serde_json::Value {
    let path = scratch(&format!("openwrt-{modules}.cdx.json"), bom(modules).as_bytes());
    let ran = run(&["scan", &path, "--json", "--all", "--at", "2026-11-22"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    serde_json::from_str(&ran.out).expect("JSON")
}

/// Vulnerability and verdict of each finding, with every repetition.
fn findings(scan: &serde_json::Value) -> Vec<(String, String)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let list = scan["findings"].as_array().into_iter().flatten();
    list.map(|finding| (text(&finding["vulnerability"]), text(&finding["verdict"]))).collect()
}

#[test]
fn kernel_findings_are_counted_once_with_their_places() {
    let (alone, with_modules) = (scan(0), scan(900));
    let (expected, found) = (findings(&alone), findings(&with_modules));
    assert!(expected.len() > 5, "the starter index knows the kernel: {}", expected.len());
    assert_eq!(found, expected, "900 modules add no finding and change none");
    let ids: BTreeSet<&String> = found.iter().map(|(id, _)| id).collect();
    assert_eq!(ids.len(), found.len(), "each vulnerability once");
    let components = with_modules["components"].as_array().expect("components");
    assert_eq!(components.len(), 1);
    assert_eq!(components[0]["locations"].as_array().map(Vec::len), Some(900));
}
