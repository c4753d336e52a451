//! The whole tree: from the root make files down to source files, each with its condition.

use std::collections::{BTreeMap, BTreeSet};

use model::build::ConfigOf;
use rustc_hash::FxHashMap;

use super::condition::{Condition, Conditions};
use super::folder::{Folder, Reading};
use super::tree::{Tree, join};
use super::words::{WILD, stem_of};

/// Endings of files that an object is compiled from.
const SOURCES: &[&str] =
    &[".c", ".S", ".s", ".rs", ".cpp", ".cc", ".c_shipped", ".S_shipped", ".asn1", ".y", ".l", ".uc", ".pl"];

/// What is known of one source file.
#[derive(Clone, Debug)]
pub struct Source {
    /// When it is built.
    pub when: Condition,
    /// Modules that hold it when it is `m`.
    pub modules: BTreeSet<String>,
}

/// The result: source files, and objects that no file was found for.
#[derive(Debug, Default)]
pub struct Derived {
    /// Source files by path.
    pub files: BTreeMap<String, Source>,
    /// Objects without a source file.
    pub unresolved: BTreeSet<String>,
    /// Folders named by a make file that are not there or have none.
    pub missing: BTreeSet<String>,
}

/// One way to build a tree: U-Boot's proper and its first stage differ.
struct Pass {
    prefix: &'static str,
    roots: Vec<(String, String)>,
    settled: FxHashMap<String, String>,
    variables: Vec<(String, String)>,
}

/// Derives the conditions of all source files.
pub fn derive(tree: &Tree, of: ConfigOf, conditions: &mut Conditions) -> Derived {
    let mut derived = Derived::default();
    for pass in passes(tree, of) {
        let mut walk =
            Walk { tree, of, pass: &pass, conditions, folders: BTreeMap::new(), when: BTreeMap::new() };
        walk.run();
        walk.collect(&mut derived);
    }
    derived
}

fn passes(tree: &Tree, of: ConfigOf) -> Vec<Pass> {
    let arches = tree.folders_below("arch");
    let with_arches = |files: &[&str]| {
        let tops = files.iter().map(|file| ((*file).to_owned(), String::new()));
        let arches = arches.iter().map(|arch| (format!("arch/{arch}/Makefile"), arch.clone()));
        tops.chain(arches).collect::<Vec<_>>()
    };
    let plain = |files: &[&str]| Pass {
        prefix: "",
        roots: with_arches(files),
        settled: FxHashMap::default(),
        variables: Vec::new(),
    };
    if of != ConfigOf::Uboot {
        return vec![plain(&["Kbuild", "Makefile"])];
    }
    // The same make files serve both; `SPL_` in the name of an option tells which.
    let stage = |prefix: &'static str, files: &[&str], is_first: bool| {
        let value = if is_first { "y" } else { "n" };
        let mut settled: FxHashMap<String, String> =
            ["TPL_BUILD", "VPL_BUILD"].map(|name| (name.to_owned(), "n".to_owned())).into_iter().collect();
        settled.extend(["SPL_BUILD", "XPL_BUILD"].map(|name| (name.to_owned(), value.to_owned())));
        let infix = if is_first { "SPL_" } else { "" };
        let variables =
            ["SPL_", "SPL_TPL_", "XPL_", "PHASE_"].map(|name| (name.to_owned(), infix.to_owned())).to_vec();
        Pass { prefix, settled, variables, ..plain(files) }
    };
    vec![
        stage("", &["Kbuild", "Makefile"], false),
        stage("spl/", &["scripts/Makefile.spl", "scripts/Makefile.xpl"], true),
    ]
}

struct Walk<'w> {
    tree: &'w Tree,
    of: ConfigOf,
    pass: &'w Pass,
    conditions: &'w mut Conditions,
    /// What each make file says, by folder; roots by their file.
    folders: BTreeMap<String, Folder>,
    /// When each folder is entered.
    when: BTreeMap<String, Condition>,
}

