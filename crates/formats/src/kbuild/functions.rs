//! The functions of make that lists of objects are made with. What runs a program cannot be known.

use super::condition::{Condition, Conditions};
use super::expand::{For, Scope, Variable, arguments};
use super::words::{Word, Words, matches, substituted};

/// Splits `name arguments` when the name is a function's.
pub fn call_of(inner: &str) -> Option<(&str, &str)> {
    let (name, rest) = inner.split_once([' ', '\t'])?;
    FUNCTIONS.contains(&name).then_some((name, rest.trim_start()))
}

const FUNCTIONS: &[&str] = &[
    "subst",
    "patsubst",
    "strip",
    "findstring",
    "filter",
    "filter-out",
    "sort",
    "word",
    "wordlist",
    "words",
    "firstword",
    "lastword",
    "dir",
    "notdir",
    "suffix",
    "basename",
    "addsuffix",
    "addprefix",
    "join",
    "wildcard",
    "realpath",
    "abspath",
    "if",
    "or",
    "and",
    "foreach",
    "call",
    "value",
    "shell",
    "error",
    "warning",
    "info",
    "origin",
    "flavor",
    "eval",
    "file",
    "intcmp",
    "let",
];

/// The value of a call.
pub fn value(
    scope: &Scope<'_>,
    name: &str,
    text: &str,
    purpose: For,
    conditions: &mut Conditions,
    depth: usize,
) -> Words {
    let most = match name {
        "subst" | "patsubst" | "if" | "foreach" | "wordlist" => 3,
        "findstring" | "filter" | "filter-out" | "addsuffix" | "addprefix" | "join" | "word" => 2,
        "or" | "and" | "call" => usize::MAX,
        _ => 1,
    };
    let parts = arguments(text, most);
    let mut call = Call { scope, parts, purpose, conditions, depth };
    match name {
        "subst" | "patsubst" | "filter" | "filter-out" | "addprefix" | "addsuffix" => call.edited(name),
        "strip" | "sort" | "realpath" | "abspath" => call.words(0),
        "dir" | "notdir" | "basename" | "suffix" => call.path(name),
        "findstring" => call.findstring(),
        "firstword" | "lastword" | "word" | "wordlist" => call.one_of(),
        "if" => call.if_then(),
        "or" => call.or(),
        "and" => call.and(),
        "foreach" => call.foreach(),
        "call" => call.call(),
        "wildcard" => call.wildcard(),
        "error" | "warning" | "info" | "eval" => Words::default(),
        _ => Words::unknown(),
    }
}

struct Call<'c, 't> {
    scope: &'c Scope<'t>,
    parts: Vec<&'c str>,
    purpose: For,
    conditions: &'c mut Conditions,
    depth: usize,
}

