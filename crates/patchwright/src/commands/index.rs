//! `index build|status|verify|kbuild|extract|delta|apply|serve`: compiling knowledge, looking at it, handing it on.

mod delta;
mod serve;

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use service::compile;

use super::Global;
use super::knowledge::KnowledgeOptions;
use crate::exit::{Exit, Failure};
use crate::output::progress::Bar;
use crate::output::table::printable;
use crate::output::words::{self, colour};

/// Build, inspect and check the knowledge index
#[derive(Args)]
pub struct Index {
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Subcommand)]
enum Deed {
    Build(Build),
    Status(Status),
    Verify(Verify),
    Kbuild(Kbuild),
    Extract(Extract),
    Delta(delta::Delta),
    Apply(delta::Apply),
    Serve(serve::Serve),
}

/// Compile all feeds found below the folders into one index file
#[derive(Args)]
#[command(
    after_help = "Example:\n  patchwright index build nvd/ cvelist/ kernel-vulns/ kev/ epss/ --out knowledge.pwx\n\nFolders and archives (tar, zip, gz, xz, zst) may be mixed; feeds are found by content.\nWhere to get them: docs/manual/feeds.md"
)]
struct Build {
    /// Folders or archives with feeds
    #[arg(value_name = "DIR", required = true)]
    from: Vec<PathBuf>,
    /// The index file to write; replaced atomically
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The date of a feed that carries none (kernel-cna=2026-07-20); repeatable
    #[arg(long, value_name = "FEED=DATE")]
    as_of: Vec<String>,
    /// Only read and parse the same files, for the benchmark
    #[arg(long, hide = true)]
    parse_only: bool,
}

/// Show feeds, dates, counts and size
#[derive(Args)]
#[command(after_help = "Example:\n  patchwright index status knowledge.pwx --format json")]
struct Status {
    /// The index file; else the one a scan would use
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    knowledge: KnowledgeOptions,
    /// How to write it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// Check every checksum and decode everything
#[derive(Args)]
#[command(after_help = "Example:\n  patchwright index verify knowledge.pwx")]
struct Verify {
    /// The index file
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Derive from a kernel, U-Boot or BusyBox tree which file is built under which option
#[derive(Args)]
#[command(
    after_help = "Example:\n  patchwright index kbuild linux-6.1/ --out linux-6.1.kbuild\n  patchwright index build feeds/ linux-6.1.kbuild --out knowledge.pwx"
)]
struct Kbuild {
    /// The source tree: a folder or an archive of one
    #[arg(value_name = "TREE")]
    tree: PathBuf,
    /// The map to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Write some vulnerabilities of an index as local records, facts only, without texts
#[derive(Args)]
#[command(
    after_help = "Example:\n  patchwright index extract knowledge.pwx --ids ids.txt --out subset.jsonl\n\nThe result can be built into an index again: patchwright index build subset.jsonl --out subset.pwx"
)]
struct Extract {
    /// The index file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// A file with one vulnerability id a line
    #[arg(long, value_name = "FILE")]
    ids: PathBuf,
    /// The records to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// For machines
    Json,
}

impl Index {
    /// Runs the deed.
    pub fn run(self, global: &Global) -> Result<Exit, Failure> {
        match self.deed {
            Deed::Build(build) => build.run(global),
            Deed::Status(status) => status.run(),
            Deed::Verify(verify) => verify.run(),
            Deed::Kbuild(kbuild) => kbuild.run(global),
            Deed::Extract(extract) => extract.run(),
            Deed::Delta(delta) => delta.run(global),
            Deed::Apply(apply) => apply.run(global),
            Deed::Serve(serve) => serve.run(global),
        }
    }
}

impl Build {
    fn run(self, global: &Global) -> Result<Exit, Failure> {
        let bar = Bar::new(global.quiet, "reading feeds");
        if self.parse_only {
            let read = compile::parse_only(&self.from, &bar).map_err(failure)?;
            bar.clear();
            writeln!(std::io::stdout(), "{read}")?;
            return Ok(Exit::Done);
        }
        let options = compile::Options {
            compiled_at: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            as_of: self.as_of.iter().map(|text| as_of(text)).collect::<Result<_, Failure>>()?,
        };
        let report = compile::build(&self.from, &self.out, &options, &bar).map_err(failure)?;
        bar.clear();
        if !global.quiet {
            write_report(&mut anstream::stdout().lock(), &report, &self.out)?;
        }
        Ok(Exit::Done)
    }
}

fn as_of(text: &str) -> Result<(String, String), Failure> {
    match text.split_once('=') {
        Some((feed, date)) if date.parse::<jiff::civil::Date>().is_ok() => {
            Ok((feed.to_owned(), date.to_owned()))
        }
        _ => Err(Failure::new(Exit::Usage, format!("cannot read --as-of {text}"))
            .hint("write it as kernel-cna=2026-07-20")),
    }
}

