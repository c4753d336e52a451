//! `man [--to DIR]`: the manual pages, made from the same list as the help.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use crate::exit::{Exit, Failure};

/// Print the manual page, or write one page per verb into a folder
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright man | man -l -\n  patchwright man --to /usr/local/share/man/man1"
)]
pub struct Man {
    /// Write patchwright.1 and one page per verb into this folder
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
}

impl Man {
    /// Writes the pages.
    pub fn run(self) -> Result<Exit, Failure> {
        match self.to {
            Some(folder) => {
                clap_mangen::generate_to(super::tree(), &folder).map_err(|error| {
                    Failure::new(Exit::Unreadable, format!("cannot write into {}: {error}", folder.display()))
                })?;
            }
            None => {
                let mut page = Vec::new();
                clap_mangen::Man::new(super::tree()).render(&mut page)?;
                std::io::stdout().write_all(&page)?;
            }
        }
        Ok(Exit::Done)
    }
}
