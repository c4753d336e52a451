//! The Debian package is really built, of this binary, and holds what the manual says.

use std::path::Path;
use std::process::Command;

fn output(program: &str, words: &[&str]) -> String {
    let output = Command::new(program).args(words).output().unwrap();
    assert!(output.status.success(), "{program} {words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_debian_package_is_built_and_whole() {
    if !xtask::shell::has("dpkg-deb") {
        eprintln!("skipped: no dpkg-deb on this machine");
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().parent().unwrap();
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("deb");
    let _ = std::fs::remove_dir_all(&out);
    let words = [env!("CARGO_BIN_EXE_patchwright"), "--out", out.to_str().unwrap(), "--quick"];
    xtask::deb::build(root, &words.map(str::to_owned)).unwrap();
    let entries: Vec<_> = std::fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(entries.len(), 1, "the package alone is left: {entries:?}");
    let package = entries[0].to_str().unwrap();
    let contents = output("dpkg-deb", &["--contents", package]);
    for (mode, path) in [
        ("-rwxr-xr-x root/root", "./usr/bin/patchwright"),
        ("-rw-r--r-- root/root", "./lib/systemd/system/patchwright.service"),
        ("-rw-r--r-- root/root", "./etc/patchwright/patchwright.toml"),
        ("-rw-r--r-- root/root", "./usr/share/man/man1/patchwright.1.gz"),
        ("-rw-r--r-- root/root", "./usr/share/man/man1/patchwright-serve.1.gz"),
        ("-rw-r--r-- root/root", "./usr/share/bash-completion/completions/patchwright"),
        ("-rw-r--r-- root/root", "./usr/share/zsh/vendor-completions/_patchwright"),
        ("-rw-r--r-- root/root", "./usr/share/fish/vendor_completions.d/patchwright.fish"),
        ("-rw-r--r-- root/root", "./usr/share/doc/patchwright/copyright"),
        ("-rw-r--r-- root/root", "./usr/share/doc/patchwright/changelog.gz"),
    ] {
        let is_there = contents.lines().any(|line| line.starts_with(mode) && line.ends_with(path));
        assert!(is_there, "{mode} {path} is missing from\n{contents}");
    }
    let control = output("dpkg-deb", &["--field", package]);
    assert!(control.contains(&format!("Version: {}", env!("CARGO_PKG_VERSION"))), "{control}");
    assert!(!control.contains('@') || control.contains("<patchwright@"), "{control}");
    assert!(
        output("dpkg-deb", &["--info", package, "conffiles"]).contains("/etc/patchwright/patchwright.toml")
    );
}

#[test]
fn the_settings_of_the_package_are_understood() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packaging/patchwright.toml");
    let settings = root.to_str().unwrap();
    let data = Path::new(env!("CARGO_TARGET_TMPDIR")).join("no-such-data");
    // The file is read before the database is looked for.
    let ran = crate::binary::run(&["migrate", "--config", settings, "--data", data.to_str().unwrap()]);
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert!(ran.err.contains("patchwright.db"), "{}", ran.err);
}
