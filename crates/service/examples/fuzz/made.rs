//! Seeds that programs of the system make, where they are installed: images, databases, programs.

use std::path::Path;
use std::process::{Command, Stdio};

/// Largest seed: small images find as much as large ones.
const MOST: u64 = 1 << 20;

/// Runs a program in a folder; false where it is missing or fails.
fn run(folder: &Path, program: &str, words: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(words).current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn read(path: &Path) -> Option<Vec<u8>> {
    (path.metadata().ok()?.len() <= MOST).then(|| std::fs::read(path).ok())?
}

/// A folder of this process, emptied, with a small root file system in `root`.
fn tree(name: &str) -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("patchwright-fuzz-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    for (path, text) in [
        ("etc/os-release", "ID=debian\nVERSION_ID=12\n"),
        (
            "var/lib/dpkg/status",
            "Package: zlib1g\nStatus: install ok installed\nSource: zlib\nVersion: 1:1.2.13-1\nArchitecture: amd64\n",
        ),
        ("lib/modules/6.1.0/modules.builtin", "kernel/fs/ext4/ext4.ko\n"),
        ("deep/a/b/c/d/e/file", "some text, some text, some text"),
    ] {
        let path = folder.join("root").join(path);
        if let Some(parent) = path.parent() {
            let _ = std::fs::create_dir_all(parent);
        }
        let _ = std::fs::write(path, text);
    }
    let _ = std::fs::copy("/usr/bin/true", folder.join("root/true"));
    #[cfg(unix)]
    let _ = std::os::unix::fs::symlink("../etc/os-release", folder.join("root/deep/link"));
    folder
}

/// The same small tree in every container that is read.
pub fn images() -> Vec<Vec<u8>> {
    let folder = tree("images");
    for compressor in ["gzip", "xz", "zstd", "lz4"] {
        run(
            &folder,
            "mksquashfs",
            &[
                "root",
                &format!("{compressor}.sqfs"),
                "-comp",
                compressor,
                "-quiet",
                "-b",
                "16k",
                "-no-xattrs",
                "-nopad",
            ],
        );
    }
    for (kind, name) in [("ext2", "a.ext2"), ("ext3", "b.ext3"), ("ext4", "c.ext4")] {
        run(
            &folder,
            "mke2fs",
            &["-q", "-t", kind, "-d", "root", "-b", "1024", "-N", "64", "-J", "size=1", name, "512k"],
        );
        run(
            &folder,
            "mke2fs",
            &["-q", "-t", kind, "-d", "root", "-b", "1024", "-N", "64", "-O", "^has_journal", name, "512k"],
        );
    }
    run(
        &folder,
        "sh",
        &[
            "-c",
            "cd root && find . | cpio -o -H newc > ../newc.cpio && find . | cpio -o -H odc > ../odc.cpio",
        ],
    );
    run(&folder, "tar", &["-cf", "tree.tar", "root"]);
    run(
        &folder,
        "sh",
        &[
            "-c",
            "truncate -s 900k disk && printf 'label: gpt\\nstart=64,size=1000\\n' | sfdisk -q disk && dd if=gzip.sqfs of=disk bs=512 seek=64 conv=notrunc",
        ],
    );
    run(
        &folder,
        "sh",
        &[
            "-c",
            "truncate -s 900k mbr && printf 'label: dos\\nstart=64,size=1000,type=83\\n' | sfdisk -q mbr && dd if=gzip.sqfs of=mbr bs=512 seek=64 conv=notrunc",
        ],
    );
    let mut files: Vec<_> =
        std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    files.sort();
    let seeds = files.iter().filter(|path| path.is_file()).filter_map(|path| read(path)).collect();
    let _ = std::fs::remove_dir_all(&folder);
    seeds
}

/// Programs and libraries of this system.
pub fn programs() -> Vec<Vec<u8>> {
    let names =
        ["/usr/bin/true", "/usr/lib/x86_64-linux-gnu/libz.so.1", "/usr/bin/gron", "/lib/ld-musl-x86_64.so.1"];
    names.iter().filter_map(|name| read(Path::new(name))).chain([b"\x7fELF".to_vec()]).collect()
}

/// An empty database of rpm.
pub fn rpm_databases() -> Vec<Vec<u8>> {
    let folder = tree("rpm");
    let root = folder.join("root").display().to_string();
    run(&folder, "rpmdb", &["--root", &root, "--dbpath", "/var/lib/rpm", "--initdb"]);
    let seeds = read(&folder.join("root/var/lib/rpm/rpmdb.sqlite")).into_iter().collect();
    let _ = std::fs::remove_dir_all(&folder);
    seeds
}

/// A flattened device tree, by hand (Devicetree Specification 0.4, chapter 5): one node that is off.
pub fn device_trees() -> Vec<Vec<u8>> {
    let strings = b"compatible\0status\0";
    let mut structure: Vec<u8> = Vec::new();
    let word = |structure: &mut Vec<u8>, number: u32| structure.extend_from_slice(&number.to_be_bytes());
    word(&mut structure, 1);
    structure.extend_from_slice(&[0; 4]);
    word(&mut structure, 1);
    structure.extend_from_slice(b"can@1\0\0\0");
    for (name, value) in [(0_u32, &b"bosch,d_can\0"[..]), (11, b"disabled\0\0\0\0")] {
        word(&mut structure, 3);
        word(&mut structure, value.len() as u32);
        word(&mut structure, name);
        structure.extend_from_slice(value);
    }
    for token in [2, 2, 9] {
        word(&mut structure, token);
    }
    let (start, reserved) = (40_u32, 16_u32);
    let strings_at = start + reserved + structure.len() as u32;
    let mut tree = Vec::new();
    let whole = strings_at + strings.len() as u32;
    for number in [
        0xd00d_feed,
        whole,
        start + reserved,
        strings_at,
        start,
        17,
        16,
        0,
        strings.len() as u32,
        structure.len() as u32,
    ] {
        word(&mut tree, number);
    }
    tree.extend_from_slice(&[0; 16]);
    tree.extend_from_slice(&structure);
    tree.extend_from_slice(strings);
    vec![tree]
}
