//! Running other programs, with a clear word when one fails.

use std::path::Path;
use std::process::{Command, Stdio};

/// Runs a program in `root`, its output passed through.
pub fn run(root: &Path, program: &str, words: &[&str]) -> Result<(), String> {
    eprintln!("$ {program} {}", words.join(" "));
    let status = Command::new(program)
        .args(words)
        .current_dir(root)
        .status()
        .map_err(|error| format!("cannot start {program}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{program} {} failed with {status}", words.join(" "))) }
}

/// As [`run`], for words that hold a secret: they are not shown.
pub fn run_quiet_words(root: &Path, program: &str, words: &[&str]) -> Result<(), String> {
    let status = Command::new(program)
        .args(words)
        .current_dir(root)
        .status()
        .map_err(|error| format!("cannot start {program}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{program} failed with {status}")) }
}

/// Runs a program in `root` with one more variable in its environment.
pub fn run_with(root: &Path, program: &str, words: &[&str], name: &str, value: &str) -> Result<(), String> {
    eprintln!("$ {name}={value} {program} {}", words.join(" "));
    let status = Command::new(program)
        .args(words)
        .env(name, value)
        .current_dir(root)
        .status()
        .map_err(|error| format!("cannot start {program}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{program} {} failed with {status}", words.join(" "))) }
}

/// Runs a program in `root`; what it writes to standard output is dropped.
pub fn quietly(root: &Path, program: &str, words: &[&str]) -> Result<(), String> {
    let status = Command::new(program)
        .args(words)
        .current_dir(root)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .map_err(|error| format!("cannot start {program}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{program} {} failed with {status}", words.join(" "))) }
}

/// True for the user root.
pub fn is_root() -> bool {
    output(Path::new("/"), "id", &["-u"]).is_ok_and(|id| id.trim() == "0")
}

/// Runs a program and returns what it wrote to standard output; standard error is passed through.
pub fn output(root: &Path, program: &str, words: &[&str]) -> Result<String, String> {
    let output = Command::new(program)
        .args(words)
        .current_dir(root)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cannot start {program}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{program} {} failed with {}", words.join(" "), output.status));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// True when a program answers on this machine.
pub fn has(program: &str) -> bool {
    Command::new("sh")
        .args(["-c", &format!("command -v {program}")])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
