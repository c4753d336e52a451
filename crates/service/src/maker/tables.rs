//! The tables of the pages: findings with what people said on them, components, vulnerabilities, products, jobs, the log.
//! Each row stands for itself; texts that the store does not keep are taken from the knowledge in use.

use std::collections::BTreeMap;

use model::decision::DecisionState;
use store::audit::Audited;
use store::audit_list::AuditFilter;
use store::component_list::{ComponentFilter, ComponentSort, ListedComponent};
use store::finding_list::Standing;
use store::jobs::JobFilter;
use store::vulnerability_list::{ListedVulnerability, VulnerabilityFilter, VulnerabilitySort};
use store::{Listed, Page};

use super::{Counts, FindingQuestion, FindingRow, Maker, ProductRow, Task};
use crate::house::Fault;

/// A finding as a row of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingLine {
    /// The stored row.
    pub row: FindingRow,
    /// Name of its product.
    pub product: String,
    /// What people have said on it.
    pub standing: Standing,
}

/// A vulnerability as a row of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VulnerabilityLine {
    /// Its numbers.
    pub row: ListedVulnerability,
    /// What it is, in the words of the first source that has any.
    pub about: String,
}

/// A product as a row of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductLine {
    /// The product.
    pub product: ProductRow,
    /// How many releases it has.
    pub releases: u64,
    /// The newest of them: id and version.
    pub newest: Option<(i64, String)>,
    /// Open findings of the newest.
    pub open: Counts,
    /// The newest was judged; where it waits, its numbers say nothing.
    pub is_judged: bool,
}

/// An entry of the log, with what its actor and its product are called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// The entry.
    pub audited: Audited,
    /// Name of the person who acted; else the actor as logged.
    pub actor: String,
}

impl Counts {
    /// From numbers by class: without one, none, routine, planned, immediate.
    pub fn by_class(open: &[u64; 5]) -> Counts {
        let [unknown, none, routine, planned, immediate] = *open;
        Counts { immediate, planned, routine, none, unknown }
    }
}

impl Maker {
    /// A page of findings with what people have said on each.
    ///
    /// # Errors
    /// `Store` with `Invalid` for a cursor of another list.
    pub async fn finding_lines(&self, question: &FindingQuestion) -> Result<Listed<FindingLine>, Fault> {
        let mut look = self.house.store.look().await?;
        let scope = &self.scope;
        let listed = look.findings(scope, &question.filter, question.sort, &question.page).await?;
        let names: Vec<String> = listed.rows.iter().map(|row| row.vulnerability.clone()).collect();
        let about = look.decisions_about(scope, &names).await?;
        let products = look.products(scope).await?;
        let products: BTreeMap<i64, String> =
            products.into_iter().map(|product| (product.id, product.name)).collect();
        let line = |row: FindingRow| {
            let states: Vec<DecisionState> = about
                .iter()
                .filter(|one| {
                    one.vulnerability == row.vulnerability
                        && one.component == row.component_name
                        && one.product.is_none_or(|product| product == row.product)
                })
                .map(|one| one.state)
                .collect();
            let by_cell = Standing::of(&row.cell);
            let standing = if states.contains(&DecisionState::Proposed) {
                Standing::Proposed
            } else if by_cell != Standing::Contested && states.contains(&DecisionState::Overtaken) {
                Standing::Overtaken
            } else {
                by_cell
            };
            let product = products.get(&row.product).cloned().unwrap_or_default();
            FindingLine { row, product, standing }
        };
        Ok(listed.map(line))
    }

    /// A page of the components of all releases.
    ///
    /// # Errors
    /// `Store` with `Invalid` for a cursor of another list.
    pub async fn component_lines(
        &self,
        filter: &ComponentFilter,
        sort: ComponentSort,
        page: &Page,
    ) -> Result<Listed<(ListedComponent, Vec<String>)>, Fault> {
        let mut look = self.house.store.look().await?;
        let listed = look.component_list(&self.scope, filter, sort, page).await?;
        let ids: Vec<i64> = listed.rows.iter().map(|row| row.component).collect();
        let known = look.components_by_id(&ids).await?;
        let known: BTreeMap<i64, Vec<String>> =
            known.into_iter().map(|(id, component)| (id, identities(&component))).collect();
        Ok(listed.map(|row| {
            let identities = known.get(&row.component).cloned().unwrap_or_default();
            (row, identities)
        }))
    }

    /// A page of the vulnerabilities that are open anywhere.
    ///
    /// # Errors
    /// `Store` with `Invalid` for a cursor of another list.
    pub async fn vulnerability_lines(
        &self,
        filter: &VulnerabilityFilter,
        sort: VulnerabilitySort,
        page: &Page,
    ) -> Result<Listed<VulnerabilityLine>, Fault> {
        let mut look = self.house.store.look().await?;
        let listed = look.vulnerability_list(&self.scope, filter, sort, page).await?;
        drop(look);
        let current = self.house.current();
        let index = &current.knowledge.index;
        Ok(listed.map(|row| {
            let about = super::finding::about(index, &row.name);
            VulnerabilityLine { row, about }
        }))
    }

