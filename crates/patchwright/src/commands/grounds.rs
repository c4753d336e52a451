//! What people give beside the release: the deployment. Shared by every verb that judges.

use std::path::PathBuf;

use clap::Args;
use model::sbom::Inventory;
use service::judge::Grounds;

use crate::exit::Failure;

/// The files that say how the product is meant to be used and what was decided about it.
#[derive(Args, Clone, Debug, Default)]
pub struct GroundOptions {
    /// The deployment profile (TOML or JSON); without it the deployment is inferred from the SBOM
    #[arg(long, value_name = "FILE")]
    pub profile: Option<PathBuf>,
    /// Rules of your own (TOML): what follows from a finding without asking a person; repeatable
    #[arg(long, value_name = "FILE")]
    pub rules: Vec<PathBuf>,
}

impl GroundOptions {
    /// Reads the files.
    pub fn read(&self, inventory: &Inventory) -> Result<Grounds, Failure> {
        let profile = match &self.profile {
            Some(file) => super::profile::read(file)?,
            None => service::profile::infer(inventory),
        };
        let mut grounds = Grounds::new(profile);
        grounds.rules = super::policy::read(&self.rules)?.into();
        Ok(grounds)
    }
}
