//! Clones of components' repositories: the history of the commit that a component was built from, and what fixes change.
//!
//! The questions are put to `outside::git`; the answers become values of the inventory, which `analysis` judges by.

use std::path::PathBuf;
use std::sync::Arc;

use analysis::matching::wanted_fixes::{Wanted, wanted_fixes};
use model::build::Fix;
use model::component::{Component, Role, Scope};
use model::history::{CommitId, History};
use model::note::{Note, NoteCode, Severity};
use model::sbom::Inventory;
use model::version::VersionOrigin;

use crate::knowledge::Knowledge;
use crate::outside::git::{GitError, Repository};
use crate::scan::{Document, ReadError, Request};

/// A clone, and whose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitFolder {
    /// The name of the component; empty = the kernel.
    pub component: String,
    /// The folder.
    pub folder: PathBuf,
}

impl GitFolder {
    /// Reads `COMPONENT=DIR`.
    ///
    /// # Errors
    /// When one of the two is missing.
    pub fn parse(text: &str) -> Result<GitFolder, String> {
        match text.split_once('=') {
            Some((component, folder)) if !component.trim().is_empty() && !folder.is_empty() => {
                Ok(GitFolder { component: component.trim().to_owned(), folder: folder.into() })
            }
            _ => Err(format!(
                "{text:?} is not understood; write COMPONENT=DIR, for example u-boot=/src/u-boot"
            )),
        }
    }

    fn is_of(&self, component: &Component) -> bool {
        let is_named = || {
            component.name.eq_ignore_ascii_case(&self.component)
                || component.names.iter().any(|name| name.eq_ignore_ascii_case(&self.component))
        };
        component.scope != Scope::BuildOnly
            && if self.component.is_empty() { component.role == Role::Kernel } else { is_named() }
    }

    fn whose(&self) -> &str {
        if self.component.is_empty() { "kernel" } else { &self.component }
    }

    fn open(&self) -> Result<Repository, ReadError> {
        Repository::open(&self.folder).map_err(|error| self.failed(error))
    }

    fn failed(&self, error: GitError) -> ReadError {
        ReadError::Git { folder: self.folder.display().to_string(), error }
    }
}

/// The commit a component was built from, and how it was found.
struct Place {
    commit: String,
    found: String,
    /// The release of the tree, where it is a kernel's.
    release: String,
}

/// Adds the histories of the components whose clone a folder is. A component whose commit cannot be placed is noted and
/// judged by its version as without the clone.
///
/// # Errors
/// When the folder is no repository or cannot be read to its end.
pub fn add(inventory: &mut Inventory, folder: &GitFolder) -> Result<(), ReadError> {
    let repository = folder.open()?;
    let mut notes = Vec::new();
    let mut known: Vec<History> = Vec::new();
    let mut has_component = false;
    for component in inventory.components.iter_mut().filter(|component| folder.is_of(component)) {
        has_component = true;
        let place = match place(&repository, folder, component).map_err(|error| folder.failed(error))? {
            Ok(place) => place,
            Err(why) => {
                notes.push(note(Severity::Warn, folder, &why));
                continue;
            }
        };
        if !known.iter().any(|history| history.commit == place.commit && history.component == component.name)
        {
            let history = match known.iter().find(|history| history.commit == place.commit) {
                Some(history) => History { component: component.name.clone(), ..history.clone() },
                None => read(&repository, folder, component, &place).map_err(|error| folder.failed(error))?,
            };
            notes.push(note(Severity::Info, folder, &summary(&history)));
            known.push(history);
        }
        place_in(component, place);
    }
    if !has_component {
        let why = format!("no component of the SBOM is the {}; the tree is not used", folder.whose());
        notes.push(note(Severity::Warn, folder, &why));
    }
    if repository.is_shallow() && has_component {
        let why = "a shallow clone: a commit that is not in it may be in the history all the same; git fetch --unshallow";
        notes.push(note(Severity::Warn, folder, why));
    }
    inventory.build.histories.extend(known);
    inventory.notes.extend(notes);
    // A version that was found here belongs into keys, names and coverage.
    formats::normalise::finish(inventory);
    Ok(())
}

fn note(severity: Severity, folder: &GitFolder, value: &str) -> Note {
    let file = folder.folder.display().to_string();
    Note { file, ..Note::new(NoteCode::EvidenceIncomplete, severity, "git", value) }
}

