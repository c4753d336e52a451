//! rpm: the database of installed packages, as SQLite (`rpmdb.sqlite`) or in rpm's own `ndb` (`Packages.db`). Both hold
//! one header blob per package. Berkeley DB (`Packages`, up to RHEL 8) is recognised and refused with the way out.
//!
//! Vendors' data speak of source packages; `SOURCERPM` names it. The epoch is that of the binary package: source packages
//! share it, and the file name does not tell.

mod header;
mod ndb;
mod sqlite;

use model::component::{Component, Role, Scope};
use model::dependency::Tie;
use model::note::{Note, NoteCode, Read, Severity};
use model::sbom::Inventory;

use super::{List, Package};
use crate::limits::{FormatError, Limits};
use header::Header;

/// What a database is, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Sqlite,
    Ndb,
    BerkeleyDb,
}

fn form(bytes: &[u8]) -> Option<Form> {
    if bytes.starts_with(b"SQLite format 3\0") {
        return Some(Form::Sqlite);
    }
    if bytes.starts_with(b"RpmP") {
        return Some(Form::Ndb);
    }
    let magic: [u8; 4] = bytes.get(12..16)?.try_into().ok()?;
    // The magic numbers of Berkeley DB's hash and b-tree files.
    let is_known = |number: u32| matches!(number, 0x0006_1561 | 0x0005_3162);
    (is_known(u32::from_le_bytes(magic)) || is_known(u32::from_be_bytes(magic))).then_some(Form::BerkeleyDb)
}

/// True for a file that [`read`] has an answer for.
pub fn is_database(bytes: &[u8]) -> bool {
    form(bytes).is_some()
}

const BERKELEY: &str = "it is an rpm database in Berkeley DB, which is not read; convert a copy with `rpmdb \
                        --define '_db_backend sqlite' --root ROOT --rebuilddb` (rpm 4.16 or 4.17) and give \
                        var/lib/rpm/rpmdb.sqlite";

/// Reads one database.
///
/// # Errors
/// When it is no rpm database, is one in Berkeley DB, is broken, or passes a limit.
pub fn read(bytes: &[u8], name: &str, limits: &Limits) -> Result<Read<Inventory>, FormatError> {
    let malformed = |why: String| FormatError::Malformed { name: name.to_owned(), why };
    let mut database = Database { list: List::new(limits), keys: 0, broken: 0 };
    let walked = match form(bytes) {
        Some(Form::Sqlite) => sqlite::packages(bytes, &mut |at, blob| database.add(at, blob)),
        Some(Form::Ndb) => ndb::packages(bytes, &mut |at, blob| database.add(at, blob)),
        Some(Form::BerkeleyDb) => return Err(malformed(BERKELEY.to_owned())),
        None => return Err(malformed("it is no rpm database".to_owned())),
    };
    let notes = match walked {
        Ok(notes) => notes,
        Err(Broken::Truncated(why)) => return Err(FormatError::Truncated { name: name.to_owned(), why }),
        Err(Broken::Wrong(why)) => return Err(malformed(why)),
    };
    database.finish(name, notes)
}

/// Why a container cannot be walked.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Broken {
    /// It ends before a page or block that it names.
    Truncated(String),
    Wrong(String),
}

struct Database {
    list: List,
    /// `gpg-pubkey` entries: signing keys, no software.
    keys: usize,
    broken: usize,
}

impl Database {
    fn add(&mut self, at: u64, blob: &[u8]) {
        let header = match Header::read(blob) {
            Ok(header) => header,
            Err(why) => {
                self.broken += 1;
                let value = format!("a package header that cannot be read: {why}");
                self.list.note(Note::new(
                    NoteCode::BadRecord,
                    Severity::Error,
                    format!("package {at}"),
                    &value,
                ));
                return;
            }
        };
        let name = header.text(header::NAME);
        if name == "gpg-pubkey" {
            self.keys += 1;
            return;
        }
        if name.is_empty() {
            let value = "a package without a name, ignored";
            self.list.note(Note::new(NoteCode::NoName, Severity::Warn, format!("package {at}"), value));
            return;
        }
        let reference = self.add_package(&header, &name);
        self.add_needs(&header, &name, &reference);
    }

