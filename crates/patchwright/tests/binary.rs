//! Runs the program as a person would, without an index from the environment.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// What came out.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// Runs with words only.
pub fn run(words: &[&str]) -> Ran {
    run_with(words, b"")
}

/// Runs with words and standard input.
pub fn run_with(words: &[&str], input: &[u8]) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_patchwright"))
        .args(words)
        .env_remove("PATCHWRIGHT_INDEX")
        .env_remove("PATCHWRIGHT_STORE_DATABASE")
        .env_remove("PATCHWRIGHT_STORE_DOCUMENTS")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut stdin = child.stdin.take().expect("stdin is piped");
    let input = input.to_owned();
    // Written beside the reading of the output: neither side can fill a pipe and wait for the other.
    let writer = std::thread::spawn(move || {
        let _ = stdin.write_all(&input);
    });
    let Output { status, stdout, stderr } = child.wait_with_output().expect("the binary ends");
    writer.join().expect("the writer ends");
    Ran {
        code: status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&stdout).into_owned(),
        err: String::from_utf8_lossy(&stderr).into_owned(),
    }
}

/// A file of the starter folder.
pub fn sample(name: &str) -> String {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("starter").join(name).display().to_string()
}

/// A scratch file of this test run.
pub fn scratch(name: &str, bytes: &[u8]) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, bytes).expect("scratch file is written");
    path.display().to_string()
}
