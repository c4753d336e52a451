//! A release as a page shows it: numbers, funnel, groups, coverage, documents.

use std::collections::BTreeMap;

use store::component_list::{ComponentFilter, ComponentSort};
use store::document::Document;
use store::finding_list::{FindingFilter, Sort};
use store::{Look, Page, Scope};

use super::today::OPEN;
use super::{Counts, FindingRow, Maker, ReleaseRow};
use crate::house::Fault;
use crate::summary::Summary;

/// A document of a release.
pub type DocumentRow = Document;

/// A release with everything around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseDetail {
    /// The release.
    pub release: ReleaseRow,
    /// Slug and name of its product.
    pub product: (String, String),
    /// The release before it: id and version.
    pub before: Option<(i64, String)>,
    /// Open findings.
    pub open: Counts,
    /// Components with open findings, the most urgent first.
    pub groups: Vec<GroupRow>,
    /// Coverage.
    pub coverage: Coverage,
    /// Documents, oldest first.
    pub documents: Vec<DocumentRow>,
    /// What the last judgement kept: funnel, upgrades.
    pub summary: Summary,
    /// Date of the knowledge it was judged with, where that is still in use; empty otherwise.
    pub knowledge: String,
    /// Who handed in the documents: id and name.
    pub senders: BTreeMap<i64, String>,
}

/// A component with open findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRow {
    /// Its name.
    pub component: String,
    /// Its version.
    pub version: String,
    /// Open findings.
    pub open: Counts,
    /// A version that mends some of them; empty when none is known.
    pub fixed: String,
}

/// How many components are in which state of coverage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// By word of the state.
    pub states: BTreeMap<String, u64>,
}

impl Coverage {
    /// Components in states that begin with one of the words.
    pub fn of(&self, words: &[&str]) -> u64 {
        let is =
            |state: &str| words.iter().any(|word| state == *word || state.starts_with(&format!("{word}/")));
        self.states.iter().filter(|(state, _)| is(state)).map(|(_, number)| number).sum()
    }

    /// All components.
    pub fn all(&self) -> u64 {
        self.states.values().sum()
    }

    /// Components that could not be evaluated, by reason.
    pub fn not_evaluated(&self) -> impl Iterator<Item = (&str, u64)> {
        self.states
            .iter()
            .filter(|(state, _)| !is_evaluated(state))
            .map(|(state, number)| (state.as_str(), *number))
    }
}

/// True for a coverage state in which the component was looked at, or need not be.
pub(crate) fn is_evaluated(word: &str) -> bool {
    matches!(word.split('/').next(), Some("matched" | "clean" | "excluded"))
}

/// Findings, the most urgent, among which a version with a fix is looked for.
const LOOKED_AT: u32 = 1000;

/// Components with open findings, the most urgent first: exact numbers, however many findings there are.
async fn groups(
    look: &mut Look,
    scope: &Scope,
    release: i64,
    summary: &Summary,
) -> Result<Vec<GroupRow>, Fault> {
    let mut groups: Vec<GroupRow> = Vec::new();
    let filter = ComponentFilter { releases: vec![release], ..ComponentFilter::default() };
    let mut page = Page { after: None, limit: 1000 };
    loop {
        let listed = look.component_list(scope, &filter, ComponentSort::Urgency, &page).await?;
        let open = listed.rows.iter().filter(|row| row.open.iter().any(|number| *number > 0));
        // The same name and version may stand twice in an inventory.
        for row in open {
            let counted = Counts::by_class(&row.open);
            let same = |group: &&mut GroupRow| group.component == row.name && group.version == row.version;
            match groups.iter_mut().find(same) {
                Some(group) => group.open.join(&counted),
                None => groups.push(GroupRow {
                    component: row.name.clone(),
                    version: row.version.clone(),
                    open: counted,
                    fixed: String::new(),
                }),
            }
        }
        // What has none open comes last.
        let is_over = listed.rows.last().is_none_or(|row| row.urgency == 0);
        match listed.next {
            Some(next) if !is_over => page.after = Some(next),
            _ => break,
        }
    }
    let filter =
        FindingFilter { release: Some(release), statuses: OPEN.to_vec(), ..FindingFilter::default() };
    let urgent =
        look.findings(scope, &filter, Sort::default(), &Page { after: None, limit: LOOKED_AT }).await?;
    for group in &mut groups {
        group.fixed = fixed(group, summary, &urgent.rows);
    }
    Ok(groups)
}

/// The version that has all fixes of its line where the judgement has worked it out; else the fix of the most urgent.
fn fixed(group: &GroupRow, summary: &Summary, urgent: &[FindingRow]) -> String {
    let upgrade =
        summary.upgrades.iter().find(|one| one.component == group.component && one.from == group.version);
    let own = urgent.iter().find(|one| {
        one.component_name == group.component
            && one.component_version == group.version
            && !one.fixed.is_empty()
    });
    upgrade.map(|one| one.to.clone()).or_else(|| own.map(|one| one.fixed.clone())).unwrap_or_default()
}

impl Maker {
    /// A release; `None` when there is none in the scope.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn release(&self, id: i64) -> Result<Option<ReleaseDetail>, Fault> {
        let scope = &self.scope;
        let mut look = self.house.store.look().await?;
        let Some(release) = look.release(scope, id).await? else { return Ok(None) };
        let product = look.product(scope, release.product).await?;
        let product = product.map_or_else(Default::default, |product| (product.slug, product.name));
        let releases = super::releases(&mut look, scope, release.product).await?;
        let before = releases
            .iter()
            .filter(|other| other.id < id)
            .map(|other| (other.id, other.version.clone()))
            .next();
        let documents = look.documents(scope, id).await?;
        let mut senders: BTreeMap<i64, String> = BTreeMap::new();
        for sender in documents.iter().map(|document| document.received_by) {
            if sender != 0 && !senders.contains_key(&sender) {
                let person = look.person(scope, sender).await?;
                senders.insert(sender, person.map_or_else(String::new, |person| person.name));
            }
        }
        let summary = Summary::read(&release.summary);
        Ok(Some(ReleaseDetail {
            open: Counts::of(&look.counts_of_release(scope, id).await?),
            coverage: Coverage { states: look.coverage(scope, id).await?.into_iter().collect() },
            documents,
            knowledge: self.knowledge_of(&release),
            senders,
            release,
            product,
            before,
            groups: groups(&mut look, scope, id, &summary).await?,
            summary,
        }))
    }

    /// The newest date of the feeds that a release was judged with.
    fn knowledge_of(&self, release: &ReleaseRow) -> String {
        let current = self.house.current();
        if current.generation != release.generation {
            return String::new();
        }
        let dates = current.knowledge.feeds().iter().map(|feed| feed.as_of.clone());
        dates.max().unwrap_or_default()
    }
}
