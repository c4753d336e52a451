//! One record, one component: what does the source say, and with what weight?
//!
//! Here identity, platforms and versions meet. A record yields one [`Voice`] or none; how voices are weighed
//! is `combine`'s business.

use model::finding::{Confidence, Evidence, Opinion, Verdict};
use model::identity::name::{is_no_name, same_name};
use model::reason::Reason;
use model::record::{Claim, Entry, Record, Source, Subject};

use super::combine::{Standing, Voice, rank_of};
use super::distribution::{self, Distribution, Family};
use super::identity::{Fit, Identity, Recognition, VendorLookup};
use super::kernel::{judge_kernel_claims, judge_kernel_record};
use super::platforms::leaf::stated_platforms;
use super::platforms::tree::{TreeAnswer, TreeContext, judge_configurations};
use super::platforms::{Release, Truth};
use super::ranges::{CommitTable, ComponentVersion, Detail, RangeAnswer, combine_claims, judge_claim};

/// One component in its release, and what is known besides records.
#[derive(Clone, Copy)]
pub struct Question<'q> {
    /// The component's identity.
    pub identity: &'q Identity<'q>,
    /// Its version, with the wanted detail.
    pub version: ComponentVersion<'q>,
    /// The release around it.
    pub release: &'q Release<'q>,
    /// Vendors of product names.
    pub vendors: &'q VendorLookup<'q>,
    /// Whether the tracker of a distribution knows a package at all.
    pub is_tracked: &'q TrackerLookup<'q>,
    /// What is known of commits.
    pub commits: &'q dyn CommitTable,
}

/// Asks whether a distribution's feed has any record about a package.
pub type TrackerLookup<'l> = dyn Fn(Family, &str) -> bool + Sync + 'l;

/// What identity says of a record's claims.
#[derive(Default)]
struct Heard {
    /// Claims about the component.
    own: Vec<(usize, Recognition)>,
    /// Claims that share its name only.
    named: Vec<usize>,
    /// Claims about a distribution's build of that name.
    builds: Vec<(usize, Family)>,
    /// Namesakes.
    removed: Vec<Reason>,
    /// Some claim is about an upstream project, whatever its name.
    has_upstream: bool,
}

/// An answer with the identity it rests on.
struct Answered {
    answer: RangeAnswer,
    /// `None` = by name only.
    recognition: Option<Recognition>,
    subject: String,
    foreign_platform: Option<Reason>,
    states_our_platform: bool,
}