impl<'c, 't> Call<'c, 't> {
    fn part(&self, number: usize) -> &'c str {
        self.parts.get(number).copied().unwrap_or_default()
    }

    fn words(&mut self, number: usize) -> Words {
        let text = self.parts.get(number).copied().unwrap_or_default();
        self.scope.expand_deep(text, self.purpose, self.conditions, self.depth + 1)
    }

    /// An argument that must be one known text.
    fn constant(&mut self, number: usize) -> Option<String> {
        if !self.part(number).contains('$') {
            return Some(self.part(number).trim().to_owned());
        }
        self.words(number).constant()
    }

    /// Functions that change or drop each word by itself.
    fn edited(&mut self, name: &str) -> Words {
        let Some(first) = self.constant(0) else { return self.by_alternatives(name) };
        let is_three = matches!(name, "subst" | "patsubst");
        let second = if is_three { self.constant(1) } else { Some(String::new()) };
        let Some(second) = second else { return self.replaced(name, &first) };
        let words = self.words(if is_three { 2 } else { 1 });
        edit(name, &first, &second, words)
    }

    /// `$(addprefix $(dir-$(CONFIG_X)), …)`: the first argument has alternatives.
    fn by_alternatives(&mut self, name: &str) -> Words {
        if !matches!(name, "addprefix" | "addsuffix") {
            return Words::unknown();
        }
        let firsts = self.words(0);
        let words = self.words(1);
        let mut all = Words { is_guess: firsts.is_guess, ..Words::default() };
        for first in firsts.list.iter().take(16) {
            let edited = edit(name, &first.text, "", words.clone());
            all = all.joined(edited.under(first.when, self.conditions));
        }
        all
    }

    /// `$(subst y,$(CONFIG_A),$(CONFIG_B))`: what is put in has alternatives.
    fn replaced(&mut self, name: &str, first: &str) -> Words {
        let seconds = self.words(1);
        let words = self.words(2);
        let mut all = Words { is_guess: seconds.is_guess || words.is_guess, ..Words::default() };
        let absent = {
            let there = seconds.is_there(self.conditions);
            self.conditions.not(there)
        };
        let none = Word::new(absent, "");
        for word in words.list.into_iter().take(64) {
            let changed = |second: &str| match name {
                "subst" => word.text.replace(first, second),
                _ => substituted(first, second, &word.text),
            };
            if changed("\u{3}") == word.text {
                all.list.push(word);
                continue;
            }
            for second in seconds.list.iter().chain([&none]).take(16) {
                let when = self.conditions.and(word.when, second.when);
                let text = changed(&second.text);
                if when != Condition::NO && !text.is_empty() {
                    all.list.push(Word::new(when, text));
                }
            }
        }
        all
    }

    fn path(&mut self, name: &str) -> Words {
        let name = name.to_owned();
        self.words(0).map(|word| {
            let split = word.rfind('/').map_or(0, |at| at + 1);
            let (folder, file) = word.split_at_checked(split)?;
            match name.as_str() {
                "dir" => Some(if folder.is_empty() { "./".to_owned() } else { folder.to_owned() }),
                "notdir" => Some(file.to_owned()),
                "suffix" => file.rfind('.').and_then(|at| file.get(at..)).map(str::to_owned),
                _ => Some(format!("{folder}{}", file.rsplit_once('.').map_or(file, |(stem, _)| stem))),
            }
        })
    }

    /// The words that hold a text: found when any of them is there.
    fn findstring(&mut self) -> Words {
        let Some(wanted) = self.constant(0) else { return Words::unknown() };
        let words = self.words(1);
        let is_guess = words.is_guess;
        let mut when = Condition::NO;
        for word in words.list.iter().filter(|word| word.text.contains(&wanted)) {
            when = self.conditions.or(when, word.when);
        }
        let list = if when == Condition::NO { Vec::new() } else { vec![Word::new(when, wanted)] };
        Words { list, is_guess, is_choice: false }
    }

    /// One word of several: known only when there is but one.
    fn one_of(&mut self) -> Words {
        let last = self.parts.len().saturating_sub(1);
        let words = self.words(last);
        if words.list.len() <= 1 { words } else { Words { is_guess: true, ..words } }
    }

    fn if_then(&mut self) -> Words {
        let asked = self.scope.expand_deep(self.part(0), For::Test, self.conditions, self.depth + 1);
        let (then, otherwise) = (self.words(1), self.words(2));
        if asked.is_guess {
            return Words { is_guess: true, ..then.joined(otherwise) };
        }
        let when = asked.is_there(self.conditions);
        let unless = self.conditions.not(when);
        then.under(when, self.conditions).joined(otherwise.under(unless, self.conditions))
    }

    /// The first argument that is there.
    fn or(&mut self) -> Words {
        let mut all = Words::default();
        let mut none_before = Condition::YES;
        for number in 0..self.parts.len() {
            let words = self.words(number);
            let there = words.is_there(self.conditions);
            all = all.joined(words.under(none_before, self.conditions));
            let absent = self.conditions.not(there);
            none_before = self.conditions.and(none_before, absent);
        }
        all
    }

    /// The last argument when all are there.
    fn and(&mut self) -> Words {
        let mut when = Condition::YES;
        let mut last = Words::default();
        let mut is_guess = false;
        for number in 0..self.parts.len() {
            last = self.words(number);
            is_guess |= last.is_guess;
            let there = last.is_there(self.conditions);
            when = self.conditions.and(when, there);
        }
        let mut last = last.under(when, self.conditions);
        last.is_guess |= is_guess;
        last
    }

    fn foreach(&mut self) -> Words {
        let Some(name) = self.constant(0) else { return Words::unknown() };
        let list = self.words(1);
        let mut all = Words { is_guess: list.is_guess, ..Words::default() };
        for word in list.list.iter().take(512) {
            let inner = self.with(&[(name.clone(), word.text.clone())]);
            let value = inner.expand_deep(self.part(2), self.purpose, self.conditions, self.depth + 2);
            all = all.joined(value.under(word.when, self.conditions));
        }
        all
    }

    /// A function of the make file itself: its text with `$(1)`, `$(2)` filled in.
    fn call(&mut self) -> Words {
        let name = self.part(0).trim().to_owned();
        let Some(variable) = self.scope.variables.get(&name).filter(|variable| variable.is_later) else {
            return Words::unknown();
        };
        let parts: Vec<(String, String)> = self
            .parts
            .iter()
            .enumerate()
            .skip(1)
            .map(|(number, part)| (number.to_string(), part.trim().to_owned()))
            .collect();
        let inner = self.with(&parts);
        let mut all = Words::default();
        for piece in &variable.pieces {
            let value = inner.expand_deep(&piece.text, self.purpose, self.conditions, self.depth + 4);
            all = all.joined(value.under(piece.when, self.conditions));
        }
        all
    }

    fn with(&self, values: &[(String, String)]) -> Scope<'t> {
        let mut variables = self.scope.variables.clone();
        for (name, value) in values {
            let pieces = vec![Word::new(Condition::YES, value.clone())];
            variables.insert(name.clone(), Variable { pieces, is_later: true, is_guess: false });
        }
        Scope {
            tree: self.scope.tree,
            folder: self.scope.folder.clone(),
            arch: self.scope.arch.clone(),
            settled: self.scope.settled.clone(),
            variables,
        }
    }

    fn wildcard(&mut self) -> Words {
        let patterns = self.words(0);
        let mut all = Words { is_guess: patterns.is_guess, ..Words::default() };
        for pattern in patterns.list {
            let files = self.scope.tree.matching(&pattern.text, &self.scope.folder);
            all.list.extend(files.into_iter().map(|file| Word::new(pattern.when, file)));
        }
        all
    }
}

fn edit(name: &str, first: &str, second: &str, words: Words) -> Words {
    words.map(|word| match name {
        "subst" if !first.is_empty() => Some(word.replace(first, second)).filter(|text| !text.is_empty()),
        "patsubst" => Some(substituted(first, second, word)).filter(|text| !text.is_empty()),
        "filter" => matches(first, word).then(|| word.to_owned()),
        "filter-out" => (!matches(first, word)).then(|| word.to_owned()),
        "addprefix" => Some(format!("{first}{word}")),
        "addsuffix" => Some(format!("{word}{first}")),
        _ => Some(word.to_owned()),
    })
}
