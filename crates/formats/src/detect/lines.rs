//! Texts that are not JSON, and binaries: told apart by their first lines or bytes.

use super::Kind;
use crate::package_lists::{dpkg, opkg};
use crate::{component_csv, lock_files, vigiles};

const SPDX_RDF: &str = "SPDX RDF is not supported; convert it to JSON, for example with \
                        `pyspdxtools -i FILE -o FILE.spdx.json`";
const GO_SUM: &str =
    "a go.sum lists checksums of every version that was looked at, not what is used; give the go.mod";
const OSV_YAML: &str = "this is vulnerability knowledge in YAML, which is not read yet; use the JSON form with \
                        `index build`";

/// Says what a text is by its first lines.
pub fn kind(head: &str) -> Kind {
    let text = head.trim_start();
    if text.is_empty() {
        return Kind::Unknown;
    }
    if text.starts_with('<') {
        return markup(text);
    }
    // Before patches: a license text in an SBOM may hold anything.
    if has_line(text, "SPDXVersion:") {
        return Kind::Spdx2TagValue;
    }
    if SPDX_KEYS.iter().any(|key| has_line(text, key)) {
        return Kind::Spdx2Yaml;
    }
    if is_patch(text) {
        return Kind::Patch;
    }
    RULES.iter().find(|(is, _)| is(text)).map_or_else(|| list(text), |(_, kind)| *kind)
}

/// Keys of the root that SPDX YAML has, also quoted.
const SPDX_KEYS: &[&str] =
    &["spdxVersion:", "\"spdxVersion\":", "'spdxVersion':", "SPDXID:", "\"SPDXID\":", "'SPDXID':"];

type Rule = (fn(&str) -> bool, Kind);

const RULES: &[Rule] = &[
    (is_config, Kind::KernelConfig),
    (|text| has_line(text, "Package:") && has_line(text, "Version:") && is_opkg(text), Kind::Opkg),
    (
        |text| has_line(text, "Package:") && (has_line(text, "Version:") || has_line(text, "Status:")),
        Kind::Dpkg,
    ),
    (dpkg::is_table, Kind::Dpkg),
    (opkg::is_table, Kind::Opkg),
    (|text| has_line(text, "P:") && has_line(text, "V:"), Kind::Apk),
    (|text| has_line(text, "schema_version:") && has_line(text, "id:"), Kind::NotYet(OSV_YAML)),
    (is_module_list, Kind::ModuleList),
    (
        |text| text.lines().any(|line| line.trim() == "[[package]]") && has_line(text, "name = "),
        Kind::CargoLock,
    ),
    (|text| has_line(text, "module ") && (has_line(text, "go ") || has_line(text, "require")), Kind::GoMod),
    (|text| most(text, lock_files::go::is_sum), Kind::NotYet(GO_SUM)),
    (|text| vigiles::lists::which(text).is_some(), Kind::VigilesCsv),
    (|text| component_csv::columns::Header::find(text).is_some(), Kind::ComponentCsv),
    (crate::module_lists::is_settings, Kind::ModuleList),
    (|text| crate::kernel_release::release(text).is_some(), Kind::KernelRelease),
];

fn has_line(text: &str, start: &str) -> bool {
    text.lines().any(|line| line.starts_with(start))
}

fn markup(text: &str) -> Kind {
    if text.contains(crate::cyclonedx::XML_NAMESPACE) {
        Kind::CycloneDxXml
    } else if text.contains("rdf:RDF") {
        Kind::NotYet(SPDX_RDF)
    } else if text.contains("<spdxVersion>") || text.contains("<SPDXID>") {
        Kind::Spdx2Xml
    } else {
        Kind::Unknown
    }
}

/// opkg uses dpkg's fields and a few of its own.
fn is_opkg(text: &str) -> bool {
    const OWN: &[&str] = &["Installed-Time:", "SourceName:", "SourceDateEpoch:", "CPE-ID:", "ABIVersion:"];
    let is_of_dpkg = text.contains("\nStatus: install ok installed\n");
    text.lines().any(|line| {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        OWN.iter().any(|own| line.starts_with(own))
            || (field == "Status" && (value.contains(" user installed") || value.contains("unknown")))
            || (field == "Source" && (value.contains('/') || value.trim_end().ends_with(".bb")))
            || (field == "OE" && !is_of_dpkg)
    })
}

