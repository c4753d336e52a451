//! Versions that say nothing, and where a better one is found (matching.md 1.3, rule 4).

use model::build::{BuildEvidence, ConfigOf};
use model::component::{Component, Role};
use model::identity::name::name_key;
use model::note::{Note, NoteCode, Severity};
use model::sbom::Inventory;
use model::version::VersionOrigin;

use super::identity::is_commit;
use super::names;

/// True for a text that names no version: `custom`, `git`, `master`, `1.0+gitAUTOINC+sha`, a commit id.
pub fn is_unknown(version: &str) -> bool {
    const WORDS: &[&str] = &[
        "",
        "*",
        "-",
        "custom",
        "git",
        "svn",
        "hg",
        "latest",
        "master",
        "main",
        "head",
        "tip",
        "trunk",
        "dev",
        "devel",
        "develop",
        "development",
        "nightly",
        "next",
        "stable",
        "upstream",
        "unknown",
        "unset",
        "unspecified",
        "undefined",
        "noassertion",
        "none",
        "null",
        "n/a",
        "na",
        "autoinc",
        "tbd",
        "0.0.0-unknown",
        "x",
        "local",
        "(devel)",
        "snapshot",
    ];
    let version = version.trim();
    WORDS.iter().any(|word| word.eq_ignore_ascii_case(version))
        || is_bare_revision(version)
        || is_default_autoinc(version)
}

/// A commit id, full or shortened: letters and digits of a hexadecimal number, both kinds present.
fn is_bare_revision(version: &str) -> bool {
    let hex = version.strip_prefix("git-").or_else(|| version.strip_prefix('g')).unwrap_or(version);
    let hex_only = hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    let letter = hex.bytes().any(|byte| byte.is_ascii_alphabetic());
    let digit = hex.bytes().any(|byte| byte.is_ascii_digit());
    hex_only && ((letter && digit && (7..=64).contains(&hex.len())) || is_commit(hex))
}

/// `1.0+gitAUTOINC+sha`: BitBake's default version, not the software's.
fn is_default_autoinc(version: &str) -> bool {
    let Some((base, _)) = version.split_once("AUTOINC") else { return false };
    let base = base.trim_end_matches("git").trim_end_matches(['+', '-', '.', '_']);
    matches!(base, "" | "0" | "0.0" | "0.0.0" | "1.0")
}

/// Empties an unknown version, keeps a commit it was, and takes the next best place that has one.
pub fn recover(component: &mut Component) {
    if is_unknown(&component.version) {
        keep_commit(component);
        let written = std::mem::take(&mut component.version);
        let found = from_cpe(component)
            .or_else(|| from_purl(component))
            .or_else(|| from_tag(component))
            .or_else(|| from_download(component));
        match found {
            Some((version, origin, place)) => {
                let value = format!("{version} from {place}");
                component.notes.push(Note::new(
                    NoteCode::VersionDerived,
                    Severity::Info,
                    &*component.source_ref,
                    &value,
                ));
                component.version = version;
                component.version_origin = origin;
            }
            None => {
                let known = component.notes.iter().any(|note| note.code == NoteCode::NoVersion);
                if !known {
                    let value = if written.is_empty() { "no version" } else { written.as_str() };
                    component.notes.push(Note::new(
                        NoteCode::NoVersion,
                        Severity::Warn,
                        &*component.source_ref,
                        value,
                    ));
                }
            }
        }
    }
    join_update(component);
    fill_cpes(component);
}

/// `4.2.8` with the CPE `…:ntp:4.2.8:p15:…` is 4.2.8p15: CPE splits a version in two, and only together they say which
/// release it is.
fn join_update(component: &mut Component) {
    let stage = component
        .cpes
        .iter()
        .map(|known| &known.cpe)
        .find(|cpe| cpe.version == component.version && is_stage(&cpe.update))
        .map(|cpe| cpe.update.clone());
    if let Some(update) = stage
        && !component.version.ends_with(update.as_str())
    {
        let is_patch = update.starts_with('p') && !update.starts_with("pre");
        let number = update.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        let joined = if is_patch { format!("p{number}") } else { format!("-{update}") };
        component.version.push_str(&joined);
    }
}

/// An update that names a release: `p15`, `patch1`, `rc2`, `beta1`.
fn is_stage(update: &str) -> bool {
    let word = update.trim_end_matches(|c: char| c.is_ascii_digit());
    let has_number = word.len() < update.len();
    match word {
        "p" | "patch" => has_number,
        "rc" | "alpha" | "beta" | "pre" => true,
        _ => false,
    }
}

