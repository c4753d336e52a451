//! Single platform conditions: a platform criterion of a CPE tree, `platforms[]` of a claim, `target_sw`.

use std::borrow::Cow;

use model::component::Component;
use model::finding::Verdict;
use model::identity::name::{is_no_name, name_key, same_name};
use model::reason::Reason;
use model::record::{CpeHead, CpeLeaf, CpeRow, Record, Text};

use super::release::Release;
use super::truth::Truth;
use super::words::{self, Os, Word};
use crate::matching::distribution::{self, Distribution, Family};
use crate::matching::ranges::{ComponentVersion, Trace, judge_rows};

/// A judged condition before it is put into words.
pub struct Judged {
    /// The value.
    pub truth: Truth,
    /// Why.
    pub because: Cow<'static, str>,
}

impl Judged {
    fn new(truth: Truth, because: impl Into<Cow<'static, str>>) -> Judged {
        Judged { truth, because: because.into() }
    }
}

/// Judges a criterion that names no component under test, but what must be present beside it.
/// `trace` notes what is asked of the rest of the release.
pub fn platform_criterion(
    release: &Release<'_>,
    record: &Record<'_>,
    leaf: &CpeLeaf<'_>,
    trace: Option<&Trace>,
) -> Judged {
    let head = &leaf.head;
    if is_no_name(&head.product) {
        return Judged::new(Truth::True, "names no product");
    }
    if let Some(judged) = by_fact(release, head) {
        return judged;
    }
    if is_kernel(head) {
        if let Some(trace) = trace.filter(|_| !release.kernels.is_empty()) {
            trace.spoil_by_release();
        }
        return kernel(release, record, &leaf.rows);
    }
    if head.part == "h" {
        return hardware(release, head);
    }
    if let Some(family) = distribution::family_of_criterion(&head.vendor, &head.product) {
        return distribution_release(release, family, &leaf.rows);
    }
    let named = release.named(&head.product);
    if let Some(trace) = trace {
        trace.asked_for(&head.product, named.is_empty());
        if !named.is_empty() {
            // What it is, and of which version, is looked at next.
            trace.spoil_by_release();
        }
    }
    if !named.is_empty() {
        return present(release, record, leaf, named);
    }
    if head.part == "o" { operating_system(release, head) } else { absent(release, head) }
}

/// A fact given by the user: `xen = absent`.
fn by_fact(release: &Release<'_>, head: &CpeHead<'_>) -> Option<Judged> {
    let value = release.fact(&head.product)?;
    let truth = match name_key(value).as_str() {
        "absent" | "no" | "n" | "false" | "notbuilt" | "off" => Truth::False(blame(head)),
        "present" | "yes" | "y" | "true" | "built" | "on" => Truth::True,
        _ => return None,
    };
    Some(Judged::new(truth, format!("given fact: {} = {value}", head.product)))
}

fn blame(head: &CpeHead<'_>) -> Reason {
    if head.part == "h" { Reason::PHwMismatch } else { Reason::PCoComponentAbsent }
}

/// True for the Linux kernel as NVD names it.
pub fn is_kernel(head: &CpeHead<'_>) -> bool {
    head.part != "h"
        && same_name(&head.vendor, "linux")
        && matches!(&*head.product, "linux_kernel" | "kernel" | "linux")
}

