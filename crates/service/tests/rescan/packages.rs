//! Packages of a distribution: what one record says touches the others.

use index::Index;
use model::record::{Claim, ClaimForm, End, Entry, Record, Source, Subject};
use service::scan::Document;
use testkit::records::{Knowledge, cve};

use super::assert_followed;
use crate::loop_house::run;

fn debian(id: &'static str, release: &'static str, end: &'static str) -> Record<'static> {
    Record {
        source: Some(Source::Debian),
        id: id.into(),
        claims: vec![Claim {
            subject: Subject {
                ecosystem: "Debian".into(),
                distro_release: release.into(),
                package_name: "widget".into(),
                ..Subject::default()
            },
            entries: vec![Entry {
                start: "0".into(),
                end: End::Before(end.into()),
                version_type: "ECOSYSTEM".into(),
                ..Entry::default()
            }],
            form: ClaimForm::Osv,
            ..Claim::default()
        }],
        ..Record::default()
    }
}

/// Upstream's word on one flaw, and Debian's of release 12 only, as of an end of life.
fn knowledge() -> Knowledge {
    Knowledge::new()
        .record("debian", debian("CVE-2024-1", "12", "1.2-4"))
        .record("cve-list", cve("CVE-2024-1", "acme:widget", "< 9"))
        .record("cve-list", cve("CVE-2024-2", "acme:widget", "< 0.1"))
}

/// A package by its URL alone: no document says what distribution the release is.
fn release() -> Document {
    let text = r#"{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,
        "metadata":{"component":{"type":"firmware","name":"gateway","version":"1"}},
        "components":[{"type":"library","bom-ref":"w","name":"widget","version":"1.2-3",
            "purl":"pkg:deb/debian/widget@1.2-3?distro=debian-9","cpe":"cpe:2.3:a:acme:widget:1.2:*:*:*:*:*:*:*"}]}"#;
    Document { name: "bom.cdx.json".to_owned(), bytes: text.as_bytes().to_vec() }
}

fn silent() -> Index {
    knowledge().index()
}

/// Debian begins to speak of release 9: by a record that excludes another flaw.
fn speaking() -> Index {
    knowledge().record("debian", debian("CVE-2024-2", "9", "1.0-1")).index()
}

#[test]
fn an_excluded_pair_of_a_package_touches_its_releases() {
    run(assert_followed(silent, speaking, &[release()]));
}

#[test]
fn a_record_that_is_gone_touches_the_releases_of_its_package() {
    run(assert_followed(speaking, silent, &[release()]));
}
