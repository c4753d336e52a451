//! `test`, `ci`, `deny`, `dist`: what runs on a contributor's machine and in CI.

use std::path::Path;

use crate::postgres::{self, Cluster};
use crate::shell;

/// Debian packages that tests read or run, and the file by which each is seen to be there.
const PACKAGES: &[(&str, &str)] = &[
    ("linux-source-6.1", "/usr/src/linux-source-6.1.tar.xz"),
    ("chromium", "/usr/bin/chromium"),
    ("postgresql", "/usr/lib/postgresql"),
    ("rpm", "/usr/bin/rpmbuild"),
    ("python3-aiosmtpd", "/usr/lib/python3/dist-packages/aiosmtpd"),
    ("git", "/usr/bin/git"),
    ("busybox-static", "/bin/busybox"),
    ("dropbear-bin", "/usr/sbin/dropbear"),
    ("dnsmasq-base", "/usr/sbin/dnsmasq"),
    ("libmbedcrypto7", "/usr/lib/x86_64-linux-gnu/libmbedcrypto.so.7"),
    ("libpng16-16", "/usr/lib/x86_64-linux-gnu/libpng16.so.16"),
    ("libjpeg62-turbo", "/usr/lib/x86_64-linux-gnu/libjpeg.so.62"),
    ("liblua5.4-0", "/usr/lib/x86_64-linux-gnu/liblua5.4.so.0"),
    ("tcpdump", "/usr/bin/tcpdump"),
    ("iproute2", "/bin/ip"),
    ("sudo", "/usr/bin/sudo"),
    ("u-boot-tools", "/usr/bin/mkimage"),
    ("musl", "/lib/ld-musl-x86_64.so.1"),
    ("gron", "/usr/bin/gron"),
    ("squashfs-tools", "/usr/bin/mksquashfs"),
    ("e2fsprogs", "/usr/sbin/mke2fs"),
    ("cpio", "/usr/bin/cpio"),
    ("fdisk", "/usr/sbin/sfdisk"),
    ("lz4", "/usr/bin/lz4"),
];

/// Installs what the tests need, starts a PostgreSQL server for them, and runs every test of the workspace.
pub fn test(root: &Path, words: &[String]) -> Result<(), String> {
    test_with(root, words, false)
}

/// `needs_postgres`: tests that say "skipped on PostgreSQL" are not enough.
fn test_with(root: &Path, words: &[String], needs_postgres: bool) -> Result<(), String> {
    install();
    let is_named = words.iter().any(|word| word == "-p" || word.starts_with("--package"));
    let mut command =
        if is_named { vec!["test", "--locked"] } else { vec!["test", "--workspace", "--locked"] };
    command.extend(words.iter().map(String::as_str));
    if std::env::var_os(postgres::VARIABLE).is_some() {
        return shell::run(root, "cargo", &command);
    }
    match Cluster::start() {
        Ok(cluster) => shell::run_with(root, "cargo", &command, postgres::VARIABLE, &cluster.url()),
        Err(why) if needs_postgres => Err(format!("no PostgreSQL for the tests: {why}")),
        Err(why) => {
            eprintln!("cannot start PostgreSQL ({why}); the tests that need it will say so");
            shell::run(root, "cargo", &command)
        }
    }
}

/// Format and lints; each is a command that a person can run alone.
pub fn lint(root: &Path, _: &[String]) -> Result<(), String> {
    shell::run(root, "cargo", &["fmt", "--all", "--check"])?;
    shell::run(root, "cargo", &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"])
}

/// Everything CI checks; `.ci/run` runs the same two steps. Both engines of the store are tested, or it fails.
pub fn ci(root: &Path, words: &[String]) -> Result<(), String> {
    test_with(root, words, true)?;
    lint(root, &[])
}

/// Licences, sources and banned crates.
pub fn deny(root: &Path, _: &[String]) -> Result<(), String> {
    if !shell::has("cargo-deny") {
        shell::run(root, "cargo", &["install", "cargo-deny", "--locked"])?;
    }
    shell::run(root, "cargo", &["deny", "--all-features", "check", "bans", "licenses", "sources"])
}

/// Every reader against changed documents, with the checks of a test build: an overflow is a fault, too.
pub fn fuzz(root: &Path, words: &[String]) -> Result<(), String> {
    let start = ["run", "-p", "service", "--example", "fuzz", "--"];
    let words: Vec<&str> = start.into_iter().chain(words.iter().map(String::as_str)).collect();
    shell::run(root, "cargo", &words)
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
    let sudo = if shell::has("sudo") && !shell::is_root() { "sudo " } else { "" };
    let line = format!(
        "{sudo}env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends {package} || \
         ({sudo}apt-get update && {sudo}env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends {package})"
    );
    shell::run(Path::new("/"), "sh", &["-c", &line])
}
