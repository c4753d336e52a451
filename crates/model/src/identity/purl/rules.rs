//! What the types of the specification ask for: which parts are required or forbidden, and how they are
//! normalised. The rules are ours, restated from the type definitions.

use super::{Purl, PurlError};

/// Whether a type has a namespace.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Optional,
    Required,
    Prohibited,
}

/// The rule of one type.
struct Rule {
    kind: &'static str,
    namespace: Need,
    /// Letters for what is folded to lower case: `s` namespace, `n` name, `v` version, `p` subpath.
    lower: &'static str,
    /// A qualifier that must be there.
    qualifier: &'static str,
}

const fn rule(kind: &'static str, namespace: Need, lower: &'static str) -> Rule {
    Rule { kind, namespace, lower, qualifier: "" }
}

const fn rule_with(kind: &'static str, namespace: Need, qualifier: &'static str) -> Rule {
    Rule { kind, namespace, lower: "", qualifier }
}

use Need::{Optional, Prohibited, Required};

const RULES: &[Rule] = &[
    rule("alpm", Required, "sn"),
    rule("apk", Required, "sn"),
    rule("bazel", Prohibited, ""),
    rule("bitbucket", Required, "sn"),
    rule("bitnami", Prohibited, "n"),
    rule("brew", Optional, "sn"),
    rule("cargo", Prohibited, ""),
    rule("chrome-extension", Prohibited, "n"),
    rule("cocoapods", Prohibited, ""),
    rule("composer", Required, "sn"),
    rule("conan", Optional, ""),
    rule("conda", Prohibited, ""),
    rule("cpan", Optional, ""),
    rule("cran", Prohibited, ""),
    rule("deb", Required, "sn"),
    rule("docker", Optional, ""),
    rule("gem", Prohibited, ""),
    rule("generic", Optional, ""),
    rule("git", Required, ""),
    rule("github", Required, "sn"),
    rule("gitlab", Required, "sn"),
    rule("golang", Required, ""),
    rule("hackage", Prohibited, ""),
    rule("hex", Optional, "sn"),
    rule("huggingface", Required, "v"),
    rule_with("julia", Prohibited, "uuid"),
    rule("luarocks", Optional, "sn"),
    rule("maven", Required, ""),
    rule("mlflow", Prohibited, ""),
    rule("npm", Optional, ""),
    rule("nuget", Prohibited, ""),
    rule("oci", Prohibited, "nv"),
    rule("opam", Prohibited, ""),
    rule("otp", Prohibited, "np"),
    rule("pub", Prohibited, "n"),
    rule("pypi", Prohibited, "nv"),
    rule("qpkg", Required, "s"),
    rule("rpm", Required, "s"),
    rule_with("swid", Optional, "tag_id"),
    rule("swift", Required, ""),
    rule("vcpkg", Prohibited, ""),
    rule("vscode-extension", Required, "snv"),
    rule("yocto", Optional, "s"),
];

/// Checks the parts and brings them into the form of their type.
pub(super) fn settle(mut purl: Purl) -> Result<Purl, PurlError> {
    check_general(&mut purl)?;
    normalise(&mut purl);
    let Some(rule) = RULES.iter().find(|rule| rule.kind == purl.kind) else { return Ok(purl) };
    match rule.namespace {
        Required if purl.namespace.is_empty() => return Err(PurlError::NamespaceRequired),
        Prohibited if !purl.namespace.is_empty() => return Err(PurlError::NamespaceProhibited),
        _ => {}
    }
    if !rule.qualifier.is_empty() && purl.qualifier(rule.qualifier).is_none() {
        return Err(PurlError::QualifierRequired);
    }
    check_characters(&purl)?;
    Ok(purl)
}

/// Like [`settle`], but a part that is missing or surplus by the type's rule is let through: the rest of the
/// package URL still names something.
pub(super) fn settle_tolerantly(mut purl: Purl) -> Result<Purl, PurlError> {
    check_general(&mut purl)?;
    normalise(&mut purl);
    Ok(purl)
}

/// What holds for every type.
fn check_general(purl: &mut Purl) -> Result<(), PurlError> {
    purl.kind.make_ascii_lowercase();
    let mut kind = purl.kind.bytes();
    let first = kind.next().is_some_and(|byte| byte.is_ascii_alphabetic());
    if !first || !kind.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')) {
        return Err(PurlError::Kind);
    }
    if purl.name.is_empty() {
        return Err(PurlError::Name);
    }
    purl.qualifiers.retain(|(_, value)| !value.is_empty());
    purl.qualifiers.sort();
    let twice = purl.qualifiers.windows(2).any(|pair| matches!(pair, [one, other] if one.0 == other.0));
    if twice || !purl.qualifiers.iter().all(|(key, _)| is_qualifier_key(key)) {
        return Err(PurlError::Qualifier);
    }
    Ok(())
}

/// Types that refuse qualifier keys in upper case instead of folding them.
pub(super) fn refuses_upper_keys(kind: &str) -> bool {
    matches!(kind, "gem" | "rpm")
}

/// Lower-case letters, digits, `.`, `-`, `_`; begins with a letter.
pub(super) fn is_qualifier_key(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_lowercase())
        && key
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'_'))
}

fn normalise(purl: &mut Purl) {
    let lower = RULES.iter().find(|rule| rule.kind == purl.kind).map_or("", |rule| rule.lower);
    for part in lower.chars() {
        let text = match part {
            's' => &mut purl.namespace,
            'n' => &mut purl.name,
            'v' => &mut purl.version,
            _ => &mut purl.subpath,
        };
        *text = text.to_lowercase();
    }
    match purl.kind.as_str() {
        "pypi" => purl.name = purl.name.replace('_', "-"),
        "pub" => purl.name = purl.name.replace(|c: char| !c.is_ascii_lowercase() && !c.is_ascii_digit(), "_"),
        "hackage" => purl.name = purl.name.replace('_', "-"),
        // Databricks alone treats model names without regard to case.
        "mlflow" if purl.qualifier("repository_url").is_some_and(|url| url.contains("databricks")) => {
            purl.name = purl.name.to_lowercase();
        }
        _ => {}
    }
}

/// What a few types forbid inside a value.
fn check_characters(purl: &Purl) -> Result<(), PurlError> {
    let fine = match purl.kind.as_str() {
        // Module names (`URI::PackageURL`) are not distribution names.
        "cpan" => !purl.name.contains("::"),
        "chrome-extension" => {
            purl.name.len() == 32
                && purl.name.bytes().all(|byte| matches!(byte, b'a'..=b'p'))
                && is_chrome_version(&purl.version)
        }
        _ => true,
    };
    if fine { Ok(()) } else { Err(PurlError::Characters) }
}

fn is_chrome_version(version: &str) -> bool {
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    version.is_empty() || (version.split('.').count() <= 4 && version.split('.').all(number))
}
