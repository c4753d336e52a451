//! Cleaning, branches, and what a text looks like.

use versions::git::same_commit;
use versions::{
    Bound, Contains, Interval, Scheme, Side, Why, branch_of, branch_wildcard, clean, contains, in_branch,
};
use versions::{is_fully_read, is_no_bound, is_unknown, looks_like_commit, looks_like_distribution};

/// `prefix|text|suffix|commit|after|epoch|revision`.
fn cleaned(scheme: Scheme, text: &str) -> String {
    let parts = clean(scheme, text);
    [
        parts.prefix,
        parts.text.as_ref(),
        parts.suffix,
        parts.commit.unwrap_or_default(),
        parts.commits_after.unwrap_or_default(),
        parts.epoch.unwrap_or_default(),
        parts.revision.unwrap_or_default(),
    ]
    .join("|")
}

#[test]
fn what_is_cut_is_kept() {
    let cases = [
        (Scheme::Generic, " 1.2.3 ", "|1.2.3|||||"),
        (Scheme::Generic, "curl-7_88_1", "curl-|7.88.1|||||"),
        (Scheme::Generic, "v2.0", "v|2.0|||||"),
        (Scheme::Generic, "2:1.30.1-4+deb12u1", "|1.30.1|+deb12u1|||2|4"),
        (Scheme::Generic, "1.2-34-gabc1234", "|1.2|-34-gabc1234|abc1234|34||"),
        (Scheme::Generic, "1.2-gabc1234", "|1.2|-gabc1234|abc1234|||"),
        (Scheme::Generic, "1.37.0.git", "|1.37.0|.git||||"),
        (Scheme::Generic, "2.41+gitAUTOINC+0123abcdef", "|2.41|+gitAUTOINC+0123abcdef|0123abcdef|||"),
        (Scheme::Generic, "1.0-r3", "|1.0|||||r3"),
        (Scheme::Generic, "1.8.0_392", "|1.8.0_392|||||"),
        (Scheme::Generic, "77-1", "|77-1|||||"),
        (Scheme::Generic, "6.4-20230219", "|6.4-20230219|||||"),
        (Scheme::Linux, "6.6.23-yocto-standard", "|6.6.23|-yocto-standard||||"),
        (Scheme::Linux, "v6.3-rc2-local", "v|6.3-rc2|-local||||"),
        (Scheme::Linux, "5.10.145+gitAUTOINC+fe20c3f42e", "|5.10.145|+gitAUTOINC+fe20c3f42e|fe20c3f42e|||"),
        (Scheme::Semver, "1.2.3-4", "|1.2.3-4|||||"),
        (Scheme::Generic, "e2fsprogs-1.47.0-rc1", "e2fsprogs-|1.47.0-rc1|||||"),
        (Scheme::Generic, "libxml2-2.9.14", "libxml2-|2.9.14|||||"),
        (Scheme::Calver, "20211016-r0", "|20211016|||||r0"),
        (Scheme::Ffmpeg, "n4.4", "n|4.4|||||"),
        (Scheme::Deb, "2:1.30.1-4+deb12u1", "|2:1.30.1-4+deb12u1|||||"),
    ];
    for (scheme, text, expected) in cases {
        assert_eq!(cleaned(scheme, text), expected, "{scheme} {text}");
    }
}

#[test]
fn what_was_cut_is_told() {
    assert!(clean(Scheme::Linux, "6.12.38+git").is_base_version());
    assert!(!clean(Scheme::Linux, "6.12.38").is_base_version());
    assert!(clean(Scheme::Generic, "2.39-5").has_distribution_part());
    assert!(clean(Scheme::Generic, "1:2.39").has_distribution_part());
    assert!(!clean(Scheme::Generic, "2.39").has_distribution_part());
}

