//! Go build information: the tool chain, the main module, and the modules that were linked in, as the Go linker writes
//! them since Go 1.12. Two forms: with pointers (before 1.18), and in line.

use super::schema::{Go, GoModule};

/// Where it begins, at a multiple of 16 bytes.
const MAGIC: &[u8] = b"\xff Go buildinf:";
/// Bytes of the text of modules; that of a program with 1,000 modules has 100 kB.
const LIMIT: usize = 16 << 20;
/// Bytes of the name of a tool chain.
const VERSION: usize = 256;

/// Finds and reads it. `at` gives the bytes that are loaded at an address, for the form with pointers.
pub fn read<'d>(bytes: &'d [u8], big_endian: bool, at: &dyn Fn(u64) -> Option<&'d [u8]>) -> Option<Go> {
    let (version, modules) = texts(find(bytes)?, big_endian, at)?;
    let mut go = Go { version: version.to_owned(), ..Go::default() };
    // Sixteen bytes before and after, by which the run time of Go finds it, too.
    let modules = modules.get(16..modules.len().saturating_sub(16)).unwrap_or_default();
    read_modules(&String::from_utf8_lossy(modules), &mut go);
    Some(go)
}

fn find(bytes: &[u8]) -> Option<&[u8]> {
    let at = (0..bytes.len())
        .step_by(16)
        .find(|at| bytes.get(*at..).is_some_and(|rest| rest.starts_with(MAGIC)))?;
    bytes.get(at..)
}

fn texts<'d>(
    header: &'d [u8],
    big_endian: bool,
    at: &dyn Fn(u64) -> Option<&'d [u8]>,
) -> Option<(&'d str, &'d [u8])> {
    let size = usize::from(*header.get(14)?);
    let flags = *header.get(15)?;
    let (version, modules) = if flags & 2 != 0 {
        let (version, rest) = in_line(header.get(32..)?)?;
        (version, in_line(rest).map_or(&[][..], |(modules, _)| modules))
    } else {
        // The flag says big endian; the file's own header says the same where it is sound.
        let big = flags & 1 != 0 || big_endian;
        let pointer = |from: usize| number(header.get(from..from + size)?, big);
        let text = |pointer: u64| {
            let header = at(pointer)?;
            let start = number(header.get(..size)?, big)?;
            let length = usize::try_from(number(header.get(size..size * 2)?, big)?).ok()?;
            at(start)?.get(..length)
        };
        (text(pointer(16)?)?, pointer(16 + size).and_then(text).unwrap_or_default())
    };
    let version = std::str::from_utf8(version)
        .ok()
        .filter(|version| (1..=VERSION).contains(&version.len()) && !version.chars().any(char::is_control))?;
    (modules.len() <= LIMIT).then_some((version, modules))
}

/// A length of seven bits a byte, and so many bytes.
fn in_line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut length = 0_u64;
    for (place, byte) in bytes.iter().take(5).enumerate() {
        length |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            let rest = bytes.get(place + 1..)?;
            return rest.split_at_checked(usize::try_from(length).ok()?);
        }
    }
    None
}

fn number(bytes: &[u8], big_endian: bool) -> Option<u64> {
    if !matches!(bytes.len(), 4 | 8) {
        return None;
    }
    let fold = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
    Some(if big_endian { bytes.iter().fold(0, fold) } else { bytes.iter().rev().fold(0, fold) })
}

/// Lines `path`, `mod`, `dep`, `=>` (replaces the module before) and `build key=value`, separated by tabs.
fn read_modules(text: &str, go: &mut Go) {
    for line in text.lines() {
        let mut words = line.split('\t');
        let (word, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let version = words.next().unwrap_or_default();
        let module =
            || GoModule { path: path.to_owned(), version: version.to_owned(), replaces: String::new() };
        match word {
            "path" => go.path = path.to_owned(),
            "mod" => go.main = module(),
            "dep" => go.modules.push(module()),
            "=>" => {
                let replaced = if go.modules.is_empty() { Some(&mut go.main) } else { go.modules.last_mut() };
                if let Some(replaced) = replaced {
                    let by = module();
                    *replaced = GoModule { replaces: std::mem::take(&mut replaced.path), ..by };
                }
            }
            "build" => {
                if let Some(revision) = path.strip_prefix("vcs.revision=") {
                    go.revision = revision.to_owned();
                }
            }
            _ => {}
        }
    }
    go.modules.sort();
    go.modules.dedup();
}
