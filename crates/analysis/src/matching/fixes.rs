//! What the records of a vulnerability name as mended, as far as they speak of one component (matching.md 8).
//!
//! Candidates are all versions that any record calls mended; each is then judged as if it were installed, so that
//! a number of another line, or one that another source contradicts, is never taken for a fix. How the targets
//! are ordered and put into words is advice: `policy::remedy`.

use index::{Index, Vulnerability};
use model::finding::Verdict;
use model::fix::{FixCommit, PackagedFix};
use model::record::{Claim, CpeNode, End, Entry, Record, RecordState, Source, Status};
use model::sbom::Inventory;
use model::version::VersionOrigin;
use versions::Order;

use super::combine::combine;
use super::distribution;
use super::evaluate::Case;
use super::identity::Fit;
use super::lines::Lines;
use super::opinion::{self, Question, is_by_kernel_cna};
use super::ranges::named::{mended_by_claim, mended_by_rows};
use super::ranges::{CommitTable, ComponentVersion, Detail, history};
use super::scan::Options;
use super::scan::session::Session;

/// Lines beyond the component's own for which a fixed version is looked up.
const MOST_LINES: usize = 12;

/// Versions tested in one line before it is given up.
const MOST_TRIES: usize = 4;

/// Commits read of one vulnerability; conversions of mailing lists name hundreds.
const MOST_COMMITS: usize = 64;

/// What is named as mended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedFixes {
    /// Product name in the branch table; empty for none.
    pub product: String,
    /// The component's line; empty where there is one line only.
    pub line: String,
    /// The least fixed version of each line above the component's version: line and version, in the order of the
    /// lines. Each was judged as if installed.
    pub fixed: Vec<(String, String)>,
    /// Fix commits with the releases that first held them.
    pub commits: Vec<FixCommit>,
    /// Packages of distributions.
    pub packages: Vec<PackagedFix>,
}

/// Reads fixes for the findings of one inventory; what belongs to the whole release is made once.
pub struct FixReader<'a> {
    session: Session<'a>,
    index: &'a Index,
}

impl<'a> FixReader<'a> {
    /// For an inventory.
    pub fn of(index: &'a Index, inventory: &'a Inventory, options: &'a Options) -> FixReader<'a> {
        FixReader { session: Session::of(index, inventory, options), index }
    }

    /// What is named for vulnerabilities (by any of their ids) in one component, in their order; `also` are versions to
    /// test beside those that the records name: the first releases of lines that are known otherwise. `None`
    /// where the index does not hold the vulnerability or the inventory not the component.
    pub fn read(
        &self,
        component: usize,
        vulnerabilities: &[&str],
        also: &dyn Fn(&Lines) -> Vec<String>,
    ) -> Vec<Option<NamedFixes>> {
        let Some(found) = self.session.inventory.components.get(component) else {
            return vulnerabilities.iter().map(|_| None).collect();
        };
        let of = self.session.component(found);
        let build = self.session.build(&of);
        self.session.with_case(&of, &build, Detail::Verdict, None, |case| {
            let read = |id: &&str| {
                let found = self.index.vulnerability(self.index.find(id)?).ok()?;
                Some(self.of_case(case, &found, also))
            };
            vulnerabilities.iter().map(read).collect()
        })
    }

    /// Every version above the component's that the records name as mended, with its line, untested.
    pub fn named(&self, component: usize, vulnerabilities: &[&str]) -> Vec<(String, String)> {
        let Some(found) = self.session.inventory.components.get(component) else { return Vec::new() };
        let of = self.session.component(found);
        let build = self.session.build(&of);
        self.session.with_case(&of, &build, Detail::Verdict, None, |case| {
            let mut named = Vec::new();
            for id in vulnerabilities {
                let found = self.index.find(id).and_then(|number| self.index.vulnerability(number).ok());
                for record in found.iter().flat_map(|found| self.session.decoded(found).0) {
                    mended_by_record(&record, &case.question, &mut named);
                }
                named.sort_unstable();
                named.dedup();
            }
            let version = &case.question.version;
            named.retain(|text| version.order(text) == Order::Less);
            sort_by_version(version, &mut named);
            named.into_iter().filter_map(|text| Some((case.lines.line_of(&text)?, text))).collect()
        })
    }

    /// The life of branches as the index knows it.
    pub fn branches(&self) -> &'a index::tables::BranchTable {
        self.index.branches()
    }

