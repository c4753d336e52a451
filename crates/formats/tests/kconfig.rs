//! `.config` files: headers, spellings, completeness; the real board files.

use formats::kconfig;
use formats::limits::FormatError;
use model::build::{Config, ConfigOf};
use model::note::NoteCode;

fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/../../fixtures/kconfig/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn config(bytes: &[u8]) -> Config {
    kconfig::read(bytes, "c").unwrap().value
}

/// A whole file: header, 400 options, and what `more` adds.
fn whole(header: &str, more: &str) -> String {
    let mut text =
        format!("#\n# Automatically generated file; DO NOT EDIT.\n# {header}\n#\nCONFIG_ARM64=y\n");
    for number in 0..200 {
        text.push_str(&format!("CONFIG_A{number}=y\n# CONFIG_B{number} is not set\n"));
    }
    text + more
}

const LINUX: &str = "Linux/arm64 6.1.22 Kernel Configuration";

#[test]
fn headers() {
    let check = |bytes: &[u8], want: (ConfigOf, &str, &str)| {
        let config = config(bytes);
        assert_eq!((config.of, config.version.as_str(), config.arch.as_str()), want);
        assert!(!config.incomplete.is_empty());
    };
    check(&fixture("crlf-bom.config"), (ConfigOf::Linux, "6.1.22", "arm64"));
    check(&fixture("linux-2.6.config"), (ConfigOf::Linux, "2.6.32.9", ""));
    check(&fixture("busybox.config"), (ConfigOf::Busybox, "1.36.1", ""));
    check(&fixture("u-boot.config"), (ConfigOf::Uboot, "2022.01", ""));
    check(&fixture("fragment.config"), (ConfigOf::Unknown, "", ""));
    check(&fixture("buildroot.config"), (ConfigOf::Unknown, "2022.02", ""));
}

#[test]
fn odd_spellings() {
    let read = kconfig::read(&fixture("odd-spelling.config"), "c").unwrap();
    let got: Vec<String> = read.value.symbols.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(got, ["A=n", "B=n", "C=n", "D=y", "E=m", "F=n", "G=\"\"", "H=0x1f", "J=m", "K=n"]);
    let codes: Vec<(NoteCode, &str)> =
        read.notes.iter().map(|note| (note.code, note.place.as_str())).collect();
    assert_eq!(
        codes,
        [
            (NoteCode::DupRef, "line 11"),
            (NoteCode::BadRecord, "line 13"),
            (NoteCode::BadRecord, "line 14"),
            (NoteCode::EvidenceIncomplete, "whole file"),
        ]
    );
}

#[test]
fn carriage_returns_and_marks_do_not_stick() {
    let config = config(&fixture("crlf-bom.config"));
    assert_eq!(config.symbols["NAME"], "\"a b\"");
    assert_eq!(config.symbols["X"], "n");
}

#[test]
fn a_whole_file_is_complete() {
    let whole = config(whole(LINUX, "").as_bytes());
    assert_eq!(whole.incomplete, Vec::<String>::new());
    assert_eq!(whole.value("NOT_THERE"), Some("n"));
    assert_eq!((whole.value("A1"), whole.value("B1")), (Some("y"), Some("n")));
    let no_newline = whole_text_without_end();
    assert!(config(no_newline.as_bytes()).incomplete.is_empty());
}

fn whole_text_without_end() -> String {
    whole(LINUX, "").trim_end().to_owned()
}

