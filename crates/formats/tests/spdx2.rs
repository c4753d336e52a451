use std::fmt::Write;

use crate::{expect, packs, summary};

#[test]
fn one_fixture_per_oddity() {
    expect::check("spdx2");
}

/// The counts were taken from the 155 documents with a script of its own: 88 recipes, five pairs or sets of
/// which are one product in one version and scope (libtool-cross and -native, gcc's four ...), 22 recipes
/// behind the 33 installed packages, 3,070 ids in ten distinct "CVEs fixed" lists.
#[test]
fn the_real_yocto_archive() {
    let Some(bytes) = packs::sbom("yocto/example.rootfs.spdx.tar.zst") else { return };
    let read = summary::read(bytes, "image.spdx.tar.zst");
    let expected = "\
product \"core-image-minimal\" release \"20250728170920\" platform linux/arm/32/yocto complete true
components 81 build_only=59 target=22
coverage excluded/build_only=59 not_evaluable/no_identity=1 pending=21
patches 10 resolving 3070
statements 0
notes";
    assert_eq!(summary::counts(&read), expected);
    let kernel =
        read.value.components.iter().find(|component| component.name == "linux-yocto").expect("a kernel");
    assert_eq!(
        (kernel.version.as_str(), kernel.role.word(), kernel.scope.word()),
        ("6.6.21+git", "kernel", "target")
    );
    assert_eq!(
        kernel.locations,
        [
            "kernel-devicetree",
            "kernel-image-6.6.21-yocto-standard",
            "kernel-image-zimage-6.6.21-yocto-standard"
        ]
    );
    assert_eq!(kernel.git.commit, "06644f0d7193d7ec39d7fe41939a21953e7a0c65");
    assert_eq!(read.value.documents[0].kind, "yocto-spdx2-archive");
}

/// A package whose documents are not in the archive is a loud note, and the rest is read.
#[test]
fn an_archive_with_missing_members() {
    let Some(bytes) = packs::sbom("yocto/example.rootfs.spdx.tar.zst") else { return };
    let mut members = Vec::new();
    formats::archives::members(bytes, "image", &formats::limits::Limits::INVENTORY, &mut |name, content| {
        if name != "libz1.spdx.json" && name != "recipe-busybox.spdx.json" {
            members.push((name.to_owned(), content.to_vec()));
        }
        Ok(std::ops::ControlFlow::Continue(()))
    })
    .expect("the archive is whole");
    let read = summary::read(&crate::archives::tar(&members), "image.tar");
    let notes: Vec<String> =
        read.notes.iter().map(|note| format!("{} {}", note.code, note.severity.word())).collect();
    // One installed package without a document, four packages of the recipe that is gone.
    assert_eq!(notes.iter().filter(|note| *note == "F_DANGLING_REF error").count(), 1);
    assert_eq!(notes.iter().filter(|note| *note == "F_DANGLING_REF warn").count(), 4);
    let busybox: Vec<String> =
        read.value.components.iter().filter(|c| c.name.starts_with("busybox")).map(summary::line).collect();
    assert_eq!(busybox.len(), 4, "{busybox:?}");
}

#[test]
fn single_recipes() {
    let mut out = String::new();
    for name in ["recipe-cairo", "recipe-libssh"] {
        let Some(bytes) = packs::sbom(&format!("yocto/{name}.spdx.json")) else { return };
        let _ = writeln!(out, "{}", summary::full(&summary::read(bytes, name)));
    }
    insta::assert_snapshot!(out);
}

/// The specification's example and the tools' test documents: JSON, tag-value, YAML and XML are read, RDF is named.
#[test]
fn conformance_documents() {
    let mut out = String::new();
    let (mut json, mut other, mut refused) = (0, 0, 0);
    for folder in ["conformance/spdx-spec/examples", "conformance/spdx-tools-testdata"] {
        let Some(files) = packs::files(folder) else { return };
        for (name, bytes) in files {
            if name.ends_with(".json") {
                json += 1;
                let _ = writeln!(out, "{name}\n{}", summary::counts(&summary::read(&bytes, &name)));
            } else if name.ends_with(".rdf.xml") {
                refused += 1;
                let _ = writeln!(out, "{name}\n{}", summary::refused(&bytes, &name));
            } else {
                other += 1;
                let _ = writeln!(out, "{name}\n{}", summary::counts(&summary::read(&bytes, &name)));
            }
        }
    }
    assert_eq!((json, other, refused), (6, 10, 1));
    insta::assert_snapshot!(out);
}

/// Documents of Debian's SBOM writer and documents found in the wild.
#[test]
fn documents_of_the_wild() {
    let Some(all) = packs::sboms() else { return };
    let mut out = String::new();
    for (name, bytes) in all {
        let spdx = name.ends_with(".spdx.json")
            && (name.starts_with("debsbom/") || name.starts_with("bom-shelter/"));
        if spdx {
            let _ = writeln!(out, "{name}\n{}", summary::counts(&summary::read(bytes, name)));
        }
    }
    insta::assert_snapshot!(out);
}
