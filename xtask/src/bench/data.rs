//! The records and SBOMs that are measured: unpacked from the shared folder into a cache outside of the checkout.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::shell;

/// The packs that make the full index.
const PACKS: [&str; 5] =
    ["nvd-2.0-corpus", "cve-v5-vulnrichment", "kernel-cna-and-overrides-2026-07-20", "kev", "epss"];

/// Unpacked data.
pub struct Data {
    /// Where everything lies.
    pub cache: PathBuf,
    /// Folders for `index build`, one per pack.
    pub feeds: Vec<PathBuf>,
    /// The SPDX 3 image.
    pub yocto_image: PathBuf,
    /// The largest Buildroot product.
    pub buildroot_gateway: PathBuf,
}

impl Data {
    /// Unpacks what is not there yet.
    pub fn prepare(root: &Path) -> Result<Data, String> {
        let shared =
            std::env::var_os("PATCHWRIGHT_SHARED").map_or_else(|| root.join("../shared"), PathBuf::from);
        if !shared.is_dir() {
            return Err("no shared data: set PATCHWRIGHT_SHARED to the folder with the data packs".to_owned());
        }
        let cache = std::env::var_os("PATCHWRIGHT_BENCH_CACHE")
            .map_or_else(|| std::env::temp_dir().join("patchwright-bench"), PathBuf::from);
        for pack in PACKS.iter().chain(&["sboms"]) {
            unpack(&shared, &cache, pack)?;
        }
        let sboms = cache.join("sboms/sboms");
        Ok(Data {
            feeds: PACKS.iter().map(|pack| cache.join(pack)).collect(),
            yocto_image: sboms.join("yocto/core-image-minimal-qemux86-64.rootfs.spdx.json"),
            buildroot_gateway: sboms.join("buildroot/gateway-beaglebone-2024.02.1.cdx.json"),
            cache,
        })
    }

    /// A CycloneDX BOM of `number` components: every distinct one of all SBOMs of the pack, in an order that has
    /// nothing to do with their files, and the same again under further versions until there are enough. No two rows
    /// are the same, and every one has to be judged. Without kernels, which are measured with the images they belong
    /// to, and without packages of distributions, which would make the whole BOM one of that distribution.
    pub fn mixed_components(&self, binary: &Path, number: usize) -> Result<PathBuf, String> {
        let originals = self.distinct_components(binary)?;
        self.write_bom(&format!("mixed-{number}.cdx.json"), &originals, number)
    }

    /// As [`Data::mixed_components`] with the components of the Buildroot gateway alone, each with a CPE name: the
    /// densest list there is, some 35 candidates for each.
    pub fn dense_components(&self, number: usize) -> Result<PathBuf, String> {
        let text = fs::read_to_string(&self.buildroot_gateway).map_err(|error| error.to_string())?;
        let gateway: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        let originals: Vec<Value> = gateway["components"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|component| component["name"] != "linux" && component["cpe"].is_string())
            .cloned()
            .collect();
        self.write_bom(&format!("dense-{number}.cdx.json"), &originals, number)
    }

    fn write_bom(&self, name: &str, originals: &[Value], number: usize) -> Result<PathBuf, String> {
        let path = self.cache.join(name);
        let components: Vec<Value> = (0..number)
            .map(|at| repeated(&originals[at % originals.len()], at / originals.len(), at))
            .collect();
        let bom =
            json!({ "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": components });
        fs::write(&path, bom.to_string()).map_err(|error| error.to_string())?;
        Ok(path)
    }

    /// The components of all SBOMs that can be read, by name and version.
    fn distinct_components(&self, binary: &Path) -> Result<Vec<Value>, String> {
        let mut found: BTreeMap<(u64, String), Value> = BTreeMap::new();
        for file in super::files_below(&self.cache.join("sboms/sboms"), "") {
            let words = ["-q", "inventory", "--json", &file.display().to_string()];
            let Ok(text) = shell::output(&self.cache, &binary.display().to_string(), &words) else {
                continue;
            };
            let inventory: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
            for component in inventory["components"].as_array().into_iter().flatten() {
                if let Some((key, component)) = original(component) {
                    let mut hasher = DefaultHasher::new();
                    key.hash(&mut hasher);
                    found.entry((hasher.finish(), key)).or_insert(component);
                }
            }
        }
        Ok(found.into_values().collect())
    }
}

/// A component as CycloneDX, with what it is recognised by.
fn original(component: &Value) -> Option<(String, Value)> {
    let (name, version) = (component["name"].as_str()?, component["version"].as_str()?);
    let identities = || component["identities"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let is_of_kernel = component["role"] == "kernel" || name.starts_with("kernel") || name.contains("linux");
    let is_packaged =
        identities().any(|id| ["pkg:deb/", "pkg:rpm/", "pkg:apk/"].iter().any(|kind| id.starts_with(kind)));
    if is_of_kernel || is_packaged {
        return None;
    }
    let mut original = json!({ "type": "library", "name": name, "version": version });
    for id in identities() {
        let member = if id.starts_with("cpe:") { "cpe" } else { "purl" };
        if original[member].is_null() {
            original[member] = json!(id);
        }
    }
    Some((format!("{name}@{version}"), original))
}

fn repeated(original: &Value, round: usize, at: usize) -> Value {
    let version = original["version"].as_str().unwrap_or_default();
    let mut component = original.clone();
    component["bom-ref"] = json!(format!("component-{at}"));
    if round == 0 || version.is_empty() {
        return component;
    }
    let other = format!("{version}.{round}");
    for (member, before, after) in [
        ("cpe", format!(":{version}:"), format!(":{other}:")),
        ("purl", format!("@{version}"), format!("@{other}")),
    ] {
        if let Some(id) = original[member].as_str() {
            component[member] = json!(id.replacen(&before, &after, 1));
        }
    }
    component["version"] = json!(other);
    component
}

fn unpack(shared: &Path, cache: &Path, pack: &str) -> Result<(), String> {
    let folder = cache.join(pack);
    if folder.join(".complete").exists() {
        return Ok(());
    }
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let archive = shared.join(format!("data/{pack}.tar.zst"));
    let line = format!("zstd -dc --long=27 '{}' | tar xf - -C '{}'", archive.display(), folder.display());
    shell::run(cache, "sh", &["-c", &line])?;
    fs::write(folder.join(".complete"), "").map_err(|error| error.to_string())
}

/// The target folder of cargo.
pub fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}
