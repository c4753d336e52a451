//! `demo`: the main job on embedded samples and starter knowledge; no network, no settings. At a terminal it is the server
//! with sample products already judged; in a pipe, a summary.

mod pages;
mod print;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use clap::Args;

use super::Global;
use crate::exit::{Exit, Failure};
use crate::starter;

/// Look at sample products on starter knowledge: in the browser, or printed
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright demo                    the server with sample products, until Ctrl-C\n  patchwright demo --print            two products judged and two findings explained, on standard output\n  patchwright demo --keep samples     also writes the samples into a folder, to try other verbs on them\n\nIn a pipe it prints. Nothing is kept: the server works in a temporary directory that is removed at the end."
)]
pub struct Demo {
    /// Print the main job instead of serving it
    #[arg(long, visible_alias = "once", conflicts_with = "serve")]
    print: bool,
    /// Serve also where standard output is no terminal
    #[arg(long)]
    serve: bool,
    /// Address and port of the server [default: 127.0.0.1:8080, or any free port]
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    /// Do not open the browser
    #[arg(long)]
    no_open: bool,
    /// Judge ages as of this time (ISO 8601), printed only; default: now
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Write the sample files into this folder
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
}

impl Demo {
    /// Prints or serves.
    pub fn run(self, global: &Global) -> Result<Exit, Failure> {
        if let Some(folder) = &self.keep {
            keep(folder)?;
        }
        if self.serve || (!self.print && self.at.is_none() && std::io::stdout().is_terminal()) {
            return pages::run(global, self.listen.as_deref(), self.no_open);
        }
        print::run(self.at, self.keep.as_deref())
    }
}

fn keep(folder: &Path) -> Result<(), Failure> {
    let unwritable = |error: std::io::Error| {
        Failure::new(Exit::Unreadable, format!("cannot write into {}: {error}", folder.display()))
    };
    std::fs::create_dir_all(folder).map_err(unwritable)?;
    for (name, bytes) in starter::GATEWAY.iter().chain(&starter::SENSOR).chain(&starter::PANEL) {
        std::fs::write(folder.join(name), bytes).map_err(unwritable)?;
    }
    Ok(())
}
