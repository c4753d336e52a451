//! The clock of waiting: how long a source wants to be left alone, and how long we leave it alone.

use std::time::{Duration, Instant};

/// Time that passes and can be waited for. Tests give one that passes at once.
pub trait Patience: Send + Sync {
    /// Time since some moment in the past.
    fn elapsed(&self) -> Duration;

    /// Waits.
    fn wait(&self, span: Duration);
}

/// The clock of the machine.
pub struct Machine(Instant);

impl Default for Machine {
    fn default() -> Machine {
        Machine(Instant::now())
    }
}

impl Patience for Machine {
    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    fn wait(&self, span: Duration) {
        std::thread::sleep(span);
    }
}
