//! What is recognised and not read is refused by its name, with a way out; and the difference between images and documents.

use std::io::Cursor;

use formats::images::looks_like_image;

use super::make::{cpio, ext, have, pack, run, squashfs, tar};
use super::tree::{folder, plant, read, refused};

fn looks(bytes: &[u8]) -> bool {
    looks_like_image(Box::new(Cursor::new(bytes.to_vec()))).unwrap()
}

#[test]
fn storage_that_is_not_read() {
    let at = |at: usize, magic: &[u8]| {
        let mut bytes = vec![0; 70_000];
        bytes[at..at + magic.len()].copy_from_slice(magic);
        bytes
    };
    for (bytes, what) in [
        (at(0, b"LUKS\xba\xbe"), "LUKS"),
        (at(512, b"LABELONE"), "LVM"),
        (at(0, b"UBI#\x01"), "UBI image"),
        (at(0, &[0x31, 0x18, 0x10, 0x06]), "UBIFS"),
        (at(0, &[0x85, 0x19, 0x03, 0x20]), "JFFS2"),
        (at(0, &[0x19, 0x85, 0x20, 0x03]), "JFFS2"),
        (at(0x1_0040, b"_BHRfS_M"), "btrfs"),
        (at(1024, &[0x10, 0x20, 0xf5, 0xf2]), "F2FS"),
        (at(1024, &[0xe2, 0xe1, 0xf5, 0xe0]), "EROFS"),
        (at(0, b"XFSB"), "XFS"),
        (at(0, &[0x45, 0x3d, 0xcd, 0x28]), "cramfs"),
        (at(0x8001, b"CD001"), "ISO 9660"),
        (at(0, &[0x3a, 0xff, 0x26, 0xed]), "simg2img"),
        (at(0, b"ANDROID!"), "Android boot"),
        (at(0, &[0xd0, 0x0d, 0xfe, 0xed]), "FIT"),
        (at(0, b"QFI\xfb"), "qemu-img"),
        (at(4086, b"SWAPSPACE2"), "swap"),
    ] {
        let why = refused(&bytes);
        assert!(why.contains(what) && why.contains("is not read;"), "{what}: {why}");
        assert!(looks(&bytes), "{what} is refused by name, not read as a document");
    }
    assert!(refused(b"nothing that is known").contains("of no known kind"));
    assert!(refused(b"").contains("is empty"));
}

#[test]
fn squashfs_of_other_versions() {
    let head = |magic: &[u8], major: [u8; 2], minor: [u8; 2]| {
        let mut bytes = vec![0; 200];
        bytes[..4].copy_from_slice(magic);
        bytes[28..30].copy_from_slice(&major);
        bytes[30..32].copy_from_slice(&minor);
        refused(&bytes)
    };
    for (why, what) in [
        (head(b"hsqs", [3, 0], [1, 0]), "squashfs 3.1 is not read"),
        (head(b"sqsh", [0, 3], [0, 0]), "squashfs 3.0 with the big end first"),
        (head(b"sqsh", [0, 4], [0, 0]), "squashfs 4.0 with the big end first"),
        (head(b"shsq", [3, 0], [0, 0]), "squashfs 3.0 of a vendor's form"),
        (head(b"hsqs", [2, 0], [1, 0]), "squashfs 2.1 is not read"),
    ] {
        assert!(why.contains(what) && why.contains("unsquashfs"), "{what}: {why}");
    }
    // Without a version behind them the letters mean nothing.
    assert!(head(b"hsqs", [9, 9], [0, 0]).contains("of no known kind"));
}

