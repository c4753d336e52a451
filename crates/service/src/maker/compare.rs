//! Two stored releases side by side, each difference with its cause: both are judged again on the knowledge in use.

use std::collections::HashMap;

use store::finding_list::{FindingFilter, Sort};
use store::{Moment, Page};

use super::{Maker, ReleaseRow};
use crate::compare::{Compared, Given, compare};
use crate::ground;
use crate::house::{Fault, busy, instant};
use crate::intake::load;
use crate::scan::{self, Options, Request};

/// Two releases and what is different.
pub struct ReleasesCompared {
    /// The older one.
    pub from: ReleaseRow,
    /// The newer one.
    pub to: ReleaseRow,
    /// Names of their products, in the same order.
    pub products: [String; 2],
    /// Sides and differences.
    pub compared: Compared,
    /// Stored findings of both: release, component's name, vulnerability, to the finding's id.
    pub findings: HashMap<(i64, String, String), i64>,
}

impl Maker {
    /// Compares two releases; `None` when one of them is not in the scope.
    ///
    /// # Errors
    /// `Refused` when one of them has no documents yet.
    pub async fn compare(&self, from: i64, to: i64, now: Moment) -> Result<Option<ReleasesCompared>, Fault> {
        let mut look = self.house.store.look().await?;
        let (Some(from), Some(to)) =
            (look.release(&self.scope, from).await?, look.release(&self.scope, to).await?)
        else {
            return Ok(None);
        };
        let mut products = [String::new(), String::new()];
        for (name, release) in products.iter_mut().zip([&from, &to]) {
            *name =
                look.product(&self.scope, release.product).await?.map_or_else(String::new, |one| one.name);
        }
        let mut sides = Vec::with_capacity(2);
        let mut findings = HashMap::new();
        for release in [&from, &to] {
            let documents = look.documents(&self.scope, release.id).await?;
            if documents.is_empty() {
                let says = format!("release {} has no documents yet: upload its SBOM", release.version);
                return Err(Fault::Refused(says));
            }
            let ground = ground::read(&mut look, &self.scope, release).await?;
            sides.push((load(&self.house, &documents).await?, ground::complete(&self.house, ground).await?));
            let filter =
                FindingFilter { release: Some(release.id), is_active: None, ..FindingFilter::default() };
            let mut page = Page { after: None, limit: 1000 };
            loop {
                let listed = look.findings(&self.scope, &filter, Sort::default(), &page).await?;
                for row in listed.rows {
                    findings.insert((release.id, row.component_name, row.vulnerability), row.id);
                }
                match listed.next {
                    Some(next) => page.after = Some(next),
                    None => break,
                }
            }
        }
        drop(look);
        let current = self.house.current();
        let compared = busy(move || {
            let mut read = Vec::with_capacity(2);
            for (documents, ground) in sides {
                let inventory = scan::read(&Request { documents, ..Request::default() })?;
                let grounds = ground.grounds(&inventory);
                read.push((inventory, grounds));
            }
            let [old, new] = read.as_slice() else {
                return Err(Fault::Broken("a comparison has two sides".to_owned()));
            };
            let given = |(inventory, grounds)| Given { knowledge: &current.knowledge, inventory, grounds };
            let options = Options { at: instant(now), verdicts_only: true, ..Options::default() };
            Ok(compare(given((&old.0, &old.1)), given((&new.0, &new.1)), &options, true))
        })
        .await?;
        Ok(Some(ReleasesCompared { from, to, products, compared, findings }))
    }

    /// Releases of the scope to choose from, newest first, at most 200: id, product's name, version.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn choices(&self) -> Result<Vec<(i64, String, String)>, Fault> {
        let mut look = self.house.store.look().await?;
        let products: HashMap<i64, String> =
            look.products(&self.scope).await?.into_iter().map(|one| (one.id, one.name)).collect();
        let listed = look.releases(&self.scope, None, &Page { after: None, limit: 200 }).await?;
        let name = |id: &i64| products.get(id).cloned().unwrap_or_default();
        Ok(listed.rows.into_iter().map(|one| (one.id, name(&one.product), one.version)).collect())
    }
}
