//! A clone is asked: which commits are in a history, what they say, what they change.
//!
//! The `git` program does the reading, so that every form of repository is read as its owner made it. It gets nothing of
//! the caller's environment, runs no hook and no program that a repository's settings name, and connects to nobody: a
//! repository is data. Nothing is written into it.

use std::ffi::OsStr;
use std::fmt;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::thread::JoinHandle;

use formats::git_log::{Messages, commit_id};
use model::history::CommitId;

/// Commits of a history that are kept; the kernel has 1.4 million.
const MOST_COMMITS: usize = 20_000_000;

/// Bytes of one line or message that are read.
const MOST_ENTRY: u64 = 1 << 20;

/// Bytes of one file that is read.
const MOST_FILE: u64 = 1 << 20;

/// Bytes of one change that are kept; fixes have some kilobytes.
const MOST_DIFF: usize = 1 << 20;

/// Bytes of all changes together.
const MOST_DIFFS: usize = 256 << 20;

/// Settings that no repository may change: nothing is run, nothing is fetched, and what is printed is always the same.
const SETTINGS: &[&str] = &[
    "safe.directory=*",
    "safe.bareRepository=all",
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.attributesFile=/dev/null",
    "core.quotePath=false",
    "core.commitGraph=true",
    "protocol.allow=never",
    "log.showSignature=false",
    "log.showRoot=true",
    "log.follow=false",
    "log.mailmap=false",
    "i18n.logOutputEncoding=UTF-8",
    "diff.renames=false",
    "diff.noprefix=false",
    "diff.mnemonicPrefix=false",
    "diff.context=3",
    "diff.interHunkContext=0",
    "diff.algorithm=default",
    "diff.suppressBlankEmpty=false",
    "diff.orderFile=/dev/null",
    "diff.ignoreSubmodules=all",
    "gc.auto=0",
    "maintenance.auto=false",
];

/// Why a clone cannot be asked.
#[derive(Debug)]
pub enum GitError {
    /// The program is not there.
    NoProgram(String),
    /// The folder is not there or may not be entered.
    NoFolder(std::io::Error),
    /// It is no repository.
    NoRepository,
    /// The program failed; what it said.
    Failed(String),
    /// More than is read.
    TooBig(&'static str),
    /// A word on the command line is not understood.
    NotUnderstood(String),
}

impl std::error::Error for GitError {}

impl fmt::Display for GitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            GitError::NoProgram(why) => {
                write!(f, "the program git cannot be run ({why}); install git, or leave the tree out")
            }
            GitError::NoFolder(error) => write!(f, "{error}"),
            GitError::NoRepository => {
                f.write_str("it is no git repository; give the folder of a clone, bare or with a work tree")
            }
            GitError::Failed(why) => write!(f, "git says: {why}"),
            GitError::TooBig(what) => write!(f, "{what}"),
            GitError::NotUnderstood(why) => f.write_str(why),
        }
    }
}

/// One repository.
#[derive(Debug)]
pub struct Repository {
    program: PathBuf,
    folder: PathBuf,
    ceiling: PathBuf,
    is_shallow: bool,
}

impl Repository {
    /// Opens the repository that a folder is; one further up is not looked for.
    ///
    /// # Errors
    /// When the folder, the program or the repository is not there.
    pub fn open(folder: &Path) -> Result<Repository, GitError> {
        Repository::open_with(Path::new("git"), folder)
    }

    /// As [`Repository::open`], with the program to run.
    ///
    /// # Errors
    /// As [`Repository::open`].
    pub fn open_with(program: &Path, folder: &Path) -> Result<Repository, GitError> {
        let folder = folder.canonicalize().map_err(GitError::NoFolder)?;
        if !folder.is_dir() {
            return Err(GitError::NoRepository);
        }
        // A source tree that was unpacked inside of some other project's repository is not that repository.
        let ceiling = folder.parent().unwrap_or(&folder).to_owned();
        let mut repository = Repository { program: program.to_owned(), folder, ceiling, is_shallow: false };
        let answer = match repository.answer(["rev-parse", "--is-shallow-repository"]) {
            Ok(answer) => answer,
            Err(GitError::Failed(why)) if why.contains("not a git repository") => {
                return Err(GitError::NoRepository);
            }
            Err(error) => return Err(error),
        };
        repository.is_shallow = answer.trim() == "true";
        Ok(repository)
    }

    /// True where older commits were left out when it was cloned.
    pub fn is_shallow(&self) -> bool {
        self.is_shallow
    }

