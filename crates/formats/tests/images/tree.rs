//! A small root file system on disk, and what a reading of it has to give.

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use formats::images::{FormatError, ImageLimits, walk};
use formats::rootfs::{Collector, Entry, EntryKind, Want};
use model::note::Note;

/// One thing as it was read: what it is, its mode, its bytes or target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Thing {
    File { mode: u32, bytes: Vec<u8> },
    Directory { mode: u32 },
    Link(String),
    Other,
}

/// All of a root file system, by path.
pub type Things = BTreeMap<String, Thing>;

/// Keeps everything that is handed over.
#[derive(Default)]
pub struct Seen {
    pub volumes: Vec<String>,
    pub things: BTreeMap<String, Things>,
    pub hard_links: usize,
    pub order: Vec<String>,
    pub head: Option<u64>,
}

impl Seen {
    fn here(&mut self) -> &mut Things {
        let volume = self.volumes.last().cloned().unwrap_or_default();
        self.things.entry(volume).or_default()
    }
}

impl Collector for Seen {
    fn volume(&mut self, name: &str) {
        self.volumes.push(name.to_owned());
    }

    fn entry(&mut self, entry: &Entry<'_>) -> Want {
        self.order.push(entry.path.to_owned());
        let thing = match entry.kind {
            EntryKind::File => Thing::File { mode: entry.mode, bytes: Vec::new() },
            EntryKind::Directory => Thing::Directory { mode: entry.mode },
            EntryKind::Link(target) => Thing::Link(target.to_owned()),
            EntryKind::HardLink(first) => {
                self.hard_links += 1;
                self.here()[first].clone()
            }
            EntryKind::Other => Thing::Other,
        };
        let before = self.here().insert(entry.path.to_owned(), thing);
        assert!(before.is_none(), "{} came twice", entry.path);
        self.head.map_or(Want::Whole, Want::Head)
    }

    fn file(&mut self, entry: &Entry<'_>, bytes: &[u8]) {
        let want = self.head.map_or(entry.size, |head| head.min(entry.size));
        assert_eq!(bytes.len() as u64, want, "{}", entry.path);
        let Some(Thing::File { bytes: kept, .. }) = self.here().get_mut(entry.path) else {
            panic!("bytes of {} before its entry", entry.path)
        };
        *kept = bytes.to_vec();
    }
}

/// Reads an image in memory.
pub fn read(bytes: &[u8]) -> Result<(Seen, Vec<Note>), FormatError> {
    read_within(bytes, &ImageLimits::DEFAULT)
}

/// Reads an image in memory within limits.
pub fn read_within(bytes: &[u8], limits: &ImageLimits) -> Result<(Seen, Vec<Note>), FormatError> {
    let mut seen = Seen::default();
    let notes = walk(Box::new(Cursor::new(bytes.to_vec())), "image", limits, &mut seen)?;
    Ok((seen, notes))
}

/// The one file system of an image; no note may be made.
pub fn only(bytes: &[u8]) -> Things {
    let (mut seen, notes) = read(bytes).expect("an image");
    assert!(notes.is_empty(), "{notes:?}");
    assert!(seen.volumes.is_empty(), "{:?}", seen.volumes);
    let mut things = seen.things.remove("").unwrap_or_default();
    things.remove("lost+found");
    things
}

/// Why an image is refused.
pub fn refused(bytes: &[u8]) -> String {
    match read(bytes) {
        Err(error) => error.to_string(),
        Ok((seen, notes)) => panic!("{} things were read, notes {notes:?}", seen.order.len()),
    }
}

/// A folder of a test, new and empty.
pub fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("patchwright-images-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Bytes that do not compress, always the same.
pub fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    (0..length)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state as u8
        })
        .collect()
}

/// Writes a root file system with everything that file systems differ in, and returns what is in it.
pub fn plant(root: &Path) -> Things {
    for folder in ["etc/init.d", "usr/lib/modules/6.1.0", "bin", "empty", "dev", "a/b/c/d/e/f/g/h"] {
        fs::create_dir_all(root.join(folder)).unwrap();
    }
    fs::set_permissions(root.join("empty"), fs::Permissions::from_mode(0o1777)).unwrap();
    let put = |path: &str, bytes: &[u8]| fs::write(root.join(path), bytes).unwrap();
    put("etc/os-release", b"ID=tree\nVERSION_ID=1\n");
    put("etc/empty", b"");
    put("bin/busybox", &noise(300_001, 7));
    fs::set_permissions(root.join("bin/busybox"), fs::Permissions::from_mode(0o4755)).unwrap();
    put("usr/lib/zeros", &vec![0; 700_000]);
    put("usr/lib/one-block", &noise(131_072, 8));
    put("usr/lib/text", "a line that repeats\n".repeat(20_000).as_bytes());
    let mut holes = vec![0; 500_000];
    holes[400_000..400_010].copy_from_slice(b"at the end");
    put("usr/lib/holes", &holes);
    put("a/b/c/d/e/f/g/h/deep", b"deep");
    put("etc/n\u{e4}me with blanks", b"utf-8");
    put(&format!("etc/{}", "long".repeat(50)), b"a name of 200 letters");
    for number in 0..600 {
        put(&format!("usr/lib/modules/6.1.0/module-{number:03}.ko"), format!("module {number}").as_bytes());
    }
    fs::hard_link(root.join("bin/busybox"), root.join("bin/ash")).unwrap();
    fs::hard_link(root.join("bin/busybox"), root.join("bin/zcat")).unwrap();
    symlink("busybox", root.join("bin/sh")).unwrap();
    symlink(format!("../{}", "far/".repeat(40)), root.join("etc/long-link")).unwrap();
    symlink("loop", root.join("etc/loop")).unwrap();
    symlink("/absolute/nowhere", root.join("etc/nowhere")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(root.join("dev/pipe")).status().unwrap();
    assert!(made.success());
    things_of(root)
}

/// What is in a folder, read by the system itself.
pub fn things_of(root: &Path) -> Things {
    let mut things = Things::new();
    let mut left = vec![root.to_owned()];
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let facts = fs::symlink_metadata(&path).unwrap();
            let mode = facts.mode() & 0o7777;
            let thing = if facts.is_dir() {
                left.push(path.clone());
                Thing::Directory { mode }
            } else if facts.is_file() {
                Thing::File { mode, bytes: fs::read(&path).unwrap() }
            } else if facts.is_symlink() {
                Thing::Link(fs::read_link(&path).unwrap().to_str().unwrap().to_owned())
            } else {
                Thing::Other
            };
            things.insert(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned(), thing);
        }
    }
    things
}

/// Compares without printing megabytes.
pub fn must_equal(what: &str, got: &Things, wanted: &Things) {
    let missing: Vec<&String> = wanted.keys().filter(|path| !got.contains_key(*path)).collect();
    let surplus: Vec<&String> = got.keys().filter(|path| !wanted.contains_key(*path)).collect();
    assert!(missing.is_empty() && surplus.is_empty(), "{what}: missing {missing:?}, surplus {surplus:?}");
    for (path, thing) in wanted {
        assert!(got[path] == *thing, "{what}: {path} differs");
    }
}
