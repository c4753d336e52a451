//! CPU time of this process, to the microsecond: the sum over its threads, none of which ends while it is measured.

use std::fs;
use std::time::{Duration, Instant};

/// What something took.
#[derive(Clone, Copy)]
pub struct Took {
    pub cpu: Duration,
    pub wall: Duration,
}

/// Runs from its making to [`Watch::took`].
pub struct Watch {
    cpu: Duration,
    begun: Instant,
}

impl Watch {
    pub fn start() -> Watch {
        Watch { cpu: used(), begun: Instant::now() }
    }

    pub fn took(&self) -> Took {
        Took { cpu: used().saturating_sub(self.cpu), wall: self.begun.elapsed() }
    }
}

/// Prints the median of several runs.
pub fn print(what: &str, mut runs: Vec<Took>, more: &str) {
    runs.sort_by_key(|took| took.cpu);
    let Some(took) = runs.get(runs.len() / 2) else { return };
    let (cpu, wall) = (took.cpu.as_secs_f64(), took.wall.as_secs_f64());
    println!("watch\t{what}\t{cpu:.3} s CPU, {wall:.3} s wall{more}");
}

/// What all threads have used so far.
fn used() -> Duration {
    let threads = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let texts = threads.filter_map(|thread| fs::read_to_string(thread.path().join("schedstat")).ok());
    Duration::from_nanos(texts.filter_map(|text| text.split(' ').next()?.parse::<u64>().ok()).sum())
}
