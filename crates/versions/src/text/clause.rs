//! What clauses say, and how they are joined: where two readings are possible there is none.

use model::version::Scheme;

use super::{TextRange, TextRanges};
use crate::branch::branch_of;
use crate::segments;

/// What a clause says.
#[derive(Debug)]
pub(super) enum Clause {
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
pub(super) enum Written {
    /// `before`, `prior to`.
    Words,
    /// `<`, `X and earlier`.
    Sign,
}

/// Joins the clauses, where they can be joined.
pub(super) fn combine(clauses: Vec<Clause>) -> Option<TextRanges> {
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
    pub(super) fn ranges(self) -> Vec<TextRange> {
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
            Clause::Before(range, _) | Clause::Bare(range) => {
                range.end.map(|end| end.text).into_iter().collect()
            }
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
    let mut products: Vec<_> =
        clauses.iter().filter_map(Clause::only_range).map(|range| &range.product).collect();
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
            Clause::Bare(range) => {
                range.start.as_ref().or(range.end.as_ref()).map(|bound| bound.text.as_str())
            }
            _ => None,
        })
        .collect();
    let precise =
        bare.iter().all(|text| segments::leading_numbers(text.trim_start_matches(['v', 'V'])).count() >= 3);
    let beside_ranges = bare.len() < clauses.len();
    let has_branches =
        clauses.iter().any(|clause| matches!(clause, Clause::Bare(range) if range.branch.is_some()));
    if has_branches {
        return beside_ranges || bare.is_empty();
    }
    let mut branches = bare.iter().map(|text| branch_of(Scheme::Generic, text));
    let first = branches.next().flatten();
    precise && (beside_ranges || (first.is_some() && branches.all(|branch| branch == first)))
}