    /// The products of the scope, each with its newest release.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn product_lines(&self) -> Result<Vec<ProductLine>, Fault> {
        let mut look = self.house.store.look().await?;
        let heads = look.release_heads(&self.scope).await?;
        let mut heads: BTreeMap<i64, _> = heads.into_iter().map(|head| (head.product, head)).collect();
        let mut lines = Vec::new();
        for product in look.products(&self.scope).await? {
            let head = heads.remove(&product.id);
            let open = Counts::default();
            let mut line = ProductLine { product, releases: 0, newest: None, open, is_judged: false };
            if let Some(head) = head {
                line.open = Counts::of(&look.counts_of_release(&self.scope, head.newest).await?);
                line.releases = head.releases;
                line.is_judged = head.is_judged;
                line.newest = Some((head.newest, head.version));
            }
            lines.push(line);
        }
        Ok(lines)
    }

    /// A page of the jobs that the organisation may see.
    ///
    /// # Errors
    /// `Store` with `Invalid` for a cursor of another list.
    pub async fn job_lines(&self, filter: &JobFilter, page: &Page) -> Result<Listed<Task>, Fault> {
        Ok(self.house.store.look().await?.jobs_of(&self.scope, filter, page).await?)
    }

    /// A page of the log. An actor may be given as logged, or by name; a number as subject is a finding: what was done to
    /// it and to the decisions about it.
    ///
    /// # Errors
    /// `Store` with `Invalid` for a cursor of another list.
    pub async fn log_lines(
        &self,
        filter: &AuditFilter,
        is_newest_first: bool,
        page: &Page,
    ) -> Result<Listed<LogLine>, Fault> {
        let mut look = self.house.store.look().await?;
        let people = look.people(&self.scope).await?;
        let mut filter = filter.clone();
        let logged =
            |actor: &String| match people.iter().find(|one| one.name == *actor || one.login == *actor) {
                Some(person) => format!("person/{}", person.id),
                None => actor.clone(),
            };
        filter.actors = filter.actors.iter().map(logged).collect();
        let mut subjects = Vec::new();
        for subject in std::mem::take(&mut filter.subjects) {
            match subject.parse::<i64>() {
                Ok(finding) => {
                    subjects.push(format!("finding/{finding}"));
                    if let Some(row) = look.finding(&self.scope, finding).await? {
                        subjects.extend(self.decisions_on(&mut look, &row).await?);
                    }
                }
                Err(_) => subjects.push(subject),
            }
        }
        filter.subjects = subjects;
        let listed = look.audit_list(&self.scope, &filter, is_newest_first, page).await?;
        let name = |actor: &str| {
            let id: Option<i64> = actor.strip_prefix("person/").and_then(|id| id.parse().ok());
            let person = people.iter().find(|person| Some(person.id) == id);
            person.map_or_else(|| actor.to_owned(), |person| person.name.clone())
        };
        Ok(listed.map(|audited| LogLine { actor: name(&audited.entry.actor), audited }))
    }

    /// The decisions about a finding, as the log names them.
    async fn decisions_on(&self, look: &mut store::Look, row: &FindingRow) -> Result<Vec<String>, Fault> {
        let filter = store::decision::DecisionFilter {
            vulnerability: Some(row.vulnerability.clone()),
            ..store::decision::DecisionFilter::default()
        };
        let listed = look.decisions(&self.scope, &filter, &Page { after: None, limit: 1000 }).await?;
        let is_about = |one: &store::decision::Decision| {
            one.component == row.component_name && one.product.is_none_or(|product| product == row.product)
        };
        let about = listed.rows.into_iter().filter(is_about);
        Ok(about.map(|one| format!("decision/{}", one.id)).collect())
    }

    /// The display id of a vulnerability by any of its ids; the id itself where nobody knows it.
    pub fn display_id(&self, id: &str) -> String {
        let current = self.house.current();
        let index = &current.knowledge.index;
        let known = index.find(id).and_then(|number| index.vulnerability(number).ok());
        known.map_or_else(|| id.to_owned(), |one| one.id().to_owned())
    }
}

/// Package URLs, CPE names, commits: as written.
fn identities(component: &model::component::Component) -> Vec<String> {
    let purls = component.purls.iter().map(ToString::to_string);
    let cpes = component.cpes.iter().map(|one| one.cpe.to_23());
    let repositories = component.git.repositories.iter().map(|one| format!("git:{one}"));
    purls.chain(cpes).chain(repositories).collect()
}
