//! The tokens not yet read: taking words, versions and product names off their front.

use super::TextRange;
use super::tokens::{Sign, Token};

/// The tokens not yet read, and the product words that hold on.
#[derive(Clone)]
pub(super) struct Reader<'t, 'a> {
    pub(super) rest: &'t [Token<'a>],
    pub(super) product: Option<String>,
    /// Clauses within clauses.
    pub(super) depth: u8,
}

/// What a version token stands for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Named<'a> {
    Version(&'a str),
    Branch(&'a str),
}

impl<'a> Named<'a> {
    pub(super) fn text(self) -> &'a str {
        match self {
            Named::Version(text) | Named::Branch(text) => text,
        }
    }
}

impl<'a> Reader<'_, 'a> {
    pub(super) fn peek(&self) -> Option<Token<'a>> {
        self.rest.first().copied()
    }

    pub(super) fn skip(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
    }

    /// Takes the words if they stand in front, whatever their case.
    pub(super) fn words(&mut self, words: &[&str]) -> bool {
        let stand = self.rest.len() >= words.len()
            && words.iter().zip(self.rest).all(|(wanted, token)| match token {
                Token::Word(word) => wanted.eq_ignore_ascii_case(word),
                _ => false,
            });
        if stand {
            self.skip(words.len());
        }
        stand
    }

    pub(super) fn any_word(&mut self, words: &[&str]) -> bool {
        words.iter().any(|word| self.words(&[word]))
    }

    pub(super) fn takes(&mut self, token: Token<'_>) -> bool {
        let stands = self.peek() == Some(token);
        if stands {
            self.skip(1);
        }
        stands
    }

    /// What stands between two clauses.
    pub(super) fn separator(&mut self) -> Option<()> {
        let comma = self.takes(Token::Comma) || self.takes(Token::Semicolon) || self.takes(Token::Bars);
        let word = self.any_word(&["and", "or"]) || self.words(&["as", "well", "as"]);
        (comma || word).then_some(())
    }

    /// `version`, `versions`, `release`: words that say nothing.
    pub(super) fn noise(&mut self) {
        while self.any_word(&[
            "version", "versions", "ver", "release", "releases", "the", "v", "firmware", "software",
        ]) {}
    }

    /// The words before the first version or known word; they name the product.
    pub(super) fn product_words(&mut self) {
        let mut count = 0;
        for token in self.rest {
            match token {
                Token::Word(word) if !is_known_word(word) => count += 1,
                _ => break,
            }
        }
        if count > 0 {
            let words: Vec<&str> = self
                .rest
                .iter()
                .take(count)
                .filter_map(|token| match token {
                    Token::Word(word) => Some(*word),
                    _ => None,
                })
                .collect();
            self.product = Some(words.join(" "));
            self.skip(count);
        }
    }

    pub(super) fn range(&self) -> TextRange {
        TextRange { product: self.product.clone(), ..TextRange::default() }
    }

    /// A version; the product may be named only here (`before Brocade SANnav 2.2.2`).
    pub(super) fn named(&mut self) -> Option<Named<'a>> {
        self.noise();
        if self.product.is_none() {
            self.product_words();
            self.noise();
        }
        let named = match self.peek()? {
            Token::Version(text) => Named::Version(text),
            Token::Branch(text) => Named::Branch(text),
            _ => return None,
        };
        self.skip(1);
        Some(named)
    }

    /// `all versions [of]`, `any version`.
    pub(super) fn all_versions(&mut self) -> bool {
        let found = self.any_word(&["all", "any", "every"]);
        if found {
            self.noise();
            self.any_word(&["of", "in"]);
        }
        found
    }

    /// `before`, `prior to`, `up to`: the sign they stand for.
    pub(super) fn upper_words(&mut self) -> Option<Sign> {
        const INCLUSIVE: &[&[&str]] = &[
            &["prior", "to", "and", "including"],
            &["before", "and", "including"],
            &["up", "to", "and", "including"],
            &["up", "to", "including"],
            &["less", "than", "or", "equal", "to"],
            &["prior", "or", "equal", "to"],
            &["lower", "than", "or", "equal", "to"],
            &["through"],
        ];
        const EXCLUSIVE: &[&[&str]] = &[
            &["up", "to", "but", "not", "including"],
            &["up", "to", "excluding"],
            &["prior", "to"],
            &["before"],
            &["lower", "than"],
            &["less", "than"],
            &["earlier", "than"],
            &["older", "than"],
            &["below"],
            &["previous", "to"],
        ];
        if INCLUSIVE.iter().any(|words| self.words(words)) {
            return Some(Sign::LessOrEqual);
        }
        if EXCLUSIVE.iter().any(|words| self.words(words)) {
            return Some(Sign::Less);
        }
        self.words(&["up", "to"]).then_some(Sign::LessOrEqual)
    }

    pub(super) fn lower_words(&mut self) -> Option<Sign> {
        const INCLUSIVE: &[&[&str]] = &[
            &["starting", "from"],
            &["starting", "with"],
            &["starting", "at"],
            &["starting", "in"],
            &["from"],
            &["since"],
            &["greater", "than", "or", "equal", "to"],
        ];
        const EXCLUSIVE: &[&[&str]] =
            &[&["later", "than"], &["newer", "than"], &["greater", "than"], &["higher", "than"], &["after"]];
        if INCLUSIVE.iter().any(|words| self.words(words)) {
            return Some(Sign::GreaterOrEqual);
        }
        EXCLUSIVE.iter().any(|words| self.words(words)).then_some(Sign::Greater)
    }

    /// `to`, `through`, `until`, `-` between two versions.
    pub(super) fn until_words(&mut self) -> Option<Sign> {
        let found = self.takes(Token::Dash) || self.any_word(&["to", "through", "thru", "until", "till"]);
        found.then_some(Sign::LessOrEqual)
    }

    /// `(inclusive)`, `(excluding)` behind an upper bound.
    pub(super) fn bracket_remark(&mut self, sign: Sign) -> Option<Sign> {
        match self.rest {
            [Token::Open, Token::Word(word), Token::Close, ..] => {
                let word = word.to_ascii_lowercase();
                self.skip(3);
                match word.as_str() {
                    "inclusive" | "including" | "included" => Some(Sign::LessOrEqual),
                    "exclusive" | "excluding" | "excluded" => Some(Sign::Less),
                    _ => None,
                }
            }
            _ => Some(sign),
        }
    }

    /// `and earlier`, `or later versions`: the sign they stand for.
    pub(super) fn and_earlier(&mut self) -> Option<Sign> {
        let before = self.clone();
        self.takes(Token::Comma);
        let joined = self.any_word(&["and", "or"]);
        let _ =
            joined && (self.any_word(&["all", "any"]) | self.any_word(&["version", "versions", "releases"]));
        let sign = if self.any_word(&["earlier", "prior", "older", "below", "previous", "lower", "before"]) {
            Some(Sign::LessOrEqual)
        } else if self.any_word(&["later", "newer", "above", "higher", "onwards", "onward", "up", "after"]) {
            Some(Sign::GreaterOrEqual)
        } else {
            None
        };
        let ends = |reader: &Reader<'_, '_>| {
            matches!(reader.peek(), None | Some(Token::Comma | Token::Semicolon | Token::Bars | Token::Close))
                || matches!(reader.peek(), Some(Token::Word(word)) if word.eq_ignore_ascii_case("and"))
        };
        let only_joined_or_onwards = joined || sign == Some(Sign::GreaterOrEqual);
        if sign.is_some() {
            self.any_word(&["version", "versions", "release", "releases", "builds"]);
        }
        if sign.is_some() && only_joined_or_onwards && ends(self) {
            return sign;
        }
        *self = before;
        None
    }
}

