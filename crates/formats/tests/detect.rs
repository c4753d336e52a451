use formats::detect::{Kind, detect, read_inventory};
use formats::limits::{FormatError, Limits};

use crate::{archives, expect, summary};

/// What a short text is.
fn kind(text: &str) -> &'static str {
    detect(text.as_bytes(), "input").word()
}

#[test]
fn json_by_the_keys_of_its_root() {
    for (text, expected) in [
        (r#"{"bomFormat":"CycloneDX","components":[]}"#, "cyclonedx"),
        (r#"{"components":[{"spdxVersion":1}],"specVersion":"1.5","bomFormat":"CycloneDX"}"#, "cyclonedx"),
        (
            r#"{"SPDXID":"SPDXRef-DOCUMENT","packages":[{"bomFormat":"CycloneDX"}],"spdxVersion":"SPDX-2.2"}"#,
            "spdx2",
        ),
        (r#"{"@graph":[],"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld"}"#, "spdx3"),
        (r#"{"@context":["https://spdx.org/rdf/3.0.1/spdx-context.jsonld"],"@graph":[]}"#, "spdx3"),
        (r#"{"@context":"https://schema.org","@graph":[]}"#, "unknown"),
        (r#"{"version":"1","package":[]}"#, "yocto-cve-check"),
        (r#"{"zlib":{"type":"target","virtual":false,"downloads":[]}}"#, "buildroot-show-info"),
        (r#"[{"directory":"/b","command":"cc -c a.c","file":"a.c"}]"#, "compiled-files"),
        (r#"{"manifest_version":"1.22","packages":{}}"#, "vigiles"),
        (r#"{"name":"x","lockfileVersion":3,"packages":{}}"#, "npm-lock"),
        (r#"{"packages":{},"defconfigs":{}}"#, "buildroot-pkg-stats"),
        (r#"{"@context":"https://openvex.dev/ns/v0.2.0","statements":[]}"#, "not-yet"),
        (r#"{"document":{"csaf_version":"2.0"}}"#, "not-yet"),
        (r#"{"dataType":"CVE_RECORD","dataVersion":"5.1"}"#, "not-yet"),
        (r#"{"id":"OSV-2024-1","modified":"2024-01-01T00:00:00Z","affected":[]}"#, "not-yet"),
        (r#"{"sbom":{"spdxVersion":"SPDX-2.3"}}"#, "github-export"),
        (r#"{"a":1}"#, "unknown"),
        ("[1,2]", "unknown"),
        ("{", "unknown"),
    ] {
        assert_eq!(kind(text), expected, "{text}");
    }
}

#[test]
fn texts_by_their_lines() {
    let config = "#\n# Automatically generated file; DO NOT EDIT.\n# Linux/arm64 6.1.22 Kernel Configuration\n#\nCONFIG_ARM64=y\n# CONFIG_X is not set\n";
    for (text, expected) in [
        (config, "kconfig"),
        ("BR2_arm=y\nBR2_TOOLCHAIN_EXTERNAL=y\n", "kconfig"),
        ("CONFIG_USB=m\n", "kconfig"),
        ("kernel/fs/ext4/ext4.ko\nkernel/lib/crc16.ko\n", "module-list"),
        ("kernel/fs/ext4/ext4.ko.xz: kernel/lib/crc16.ko.xz\n", "module-list"),
        ("Module                  Size  Used by\next4 1 0\n", "module-list"),
        ("init/main.c\nkernel/sched/core.c\narch/arm64/kernel/entry.S\n", "compiled-files"),
        ("From 0123 Mon Sep 17 00:00:00 2001\nSubject: x\n\ntext\n", "patches"),
        ("--- a/x.c\n+++ b/x.c\n@@ -1 +1 @@\n-a\n+b\n", "patches"),
        ("diff --git a/CONFIG_X=y b/x\n", "patches"),
        ("SPDXVersion: SPDX-2.2\nDataLicense: CC0-1.0\n", "spdx2-tag-value"),
        ("SPDXVersion: SPDX-2.2\nExtractedText: <text>\ndiff --git a/x b/x\n</text>\n", "spdx2-tag-value"),
        ("# comment\nspdxVersion: SPDX-2.3\n", "spdx2-yaml"),
        ("---\n\"SPDXID\": \"SPDXRef-DOCUMENT\"\n", "spdx2-yaml"),
        ("<Document>\n<SPDXID>SPDXRef-DOCUMENT</SPDXID>", "spdx2-xml"),
        ("<?xml version=\"1.0\"?>\n<bom xmlns=\"http://cyclonedx.org/schema/bom/1.4\">", "cyclonedx-xml"),
        ("<c:bom xmlns:c=\"http://cyclonedx.org/schema/bom/1.7\">", "cyclonedx-xml"),
        ("<rdf:RDF xmlns:spdx=\"http://spdx.org/rdf/terms#\">", "not-yet"),
        ("Package: libc6\nStatus: install ok installed\nVersion: 2.36\n", "dpkg"),
        ("Package: busybox\nVersion: 1.36.1-r0\nStatus: install user installed\n", "opkg"),
        ("bash\t5.2.15-2+b2\nlibc6:amd64\t2.36-9\n", "dpkg"),
        ("busybox - 1.36.1-r1\nlibc - 1.2.4-4\n", "opkg"),
        ("P:musl\nV:1.2.4-r2\n", "apk"),
        ("product,version,license\navahi,0.6\n", "vigiles-csv"),
        ("product\navahi\n", "vigiles-csv"),
        ("cve_id,package,version,description\nCVE-2024-1,,,\n", "vigiles-csv"),
        ("Name;Version;Supplier\nzlib;1.3;x\n", "component-csv"),
        ("version = 3\n\n[[package]]\nname = \"a\"\n", "cargo-lock"),
        ("module example.org/a\n\ngo 1.21\n", "go-mod"),
        ("example.org/a v1.0.0 h1:x=\nexample.org/a v1.0.0/go.mod h1:y=\n", "not-yet"),
        ("hello world\n", "unknown"),
        ("<html></html>", "unknown"),
        ("   \n", "unknown"),
        ("", "unknown"),
    ] {
        assert_eq!(kind(text), expected, "{text}");
    }
}

/// The name plays no part.
#[test]
fn the_name_does_not_matter() {
    let bytes = expect::document("cyclonedx", "version-number.json");
    for name in ["x.spdx.json", "x.tar.zst", ".config", "x"] {
        assert_eq!(detect(&bytes, name), Kind::CycloneDx);
    }
}

#[test]
fn every_refusal_says_what_to_do() {
    for (bytes, expected) in [
        (
            &b"<rdf:RDF xmlns:spdx=\"http://spdx.org/rdf/terms#\">"[..],
            "x: SPDX RDF is not supported; convert it to JSON, for example with `pyspdxtools -i FILE -o FILE.spdx.json`",
        ),
        (b"\x7fELF\x02", "x: an ELF program is not read yet; give the SBOM of the image it is in"),
        (b"BZh91AY", "x: bzip2 is not read; compress with gzip, xz or zstd"),
        (b"", "x is empty"),
        (b" \n\t", "x is empty"),
        (
            b"{\"bomFormat\":\"CycloneDX\",",
            "cannot read x: it ends early (EOF while parsing a value at line 1 column 25)",
        ),
        (
            b"{\"bomFormat\":\"CycloneDX\"}x",
            "cannot read x: not valid JSON: trailing characters at line 1 column 26",
        ),
        (b"some text", "x is of no known kind; see docs/manual/formats.md for what can be read"),
    ] {
        assert_eq!(summary::refused(bytes, "x").to_string(), expected);
    }
}

#[test]
fn an_archive_of_several_inputs_is_one_release() {
    let members = vec![
        ("sbom/gw.cdx.json".to_owned(), expect::document("cyclonedx", "buildroot-custom-and-ignored.json")),
        ("info/show-info.json".to_owned(), expect::document("buildroot", "show-info.json")),
        ("readme.txt".to_owned(), b"hello".to_vec()),
        ("empty".to_owned(), Vec::new()),
    ];
    let bytes = archives::gzip(&archives::tar(&members));
    assert_eq!(detect(&bytes, "release.tgz"), Kind::Archive);
    let read = summary::read(&bytes, "release.tgz");
    assert_eq!(read.value.documents.len(), 1, "the archive stands for its members");
    let kernels: Vec<&str> = read
        .value
        .components
        .iter()
        .filter(|c| c.role.word() == "kernel")
        .map(|c| c.version.as_str())
        .collect();
    assert_eq!(kernels, ["6.1.22", "6.1.46"]);
    let passed: Vec<&str> = read
        .notes
        .iter()
        .filter(|note| note.code.code() == "F_UNKNOWN_KIND")
        .map(|note| note.place.as_str())
        .collect();
    assert_eq!(passed, ["readme.txt", "empty"]);
}

#[test]
fn an_archive_without_anything_readable_is_refused() {
    let bytes = archives::zst(&archives::tar(&[("readme".to_owned(), b"hi".to_vec())]));
    let error = summary::refused(&bytes, "x.tar.zst").to_string();
    assert!(
        error.starts_with(
            "cannot read x.tar.zst: nothing in the archive can be read (readme: readme is of no known kind"
        ),
        "{error}"
    );
    assert!(matches!(summary::refused(&archives::tar(&[]), "x.tar"), FormatError::Unknown { .. }));
}

#[test]
fn notes_and_the_document_name_their_file() {
    let bytes = expect::document("cyclonedx", "version-number.json");
    let read = summary::read(&bytes, "sbom.json");
    assert!(summary::notes(&read).iter().all(|note| note.file == "sbom.json"));
    let document = &read.value.documents[0];
    assert_eq!(
        (document.file.as_str(), document.kind.as_str(), document.bytes),
        ("sbom.json", "cyclonedx", bytes.len() as u64)
    );
}

#[test]
fn the_limit_of_components_is_an_error() {
    let limits = Limits { components: 2, ..Limits::INVENTORY };
    for (folder, name) in [
        ("cyclonedx", "version-missing.json"),
        ("spdx2", "scopes-of-tools.json"),
        ("spdx3", "yocto-image.json"),
        ("buildroot", "show-info.json"),
        ("yocto-cve-check", "products-without-cpes.json"),
    ] {
        let error = read_inventory(&expect::document(folder, name), name, &limits).expect_err(name);
        assert!(error.to_string().contains("more than 2 components"), "{error}");
    }
}
