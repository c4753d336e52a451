//! The maker's handle: what people of an organisation may ask about their products. Holding it is the right to ask; the
//! scope inside is the border, and the store never answers across it.

mod compare;
mod feeds;
mod finding;
mod gaps;
mod lists;
mod product;
mod release;
mod search;
mod tables;
mod today;
mod vulnerability;

pub use compare::ReleasesCompared;
pub use feeds::{FeedHealth, KnowledgeHealth};
pub use finding::{Detail, Elsewhere, Happening};
pub use gaps::{GapNumbers, gap_codes};
pub use lists::{FindingQuestion, Task};
pub use product::{ProductDetail, ReleaseNumbers};
pub use release::{Coverage, DocumentRow, GroupRow, ReleaseDetail};
pub use search::{Found, FoundVulnerability};
pub use store::Error as StoreError;
pub use store::audit::Audited;
pub use store::audit_list::AuditFilter;
pub use store::cell::Cell;
pub use store::cell::Stop;
pub use store::component_list::{ComponentFilter, ComponentSort, ListedComponent};
pub use store::decision::{Decision as DecisionRow, DecisionFilter};
pub use store::finding::Finding as FindingRow;
pub use store::finding_list::{FindingFilter, Sort, SortBy, Standing};
pub use store::finding_write::Turn;
pub use store::jobs::Job as JobRow;
pub use store::jobs::{JobFilter, WorkState};
pub use store::product::Product as ProductRow;
pub use store::release::Release as ReleaseRow;
pub use store::totals::{ByClass, ReleaseTotals};
pub use store::vulnerability_list::{ListedVulnerability, VulnerabilityFilter, VulnerabilitySort};
pub use store::{Listed, Moment, Page, Products, Scope};
pub use tables::{FindingLine, LogLine, ProductLine, VulnerabilityLine};
pub use today::TodayFacts;
pub use vulnerability::{Said, SourceSays, Where};

use std::collections::BTreeMap;

use model::assessment::ResponseClass;
use model::decision::DecisionState;
use store::finding_count::CellCount;

use crate::house::{Fault, House};

/// What somebody of an organisation may ask.
#[derive(Clone)]
pub struct Maker {
    pub(crate) house: House,
    pub(crate) scope: Scope,
}

/// Open findings by what is to be done, and those nobody has assessed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Needs action now.
    pub immediate: u64,
    /// A patch with a date.
    pub planned: u64,
    /// With the next release.
    pub routine: u64,
    /// Without consequence in the deployment.
    pub none: u64,
    /// Open, and without a class.
    pub unknown: u64,
}

impl Counts {
    /// Adds open findings of a cell; others are not counted.
    fn add(&mut self, cell: &Cell, number: u64) {
        if !is_open(cell) {
            return;
        }
        let place = match cell.class {
            Some(ResponseClass::Immediate) => &mut self.immediate,
            Some(ResponseClass::Planned) => &mut self.planned,
            Some(ResponseClass::Routine) => &mut self.routine,
            Some(ResponseClass::None) => &mut self.none,
            None => &mut self.unknown,
        };
        *place = place.saturating_add(number);
    }

    fn of<'c>(counts: impl IntoIterator<Item = &'c CellCount>) -> Counts {
        let mut sum = Counts::default();
        for count in counts {
            sum.add(&count.cell, count.n);
        }
        sum
    }
}

/// True while a finding is active and nobody has settled it.
pub fn is_open(cell: &Cell) -> bool {
    cell.is_open()
}

/// A product with its numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductSummary {
    /// The product.
    pub product: ProductRow,
    /// Its releases, newest first.
    pub releases: Vec<(ReleaseRow, Counts)>,
}

impl Maker {
    /// Names of the people of the organisation, by id.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn names_of_people(&self) -> Result<BTreeMap<i64, String>, Fault> {
        let people = self.house.store.look().await?.people(&self.scope).await?;
        Ok(people.into_iter().map(|person| (person.id, person.name)).collect())
    }

    /// Numbers over all releases.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn totals(&self) -> Result<ReleaseTotals, Fault> {
        Ok(self.house.store.look().await?.release_totals(&self.scope, None).await?)
    }

    /// What proposals that wait for a second person speak of: vulnerability and component's name.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn proposed(&self) -> Result<Vec<(String, String)>, Fault> {
        let filter = DecisionFilter { states: vec![DecisionState::Proposed], ..DecisionFilter::default() };
        let mut look = self.house.store.look().await?;
        let (mut found, mut page) = (Vec::new(), Page { after: None, limit: 1000 });
        loop {
            let listed = look.decisions(&self.scope, &filter, &page).await?;
            found.extend(listed.rows.into_iter().map(|one| (one.vulnerability, one.component)));
            match listed.next {
                Some(next) => page.after = Some(next),
                None => return Ok(found),
            }
        }
    }

    /// The answer on a stored finding in a sentence.
    pub fn says(&self, finding: &FindingRow) -> String {
        let tables = self.house.current().knowledge.tables;
        crate::sentence::of_row(&tables, finding.row, &finding.reason, &finding.fixed)
    }

    /// The handle of a scope.
    pub fn new(house: House, scope: Scope) -> Maker {
        Maker { house, scope }
    }

    /// Id, short name and name of the products of the scope, by short name.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn product_names(&self) -> Result<Vec<(i64, String, String)>, Fault> {
        let products = self.house.store.look().await?.products(&self.scope).await?;
        Ok(products.into_iter().map(|product| (product.id, product.slug, product.name)).collect())
    }

    /// True where the scope has a release of this number.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn has_release(&self, id: i64) -> Result<bool, Fault> {
        Ok(self.house.store.look().await?.release(&self.scope, id).await?.is_some())
    }

    /// Id and name (`Gateway 4.1.0`) of the releases of a product, or of all.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn release_names(&self, product: Option<i64>) -> Result<Vec<(i64, String)>, Fault> {
        let mut look = self.house.store.look().await?;
        let mut names = Vec::new();
        for of in look.products(&self.scope).await? {
            if product.is_none_or(|product| product == of.id) {
                let releases = releases(&mut look, &self.scope, of.id).await?;
                names
                    .extend(releases.into_iter().map(|one| (one.id, format!("{} {}", of.name, one.version))));
            }
        }
        Ok(names)
    }

    /// The products of the scope with all releases, by name.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn products(&self) -> Result<Vec<ProductSummary>, Fault> {
        let mut look = self.house.store.look().await?;
        let mut products = Vec::new();
        for product in look.products(&self.scope).await? {
            let counts = look.counts_by_release(&self.scope, product.id).await?;
            let releases = releases(&mut look, &self.scope, product.id).await?;
            let releases = releases
                .into_iter()
                .map(|release| {
                    let own = counts.iter().filter(|count| count.release == Some(release.id));
                    let counted = Counts::of(own);
                    (release, counted)
                })
                .collect();
            products.push(ProductSummary { product, releases });
        }
        products.sort_by(|a, b| a.product.name.cmp(&b.product.name));
        Ok(products)
    }
}

/// All releases of a product, newest first.
async fn releases(look: &mut store::Look, scope: &Scope, product: i64) -> Result<Vec<ReleaseRow>, Fault> {
    let (mut found, mut page) = (Vec::new(), Page { after: None, limit: 1000 });
    loop {
        let listed = look.releases(scope, Some(product), &page).await?;
        found.extend(listed.rows);
        match listed.next {
            Some(next) => page.after = Some(next),
            None => return Ok(found),
        }
    }
}
