//! `profile init|check|explain|diff`: how a product is meant to be installed, as a file.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use model::profile::Profile as Read;
use model::sbom::Inventory;
use service::profile::ProfileError;

use super::knowledge::KnowledgeOptions;
use super::scan::{self, EvidenceOptions};
use super::{Global, input};
use crate::exit::{Exit, Failure};
use crate::output::profile as output;

/// Faults of a file that are printed; the rest is counted.
const MOST_FAULTS: usize = 20;

/// Write, check and explain a deployment profile: how the product is meant to be installed
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright profile init image.spdx.json --kernel-config .config > profile.toml\n  patchwright profile check profile.toml --sbom image.spdx.json\n  patchwright profile explain profile.toml\n\nManual: docs/manual/profile.md"
)]
pub struct Profile {
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Subcommand)]
enum Deed {
    Init(Init),
    Check(Check),
    Explain(Explain),
    Diff(Diff),
}

/// Propose a profile from an SBOM: a TOML draft in which every assumed line says so
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright profile init image.spdx.json > profile.toml\n  patchwright profile init image.spdx.json --kernel-config .config --product edge-gateway > profile.toml"
)]
struct Init {
    /// SBOMs and build evidence of one release; the kind is found by content
    #[arg(value_name = "SBOM", required = true)]
    files: Vec<PathBuf>,
    /// The .config of the kernel: radios it supports become interfaces; repeatable
    #[arg(long, value_name = "FILE")]
    kernel_config: Vec<PathBuf>,
    /// The product's id: lower-case letters, digits and -
    #[arg(long, value_name = "NAME")]
    product: Option<String>,
    /// The day from which it is valid (ISO 8601); default: today
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Print JSON, which has no comments
    #[arg(long)]
    json: bool,
}

/// Check profiles: their form, then rules V01 to V16; with an SBOM also whether they fit the release
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright profile check profile.toml\n  patchwright profile check profile.toml --sbom image.spdx.json --kernel-config .config\n\nExit codes: 0 no error · 1 an error (warnings alone do not fail) · 2 wrong usage · 3 a file could not be read"
)]
struct Check {
    /// Profiles, TOML or JSON; several are also checked together
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// SBOMs of a release that the profile covers; repeatable
    #[arg(long, value_name = "FILE")]
    sbom: Vec<PathBuf>,
    /// The .config of that release's kernel; repeatable
    #[arg(long, value_name = "FILE", requires = "sbom")]
    kernel_config: Vec<PathBuf>,
    /// Judge the age as of this time (ISO 8601); default: now
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Say in words what a profile states, and what each line opens or closes
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright profile explain profile.toml\n  patchwright profile explain profile.toml --json"
)]
struct Explain {
    /// The profile, TOML or JSON
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Print the keys that differ between two profiles
#[derive(Args)]
#[command(after_help = "Examples:\n  patchwright profile diff profile-2.toml profile-3.toml")]
struct Diff {
    /// The older profile, TOML or JSON
    #[arg(value_name = "FROM")]
    from: PathBuf,
    /// The newer profile, TOML or JSON
    #[arg(value_name = "TO")]
    to: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Profile {
    /// Runs the deed.
    pub fn run(self, global: &Global) -> Result<Exit, Failure> {
        match self.deed {
            Deed::Init(init) => init.run(global),
            Deed::Check(check) => check.run(global),
            Deed::Explain(explain) => explain.run(),
            Deed::Diff(diff) => diff.run(),
        }
    }
}

impl Init {
    fn run(self, global: &Global) -> Result<Exit, Failure> {
        if let Some(product) = self.product.as_deref().filter(|name| !service::profile::is_product_id(name)) {
            let message = format!("{product:?} is no product id");
            return Err(Failure::new(Exit::Usage, message)
                .hint("lower-case letters, digits and -, not beginning with -: edge-gateway"));
        }
        let inventory = inventory(&self.files, &self.kernel_config)?;
        let day = time(self.at)?.strftime("%Y-%m-%d").to_string();
        let draft = service::profile::draft(&inventory, self.product.as_deref(), &day);
        let text = match self.json {
            true => format!("{}\n", service::profile::to_json(&draft.profile)),
            false => draft.to_toml(),
        };
        scan::buffered(|out| out.write_all(text.as_bytes()))?;
        if !global.quiet {
            let services = draft.profile.services.len();
            output::hint(&format!(
                "{services} services inferred; correct the lines, then: patchwright profile check FILE --sbom SBOM"
            ))?;
        }
        Ok(Exit::Done)
    }
}

impl Check {
    fn run(self, global: &Global) -> Result<Exit, Failure> {
        let mut profiles = Vec::new();
        for path in &self.files {
            profiles.push((path.display().to_string(), read(path)?));
        }
        let inventory = match self.sbom.as_slice() {
            [] => None,
            files => Some(inventory(files, &self.kernel_config)?),
        };
        let at = time(self.at)?.to_string();
        let found = service::profile::check(&profiles, inventory.as_ref(), &at);
        if self.json {
            scan::buffered(|out| output::write_check_json(out, &profiles, &found))?;
        } else {
            let width = scan::terminal_width();
            output::write_check(&mut anstream::stdout().lock(), &profiles, &found, width)?;
            if inventory.is_none() && !global.quiet {
                output::hint("V07, V08, V11 and V16 look at a release: give its SBOM with --sbom")?;
            }
        }
        let is_wrong = found.iter().any(|checked| checked.finding.is_error);
        Ok(if is_wrong { Exit::Failed } else { Exit::Done })
    }
}

impl Explain {
    fn run(self) -> Result<Exit, Failure> {
        let profile = read(&self.file)?;
        let explained = service::profile::explain(&profile);
        if self.json {
            scan::buffered(|out| output::write_explained_json(out, &profile, &explained))?;
        } else {
            output::write_explained(&mut anstream::stdout().lock(), &profile, &explained)?;
        }
        Ok(Exit::Done)
    }
}

impl Diff {
    fn run(self) -> Result<Exit, Failure> {
        let changes = service::profile::diff(&read(&self.from)?, &read(&self.to)?);
        if self.json {
            scan::buffered(|out| output::write_diff_json(out, &changes))?;
        } else {
            output::write_diff(&mut anstream::stdout().lock(), &changes)?;
        }
        Ok(Exit::Done)
    }
}

fn time(at: Option<String>) -> Result<jiff::Timestamp, Failure> {
    KnowledgeOptions { at, ..KnowledgeOptions::default() }.time()
}

fn inventory(files: &[PathBuf], kernel_config: &[PathBuf]) -> Result<Inventory, Failure> {
    let evidence = EvidenceOptions { kernel_config: kernel_config.to_vec(), ..EvidenceOptions::default() };
    scan::read(&scan::request(files, &evidence)?)
}

/// Reads a profile; what is wrong with it is told line by line.
pub fn read(path: &Path) -> Result<Read, Failure> {
    let document = input::document(path).map_err(|failure| {
        failure.hint("give the path of a deployment profile; patchwright profile init proposes one")
    })?;
    service::profile::read(&document).map_err(refused)
}

fn refused(error: ProfileError) -> Failure {
    let mut message = format!("cannot read {}", error.file);
    for fault in error.faults.iter().take(MOST_FAULTS) {
        message.push_str(&format!("\n  {}", crate::output::table::printable(&fault.to_string())));
    }
    if error.faults.len() > MOST_FAULTS {
        message.push_str(&format!("\n  {} more", error.faults.len() - MOST_FAULTS));
    }
    Failure::new(Exit::Unreadable, message)
        .hint("the keys and their words are listed in docs/manual/profile.md")
}
