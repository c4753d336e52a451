//! What a patch says of itself, by file name and header (matching.md 7.1): ids, its role in a set, what it
//! claims, and the commits it comes from.
//!
//! A claim is not a proof: what follows from it is the judge's business (`patches`).

use super::patch_headers::Header;

/// The role of a patch in the set of patches of one id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The fix.
    Single,
    /// A numbered part of the fix.
    Part(u32),
    /// Needed by the fix.
    Prerequisite,
    /// Mends what the fix broke.
    Regression,
    /// Comes after the fix.
    Followup,
    /// Tests only.
    Test,
    /// Takes a fix back.
    Revert,
    /// Names no id.
    None,
}

impl Role {
    /// The word used in tables (`part:2`).
    pub fn word(self) -> String {
        match self {
            Role::Single => "single".to_owned(),
            Role::Part(number) => format!("part:{number}"),
            Role::Prerequisite => "prerequisite".to_owned(),
            Role::Regression => "regression".to_owned(),
            Role::Followup => "followup".to_owned(),
            Role::Test => "test".to_owned(),
            Role::Revert => "revert".to_owned(),
            Role::None => "none".to_owned(),
        }
    }
}

/// What a patch says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatchReading {
    /// Ids it claims to fix, `CVE-2024-1234` or `GHSA-m538-c5qw-3cg4`, name before header.
    pub ids: Vec<String>,
    /// Ids it only mentions: shown, never used.
    pub hints: Vec<String>,
    /// Its role.
    pub role: Role,
    /// How many parts the set has, when the name tells (`1of3`).
    pub parts: Option<u32>,
    /// Commits it says it comes from, lower-case hex, at least 12 digits.
    pub commits: Vec<String>,
    /// Ids and commits whose fix it takes back.
    pub reverts: Vec<String>,
    /// Only its name is known (compressed or remote).
    pub content_unread: bool,
    /// The name proves little: see [`DOUBTFUL`].
    pub doubtful: bool,
}

/// Vulnerabilities that *are* a wrong or incomplete back-port of a fix: a patch of that name may be the flaw itself.
pub const DOUBTFUL: &[&str] = &[
    // Incomplete back-port of the fix of CVE-2015-1805 (pipe).
    "CVE-2016-0774",
    // Wrong back-port of the fix of CVE-2016-9178 (__get_user_asm_ex).
    "CVE-2016-9644",
    // Wrong back-port of a tcp_output change to the long-term kernels.
    "CVE-2019-15239",
];

impl PatchReading {
    /// The effect in the words of our case table: what the patch alone may be used for.
    pub fn effect(&self) -> &'static str {
        match self.role {
            Role::Revert => "cancels",
            Role::None if !self.commits.is_empty() => "by_commit",
            Role::None => "hint_only",
            Role::Test => "no_fix",
            Role::Prerequisite | Role::Regression | Role::Followup => "no_fix_alone",
            Role::Part(0 | 1) if self.content_unread => "claims_fix_if_set_complete_content_unread",
            Role::Part(0 | 1) => "claims_fix_if_set_complete",
            Role::Part(_) => "incomplete_if_alone",
            Role::Single if self.doubtful => "claims_fix_unverified",
            Role::Single if self.content_unread => "claims_fix_content_unread",
            Role::Single => "claims_fix",
        }
    }
}

/// Reads a patch's name and the lines before its first diff.
pub fn read(file: &str, header: &str) -> PatchReading {
    let name = Name::of(file);
    let found = ids_in(name.stem);
    let mut ids: Vec<String> = found.iter().map(|id| id.id.clone()).collect();
    let header = Header::of(header);
    ids.extend(header.ids.iter().filter(|id| !ids.contains(id)).cloned().collect::<Vec<_>>());
    let (named_role, parts) = match (found.first(), found.last()) {
        (Some(first), Some(last)) => {
            let before = name.stem.get(..first.start).unwrap_or_default();
            role_of(before, name.stem.get(last.end..).unwrap_or_default())
        }
        _ => (role_before(&words(name.stem)), None),
    };
    let role = match named_role {
        _ if header.is_revert || named_role == Role::Revert => Role::Revert,
        _ if ids.is_empty() => Role::None,
        _ if header.touches_tests_only => Role::Test,
        role => role,
    };
    let mut hints = header.hints;
    hints.retain(|id| !ids.contains(id));
    let (ids, reverts) = if role == Role::Revert {
        let mut reverts = ids;
        reverts.extend(hints.iter().cloned());
        reverts.extend(header.reverted);
        (Vec::new(), reverts)
    } else {
        (ids, Vec::new())
    };
    PatchReading {
        doubtful: ids.iter().any(|id| DOUBTFUL.contains(&id.as_str())),
        content_unread: name.is_unread && header.is_empty,
        commits: if role == Role::Revert { Vec::new() } else { header.commits },
        ids,
        hints,
        role,
        parts,
        reverts,
    }
}

