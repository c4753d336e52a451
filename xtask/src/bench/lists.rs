//! `bench lists`: every list page over 10,000 releases and 5 million findings, on SQLite and on PostgreSQL.
//!
//! The store's example `full_size` fills a database and asks; here it is built, given a database of each engine, and its
//! figures are put into a table. The databases go away afterwards.

use std::path::Path;
use std::process::{Command, Stdio};

use super::{Row, data, measure, row};
use crate::postgres::Cluster;
use crate::shell;

/// Releases and findings of each: five million findings.
const SIZE: [&str; 2] = ["10000", "500"];

/// What the figures are held against.
const AIM: &str = "Aim: every list page under 200 ms at the 95th percentile, with any order and any scope of access, in both engines. \
    A page is asked of the store in the process that renders it; scopes are the whole organisation, one product, 7, 60, and another \
    organisation; each list is asked for its first page, two on, one back.";

/// Measures both engines, or the one that is named (`sqlite`, `postgres`); `--size R F` for other sizes, `--postgres URL`
/// for a server of one's own, where a database that is filled already is asked at once, `--write` for
/// docs/benchmarks-lists.md.
pub fn run(root: &Path, words: &[String]) -> Result<(), String> {
    let wants = |engine: &str| {
        let named: Vec<&String> =
            words.iter().filter(|word| matches!(word.as_str(), "sqlite" | "postgres")).collect();
        named.is_empty() || named.iter().any(|word| *word == engine)
    };
    let size = match words.iter().position(|word| word == "--size") {
        None => SIZE.map(str::to_owned),
        Some(at) => match words.get(at + 1..at + 3) {
            Some([releases, each]) => [releases.clone(), each.clone()],
            _ => return Err("--size takes two numbers: releases, and findings of each".to_owned()),
        },
    };
    shell::run(root, "cargo", &["build", "--release", "--locked", "-p", "store", "--example", "full_size"])?;
    let program = data::target(root).join("release/examples/full_size");
    let mut rows = Vec::new();
    if wants("sqlite") {
        let folder = data::target(root).join("bench-lists");
        std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let file = folder.join("lists.db");
        let measured = ask(&program, &format!("sqlite:{}", file.display()), &size, "SQLite", &mut rows);
        let bytes = std::fs::metadata(&file).map_or(0, |file| file.len());
        row(&mut rows, "SQLite: size of the file", format!("{:.1} GB", bytes as f64 / 1e9));
        // What is left of it harms nobody.
        let _ = std::fs::remove_dir_all(&folder);
        measured?;
    }
    let server = words.iter().position(|word| word == "--postgres").and_then(|at| words.get(at + 1));
    match server {
        Some(url) => ask(&program, url, &size, "PostgreSQL", &mut rows)?,
        None if wants("postgres") => {
            let cluster = Cluster::start()?;
            ask(&program, &cluster.url(), &size, "PostgreSQL", &mut rows)?;
        }
        None => {}
    }
    let page = page(&rows, &size);
    println!("\n{page}");
    if words.iter().any(|word| word == "--write") {
        let path = root.join("docs/benchmarks-lists.md");
        std::fs::write(&path, page).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    }
    Ok(())
}

fn page(rows: &[Row], size: &[String; 2]) -> String {
    let mut page = format!(
        "# Benchmarks of lists\n\nMade by `cargo xtask bench lists --write`. Machine: {}. {} releases with {} findings each.\n\n\
         | what | figures |\n|---|---|\n",
        measure::machine(),
        size[0],
        size[1]
    );
    for row in rows {
        page.push_str(&format!("| {} | {} |\n", row.what, row.figures));
    }
    page.push_str(&format!("\n{AIM}\n"));
    page
}

/// Lets the example fill and ask a database, and takes its figures.
fn ask(
    program: &Path,
    url: &str,
    size: &[String; 2],
    engine: &str,
    rows: &mut Vec<Row>,
) -> Result<(), String> {
    let output = Command::new(program)
        .arg(url)
        .args(size)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cannot start {}: {error}", program.display()))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    for line in text.lines() {
        match line.strip_prefix("lists\t").and_then(|rest| rest.split_once('\t')) {
            Some((what, figures)) => row(rows, &format!("{engine}: {what}"), figures.to_owned()),
            None => eprintln!("{line}"),
        }
    }
    if output.status.success() { Ok(()) } else { Err(format!("{} failed", program.display())) }
}
