//! Vulnerabilities: the list, and one.

use service::maker::{Counts, VulnerabilityFilter, VulnerabilityLine, VulnerabilitySort};

use super::HouseBackend;
use super::translate::{at_some, class, counts, failure, ids, maker, page_of, paged, wanted_classes};
use crate::backend::{Failure, Identity, Kind};
use crate::pages::list::{Page, Query};
use crate::pages::vulnerabilities::VulnerabilityRow;
use crate::pages::vulnerability::Vulnerability;

pub(super) async fn vulnerabilities(
    of: &HouseBackend,
    who: &Identity,
    query: &Query,
) -> Result<Page<VulnerabilityRow>, Failure> {
    let filter = VulnerabilityFilter {
        worst: wanted_classes(query.of("class")),
        is_exploited: (!query.of("exploited").is_empty()).then_some(true),
        products: ids(query.of("product")),
        text: query.find.clone(),
    };
    let sort = match query.sort {
        "new" => VulnerabilitySort::Published,
        "epss" => VulnerabilitySort::Likelihood,
        "releases" => VulnerabilitySort::Releases,
        _ => VulnerabilitySort::Urgency,
    };
    let listed = maker(of, who)?.vulnerability_lines(&filter, sort, &page_of(query)).await;
    Ok(paged(listed.map_err(failure)?, row))
}

fn row(line: VulnerabilityLine) -> VulnerabilityRow {
    let VulnerabilityLine { row, about } = line;
    VulnerabilityRow {
        id: row.name,
        class: class(row.worst),
        open: counts(&Counts::by_class(&row.open)),
        about: in_a_line(if row.title.is_empty() { &about } else { &row.title }),
        releases: row.releases,
        exploited: row.is_exploited,
        epss: row.likelihood.map(|millionths| millionths as f32 / 1e6),
        score: row.score,
        published: at_some(row.published),
    }
}

/// Letters of a line of a list.
const LINE: usize = 160;

/// The first sentence of a text, cut where it is long.
pub(super) fn in_a_line(text: &str) -> String {
    let plain = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let first = plain.split_once(". ").map_or(plain.as_str(), |(first, _)| first);
    if first.chars().count() <= LINE {
        return first.to_owned();
    }
    let cut: String = first.chars().take(LINE).collect();
    let whole = cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole);
    format!("{whole} …")
}

pub(super) async fn vulnerability(
    of: &HouseBackend,
    who: &Identity,
    id: &str,
) -> Result<Vulnerability, Failure> {
    let _ = (of, who, id);
    Err(Failure::new(Kind::Unavailable, "This page has no answer yet"))
}
