//! In-process figures: matching alone, the index warm, the BOM already read.
//!
//! `cargo bench -p patchwright --bench warm -- INDEX SBOM…`; prints lines `warm <tab> what <tab> figures`.
//! Used by `cargo xtask bench`; without arguments it measures the sample products on the starter knowledge.

use std::path::Path;
use std::time::{Duration, Instant};

use service::knowledge::{self, Knowledge};
use service::scan::{Document, Options, Request};

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
    for verdicts_only in [true, false] {
        let options = Options { at: "2026-11-22T00:00:00Z".to_owned(), verdicts_only, ..Options::default() };
        let mut times = Vec::new();
        let mut findings = 0;
        let begin = Instant::now();
        while times.len() < RUNS && (times.len() < 3 || begin.elapsed() < ENOUGH) {
            let start = Instant::now();
            findings = service::scan::judge(knowledge, &inventory, &options).findings.len();
            times.push(start.elapsed().as_secs_f64() * 1e3);
        }
        times.sort_by(f64::total_cmp);
        println!(
            "warm\tmatching {} components of {name}, warm, in process, {}\t{:.1} ms wall ({findings} findings)",
            inventory.components.len(),
            if verdicts_only { "verdicts" } else { "verdicts with all evidence" },
            times[times.len() / 2]
        );
    }
}
