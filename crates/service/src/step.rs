//! The steps of the loop at which a test may end the process, as a power cut would. `PATCHWRIGHT_TEST_ABORT_AT` names one
//! of [`STEPS`]; without the variable nothing is done here.

use std::sync::OnceLock;

/// The steps, in the order of the way.
pub(crate) const STEPS: &[&str] = &[
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

/// A step is reached: here the process ends without a word where the variable says so.
pub(crate) fn reached(step: &str) {
    static WANTED: OnceLock<Option<String>> = OnceLock::new();
    let wanted = WANTED.get_or_init(|| std::env::var("PATCHWRIGHT_TEST_ABORT_AT").ok());
    if wanted.as_deref() == Some(step) && STEPS.contains(&step) {
        std::process::abort();
    }
}