    /// The full id of the commit that a word names; `None` when it names none here. A word that begins with `-` is none.
    ///
    /// # Errors
    /// When the program fails.
    pub fn commit(&self, word: &str) -> Result<Option<String>, GitError> {
        if word.is_empty() || word.starts_with('-') || word.contains(char::is_control) {
            return Ok(None);
        }
        let name = format!("{word}^{{commit}}");
        match self.answer(["rev-parse", "--verify", "--quiet", "--end-of-options", &name]) {
            Ok(id) => Ok(commit_id(id.trim().as_bytes()).map(|_| id.trim().to_owned())),
            Err(GitError::Failed(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The text of a file as a commit has it; `None` when it has none.
    ///
    /// # Errors
    /// When the program cannot be run.
    pub fn file(&self, commit: &str, path: &str) -> Result<Option<String>, GitError> {
        match self.answer(["cat-file", "blob", &format!("{commit}:{path}")]) {
            Ok(text) => Ok(Some(text)),
            Err(GitError::Failed(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The ids of all commits in the history of a commit, itself included, ascending.
    ///
    /// # Errors
    /// When the history cannot be read to its end.
    pub fn history(&self, commit: &str) -> Result<Vec<CommitId>, GitError> {
        let mut ids = Vec::new();
        self.entries(&["rev-list", commit], b'\n', &mut |line| {
            ids.extend(commit_id(line));
            if ids.len() > MOST_COMMITS {
                return Err(GitError::TooBig("the history has more than twenty million commits"));
            }
            Ok(())
        })?;
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }

    /// What the messages of a history say, without those in the history of `base`.
    ///
    /// # Errors
    /// When the history cannot be read to its end.
    pub fn messages(&self, commit: &str, base: Option<&str>) -> Result<Messages, GitError> {
        let mut messages = Messages::default();
        let without = base.map(|base| format!("^{base}"));
        let mut words =
            vec!["log", "-z", "--no-color", "--no-decorate", "--no-notes", "--format=%H%n%B", commit];
        words.extend(without.as_deref());
        self.entries(&words, 0, &mut |entry| {
            messages.take(entry);
            Ok(())
        })?;
        Ok(messages)
    }

    /// Which of the given commits (full ids or first digits) are here: each with its full id, in the order given.
    ///
    /// # Errors
    /// When the program fails.
    pub fn known(&self, commits: &[String]) -> Result<Vec<(String, String)>, GitError> {
        let mut known = Vec::new();
        let mut at = 0;
        let asked: String = commits.iter().map(|commit| format!("{commit}\n")).collect();
        self.talk(&["cat-file", "--batch-check"], asked, b'\n', &mut |line| {
            let line = String::from_utf8_lossy(line);
            let mut words = line.split_whitespace();
            if let (Some(id), Some("commit"), Some(asked)) = (words.next(), words.next(), commits.get(at)) {
                known.push((asked.clone(), id.to_owned()));
            }
            at += 1;
            Ok(())
        })?;
        Ok(known)
    }

    /// What commits change, as unified diffs, by full id. Merges change nothing of their own. Stops at 256 MiB.
    ///
    /// # Errors
    /// When the program fails.
    pub fn diffs(&self, commits: &[String]) -> Result<Vec<(String, String)>, GitError> {
        let mut diffs: Vec<(String, String)> = Vec::new();
        let mut bytes = 0;
        let words = [
            "log",
            "--no-walk=unsorted",
            "--stdin",
            "--format=%x00%H",
            "--no-color",
            "--no-decorate",
            "--no-notes",
            "--no-ext-diff",
            "--no-textconv",
            "--no-renames",
            "--patch",
        ];
        let asked: String = commits.iter().map(|commit| format!("{commit}\n")).collect();
        self.talk(&words, asked, 0, &mut |entry| {
            let entry = entry.get(..MOST_DIFF).unwrap_or(entry);
            let text = String::from_utf8_lossy(entry);
            if let Some((id, diff)) = text.split_once('\n')
                && commit_id(id.as_bytes()).is_some()
                && bytes < MOST_DIFFS
            {
                bytes += diff.len();
                diffs.push((id.to_owned(), diff.to_owned()));
            }
            Ok(())
        })?;
        Ok(diffs)
    }

    fn command<W: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = W>) -> Command {
        let mut command = Command::new(&self.program);
        command.current_dir(&self.folder).env_clear();
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        command
            .env("LC_ALL", "C")
            .env("HOME", "/nonexistent")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CEILING_DIRECTORIES", &self.ceiling)
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_NO_LAZY_FETCH", "1")
            .env("GIT_NO_REPLACE_OBJECTS", "1")
            .env("GIT_GRAFT_FILE", "/dev/null")
            .env("GIT_ALLOW_PROTOCOL", "")
            .arg("--no-pager")
            .arg("--no-replace-objects");
        for setting in SETTINGS {
            command.arg("-c").arg(setting);
        }
        command.args(words).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn answer<const N: usize>(&self, words: [&str; N]) -> Result<String, GitError> {
        let mut text = Vec::new();
        start(self.command(words))?.read(b'\n', &mut |line| {
            if text.len() as u64 > MOST_FILE {
                return Err(GitError::TooBig("the answer is longer than a mebibyte"));
            }
            text.extend_from_slice(line);
            text.push(b'\n');
            Ok(())
        })?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    fn entries(
        &self,
        words: &[&str],
        end_of_entry: u8,
        take: &mut dyn FnMut(&[u8]) -> Result<(), GitError>,
    ) -> Result<(), GitError> {
        start(self.command(words))?.read(end_of_entry, take)
    }

    /// As [`Repository::entries`], with something to read for the program. It is written by a thread of its own, because
    /// the program answers while it is asked.
    fn talk(
        &self,
        words: &[&str],
        asked: String,
        end_of_entry: u8,
        take: &mut dyn FnMut(&[u8]) -> Result<(), GitError>,
    ) -> Result<(), GitError> {
        let mut command = self.command(words);
        command.stdin(Stdio::piped());
        let mut running = start(command)?;
        let input = running.child.stdin.take();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                if let Some(mut input) = input {
                    // Where the program ends early, its end tells why.
                    let _ = input.write_all(asked.as_bytes());
                }
            });
            running.read(end_of_entry, take)
        })
    }
}

/// The program at work.
struct Running {
    child: Child,
    /// What it says of failures, read beside its answer: a full pipe would stop it.
    said: Option<JoinHandle<String>>,
}

fn start(mut command: Command) -> Result<Running, GitError> {
    let mut child = command.spawn().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::PermissionDenied => {
            GitError::NoProgram(error.to_string())
        }
        _ => GitError::Failed(error.to_string()),
    })?;
    let said = child.stderr.take().map(|errors| std::thread::spawn(move || first_words(errors)));
    Ok(Running { child, said })
}

fn first_words(mut errors: ChildStderr) -> String {
    let mut said = Vec::new();
    let _ = (&mut errors).take(1 << 14).read_to_end(&mut said);
    let _ = std::io::copy(&mut errors, &mut std::io::sink());
    String::from_utf8_lossy(&said).into_owned()
}

impl Running {
    /// Hands on what it answers, entry by entry.
    fn read(
        mut self,
        end_of_entry: u8,
        take: &mut dyn FnMut(&[u8]) -> Result<(), GitError>,
    ) -> Result<(), GitError> {
        let Some(out) = self.child.stdout.take() else { return self.end() };
        let mut out = BufReader::with_capacity(1 << 16, out);
        let mut entry = Vec::new();
        loop {
            entry.clear();
            match (&mut out).take(MOST_ENTRY).read_until(end_of_entry, &mut entry) {
                Ok(0) => return self.end(),
                Ok(_) => {}
                Err(error) => return self.stop(GitError::Failed(error.to_string())),
            }
            let is_whole = entry.last() == Some(&end_of_entry);
            let told = if is_whole { entry.get(..entry.len() - 1).unwrap_or_default() } else { &entry };
            if let Err(error) = take(told) {
                return self.stop(error);
            }
            // What is longer than anyone writes is passed over to its end.
            if !is_whole && entry.len() as u64 == MOST_ENTRY && out.skip_until(end_of_entry).is_err() {
                return self.stop(GitError::TooBig("a message is too long"));
            }
        }
    }

    fn stop(mut self, error: GitError) -> Result<(), GitError> {
        let _ = self.child.kill();
        let _ = self.child.wait();
        Err(error)
    }

    /// Waits for the end; what the program says in a failure is the reason.
    fn end(mut self) -> Result<(), GitError> {
        let status = self.child.wait().map_err(|error| GitError::Failed(error.to_string()))?;
        let said = self.said.take().and_then(|said| said.join().ok()).unwrap_or_default();
        if status.success() {
            return Ok(());
        }
        let is_reason = |line: &&str| line.starts_with("fatal") || line.starts_with("error");
        let first = said.lines().map(str::trim).find(is_reason).or_else(|| said.lines().next());
        let first = first.unwrap_or("it failed without a word");
        Err(GitError::Failed(first.trim_start_matches("fatal: ").trim_start_matches("error: ").to_owned()))
    }
}
