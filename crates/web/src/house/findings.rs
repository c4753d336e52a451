//! Findings.

use model::assessment::ResponseClass;
use model::effect::Tier;
use model::finding::Verdict;
use model::reason::Reason;
use service::maker::{
    FindingFilter, FindingLine, FindingQuestion, FindingRow as Stored, Maker, Moment, Sort, SortBy, Standing,
    Stop, Turn, gap_codes,
};

use super::HouseBackend;
use super::named::named;
use super::translate::{DAY, at, ceiling, class, failure, ids, maker, open, page_of, paged, wanted_classes};
use crate::backend::{Failure, Identity};
use crate::pages::findings::FindingRow;
use crate::pages::list::{Page, Query};
use crate::words;

pub(super) async fn findings(
    of: &HouseBackend,
    who: &Identity,
    query: &Query,
) -> Result<Page<FindingRow>, Failure> {
    let maker = maker(of, who)?;
    let query = &named(&maker, query).await?;
    let question = FindingQuestion {
        filter: filter(query, of.moment(), &|id| maker.display_id(id)),
        sort: sort(query.sort),
        page: page_of(query),
    };
    let listed = maker.finding_lines(&question).await.map_err(failure)?;
    Ok(paged(listed, |line| row(&maker, line)))
}

fn sort(word: &str) -> Sort {
    match word {
        "new" => Sort { by: SortBy::FirstSeen, descending: true },
        "epss" => Sort { by: SortBy::Likelihood, descending: true },
        "score" => Sort { by: SortBy::Score, descending: true },
        "component" => Sort { by: SortBy::Component, descending: false },
        _ => Sort::default(),
    }
}

/// The filter of an address. What is new is counted from a day before `now`; `display` gives the id under which a
/// vulnerability is listed.
pub(super) fn filter(query: &Query, now: Moment, display: &dyn Fn(&str) -> String) -> FindingFilter {
    let has = |key: &str, word: &str| query.of(key).iter().any(|one| one == word);
    let turns: Vec<Turn> = Turn::ALL.iter().copied().filter(|turn| has("change", turn.word())).collect();
    let state = match (has("state", "open"), has("state", "settled")) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    };
    // A class, or a gap to be closed, is one of open findings: what is settled has none.
    let classes = wanted_classes(query.of("class"));
    let is_of_open = !classes.is_empty() || !query.of("gap").is_empty();
    let (products, is_open) = match (is_of_open, state) {
        (false, state) => (ids(query.of("product")), state),
        (true, Some(false)) => (vec![-1], state),
        (true, _) => (ids(query.of("product")), Some(true)),
    };
    let (tiers, mut reasons) = said(query.of("reason"));
    let mut verdicts = Vec::new();
    if !query.of("gap").is_empty() {
        verdicts = vec![Verdict::NeedsReview];
        let gaps: Vec<String> = query.of("gap").iter().flat_map(|word| gap_codes(word)).collect();
        if reasons.is_empty() {
            reasons = gaps;
        } else {
            reasons.retain(|reason| gaps.contains(reason));
            // Both together name nothing: a code that no reason has.
            if reasons.is_empty() {
                reasons = vec![String::new()];
            }
        }
    }
    let (passed_verdicts, stops) = steps(query);
    if let Some(passed) = passed_verdicts {
        verdicts = if verdicts.is_empty() { passed } else { verdicts };
    }
    FindingFilter {
        products,
        releases: ids(query.of("release")),
        component_names: query.of("component").to_vec(),
        vulnerabilities: query.of("vulnerability").iter().map(|id| display(id)).collect(),
        reasons,
        is_exploited: has("exploited", "yes").then_some(true),
        text: query.find.clone(),
        // What is gone is a row that is active no more, or one that is settled.
        is_active: (!turns.contains(&Turn::Gone)).then_some(true),
        is_open,
        verdicts,
        classes,
        tiers,
        standings: Standing::ALL.iter().copied().filter(|one| has("decision", one.word())).collect(),
        stops,
        turned: (!turns.is_empty()).then(|| (turns, now.plus(-DAY))),
        ..FindingFilter::default()
    }
}

