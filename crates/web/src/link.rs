//! Addresses that a page may link to. Foreign addresses are shown as text unless they are plain web addresses.

/// The address where it is an `http` or `https` one with a host and without blanks, quotes, angle brackets or control
/// characters.
pub fn web_address(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once("://")?;
    let is_web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    let is_plain = text.chars().all(|letter| {
        !letter.is_whitespace()
            && !letter.is_control()
            && !matches!(letter, '"' | '\'' | '<' | '>' | '`' | '\\')
    });
    let has_host = rest.chars().next().is_some_and(|letter| letter.is_alphanumeric() || letter == '[');
    (is_web && is_plain && has_host).then_some(text)
}

/// Where a vulnerability is described in public; none for ids that have no such page, or are no ids.
pub fn of_vulnerability(id: &str) -> Option<String> {
    let is_plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let page = match id.split('-').next()? {
        "CVE" => "https://www.cve.org/CVERecord?id=",
        "GHSA" => "https://github.com/advisories/",
        "RUSTSEC" => "https://rustsec.org/advisories/",
        _ => return None,
    };
    is_plain.then(|| format!("{page}{id}"))
}
