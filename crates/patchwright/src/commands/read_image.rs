//! `read-image`: the child process that reads images and directories of root file systems. Hidden: only the program itself
//! starts it.

use std::path::PathBuf;

use clap::Args;
use service::image::Bounds;
use service::image::child::{Asked, run};

use crate::exit::{Exit, Failure};

/// Read a root file system with limits and write what was learnt as JSON
#[derive(Args)]
pub struct ReadImage {
    /// What it is called in messages
    #[arg(long, default_value = "image")]
    name: String,
    /// A directory; otherwise the image is on standard input
    #[arg(long)]
    directory: Option<PathBuf>,
    /// Memory in MiB
    #[arg(long, default_value_t = Bounds::default().memory_mib)]
    memory: u64,
    /// Seconds of processor time
    #[arg(long, default_value_t = Bounds::default().seconds)]
    seconds: u64,
}

impl ReadImage {
    /// Reads and writes.
    pub fn run(self) -> Result<Exit, Failure> {
        let bounds = Bounds { memory_mib: self.memory, seconds: self.seconds };
        let asked = Asked { name: self.name, directory: self.directory, bounds };
        Ok(if run(&asked) { Exit::Done } else { Exit::Unreadable })
    }
}
