//! Versions by their banners: a table of the components that matter says in which files which text stands around the
//! version. A banner counts in a file of the component's own name, or anywhere where no other program writes it.
//!
//! No regular expressions: a literal is searched for once over the file, and the word behind it is compared with a shape.

mod table;

use std::collections::{BTreeMap, BTreeSet};

use super::schema::Found;
pub use table::{Banner, all};

/// Characters of a version.
const LONGEST: usize = 48;
/// Characters of a banner that are kept as evidence.
const EVIDENCE: usize = 80;
/// Occurrences of one literal that are looked at.
const MOST: usize = 2_000;

/// What is known of the file beside its bytes.
#[derive(Clone, Copy, Debug)]
pub struct File<'f> {
    /// Its name without folders.
    pub name: &'f str,
    /// The name under which it is linked.
    pub soname: &'f str,
    /// What it is linked with: the banner of a library that it only loads is not its own.
    pub needs: &'f [String],
    /// An ELF program; else only banners that are unmistakable count.
    pub is_program: bool,
}

/// Versions found, and components of which several versions were found.
#[derive(Debug, Default)]
pub struct Answer {
    /// What was found, sorted.
    pub found: Vec<Found>,
    /// Component and versions, where a program has more than one.
    pub ambiguous: Vec<String>,
}

/// How many components the table names.
pub fn components() -> usize {
    all().iter().map(|banner| banner.component).collect::<BTreeSet<_>>().len()
}

/// Looks for all banners that can be in a file.
pub fn search(file: &File<'_>, bytes: &[u8]) -> Answer {
    let candidates: Vec<&Banner> = all().iter().filter(|banner| is_candidate(banner, file)).collect();
    let mut hits: Vec<BTreeMap<String, String>> = vec![BTreeMap::new(); candidates.len()];
    for (banner, hits) in candidates.iter().zip(&mut hits).filter(|(banner, _)| banner.in_name) {
        if let Some(version) = banner.in_text(file.name.as_bytes(), 0) {
            hits.insert(version, file.name.to_owned());
        }
    }
    Needles::of(&candidates).each(bytes, &mut |row, at| {
        let banner = candidates.get(row).and_then(|banner| banner.in_text(bytes, at));
        if let (Some(version), Some(hits)) = (banner, hits.get_mut(row)) {
            hits.entry(version).or_insert_with(|| evidence(bytes, at));
        }
    });
    let mut versions: BTreeMap<&str, BTreeMap<String, String>> = BTreeMap::new();
    let mut own: BTreeSet<&str> = BTreeSet::new();
    for (banner, hits) in candidates.into_iter().zip(hits) {
        if !hits.is_empty() && banner.is_beside(bytes) {
            versions.entry(banner.component).or_default().extend(hits);
            own.extend(is_named(banner, file).then_some(banner.component));
        }
    }
    answer(file, versions, &own)
}

/// A program is of one version; a partition may hold several boot loaders.
fn answer(
    file: &File<'_>,
    versions: BTreeMap<&str, BTreeMap<String, String>>,
    own: &BTreeSet<&str>,
) -> Answer {
    let mut answer = Answer::default();
    for (component, found) in versions {
        if file.is_program && found.len() > 1 {
            let several: Vec<String> = found.into_keys().take(5).collect();
            answer.ambiguous.push(format!("{component} {}", several.join(", ")));
            continue;
        }
        let own = own.contains(component);
        let of = |(version, banner)| Found { component: component.to_owned(), version, banner, own };
        answer.found.extend(found.into_iter().map(of));
    }
    answer
}

fn is_named(banner: &Banner, file: &File<'_>) -> bool {
    let has = |name: &str| !name.is_empty() && banner.files.iter().any(|glob| fits(glob, name));
    has(file.name) || has(file.soname)
}

fn is_candidate(banner: &Banner, file: &File<'_>) -> bool {
    if file.is_program && is_named(banner, file) {
        return true;
    }
    let only_loads =
        || file.needs.iter().any(|needed| banner.libraries.iter().any(|start| needed.starts_with(start)));
    // A kernel is a file of its own; a program that writes its banner only speaks of one.
    let speaks_of_one = file.is_program && banner.component == "linux";
    banner.certain && !speaks_of_one && !only_loads()
}

/// `libssl.so*`, `ld-musl-*.so.1`: stars stand for any text.
fn fits(glob: &str, name: &str) -> bool {
    let mut parts = glob.split('*');
    let Some(mut rest) = name.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut last = None;
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or_default();
        last = Some(part);
    }
    match last {
        None => rest.is_empty(),
        Some(part) => part.is_empty() || rest.is_empty() || name.ends_with(part),
    }
}

