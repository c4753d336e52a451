//! The clauses of a text. Every function takes tokens off the front or gives up; nothing is guessed.

use model::version::Scheme;

use super::clause::{Clause, Written, combine};
use super::reader::{Named, Reader};
use super::tokens::{Sign, Token};
use super::{TextBound, TextRange, TextRanges};
use crate::generic;

/// Reads all tokens; `None` when some are left or a clause is not known.
pub(super) fn read(tokens: &[Token<'_>]) -> Option<TextRanges> {
    let mut reader = Reader { rest: tokens, product: None, depth: 0 };
    let mut clauses = Vec::new();
    loop {
        clauses.push(reader.clause()?);
        if reader.rest.is_empty() {
            return combine(clauses);
        }
        reader.separator()?;
    }
}

/// No text of a person nests deeper.
const MAX_DEPTH: u8 = 3;

impl<'a> Reader<'_, 'a> {
    fn clause(&mut self) -> Option<Clause> {
        if self.depth > MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        let clause = self.clause_at_depth();
        self.depth -= 1;
        clause
    }

    fn clause_at_depth(&mut self) -> Option<Clause> {
        let all = self.all_versions();
        self.product_words();
        let all = self.all_versions() || all;
        if self.fixed_in() {
            return self.fixed_clause();
        }
        if self.any_word(&["affected", "affects", "affecting"]) {
            self.takes(Token::Colon);
            return self.affected_clause();
        }
        if self.takes(Token::Colon) {
            // `org.wiremock:wiremock-webhooks: >= 3.0.0`
            self.product_words();
            self.takes(Token::Colon);
        }
        self.noise();
        let all = self.all_versions() || all;
        self.branch_label()?;
        let clause = self.statement(all)?;
        self.fixed_remark(clause)
    }

    /// What is said of the versions, behind the product.
    fn statement(&mut self, all: bool) -> Option<Clause> {
        match self.peek() {
            None | Some(Token::Comma | Token::Semicolon | Token::Bars) if all => {
                Some(Clause::Said(vec![self.range()]))
            }
            Some(Token::Sign(_)) => self.signs(),
            Some(Token::Word(_)) => self.operator_words(),
            Some(Token::Version(_) | Token::Branch(_) | Token::Onwards(_)) => self.version_first(all),
            _ => None,
        }
    }

    /// `Branch 9.18`, `Branches 9.0 through 9.16` before the range itself, as ISC writes.
    fn branch_label(&mut self) -> Option<()> {
        if self.any_word(&["branch", "branches"]) {
            // `Open Source Branch`: the words before it name no product.
            self.product = None;
            self.named()?;
            if self.until_words().is_some() {
                self.named()?;
            }
            matches!(self.peek(), Some(Token::Version(_))).then_some(())?;
        }
        Some(())
    }

    /// `(Fixed: >= 1.12.20)` behind a range.
    fn fixed_remark(&mut self, clause: Clause) -> Option<Clause> {
        let is_remark =
            matches!(self.rest, [Token::Open, Token::Word(word), ..] if word.eq_ignore_ascii_case("fixed"));
        if !is_remark {
            return Some(clause);
        }
        self.skip(2);
        self.words(&["in"]);
        self.takes(Token::Colon);
        if matches!(self.peek(), Some(Token::Sign(Sign::GreaterOrEqual | Sign::Equal))) {
            self.skip(1);
        }
        let Named::Version(fix) = self.named()? else {
            return None;
        };
        self.takes(Token::Close).then_some(())?;
        Some(match clause {
            Clause::Before(range, written) => {
                Clause::Before(TextRange { fixed: Some(fix.to_owned()), ..range }, written)
            }
            Clause::Said(ranges) => {
                let with_fix = |range| TextRange { fixed: Some(fix.to_owned()), ..range };
                Clause::Said(ranges.into_iter().map(with_fix).collect())
            }
            Clause::Bare(_) | Clause::Fixed(_) => return None,
        })
    }

    /// `>= 1.0, < 2.0`: a lower and an upper sign make one range.
    fn signs(&mut self) -> Option<Clause> {
        let (sign, first) = self.sign_and_version()?;
        let before = self.clone();
        if let Some((second_sign, second)) = self.second_sign(sign) {
            let (lower, upper) = if sign.is_lower() {
                ((sign, first), (second_sign, second))
            } else {
                ((second_sign, second), (sign, first))
            };
            if generic::compare(lower.1.text(), upper.1.text()).is_le() {
                let start = lower_bound(lower.0, lower.1)?;
                return Some(Clause::Said(with_start(self.upper_ranges(upper.0, upper.1)?, start)));
            }
        }
        // The second sign begins a range of its own.
        *self = before;
        self.single_sign(sign, first)
    }

    fn single_sign(&mut self, sign: Sign, named: Named<'a>) -> Option<Clause> {
        match sign {
            Sign::Equal => Some(Clause::Said(vec![self.exactly(named)])),
            Sign::Greater | Sign::GreaterOrEqual => {
                Some(Clause::Said(vec![TextRange { start: Some(lower_bound(sign, named)?), ..self.range() }]))
            }
            Sign::Less | Sign::LessOrEqual => self.upper_clause(sign, named, Written::Sign),
        }
    }

    fn sign_and_version(&mut self) -> Option<(Sign, Named<'a>)> {
        let Some(Token::Sign(sign)) = self.peek() else {
            return None;
        };
        self.skip(1);
        Some((sign, self.named()?))
    }

    /// The other sign of a pair, behind a comma, `and`, or nothing.
    fn second_sign(&mut self, first: Sign) -> Option<(Sign, Named<'a>)> {
        if first == Sign::Equal {
            return None;
        }
        self.takes(Token::Comma);
        self.words(&["and"]);
        let (sign, named) = self.sign_and_version()?;
        (sign != Sign::Equal && sign.is_lower() != first.is_lower()).then_some((sign, named))
    }

    /// Clauses that begin with a word: `before 1.2`, `from 1.0 to 1.5`.
    fn operator_words(&mut self) -> Option<Clause> {
        if let Some(sign) = self.upper_words() {
            let named = self.named()?;
            let sign = self.bracket_remark(sign)?;
            return self.upper_clause(sign, named, Written::Words);
        }
        if self.words(&["between"]) {
            let first = self.named()?;
            self.words(&["and"]).then_some(())?;
            let second = self.named()?;
            return self.closed(Sign::GreaterOrEqual, first, Sign::LessOrEqual, second);
        }
        let sign = self.lower_words()?;
        let first = self.named()?;
        let _joined = self.takes(Token::Comma) || self.any_word(&["and", "onwards", "onward"]);
        match self.upper_words().or_else(|| self.until_words()) {
            Some(upper) => {
                let second = self.named()?;
                let upper = self.bracket_remark(upper)?;
                self.closed(sign, first, upper, second)
            }
            None => self.single_sign(sign, first),
        }
    }

    /// Clauses that begin with a version.
    fn version_first(&mut self, all: bool) -> Option<Clause> {
        if let Some(Token::Onwards(text)) = self.peek() {
            self.skip(1);
            return self.single_sign(Sign::GreaterOrEqual, Named::Version(text));
        }
        let named = self.named()?;
        if let Some(sign) = self.and_earlier() {
            return self.single_sign(sign, named);
        }
        let to = self.until_words();
        if to.is_some() {
            self.noise();
        }
        if let Some(upper) = self.upper_words().or(to) {
            let second = self.named()?;
            let upper = self.bracket_remark(upper)?;
            return self.closed(Sign::GreaterOrEqual, named, upper, second);
        }
        if let Some(Token::Sign(Sign::Less | Sign::LessOrEqual)) = self.peek() {
            let (upper, second) = self.sign_and_version()?;
            return self.closed(Sign::GreaterOrEqual, named, upper, second);
        }
        if let Named::Branch(branch) = named {
            if self.takes(Token::Colon) {
                return self.within_branch(branch);
            }
            return Some(Clause::Bare(self.exactly(named)));
        }
        if self.any_word(&["series", "branch"]) {
            let whole = TextRange { branch: Some(named.text().to_owned()), ..self.range() };
            return Some(Clause::Said(vec![whole]));
        }
        let is_model_number = self.product.is_some() && !named.text().contains('.');
        // `Snapdragon 865` names a thing, and `all versions 5` is no sentence we know.
        (!all && !is_model_number).then(|| Clause::Bare(self.exactly(named)))
    }

    /// `10.5.x: 10.5.1 and below`, `16.07.x: all versions`.
    fn within_branch(&mut self, branch: &str) -> Option<Clause> {
        let ranges = match self.clause()? {
            Clause::Said(ranges) => ranges,
            Clause::Before(range, _) => vec![range],
            Clause::Bare(_) | Clause::Fixed(_) => return None,
        };
        let within = ranges.into_iter().map(|range| match range.branch {
            None => Some(TextRange { branch: Some(branch.to_owned()), ..range }),
            Some(_) => None,
        });
        Some(Clause::Said(within.collect::<Option<Vec<_>>>()?))
    }

    fn exactly(&self, named: Named<'_>) -> TextRange {
        match named {
            Named::Version(text) => {
                let bound = Some(TextBound { text: text.to_owned(), inclusive: true });
                TextRange { start: bound.clone(), end: bound, ..self.range() }
            }
            Named::Branch(branch) => TextRange { branch: Some(branch.to_owned()), ..self.range() },
        }
    }

    /// An upper bound alone.
    fn upper_clause(&mut self, sign: Sign, named: Named<'a>, written: Written) -> Option<Clause> {
        let mut ranges = self.upper_ranges(sign, named)?;
        match (ranges.pop(), ranges.is_empty()) {
            (Some(only), true) => Some(Clause::Before(only, written)),
            (Some(last), false) => {
                ranges.push(last);
                Some(Clause::Said(ranges))
            }
            (None, _) => None,
        }
    }

    /// The ranges below a bound. `<= 5.10.*` is everything before the branch, and the branch.
    fn upper_ranges(&self, sign: Sign, named: Named<'_>) -> Option<Vec<TextRange>> {
        let end = |inclusive| Some(TextBound { text: named.text().to_owned(), inclusive });
        Some(match (sign, named) {
            (Sign::Less, _) => vec![TextRange { end: end(false), ..self.range() }],
            (Sign::LessOrEqual, Named::Version(_)) => vec![TextRange { end: end(true), ..self.range() }],
            (Sign::LessOrEqual, Named::Branch(branch)) => vec![
                TextRange { end: end(false), ..self.range() },
                TextRange { branch: Some(branch.to_owned()), ..self.range() },
            ],
            _ => return None,
        })
    }

    /// From one version to another. `4.9.x before 4.9.3` is restricted to the branch.
    fn closed(&mut self, lower: Sign, first: Named<'a>, upper: Sign, second: Named<'a>) -> Option<Clause> {
        let is_model_number = self.product.is_some()
            && !first.text().contains('.')
            && crate::in_branch(Scheme::Generic, first.text(), second.text()) != Some(true);
        // `Model 3 - 2023.6` is no range.
        if is_model_number || generic::compare(first.text(), second.text()).is_gt() {
            return None;
        }
        let ranges = self.upper_ranges(upper, second)?;
        if let (Named::Branch(branch), Named::Version(end)) = (first, second)
            && crate::in_branch(Scheme::Generic, branch, end) == Some(true)
        {
            let within =
                ranges.into_iter().map(|range| TextRange { branch: Some(branch.to_owned()), ..range });
            return Some(Clause::Said(within.collect()));
        }
        Some(Clause::Said(with_start(ranges, lower_bound(lower, first)?)))
    }

    fn fixed_in(&mut self) -> bool {
        self.words(&["fixed", "in"]) || self.words(&["fixed", "with"]) || self.words(&["resolved", "in"])
    }

    /// `fixed in samba 4.15.11, samba 4.16.6`, or one fix with `(Affected ...)`.
    fn fixed_clause(&mut self) -> Option<Clause> {
        let mut fixes = Vec::new();
        let mut product = self.product.clone();
        loop {
            self.takes(Token::Colon);
            self.noise();
            self.product_words();
            if !fixes.is_empty() && self.product != product {
                return None;
            }
            product.clone_from(&self.product);
            let Named::Version(fix) = self.named()? else {
                return None;
            };
            fixes.push(fix.to_owned());
            if self.peek() == Some(Token::Open) {
                return self.affected_in_brackets(&fixes);
            }
            let before = self.clone();
            if self.rest.is_empty() || self.separator().is_none() {
                return Some(Clause::Fixed(fixes));
            }
            if self.fixed_in() {
                *self = before;
                return Some(Clause::Fixed(fixes));
            }
        }
    }

    /// `(Affected 1.1.1-1.1.1c)` behind a fix.
    fn affected_in_brackets(&mut self, fixes: &[String]) -> Option<Clause> {
        let [fix] = fixes else {
            return None;
        };
        self.skip(1);
        self.any_word(&["affected", "affects"]).then_some(())?;
        let Clause::Said(mut ranges) = self.affected_clause()? else {
            return None;
        };
        self.takes(Token::Close).then_some(())?;
        for range in &mut ranges {
            range.fixed = Some(fix.clone());
        }
        Some(Clause::Said(ranges))
    }

    /// What is said to be affected: here bare versions are clear.
    fn affected_clause(&mut self) -> Option<Clause> {
        let mut ranges = Vec::new();
        loop {
            self.takes(Token::Colon);
            self.noise();
            ranges.extend(self.clause()?.ranges());
            let before = self.clone();
            if matches!(self.peek(), None | Some(Token::Close)) || self.separator().is_none() {
                return (!ranges.is_empty()).then_some(Clause::Said(ranges));
            }
            if self.fixed_in() {
                *self = before;
                return Some(Clause::Said(ranges));
            }
        }
    }
}

fn lower_bound(sign: Sign, named: Named<'_>) -> Option<TextBound> {
    let inclusive = match (sign, named) {
        (Sign::GreaterOrEqual, _) => true,
        (Sign::Greater, Named::Version(_)) => false,
        _ => return None,
    };
    Some(TextBound { text: named.text().to_owned(), inclusive })
}

/// Puts a start to the ranges below a bound; a whole branch among them keeps its own.
fn with_start(ranges: Vec<TextRange>, start: TextBound) -> Vec<TextRange> {
    ranges
        .into_iter()
        .map(|range| match range.branch {
            None => TextRange { start: Some(start.clone()), ..range },
            Some(_) => range,
        })
        .collect()
}
