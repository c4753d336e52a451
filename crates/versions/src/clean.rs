//! What is cut from a version text before an upstream comparison, and kept (matching.md 5.2).

use std::borrow::Cow;

use model::version::Scheme;

use crate::{digits, plain, shape};

/// A version text taken apart: what is compared, and what was cut off.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Cleaned<'a> {
    /// The comparable part; `_` of an all-underscore tag is written `.`.
    pub text: Cow<'a, str>,
    /// The build suffix as written (`+gitAUTOINC+fe20c3f42e`, `-34-gabc1234`, `-yocto-standard`); empty if none.
    pub suffix: &'a str,
    /// The commit named by the suffix.
    pub commit: Option<&'a str>,
    /// Commits after the tag (`34` of `1.2-34-gabc1234`), as written.
    pub commits_after: Option<&'a str>,
    /// The packaging epoch (`2` of `2:1.30.1`).
    pub epoch: Option<&'a str>,
    /// The distribution or package revision (`5` of `2.39-5`, `r3` of `1.2-r3`).
    pub revision: Option<&'a str>,
    /// The product or tag prefix (`curl-`, `v`, `release-`).
    pub prefix: &'a str,
}

impl Cleaned<'_> {
    /// True when a build suffix was cut: the comparison speaks of the base version (`V_BASE_VERSION`).
    pub fn is_base_version(&self) -> bool {
        !self.suffix.is_empty()
    }

    /// True when a distribution revision or an epoch was cut (`V_DISTRO_SUFFIX_IGNORED`).
    pub fn has_distribution_part(&self) -> bool {
        self.revision.is_some() || self.epoch.is_some()
    }
}

/// Takes a version text apart for an upstream comparison; native schemes keep the whole text.
///
/// ```
/// use versions::{Scheme, clean};
/// let cleaned = clean(Scheme::Linux, "6.12.38+gitAUTOINC+fe20c3f42e");
/// assert_eq!((cleaned.text.as_ref(), cleaned.commit), ("6.12.38", Some("fe20c3f42e")));
/// ```
pub fn clean(scheme: Scheme, text: &str) -> Cleaned<'_> {
    if plain::is_plain(text) || scheme.is_native() || scheme == Scheme::Git {
        return Cleaned { text: Cow::Borrowed(text.trim()), ..Cleaned::default() };
    }
    let mut parts = Parts::of(scheme, text);
    if scheme == Scheme::Linux {
        parts.cut_linux_local();
    }
    Cleaned {
        text: with_dots(parts.text),
        suffix: parts.suffix,
        commit: commit_in(parts.suffix),
        commits_after: parts.commits_after,
        epoch: parts.epoch,
        revision: parts.revision,
        prefix: parts.prefix,
    }
}

/// `7_88_1` is written `7.88.1`; a text that has a dot keeps its underscores (`1.8.0_392`).
fn with_dots(text: &str) -> Cow<'_, str> {
    if text.contains('_') && !text.contains(['.', '-']) {
        Cow::Owned(text.replace('_', "."))
    } else {
        Cow::Borrowed(text)
    }
}

/// The borrowed form used by the comparators: they read `_` as `.` themselves.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Parts<'a> {
    pub prefix: &'a str,
    pub text: &'a str,
    pub suffix: &'a str,
    pub commits_after: Option<&'a str>,
    pub epoch: Option<&'a str>,
    pub revision: Option<&'a str>,
}

