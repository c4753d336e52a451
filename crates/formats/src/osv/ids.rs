//! What an OSV id and an ecosystem name say: who speaks, and how the ids it names relate to it.

use model::record::{Alias, AliasKind, Source, Text};

/// Prefixes of advisories that bundle several flaws: the ids they name are contained, never the same.
const BUNDLES: &[&str] = &[
    "DSA-",
    "DLA-",
    "DTSA-",
    "USN-",
    "LSN-",
    "RHSA-",
    "RHBA-",
    "RHEA-",
    "SUSE-",
    "openSUSE-",
    "ALSA-",
    "ALBA-",
    "ALEA-",
    "RLSA-",
    "RXSA-",
    "ELSA-",
    "ALAS",
    "MGASA-",
    "MINI-",
    "ROOT-",
    "OESA-",
];

/// True when an advisory of this id bundles several flaws.
pub fn is_bundle(id: &str) -> bool {
    BUNDLES.iter().any(|prefix| id.starts_with(prefix))
}

/// Splits `Debian:12` into the ecosystem and the release; `Ubuntu:22.04:LTS` loses the word `LTS`, which is no
/// part of the release's name anywhere else.
pub fn split_ecosystem<'a>(ecosystem: Text<'a>) -> (Text<'a>, Text<'a>) {
    let Some(at) = ecosystem.find(':') else { return (ecosystem, Text::default()) };
    let cut = |text: &'a str| {
        let (name, release) = text.split_at(at);
        let release = release.strip_prefix(':').unwrap_or(release);
        (name, release.strip_suffix(":LTS").unwrap_or(release))
    };
    match ecosystem {
        Text::Borrowed(text) => {
            let (name, release) = cut(text);
            (Text::Borrowed(name), Text::Borrowed(release))
        }
        Text::Owned(text) => {
            let (name, release) = text.split_at(at);
            let release = release.strip_prefix(':').unwrap_or(release);
            let release = release.strip_suffix(":LTS").unwrap_or(release);
            (Text::Owned(name.to_owned()), Text::Owned(release.to_owned()))
        }
    }
}

/// Who speaks for an ecosystem; `None` where the database of the id itself does.
pub fn source_of_ecosystem(ecosystem: &str) -> Option<Source> {
    match ecosystem {
        "Debian" => Some(Source::Debian),
        "Alpine" => Some(Source::Alpine),
        "Ubuntu" => Some(Source::Ubuntu),
        "OSS-Fuzz" => Some(Source::OssFuzz),
        _ => None,
    }
}

/// Who speaks in a record of this id.
pub fn source_of_id(id: &str) -> Source {
    const SOURCES: &[(&str, Source)] = &[
        ("GHSA-", Source::Ghsa),
        ("DSA-", Source::Debian),
        ("DLA-", Source::Debian),
        ("DTSA-", Source::Debian),
        ("DEBIAN-", Source::Debian),
        ("ALPINE-", Source::Alpine),
        ("USN-", Source::Ubuntu),
        ("LSN-", Source::Ubuntu),
        ("UBUNTU-", Source::Ubuntu),
        ("RUSTSEC-", Source::Rustsec),
        ("OSV-", Source::OssFuzz),
    ];
    SOURCES.iter().find(|(prefix, _)| id.starts_with(prefix)).map_or(Source::Osv, |(_, source)| *source)
}

/// Ecosystems with version rules of their own that we can compare by, so that their ranges decide alone.
pub fn has_comparator(ecosystem: &str) -> bool {
    matches!(
        ecosystem,
        "Debian"
            | "Ubuntu"
            | "Alpine"
            | "Wolfi"
            | "Chainguard"
            | "Red Hat"
            | "AlmaLinux"
            | "Rocky Linux"
            | "SUSE"
            | "openSUSE"
            | "Mageia"
            | "openEuler"
            | "PyPI"
            | "npm"
            | "Maven"
            | "Go"
            | "crates.io"
            | "NuGet"
            | "RubyGems"
            | "Packagist"
    )
}

/// The alias assertions of a record.
pub fn aliases<'a>(
    id: &str,
    same: Vec<Text<'a>>,
    upstream: Vec<Text<'a>>,
    related: Vec<Text<'a>>,
) -> Vec<Alias<'a>> {
    let bundle = is_bundle(id);
    // One upstream id: the distribution's name for the same flaw. Several: a collection of flaws.
    let single = upstream.iter().filter(|other| other.starts_with("CVE-")).count() <= 1;
    let kind_of = |stated: AliasKind, other: &str| match stated {
        _ if bundle && other.starts_with("CVE-") => AliasKind::Contained,
        AliasKind::Same if bundle => AliasKind::Related,
        kind => kind,
    };
    let upstream_kind = if single { AliasKind::Same } else { AliasKind::Contained };
    let stated = same
        .into_iter()
        .map(|other| (AliasKind::Same, other))
        .chain(upstream.into_iter().map(|other| (upstream_kind, other)))
        .chain(related.into_iter().map(|other| (AliasKind::Related, other)));
    let mut aliases: Vec<Alias<'a>> = Vec::new();
    for (stated, other) in stated {
        if other.is_empty() || other == id || aliases.iter().any(|alias| alias.id == other) {
            continue;
        }
        aliases.push(Alias { kind: kind_of(stated, &other), id: other });
    }
    aliases
}
