//! A stored finding seen again with all its evidence: its release is judged anew, on the ground and the knowledge in
//! use, because stored findings are compact.

use std::sync::Arc;

use model::decision::Decision;
use model::finding::Finding as Scanned;
use model::sbom::Inventory;
use store::finding::Finding;
use store::{Moment, Scope};

use crate::assess::Assessed;
use crate::decisions::{self, Proposal};
use crate::ground;
use crate::house::{Fault, House, busy, instant};
use crate::intake::load;
use crate::judge::{Grounds, Judged, judge};
use crate::scan::{self, Options, Request};

/// A release, judged with everything that a proposal needs.
pub struct Sight {
    /// The release.
    pub release: i64,
    /// Its product.
    pub product: i64,
    /// Short name of the product: what decisions call the product line.
    pub slug: String,
    /// Generation of the knowledge.
    pub generation: String,
    /// What was read.
    pub inventory: Inventory,
    /// The ground it was judged on.
    pub grounds: Grounds,
    /// The answer.
    pub judged: Judged,
    /// Ids of the distinct components, in the order of the inventory.
    components: Vec<i64>,
}

/// Judges a release of the store.
///
/// # Errors
/// `Refused` when there is none in the scope, or it has no documents.
pub async fn see(house: &House, scope: &Scope, release: i64, now: Moment) -> Result<Sight, Fault> {
    see_with(house, scope, release, now, |grounds| grounds).await
}

/// The same on another ground: what would be if.
pub(crate) async fn see_with(
    house: &House,
    scope: &Scope,
    release: i64,
    now: Moment,
    other: impl FnOnce(Grounds) -> Grounds + Send + 'static,
) -> Result<Sight, Fault> {
    let mut look = house.store.look().await?;
    let row = look.release(scope, release).await?;
    let row = row.ok_or_else(|| store::Error::NotFound(format!("release {release}")))?;
    let documents = look.documents(scope, release).await?;
    let ground = ground::read(&mut look, scope, &row).await?;
    let components = look.inventory(scope, release).await?.into_iter().map(|(id, _)| id).collect();
    let slug = look.product(scope, row.product).await?.map(|product| product.slug).unwrap_or_default();
    drop(look);
    if documents.is_empty() {
        return Err(Fault::Refused("the release has no documents yet: upload its SBOM".to_owned()));
    }
    let documents = load(house, &documents).await?;
    let ground = ground::complete(house, ground).await?;
    let current = house.current();
    let generation = current.generation.clone();
    let (inventory, grounds, judged) = busy(move || {
        let inventory = scan::read(&Request { documents, ..Request::default() })?;
        let grounds = other(ground.grounds(&inventory));
        let options = Options { at: instant(now), ..Options::default() };
        let judged = judge(&current.knowledge, &inventory, &grounds, &options);
        Ok((inventory, grounds, judged))
    })
    .await?;
    Ok(Sight { release, product: row.product, slug, generation, inventory, grounds, judged, components })
}

/// A finding in sight, by its place.
pub struct Seen<'s> {
    /// Its place in the scan.
    pub at: usize,
    /// With its evidence.
    pub finding: &'s Scanned,
    /// How it was assessed.
    pub assessed: Option<&'s Assessed>,
}

impl Sight {
    /// The place of a stored finding; of the same component in two places the one that weighs more.
    ///
    /// # Errors
    /// `Refused` when the release has it no more: then it is about to be retired.
    pub fn find(&self, row: &Finding) -> Result<Seen<'_>, Fault> {
        let is_it = |finding: &Scanned| {
            self.components.get(finding.component) == Some(&row.component)
                && finding.vulnerability == row.vulnerability
        };
        let places = self.judged.scan.findings.iter().enumerate().filter(|(_, finding)| is_it(finding));
        let weight = |at: usize| self.judged.effects.get(at).map(|effect| (effect.class, effect.ceiling));
        let (at, finding) = places.max_by_key(|(at, _)| weight(*at)).ok_or_else(|| {
            Fault::Refused(format!(
                "{} in {} is not found any more with the documents and the knowledge of now",
                row.vulnerability, row.component_name
            ))
        })?;
        let assessed: Option<&Arc<Assessed>> = self.judged.assessed.get(at).and_then(Option::as_ref);
        Ok(Seen { at, finding, assessed: assessed.map(Arc::as_ref) })
    }

    /// What the evidence of a finding speaks for; a person completes and signs it.
    pub fn proposal(&self, at: usize) -> Option<Proposal> {
        decisions::proposal(&self.inventory, &self.judged, at)
    }

    /// Decisions that are held against the release, with what became of each.
    pub fn decisions(&self) -> impl Iterator<Item = (&Decision, &decisions::DecisionResult)> {
        self.judged.decisions.iter().zip(&self.judged.carried)
    }
}
