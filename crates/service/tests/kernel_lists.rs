//! Kernels against the real lists of kernel CVEs of before the kernel's own CNA.

use service::compile::{Options, Silent, build_to_bytes};
use service::scan::{Document, Request, judge, read};

use crate::loop_house::knowledge;

/// Verdict and reason of a kernel, by hand from the lists: mainline bounds and the fix of each stream.
const BY_HAND: &[(&str, &str, &str)] = &[
    // v5.8-rc1 to v5.17-rc6; 5.10.102, 5.15.25, 5.16.11.
    ("CVE-2022-0847", "5.10.101", "affected K_IN_BRANCH_RANGE 5.10.102"),
    ("CVE-2022-0847", "5.10.102", "not_affected K_FIXED_IN_BRANCH"),
    ("CVE-2022-0847", "5.15.24", "affected K_IN_BRANCH_RANGE 5.15.25"),
    ("CVE-2022-0847", "5.11.22", "affected K_BRANCH_UNFIXED"),
    ("CVE-2022-0847", "5.4.200", "not_affected K_NOT_INTRODUCED"),
    ("CVE-2022-0847", "5.17.1", "not_affected K_FIXED_MAINLINE"),
    ("CVE-2022-0847", "6.12.38", "not_affected K_FIXED_MAINLINE"),
    // Always to v5.7-rc1; 4.14.177, 4.19.116, 5.4.33, 5.6.5 among others.
    ("CVE-2020-12826", "5.4.32", "affected K_IN_BRANCH_RANGE 5.4.33"),
    ("CVE-2020-12826", "5.4.33", "not_affected K_FIXED_IN_BRANCH"),
    ("CVE-2020-12826", "4.19.200", "not_affected K_FIXED_IN_BRANCH"),
    ("CVE-2020-12826", "4.20.17", "affected K_BRANCH_UNFIXED"),
    ("CVE-2020-12826", "5.10.1", "not_affected K_FIXED_MAINLINE"),
    // Never in the mainline; 4.4.191, 4.9.191, 4.14.142, 4.19.70, 5.2.12.
    ("CVE-2019-15902", "4.19.69", "affected K_IN_BRANCH_RANGE 4.19.70"),
    ("CVE-2019-15902", "4.19.70", "not_affected K_FIXED_IN_BRANCH"),
    ("CVE-2019-15902", "5.4.10", "needs_review R_NO_AFFECTED_DATA"),
    // v3.19-rc1 to v4.4-rc1; 4.1.31.
    ("CVE-2015-8787", "4.1.30", "affected K_IN_BRANCH_RANGE 4.1.31"),
    ("CVE-2015-8787", "4.1.31", "not_affected K_FIXED_IN_BRANCH"),
    ("CVE-2015-8787", "3.18.140", "not_affected K_NOT_INTRODUCED"),
    ("CVE-2015-8787", "4.3.6", "affected K_BRANCH_UNFIXED"),
    // v3.16-rc4 to v5.14-rc3; 5.10.52, 5.12.19, 5.13.4, 5.4.134 among others.
    ("CVE-2021-33909", "5.10.51", "affected K_IN_BRANCH_RANGE 5.10.52"),
    ("CVE-2021-33909", "5.10.52", "not_affected K_FIXED_IN_BRANCH"),
    ("CVE-2021-33909", "5.11.22", "affected K_BRANCH_UNFIXED"),
    ("CVE-2021-33909", "5.13.4", "not_affected K_FIXED_IN_BRANCH"),
    ("CVE-2021-33909", "5.14.0", "not_affected K_FIXED_MAINLINE"),
];

fn kernel(version: &str) -> Document {
    let text = format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,
        "metadata":{{"component":{{"type":"firmware","name":"gateway","version":"1"}}}},
        "components":[{{"type":"operating-system","bom-ref":"k","name":"linux","version":"{version}",
            "cpe":"cpe:2.3:o:linux:linux_kernel:{version}:*:*:*:*:*:*:*"}}]}}"#
    );
    Document { name: "bom.cdx.json".to_owned(), bytes: text.into_bytes() }
}

#[test]
fn every_stream_by_hand() {
    let Some(pack) = testkit::shared("data/linux-kernel-cves.tar.zst") else { return };
    let (bytes, _) = build_to_bytes(&[pack], &Options::default(), &Silent).unwrap();
    let knowledge = knowledge(index::Index::from_bytes(bytes).unwrap());
    let mut wrong = Vec::new();
    for (cve, version, expected) in BY_HAND {
        let inventory = read(&Request { documents: vec![kernel(version)], ..Request::default() }).unwrap();
        let options = service::scan::Options {
            at: "2024-05-01".to_owned(),
            with_not_affected: true,
            ..Default::default()
        };
        let scan = judge(&knowledge, &inventory, &options);
        let finding = scan.findings.iter().find(|finding| finding.vulnerability == *cve);
        let told = finding.map_or("nothing".to_owned(), |finding| {
            let fixed = match finding.verdict {
                model::finding::Verdict::Affected => finding.fixed.as_str(),
                _ => "",
            };
            format!("{} {} {fixed}", finding.verdict.word(), finding.reason).trim_end().to_owned()
        });
        if told != *expected {
            wrong.push(format!("{cve} {version}: {told}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
