//! The readers, each with its seeds.

use std::io::Cursor;
use std::ops::ControlFlow;

use formats::images::ImageLimits;
use formats::limits::{FormatError, Limits};
use formats::package_lists;
use formats::rootfs::collect::Collect;
use formats::rootfs::{Collector, Entry, EntryKind};
use formats::spdx2::{self, Form};
use index::compile::delta_file::{DeltaFile, between};
use index::{CompileOptions, Compiler, Index};
use model::identity::cpe::Cpe;
use model::identity::purl::Purl;
use model::record::{Item, Record, Source};
use model::version::Scheme;

use crate::made;

/// A reader under test.
pub struct Target {
    pub name: &'static str,
    /// Folders and files with seeds, from the root of the project, or `shared:` and below the shared data.
    pub places: &'static [&'static str],
    /// Seeds as texts.
    pub texts: &'static [&'static str],
    /// Seeds that are made.
    pub made: fn() -> Vec<Vec<u8>>,
    /// Reads; what comes of it does not matter.
    pub read: fn(&[u8]),
}

/// Small limits: what is looked for are faults of reading, not of size.
const LIMITS: Limits = Limits {
    document_bytes: 16 << 20,
    archive_bytes: 64 << 20,
    members: 2_000,
    ratio: 1_000,
    depth: 64,
    components: 20_000,
};

const fn none() -> Vec<Vec<u8>> {
    Vec::new()
}