/// What the record says of the component; `siblings` are the other records of the vulnerability.
pub fn voice(question: &Question<'_>, record: &Record<'_>, siblings: &[Record<'_>]) -> Option<Voice> {
    let heard = hear(question, record, siblings);
    if let Some(voice) = own_distribution(question, record, &heard) {
        return Some(voice);
    }
    let claims = answer_of_claims(question, record, &heard);
    let tree = answer_of_tree(question, record, claims.is_some());
    let removal = match &tree {
        TreeAnswer::Removed(reason) => Some(*reason),
        _ => None,
    };
    let answered = match (claims, by_tree(tree)) {
        (Some(claims), Some(tree)) => Some(of_both(claims, tree)),
        (claims, tree) => claims.or(tree),
    };
    match answered {
        Some(answered) => Some(speak(question, record, answered)),
        None => unspoken(question, record, siblings, &heard, removal),
    }
}

/// Sorts the claims by whom they speak of.
fn hear(question: &Question<'_>, record: &Record<'_>, siblings: &[Record<'_>]) -> Heard {
    let mut heard = Heard::default();
    for (at, claim) in record.claims.iter().enumerate() {
        let mut fit = question.identity.fit_claim(&claim.subject, question.vendors);
        if let Fit::Is(_) | Fit::NameOnly = fit
            && let Some(foreign) = repeated(question.identity, record, claim, siblings)
        {
            fit = foreign;
        }
        let is_build = distribution::family_of(&claim.subject).is_some() || matches!(fit, Fit::Build(_));
        heard.has_upstream |= !is_build && !names_nothing(&claim.subject);
        match fit {
            Fit::Is(recognition) => heard.own.push((at, recognition)),
            Fit::NameOnly => heard.named.push(at),
            Fit::Build(family) => heard.builds.push((at, family)),
            Fit::Not(reason) => heard.removed.push(reason),
            Fit::Unrelated => {}
        }
    }
    heard
}

/// `n/a` everywhere: no claim at all.
fn names_nothing(subject: &Subject<'_>) -> bool {
    is_no_name(&subject.product)
        && is_no_name(&subject.package_name)
        && subject.repo.is_empty()
        && subject.collection_url.is_empty()
        && subject.cpes.is_empty()
        && subject.purl.is_empty()
}

/// An ADP entry that repeats a CNA claim under another product name does not widen it (4.6): its subject is
/// what the CNA said, when that is something the component cannot be.
fn repeated(
    identity: &Identity<'_>,
    record: &Record<'_>,
    claim: &Claim<'_>,
    siblings: &[Record<'_>],
) -> Option<Fit> {
    if !matches!(record.source, Some(Source::CisaAdp | Source::CveAdp)) || claim.entries.is_empty() {
        return None;
    }
    let cna = siblings.iter().filter(|other| other.source == Some(Source::CveCna) && other.id == record.id);
    let mut same = cna
        .flat_map(|other| &other.claims)
        .filter(|other| same_rows(&other.entries, &claim.entries))
        .peekable();
    same.peek()?;
    let mut foreign = None;
    for original in same {
        foreign = Some(identity.is_foreign_kind(&original.subject)?);
    }
    foreign
}

fn same_rows(one: &[Entry<'_>], other: &[Entry<'_>]) -> bool {
    let row = |a: &Entry<'_>, b: &Entry<'_>| a.status == b.status && a.start == b.start && a.end == b.end;
    one.len() == other.len() && one.iter().zip(other).all(|(a, b)| row(a, b))
}

/// The component's own distribution speaks of its source package: that decides (5.8).
fn own_distribution(question: &Question<'_>, record: &Record<'_>, heard: &Heard) -> Option<Voice> {
    let (family, release) = question.identity.distribution.packages()?;
    let component = question.identity.component;
    let is_source = |subject: &Subject<'_>| {
        let name =
            if component.source_package.is_empty() { &component.name } else { &component.source_package };
        same_name(&subject.package_name, name)
            || component.purls.iter().any(|purl| same_name(&subject.package_name, &purl.name))
    };
    let claims: Vec<&Claim<'_>> = heard
        .builds
        .iter()
        .filter(|(_, build)| *build == family)
        .filter_map(|(at, _)| record.claims.get(*at))
        .filter(|claim| !claim.subject.ecosystem.is_empty() && is_source(&claim.subject))
        .filter(|claim| distribution::same_release(&claim.subject.distro_release, release))
        .collect();
    let claim = claims.first()?;
    let version = ComponentVersion { scheme: distribution::scheme_of(family), ..question.version };
    let mut answer = combine_claims(
        &claims
            .iter()
            .map(|claim| judge_claim(record, claim, &version, question.commits))
            .collect::<Vec<_>>(),
    );
    let is_ignored =
        record.tags.iter().any(|tag| matches!(&**tag, "ignored" | "no-dsa" | "postponed" | "end-of-life"));
    answer.reason = match answer.verdict? {
        Verdict::Affected if is_ignored => Reason::DIgnored,
        Verdict::Affected => Reason::DVulnerable,
        Verdict::NotAffected if never_affected(claim) => Reason::DNotAffected,
        Verdict::NotAffected => Reason::DFixed,
        Verdict::NeedsReview => answer.reason,
    };
    answer.confidence = answer.confidence.max(Confidence::High);
    let subject = format!(
        "{} {} {}",
        claim.subject.ecosystem, claim.subject.distro_release, claim.subject.package_name
    );
    let answered = Answered {
        answer,
        recognition: Some(Recognition { rank: 3, signal: super::identity::Signal::None }),
        subject,
        foreign_platform: None,
        states_our_platform: true,
    };
    let mut voice = speak(question, record, answered);
    voice.rank = 3;
    Some(voice)
}

/// Fixed in version `0`: the distribution never had it.
fn never_affected(claim: &Claim<'_>) -> bool {
    use model::record::End;
    !claim.entries.is_empty()
        && claim.entries.iter().all(|entry| matches!(&entry.end, End::Before(fixed) if fixed == "0"))
}

fn answer_of_claims(question: &Question<'_>, record: &Record<'_>, heard: &Heard) -> Option<Answered> {
    let identity = question.identity;
    let (claims, recognition): (Vec<&Claim<'_>>, Option<Recognition>) = if heard.own.is_empty() {
        (heard.named.iter().filter_map(|at| record.claims.get(*at)).collect(), None)
    } else {
        let best = heard.own.iter().map(|(_, recognition)| *recognition).min_by_key(|one| one.rank);
        (heard.own.iter().filter_map(|(at, _)| record.claims.get(*at)).collect(), best)
    };
    let first = claims.first()?;
    let subject =
        if question.version.detail == Detail::Full { subject_words(&first.subject) } else { String::new() };
    if identity.is_kernel_companion {
        return companion(question, &claims, recognition, subject);
    }
    let stated: Vec<Option<Truth>> =
        claims.iter().map(|claim| stated_platforms(question.release, &claim.subject.platforms)).collect();
    let answer = if identity.is_kernel && recognition.is_some() {
        let answer = if is_by_kernel_cna(record) {
            judge_kernel_record(record, &question.version, question.commits)
        } else {
            judge_kernel_claims(record, &claims, &question.version, question.commits)
        };
        on_platform(question, answer, first, stated.first().copied().flatten())
    } else {
        let judged = claims.iter().zip(&stated).map(|(claim, stated)| {
            let answer = judge_claim(record, claim, &question.version, question.commits);
            on_platform(question, answer, claim, *stated)
        });
        combine_claims(&judged.collect::<Vec<_>>())
    };
    let foreign_platform = match stated.iter().copied().reduce(either_platform).flatten() {
        Some(Truth::False(reason)) => Some(reason),
        _ => None,
    };
    let states_our_platform = stated.contains(&Some(Truth::True));
    Some(Answered { answer, recognition, subject, foreign_platform, states_our_platform })
}

/// One of two claims holds: without a stated platform it holds anywhere.
fn either_platform(one: Option<Truth>, other: Option<Truth>) -> Option<Truth> {
    Some(one?.or(other?))
}

/// Headers, perf and other parts of the kernel's tree: only records about files under `tools/` concern them.
fn companion(
    question: &Question<'_>,
    claims: &[&Claim<'_>],
    recognition: Option<Recognition>,
    subject: String,
) -> Option<Answered> {
    let mut files = claims.iter().flat_map(|claim| &claim.subject.program_files).peekable();
    let in_tools = files.peek().is_some()
        && files.any(|file| file.starts_with("tools/") && !file.starts_with("tools/testing/"));
    if !in_tools {
        return None;
    }
    let mut answer = RangeAnswer::new(Verdict::NeedsReview, Reason::VNoUsableRange, Confidence::Low);
    if question.version.detail == Detail::Full {
        answer.evidence.push(Evidence::Remark("the record is about a tool of the kernel tree".to_owned()));
    }
    Some(Answered { answer, recognition, subject, foreign_platform: None, states_our_platform: false })
}

/// Applies the `platforms[]` of a claim to its version answer.
fn on_platform(
    question: &Question<'_>,
    mut answer: RangeAnswer,
    claim: &Claim<'_>,
    stated: Option<Truth>,
) -> RangeAnswer {
    let Some(truth) = stated else { return answer };
    if answer.verdict == Some(Verdict::NotAffected) {
        return answer;
    }
    match truth {
        Truth::False(reason) => {
            answer.verdict = Some(Verdict::NotAffected);
            answer.reason = reason;
            answer.qualifiers.clear();
            answer.fixed.clear();
            answer.confidence = Confidence::High;
        }
        Truth::Unknown if answer.verdict == Some(Verdict::Affected) => {
            answer.verdict = Some(Verdict::NeedsReview);
            answer.reason = Reason::PUnproven;
            answer.confidence = Confidence::Low;
        }
        Truth::True | Truth::Unknown => {}
    }
    if question.version.detail == Detail::Full {
        answer.evidence.push(Evidence::Platform {
            condition: format!("platforms = {}", claim.subject.platforms.join(", ")),
            value: truth.word().to_owned(),
            because: question.release.os_because.clone(),
        });
    }
    answer
}

fn tree_of(question: &Question<'_>, record: &Record<'_>) -> TreeAnswer {
    let context = TreeContext {
        identity: question.identity,
        version: &question.version,
        release: question.release,
        vendors: question.vendors,
    };
    judge_configurations(&context, record)
}

/// The record is the kernel CNA's, in its own tree or in the CVE list.
pub fn is_by_kernel_cna(record: &Record<'_>) -> bool {
    record.source == Some(Source::KernelCna)
        || (record.source == Some(Source::CveCna) && record.by.eq_ignore_ascii_case("linux"))
}

/// The kernel CNA's CPE rows are a lossy expansion of its ranges and are never used (5.6).
fn answer_of_tree(question: &Question<'_>, record: &Record<'_>, has_claims: bool) -> TreeAnswer {
    if record.configurations.is_empty()
        || question.identity.is_kernel_companion
        || (question.identity.is_kernel && (is_by_kernel_cna(record) || has_claims))
    {
        return TreeAnswer::Silent;
    }
    tree_of(question, record)
}

fn by_tree(tree: TreeAnswer) -> Option<Answered> {
    let TreeAnswer::Named { answer, recognition, subject, foreign_platform, states_our_platform } = tree
    else {
        return None;
    };
    Some(Answered { answer, recognition, subject, foreign_platform, states_our_platform })
}

/// Claims and configurations of one record: versions by the claims, platforms by both.
fn of_both(claims: Answered, tree: Answered) -> Answered {
    if claims.recognition.is_none() && tree.recognition.is_some() {
        return tree;
    }
    let decides = |answered: &Answered| {
        matches!(answered.answer.verdict, Some(Verdict::Affected | Verdict::NotAffected))
    };
    let excluded = tree.foreign_platform.is_some() && claims.answer.verdict != Some(Verdict::NotAffected);
    if excluded || (!decides(&claims) && decides(&tree)) || claims.answer.verdict.is_none() {
        return Answered { recognition: claims.recognition.or(tree.recognition), ..tree };
    }
    Answered {
        states_our_platform: claims.states_our_platform || tree.states_our_platform,
        foreign_platform: claims.foreign_platform.or(tree.foreign_platform),
        ..claims
    }
}

/// Puts the answer into words and gives it its rank.
fn speak(question: &Question<'_>, record: &Record<'_>, answered: Answered) -> Voice {
    let identity = question.identity;
    let Answered { mut answer, recognition, subject, foreign_platform, states_our_platform } = answered;
    if recognition.is_none() && answer.verdict != Some(Verdict::NotAffected) {
        answer.verdict = Some(Verdict::NeedsReview);
        answer.reason = Reason::INameOnly;
        answer.qualifiers.clear();
    }
    hosted_service(record, &mut answer);
    let source = record.source.unwrap_or(Source::Local);
    let is_converted = record.id.starts_with("CVE-") && matches!(source, Source::Osv | Source::Debian);
    let standing = Standing {
        source,
        is_own_cna: identity.is_own_cna(&record.by),
        is_by_own_commit: answer.decided_by_git && !identity.component.git.commit.is_empty(),
        is_own_distribution: false,
        is_free_text: answer.qualifiers.contains(&Reason::VTextParsed) && !is_operator_text(record),
        is_converted,
    };
    let rank = rank_of(standing);
    let mut confidence = answer.confidence.min(recognition.map_or(Confidence::Low, Recognition::confidence));
    if rank > 4 {
        confidence = confidence.min(Confidence::High);
    }
    let mut evidence = Vec::new();
    if question.version.detail == Detail::Full {
        evidence.push(match recognition {
            Some(recognition) => recognition.evidence(identity, subject),
            None => Evidence::Identity {
                rank: 8,
                component: format!("name {}", identity.component.name),
                subject,
                second_signal: String::new(),
            },
        });
        evidence.append(&mut answer.evidence);
    }
    Voice {
        opinion: Opinion {
            source,
            by: record.by.to_string(),
            record: record.id.to_string(),
            verdict: answer.verdict,
            reason: answer.reason,
            qualifiers: answer.qualifiers,
            confidence,
            evidence,
            fixed: answer.fixed,
            modified: record.modified.to_string(),
        },
        rank,
        foreign_platform,
        states_our_platform,
        is_by_name: recognition.is_none(),
        is_converted,
    }
}

/// `< 1.2`, `>= 1.2, < 1.3`: ranges in the version field, not prose.
fn is_operator_text(record: &Record<'_>) -> bool {
    let mut entries = record.claims.iter().flat_map(|claim| &claim.entries).peekable();
    entries.peek().is_some() && entries.all(|entry| entry.start.trim_start().starts_with(['<', '>', '=']))
}

/// A record about a hosted service does not concern what is shipped (2.5).
fn hosted_service(record: &Record<'_>, answer: &mut RangeAnswer) {
    if !record.tags.iter().any(|tag| tag.eq_ignore_ascii_case("exclusively-hosted-service")) {
        return;
    }
    let mut products = record.claims.iter().map(|claim| (&claim.subject.vendor, &claim.subject.product));
    let first = products.next();
    let is_only = first.is_some_and(|first| products.all(|other| other == first));
    if is_only && answer.verdict != Some(Verdict::NotAffected) {
        answer.verdict = Some(Verdict::NotAffected);
        answer.reason = Reason::RHostedService;
        answer.confidence = Confidence::High;
        answer.qualifiers.clear();
    }
}

/// The record has no claim that is the component: a distribution's own defect, or a namesake.
fn unspoken(
    question: &Question<'_>,
    record: &Record<'_>,
    siblings: &[Record<'_>],
    heard: &Heard,
    removal: Option<Reason>,
) -> Option<Voice> {
    if let Some(voice) = distribution_only(question, record, siblings, heard) {
        return Some(voice);
    }
    let reason = removal.or_else(|| heard.removed.first().copied())?;
    let mut answer = RangeAnswer::none();
    answer.reason = reason;
    let answered = Answered {
        answer,
        recognition: None,
        subject: removed_subject(question, record),
        foreign_platform: None,
        states_our_platform: false,
    };
    let mut voice = speak(question, record, answered);
    voice.opinion.verdict = None;
    voice.opinion.reason = reason;
    Some(voice)
}

fn removed_subject(question: &Question<'_>, record: &Record<'_>) -> String {
    if question.version.detail == Detail::Brief {
        return String::new();
    }
    let named = |claim: &&Claim<'_>| {
        question.identity.is_named(&claim.subject.product)
            || question.identity.is_named(&claim.subject.package_name)
    };
    let claim = record.claims.iter().find(named);
    claim.map_or_else(|| "criteria of its configurations".to_owned(), |claim| subject_words(&claim.subject))
}

/// Every claim of the record is a distribution's build, and the component comes from none: perhaps the defect is
/// in that distribution's patches or packaging (5.8). Red Hat files many an upstream flaw (CVE-2023-4527 of
/// glibc) for its products alone, so a second witness is needed before anything is excluded. Feeds of
/// distributions list what concerns their packages, upstream's flaws too, so they never say this themselves.
fn distribution_only(
    question: &Question<'_>,
    record: &Record<'_>,
    siblings: &[Record<'_>],
    heard: &Heard,
) -> Option<Voice> {
    let is_cve = matches!(record.source, Some(Source::CveCna | Source::CisaAdp | Source::CveAdp));
    let (first, family) = *heard.builds.first()?;
    if !is_cve || heard.has_upstream || heard.builds.iter().any(|(_, other)| *other != family) {
        return None;
    }
    let mut answer = match question.identity.distribution {
        Distribution::Packages(own, _) if own == family => return None,
        Distribution::Unknown => RangeAnswer::new(Verdict::NeedsReview, Reason::PUnproven, Confidence::Low),
        _ if is_its_own_defect(question, record, siblings, heard) => {
            RangeAnswer::new(Verdict::NotAffected, Reason::IDistroOnly, Confidence::Medium)
        }
        _ => RangeAnswer::new(Verdict::NeedsReview, Reason::RNoAffectedData, Confidence::Low),
    };
    if question.version.detail == Detail::Full {
        answer.evidence.push(Evidence::Platform {
            condition: format!("built by {}", family.name()),
            value: if answer.verdict == Some(Verdict::NotAffected) { "false" } else { "unknown" }.to_owned(),
            because: distribution_words(question.identity.distribution),
        });
    }
    let answered = Answered {
        answer,
        recognition: Some(Recognition { rank: 6, signal: super::identity::Signal::None }),
        subject: record.claims.get(first).map(|claim| subject_words(&claim.subject)).unwrap_or_default(),
        foreign_platform: None,
        states_our_platform: false,
    };
    Some(speak(question, record, answered))
}

/// The second witness: a claim names the distribution's own variant of the project (`Debian based GNU GRUB`, a
/// fork), or another distribution that has the package and tracks its flaws does not list this one.
fn is_its_own_defect(
    question: &Question<'_>,
    record: &Record<'_>,
    siblings: &[Record<'_>],
    heard: &Heard,
) -> bool {
    let identity = question.identity;
    let mut subjects =
        heard.builds.iter().filter_map(|(at, _)| record.claims.get(*at)).map(|claim| &claim.subject);
    if subjects.any(|subject| distribution::is_own_variant(subject, &identity.component.name)) {
        return true;
    }
    let builders = |family: &Family| heard.builds.iter().any(|(_, own)| own == family);
    let others = || {
        [Family::Debian, Family::Ubuntu, Family::Alpine, Family::Suse]
            .into_iter()
            .filter(|one| !builders(one))
    };
    let lists_it = siblings.iter().flat_map(|other| &other.claims).any(|claim| {
        let by_other = distribution::family_of(&claim.subject).is_some_and(|family| !builders(&family));
        by_other && identity.is_named(&claim.subject.package_name) && !never_affected(claim)
    });
    !lists_it && others().any(|family| identity.any_name(|name| (question.is_tracked)(family, name)))
}

fn distribution_words(distribution: Distribution<'_>) -> String {
    match distribution {
        Distribution::Unknown => "the distribution is not known".to_owned(),
        Distribution::OwnBuild(name) => format!("the component is built by {name}"),
        Distribution::Packages(family, release) => format!("the component is of {} {release}", family.name()),
    }
}

/// The subject of a claim in one line.
pub fn subject_words(subject: &Subject<'_>) -> String {
    let mut words: Vec<String> = Vec::new();
    match (subject.vendor.is_empty(), subject.product.is_empty()) {
        (true, true) => {}
        (true, false) => words.push(subject.product.to_string()),
        (false, _) => words.push(format!("{} / {}", subject.vendor, subject.product)),
    }
    if !subject.ecosystem.is_empty() {
        words.push(format!("{} {}", subject.ecosystem, subject.distro_release).trim_end().to_owned());
    }
    if !subject.package_name.is_empty() && subject.package_name != subject.product {
        words.push(format!("package {}", subject.package_name));
    }
    if !subject.repo.is_empty() {
        words.push(format!("repo {}", subject.repo));
    } else if !subject.collection_url.is_empty() {
        words.push(subject.collection_url.to_string());
    }
    words.join(", ")
}

/// The component's own distribution lists its source package, but not for its release.
pub fn lists_other_release(question: &Question<'_>, records: &[Record<'_>]) -> bool {
    let Some((family, release)) = question.identity.distribution.packages() else { return false };
    let mut claims = records
        .iter()
        .flat_map(|record| &record.claims)
        .filter(|claim| {
            !claim.subject.ecosystem.is_empty() && distribution::family_of(&claim.subject) == Some(family)
        })
        .filter(|claim| question.identity.is_named(&claim.subject.package_name))
        .peekable();
    claims.peek().is_some()
        && claims.all(|claim| !distribution::same_release(&claim.subject.distro_release, release))
}
