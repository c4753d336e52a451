//! `quality`: judges the matcher. The figures come from the tests themselves: each suite prints one line
//! `QUALITY <tab> suite <tab> passed <tab> total <tab> note`, so that the table cannot say anything the tests do not.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// Crates whose tests report figures.
const CRATES: [&str; 8] =
    ["model", "versions", "formats", "feeds", "index", "analysis", "service", "patchwright"];

/// Runs the tests in release and prints a Markdown table; `--write` puts it into docs/quality.md.
pub fn run(root: &Path, words: &[String]) -> Result<(), String> {
    let mut command = Command::new("cargo");
    command.args(["test", "--release", "--locked"]);
    for name in CRATES {
        command.args(["-p", name]);
    }
    command.args(["--", "--nocapture", "--test-threads", "1"]).env("PATCHWRIGHT_QUALITY", "1");
    let output =
        command.current_dir(root).output().map_err(|error| format!("cannot start cargo: {error}"))?;
    let text =
        format!("{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let rows = rows(&text);
    let page = page(&rows);
    println!("{page}");
    if !output.status.success() {
        let failures: Vec<&str> =
            text.lines().filter(|line| line.contains("FAILED") || line.contains("panicked")).collect();
        return Err(format!("tests failed:\n{}", failures.join("\n")));
    }
    if words.iter().any(|word| word == "--write") {
        let path = root.join("docs/quality.md");
        std::fs::write(&path, page).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    }
    Ok(())
}

/// Suite to (passed, total, note).
type Rows = BTreeMap<String, (String, String, String)>;

fn rows(text: &str) -> Rows {
    text.lines()
        .filter_map(|line| line.split_once("QUALITY\t").map(|(_, rest)| rest))
        .filter_map(|rest| {
            let mut fields = rest.split('\t').map(str::to_owned);
            let suite = fields.next()?;
            Some((suite, (fields.next()?, fields.next()?, fields.next().unwrap_or_default())))
        })
        .collect()
}

fn page(rows: &Rows) -> String {
    let mut page = String::from(
        "# Quality\n\nMade by `cargo xtask quality --write`; every figure is printed by a test that also asserts it.\n\n| suite | passed | of | note |\n|---|---:|---:|---|\n",
    );
    for (suite, (passed, total, note)) in rows {
        page.push_str(&format!("| {suite} | {passed} | {total} | {note} |\n"));
    }
    page
}
