//! Vulnerabilities: the list, and one.

use super::HouseBackend;
use super::translate::{at_some, class, failure, maker, moment_of};
use super::words;
use crate::backend::{Failure, Identity, Kind};
use crate::pages::list::{Page, Query};
use crate::pages::vulnerabilities::VulnerabilityRow;
use crate::pages::vulnerability::{Place, Source, Vulnerability};

pub(super) async fn vulnerabilities(
    of: &HouseBackend,
    who: &Identity,
    query: &Query,
) -> Result<Page<VulnerabilityRow>, Failure> {
    let _ = (of, who, query);
    Err(Failure::new(Kind::Unavailable, "This page has no answer yet"))
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
        says: maker.says(row),
    };
    let proof = |(reason, number): &(String, u64)| {
        let meaning =
            model::reason::Reason::from_code(reason).map_or(reason.as_str(), |known| known.meaning());
        (crate::words::capital(meaning), *number)
    };
    // What could not be evaluated may hold it: that is part of the answer.
    let doubt = (found.not_evaluated > 0).then(|| {
        (
            "Components of all releases that could not be evaluated: they may hold it.".to_owned(),
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
        statements: Vec::new(),
    })
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
