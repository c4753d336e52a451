//! The index compiler as the target of a build.

use std::path::{Path, PathBuf};

use index::{CompileOptions, CompileReport, Compiler};
use model::record::Item;

use super::{Error, Options, Progress, Report, Target, read_into};

impl Target for Compiler {
    fn add(&self, feed: &'static str, item: &Item<'_>) {
        Compiler::add(self, feed, item);
    }

    fn add_other(&self, name: &str, bytes: &[u8]) -> bool {
        if !bytes.starts_with(formats::kbuild::FIRST_LINE.as_bytes()) {
            return false;
        }
        match formats::kbuild::read(bytes, name) {
            Ok(map) => {
                self.add_kbuild(map.value);
                true
            }
            Err(_) => false,
        }
    }
}

/// Reads everything below `from` and compiles it into the file `out`, which is replaced atomically.
///
/// # Errors
/// As [`read_into`], and when the index cannot be written.
pub fn build(
    from: &[PathBuf],
    out: &Path,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Report, Error> {
    let compiler = Compiler::new(CompileOptions {
        compiled_at: options.compiled_at.clone(),
        builder: concat!("patchwright ", env!("CARGO_PKG_VERSION")).to_owned(),
        ..CompileOptions::default()
    })
    .map_err(|faults| Error::Index(format!("{} rows of our tables cannot be read", faults.len())))?;
    let mut report = read_into(from, options, progress, &compiler)?;
    for feed in &report.feeds {
        compiler.feed(feed.clone());
    }
    progress.phase("compiling the index");
    let compiled = compiler.finish_to_file(out).map_err(|error| Error::Index(error.to_string()))?;
    report.index = lines(&compiled);
    report.feeds = compiled.header.feeds;
    Ok(report)
}

/// What the compiler says, line by line.
fn lines(compiled: &CompileReport) -> Vec<String> {
    let mut lines = vec![format!(
        "{} vulnerabilities from {} records under {} keys, {:.1} MB",
        compiled.vulnerabilities,
        compiled.records,
        compiled.keys,
        compiled.bytes as f64 / 1e6
    )];
    if compiled.superseded > 0 {
        lines.push(format!(
            "{} records passed over: a newer one of the same id was there",
            compiled.superseded
        ));
    }
    if compiled.facts_without_record > 0 {
        lines.push(format!("{} scores or entries for ids without a record", compiled.facts_without_record));
    }
    lines.extend(
        compiled.notes.iter().take(20).map(|note| format!("{} {}: {}", note.code, note.place, note.value)),
    );
    if compiled.notes.len() > 20 {
        lines.push(format!("{} more notes of the compiler", compiled.notes.len() - 20));
    }
    lines
}
