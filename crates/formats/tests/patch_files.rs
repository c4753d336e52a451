//! Patch files: header and content, compressed ones, hostile ones. What they say is tested where it is judged.

use formats::patch_files;
use model::note::NoteCode;

fn fixture() -> Vec<u8> {
    std::fs::read(format!("{}/../../fixtures/patches/backport.patch", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

#[test]
fn header_ends_at_the_diff_and_holds_the_diffstat() {
    let read = patch_files::read(&fixture(), "backport.patch");
    assert!(read.notes.is_empty(), "{:?}", read.notes);
    assert!(read.value.header.starts_with("From 525b861a"));
    assert!(read.value.header.contains(" net/core.c | 2 ++"));
    assert!(!read.value.header.contains("diff --git"));
    assert!(read.value.content.contains("@@ -1,2 +1,4 @@"));
    assert_eq!((read.value.origin.as_str(), &read.value.hash[..7]), ("directory", "sha256:"));
}

#[test]
fn gzip_is_unpacked() {
    let (plain, gzip) = (patch_files::read(&fixture(), "p"), patch_files::read(&packed(&fixture()), "p"));
    assert_eq!((plain.value.header, plain.value.content), (gzip.value.header, gzip.value.content));
}

#[test]
fn what_cannot_be_read_keeps_its_name() {
    for bytes in [&b"BZh9xxxxx"[..], &[0x1f, 0x8b, 1, 2, 3], &[0xfd, b'7', b'z', b'X', b'Z', 0]] {
        let read = patch_files::read(bytes, "CVE-2024-1234.patch.bz2");
        assert_eq!((read.value.name.as_str(), read.value.content.as_str()), ("CVE-2024-1234.patch.bz2", ""));
        assert_eq!(read.notes[0].code, NoteCode::EvidenceIncomplete);
    }
    let text = patch_files::read(b"no diff here", "a.patch");
    assert_eq!(text.notes[0].code, NoteCode::BadRecord);
}

#[test]
fn a_bomb_is_cut() {
    let read = patch_files::read(&packed(&vec![b'a'; 20 << 20]), "bomb.patch.gz");
    assert!(read.notes.iter().any(|note| note.code == NoteCode::TooBig));
    assert!(read.value.content.len() <= 16 << 20);
}

proptest::proptest! {
    #[test]
    fn any_bytes(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)) {
        let read = patch_files::read(&bytes, "p");
        proptest::prop_assert_eq!(read.value.name, "p");
    }
}