fn keep_commit(component: &mut Component) {
    let version = component.version.trim().to_ascii_lowercase();
    if is_commit(&version) && component.git.commit.is_empty() {
        component.git.commit = version;
    }
}

type Found = (String, VersionOrigin, String);

fn from_cpe(component: &Component) -> Option<Found> {
    let version =
        component.cpes.iter().map(|cpe| cpe.cpe.version.as_str()).find(|version| !is_unknown(version))?;
    Some((version.to_owned(), VersionOrigin::FromCpe, "its CPE".to_owned()))
}

fn from_purl(component: &Component) -> Option<Found> {
    let version =
        component.purls.iter().map(|purl| purl.version.as_str()).find(|version| !is_unknown(version))?;
    Some((version.to_owned(), VersionOrigin::FromPurl, "its purl".to_owned()))
}

fn from_tag(component: &Component) -> Option<Found> {
    let tag = component.git.tag.as_str();
    let version = tag_version(tag)?;
    Some((version, VersionOrigin::FromUrl, format!("tag {tag}")))
}

fn tag_version(tag: &str) -> Option<String> {
    let at = tag.find(|c: char| c.is_ascii_digit())?;
    let version = tag.get(at..)?;
    (version.contains(['.', '_']) && !is_unknown(version)).then(|| version.to_owned())
}

/// The download file that bears the component's name; with one download only, that one.
fn from_download(component: &Component) -> Option<Found> {
    let (bare, _) = names::unwrap(&component.name);
    let mut known: Vec<String> =
        std::iter::once(bare).chain(component.names.iter().map(String::as_str)).map(name_key).collect();
    if component.role == Role::Kernel {
        known.push("linux".to_owned());
    }
    let only = component.download_urls.len() == 1;
    component.download_urls.iter().find_map(|url| {
        let file = url.split(['?', '#', ';']).next()?.rsplit('/').next()?;
        let (name, version) = split_file_name(file, component.role)?;
        let named = known.iter().any(|known| *known == name_key(&name));
        (named || only).then(|| (version, VersionOrigin::FromUrl, file.to_owned()))
    })
}

/// Splits `linux-imx-lf-6.1.22-2.0.0.tar.gz` into a name and a version. For kernels and boot loaders the
/// version is the upstream base; what follows is the vendor's.
pub fn split_file_name(file: &str, role: Role) -> Option<(String, String)> {
    const ENDS: &[&str] = &[
        ".gz", ".xz", ".bz2", ".zst", ".lz", ".lzma", ".zip", ".tgz", ".txz", ".tbz2", ".tbz", ".tar",
        ".orig", ".src", "-src", "-source", ".crate", ".gem", ".whl", ".rpm", ".deb",
    ];
    let mut stem = file;
    while let Some(shorter) = ENDS.iter().find_map(|end| stem.strip_suffix(end)) {
        stem = shorter;
    }
    let at = version_start(stem)?;
    let (name, version) = stem.split_at(at);
    let name = name.trim_end_matches(['-', '_', 'v', 'V', '.']).to_owned();
    let version = version.trim_start_matches(['v', 'V']);
    if is_bare_revision(version) {
        return None;
    }
    let version = if matches!(role, Role::Kernel | Role::Bootloader) {
        base_of(version)?
    } else {
        plain(&name, version)?
    };
    Some((name, version))
}

/// Where the version begins: a digit, or `v` and a digit, at the start or behind a `-` or `_`.
fn version_start(stem: &str) -> Option<usize> {
    let bytes = stem.as_bytes();
    // At the very start it is a version only if it looks like one: `v1.2.3`, not `v86d` or `7zip`.
    let first = stem.split(['-', '_']).next().unwrap_or_default();
    let starts = first.contains('.') || first.bytes().all(|byte| byte.is_ascii_digit());
    (0..bytes.len()).find(|at| {
        let behind = (*at == 0 && starts) || matches!(bytes.get(at.wrapping_sub(1)), Some(b'-' | b'_'));
        let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
        behind && (digit(*at) || (matches!(bytes.get(*at), Some(b'v' | b'V')) && digit(at + 1)))
    })
}