/// A patch: a diff, or a mail that holds one.
fn is_patch(text: &str) -> bool {
    let mut from = false;
    for line in text.lines() {
        if line.starts_with("diff --git ") || line.starts_with("Index: ") || line.starts_with("@@ -") {
            return true;
        }
        if from && line.starts_with("+++ ") {
            return true;
        }
        from = line.starts_with("--- ");
    }
    // A long commit message may push the diff out of sight.
    let first = text.lines().next().unwrap_or_default();
    first.starts_with("From ") && first.ends_with("Mon Sep 17 00:00:00 2001")
}

/// A `.config`, a defconfig or a fragment: more lines of it than of anything else.
fn is_config(text: &str) -> bool {
    let (mut yes, mut no) = (0_usize, 0_usize);
    for line in text.lines().take(400).map(str::trim).filter(|line| !line.is_empty()) {
        if is_config_line(line) {
            yes += 1;
        } else if !line.starts_with('#') {
            no += 1;
        }
    }
    yes > no
}

fn is_config_line(line: &str) -> bool {
    let symbol = line.strip_suffix(" is not set").and_then(|line| line.strip_prefix("# "));
    let symbol = symbol.or_else(|| line.split_once('=').map(|(symbol, _)| symbol));
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    symbol.is_some_and(|symbol| {
        ["CONFIG_", "BR2_"].iter().any(|start| symbol.starts_with(start)) && symbol.chars().all(word)
    })
}

/// `modules.builtin`, `modules.order`, `modules.dep` or the output of `lsmod`.
fn is_module_list(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    let mut words = first.split_whitespace();
    if (words.next(), words.next(), words.next()) == (Some("Module"), Some("Size"), Some("Used")) {
        return true;
    }
    most(text, |line| {
        let path = line.split([':', ' ', '\t']).next().unwrap_or_default();
        [".ko", ".ko.xz", ".ko.gz", ".ko.zst"].iter().any(|end| path.ends_with(end))
    })
}

/// Lists of paths: the compiled sources of a tree.
fn list(text: &str) -> Kind {
    const ENDS: &[&str] =
        &[".c", ".S", ".s", ".h", ".o", ".cmd", ".rs", ".cpp", ".cc", ".cxx", ".a", ".inc", ".lds"];
    // `debugedit -l` ends each path with a zero instead of a line end.
    let zeroes;
    let text = if text.contains('\0') {
        zeroes = text.replace('\0', "\n");
        &zeroes
    } else {
        text
    };
    let is_path =
        |line: &str| ENDS.iter().any(|end| line.ends_with(end)) && !line.contains(char::is_whitespace);
    if most(text, is_path) || is_debug_dump(text) { Kind::CompiledFiles } else { Kind::Unknown }
}

/// A dump of debug information: compilation units among whatever else was asked for.
fn is_debug_dump(text: &str) -> bool {
    text.contains("DW_TAG_compile_unit") && text.contains("DW_AT_name")
}

/// True when nine of ten lines are as asked; comments and blanks do not count.
fn most(text: &str, is: impl Fn(&str) -> bool) -> bool {
    let (mut yes, mut all) = (0_usize, 0_usize);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        all += 1;
        yes += usize::from(is(line));
    }
    all > 0 && yes * 10 >= all * 9
}

/// Names binaries that a person may give by mistake.
pub fn binary(bytes: &[u8]) -> Option<&'static str> {
    const MAGIC: &[(&[u8], &str)] = &[
        (b"\x7fELF", "an ELF program is not read yet; give the SBOM of the image it is in"),
        (b"hsqs", "a squashfs image is read as a file by itself, not inside of another document"),
        (b"070701", "a cpio archive is read as a file by itself, not inside of another document"),
        (b"070702", "a cpio archive is read as a file by itself, not inside of another document"),
        (b"BZh", "bzip2 is not read; compress with gzip, xz or zstd"),
        (b"7z\xbc\xaf\x27\x1c", "7z is not read; use tar, zip, gzip, xz or zstd"),
        (b"Rar!", "rar is not read; use tar, zip, gzip, xz or zstd"),
        (b"PWINDEX", "this is a compiled index, not an input of a release"),
    ];
    MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, what)| *what)
}