/// Each thing that a whole file has, taken away.
#[test]
fn what_makes_a_file_incomplete() {
    let lacks = |text: &str, want: &str| {
        let config = config(text.as_bytes());
        assert!(config.incomplete.iter().any(|why| why.contains(want)), "{want}: {:?}", config.incomplete);
        assert_eq!(config.value("NOT_THERE"), None);
    };
    lacks(&whole("whatever", ""), "no header tells");
    lacks(&whole(LINUX, "").replace("# Automatically", "# By hand, not"), "generated");
    lacks(&whole(LINUX, "").replace("ARM64", "NO_ARCH"), "architecture");
    lacks(&whole(LINUX, "").replace(" is not set", "=x"), "is not set");
    lacks(&whole(LINUX, "").replace("=y", "=1"), "no option is on");
    let few: String = whole(LINUX, "").lines().take(200).map(|line| format!("{line}\n")).collect();
    lacks(&few, "options");
    lacks(&whole(LINUX, "CONFIG_CU"), "cut");
    lacks(&whole(LINUX, "# CONFIG_CUT is n\n# end of General setup\n"), "seems to be cut");
    let titles: String = (0..12).map(|number| format!("#\n# Title {number}\n#\n")).collect();
    lacks(&whole(LINUX, &titles), "seems to be cut");
    assert!(config(whole(LINUX, "# end of Kernel hacking\n").as_bytes()).incomplete.is_empty());
    lacks(&whole("Linux/arm64", ""), "no header tells");
    lacks(&whole("U-Boot Configuration", ""), "version");
}

#[test]
fn busybox_needs_no_architecture() {
    let text = whole("Busybox version: 1.36.1", "").replace("ARM64", "X");
    assert!(config(text.as_bytes()).incomplete.is_empty());
}

#[test]
fn gzip_as_in_proc() {
    use std::io::Write;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(whole(LINUX, "").as_bytes()).unwrap();
    let packed = packer.finish().unwrap();
    assert!(config(&packed).incomplete.is_empty());
    let cut = &packed[..packed.len() / 2];
    assert!(matches!(kconfig::read(cut, "c"), Err(FormatError::Truncated { .. })));
}

#[test]
fn what_is_no_config() {
    assert!(matches!(kconfig::read(b"", "c"), Err(FormatError::Empty { .. })));
    assert!(matches!(kconfig::read(b" \n", "c"), Err(FormatError::Empty { .. })));
    assert!(matches!(kconfig::read(b"hello\nworld", "c"), Err(FormatError::Malformed { .. })));
    assert!(matches!(kconfig::read(b"{\"a\": 1}", "c"), Err(FormatError::Malformed { .. })));
}

/// Board files of Buildroot: fragments and defconfigs of kernels, and Buildroot's own `.config` files.
#[test]
fn real_files() {
    let Some(pack) = testkit::shared("data/sboms.tar.zst") else { return };
    let file = std::fs::File::open(pack).unwrap();
    let mut archive = tar::Archive::new(zstd::stream::read::Decoder::new(file).unwrap());
    let (mut boards, mut own, mut complete, mut refused, mut options) = (0, 0, 0, Vec::new(), 0);
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = entry.path().unwrap().to_string_lossy().into_owned();
        let is_board = path.contains("configs/kernel/board/") && entry.header().entry_type().is_file();
        let is_own = path.contains("sboms/buildroot/") && path.ends_with(".config");
        if !is_board && !is_own {
            continue;
        }
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut bytes).unwrap();
        boards += usize::from(is_board);
        own += usize::from(is_own);
        match kconfig::read(&bytes, &path) {
            Ok(read) => {
                complete += usize::from(read.value.incomplete.is_empty());
                options += read.value.symbols.len();
                if is_own {
                    assert!(read.value.incomplete[0].contains("Buildroot"), "{:?}", read.value.incomplete);
                    assert!(read.value.symbols.len() > 1000);
                }
            }
            Err(error) => refused.push(format!("{path}: {error}")),
        }
    }
    println!(
        "{boards} board files, {own} of Buildroot, {options} options, {complete} complete, refused {refused:?}"
    );
    assert_eq!((boards, complete), (102, 0));
    assert_eq!(refused, Vec::<String>::new());
    assert!(own > 0);
}

proptest::proptest! {
    #[test]
    fn any_bytes(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400)) {
        let _ = kconfig::read(&bytes, "c");
    }

    /// Whatever is cut off, a missing option never counts as off in a file that was cut within a line.
    #[test]
    fn any_cut(at in 0..6000_usize) {
        let text = whole(LINUX, "#\n# end of Kernel hacking\n");
        let cut = text.get(..at.min(text.len())).unwrap();
        if let Ok(read) = kconfig::read(cut.as_bytes(), "c") {
            let is_small = read.value.symbols.len() <= 300;
            proptest::prop_assert!(!is_small || !read.value.incomplete.is_empty());
        }
    }
}
