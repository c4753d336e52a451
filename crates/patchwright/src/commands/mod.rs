//! Every verb, one file each; this list is the command line.

mod ask;
mod assess;
mod backup;
mod compare;
mod completions;
mod cvss;
mod decide;
mod decisions;
mod demo;
mod explain;
mod feeds;
mod gate;
mod grounds;
mod index;
mod input;
mod installation;
mod inventory;
mod knowledge;
mod man;
mod migrate;
mod plan;
mod policy;
mod read_image;
mod outputs;
mod profile;
mod restore;
mod sbom;
mod scan;
mod server_gate;
mod store;
mod serve;
mod tables;
mod upload;
mod version;
mod vex;

use clap::{Args, CommandFactory, Parser, Subcommand};

use crate::exit::{Exit, Failure};

/// Closes the loop between the maker of a device and the owner who runs it.
#[derive(Parser)]
#[command(
    name = "patchwright",
    version,
    about = "Reads what is in a device, compares it with what the world knows, and answers with evidence",
    after_help = "Start here:\n  patchwright demo                          the main job on embedded samples, no network\n  patchwright scan image.spdx.json          verdicts with evidence for one image\n  patchwright explain CVE-2024-47611 --sbom image.spdx.json\n\nManual: docs/manual/README.md",
    propagate_version = true
)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    verb: Verb,
}

/// Options that every verb knows.
#[derive(Args, Clone, Debug, Default)]
pub struct Global {
    /// Say only what was asked for: no progress, no hints
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

#[derive(Subcommand)]
enum Verb {
    Scan(scan::Scan),
    Assess(assess::Assess),
    Explain(explain::Explain),
    Plan(plan::Plan),
    Compare(compare::Compare),
    Inventory(inventory::Inventory),
    Sbom(sbom::Sbom),
    Profile(profile::Profile),
    Vex(vex::Vex),
    Decisions(decisions::Decisions),
    Policy(policy::Policy),
    Tables(tables::Tables),
    Serve(serve::Serve),
    Index(index::Index),
    Feeds(feeds::Feeds),
    Version(version::Version),
    Cvss(cvss::Cvss),
    Upload(upload::Upload),
    Today(ask::Today),
    Releases(ask::Releases),
    Findings(ask::Findings),
    Finding(ask::Finding),
    Decide(decide::Decide),
    Vulnerability(ask::Vulnerability),
    Jobs(ask::Jobs),
    Migrate(migrate::Migrate),
    Backup(backup::Backup),
    Restore(restore::Restore),
    Store(store::Store),
    Demo(demo::Demo),
    Completions(completions::Completions),
    Man(man::Man),
    #[command(hide = true)]
    ReadImage(read_image::ReadImage),
}

/// Reads the command line and runs the verb.
pub fn run() -> Result<Exit, Failure> {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are answers, not errors; clap prints both kinds to the right stream.
            error.print()?;
            return Ok(if error.use_stderr() { Exit::Usage } else { Exit::Done });
        }
    };
    match cli.verb {
        Verb::Scan(verb) => verb.run(&cli.global),
        Verb::Assess(verb) => verb.run(&cli.global),
        Verb::Explain(verb) => verb.run(&cli.global),
        Verb::Plan(verb) => verb.run(&cli.global),
        Verb::Compare(verb) => verb.run(&cli.global),
        Verb::Inventory(verb) => verb.run(&cli.global),
        Verb::Sbom(verb) => verb.run(&cli.global),
        Verb::Profile(verb) => verb.run(&cli.global),
        Verb::Vex(verb) => verb.run(&cli.global),
        Verb::Decisions(verb) => verb.run(&cli.global),
        Verb::Policy(verb) => verb.run(&cli.global),
        Verb::Tables(verb) => verb.run(),
        Verb::Serve(verb) => verb.run(&cli.global),
        Verb::Index(verb) => verb.run(&cli.global),
        Verb::Feeds(verb) => verb.run(&cli.global),
        Verb::Version(verb) => verb.run(),
        Verb::Cvss(verb) => verb.run(),
        Verb::Upload(verb) => verb.run(&cli.global),
        Verb::Today(verb) => verb.run(&cli.global),
        Verb::Releases(verb) => verb.run(&cli.global),
        Verb::Findings(verb) => verb.run(&cli.global),
        Verb::Finding(verb) => verb.run(&cli.global),
        Verb::Decide(verb) => verb.run(&cli.global),
        Verb::Vulnerability(verb) => verb.run(&cli.global),
        Verb::Jobs(verb) => verb.run(&cli.global),
        Verb::Migrate(verb) => verb.run(&cli.global),
        Verb::Backup(verb) => verb.run(&cli.global),
        Verb::Restore(verb) => verb.run(&cli.global),
        Verb::Store(verb) => verb.run(&cli.global),
        Verb::Demo(verb) => verb.run(&cli.global),
        Verb::Completions(verb) => verb.run(),
        Verb::Man(verb) => verb.run(),
        Verb::ReadImage(verb) => verb.run(),
    }
}

/// The command tree, for the man page and the completions.
pub fn tree() -> clap::Command {
    Cli::command()
}
