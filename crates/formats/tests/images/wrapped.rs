//! Images in other things: an initramfs of several parts, firmware with a squashfs in it, archives for updates.

use super::make::{cpio, ext, have, pack, run, squashfs, tar};
use super::tree::{Things, folder, must_equal, plant, read, refused};

const TOOLS: &[&str] = &["mksquashfs", "mke2fs", "cpio", "tar", "mkfifo", "gzip", "xz", "zstd", "lz4"];

/// Microcode first and uncompressed, then zeros, then the real one compressed: as the boot loader loads it.
#[test]
fn an_initramfs_of_several_parts() {
    if !have(TOOLS) {
        return;
    }
    let (early, late) = (folder("early"), folder("late"));
    std::fs::create_dir_all(early.join("kernel/x86/microcode")).unwrap();
    std::fs::write(early.join("kernel/x86/microcode/GenuineIntel.bin"), b"microcode").unwrap();
    let mut wanted = plant(&late);
    wanted.extend(super::tree::things_of(&early));
    let early = cpio(&early, "newc");
    let late = cpio(&late, "newc");
    for (program, options) in [
        ("gzip", &["-1"][..]),
        ("xz", &["-1", "--check=crc32"]),
        ("zstd", &["-1", "-q"]),
        ("lz4", &["-l", "-q"]),
        ("xz", &["-1", "--format=lzma"]),
        ("cat", &[]),
    ] {
        let mut image = early.clone();
        image.resize(image.len().next_multiple_of(512) + 1024, 0);
        image.extend(pack(program, options, &late));
        let (seen, notes) = read(&image).unwrap();
        assert!(notes.is_empty(), "{program}: {notes:?}");
        must_equal(program, &seen.things[""], &wanted);
        // And the other way round: the compressed part first.
        let mut image = pack(program, options, &late);
        image.resize(image.len().next_multiple_of(4), 0);
        image.extend_from_slice(&early);
        let (seen, notes) = read(&image).unwrap();
        assert!(notes.is_empty(), "{program} first: {notes:?}");
        must_equal(program, &seen.things[""], &wanted);
    }
    let mut image = early;
    image.extend_from_slice(b"garbage that is no archive");
    let (_, notes) = read(&image).unwrap();
    assert_eq!(notes.len(), 1);
    assert!(notes[0].value.contains("no cpio archive follows"), "{notes:?}");
}

#[test]
fn firmware_with_a_squashfs_in_it() {
    if !have(TOOLS) {
        return;
    }
    let root = folder("firmware");
    let wanted = plant(&root);
    let image = squashfs(&root, &["-comp", "xz"]);
    // A kernel in U-Boot's wrapper, or in none, with the letters `hsqs` in it that begin nothing.
    let mut kernel = vec![0x27, 0x05, 0x19, 0x56];
    kernel.resize(64, 2);
    kernel.extend(super::tree::noise(1_500_000, 3));
    kernel[90_000..90_004].copy_from_slice(b"hsqs");
    for (from, place) in [(0, "0x16e3a0"), (4, "0x16e39c")] {
        let mut firmware = kernel[from..].to_vec();
        firmware.extend_from_slice(&image);
        firmware.extend_from_slice(&[0xff; 70_000]);
        let (seen, notes) = read(&firmware).unwrap();
        assert_eq!(seen.volumes, [format!("squashfs at byte {place}")]);
        assert_eq!(notes.len(), 1, "{notes:?}");
        must_equal("firmware", &seen.things[&seen.volumes[0]], &wanted);
    }
    assert!(refused(&kernel).contains("of no known kind"), "{}", refused(&kernel));
    // Cut off in the squashfs: then there is none.
    let mut firmware = kernel.clone();
    firmware.extend_from_slice(&image[..image.len() / 2]);
    assert!(refused(&firmware).contains("of no known kind"));
}

#[test]
fn a_ramdisk_in_the_wrapper_of_u_boot() {
    if !have(TOOLS) {
        return;
    }
    let root = folder("uimage");
    let wanted = plant(&root);
    let ramdisk = pack("gzip", &["-1"], &cpio(&root, "newc"));
    let mut image = vec![0x27, 0x05, 0x19, 0x56, 0, 0, 0, 0, 0, 0, 0, 0];
    image.extend_from_slice(&(ramdisk.len() as u32).to_be_bytes());
    image.resize(28, 0);
    // Linux, ARM, ramdisk, gzip.
    image.extend_from_slice(&[5, 2, 3, 1]);
    image.resize(64, 0);
    image.extend_from_slice(&ramdisk);
    let (seen, notes) = read(&image).unwrap();
    assert!(notes.is_empty(), "{notes:?}");
    must_equal("uimage", &seen.things[""], &wanted);
    assert!(refused(&image[..image.len() - 100]).contains("ends early"));
}

#[test]
fn archives_for_updates() {
    if !have(TOOLS) {
        return;
    }
    let root = folder("update-root");
    let wanted = plant(&root);
    let update = folder("update");
    // OpenWrt: a tar archive of control, kernel and root.
    let board = update.join("sysupgrade-board");
    std::fs::create_dir(&board).unwrap();
    std::fs::write(board.join("CONTROL"), b"BOARD=board\n").unwrap();
    std::fs::write(board.join("kernel"), super::tree::noise(9_000, 2)).unwrap();
    std::fs::write(board.join("root"), squashfs(&root, &["-comp", "xz"])).unwrap();
    let names =
        ["sysupgrade-board/", "sysupgrade-board/CONTROL", "sysupgrade-board/kernel", "sysupgrade-board/root"];
    let mut arguments = vec!["-c", "--no-recursion", "-f", "-"];
    arguments.extend(names);
    let image = run("tar", &arguments, &update, b"");
    let (seen, notes) = read(&image).unwrap();
    assert_eq!(seen.volumes, ["sysupgrade-board/root"]);
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert_eq!(notes[0].place, "sysupgrade-board/kernel");
    must_equal("sysupgrade", &seen.things["sysupgrade-board/root"], &wanted);
    // SWUpdate: a cpio archive with a description first.
    let swu = folder("swu");
    std::fs::write(swu.join("sw-description"), b"software = { };\n").unwrap();
    std::fs::write(swu.join("sw-description.sig"), b"signature").unwrap();
    std::fs::write(swu.join("rootfs.ext4.gz"), pack("gzip", &["-1"], &ext(&root, &["-t", "ext4"], "24M")))
        .unwrap();
    std::fs::write(swu.join("data.tar"), tar(&root, "gnu")).unwrap();
    let list = b"sw-description\nsw-description.sig\nrootfs.ext4.gz\ndata.tar\n";
    for form in ["newc", "crc"] {
        let image = run("cpio", &["-o", "--quiet", "-H", form], &swu, list);
        let (mut seen, notes) = read(&image).unwrap();
        assert!(notes.is_empty(), "{notes:?}");
        assert_eq!(seen.volumes, ["rootfs.ext4.gz", "data.tar"]);
        for volume in ["rootfs.ext4.gz", "data.tar"] {
            let things: &mut Things = seen.things.get_mut(volume).unwrap();
            things.remove("lost+found");
            must_equal(volume, things, &wanted);
        }
    }
}
