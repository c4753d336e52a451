//! Repository addresses, normalised so that two spellings of one repository are one key.

/// Normalises a repository URL to `host/path` in lower case: scheme, user, port, `git+`, `.git`,
/// trailing slash, `@commit` and `#fragment` are removed. Returns `None` for a text without a host.
///
/// ```
/// use model::identity::repository::normalise;
/// assert_eq!(normalise("git+https://github.com/Tukaani-Project/xz.git@abc").as_deref(), Some("github.com/tukaani-project/xz"));
/// assert_eq!(normalise("git@github.com:curl/curl.git").as_deref(), Some("github.com/curl/curl"));
/// assert_eq!(normalise("no address"), None);
/// ```
pub fn normalise(url: &str) -> Option<String> {
    let text = url.trim();
    let text = text.split(['#', '?']).next().unwrap_or(text);
    let text = text.strip_prefix("git+").unwrap_or(text);
    let (rest, had_scheme) = match text.split_once("://") {
        Some((_, rest)) => (rest, true),
        None => (text, false),
    };
    let rest = match rest.split_once('@') {
        Some((user, host)) if !user.contains('/') => host,
        _ => rest,
    };
    let (host, path) = match rest.find(['/', ':']) {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    if !host.contains('.') || host.contains(char::is_whitespace) || (!had_scheme && path.is_empty()) {
        return None;
    }
    let path = path.trim_start_matches([':', '/']);
    let path = path.split('@').next().unwrap_or(path);
    let path = path.trim_end_matches('/').trim_end_matches(".git").trim_end_matches('/');
    let mut normal = host.to_ascii_lowercase();
    if let Some(bare) = normal.strip_prefix("www.") {
        normal = bare.to_owned();
    }
    if !path.is_empty() {
        normal.push('/');
        normal.push_str(&path.to_ascii_lowercase());
    }
    Some(normal)
}