#[test]
fn what_the_tools_make_and_we_do_not_read() {
    if !have(&["mksquashfs", "mke2fs", "cpio", "tar", "mkfifo"]) {
        return;
    }
    let root = folder("unread");
    plant(&root);
    let why = refused(&squashfs(&root, &["-comp", "lzo"]));
    assert!(why.contains("lzo, which is not read") && why.contains("mksquashfs -comp"), "{why}");
    let why = refused(&ext(&root, &["-t", "ext4", "-O", "inline_data"], "24M"));
    assert!(why.contains("ext4 with inline_data is not read") && why.contains("^inline_data"), "{why}");
    let why = refused(&ext(&root, &["-t", "ext2", "-O", "none"], "24M"));
    assert!(why.contains("filetype"), "{why}");
    let why = refused(&cpio(&root, "bin"));
    assert!(why.contains("cpio -o -H newc"), "{why}");
    std::fs::write(root.join("manifest.raucm"), b"[update]\n").unwrap();
    let why = refused(&squashfs(&root, &[]));
    assert!(why.contains("RAUC") && why.contains("rauc extract"), "{why}");
    // An image of a container, as it is saved.
    let layers = folder("layers");
    std::fs::create_dir_all(layers.join("blobs/sha256")).unwrap();
    std::fs::write(layers.join("blobs/sha256/0123"), b"a layer").unwrap();
    std::fs::write(layers.join("oci-layout"), b"{}").unwrap();
    let image = run("tar", &["-cf", "-", "blobs", "oci-layout"], &layers, b"");
    assert!(looks(&image));
    let why = refused(&image);
    assert!(why.contains("container") && why.contains("docker export"), "{why}");
    // Sparse members: there, but without their bytes.
    let sparse = folder("sparse");
    let file = std::fs::File::create(sparse.join("etc-hole")).unwrap();
    file.set_len(1 << 20).unwrap();
    for form in ["gnu", "pax"] {
        let image = run("tar", &["-cSf", "-", &format!("--format={form}"), "etc-hole"], &sparse, b"");
        let (seen, notes) = read(&image).unwrap();
        assert_eq!(seen.order, ["etc-hole"], "{form}");
        assert!(notes[0].value.contains("sparse file"), "{form}: {notes:?}");
    }
}

/// An archive of a root file system is an image, an archive of documents is none.
#[test]
fn images_and_documents() {
    for text in [
        &b"{\"bomFormat\":\"CycloneDX\"}"[..],
        b"<bom/>",
        b"CONFIG_A=y\n",
        b"",
        b"PK\x03\x04\0\0",
        b"\x7fELF\0\0",
    ] {
        assert!(!looks(text), "{:?}", String::from_utf8_lossy(text));
    }
    if !have(&["mksquashfs", "mke2fs", "cpio", "tar", "mkfifo", "gzip", "zstd"]) {
        return;
    }
    let root = folder("looks");
    plant(&root);
    for image in [
        squashfs(&root, &[]),
        ext(&root, &["-t", "ext4"], "24M"),
        cpio(&root, "newc"),
        pack("gzip", &["-1"], &cpio(&root, "newc")),
        tar(&root, "gnu"),
        pack("zstd", &["-1"], &tar(&root, "pax")),
        pack("gzip", &["-1"], &ext(&root, &["-t", "ext4"], "24M")),
        [super::tree::noise(100_000, 5), squashfs(&root, &[])].concat(),
    ] {
        assert!(looks(&image));
    }
    assert!(!looks(&super::tree::noise(100_000, 5)));
    let documents = folder("documents");
    std::fs::create_dir_all(documents.join("spdx/by-hash")).unwrap();
    std::fs::create_dir_all(documents.join("etc")).unwrap();
    std::fs::write(documents.join("spdx/by-hash/recipe-zlib.spdx.json"), b"{}").unwrap();
    std::fs::write(documents.join("index.json"), b"{}").unwrap();
    std::fs::write(documents.join("etc/config"), b"CONFIG_A=y\n").unwrap();
    let archive = tar(&documents, "gnu");
    assert!(!looks(&archive));
    assert!(!looks(&pack("gzip", &["-1"], &archive)));
    assert!(!looks(&pack("gzip", &["-1"], b"{\"bomFormat\":\"CycloneDX\"}")));
}
