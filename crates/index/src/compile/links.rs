//! What a record is found by beside its keys: vendors of products, ecosystems, commits, releases.

use model::identity::cpe::{candidate, split_23};
use model::identity::name::{is_no_name, push_name_key};
use model::record::{Claim, ClaimForm, CpeNode, End, Entry, RangeKind, Record, Source, Status};

use super::interner::Interner;
use crate::lookup::by_commit::commit_row;

/// Lists of numbers of a run's interner; pairs stand as two numbers behind one another.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// Product key and vendor key.
    pub(super) vendors: Vec<u32>,
    /// Product key and ecosystem.
    pub(super) ecosystems: Vec<u32>,
    /// Commits that fix.
    pub(super) fixes: Vec<u32>,
    /// Commit and the release it came with.
    pub(super) releases: Vec<u32>,
    key: String,
}

/// What these say of vendors is taken from others, or names whoever ships a thing for its maker: it must not make a
/// namesake look like the product's own vendor.
fn is_hearsay(source: Option<Source>) -> bool {
    matches!(source, Some(Source::Euvd | Source::Csaf))
}

impl Links {
    pub(super) fn collect(&mut self, record: &Record<'_>, texts: &mut Interner) {
        self.vendors.clear();
        self.ecosystems.clear();
        self.fixes.clear();
        self.releases.clear();
        for claim in &record.claims {
            self.claim(claim, texts);
        }
        if is_hearsay(record.source) {
            self.vendors.clear();
        }
        for node in &record.configurations {
            self.node(node, texts);
        }
        for commit in &record.fix_commits {
            self.fix(commit, texts);
        }
        self.pair_releases(record, texts);
    }

    fn claim(&mut self, claim: &Claim<'_>, texts: &mut Interner) {
        let subject = &claim.subject;
        self.vendor(&subject.vendor, &subject.product, texts);
        for cpe in &subject.cpes {
            if let Some([part, vendor, product, .., target_sw, _, _]) = split_23(cpe)
                && is_software(&part, &target_sw)
            {
                self.vendor(&vendor, &product, texts);
            }
        }
        if !is_no_name(&subject.ecosystem) && !is_no_name(&subject.package_name) {
            let product = self.name_key(&subject.package_name, texts);
            let ecosystem = texts.intern(&subject.ecosystem.to_lowercase()).0;
            self.ecosystems.extend([product, ecosystem]);
        }
        for entry in claim.entries.iter().filter(|entry| entry.kind == RangeKind::Git) {
            self.git_entry(entry, texts);
        }
    }

    fn node(&mut self, node: &CpeNode<'_>, texts: &mut Interner) {
        let mut last = ("", "");
        for leaf in node.leaves.iter().filter(|leaf| leaf.vulnerable) {
            let head = &leaf.head;
            if (head.vendor.as_ref(), head.product.as_ref()) != last
                && is_software(&head.part, &head.target_sw)
            {
                last = (&head.vendor, &head.product);
                self.vendor(&head.vendor, &head.product, texts);
            }
        }
        node.children.iter().for_each(|child| self.node(child, texts));
    }

    fn vendor(&mut self, vendor: &str, product: &str, texts: &mut Interner) {
        if !is_no_name(vendor) && !is_no_name(product) {
            let product = self.name_key(product, texts);
            let vendor = self.name_key(vendor, texts);
            self.vendors.extend([product, vendor]);
        }
    }

    fn name_key(&mut self, name: &str, texts: &mut Interner) -> u32 {
        self.key.clear();
        push_name_key(name, &mut self.key);
        texts.intern(&self.key).0
    }

    /// The end of an affected range and a change to unaffected are fixes.
    fn git_entry(&mut self, entry: &Entry<'_>, texts: &mut Interner) {
        if let (Status::Affected, End::Before(commit)) = (entry.status, &entry.end) {
            self.fix(commit, texts);
        }
        for change in entry.changes.iter().filter(|change| change.status == Status::Unaffected) {
            self.fix(&change.at, texts);
        }
    }

    fn fix(&mut self, commit: &str, texts: &mut Interner) {
        if commit_row(commit).is_some() {
            self.fixes.push(texts.intern(commit).0);
        }
    }

    fn release(&mut self, commit: &str, version: &str, texts: &mut Interner) {
        if commit_row(commit).is_some() && is_release(version) {
            self.releases.extend([texts.intern(commit).0, texts.intern(version).0]);
        }
    }

    /// Pairs commits with releases where the record leaves no doubt.
    fn pair_releases(&mut self, record: &Record<'_>, texts: &mut Interner) {
        for claim in &record.claims {
            self.pair_within(claim, texts);
        }
        let kernel = |claim: &&Claim<'_>| {
            claim.form == ClaimForm::CveVersions && claim.subject.product.eq_ignore_ascii_case("linux")
        };
        let claims: Vec<&Claim<'_>> = record.claims.iter().filter(kernel).collect();
        if let [git, versions] = claims.as_slice() {
            self.pair_kernel_blocks(git, versions, texts);
        }
    }

    /// Pairs within one claim: dyads, which list both forms in the same order, and OSV entries with exactly
    /// one fix of either form.
    fn pair_within(&mut self, claim: &Claim<'_>, texts: &mut Interner) {
        if !matches!(claim.form, ClaimForm::KernelPairs | ClaimForm::Osv) {
            return;
        }
        let of = |kind: RangeKind| {
            claim.entries.iter().filter(move |entry| entry.kind == kind && entry.status == Status::Affected)
        };
        let (git, versions) = (of(RangeKind::Git), of(RangeKind::Version));
        let count = git.clone().count();
        if count != versions.clone().count() || (claim.form == ClaimForm::Osv && count != 1) {
            return;
        }
        for (commits, releases) in git.zip(versions) {
            self.release(&commits.start, &releases.start, texts);
            if let (End::Before(commit), End::Before(release)) = (&commits.end, &releases.end) {
                self.release(commit, release, texts);
            }
        }
    }

    /// The kernel CNA's two blocks: the first lists a range of commits per branch, the second the first
    /// unaffected release of each branch, in the same order.
    fn pair_kernel_blocks(&mut self, git: &Claim<'_>, versions: &Claim<'_>, texts: &mut Interner) {
        let fixes = git.entries.iter().filter_map(|entry| match (&entry.end, entry.kind, entry.status) {
            (End::Before(commit), RangeKind::Git, Status::Affected) => Some((&entry.start, commit)),
            _ => None,
        });
        let releases = versions.entries.iter().filter(|entry| {
            entry.status == Status::Unaffected
                && matches!(&entry.end, End::Through(end) if end.ends_with('*'))
        });
        if fixes.clone().count() != releases.clone().count() {
            return;
        }
        for ((_, commit), release) in fixes.zip(releases) {
            self.release(commit, &release.start, texts);
        }
    }
}

/// Parts `a` and `o`, and no language or host as target: what an embedded image could contain.
fn is_software(part: &str, target_sw: &str) -> bool {
    matches!(part, "a" | "o" | "*") && candidate::ecosystem(target_sw).is_none()
}

/// A version that names one release: begins with a digit, is not the beginning of all time.
fn is_release(version: &str) -> bool {
    version.starts_with(|first: char| first.is_ascii_digit()) && version != "0" && !version.contains('*')
}
