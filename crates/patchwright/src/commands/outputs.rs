//! How an answer is written: one form to standard output, any number of others into files. One list of kinds for every
//! verb that judges.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use service::scan::Options;

use super::scan::{buffered, terminal_width};
use crate::exit::{Exit, Failure};
use crate::output::answer::Answer;
use crate::output::{csv, html, json, jsonl, junit, markdown, sarif, table};

/// Where the answer goes, and in which form.
#[derive(Args, Clone, Debug, Default)]
pub struct OutputOptions {
    /// How to write the answer to standard output
    #[arg(long, value_enum, value_name = "KIND", default_value_t = Kind::Table)]
    format: Kind,
    /// Same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// Write a further form into a file, for example --out html=report.html; repeatable
    #[arg(long, value_name = "KIND=FILE", value_parser = output)]
    out: Vec<Output>,
}

/// A form of the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// For people at a terminal
    #[default]
    Table,
    /// For machines, whole; the schema is docs/manual/scan.schema.json
    Json,
    /// For machines, one finding a line
    Jsonl,
    /// For spreadsheets
    Csv,
    /// For merge requests
    #[value(alias = "md")]
    Markdown,
    /// For people: one file with everything, readable without network
    Html,
    /// For code-scanning services: SARIF 2.1.0
    Sarif,
    /// For build servers: JUnit XML, a test case for each component, and each finding that fails
    Junit,
}

/// A form with its file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Output {
    kind: Kind,
    file: PathBuf,
}

fn output(text: &str) -> Result<Output, String> {
    let (kind, file) = text.split_once('=').ok_or("write it as KIND=FILE, for example html=report.html")?;
    let kind = Kind::from_str(kind, false).map_err(|_| format!("{kind} is none of {}", kinds()))?;
    if file.is_empty() || file == "-" {
        return Err("name a file; --format writes to standard output".to_owned());
    }
    Ok(Output { kind, file: PathBuf::from(file) })
}

fn kinds() -> String {
    let names = Kind::value_variants().iter().filter_map(|kind| kind.to_possible_value());
    names.map(|name| name.get_name().to_owned()).collect::<Vec<_>>().join(", ")
}

impl Kind {
    /// True where the form shows what a verdict rests on, not only the verdict.
    fn has_evidence(self) -> bool {
        matches!(self, Kind::Json | Kind::Jsonl | Kind::Html)
    }

    /// True where the form names its inputs by their fingerprints.
    fn has_fingerprints(self) -> bool {
        matches!(self, Kind::Json | Kind::Html | Kind::Sarif)
    }

    fn write(self, out: &mut dyn Write, answer: &Answer<'_>, width: Option<u16>) -> std::io::Result<()> {
        match self {
            Kind::Table => table::write(out, answer, width),
            Kind::Json => json::write_scan(out, answer),
            Kind::Jsonl => jsonl::write(out, answer),
            Kind::Csv => csv::write(out, answer),
            Kind::Markdown => markdown::write(out, answer),
            Kind::Html => html::write(out, answer),
            Kind::Sarif => sarif::write(out, answer),
            Kind::Junit => junit::write(out, answer),
        }
    }
}

impl OutputOptions {
    /// The form for standard output.
    pub fn format(&self) -> Kind {
        if self.json { Kind::Json } else { self.format }
    }

    fn asked(&self) -> impl Iterator<Item = Kind> {
        std::iter::once(self.format()).chain(self.out.iter().map(|output| output.kind))
    }

    /// Asks the scan for what the forms need, and for no more.
    pub fn prepare(&self, options: &mut Options) {
        options.verdicts_only = !self.asked().any(Kind::has_evidence);
    }

    /// True where an output names its inputs by their fingerprints.
    pub fn wants_fingerprints(&self) -> bool {
        self.asked().any(Kind::has_fingerprints)
    }

    /// Refuses two outputs into one file before any work is done.
    pub fn check(&self) -> Result<(), Failure> {
        for (at, output) in self.out.iter().enumerate() {
            if self.out.iter().take(at).any(|other| other.file == output.file) {
                let message = format!("--out names {} twice", output.file.display());
                return Err(Failure::new(Exit::Usage, message).hint("give each output its own file"));
            }
        }
        Ok(())
    }

    /// Writes the files, then standard output.
    pub fn write(&self, answer: &Answer<'_>) -> Result<(), Failure> {
        self.write_files(answer)?;
        match self.format() {
            Kind::Table => table::write(&mut anstream::stdout().lock(), answer, terminal_width())?,
            kind => buffered(|out| kind.write(out, answer, None))?,
        }
        Ok(())
    }

    /// Writes the files only, for a verb with a standard output of its own.
    pub fn write_files(&self, answer: &Answer<'_>) -> Result<(), Failure> {
        for output in &self.out {
            write_file(output, answer).map_err(|error| unwritable(&output.file, &error))?;
        }
        Ok(())
    }
}

/// Written beside its place and moved there when it is whole: nobody ever reads half a report. A device or pipe is
/// written to, never replaced.
fn write_file(output: &Output, answer: &Answer<'_>) -> std::io::Result<()> {
    if std::fs::metadata(&output.file).is_ok_and(|facts| !facts.is_file()) {
        return write_whole(&output.file, output.kind, answer);
    }
    let name = output.file.file_name().unwrap_or_default().to_string_lossy();
    let beside = output.file.with_file_name(format!(".{name}.{}.part", std::process::id()));
    let written = write_whole(&beside, output.kind, answer);
    let moved = written.and_then(|()| std::fs::rename(&beside, &output.file));
    if moved.is_err() {
        // What is left of a failed attempt; the failure itself is what is told.
        let _ = std::fs::remove_file(&beside);
    }
    moved
}

fn write_whole(file: &Path, kind: Kind, answer: &Answer<'_>) -> std::io::Result<()> {
    let mut file = std::io::BufWriter::with_capacity(1 << 16, std::fs::File::create(file)?);
    if kind == Kind::Table {
        // A file has no colours.
        let mut coloured = Vec::new();
        kind.write(&mut coloured, answer, None)?;
        file.write_all(&anstream::adapter::strip_bytes(&coloured).into_vec())?;
    } else {
        kind.write(&mut file, answer, None)?;
    }
    file.flush()
}

fn unwritable(file: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Exit::Unreadable, format!("cannot write {}: {error}", file.display()))
        .hint("name a file in a folder that exists and that you may write to")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_files_are_told_apart() {
        let good = output("html=a=b.html").expect("only the first sign divides");
        assert_eq!((good.kind, good.file), (Kind::Html, PathBuf::from("a=b.html")));
        for bad in ["html", "html=", "runes=x", "html=-", "=x", "HTML=x"] {
            assert!(output(bad).is_err(), "{bad}");
        }
    }
}