impl<'a> Parts<'a> {
    pub(crate) fn of(scheme: Scheme, text: &'a str) -> Parts<'a> {
        let text = text.trim();
        let marks = Marks::of(text);
        let (epoch, text) = if marks.colon { shape::split_epoch(text) } else { (None, text) };
        let mut parts = Parts { text, epoch, ..Parts::default() };
        if scheme == Scheme::Ffmpeg && crate::ffmpeg::is_snapshot(text) {
            return parts;
        }
        if !matches!(scheme, Scheme::Calver | Scheme::NginxPlus) {
            // There the leading letters mean something.
            parts.cut_prefix();
        }
        if marks.build {
            parts.cut_build_suffix();
        }
        if marks.dash && cuts_revision(scheme) {
            parts.cut_revision();
        } else if marks.dash && scheme == Scheme::Calver {
            parts.cut_package_release();
        }
        parts
    }

    /// Only what stands before the version is cut: enough where the comparison stops at the first suffix (`linux`).
    pub(crate) fn without_prefix(text: &'a str) -> Parts<'a> {
        let (epoch, text) = shape::split_epoch(text.trim());
        let mut parts = Parts { text, epoch, ..Parts::default() };
        parts.cut_prefix();
        parts
    }

    fn cut_prefix(&mut self) {
        if self.text.as_bytes().first().is_some_and(u8::is_ascii_digit) {
            return;
        }
        if let Some(length) = prefix_length(self.text) {
            (self.prefix, self.text) = self.text.split_at(length);
        }
    }

    /// Cuts `+...`, `^...`, `-34-gabc1234`, `-gabc1234`, `.git`.
    fn cut_build_suffix(&mut self) {
        let whole = self.text;
        if let Some(at) = whole.bytes().position(|byte| matches!(byte, b'+' | b'^')) {
            self.cut_at(whole, at);
        } else if let Some(at) = describe_at(whole) {
            self.cut_at(whole, at);
            self.commits_after = self.cut_commit_count(whole, at);
        } else if let Some(at) = version_control_word_at(whole) {
            self.cut_at(whole, at);
        }
    }

    fn cut_at(&mut self, whole: &'a str, at: usize) {
        (self.text, self.suffix) = whole.split_at(at);
    }

    /// `-34` before `-gabc1234`: the commits after the tag.
    fn cut_commit_count(&mut self, whole: &'a str, at: usize) -> Option<&'a str> {
        let (text, count) = self.text.rsplit_once('-')?;
        if !digits::all(count) || text.is_empty() || at > whole.len() {
            return None;
        }
        self.cut_at(whole, text.len());
        Some(count)
    }

    /// `-r3`.
    fn cut_package_release(&mut self) {
        if let Some((text, revision)) = package_release(self.text) {
            (self.text, self.revision) = (text, Some(revision));
        }
    }

    fn cut_revision(&mut self) {
        self.cut_package_release();
        if let Some(revision) = shape::revision_of(self.text) {
            self.text = self.text.get(..self.text.len() - revision.len() - 1).unwrap_or(self.text);
            self.revision = Some(revision);
        }
    }

    /// Linux: what follows the numbers and `-rcN` is a local suffix.
    fn cut_linux_local(&mut self) {
        let (base, local) = self.text.split_at(crate::linux::base_length(self.text));
        if !local.is_empty() {
            self.text = base;
            self.suffix = local;
        }
    }
}

/// The signs that something may be cut; one walk over the text tells that most texts are plain.
#[derive(Default)]
struct Marks {
    colon: bool,
    dash: bool,
    build: bool,
}

impl Marks {
    fn of(text: &str) -> Marks {
        let mut marks = Marks::default();
        for byte in text.bytes() {
            marks.colon |= byte == b':';
            marks.dash |= byte == b'-';
            marks.build |= matches!(byte, b'+' | b'^' | b'g');
        }
        marks
    }
}

/// Schemes in which `-1` behind a dotted version is a distribution revision.
fn cuts_revision(scheme: Scheme) -> bool {
    !matches!(scheme, Scheme::Semver | Scheme::Runc | Scheme::NginxPlus | Scheme::Calver | Scheme::Linux)
}

/// `r3` of `1.2-r3`.
fn package_release(text: &str) -> Option<(&str, &str)> {
    let (before, release) = text.rsplit_once('-')?;
    let is_release = release.strip_prefix('r').is_some_and(digits::all) && !before.is_empty();
    is_release.then_some((before, release))
}

/// The length of a tag or product prefix (`openssl-`, `v`, `REL`, `R_`), when a version follows it.
fn prefix_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let first_digit = bytes.iter().position(u8::is_ascii_digit)?;
    let (head, _) = text.split_at_checked(first_digit)?;
    if !head
        .bytes()
        .all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_' | b'.' | b' ' | b'/'))
    {
        return None;
    }
    if names_no_release(head) {
        return None;
    }
    Some(digit_in_name(text, first_digit).unwrap_or(first_digit))
}

/// `libxml2-2.9.1`: the digit belongs to the name, the version stands behind the dash.
fn digit_in_name(text: &str, first_digit: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let head = text.get(..first_digit)?;
    let word = head.rsplit(['-', '_', '.', ' ', '/']).next()?;
    if word.is_empty() || is_tag_word(word) {
        return None;
    }
    let after = bytes.get(first_digit..)?;
    let dash = after.windows(2).position(|pair| matches!(pair, [b'-', digit] if digit.is_ascii_digit()))?;
    let is_name = after.iter().take(dash).all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
    is_name.then_some(first_digit + dash + 1)
}

/// Words that stand before a version in tags.
fn is_tag_word(word: &str) -> bool {
    ["v", "ver", "version", "r", "rel", "release", "n", "s", "tag", "stable"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(word))
}

/// `next-20240105`, `rc1`, `snapshot-3`: a number behind such a word is not a release number.
fn names_no_release(head: &str) -> bool {
    const WORDS: &[&str] = &[
        "next", "rc", "alpha", "beta", "pre", "preview", "dev", "snapshot", "nightly", "git", "svn", "build",
        "commit", "master", "main", "head", "test", "daily", "latest", "p", "g", "patch", "sp", "update",
    ];
    head.split(|c: char| !c.is_ascii_alphabetic())
        .any(|word| WORDS.iter().any(|known| known.eq_ignore_ascii_case(word)))
}

/// Where `-gabc1234` of `git describe` begins.
fn describe_at(text: &str) -> Option<usize> {
    let at = text.rfind("-g")?;
    let (commit, rest) = digits::split_while(text.as_bytes().get(at + 2..)?, |byte| byte.is_ascii_hexdigit());
    (commit.len() >= 4 && (rest.is_empty() || rest == b"-dirty")).then_some(at)
}

/// Where `.git`, `-git...` behind a number begins. (`~git` is a tilde version: before the release.)
fn version_control_word_at(text: &str) -> Option<usize> {
    let at = text.find("git")?.checked_sub(1)?;
    let is_separated = matches!(text.as_bytes().get(at), Some(b'.' | b'-' | b'_'));
    (is_separated && at > 0).then_some(at)
}

/// The commit in a build suffix.
fn commit_in(suffix: &str) -> Option<&str> {
    suffix
        .split(|c: char| !c.is_ascii_alphanumeric())
        .map(|piece| piece.strip_prefix("git").unwrap_or(piece))
        .map(|piece| match piece.strip_prefix('g') {
            Some(rest) => rest,
            None => piece.strip_prefix('r').unwrap_or(piece),
        })
        .find(|piece| shape::looks_like_commit(piece))
}
