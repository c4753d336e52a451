//! Bytes of strangers: programs, kernels and lists cut and changed, bombs, and facts that nobody of ours wrote.

use std::io::Write;

use formats::detect::read_inventory;
use formats::limits::Limits;

use super::Tree;
use super::elf::{Elf, auditable, in_line};

fn rich(is_32: bool, is_big: bool) -> Vec<u8> {
    let mut body = in_line("go1.21.4", "path\tx/y\nmod\tx/y\t(devel)\ndep\ta/b\tv1.0.0\n=>\tc/d\tv2.0.0\n");
    body.extend(b"\0OpenSSL 1.1.1k  25 Mar 2021\0BusyBox v1.36.1 (x)\0flate 1.2.11 Copyright \0");
    Elf {
        is_32,
        is_big,
        machine: 40,
        soname: "libx.so.1",
        needs: vec!["libz.so.1"],
        notes: vec![
            (b"GNU", 3, vec![1, 2, 3]),
            (b"FDO", 0xcafe_1a7e, br#"{"type":"deb","name":"x","version":"1"}"#.to_vec()),
        ],
        sections: vec![(".dep-v0", auditable())],
        body,
        ..Elf::default()
    }
    .bytes()
}

fn random(state: &mut u64) -> usize {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state as usize
}

/// Places whose readers read bytes, each with a file that they read to its end.
fn files() -> Vec<(&'static str, Vec<u8>)> {
    let kernel = b"Linux version 6.1.22 (x@y) #1\n\0IKCFG_ST\x1f\x8bxIKCFG_ED".to_vec();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(&[&kernel[..], &[7; 4_096]].concat()).expect("in memory");
    let packed = packed.finish().expect("in memory");
    let zstd = zstd::encode_all(&[&kernel[..], &[7; 4_096]].concat()[..], 3).expect("in memory");
    vec![
        ("usr/bin/a", rich(false, false)),
        ("usr/bin/b", rich(true, true)),
        ("boot/zImage", [&b"loader"[..], &packed].concat()),
        ("boot/Image.zst", zstd),
        ("boot/u-boot.bin", b"U-Boot 2021.07 (Jan 01 2022)\0".to_vec()),
        ("lib/modules/6.1.22/a.ko", b"\0vermagic=6.1.22 SMP\0".to_vec()),
        ("lib/modules/6.1.22/modules.dep", b"a.ko: b.ko\nb.ko:\n".to_vec()),
        ("lib/apk/db/installed", b"P:a\nV:1\nF:usr/bin\nR:a\n\n".to_vec()),
        ("var/lib/dpkg/info/a.list", b"/usr/bin/a\n".to_vec()),
        ("x.dist-info/METADATA", b"Name: a\nVersion: 1\n".to_vec()),
        ("node_modules/a/package.json", br#"{"name":"a","version":"1"}"#.to_vec()),
    ]
}

/// Cut at any place: facts, and an inventory or an error of them.
#[test]
fn truncated_files() {
    for (path, bytes) in files() {
        for at in 0..bytes.len().min(120) {
            let cut = bytes.len() * at / bytes.len().min(120);
            let json = Tree::default().file(path, &bytes[..cut]).facts().to_json();
            let _ = read_inventory(json.as_bytes(), "root", &Limits::INVENTORY);
        }
    }
}

/// Changed bytes with fixed seeds, numbers at their ends among them.
#[test]
fn mutated_files() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for (path, bytes) in files() {
        for _ in 0..80 {
            let mut changed = bytes.clone();
            for _ in 0..1 + random(&mut state) % 6 {
                let at = random(&mut state) % changed.len();
                let value = [0, 1, 0x7f, 0x80, 0xff, random(&mut state) as u8][random(&mut state) % 6];
                let count = [1, 2, 4, 8][random(&mut state) % 4];
                changed.iter_mut().skip(at).take(count).for_each(|byte| *byte = value);
            }
            let json = Tree::default().file(path, &changed).facts().to_json();
            let _ = read_inventory(json.as_bytes(), "root", &Limits::INVENTORY);
        }
    }
}

/// What is packed is read up to a limit, and nothing behind it.
#[test]
fn bombs() {
    let mut kernel = zstd::Encoder::new(Vec::new(), 1).expect("in memory");
    let zeros = vec![0; 8 << 20];
    for _ in 0..20 {
        kernel.write_all(&zeros).expect("in memory");
    }
    // Among letters without order the banner is packed, too; alone it would stand there as it is.
    let mut state = 1;
    let letters: Vec<u8> = (0..60_000).map(|_| b'a' + (random(&mut state) % 16) as u8).collect();
    kernel.write_all(&[&letters, &b"Linux version 6.1.22 (x@y) #1\n"[..]].concat()).expect("in memory");
    let kernel = kernel.finish().expect("in memory");
    let mut section = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    section.write_all(&vec![b' '; 16 << 20]).expect("in memory");
    section.write_all(br#"{"packages":[{"name":"a","version":"1"}]}"#).expect("in memory");
    let section = section.finish().expect("in memory");
    let volume = Tree::default()
        .file("boot/zImage", &kernel)
        .file("usr/bin/a", Elf { sections: vec![(".dep-v0", section)], ..Elf::x86_64() }.bytes())
        .only();
    assert_eq!(volume.kernels[0].banner, "", "it lies behind 160 MiB");
    assert!(volume.programs[0].crates.is_empty(), "they lie behind 16 MiB");
}

/// A package database of a stranger's facts: base64 of no letters, facts in facts.
#[test]
fn documents_of_strangers() {
    let facts = |is: &str, text: &str| {
        let document = format!(r#"{{"path":"x.cdx.json","is":"{is}","base64":"{text}"}}"#);
        let program = r#"{"path":"bin/bash","found":[{"component":"bash","version":"5.2","own":true},{"component":"nobody","version":"1"}]}"#;
        format!(
            r#"{{"schema":"patchwright/rootfs/1","volumes":{{"":{{"documents":[{document}],"programs":[{program}]}}}}}}"#
        )
    };
    for (is, text) in
        [("rpm", "!!!!"), ("rpm", "AAAA"), ("config", "AAAA"), ("document", "////"), ("dpkg", "AAAA")]
    {
        let read = crate::summary::read(facts(is, text).as_bytes(), "facts.json");
        assert_eq!(read.value.components.len(), 1, "{is} {text}");
    }
    let mut inner = facts("dpkg", "AAAA");
    for _ in 0..5 {
        let text = serde_json::to_string(&inner).expect("a text");
        let document = format!(r#"{{"path":"x.cdx.json","is":"document","text":{text}}}"#);
        inner =
            format!(r#"{{"schema":"patchwright/rootfs/1","volumes":{{"":{{"documents":[{document}]}}}}}}"#);
    }
    assert!(
        read_inventory(inner.as_bytes(), "facts.json", &Limits::INVENTORY).is_err(),
        "facts in facts are not read"
    );
}
