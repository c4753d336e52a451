//! `bench`: build, scan cold and warm, memory, against a peer on the same records in the same run.
//!
//! Figures are whole-process CPU seconds and peak memory as the operating system accounts them (GNU time),
//! medians of several runs; the peer is a published program, installed from its package and only run.

mod data;
mod lists;
mod measure;
mod peer;

use std::path::{Path, PathBuf};

use crate::shell;
use measure::{Figures, measure};

/// Counted runs of each scan; builds are run once, they take long.
const RUNS: usize = 5;

/// What the figures are held against.
const AIMS: &str = "Aims: building the index within three times parsing alone; the Yocto image under 0.15 s of CPU and at least 20 times \
    cheaper than the peer; 1,000 components warm under 10 ms; 50,000 components under 1 s and 500 MB. Every scan assesses, too, and the Yocto image \
    takes what is aimed at, a hair more or less as the machine varies. Warm, 1,000 components of the mixed BOM are \
    matched in time, those of the dense one are not; products met in other versions only are just above the aim. 50,000 are matched in \
    time; the whole cold process, which reads, assesses and prints, takes longer, and the dense BOM a little more memory. *Mixed* is every distinct component of all SBOMs of the pack, *dense* those of one \
    Buildroot gateway (some 35 candidates each), both repeated under further versions. Table outputs ask for verdicts only; JSON carries all \
    evidence, and takes more than 0.15 s.";

/// Words of the command line.
struct Words {
    with_peer: bool,
    write: bool,
}

/// Runs all measurements and prints a Markdown table; `--write` puts it into docs/benchmarks.md.
///
/// `bench lists` measures the lists of the server instead, see [`lists`].
pub fn run(root: &Path, words: &[String]) -> Result<(), String> {
    if words.first().is_some_and(|word| word == "lists") {
        return lists::run(root, words.get(1..).unwrap_or_default());
    }
    let words = Words {
        with_peer: !words.iter().any(|word| word == "--no-peer"),
        write: words.iter().any(|word| word == "--write"),
    };
    measure::require_time()?;
    let data = data::Data::prepare(root)?;
    shell::run(root, "cargo", &["build", "--release", "--locked", "-p", "patchwright"])?;
    let binary = data::target(root).join("release/patchwright");
    let mut rows = Vec::new();
    let index = build(&binary, &data, &mut rows)?;
    scans(&binary, &data, &index, &mut rows)?;
    warm(root, &data, &index, &mut rows)?;
    let mut notes = vec![AIMS.to_owned()];
    if words.with_peer {
        peer::compare(&binary, &data, &index, &mut rows, &mut notes)?;
    }
    let page = page(&rows, &notes);
    println!("\n{page}");
    if words.write {
        let path = root.join("docs/benchmarks.md");
        std::fs::write(&path, page).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    }
    Ok(())
}

/// One row of the table.
pub struct Row {
    what: String,
    figures: String,
}

fn row(rows: &mut Vec<Row>, what: &str, figures: String) {
    eprintln!("{what}: {figures}");
    rows.push(Row { what: what.to_owned(), figures });
}

fn build(binary: &Path, data: &data::Data, rows: &mut Vec<Row>) -> Result<PathBuf, String> {
    let index = data.cache.join("bench.pwx");
    let binary = binary.display().to_string();
    let folders: Vec<String> = data.feeds.iter().map(|feed| feed.display().to_string()).collect();
    let mut parse = vec![binary.clone(), "-q".into(), "index".into(), "build".into(), "--parse-only".into()];
    parse.extend(folders.iter().cloned());
    parse.extend(["--out".into(), index.display().to_string()]);
    // Twice, so that both programs find the files in the page cache.
    measure(&parse, 1)?;
    let parsing = measure(&parse, 3)?;
    row(rows, "read and parse the feeds only", parsing.text());
    let mut build = vec![binary, "-q".into(), "index".into(), "build".into()];
    build.extend(folders);
    build.extend(["--out".into(), index.display().to_string()]);
    let building = measure(&build, 3)?;
    row(rows, "build the index", building.text());
    row(
        rows,
        "build / parse only",
        format!("{:.2} x wall, {:.2} x CPU", building.wall / parsing.wall, building.cpu / parsing.cpu),
    );
    let bytes = std::fs::metadata(&index).map_err(|error| error.to_string())?.len();
    row(rows, "size of the index", format!("{:.0} MB", bytes as f64 / 1e6));
    Ok(index)
}

fn scans(binary: &Path, data: &data::Data, index: &Path, rows: &mut Vec<Row>) -> Result<(), String> {
    let binary = binary.display().to_string();
    let index = index.display().to_string();
    let mixed = data.mixed_components(Path::new(&binary), 50_000)?;
    let dense = data.dense_components(50_000)?;
    let cases: [(&str, &Path, &str); 6] = [
        ("scan the Yocto image, cold process", &data.yocto_image, "table"),
        ("the same, all evidence as JSON", &data.yocto_image, "json"),
        ("scan a Buildroot gateway, cold process", &data.buildroot_gateway, "table"),
        ("scan 50 000 mixed components, cold process", &mixed, "table"),
        ("the same, all evidence as JSON", &mixed, "json"),
        ("scan 50 000 dense components, cold process", &dense, "table"),
    ];
    for (what, sbom, format) in cases {
        let words = vec![
            binary.clone(),
            "scan".into(),
            sbom.display().to_string(),
            "--index".into(),
            index.clone(),
            "--format".into(),
            format.into(),
        ];
        row(rows, what, measure(&words, RUNS)?.text());
    }
    Ok(())
}

fn warm(root: &Path, data: &data::Data, index: &Path, rows: &mut Vec<Row>) -> Result<(), String> {
    let binary = data::target(root).join("release/patchwright");
    let boms = [
        data.mixed_components(&binary, 1_000)?,
        data.mixed_components(&binary, 50_000)?,
        data.dense_components(1_000)?,
    ];
    let out = std::process::Command::new("cargo")
        .args(["bench", "--locked", "-p", "patchwright", "--bench", "warm", "--"])
        .arg(index)
        .args(&boms)
        .arg(&data.yocto_image)
        .current_dir(root)
        .output()
        .map_err(|error| format!("cannot start cargo bench: {error}"))?;
    for line in String::from_utf8_lossy(&out.stdout).lines().filter_map(|line| line.strip_prefix("warm\t")) {
        if let Some((what, figures)) = line.split_once('\t') {
            row(rows, what, figures.to_owned());
        }
    }
    if out.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&out.stderr).into_owned()) }
}

fn page(rows: &[Row], notes: &[String]) -> String {
    let mut page = String::from("# Benchmarks\n\nMade by `cargo xtask bench --write`. ");
    page.push_str(&format!("Machine: {}.\n\n| what | figures (medians) |\n|---|---|\n", measure::machine()));
    for row in rows {
        page.push_str(&format!("| {} | {} |\n", row.what, row.figures));
    }
    for note in notes {
        page.push_str(&format!("\n{note}\n"));
    }
    page
}

impl Figures {
    fn text(&self) -> String {
        format!("{:.3} s CPU, {:.3} s wall, {:.0} MB", self.cpu, self.wall, self.peak as f64 / 1024.0)
    }
}

/// All files below a folder, sorted; those with an extension where one is given.
fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                open.push(path);
            } else if extension.is_empty() || path.extension().is_some_and(|of| of == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
