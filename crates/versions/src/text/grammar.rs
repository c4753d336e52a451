//! The clauses of a text. Every function takes tokens off the front or gives up; nothing is guessed.

use super::tokens::{Sign, Token};
use super::{TextBound, TextRange, TextRanges};
use crate::branch::branch_of;
use crate::generic;
use crate::segments;
use model::version::Scheme;

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

/// What a clause says.
#[derive(Debug)]
enum Clause {
    /// Ranges with words or signs; their sense is clear.
    Said(Vec<TextRange>),
    /// `before X` alone, in words or with a sign.
    Before(TextRange, Written),
    /// A bare version.
    Bare(TextRange),
    /// `fixed in X`.
    Fixed(Vec<String>),
}

/// How an upper bound is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    /// `before`, `prior to`.
    Words,
    /// `<`, `X and earlier`.
    Sign,
}

/// Joins the clauses, where they can be joined.
fn combine(clauses: Vec<Clause>) -> Option<TextRanges> {
    let count = |is: fn(&Clause) -> bool| clauses.iter().filter(|clause| is(clause)).count();
    let bare = count(|clause| matches!(clause, Clause::Bare(_)));
    let before = count(|clause| matches!(clause, Clause::Before(..)));
    let fixed = count(|clause| matches!(clause, Clause::Fixed(_)));
    if fixed == clauses.len() {
        return Some(TextRanges::FixedList(clauses.into_iter().flat_map(Clause::fixes).collect()));
    }
    if before > 1 && before == clauses.len() {
        return upper_bounds(clauses);
    }
    let worded = matches!(clauses.first(), Some(Clause::Before(_, Written::Words)));
    if worded && clauses.len() > 1 && bare + 1 == clauses.len() {
        // `before versions 6.10.34, 7.1.6`: the word holds on.
        return fixes_per_branch(clauses);
    }
    let lists_fit = bare == 0 || clauses.len() == 1 || (before == 0 && bare_versions_fit(&clauses));
    // `before 1.2.3, 1.3.0 to 1.3.4` is clear; two open upper bounds beside other ranges are not.
    if fixed > 0 || before > 1 || !lists_fit {
        return None;
    }
    let ranges: Vec<TextRange> = clauses.into_iter().flat_map(Clause::ranges).collect();
    (!contradict(&ranges)).then_some(TextRanges::Ranges(ranges))
}

/// `1.x < 1.22.4, 1.x < 1.20.7`: two ends for the same start mean something that was not said.
fn contradict(ranges: &[TextRange]) -> bool {
    ranges.iter().enumerate().any(|(index, range)| {
        let from = |other: &TextRange| (other.product.clone(), other.branch.clone(), other.start.clone());
        ranges.iter().skip(index + 1).any(|other| from(other) == from(range) && other.end != range.end)
    })
}

impl Clause {
    fn ranges(self) -> Vec<TextRange> {
        match self {
            Clause::Said(ranges) => ranges,
            Clause::Before(range, _) | Clause::Bare(range) => vec![range],
            Clause::Fixed(_) => Vec::new(),
        }
    }

    /// The versions of fixes, where the clause stands for fixes.
    fn fixes(self) -> Vec<String> {
        match self {
            Clause::Fixed(fixes) => fixes,
            Clause::Before(range, _) | Clause::Bare(range) => range.end.map(|end| end.text).into_iter().collect(),
            Clause::Said(_) => Vec::new(),
        }
    }

    /// The range of a clause that has one.
    fn only_range(&self) -> Option<&TextRange> {
        match self {
            Clause::Before(range, _) | Clause::Bare(range) => Some(range),
            Clause::Said(_) | Clause::Fixed(_) => None,
        }
    }
}

/// Several open upper bounds: of different products, or one fix per branch.
fn upper_bounds(clauses: Vec<Clause>) -> Option<TextRanges> {
    let mut products: Vec<_> = clauses.iter().filter_map(Clause::only_range).map(|range| &range.product).collect();
    products.sort();
    products.dedup();
    if products.len() == clauses.len() && products.iter().all(|product| product.is_some()) {
        return Some(TextRanges::Ranges(clauses.into_iter().flat_map(Clause::ranges).collect()));
    }
    fixes_per_branch(clauses)
}

/// `before 4.13.5, before 4.14.13`: one fix per branch, if the branches differ.
fn fixes_per_branch(clauses: Vec<Clause>) -> Option<TextRanges> {
    let first = clauses.first()?.only_range()?.clone();
    let inclusive = first.end.as_ref().is_none_or(|end| end.inclusive);
    let alike = clauses.iter().all(|clause| match clause {
        Clause::Before(range, _) => {
            range.product == first.product && range.end.as_ref().is_some_and(|end| !end.inclusive)
        }
        Clause::Bare(range) => range.product == first.product && range.branch.is_none(),
        Clause::Said(_) | Clause::Fixed(_) => false,
    });
    let fixes: Vec<String> = clauses.into_iter().flat_map(Clause::fixes).collect();
    let mut branches: Vec<_> = fixes.iter().map(|fix| branch_of(Scheme::Generic, fix)).collect();
    branches.sort();
    branches.dedup();
    let fits = !inclusive && alike && branches.len() == fixes.len() && branches.iter().all(Option::is_some);
    fits.then_some(TextRanges::FixedList(fixes))
}

