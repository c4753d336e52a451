//! From a finding to its fact sheets: by which side the input comes.

use std::fmt::Write as _;
use std::sync::Arc;

use analysis::risk::sheet::sheets;
use insta::assert_snapshot;
use model::component::{Component, Role};
use model::finding::Verdict;
use model::vulnerability::SeverityFact;

use crate::expression::bare;

fn sides(role: Role, files: &[&str], by: &str, vector: &str) -> String {
    let mut finding = bare("CVE-2026-1", 0, Verdict::Affected);
    finding.files = files.iter().map(|file| (*file).to_owned()).collect();
    if !vector.is_empty() {
        Arc::make_mut(&mut finding.facts).severities =
            vec![SeverityFact { vector: vector.to_owned(), base_tenths: None, by: by.to_owned() }];
    }
    let component = Component { name: "it".to_owned(), role, ..Component::default() };
    let words = sheets(&finding, &component, &Arc::default(), &finding.files).into_iter().map(|sheet| {
        let entry = &sheet.entry;
        format!("{:?} {} {:?} {:?}", entry.kind, entry.subsystem, entry.basis, sheet.requires)
    });
    words.collect::<Vec<_>>().join("; ")
}

#[test]
fn input_comes_by_the_files_unless_the_cna_says_that_it_takes_an_account() {
    const LOCAL: &str = "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H";
    const LOCAL_BY_ANYBODY: &str = "CVSS:3.1/AV:L/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H";
    const LOCAL_4: &str = "CVSS:4.0/AV:L/AC:L/AT:N/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N";
    const NETWORK: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
    let cases = [
        (Role::Kernel, &["net/ipv4/esp4.c", "net/ipv6/esp6.c"][..], "CNA", LOCAL),
        (Role::Kernel, &["net/ipv4/esp4.c"], "CNA", LOCAL_4),
        (Role::Kernel, &["net/ipv4/esp4.c"], "CNA", LOCAL_BY_ANYBODY),
        (Role::Kernel, &["net/ipv4/esp4.c"], "NVD", LOCAL),
        (Role::Kernel, &["net/ipv4/esp4.c"], "CNA", NETWORK),
        (Role::Kernel, &["net/ipv4/esp4.c"], "", ""),
        (Role::Kernel, &["fs/ksmbd/auth.c"], "CNA", LOCAL),
        (Role::Kernel, &["fs/ksmbd/auth.c"], "", ""),
        (Role::Kernel, &["drivers/usb/core/hub.c"], "CNA", LOCAL),
        (Role::Kernel, &["net/mac80211/rx.c", "mm/slub.c"], "CNA", LOCAL),
        (Role::Kernel, &[], "CNA", LOCAL),
        (Role::Application, &[], "CNA", LOCAL),
    ];
    let mut text = String::new();
    for (role, files, by, vector) in cases {
        let by = if by.is_empty() { "nobody" } else { by };
        writeln!(text, "{} {} {by} {vector}", role.word(), files.join(" ")).unwrap();
        writeln!(text, "  {}", sides(role, files, by, vector)).unwrap();
    }
    assert_snapshot!(text);
}