#[test]
fn branch_wildcards() {
    let cases = [
        ("5.10.*", Some("5.10")),
        ("1.9.x", Some("1.9")),
        ("6.*", Some("6")),
        ("5.4.y", Some("5.4")),
        ("v5.4.y", Some("5.4")),
        ("linux-5.4.y", Some("5.4")),
        ("10.5.x.x", Some("10.5")),
        ("4.12.Z", Some("4.12")),
        ("*", None),
        ("x", None),
        ("5.10", None),
        ("foo.x", None),
        ("1.2x", None),
        ("", None),
    ];
    for (text, expected) in cases {
        assert_eq!(branch_wildcard(text), expected, "{text}");
    }
}

#[test]
fn membership_of_a_branch_has_three_answers() {
    let cases = [
        (Scheme::Linux, "5.10", "5.10.3", Some(true)),
        (Scheme::Linux, "5.10", "5.10-rc1", Some(true)),
        (Scheme::Linux, "5.10", "5.100.1", Some(false)),
        (Scheme::Linux, "5.10", "5.1.10", Some(false)),
        (Scheme::Linux, "5.10", "unknown", None),
        (Scheme::Linux, "5.10", "fe20c3f42e1a", None),
        (Scheme::Generic, "6", "6.1.2", Some(true)),
        (Scheme::Generic, "6", "60.1", Some(false)),
        (Scheme::Generic, "2.0", "2", Some(true)),
        (Scheme::Generic, "2.1", "2", Some(false)),
        (Scheme::Openssl, "1.1.1", "1.1.1w", Some(true)),
        (Scheme::Deb, "1.30", "2:1.30.1-4", Some(true)),
        (Scheme::Generic, "5.10.*", "v5.10.3", Some(true)),
    ];
    for (scheme, branch, version, expected) in cases {
        assert_eq!(in_branch(scheme, branch, version), expected, "{scheme} {version} in {branch}");
    }
}

#[test]
fn the_line_of_a_version() {
    let cases = [
        (Scheme::Linux, "6.12.38", Some("6.12")),
        (Scheme::Linux, "6.12-rc3", Some("6.12")),
        (Scheme::Linux, "7", Some("7.0")),
        (Scheme::Linux, "2.6.32.71", Some("2.6.32")),
        (Scheme::Linux, "2.4.37", Some("2.4")),
        (Scheme::Openssl, "1.1.1w", Some("1.1.1")),
        (Scheme::Openssl, "0.9.8zh", Some("0.9.8")),
        (Scheme::Openssl, "3.0.13", Some("3.0")),
        (Scheme::Generic, "1.02.3", Some("1.2")),
        (Scheme::Generic, "curl-7_88_1", Some("7.88")),
        (Scheme::Rpm, "1:3.0.7-24.el9", Some("3.0")),
        (Scheme::Generic, "master", None),
        (Scheme::Git, "fe20c3f42e", None),
    ];
    for (scheme, version, expected) in cases {
        assert_eq!(branch_of(scheme, version).as_deref(), expected, "{scheme} {version}");
    }
}

#[test]
fn no_bound() {
    for text in ["0", "", " ", "n/a", "N/A", "unspecified", "?", "*", "-"] {
        assert!(is_no_bound(text), "{text:?}");
    }
    for text in ["1", "0.1", "0.0.1", "x"] {
        assert!(!is_no_bound(text), "{text:?}");
    }
}

#[test]
fn commits() {
    for text in [
        "fe20c3f",
        "fe20c3f42e",
        "1da177e4c3f41524e886b7f1b8a0c1fc7321cac2",
        "1234567890123456789012345678901234567890",
    ] {
        assert!(looks_like_commit(text), "{text}");
    }
    for text in
        ["abcdef", "3390200", "20240905", "20240905a", "2021a", "1.2.3", "deadbeefx", "6.6", "", "1234567"]
    {
        assert!(!looks_like_commit(text), "{text}");
    }
    assert!(same_commit("fe20c3f", "FE20C3F42E"));
    assert!(!same_commit("fe20c3", "fe20c3f42e"));
    assert!(!same_commit("fe20c3f42e", "fe20c3f42f"));
}

