//! A root file system as a directory: walked in the order of names, no link followed, no device opened, no other file
//! system entered (`/proc`, a mounted share).

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use formats::images::{FormatError, ImageLimits, Ledger};
use formats::rootfs::{Collector, Entry, EntryKind};
use model::note::{Note, NoteCode, Severity};

/// Of these a directory has one, if it is a root file system.
pub const MARKS: &[&str] = &[
    "etc/os-release",
    "usr/lib/os-release",
    "etc/openwrt_release",
    "var/lib/dpkg",
    "var/lib/opkg",
    "usr/lib/opkg",
    "lib/apk/db",
    "var/lib/rpm",
    "usr/lib/sysimage/rpm",
    "lib/modules",
    "usr/lib/modules",
    "bin/busybox",
    "usr/bin/busybox",
    "bin/sh",
    "usr/bin/sh",
    "sbin/init",
    "usr/sbin/init",
];

/// True when a directory is a root file system, and no folder of documents.
pub fn is_root(folder: &Path) -> bool {
    // Links in a root file system lead into the system that looks: whether they exist counts, not where they lead.
    folder.is_dir() && MARKS.iter().any(|mark| fs::symlink_metadata(folder.join(mark)).is_ok())
}

/// Hands a directory over. Directories and files that may not be read are noted.
///
/// # Errors
/// When the directory itself cannot be read, or a limit is passed.
pub fn read(
    root: &Path,
    name: &str,
    limits: &ImageLimits,
    collector: &mut dyn Collector,
) -> Result<Vec<Note>, FormatError> {
    let mut ledger = Ledger::new(name, limits, collector);
    let device = fs::metadata(root).map_err(|error| ledger.io("", &error))?.dev();
    let mut walk = Walk { root: root.to_owned(), device, files: BTreeMap::new(), waiting: 0 };
    walk.all(&mut ledger)?;
    Ok(ledger.finish())
}

/// A directory on the way: its path below the root, and what of it is still to come, the next one last.
struct Level {
    path: PathBuf,
    rest: Vec<OsString>,
}

struct Walk {
    root: PathBuf,
    device: u64,
    /// Files with several names, and the name that was handed over first.
    files: BTreeMap<u64, String>,
    /// Names that were listed and not yet handed over.
    waiting: u64,
}

impl Walk {
    fn all(&mut self, ledger: &mut Ledger<'_>) -> Result<(), FormatError> {
        let listed = list(&self.root).map_err(|error| ledger.io("", &error))?;
        let mut levels = vec![self.level(ledger, PathBuf::new(), listed)?];
        while let Some(level) = levels.last_mut() {
            let Some(name) = level.rest.pop() else {
                levels.pop();
                continue;
            };
            self.waiting -= 1;
            let path = level.path.join(name);
            if let Some(listed) = self.one(ledger, &path)? {
                levels.push(self.level(ledger, path, listed)?);
            }
        }
        Ok(())
    }

    fn level(
        &mut self,
        ledger: &Ledger<'_>,
        path: PathBuf,
        mut rest: Vec<OsString>,
    ) -> Result<Level, FormatError> {
        self.waiting += rest.len() as u64;
        ledger.room(self.waiting)?;
        rest.sort_unstable_by(|one, other| other.cmp(one));
        Ok(Level { path, rest })
    }

    /// Hands one entry over; the names in it where it is a directory to go into.
    fn one(&mut self, ledger: &mut Ledger<'_>, path: &Path) -> Result<Option<Vec<OsString>>, FormatError> {
        let raw = path.as_os_str().as_bytes();
        let full = self.root.join(path);
        let Some(shown) = ledger.path(raw)? else { return Ok(None) };
        let facts = match fs::symlink_metadata(&full) {
            Ok(facts) => facts,
            Err(error) => {
                passed(ledger, &shown, &error);
                return Ok(None);
            }
        };
        let mode = facts.mode() & 0o7777;
        let mut entry = Entry { path: &shown, kind: EntryKind::Other, size: 0, mode };
        if facts.is_symlink() {
            let target = fs::read_link(&full).map(|target| target.into_os_string().into_vec());
            let target = target.unwrap_or_default();
            let target = String::from_utf8_lossy(&target);
            ledger.offer(&Entry { kind: EntryKind::Link(&target), ..entry })?;
            return Ok(None);
        }
        if facts.is_dir() {
            entry.kind = EntryKind::Directory;
            ledger.offer(&entry)?;
            return Ok(self.names_in(ledger, &shown, &full, &facts));
        }
        if facts.is_file() {
            self.file(ledger, entry, &full, &facts)?;
            return Ok(None);
        }
        ledger.offer(&entry)?;
        Ok(None)
    }

