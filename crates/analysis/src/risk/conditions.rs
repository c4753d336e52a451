//! The vocabulary of circumstances, and the questions that a description raises (assessment.md 1.1.4, 2.1).
//!
//! What a description says about circumstances is never a fact: it becomes a question that a person answers in the
//! profile or in our tables.

use std::sync::LazyLock;

use model::identity::name::same_name;

/// A circumstance that profiles can state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its name in a profile.
    pub name: &'static str,
    /// The question that a profile answers.
    pub question: &'static str,
    /// Components of which it is asked.
    pub components: Vec<&'static str>,
    /// Words in a description that speak of it, lower case.
    pub cues: Vec<String>,
}

/// The vocabulary, as a table with header: name, question, components, cues.
pub const TABLE: &str = include_str!("tables/conditions.csv");

static VOCABULARY: LazyLock<Vec<Known>> = LazyLock::new(|| TABLE.lines().skip(1).filter_map(row).collect());

fn row(line: &'static str) -> Option<Known> {
    let [name, question, components, cues] = *line.split(',').map(str::trim).collect::<Vec<_>>() else {
        return None;
    };
    Some(Known {
        name,
        question,
        components: components.split_ascii_whitespace().collect(),
        cues: cues.split('|').map(|cue| cue.trim().to_lowercase()).filter(|cue| !cue.is_empty()).collect(),
    })
}

/// All that is known, in the order of the table.
pub fn vocabulary() -> &'static [Known] {
    &VOCABULARY
}

/// The circumstance of a name.
pub fn known(name: &str) -> Option<&'static Known> {
    VOCABULARY.iter().find(|known| known.name == name)
}

/// True for a name that some vulnerability may ask for: of the vocabulary, of the platform, or the maker's own.
pub fn is_name(name: &str) -> bool {
    known(name).is_some() || ["x_", "bits_", "arch_"].iter().any(|prefix| name.starts_with(prefix))
}

/// A question that a description raises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The circumstance it seems to be about; `None` where the vocabulary has none.
    pub condition: Option<&'static Known>,
    /// The sentence that raises it.
    pub quote: String,
}

/// Words that say a flaw needs more than the component being there.
const HINTS: [&str; 22] = [
    "non-default",
    "nondefault",
    "not enabled by default",
    "not the default",
    "disabled by default",
    "only if ",
    "only when ",
    "only affects ",
    "when configured",
    "if configured",
    "is configured to",
    "are configured to",
    "configured with",
    "if the application",
    "applications that",
    "when used with",
    "when using",
    "is enabled",
    "are enabled",
    "is being used",
    "must be enabled",
    "requires that",
];

/// Most letters of a sentence that are quoted.
const QUOTED: usize = 240;

/// The question that a description raises about a component; the first sentence that gives one, those that the
/// vocabulary knows before others. `asked` are circumstances that are required anyway.
pub fn proposal(description: &str, component: &str, asked: &[String]) -> Option<Proposal> {
    let mut first: Option<Proposal> = None;
    for sentence in sentences(description) {
        let lower = sentence.to_lowercase();
        if !HINTS.iter().any(|hint| lower.contains(hint)) {
            continue;
        }
        let fits = |known: &&Known| {
            let of_component = known.components.iter().any(|name| is_of(component, name));
            of_component && known.cues.iter().any(|cue| has_word(&lower, cue))
        };
        let condition = VOCABULARY.iter().find(fits);
        if condition.is_some_and(|known| asked.iter().any(|name| name == known.name)) {
            return None;
        }
        let proposal = Proposal { condition, quote: quoted(sentence) };
        if condition.is_some() {
            return Some(proposal);
        }
        first.get_or_insert(proposal);
    }
    first
}

/// The component or a package of it: `linux-yocto` is of `linux`, `libcurl` of `curl`.
fn is_of(component: &str, name: &str) -> bool {
    let component = component.to_lowercase();
    same_name(&component, name)
        || component.split(['-', '_', '.']).any(|part| part == name)
        || component.strip_prefix("lib").is_some_and(|rest| rest.starts_with(name))
}

/// A cue as a word of its own: `psk` is not in `upskill`.
fn has_word(text: &str, cue: &str) -> bool {
    let is_letter = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    text.match_indices(cue).any(|(at, _)| {
        let (before, behind) = (text.get(..at), text.get(at + cue.len()..));
        !is_letter(before.and_then(|before| before.chars().next_back()))
            && !is_letter(behind.and_then(|behind| behind.chars().next()))
    })
}

/// A text in sentences. An abbreviation may cut one short, which costs nothing but words around the quote.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(['.', '\n', ';'])
        .scan((text, 0usize), |(whole, start), piece| {
            // `1.2.3` and `e.g.` end no sentence: one ends before a blank or the end.
            let end = *start + piece.len();
            *start = end;
            Some((whole.get(end..).and_then(|rest| rest.chars().next()), end, *whole))
        })
        .filter(|(next, _, _)| next.is_none_or(char::is_whitespace))
        .scan(0usize, |start, (_, end, whole)| {
            let sentence = whole.get(*start..end).unwrap_or_default().trim();
            *start = end;
            Some(sentence)
        })
        .filter(|sentence| !sentence.is_empty())
}

fn quoted(sentence: &str) -> String {
    let words: Vec<&str> = sentence.split_whitespace().collect();
    let text = words.join(" ");
    match text.char_indices().nth(QUOTED) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text,
    }
}
