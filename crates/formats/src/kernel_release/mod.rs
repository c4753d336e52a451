//! Files that name the release of a kernel and little else: `include/config/kernel.release` of its build folder,
//! `/proc/version`, a boot log, the answer of `uname -r` or `uname -a`.
//!
//! They give a version to a kernel whose SBOM has none (`custom`): matching.md 1.3, rule 4.

#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use model::build::KernelRelease;

use crate::limits::FormatError;
use crate::text;

/// How the line of `/proc/version` and of the boot log begins.
const BANNER: &str = "Linux version ";

/// Lines of a boot log before the banner.
const LINES: usize = 200;

/// The release that a text names; `None` when it is no such text.
pub fn release(text: &str) -> Option<&str> {
    let text = text.trim();
    let first = text.lines().next()?;
    if first == text && is_release(first) {
        return Some(first);
    }
    if let Some(rest) = first.strip_prefix("Linux ").filter(|_| first == text && !first.starts_with(BANNER)) {
        // `uname -a`: system, host, release, build.
        return rest.split_whitespace().nth(1).filter(|word| is_release(word) && first.contains('#'));
    }
    let banner = text.lines().take(LINES).find_map(|line| {
        let (before, rest) = line.split_once(BANNER)?;
        // A time stamp may stand before it: `[    0.000000] `.
        let is_stamp = before.trim().is_empty() || before.trim_end().ends_with(']');
        is_stamp.then_some(rest)
    })?;
    banner.split_whitespace().next().filter(|word| is_release(word))
}

/// True for a text that begins with a time stamp of the kernel's log: `[    0.000000] `.
pub fn is_log(text: &str) -> bool {
    let stamp = text
        .trim_start()
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
        .map(|(stamp, _)| stamp.trim());
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|digit| digit.is_ascii_digit());
    stamp
        .and_then(|stamp| stamp.split_once('.'))
        .is_some_and(|(a, b)| is_number(a) && is_number(b) && b.len() == 6)
}

/// Reads a text that names a kernel's release.
///
/// # Errors
/// When it names none.
pub fn read(bytes: &[u8], name: &str) -> Result<KernelRelease, FormatError> {
    let text = text::decode(bytes).0;
    let why = || "no line names the release of a kernel".to_owned();
    let release =
        release(&text).ok_or_else(|| FormatError::Malformed { name: name.to_owned(), why: why() })?;
    Ok(KernelRelease { file: name.to_owned(), release: release.to_owned() })
}

/// `6.1.22`, `6.1.22-yocto-standard`, `5.10.0-rc3+`: two numbers at least, then a local part.
fn is_release(word: &str) -> bool {
    let numbers = word.split(['-', '+', '_']).next().unwrap_or_default();
    let parts: Vec<&str> = numbers.split('.').collect();
    let is_number =
        |part: &&str| !part.is_empty() && part.len() <= 3 && part.bytes().all(|b| b.is_ascii_digit());
    let is_word = word.len() <= 128
        && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+' | '~'));
    is_word && (2..=4).contains(&parts.len()) && parts.iter().all(is_number)
}
