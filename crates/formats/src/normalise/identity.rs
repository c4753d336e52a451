//! Identity as readers find it: CPE and purl texts, download addresses, hashes. Each goes into the component
//! with a note when it was repaired or cannot be used.

use std::fmt::Display;
use std::hash::Hash;

use model::component::{Component, ComponentCpe, Role};
use model::identity::cpe::ParsedCpe;
use model::identity::name::name_key;
use model::identity::{Cpe, Purl, repository};
use model::note::{Note, NoteCode, Severity};
use rustc_hash::FxHashSet;

/// A text that says something: SPDX writes `NOASSERTION` and `NONE` where it has nothing.
pub fn usable(text: &str) -> Option<&str> {
    let text = text.trim();
    let empty = text.is_empty() || text == "NOASSERTION" || text == "NONE";
    (!empty).then_some(text)
}

/// Adds a CPE as written.
pub fn add_cpe(component: &mut Component, text: &str, place: impl Display) {
    let Some(text) = usable(text) else { return };
    let parsed = match Cpe::parse(text) {
        Ok(parsed) => parsed,
        Err(error) => {
            let value = format!("{text}: {error}");
            component.notes.push(Note::new(NoteCode::BadCpe, Severity::Warn, place.to_string(), &value));
            return;
        }
    };
    if parsed.repaired || parsed.was_22_uri {
        component.notes.push(Note::new(NoteCode::CpeRepaired, Severity::Info, place.to_string(), text));
    }
    push_cpe(component, parsed);
}

/// Adds a parsed CPE.
pub fn push_cpe(component: &mut Component, parsed: ParsedCpe) {
    let cpe = ComponentCpe {
        wildcard_vendor: parsed.cpe.vendor == "*",
        wildcard_part: parsed.cpe.part == "*",
        was_22_uri: parsed.was_22_uri,
        repaired: parsed.repaired,
        cpe: parsed.cpe,
    };
    if component.cpes.len() >= SEARCHED || !component.cpes.iter().any(|known| known.cpe == cpe.cpe) {
        if component.cpes.is_empty() {
            // Most components have one; a list begins with four of these large records otherwise.
            component.cpes.reserve_exact(1);
        }
        component.cpes.push(cpe);
    }
}

/// Adds a purl as written.
pub fn add_purl(component: &mut Component, text: &str, place: impl Display) {
    let Some(text) = usable(text) else { return };
    match Purl::parse_tolerant(text) {
        Ok((purl, repaired)) => {
            if repaired {
                component.notes.push(Note::new(
                    NoteCode::PurlRepaired,
                    Severity::Info,
                    place.to_string(),
                    text,
                ));
            }
            if component.purls.is_empty() {
                component.purls.reserve_exact(1);
            }
            push_new(&mut component.purls, purl);
        }
        Err(error) => {
            let value = format!("{text}: {error}");
            component.notes.push(Note::new(NoteCode::BadPurl, Severity::Warn, place.to_string(), &value));
        }
    }
}

/// Adds a download address: `git+https://host/path@commit` gives repository and commit, anything else a
/// download URL, and the repository when the address lies in one.
pub fn add_download(component: &mut Component, url: &str) {
    let Some(url) = usable(url) else { return };
    if is_git(url) {
        add_repository(component, url);
        return;
    }
    if !url.contains("://") {
        return;
    }
    if let Some(repository) = repository_of_archive(url) {
        push_new(&mut component.git.repositories, repository);
        if component.git.commit.is_empty() {
            component.git.commit = commit_of_archive(url).unwrap_or_default();
        }
    }
    push_new(&mut component.download_urls, url.to_owned());
}

/// Adds a repository address with its commit or tag, if it names one behind `@`.
pub fn add_repository(component: &mut Component, url: &str) {
    let Some(url) = usable(url) else { return };
    if let Some(repository) = repository::normalise(url) {
        push_new(&mut component.git.repositories, repository);
    }
    let path = url.split_once("://").map_or(url, |(_, rest)| rest);
    let Some((_, revision)) = path.split_once('/').and_then(|(_, path)| path.rsplit_once('@')) else {
        return;
    };
    let revision = revision.split(['#', '?', ';']).next().unwrap_or_default();
    if is_commit(revision) {
        if component.git.commit.is_empty() {
            component.git.commit = revision.to_ascii_lowercase();
        }
    } else if component.git.tag.is_empty() && !revision.is_empty() {
        component.git.tag = revision.to_owned();
    }
}

