//! Every reader against changed documents: no panic, no hang. The same numbers give the same bytes, so that a fault is
//! repeated by naming it.
//!
//!     cargo xtask fuzz                                   all readers, 200,000 executions each
//!     cargo xtask fuzz --target cyclonedx --executions 5000000
//!     cargo xtask fuzz --target cyclonedx --only 4711    one execution again, with its bytes in a file

mod made;
mod mutate;
mod seeds;
mod targets;

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use targets::{TARGETS, Target};

/// What was asked for.
struct Asked {
    target: Option<String>,
    executions: u64,
    only: Option<u64>,
}

/// Longer than this is a fault: the largest seed is read in a hundredth of it.
const SLOW: Duration = Duration::from_secs(5);

thread_local! {
    /// What the last panic said, and where.
    static SAID: RefCell<String> = const { RefCell::new(String::new()) };
}

fn main() -> ExitCode {
    let asked = asked();
    panic::set_hook(Box::new(|info| SAID.with(|said| *said.borrow_mut() = info.to_string())));
    let mut faults = 0;
    let chosen =
        TARGETS.iter().filter(|target| asked.target.as_deref().is_none_or(|name| name == target.name));
    let mut seen = 0;
    for target in chosen {
        seen += 1;
        faults += match asked.only {
            Some(number) => one(target, number),
            None => run(target, asked.executions),
        };
    }
    if seen == 0 {
        let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        eprintln!("no such target; there are {}", names.join(", "));
        return ExitCode::from(2);
    }
    if faults > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn asked() -> Asked {
    let mut asked = Asked { target: None, executions: 200_000, only: None };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let value = words.next().unwrap_or_default();
        match word.as_str() {
            "--target" => asked.target = Some(value),
            "--executions" => asked.executions = value.replace('_', "").parse().expect("a number"),
            "--only" => asked.only = Some(value.parse().expect("a number")),
            other => panic!("what is {other}? --target NAME, --executions N, --only N"),
        }
    }
    asked
}

/// Runs a target; returns the number of faults, of which the first ones are told.
fn run(target: &Target, executions: u64) -> usize {
    let seeds = seeds::of(target);
    let (started, mut faults, mut bytes, mut slowest) = (Instant::now(), Vec::new(), 0u64, Duration::ZERO);
    for number in 0..executions {
        let input = mutate::input(&seeds, number);
        bytes += input.len() as u64;
        let begun = Instant::now();
        let panicked = panic::catch_unwind(AssertUnwindSafe(|| (target.read)(&input))).is_err();
        let took = begun.elapsed();
        slowest = slowest.max(took);
        if panicked {
            faults.push((number, SAID.with(|said| said.borrow().clone())));
        } else if took > SLOW {
            faults.push((number, format!("took {} ms for {} bytes", took.as_millis(), input.len())));
        }
        if faults.len() >= 20 {
            break;
        }
    }
    println!(
        "{:24} {:>3} seeds {:>9} executions {:>6} MB {:>5} s, slowest {:>4} ms: {}",
        target.name,
        seeds.len(),
        executions,
        bytes / 1_000_000,
        started.elapsed().as_secs(),
        slowest.as_millis(),
        if faults.is_empty() { "no fault".to_owned() } else { format!("{} FAULTS", faults.len()) }
    );
    for (number, said) in faults.iter().take(5) {
        println!("    --target {} --only {number}: {said}", target.name);
    }
    faults.len()
}

/// Repeats one execution, with its bytes kept for looking at.
fn one(target: &Target, number: u64) -> usize {
    let input = mutate::input(&seeds::of(target), number);
    let path = std::env::temp_dir().join(format!("fuzz-{}-{number}", target.name));
    std::fs::write(&path, &input).expect("the bytes are kept");
    println!("{}: {} bytes", path.display(), input.len());
    let panicked = panic::catch_unwind(AssertUnwindSafe(|| (target.read)(&input))).is_err();
    if panicked {
        println!("panicked: {}", SAID.with(|said| said.borrow().clone()));
    }
    usize::from(panicked)
}
