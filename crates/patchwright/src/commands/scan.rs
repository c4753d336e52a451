//! `scan FILE…`: an SBOM in, verdicts with evidence out.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use model::finding::Verdict;
use service::scan::{Options, Request};

use super::grounds::GroundOptions;
use super::knowledge::KnowledgeOptions;
use super::outputs::OutputOptions;
use super::{Global, input};
use crate::exit::{Exit, Failure};
use crate::output::answer::Answer;

/// The age an index may have when a gate asks it (ARCHITECTURE.md: a gate takes 7 days).
const GATE_AGE: &str = "7d";

/// Judge what is in a release: affected, not affected or to review, with evidence
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright scan core-image-minimal.spdx.json\n  patchwright scan sbom.cdx.json --kernel-config .config --compiled-files files.txt\n  patchwright scan image.spdx.json --index knowledge.pwx --format json --all > findings.json\n  patchwright scan image.spdx.json --profile gateway.toml --out html=report.html --out sarif=scan.sarif\n  patchwright scan image.spdx.json --fail-on affected --max-index-age 7d\n\nExit codes: 0 done, gate passed · 1 gate failed · 2 wrong usage · 3 input unreadable · 4 cannot judge · 5 fault"
)]
pub struct Scan {
    /// SBOMs and build evidence of one release; the kind is found by content, - is standard input
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
    /// End with code 1 when a finding has this verdict; repeatable
    #[arg(long, value_enum, value_name = "VERDICT")]
    fail_on: Vec<Gate>,
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
    /// A folder with the patches that the SBOM lists, to compare their content
    #[arg(long, value_name = "DIR")]
    pub patches: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Gate {
    /// An affected finding fails the gate
    Affected,
    /// A finding to review fails the gate
    NeedsReview,
}

impl Scan {
    /// Reads, judges, prints, and answers the gate.
    pub fn run(self, _: &Global) -> Result<Exit, Failure> {
        self.outputs.check()?;
        let request = request(&self.files, &self.evidence)?;
        let mut options = self.knowledge.clone();
        if !self.fail_on.is_empty() && options.max_index_age.is_none() {
            options.max_index_age = Some(GATE_AGE.to_owned());
        }
        let knowledge = options.open()?;
        let mut inventory = read(&request)?;
        if self.outputs.wants_fingerprints() {
            service::scan::add_fingerprints(&mut inventory, &request);
        }
        let at = options.time()?;
        let grounds = self.grounds.read(&inventory)?;
        let mut options = Options {
            at: at.to_string(),
            max_index_age_days: self.knowledge.max_age_days()?,
            with_not_affected: self.all,
            ..Options::default()
        };
        self.outputs.prepare(&mut options);
        let judged = service::judge::judge(&knowledge, &inventory, &grounds, &options);
        let answer =
            Answer { inventory: &inventory, judged: &judged, knowledge: &knowledge, at, all: self.all };
        self.outputs.write(&answer)?;
        Ok(self.gate(&answer))
    }

    fn gate(&self, answer: &Answer<'_>) -> Exit {
        let failed = self.fail_on.iter().any(|gate| match gate {
            Gate::Affected => answer.number(Verdict::Affected) > 0,
            Gate::NeedsReview => answer.number(Verdict::NeedsReview) > 0,
        });
        if failed { Exit::Failed } else { Exit::Done }
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
    let patches = match &evidence.patches {
        Some(folder) => input::files_of(folder)?,
        None => Vec::new(),
    };
    Ok(Request {
        documents: input::documents(files)?,
        configs: input::documents(&evidence.kernel_config)?,
        compiled_files: input::documents(&evidence.compiled_files)?,
        patches: input::documents(&patches)?,
    })
}

/// Reads them into one inventory.
pub fn read(request: &Request) -> Result<model::sbom::Inventory, Failure> {
    service::scan::read(request).map_err(|error| {
        Failure::new(Exit::Unreadable, error.to_string())
            .hint("the formats that are read, and how to make them, are listed in docs/manual/formats.md")
    })
}
