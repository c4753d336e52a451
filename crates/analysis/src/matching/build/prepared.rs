//! One component's build facts, made ready once: a kernel has some 15,000 candidate records, and each is
//! judged against the same config, lists and maps.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use model::build::{CompiledFiles, Config, ConfigOf, ModuleList};
use model::component::{Component, Role};
use model::finding::{Confidence, Evidence};
use model::reason::Reason;
use rustc_hash::{FxHashMap, FxHashSet};

use super::arch::Machine;
use super::expression::{Condition, Value};
use super::files::Sorted;
use super::kbuild::{Choice, same_branch};
use super::known::{Known, Symbols};
use super::patches::AppliedPatch;
use super::sources::Says;
use super::{BuildAnswer, BuildFacts, BuildRule, JUDGES, Opinion, Subject, renames};

/// One component's build facts, ready for many questions.
pub struct Prepared<'a> {
    facts: BuildFacts<'a>,
    tree: Option<ConfigOf>,
    tool: Option<&'static str>,
    configs: Vec<&'a Config>,
    has_unusable_config: bool,
    lists: Vec<&'a CompiledFiles>,
    has_complete_list: bool,
    has_unusable_list: bool,
    folders: FxHashSet<&'a str>,
    rust: FxHashMap<&'a str, &'a str>,
    inputs: Vec<Evidence>,
    choice: Option<Choice>,
    machine: Option<Machine>,
    rules: FxHashMap<&'a str, Vec<&'a BuildRule<'a>>>,
    patches: Vec<AppliedPatch<'a>>,
    symbols: Vec<Symbols<'a>>,
    conditions: Mutex<FxHashMap<String, Arc<Known>>>,
    headers: Mutex<FxHashMap<String, Says>>,
}

impl<'a> Prepared<'a> {
    /// Makes a component's facts ready.
    pub fn new(facts: BuildFacts<'a>) -> Prepared<'a> {
        let tree = tree_of(facts.component);
        let configs: Vec<&Config> = of_tree(&facts.build.configs, tree, |config| config.of);
        let (usable, unusable): (Vec<&Config>, Vec<&Config>) =
            configs.into_iter().partition(|config| is_usable(config, &facts.component.version));
        let lists: Vec<&CompiledFiles> = of_tree(&facts.build.compiled, tree, |list| list.of);
        let choice = tree.and_then(|tree| Choice::of(facts.kbuild, tree, &facts.component.version));
        let mut rules: FxHashMap<&str, Vec<&BuildRule>> = FxHashMap::default();
        for rule in facts.rules {
            rules.entry(rule.vulnerability).or_default().push(rule);
        }
        Prepared {
            inputs: inputs(&usable, &lists, choice.as_ref(), facts.build.modules.as_ref()),
            rust: rust_roots(&lists),
            tree,
            tool: tool_of(facts.component),
            has_unusable_config: usable.is_empty() && !unusable.is_empty(),
            machine: machine_of(&facts, tree, &usable),
            symbols: usable.iter().map(|config| Symbols::of(config)).collect(),
            configs: usable,
            has_complete_list: lists.iter().any(|list| list.incomplete.is_empty()),
            has_unusable_list: lists.iter().any(|list| !list.incomplete.is_empty()),
            folders: lists.iter().flat_map(|list| list.paths.iter()).flat_map(|path| parents(path)).collect(),
            lists,
            choice,
            rules,
            patches: AppliedPatch::read_all(&facts.component.patches),
            conditions: Mutex::default(),
            headers: Mutex::default(),
            facts,
        }
    }

    /// Judges one vulnerability.
    pub fn judge(&self, subject: &Subject<'_>) -> BuildAnswer {
        let sorted = Sorted::of(subject.program_files, self.tree, self.tool);
        let (mut qualifiers, mut evidence, mut partial) = (Vec::new(), Vec::new(), None);
        for (_, judge) in JUDGES {
            match judge(self, subject, &sorted) {
                Opinion::Silent => {}
                Opinion::Excluded(reason, confidence, proof) => {
                    return BuildAnswer::Excluded {
                        reason,
                        confidence: self.capped(reason, confidence),
                        evidence: proof,
                    };
                }
                Opinion::Kept(more, facts, review) => {
                    qualifiers.extend(more);
                    evidence.extend(facts);
                    partial = partial.or(review);
                }
            }
        }
        qualifiers.sort_unstable();
        qualifiers.dedup();
        BuildAnswer::Kept { qualifiers, evidence, partial }
    }

    /// A vendor's tree may build other files than the upstream one the map is of.
    fn capped(&self, reason: Reason, confidence: Confidence) -> Confidence {
        let rests_on_map = matches!(reason, Reason::EConfigOff | Reason::EModuleAbsent | Reason::EAppletOff);
        let is_foreign = !self.facts.component.vendor_tree.is_empty();
        if rests_on_map && is_foreign { confidence.min(Confidence::Medium) } else { confidence }
    }

    /// The facts themselves.
    pub fn facts(&self) -> &BuildFacts<'a> {
        &self.facts
    }

