//! What examples cannot show: the order is an order, nothing panics, `contains` agrees with `compare`.

use proptest::prelude::*;
use versions::text::{TextRanges, parse};
use versions::vers::{Kind, Vers, from_native};
use versions::{
    Bound, Contains, Interval, Order, Scheme, Side, branch_of, branch_wildcard, clean, compare, contains,
};
use versions::{
    in_branch, is_fully_read, is_no_bound, is_unknown, looks_like_commit, looks_like_distribution,
};

fn scheme() -> impl Strategy<Value = Scheme> {
    prop::sample::select(Scheme::ALL.iter().map(|(scheme, _)| *scheme).collect::<Vec<_>>())
}

/// Texts near versions: few pieces, so that equal and nearly equal ones are frequent.
fn version() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "0",
        "1",
        "2",
        "10",
        "00",
        "01",
        "9",
        "2024",
        "20240105",
        "38002",
        ".",
        ".",
        ".",
        "-",
        "_",
        "~",
        "+",
        ":",
        "^",
        "a",
        "b",
        "p",
        "r",
        "z",
        "S",
        "P",
        "rc",
        "RC",
        "alpha",
        "beta",
        "dev",
        "pre",
        "post",
        "sp",
        "ga",
        "final",
        "M",
        "x",
        "*",
        "u",
        "STABLE",
        "ESV",
        "git",
        "-g1a2b3c4",
        "-r",
        "!",
        "v",
        "n",
        "-rc",
        "_p",
        "_git",
        " ",
        "SNAPSHOT",
        "local",
        "y",
    ]);
    prop_oneof![
        3 => ("[0-3]", prop::collection::vec(piece.clone(), 0..6)).prop_map(|(first, rest)| first + &rest.concat()),
        1 => prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat()),
    ]
}

/// The one known hole: `#`, which PHP lets equal any number, is in none of the pieces.
fn order(scheme: Scheme, a: &str, b: &str) -> Option<std::cmp::Ordering> {
    compare(scheme, a, b).ordering()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn mirrored_is_reversed(scheme in scheme(), a in version(), b in version()) {
        prop_assert_eq!(compare(scheme, &a, &b), compare(scheme, &b, &a).reverse());
    }

    #[test]
    fn a_version_equals_itself_or_is_none(scheme in scheme(), a in version()) {
        prop_assert!(matches!(compare(scheme, &a, &a), Order::Equal | Order::Incomparable(_)));
    }

    #[test]
    fn the_order_is_transitive_and_equal_an_equivalence(
        scheme in scheme(), a in version(), b in version(), c in version(),
    ) {
        let (ab, bc, ac) = (order(scheme, &a, &b), order(scheme, &b, &c), order(scheme, &a, &c));
        if let (Some(ab), Some(bc), Some(ac)) = (ab, bc, ac) {
            let expected = if ab.is_eq() { Some(bc) } else if bc.is_eq() || ab == bc { Some(ab) } else { None };
            if let Some(expected) = expected {
                prop_assert_eq!(ac, expected, "{} of {:?} {:?} {:?}: {:?} {:?}", scheme, a, b, c, ab, bc);
            }
        }
    }

    #[test]
    fn equal_versions_have_the_same_relation_to_a_third(
        scheme in scheme(), a in version(), b in version(), c in version(),
    ) {
        // Two editions may be incomparable to each other; equal ones are of the same edition.
        if compare(scheme, &a, &b) == Order::Equal && scheme != Scheme::Git {
            prop_assert_eq!(order(scheme, &a, &c), order(scheme, &b, &c), "{} {:?} {:?} {:?}", scheme, a, b, c);
        }
    }

    #[test]
    fn contains_agrees_with_compare(
        scheme in scheme(), start in version(), end in version(), v in version(), first: bool, last: bool,
    ) {
        let interval = Interval {
            start: Some(Bound { text: &start, inclusive: first }),
            end: Some(Bound { text: &end, inclusive: last }),
        };
        let (low, high) = (compare(scheme, &v, &start), compare(scheme, &v, &end));
        match contains(scheme, &interval, &v) {
            Contains::Inside => {
                prop_assert!(low == Order::Greater || (first && low == Order::Equal));
                prop_assert!(high == Order::Less || (last && high == Order::Equal));
            }
            Contains::Outside(Side::Before) => prop_assert!(low == Order::Less || (!first && low == Order::Equal)),
            Contains::Outside(Side::After) => prop_assert!(high == Order::Greater || (!last && high == Order::Equal)),
            Contains::Undecided(_) => {}
        }
    }

    #[test]
    fn package_kinds_of_ranges_are_ordered(a in version(), b in version(), c in version()) {
        for kind in [Kind::Conan, Kind::Cran, Kind::Gentoo, Kind::Hackage, Kind::Intdot, Kind::Lexicographic, Kind::Pub] {
            prop_assert_eq!(kind.compare(&a, &b), kind.compare(&b, &a).reverse());
            let (ab, bc) = (kind.compare(&a, &b), kind.compare(&b, &c));
            if ab == bc && matches!(ab, Order::Less | Order::Greater | Order::Equal) {
                prop_assert_eq!(kind.compare(&a, &c), ab, "{:?} {:?} {:?} {:?}", kind, a, b, c);
            }
        }
    }

    #[test]
    fn nothing_panics(scheme in scheme(), a in any::<String>(), b in any::<String>()) {
        touch_everything(scheme, &a, &b);
    }

    #[test]
    fn nothing_panics_near_versions(scheme in scheme(), a in version(), b in version()) {
        touch_everything(scheme, &a, &b);
    }

    #[test]
    fn texts_are_read_without_panic_and_soundly(words in prop::collection::vec(text_piece(), 0..9), v in version()) {
        let text = words.join(" ");
        if let TextRanges::Ranges(ranges) = parse(&text) {
            prop_assert!(!ranges.is_empty());
            for range in &ranges {
                let _ = range.contains(Scheme::Generic, &v);
            }
        }
        let _ = parse(&text).contains(Scheme::Linux, &v);
    }

    #[test]
    fn a_printed_range_reads_the_same(list in prop::collection::vec(("(|<|<=|>|>=|!=)", "[0-9]{1,2}(\\.[0-9a-z%é+]{1,3}){0,2}"), 1..4)) {
        let list: Vec<String> = list.into_iter().map(|(sign, version)| sign + &version).collect();
        if let Ok(vers) = Vers::read(&format!("vers:npm/{}", list.join("|"))) {
            let printed = vers.to_string();
            let again = Vers::read(&printed);
            prop_assert_eq!(again.as_ref(), Ok(&vers), "{}", printed);
        }
    }
}

