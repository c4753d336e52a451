//! `completions SHELL`: a completion script on standard output.

use std::io::Write;

use clap::Args;

use crate::exit::{Exit, Failure};

/// Print a completion script for a shell
#[derive(Args)]
#[command(after_help = "Example:\n  patchwright completions bash > /etc/bash_completion.d/patchwright")]
pub struct Completions {
    /// Which shell
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

impl Completions {
    /// Writes the script.
    pub fn run(self) -> Result<Exit, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut super::tree(), "patchwright", &mut script);
        std::io::stdout().write_all(&script)?;
        Ok(Exit::Done)
    }
}
