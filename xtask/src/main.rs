//! `cargo xtask TASK`: what a contributor runs. `cargo xtask` alone lists the tasks.

mod api_check;
mod bench;
mod postgres;
mod quality;
mod suite;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use xtask::{deb, shell};

/// A task: name, one line for people, what to do.
type Task = (&'static str, &'static str, fn(&Path, &[String]) -> Result<(), String>);

const TASKS: &[Task] = &[
    ("test", "install what the tests need, then run all tests", suite::test),
    ("lint", "check the format and clippy's lints", suite::lint),
    ("ci", "everything CI checks: tests and lints", suite::ci),
    ("tidy", "check the walls and names of the house", tidy),
    ("quality", "judge the matcher: every case table and agreement figure, as a table", quality::run),
    (
        "bench",
        "measure build, scan and memory against a peer, as a table; `bench lists`, `bench rescan`: the server",
        bench::run,
    ),
    ("fuzz", "read changed documents with every reader: fuzz [--target NAME] [--executions N]", suite::fuzz),
    ("deny", "check licences, sources and banned crates (installs cargo-deny)", suite::deny),
    ("deb", "build a Debian package of a binary: cargo xtask deb [BINARY] [--out DIR]", deb::build),
    ("api-check", "hold a running server against its own description with schemathesis", api_check::run),
    ("dist", "build the binary as published", suite::dist),
];

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let name = words.next().unwrap_or_default();
    let rest: Vec<String> = words.collect();
    let Some((_, _, task)) = TASKS.iter().find(|(known, _, _)| *known == name) else {
        eprintln!("usage: cargo xtask TASK\n");
        for (name, what, _) in TASKS {
            eprintln!("  {name:<10} {what}");
        }
        return ExitCode::from(2);
    };
    match task(&root(), &rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{name}: {why}");
            ExitCode::FAILURE
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_owned)
}

fn tidy(root: &Path, _: &[String]) -> Result<(), String> {
    let complaints = xtask::tidy::check(root);
    for complaint in &complaints {
        println!("{complaint}");
    }
    if complaints.is_empty() { Ok(()) } else { Err(format!("{} complaints", complaints.len())) }
}