/// A list of bare versions is a list of affected ones only if they follow each other in one branch; bare versions
/// beside ranges must be precise.
fn bare_versions_fit(clauses: &[Clause]) -> bool {
    let bare: Vec<&str> = clauses
        .iter()
        .filter_map(|clause| match clause {
            Clause::Bare(range) => range.start.as_ref().or(range.end.as_ref()).map(|bound| bound.text.as_str()),
            _ => None,
        })
        .collect();
    let precise = bare.iter().all(|text| segments::leading_numbers(text.trim_start_matches(['v', 'V'])).count() >= 3);
    let beside_ranges = bare.len() < clauses.len();
    let has_branches = clauses.iter().any(|clause| matches!(clause, Clause::Bare(range) if range.branch.is_some()));
    if has_branches {
        return beside_ranges || bare.is_empty();
    }
    let mut branches = bare.iter().map(|text| branch_of(Scheme::Generic, text));
    let first = branches.next().flatten();
    precise && (beside_ranges || (first.is_some() && branches.all(|branch| branch == first)))
}

/// The tokens not yet read, and the product words that hold on.
struct Reader<'t, 'a> {
    rest: &'t [Token<'a>],
    product: Option<String>,
    /// Clauses within clauses.
    depth: u8,
}

/// No text of a person nests deeper.
const MAX_DEPTH: u8 = 3;

/// What a version token stands for.
#[derive(Clone, Copy, Debug)]
enum Named<'a> {
    Version(&'a str),
    Branch(&'a str),
}

impl<'a> Named<'a> {
    fn text(self) -> &'a str {
        match self {
            Named::Version(text) | Named::Branch(text) => text,
        }
    }
}

