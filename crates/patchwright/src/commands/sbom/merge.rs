//! `sbom merge FILE…`: the SBOMs of the parts of a product, as one.

use std::path::PathBuf;

use clap::Args;
use service::scan::Request;

use super::writing::WriteOptions;
use crate::commands::{Global, input};
use crate::exit::{Exit, Failure};

/// Merge the SBOMs of the parts of a product into one
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright sbom merge rootfs.spdx.json u-boot.cdx.json radio.cdx.json --name edge-gateway --release 4.1.0 --out product.cdx.json\n\nComponents that are one become one, with the parts they are in as locations. What a part says of all of itself is\nsaid of its components only.\nExit codes: 0 all was written · 1 something was left out · 2 wrong usage · 3 an input could not be read, or the output not written"
)]
pub struct Merge {
    /// One file for each part of the product
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// The name of the product
    #[arg(long, value_name = "PRODUCT", required = true)]
    name: String,
    #[command(flatten)]
    write: WriteOptions,
}

impl Merge {
    /// Reads, merges and writes.
    pub fn run(self, global: &Global) -> Result<Exit, Failure> {
        self.write.target()?;
        let request = Request { documents: input::documents(&self.files)?, ..Request::default() };
        let mut inventory = service::sbom::merge(&request).map_err(|error| {
            Failure::new(Exit::Unreadable, error.to_string())
                .hint("the formats that are read, and how to make them, are listed in docs/manual/formats.md")
        })?;
        service::scan::add_fingerprints(&mut inventory, &request);
        // The release of one part is not the release of the product.
        inventory.release.clear();
        self.write.write(&inventory, Some(&self.name), global)
    }
}
