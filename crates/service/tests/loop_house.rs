//! A house with a store and blobs of its own, for tests of the loop.

use std::path::PathBuf;
use std::sync::Arc;

use index::Index;
use model::access::Role;
use service::house::House;
use service::intake::{Received, Upload, receive};
use service::jobs::queue::{Turn, turn};
use service::knowledge::{Knowledge, Origin};
use service::scan::{Document, Views};
use store::blobs::Directory;
use store::finding_list::{FindingFilter, Sort};
use store::jobs::Lane;
use store::product::ProductText;
use store::{Moment, Page, Scope, Store};

pub const NOW: Moment = Moment(1_790_000_000_000);

/// Runs a test's future; work that keeps a core busy goes to threads beside it.
pub fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

pub fn knowledge(index: Index) -> Knowledge {
    Knowledge { index, origin: Origin::Starter, views: Views::default(), tables: Default::default() }
}

/// One organisation and one product.
pub struct Site {
    pub house: House,
    pub scope: Scope,
    pub product: i64,
    folder: PathBuf,
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Site {
    pub async fn new(index: Index, generation: &str) -> Site {
        static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
        let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("patchwright-loop-{}-{number}", std::process::id()));
        let store = Store::temporary().await.unwrap();
        let blobs = Arc::new(Directory::open(&folder).unwrap());
        let mut change = store.change().await.unwrap();
        let scope = change.add_organisation("acme", "Acme", NOW).await.unwrap();
        let text = ProductText {
            slug: "gateway".to_owned(),
            name: "Gateway".to_owned(),
            settings: "{}".to_owned(),
            support_from: Moment::NEVER,
            support_until: Moment::NEVER,
            is_archived: false,
        };
        let product = change.add_product(&scope, &text, NOW).await.unwrap();
        change.commit().await.unwrap();
        assert_eq!(scope.role, Role::Admin);
        Site {
            house: House::new(store, blobs, knowledge(index), generation.to_owned()),
            scope,
            product,
            folder,
        }
    }

    pub async fn upload(&self, version: &str, documents: Vec<Document>) -> Received {
        self.try_upload(version, documents).await.unwrap()
    }

    pub async fn try_upload(
        &self,
        version: &str,
        documents: Vec<Document>,
    ) -> Result<Received, service::house::Fault> {
        self.upload_by(&self.house, version, documents).await
    }

    /// As another node takes it in.
    pub async fn upload_by(
        &self,
        house: &House,
        version: &str,
        documents: Vec<Document>,
    ) -> Result<Received, service::house::Fault> {
        let upload = Upload {
            product: self.product,
            version: version.to_owned(),
            documents,
            actor: "person/1".to_owned(),
            person: 1,
        };
        receive(house, &self.scope, upload, NOW).await
    }

    /// Does all jobs that are due. Returns their kinds and keys.
    pub async fn work(&self, now: Moment) -> Vec<(String, String)> {
        let mut done = Vec::new();
        loop {
            match turn(&self.house, Lane::ALL, "test", &|| now, 0).await.unwrap() {
                Turn::Idle => return done,
                Turn::Done { kind, key } => done.push((kind, key)),
                Turn::Failed { kind, key, why } => panic!("{kind} {key}: {why}"),
            }
        }
    }

    /// Everything that a judgement leaves of a release: its findings, of what each was computed, the coverage of each
    /// component, the classes and the setting.
    pub async fn state(&self) -> Vec<String> {
        let mut lines = self.findings().await;
        let mut look = self.house.store.look().await.unwrap();
        let page = Page { after: None, limit: 1000 };
        let releases = look.releases(&self.scope, None, &page).await.unwrap().rows;
        for release in releases {
            for one in look.judged_of(&[release.id]).await.unwrap() {
                // The deadline counts from the day of the class, which is another one for who followed.
                let (name, cell) = (&one.vulnerability, &one.cell);
                lines.push(format!(
                    "{} {} {name} {cell:?} {}",
                    release.version, one.component, one.input_hash
                ));
            }
            let of = look.release_components(&self.scope, release.id, "", "", &page).await.unwrap();
            lines.extend(
                of.rows.iter().map(|one| {
                    format!("{} {} {} is {}", release.version, one.name, one.version, one.coverage)
                }),
            );
            // The funnel counts what is excluded, too, which a rescan leaves as it was.
            let summary: serde_json::Value = serde_json::from_str(&release.summary).unwrap();
            lines.push(format!("{} {} {}", release.version, summary["classes"], summary["setting"]));
        }
        lines.sort();
        lines
    }

    /// Active findings as lines: release, component, version, vulnerability, what holds.
    pub async fn findings(&self) -> Vec<String> {
        let mut look = self.house.store.look().await.unwrap();
        let page = Page { after: None, limit: 1000 };
        let listed =
            look.findings(&self.scope, &FindingFilter::default(), Sort::default(), &page).await.unwrap();
        assert_eq!(listed.total as usize, listed.rows.len(), "one page is enough for a test");
        let mut lines: Vec<String> = listed
            .rows
            .iter()
            .map(|one| {
                format!(
                    "{} {} {} {} {:?} {:?} {} {} {:?} {:?} {}",
                    one.release_version,
                    one.component_name,
                    one.component_version,
                    one.vulnerability,
                    one.cell.verdict,
                    one.cell.class,
                    one.reason,
                    one.fixed,
                    one.likelihood,
                    one.is_exploited,
                    one.row,
                )
            })
            .collect();
        lines.sort();
        lines
    }
}

/// A CycloneDX BOM of names, versions and CPE names.
pub fn bom(components: &[(&str, &str, String)]) -> Document {
    let rows: Vec<String> = components
        .iter()
        .map(|(name, version, cpe)| {
            format!(
                r#"{{"type":"library","bom-ref":"{name}-{version}","name":"{name}","version":"{version}","cpe":"{cpe}"}}"#
            )
        })
        .collect();
    let text = format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"metadata":{{"component":{{"type":"firmware","name":"gateway","version":"1"}}}},"components":[{}]}}"#,
        rows.join(",")
    );
    Document { name: "bom.cdx.json".to_owned(), bytes: text.into_bytes() }
}