impl<'a> Reader<'_, 'a> {
    fn peek(&self) -> Option<Token<'a>> {
        self.rest.first().copied()
    }

    fn skip(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
    }

    /// Takes the words if they stand in front, whatever their case.
    fn words(&mut self, words: &[&str]) -> bool {
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

    fn any_word(&mut self, words: &[&str]) -> bool {
        words.iter().any(|word| self.words(&[word]))
    }

    fn takes(&mut self, token: Token<'_>) -> bool {
        let stands = self.peek() == Some(token);
        if stands {
            self.skip(1);
        }
        stands
    }

    /// What stands between two clauses.
    fn separator(&mut self) -> Option<()> {
        let comma = self.takes(Token::Comma) || self.takes(Token::Semicolon) || self.takes(Token::Bars);
        let word = self.any_word(&["and", "or"]) || self.words(&["as", "well", "as"]);
        (comma || word).then_some(())
    }

    /// `version`, `versions`, `release`: words that say nothing.
    fn noise(&mut self) {
        while self.any_word(&["version", "versions", "ver", "release", "releases", "the", "v", "firmware", "software"]) {}
    }

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
            None | Some(Token::Comma | Token::Semicolon | Token::Bars) if all => Some(Clause::Said(vec![self.range()])),
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
            if self.to_words().is_some() {
                self.named()?;
            }
            matches!(self.peek(), Some(Token::Version(_))).then_some(())?;
        }
        Some(())
    }

    /// `(Fixed: >= 1.12.20)` behind a range.
    fn fixed_remark(&mut self, clause: Clause) -> Option<Clause> {
        let is_remark = matches!(self.rest, [Token::Open, Token::Word(word), ..] if word.eq_ignore_ascii_case("fixed"));
        if !is_remark {
            return Some(clause);
        }
        self.skip(2);
        let _ = self.words(&["in"]) || self.takes(Token::Colon);
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

    /// `all versions [of]`, `any version`.
    fn all_versions(&mut self) -> bool {
        let found = self.any_word(&["all", "any", "every"]);
        if found {
            self.noise();
            self.any_word(&["of", "in"]);
        }
        found
    }

    /// The words before the first version or known word; they name the product.
    fn product_words(&mut self) {
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

    fn range(&self) -> TextRange {
        TextRange { product: self.product.clone(), ..TextRange::default() }
    }

    /// A version; the product may be named only here (`before Brocade SANnav 2.2.2`).
    fn named(&mut self) -> Option<Named<'a>> {
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

    /// `>= 1.0, < 2.0`: a lower and an upper sign make one range.
    fn signs(&mut self) -> Option<Clause> {
        let (sign, first) = self.sign_and_version()?;
        let before = self.clone();
        if let Some((second_sign, second)) = self.second_sign(sign) {
            let (lower, upper) = if sign.is_lower() { ((sign, first), (second_sign, second)) } else { ((second_sign, second), (sign, first)) };
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
        let _ = self.takes(Token::Comma);
        let _ = self.words(&["and"]);
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
        let _ = self.takes(Token::Comma) || self.words(&["and"]) || self.any_word(&["onwards", "onward"]);
        match self.upper_words().or_else(|| self.to_words()) {
            Some(upper) => {
                let second = self.named()?;
                let upper = self.bracket_remark(upper)?;
                self.closed(sign, first, upper, second)
            }
            None => self.single_sign(sign, first),
        }
    }

    /// `before`, `prior to`, `up to`: the sign they stand for.
    fn upper_words(&mut self) -> Option<Sign> {
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

    fn lower_words(&mut self) -> Option<Sign> {
        const INCLUSIVE: &[&[&str]] =
            &[&["starting", "from"], &["starting", "with"], &["starting", "at"], &["starting", "in"], &["from"], &["since"], &["greater", "than", "or", "equal", "to"]];
        const EXCLUSIVE: &[&[&str]] =
            &[&["later", "than"], &["newer", "than"], &["greater", "than"], &["higher", "than"], &["after"]];
        if INCLUSIVE.iter().any(|words| self.words(words)) {
            return Some(Sign::GreaterOrEqual);
        }
        EXCLUSIVE.iter().any(|words| self.words(words)).then_some(Sign::Greater)
    }

    /// `to`, `through`, `until`, `-` between two versions.
    fn to_words(&mut self) -> Option<Sign> {
        let found = self.takes(Token::Dash) || self.any_word(&["to", "through", "thru", "until", "till"]);
        found.then_some(Sign::LessOrEqual)
    }

    /// `(inclusive)`, `(excluding)` behind an upper bound.
    fn bracket_remark(&mut self, sign: Sign) -> Option<Sign> {
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

    /// Clauses that begin with a version.
    fn version_first(&mut self, all: bool) -> Option<Clause> {
        if let Some(Token::Onwards(text)) = self.peek() {
            self.skip(1);
            return self.single_sign(Sign::GreaterOrEqual, Named::Version(text));
        }
        let named = self.named()?;
        if let Some(sign) = self.and_earlier() {
            return self.said_single(sign, named);
        }
        let to = self.to_words();
        let _ = to.is_some() && self.any_word(&["version", "versions"]);
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

    /// `X and earlier` is said clearly, also when it stands in a list.
    fn said_single(&mut self, sign: Sign, named: Named<'a>) -> Option<Clause> {
        self.single_sign(sign, named)
    }

    /// `and earlier`, `or later versions`: the sign they stand for.
    fn and_earlier(&mut self) -> Option<Sign> {
        let before = self.clone();
        let _ = self.takes(Token::Comma);
        let joined = self.any_word(&["and", "or"]);
        let _ = joined && (self.any_word(&["all", "any"]) | self.any_word(&["version", "versions", "releases"]));
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
        let _ = sign.is_some() && self.any_word(&["version", "versions", "release", "releases", "builds"]);
        if sign.is_some() && only_joined_or_onwards && ends(self) {
            return sign;
        }
        *self = before;
        None
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
            let within = ranges.into_iter().map(|range| TextRange { branch: Some(branch.to_owned()), ..range });
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

impl Clone for Reader<'_, '_> {
    fn clone(&self) -> Self {
        Reader { rest: self.rest, product: self.product.clone(), depth: self.depth }
    }
}

impl Sign {
    fn is_lower(self) -> bool {
        matches!(self, Sign::Greater | Sign::GreaterOrEqual)
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

/// Words with a meaning of their own: they are no part of a product's name.
fn is_known_word(word: &str) -> bool {
    const KNOWN: &[&str] = &[
        "version", "versions", "ver", "v", "release", "releases", "all", "any", "every", "before", "prior", "previous",
        "up", "to", "through", "thru", "until", "till", "from", "since", "starting", "between", "after", "later",
        "newer", "greater", "higher", "above", "lower", "less", "earlier", "older", "below", "than", "and", "or",
        "fixed", "resolved", "affected", "affects", "affecting", "unaffected", "not", "except", "excluding",
        "including", "series", "branch", "the", "of", "in", "only", "unknown", "current", "unspecified", "next",
        "onwards", "onward", "firmware", "software", "branches", "build", "patch", "update", "sp", "hotfix", "commit",
        "commits", "revision", "serial", "pack", "maintenance", "same", "consult", "see", "at",
        "least",
    ];
    KNOWN.iter().any(|known| known.eq_ignore_ascii_case(word))
}