struct Name<'a> {
    /// Without folders, address and extensions.
    stem: &'a str,
    /// Compressed or remote.
    is_unread: bool,
}

impl Name<'_> {
    fn of(file: &str) -> Name<'_> {
        let is_remote = file.contains("://");
        // Yocto's SRC_URI parameters, addresses' queries.
        let file = file.split([';', '?', '#']).next().unwrap_or(file).trim_end_matches('/');
        let mut stem = file.rsplit(['/', '\\']).next().unwrap_or(file);
        let mut is_compressed = false;
        for extension in [".gz", ".xz", ".bz2", ".zst", ".lzma", ".Z", ".zip"] {
            if let Some(shorter) = stem.strip_suffix(extension) {
                (stem, is_compressed) = (shorter, true);
            }
        }
        for extension in [".txt", ".patch", ".diff", ".mbox", ".dpatch", ".eml"] {
            stem = strip_suffix_ignore_case(stem, extension);
        }
        Name { stem, is_unread: is_remote || is_compressed }
    }
}

fn strip_suffix_ignore_case<'a>(text: &'a str, suffix: &str) -> &'a str {
    let Some(cut) = text.len().checked_sub(suffix.len()) else { return text };
    match text.split_at_checked(cut) {
        Some((start, end)) if end.eq_ignore_ascii_case(suffix) && !start.is_empty() => start,
        _ => text,
    }
}

/// An id found in a text.
pub(super) struct FoundId {
    pub(super) id: String,
    start: usize,
    end: usize,
}

/// Every CVE, GHSA and OSV id of a text, any case, separators `-` or `_`. `cve20230001` is none.
pub(super) fn ids_in(text: &str) -> Vec<FoundId> {
    let mut found: Vec<FoundId> = Vec::new();
    let mut start = 0;
    while start < text.len() {
        match id_at(text, start) {
            Some((id, end)) => {
                if !found.iter().any(|known| known.id == id) {
                    found.push(FoundId { id, start, end });
                } else if let Some(last) = found.last_mut() {
                    last.end = end;
                }
                start = end;
            }
            None => start += text.get(start..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8),
        }
    }
    found
}

fn id_at(text: &str, start: usize) -> Option<(String, usize)> {
    let is_inside_word = text.get(..start)?.ends_with(|c: char| c.is_ascii_alphanumeric());
    if is_inside_word {
        return None;
    }
    let rest = text.get(start..)?;
    numbered_id(rest, "CVE")
        .or_else(|| numbered_id(rest, "OSV"))
        .or_else(|| ghsa_id(rest))
        .map(|(id, n)| (id, start + n))
}

/// `CVE-2024-1234`: a year and at least four digits (OSV: at least one).
fn numbered_id(text: &str, prefix: &str) -> Option<(String, usize)> {
    let rest = text
        .get(..prefix.len())
        .filter(|start| start.eq_ignore_ascii_case(prefix))
        .and(text.get(prefix.len()..))?;
    let rest = rest.strip_prefix(['-', '_'])?;
    let year = rest.get(..4).filter(|year| year.bytes().all(|b| b.is_ascii_digit()))?;
    if !(year.starts_with("19") || year.starts_with("20")) {
        return None;
    }
    let rest = rest.get(4..)?.strip_prefix(['-', '_'])?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let least = if prefix == "CVE" { 4 } else { 1 };
    let number = rest.get(..digits).filter(|_| (least..=8).contains(&digits))?;
    Some((format!("{prefix}-{year}-{number}"), prefix.len() + 6 + digits))
}

fn ghsa_id(text: &str) -> Option<(String, usize)> {
    const GROUP: &str = "23456789cfghjmpqrvwx";
    let start = text.get(..4).filter(|start| start.eq_ignore_ascii_case("ghsa"))?;
    let mut id = start.to_ascii_uppercase();
    let mut end = 4;
    for _ in 0..3 {
        text.get(end..end + 1).filter(|separator| matches!(*separator, "-" | "_"))?;
        let group = text.get(end + 1..end + 5)?.to_ascii_lowercase();
        if !group.chars().all(|c| GROUP.contains(c)) {
            return None;
        }
        id.push('-');
        id.push_str(&group);
        end += 5;
    }
    let ends_word = !text.get(end..)?.starts_with(|c: char| c.is_ascii_alphanumeric());
    ends_word.then_some((id, end))
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(['-', '_', ' ', '.']).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect()
}