/// The printable text around a place.
fn evidence(bytes: &[u8], at: usize) -> String {
    let rest = bytes.get(at..).unwrap_or_default();
    let rest = rest.strip_prefix(b"\0").unwrap_or(rest);
    let printable = rest.iter().take(EVIDENCE).take_while(|byte| (b' '..0x7f).contains(*byte));
    printable.map(|byte| char::from(*byte)).collect::<String>().trim().to_owned()
}

/// Finds literals in one pass over the bytes: a table of the first two bytes tells most places apart.
struct Needles<'b> {
    pairs: Vec<bool>,
    banners: &'b [&'b Banner],
}

impl<'b> Needles<'b> {
    fn of(banners: &'b [&'b Banner]) -> Needles<'b> {
        let is_empty = banners.iter().all(|banner| banner.in_name);
        let mut pairs = if is_empty { Vec::new() } else { vec![false; 1 << 16] };
        let mut mark = |first: u8, second: u8| {
            if let Some(pair) = pairs.get_mut(usize::from(first) << 8 | usize::from(second)) {
                *pair = true;
            }
        };
        for banner in banners.iter().filter(|banner| !banner.in_name) {
            match banner.before.as_slice() {
                [first, second, ..] => mark(*first, *second),
                // Behind it stands the version, and that begins with a digit.
                [only] => (b'0'..=b'9').for_each(|digit| mark(*only, digit)),
                [] => {}
            }
        }
        Needles { pairs, banners }
    }

    /// Hands over the number of each banner whose literal is found, and where.
    fn each(&self, bytes: &[u8], take: &mut dyn FnMut(usize, usize)) {
        if self.pairs.is_empty() {
            return;
        }
        let mut counts = vec![0_usize; self.banners.len()];
        for (at, pair) in bytes.windows(2).enumerate() {
            let [first, second] = *pair else { continue };
            if !self.pairs.get(usize::from(first) << 8 | usize::from(second)).copied().unwrap_or_default() {
                continue;
            }
            let rest = bytes.get(at..).unwrap_or_default();
            for (row, (banner, count)) in self.banners.iter().zip(&mut counts).enumerate() {
                // A word alone between two zeros may come often; only its shape tells.
                let most = if banner.before.len() == 1 { usize::MAX } else { MOST };
                if *count < most && !banner.in_name && rest.starts_with(&banner.before) {
                    *count += 1;
                    take(row, at);
                }
            }
        }
    }
}

/// Where a literal begins.
pub fn position(bytes: &[u8], literal: &[u8]) -> Option<usize> {
    let first = *literal.first()?;
    let mut from = 0;
    loop {
        let rest = bytes.get(from..)?;
        let at = rest.iter().position(|byte| *byte == first)?;
        if rest.get(at..)?.starts_with(literal) {
            return Some(from + at);
        }
        from += at + 1;
    }
}

impl Banner {
    /// The version behind the literal that begins at a place.
    fn in_text(&self, bytes: &[u8], at: usize) -> Option<String> {
        let start = at + self.before.len();
        if !bytes.get(at..)?.starts_with(&self.before) {
            return None;
        }
        let rest = bytes.get(start..)?;
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'+' | b'-' | b'~');
        let length = rest.iter().take(LONGEST + 1).take_while(|byte| is_part(byte)).count();
        if length > LONGEST || !rest.get(length..)?.starts_with(&self.after) {
            return None;
        }
        let word = std::str::from_utf8(rest.get(..length)?).ok()?;
        self.shapes.iter().find_map(|shape| shaped(shape, word)).map(str::to_owned)
    }

    fn is_beside(&self, bytes: &[u8]) -> bool {
        self.beside.is_empty() || position(bytes, &self.beside).is_some()
    }
}

/// The part of a word that has a shape: `#` is a number, `@` small letters or none, `*` whatever follows (no part of the
/// version), anything else itself.
fn shaped<'w>(shape: &str, word: &'w str) -> Option<&'w str> {
    let mut rest = word;
    for letter in shape.chars() {
        match letter {
            '#' => {
                let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
                rest = rest.get(digits..).filter(|_| digits > 0)?;
            }
            '@' => rest = rest.trim_start_matches(|c: char| c.is_ascii_lowercase()),
            '*' => return word.get(..word.len() - rest.len()),
            other => rest = rest.strip_prefix(other)?,
        }
    }
    rest.is_empty().then_some(word)
}
