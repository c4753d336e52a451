//! The few real records a test needs, taken out of the shared packs once and kept in the build's own folder.
//!
//! The packs are streamed (a gigabyte of NVD lines in a few seconds); what was found is cached under a name
//! that holds size and time of every pack, so a new pack is read again.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// A document with the path it had in its pack.
pub struct Document {
    pub path: String,
    pub bytes: Vec<u8>,
}

const PACKS: [&str; 4] =
    ["nvd-2.0-corpus", "cve-v5-vulnrichment", "kernel-cna-and-overrides-2026-07-20", "debian-osv"];

/// All documents of the packs about the wanted ids; `None` where there is no shared data.
pub fn documents(ids: &BTreeSet<String>) -> Option<Vec<Document>> {
    let packs: Vec<PathBuf> =
        PACKS.iter().map(|pack| testkit::shared(&format!("data/{pack}.tar.zst"))).collect::<Option<_>>()?;
    let cache = cache_folder(&packs, ids);
    if !cache.join("complete").exists() {
        let _ = fs::remove_dir_all(&cache);
        fs::create_dir_all(&cache).unwrap();
        for pack in &packs {
            extract(pack, ids, &cache);
        }
        fs::write(cache.join("complete"), "").unwrap();
    }
    let mut documents = Vec::new();
    collect(&cache, &cache, &mut documents);
    documents.sort_by(|a, b| a.path.cmp(&b.path));
    Some(documents)
}

fn cache_folder(packs: &[PathBuf], ids: &BTreeSet<String>) -> PathBuf {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut mix = |text: &str| {
        for byte in text.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
    };
    for pack in packs {
        let data = fs::metadata(pack).unwrap();
        let time = data.modified().unwrap().duration_since(UNIX_EPOCH).unwrap().as_secs();
        mix(&format!("{} {} {time}", pack.file_name().unwrap().display(), data.len()));
    }
    ids.iter().for_each(|id| mix(id));
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("records-{hash:016x}"))
}

fn extract(pack: &Path, ids: &BTreeSet<String>, cache: &Path) {
    let file = fs::File::open(pack).unwrap();
    let mut decoder = zstd::stream::read::Decoder::new(file).unwrap();
    decoder.window_log_max(27).unwrap();
    let mut archive = tar::Archive::new(decoder);
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = entry.path().unwrap().display().to_string();
        if path.ends_with(".jsonl") {
            let lines = wanted_lines(&mut entry, ids);
            if !lines.is_empty() {
                keep(cache, &path, &lines);
            }
        } else if is_wanted(&path, ids) {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            keep(cache, &path, &bytes);
        }
    }
}

/// `…/CVE-2024-47611.json`, `…/CVE-2024-47611.dyad`.
fn is_wanted(path: &str, ids: &BTreeSet<String>) -> bool {
    let file = path.rsplit('/').next().unwrap_or(path);
    let stem = file.split('.').next().unwrap_or(file);
    (file.ends_with(".json") || file.ends_with(".dyad")) && ids.contains(stem)
}

fn wanted_lines(source: &mut dyn Read, ids: &BTreeSet<String>) -> Vec<u8> {
    let mut reader = BufReader::with_capacity(1 << 20, source);
    let (mut line, mut kept) = (Vec::new(), Vec::new());
    while reader.read_until(b'\n', &mut line).unwrap() > 0 {
        let head = String::from_utf8_lossy(&line[..line.len().min(60)]);
        let id = head.split('"').find(|part| part.starts_with("CVE-"));
        if id.is_some_and(|id| ids.contains(id)) {
            kept.extend_from_slice(&line);
        }
        line.clear();
    }
    kept
}

fn keep(cache: &Path, path: &str, bytes: &[u8]) {
    let target = cache.join(path);
    fs::create_dir_all(target.parent().unwrap()).unwrap();
    fs::write(target, bytes).unwrap();
}

fn collect(root: &Path, folder: &Path, documents: &mut Vec<Document>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, documents);
        } else if path.file_name().unwrap() != "complete" {
            let name = path.strip_prefix(root).unwrap().display().to_string();
            documents.push(Document { path: name, bytes: fs::read(&path).unwrap() });
        }
    }
}
