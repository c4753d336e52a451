//! A Debian 12 root made by debootstrap, as a directory and as a squashfs: the same components as dpkg reports.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::binary::run;

/// Source packages with their versions.
type Sources = BTreeSet<(String, String)>;

fn has(program: &str) -> bool {
    Command::new("sh")
        .args(["-c", &format!("command -v {program}")])
        .output()
        .is_ok_and(|output| output.status.success())
}

/// The root, made once for a target directory; `None` where it cannot be made: no program, no rights, no network.
fn root() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("debian-12");
    let done = root.join("made-by-the-test");
    if done.exists() {
        return Some(root);
    }
    if !has("debootstrap") || !has("dpkg-query") {
        eprintln!("skipped: no debootstrap on this machine");
        return None;
    }
    let _ = std::fs::remove_dir_all(&root);
    let words = ["--variant=minbase", "bookworm", root.to_str()?, "http://deb.debian.org/debian"];
    let output = Command::new("debootstrap").args(words).output().ok()?;
    if !output.status.success() {
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        eprintln!(
            "skipped: debootstrap cannot make a root here: {}",
            told.lines().last().unwrap_or_default()
        );
        return None;
    }
    std::fs::write(done, "").ok()?;
    Some(root)
}

/// What dpkg says: what is installed, by source. Rebuilds of binaries have the source's version.
fn told_by_dpkg(root: &Path) -> Sources {
    let database = root.join("var/lib/dpkg").display().to_string();
    let format = "${db:Status-Status}\t${source:Package}\t${source:Version}\n";
    let output =
        Command::new("dpkg-query").args(["--admindir", &database, "-W", "-f", format]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .filter_map(|line| line.strip_prefix("installed\t")?.split_once('\t'))
        .map(|(source, version)| (source.to_owned(), version.to_owned()))
        .collect()
}

/// What the program reads: every component, so that one too many is seen as well.
fn read(input: &Path) -> (Sources, Value) {
    let ran = run(&["inventory", input.to_str().unwrap(), "--format", "json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let inventory: Value = serde_json::from_str(&ran.out).unwrap();
    let text = |component: &Value, key: &str| component[key].as_str().unwrap_or_default().to_owned();
    let components = inventory["components"].as_array().unwrap();
    let sources =
        components.iter().map(|component| (text(component, "name"), text(component, "version"))).collect();
    (sources, inventory["components"].clone())
}

#[test]
fn a_debian_root_and_its_squashfs_are_what_dpkg_reports() {
    let Some(root) = root() else { return };
    let told = told_by_dpkg(&root);
    assert!(told.len() > 50, "{}", told.len());
    let (from_folder, components) = read(&root);
    let differ: Vec<_> = told.symmetric_difference(&from_folder).collect();
    assert!(differ.is_empty(), "only one of dpkg and the inventory has {differ:?}");
    for component in components.as_array().unwrap() {
        let identities = component["identities"].to_string();
        assert!(identities.contains("pkg:deb/debian/"), "{component}");
        assert!(identities.contains("distro=debian-12"), "{component}");
    }
    if !has("mksquashfs") {
        eprintln!("skipped: no mksquashfs on this machine");
        return;
    }
    let image = Path::new(env!("CARGO_TARGET_TMPDIR")).join("debian-12.squashfs");
    let _ = std::fs::remove_file(&image);
    let words = [root.to_str().unwrap(), image.to_str().unwrap(), "-quiet", "-no-progress", "-comp", "lz4"];
    assert!(Command::new("mksquashfs").args(words).status().unwrap().success());
    let (from_image, of_image) = read(&image);
    assert_eq!(from_image, told);
    assert_eq!(of_image, components, "the same components, field by field");
}
