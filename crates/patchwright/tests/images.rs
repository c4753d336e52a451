//! Root file systems on the command line: a directory and its images give the same inventory, read by a child process that
//! ends by its limits.

use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::binary::{run, run_with};

const STATUS: &str = "Package: libssl3\nStatus: install ok installed\nArchitecture: amd64\nSource: openssl\n\
                      Version: 3.0.11-1~deb12u2\n\nPackage: zlib1g\nStatus: install ok installed\nArchitecture: amd64\n\
                      Source: zlib (1:1.2.13.dfsg-1)\nVersion: 1:1.2.13.dfsg-1\n\n";

/// A small Debian root.
fn root(name: &str) -> PathBuf {
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("image-{name}"));
    let _ = fs::remove_dir_all(&root);
    for folder in ["etc", "var/lib/dpkg", "usr/bin", "proc"] {
        fs::create_dir_all(root.join(folder)).unwrap();
    }
    fs::write(root.join("etc/os-release"), "ID=debian\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\n")
        .unwrap();
    fs::write(root.join("var/lib/dpkg/status"), STATUS).unwrap();
    fs::write(root.join("usr/bin/sh"), "#!/bin/busybox\n").unwrap();
    symlink("/", root.join("usr/world")).unwrap();
    root
}

fn have(program: &str) -> bool {
    let is_there = ["/usr/bin", "/usr/sbin"].iter().any(|folder| Path::new(folder).join(program).exists());
    if !is_there {
        println!("skipped: no {program}");
    }
    is_there
}

