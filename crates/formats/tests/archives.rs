use std::io::{Cursor, Read, Write};
use std::ops::ControlFlow;

use formats::archives::{Container, container, io_error, members, walk, walk_seek};
use formats::limits::{FormatError, Limits};
use model::note::{Note, NoteCode};
use proptest::prelude::*;

/// A tar archive of these members.
pub fn tar(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, content.as_slice()).expect("tar");
    }
    builder.into_inner().expect("tar")
}

/// A tar archive whose member names are written raw, as no honest tool would.
fn hostile_tar(names: &[&str]) -> Vec<u8> {
    let mut out = Vec::new();
    for name in names {
        let mut header = tar::Header::new_ustar();
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(1);
        header.set_entry_type(tar::EntryType::Regular);
        header.set_cksum();
        out.extend_from_slice(header.as_bytes());
        out.extend_from_slice(&[b'x'; 1]);
        out.extend_from_slice(&[0; 511]);
    }
    out.extend_from_slice(&[0; 1024]);
    out
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("gzip");
    encoder.finish().expect("gzip")
}

pub fn zst(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).expect("zstd")
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 1);
    encoder.write_all(bytes).expect("xz");
    encoder.finish().expect("xz")
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).expect("zip");
        writer.write_all(content).expect("zip");
    }
    writer.finish().expect("zip").into_inner()
}

/// Members with their content, and what was passed over.
type Listed = (Vec<(String, String)>, Vec<Note>);

fn list(bytes: &[u8], name: &str, limits: &Limits) -> Result<Listed, FormatError> {
    let mut seen = Vec::new();
    let notes = members(bytes, name, limits, &mut |member, content| {
        seen.push((member.to_owned(), String::from_utf8_lossy(content).into_owned()));
        Ok(ControlFlow::Continue(()))
    })?;
    Ok((seen, notes))
}

fn names(bytes: &[u8], name: &str) -> Vec<String> {
    list(bytes, name, &Limits::INVENTORY).expect("readable").0.into_iter().map(|(name, _)| name).collect()
}

fn two() -> Vec<(String, Vec<u8>)> {
    vec![
        ("a.json".to_owned(), b"{}".to_vec()),
        (format!("deep/{}/b.json", "long".repeat(60)), b"[]".to_vec()),
    ]
}

#[test]
fn every_container_gives_the_same_members() {
    let plain = tar(&two());
    let expected = vec!["a.json".to_owned(), format!("deep/{}/b.json", "long".repeat(60))];
    for (bytes, name) in [
        (plain.clone(), "x.tar"),
        (gzip(&plain), "x.tar.gz"),
        (zst(&plain), "x.tar.zst"),
        (xz(&plain), "x.tar.xz"),
        (zip(&[(&expected[0], b"{}"), (&expected[1], b"[]")]), "x.zip"),
    ] {
        assert_eq!(names(&bytes, name), expected, "{name}");
        let mut streamed = Vec::new();
        let visit = &mut |member: &str, _: &mut dyn Read| {
            streamed.push(member.to_owned());
            Ok(ControlFlow::Continue(()))
        };
        walk(&mut bytes.as_slice(), name, &Limits::FEED, visit).expect("readable");
        assert_eq!(streamed, expected, "{name}, streamed");
    }
}

#[test]
fn a_compressed_file_is_one_member_without_its_ending() {
    assert_eq!(names(&gzip(b"{}"), "feed-2024.json.gz"), ["feed-2024.json"]);
    assert_eq!(names(&xz(b"{}"), "feed-2024.json.XZ"), ["feed-2024.json"]);
    assert_eq!(names(b"{}", "plain.json"), ["plain.json"]);
}