fn summary(history: &History) -> String {
    let short = history.commit.get(..12).unwrap_or(&history.commit);
    format!("{}: {short} ({}), {} commits", history.component, history.found, history.commits.len())
}

/// The component is of that commit from now on, and of the tree's release where it had none.
fn place_in(component: &mut Component, place: Place) {
    if component.version.is_empty() && !place.release.is_empty() {
        component.notes.retain(|note| note.code != NoteCode::NoVersion);
        let value = format!("{} from the tree at {}", place.release, place.found);
        let at = component.source_ref.clone();
        component.notes.push(Note::new(NoteCode::VersionDerived, Severity::Info, at, &value));
        component.version = place.release;
        component.version_origin = VersionOrigin::FromCommit;
    }
    component.git.commit = place.commit;
}

/// Where the component stands in the repository: the commit its input states; else, of a kernel, the tree's HEAD, and of
/// others the tag of its version. What does not fit is said in words.
fn place(
    repository: &Repository,
    folder: &GitFolder,
    component: &Component,
) -> Result<Result<Place, String>, GitError> {
    let name = &component.name;
    let is_kernel = component.role == Role::Kernel;
    let stated = component.git.commit.as_str();
    let (commit, found) = if !stated.is_empty() {
        match repository.commit(stated)? {
            Some(commit) => (commit, "stated by the input".to_owned()),
            None => {
                return Ok(Err(format!("commit {stated}, which the input states for {name}, is not in it")));
            }
        }
    } else if is_kernel {
        match repository.commit("HEAD")? {
            Some(commit) => (commit, "HEAD of the tree".to_owned()),
            None => return Ok(Err("it has no commit at its HEAD".to_owned())),
        }
    } else {
        match by_tag(repository, name, &component.version)? {
            Some(found) => found,
            None => {
                let why =
                    format!("the input states no commit for {name}, and no tag is called as its version");
                return Ok(Err(format!("{why} {}", component.version)));
            }
        }
    };
    let release = if is_kernel { repository.file(&commit, "Makefile")? } else { None };
    let release = release.as_deref().and_then(kernel_release).unwrap_or_default();
    if is_kernel && release.is_empty() {
        let whose = if folder.component.is_empty() { "a kernel" } else { name };
        return Ok(Err(format!("{commit} ({found}) has no Makefile of {whose} with VERSION and PATCHLEVEL")));
    }
    if is_kernel && !component.version.is_empty() && !is_release(&component.version, &release) {
        let why =
            format!("the tree is {release} at {found}, and the input says {name} {}", component.version);
        return Ok(Err(format!("{why}; check out what was built")));
    }
    Ok(Ok(Place { commit, found, release }))
}

fn by_tag(repository: &Repository, name: &str, version: &str) -> Result<Option<(String, String)>, GitError> {
    if version.is_empty() {
        return Ok(None);
    }
    let lined = version.replace('.', "_");
    let tags = [
        format!("v{version}"),
        version.to_owned(),
        format!("{name}-{version}"),
        format!("{name}-{lined}"),
        format!("{name}_{lined}"),
        lined,
    ];
    for tag in tags {
        if let Some(commit) = repository.commit(&format!("refs/tags/{tag}"))? {
            return Ok(Some((commit, format!("tag {tag}"))));
        }
    }
    Ok(None)
}

/// `VERSION`, `PATCHLEVEL`, `SUBLEVEL` and `EXTRAVERSION` of a kernel's Makefile: `6.1.22`, `6.2.0-rc3`.
fn kernel_release(makefile: &str) -> Option<String> {
    let value = |name: &str| {
        let mut lines = makefile.lines().take(40);
        let line = lines.find_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix('='))?;
        Some(line.trim().to_owned())
    };
    let (version, patchlevel) = (value("VERSION")?, value("PATCHLEVEL")?);
    let sublevel = value("SUBLEVEL").filter(|number| !number.is_empty()).unwrap_or_else(|| "0".to_owned());
    let extra = value("EXTRAVERSION").unwrap_or_default();
    let is_number = |text: &String| !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
    [&version, &patchlevel, &sublevel]
        .into_iter()
        .all(is_number)
        .then(|| format!("{version}.{patchlevel}.{sublevel}{extra}"))
}