const fn at(name: &'static str, places: &'static [&'static str], read: fn(&[u8])) -> Target {
    Target { name, places, texts: &[], made: none, read }
}

const fn of_texts(name: &'static str, texts: &'static [&'static str], read: fn(&[u8])) -> Target {
    Target { name, places: &[], texts, made: none, read }
}

/// All targets. A new reader gets a line here.
pub const TARGETS: &[Target] = &[
    at("any-document", &["fixtures"], |bytes| drop(formats::detect::read_inventory(bytes, "x", &LIMITS))),
    at("spdx3", &["fixtures/spdx3", "shared:conformance/spdx-3-model"], |bytes| {
        drop(formats::spdx3::read(bytes, "x", &LIMITS));
    }),
    at("spdx2", &["fixtures/spdx2"], |bytes| drop(spdx2::read(bytes, "x", Form::Json, &LIMITS))),
    at("spdx2-tag-value", &["fixtures/spdx2-tag-value", "fixtures/zephyr"], |bytes| {
        drop(spdx2::read(bytes, "x", Form::TagValue, &LIMITS));
    }),
    at("spdx2-yaml", &["fixtures/spdx2-yaml"], |bytes| drop(spdx2::read(bytes, "x", Form::Yaml, &LIMITS))),
    at("spdx2-xml", &["fixtures/spdx2-xml"], |bytes| drop(spdx2::read(bytes, "x", Form::Xml, &LIMITS))),
    at("cyclonedx-xml", &["fixtures/cyclonedx-xml"], |bytes| {
        drop(formats::cyclonedx::read_xml(bytes, "x", &LIMITS));
    }),
    at("dpkg", &["fixtures/package-lists"], |bytes| drop(package_lists::dpkg::read(bytes, "x", &LIMITS))),
    at("opkg", &["fixtures/package-lists"], |bytes| drop(package_lists::opkg::read(bytes, "x", &LIMITS))),
    at("apk", &["fixtures/package-lists"], |bytes| drop(package_lists::apk::read(bytes, "x", &LIMITS))),
    Target {
        made: made::rpm_databases,
        ..at("rpm", &["fixtures/package-lists"], |bytes| drop(package_lists::rpm::read(bytes, "x", &LIMITS)))
    },
    at("vigiles", &["fixtures/vigiles", "fixtures/vigiles-csv"], |bytes| {
        drop(formats::vigiles::read(bytes, "x", &LIMITS));
        drop(formats::vigiles::lists::read(bytes, "x", &LIMITS));
    }),
    at("pkg-stats", &["fixtures/pkg-stats"], |bytes| drop(formats::pkg_stats::read(bytes, "x", &LIMITS))),
    at("component-csv", &["fixtures/component-csv"], |bytes| {
        drop(formats::component_csv::read(bytes, "x", &LIMITS));
    }),
    at("lock-files", &["fixtures/lock-files"], |bytes| {
        drop(formats::lock_files::cargo::read(bytes, "x", &LIMITS));
        drop(formats::lock_files::go::read(bytes, "x", &LIMITS));
        drop(formats::lock_files::npm::read(bytes, "x", &LIMITS));
    }),
    at("sbom-check", &["fixtures/cyclonedx", "fixtures/spdx2", "fixtures/spdx3"], |bytes| {
        drop(formats::quality::survey(bytes, "x", &LIMITS));
    }),
    Target { made: made::images, ..at("images", &[], read_image) },
    Target { made: made::programs, ..at("root-files", &["fixtures/kconfig"], read_root_files) },
    at("root-facts", &["fixtures/rootfs"], |bytes| drop(formats::rootfs::read(bytes, "x", &LIMITS))),
    Target {
        made: made::device_trees,
        ..at("device-tree", &[], |bytes| drop(formats::device_tree::read(bytes, "x")))
    },
    at("cyclonedx", &["fixtures/cyclonedx"], |bytes| drop(formats::cyclonedx::read(bytes, "x", &LIMITS))),
    at("yocto-cve-check", &["fixtures/yocto-cve-check"], |bytes| {
        drop(formats::yocto::read(bytes, "x", &LIMITS))
    }),
    at("buildroot", &["fixtures/buildroot"], |bytes| drop(formats::buildroot::read(bytes, "x", &LIMITS))),
    at("kconfig", &["fixtures/kconfig"], |bytes| drop(formats::kconfig::read(bytes, "x"))),
    at("compiled-files", &["fixtures/compiled-files"], |bytes| {
        drop(formats::compiled_files::read(bytes, "x"))
    }),
    at("patches", &["fixtures/patches"], |bytes| drop(formats::patch_files::read(bytes, "x"))),
    of_texts(
        "module-lists",
        &["kernel/net/a.ko: kernel/net/b.ko\n", "Module Size Used by\nsnd 16384 0\n", "kernel/fs/x.ko\n"],
        |bytes| drop(formats::module_lists::read(bytes, "x")),
    ),
    at("kbuild", &["fixtures/kbuild"], |bytes| {
        drop(formats::kbuild::scan("drivers/net/Makefile", bytes));
        drop(formats::kbuild::read(bytes, "x"));
    }),
    at(
        "vex",
        &["shared:conformance/openvex-go-vex", "shared:conformance/vex-grype-testdata", "fixtures"],
        |bytes| {
            drop(formats::vex::read(bytes, "x"));
        },
    ),
    at("decisions", &["fixtures/cases"], |bytes| drop(formats::decisions::read(bytes, "x"))),
    at("profile", &["fixtures/cases/profiles"], |bytes| drop(formats::profile::read(bytes, "x"))),
    at("rules", &["fixtures/cases/profiles"], |bytes| drop(formats::rules::read(bytes, "x"))),
    at("feeds", &["fixtures/feeds", "shared:conformance/cve-vulnrichment-sample"], feeds),
    Target { made: archives, ..at("archives", &[], read_archive) },
    at("yaml", &["fixtures/feeds"], |bytes| {
        drop(formats::text::yaml::to_json(&String::from_utf8_lossy(bytes), "x", &LIMITS));
    }),
    of_texts(
        "cpe",
        &[
            "cpe:2.3:a:openssl:openssl:1.1.1w:*:*:*:*:*:*:*",
            "cpe:/a:busybox:busybox:1.36.1",
            "cpe:2.3:o:linux:linux_kernel:6.6:rc1:*:*:*:*:x86:*",
            "cpe:/a:foo%7ebar:big%24money_2010%07:::~~special~ipod~80gb~",
        ],
        |bytes| {
            if let Ok(parsed) = Cpe::parse(&String::from_utf8_lossy(bytes)) {
                let again = parsed.cpe.to_23();
                let twice = Cpe::parse(&again).map(|parsed| parsed.cpe.to_23());
                assert_eq!(twice.as_deref(), Ok(again.as_str()), "a name that we write reads as itself");
            }
        },
    ),
    of_texts(
        "purl",
        &[
            "pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie",
            "pkg:npm/%40angular/core@16.0.0#src",
            "pkg:generic/x",
        ],
        |bytes| drop(Purl::parse(&String::from_utf8_lossy(bytes))),
    ),
    at("versions", &["fixtures/cases/version-order.tsv"], versions),
    at("version-ranges", &["fixtures/cases/version-order.tsv"], |bytes| {
        let text = String::from_utf8_lossy(bytes);
        for line in text.lines().take(40) {
            drop(versions::vers::Vers::parse(line));
            drop(versions::text::parse(line));
        }
    }),
    Target { made: indexes, ..at("index", &[], read_index) },
    Target { made: deltas, ..at("index-delta", &[], read_delta) },
];

/// As the child process reads it, with limits for small images.
fn read_image(bytes: &[u8]) {
    let limits =
        ImageLimits { entries: 10_000, bytes: 64 << 20, held_bytes: 32 << 20, ..ImageLimits::DEFAULT };
    let mut collect = Collect::new();
    drop(formats::images::walk(Box::new(Cursor::new(bytes.to_vec())), "x", &limits, &mut collect));
    drop(collect.finish().to_json());
}

/// The bytes as each kind of file that is looked into.
fn read_root_files(bytes: &[u8]) {
    let mut collect = Collect::new();
    for path in [
        "usr/lib/x86_64-linux-gnu/libssl.so.3",
        "usr/bin/busybox",
        "lib/modules/6.1.0/kernel/fs/x.ko",
        "lib/modules/6.1.0/modules.dep",
        "boot/vmlinuz-6.1.0",
        "etc/os-release",
        "usr/lib/python3/dist-packages/a-1.0.dist-info/METADATA",
        "usr/lib/node_modules/a/package.json",
    ] {
        let entry = Entry { path, kind: EntryKind::File, size: bytes.len() as u64, mode: 0o755 };
        if collect.entry(&entry) != formats::rootfs::Want::Nothing {
            collect.file(&entry, bytes);
        }
    }
    let json = collect.finish().to_json();
    drop(formats::rootfs::read(json.as_bytes(), "x", &LIMITS));
}

fn feeds(bytes: &[u8]) {
    for feed in feeds::list::FEEDS {
        feed.read(bytes, "CVE-2024-0001.json", &mut |_, _| {});
    }
}

fn read_archive(bytes: &[u8]) {
    let mut visit =
        |_: &str, _: &[u8]| -> Result<ControlFlow<()>, FormatError> { Ok(ControlFlow::Continue(())) };
    drop(formats::archives::members(bytes, "x", &LIMITS, &mut visit));
}

fn archives() -> Vec<Vec<u8>> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, content) in [("a.json", "{}"), ("folder/b.txt", "some text, some text, some text")] {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        let _ = tar.append_data(&mut header, name, content.as_bytes());
    }
    let tar = tar.into_inner().unwrap_or_default();
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let _ = zip.start_file("a.json", zip::write::SimpleFileOptions::default());
    let _ = std::io::Write::write_all(&mut zip, b"{\"a\": 1}");
    let zip = zip.finish().map(Cursor::into_inner).unwrap_or_default();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    let _ = std::io::Write::write_all(&mut gzip, &tar);
    let gzip = gzip.finish().unwrap_or_default();
    let zstd = zstd::bulk::compress(&tar, 3).unwrap_or_default();
    vec![tar, zip, gzip, zstd]
}

