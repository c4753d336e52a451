//! Documents of the hand-over folder: one pack read once, or a folder of a conformance suite.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The members of `data/sboms.tar.zst` by name, without the kernel configurations; `None` when the folder is
/// absent.
pub fn sboms() -> Option<&'static BTreeMap<String, Vec<u8>>> {
    static PACK: OnceLock<Option<BTreeMap<String, Vec<u8>>>> = OnceLock::new();
    PACK.get_or_init(|| {
        let packed = fs::File::open(testkit::shared("data/sboms.tar.zst")?).expect("the pack can be read");
        let mut tape = tar::Archive::new(zstd::Decoder::new(packed).expect("zstd"));
        let mut members = BTreeMap::new();
        // Not through our own reader, which would open the archives inside of the pack.
        for entry in tape.entries().expect("tar") {
            let mut entry = entry.expect("the pack is whole");
            let name = entry.path().expect("a name").to_string_lossy().into_owned();
            if entry.header().entry_type().is_file() && !name.contains("configs/") {
                let mut content = Vec::new();
                entry.read_to_end(&mut content).expect("a member can be read");
                members
                    .insert(name.trim_start_matches("./").trim_start_matches("sboms/").to_owned(), content);
            }
        }
        Some(members)
    })
    .as_ref()
}

/// One document of the pack.
pub fn sbom(name: &str) -> Option<&'static [u8]> {
    let members = sboms()?;
    Some(members.get(name).unwrap_or_else(|| panic!("{name} is missing in the pack")))
}

/// The members of any other pack by name; `None` when the folder is absent. Read anew each time: ask once.
pub fn pack(path: &str) -> Option<BTreeMap<String, Vec<u8>>> {
    let packed = fs::File::open(testkit::shared(path)?).expect("the pack can be read");
    let mut tape = tar::Archive::new(zstd::Decoder::new(packed).expect("zstd"));
    let mut members = BTreeMap::new();
    for entry in tape.entries().expect("tar") {
        let mut entry = entry.expect("the pack is whole");
        if entry.header().entry_type().is_file() {
            let name = entry.path().expect("a name").to_string_lossy().into_owned();
            let mut content = Vec::new();
            entry.read_to_end(&mut content).expect("a member can be read");
            members.insert(name.trim_start_matches("./").to_owned(), content);
        }
    }
    Some(members)
}

/// All files below a folder of the hand-over folder, sorted, with their content.
pub fn files(folder: &str) -> Option<Vec<(String, Vec<u8>)>> {
    let root = testkit::shared(folder)?;
    let mut found = Vec::new();
    collect(&root, &root, &mut found);
    found.sort();
    Some(found)
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    let entries: Vec<PathBuf> =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    for path in entries {
        if path.is_dir() {
            collect(root, &path, found);
        } else {
            let name = path.strip_prefix(root).expect("below the root").to_string_lossy().into_owned();
            found.push((name, fs::read(&path).expect("a file")));
        }
    }
}
