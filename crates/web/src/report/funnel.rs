//! The funnel as a table with bars: what is left after each question, and why the others are gone.

use service::funnel::{Funnel, Question};

use super::Report;
use super::bars::{Piece, pieces};

/// Reasons shown per step before the rest is summed up.
const REASONS: usize = 12;

/// One row.
pub struct Step {
    /// What is true of those that are left.
    pub left_words: &'static str,
    /// What is true of those that are gone.
    pub lost_words: &'static str,
    /// How many are left.
    pub left: usize,
    /// How many are gone.
    pub lost: usize,
    /// Why, the most frequent first: code, words, number.
    pub causes: Vec<(&'static str, String, usize)>,
    /// Reasons that are summed up, and their number.
    pub more: (usize, usize),
    /// Left and gone, to the scale of all matches.
    pub bar: Vec<Piece>,
    /// The filter of the list that shows those that are gone; empty where the list does not have them.
    pub filter: &'static str,
}

/// The rows; questions that took nothing away are named in one line below instead.
pub struct FunnelView {
    /// All matches.
    pub all: usize,
    /// The bar of all matches.
    pub bar: Vec<Piece>,
    /// Questions that took something away, and the last one.
    pub steps: Vec<Step>,
    /// Questions that took nothing away.
    pub idle: Vec<&'static str>,
    /// What is left at the end.
    pub last: usize,
    /// Open on the device, without a class.
    pub unassessed: usize,
    /// Brought back by somebody's word.
    pub raised: usize,
}

/// Draws the funnel.
pub fn funnel(report: &Report<'_>) -> FunnelView {
    let funnel = Funnel::of(report.judged, report.inventory);
    let last = funnel.last();
    let (all, raised) = (funnel.all, funnel.raised);
    let of_assessed = funnel.steps.iter().find(|step| step.question == Question::Assessed);
    let unassessed = of_assessed.map_or(0, |step| step.lost);
    let (mut steps, mut idle) = (Vec::new(), Vec::new());
    for step in funnel.steps {
        if step.lost == 0 && step.question != Question::Date {
            idle.push(step.question.lost());
            continue;
        }
        let is_last = step.question == Question::Date;
        let face = if is_last { "immediate" } else { "left" };
        let mut causes: Vec<_> =
            step.causes.into_iter().map(|cause| (cause.code, cause.says, cause.number)).collect();
        let rest = causes.split_off(causes.len().min(REASONS));
        steps.push(Step {
            left_words: step.question.left(),
            lost_words: step.question.lost(),
            left: step.left,
            lost: step.lost,
            more: (rest.len(), rest.iter().map(|(_, _, number)| number).sum()),
            causes,
            bar: pieces(&[(face, step.left), ("gone", step.lost)], all),
            filter: filter(step.question),
        });
    }
    FunnelView { all, bar: pieces(&[("left", all)], all), steps, idle, last, unassessed, raised }
}

fn filter(question: Question) -> &'static str {
    match question {
        Question::Assessed => "class=unknown",
        Question::Deployment => "class=none",
        Question::Release => "class=routine",
        Question::Date => "class=planned",
        _ => "",
    }
}