impl Walk<'_> {
    fn run(&mut self) {
        let mut open: Vec<String> = Vec::new();
        for (file, arch) in &self.pass.roots {
            if let Some(text) = self.tree.makefile(file) {
                let folder = self.read(String::new(), arch, text);
                self.enter_all(&folder, arch, Condition::YES, &mut open);
                self.folders.insert(format!("{file}:"), folder);
                self.when.insert(format!("{file}:"), Condition::YES);
            }
        }
        self.follow(open);
        self.orphans();
    }

    fn read(&mut self, folder: String, arch: &str, text: &str) -> Folder {
        let reading = Reading {
            tree: self.tree,
            folder,
            arch: arch.to_owned(),
            settled: self.pass.settled.clone(),
            variables: self.pass.variables.clone(),
        };
        reading.read(text, self.conditions)
    }

    /// Goes on until no folder's condition changes: a folder may be entered from several places.
    fn follow(&mut self, mut open: Vec<String>) {
        let mut steps = 0;
        while let Some(path) = open.pop() {
            steps += 1;
            if steps > 200_000 {
                return;
            }
            let arch = arch_of(&path).to_owned();
            if !self.folders.contains_key(&path) {
                let text = self.tree.makefile_of(&path).unwrap_or_default().to_owned();
                let folder = self.read(path.clone(), &arch, &text);
                self.folders.insert(path.clone(), folder);
            }
            let Some(folder) = self.folders.remove(&path) else { continue };
            let when = self.when.get(&path).copied().unwrap_or(Condition::NO);
            self.enter_all(&folder, &arch, when, &mut open);
            self.folders.insert(path, folder);
        }
    }

    fn enter_all(&mut self, folder: &Folder, arch: &str, when: Condition, open: &mut Vec<String>) {
        for child in &folder.folders {
            let mut when = self.conditions.and(when, child.when);
            when = self.guarded(&child.text, arch, when);
            let known = self.when.get(&child.text).copied().unwrap_or(Condition::NO);
            let joined = self.conditions.or(known, when);
            if joined != known && self.tree.has_folder(&child.text) {
                self.when.insert(child.text.clone(), joined);
                open.push(child.text.clone());
            }
        }
    }

    /// What an architecture's make file brings in from elsewhere is built for that architecture.
    fn guarded(&mut self, path: &str, arch: &str, when: Condition) -> Condition {
        let is_own = arch.is_empty()
            || path.strip_prefix("arch/").is_some_and(|rest| rest.split('/').next() == Some(arch));
        match symbol(arch, self.of) {
            Some(symbol) if !is_own => {
                let symbol = self.conditions.value(symbol);
                self.conditions.and(when, symbol)
            }
            _ => when,
        }
    }

    /// Folders of an architecture that no list enters (boot code, vDSOs) are built by rules of their own:
    /// whatever they hold is taken for built.
    fn orphans(&mut self) {
        let folders: Vec<String> = self
            .tree
            .paths()
            .iter()
            .filter(|path| path.starts_with("arch/"))
            .filter_map(|path| {
                let (folder, name) = path.rsplit_once('/')?;
                (name == "Makefile" && folder.split('/').count() > 2).then(|| folder.to_owned())
            })
            .collect();
        let open: Vec<String> =
            folders.into_iter().filter(|folder| !self.when.contains_key(folder)).collect();
        for folder in &open {
            self.when.insert(folder.clone(), Condition::YES);
        }
        self.follow(open);
    }

    fn collect(&mut self, derived: &mut Derived) {
        let folders = std::mem::take(&mut self.folders);
        for (path, folder) in &folders {
            let entered = self.when.get(path).copied().unwrap_or(Condition::NO);
            let arch = match path.strip_suffix("/Makefile:") {
                Some(root) => arch_of(&join(root, "")).to_owned(),
                None => arch_of(path).to_owned(),
            };
            for object in &folder.objects {
                let when = self.conditions.and(entered, object.when);
                let when = self.guarded(&object.path, &arch, when);
                let sources = self.sources(&object.path, folder, 0);
                if sources.is_empty() && !object.path.contains(WILD) {
                    derived.unresolved.insert(object.path.clone());
                }
                for source in sources {
                    self.put(derived, source, when, &object.module);
                }
            }
            derived.missing.extend(
                folder
                    .folders
                    .iter()
                    .map(|child| child.text.clone())
                    .filter(|child| !self.tree.has_folder(child)),
            );
        }
    }

    fn put(&mut self, derived: &mut Derived, source: String, when: Condition, module: &str) {
        let path = format!("{}{source}", self.pass.prefix);
        let known =
            derived.files.entry(path).or_insert(Source { when: Condition::NO, modules: BTreeSet::new() });
        known.when = self.conditions.or(known.when, when);
        if !module.is_empty() {
            known.modules.insert(module.replace('-', "_"));
        }
    }

    /// The files an object is made of: those of the same name, else what a rule of the make file says.
    fn sources(&self, object: &str, folder: &Folder, depth: usize) -> Vec<String> {
        let direct: Vec<String> = if object.contains(WILD) {
            SOURCES
                .iter()
                .take(5)
                .flat_map(|end| self.tree.matching(&format!("{}/{object}{end}", super::words::ROOT), ""))
                .collect()
        } else {
            // `x.asn1.o` is made of `x.asn1`.
            let each = SOURCES.iter().map(|end| format!("{object}{end}")).chain([object.to_owned()]);
            each.filter(|path| self.tree.has(path)).collect()
        };
        if !direct.is_empty() || depth > 3 {
            return direct;
        }
        let mut made_of = Vec::new();
        for (target, source) in &folder.rules {
            for end in [".o", ".c", ".S"] {
                let made = format!("{object}{end}");
                let source = match stem_of(target, &made) {
                    Some(stem) => source.replace('%', stem),
                    None if *target == made => source.clone(),
                    None => continue,
                };
                match source.strip_suffix(".o") {
                    Some(inner) if inner != object => made_of.extend(self.sources(inner, folder, depth + 1)),
                    Some(_) => {}
                    None if self.tree.has(&source) => made_of.push(source),
                    None => {
                        let inner = source.rsplit_once('.').map_or(source.as_str(), |(stem, _)| stem);
                        if inner != object {
                            made_of.extend(self.sources(inner, folder, depth + 1));
                        }
                    }
                }
            }
        }
        made_of
    }
}

