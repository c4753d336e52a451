//! Search: ids, components, products; the answer is also how many releases were looked at.

use store::vulnerability_list::{ListedVulnerability, VulnerabilityFilter, VulnerabilitySort};
use store::{Moment, Page};

use super::Maker;
use crate::house::Fault;

/// What a text leads to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Vulnerabilities of that id.
    pub vulnerabilities: Vec<FoundVulnerability>,
    /// Components of that name: name, version, releases.
    pub components: Vec<(String, String, u64)>,
    /// Products of that name: short name and name.
    pub products: Vec<(String, String)>,
    /// Releases of that version: id, product's name, version.
    pub releases: Vec<(i64, String, String)>,
    /// Releases that were judged, hence searched.
    pub checked: u64,
    /// When the last of them was judged.
    pub checked_at: Moment,
}

/// A vulnerability that was found, also where we have it nowhere.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundVulnerability {
    /// Its display id.
    pub id: String,
    /// Its open findings; `None` = it is open nowhere.
    pub open: Option<ListedVulnerability>,
    /// Releases in which it was met and somebody has settled it.
    pub settled: u64,
    /// Releases that were never judged: nobody can say of them.
    pub not_evaluated: u64,
    /// In the words of the first source that has any.
    pub about: String,
}

/// Hits of each kind.
const MOST: u32 = 10;

impl Maker {
    /// What a text leads to.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn search(&self, text: &str) -> Result<Found, Fault> {
        let scope = &self.scope;
        let text = text.trim();
        let mut found = Found::default();
        let mut look = self.house.store.look().await?;
        let totals = look.release_totals(scope, None).await?;
        (found.checked, found.checked_at) = (totals.judged, totals.judged_last);
        if text.is_empty() {
            return Ok(found);
        }
        let page = Page { after: None, limit: MOST };
        let filter = VulnerabilityFilter { text: text.to_owned(), ..VulnerabilityFilter::default() };
        let sort = VulnerabilitySort::Urgency;
        let open = look.vulnerability_list(scope, &filter, sort, &page).await?.rows;
        let (known, named) = self.named(text);
        let mut ids: Vec<String> = open.iter().map(|one| one.name.clone()).collect();
        // One of an exact id comes first, also where it is open nowhere.
        if let Some(id) = named {
            ids.retain(|one| *one != id);
            ids.insert(0, id);
        }
        for id in ids {
            let settled = look.settled_releases(scope, &id).await?;
            let current = self.house.current();
            let about = super::finding::about(&current.knowledge.index, &id);
            let mut open: Option<ListedVulnerability> = open.iter().find(|one| one.name == id).cloned();
            if open.is_none() && known {
                let filter = VulnerabilityFilter { text: id.clone(), ..VulnerabilityFilter::default() };
                let listed = look.vulnerability_list(scope, &filter, sort, &page).await?;
                open = listed.rows.into_iter().find(|one| one.name == id);
            }
            let not_evaluated = totals.releases - totals.judged;
            found.vulnerabilities.push(FoundVulnerability { id, open, settled, not_evaluated, about });
        }
        found.components = look.components_named(scope, text, MOST).await?;
        let wanted = text.to_lowercase();
        let has = |text: &str| text.to_lowercase().contains(&wanted);
        let products = look.products(scope).await?;
        for (id, product, version) in look.releases_named(scope, text, MOST).await? {
            let product = products.iter().find(|one| one.id == product);
            found.releases.push((id, product.map_or_else(String::new, |one| one.name.clone()), version));
        }
        let hits = products.into_iter().filter(|one| has(&one.name) || has(&one.slug));
        found.products = hits.take(MOST as usize).map(|one| (one.slug, one.name)).collect();
        Ok(found)
    }

    /// Whether the knowledge has a vulnerability of exactly this id, and the id to show: an id that nobody knows is shown
    /// as it was asked for.
    fn named(&self, text: &str) -> (bool, Option<String>) {
        let current = self.house.current();
        let index = &current.knowledge.index;
        let written = text.to_ascii_uppercase();
        let find = |id: &str| {
            let found = index.find(id).and_then(|number| index.vulnerability(number).ok());
            found.map(|one| one.id().to_owned())
        };
        match find(text).or_else(|| find(&written)) {
            Some(id) => (true, Some(id)),
            None => (false, is_cve(&written).then_some(written)),
        }
    }
}

/// `CVE-2024-3094`, whether or not anybody knows it.
fn is_cve(text: &str) -> bool {
    let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    text.strip_prefix("CVE-").and_then(|rest| rest.split_once('-')).is_some_and(|(year, number)| {
        year.len() == 4 && (4..=9).contains(&number.len()) && is_plain(year) && is_plain(number)
    })
}
