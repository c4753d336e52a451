//! Names compared as keys: case, `-`, `_`, `.`, spaces and escapes do not matter (matching.md 4.2).

/// Appends the key of a name: ASCII letters lower-cased, digits and `+` kept, everything else dropped, so
/// that `u-boot`, `U_Boot` and `uboot` are one key while `g++` stays apart from `g`. Letters beyond ASCII are
/// kept in lower case: a product named only with those must not become the empty key.
pub fn push_name_key(name: &str, key: &mut String) {
    if !name.is_ascii() {
        key.extend(key_chars(name));
        return;
    }
    // Runs of letters and digits are most of nearly every name.
    let mut rest = name;
    while let Some(first) = rest.as_bytes().first() {
        let is_kept = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'+');
        let length = rest.bytes().take_while(is_kept).count();
        let (run, behind) = rest.split_at(length);
        key.push_str(run);
        if length == 0 {
            if first.is_ascii_uppercase() {
                key.push(char::from(first.to_ascii_lowercase()));
            }
            rest = rest.get(1..).unwrap_or_default();
        } else {
            rest = behind;
        }
    }
}

/// The key of a name; see [`push_name_key`].
///
/// ```
/// use model::identity::name::name_key;
/// assert_eq!(name_key("Das U-Boot"), "dasuboot");
/// assert_eq!(name_key("node.js"), name_key("nodejs"));
/// assert_ne!(name_key("g++"), name_key("g"));
/// ```
pub fn name_key(name: &str) -> String {
    let mut key = String::with_capacity(name.len());
    push_name_key(name, &mut key);
    key
}

/// True when two names have the same key; allocates nothing.
pub fn same_name(one: &str, other: &str) -> bool {
    one == other || key_chars(one).eq(key_chars(other))
}

/// True for the texts that records write where they name nothing: `n/a`, `null`, `unknown`, `*`, `-` and the
/// like (matching.md 5.5). Such a text never makes a candidate.
pub fn is_no_name(name: &str) -> bool {
    // Asked for every name of every record: nearly all begin with a letter that none of the words begins with.
    if matches!(name.as_bytes().first(), Some(b'a'..=b'm' | b'o'..=b't' | b'v'..=b'z' | b'0'..=b'9')) {
        return false;
    }
    let name = name.trim();
    const WORDS: [&str; 8] =
        ["n/a", "na", "null", "none", "unspecified", "unknown", "not applicable", "noassertion"];
    key_chars(name).next().is_none() || WORDS.iter().any(|word| name.eq_ignore_ascii_case(word))
}

fn key_chars(name: &str) -> impl Iterator<Item = char> + '_ {
    name.chars().filter_map(|c| match c {
        'a'..='z' | '0'..='9' | '+' => Some(c),
        'A'..='Z' => Some(c.to_ascii_lowercase()),
        c if !c.is_ascii() && c.is_alphanumeric() => Some(c.to_lowercase().next().unwrap_or(c)),
        _ => None,
    })
}
