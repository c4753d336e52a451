//! Knowledge changes: what the delta leads to equals judging everything again.

mod facts;
mod generations;
mod keys;
mod packages;
mod real;
mod world;

use index::Index;
use service::rescan::{KnowledgeDelta, announce};
use service::scan::Document;

use crate::loop_house::{NOW, Site, knowledge};

/// A house that has judged releases, one document each.
async fn filled(index: Index, generation: &str, releases: &[Document]) -> Site {
    let site = Site::new(index, generation).await;
    for (number, document) in releases.iter().enumerate() {
        site.upload(&format!("{number}.0"), vec![document.clone()]).await;
    }
    site.work(NOW).await;
    site
}

/// Takes newer knowledge into use and follows a delta. Returns the jobs that were done.
async fn follow(
    site: &Site,
    after: Index,
    delta: &KnowledgeDelta,
    generation: &str,
) -> Vec<(String, String)> {
    announce(&site.house, generation, 0, "[]", delta, NOW).await.unwrap();
    site.house.renew(knowledge(after), generation.to_owned());
    site.work(NOW).await
}

fn compare(before: &Index, after: &Index) -> KnowledgeDelta {
    KnowledgeDelta::from(&index::compile::delta::compare(before, after).unwrap())
}

/// Following the delta from one state of knowledge to the next leads to what judging everything anew does.
async fn assert_followed(before: impl Fn() -> Index, after: impl Fn() -> Index, releases: &[Document]) {
    let delta = compare(&before(), &after());
    let site = filled(before(), "g1", releases).await;
    follow(&site, after(), &delta, "g2").await;
    let fresh = filled(after(), "g2", releases).await;
    assert_eq!(site.state().await, fresh.state().await, "{delta:?}");
}
