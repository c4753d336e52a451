//! The steps of the loop at which a test may end the process, as a power cut would. `PATCHWRIGHT_TEST_ABORT_AT` names one
//! of [`STEPS`], with `:2` the second time that it is reached; without the variable nothing is done here.

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
pub const VARIABLE: &str = "PATCHWRIGHT_TEST_ABORT_AT";

/// A step is reached: here the process ends without a word where the variable says so.
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
        std::process::abort();
    }
}
