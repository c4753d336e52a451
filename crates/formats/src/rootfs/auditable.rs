//! The section of `cargo auditable`: zlib-compressed JSON with every crate of a Rust program.

use std::io::Read;

use flate2::read::ZlibDecoder;
use serde::Deserialize;

use super::schema::Crate;

/// Its name.
pub const SECTION: &str = ".dep-v0";

/// Bytes after decompression; that of a large program is 50 kB.
const LIMIT: u64 = 16 << 20;

#[derive(Deserialize)]
struct Tree {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    #[serde(default)]
    source: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    root: bool,
}

/// Reads the section; `None` where it is broken.
pub fn read(section: &[u8]) -> Option<Vec<Crate>> {
    let mut text = Vec::new();
    ZlibDecoder::new(section).take(LIMIT).read_to_end(&mut text).ok()?;
    let tree: Tree = serde_json::from_slice(&text).ok()?;
    let mut crates: Vec<Crate> = tree.packages.into_iter().map(of).collect();
    crates.sort();
    crates.dedup();
    Some(crates)
}

/// What is linked in is said by leaving the kind out.
fn of(package: Package) -> Crate {
    let kind = if package.kind.is_empty() { "runtime".to_owned() } else { package.kind };
    Crate { name: package.name, version: package.version, source: package.source, kind, root: package.root }
}
