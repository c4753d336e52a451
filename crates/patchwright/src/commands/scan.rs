//! `scan FILE…`: an SBOM in, verdicts with evidence out.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use service::knowledge::Knowledge;
use service::scan::{GitFolder, Options, Request};

use super::gate::{self, GateOptions, ReadGate};
use super::grounds::GroundOptions;
use super::knowledge::KnowledgeOptions;
use super::outputs::OutputOptions;
use super::{Global, input};
use crate::exit::{Exit, Failure};
use crate::output::answer::Answer;

/// Judge what is in a release: affected, not affected or to review, with evidence
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright scan core-image-minimal.spdx.json\n  patchwright scan sbom.cdx.json --kernel-config .config --compiled-files files.txt\n  patchwright scan image.spdx.json --index knowledge.pwx --format json --all > findings.json\n  patchwright scan image.spdx.json --profile gateway.toml --out html=report.html --out sarif=scan.sarif\n  patchwright scan image.spdx.json --fail-on immediate --max-index-age 7d\n\nExit codes: 0 done, gate passed · 1 gate failed · 2 wrong usage · 3 input unreadable · 4 cannot judge · 5 fault"
)]
pub struct Scan {
    /// SBOMs and build evidence of one release, root file systems as directory or image; the kind is found by content, - is
    /// standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    knowledge: KnowledgeOptions,
    #[command(flatten)]
    evidence: EvidenceOptions,
    #[command(flatten)]
    grounds: GroundOptions,
    #[command(flatten)]
    outputs: OutputOptions,
    /// Include not_affected findings
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    gate: GateOptions,
}

/// Build evidence that the caller names.
#[derive(Args, Clone, Debug, Default)]
pub struct EvidenceOptions {
    /// The .config of the kernel, U-Boot or BusyBox; repeatable
    #[arg(long, value_name = "FILE")]
    pub kernel_config: Vec<PathBuf>,
    /// A list of compiled source files; repeatable
    #[arg(long, value_name = "FILE")]
    pub compiled_files: Vec<PathBuf>,
    /// A folder with the patches that the SBOM lists, to compare their content; folders below it too
    #[arg(long, value_name = "DIR")]
    pub patches: Option<PathBuf>,
    /// A folder with fixes as their projects made them (git format-patch), to compare the patches with
    #[arg(long, value_name = "DIR")]
    pub fixes: Option<PathBuf>,
    /// A clone of the kernel's repository: fixes are looked for in the history of the kernel's own commit
    #[arg(long, value_name = "DIR")]
    pub kernel_git: Option<PathBuf>,
    /// A clone of another component's repository; repeatable
    #[arg(long, value_name = "COMPONENT=DIR")]
    pub git: Vec<String>,
}

impl Scan {
    /// Reads, judges, prints, and answers the gate.
    pub fn run(self, global: &Global) -> Result<Exit, Failure> {
        self.outputs.check()?;
        let request = request(&self.files, &self.evidence)?;
        let gate = self.gate.read(&self.knowledge)?;
        let knowledge = self.knowledge.open()?;
        let mut inventory = read_for(&request, &knowledge)?;
        if self.outputs.wants_fingerprints() {
            service::scan::add_fingerprints(&mut inventory, &request);
        }
        let at = self.knowledge.time()?;
        let grounds = self.grounds.read(&inventory)?;
        let mut options = Options {
            at: at.to_string(),
            max_index_age_days: self.knowledge.max_age_days()?,
            with_not_affected: self.all,
            ..Options::default()
        };
        self.outputs.prepare(&mut options);
        options.verdicts_only &= !gate.as_ref().is_some_and(ReadGate::needs_evidence);
        let mut judged = service::judge::judge(&knowledge, &inventory, &grounds, &options);
        if let Some(gate) = &gate {
            gate.ask(&knowledge, &inventory, &mut judged, at);
        }
        let answer =
            Answer { inventory: &inventory, judged: &judged, knowledge: &knowledge, at, all: self.all };
        self.outputs.write(&answer)?;
        let end = gate::end(&judged, &inventory, global);
        // The process ends with it: to give back piece by piece what thousands of findings hold is work for nobody.
        std::mem::forget((judged, inventory, knowledge));
        end
    }
}

/// The width of the terminal, or none when standard output is no terminal.
pub fn terminal_width() -> Option<u16> {
    let terminal = console::Term::stdout();
    if !terminal.is_term() {
        return None;
    }
    terminal.size_checked().map(|(_, columns)| columns)
}

/// Writes through a buffer to standard output.
pub fn buffered(write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<(), Failure> {
    let mut out = std::io::BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    write(&mut out)?;
    out.flush()?;
    Ok(())
}

/// Collects the files of one release.
pub fn request(files: &[PathBuf], evidence: &EvidenceOptions) -> Result<Request, Failure> {
    let files_below = |folder: &Option<PathBuf>| match folder {
        Some(folder) => input::patches_below(folder),
        None => Ok(Vec::new()),
    };
    Ok(Request {
        documents: input::documents(files)?,
        configs: input::documents(&evidence.kernel_config)?,
        compiled_files: input::documents(&evidence.compiled_files)?,
        patches: input::documents(&files_below(&evidence.patches)?)?,
        fixes: input::documents(&files_below(&evidence.fixes)?)?,
        git: clones(evidence)?,
    })
}

fn clones(evidence: &EvidenceOptions) -> Result<Vec<GitFolder>, Failure> {
    let kernel = evidence.kernel_git.iter();
    let kernel = kernel.map(|folder| Ok(GitFolder { component: String::new(), folder: folder.clone() }));
    let others = evidence.git.iter().map(|text| GitFolder::parse(text));
    kernel.chain(others).collect::<Result<_, String>>().map_err(|why| Failure::new(Exit::Usage, why))
}

/// Reads them into one inventory.
pub fn read(request: &Request) -> Result<model::sbom::Inventory, Failure> {
    service::scan::read(request).map_err(unreadable)
}

/// As [`read`], to be judged: with the content of the fixes that applied patches are compared with.
pub fn read_for(request: &Request, knowledge: &Knowledge) -> Result<model::sbom::Inventory, Failure> {
    let mut inventory = read(request)?;
    service::history::add_fixes(&mut inventory, request, knowledge).map_err(unreadable)?;
    Ok(inventory)
}

fn unreadable(error: service::scan::ReadError) -> Failure {
    let hint = match &error {
        service::scan::ReadError::Git { .. } => "docs/manual/evidence.md tells how a clone is asked",
        _ => "the formats that are read, and how to make them, are listed in docs/manual/formats.md",
    };
    Failure::new(Exit::Unreadable, error.to_string()).hint(hint)
}
