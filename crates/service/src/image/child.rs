//! The side that reads: a process of its own, which takes its limits before it touches a byte.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::path::PathBuf;

use formats::images::{FormatError, ImageLimits, walk};
use formats::rootfs::collect::Collect;
use formats::rootfs::schema::{Facts, Remark, Why};
use model::note::{Note, NoteCode};
use rustix::process::{Resource, Rlimit, Signal, setrlimit};

use super::Bounds;
use super::folder;

/// What stands in front of the sentence about a failure, the last line on standard error.
pub const TOLD: &str = "unreadable: ";
/// Open files: the three outputs and inputs, and a few for a directory.
const FILES: u64 = 32;

/// What the parent asks for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The input as the user knows it, for messages.
    pub name: String,
    /// A directory; without it the image is on standard input.
    pub directory: Option<PathBuf>,
    /// What may be used.
    pub bounds: Bounds,
}

/// Reads, writes the facts to standard output, and answers whether it could; if not, it has said why on standard error.
pub fn run(asked: &Asked) -> bool {
    let told = match read(asked) {
        Ok(()) => return true,
        Err(told) => told,
    };
    // One line: the parent takes the last.
    let _ = writeln!(io::stderr(), "{TOLD}{}", told.replace(['\n', '\r'], " "));
    false
}

fn read(asked: &Asked) -> Result<(), String> {
    limit(&asked.bounds).map_err(|error| format!("the limits of its reader cannot be set: {error}"))?;
    let mut collect = Collect::new();
    let limits = ImageLimits::DEFAULT;
    let notes = match &asked.directory {
        Some(directory) => folder::read(directory, &asked.name, &limits, &mut collect),
        None => {
            let image = io::stdin().as_fd().try_clone_to_owned().map(File::from);
            let image = image.map_err(|error| format!("it cannot be taken over: {error}"))?;
            walk(Box::new(image), &asked.name, &limits, &mut collect)
        }
    };
    let notes = notes.map_err(|error| sentence(&asked.name, &error))?;
    let mut out = io::stdout().lock();
    let mut facts = collect.finish();
    add(&mut facts, &notes);
    out.write_all(facts.to_json().as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| format!("its facts cannot be handed over: {error}"))
}

/// What the reader of the image noted stands beside what was learnt, and is told with it.
fn add(facts: &mut Facts, notes: &[Note]) {
    if notes.is_empty() {
        return;
    }
    let remarks = notes.iter().map(|note| Remark {
        why: match note.code {
            NoteCode::TooBig => Why::TooBig,
            NoteCode::UnknownKind | NoteCode::EvidenceIncomplete => Why::NotRead,
            _ => Why::Broken,
        },
        path: note.place.clone(),
        value: note.value.clone(),
    });
    facts.volumes.entry(String::new()).or_default().remarks.extend(remarks);
}

/// The reason alone: whoever prints it names the file.
fn sentence(name: &str, error: &FormatError) -> String {
    let told = error.to_string();
    let why = told.strip_prefix("cannot read ").unwrap_or(&told);
    let why = why.strip_prefix(name).unwrap_or(why).trim_start_matches([':', ' ']);
    why.strip_prefix("is ").map_or_else(|| why.to_owned(), |rest| format!("it is {rest}"))
}

/// From here on: no file written, no further program, little memory and time, and an end with the parent.
fn limit(bounds: &Bounds) -> io::Result<()> {
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    rustix::thread::set_no_new_privs(true)?;
    let to = |most: u64| Rlimit { current: Some(most), maximum: Some(most) };
    setrlimit(Resource::Core, to(0))?;
    setrlimit(Resource::Fsize, to(0))?;
    setrlimit(Resource::Nofile, to(FILES))?;
    setrlimit(Resource::Cpu, to(bounds.seconds))?;
    setrlimit(Resource::As, to(own_memory().saturating_add(bounds.memory_bytes())))?;
    Ok(())
}

/// Bytes of address space that the program takes before it reads anything: the program itself, its libraries, and what
/// the allocator has set aside.
fn own_memory() -> u64 {
    let statistics = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: u64 = statistics.split(' ').next().and_then(|pages| pages.parse().ok()).unwrap_or(0);
    pages.saturating_mul(rustix::param::page_size() as u64)
}
