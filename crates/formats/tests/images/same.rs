//! One tree in every container: the same entries and the same bytes come out.

use super::make::{cpio, ext, have, pack, squashfs, tar};
use super::tree::{folder, must_equal, noise, only, plant, read};

const TOOLS: &[&str] = &["mksquashfs", "mke2fs", "cpio", "tar", "mkfifo"];

#[test]
fn squashfs_with_every_compressor_and_shape() {
    if !have(TOOLS) {
        return;
    }
    let root = folder("squash");
    let wanted = plant(&root);
    for options in [
        &["-comp", "gzip"][..],
        &["-comp", "xz"],
        &["-comp", "xz", "-Xbcj", "x86,arm"],
        &["-comp", "zstd"],
        &["-comp", "lz4"],
        &["-comp", "lz4", "-Xhc"],
        &["-comp", "gzip", "-b", "4096"],
        &["-comp", "zstd", "-b", "1M"],
        &["-comp", "gzip", "-no-fragments"],
        &["-comp", "xz", "-always-use-fragments"],
        &["-comp", "gzip", "-noI", "-noD", "-noF"],
        &["-comp", "gzip", "-no-exports", "-no-sparse", "-no-duplicates"],
        &["-comp", "gzip", "-nopad"],
    ] {
        let image = squashfs(&root, options);
        must_equal(&format!("squashfs {options:?}"), &only(&image), &wanted);
    }
    let (seen, _) = read(&squashfs(&root, &[])).unwrap();
    assert_eq!(seen.hard_links, 2);
    let mut sorted = seen.order.clone();
    sorted.sort_by(|one, other| one.split('/').cmp(other.split('/')));
    assert_eq!(seen.order, sorted, "a directory before what is in it, names sorted");
}

#[test]
fn ext_of_every_generation_and_feature() {
    if !have(TOOLS) {
        return;
    }
    let root = folder("ext");
    let wanted = plant(&root);
    for options in [
        &["-t", "ext2"][..],
        &["-t", "ext3"],
        &["-t", "ext4"],
        &["-t", "ext2", "-b", "1024"],
        &["-t", "ext4", "-b", "1024"],
        &["-t", "ext4", "-b", "2048"],
        &["-t", "ext4", "-b", "4096", "-I", "128", "-O", "^metadata_csum"],
        &["-t", "ext4", "-O", "^extent,^64bit"],
        &["-t", "ext4", "-O", "^metadata_csum"],
        &["-t", "ext4", "-O", "^64bit"],
        &["-t", "ext4", "-O", "^has_journal,^resize_inode"],
        &["-t", "ext4", "-O", "^dir_index,^flex_bg"],
        &["-t", "ext4", "-O", "^metadata_csum,uninit_bg"],
        &["-t", "ext4", "-O", "sparse_super2,metadata_csum_seed"],
    ] {
        let image = ext(&root, options, "24M");
        let (mut seen, notes) = read(&image).unwrap();
        let mut things = seen.things.remove("").unwrap();
        things.remove("lost+found");
        // Without extents a hole as long as a block of pointers covers is told, and the file not read.
        for note in &notes {
            assert!(["usr/lib/zeros", "usr/lib/holes"].contains(&note.place.as_str()), "{notes:?}");
            assert!(note.value.contains("a sparse file of ext2 or ext3"), "{notes:?}");
            things.insert(note.place.clone(), wanted[&note.place].clone());
        }
        let has_extents = options[1] == "ext4" && !options.contains(&"^extent,^64bit");
        assert!(notes.is_empty() || !has_extents, "{options:?}: {notes:?}");
        must_equal(&format!("ext {options:?}"), &things, &wanted);
    }
}

#[test]
fn cpio_of_both_forms() {
    if !have(TOOLS) {
        return;
    }
    let root = folder("cpio");
    let wanted = plant(&root);
    for form in ["newc", "crc", "odc"] {
        let image = cpio(&root, form);
        must_equal(&format!("cpio {form}"), &only(&image), &wanted);
        assert_eq!(read(&image).unwrap().0.hard_links, 2, "{form}");
    }
}

#[test]
fn tar_of_every_form_and_compression() {
    if !have(TOOLS) || !have(&["gzip", "xz", "zstd", "lz4"]) {
        return;
    }
    let root = folder("tar");
    let wanted = plant(&root);
    for form in ["gnu", "oldgnu", "pax"] {
        let image = tar(&root, form);
        must_equal(&format!("tar {form}"), &only(&image), &wanted);
        assert_eq!(read(&image).unwrap().0.hard_links, 2, "{form}");
    }
    let image = tar(&root, "gnu");
    for (program, options) in [
        ("gzip", &["-1"][..]),
        ("xz", &["-1"]),
        ("xz", &["-1", "--format=lzma"]),
        ("zstd", &["-1", "-q"]),
        ("lz4", &["-1", "-q"]),
        ("lz4", &["-1", "-q", "-BD", "-B4"]),
        ("lz4", &["-1", "-q", "-BX", "--content-size"]),
        ("lz4", &["-l", "-q"]),
    ] {
        must_equal(&format!("tar {program} {options:?}"), &only(&pack(program, options, &image)), &wanted);
    }
    // Two members of gzip, two streams of xz, two frames: one file all the same.
    let (one, other) = image.split_at(image.len() / 2);
    for program in ["gzip", "xz", "zstd", "lz4"] {
        let both = [pack(program, &["-1"], one), pack(program, &["-1"], other)].concat();
        must_equal(&format!("two of {program}"), &only(&both), &wanted);
    }
}

/// Images that need to be moved about in are unpacked into memory first.
#[test]
fn compressed_file_systems() {
    if !have(TOOLS) || !have(&["gzip", "xz", "zstd"]) {
        return;
    }
    let root = folder("packed");
    let wanted = plant(&root);
    let image = ext(&root, &["-t", "ext4"], "24M");
    for program in ["gzip", "xz", "zstd"] {
        must_equal(program, &only(&pack(program, &["-1"], &image)), &wanted);
    }
    let twice = pack("gzip", &["-1"], &pack("xz", &["-1"], &squashfs(&root, &[])));
    must_equal("squashfs.xz.gz", &only(&twice), &wanted);
}

/// Only as much is read as is asked for, and it is the beginning.
#[test]
fn heads_of_files() {
    if !have(TOOLS) {
        return;
    }
    let root = folder("heads");
    plant(&root);
    let busybox = noise(300_001, 7);
    for (what, image) in [
        ("squashfs", squashfs(&root, &["-b", "65536"])),
        ("ext4", ext(&root, &["-t", "ext4"], "24M")),
        ("cpio", cpio(&root, "crc")),
        ("tar", tar(&root, "gnu")),
    ] {
        let mut seen = super::tree::Seen { head: Some(70_000), ..Default::default() };
        let source = Box::new(std::io::Cursor::new(image));
        formats::images::walk(source, what, &formats::images::ImageLimits::DEFAULT, &mut seen).unwrap();
        // The collector asserts the length of each.
        match &seen.things[""]["bin/busybox"] {
            super::tree::Thing::File { bytes, .. } => assert!(*bytes == busybox[..70_000], "{what}"),
            other => panic!("{what}: {other:?}"),
        }
    }
}
