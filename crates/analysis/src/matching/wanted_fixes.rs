//! Which fixes are worth having the content of: those that an applied patch may hold.
//!
//! A kernel has some 15,000 vulnerabilities and more fixes than that; a patch of the build can only be one of those that
//! it names, or one that changes the same files.

use index::Index;
use model::component::Component;
use model::record::Record;
use model::sbom::Inventory;

use super::build::patches::AppliedPatch;
use super::candidates::candidates_of;

/// Commits that are asked for of one component at most.
const MOST: usize = 20_000;

/// The fixes that the patches of one component may be compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Place of the component in the inventory.
    pub component: usize,
    /// The commits, as records name them, ascending.
    pub commits: Vec<String>,
}

/// The fixes worth comparing, for every component with a patch whose content is at hand.
pub fn wanted_fixes(index: &Index, inventory: &Inventory) -> Vec<Wanted> {
    let components = inventory.components.iter().enumerate();
    let with_content =
        components.filter(|(_, one)| one.patches.iter().any(|patch| !patch.content.is_empty()));
    with_content
        .map(|(at, component)| Wanted { component: at, commits: commits(index, component) })
        .filter(|wanted| !wanted.commits.is_empty())
        .collect()
}

fn commits(index: &Index, component: &Component) -> Vec<String> {
    let patches = AppliedPatch::read_all(&component.patches);
    let mut commits: Vec<String> = Vec::new();
    for number in candidates_of(index, component).vulnerabilities {
        let Ok(vulnerability) = index.vulnerability(number) else { continue };
        let records: Vec<Record<'_>> =
            vulnerability.records().filter_map(|record| record.decode_for_matching().ok()).collect();
        let fixes = records.iter().flat_map(|record| &record.fix_commits).map(|commit| commit.trim());
        let fixes: Vec<&str> = fixes.filter(|commit| is_commit(commit)).collect();
        if fixes.is_empty() {
            continue;
        }
        let mut ids = vec![vulnerability.id()];
        ids.extend_from_slice(vulnerability.aliases());
        if patches.iter().any(|patch| is_worth_comparing(patch, &ids, &fixes, &records)) {
            commits.extend(fixes.iter().map(|commit| commit.to_ascii_lowercase()));
        }
        if commits.len() > MOST {
            break;
        }
    }
    commits.sort_unstable();
    commits.dedup();
    commits.truncate(MOST);
    commits
}

fn is_commit(text: &str) -> bool {
    (12..=64).contains(&text.len()) && text.bytes().all(|digit| digit.is_ascii_hexdigit())
}

/// The patch names the vulnerability or a fix of it, or changes a file that is affected. Where no record names files,
/// any patch may be the fix.
fn is_worth_comparing(
    patch: &AppliedPatch<'_>,
    ids: &[&str],
    fixes: &[&str],
    records: &[Record<'_>],
) -> bool {
    if !patch.has_content() {
        return false;
    }
    let mut files = records
        .iter()
        .flat_map(|record| &record.claims)
        .flat_map(|claim| &claim.subject.program_files)
        .map(|file| file.as_ref())
        .peekable();
    patch.speaks_of(ids)
        || patch.comes_from(fixes)
        || files.peek().is_none()
        || files.any(|file| patch.changes(file))
}
