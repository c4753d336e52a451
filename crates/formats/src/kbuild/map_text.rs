//! The text form of a Kbuild map: lines, each condition and each includer written once.
//!
//! ```text
//! patchwright kbuild map 1
//! tree linux
//! version 6.1.192
//! conditions 2
//! y
//! JFS_FS : jfs
//! files 2
//! >fs/jfs/
//! 1 jfs_dmap.c
//! includers 1
//! >fs/jfs/
//! jfs_dmap.c
//! headers 1
//! >fs/jfs/
//! jfs_dmap.h 0
//! end
//! ```

use std::collections::BTreeMap;

use model::build::{ConfigOf, KbuildMap};
use model::note::{Note, NoteCode, Read, Severity};
use rustc_hash::FxHashMap;

use crate::limits::FormatError;
use crate::text;

/// How a map begins; the number is the version of the form.
pub const FIRST_LINE: &str = "patchwright kbuild map 1";

/// How every version of the form begins.
const MARK: &str = "patchwright kbuild map ";

/// Writes a map.
pub fn write(map: &KbuildMap) -> String {
    let mut out = String::with_capacity(map.files.len() * 24);
    let mut line = |parts: &[&str]| {
        out.extend(parts.iter().copied());
        out.push('\n');
    };
    line(&[FIRST_LINE]);
    line(&["tree ", word(map.of)]);
    line(&["version ", &map.version]);
    let conditions = numbered(map.files.values());
    line(&["conditions ", &conditions.list.len().to_string()]);
    conditions.list.iter().for_each(|text| line(&[text]));
    line(&["files ", &map.files.len().to_string()]);
    let mut folder = None;
    for (path, text) in &map.files {
        let name = entered(path, &mut folder, &mut line);
        line(&[&conditions.number(text).to_string(), " ", name]);
    }
    let mut sorted: Vec<&String> = map.includers.values().flatten().collect();
    sorted.sort_unstable();
    let files = numbered(sorted);
    line(&["includers ", &files.list.len().to_string()]);
    folder = None;
    for path in &files.list {
        let name = entered(path, &mut folder, &mut line);
        line(&[name]);
    }
    line(&["headers ", &map.includers.len().to_string()]);
    folder = None;
    for (path, includers) in &map.includers {
        let name = entered(path, &mut folder, &mut line);
        let numbers: Vec<String> = includers.iter().map(|file| files.number(file).to_string()).collect();
        line(&[name, " ", &numbers.join(" ")]);
    }
    line(&["end"]);
    out
}

fn word(of: ConfigOf) -> &'static str {
    match of {
        ConfigOf::Linux => "linux",
        ConfigOf::Uboot => "u-boot",
        ConfigOf::Busybox => "busybox",
        ConfigOf::Unknown => "unknown",
    }
}

fn of_word(word: &str) -> ConfigOf {
    match word {
        "linux" => ConfigOf::Linux,
        "u-boot" => ConfigOf::Uboot,
        "busybox" => ConfigOf::Busybox,
        _ => ConfigOf::Unknown,
    }
}

struct Numbered<'m> {
    list: Vec<&'m str>,
    numbers: FxHashMap<&'m str, usize>,
}

impl Numbered<'_> {
    fn number(&self, text: &str) -> usize {
        self.numbers.get(text).copied().unwrap_or(0)
    }
}

fn numbered<'m>(texts: impl IntoIterator<Item = &'m String>) -> Numbered<'m> {
    let mut all = Numbered { list: Vec::new(), numbers: FxHashMap::default() };
    for text in texts {
        if !all.numbers.contains_key(text.as_str()) {
            all.numbers.insert(text, all.list.len());
            all.list.push(text);
        }
    }
    all
}

/// Writes the folder line when the folder changes; returns the name.
fn entered<'p>(path: &'p str, folder: &mut Option<&'p str>, line: &mut impl FnMut(&[&str])) -> &'p str {
    let at = path.rfind('/').map_or(0, |at| at + 1);
    let (own, name) = path.split_at_checked(at).unwrap_or(("", path));
    if *folder != Some(own) {
        line(&[">", own]);
        *folder = Some(own);
    }
    name
}

