use std::time::Instant;
use model::component::{Component, ComponentCpe};
use model::identity::Cpe;
fn main() {
    let path = std::env::args().nth(1).unwrap();
    let count: usize = std::env::args().nth(2).unwrap().parse().unwrap();
    let t = Instant::now();
    let index = index::Index::open(std::path::Path::new(&path)).unwrap();
    println!("open {:?}", t.elapsed());
    let products: Vec<&str> = index.keys().filter(|k| k.starts_with("p:")).map(|k| &k[2..]).collect();
    println!("{} products", products.len());
    let mut inventory = model::sbom::Inventory::default();
    inventory.platform.os = "linux".into();
    inventory.platform.distribution = "yocto".into();
    let step = products.len() / count.min(products.len());
    for n in 0..count {
        let product = products[(n * step.max(1) + n / products.len()) % products.len()];
        if product == "linuxkernel" || product == "linux" { continue; }
        let facts = index.product_facts(product).unwrap_or_default();
        let vendor = facts.vendors.first().map_or("*", |v| v.0.as_str());
        let vendor = if n % 3 == 0 { "*" } else { vendor };
        let version = format!("{}.{}.{}", 1 + n % 7, n % 13, n % 5);
        let cpe = Cpe::from_attributes(["a", vendor, product, &version, "*", "*", "*", "*", "*", "*", "*"]);
        inventory.components.push(Component { key: format!("{n:x}"), source_ref: format!("r{n}"), name: product.to_owned(), version, cpes: vec![ComponentCpe { wildcard_vendor: vendor == "*", wildcard_part: false, was_22_uri: false, repaired: false, cpe }], ..Component::default() });
    }
    let options = analysis::Options { at: "2026-07-21".into(), ..Default::default() };
    for _ in 0..5 {
        let t = Instant::now();
        let found = analysis::scan(&index, &inventory, &options);
        println!("{} components: {:?}; candidates {} findings {}", inventory.components.len(), t.elapsed(), found.counts.candidates, found.findings.len());
    }
}