/// Adds what a recipe downloads. All addresses are kept; but of several sources only one is the software
/// itself (the others are tests, caches, helpers), and only its repository and commit say what it is.
pub fn join_sources(component: &mut Component, mut sources: Vec<Component>) {
    let primary = primary(component, &sources);
    for (at, source) in sources.iter_mut().enumerate() {
        if primary.is_some_and(|primary| primary != at) {
            source.git = Default::default();
        } else if primary.is_none() {
            source.git.commit.clear();
            source.git.tag.clear();
        }
    }
    for source in sources {
        super::combine_identity(component, source);
    }
}

/// Which of several sources is the software: the repository of its name, else the archive of its name, else
/// the repository whose name begins with it.
fn primary(component: &Component, sources: &[Component]) -> Option<usize> {
    if sources.len() == 1 {
        return Some(0);
    }
    let (bare, _) = super::names::unwrap(&component.name);
    let bare = name_key(bare);
    let repository = |source: &Component| {
        let repository = source.git.repositories.first().filter(|_| source.download_urls.is_empty())?;
        Some(name_key(repository.rsplit('/').next()?))
    };
    let archive = |source: &Component| {
        let file = source.download_urls.first()?.rsplit('/').next()?;
        Some(name_key(&super::versions::split_file_name(file, Role::Other)?.0))
    };
    let position = |is: &dyn Fn(&Component) -> bool| sources.iter().position(is);
    position(&|source| repository(source).is_some_and(|name| name == bare))
        .or_else(|| position(&|source| archive(source).is_some_and(|name| name == bare)))
        .or_else(|| position(&|source| repository(source).is_some_and(|name| name.starts_with(&bare))))
}

/// Adds a hash as `algorithm:hex`, the algorithm in lower case without dashes.
pub fn add_hash(component: &mut Component, algorithm: &str, hex: &str) {
    if let Some(hash) = hash_text(algorithm, hex) {
        push_new(&mut component.hashes, hash);
    }
}

/// `algorithm:hex` of the two parts, or `None` when one is missing.
pub fn hash_text(algorithm: &str, hex: &str) -> Option<String> {
    let (algorithm, hex) = (usable(algorithm)?, usable(hex)?);
    let algorithm = algorithm.to_ascii_lowercase().replace(['-', '_'], "");
    Some(format!("{algorithm}:{}", hex.to_ascii_lowercase()))
}

/// True for a full commit id (SHA-1 or SHA-256).
pub fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Lists up to this length are searched before something is appended; longer ones, which only a hostile
/// document has, are cleared of repetitions at the end, so that their cost stays in proportion.
pub const SEARCHED: usize = 256;

/// Appends what is not there yet.
pub fn push_new<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if list.len() >= SEARCHED || !list.contains(&item) {
        list.push(item);
    }
}

/// Removes repetitions, the first of each stays in its place.
pub fn keep_first<T, K: Eq + Hash>(list: &mut Vec<T>, key: impl Fn(&T) -> K) {
    if list.len() > 1 {
        let mut seen = FxHashSet::default();
        list.retain(|item| seen.insert(key(item)));
    }
}

fn is_git(url: &str) -> bool {
    let start =
        ["git+", "git://", "gitsm://", "git@", "ssh://git@"].iter().any(|start| url.starts_with(start));
    let path = url.split(['?', '#', ';']).next().unwrap_or(url);
    start || path.ends_with(".git") || path.contains(".git@")
}

/// The repository that an archive of a forge is made of: `https://github.com/o/r/archive/...`.
fn repository_of_archive(url: &str) -> Option<String> {
    let normal = repository::normalise(url)?;
    let host = normal.split('/').next()?;
    let forge =
        ["github.com", "codeberg.org", "bitbucket.org"].contains(&host) || host.starts_with("gitlab.");
    (forge && normal.split('/').count() >= 3).then_some(normal)
}

/// The commit that an archive of a forge was made of, where its address names one.
fn commit_of_archive(url: &str) -> Option<String> {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let words = path.split('/').map(|word| word.split('.').next().unwrap_or(word));
    words
        .map(|word| word.rsplit('-').next().unwrap_or(word))
        .find(|word| is_commit(word))
        .map(str::to_ascii_lowercase)
}
