//! The demo printed: two samples judged, and two findings of a kernel explained.

use std::io::Write;
use std::path::Path;

use model::component::Role;
use model::finding::{Finding, Verdict};
use model::reason::Reason;
use model::sbom::Inventory;
use service::judge::Grounds;
use service::knowledge::Knowledge;
use service::scan::{Document, Options, Request, Scan};

use super::super::knowledge;
use super::super::scan::{read, terminal_width};
use crate::exit::{Exit, Failure};
use crate::output::answer::{self, Answer};
use crate::output::words::{self, colour};
use crate::output::{explanation, table};
use crate::starter::{self, Sample};

/// Scans, explains, and says what this was.
pub(super) fn run(at: Option<String>, keep: Option<&Path>) -> Result<Exit, Failure> {
    let at = knowledge::KnowledgeOptions { at, ..Default::default() }.time()?;
    let knowledge = knowledge::starter()?;
    let mut out = anstream::stdout().lock();
    introduction(&mut out, &knowledge, at)?;
    let samples: [(&str, &[Sample]); 2] = [
        ("A Yocto gateway: SPDX 3.0.1 SBOM and kernel .config", &starter::GATEWAY),
        ("A Buildroot sensor: CycloneDX 1.6 SBOM", &starter::SENSOR),
    ];
    let mut first = None;
    for (title, files) in samples {
        rule(&mut out, title)?;
        let inventory = read(&request(files))?;
        let grounds = Grounds::new(service::profile::infer(&inventory));
        let judged = service::judge::judge(&knowledge, &inventory, &grounds, &options(at));
        let answer = Answer { inventory: &inventory, judged: &judged, knowledge: &knowledge, at, all: false };
        table::write(&mut out, &answer, terminal_width())?;
        writeln!(out)?;
        first.get_or_insert((inventory, judged));
    }
    if let Some((inventory, judged)) = &first {
        rule(&mut out, "Why: two findings of the gateway's kernel")?;
        explain_two(&mut out, &knowledge, inventory, &judged.scan, at)?;
    }
    if let Some(folder) = keep {
        writeln!(out, "The samples are in {}.", folder.display())?;
    }
    closing(&mut out)?;
    Ok(Exit::Done)
}

/// A heading with a line.
fn rule(out: &mut dyn Write, title: &str) -> std::io::Result<()> {
    let line = "─".repeat(72usize.saturating_sub(title.chars().count()));
    writeln!(
        out,
        "{dim}──{end} {bold}{title}{end} {dim}{line}{end}\n",
        dim = colour::DIM,
        bold = colour::BOLD,
        end = colour::END
    )
}

fn options(at: jiff::Timestamp) -> Options {
    Options { at: at.to_string(), with_not_affected: true, ..Options::default() }
}

fn request(files: &[Sample]) -> Request {
    let documents =
        files.iter().map(|(name, bytes)| Document { name: (*name).to_owned(), bytes: bytes.to_vec() });
    Request { documents: documents.collect(), ..Request::default() }
}

fn introduction(out: &mut dyn Write, knowledge: &Knowledge, at: jiff::Timestamp) -> std::io::Result<()> {
    writeln!(
        out,
        "{}This is starter knowledge{}: facts on {} that matter to embedded Linux, {}.\nIt shows how Patchwright works; it is not complete, and no answer below is a clean bill.\n",
        colour::BOLD,
        colour::END,
        words::counted(knowledge.index.len(), "vulnerability", "vulnerabilities"),
        words::age(knowledge.age_days(at)),
    )
}

/// One kernel finding that the configuration rules out, and one that it does not.
fn explain_two(
    out: &mut dyn Write,
    knowledge: &Knowledge,
    inventory: &Inventory,
    scan: &Scan,
    at: jiff::Timestamp,
) -> Result<(), Failure> {
    let mut kernel: Vec<&Finding> = scan
        .findings
        .iter()
        .filter(|finding| inventory.components[finding.component].role == Role::Kernel)
        .collect();
    kernel.sort_by_key(|finding| std::cmp::Reverse(answer::urgency(finding)));
    let ruled_out = kernel.iter().find(|finding| finding.reason == Reason::EConfigOff);
    let (Some(ruled_out), Some(stays)) = (ruled_out, kernel.iter().find(|finding| is_open(finding))) else {
        return Ok(());
    };
    for (title, finding) in
        [("What the configuration rules out", ruled_out), ("What it does not rule out", stays)]
    {
        writeln!(out, "{}{title}: {}{}", colour::BOLD, finding.vulnerability, colour::END)?;
        let component = &inventory.components[finding.component].name;
        let explained = service::scan::explain(
            knowledge,
            inventory,
            &finding.vulnerability,
            Some(component),
            &options(at),
        );
        explanation::write_short(out, &explained, inventory)?;
        writeln!(out)?;
    }
    Ok(())
}

fn is_open(finding: &Finding) -> bool {
    finding.verdict == Verdict::Affected && finding.reason == Reason::KInBranchRange
}

fn closing(out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(
        out,
        "{bold}Next{end}\n  The same in the browser, three products             patchwright demo --serve\n  These samples as files, to try other verbs on      patchwright demo --keep samples\n  One finding in full                               patchwright assess samples/gateway-4.1.0.spdx.json --explain CVE-2024-6387\n  The whole answer as a page                        patchwright scan samples/gateway-4.1.0.spdx.json --out html=report.html\n  Your own image on this starter knowledge          patchwright scan IMAGE.spdx.json --kernel-config .config\n  The full knowledge (docs/manual/feeds.md)         patchwright index build nvd/ cvelist/ kernel-vulns/ kev/ epss/ --out knowledge.pwx\n  Then                                              patchwright scan IMAGE.spdx.json --index knowledge.pwx",
        bold = colour::BOLD,
        end = colour::END,
    )
}
