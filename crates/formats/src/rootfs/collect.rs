//! The collector of facts: says of which files it wants the bytes, learns from them, and forgets them.

use std::collections::{BTreeMap, BTreeSet};

use super::banners::{self, File};
use super::schema::{
    Document, Facts, Is, Kernel, Modules, Package, Program, Raw, Remark, SCHEMA, Volume, Why,
};
use super::wanted::{self, Place, place};
use super::{Collector, Entry, EntryKind, Want, base64, elf, finish, kernel, languages};

/// Bytes of kept files together.
const KEPT: u64 = 384 << 20;
/// Bytes of lists of files together.
const LISTS: u64 = 256 << 20;
/// Bytes that payloads of kernels and modules may unpack to together.
const UNPACKED: u64 = 2 << 30;
/// Programs, packages and links that are kept, each.
const MOST: usize = 500_000;
/// Remarks that are kept one by one.
const REMARKS: usize = 2_000;

/// Learns what a root file system tells.
#[derive(Debug)]
pub struct Collect {
    volumes: BTreeMap<String, Tree>,
    now: String,
    kept: u64,
    listed: u64,
    unpacked: u64,
}

/// One file system while it is read.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub volume: Volume,
    /// The files of packages.
    pub lists: Vec<(String, Vec<u8>)>,
    /// Links to a file named like BusyBox.
    pub links: BTreeSet<String>,
    /// Second names of files.
    pub hard: BTreeMap<String, String>,
    /// The module of which `vermagic` was taken, by kernel.
    magic_of: BTreeMap<String, String>,
    remarks: BTreeSet<Remark>,
}

impl Default for Collect {
    fn default() -> Self {
        Collect::new()
    }
}

impl Collect {
    /// Begins with nothing.
    pub fn new() -> Collect {
        Collect {
            volumes: BTreeMap::new(),
            now: String::new(),
            kept: KEPT,
            listed: LISTS,
            unpacked: UNPACKED,
        }
    }

    /// What was learnt.
    pub fn finish(self) -> Facts {
        let volumes = self.volumes.into_iter().map(|(name, tree)| (name, finish::volume(tree)));
        Facts { schema: SCHEMA.to_owned(), volumes: volumes.collect() }
    }

    fn tree(&mut self) -> &mut Tree {
        self.volumes.entry(self.now.clone()).or_default()
    }

    fn keep(&mut self, is: Is, path: &str, bytes: &[u8]) {
        let size = bytes.len() as u64;
        if size > self.kept {
            self.tree().remark(Why::TooBig, path, "the files to be kept are too large together");
            return;
        }
        self.kept -= size;
        let document = Document { path: path.to_owned(), is, ..Document::default() };
        let document = match std::str::from_utf8(bytes) {
            Ok(text) => Document { text: text.to_owned(), ..document },
            Err(_) => Document { base64: base64::encode(bytes), ..document },
        };
        self.tree().volume.documents.push(document);
    }

    fn list(&mut self, owner: &str, path: &str, bytes: &[u8]) {
        let size = bytes.len() as u64;
        if size > self.listed {
            self.tree().remark(Why::TooBig, path, "the lists of files are too large together");
            return;
        }
        self.listed -= size;
        self.tree().lists.push((owner.to_owned(), bytes.to_vec()));
    }

    fn kernel(&mut self, path: &str, bytes: &[u8]) {
        if elf::is_elf(bytes) && banners::position(bytes, b"Linux version ").is_none() {
            return self.program(path, bytes);
        }
        let learnt = kernel::image(bytes, &mut self.unpacked);
        if !learnt.config.is_empty() {
            self.keep(Is::Config, &format!("{path}#ikconfig"), &learnt.config);
        }
        let tree = self.tree();
        if learnt.banner.is_empty() {
            tree.remark(Why::NotRead, path, "a kernel image without a banner that can be read");
        }
        tree.volume.kernels.push(Kernel {
            path: path.to_owned(),
            banner: learnt.banner,
            ..Kernel::default()
        });
        // A boot loader in the same file, and the other way round.
        self.raw(path, bytes);
    }