    /// True when nothing of the build speaks about the component but the platform it is built for and, maybe, rules about
    /// single vulnerabilities.
    pub fn is_bare(&self) -> bool {
        self.tree.is_none()
            && self.tool.is_none()
            && self.patches.is_empty()
            && self.configs.is_empty()
            && self.lists.is_empty()
            && !self.has_unusable_config
    }

    /// The tree the component is built from, when it is one that has maps.
    pub fn tree(&self) -> Option<ConfigOf> {
        self.tree
    }

    /// True for the kernel itself.
    pub fn is_kernel(&self) -> bool {
        self.tree == Some(ConfigOf::Linux)
    }

    /// The name of the kernel's user-space tool that the component is.
    pub fn tool(&self) -> Option<&'static str> {
        self.tool
    }

    /// The architecture, when known.
    pub fn machine(&self) -> Option<Machine> {
        self.machine
    }

    /// Configs that are complete and of this version.
    pub fn configs(&self) -> &[&'a Config] {
        &self.configs
    }

    /// True when there is a config, but none that may be used.
    pub fn has_unusable_config(&self) -> bool {
        self.has_unusable_config
    }

    /// True when a complete list of compiled files is at hand.
    pub fn has_complete_list(&self) -> bool {
        self.has_complete_list
    }

    /// True when a list is at hand that fails its completeness check.
    pub fn has_unusable_list(&self) -> bool {
        self.has_unusable_list
    }

    /// True when anything at all may speak about single files.
    pub fn has_any_evidence(&self) -> bool {
        self.machine.is_some()
            || !self.lists.is_empty()
            || !self.configs.is_empty()
            || self.has_unusable_config
    }

    /// The inputs as evidence: config, lists, map, each with hash and completeness.
    pub fn inputs(&self) -> &[Evidence] {
        &self.inputs
    }

    /// The applied patches, read.
    pub fn patches(&self) -> &[AppliedPatch<'a>] {
        &self.patches
    }

    /// The rules of any of a subject's ids.
    pub fn rules_of<'s>(&'s self, subject: &'s Subject<'_>) -> impl Iterator<Item = &'a BuildRule<'a>> + 's {
        let aliases = subject.ids.iter().filter(|id| **id != subject.vulnerability);
        let ids = std::iter::once(&subject.vulnerability).chain(aliases);
        ids.filter_map(|id| self.rules.get(*id)).flatten().copied()
    }

    /// True when some list, complete or not, names the file under one of its names.
    pub fn is_listed(&self, path: &str) -> bool {
        if self.lists.is_empty() {
            return false;
        }
        let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
        self.is_named(path) || self.is_named(stem)
    }

    /// True when some list has exactly this entry, under one of its names.
    pub fn is_named(&self, entry: &str) -> bool {
        let spl = self.is_spl();
        renames::names(entry).any(|name| {
            let name = if spl { Cow::Owned(format!("spl/{name}")) } else { name };
            self.lists.iter().any(|list| list.paths.contains(&*name))
        })
    }

    /// A compiled Rust file of the folder, or an object there that may be one.
    pub fn listed_rust_in(&self, folder: &str) -> Option<&'a str> {
        self.rust.get(folder).copied()
    }

    /// True when some list names a file below the folder (`drivers/nvdimm`).
    pub fn is_folder_listed(&self, folder: &str) -> bool {
        renames::folder_names(folder).any(|name| self.folders.contains(&*name))
    }

    /// The condition of a path in the map that speaks for this version, under any of its names.
    pub fn condition(&self, path: &str) -> Option<Cow<'_, str>> {
        let choice = self.choice.as_ref()?;
        let of =
            |path: &str| renames::names(path).find_map(|name| choice.condition(self.facts.kbuild, &name));
        if self.tree != Some(ConfigOf::Uboot) {
            return of(path);
        }
        let first_stage = || of(&format!("spl/{path}"));
        match self.facts.component.instance.as_str() {
            // One component for the whole boot loader holds both stages.
            "" => either(of(path), first_stage()),
            _ if self.is_spl() => first_stage(),
            _ => of(path),
        }
    }

    /// U-Boot's first stage is built apart, with its own options; its paths stand under `spl/`.
    fn is_spl(&self) -> bool {
        self.tree == Some(ConfigOf::Uboot) && is_spl(&self.facts.component.instance)
    }

    /// The conditions of all files below a folder, under any of its names.
    pub fn conditions_below(&self, folder: &str) -> Vec<Cow<'_, str>> {
        let Some(choice) = &self.choice else { return Vec::new() };
        let names = renames::folder_names(folder);
        names.flat_map(|name| choice.conditions_below(self.facts.kbuild, &format!("{name}/"))).collect()
    }

    /// The map that speaks for this version.
    pub fn choice(&self) -> Option<&Choice> {
        self.choice.as_ref()
    }

    /// The value of an expression under all usable configs.
    pub fn value(&self, text: &str) -> Value {
        self.known(text).value
    }

    /// What is known of a condition, found out once: many files share one.
    pub fn known(&self, text: &str) -> Arc<Known> {
        let mut conditions = self.conditions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = conditions.get(text) {
            return Arc::clone(known);
        }
        let known = Arc::new(Known::of(text, &self.symbols, self.machine));
        conditions.insert(text.to_owned(), Arc::clone(&known));
        known
    }

    /// What is known of a header, asked once.
    pub fn header(&self, path: &str, ask: fn(&Prepared<'_>, &str) -> Says) -> Says {
        let known = self.headers.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned();
        known.unwrap_or_else(|| {
            let says = ask(self, path);
            self.headers.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), says.clone());
            says
        })
    }
}

