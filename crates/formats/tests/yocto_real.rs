use crate::{packs, summary};
#[test]
fn explore() {
    let Some(all) = packs::sboms() else { return };
    let mut list: Vec<(String, Vec<u8>)> = all.iter().map(|(a, b)| (a.clone(), b.clone())).collect();
    for f in ["conformance/cyclonedx", "conformance/spdx-spec", "conformance/spdx-3-model", "conformance/spdx-tools-testdata"] {
        list.extend(packs::files(f).unwrap().into_iter().map(|(n, b)| (format!("{f}/{n}"), b)));
    }
    for (name, bytes) in &list {
        if name.ends_with(".json") || name.ends_with(".zst") || name.ends_with(".spdx") || name.ends_with(".config") || name.contains("conformance") {
            match formats::detect::read_inventory(bytes, name, &formats::limits::Limits::INVENTORY) {
                Ok(read) => { println!("== {name} {:?}\n{}", formats::detect::detect(bytes, name), summary::counts(&read));
                   if name.starts_with(&std::env::var("FULL").unwrap_or("zzz".into())) { println!("{}", summary::full(&read)); } }
                Err(e) => println!("== {name} {:?} ERR {e}", formats::detect::detect(bytes, name)),
            }
        }
    }
}