    /// The lines of a component's product, and the line it is of itself.
    pub fn lines(&self, component: usize) -> Option<(Lines, Option<String>)> {
        let component = self.session.inventory.components.get(component)?;
        let of = self.session.component(component);
        let own = of.lines.line_of(&component.version);
        Some((of.lines, own))
    }

    fn of_case(
        &self,
        case: &Case<'_>,
        vulnerability: &Vulnerability<'_>,
        also: &dyn Fn(&Lines) -> Vec<String>,
    ) -> NamedFixes {
        let (mut records, _) = self.session.decoded(vulnerability);
        records.retain(|record| record.state == RecordState::Published);
        let question = &case.question;
        let mut named = Vec::new();
        let mut commits = Vec::new();
        let mut packages = Vec::new();
        for record in &records {
            for claim in &record.claims {
                packages.extend(packaged(claim, &question.fits.claim(&claim.subject), question));
            }
            let own = own_claims(record, question);
            own.iter().for_each(|claim| self.commits_of(claim, &mut commits));
            if mended_by_record(record, question, &mut named) || !own.is_empty() {
                for id in &record.fix_commits {
                    self.commit(id, "", &mut commits);
                }
            }
        }
        let fixed = match named.is_empty() {
            true => Vec::new(),
            false => fixed_per_line(case, &records, named, also(case.lines)),
        };
        packages.sort();
        packages.dedup();
        NamedFixes {
            product: case.lines.product().to_owned(),
            line: case.lines.line_of(question.version.written()).unwrap_or_default(),
            fixed,
            commits,
            packages,
        }
    }

    /// The ends of a claim's commit rows.
    fn commits_of(&self, claim: &Claim<'_>, commits: &mut Vec<FixCommit>) {
        let is_wanted =
            |entry: &&Entry<'_>| history::is_commit_row(entry) && entry.status == Status::Affected;
        for entry in claim.entries.iter().filter(is_wanted) {
            if let End::Before(id) = &entry.end {
                self.commit(id, &claim.subject.repo, commits);
            }
        }
    }

    fn commit(&self, id: &str, repository: &str, commits: &mut Vec<FixCommit>) {
        let id = id.trim().to_ascii_lowercase();
        // Records abbreviate: the same commit is told once, by its longest form and with its address.
        if commits.len() >= MOST_COMMITS || commits.iter().any(|known| known.id.starts_with(&id)) {
            return;
        }
        let short = commits.iter().find(|known| id.starts_with(&known.id));
        let told = short.map(|short| short.url.replace(&short.id, &id)).filter(|url| !url.is_empty());
        commits.retain(|known| !id.starts_with(&known.id));
        let mut releases = self.session.knowledge.fixed_in(&id);
        if releases.is_empty() {
            releases.push((String::new(), String::new()));
        }
        let url = told.unwrap_or_else(|| address_of(&id, repository));
        for (line, version) in releases {
            commits.push(FixCommit { id: id.clone(), line, version, url: url.clone() });
        }
    }
}

/// Where a commit can be read; empty when the repository's pages are not known.
fn address_of(id: &str, repository: &str) -> String {
    let place = model::identity::repository::normalise(repository).unwrap_or_default();
    if place.contains("git.kernel.org") && place.contains("linux") {
        return format!("https://git.kernel.org/stable/c/{id}");
    }
    match place.split('/').next().unwrap_or_default() {
        "github.com" => format!("https://{place}/commit/{id}"),
        host if host.starts_with("gitlab.") => format!("https://{place}/-/commit/{id}"),
        _ => String::new(),
    }
}

/// The claims of a record about the component; all of them where the kernel's own CNA speaks.
fn own_claims<'r, 'a>(record: &'r Record<'a>, question: &Question<'_>) -> Vec<&'r Claim<'a>> {
    let by_kernel = question.identity.is_kernel && is_by_kernel_cna(record);
    if record.source == Some(Source::Csaf) {
        let is_theirs = |claim: &&Claim<'_>| question.identity.fit_supplier(&claim.subject).is_some();
        return record.claims.iter().filter(is_theirs).collect();
    }
    let is_own = |claim: &&Claim<'_>| {
        by_kernel || matches!(question.fits.claim(&claim.subject), Fit::Is(_) | Fit::NameOnly)
    };
    record.claims.iter().filter(is_own).collect()
}

