//! Lists that people and tools keep beside the build: Vigiles, pkg-stats, columns, lock files.

use std::collections::BTreeSet;

use formats::detect::{Kind, detect, read_inventory};
use formats::limits::Limits;

use crate::{archives, expect, summary};

#[test]
fn one_fixture_per_oddity() {
    for folder in ["vigiles", "vigiles-csv", "pkg-stats", "component-csv", "lock-files"] {
        expect::check(folder);
    }
}

/// What the header is not, is not guessed: the answer names the columns that are expected.
#[test]
fn columns_that_nobody_knows_are_refused() {
    let error =
        formats::component_csv::read(b"colour,size\nred,3\n", "x.csv", &formats::limits::Limits::INVENTORY);
    let error = error.expect_err("no component").to_string();
    assert!(error.contains("expected is at least one of `name`, `purl`, `cpe`"), "{error}");
}

/// A list of findings or records is none of components.
#[test]
fn a_list_of_findings_is_no_list_of_components() {
    for text in [
        "cveID,vendorProject,product,vulnerabilityName,notes\nCVE-2024-1,a,b,c,d\n",
        "name,version,severity\nbusybox,1.36.1,high\n",
    ] {
        assert!(
            summary::refused(text.as_bytes(), "x.csv").to_string().contains("of no known kind"),
            "{text}"
        );
    }
}

/// The numbers of two forms of one file agree: version 2 keeps the old form beside the new one.
#[test]
fn a_lock_file_of_two_forms_is_read_once() {
    let read = summary::read(&expect::document("lock-files", "package-lock-2.json"), "package-lock.json");
    assert_eq!(read.value.components.len(), 1);
}

/// Every kind that is read, and no document of any of them that is read to nothing without a word.
#[test]
fn nothing_is_read_to_nothing_in_silence() {
    let fixtures = expect::folder("");
    let folders =
        std::fs::read_dir(&fixtures).expect("fixtures").map(|entry| entry.expect("an entry").path());
    let mut documents: Vec<(String, Vec<u8>)> = folders
        .filter(|folder| folder.is_dir())
        .flat_map(|folder| std::fs::read_dir(folder).expect("a folder"))
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_file() && path.extension().is_none_or(|end| end != "expect"))
        .map(|path| (path.display().to_string(), std::fs::read(&path).expect("a file")))
        .collect();
    let member = |folder: &str, name: &str| (name.to_owned(), expect::document(folder, name));
    let spdx = archives::tar(&[member("spdx2", "github-export.json")]);
    let mixed =
        archives::tar(&[member("lock-files", "Cargo-4.lock"), member("vigiles", "yocto-manifest.json")]);
    let yocto = archives::tar(&[member("spdx2", "scopes-of-tools.json")]);
    for (name, bytes) in [("spdx", spdx), ("mixed", mixed), ("yocto", yocto)] {
        documents.push((name.to_owned(), archives::zst(&bytes)));
    }
    documents.push(("modules.order".to_owned(), b"kernel/fs/ext4/ext4.ko\n".to_vec()));
    documents.push(("sources".to_owned(), b"init/main.c\nkernel/fork.c\n".to_vec()));
    let mut seen = BTreeSet::new();
    for (name, bytes) in &documents {
        let Ok(read) = read_inventory(bytes, name, &Limits::INVENTORY) else { continue };
        seen.insert(detect(bytes, name).word());
        let inventory = &read.value;
        let build = &inventory.build;
        let is_evidence = build.modules.is_some()
            || !build.configs.is_empty()
            || !build.compiled.is_empty()
            || !build.patches.is_empty();
        let says = !inventory.components.is_empty() || !inventory.statements.is_empty() || is_evidence;
        assert!(says || !summary::notes(&read).is_empty(), "{name}: nothing, and not a word");
    }
    let unseen: Vec<&str> =
        Kind::READ.iter().map(|kind| kind.word()).filter(|word| !seen.contains(word)).collect();
    assert!(unseen.is_empty(), "no fixture of {unseen:?} was read");
}

/// An OpenWrt image as its SBOM has it: 900 modules, each with the kernel's CPE as a 2.2 URI and a version of its own.
pub fn openwrt(modules: usize) -> String {
    let kernel = r#"{"type":"operating-system","name":"kernel","version":"6.6.73~b8a9c3d2-r1","cpe":"cpe:/o:linux:linux_kernel:6.6.73"}"#;
    let modules = (0..modules).map(|at| {
        format!(
            r#"{{"type":"application","name":"kmod-part-{at:03}","version":"6.6.73-r1","cpe":"cpe:/o:linux:linux_kernel:6.6.73-r1"}}"#
        )
    });
    let busybox = r#"{"type":"application","name":"busybox","version":"1.36.1-r2","cpe":"cpe:/a:busybox:busybox:1.36.1-r2"}"#;
    let components: Vec<String> = modules.chain([kernel.to_owned(), busybox.to_owned()]).collect();
    format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.4","metadata":{{"component":{{"type":"firmware","name":"OpenWrt","version":"24.10.0"}}}},"components":[{}]}}"#,
        components.join(",")
    )
}

#[test]
fn nine_hundred_modules_are_one_kernel() {
    let read = summary::read(openwrt(900).as_bytes(), "openwrt.cdx.json");
    let kernels: Vec<_> = read.value.components.iter().filter(|one| one.role.word() == "kernel").collect();
    assert_eq!((read.value.components.len(), kernels.len(), kernels[0].locations.len()), (2, 1, 900));
    assert_eq!(kernels[0].cpes.len(), 2, "the kernel's and one for all of the modules");
    let modules = read.value.build.modules.as_ref().expect("a list");
    assert!(modules.present.len() == 900 && modules.present.contains("part_007") && !modules.complete);
    assert_eq!(read.value.platform.distribution, "openwrt");
}

/// The same device by its package database, alone and beside its SBOM.
#[test]
fn the_database_and_the_sbom_of_a_device_are_one_kernel() {
    let mut status = "Package: kernel\nVersion: 6.6.73~b8a9c3d2-r1\nStatus: install hold installed\nArchitecture: mipsel_24kc\nInstalled-Time: 1\n\n".to_owned();
    for at in 0..900 {
        status.push_str(&format!(
            "Package: kmod-part-{at:03}\nVersion: 6.6.73-r1\nDepends: kernel (=6.6.73~b8a9c3d2-r1)\nStatus: install user installed\nArchitecture: mipsel_24kc\n\n"
        ));
    }
    let database = summary::read(status.as_bytes(), "status").value;
    let sbom = summary::read(openwrt(900).as_bytes(), "openwrt.cdx.json").value;
    for inventory in [database.clone(), formats::detect::merge(vec![sbom, database])] {
        let kernels: Vec<_> = inventory.components.iter().filter(|one| one.role.word() == "kernel").collect();
        assert_eq!((kernels.len(), kernels[0].locations.len()), (1, 900));
        assert_eq!(inventory.build.modules.as_ref().map(|modules| modules.present.len()), Some(900));
        assert_eq!(inventory.platform.distribution, "openwrt");
    }
}
