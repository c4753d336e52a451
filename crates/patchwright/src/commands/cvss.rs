//! `cvss VECTOR...`: the scores of CVSS vectors, computed here and now.

use std::io::{BufRead, BufWriter, Write};

use clap::{Args, ValueEnum};
use serde::Serialize;
use service::cvss::{Scores, VectorError, score};

use crate::exit::{Exit, Failure};

/// The schema id of the JSON form.
const SCHEMA: &str = "patchwright/cvss/1";

/// Compute the scores of CVSS vectors: version 2, 3.0, 3.1 and 4.0
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright cvss CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P/CR:H\n  patchwright cvss AV:N/AC:L/Au:N/C:P/I:P/A:P --format json\n  patchwright cvss - --format tsv < vectors.txt\n\nTSV: vector, base, temporal, environmental, without header; - for a score whose metrics are not\ngiven; `error: reason` in the second column for a wrong vector. The others are scored all the same,\nand the exit code is 3. The one score of a 4.0 vector stands under base. More: docs/manual/cvss.md"
)]
pub struct Cvss {
    /// The vectors, or - alone to read one per line from standard input
    #[arg(value_name = "VECTOR", required = true)]
    vectors: Vec<String>,
    /// How to write it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One line per vector: vector, base, temporal, environmental
    Tsv,
    /// For machines
    Json,
}

impl Cvss {
    /// Scores and prints.
    pub fn run(self) -> Result<Exit, Failure> {
        let mut printer = Printer::new(if self.json { Format::Json } else { self.format });
        match self.vectors.as_slice() {
            [only] if only == "-" => each_line(|line| printer.print(line))?,
            vectors if vectors.iter().any(|vector| vector == "-") => {
                return Err(Failure::new(
                    Exit::Usage,
                    "give vectors, or - alone to read them from standard input",
                ));
            }
            vectors => vectors.iter().try_for_each(|vector| printer.print(vector))?,
        }
        printer.finish()
    }
}

/// Reads lines as they come, whatever their bytes: every line has its answer.
fn each_line(mut each: impl FnMut(&str) -> Result<(), Failure>) -> Result<(), Failure> {
    let mut input = std::io::stdin().lock();
    let mut line = Vec::new();
    loop {
        line.clear();
        let count = input.read_until(b'\n', &mut line).map_err(|error| {
            Failure::new(Exit::Unreadable, format!("cannot read standard input: {error}"))
        })?;
        if count == 0 {
            return Ok(());
        }
        each(String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']))?;
    }
}

struct Printer {
    format: Format,
    out: BufWriter<std::io::StdoutLock<'static>>,
    exit: Exit,
    views: Vec<View>,
}

impl Printer {
    fn new(format: Format) -> Printer {
        Printer { format, out: BufWriter::new(std::io::stdout().lock()), exit: Exit::Done, views: Vec::new() }
    }

    fn print(&mut self, vector: &str) -> Result<(), Failure> {
        let scores = score(vector);
        if scores.is_err() {
            self.exit = Exit::Unreadable;
        }
        match self.format {
            Format::Text => self.text(vector, &scores)?,
            Format::Tsv => self.tsv(vector, &scores)?,
            Format::Json => self.views.push(View::new(vector, scores)),
        }
        Ok(())
    }

    fn text(&mut self, vector: &str, scores: &Result<Scores, VectorError>) -> std::io::Result<()> {
        writeln!(self.out, "{}", one_field(vector))?;
        let scores = match scores {
            Ok(scores) => scores,
            Err(why) => return writeln!(self.out, "  error: {why}"),
        };
        let base = if scores.label.is_empty() { "base" } else { scores.label };
        let rows =
            [(base, scores.base), ("temporal", scores.temporal), ("environmental", scores.environmental)];
        for (name, tenths) in rows {
            let Some(tenths) = tenths else { continue };
            let word = scores.severity(tenths).word();
            writeln!(self.out, "  {name:<13} {:>4}  {word}", shown(Some(tenths)))?;
        }
        Ok(())
    }

    fn tsv(&mut self, vector: &str, scores: &Result<Scores, VectorError>) -> std::io::Result<()> {
        let vector = one_field(vector);
        match scores {
            Ok(scores) => {
                let [base, temporal, environmental] =
                    [scores.base, scores.temporal, scores.environmental].map(shown);
                writeln!(self.out, "{vector}\t{base}\t{temporal}\t{environmental}")
            }
            Err(why) => writeln!(self.out, "{vector}\terror: {why}\t-\t-"),
        }
    }

    fn finish(mut self) -> Result<Exit, Failure> {
        if self.format == Format::Json {
            let document = Document { schema: SCHEMA, vectors: self.views };
            serde_json::to_writer_pretty(&mut self.out, &document)?;
            writeln!(self.out)?;
        }
        self.out.flush()?;
        Ok(self.exit)
    }
}

/// A score as people write it.
fn shown(tenths: Option<u16>) -> String {
    tenths.map_or("-".to_owned(), |tenths| format!("{}.{}", tenths / 10, tenths % 10))
}

/// A text that cannot break the line or the columns.
fn one_field(text: &str) -> String {
    text.chars().map(|char| if char.is_control() { ' ' } else { char }).collect()
}

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    vectors: Vec<View>,
}

#[derive(Serialize)]
struct View {
    vector: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'static str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    label: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    base: Option<ScoreView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temporal: Option<ScoreView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    environmental: Option<ScoreView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

#[derive(Serialize)]
struct ScoreView {
    score: f32,
    severity: &'static str,
}

impl View {
    fn new(vector: &str, scores: Result<Scores, VectorError>) -> View {
        let error = scores.as_ref().err().map(ToString::to_string);
        let scores = scores.ok();
        let view = |of: fn(&Scores) -> Option<u16>| {
            let scores = scores.as_ref()?;
            let tenths = of(scores)?;
            Some(ScoreView { score: f32::from(tenths) / 10.0, severity: scores.severity(tenths).word() })
        };
        View {
            vector: vector.to_owned(),
            version: scores.as_ref().map(|scores| scores.version.number()),
            label: scores.as_ref().map_or("", |scores| scores.label),
            base: view(|scores| scores.base),
            temporal: view(|scores| scores.temporal),
            environmental: view(|scores| scores.environmental),
            error,
        }
    }
}