/// Reads a map.
///
/// # Errors
/// When it is none, of a newer form, or cut.
pub fn read(bytes: &[u8], name: &str) -> Result<Read<KbuildMap>, FormatError> {
    let (text, mut notes) = text::decode(bytes);
    let mut lines = Lines { all: text.lines().enumerate(), name };
    let first = lines.next()?;
    if first != FIRST_LINE {
        let why = match first.strip_prefix(MARK) {
            Some(version) => format!("form {version} is newer than this program; update it"),
            None => "it is no Kbuild map".to_owned(),
        };
        return Err(FormatError::Malformed { name: name.to_owned(), why });
    }
    let mut map = KbuildMap { of: of_word(lines.field("tree")?), ..KbuildMap::default() };
    map.version = lines.field("version")?.to_owned();
    let mut conditions: Vec<&str> = Vec::new();
    for _ in 0..lines.count("conditions")? {
        conditions.push(lines.next()?);
    }
    let mut bad = 0;
    lines.entries("files", |folder, line| {
        let found = line
            .split_once(' ')
            .and_then(|(number, file)| Some((conditions.get(number.parse::<usize>().ok()?)?, file)));
        match found {
            Some((condition, file)) => {
                drop(map.files.insert(format!("{folder}{file}"), (*condition).to_owned()))
            }
            None => bad += 1,
        }
    })?;
    let mut files: Vec<String> = Vec::new();
    lines.entries("includers", |folder, line| files.push(format!("{folder}{line}")))?;
    map.includers = headers(&mut lines, &files, &mut bad)?;
    if lines.next()? != "end" {
        return Err(lines.cut("the last line is not `end`"));
    }
    if bad > 0 {
        let value = format!("{bad} lines name a number that is not there");
        notes.push(Note::new(NoteCode::BadRecord, Severity::Warn, "whole map", &value));
    }
    Ok(Read { value: map, notes })
}

fn headers(
    lines: &mut Lines<'_, '_>,
    files: &[String],
    bad: &mut usize,
) -> Result<BTreeMap<String, Vec<String>>, FormatError> {
    let mut includers = BTreeMap::new();
    lines.entries("headers", |folder, line| {
        let mut words = line.split(' ');
        let header = format!("{folder}{}", words.next().unwrap_or_default());
        let mut list = Vec::new();
        for word in words.filter(|word| !word.is_empty()) {
            match word.parse::<usize>().ok().and_then(|number| files.get(number)) {
                Some(file) => list.push(file.clone()),
                None => *bad += 1,
            }
        }
        includers.insert(header, list);
    })?;
    Ok(includers)
}

struct Lines<'t, 'n> {
    all: std::iter::Enumerate<std::str::Lines<'t>>,
    name: &'n str,
}

impl<'t> Lines<'t, '_> {
    fn next(&mut self) -> Result<&'t str, FormatError> {
        match self.all.next() {
            Some((_, line)) => Ok(line),
            None => Err(self.cut("lines are missing at the end")),
        }
    }

    fn cut(&self, why: &str) -> FormatError {
        FormatError::Truncated { name: self.name.to_owned(), why: why.to_owned() }
    }

    fn field(&mut self, key: &str) -> Result<&'t str, FormatError> {
        let line = self.next()?;
        let value = line.strip_prefix(key).map(str::trim_start);
        value.ok_or_else(|| FormatError::Malformed {
            name: self.name.to_owned(),
            why: format!("`{key}` is expected, not `{}`", line.chars().take(40).collect::<String>()),
        })
    }

    fn count(&mut self, key: &str) -> Result<usize, FormatError> {
        let value = self.field(key)?;
        value.parse().map_err(|_| FormatError::Malformed {
            name: self.name.to_owned(),
            why: format!("`{key}` has no number"),
        })
    }

    /// Reads as many entries as announced; folder lines do not count.
    fn entries(&mut self, key: &str, mut take: impl FnMut(&str, &'t str)) -> Result<(), FormatError> {
        let mut folder = "";
        let mut left = self.count(key)?;
        while left > 0 {
            let line = self.next()?;
            match line.strip_prefix('>') {
                Some(entered) => folder = entered,
                None => {
                    take(folder, line);
                    left -= 1;
                }
            }
        }
        Ok(())
    }
}
