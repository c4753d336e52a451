//! Under which licence a component is, as its input says it.

use crate::words::words;

words! {
    /// Who came to it: the authors of the software, or somebody who looked.
    Acknowledgement {
        /// The input does not say which.
        Stated = "stated",
        /// By the authors.
        Declared = "declared",
        /// By whoever analysed the software.
        Concluded = "concluded",
    }
}

/// One licence, or an expression of several.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Licence {
    /// As written: an SPDX expression (`GPL-2.0-only OR MIT`), or the name of a licence.
    pub text: String,
    /// Who came to it.
    pub said: Acknowledgement,
}

impl Licence {
    /// A licence.
    pub fn new(text: impl Into<String>, said: Acknowledgement) -> Licence {
        Licence { text: text.into(), said }
    }

    /// True for a text of the grammar of SPDX expressions: ids, `AND`, `OR`, `WITH` and parentheses. Whether SPDX lists
    /// the ids is another question.
    ///
    /// ```
    /// use model::licence::{Acknowledgement, Licence};
    /// let is_one = |text: &str| Licence::new(text, Acknowledgement::Stated).is_expression();
    /// assert!(is_one("GPL-2.0-only WITH Classpath-exception-2.0 OR (MIT AND BSD-3-Clause)"));
    /// assert!(!is_one("Apache License 2.0") && !is_one("MIT OR") && !is_one("(MIT"));
    /// ```
    pub fn is_expression(&self) -> bool {
        let mut open = 0_usize;
        let mut after_id = false;
        for word in self.words() {
            let fits = match word {
                "(" => {
                    open += 1;
                    !after_id
                }
                ")" => {
                    let fits = after_id && open > 0;
                    open = open.saturating_sub(1);
                    fits
                }
                "AND" | "OR" | "WITH" => std::mem::replace(&mut after_id, false),
                id => !std::mem::replace(&mut after_id, true) && is_id(id),
            };
            if !fits {
                return false;
            }
        }
        after_id && open == 0
    }

    /// The ids of an expression, exceptions among them.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.words().filter(|word| !matches!(*word, "(" | ")" | "AND" | "OR" | "WITH"))
    }

    /// True where the expression is more than one id.
    pub fn is_compound(&self) -> bool {
        self.words().nth(1).is_some()
    }

    fn words(&self) -> impl Iterator<Item = &str> {
        self.text
            .split_whitespace()
            .flat_map(|part| {
                part.split_inclusive(['(', ')']).flat_map(|piece| match piece.strip_suffix(['(', ')']) {
                    Some(front) => [front, piece.get(front.len()..).unwrap_or_default()],
                    None => [piece, ""],
                })
            })
            .filter(|word| !word.is_empty())
    }
}

/// `idstring`, with `+` behind it or a document in front of it.
fn is_id(word: &str) -> bool {
    let word = word.strip_suffix('+').unwrap_or(word);
    !word.is_empty()
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b':'))
}