fn tool(program: &str, arguments: &[&str], folder: &Path) -> Vec<u8> {
    let path =
        ["/usr/bin", "/usr/sbin"].iter().map(|at| Path::new(at).join(program)).find(|path| path.exists());
    let output = Command::new(path.unwrap()).args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn squashfs(root: &Path) -> PathBuf {
    let image = root.with_extension("bin");
    let _ = fs::remove_file(&image);
    tool(
        "mksquashfs",
        &[root.to_str().unwrap(), image.to_str().unwrap(), "-quiet", "-no-progress", "-all-root"],
        root,
    );
    image
}

/// Name, version and purls of each component.
fn components(json: &str) -> Vec<String> {
    let value: serde_json::Value = serde_json::from_str(json).unwrap();
    let components = value["components"].as_array().unwrap();
    components.iter().map(|one| format!("{} {} {}", one["name"], one["version"], one["purls"])).collect()
}

/// What the program says within limits.
fn limited(path: &Path, variable: &str, value: &str) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_patchwright"))
        .args(["inventory", path.to_str().unwrap()])
        .env(variable, value)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    (output.status.code().unwrap(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_directory_and_its_images_give_the_same() {
    let root = root("same");
    let path = root.to_str().unwrap();
    let of_directory = run(&["inventory", path, "--json"]);
    assert_eq!(of_directory.code, 0, "{}", of_directory.err);
    let wanted = components(&of_directory.out);
    assert!(
        wanted.iter().any(|one| one.contains("openssl") && one.contains("3.0.11-1~deb12u2")),
        "{wanted:?}"
    );
    assert!(wanted.iter().any(|one| one.contains("zlib")), "{wanted:?}");
    let scan = run(&["scan", path]);
    assert_eq!(scan.code, 0, "{}", scan.err);
    if !have("mksquashfs") || !have("mke2fs") || !have("tar") {
        return;
    }
    let image = squashfs(&root);
    let tar = tool("tar", &["-czf", "-", "."], &root);
    let ext = root.with_extension("ext4");
    tool("mke2fs", &["-q", "-F", "-t", "ext4", "-d", path, ext.to_str().unwrap(), "8M"], &root);
    for ran in [
        run(&["inventory", image.to_str().unwrap(), "--json"]),
        run(&["inventory", ext.to_str().unwrap(), "--json"]),
        // From a pipe.
        run_with(&["inventory", "-", "--json"], &tar),
        run_with(&["inventory", "-", "--json"], &fs::read(&image).unwrap()),
    ] {
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert_eq!(components(&ran.out), wanted);
    }
}

/// Both slots of a device, and what of the disk was not read.
#[test]
fn a_disk_tells_what_it_passes_over() {
    if !have("mke2fs") || !have("sfdisk") {
        return;
    }
    let root = root("disk");
    let ext = root.with_extension("slot");
    tool(
        "mke2fs",
        &["-q", "-F", "-t", "ext4", "-d", root.to_str().unwrap(), ext.to_str().unwrap(), "8M"],
        &root,
    );
    let disk = root.with_extension("img");
    fs::write(&disk, vec![0; 32 << 20]).unwrap();
    let mut table = Command::new("/usr/sbin/sfdisk")
        .args(["-q", disk.to_str().unwrap()])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let script = "label: gpt\nstart=1MiB, size=8MiB, name=a\nstart=9MiB, size=8MiB, name=b\nstart=17MiB, size=4MiB, name=data\n";
    table.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    assert!(table.wait().unwrap().success());
    let mut bytes = fs::read(&disk).unwrap();
    let slot = fs::read(&ext).unwrap();
    for at in [1 << 20, 9 << 20] {
        bytes[at..at + slot.len()].copy_from_slice(&slot);
    }
    bytes[17 << 20..(17 << 20) + 8].copy_from_slice(b"LUKS\xba\xbe\0\x02");
    fs::write(&disk, bytes).unwrap();
    let ran = run(&["inventory", disk.to_str().unwrap(), "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(components(&ran.out).iter().any(|one| one.contains("openssl")), "{}", ran.out);
    assert!(ran.out.contains("an encrypted LUKS volume is not read"), "{}", ran.out);
}

/// A child that passes its limits is stopped, and the answer says by which and how to allow more.
#[test]
fn limits_of_the_child() {
    if !have("zstd") {
        return;
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let pack = |bytes: &[u8], name: &str, times: usize| {
        let plain = folder.join(format!("{name}.plain"));
        fs::write(&plain, bytes).unwrap();
        let packed = tool("zstd", &["-q", "-1", "-c", plain.to_str().unwrap()], &folder);
        fs::remove_file(&plain).unwrap();
        let path = folder.join(name);
        fs::write(&path, packed.repeat(times)).unwrap();
        path
    };
    // Something that looks like an ext4 image of 128 MiB, and has to be unpacked into memory.
    let mut image = Vec::new();
    let mut state = 1_u64;
    while image.len() < 128 << 20 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        image.extend_from_slice(&state.to_le_bytes());
    }
    image[1024..2048].fill(0);
    image[1024] = 1;
    image[1056] = 1;
    image[1024 + 0x60] = 2;
    image[1080..1082].copy_from_slice(&[0x53, 0xef]);
    let path = pack(&image, "memory.ext4.zst", 1);
    let (code, told) = limited(&path, "PATCHWRIGHT_IMAGE_MEMORY", "16");
    assert_eq!(code, 3, "{told}");
    assert!(told.contains("memory.ext4.zst: the image needs more memory than the 16 MiB"), "{told}");
    assert!(told.contains("PATCHWRIGHT_IMAGE_MEMORY=MIB allows more"), "{told}");
    // Free space without end: allowed as such, but not for ever.
    let mut image = vec![0; 64 << 20];
    image[1024] = 1;
    image[1056] = 1;
    image[1024 + 0x60] = 2;
    image[1080..1082].copy_from_slice(&[0x53, 0xef]);
    let path = pack(&image, "time.ext4.zst", 400);
    let (code, told) = limited(&path, "PATCHWRIGHT_IMAGE_SECONDS", "1");
    assert_eq!(code, 3, "{told}");
    assert!(
        told.contains("the 1 seconds of processor time") || told.contains("limit of 1 seconds"),
        "{told}"
    );
}

#[test]
fn damaged_images_are_named() {
    if !have("mksquashfs") {
        return;
    }
    let image = squashfs(&root("damaged"));
    let bytes = fs::read(&image).unwrap();
    let cut = image.with_extension("cut");
    fs::write(&cut, &bytes[..200]).unwrap();
    let ran = run(&["scan", cut.to_str().unwrap()]);
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert!(ran.err.contains("image-damaged.cut") && ran.err.contains("ends early"), "{}", ran.err);
    assert!(ran.err.contains("docs/manual/images.md"), "{}", ran.err);
}

/// Folders and archives of documents are what they were.
#[test]
fn documents_stay_documents() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("no-root");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let bom = r#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"type":"library","name":"zlib","version":"1.3"}]}"#;
    fs::write(folder.join("bom.cdx.json"), bom).unwrap();
    let ran = run(&["inventory", folder.to_str().unwrap(), "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(components(&ran.out).len(), 1);
    let ran = run(&["scan", folder.to_str().unwrap()]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("it is a folder, and no root file system"), "{}", ran.err);
    if have("tar") {
        let tar = tool("tar", &["-czf", "-", "bom.cdx.json"], &folder);
        let ran = run_with(&["inventory", "-", "--json"], &tar);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert_eq!(components(&ran.out).len(), 1);
    }
    let help = run(&["--help"]);
    assert!(!help.out.contains("read-image"), "{}", help.out);
}