/// `6.1.22` of `6.1.22-2.0.0`, `2024.01-rc3` of `2024.01-rc3-vendor`.
fn base_of(version: &str) -> Option<String> {
    let end = version.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(version.len());
    let base = version.get(..end)?.trim_end_matches('.');
    let rest = version.get(end..)?;
    let candidate = rest
        .strip_prefix("-rc")
        .map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default());
    match candidate {
        Some(number) if base.contains('.') && !number.is_empty() => Some(format!("{base}-rc{number}")),
        _ => base.contains('.').then(|| base.to_owned()),
    }
}

fn plain(name: &str, version: &str) -> Option<String> {
    let digits = version.bytes().all(|byte| byte.is_ascii_digit());
    if digits && version.len() == 7 && name_key(name).starts_with("sqlite") {
        return sqlite(version);
    }
    // A bare small number is more often part of a name (`libxml2`, `bluez5`).
    (version.contains('.') || (digits && version.len() >= 3) || version.contains('_'))
        .then(|| version.to_owned())
}

/// SQLite writes 3.48.0 as 3480000 in its file names.
fn sqlite(digits: &str) -> Option<String> {
    let number = digits.parse::<u32>().ok()?;
    let (major, minor, patch, sub) =
        (number / 1_000_000, number / 10_000 % 100, number / 100 % 100, number % 100);
    Some(if sub == 0 { format!("{major}.{minor}.{patch}") } else { format!("{major}.{minor}.{patch}.{sub}") })
}

/// Puts the version into CPEs that have none (`*`, `custom`).
fn fill_cpes(component: &mut Component) {
    if component.version.is_empty() {
        // `custom` is no version that anything could be compared with.
        for cpe in
            component.cpes.iter_mut().filter(|cpe| is_unknown(&cpe.cpe.version) && cpe.cpe.version != "-")
        {
            "*".clone_into(&mut cpe.cpe.version);
        }
        return;
    }
    let mut filled = false;
    for cpe in component.cpes.iter_mut().filter(|cpe| is_unknown(&cpe.cpe.version)) {
        cpe.cpe.version.clone_from(&component.version);
        cpe.repaired = true;
        filled = true;
    }
    if filled {
        let value = format!("version {} filled in", component.version);
        component.notes.push(Note::new(
            NoteCode::CpeRepaired,
            Severity::Info,
            &*component.source_ref,
            &value,
        ));
    }
}

/// Gives kernel, boot loader and BusyBox the version of their `.config` header, where they have none or only
/// one from a file name. With two of a kind nobody can tell which one the file belongs to.
pub fn recover_from_files(inventory: &mut Inventory) {
    let pairs = [
        (ConfigOf::Linux, Role::Kernel),
        (ConfigOf::Uboot, Role::Bootloader),
        (ConfigOf::Busybox, Role::Busybox),
    ];
    for (of, role) in pairs {
        let mut versions = stated_by_files(&inventory.build, of);
        versions.sort();
        versions.dedup_by(|one, other| one.0 == other.0);
        let [(version, file)] = versions.as_slice() else { continue };
        let on_target = |component: &&mut Component| {
            component.role == role && component.scope != model::component::Scope::BuildOnly
        };
        let mut candidates: Vec<&mut Component> = inventory.components.iter_mut().filter(on_target).collect();
        let [component] = candidates.as_mut_slice() else { continue };
        let weak = component.version.is_empty() || component.version_origin == VersionOrigin::FromUrl;
        if !weak || component.version == *version {
            continue;
        }
        let value = format!("{version} from {file}");
        component.notes.retain(|note| note.code != NoteCode::NoVersion);
        component.notes.push(Note::new(
            NoteCode::VersionDerived,
            Severity::Info,
            &*component.source_ref,
            &value,
        ));
        for cpe in &mut component.cpes {
            if is_unknown(&cpe.cpe.version) || cpe.cpe.version == component.version {
                cpe.cpe.version.clone_from(version);
            }
        }
        component.version.clone_from(version);
        component.version_origin = VersionOrigin::FromFile;
    }
}

/// The versions that files of a build name, each with its file: what names a kernel's release before `.config` headers,
/// which lack the local part.
fn stated_by_files(build: &BuildEvidence, of: ConfigOf) -> Vec<(String, String)> {
    if of == ConfigOf::Linux && !build.kernel_releases.is_empty() {
        return build.kernel_releases.iter().map(|one| (one.release.clone(), one.file.clone())).collect();
    }
    let configs = build.configs.iter().filter(|config| config.of == of && !config.version.is_empty());
    configs.map(|config| (config.version.clone(), format!("the header of {}", config.file))).collect()
}
