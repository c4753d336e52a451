//! Expansion of make's references when the options are not known: each answer is a list of words under
//! conditions.

use rustc_hash::FxHashMap;

use super::condition::{Condition, Conditions};
use super::functions;
use super::makefile::{Operator, matching_close, top_level_comma};
use super::tree::Tree;
use super::words::{Growing, ROOT, WILD, Word, Words};

/// References within references.
const DEPTH: usize = 24;

/// What an expansion is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum For {
    /// Words of a list.
    List,
    /// The name of a variable, or a side of a comparison: each value of an option matters.
    Test,
}

/// A variable: pieces of its value, each with the condition of its assignment.
#[derive(Clone, Debug, Default)]
pub struct Variable {
    /// The pieces: whole texts when `is_later`, else single words.
    pub pieces: Vec<Word>,
    /// Expanded when used.
    pub is_later: bool,
    /// Parts could not be known.
    pub is_guess: bool,
}

/// Everything an expansion may look at.
pub struct Scope<'t> {
    /// The files there are.
    pub tree: &'t Tree,
    /// The folder of the make file, without closing `/`; empty for the root.
    pub folder: String,
    /// The architecture folder it belongs to, or empty.
    pub arch: String,
    /// Options whose value is settled for this pass (`SPL_BUILD`).
    pub settled: FxHashMap<String, String>,
    /// Variables.
    pub variables: FxHashMap<String, Variable>,
}

impl Scope<'_> {
    /// Expands a text.
    pub fn expand(&self, text: &str, purpose: For, conditions: &mut Conditions) -> Words {
        self.expand_deep(text, purpose, conditions, 0)
    }

    pub(super) fn expand_deep(
        &self,
        text: &str,
        purpose: For,
        conditions: &mut Conditions,
        depth: usize,
    ) -> Words {
        let mut words = Words::default();
        if depth > DEPTH {
            return Words::unknown();
        }
        if !text.contains('$') {
            words.list.extend(text.split_whitespace().map(|word| Word::new(Condition::YES, word)));
            return words;
        }
        let mut growing = Growing::default();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if c.is_whitespace() {
                let done = std::mem::take(&mut growing);
                if !done.is_empty() {
                    words = words.joined(done.finish(conditions));
                }
                rest = rest.trim_start();
                continue;
            }
            if c != '$' {
                let end = rest.find(|c: char| c == '$' || c.is_whitespace()).unwrap_or(rest.len());
                growing.push(rest.get(..end).unwrap_or_default());
                rest = rest.get(end..).unwrap_or_default();
                continue;
            }
            let (inner, after) = reference(rest);
            rest = after;
            let stands_alone = growing.is_empty() && rest.chars().next().is_none_or(char::is_whitespace);
            let value = match inner {
                Some(inner) => self.value(inner, purpose, stands_alone, conditions, depth + 1),
                None => Words::literal("$"),
            };
            if stands_alone {
                words = words.joined(value);
            } else {
                growing.push_words(&value, conditions);
            }
        }
        if !growing.is_empty() {
            words = words.joined(growing.finish(conditions));
        }
        words
    }

    fn value(
        &self,
        inner: &str,
        purpose: For,
        alone: bool,
        conditions: &mut Conditions,
        depth: usize,
    ) -> Words {
        if let Some((name, arguments)) = functions::call_of(inner) {
            return functions::value(self, name, arguments, purpose, conditions, depth);
        }
        if let Some((name, from, to)) = substitution(inner) {
            let words = self.named(name, purpose, true, conditions, depth);
            let (from, to) = if from.contains('%') {
                (from.to_owned(), to.to_owned())
            } else {
                (format!("%{from}"), format!("%{to}"))
            };
            return words.map(|word| Some(super::words::substituted(&from, &to, word)));
        }
        self.named(inner, purpose, alone, conditions, depth)
    }

    /// The value of a name, which may itself hold references (`CONFIG_$(SPL_)NET`).
    fn named(
        &self,
        name: &str,
        purpose: For,
        alone: bool,
        conditions: &mut Conditions,
        depth: usize,
    ) -> Words {
        if !name.contains('$') {
            return self.plain(name, purpose, alone, conditions, depth);
        }
        let names = self.expand_deep(name, For::Test, conditions, depth + 1);
        let mut words = Words { is_guess: names.is_guess, ..Words::default() };
        for name in names.list.into_iter().take(16) {
            let value = self.plain(&name.text, purpose, alone, conditions, depth);
            words = words.joined(value.under(name.when, conditions));
        }
        words
    }

    fn plain(
        &self,
        name: &str,
        purpose: For,
        alone: bool,
        conditions: &mut Conditions,
        depth: usize,
    ) -> Words {
        if let Some(option) = name.strip_prefix("CONFIG_") {
            return self.option(option, purpose, alone, conditions);
        }
        if let Some(variable) = self.variables.get(name) {
            return self.variable(variable, purpose, conditions, depth);
        }
        match name {
            "obj" | "src" => Words::literal(format!("{ROOT}/{}", self.folder)),
            "srctree" | "objtree" | "abs_srctree" | "abs_objtree" | "TOPDIR" | "SRCTREE" => {
                Words::literal(ROOT.to_string())
            }
            "SRCARCH" if !self.arch.is_empty() => Words::literal(self.arch.clone()),
            "ARCH" | "HEADER_ARCH" if !self.arch.is_empty() && purpose == For::List => {
                Words::literal(self.arch.clone())
            }
            "BITS" => {
                let wide = conditions.is_on("64BIT");
                let narrow = conditions.not(wide);
                Words {
                    list: vec![Word::new(wide, "64"), Word::new(narrow, "32")],
                    is_guess: false,
                    is_choice: true,
                }
            }
            "comma" => Words::literal(","),
            "empty" | "space" => Words::default(),
            _ => Words::unknown(),
        }
    }

    /// `y`, `m` or nothing. Inside of a word of a list an option is a text (`$(CONFIG_SYS_SOC)/`) that cannot
    /// be known.
    fn option(&self, option: &str, purpose: For, alone: bool, conditions: &mut Conditions) -> Words {
        if let Some(value) = self.settled.get(option) {
            return if value == "n" { Words::default() } else { Words::literal(value.clone()) };
        }
        if purpose == For::List && !alone {
            return Words { is_guess: true, ..Words::literal(WILD.to_string()) };
        }
        let (yes, module) = (conditions.is(option, "y"), conditions.is(option, "m"));
        Words { list: vec![Word::new(yes, "y"), Word::new(module, "m")], is_guess: false, is_choice: true }
    }

    fn variable(
        &self,
        variable: &Variable,
        purpose: For,
        conditions: &mut Conditions,
        depth: usize,
    ) -> Words {
        let mut words = Words { is_guess: variable.is_guess, ..Words::default() };
        for piece in &variable.pieces {
            if variable.is_later {
                let value = self.expand_deep(&piece.text, purpose, conditions, depth + 1);
                words = words.joined(value.under(piece.when, conditions));
            } else {
                words.list.push(piece.clone());
            }
        }
        words
    }

    /// The words of a variable; empty when it is not set.
    pub fn words(&self, name: &str, conditions: &mut Conditions) -> Words {
        match self.variables.get(name) {
            Some(variable) => self.variable(variable, For::List, conditions, 0),
            None => Words::default(),
        }
    }

    /// Assigns under a condition; `is_guess` = the condition itself could not be decided.
    pub fn assign(
        &mut self,
        name: &str,
        operator: Operator,
        value: &str,
        when: Condition,
        is_guess: bool,
        conditions: &mut Conditions,
    ) {
        let known = self.variables.get(name);
        let is_later = match operator {
            Operator::Now => false,
            Operator::Later | Operator::IfUnset => true,
            Operator::Add => known.map_or(!is_list(name), |known| known.is_later),
        };
        let mut pieces =
            if is_later { Words::literal(value) } else { self.expand(value, For::List, conditions) };
        pieces = pieces.under(when, conditions);
        let variable = self.variables.entry(name.to_owned()).or_default();
        let was_later = std::mem::replace(&mut variable.is_later, is_later);
        match operator {
            Operator::Add => {}
            Operator::IfUnset if !variable.pieces.is_empty() => {
                variable.is_later = was_later;
                return;
            }
            // Where the branch is only guessed, the old value may be the true one.
            _ if is_guess => {}
            _ if when == Condition::YES => variable.pieces.clear(),
            _ => {
                let otherwise = conditions.not(when);
                for piece in &mut variable.pieces {
                    piece.when = conditions.and(piece.when, otherwise);
                }
                variable.pieces.retain(|piece| piece.when != Condition::NO);
            }
        }
        variable.is_guess |= pieces.is_guess || is_guess;
        variable.pieces.extend(pieces.list);
    }
}

