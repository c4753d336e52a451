//! The records and SBOMs that are measured: unpacked from the shared folder into a cache outside of the checkout.

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

    /// A CycloneDX BOM of `number` components: those of the Buildroot gateway, repeated under further versions,
    /// so that no two rows are the same and every one has to be judged.
    pub fn many_components(&self, number: usize) -> Result<PathBuf, String> {
        let path = self.cache.join(format!("many-{number}.cdx.json"));
        let text = std::fs::read_to_string(&self.buildroot_gateway).map_err(|error| error.to_string())?;
        let gateway: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        let originals: Vec<&Value> = gateway["components"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|component| component["name"] != "linux" && component["cpe"].is_string())
            .collect();
        let components: Vec<Value> = (0..number)
            .map(|at| repeated(originals[at % originals.len()], at / originals.len(), at))
            .collect();
        let bom =
            json!({ "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": components });
        std::fs::write(&path, bom.to_string()).map_err(|error| error.to_string())?;
        Ok(path)
    }
}

fn repeated(original: &Value, round: usize, at: usize) -> Value {
    let version = original["version"].as_str().unwrap_or("1.0");
    let other = if round == 0 { version.to_owned() } else { format!("{version}.{round}") };
    let mut component = original.clone();
    let cpe = original["cpe"].as_str().unwrap_or_default().replacen(
        &format!(":{version}:"),
        &format!(":{other}:"),
        1,
    );
    component["version"] = json!(other);
    component["cpe"] = json!(cpe);
    component["bom-ref"] = json!(format!("component-{at}"));
    component
}

fn unpack(shared: &Path, cache: &Path, pack: &str) -> Result<(), String> {
    let folder = cache.join(pack);
    if folder.join(".complete").exists() {
        return Ok(());
    }
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let archive = shared.join(format!("data/{pack}.tar.zst"));
    let line = format!("zstd -dc --long=27 '{}' | tar xf - -C '{}'", archive.display(), folder.display());
    shell::run(cache, "sh", &["-c", &line])?;
    std::fs::write(folder.join(".complete"), "").map_err(|error| error.to_string())
}

/// The target folder of cargo.
pub fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}