#[test]
fn archives_in_archives_are_opened_and_named() {
    let inner = gzip(&tar(&[("x.json".to_owned(), b"{}".to_vec())]));
    let outer =
        zst(&tar(&[("sboms/image.tar.gz".to_owned(), inner), ("year.json.gz".to_owned(), gzip(b"{}"))]));
    assert_eq!(names(&outer, "pack.tar.zst"), ["sboms/image.tar/x.json", "year.json"]);
}

#[test]
fn frames_that_parallel_compressors_write() {
    let mut bytes = vec![0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4];
    bytes.extend(zst(b"{\"a\""));
    bytes.extend(zst(b":1}"));
    assert_eq!(container(&bytes), Some(Container::Zstd));
    let (seen, _) = list(&bytes, "x.json.zst", &Limits::INVENTORY).expect("readable");
    assert_eq!(seen, [("x.json".to_owned(), "{\"a\":1}".to_owned())]);
    let mut two = gzip(b"{\"a\"");
    two.extend(gzip(b":1}"));
    assert_eq!(list(&two, "x.json.gz", &Limits::INVENTORY).expect("readable").0[0].1, "{\"a\":1}");
}

#[test]
fn members_that_point_outside_are_passed_over() {
    let bad = ["../evil", "/etc/passwd", "a/../../b", "C:\\x", "..\\y", "ok/./fine"];
    let (seen, notes) = list(&hostile_tar(&bad), "x.tar", &Limits::INVENTORY).expect("readable");
    assert_eq!(seen.into_iter().map(|(name, _)| name).collect::<Vec<_>>(), ["ok/./fine"]);
    assert_eq!(notes.iter().filter(|note| note.code == NoteCode::UnsafePath).count(), 5);
    let (seen, notes) =
        list(&zip(&[("../evil", b"x"), ("fine", b"y")]), "x.zip", &Limits::INVENTORY).expect("readable");
    assert_eq!((seen.len(), notes.len(), notes[0].code), (1, 1, NoteCode::UnsafePath));
}

#[test]
fn links_and_folders_are_no_members() {
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::Symlink);
    header.set_size(0);
    builder.append_link(&mut header, "link", "/etc/shadow").expect("tar");
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::Directory);
    header.set_size(0);
    builder.append_data(&mut header, "folder/", &[][..]).expect("tar");
    assert!(names(&builder.into_inner().expect("tar"), "x.tar").is_empty());
}

const SMALL: Limits = Limits {
    document_bytes: 1 << 20,
    archive_bytes: 3 << 20,
    members: 5,
    ratio: 100,
    depth: 8,
    components: 100,
};

fn refused(bytes: &[u8], name: &str) -> FormatError {
    list(bytes, name, &SMALL).err().unwrap_or_else(|| panic!("{name} was read"))
}

#[test]
fn limits_end_in_an_error() {
    let zeros = vec![0_u8; 4 << 20];
    // A bomb: 4 MiB of zeros, also packed twice.
    for bytes in [gzip(&zeros), zst(&zeros), xz(&zeros), gzip(&gzip(&zeros)), zip(&[("bomb", &zeros)])] {
        let error = refused(&bytes, "bomb");
        assert!(matches!(error, FormatError::TooBig { .. }), "{error}");
        assert_eq!(error.code(), NoteCode::TooBig);
    }
    let many: Vec<(String, Vec<u8>)> = (0..9).map(|number| (format!("{number}"), b"x".to_vec())).collect();
    assert!(refused(&tar(&many), "many.tar").to_string().contains("more than 5 members"));
    let mut noise = vec![0_u8; (1 << 20) + 5];
    let mut state = 1_u32;
    for byte in &mut noise {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *byte = (state >> 24) as u8;
    }
    assert!(
        refused(&tar(&[("big".to_owned(), noise)]), "big.tar")
            .to_string()
            .contains("larger than 1048576 bytes")
    );
}

#[test]
fn nesting_has_an_end() {
    let mut bytes = b"{}".to_vec();
    for _ in 0..20 {
        bytes = gzip(&bytes);
    }
    let (seen, notes) = list(&bytes, "x.gz", &Limits::INVENTORY).expect("readable");
    assert_eq!((seen.len(), notes.len(), notes[0].code), (0, 1, NoteCode::TooDeep));
}

