//! The tools that make images. Where one is missing, the test says so and is no test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// True when all programs are there; says what is skipped otherwise.
pub fn have(programs: &[&str]) -> bool {
    let missing: Vec<&&str> = programs.iter().filter(|program| find(program).is_none()).collect();
    if !missing.is_empty() {
        println!("skipped: no {missing:?}");
    }
    missing.is_empty()
}

fn find(program: &str) -> Option<PathBuf> {
    ["/usr/bin", "/usr/sbin", "/bin", "/sbin"]
        .iter()
        .map(|folder| Path::new(folder).join(program))
        .find(|path| path.exists())
}

/// Runs a program, with a text for its standard input; what it writes.
pub fn run(program: &str, arguments: &[&str], folder: &Path, input: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut child = Command::new(find(program).unwrap())
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let feed = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    let _ = feed.join();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {told}");
    output.stdout
}

/// A squashfs of a folder.
pub fn squashfs(root: &Path, options: &[&str]) -> Vec<u8> {
    let out = beside(root, "squashfs");
    let mut arguments =
        vec![root.to_str().unwrap(), out.to_str().unwrap(), "-noappend", "-all-root", "-quiet"];
    arguments.extend_from_slice(&["-no-progress", "-no-xattrs"]);
    arguments.extend_from_slice(options);
    run("mksquashfs", &arguments, root, b"");
    take(&out)
}

/// An ext file system of a folder.
pub fn ext(root: &Path, options: &[&str], size: &str) -> Vec<u8> {
    let out = beside(root, "ext");
    let mut arguments = vec!["-q", "-F", "-d", root.to_str().unwrap()];
    arguments.extend_from_slice(options);
    arguments.extend_from_slice(&[out.to_str().unwrap(), size]);
    run("mke2fs", &arguments, root, b"");
    take(&out)
}

/// A cpio archive of a folder.
pub fn cpio(root: &Path, form: &str) -> Vec<u8> {
    let names = run("find", &["."], root, b"");
    run("cpio", &["-o", "--quiet", "-H", form], root, &names)
}

/// A tar archive of a folder.
pub fn tar(root: &Path, form: &str) -> Vec<u8> {
    run("tar", &["-c", &format!("--format={form}"), "-f", "-", "."], root, b"")
}

/// What a compressor makes of bytes.
pub fn pack(program: &str, options: &[&str], bytes: &[u8]) -> Vec<u8> {
    run(program, options, &std::env::temp_dir(), bytes)
}

fn beside(root: &Path, end: &str) -> PathBuf {
    let out = root.with_extension(end);
    let _ = fs::remove_file(&out);
    out
}

fn take(path: &Path) -> Vec<u8> {
    let bytes = fs::read(path).unwrap();
    fs::remove_file(path).unwrap();
    bytes
}
