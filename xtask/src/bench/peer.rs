//! The peer: sbom-cve-check, Yocto's scanner, run offline on the same records and the same image.
//!
//! It reads two git work trees; both are written from the same packs that our index is built from. The answers are
//! compared before the times.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::data::Data;
use super::measure::measure;
use super::{Row, files_below, row};
use crate::shell;

/// A single NVD line above this is left out of the peer's tree (one record has 520 MB and would not be read).
const MOST_BYTES: usize = 8 << 20;

/// Installs the peer, writes its trees, runs both, and adds rows and the comparison of the answers.
pub fn compare(
    binary: &Path,
    data: &Data,
    index: &Path,
    rows: &mut Vec<Row>,
    notes: &mut Vec<String>,
) -> Result<(), String> {
    let program = install(&data.cache)?;
    let databases = data.cache.join("peer-databases");
    let left_out = trees(data, &databases)?;
    let out = data.cache.join("peer-out.json");
    let peer = vec![
        "env".to_owned(),
        format!("SBOM_CVE_CHECK_DATABASES_DIR={}", databases.display()),
        program.display().to_string(),
        "--offline-mode".into(),
        "--disable-auto-updates".into(),
        "--sbom-path".into(),
        data.yocto_image.display().to_string(),
        "--export-type".into(),
        "yocto-cve-check-manifest".into(),
        "--export-path".into(),
        out.display().to_string(),
    ];
    let theirs = measure(&peer, 3)?;
    if !out.exists() {
        return Err("the peer wrote no answer: run it by hand to see why".to_owned());
    }
    row(rows, "sbom-cve-check on the Yocto image, warm", theirs.text());
    let ours_words = vec![
        binary.display().to_string(),
        "scan".into(),
        data.yocto_image.display().to_string(),
        "--index".into(),
        index.display().to_string(),
        "--format".into(),
        "json".into(),
    ];
    let plain_words: Vec<String> = ours_words.iter().take(5).cloned().collect();
    for (what, words) in [("", &plain_words), (", all evidence as JSON", &ours_words)] {
        let ours = measure(words, 9)?;
        row(rows, &format!("patchwright on the Yocto image{what}, cold process, same run"), ours.text());
        let ratio = format!(
            "{:.0} x CPU, {:.0} x wall, {:.1} x memory",
            theirs.cpu / ours.cpu.max(0.001),
            theirs.wall / ours.wall.max(0.001),
            theirs.peak as f64 / ours.peak as f64
        );
        row(rows, &format!("sbom-cve-check / patchwright{what}"), ratio);
    }
    notes.push(format!(
        "The peer read the same records, but for {left_out} NVD record(s) above {} MB. Both numbers are for subsets of the public data. \
         Whether the peer's cache is fully used here is not known: with 76,000 records 2.8 s of CPU have been seen for a warm run on another \
         machine. Its command line writes a manifest with texts, as our JSON does; our default table has none.",
        MOST_BYTES >> 20
    ));
    notes.push(answers(&out, &ours_words)?);
    Ok(())
}

fn install(cache: &Path) -> Result<PathBuf, String> {
    let venv = cache.join("peer-venv");
    let program = venv.join("bin/sbom-cve-check");
    if !program.exists() {
        shell::run(cache, "python3", &["-m", "venv", &venv.display().to_string()])?;
        let pip = venv.join("bin/pip").display().to_string();
        shell::run(cache, &pip, &["install", "--quiet", "sbom-cve-check", "zstandard"])?;
    }
    Ok(program)
}

/// Writes both trees once; returns how many NVD records were too large.
fn trees(data: &Data, databases: &Path) -> Result<usize, String> {
    let done = databases.join(".complete");
    if let Ok(text) = fs::read_to_string(&done) {
        return text.trim().parse().map_err(|_| "damaged peer cache: delete it".to_owned());
    }
    let left_out = nvd_tree(data, &databases.join("nvd-fkie"))?;
    cve_tree(data, &databases.join("cvelist"))?;
    fs::write(&done, left_out.to_string()).map_err(|error| error.to_string())?;
    Ok(left_out)
}

fn nvd_tree(data: &Data, tree: &Path) -> Result<usize, String> {
    let mut left_out = 0;
    for file in files_below(&data.cache.join("nvd-2.0-corpus"), "jsonl") {
        let reader = BufReader::with_capacity(1 << 20, File::open(&file).map_err(|error| error.to_string())?);
        for line in reader.lines() {
            let line = line.map_err(|error| error.to_string())?;
            if line.len() > MOST_BYTES {
                left_out += 1;
                continue;
            }
            let mut record: Value = serde_json::from_str(&line).map_err(|error| error.to_string())?;
            for date in ["published", "lastModified"] {
                if record[date].as_str().is_none_or(str::is_empty) {
                    record[date] = json!("2000-01-01T00:00:00.000");
                }
            }
            let id = record["id"].as_str().unwrap_or_default().to_owned();
            let Some((year, group)) = year_and_group(&id, 2, "xx") else { continue };
            write(&tree.join(format!("CVE-{year}/CVE-{year}-{group}/{id}.json")), &record.to_string())?;
        }
    }
    commit(tree)?;
    Ok(left_out)
}

