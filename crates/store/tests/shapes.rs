//! A component comes back from the store exactly as it went in.

use model::component::{Component, ComponentCpe, Coverage, Git, Patch, Role, Scope};
use model::dependency::{Need, Tie};
use model::identity::{Cpe, Purl};
use model::licence::{Acknowledgement, Licence};
use model::note::{Note, NoteCode, Severity};
use model::version::VersionOrigin;

use crate::harness::{begin, on_both};

fn full() -> Component {
    let cpe = Cpe::parse("cpe:2.3:a:openssl:openssl:3.0:beta1:*:*:*:*:*:*").unwrap().cpe;
    Component {
        key: "k1".into(),
        source_ref: "SPDXRef-1".into(),
        name: "openssl".into(),
        names: vec!["libssl".into(), "ö\"\\".into()],
        version: "3.0".into(),
        version_origin: VersionOrigin::FromUrl,
        cpes: vec![ComponentCpe {
            cpe,
            wildcard_vendor: true,
            wildcard_part: false,
            was_22_uri: true,
            repaired: true,
        }],
        purls: vec![Purl::parse("pkg:deb/debian/openssl@3.0?arch=arm64&distro=12#sub").unwrap()],
        git: Git {
            repositories: vec!["github.com/openssl/openssl".into()],
            commit: "ab".into(),
            tag: "v3".into(),
        },
        hashes: vec!["sha256:00".into()],
        download_urls: vec!["https://example.org/x.tar.gz".into()],
        homepage: "https://example.org".into(),
        supplier: "somebody".into(),
        licences: vec![Licence::new("Apache-2.0 OR MIT", Acknowledgement::Declared)],
        scope: Scope::FirmwareBlob,
        role: Role::Library,
        instance: "2".into(),
        vendor_tree: "nxp-imx".into(),
        source_package: "openssl-src".into(),
        locations: vec!["/usr/lib/libssl.so".into()],
        parents: vec!["SPDXRef-0".into()],
        needs: Some(vec![
            Need::new("SPDXRef-2", Tie::DynamicLink),
            Need::new("SPDXRef-3", Tie::BuiltAgainst),
        ]),
        patches: vec![Patch {
            name: "CVE-2024-1.patch".into(),
            hash: "sha1:1".into(),
            header: "From: x\n".into(),
            content: "--- a\n+++ b\n".into(),
            resolves: vec!["CVE-2024-1".into()],
            origin: "sbom".into(),
        }],
        released: "2024-05".into(),
        coverage: Coverage::FeedStale,
        notes: vec![Note::new(NoteCode::NoVersion, Severity::Warn, "/packages/3", "x")],
    }
}

#[test]
fn nothing_of_a_component_is_lost() {
    on_both(|store| async move {
        let mut change = store.change().await.unwrap();
        let (scope, _, release) = begin(&mut change, "acme").await;
        let mut all = vec![full(), Component::default()];
        for (at, coverage) in Coverage::ALL.iter().enumerate() {
            all.push(Component { name: format!("c{at}"), coverage: *coverage, ..Component::default() });
        }
        for (at, code) in NoteCode::ALL.iter().enumerate() {
            let notes = vec![Note::new(*code, Severity::Error, "", "")];
            all.push(Component { name: format!("n{at}"), notes, ..Component::default() });
        }
        change.put_inventory(&scope, release, &all).await.unwrap();
        let back: Vec<Component> = change
            .inventory(&scope, release)
            .await
            .unwrap()
            .into_iter()
            .map(|(_, component)| component)
            .collect();
        assert_eq!(back, all);
        let states = vec![Coverage::Clean; all.len()];
        change.put_coverage(&scope, release, &states).await.unwrap();
        assert_eq!(change.coverage(&scope, release).await.unwrap(), [("clean".to_owned(), all.len() as u64)]);
        assert!(change.put_coverage(&scope, release, &states[1..]).await.is_err());
    });
}