fn failure(error: compile::Error) -> Failure {
    Failure::new(Exit::Unreadable, error.to_string())
        .hint("the layouts that are read are listed in docs/manual/feeds.md")
}

impl Status {
    fn run(self) -> Result<Exit, Failure> {
        let mut options = self.knowledge;
        options.index = self.file.or(options.index);
        let knowledge = options.open()?;
        let at = options.time()?;
        match self.format {
            Format::Table => write_status(&mut anstream::stdout().lock(), &knowledge, at)?,
            Format::Json => crate::output::json::write_status(&mut std::io::stdout().lock(), &knowledge, at)?,
        }
        Ok(Exit::Done)
    }
}

fn write_status(
    out: &mut dyn Write,
    knowledge: &service::knowledge::Knowledge,
    at: jiff::Timestamp,
) -> std::io::Result<()> {
    let header = knowledge.index.header();
    writeln!(out, "{}{}{}", colour::BOLD, printable(&knowledge.name()), colour::END)?;
    writeln!(
        out,
        "{} · compiled {} by {}",
        words::counted(knowledge.index.len(), "vulnerability", "vulnerabilities"),
        header.compiled_at,
        header.builder
    )?;
    writeln!(out, "fingerprint {}", header.fingerprint)?;
    let not_told = knowledge.index.not_told();
    if !not_told.is_empty() {
        writeln!(
            out,
            "{}layout {}.{}{}: made before {not_told} were kept; build it again to have them",
            colour::REVIEW,
            header.format.0,
            header.format.1,
            colour::END
        )?;
    }
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header(["feed", "records", "as of", "age", "limit"]);
    for feed in knowledge.feeds() {
        let age = service::knowledge::age_days(&feed.as_of, at);
        let limit = feed.max_age_days;
        let stale = limit > 0 && age.is_none_or(|age| age > i64::from(limit));
        table.add_row([
            feed.id.clone(),
            words::count(usize::try_from(feed.records).unwrap_or(usize::MAX)),
            feed.as_of.get(..10).unwrap_or("no date").to_owned(),
            format!("{}{}", words::age(age), if stale { ", stale" } else { "" }),
            if limit == 0 { "none".to_owned() } else { format!("{limit} days") },
        ]);
    }
    writeln!(out, "{table}")
}

impl Verify {
    fn run(self) -> Result<Exit, Failure> {
        let knowledge =
            KnowledgeOptions { index: Some(self.file.clone()), ..KnowledgeOptions::default() }.open()?;
        knowledge.index.verify().map_err(|error| {
            Failure::new(Exit::CannotJudge, format!("{} is damaged: {error}", self.file.display()))
                .hint("build it again, or fetch it again from where it came")
        })?;
        writeln!(std::io::stdout(), "{}: all checksums hold, every record decodes", self.file.display())?;
        Ok(Exit::Done)
    }
}

impl Kbuild {
    fn run(self, global: &Global) -> Result<Exit, Failure> {
        let bar = Bar::new(global.quiet, "reading tree");
        let report = service::kbuild::derive(&self.tree, &self.out, &bar).map_err(failure)?;
        bar.clear();
        if !global.quiet {
            writeln!(std::io::stdout(), "{report}")?;
        }
        Ok(Exit::Done)
    }
}

impl Extract {
    fn run(self) -> Result<Exit, Failure> {
        let knowledge = KnowledgeOptions { index: Some(self.file), ..KnowledgeOptions::default() }.open()?;
        let ids = std::fs::read_to_string(&self.ids).map_err(|error| {
            Failure::new(Exit::Unreadable, format!("cannot read {}: {error}", self.ids.display()))
        })?;
        let extract = service::knowledge::extract(&knowledge, ids.lines())
            .map_err(|error| Failure::new(Exit::CannotJudge, error.to_string()))?;
        std::fs::write(&self.out, extract.text).map_err(|error| {
            Failure::new(Exit::Unreadable, format!("cannot write {}: {error}", self.out.display()))
        })?;
        writeln!(
            std::io::stdout(),
            "{} written to {}",
            words::counted(extract.records, "record", "records"),
            self.out.display()
        )?;
        for id in &extract.unknown {
            eprintln!("not in the index: {}", printable(id));
        }
        Ok(if extract.unknown.is_empty() { Exit::Done } else { Exit::Unreadable })
    }
}

fn write_report(
    out: &mut dyn Write,
    report: &compile::Report,
    path: &std::path::Path,
) -> std::io::Result<()> {
    writeln!(out, "{}{}{}", colour::BOLD, path.display(), colour::END)?;
    write!(out, "{report}")
}