impl Sign {
    pub(super) fn is_lower(self) -> bool {
        matches!(self, Sign::Greater | Sign::GreaterOrEqual)
    }
}

/// Words with a meaning of their own: they are no part of a product's name.
fn is_known_word(word: &str) -> bool {
    const KNOWN: &[&str] = &[
        "version",
        "versions",
        "ver",
        "v",
        "release",
        "releases",
        "all",
        "any",
        "every",
        "before",
        "prior",
        "previous",
        "up",
        "to",
        "through",
        "thru",
        "until",
        "till",
        "from",
        "since",
        "starting",
        "between",
        "after",
        "later",
        "newer",
        "greater",
        "higher",
        "above",
        "lower",
        "less",
        "earlier",
        "older",
        "below",
        "than",
        "and",
        "or",
        "fixed",
        "resolved",
        "affected",
        "affects",
        "affecting",
        "unaffected",
        "not",
        "except",
        "excluding",
        "including",
        "series",
        "branch",
        "the",
        "of",
        "in",
        "only",
        "unknown",
        "current",
        "unspecified",
        "next",
        "onwards",
        "onward",
        "firmware",
        "software",
        "branches",
        "build",
        "patch",
        "update",
        "sp",
        "hotfix",
        "commit",
        "commits",
        "revision",
        "serial",
        "pack",
        "maintenance",
        "same",
        "consult",
        "see",
        "at",
        "least",
    ];
    KNOWN.iter().any(|known| known.eq_ignore_ascii_case(word))
}