/// The tree a component is built from, by its role and name.
fn tree_of(component: &Component) -> Option<ConfigOf> {
    let name = component.name.to_ascii_lowercase();
    match component.role {
        Role::Kernel => Some(ConfigOf::Linux),
        Role::Busybox => Some(ConfigOf::Busybox),
        Role::Bootloader if name.contains("u-boot") || name.contains("uboot") => Some(ConfigOf::Uboot),
        _ => None,
    }
}

/// User-space tools of the kernel tree that are components of their own.
fn tool_of(component: &Component) -> Option<&'static str> {
    const TOOLS: &[(&str, &str)] = &[
        ("perf", "perf"),
        ("linux-perf", "perf"),
        ("bpftool", "bpftool"),
        ("cpupower", "cpupower"),
        ("linux-cpupower", "cpupower"),
        ("objtool", "objtool"),
        ("usbip", "usbip"),
        ("usbip-tools", "usbip"),
        ("turbostat", "x86/turbostat"),
    ];
    let name = component.name.to_ascii_lowercase();
    TOOLS.iter().find(|(known, _)| *known == name).map(|(_, tool)| *tool)
}

fn of_tree<T>(all: &[T], tree: Option<ConfigOf>, of: fn(&T) -> ConfigOf) -> Vec<&T> {
    let Some(tree) = tree else { return Vec::new() };
    // What does not say whose it is counts as evidence that cannot be used.
    all.iter().filter(|one| of(one) == tree || of(one) == ConfigOf::Unknown).collect()
}

