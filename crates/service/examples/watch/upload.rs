//! An SBOM from its bytes to its findings in the store.

use std::path::Path;

use service::analyse::analyse;
use service::house::{Fault, House};
use service::intake::{Upload, receive};
use service::scan::Document;
use store::Scope;

use super::cpu::{Watch, print};
use super::fill::{NOW, product};
use super::open;

const RUNS: usize = 7;

pub async fn measure(index: &Path, sbom: &Path, folder: &Path, postgres: Option<&str>) -> Result<(), Fault> {
    let bytes = std::fs::read(sbom).map_err(|error| Fault::Broken(error.to_string()))?;
    let name = sbom.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let document = Document { name, bytes };
    for (engine, url) in [("SQLite", None), ("PostgreSQL", postgres)] {
        if engine == "PostgreSQL" && url.is_none() {
            continue;
        }
        let _ = std::fs::remove_dir_all(folder);
        let house = open(index, folder, url, "g0").await?;
        on(&house, engine, &document).await?;
        house.store.close().await;
    }
    Ok(())
}

async fn on(house: &House, engine: &str, document: &Document) -> Result<(), Fault> {
    let mut change = house.store.change().await?;
    let scope = change.add_organisation(&format!("acme-{}", std::process::id()), "Acme", NOW).await?;
    change.commit().await?;
    let product = product(house, &scope, "image").await?;
    let (mut receiving, mut judging, mut both) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..=RUNS {
        // A release differs from the one before as a new build does: in a text that no component bears.
        let mut document = document.clone();
        document.bytes.extend(std::iter::repeat_n(b'\n', run));
        let watch = Watch::start();
        let release = take(house, &scope, product, &format!("1.{run}"), document).await?;
        let received = watch.took();
        let between = Watch::start();
        let analysed = analyse(house, &scope, release, NOW, async |_| Ok(())).await?;
        let (judged, all) = (between.took(), watch.took());
        if run == 0 {
            let more = format!(", {} findings", analysed.active);
            print(&format!("upload to judged release, {engine}, the first of its kind"), vec![all], &more);
            continue;
        }
        receiving.push(received);
        judging.push(judged);
        both.push(all);
    }
    print(&format!("upload to judged release, {engine}"), both, "");
    print(&format!("- receiving it, {engine}"), receiving, "");
    print(&format!("- judging and writing it, {engine}"), judging, "");
    Ok(())
}

async fn take(
    house: &House,
    scope: &Scope,
    product: i64,
    version: &str,
    document: Document,
) -> Result<i64, Fault> {
    let upload = Upload {
        product,
        version: version.to_owned(),
        documents: vec![document],
        actor: "person/1".to_owned(),
        person: 1,
    };
    Ok(receive(house, scope, upload, NOW).await?.release)
}
