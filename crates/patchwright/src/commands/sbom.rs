//! `sbom check|convert|merge|diff`: SBOMs as documents.

mod check;
mod convert;
mod diff;
mod merge;
mod writing;

use clap::{Args, Subcommand};

use super::Global;
use crate::exit::{Exit, Failure};

/// SBOMs as documents: check their quality, write them in another form, merge and compare them
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright sbom check image.spdx.json --rules cisa-2025\n  patchwright sbom convert image.spdx.json --to cyclonedx-1.6 --out image.cdx.json\n  patchwright sbom merge rootfs.spdx.json radio.cdx.json --name edge-gateway --release 4.1.0 --out product.cdx.json\n  patchwright sbom diff old.spdx.json new.spdx.json\n\nManual: docs/manual/sbom.md"
)]
pub struct Sbom {
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Subcommand)]
enum Deed {
    Check(check::Check),
    Convert(convert::Convert),
    Merge(merge::Merge),
    Diff(diff::Diff),
}

impl Sbom {
    /// Runs the deed.
    pub fn run(self, global: &Global) -> Result<Exit, Failure> {
        match self.deed {
            Deed::Check(check) => check.run(),
            Deed::Convert(convert) => convert.run(global),
            Deed::Merge(merge) => merge.run(global),
            Deed::Diff(diff) => diff.run(),
        }
    }
}
