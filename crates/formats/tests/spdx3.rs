use std::fmt::Write;

use model::component::Scope;

use crate::{expect, packs, summary};

#[test]
fn one_fixture_per_oddity() {
    expect::check("spdx3");
}

/// The counts were taken from the document with a script of its own: 112 recipe builds, 26 of them with a
/// package among the inputs of the root file system, 326 patch files, 20 pairs of recipe and vulnerability.
#[test]
fn the_real_yocto_image() {
    let Some(bytes) = packs::sbom("yocto/core-image-minimal-qemux86-64.rootfs.spdx.json") else { return };
    let read = summary::read(bytes, "image.spdx.json");
    let expected = "\
product \"core-image-minimal\" release \"20250815151650\" platform linux/x86_64/64/yocto complete true
components 112 build_only=86 target=26
coverage excluded/build_only=86 not_evaluable/no_identity=1 pending=25
patches 326 resolving 0
statements 20 Build/fixed=3 Build/not_affected=17
notes F_NO_VERSION=19 F_STATEMENT_UNUSABLE=1 F_VERSION_DERIVED=67";
    assert_eq!(summary::counts(&read), expected);
    let kernel =
        read.value.components.iter().find(|component| component.name == "linux-yocto").expect("a kernel");
    assert_eq!(
        summary::line(kernel),
        "linux-yocto 6.12.38+git target kernel pending | cpes: *:linux_kernel:6.12.38, linux:linux:6.12.38 \
         | names: linux_kernel, linux | in: kernel-6.12.38-yocto-standard, kernel-image-6.12.38-yocto-standard, \
         kernel-image-bzimage-6.12.38-yocto-standard, kernel-module-uvesafb-6.12.38-yocto-standard \
         | repos: git.yoctoproject.org/linux-yocto | commit: fa4b881d24f752a559d8e1f75ed08895ef20b14d"
    );
    let modules = read.value.build.modules.expect("the image lists its modules");
    assert_eq!(
        (modules.present.into_iter().collect::<Vec<_>>(), modules.complete),
        (vec!["uvesafb".to_owned()], true)
    );
    let document = &read.value.documents[0];
    assert_eq!(
        (document.kind.as_str(), document.spec_version.as_str(), document.tool.as_str()),
        ("spdx3", "3.0.1", "oe-spdx-creator 1.0")
    );
}

/// 17 examples: each is read, and a document without packages is an inventory without components.
#[test]
fn examples_of_the_specification() {
    let Some(files) = packs::files("conformance/spdx-3-model") else { return };
    assert_eq!(files.len(), 17);
    let mut out = String::new();
    for (name, bytes) in files {
        let read = summary::read(&bytes, &name);
        let names: Vec<&str> =
            read.value.components.iter().map(|component| component.name.as_str()).collect();
        let _ = writeln!(out, "{name}: {names:?} notes {}", summary::notes(&read).len());
    }
    insta::assert_snapshot!(out);
}

/// A build that was told to include its compiled sources: the list becomes evidence about the kernel.
#[test]
fn compiled_sources_of_the_kernel() {
    let mut graph = String::new();
    let mut inputs = Vec::new();
    for number in 0..900 {
        let name = match number {
            0 => "init/main.c".to_owned(),
            1 => "kernel/sched/core.c".to_owned(),
            2 => "mm/memory.c".to_owned(),
            3 => "arch/arm64/kernel/setup.c".to_owned(),
            _ => format!("drivers/base/file{number}.c"),
        };
        let _ = write!(
            graph,
            r#"{{"type":"software_File","spdxId":"f{number}","name":"linux-6.12.38/{name}","software_primaryPurpose":"source"}},"#
        );
        inputs.push(format!("\"f{number}\""));
    }
    let document = format!(
        r#"{{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[{graph}
        {{"type":"build_Build","spdxId":"b","name":"linux-yocto:do_create_spdx:recipe","build_buildType":"http://openembedded.org/bitbake/do_create_spdx/recipe"}},
        {{"type":"LifecycleScopedRelationship","spdxId":"r","from":"b","relationshipType":"hasInput","to":[{}],"scope":"build"}}]}}"#,
        inputs.join(",")
    );
    let read = summary::read(document.as_bytes(), "sources.spdx.json");
    let list = read.value.build.compiled.first().expect("a list of compiled files");
    assert!(
        list.paths.contains("kernel/sched/core.c"),
        "{:?}",
        list.paths.iter().take(3).collect::<Vec<_>>()
    );
    assert_eq!((list.paths.len(), list.incomplete.len()), (900, 0), "{:?}", list.incomplete);
}

/// Elements in any order give the same inventory.
#[test]
fn the_order_of_elements_does_not_matter() {
    let bytes = expect::document("spdx3", "yocto-image.json");
    let mut document: serde_json::Value = serde_json::from_slice(&bytes).expect("a fixture");
    let forwards = summary::full(&summary::read(&bytes, "image"));
    document["@graph"].as_array_mut().expect("a graph").reverse();
    let turned = serde_json::to_vec(&document).expect("JSON");
    let mut backwards = summary::read(&turned, "image");
    // Only the place of the fold's first statement may differ.
    backwards.notes.sort();
    assert_eq!(summary::full(&backwards), forwards);
}

/// Native recipes are never on the target, whatever else the document says.
#[test]
fn native_recipes_stay_apart() {
    let Some(bytes) = packs::sbom("yocto/core-image-minimal-qemux86-64.rootfs.spdx.json") else { return };
    let read = summary::read(bytes, "image.spdx.json");
    for component in &read.value.components {
        let native = component.name.ends_with("-native") || component.name.contains("-cross");
        assert!(!native || component.scope == Scope::BuildOnly, "{}", component.name);
    }
}
