//! Commit ids out of addresses (`…/commit/<id>`, `…/c/<id>`, `?id=<id>`).

use std::borrow::Cow;

/// The commit id a repository address points to, as written; `None` when the address points to none.
///
/// ```
/// use formats::records::commits::in_address;
/// assert_eq!(in_address("https://github.com/a/b/commit/0123456789abcdef.patch"), Some("0123456789abcdef"));
/// assert_eq!(in_address("https://git.kernel.org/stable/c/0123456789ab"), Some("0123456789ab"));
/// assert_eq!(in_address("https://git.example.org/p.git/commit/?id=0123456"), Some("0123456"));
/// assert_eq!(in_address("https://example.org/2024/0123456"), None);
/// ```
pub fn in_address(address: &str) -> Option<&str> {
    const MARKS: &[&str] = &[
        "/commit/?id=",
        "/commit/?h=",
        "/commit/",
        "/commits/",
        "/c/",
        "/rev/",
        "/patch/?id=",
        ";h=",
        "&id=",
        "?id=",
    ];
    MARKS.iter().filter_map(|mark| address.find(mark).map(|at| (mark, at))).find_map(|(mark, at)| {
        let rest = address.get(at + mark.len()..)?;
        hex_prefix(rest)
    })
}

/// The leading hex digits of a text when they are a commit id (7 to 64 digits, not followed by more word).
fn hex_prefix(text: &str) -> Option<&str> {
    let length = text.bytes().take_while(u8::is_ascii_hexdigit).count();
    let next = text.as_bytes().get(length);
    let ends = next.is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'-' && *byte != b'_');
    let id = text.get(..length).filter(|_| ends && (7..=64).contains(&length))?;
    // A short run of digits is the number of a change or an issue.
    let is_number = length < 12 && id.bytes().all(|byte| byte.is_ascii_digit());
    (!is_number).then_some(id)
}

/// True for a text that can only be a commit id: 7 to 64 hex digits.
pub fn is_commit(text: &str) -> bool {
    (7..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// True for a full commit id: 40 or 64 hex digits.
pub fn is_full_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && is_commit(text)
}

/// Adds a commit id in lower case unless it is there.
pub fn push<'a>(commits: &mut Vec<Cow<'a, str>>, commit: Cow<'a, str>) {
    let commit = if commit.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(commit.to_ascii_lowercase())
    } else {
        commit
    };
    if !commits.contains(&commit) {
        commits.push(commit);
    }
}

/// Adds the commit an address points to, if any.
pub fn push_address<'a>(commits: &mut Vec<Cow<'a, str>>, address: Cow<'a, str>) {
    let commit = match address {
        Cow::Borrowed(address) => in_address(address).map(Cow::Borrowed),
        Cow::Owned(address) => in_address(&address).map(|commit| Cow::Owned(commit.to_owned())),
    };
    if let Some(commit) = commit {
        push(commits, commit);
    }
}