fn arch_of(path: &str) -> &str {
    path.strip_prefix("arch/").and_then(|rest| rest.split('/').next()).unwrap_or_default()
}

/// The option under which a file of an architecture brings in one that is not of it.
pub fn guard(from: &str, path: &str, of: ConfigOf) -> Option<&'static str> {
    let arch = arch_of(from);
    if arch.is_empty() || arch_of(path) == arch { None } else { symbol(arch, of) }
}

/// The option that every configuration of an architecture has.
fn symbol(arch: &str, of: ConfigOf) -> Option<&'static str> {
    const SYMBOLS: &[(&str, &str)] = &[
        ("powerpc", "PPC"),
        ("sh", "SUPERH"),
        ("um", "UML"),
        ("x86", "X86"),
        ("arm", "ARM"),
        ("arm64", "ARM64"),
        ("mips", "MIPS"),
        ("riscv", "RISCV"),
        ("s390", "S390"),
        ("sparc", "SPARC"),
        ("m68k", "M68K"),
        ("microblaze", "MICROBLAZE"),
        ("nios2", "NIOS2"),
        ("openrisc", "OPENRISC"),
        ("xtensa", "XTENSA"),
        ("arc", "ARC"),
        ("loongarch", "LOONGARCH"),
        ("csky", "CSKY"),
        ("hexagon", "HEXAGON"),
        ("parisc", "PARISC"),
        ("alpha", "ALPHA"),
        ("ia64", "IA64"),
        ("sandbox", "SANDBOX"),
        ("nds32", "NDS32"),
    ];
    if of == ConfigOf::Uboot && arch == "sh" {
        return Some("SH");
    }
    SYMBOLS.iter().find(|(known, _)| *known == arch).map(|(_, symbol)| *symbol)
}
