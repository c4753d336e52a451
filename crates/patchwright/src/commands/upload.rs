//! `upload PRODUCT@VERSION FILE…`: the documents of a release to a server, and its judgement back.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};
use service::outside::api::{Content, Server};

use super::Global;
use super::input;
use super::server_gate::ServerGate;
use crate::client::{self, ReleaseName, ServerOptions, failure, rows, text};
use crate::exit::{Exit, Failure};
use crate::output::progress::Bar;
use crate::output::served;
use crate::output::table::printable;

/// Send SBOMs and build evidence of a release to a server, and wait for its judgement
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright upload gateway@4.1.0 image.spdx.json\n  patchwright upload gateway@4.1.0 image.spdx.json .config compiled-files.txt --wait\n  patchwright upload gateway@4.1.0 image.spdx.json --wait --fail-on immediate,kev\n\nThe release is made where it is new. Sending the same again is harmless.\nExit codes: 0 done, gate passed · 1 gate failed, or the server refused · 2 wrong usage · 3 a file could not be read ·\n4 the gate could not see, or the judgement did not come in time · 5 no server there"
)]
pub struct Upload {
    /// The release, as PRODUCT@VERSION
    #[arg(value_name = "PRODUCT@VERSION")]
    release: ReleaseName,
    /// SBOMs, kernel configurations, lists of compiled files, patches; the kind is found by content. Of a root file system
    /// (a directory, an image) what is learnt here is sent
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Wait until the server has judged all of it, and print the release
    #[arg(long)]
    wait: bool,
    /// The longest wait, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    timeout: u64,
    /// End with code 1 when the release has open findings of this kind: immediate, planned, routine, affected,
    /// needs_review, kev, unreviewed; several with commas. Waits for the judgement
    #[arg(long, value_name = "WORDS")]
    fail_on: Vec<String>,
    /// End with code 4 when more components than this could not be evaluated, in percent [default: 2]
    #[arg(long, value_name = "PERCENT", requires = "fail_on")]
    max_unevaluated: Option<f64>,
    #[command(flatten)]
    server: ServerOptions,
}

/// How often the server is asked whether it is done: often at first, then more and more slowly.
const FIRST_WAIT: Duration = Duration::from_millis(250);
const MOST_WAIT: Duration = Duration::from_secs(5);

impl Upload {
    /// Sends, waits, prints, and answers the gate.
    pub fn run(self, global: &Global) -> Result<Exit, Failure> {
        let gate = ServerGate::read(&self.fail_on, self.max_unevaluated)?;
        // All files are read before the first is sent: half a release is worse than none.
        let documents = input::documents(&self.files)?;
        let server = self.server.open()?;
        let bar = Bar::new(global.quiet || self.server.json, "sending");
        let before = hashes(&server, &self.release);
        let mut sent = Vec::new();
        let mut newest: Option<Timestamp> = None;
        for (document, path) in documents.iter().zip(&self.files) {
            let answer = send(&server, &self.release, path, &document.bytes)?;
            newest = newest.max(answer.1);
            sent.push(json!({"file": path.display().to_string(), "says": answer.0}));
            if !global.quiet && !self.server.json {
                writeln!(anstream::stderr(), "{}: {}", path.display(), printable(&answer.0))?;
            }
        }
        if !self.wait && gate.is_none() {
            bar.clear();
            if self.server.json {
                self.print(&json!({"schema": "patchwright.upload/1", "sent": sent, "release": null}))?;
            }
            return Ok(Exit::Done);
        }
        let judged = self.judged(&server, before.as_ref(), newest)?;
        bar.clear();
        let Some(release) = judged else {
            let message = format!("{} was not judged within {} s", self.release, self.timeout);
            return Err(Failure::new(Exit::CannotJudge, message)
                .hint("it is sent; patchwright jobs shows what waits or failed, --timeout waits longer"));
        };
        if self.server.json {
            self.print(&json!({"schema": "patchwright.upload/1", "sent": sent, "release": release}))?;
        } else if !global.quiet {
            served::release(&mut anstream::stdout().lock(), &release)?;
        }
        match gate {
            None => Ok(Exit::Done),
            Some(gate) => gate.ask(&server, &release, global.quiet),
        }
    }

    fn print(&self, value: &Value) -> Result<(), Failure> {
        let mut out = std::io::stdout().lock();
        serde_json::to_writer_pretty(&mut out, value)?;
        writeln!(out)?;
        Ok(())
    }

    /// The release once it is judged with all that was sent; none when the time is over.
    fn judged(
        &self,
        server: &Server,
        before: Option<&Vec<String>>,
        sent: Option<Timestamp>,
    ) -> Result<Option<Value>, Failure> {
        let begun = Instant::now();
        let mut wait = FIRST_WAIT;
        loop {
            let release = client::release(server, &self.release)?;
            // What was there already causes no judgement: then the last one is the answer.
            let is_same = before == Some(&documents_of(&release));
            let judged: Option<Timestamp> = text(&release, "judged").parse().ok();
            let is_after = judged.is_some_and(|judged| sent.is_none_or(|sent| judged >= sent));
            if judged.is_some() && (is_same || is_after) && !self.is_waiting(server, &release)? {
                return Ok(Some(release));
            }
            if begun.elapsed() + wait > Duration::from_secs(self.timeout) {
                return Ok(None);
            }
            std::thread::sleep(wait);
            wait = (wait * 2).min(MOST_WAIT);
        }
    }

    /// True where a job for this release waits or runs: a judgement that was begun before the last document.
    fn is_waiting(&self, server: &Server, release: &Value) -> Result<bool, Failure> {
        let state = |word: &str| ("state", word.to_owned());
        let jobs = client::list(server, "jobs", &[state("waiting"), state("running")], 1000)?;
        // `release 7`, or `release 7` and what changed.
        let about = format!("release {}", text(release, "id"));
        let is_ours = |job: &Value| {
            let rest = text(job, "about").strip_prefix(&about);
            rest.is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_digit()))
        };
        let is_waiting = rows(&jobs.body, "items").any(is_ours);
        Ok(is_waiting)
    }
}

/// Hashes of the documents that the release has already; none where the release is new.
fn hashes(server: &Server, name: &ReleaseName) -> Option<Vec<String>> {
    // A product or release that is not there is made by the upload.
    client::release(server, name).ok().map(|release| documents_of(&release))
}

fn documents_of(release: &Value) -> Vec<String> {
    let mut hashes: Vec<String> =
        rows(release, "documents").map(|document| text(document, "hash").to_owned()).collect();
    hashes.sort();
    hashes
}

/// Sends one document; what the server says, and its time.
fn send(
    server: &Server,
    release: &ReleaseName,
    path: &Path,
    bytes: &[u8],
) -> Result<(String, Option<Timestamp>), Failure> {
    // `.` and `..` have no name of their own.
    let whole = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let name = path.file_name().or(whole.file_name()).unwrap_or_default().to_string_lossy();
    let path = ["products", &release.product, "releases", &release.version, "documents"];
    // The same document for the same release has the same key: a pipeline that runs twice does nothing twice.
    let key = service::outside::data_directory::sum_of_parts(&[
        release.product.as_bytes(),
        release.version.as_bytes(),
        name.as_bytes(),
        bytes,
    ]);
    let answer =
        server.post(&path, &[("name", &name)], Content::Document(bytes), &key, "").map_err(failure)?;
    Ok((text(&answer.body, "done").to_owned(), answer.at))
}