/// The role by the words before the first and after the last id of a name.
fn role_of(before: &str, after: &str) -> (Role, Option<u32>) {
    let early = role_before(&words(before));
    if early != Role::Single {
        return (early, None);
    }
    if let Some((number, total)) = part(after) {
        return (Role::Part(number), total);
    }
    (role_after(&words(after)), None)
}

/// `-0001`, `_p1`, `.1`, `-part2`, `-1of3`: the part number is the first thing after the id. `-2.4.49` is a
/// version and `-bug-15874` a bug number.
fn part(after: &str) -> Option<(u32, Option<u32>)> {
    let after = after.strip_prefix(['-', '_', '.', ' '])?;
    let end = after.find(['-', '_', ' ']).unwrap_or(after.len());
    let (first, mut rest) = (after.get(..end)?.to_ascii_lowercase(), after.get(end..)?);
    let mut word = first.as_str();
    for prefix in ["part", "patch", "pt", "p"] {
        let Some(number) = word.strip_prefix(prefix) else { continue };
        if number.is_empty() {
            // `part-2`, `part_2`
            rest = rest.get(1..)?;
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            return Some((part_number(rest.get(..digits)?)?, None));
        }
        word = number;
        break;
    }
    if let Some((number, total)) = word.split_once("of") {
        return Some((part_number(number)?, Some(part_number(total)?)));
    }
    let number = part_number(word)?;
    let total = rest.strip_prefix("-of-").or_else(|| rest.strip_prefix("_of_"));
    Some((number, total.and_then(part_number)))
}

fn part_number(text: &str) -> Option<u32> {
    let is_number = !text.is_empty() && text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|number| is_number && *number < 200)
}

const TEST_WORDS: &[&str] = &[
    "test",
    "tests",
    "testcase",
    "testcases",
    "testsuite",
    "unittest",
    "unittests",
    "selftest",
    "selftests",
];
const TEST_FILLERS: &[&str] = &[
    "add",
    "adds",
    "added",
    "adding",
    "update",
    "updates",
    "fix",
    "fixes",
    "unit",
    "case",
    "cases",
    "new",
    "for",
    "the",
    "a",
    "of",
    "to",
    "regression",
    "also",
    "more",
    "extra",
    "only",
    "data",
    "and",
];

fn is_test(words: &[String]) -> bool {
    words.iter().any(|word| TEST_WORDS.contains(&word.as_str()))
        && words.iter().all(|word| {
            TEST_WORDS.contains(&word.as_str())
                || TEST_FILLERS.contains(&word.as_str())
                || part_number(word).is_some()
        })
}

fn role_after(words: &[String]) -> Role {
    let Some(first) = words.first() else { return Role::Single };
    let has =
        |start: &str| words.iter().any(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()) == start);
    let first = first.trim_end_matches(|c: char| c.is_ascii_digit());
    match first {
        _ if is_test(words) => Role::Test,
        "pre" | "prep" | "prereq" | "prerequisite" | "prerequisites" | "dependent" | "dependency"
        | "dependencies" | "depends" | "dep" | "deps" | "preparation" | "prepatch" => Role::Prerequisite,
        "revert" | "reverts" | "reverted" => Role::Revert,
        _ if has("regression") || has("regressions") => Role::Regression,
        "followup" | "followups" | "fixup" | "fixups" | "addendum" => Role::Followup,
        "follow" if words.get(1).is_some_and(|word| word.starts_with("up")) => Role::Followup,
        _ => Role::Single,
    }
}

/// Words before an id; a leading series number (`0012-`) says nothing. The name of a patch is made of its
/// subject line, so a first word `testsuite` is the subject's prefix `testsuite:`.
fn role_before(words: &[String]) -> Role {
    let skip = usize::from(words.first().is_some_and(|word| word.bytes().all(|b| b.is_ascii_digit())));
    let words = words.get(skip..).unwrap_or_default();
    let Some(first) = words.first() else { return Role::Single };
    let has = |word: &str| words.iter().any(|known| known == word);
    match first.as_str() {
        "revert" | "reverts" => Role::Revert,
        word if TEST_WORDS.contains(&word) => Role::Test,
        _ if is_test(words) => Role::Test,
        "pre" | "prereq" | "prerequisite" => Role::Prerequisite,
        "followup" => Role::Followup,
        "follow" if words.get(1).is_some_and(|word| word == "up") => Role::Followup,
        _ if has("regression") || has("regressions") => Role::Regression,
        _ => Role::Single,
    }
}
