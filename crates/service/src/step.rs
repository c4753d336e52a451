//! The steps of the loop at which a test may halt the process, to kill it there as `kill -9` does.
//! `PATCHWRIGHT_TEST_HALT_AT` names one of [`STEPS`], with `:2` the second time that it is reached; without the variable
//! nothing is done here.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// The steps, in the order of the way.
pub const STEPS: &[&str] = &[
    "intake.kept",
    "intake.written",
    "intake.committed",
    "analyse.judged",
    "analyse.written",
    "analyse.committed",
    "sync.fetched",
    "sync.compiled",
    "sync.switched",
    "sync.saved",
    "adopt.kept",
    "adopt.written",
    "adopt.committed",
    "rescan.written",
    "rescan.committed",
    "dispatch.claimed",
    "dispatch.delivered",
    "dispatch.closed",
];

/// The variable.
pub const VARIABLE: &str = "PATCHWRIGHT_TEST_HALT_AT";

/// What a process that is halted says on its standard error.
pub const HALTED: &str = "halted at the step";

/// A step is reached: the thread goes no further where the variable says so.
pub(crate) fn reached(step: &str) {
    static WANTED: OnceLock<Option<(String, u32)>> = OnceLock::new();
    static TIMES: AtomicU32 = AtomicU32::new(0);
    let wanted = WANTED.get_or_init(|| {
        let text = std::env::var(VARIABLE).ok()?;
        let (name, time) = text.split_once(':').unwrap_or((&text, "1"));
        STEPS.contains(&name).then(|| (name.to_owned(), time.parse().unwrap_or(1)))
    });
    let Some((name, time)) = wanted else { return };
    if name == step && TIMES.fetch_add(1, Ordering::Relaxed).saturating_add(1) == *time {
        eprintln!("{HALTED}");
        loop {
            std::thread::park();
        }
    }
}
