//! In-process figures: matching alone, the index warm, the BOM already read.
//!
//! `cargo bench -p patchwright --bench warm -- INDEX SBOM…`; prints lines `warm <tab> what <tab> figures`.
//! Used by `cargo xtask bench`; without arguments it measures the sample products on the starter knowledge.
//! Every way of asking is checked to give the same answer.

use std::path::Path;
use std::time::{Duration, Instant};

use model::sbom::Inventory;
use service::knowledge::{self, Knowledge};
use service::scan::{Document, Options, Request, Scan, Views, judge_with};

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const RUNS: usize = 15;

/// Long ones are repeated less often.
const ENOUGH: Duration = Duration::from_secs(8);

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let starter = Path::new(env!("CARGO_MANIFEST_DIR")).join("starter");
    let (knowledge, sboms) = match words.split_first() {
        Some((index, sboms)) => (knowledge::open(Path::new(index)).expect("index opens"), sboms.to_vec()),
        None => (
            knowledge::starter(
                &std::fs::read(starter.join("knowledge.jsonl")).expect("starter records"),
                &std::fs::read(starter.join("linux-6.1.kbuild")).expect("starter map"),
            )
            .expect("starter knowledge compiles"),
            vec![starter.join("gateway-4.1.0.spdx.json").display().to_string()],
        ),
    };
    for sbom in &sboms {
        measure(&knowledge, sbom);
    }
}

fn measure(knowledge: &Knowledge, sbom: &str) {
    let bytes = std::fs::read(sbom).expect("SBOM is there");
    let request =
        Request { documents: vec![Document { name: sbom.to_owned(), bytes }], ..Request::default() };
    let inventory = service::scan::read(&request).expect("SBOM is read");
    let name = Path::new(sbom).file_name().unwrap_or_default().to_string_lossy();
    let what = format!("matching {} components of {name}, in process", inventory.components.len());
    let verdicts =
        Options { at: "2026-11-22T00:00:00Z".to_owned(), verdicts_only: true, ..Options::default() };
    let evidence = Options { verdicts_only: false, ..verdicts.clone() };

    let first = report(&what, "verdicts, products never met", || {
        timed(|| judge_with(knowledge, &inventory, &verdicts, &Views::default()))
    });
    let others = [of_another_version(&inventory, "1"), of_another_version(&inventory, "2")];
    let later = report(&what, "verdicts, warm: products met in two other versions", || {
        let views = Views::default();
        for other in &others {
            judge_with(knowledge, other, &verdicts, &views);
        }
        timed(|| judge_with(knowledge, &inventory, &verdicts, &views))
    });
    let views = Views::default();
    for _ in 0..2 {
        judge_with(knowledge, &inventory, &verdicts, &views);
    }
    let again = report(&what, "verdicts, warm: products met in these versions", || {
        timed(|| judge_with(knowledge, &inventory, &verdicts, &views))
    });
    report(&what, "verdicts with all evidence", || {
        timed(|| judge_with(knowledge, &inventory, &evidence, &Views::default()))
    });
    assert!(first == later && first == again, "what is prepared changes no answer");
}

/// The same products in versions that go on where these end.
fn of_another_version(inventory: &Inventory, end: &str) -> Inventory {
    let mut other = inventory.clone();
    for component in &mut other.components {
        let version = std::mem::take(&mut component.version);
        let next = if version.is_empty() { String::new() } else { format!("{version}.{end}") };
        for cpe in component.cpes.iter_mut().filter(|cpe| cpe.cpe.version == version) {
            cpe.cpe.version.clone_from(&next);
        }
        for purl in component.purls.iter_mut().filter(|purl| purl.version == version) {
            purl.version.clone_from(&next);
        }
        component.version = next;
    }
    other
}

fn timed(work: impl FnOnce() -> Scan) -> (Duration, Scan) {
    let start = Instant::now();
    let scan = work();
    (start.elapsed(), scan)
}

/// Prints the median of several runs.
fn report(what: &str, how: &str, mut run: impl FnMut() -> (Duration, Scan)) -> Scan {
    let begin = Instant::now();
    let mut times = Vec::new();
    let mut last = Scan::default();
    while times.len() < RUNS && (times.len() < 3 || begin.elapsed() < ENOUGH) {
        let (time, scan) = run();
        times.push(time.as_secs_f64() * 1e3);
        last = scan;
    }
    times.sort_by(f64::total_cmp);
    println!("warm\t{what}, {how}\t{:.1} ms wall ({} findings)", times[times.len() / 2], last.findings.len());
    last
}