fn is_usable(config: &Config, version: &str) -> bool {
    config.of != ConfigOf::Unknown && config.incomplete.is_empty() && same_branch(&config.version, version)
}

fn machine_of(facts: &BuildFacts<'_>, tree: Option<ConfigOf>, configs: &[&Config]) -> Option<Machine> {
    let tree = tree?;
    if tree == ConfigOf::Busybox {
        return None;
    }
    let stated = Some(facts.platform.arch.as_str()).filter(|arch| !arch.is_empty());
    let word =
        stated.or_else(|| configs.iter().map(|config| config.arch.as_str()).find(|arch| !arch.is_empty()));
    Machine::of(word?, tree)
}

/// The first Rust entry of each folder; an object without an extension may be Rust.
fn rust_roots<'a>(lists: &[&'a CompiledFiles]) -> FxHashMap<&'a str, &'a str> {
    let mut roots = FxHashMap::default();
    for path in lists.iter().flat_map(|list| list.paths.iter()) {
        let Some((folder, name)) = path.rsplit_once('/') else { continue };
        if name.ends_with(".rs") {
            roots.entry(folder).or_insert(path.as_str());
        }
    }
    roots
}

fn inputs(
    configs: &[&Config],
    lists: &[&CompiledFiles],
    choice: Option<&Choice>,
    modules: Option<&ModuleList>,
) -> Vec<Evidence> {
    let mut inputs = Vec::new();
    for config in configs {
        let says = format!("complete; version {}, {} options", config.version, config.symbols.len());
        inputs.push(Evidence::Input { what: format!("config {} {}", config.file, config.hash), says });
    }
    if let (Some(choice), false) = (choice, configs.is_empty()) {
        let what = format!("Kbuild map {}", choice.version());
        inputs.push(Evidence::Input { what, says: "conditions of the make files".to_owned() });
    }
    for list in lists {
        let says = match list.incomplete.is_empty() {
            true => format!("complete; {} files", list.paths.len()),
            false => format!("incomplete: {}", list.incomplete.join("; ")),
        };
        inputs.push(Evidence::Input { what: format!("compiled files {} {}", list.file, list.hash), says });
    }
    if let (Some(modules), false) = (modules, configs.is_empty()) {
        let files: Vec<&str> = modules.files.iter().map(String::as_str).collect();
        let what = if files.is_empty() { "modules of the SBOM".to_owned() } else { files.join(", ") };
        let whole = if modules.complete { "complete" } else { "incomplete: absence proves nothing" };
        let says = format!("{whole}; {} modules, {} built in", modules.present.len(), modules.builtin.len());
        inputs.push(Evidence::Input { what: format!("modules {what}"), says });
    }
    inputs
}

/// Built when one of two conditions holds.
fn either<'l>(a: Option<Cow<'l, str>>, b: Option<Cow<'l, str>>) -> Option<Cow<'l, str>> {
    match (a, b) {
        (Some(a), Some(b)) if a != b => {
            let (a, b) = (Condition::of(&a), Condition::of(&b));
            Some(Cow::Owned(format!("({}) || ({})", a.expression, b.expression)))
        }
        (a, b) => a.or(b),
    }
}

/// All folders a path lies in, the nearest first.
fn parents(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(path.rsplit_once('/').map(|(folder, _)| folder), |folder| {
        folder.rsplit_once('/').map(|(parent, _)| parent)
    })
}

fn is_spl(instance: &str) -> bool {
    instance.eq_ignore_ascii_case("spl")
        || instance.to_ascii_lowercase().split(['-', '_', ' ']).any(|word| word == "spl")
}