/// Reasons are codes, or the word of whoever settled it.
fn said(words: &[String]) -> (Vec<Tier>, Vec<String>) {
    let tiers: Vec<Tier> =
        Tier::ALL.iter().copied().filter(|tier| words.iter().any(|word| word == tier.word())).collect();
    let is_tier = |word: &&String| tiers.iter().any(|tier| tier.word() == *word);
    let reasons = words.iter().filter(|word| !is_tier(word)).cloned().collect();
    (tiers, reasons)
}

/// Steps of the funnel in order, each with where the way ends at it.
const STEPS: [(&str, Stop); 6] = [
    ("settled", Stop::Settled),
    ("device", Stop::Device),
    ("assessed", Stop::Assessed),
    ("deployment", Stop::Deployment),
    ("release", Stop::Release),
    ("date", Stop::Date),
];

/// What `passed` and `stopped` leave: verdicts of matching where the question is of matching, and ends of the way.
fn steps(query: &Query) -> (Option<Vec<Verdict>>, Vec<Stop>) {
    let ends = |of: &[String]| -> Vec<Stop> {
        STEPS.iter().filter(|(word, _)| of.iter().any(|one| one == word)).map(|(_, stop)| *stop).collect()
    };
    let (passed, stopped) = (query.of("passed"), ends(query.of("stopped")));
    if passed.iter().any(|one| one == "build") {
        return (Some(vec![Verdict::Affected, Verdict::NeedsReview]), stopped);
    }
    let Some(least) = ends(passed).into_iter().min() else { return (None, stopped) };
    let all = STEPS.iter().map(|(_, stop)| *stop).chain([Stop::Now]);
    let left: Vec<Stop> =
        all.filter(|stop| *stop > least && (stopped.is_empty() || stopped.contains(stop))).collect();
    // Both together name nothing: what matching closed has not passed.
    (None, if left.is_empty() { vec![Stop::Build] } else { left })
}

fn row(maker: &Maker, line: FindingLine) -> FindingRow {
    let FindingLine { row, product, standing } = line;
    FindingRow {
        id: row.id.to_string(),
        class: class(row.cell.class),
        ceiling: ceiling(&row.cell),
        is_open: open(&row.cell),
        says: says(maker, &row),
        vulnerability: row.vulnerability,
        component: row.component_name,
        version: row.component_version,
        product,
        release: row.release_version,
        release_id: row.release.to_string(),
        fixed: row.fixed,
        exploited: row.is_exploited,
        epss: row.likelihood.map(|millionths| millionths as f32 / 1e6),
        score: row.score,
        due: row.due.map(at),
        decision: standing.word().to_owned(),
    }
}

