//! The dispatch: one arm per scheme. A new scheme is one file and one arm.

use std::cmp::Ordering;

use model::version::Scheme;

use crate::branch::branch_wildcard;
use crate::clean::Parts;
use crate::order::{Order, Why};
use crate::{
    apk, calver, composer, deb, digits, ffmpeg, gem, generic, git, isc, java, linux, maven, nginx_plus,
    openssh,
};
use crate::{
    openssl, opkg, patchlevel, pep440, perl, plain, rpm, segments, semver, shape, sqlite, squid, uboot, vim,
};

/// Compares two version texts under a scheme. Upstream schemes clean both sides first ([`crate::clean()`]).
///
/// ```
/// use versions::{Order, Scheme, Why, compare};
/// assert_eq!(compare(Scheme::Linux, "6.6.23-yocto-standard", "6.6.23"), Order::Equal);
/// assert_eq!(compare(Scheme::Linux, "5.4.y", "5.4.0"), Order::Incomparable(Why::Branch));
/// ```
pub fn compare(scheme: Scheme, a: &str, b: &str) -> Order {
    if scheme.is_native() { compare_native(scheme, a, b) } else { compare_upstream(scheme, a, b) }
}

/// Package versions, whole and as they are.
fn compare_native(scheme: Scheme, a: &str, b: &str) -> Order {
    // Words are ordered among Python's legacy versions; `contains` does not use that.
    if scheme != Scheme::Pep440 && (shape::is_unknown(a) || shape::is_unknown(b)) {
        return Order::Incomparable(Why::Unreadable);
    }
    match scheme {
        Scheme::Deb => deb::compare(a, b).into(),
        Scheme::Opkg => opkg::compare(a, b).into(),
        Scheme::Rpm => rpm::compare(a, b).into(),
        Scheme::Apk => apk::compare(a, b).into(),
        Scheme::Pep440 => pep440::compare(a, b).into(),
        Scheme::Gem => gem::compare(a, b).into(),
        Scheme::Maven => maven::compare(a, b).into(),
        Scheme::Composer => composer::compare(a, b).into(),
        Scheme::Nuget => semver::compare_nuget(a, b),
        Scheme::Go => semver::compare_go(a, b),
        _ => semver::compare(a, b),
    }
}

/// Versions of the project itself.
fn compare_upstream(scheme: Scheme, a: &str, b: &str) -> Order {
    match plain::compare(scheme, a, b) {
        Some(order) => order.into(),
        None => compare_read(scheme, a, b),
    }
}

/// Versions of the project itself, after cleaning.
pub(crate) fn compare_read(scheme: Scheme, a: &str, b: &str) -> Order {
    if scheme == Scheme::Git {
        return git::compare(a.trim(), b.trim());
    }
    let parts = |text| match scheme {
        Scheme::Linux => Parts::without_prefix(text),
        _ => Parts::of(scheme, text),
    };
    let (left, right) = (parts(a), parts(b));
    if let Some(why) = unusable(scheme, a, &left).into_iter().chain(unusable(scheme, b, &right)).min() {
        return Order::Incomparable(why);
    }
    match compare_cleaned(scheme, left.text, right.text) {
        // Under `linux` commits after a tag are a local suffix: 6.6.1-00012-g0123456 is a 6.6.1 with local patches.
        Order::Equal if scheme != Scheme::Linux => {
            compare_commits_after(left.commits_after, right.commits_after).into()
        }
        order => order,
    }
}

