//! Small repositories, made by the program itself.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

/// A repository below the folder for temporary files.
pub struct Repository {
    pub folder: PathBuf,
    minute: AtomicU64,
}

impl Drop for Repository {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn folder(name: &str) -> PathBuf {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("patchwright-git-{}-{number}-{name}", std::process::id());
    std::env::temp_dir().join(name)
}

impl Repository {
    pub fn new(name: &str) -> Repository {
        let repository = Repository { folder: folder(name), minute: AtomicU64::new(0) };
        std::fs::create_dir_all(&repository.folder).unwrap();
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository
    }

    /// A clone of it.
    pub fn cloned(&self, options: &[&str]) -> Repository {
        let clone = Repository { folder: folder("clone"), minute: AtomicU64::new(1000) };
        let from = format!("file://{}", self.folder.display());
        let to = clone.folder.display().to_string();
        let words = [&["clone", "--quiet"], options, &[from.as_str(), to.as_str()]].concat();
        self.git(&words);
        clone
    }

    /// Runs the program; its answer without the last line end.
    pub fn git(&self, words: &[&str]) -> String {
        let minute = self.minute.fetch_add(1, Ordering::Relaxed);
        let date = format!("2024-01-01T{:02}:{:02}:00 +0000", minute / 60, minute % 60);
        let output = Command::new("git")
            .current_dir(&self.folder)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_NAME", "A")
            .env("GIT_AUTHOR_EMAIL", "a@example.org")
            .env("GIT_COMMITTER_NAME", "C")
            .env("GIT_COMMITTER_EMAIL", "c@example.org")
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_DATE", &date)
            .args(words)
            .output()
            .expect("git runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {words:?}: {said}");
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }

    /// Writes a file and commits it; returns the commit.
    pub fn commit(&self, file: &str, content: &str, message: &str) -> String {
        let path = self.folder.join(file);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).unwrap();
        std::fs::write(path, content).unwrap();
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", message]);
        self.head()
    }

    /// Sets the release in the Makefile and tags it.
    pub fn release(&self, version: &str) -> String {
        let mut parts = version.split('.');
        let mut next = || parts.next().unwrap_or("0").to_owned();
        let makefile =
            format!("VERSION = {}\nPATCHLEVEL = {}\nSUBLEVEL = {}\nEXTRAVERSION =\n", next(), next(), next());
        let commit = self.commit("Makefile", &makefile, &format!("Linux {version}"));
        self.git(&["tag", &format!("v{version}")]);
        commit
    }

    pub fn head(&self) -> String {
        self.git(&["rev-parse", "HEAD"])
    }
}

/// True where the program is installed; else the test says that it is skipped.
pub fn has_git() -> bool {
    let found = Command::new("git").arg("--version").output().is_ok();
    if !found {
        eprintln!("skipped: git is not installed");
    }
    found
}