    fn raw(&mut self, path: &str, bytes: &[u8]) {
        let name = path.rsplit('/').next().unwrap_or(path);
        let file = File { name, soname: "", needs: &[], is_program: false };
        let found = banners::search(&file, bytes).found;
        let tree = self.tree();
        let of_kernel = found.iter().filter(|found| found.component == "linux");
        let has_kernel = tree.volume.kernels.iter().any(|kernel| kernel.path == path);
        if let Some(kernel) = of_kernel.take(1).next().filter(|_| !has_kernel) {
            let banner = kernel.banner.clone();
            tree.volume.kernels.push(Kernel { path: path.to_owned(), banner, ..Kernel::default() });
        }
        let found: Vec<_> = found.into_iter().filter(|found| found.component != "linux").collect();
        if !found.is_empty() && tree.volume.raw.len() < MOST {
            tree.volume.raw.push(Raw { path: path.to_owned(), found, ..Raw::default() });
        }
    }

    fn program(&mut self, path: &str, bytes: &[u8]) {
        if !elf::is_elf(bytes) {
            return;
        }
        let tree = self.tree();
        *tree.volume.seen.entry("programs".to_owned()).or_default() += 1;
        let mut program = match elf::read(path, bytes) {
            Ok(program) => program,
            Err(why) => {
                tree.remark(Why::Broken, path, &why);
                Program { path: path.to_owned(), ..Program::default() }
            }
        };
        let name = path.rsplit('/').next().unwrap_or(path);
        let file = File { name, soname: &program.soname, needs: &program.needs, is_program: true };
        let answer = banners::search(&file, bytes);
        program.found = answer.found;
        for several in answer.ambiguous {
            tree.remark(Why::Ambiguous, path, &several);
        }
        if tree.volume.programs.len() < MOST {
            tree.volume.programs.push(program);
        } else {
            tree.remark(Why::TooBig, path, "more programs than are kept");
        }
    }

    fn module(&mut self, release: &str, path: &str, bytes: &[u8]) {
        let magic = kernel::vermagic(bytes, &mut self.unpacked);
        let tree = self.tree();
        let is_first = tree.magic_of.get(release).is_none_or(|first| path <= first.as_str());
        if is_first && let Some(magic) = magic {
            tree.magic_of.insert(release.to_owned(), path.to_owned());
            tree.modules(release).vermagic = magic;
        }
    }
}

impl Tree {
    fn remark(&mut self, why: Why, path: &str, value: &str) {
        if self.remarks.len() < REMARKS {
            self.remarks.insert(Remark { why, path: path.to_owned(), value: value.to_owned() });
        } else {
            *self.volume.seen.entry("more remarks".to_owned()).or_default() += 1;
        }
    }

    fn modules(&mut self, release: &str) -> &mut Modules {
        self.volume.modules.entry(release.to_owned()).or_default()
    }

    fn package(&mut self, path: &str, package: Option<Package>) {
        match package {
            Some(package) if self.volume.packages.len() < MOST => {
                self.volume.packages.push(Package { path: path.to_owned(), ..package });
            }
            Some(_) => self.remark(Why::TooBig, path, "more packages than are kept"),
            None => self.remark(Why::Broken, path, "no name and version of a package"),
        }
    }

    /// The remarks in order.
    pub(super) fn take_remarks(&mut self) -> Vec<Remark> {
        std::mem::take(&mut self.remarks).into_iter().collect()
    }

    fn link(&mut self, path: &str, target: &str) {
        let name = target.rsplit('/').next().unwrap_or(target);
        if is_busybox(name) && is_command(path) && self.links.len() < MOST {
            self.links.insert(path.to_owned());
        }
    }

    fn modprobe(&mut self, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        let names = text.lines().filter_map(|line| line.trim().strip_prefix("blacklist "));
        let names =
            names.map(|name| name.trim().replace('-', "_")).filter(|name| (1..=64).contains(&name.len()));
        self.volume.blacklisted.extend(names.take(MOST));
    }

    fn module_lists(&mut self, release: &str, list: &str, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        let paths = text.lines().filter_map(|line| line.split([':', ' ']).next());
        let paths = paths.filter(|path| path.contains(".ko")).take(MOST).map(str::to_owned).collect();
        let modules = self.modules(release);
        if list == "modules.dep" { modules.listed = paths } else { modules.builtin = paths }
    }
}