/// The numbers of a release, without what follows them.
fn numbers(version: &str) -> Vec<u32> {
    let base = version.split(|c: char| !c.is_ascii_digit() && c != '.').find(|part| !part.is_empty());
    base.unwrap_or_default().split('.').map_while(|part| part.parse().ok()).take(3).collect()
}

/// The input's version is the tree's, as far as it goes: `6.1` is any 6.1, `6.1.22-yocto` is 6.1.22.
fn is_release(version: &str, release: &str) -> bool {
    let (stated, tree) = (numbers(version), numbers(release));
    stated.len() >= 2 && tree.starts_with(&stated)
}

fn read(
    repository: &Repository,
    folder: &GitFolder,
    component: &Component,
    place: &Place,
) -> Result<History, GitError> {
    let commits = repository.history(&place.commit)?;
    // Commits that stand in a release of the main line already were never picked from it: with that release at hand
    // only what came after has to be read, some ten thousand messages instead of a million.
    let base = match numbers(&place.release).as_slice() {
        [version, patchlevel, ..] if component.role == Role::Kernel => {
            let tag = repository.commit(&format!("refs/tags/v{version}.{patchlevel}"))?;
            tag.filter(|tag| has(&commits, tag))
        }
        _ => None,
    };
    let (picks, undone) = repository.messages(&place.commit, base.as_deref())?.finish();
    Ok(History {
        repository: folder.folder.display().to_string(),
        component: component.name.clone(),
        commit: place.commit.clone(),
        found: place.found.clone(),
        whole: !repository.is_shallow(),
        commits: Arc::new(commits),
        picks,
        undone,
    })
}

fn has(commits: &[CommitId], commit: &str) -> bool {
    formats::git_log::commit_id(commit.as_bytes()).is_some_and(|id| commits.binary_search(&id).is_ok())
}

/// Adds the content of the fixes that applied patches are compared with: from the given files, then from the clones.
///
/// # Errors
/// When a clone cannot be asked.
pub fn add_fixes(
    inventory: &mut Inventory,
    request: &Request,
    knowledge: &Knowledge,
) -> Result<(), ReadError> {
    if request.fixes.is_empty() && request.git.is_empty() {
        return Ok(());
    }
    let mut fixes: Vec<Fix> = Vec::new();
    for document in &request.fixes {
        match fix(document) {
            Some(fix) => fixes.push(fix),
            None => inventory.notes.push(Note {
                file: document.name.clone(),
                ..Note::new(
                    NoteCode::EvidenceIncomplete,
                    Severity::Warn,
                    "fixes",
                    "nothing names the commit it is made of; take it with git format-patch, or as COMMIT.patch",
                )
            }),
        }
    }
    let wanted = wanted_fixes(&knowledge.index, inventory);
    for folder in &request.git {
        let commits = commits_for(folder, inventory, &wanted);
        if commits.is_empty() {
            continue;
        }
        let repository = folder.open()?;
        let known = repository.known(&commits).map_err(|error| folder.failed(error))?;
        let mut full: Vec<String> = known.into_iter().map(|(_, full)| full).collect();
        full.sort_unstable();
        full.dedup();
        let diffs = repository.diffs(&full).map_err(|error| folder.failed(error))?;
        let from = folder.folder.display().to_string();
        fixes.extend(diffs.into_iter().map(|(commit, diff)| Fix { commit, diff, from: from.clone() }));
    }
    fixes.sort();
    fixes.dedup_by(|one, other| one.commit == other.commit);
    inventory.build.fixes = fixes;
    Ok(())
}

fn commits_for(folder: &GitFolder, inventory: &Inventory, wanted: &[Wanted]) -> Vec<String> {
    let is_of = |one: &&Wanted| inventory.components.get(one.component).is_some_and(|of| folder.is_of(of));
    wanted.iter().filter(is_of).flat_map(|one| one.commits.iter().cloned()).collect()
}

fn fix(document: &Document) -> Option<Fix> {
    let read = formats::patch_files::read(&document.bytes, &document.name).value;
    let commit = formats::patch_files::commit_of(&read.content, &document.name)?;
    let from = format!("{} {}", document.name, read.hash);
    Some(Fix { commit, diff: read.content, from })
}
