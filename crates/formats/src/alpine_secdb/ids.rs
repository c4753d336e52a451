//! The ids in one text of a list: `CVE-2017-14316 XSA-231`, `CVE_2019-2426`, `CVE-2017-2616 (+ regression fix)`.

use model::record::Text;

/// The ids of a text, in order, each once.
pub fn ids(text: &str) -> Vec<Text<'_>> {
    let mut found: Vec<Text<'_>> = Vec::new();
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')' | '[' | ']'));
    for id in words.filter_map(id) {
        if !found.contains(&id) {
            found.push(id);
        }
    }
    found
}

/// A word that is an id: letters, a dash, and a digit further on. Slips of CVE ids are mended.
fn id(word: &str) -> Option<Text<'_>> {
    let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    if let Some(cve) = cve(word) {
        return Some(cve);
    }
    let (prefix, rest) = word.split_once('-')?;
    let is_id = prefix.len() >= 2
        && prefix.bytes().all(|byte| byte.is_ascii_uppercase())
        && rest.bytes().any(|byte| byte.is_ascii_digit());
    is_id.then_some(Text::Borrowed(word))
}

/// `CVE-2024-1`, also as `CVE_2024-1`, `cve-2024-1` and `CVE-2024_1`.
fn cve(word: &str) -> Option<Text<'_>> {
    let head = word.get(..3).filter(|head| head.eq_ignore_ascii_case("CVE"))?;
    let rest = word.get(3..)?.strip_prefix(['-', '_'])?;
    let (year, number) = rest.split_once(['-', '_'])?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if year.len() != 4 || !digits(year) || !digits(number) {
        return None;
    }
    let is_clean = head == "CVE" && !word.contains('_');
    Some(if is_clean { Text::Borrowed(word) } else { Text::Owned(format!("CVE-{year}-{number}")) })
}