fn compare_cleaned(scheme: Scheme, a: &str, b: &str) -> Order {
    if scheme == Scheme::Generic && shape::is_iso_date(a) != shape::is_iso_date(b) {
        // A record of qemu ends "before 2021-05-05": no release number stands before or after a day.
        return Order::Incomparable(Why::Shape);
    }
    match scheme {
        Scheme::Linux => linux::compare(a, b).into(),
        Scheme::Openssl => openssl::compare(a, b).into(),
        Scheme::Openssh => openssh::compare(a, b).into(),
        Scheme::Patchlevel => patchlevel::compare(a, b).into(),
        Scheme::Isc => isc::compare(a, b),
        Scheme::Uboot => uboot::compare(a, b).into(),
        Scheme::Semver => semver::compare(a, b),
        Scheme::Runc => semver::compare_runc(a, b).into(),
        Scheme::Calver => calver::compare(a, b),
        Scheme::Perl => perl::compare(a, b).into(),
        Scheme::Java => java::compare(a, b).into(),
        Scheme::Squid => squid::compare(a, b).into(),
        Scheme::Ffmpeg => ffmpeg::compare(a, b),
        Scheme::Vim => vim::compare(a, b).into(),
        Scheme::Sqlite => sqlite::compare(a, b).into(),
        Scheme::NginxPlus => nginx_plus::compare(a, b),
        Scheme::Git => git::compare(a, b),
        Scheme::Generic
        | Scheme::Deb
        | Scheme::Rpm
        | Scheme::Apk
        | Scheme::Opkg
        | Scheme::Pep440
        | Scheme::Gem
        | Scheme::Maven
        | Scheme::Nuget
        | Scheme::Npm
        | Scheme::Composer
        | Scheme::Go => generic::compare(a, b).into(),
    }
}

/// Commits after the same tag: more are later.
fn compare_commits_after(a: Option<&str>, b: Option<&str>) -> Ordering {
    digits::by_value(a.unwrap_or_default().as_bytes(), b.unwrap_or_default().as_bytes())
}

/// Why a text cannot take part in an upstream comparison.
fn unusable(scheme: Scheme, text: &str, parts: &Parts<'_>) -> Option<Why> {
    if branch_wildcard(text).is_some() {
        return Some(Why::Branch);
    }
    let begins_with_digit = parts.text.as_bytes().first().is_some_and(u8::is_ascii_digit);
    if !parts.text.as_bytes().contains(&b'.') && shape::looks_like_commit(text) {
        return Some(Why::Commit);
    }
    let readable = match scheme {
        Scheme::Calver => calver::is_readable(parts.text),
        Scheme::NginxPlus => nginx_plus::is_readable(parts.text),
        Scheme::Semver => semver::is_readable(parts.text),
        Scheme::Ffmpeg => begins_with_digit || ffmpeg::is_snapshot(parts.text),
        _ => begins_with_digit,
    };
    (!readable).then_some(Why::Unreadable)
}

/// Why an order of this text, though its scheme gives one, must not decide about a range.
///
/// Package schemes place any text somewhere: a branch of Composer and a word before PEP 440 come before all releases.
/// In a range that would turn "not known" into "before the first affected version".
pub(crate) fn unplaced(scheme: Scheme, text: &str) -> Option<Why> {
    if !scheme.is_native() {
        return None;
    }
    if scheme == Scheme::Composer && composer::names_branch(text) {
        return Some(Why::Branch);
    }
    let readable = match scheme {
        Scheme::Pep440 => pep440::is_valid(text),
        _ => !shape::is_unknown(text) && text.bytes().any(|byte| byte.is_ascii_digit()),
    };
    if readable {
        return None;
    }
    Some(if shape::looks_like_commit(text) { Why::Commit } else { Why::Unreadable })
}

/// True when every word of the text is known to the scheme.
///
/// `1.0.0-unknownword` compares equal to `1.0.0`, with low confidence: at a bound the caller should ask a person.
/// Package schemes read the whole text always.
pub fn is_fully_read(scheme: Scheme, text: &str) -> bool {
    if plain::compare(scheme, text, text).is_some() {
        return true;
    }
    if scheme.is_native() || matches!(scheme, Scheme::Git | Scheme::Linux | Scheme::NginxPlus | Scheme::Java)
    {
        return true;
    }
    let parts = Parts::of(scheme, text);
    match scheme {
        Scheme::Openssl => segments::is_fully_read(parts.text, openssl::read),
        Scheme::Isc => segments::is_fully_read(parts.text, isc::read),
        Scheme::Uboot => segments::is_fully_read(parts.text, uboot::read),
        Scheme::Semver => semver::is_readable(parts.text),
        _ => segments::is_fully_read(parts.text, generic::read),
    }
}