/// Lines `scheme TAB a TAB relation TAB b`, and each pair of words under each scheme.
fn versions(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let lines: Vec<&str> = text.lines().collect();
    let Some(line) = lines.get(bytes.len() % lines.len().max(1)) else { return };
    let words: Vec<&str> = line.split('\t').take(4).collect();
    for (scheme, _) in Scheme::ALL {
        for a in &words {
            for b in &words {
                let there = versions::compare(*scheme, a, b);
                let back = versions::compare(*scheme, b, a);
                assert_eq!(there.reverse(), back, "{scheme:?} {a:?} {b:?}");
            }
        }
    }
}

fn record(number: usize) -> Record<'static> {
    Record {
        source: Source::from_number((number % 16) as u8),
        id: format!("CVE-2024-{number}").into(),
        title: format!("title {number}").into(),
        fix_commits: vec![format!("{number:040x}").into()],
        ..Record::default()
    }
}

fn compiled(from: usize) -> Vec<u8> {
    let tables = CompileOptions {
        alias_table: Some(
            "canonical\tcpes\tsource\tdate\nlinux\tlinux:linux_kernel\town\t2026-11-22\n".to_owned(),
        ),
        rule_table: Some("id\n".to_owned()),
        ..CompileOptions::default()
    };
    let Ok(compiler) = Compiler::new(tables) else { return Vec::new() };
    for number in from..from + 20 {
        compiler.add("feed", &Item::Record(Box::new(record(number))));
    }
    compiler.finish_to_bytes().map(|(bytes, _)| bytes).unwrap_or_default()
}

fn indexes() -> Vec<Vec<u8>> {
    vec![compiled(0), compiled(7)]
}

fn deltas() -> Vec<Vec<u8>> {
    let (Ok(old), Ok(new)) = (Index::from_bytes(compiled(0)), Index::from_bytes(compiled(7))) else {
        return Vec::new();
    };
    between(&old, &new).map(|(bytes, _)| vec![bytes]).unwrap_or_default()
}

/// As if the sums were right: a forger would have made them so.
fn read_index(bytes: &[u8]) {
    let Ok(index) = Index::from_forged_bytes(bytes.to_vec()) else { return };
    for number in index.vulnerabilities().take(50) {
        let Ok(vulnerability) = index.vulnerability(number) else { continue };
        for record in vulnerability.records() {
            drop((record.decode(), record.texts()));
        }
        drop((vulnerability.facts(), vulnerability.kev(), vulnerability.epss()));
    }
    let mut found = Vec::new();
    index.candidates("p:linux", &mut found);
    drop(index.fixed_in(&"0".repeat(40)));
    drop(index.verify());
}

fn read_delta(bytes: &[u8]) {
    // Whoever forges a delta sums it up again.
    let mut forged = bytes.to_vec();
    DeltaFile::sum_up(&mut forged);
    let Ok(delta) = DeltaFile::read(&forged) else { return };
    if let Ok(old) = Index::from_bytes(compiled(0)) {
        drop(delta.apply_to_bytes(&old));
    }
}
