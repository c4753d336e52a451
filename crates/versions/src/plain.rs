//! Plain versions, digits and dots: what nearly every comparison of a scan is about. Nothing is to be cut from
//! them, and most schemes compare them number by number.

use std::cmp::Ordering;

use model::version::Scheme;

use crate::digits;

/// True for numbers with single dots between them (`1.2.10`), short enough not to be a commit.
pub(crate) fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut after_digit = false;
    for byte in bytes {
        let is_digit = byte.is_ascii_digit();
        if !is_digit && (*byte != b'.' || !after_digit) {
            return false;
        }
        after_digit = is_digit;
    }
    after_digit && bytes.len() < 40
}

/// The order of two plain versions; `None` where either is not plain or the scheme reads numbers in its own way.
pub(crate) fn compare(scheme: Scheme, a: &str, b: &str) -> Option<Ordering> {
    if scheme == Scheme::Linux {
        return Some(by_numbers(linux_numbers(a)?.as_bytes(), linux_numbers(b)?.as_bytes()));
    }
    (goes_by_numbers(scheme) && is_plain(a) && is_plain(b)).then(|| by_numbers(a.as_bytes(), b.as_bytes()))
}

/// The numbers of a kernel release that is no candidate: `6.6.23` of `6.6.23-yocto-standard`. What follows a `+`
/// or a dash with a letter other than those of `-rc`, `-pre` and `-test` takes no part in a comparison.
fn linux_numbers(text: &str) -> Option<&str> {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit() && byte != b'.').unwrap_or(text.len());
    let (numbers, local) = text.split_at_checked(end)?;
    let takes_no_part = match local.as_bytes() {
        [] | [b'+', ..] => true,
        [b'-', letter, ..] => letter.is_ascii_alphabetic() && !b"rptRPT".contains(letter),
        _ => false,
    };
    (takes_no_part && is_plain(numbers)).then_some(numbers)
}

/// Schemes in which plain versions are their numbers, and a missing number is zero.
fn goes_by_numbers(scheme: Scheme) -> bool {
    matches!(
        scheme,
        Scheme::Generic
            | Scheme::Linux
            | Scheme::Openssl
            | Scheme::Openssh
            | Scheme::Patchlevel
            | Scheme::Isc
            | Scheme::Uboot
            | Scheme::Squid
            | Scheme::Vim
    )
}

/// True when two versions differ in their leading numbers already, whatever stands behind them: no list that holds
/// one of them names the other. False says nothing.
///
/// ```
/// use versions::{Scheme, differ_by_numbers};
/// assert!(differ_by_numbers(Scheme::Openssl, "1.1.1k", "1.0.2zf"));
/// assert!(!differ_by_numbers(Scheme::Openssl, "1.1.1k", "1.1.1"));
/// ```
pub fn differ_by_numbers(scheme: Scheme, a: &str, b: &str) -> bool {
    if !goes_by_numbers(scheme) {
        return false;
    }
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    loop {
        let ((left, after_left), (right, after_right)) = (digits::split(a), digits::split(b));
        if left.is_empty()
            || right.is_empty()
            || matches!((after_left, after_right), ([b':', ..], _) | (_, [b':', ..]))
        {
            return false;
        }
        if digits::by_value(left, right) != Ordering::Equal {
            return true;
        }
        let ([b'.', rest_left @ ..], [b'.', rest_right @ ..]) = (after_left, after_right) else {
            return false;
        };
        (a, b) = (rest_left, rest_right);
    }
}

fn by_numbers(a: &[u8], b: &[u8]) -> Ordering {
    let (mut a, mut b) = (a, b);
    while !(a.is_empty() && b.is_empty()) {
        let (left, right) = (next(&mut a), next(&mut b));
        let order = digits::by_value(left, right);
        if order != Ordering::Equal {
            return order;
        }
    }
    Ordering::Equal
}

/// Takes a number and the dot behind it; empty at the end.
fn next<'t>(rest: &mut &'t [u8]) -> &'t [u8] {
    let (number, behind) = digits::split(rest);
    *rest = behind.get(1..).unwrap_or_default();
    number
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::compare::compare_read;
    use crate::order::Order;

    proptest! {
        #[test]
        fn the_short_way_gives_the_order_of_the_long_way(
            a in "[0-9]{1,3}(\\.[0-9]{1,3}){0,4}",
            b in "[0-9]{1,3}(\\.[0-9]{1,3}){0,4}",
        ) {
            for (scheme, _) in Scheme::ALL.iter().filter(|(scheme, _)| goes_by_numbers(*scheme)) {
                let short = compare(*scheme, &a, &b).map(Order::from);
                prop_assert_eq!(short, Some(compare_read(*scheme, &a, &b)), "{:?} {} {}", scheme, a, b);
            }
        }

        #[test]
        fn numbers_that_differ_are_never_equal(
            a in "[0-9]{1,2}(\\.[0-9]{1,2}){0,3}([a-z]{1,2}|p[0-9]|-rc[0-9]|-[0-9]{1,2}|\\+git1234abcd)?",
            b in "[0-9]{1,2}(\\.[0-9]{1,2}){0,3}([a-z]{1,2}|p[0-9]|-rc[0-9]|-[0-9]{1,2})?",
        ) {
            for (scheme, _) in Scheme::ALL.iter().filter(|(scheme, _)| differ_by_numbers(*scheme, &a, &b)) {
                let order = compare_read(*scheme, &a, &b);
                prop_assert!(matches!(order, Order::Less | Order::Greater), "{:?} {} {}", scheme, a, b);
            }
        }

        #[test]
        fn local_names_of_kernels_take_no_part(
            a in "[0-9]{1,2}(\\.[0-9]{1,2}){1,3}(-(imx|yocto-standard|gabc1234|rc1|pre2|x)|\\+git[a-f0-9]{4,8})?(\\.y|-dirty)?",
            b in "[0-9]{1,2}(\\.[0-9]{1,2}){1,3}(-rc[0-9])?",
        ) {
            if let Some(short) = compare(Scheme::Linux, &a, &b) {
                prop_assert_eq!(Order::from(short), compare_read(Scheme::Linux, &a, &b), "{} {}", a, b);
            }
        }

        #[test]
        fn nothing_is_cut_from_plain_versions(text in "[0-9]{1,3}(\\.[0-9]{1,3}){0,5}") {
            for (scheme, _) in Scheme::ALL.iter().filter(|(scheme, _)| *scheme != Scheme::Git) {
                let parts = crate::clean::Parts::of(*scheme, &text);
                prop_assert_eq!(parts.text, &*text, "{:?}", scheme);
                prop_assert!(parts.revision.is_none() && parts.epoch.is_none() && parts.suffix.is_empty());
            }
            prop_assert_eq!(crate::linux::base_length(&text), text.len());
        }

        #[test]
        fn only_numbers_and_dots_are_plain(text in "[0-9.]{0,6}|[0-9a]{1,4}") {
            let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            prop_assert_eq!(is_plain(&text), text.split('.').all(is_number));
        }
    }
}
