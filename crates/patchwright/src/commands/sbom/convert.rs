//! `sbom convert FILE…`: what is read of a release, written as one SBOM.

use std::path::PathBuf;

use clap::Args;

use super::writing::WriteOptions;
use crate::commands::scan::{self, EvidenceOptions};
use crate::commands::{Global, input};
use crate::exit::{Exit, Failure};

/// Write what is read of a release as one SBOM
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright sbom convert image.spdx.json --to cyclonedx-1.6 --out image.cdx.json\n  patchwright sbom convert show-info.json --out sbom.spdx.json --name edge-gateway --release 4.1.0 --supplier \"Example GmbH\" --author \"Example GmbH\" --context build\n\nAny input that is read can be converted. What a form has no field for is kept in properties that begin with\npatchwright:; what has no place at all is told.\nExit codes: 0 all was written · 1 something was left out · 2 wrong usage · 3 an input could not be read, or the output not written"
)]
pub struct Convert {
    /// Files of one release, or a folder of them
    #[arg(value_name = "FILE|DIR", required = true)]
    files: Vec<PathBuf>,
    /// The name of the product; default: what the input calls it
    #[arg(long, value_name = "PRODUCT")]
    name: Option<String>,
    #[command(flatten)]
    write: WriteOptions,
    #[command(flatten)]
    evidence: EvidenceOptions,
}

impl Convert {
    /// Reads and writes.
    pub fn run(self, global: &Global) -> Result<Exit, Failure> {
        self.write.target()?;
        let request = scan::request(&input::expanded(&self.files)?, &self.evidence)?;
        let mut inventory = scan::read(&request)?;
        service::scan::add_fingerprints(&mut inventory, &request);
        self.write.write(&inventory, self.name.as_deref(), global)
    }
}