fn kernel(release: &Release<'_>, record: &Record<'_>, rows: &[CpeRow<'_>]) -> Judged {
    if let Some(os) = release.os
        && !matches!(os, Os::Linux | Os::Android | Os::Tee)
    {
        return Judged::new(Truth::False(Reason::POsMismatch), release.os_because.clone());
    }
    if release.kernels.is_empty() {
        return match release.os {
            Some(Os::Linux | Os::Android) if is_unbounded(rows) => {
                Judged::new(Truth::True, release.os_because.clone())
            }
            _ => Judged::new(Truth::Unknown, "no kernel with a version is known in the release"),
        };
    }
    any_of(release, record, rows, &release.kernels)
}

/// The versions of the named components against the rows.
fn any_of(release: &Release<'_>, record: &Record<'_>, rows: &[CpeRow<'_>], candidates: &[usize]) -> Judged {
    let mut whole = Judged::new(Truth::False(Reason::PCoComponentAbsent), "not in the release");
    for component in candidates.iter().filter_map(|at| release.components.get(*at)) {
        let truth = if is_unbounded(rows) {
            Truth::True
        } else {
            in_rows(record, rows, &release.version_of(component))
        };
        let outcome = match truth {
            Truth::True => "is in the release, within the condition",
            Truth::False(_) => "is in the release, outside the required version",
            Truth::Unknown => "is in the release, its version cannot be compared",
        };
        let because = format!("{} {} {outcome}", component.name, component.version);
        let joined = whole.truth.or(truth);
        if joined != whole.truth || whole.because == "not in the release" {
            whole = Judged::new(joined, because);
        }
    }
    whole
}

fn in_rows(record: &Record<'_>, rows: &[CpeRow<'_>], version: &ComponentVersion<'_>) -> Truth {
    let answer = judge_rows(record, &[rows], true, version);
    match answer.verdict {
        Some(Verdict::Affected) => Truth::True,
        Some(Verdict::NotAffected) => Truth::False(Reason::PCoComponentAbsent),
        // A condition on a kernel means its number, whatever was back-ported to its branch.
        Some(Verdict::NeedsReview) if answer.reason == Reason::KMainlineBoundOnly => Truth::True,
        _ => Truth::Unknown,
    }
}

/// True when no row has a bound or a version: presence is all that is asked.
pub fn is_unbounded(rows: &[CpeRow<'_>]) -> bool {
    rows.iter().all(|row| row.bounds.is_none() && matches!(&*row.version, "*" | "-" | ""))
}

/// Hardware is absent unless named in the facts. A processor of the product's own architecture family is
/// not: the facts hold no processor model.
fn hardware(release: &Release<'_>, head: &CpeHead<'_>) -> Judged {
    let could_be = match &*head.vendor {
        "intel" | "amd" => matches!(release.arch, "x86" | "x86_64" | ""),
        "arm" => matches!(release.arch, "arm" | "arm64" | ""),
        _ => false,
    };
    if could_be {
        return Judged::new(Truth::Unknown, "the processor model is not known");
    }
    Judged::new(Truth::False(Reason::PHwMismatch), "no such hardware is named for the product")
}

fn distribution_release(release: &Release<'_>, wanted: Family, rows: &[CpeRow<'_>]) -> Judged {
    match release.distribution {
        Distribution::Unknown => Judged::new(Truth::Unknown, "the distribution is not known"),
        Distribution::OwnBuild(name) => {
            Judged::new(Truth::False(Reason::PDistroMismatch), format!("the release is built with {name}"))
        }
        Distribution::Packages(family, _) if family != wanted => Judged::new(
            Truth::False(Reason::PDistroMismatch),
            format!("the distribution is {}", family.name()),
        ),
        Distribution::Packages(_, number) => {
            let truth = release_number(number, rows);
            Judged::new(truth, format!("the distribution is {} {number}", wanted.name()))
        }
    }
}

fn release_number(number: &str, rows: &[CpeRow<'_>]) -> Truth {
    let any = |row: &CpeRow<'_>| matches!(&*row.version, "*" | "-" | "");
    if rows.iter().any(|row| any(row) && row.bounds.is_none()) {
        return Truth::True;
    }
    if number.is_empty() || rows.iter().any(|row| row.bounds.is_some()) {
        return Truth::Unknown;
    }
    if rows.iter().any(|row| distribution::same_release(&row.version, number)) {
        return Truth::True;
    }
    Truth::False(Reason::PDistroMismatch)
}

/// Software of the wanted name is in the release.
fn present(release: &Release<'_>, record: &Record<'_>, leaf: &CpeLeaf<'_>, named: &[usize]) -> Judged {
    let vendor_fits = |component: &Component| {
        component.cpes.iter().any(|cpe| {
            same_name(&cpe.cpe.vendor, &leaf.head.vendor) && same_name(&cpe.cpe.product, &leaf.head.product)
        })
    };
    let exact: Vec<usize> =
        named.iter().copied().filter(|at| release.components.get(*at).is_some_and(vendor_fits)).collect();
    if !exact.is_empty() {
        return any_of(release, record, &leaf.rows, &exact);
    }
    let judged = any_of(release, record, &leaf.rows, named);
    match judged.truth {
        Truth::True => {
            Judged::new(Truth::Unknown, format!("{}, but its vendor is not proven", judged.because))
        }
        _ => judged,
    }
}

fn operating_system(release: &Release<'_>, head: &CpeHead<'_>) -> Judged {
    if let Some(Word::Os(os)) = os_of_criterion(head) {
        return Judged::new(word(release, Word::Os(os)), release.os_because.clone());
    }
    match release.os {
        None => Judged::new(Truth::Unknown, release.os_because.clone()),
        Some(_) if name_key(&head.product).ends_with("firmware") => {
            Judged::new(Truth::False(Reason::PHwMismatch), "the firmware is not in the release")
        }
        Some(_) => Judged::new(Truth::False(Reason::POsMismatch), release.os_because.clone()),
    }
}

fn os_of_criterion(head: &CpeHead<'_>) -> Option<Word> {
    match &*head.vendor {
        "microsoft" => Some(Word::Os(Os::Windows)),
        "apple" => Some(Word::Os(Os::Apple)),
        "freebsd" | "openbsd" | "netbsd" => Some(Word::Os(Os::Bsd)),
        _ => words::read_word(&head.product),
    }
}

/// Software that no component of the release is called like.
fn absent(release: &Release<'_>, head: &CpeHead<'_>) -> Judged {
    let foreign = match &*head.vendor {
        "apple" => Some(Os::Apple),
        "microsoft" => Some(Os::Windows),
        _ => None,
    };
    if let Some(os) = foreign
        && let Truth::False(_) = word(release, Word::Os(os))
    {
        return Judged::new(Truth::False(Reason::PCoComponentAbsent), release.os_because.clone());
    }
    if release.platform.inventory_complete {
        return Judged::new(
            Truth::False(Reason::PCoComponentAbsent),
            "the inventory is complete and does not hold it",
        );
    }
    Judged::new(Truth::Unknown, "not in the inventory, which need not be complete")
}

/// The value of a platform word for the release.
pub fn word(release: &Release<'_>, word: Word) -> Truth {
    match word {
        Word::Any => Truth::True,
        Word::Os(wanted) => match release.os {
            None => Truth::Unknown,
            Some(os) if os == wanted => {
                // Two small systems are not the same one for being small.
                if os == Os::Rtos { Truth::Unknown } else { Truth::True }
            }
            // A trusted execution environment sits beside a main system that we do not know.
            Some(Os::Tee) if wanted != Os::Windows && wanted != Os::Apple => Truth::Unknown,
            Some(_) => Truth::False(Reason::POsMismatch),
        },
        Word::AnyUnix => match release.os {
            None | Some(Os::Rtos | Os::Tee) => Truth::Unknown,
            Some(Os::Windows) => Truth::False(Reason::POsMismatch),
            Some(_) => Truth::True,
        },
        Word::Bits(wanted) => match release.bits {
            0 => Truth::Unknown,
            bits if bits == wanted => Truth::True,
            _ => Truth::False(Reason::PBitsMismatch),
        },
        Word::Endian(wanted) => match release.fact("endian") {
            None => Truth::Unknown,
            Some(endian) if endian == wanted => Truth::True,
            Some(_) => Truth::False(Reason::PArchMismatch),
        },
        Word::X64 => match (release.bits, release.arch) {
            (32, _) => Truth::False(Reason::PBitsMismatch),
            (_, "x86_64") => Truth::True,
            // Old records write x64 for every 64-bit machine.
            _ => Truth::Unknown,
        },
        Word::Arch(wanted) => match (wanted, release.arch) {
            (_, "") => Truth::Unknown,
            (wanted, arch) if wanted == arch => Truth::True,
            // `x86` and `ARM` also name the whole family.
            ("x86", "x86_64") | ("arm", "arm64") => Truth::Unknown,
            _ => Truth::False(Reason::PArchMismatch),
        },
    }
}

/// The platform condition in the head of a criterion that names the component itself.
pub fn own_condition(release: &Release<'_>, component: &Component, head: &CpeHead<'_>) -> Truth {
    let said = |value: &str| {
        component.cpes.iter().any(|cpe| cpe.cpe.target_sw == value || cpe.cpe.target_hw == value)
    };
    [&head.target_sw, &head.target_hw, &head.edition, &head.sw_edition]
        .into_iter()
        .filter(|value| !matches!(&***value, "" | "*" | "-") && !said(value))
        .filter_map(|value| words::read_word(value))
        .map(|found| word(release, found))
        .fold(Truth::True, Truth::and)
}

/// The `platforms[]` of a claim. `None` = it states nothing that can be evaluated.
///
/// Operating systems are alternatives, and so are architectures; both must fit. A word that cannot be read
/// may stand for our platform, so nothing is excluded by a list that holds one.
pub fn stated_platforms(release: &Release<'_>, platforms: &[Text<'_>]) -> Option<Truth> {
    let mut systems: Option<Truth> = None;
    let mut machines: Option<Truth> = None;
    let mut has_unreadable = false;
    let mut widths = [false; 2];
    for text in platforms {
        let Some(found) = words::read_word(text) else {
            has_unreadable = true;
            continue;
        };
        let dimension = match found {
            Word::Any => return Some(Truth::True),
            Word::Os(_) | Word::AnyUnix => &mut systems,
            Word::Bits(bits) => {
                widths[usize::from(bits == 64)] = true;
                &mut machines
            }
            Word::Arch(_) | Word::X64 | Word::Endian(_) => &mut machines,
        };
        let value = word(release, found);
        *dimension = Some(dimension.map_or(value, |so_far| so_far.or(value)));
    }
    if widths == [true; 2] {
        machines = Some(Truth::True);
    }
    let whole = match (systems, machines) {
        (None, None) => return None,
        (Some(one), None) | (None, Some(one)) => one,
        (Some(systems), Some(machines)) => systems.and(machines),
    };
    match whole {
        Truth::False(_) if has_unreadable => None,
        whole => Some(whole),
    }
}