/// The names that build systems give to BusyBox.
pub(super) fn is_busybox(name: &str) -> bool {
    name.strip_prefix("busybox").is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']))
}

/// A path at which a command is called.
pub(super) fn is_command(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let last = folder.rsplit('/').next().unwrap_or_default();
    matches!(last, "bin" | "sbin") || (folder.is_empty() && matches!(name, "init" | "linuxrc"))
}

impl Collector for Collect {
    fn volume(&mut self, name: &str) {
        name.clone_into(&mut self.now);
    }

    fn entry(&mut self, entry: &Entry<'_>) -> Want {
        let path = entry.path;
        let tree = self.tree();
        match entry.kind {
            EntryKind::File => {}
            EntryKind::Link(target) => {
                tree.link(path, target);
                return Want::Nothing;
            }
            EntryKind::HardLink(target) => {
                if is_command(path) && tree.hard.len() < MOST {
                    tree.hard.insert(path.to_owned(), target.to_owned());
                }
                return Want::Nothing;
            }
            EntryKind::Directory | EntryKind::Other => return Want::Nothing,
        }
        *tree.volume.seen.entry("files".to_owned()).or_default() += 1;
        let limit = match place(path) {
            Place::Nothing => return Want::Nothing,
            Place::Unread(kind) => {
                *tree.volume.seen.entry(kind.to_owned()).or_default() += 1;
                return Want::Nothing;
            }
            Place::Gem(stem) => {
                tree.package(path, languages::gem(stem));
                return Want::Nothing;
            }
            Place::Module(release, below) => {
                let first = tree.magic_of.get(release).is_none_or(|first| path < first.as_str());
                let modules = tree.modules(release);
                if modules.files.len() < MOST {
                    modules.files.insert(below.to_owned());
                }
                // The vermagic of the first module in order: few of them are read, whatever their order.
                if !first {
                    return Want::Nothing;
                }
                wanted::TEXT * 16
            }
            Place::Kept(_) => wanted::DOCUMENT,
            Place::FilesOf(_) | Place::ModuleList(..) => wanted::TEXT * 8,
            Place::Python => return Want::Head(wanted::TEXT.min(64 << 10)),
            Place::Node | Place::Modprobe => wanted::TEXT,
            Place::Kernel | Place::Raw | Place::Program => wanted::PROGRAM,
        };
        if entry.size > limit {
            let value = format!("{} bytes are more than the {limit} that are looked at", entry.size);
            tree.remark(Why::TooBig, path, &value);
            return Want::Nothing;
        }
        if entry.size == 0 { Want::Nothing } else { Want::Whole }
    }

    fn file(&mut self, entry: &Entry<'_>, bytes: &[u8]) {
        let path = entry.path;
        let place = place(path);
        if !matches!(place, Place::Python) && (bytes.len() as u64) < entry.size {
            self.tree().remark(Why::TooBig, path, "only a part of it was handed over");
            return;
        }
        match place {
            Place::Kept(Is::Rpm) if !bytes.starts_with(b"SQLite format 3\0") => {
                self.tree().remark(Why::NotRead, path, "an rpm database that is not of SQLite");
            }
            Place::Kept(is) => self.keep(is, path, bytes),
            Place::FilesOf(owner) => self.list(owner, path, bytes),
            Place::ModuleList(release, list) => self.tree().module_lists(release, list, bytes),
            Place::Modprobe => self.tree().modprobe(bytes),
            Place::Module(release, _) => self.module(release, path, bytes),
            Place::Python => self.tree().package(path, languages::python(&String::from_utf8_lossy(bytes))),
            Place::Node => self.tree().package(path, languages::node(bytes)),
            Place::Kernel => self.kernel(path, bytes),
            Place::Raw if !elf::is_elf(bytes) => self.raw(path, bytes),
            Place::Raw | Place::Program => self.program(path, bytes),
            Place::Gem(_) | Place::Unread(_) | Place::Nothing => {}
        }
    }
}
