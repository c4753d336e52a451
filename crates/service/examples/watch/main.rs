//! Measures the watch on real data: how long a change of knowledge takes to be followed, and an upload to be judged.
//!
//! `watch rescan INDEX SBOM-FOLDER DATA-FOLDER [RELEASES [CVES]]`: fills a store in the folder (kept for the next run) with
//! releases of 1,000 components of the SBOMs, and follows changes of randomly chosen CVEs.
//! `watch upload INDEX SBOM DATA-FOLDER [POSTGRES-URL]`: one SBOM from its bytes to its findings, in new stores.
//! Prints lines `watch <tab> what <tab> figures`. Used by `cargo xtask bench rescan`.

mod cpu;
mod fill;
mod follow;
mod upload;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use service::house::{Fault, House};
use service::knowledge;
use store::Store;
use store::blobs::Directory;

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<(), Fault> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    // Threads stay, so that none takes what it used with it.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_keep_alive(Duration::from_secs(3_600))
        .build()
        .map_err(|error| Fault::Broken(error.to_string()))?;
    runtime.block_on(async {
        match words.as_slice() {
            ["rescan", index, sboms, folder, rest @ ..] => {
                let number = |at: usize, other: usize| {
                    rest.get(at).and_then(|word: &&str| word.parse().ok()).unwrap_or(other)
                };
                let (releases, cves) = (number(0, 10_000), number(1, 1_000));
                follow::measure(Path::new(index), Path::new(sboms), Path::new(folder), releases, cves).await
            }
            ["upload", index, sbom, folder, rest @ ..] => {
                upload::measure(Path::new(index), Path::new(sbom), Path::new(folder), rest.first().copied())
                    .await
            }
            _ => Err(Fault::Refused("watch rescan|upload INDEX SBOM(S) DATA-FOLDER …".to_owned())),
        }
    })
}

/// A house over a data folder, or over PostgreSQL with its blobs in the folder.
async fn open(index: &Path, folder: &Path, url: Option<&str>, generation: &str) -> Result<House, Fault> {
    std::fs::create_dir_all(folder).map_err(|error| Fault::Broken(error.to_string()))?;
    let url = url.map_or_else(|| store::sqlite_url(&folder.join("patchwright.db")), str::to_owned);
    let store = Store::open(&url).await?;
    let blobs = Arc::new(Directory::open(&folder.join("blobs"))?);
    Ok(House::new(store, blobs, open_index(index)?, generation.to_owned()))
}

fn open_index(index: &Path) -> Result<knowledge::Knowledge, Fault> {
    knowledge::open(index).map_err(|error| Fault::Broken(error.to_string()))
}
