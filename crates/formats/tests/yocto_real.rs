use crate::{packs, summary};
#[test]
fn explore() {
    let Some(all) = packs::sboms() else { return };
    for (name, bytes) in all {
        if name.ends_with(".json") || name.ends_with(".zst") || name.ends_with(".spdx") || name.ends_with(".config") {
            match formats::detect::read_inventory(bytes, name, &formats::limits::Limits::INVENTORY) {
                Ok(read) => { println!("== {name} {:?}\n{}", formats::detect::detect(bytes, name), summary::counts(&read));
                   if name.starts_with(&std::env::var("FULL").unwrap_or("zzz".into())) { println!("{}", summary::full(&read)); } }
                Err(e) => println!("== {name} {:?} ERR {e}", formats::detect::detect(bytes, name)),
            }
        }
    }
}