/// The versions that a record names as mended; true when it speaks of the component at all.
fn mended_by_record(record: &Record<'_>, question: &Question<'_>, named: &mut Vec<String>) -> bool {
    let claims = own_claims(record, question);
    for claim in &claims {
        mended_by_claim(claim, &question.version, question.commits, named);
    }
    let mut speaks = !claims.is_empty();
    // The kernel's CPE rows are a lossy expansion of its claims (matching.md 5.6).
    if !(question.identity.is_kernel && speaks) {
        for node in &record.configurations {
            speaks |= mended_by_tree(node, question, named);
        }
    }
    speaks
}

/// The mended versions of a configuration's rows about the component; true when there is such a row.
fn mended_by_tree(node: &CpeNode<'_>, question: &Question<'_>, named: &mut Vec<String>) -> bool {
    let mut speaks = false;
    for leaf in node.leaves.iter().filter(|leaf| leaf.vulnerable) {
        if matches!(question.fits.head(&leaf.head), Fit::Is(_) | Fit::NameOnly) {
            speaks = true;
            mended_by_rows(&leaf.rows, named);
        }
    }
    for child in &node.children {
        speaks |= mended_by_tree(child, question, named);
    }
    speaks
}

/// The fixed packages of a distribution's claim about a package of the component's name.
fn packaged(claim: &Claim<'_>, fit: &Fit, question: &Question<'_>) -> Vec<PackagedFix> {
    let subject = &claim.subject;
    if subject.ecosystem.is_empty()
        || distribution::family_of(subject).is_none()
        || !(matches!(fit, Fit::Is(_) | Fit::Build(_)) || question.identity.is_named(&subject.package_name))
    {
        return Vec::new();
    }
    let ends = claim.entries.iter().filter(|entry| entry.status == Status::Affected);
    ends.filter_map(|entry| match &entry.end {
        End::Before(fixed) if fixed != "0" => Some(PackagedFix {
            distribution: subject.ecosystem.to_string(),
            release: subject.distro_release.to_string(),
            package: subject.package_name.to_string(),
            version: fixed.to_string(),
        }),
        _ => None,
    })
    .collect()
}

/// The least version of each line that all sources together call not affected.
fn fixed_per_line(
    case: &Case<'_>,
    records: &[Record<'_>],
    mut named: Vec<String>,
    also: Vec<String>,
) -> Vec<(String, String)> {
    let version = &case.question.version;
    let of_line = |text: &str| case.lines.line_of(text);
    let favoured: Vec<String> =
        [version.written()].into_iter().chain(also.iter().map(String::as_str)).filter_map(of_line).collect();
    named.extend(also);
    named.retain(|text| version.order(text) == Order::Less);
    sort_by_version(version, &mut named);
    let mut lines: Vec<(String, Vec<String>)> = Vec::new();
    for text in named {
        let Some(line) = case.lines.line_of(&text) else { continue };
        match lines.iter_mut().find(|(known, _)| *known == line) {
            Some((_, texts)) => texts.push(text),
            None => lines.push((line, vec![text])),
        }
    }
    let mut others = 0;
    lines.retain(|(line, _)| {
        others += usize::from(!favoured.contains(line));
        favoured.contains(line) || others <= MOST_LINES
    });
    let first_fixed = |(line, texts): (String, Vec<String>)| {
        let fixed = texts.into_iter().take(MOST_TRIES).find(|text| is_fixed_at(case, records, text))?;
        Some((line, fixed))
    };
    lines.into_iter().filter_map(first_fixed).collect()
}

/// Insertion by comparison, because an order of versions need not be total; the lists are short.
fn sort_by_version(version: &ComponentVersion<'_>, texts: &mut Vec<String>) {
    let mut sorted: Vec<String> = Vec::with_capacity(texts.len());
    for text in texts.drain(..) {
        let at = sorted
            .iter()
            .position(|other| matches!(version.order_of(&text, other), Order::Less | Order::Equal));
        match at {
            Some(at)
                if sorted.get(at).is_some_and(|other| version.order_of(&text, other) == Order::Equal) => {}
            Some(at) => sorted.insert(at, text),
            None => sorted.push(text),
        }
    }
    *texts = sorted;
}

/// What the records say of the component, were this version installed.
fn is_fixed_at(case: &Case<'_>, records: &[Record<'_>], text: &str) -> bool {
    let version = ComponentVersion {
        text: text.into(),
        origin: VersionOrigin::Stated,
        released: "",
        commit: "",
        detail: Detail::Verdict,
        ..case.question.version
    };
    let question = Question { version, ..case.question };
    let voices: Vec<_> =
        records.iter().filter_map(|record| opinion::voice(&question, record, records)).collect();
    combine(&voices, false).verdict == Some(Verdict::NotAffected)
}