    fn add_package(&mut self, header: &Header<'_>, name: &str) -> String {
        let epoch = header.number(header::EPOCH).unwrap_or_default();
        let version = join_release(&header.text(header::VERSION), &header.text(header::RELEASE));
        let with_epoch = |version: &str| match (epoch, version) {
            (0, _) | (_, "") => version.to_owned(),
            (epoch, version) => format!("{epoch}:{version}"),
        };
        let arch = header.text(header::ARCH);
        let file = header.text(header::SOURCE_RPM);
        let (source, source_version) = split_source_rpm(&file).unwrap_or_default();
        let package = Package {
            kind: "rpm",
            name,
            version: &version,
            arch: &arch,
            source,
            source_version: &with_epoch(if source_version.is_empty() { &version } else { source_version }),
        };
        let mut component = package.component();
        if let Some(purl) = component.purls.first_mut() {
            // The purl type for rpm keeps the epoch in a qualifier.
            if epoch > 0 {
                purl.qualifiers.push(("epoch".to_owned(), epoch.to_string()));
            }
            if !file.is_empty() {
                purl.qualifiers.push(("upstream".to_owned(), file.to_string()));
            }
        }
        component.homepage = header.text(header::URL).into_owned();
        let vendors = [header::VENDOR, header::PACKAGER].into_iter().map(|tag| header.text(tag));
        component.supplier =
            vendors.into_iter().find(|text| !text.is_empty()).unwrap_or_default().into_owned();
        settle_kernel(&mut component, name);
        self.list.add(component, &arch)
    }

    /// Sonames are linked, `rpmlib(…)` and `config(…)` are the package manager's own, a path is a file.
    fn add_needs(&mut self, header: &Header<'_>, name: &str, reference: &str) {
        let graph = &mut self.list.graph;
        graph.provide(name, reference);
        for provided in header.texts(header::PROVIDES) {
            graph.provide(&provided, reference);
        }
        for wanted in header.texts(header::REQUIRES) {
            let is_own = ["rpmlib(", "config("].iter().any(|start| wanted.starts_with(start));
            if is_own {
                continue;
            }
            let tie = if wanted.contains(".so.") || wanted.contains(".so(") {
                Tie::DynamicLink
            } else {
                Tie::Runtime
            };
            // A file may belong to any package, and a rich dependency is an expression.
            if wanted.starts_with(['/', '(']) || wanted.contains('(') {
                graph.may_want(reference, &wanted, tie);
            } else {
                graph.want(reference, std::iter::once(&*wanted), tie);
            }
        }
    }

    fn finish(mut self, name: &str, notes: Vec<Note>) -> Result<Read<Inventory>, FormatError> {
        if self.keys > 0 {
            let value = format!("{} signing keys (gpg-pubkey) are no software, passed over", self.keys);
            self.list.note(Note::new(NoteCode::UnknownEnum, Severity::Info, "gpg-pubkey", &value));
        }
        let rest = match (self.keys, self.broken) {
            (0, 0) => String::new(),
            (keys, broken) => format!(", only {keys} signing keys and {broken} headers that cannot be read"),
        };
        self.list.finish(name, "rpm", &rest, notes)
    }
}

fn join_release(version: &str, release: &str) -> String {
    if release.is_empty() { version.to_owned() } else { format!("{version}-{release}") }
}

/// `bash-5.1.8-6.el9.src.rpm` is bash, 5.1.8-6.el9.
fn split_source_rpm(file: &str) -> Option<(&str, &str)> {
    let stem = file.strip_suffix(".src.rpm").or_else(|| file.strip_suffix(".nosrc.rpm"))?;
    let (front, _) = stem.rsplit_once('-')?;
    let (name, _) = front.rsplit_once('-')?;
    Some((name, stem.get(name.len() + 1..)?))
}

/// The kernel's source package also makes headers, documents and tools, which are not the kernel.
fn settle_kernel(component: &mut Component, name: &str) {
    let source = component.source_package.as_str();
    if !(source == "kernel" || source.starts_with("kernel-") || source == "linux") {
        return;
    }
    let is_kernel = name == "kernel"
        || ["kernel-core", "kernel-modules", "kernel-default", "kernel-rt", "kernel-uki", "kernel-image"]
            .iter()
            .any(|start| name.starts_with(start));
    if is_kernel && !name.ends_with("-devel") {
        component.role = Role::Kernel;
        return;
    }
    component.source_package.clear();
    for purl in &mut component.purls {
        purl.qualifiers.retain(|(key, _)| key != "upstream");
    }
    let is_of_build = |part: &str| matches!(part, "headers" | "devel" | "doc" | "source" | "macros" | "srpm");
    if name.split('-').any(is_of_build) {
        component.scope = Scope::BuildOnly;
    }
}
