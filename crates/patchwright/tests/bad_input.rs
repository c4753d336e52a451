//! Bad input gives a clear error with the file's name and exit code 3, or coded notes; never a panic.

use crate::binary::{run, run_with, scratch};

/// Scans bytes as a file; the program must answer 3 (or 0 with notes), name the file, and not panic.
fn refused(name: &str, bytes: &[u8]) -> String {
    let path = scratch(name, bytes);
    let ran = run(&["scan", &path]);
    assert_eq!(ran.code, 3, "{name}: {}\n{}", ran.out, ran.err);
    assert!(ran.err.contains(name), "the error does not name the file: {}", ran.err);
    assert!(!ran.err.contains("panicked"), "{}", ran.err);
    ran.err
}

#[test]
fn empty() {
    assert!(refused("empty.json", b"").contains("empty"));
}

#[test]
fn not_json() {
    refused("text.json", b"hello, this is a letter and no SBOM\n");
    refused("binary.json", &[0u8, 159, 146, 150, 1, 2, 3, 255]);
}

#[test]
fn truncated() {
    let whole = include_bytes!("../starter/gateway-4.1.0.spdx.json");
    refused("truncated.spdx.json", &whole[..whole.len() / 2]);
}

#[test]
fn nested_a_hundred_levels() {
    let deep = format!(
        "{{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":{}1{}}}",
        "[".repeat(100),
        "]".repeat(100)
    );
    refused("deep.cdx.json", deep.as_bytes());
    let deeper = "[".repeat(200_000);
    refused("deeper.json", deeper.as_bytes());
}

#[test]
fn wrong_types_become_notes() {
    let bom = br#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"type":"library","name":"zlib","version":13,"cpe":["a"],"purl":7}]}"#;
    let ran = run_with(&["inventory", "-", "--format", "json"], bom);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("F_FIELD_TYPE"), "{}", ran.out);
    assert!(ran.out.contains("\"13\""), "a lossless conversion is kept: {}", ran.out);
}

#[test]
fn no_components() {
    let bom = br#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[]}"#;
    assert!(refused("none.cdx.json", bom).contains("no component"));
}

#[test]
fn a_folder_is_told_apart() {
    let ran = run(&["scan", env!("CARGO_TARGET_TMPDIR")]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("folder"), "{}", ran.err);
}

#[test]
fn a_config_that_is_none() {
    let path = scratch("not-a.config", b"\x7fELF\x02\x01\x01");
    let sbom = crate::binary::sample("gateway-4.1.0.spdx.json");
    let ran = run(&["scan", &sbom, "--kernel-config", &path]);
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert!(ran.err.contains("not-a.config"), "{}", ran.err);
}

#[test]
fn names_cannot_write_on_the_terminal() {
    let bom = "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":[{\"type\":\"library\",\"name\":\"\\u001b[2Jevil\",\"version\":\"1\"}]}";
    let ran = run_with(&["inventory", "-"], bom.as_bytes());
    assert!(!ran.out.contains("\u{1b}[2J"), "{:?}", ran.out);
}