fn cve_tree(data: &Data, tree: &Path) -> Result<(), String> {
    let sources =
        [data.cache.join("cve-v5-vulnrichment"), data.cache.join("kernel-cna-and-overrides-2026-07-20")];
    for source in sources {
        for file in files_below(&source, "json") {
            if file.iter().any(|part| part == "nvd-data-overrides") {
                continue;
            }
            let text = fs::read_to_string(&file).map_err(|error| error.to_string())?;
            let id = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let Some((year, group)) = year_and_group(&id, 3, "xxx") else { continue };
            write(&tree.join(format!("cves/{year}/{group}/{id}.json")), &completed(text, &id)?)?;
        }
    }
    commit(tree)
}

/// The kernel's tree bears no dates and spells the id otherwise; the peer stops at both.
fn completed(text: String, id: &str) -> Result<String, String> {
    if ["\"cveId\"", "\"datePublished\"", "\"dateUpdated\""].iter().all(|name| text.contains(name)) {
        return Ok(text);
    }
    let mut record: Value = serde_json::from_str(&text).map_err(|error| format!("{id}: {error}"))?;
    let metadata = &mut record["cveMetadata"];
    for (name, value) in [
        ("cveId", id),
        ("state", "PUBLISHED"),
        ("datePublished", "2000-01-01T00:00:00.000Z"),
        ("dateUpdated", "2000-01-01T00:00:00.000Z"),
    ] {
        if metadata[name].as_str().is_none_or(str::is_empty) {
            metadata[name] = json!(value);
        }
    }
    Ok(record.to_string())
}

/// `CVE-2024-12345` to `2024` and `123xx` (cut 2) or `12xxx` (cut 3).
fn year_and_group<'a>(id: &'a str, cut: usize, tail: &str) -> Option<(&'a str, String)> {
    let (year, number) = id.strip_prefix("CVE-")?.split_once('-')?;
    let head = number.get(..number.len().checked_sub(cut)?)?;
    Some((year, format!("{}{tail}", if head.is_empty() { "0" } else { head })))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    }
    fs::write(path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))
}

fn commit(tree: &Path) -> Result<(), String> {
    shell::run(tree, "git", &["init", "--quiet"])?;
    // The peer keys its cache by the HEAD commit; the content need not be tracked for that.
    let words = [
        "-c",
        "user.name=bench",
        "-c",
        "user.email=bench@example.org",
        "commit",
        "--quiet",
        "--allow-empty",
        "-m",
        "data",
    ];
    shell::run(tree, "git", &words)
}

/// Which vulnerabilities only one of the two calls open.
fn answers(theirs: &Path, ours: &[String]) -> Result<String, String> {
    let text = fs::read_to_string(theirs).map_err(|error| error.to_string())?;
    let manifest: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let mut peer = BTreeSet::new();
    for package in manifest["package"].as_array().into_iter().flatten() {
        for issue in package["issue"].as_array().into_iter().flatten() {
            if issue["status"] == "Unpatched" {
                peer.insert(issue["id"].as_str().unwrap_or_default().to_owned());
            }
        }
    }
    let words: Vec<&str> = ours.iter().skip(1).map(String::as_str).collect();
    let text = shell::output(Path::new("/"), &ours[0], &words)?;
    let scan: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let of = |verdict: &str| -> BTreeSet<String> {
        let findings = scan["findings"].as_array().into_iter().flatten();
        findings
            .filter(|finding| finding["verdict"] == verdict)
            .map(|finding| finding["vulnerability"].as_str().unwrap_or_default().to_owned())
            .collect()
    };
    let (affected, review) = (of("affected"), of("needs_review"));
    let only_peer: Vec<&String> =
        peer.iter().filter(|id| !affected.contains(*id) && !review.contains(*id)).collect();
    let only_ours: Vec<&String> = affected.iter().filter(|id| !peer.contains(*id)).collect();
    Ok(format!(
        "Answers on the Yocto image: the peer calls {} open; we call {} affected and {} to review; {} are called open by the peer alone, {} are called affected by us alone. First of the peer's alone: {}. First of ours alone: {}.",
        peer.len(),
        affected.len(),
        review.len(),
        only_peer.len(),
        only_ours.len(),
        first(&only_peer),
        first(&only_ours),
    ))
}

fn first(ids: &[&String]) -> String {
    let ids: Vec<&str> = ids.iter().take(12).map(|id| id.as_str()).collect();
    if ids.is_empty() { "none".to_owned() } else { ids.join(", ") }
}
