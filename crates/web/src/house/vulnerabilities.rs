//! Vulnerabilities: the list, and one.

use service::maker::{Counts, VulnerabilityFilter, VulnerabilityLine, VulnerabilitySort};

use super::HouseBackend;
use super::findings::says;
use super::named::named;
use super::translate::{
    at, at_some, class, counts, failure, ids, maker, moment_of, page_of, paged, wanted_classes,
};
use super::words;
use crate::backend::{Failure, Identity};
use crate::pages::list::{Page, Query};
use crate::pages::vulnerabilities::VulnerabilityRow;
use crate::pages::vulnerability::{Place, Source, Statement, Vulnerability};

pub(super) async fn vulnerabilities(
    of: &HouseBackend,
    who: &Identity,
    query: &Query,
) -> Result<Page<VulnerabilityRow>, Failure> {
    let maker = maker(of, who)?;
    let query = &named(&maker, query).await?;
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
    let listed = maker.vulnerability_lines(&filter, sort, &page_of(query)).await;
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

/// Web addresses that the page names.
const REFERENCES: usize = 40;

pub(super) async fn vulnerability(
    of: &HouseBackend,
    who: &Identity,
    id: &str,
) -> Result<Vulnerability, Failure> {
    let maker = maker(of, who)?;
    let found = maker.vulnerability(id).await.map_err(failure)?;
    let place = |row: &service::maker::FindingRow| Place {
        finding: row.id.to_string(),
        class: class(row.cell.class),
        product: row.product_slug.clone(),
        release: row.release_version.clone(),
        release_id: row.release.to_string(),
        component: words::component(&row.component_name, &row.component_version),
        says: says(&maker, row),
    };
    let proof = |(reason, number): &(String, u64)| {
        let meaning =
            model::reason::Reason::from_code(reason).map_or(reason.as_str(), |known| known.meaning());
        (crate::words::capital(meaning), *number)
    };
    // What could not be evaluated may hold it: that is part of the answer.
    let doubt = (found.not_evaluated > 0).then(|| {
        (
            "components of all releases could not be evaluated: they may hold it".to_owned(),
            found.not_evaluated,
        )
    });
    Ok(Vulnerability {
        places: found.places.iter().map(place).collect(),
        releases: found.releases,
        proof: found.proof.iter().map(proof).chain(doubt).collect(),
        sources: found.sources.iter().map(source).collect(),
        references: found.references.into_iter().take(REFERENCES).collect(),
        id: found.id,
        aliases: found.aliases,
        about: found.about,
        is_known: found.is_known,
        is_withdrawn: found.is_withdrawn,
        facts: found.facts,
        checked: found.checked,
        checked_at: at_some(found.checked_at),
        more: found.more,
        settled: found.settled,
        not_evaluated: found.not_judged,
        statements: found.said.into_iter().map(statement).collect(),
    })
}

fn statement(said: service::maker::Said) -> Statement {
    let service::maker::Said { name, since, product, component, says } = said;
    Statement { decision: name, at: at(since), product, component, says: words::plain(&says) }
}

fn source(of: &service::maker::SourceSays) -> Source {
    Source {
        name: of.name.clone(),
        at: moment_of(&of.modified),
        affected: of.affected.clone(),
        fixed: of.fixed.clone(),
        score: of.score.clone(),
        differs: of.differs,
    }
}