/// Lists that kbuild sets to nothing before it reads a make file: `+=` expands at once.
fn is_list(name: &str) -> bool {
    const LISTS: &[&str] =
        &["obj-", "lib-", "extra-", "always-", "subdir-", "core-", "libs-", "drivers-", "net-", "head-"];
    LISTS.iter().any(|list| name.starts_with(list))
}

/// Splits `$(inner)rest`, `${inner}rest`, `$xrest`, `$$rest`; `None` = a dollar sign.
fn reference(text: &str) -> (Option<&str>, &str) {
    let after = text.get(1..).unwrap_or_default();
    match after.chars().next() {
        Some('(' | '{') => {
            let inner = after.get(1..).unwrap_or_default();
            match matching_close(inner, 0) {
                Some(end) => (inner.get(..end), inner.get(end + 1..).unwrap_or_default()),
                None => (Some(inner), ""),
            }
        }
        Some('$') | None => (None, after.get(1..).unwrap_or_default()),
        Some(c) => {
            after.split_at_checked(c.len_utf8()).map_or((None, after), |(name, rest)| (Some(name), rest))
        }
    }
}

/// `VAR:.o=.c`
fn substitution(inner: &str) -> Option<(&str, &str, &str)> {
    let (name, pattern) = inner.split_once(':')?;
    let (from, to) = pattern.split_once('=')?;
    (!name.contains([' ', ','])).then_some((name, from, to))
}

/// Splits arguments at commas outside of parentheses.
pub fn arguments(text: &str, most: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while parts.len() + 1 < most {
        let Some(at) = top_level_comma(rest) else { break };
        parts.push(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + 1..).unwrap_or_default();
    }
    parts.push(rest);
    parts
}
