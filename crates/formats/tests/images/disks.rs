//! Disks with partition tables made by `sfdisk`.

use std::fs;

use super::make::{cpio, ext, have, pack, run, squashfs};
use super::tree::{Things, folder, must_equal, plant, read, refused, things_of};

const TOOLS: &[&str] = &["mksquashfs", "mke2fs", "cpio", "sfdisk", "mkfifo"];
const MIB: usize = 1 << 20;

/// A disk of so many MiB with the table of a script, and images at MiB.
fn disk(name: &str, size: usize, script: &str, parts: &[(usize, &[u8])]) -> Vec<u8> {
    let path = folder(name).join("disk");
    fs::write(&path, vec![0; size * MIB]).unwrap();
    run("sfdisk", &["-q", path.to_str().unwrap()], &std::env::temp_dir(), script.as_bytes());
    let mut disk = fs::read(&path).unwrap();
    for (at, bytes) in parts {
        disk[at * MIB..at * MIB + bytes.len()].copy_from_slice(bytes);
    }
    disk
}

fn small(name: &str) -> (std::path::PathBuf, Things) {
    let root = folder(name);
    fs::create_dir_all(root.join("etc")).unwrap();
    fs::write(root.join("etc/os-release"), format!("ID={name}\n")).unwrap();
    let things = things_of(&root);
    (root, things)
}

fn without_lost(things: &Things) -> Things {
    things.iter().filter(|(path, _)| *path != "lost+found").map(|(a, b)| (a.clone(), b.clone())).collect()
}

#[test]
fn gpt_with_two_slots_and_data() {
    if !have(TOOLS) {
        return;
    }
    let root = folder("slot-a");
    let full = plant(&root);
    let (other, few) = small("slot-b");
    let a = ext(&root, &["-t", "ext4"], "24M");
    let b = ext(&other, &["-t", "ext4"], "8M");
    let c = squashfs(&other, &[]);
    let mut fat = vec![0; 512];
    fat[54..62].copy_from_slice(b"FAT16   ");
    fat[510..].copy_from_slice(&[0x55, 0xaa]);
    let script = "label: gpt\nstart=1MiB, size=2MiB, name=boot\nstart=4MiB, size=24MiB, name=rootfs_a\n\
                  start=28MiB, size=8MiB, name=rootfs_b\nstart=36MiB, size=4MiB, name=recovery\n\
                  start=40MiB, size=2MiB, name=secret\nstart=42MiB, size=2MiB\n";
    let parts: &[(usize, &[u8])] = &[(1, &fat), (4, &a), (28, &b), (36, &c), (40, b"LUKS\xba\xbe\0\x02")];
    let image = disk("gpt", 48, script, parts);
    let (seen, notes) = read(&image).unwrap();
    let volumes = ["partition 2 (rootfs_a)", "partition 3 (rootfs_b)", "partition 4 (recovery)"];
    assert_eq!(seen.volumes, volumes);
    must_equal("a", &without_lost(&seen.things[volumes[0]]), &full);
    must_equal("b", &without_lost(&seen.things[volumes[1]]), &few);
    must_equal("c", &seen.things[volumes[2]], &few);
    let told: Vec<String> = notes.iter().map(|note| format!("{}: {}", note.place, note.value)).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert_eq!(told[0], "partition 1 (boot): a FAT file system, passed over");
    assert!(
        told[1].starts_with("partition 5 (secret): an encrypted LUKS volume is not read; open it"),
        "{told:?}"
    );
    assert_eq!(told[2], "partition 6: begins with zeros, passed over");

    // The first copy damaged: the second is used, and told.
    for at in [512 + 24, 512 + 56, 1024 + 40] {
        let mut broken = image.clone();
        broken[at] ^= 1;
        let (seen, notes) = read(&broken).unwrap();
        assert_eq!(seen.volumes, volumes, "byte {at}");
        assert!(notes[0].value.contains("the copy at the end of the disk is used"), "{notes:?}");
    }
    let mut broken = image.clone();
    broken[512 + 24] ^= 1;
    let length = broken.len();
    broken[length - 512 + 24] ^= 1;
    assert!(refused(&broken).contains("and its copy at the end of the disk"), "{}", refused(&broken));
    // A copy of the disk that ends in the middle.
    assert!(
        refused(&image[..30 * MIB]).contains("partition 3 (rootfs_b)"),
        "{}",
        refused(&image[..30 * MIB])
    );
    // Compressed as builds hand disks out.
    for program in ["gzip", "zstd"] {
        let (seen, _) = read(&pack(program, &["-1"], &image)).unwrap();
        must_equal(program, &without_lost(&seen.things[volumes[0]]), &full);
    }
    // The entry count of the header, with a sum that fits: more than any disk has.
    let mut many = image.clone();
    many[512 + 80..512 + 84].copy_from_slice(&1_000_000_000_u32.to_le_bytes());
    many[512 + 16..512 + 20].fill(0);
    let mut sum = flate2::Crc::new();
    sum.update(&many[512..512 + 92]);
    many[512 + 16..512 + 20].copy_from_slice(&sum.sum().to_le_bytes());
    assert!(refused(&many).contains("1000000000 entries, the limit is 1024"), "{}", refused(&many));
}

#[test]
fn mbr_with_logical_partitions() {
    if !have(TOOLS) {
        return;
    }
    let (root, few) = small("mbr");
    let a = ext(&root, &["-t", "ext2"], "4M");
    let b = squashfs(&root, &["-comp", "xz"]);
    let c = ext(&root, &["-t", "ext4"], "4M");
    let d = cpio(&root, "newc");
    let script = "label: dos\nstart=1MiB, size=4MiB, type=83\nstart=6MiB, size=20MiB, type=5\n\
                  start=7MiB, size=2MiB, type=83\nstart=10MiB, size=4MiB, type=83\n\
                  start=16MiB, size=1MiB, type=83\nstart=18MiB, size=1MiB, type=82\n";
    let image = disk("mbr", 28, script, &[(1, &a), (7, &b), (10, &c), (16, &d)]);
    let (seen, notes) = read(&image).unwrap();
    let volumes = ["partition 1", "partition 5", "partition 6", "partition 7"];
    assert_eq!(seen.volumes, volumes);
    for volume in volumes {
        must_equal(volume, &without_lost(&seen.things[volume]), &few);
    }
    assert_eq!(notes.len(), 1, "{notes:?}");
    // The chain of logical partitions led back to its beginning.
    let mut circle = image.clone();
    let second = 6 * MIB;
    let next = 446 + 16;
    circle[second + next + 8..second + next + 12].fill(0);
    assert!(refused(&circle).contains("runs in a circle"), "{}", refused(&circle));
}

#[test]
fn disks_without_anything() {
    if !have(TOOLS) {
        return;
    }
    let image = disk("nothing", 8, "label: gpt\nstart=1MiB, size=2MiB\n", &[(1, b"LUKS\xba\xbe\0\x02")]);
    let why = refused(&image);
    assert!(
        why.contains("no partition holds a file system that is read (partition 1: an encrypted LUKS volume)"),
        "{why}"
    );
    let image = disk("empty", 8, "label: gpt\n", &[]);
    assert!(refused(&image).contains("the disk has no partition"), "{}", refused(&image));
}
