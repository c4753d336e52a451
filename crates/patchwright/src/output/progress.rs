//! Progress of long work: a bar on a terminal, nothing elsewhere or with `--quiet`.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar that counts bytes of a known whole, or spins where the whole is unknown.
pub struct Bar(ProgressBar);

impl Bar {
    /// Makes a bar; hidden when quiet or when standard error is no terminal (indicatif looks by itself).
    pub fn new(quiet: bool, what: &str) -> Bar {
        let bar = if quiet { ProgressBar::hidden() } else { ProgressBar::new(0) };
        let style =
            ProgressStyle::with_template("{msg:<22} {bar:32} {bytes:>10} of {total_bytes:<10} {elapsed}");
        if let Ok(style) = style {
            bar.set_style(style);
        }
        bar.set_message(what.to_owned());
        Bar(bar)
    }

    /// Removes the bar.
    pub fn clear(&self) {
        self.0.finish_and_clear();
    }
}

impl service::compile::Progress for Bar {
    fn total(&self, bytes: u64) {
        self.0.set_length(bytes);
    }

    fn advance(&self, bytes: u64) {
        self.0.inc(bytes);
    }

    fn phase(&self, what: &str) {
        self.0.set_message(what.to_owned());
    }
}