/// An early end is told apart from the end, wherever the cut is.
#[test]
fn truncated_archives_are_refused_whole() {
    let plain = tar(&[("a".to_owned(), vec![b'x'; 3000]), ("b".to_owned(), vec![b'y'; 3000])]);
    for bytes in [plain.clone(), gzip(&plain), zst(&plain), xz(&plain)] {
        for part in 1..50 {
            let cut = bytes.len() * part / 50;
            let Some(head) = bytes.get(..cut) else { continue };
            // The archive ends in two empty blocks and padding; without a byte of them it is cut off.
            if container(head).is_none() || (bytes.len() == plain.len() && cut > plain.len() - 1024) {
                continue;
            }
            let result = list(head, "x", &Limits::INVENTORY);
            assert!(
                matches!(result, Err(FormatError::Truncated { .. })),
                "cut at {cut} of {}: {result:?}",
                bytes.len()
            );
        }
    }
    let packed = zip(&[("a", &[b'x'; 3000])]);
    assert!(matches!(
        list(&packed[..packed.len() / 2], "x.zip", &Limits::INVENTORY),
        Err(FormatError::Truncated { .. })
    ));
}

#[test]
fn a_visitor_may_stop_and_may_leave_the_rest() {
    let bytes = gzip(&tar(&[
        ("a".to_owned(), vec![b'x'; 300_000]),
        ("b".to_owned(), b"y".to_vec()),
        ("c".to_owned(), b"z".to_vec()),
    ]));
    let mut seen = Vec::new();
    walk_seek(&mut Cursor::new(&bytes), "x.tar.gz", &Limits::FEED, &mut |name, reader| {
        let mut first = [0_u8; 1];
        reader.read_exact(&mut first).map_err(|error| io_error(name, &error))?;
        seen.push(name.to_owned());
        Ok(if name == "b" { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })
    .expect("readable");
    assert_eq!(seen, ["a", "b"]);
}

#[test]
fn a_long_name_record_is_bounded() {
    let mut out = Vec::new();
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::GNULongName);
    header.as_mut_bytes()[..13].copy_from_slice(b"././@LongLink");
    header.set_size(4 << 20);
    header.set_cksum();
    out.extend_from_slice(header.as_bytes());
    out.extend(vec![b'n'; 4 << 20]);
    out.extend(tar(&[("short".to_owned(), b"x".to_vec())]));
    let (seen, _) = list(&out, "x.tar", &Limits::INVENTORY).expect("readable");
    assert_eq!(seen[0].0.len(), 1 << 16);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Any bytes behind a container's magic, and any change of a real archive: an answer, never a panic.
    #[test]
    fn any_bytes_never_panic(mut bytes in proptest::collection::vec(any::<u8>(), 0..700), magic in 0_usize..6) {
        let starts: [&[u8]; 6] = [&[0x1f, 0x8b, 8, 0], &[0x28, 0xb5, 0x2f, 0xfd], &[0xfd, b'7', b'z', b'X', b'Z', 0], b"PK\x03\x04", b"PK\x05\x06", b""];
        let mut whole = starts[magic].to_vec();
        whole.append(&mut bytes);
        let _ = list(&whole, "x", &SMALL);
    }

    #[test]
    fn changed_archives_never_panic(at in 0_usize..4000, value in any::<u8>(), which in 0_usize..5) {
        let plain = tar(&two());
        let all = [plain.clone(), gzip(&plain), zst(&plain), xz(&plain), zip(&[("a", b"{}"), ("b", b"[]")])];
        let mut bytes = all[which].clone();
        let at = at % bytes.len();
        bytes[at] = value;
        let _ = list(&bytes, "x", &SMALL);
    }
}
