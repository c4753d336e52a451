//! ELF files made by hand: of any class and byte order, with and without section headers.

use flate2::Compression;
use flate2::write::ZlibEncoder;
use formats::rootfs::schema::{Crate, GoModule, Program};
use std::io::Write;

use super::Tree;

/// An ELF file to be.
#[derive(Clone, Debug, Default)]
pub struct Elf {
    pub is_32: bool,
    pub is_big: bool,
    pub machine: u16,
    pub soname: &'static str,
    pub needs: Vec<&'static str>,
    /// Owner, type, content.
    pub notes: Vec<(&'static [u8], u32, Vec<u8>)>,
    pub sections: Vec<(&'static str, Vec<u8>)>,
    /// Bytes of its read-only data.
    pub body: Vec<u8>,
    pub is_stripped_of_sections: bool,
}

/// Where the file is loaded.
pub const BASE: u64 = 0x10000;

struct Writer {
    out: Vec<u8>,
    is_32: bool,
    is_big: bool,
}

impl Writer {
    fn number(&mut self, value: u64, size: usize) {
        let bytes = value.to_le_bytes();
        let mut bytes = bytes[..size].to_vec();
        if self.is_big {
            bytes.reverse();
        }
        self.out.extend(bytes);
    }

    fn half(&mut self, value: u16) {
        self.number(value.into(), 2);
    }

    fn word(&mut self, value: u32) {
        self.number(value.into(), 4);
    }

    fn address(&mut self, value: u64) {
        self.number(value, if self.is_32 { 4 } else { 8 });
    }

    fn align(&mut self, to: usize) -> usize {
        while !self.out.len().is_multiple_of(to) {
            self.out.push(0);
        }
        self.out.len()
    }
}

impl Elf {
    pub fn x86_64() -> Elf {
        Elf { machine: 62, ..Elf::default() }
    }

    pub fn with(text: &str) -> Vec<u8> {
        Elf { body: text.as_bytes().to_vec(), ..Elf::x86_64() }.bytes()
    }

    pub fn linked(text: &str, soname: &'static str, needs: &[&'static str]) -> Vec<u8> {
        Elf { body: text.as_bytes().to_vec(), soname, needs: needs.to_vec(), ..Elf::x86_64() }.bytes()
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut w = Writer { out: Vec::new(), is_32: self.is_32, is_big: self.is_big };
        let (head, segment, section) = if self.is_32 { (52, 32, 40) } else { (64, 56, 64) };
        // Contents first, so that their places are known.
        w.out.resize(head + 3 * segment, 0);
        let mut strings = vec![0];
        let mut name = |text: &str| {
            let at = strings.len() as u64;
            strings.extend(text.bytes().chain([0]));
            at
        };
        let mut dynamic: Vec<(u64, u64)> = self.needs.iter().map(|needed| (1, name(needed))).collect();
        if !self.soname.is_empty() {
            dynamic.push((14, name(self.soname)));
        }
        let strings_at = w.align(16);
        w.out.extend(&strings);
        dynamic.extend([(5, BASE + strings_at as u64), (10, strings.len() as u64), (0, 0)]);
        let dynamic_at = w.align(16);
        for (tag, value) in dynamic {
            w.address(tag);
            w.address(value);
        }
        let dynamic_size = w.out.len() - dynamic_at;
        let notes_at = w.align(4);
        for (owner, kind, content) in &self.notes {
            w.word(owner.len() as u32 + 1);
            w.word(content.len() as u32);
            w.word(*kind);
            w.out.extend(owner.iter().copied().chain([0]));
            w.align(4);
            w.out.extend(content);
            w.align(4);
        }
        let notes_size = w.out.len() - notes_at;
        w.align(16);
        w.out.extend(&self.body);
        let mut names = vec![0];
        let mut headers = vec![(0, 0, 0, 0)];
        for (name, content) in self.sections.iter().map(|(name, content)| (*name, content.as_slice())) {
            let at = w.align(16);
            headers.push((names.len() as u32, 1, at, content.len()));
            names.extend(name.bytes().chain([0]));
            w.out.extend(content);
        }
        headers.push((names.len() as u32, 3, w.out.len(), names.len() + 10));
        names.extend(b".shstrtab\0");
        w.out.extend(&names);
        let sections_at = w.align(8);
        for (name, kind, at, size) in &headers {
            w.word(*name);
            w.word(*kind);
            w.address(0);
            w.address(0);
            w.address(*at as u64);
            w.address(*size as u64);
            w.word(0);
            w.word(0);
            w.address(1);
            w.address(0);
        }
        let size = w.out.len();
        assert_eq!(size - sections_at, headers.len() * section);
        let contents = std::mem::take(&mut w.out);
        self.head(&mut w, head, segment, section, sections_at, headers.len());
        for (kind, at, length) in [(1_u32, 0, size), (2, dynamic_at, dynamic_size), (4, notes_at, notes_size)]
        {
            let kind = if length == 0 { 0 } else { kind };
            w.word(kind);
            if !self.is_32 {
                w.word(4);
            }
            w.address(at as u64);
            w.address(BASE + at as u64);
            w.address(BASE + at as u64);
            w.address(length as u64);
            w.address(length as u64);
            if self.is_32 {
                w.word(4);
            }
            w.address(4);
        }
        w.out.extend(&contents[w.out.len()..]);
        w.out
    }

    fn head(&self, w: &mut Writer, head: usize, segment: usize, section: usize, at: usize, count: usize) {
        let class = if self.is_32 { 1 } else { 2 };
        let order = if self.is_big { 2 } else { 1 };
        w.out.extend([0x7f, b'E', b'L', b'F', class, order, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        w.half(3);
        w.half(self.machine);
        w.word(1);
        w.address(0);
        w.address(head as u64);
        w.address(if self.is_stripped_of_sections { 0 } else { at as u64 });
        w.word(0);
        w.half(head as u16);
        w.half(segment as u16);
        w.half(3);
        let (count, last) = if self.is_stripped_of_sections { (0, 0) } else { (count, count - 1) };
        w.half(section as u16);
        w.half(count as u16);
        w.half(last as u16);
    }
}

/// The one program of a tree.
pub fn program(bytes: &[u8]) -> Program {
    let mut programs = Tree::default().file("usr/bin/program", bytes).only().programs;
    assert_eq!(programs.len(), 1);
    programs.remove(0)
}

const NOTE: &str =
    r#"{"type":"deb","os":"Debian","name":"systemd","version":"252.39-1~deb12u2","architecture":"amd64"}"#;

/// Class, byte order and machine are read, and what the loader needs, with and without section headers.
#[test]
fn every_class_and_byte_order() {
    for (machine, is_32, is_big, word, bits) in [
        (62, false, false, "x86_64", 64),
        (3, true, false, "i386", 32),
        (40, true, false, "arm", 32),
        (40, true, true, "arm", 32),
        (183, false, false, "aarch64", 64),
        (183, false, true, "aarch64", 64),
        (8, true, true, "mips", 32),
        (8, true, false, "mips", 32),
        (8, false, true, "mips64", 64),
        (243, true, false, "riscv32", 32),
        (243, false, false, "riscv64", 64),
        (21, false, true, "powerpc64", 64),
        (22, false, true, "s390x", 64),
        (999, false, false, "machine-999", 64),
    ] {
        for is_stripped_of_sections in [false, true] {
            let elf = Elf {
                is_32,
                is_big,
                machine,
                is_stripped_of_sections,
                soname: "libx.so.1",
                needs: vec!["libz.so.1", "libc.so.6"],
                notes: vec![
                    (b"GNU", 3, vec![0xab, 0xcd, 0x01]),
                    (b"FDO", 0xcafe_1a7e, NOTE.as_bytes().to_vec()),
                ],
                ..Elf::default()
            };
            let program = program(&elf.bytes());
            let got = (program.machine.as_str(), program.bits, program.big_endian, program.soname.as_str());
            assert_eq!(got, (word, bits, is_big, "libx.so.1"));
            assert_eq!(program.needs, ["libc.so.6", "libz.so.1"]);
            assert_eq!(program.build_id, "abcd01");
            let note = program.package.expect("a package note");
            assert_eq!((note.kind.as_str(), note.name.as_str()), ("deb", "systemd"));
            assert_eq!((note.os.as_str(), note.version.as_str()), ("Debian", "252.39-1~deb12u2"));
        }
    }
}

const MODULES: &str = "path\texample.org/agent/cmd/agent\nmod\texample.org/agent\t(devel)\t\n\
                       dep\tgolang.org/x/net\tv0.17.0\th1:pVaXccu2ozPjCXewfr1S7xza/zcXTity9cCdXQYSjIM=\n\
                       dep\tgithub.com/docker/distribution\tv2.8.1+incompatible\th1:x\n\
                       dep\tgithub.com/old/fork\tv1.0.0\n=>\tgithub.com/new/fork\tv1.2.3\th1:y\n\
                       dep\texample.org/local\tv0.0.0\n=>\t./local\t\n\
                       build\t-compiler=gc\nbuild\tvcs.revision=0123456789abcdef0123456789abcdef01234567\n";

fn framed(text: &str) -> Vec<u8> {
    [&[0x30; 16][..], text.as_bytes(), &[0x31; 16][..]].concat()
}

fn length(bytes: &[u8]) -> Vec<u8> {
    let mut rest = bytes.len();
    let mut out = Vec::new();
    while rest >= 0x80 {
        out.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
    out.extend(bytes);
    out
}

/// The form since Go 1.18: both texts behind the head.
pub fn in_line(version: &str, modules: &str) -> Vec<u8> {
    let mut head = b"\xff Go buildinf:\x08\x02".to_vec();
    head.resize(32, 0);
    head.extend(length(version.as_bytes()));
    head.extend(length(&framed(modules)));
    head
}

/// The form before: pointers to strings, each a pointer and a length.
fn with_pointers(is_32: bool, is_big: bool) -> Elf {
    let size = if is_32 { 4 } else { 8 };
    let modules = framed(MODULES);
    // The body begins at a multiple of 16 behind everything before it; twice the same file finds where.
    let build = |body_at: u64| {
        let mut w = Writer { out: Vec::new(), is_32, is_big };
        w.out.extend(b"\xff Go buildinf:");
        w.out.extend([size as u8, u8::from(is_big)]);
        w.address(BASE + body_at + 64);
        w.address(BASE + body_at + 64 + 2 * size);
        w.out.resize(64, 0);
        let texts = 64 + 4 * size;
        w.address(BASE + body_at + texts);
        w.address(8);
        w.address(BASE + body_at + texts + 8);
        w.address(modules.len() as u64);
        w.out.extend(b"go1.16.5");
        w.out.extend(&modules);
        Elf { is_32, is_big, machine: 40, body: w.out, ..Elf::default() }
    };
    let first = build(0).bytes();
    let at = first.windows(14).position(|bytes| bytes == b"\xff Go buildinf:").expect("the mark");
    build(at as u64)
}

#[test]
fn go_build_information() {
    let data = in_line("go1.21.4", MODULES);
    let mut files = vec![
        ("go1.21.4", Elf { body: data.clone(), ..Elf::x86_64() }.bytes()),
        ("go1.21.4", Elf { sections: vec![(".go.buildinfo", data)], ..Elf::x86_64() }.bytes()),
    ];
    for (is_32, is_big) in [(false, false), (false, true), (true, false), (true, true)] {
        files.push(("go1.16.5", with_pointers(is_32, is_big).bytes()));
    }
    for (version, bytes) in files {
        let go = program(&bytes).go.expect("build information");
        assert_eq!((go.version.as_str(), go.path.as_str()), (version, "example.org/agent/cmd/agent"));
        assert_eq!((go.main.path.as_str(), go.main.version.as_str()), ("example.org/agent", "(devel)"));
        assert_eq!(go.revision, "0123456789abcdef0123456789abcdef01234567");
        let module = |path: &str, version: &str, replaces: &str| GoModule {
            path: path.to_owned(),
            version: version.to_owned(),
            replaces: replaces.to_owned(),
        };
        assert_eq!(
            go.modules,
            [
                module("./local", "", "example.org/local"),
                module("github.com/docker/distribution", "v2.8.1+incompatible", ""),
                module("github.com/new/fork", "v1.2.3", "github.com/old/fork"),
                module("golang.org/x/net", "v0.17.0", ""),
            ]
        );
    }
    // The mark alone, in a program that reads such files, is no build information.
    assert_eq!(program(&Elf::with("\u{ff} Go buildinf:")).go, None);
}

#[test]
fn go_modules_are_components_inside_of_their_program() {
    let bytes = Elf { body: in_line("go1.21.4", MODULES), ..Elf::x86_64() }.bytes();
    let read = Tree::default().file("opt/agent", bytes).read();
    let lines: Vec<String> = (read.value.components.iter())
        .map(|one| {
            let purls: Vec<String> = one.purls.iter().map(ToString::to_string).collect();
            format!("{} {:?} {} in {:?}", one.name, one.version, purls.join(" "), one.parents)
        })
        .collect();
    assert_eq!(
        lines,
        [
            "example.org/agent \"\" pkg:golang/example.org/agent in []",
            "example.org/local \"\" pkg:golang/example.org/local in [\"golang:example.org/agent@\"]",
            "github.com/docker/distribution \"v2.8.1+incompatible\" pkg:golang/github.com/docker/distribution@v2.8.1%2Bincompatible in [\"golang:example.org/agent@\"]",
            "github.com/new/fork \"v1.2.3\" pkg:golang/github.com/new/fork@v1.2.3 in [\"golang:example.org/agent@\"]",
            "golang.org/x/net \"v0.17.0\" pkg:golang/golang.org/x/net@v0.17.0 in [\"golang:example.org/agent@\"]",
            "stdlib \"1.21.4\" pkg:golang/stdlib@1.21.4 in [\"golang:example.org/agent@\"]",
        ]
    );
}

/// The section of a program built with `cargo auditable`.
pub fn auditable() -> Vec<u8> {
    let json = br#"{"packages":[
        {"name":"agent","version":"0.3.0","source":"local","dependencies":[1,2],"root":true},
        {"name":"time","version":"0.1.43","source":"crates.io"},
        {"name":"vendored","version":"1.0.0","source":"git"},
        {"name":"cc","version":"1.0.79","source":"crates.io","kind":"build"}]}"#;
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
    packed.write_all(json).expect("in memory");
    packed.finish().expect("in memory")
}

#[test]
fn crates_of_cargo_auditable() {
    let bytes = Elf { sections: vec![(".dep-v0", auditable())], ..Elf::x86_64() }.bytes();
    let crates = program(&bytes).crates;
    let one = |name: &str, version: &str, source: &str, kind: &str, root| Crate {
        name: name.to_owned(),
        version: version.to_owned(),
        source: source.to_owned(),
        kind: kind.to_owned(),
        root,
    };
    assert_eq!(
        crates,
        [
            one("agent", "0.3.0", "local", "runtime", true),
            one("cc", "1.0.79", "crates.io", "build", false),
            one("time", "0.1.43", "crates.io", "runtime", false),
            one("vendored", "1.0.0", "git", "runtime", false),
        ]
    );
    let read = Tree::default().file("opt/agent", bytes).read();
    let lines: Vec<String> = (read.value.components.iter())
        .map(|one| format!("{} {} {} {:?}", one.name, one.version, one.scope.word(), one.parents))
        .collect();
    assert_eq!(
        lines,
        [
            "agent 0.3.0 target []",
            "cc 1.0.79 build_only [\"cargo:agent@0.3.0\"]",
            "time 0.1.43 target [\"cargo:agent@0.3.0\"]",
            "vendored 1.0.0 target [\"cargo:agent@0.3.0\"]",
        ]
    );
}
