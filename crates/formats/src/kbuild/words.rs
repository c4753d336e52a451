//! Words under conditions: what a make variable is worth when options are not known yet.

use super::condition::{Condition, Conditions};

/// Stands at the start of the tree's root in a word (`$(srctree)`).
pub const ROOT: char = '\u{2}';

/// Stands for a part of a word that cannot be known (`$(BOARD)`): it is matched against the files there are.
pub const WILD: char = '\u{1}';

/// More alternatives than this in one word are not followed.
const ALTERNATIVES: usize = 256;

/// One word and when it is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// When.
    pub when: Condition,
    /// What.
    pub text: String,
}

impl Word {
    /// A word under a condition.
    pub fn new(when: Condition, text: impl Into<String>) -> Word {
        Word { when, text: text.into() }
    }
}

/// A list of words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// The words in order.
    pub list: Vec<Word>,
    /// Parts of it could not be known: absence from the list proves nothing.
    pub is_guess: bool,
    /// The words exclude each other: one word with alternatives.
    pub is_choice: bool,
}

impl Words {
    /// One word that is always there.
    pub fn literal(text: impl Into<String>) -> Words {
        Words { list: vec![Word::new(Condition::YES, text)], ..Words::default() }
    }

    /// Something that cannot be known.
    pub fn unknown() -> Words {
        Words { is_guess: true, ..Words::default() }
    }

    /// Always the same text: all words are always there.
    pub fn constant(&self) -> Option<String> {
        let is_constant = !self.is_guess && self.list.iter().all(|word| word.when == Condition::YES);
        is_constant.then(|| self.list.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" "))
    }

    /// Changes each word's text; `None` drops the word.
    pub fn map(mut self, mut change: impl FnMut(&str) -> Option<String>) -> Words {
        let words = std::mem::take(&mut self.list).into_iter();
        let list =
            words.filter_map(|word| change(&word.text).map(|text| Word { when: word.when, text })).collect();
        Words { list, ..self }
    }

    /// All words under a further condition.
    pub fn under(mut self, when: Condition, conditions: &mut Conditions) -> Words {
        if when != Condition::YES {
            for word in &mut self.list {
                word.when = conditions.and(word.when, when);
            }
            self.list.retain(|word| word.when != Condition::NO);
        }
        self
    }

    /// When any word with text is there.
    pub fn is_there(&self, conditions: &mut Conditions) -> Condition {
        let mut when = Condition::NO;
        for word in self.list.iter().filter(|word| !word.text.is_empty()) {
            when = conditions.or(when, word.when);
        }
        when
    }

    /// Both lists one after the other.
    pub fn joined(mut self, other: Words) -> Words {
        if self.list.is_empty() && !self.is_guess {
            return other;
        }
        self.is_choice &= other.list.is_empty();
        self.list.extend(other.list);
        self.is_guess |= other.is_guess;
        self
    }
}

/// A word in the making: its alternatives so far.
#[derive(Clone, Debug)]
pub struct Growing {
    alternatives: Vec<Word>,
    is_guess: bool,
    is_started: bool,
}

impl Default for Growing {
    fn default() -> Growing {
        Growing { alternatives: vec![Word::new(Condition::YES, "")], is_guess: false, is_started: false }
    }
}

impl Growing {
    /// True when nothing was added yet.
    pub fn is_empty(&self) -> bool {
        !self.is_started
    }

    /// Adds a literal text.
    pub fn push(&mut self, text: &str) {
        self.is_started = true;
        for word in &mut self.alternatives {
            word.text.push_str(text);
        }
    }

    /// Adds one of several texts; with none of them holding, nothing is added.
    pub fn push_words(&mut self, words: &Words, conditions: &mut Conditions) {
        self.is_started = true;
        self.is_guess |= words.is_guess;
        let mut options = words.list.clone();
        let there = {
            let mut when = Condition::NO;
            for word in &words.list {
                when = conditions.or(when, word.when);
            }
            when
        };
        let absent = conditions.not(there);
        if absent != Condition::NO {
            options.push(Word::new(absent, if words.is_guess { WILD.to_string() } else { String::new() }));
        }
        let mut grown = Vec::new();
        for word in &self.alternatives {
            for option in &options {
                let when = conditions.and(word.when, option.when);
                if when != Condition::NO && grown.len() < ALTERNATIVES {
                    grown.push(Word::new(when, format!("{}{}", word.text, option.text)));
                }
            }
        }
        self.alternatives = grown;
    }

    /// The finished word: alternatives with the same text become one.
    pub fn finish(self, conditions: &mut Conditions) -> Words {
        let mut list: Vec<Word> = Vec::new();
        for word in self.alternatives.into_iter().filter(|word| !word.text.is_empty()) {
            match list.iter_mut().find(|known| known.text == word.text) {
                Some(known) => known.when = conditions.or(known.when, word.when),
                None => list.push(word),
            }
        }
        Words { is_choice: list.len() > 1, list, is_guess: self.is_guess }
    }
}

/// Matches a text against a pattern with one `%`; returns what `%` stands for.
pub fn stem_of<'t>(pattern: &str, text: &'t str) -> Option<&'t str> {
    let (start, end) = pattern.split_once('%')?;
    text.strip_prefix(start)?.strip_suffix(end)
}

/// As make's `patsubst` for one word.
pub fn substituted(pattern: &str, replacement: &str, text: &str) -> String {
    match stem_of(pattern, text) {
        Some(stem) => replacement.replacen('%', stem, 1),
        None if !pattern.contains('%') && pattern == text => replacement.to_owned(),
        None => text.to_owned(),
    }
}

/// True when one of make's `filter` patterns matches.
pub fn matches(patterns: &str, text: &str) -> bool {
    patterns.split_whitespace().any(|pattern| pattern == text || stem_of(pattern, text).is_some())
}
