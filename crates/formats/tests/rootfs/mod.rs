//! Root file systems: trees built in memory, programs of this machine, facts as JSON.

mod elf;
mod facts;
mod hostile;
mod kernels;
mod programs;
mod tree;

use formats::limits::Limits;
use formats::rootfs::collect::Collect;
use formats::rootfs::schema::{Facts, Volume};
use formats::rootfs::{Collector, Entry, EntryKind, Want};
use model::note::Read;
use model::sbom::Inventory;

/// One thing of a tree.
#[derive(Clone, Debug)]
pub enum Thing {
    File(Vec<u8>),
    Link(&'static str),
    Hard(&'static str),
    Folder,
    /// What follows lies in another file system.
    Volume,
}

/// A tree as a container hands it over.
#[derive(Clone, Debug, Default)]
pub struct Tree(pub Vec<(String, Thing)>);

impl Tree {
    pub fn file(mut self, path: &str, bytes: impl AsRef<[u8]>) -> Tree {
        self.0.push((path.to_owned(), Thing::File(bytes.as_ref().to_vec())));
        self
    }

    pub fn link(mut self, path: &str, target: &'static str) -> Tree {
        self.0.push((path.to_owned(), Thing::Link(target)));
        self
    }

    pub fn hard(mut self, path: &str, target: &'static str) -> Tree {
        self.0.push((path.to_owned(), Thing::Hard(target)));
        self
    }

    pub fn folder(mut self, path: &str) -> Tree {
        self.0.push((path.to_owned(), Thing::Folder));
        self
    }

    pub fn volume(mut self, name: &str) -> Tree {
        self.0.push((name.to_owned(), Thing::Volume));
        self
    }

    /// Hands the tree over, as the readers of directories and images do.
    pub fn facts(&self) -> Facts {
        let mut collect = Collect::new();
        for (path, thing) in &self.0 {
            let (kind, bytes) = match thing {
                Thing::Volume => {
                    collect.volume(path);
                    continue;
                }
                Thing::File(bytes) => (EntryKind::File, bytes.as_slice()),
                Thing::Link(target) => (EntryKind::Link(target), &[][..]),
                Thing::Hard(target) => (EntryKind::HardLink(target), &[][..]),
                Thing::Folder => (EntryKind::Directory, &[][..]),
            };
            let entry = Entry { path, kind, size: bytes.len() as u64, mode: 0o755 };
            match collect.entry(&entry) {
                Want::Nothing => {}
                Want::Head(most) => collect.file(&entry, &bytes[..bytes.len().min(most as usize)]),
                Want::Whole => collect.file(&entry, bytes),
            }
        }
        collect.finish()
    }

    /// The only file system of the tree.
    pub fn only(&self) -> Volume {
        self.facts().volumes.remove("").expect("a file system without a name")
    }

    pub fn read(&self) -> Read<Inventory> {
        let json = self.facts().to_json();
        formats::detect::read_inventory(json.as_bytes(), "root", &Limits::INVENTORY)
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// Components as `name version`, sorted.
    pub fn components(&self) -> Vec<String> {
        let read = self.read();
        read.value.components.iter().map(|one| format!("{} {}", one.name, one.version)).collect()
    }
}
