//! The side that asks: starts the child, takes its answer within bounds, and turns its end into a sentence.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use super::bounds::{Bounds, MEMORY, SECONDS};

/// The hidden verb of the child.
pub const VERB: &str = "read-image";
/// Without this the allocator sets a gigabyte aside at its start, and the limit of memory would begin behind it.
const RESERVE: &str = "MIMALLOC_ARENA_RESERVE";
/// Largest answer.
const ANSWER: u64 = 1 << 30;
/// Most of what the child says about its failure.
const TOLD: u64 = 1 << 16;

/// What the child reads.
pub enum Input<'i> {
    /// From its standard input.
    Image(File),
    /// By itself.
    Directory(&'i Path),
}

/// Runs the child to its end; its answer, or why there is none.
pub fn run(input: Input<'_>, name: &str, bounds: &Bounds) -> Result<Vec<u8>, String> {
    let mut command = Command::new(program()?);
    command.arg(VERB).arg("--name").arg(name);
    command.args(["--memory", &bounds.memory_mib.to_string(), "--seconds", &bounds.seconds.to_string()]);
    match input {
        Input::Image(file) => command.stdin(Stdio::from(file)),
        Input::Directory(folder) => command.stdin(Stdio::null()).arg("--directory").arg(folder),
    };
    let child = command
        .env_clear()
        .env(RESERVE, "0")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("its reader cannot be started: {error}"))?;
    let ended = wait(child, bounds).map_err(|error| format!("its reader was lost: {error}"))?;
    let Some(ended) = ended else {
        return Err(format!(
            "it was not read within {} seconds; {SECONDS} sets the limit of processor time, the clock waits ten times as long",
            bounds.patience()
        ));
    };
    answer(ended, bounds)
}

/// This program, also when its file was replaced by a newer one meanwhile.
fn program() -> Result<PathBuf, String> {
    let own = Path::new("/proc/self/exe");
    if own.exists() {
        return Ok(own.to_owned());
    }
    std::env::current_exe().map_err(|error| format!("its reader cannot be found: {error}"))
}

struct Ended {
    status: ExitStatus,
    answer: Vec<u8>,
    told: String,
}

/// Waits for both outputs and the end; `None` after the child was stopped for taking too long.
fn wait(mut child: Child, bounds: &Bounds) -> io::Result<Option<Ended>> {
    let answer = collect(child.stdout.take(), ANSWER);
    let told = collect(child.stderr.take(), TOLD);
    let patience = Duration::from_secs(bounds.patience());
    // The child closes its outputs when it ends, however it ends.
    let Ok(answer) = answer.recv_timeout(patience) else {
        let _ = child.kill();
        child.wait()?;
        return Ok(None);
    };
    if answer.len() as u64 > ANSWER {
        let _ = child.kill();
    }
    let told = told.recv_timeout(patience).unwrap_or_default();
    let status = child.wait()?;
    Ok(Some(Ended { status, answer, told: String::from_utf8_lossy(&told).into_owned() }))
}

/// Takes an output on a thread, at most one byte more than the limit.
fn collect(output: Option<impl Read + Send + 'static>, most: u64) -> Receiver<Vec<u8>> {
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(output) = output {
            let _ = output.take(most + 1).read_to_end(&mut bytes);
        }
        // Nobody waits any more when the child was stopped.
        let _ = send.send(bytes);
    });
    receive
}

fn answer(ended: Ended, bounds: &Bounds) -> Result<Vec<u8>, String> {
    if ended.answer.len() as u64 > ANSWER {
        return Err(format!("what was learnt of it takes more than {ANSWER} bytes"));
    }
    if ended.status.success() {
        return match ended.answer.first() {
            Some(b'{') => Ok(ended.answer),
            _ => Err("its reader gave no answer".to_owned()),
        };
    }
    let last = ended.told.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
    if let Some(why) = last.strip_prefix(super::child::TOLD) {
        return Err(why.to_owned());
    }
    Err(fate(ended.status, &ended.told, bounds))
}

/// Signals by their numbers, which are the same on every Linux.
const ABORT: i32 = 6;
const KILL: i32 = 9;
const SEGMENT: i32 = 11;
const TOO_LONG: i32 = 24;

/// How a child ended that could not say why.
fn fate(status: ExitStatus, told: &str, bounds: &Bounds) -> String {
    let memory = format!(
        "the image needs more memory than the {} MiB that its reader may take; {MEMORY}=MIB allows more",
        bounds.memory_mib
    );
    if told.contains("memory allocation of") || told.contains("out of memory") {
        return memory;
    }
    let last: String = told.lines().last().unwrap_or_default().chars().take(300).collect();
    match status.signal() {
        Some(TOO_LONG) => format!(
            "the image needs more than the {} seconds of processor time that its reader may take; {SECONDS}=N allows more",
            bounds.seconds
        ),
        Some(KILL) => {
            format!("its reader was killed, by its limit of {} seconds or by the system", bounds.seconds)
        }
        Some(ABORT | SEGMENT) => {
            format!(
                "its reader crashed ({status}: {last}); the image is damaged or means harm; please report it"
            )
        }
        _ => format!("its reader failed ({status}: {last}); please report it"),
    }
}
