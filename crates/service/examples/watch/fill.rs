//! Fills a store: the SBOMs of a folder, received and judged; then releases put together from their components.

use std::path::{Path, PathBuf};

use model::component::{Component, Role};
use model::product::ReleaseState;
use service::analyse::analyse;
use service::house::{Fault, House};
use service::intake::{Upload, receive};
use service::scan::Document;
use store::product::ProductText;
use store::release::ReleaseText;
use store::{Moment, Page, Scope};

pub const NOW: Moment = Moment(1_790_000_000_000);
/// Components of a release.
const SIZE: usize = 1_000;
/// Products that the releases are of.
const PRODUCTS: usize = 100;

/// A number that looks like chance and is the same every time.
pub fn mix(a: usize, b: usize) -> usize {
    let mut x =
        (a as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (b as u64).wrapping_mul(0xD1B5_4A32_D192_ED03);
    x ^= x >> 29;
    x = x.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (x >> 33) as usize
}

pub async fn product(house: &House, scope: &Scope, slug: &str) -> Result<i64, Fault> {
    let text = ProductText {
        slug: slug.to_owned(),
        name: slug.to_owned(),
        settings: "{}".to_owned(),
        ..ProductText::default()
    };
    let mut change = house.store.change().await?;
    let id = change.add_product(scope, &text, NOW).await?;
    change.commit().await?;
    Ok(id)
}

/// Receives and judges a document as a release of its own.
pub async fn upload(
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
    let received = receive(house, scope, upload, NOW).await?;
    analyse(house, scope, received.release, NOW, async |_| Ok(())).await?;
    Ok(received.release)
}

/// Brings the store to a number of generated releases. Returns the scope.
pub async fn fill(house: &House, sboms: &Path, releases: usize) -> Result<Scope, Fault> {
    let known = house.store.look().await?.organisations().await?;
    let scope = match known.first() {
        Some(known) => Scope::whole(known.id, model::access::Role::Admin),
        None => begin(house, sboms).await?,
    };
    let mut look = house.store.look().await?;
    let products: Vec<i64> = look.products(&scope).await?.into_iter().map(|one| one.id).collect();
    let [seeds, products @ ..] = products.as_slice() else { return Ok(scope) };
    let page = Page { after: None, limit: 1_000 };
    let seeds = look.releases(&scope, Some(*seeds), &page).await?.rows;
    let there = look.releases(&scope, None, &page).await?.total as usize - seeds.len();
    if there >= releases {
        return Ok(scope);
    }
    let mut pool: Vec<(i64, Component)> = Vec::new();
    for seed in &seeds {
        pool.extend(look.inventory(&scope, seed.id).await?);
    }
    drop(look);
    pool.sort_by_key(|(id, _)| *id);
    pool.dedup_by_key(|(id, _)| *id);
    let (kernels, others): (Vec<_>, Vec<_>) = pool.into_iter().partition(|(_, one)| one.role == Role::Kernel);
    eprintln!("{} releases of {} kernels and {} other components", releases, kernels.len(), others.len());
    for number in there..releases {
        let text = ReleaseText {
            version: format!("1.{number}"),
            state: ReleaseState::Released,
            support_until: Moment::NEVER,
            released: NOW,
        };
        let mut inventory: Vec<Component> = Vec::with_capacity(SIZE);
        let kernel = kernels.get(mix(number, 1) % kernels.len().max(1));
        inventory.extend(kernel.map(|(_, one)| one.clone()));
        // Every few places from a start of its own: none twice.
        let (start, step) = (mix(number, 2), others.len() / SIZE.min(others.len()).max(1));
        let places = (0..SIZE - inventory.len()).map(|at| (start + at * step) % others.len());
        inventory.extend(places.filter_map(|at| others.get(at)).map(|(_, one)| one.clone()));
        let seed = seeds.get(mix(number, 3) % seeds.len().max(1));
        let product = products.get(number % products.len().max(1)).copied().unwrap_or_default();
        let mut change = house.store.change().await?;
        let release = change.add_release(&scope, product, &text, NOW).await?;
        change.put_inventory(&scope, release, &inventory).await?;
        if let Some(seed) = seed {
            change.mark_judged(release, &seed.generation, &seed.summary, seed.matches, NOW).await?;
        }
        change.commit().await?;
        if number.is_multiple_of(1_000) {
            eprintln!("{number} releases");
        }
    }
    house.store.analyse().await?;
    Ok(scope)
}

async fn begin(house: &House, sboms: &Path) -> Result<Scope, Fault> {
    let mut change = house.store.change().await?;
    let scope = change.add_organisation("acme", "Acme", NOW).await?;
    change.commit().await?;
    // Listed by slug: the seeds come first.
    let seeds = product(house, &scope, "a-seeds").await?;
    for at in 0..PRODUCTS {
        product(house, &scope, &format!("product-{at:03}")).await?;
    }
    let (mut taken, mut refused) = (0, 0);
    for (number, path) in files(sboms).into_iter().enumerate() {
        let Ok(bytes) = std::fs::read(&path) else { continue };
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let document = Document { name, bytes };
        match upload(house, &scope, seeds, &format!("0.{number}"), document).await {
            Ok(_) => taken += 1,
            Err(Fault::Store(error)) => return Err(error.into()),
            Err(_) => refused += 1,
        }
    }
    eprintln!("{taken} SBOMs judged, {refused} files are none");
    Ok(scope)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for path in std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}