fn text_piece() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "before",
        "prior",
        "to",
        "up",
        "and",
        "earlier",
        "later",
        "through",
        "1.2.3",
        "1.2",
        "2.0",
        "v3.1",
        "4.x",
        "4.4.1",
        "<",
        "<=",
        ">=",
        ">",
        "=",
        ",",
        ";",
        "fixed",
        "in",
        "(",
        "Affected",
        ")",
        "linux",
        "kernel",
        "all",
        "versions",
        "-",
        ":",
        "+",
        "1.1.1-1.1.1c",
        "or",
        "5.36 Patch 2",
        "branch",
        "series",
        "from",
        "||",
        "é",
        "\u{2013}",
    ])
    .prop_map(str::to_owned)
}

fn touch_everything(scheme: Scheme, a: &str, b: &str) {
    let order = compare(scheme, a, b);
    assert_eq!(order, compare(scheme, b, a).reverse());
    let interval = Interval { start: Some(Bound::including(a)), end: Some(Bound::excluding(b)) };
    let _ = contains(scheme, &interval, b);
    let cleaned = clean(scheme, a);
    assert!(cleaned.text.len() <= a.len());
    let _ = (branch_wildcard(a), branch_of(scheme, a), in_branch(scheme, a, b), is_fully_read(scheme, a));
    let _ = (is_no_bound(a), is_unknown(a), looks_like_commit(a), looks_like_distribution(a));
    let _ = (parse(a).contains(scheme, b), Vers::parse(a).is_ok(), versions::git::same_commit(a, b));
    for name in [
        "npm", "conan", "gem", "pypi", "nginx", "maven", "nuget", "deb", "alpm", "gentoo", "datetime", "pub",
        "cran",
    ] {
        let _ = from_native(name, a);
        let _ = Kind::from_name(name).map(|kind| kind.compare(a, b));
        let _ = Vers::read(&format!("vers:{name}/{a}")).map(|vers| vers.contains(b));
    }
}
