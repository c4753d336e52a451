//! opkg package versions: Debian's rules, epochs included; OpenWrt writes the revision as `-r3` since 24.10.

use std::cmp::Ordering;

/// Compares two package versions.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    crate::deb::compare(a, b)
}
