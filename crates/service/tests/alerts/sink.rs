//! A real mail server: Debian's python3-aiosmtpd with `sink.py`. Absent: the test says *skipped*; `cargo xtask test` installs
//! it.

use std::io::{BufRead, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;

/// A running server. Dropped, it is gone.
pub struct Sink {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    pub port: u16,
}

impl Sink {
    /// Starts one; `None`, after saying so, where there is none.
    pub fn start(words: &[&str]) -> Option<Sink> {
        // The system's own interpreter: Debian's packages are not on the path of others.
        let python = Path::new("/usr/bin/python3");
        if !python.exists() || !Path::new("/usr/lib/python3/dist-packages/aiosmtpd").exists() {
            eprintln!("skipped: no python3-aiosmtpd");
            return None;
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/alerts/sink.py");
        let mut child = Command::new(python)
            .arg(script)
            .args(words)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the sink starts");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines.next().expect("the sink says its port").unwrap().parse().unwrap();
        Some(Sink { child, lines, port })
    }

    /// The next mail; waits for it.
    pub fn mail(&mut self) -> Value {
        serde_json::from_str(&self.lines.next().expect("a mail").unwrap()).unwrap()
    }

    /// Ends the server.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Ends it, and returns the mails that nobody has asked for.
    pub fn rest(mut self) -> Vec<Value> {
        self.kill();
        let mut rest = Vec::new();
        while let Some(Ok(line)) = self.lines.next() {
            rest.push(serde_json::from_str(&line).unwrap());
        }
        rest
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The value of a header of a mail, unfolded.
pub fn header(mail: &Value, name: &str) -> String {
    let head = mail["data"].as_str().unwrap().split("\r\n\r\n").next().unwrap().replace("\r\n ", " ");
    let start = format!("{name}: ");
    head.lines().find_map(|line| line.strip_prefix(&start)).unwrap_or_default().to_owned()
}
