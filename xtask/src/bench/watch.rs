//! `bench rescan`: a change of knowledge followed through many releases, and an upload judged, on SQLite and PostgreSQL.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{Row, build, data, measure, page, row};
use crate::postgres::Cluster;
use crate::shell;

/// What is inside the figures.
const NOTES: &str = "The store holds the SBOMs of the pack, each received and judged with the full index, and releases of 1,000 of their \
    components, each with one kernel, in the settings (platform, feeds) of the judged ones. *Changed CVEs* are chosen at random and treated as if \
    every record of theirs had changed; every other stored pair of theirs is forgotten before, so that something is to be written. **Measured** is the \
    job `RescanChanged` from the delta to its commit: settings of all releases, components by key and by stored pair, the releases that ship them, \
    judging each pair of component and CVE once for each setting, writing changed pairs and facts of vulnerabilities, and queueing a job for each touched \
    release. **Not inside**: those jobs, which judge a touched release in full and write its findings, events and alerts; the last row tells what one takes. \
    CPU is that of all threads of the process, SQLite inside, a PostgreSQL server outside.";

/// Runs the measurements: `rescan [--index FILE] [--releases N] [--cves N] [--write]`.
pub fn run(root: &Path, words: &[String]) -> Result<(), String> {
    let value = |name: &str| {
        let at = words.iter().position(|word| word == name)?;
        words.get(at + 1).cloned()
    };
    let data = data::Data::prepare(root)?;
    let index = match value("--index") {
        Some(index) => PathBuf::from(index),
        None => known_index(root, &data)?,
    };
    shell::run(root, "cargo", &["build", "--release", "--locked", "-p", "service", "--example", "watch"])?;
    let program = data::target(root).join("release/examples/watch");
    let mut rows = Vec::new();
    let text = |path: &Path| path.display().to_string();
    let releases = value("--releases").unwrap_or_else(|| "10000".to_owned());
    let cves = value("--cves").unwrap_or_else(|| "1000".to_owned());
    let store = data.cache.join(format!("watch-{releases}"));
    let sboms = data.cache.join("sboms/sboms");
    let rescan = ["rescan".to_owned(), text(&index), text(&sboms), text(&store), releases, cves];
    lines(&program, &rescan, &mut rows)?;
    let upload = data.cache.join("watch-upload");
    let mut upload = vec!["upload".to_owned(), text(&index), text(&data.yocto_image), text(&upload)];
    // Kept until the end: dropped, the server is gone.
    let cluster = Cluster::start();
    match &cluster {
        Ok(cluster) => upload.push(cluster.url()),
        Err(why) => eprintln!("not measured on PostgreSQL: {why}"),
    }
    lines(&program, &upload, &mut rows)?;
    let page = page(&rows, &[NOTES.to_owned()])
        .replace("`cargo xtask bench --write`", "`cargo xtask bench rescan --write`");
    println!("\n{page}");
    if words.iter().any(|word| word == "--write") {
        let path = root.join("docs/benchmarks-watch.md");
        std::fs::write(&path, page).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    }
    Ok(())
}

/// The index of the other benchmarks, built where it is not there.
fn known_index(root: &Path, data: &data::Data) -> Result<PathBuf, String> {
    let index = data.cache.join("bench.pwx");
    if index.exists() {
        return Ok(index);
    }
    measure::require_time()?;
    shell::run(root, "cargo", &["build", "--release", "--locked", "-p", "patchwright"])?;
    build(&data::target(root).join("release/patchwright"), data, &mut Vec::new())
}

/// Runs the program; its lines `watch <tab> what <tab> figures` become rows.
fn lines(program: &Path, words: &[String], rows: &mut Vec<Row>) -> Result<(), String> {
    let output = Command::new(program)
        .args(words)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cannot start {}: {error}", program.display()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    for line in text.lines().filter_map(|line| line.strip_prefix("watch\t")) {
        if let Some((what, figures)) = line.split_once('\t') {
            row(rows, what, figures.to_owned());
        }
    }
    if output.status.success() { Ok(()) } else { Err(format!("{} failed", words.join(" "))) }
}
