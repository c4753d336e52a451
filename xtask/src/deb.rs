//! `cargo xtask deb [BINARY] [--out DIR]`: a Debian package of a given binary, with the tools of dpkg alone: manual pages and
//! completions are asked of the binary itself.

use std::fs;
use std::path::{Path, PathBuf};

use crate::shell;

/// Folders of the package that are writable by root alone, as all of it.
const MODE: &str = "u=rwX,go=rX";

/// Builds the package and lists what is in it.
pub fn build(root: &Path, words: &[String]) -> Result<(), String> {
    let (binary, out) = arguments(root, words)?;
    if !shell::has("dpkg-deb") {
        return Err("no dpkg-deb on this machine: it comes with Debian and its relatives".to_owned());
    }
    let version = version(root, &binary)?;
    let architecture = shell::output(root, "dpkg", &["--print-architecture"])?.trim().to_owned();
    let tree = root.join("target/deb").join(format!("patchwright_{version}_{architecture}"));
    let _ = fs::remove_dir_all(&tree);
    let result = fill(root, &binary, &tree, &version, &architecture)
        .and_then(|()| pack(&tree, &out.join(format!("patchwright_{version}_{architecture}.deb"))));
    // The tree is only a step on the way.
    let _ = fs::remove_dir_all(&tree);
    let package = result?;
    shell::run(root, "dpkg-deb", &["--info", &text(&package)?])?;
    shell::run(root, "dpkg-deb", &["--contents", &text(&package)?])?;
    check(root, &package)
}

fn arguments(root: &Path, words: &[String]) -> Result<(PathBuf, PathBuf), String> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let (mut binary, mut out) = (target.join("dist/patchwright"), target.clone());
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--out" => out = PathBuf::from(words.next().ok_or("--out needs a folder")?),
            word if word.starts_with('-') => {
                return Err(format!("{word} is not known: cargo xtask deb [BINARY] [--out DIR]"));
            }
            word => binary = PathBuf::from(word),
        }
    }
    if !binary.is_file() {
        return Err(format!(
            "{} is not there: build it with `cargo xtask dist`, or name another",
            binary.display()
        ));
    }
    fs::create_dir_all(&out).map_err(|error| named(&out, &error))?;
    Ok((binary, out))
}

fn named(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}

fn text(path: &Path) -> Result<String, String> {
    path.to_str().map(str::to_owned).ok_or_else(|| format!("{} is no text", path.display()))
}

/// `patchwright 0.1.0` of the binary itself: the package is called what it holds.
fn version(root: &Path, binary: &Path) -> Result<String, String> {
    let says = shell::output(root, &text(binary)?, &["--version"])?;
    says.split_whitespace()
        .nth(1)
        .map(str::to_owned)
        .ok_or_else(|| format!("{} does not say its version", binary.display()))
}

/// Puts everything in its place below `tree`.
fn fill(root: &Path, binary: &Path, tree: &Path, version: &str, architecture: &str) -> Result<(), String> {
    let put = |from: &Path, to: &str, mode: &str| install(root, from, &tree.join(to), mode);
    put(binary, "usr/bin/patchwright", "755")?;
    let ours = root.join("packaging");
    put(&ours.join("systemd/patchwright.service"), "lib/systemd/system/patchwright.service", "644")?;
    put(&ours.join("patchwright.toml"), "etc/patchwright/patchwright.toml", "644")?;
    put(&ours.join("debian/copyright"), "usr/share/doc/patchwright/copyright", "644")?;
    pages(root, binary, tree)?;
    completions(root, binary, tree)?;
    changelog(root, tree, version)?;
    for script in ["postinst", "prerm", "postrm"] {
        put(&ours.join("debian").join(script), &format!("DEBIAN/{script}"), "755")?;
    }
    put(&ours.join("debian/conffiles"), "DEBIAN/conffiles", "644")?;
    control(root, tree, version, architecture)?;
    shell::run(root, "chmod", &["-R", MODE, &text(tree)?])
}

fn install(root: &Path, from: &Path, to: &Path, mode: &str) -> Result<(), String> {
    shell::quietly(root, "install", &["-D", "-m", mode, &text(from)?, &text(to)?])
}

/// Manual pages, compressed as the policy asks, without the time of day in them.
fn pages(root: &Path, binary: &Path, tree: &Path) -> Result<(), String> {
    let folder = tree.join("usr/share/man/man1");
    fs::create_dir_all(&folder).map_err(|error| named(&folder, &error))?;
    shell::quietly(root, &text(binary)?, &["man", "--to", &text(&folder)?])?;
    let mut pages: Vec<PathBuf> = fs::read_dir(&folder)
        .map_err(|error| named(&folder, &error))?
        .flatten()
        .map(|entry| entry.path())
        .collect();
    pages.sort();
    if pages.is_empty() {
        return Err("the binary wrote no manual page".to_owned());
    }
    pages.iter().try_for_each(|page| shell::quietly(root, "gzip", &["-9n", &text(page)?]))
}

fn completions(root: &Path, binary: &Path, tree: &Path) -> Result<(), String> {
    for (shell_name, place) in [
        ("bash", "usr/share/bash-completion/completions/patchwright"),
        ("zsh", "usr/share/zsh/vendor-completions/_patchwright"),
        ("fish", "usr/share/fish/vendor_completions.d/patchwright.fish"),
    ] {
        let script = shell::output(root, &text(binary)?, &["completions", shell_name])?;
        write(&tree.join(place), &script)?;
    }
    Ok(())
}

fn changelog(root: &Path, tree: &Path, version: &str) -> Result<(), String> {
    let place = tree.join("usr/share/doc/patchwright/changelog");
    let whole = root.join("CHANGELOG.md");
    let news = fs::read_to_string(&whole).map_err(|error| named(&whole, &error))?;
    write(&place, &format!("patchwright ({version})\n\n{news}"))?;
    shell::quietly(root, "gzip", &["-9n", &text(&place)?])
}

fn control(root: &Path, tree: &Path, version: &str, architecture: &str) -> Result<(), String> {
    let size = shell::output(root, "du", &["-sk", "--apparent-size", &text(tree)?])?;
    let size = size.split_whitespace().next().unwrap_or("0");
    let template = root.join("packaging/debian/control");
    let control = fs::read_to_string(&template).map_err(|error| named(&template, &error))?;
    let control =
        control.replace("@VERSION@", version).replace("@ARCHITECTURE@", architecture).replace("@SIZE@", size);
    write(&tree.join("DEBIAN/control"), &control)
}

fn write(place: &Path, content: &str) -> Result<(), String> {
    if let Some(folder) = place.parent() {
        fs::create_dir_all(folder).map_err(|error| named(folder, &error))?;
    }
    fs::write(place, content).map_err(|error| named(place, &error))
}

fn pack(tree: &Path, package: &Path) -> Result<PathBuf, String> {
    shell::quietly(
        tree,
        "dpkg-deb",
        &["--build", "--root-owner-group", "-Zxz", &text(tree)?, &text(package)?],
    )?;
    Ok(package.to_owned())
}

/// Debian's own checker, where it is installed.
fn check(root: &Path, package: &Path) -> Result<(), String> {
    if !shell::has("lintian") {
        eprintln!("lintian is not installed; the package was not checked by it");
        return Ok(());
    }
    // A statically linked helper or an unstripped development binary is the caller's choice.
    shell::run(
        root,
        "lintian",
        &["--suppress-tags", "unstripped-binary-or-object,initial-upload-closes-no-bugs", &text(package)?],
    )
}