#[test]
fn distribution_versions() {
    for text in ["0:3.8.10-4.el9_8", "2.12-1ubuntu5", "0.8-4", "9.9.4-65", "2.24.2-1", "1.1.1k+dfsg", "1:2.0"]
    {
        assert!(looks_like_distribution(text), "{text}");
    }
    for text in ["3.8.10", "1.2.3-rc1", "4.2.8p15", "77-1", "6.4-20230219", "R31 P3", "abc-1", ""] {
        assert!(!looks_like_distribution(text), "{text}");
    }
}

#[test]
fn unknown_versions() {
    for text in ["custom", "git", "AUTOINC", "NOASSERTION", "latest", "Master", "", "n/a", "unknown"] {
        assert!(is_unknown(text), "{text:?}");
    }
    for text in ["1", "v1", "gitea", "2024a", "x1"] {
        assert!(!is_unknown(text), "{text:?}");
    }
}

#[test]
fn words_left_out_are_told() {
    assert!(is_fully_read(Scheme::Generic, "1.2.3-rc1"));
    assert!(is_fully_read(Scheme::Generic, "1.2.3+gitabc"));
    assert!(!is_fully_read(Scheme::Generic, "1.0.0-unknownword"));
    assert!(!is_fully_read(Scheme::Uboot, "2024.01-fslc"));
    assert!(is_fully_read(Scheme::Deb, "1.0.0-unknownword"));
}

fn inside(scheme: Scheme, start: Option<&str>, end: Option<&str>, version: &str) -> Contains {
    let interval = Interval { start: start.map(Bound::including), end: end.map(Bound::excluding) };
    contains(scheme, &interval, version)
}

#[test]
fn intervals() {
    use Contains::{Inside, Outside, Undecided};
    let cases = [
        (Scheme::Linux, Some("5.10"), Some("5.10.5"), "5.10.4", Inside),
        (Scheme::Linux, Some("5.10"), Some("5.10.5"), "5.10.5", Outside(Side::After)),
        (Scheme::Linux, Some("5.10"), Some("5.10.5"), "5.10-rc1", Outside(Side::Before)),
        (Scheme::Linux, None, Some("5.10.5"), "custom", Undecided(Why::Unreadable)),
        (Scheme::Linux, None, Some("5.10.5"), "fe20c3f42e1a", Undecided(Why::Commit)),
        (Scheme::Linux, None, Some("5.10.*"), "5.4.1", Undecided(Why::Branch)),
        (Scheme::Linux, None, None, "6.1", Inside),
        (Scheme::Isc, Some("9.0"), Some("9.16.51"), "9.16.50-S1", Undecided(Why::Edition)),
        // One bound that decides is enough.
        (Scheme::Generic, Some("garbage"), Some("2.0"), "2.1", Outside(Side::After)),
        (Scheme::Generic, Some("garbage"), Some("2.0"), "1.9", Undecided(Why::Unreadable)),
        // Branches and words have a place in some package orders, but prove nothing about a range.
        (Scheme::Composer, Some("1.0"), Some("2.0"), "dev-main", Undecided(Why::Branch)),
        (Scheme::Pep440, Some("1.0"), Some("2.0"), "trunk", Undecided(Why::Unreadable)),
        (Scheme::Pep440, None, Some("trunk"), "1.0", Undecided(Why::Unreadable)),
        (Scheme::Maven, None, Some("garbage"), "1.0", Undecided(Why::Unreadable)),
        (Scheme::Deb, Some("1.0"), Some("2.0"), "unknown", Undecided(Why::Unreadable)),
        (Scheme::Deb, Some("1.0"), None, "garbage", Undecided(Why::Unreadable)),
    ];
    for (scheme, start, end, version, expected) in cases {
        assert_eq!(inside(scheme, start, end, version), expected, "{scheme} {version} in {start:?}..{end:?}");
    }
}