    fn names_in(
        &self,
        ledger: &mut Ledger<'_>,
        shown: &str,
        full: &Path,
        facts: &Metadata,
    ) -> Option<Vec<OsString>> {
        if facts.dev() != self.device {
            let value = "another file system is mounted here, not read; give it by itself if it belongs to the device";
            ledger.note(NoteCode::EvidenceIncomplete, Severity::Info, shown, value);
            return None;
        }
        match list(full) {
            Ok(names) => Some(names),
            Err(error) => {
                passed(ledger, shown, &error);
                None
            }
        }
    }

    fn file(
        &mut self,
        ledger: &mut Ledger<'_>,
        entry: Entry<'_>,
        full: &Path,
        facts: &Metadata,
    ) -> Result<(), FormatError> {
        if facts.nlink() > 1 {
            if let Some(first) = self.files.get(&facts.ino()) {
                ledger.offer(&Entry { kind: EntryKind::HardLink(first), ..entry })?;
                return Ok(());
            }
            self.files.insert(facts.ino(), entry.path.to_owned());
        }
        let entry = Entry { kind: EntryKind::File, size: facts.len(), ..entry };
        let Some(wanted) = ledger.offer(&entry)? else { return Ok(()) };
        ledger.give(wanted as u64)?;
        match content(full, wanted) {
            Ok(bytes) => ledger.hand(&entry, &bytes),
            Err(error) => passed(ledger, entry.path, &error),
        }
        Ok(())
    }
}

fn list(folder: &Path) -> io::Result<Vec<OsString>> {
    fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name())).collect()
}

/// The first bytes of a file, which may have become something else meanwhile.
fn content(path: &Path, wanted: usize) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let kind = file.metadata()?.file_type();
    if !kind.is_file() || kind.is_fifo() {
        return Err(io::Error::other("it is no file any more"));
    }
    let mut bytes = Vec::new();
    file.take(wanted as u64).read_to_end(&mut bytes)?;
    if bytes.len() < wanted {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "it became shorter while it was read"));
    }
    Ok(bytes)
}

fn passed(ledger: &mut Ledger<'_>, path: &str, error: &io::Error) {
    let value = format!("not read: {error}");
    ledger.note(NoteCode::EvidenceIncomplete, Severity::Warn, path, &value);
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::path::PathBuf;

    use formats::images::{FormatError, ImageLimits};
    use formats::rootfs::{Collector, Entry, Want};

    use super::{is_root, read};

    #[derive(Default)]
    struct Seen(Vec<String>);

    impl Collector for Seen {
        fn entry(&mut self, entry: &Entry<'_>) -> Want {
            self.0.push(format!("{} {:?} {} {:o}", entry.path, entry.kind, entry.size, entry.mode & 0o700));
            Want::Whole
        }
        fn file(&mut self, entry: &Entry<'_>, bytes: &[u8]) {
            self.0.push(format!("{} = {}", entry.path, String::from_utf8_lossy(bytes)));
        }
    }

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("patchwright-folder-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn a_directory_in_the_order_of_names() {
        let root = folder("names");
        for name in ["etc", "bin", "proc/self"] {
            fs::create_dir_all(root.join(name)).unwrap();
        }
        fs::write(root.join("etc/os-release"), "ID=x\n").unwrap();
        fs::write(root.join("bin/busybox"), "program").unwrap();
        fs::hard_link(root.join("bin/busybox"), root.join("bin/zcat")).unwrap();
        // Neither a circle nor a way out of the directory.
        symlink("..", root.join("etc/up")).unwrap();
        symlink("/", root.join("etc/world")).unwrap();
        assert!(is_root(&root));
        let mut seen = Seen::default();
        let notes = read(&root, "root", &ImageLimits::DEFAULT, &mut seen).unwrap();
        assert!(notes.is_empty(), "{notes:?}");
        assert_eq!(
            seen.0,
            [
                "bin Directory 0 700",
                "bin/busybox File 7 600",
                "bin/busybox = program",
                "bin/zcat HardLink(\"bin/busybox\") 0 600",
                "etc Directory 0 700",
                "etc/os-release File 5 600",
                "etc/os-release = ID=x\n",
                "etc/up Link(\"..\") 0 700",
                "etc/world Link(\"/\") 0 700",
                "proc Directory 0 700",
                "proc/self Directory 0 700",
            ]
        );
        let few = ImageLimits { entries: 5, ..ImageLimits::DEFAULT };
        let error = read(&root, "root", &few, &mut Seen::default()).unwrap_err();
        assert!(matches!(error, FormatError::TooBig { .. }), "{error}");
    }

    #[test]
    fn folders_of_documents_are_none() {
        let root = folder("documents");
        fs::write(root.join("bom.json"), "{}").unwrap();
        assert!(!is_root(&root));
        assert!(read(&root.join("absent"), "absent", &ImageLimits::DEFAULT, &mut Seen::default()).is_err());
    }
}
