//! `test`, `ci`, `deny`, `dist`: what runs on a contributor's machine and in CI.

use std::path::Path;

use crate::shell;

/// Debian packages that tests read or run, and the file by which each is seen to be there.
const PACKAGES: &[(&str, &str)] =
    &[("linux-source-6.1", "/usr/src/linux-source-6.1.tar.xz"), ("chromium", "/usr/bin/chromium")];

/// Installs what the tests need and runs every test of the workspace.
pub fn test(root: &Path, words: &[String]) -> Result<(), String> {
    install();
    let mut command = vec!["test", "--workspace", "--locked"];
    command.extend(words.iter().map(String::as_str));
    shell::run(root, "cargo", &command)
}

/// Format and lints; each is a command that a person can run alone.
pub fn lint(root: &Path, _: &[String]) -> Result<(), String> {
    shell::run(root, "cargo", &["fmt", "--all", "--check"])?;
    shell::run(root, "cargo", &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"])
}

/// Everything CI checks; `.ci/run` runs the same two steps.
pub fn ci(root: &Path, words: &[String]) -> Result<(), String> {
    test(root, words)?;
    lint(root, &[])
}

/// Licences, sources and banned crates.
pub fn deny(root: &Path, _: &[String]) -> Result<(), String> {
    if !shell::has("cargo-deny") {
        shell::run(root, "cargo", &["install", "cargo-deny", "--locked"])?;
    }
    shell::run(root, "cargo", &["deny", "--all-features", "check", "bans", "licenses", "sources"])
}

/// The binary as published: thin LTO, one codegen unit, stripped.
pub fn dist(root: &Path, _: &[String]) -> Result<(), String> {
    shell::run(root, "cargo", &["build", "--profile", "dist", "--locked", "-p", "patchwright"])
}

/// Installs missing Debian packages where that is possible; the tests that need one say "skipped" without it.
fn install() {
    for (package, file) in PACKAGES {
        if Path::new(file).exists() {
            continue;
        }
        let tried = install_one(package);
        if let Err(why) = tried {
            eprintln!("cannot install {package} ({why}); the tests that need it will say so");
        }
    }
}

fn install_one(package: &str) -> Result<(), String> {
    if !shell::has("apt-get") {
        return Err("no apt-get on this machine".to_owned());
    }
    let sudo = if shell::has("sudo") && !is_root() { "sudo " } else { "" };
    let line = format!(
        "{sudo}env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends {package} || \
         ({sudo}apt-get update && {sudo}env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends {package})"
    );
    shell::run(Path::new("/"), "sh", &["-c", &line])
}

fn is_root() -> bool {
    shell::output(Path::new("/"), "id", &["-u"]).is_ok_and(|id| id.trim() == "0")
}