/// The answer in one sentence, from what is stored.
pub(super) fn says(maker: &Maker, row: &Stored) -> String {
    if !row.gone.is_empty() {
        return format!("{}.", words::capital(&row.gone));
    }
    if open(&row.cell) && row.cell.tier == Tier::Match && !row.cell.is_contested && row.row != 0 {
        let meaning = Reason::from_code(&row.reason).map_or("", Reason::meaning);
        return match row.cell.verdict {
            Verdict::NeedsReview => {
                format!("Not certain to be affected: {meaning}. If it is: {}", maker.says(row))
            }
            _ => maker.says(row),
        };
    }
    let meaning = Reason::from_code(&row.reason).map_or("", Reason::meaning);
    let by = match row.cell.tier {
        Tier::Match => "",
        Tier::Upstream => "a supplier's statement",
        Tier::Policy => "a rule of the own policy",
        Tier::Human => "a person's decision",
    };
    let status = words::capital(&row.cell.status.word().replace('_', " "));
    let mut text = match (by, row.cell.verdict) {
        ("", Verdict::NeedsReview) => format!("Not certain to be affected: {meaning}"),
        ("", _) => words::capital(meaning),
        (by, _) => format!("{status} by {by}"),
    };
    if row.cell.is_contested {
        text.push_str("; new evidence contradicts it");
    }
    if row.cell.is_build_only {
        text.push_str("; only took part in the build");
    }
    if open(&row.cell) && row.cell.class == Some(ResponseClass::None) {
        text.push_str("; without consequence in the deployment");
    }
    if open(&row.cell) && row.is_exploited {
        text.push_str("; it is being exploited");
    }
    text.push('.');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::findings::LIST;

    fn of(address: &str) -> FindingFilter {
        let pairs: Vec<(String, String)> = address
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        let query = Query::parse(&LIST, &pairs).expect("known words");
        filter(&query, Moment(DAY * 10), &|id| id.to_ascii_uppercase())
    }

    #[test]
    fn words_of_an_address_become_a_filter() {
        let every = FindingFilter::default();
        let both = vec![Some(ResponseClass::Immediate), None];
        for (address, filter) in [
            ("", every.clone()),
            ("state=open", FindingFilter { is_open: Some(true), ..every.clone() }),
            ("state=open&state=settled", every.clone()),
            (
                "class=immediate&class=unknown",
                FindingFilter { is_open: Some(true), classes: both, ..every.clone() },
            ),
            ("product=7&release=9", FindingFilter { products: vec![7], releases: vec![9], ..every.clone() }),
            ("release=x", FindingFilter { releases: vec![-1], ..every.clone() }),
            ("vulnerability=cve-1", FindingFilter { vulnerabilities: vec!["CVE-1".into()], ..every.clone() }),
            ("decision=proposed", FindingFilter { standings: vec![Standing::Proposed], ..every.clone() }),
            (
                "exploited=yes&find=ssl",
                FindingFilter { is_exploited: Some(true), text: "ssl".into(), ..every.clone() },
            ),
            (
                "change=new",
                FindingFilter { turned: Some((vec![Turn::New], Moment(DAY * 9))), ..every.clone() },
            ),
            (
                "change=gone",
                FindingFilter {
                    turned: Some((vec![Turn::Gone], Moment(DAY * 9))),
                    is_active: None,
                    ..every.clone()
                },
            ),
            (
                "stopped=settled&reason=human",
                FindingFilter { stops: vec![Stop::Settled], tiers: vec![Tier::Human], ..every.clone() },
            ),
            ("passed=release", FindingFilter { stops: vec![Stop::Date, Stop::Now], ..every.clone() }),
            (
                "passed=date&passed=release",
                FindingFilter { stops: vec![Stop::Date, Stop::Now], ..every.clone() },
            ),
            ("passed=release&stopped=date", FindingFilter { stops: vec![Stop::Date], ..every.clone() }),
            // What is gone at a step has not passed a later one: no row is both.
            ("passed=date&stopped=device", FindingFilter { stops: vec![Stop::Build], ..every.clone() }),
            (
                "passed=build",
                FindingFilter { verdicts: vec![Verdict::Affected, Verdict::NeedsReview], ..every.clone() },
            ),
            (
                "gap=no_platform",
                FindingFilter {
                    is_open: Some(true),
                    verdicts: vec![Verdict::NeedsReview],
                    reasons: vec!["P_UNPROVEN".into()],
                    ..every.clone()
                },
            ),
        ] {
            assert_eq!(of(address), filter, "{address}");
        }
        let none = of("class=none&state=settled");
        assert_eq!((none.products, none.is_open), (vec![-1], Some(false)), "no settled finding has a class");
    }

    #[test]
    fn each_order_of_the_list_is_one_of_the_store() {
        let orders: Vec<Sort> = LIST.sorts.iter().map(|(word, _)| sort(word)).collect();
        for (at, order) in orders.iter().enumerate() {
            assert!(!orders[..at].contains(order), "{order:?}");
        }
        assert_eq!(orders[0], Sort::default());
    }
}
