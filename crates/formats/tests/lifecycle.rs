//! How long branches are maintained: every form, and the tests of the OpenEoX standard.

use formats::lifecycle::{self, openeox};
use formats::records::Reading;
use model::record::Item;
use serde_json::Value;

use crate::knowledge::fixture;

fn told(text: &str, path: &str) -> (Reading, String) {
    let mut lines = String::new();
    let reading = lifecycle::read(text, path, &mut |item| {
        let Item::Branch(branch) = item else { panic!("only branches") };
        assert_eq!(branch.feed, "lifecycle");
        let or_dash = |text: &str| if text.is_empty() { "-".to_owned() } else { text.to_owned() };
        let dates = [&branch.released, &branch.end_of_support, &branch.end_of_life].map(|date| or_dash(date));
        let kind = match (branch.is_lts, branch.is_rolling) {
            (true, _) => "lts",
            (_, true) => "rolling",
            _ => "stable",
        };
        lines.push_str(&format!("{} {} {kind} {}", branch.product, branch.branch, dates.join(" ")));
        lines.push_str(&format!(" {} {}\n", branch.source, or_dash(&branch.date)));
    });
    (reading, lines)
}

fn of(name: &str) -> (Reading, String) {
    let (reading, lines) = told(&fixture(&format!("lifecycle/{name}")), name);
    assert!(reading.notes.is_empty(), "{name}: {:?}", reading.notes);
    (reading, lines)
}

#[test]
fn our_own_table() {
    let (reading, lines) = of("branches.tsv");
    assert_eq!((reading.documents, reading.as_of.as_str()), (3, "2026-11-01"));
    assert_eq!(
        lines,
        "thing 1.0 stable 2020-01 2022-01 2023-12 vendor's page 2026-11-01\n\
         thing 1.2 lts 2022-01-15 2025-06-30 2027-12-31 vendor's page 2026-11-01\n\
         rolling-thing * rolling - - - vendor's page 2026-11-01\n"
    );
    assert_eq!(of("branches.csv").1, "thing 2.0 stable - - 2030-01-01 vendor, by mail 2026-10-01\n");
    assert_eq!(of("branches.json").1, "thing 3.0 lts 2026-01-01 - 2031-01-01 vendor's page 2026-11-02\n");
}

#[test]
fn a_bad_row_costs_itself() {
    let text = "product\tbranch\tend_of_life\tend_of_support\tlts\tsource\n\
                a\t1\t2026-13\t-\tno\ts\n\
                a\t\t2026-12\t-\tno\ts\n\
                a\t2\t2026-12\t2027-01\tno\ts\n\
                a\t3\t2026-12\t-\tmaybe\ts\n\
                a\t4\t2026-12\t-\tno\t-\n\
                a\t5\t2026-12\t-\tno\ts\n";
    let (reading, lines) = told(text, "x.tsv");
    assert_eq!(lines, "a 5 stable - - 2026-12 s -\n");
    let notes: Vec<String> =
        reading.notes.iter().map(|note| format!("{} {}", note.place, note.value)).collect();
    assert_eq!(
        notes,
        [
            "line 2 2026-13 is no date (YYYY-MM or YYYY-MM-DD)",
            "line 3 no product or no branch",
            "line 4 mending of flaws ends before full support does",
            "line 5 lts is maybe, neither yes nor no",
            "line 6 no source: who says so?",
        ]
    );
}

#[test]
fn endoflife_date() {
    assert_eq!(
        of("openssl.json").1,
        "openssl 3.5 lts 2025-04-08 2029-04-08 2030-04-08 endoflife.date 2025-09-30\n\
         openssl 3.4 stable 2024-10-22 - 2026-10-22 endoflife.date 2025-09-30\n\
         openssl 1.0.2 lts 2015-01-22 - 2019-12-20 endoflife.date 2019-12-20\n"
    );
    let (reading, lines) = of("products-full.json");
    assert_eq!(reading.as_of, "2026-11-20");
    assert_eq!(
        lines,
        "linux 6.18 lts 2025-11-30 - 2027-12-31 endoflife.date 2026-11-20\n\
         linux 6.17 stable 2025-09-28 - 2025-12-18 endoflife.date 2026-11-20\n"
    );
    let (reading, _) =
        told(r#"{"schema_version":"1.2.0","result":[{"name":"x","uri":"…"}]}"#, "products.json");
    assert_eq!(reading.notes[0].value, "no releases: fetch the full list");
}

#[test]
fn openeox_shell() {
    let (_, lines) = of("shell.json");
    assert_eq!(
        lines,
        "other-thing 4.2 stable 2022-01-15 - 2028-07-01 Example Company (OpenEoX) 2026-11-01\n"
    );
    let bad = fixture("lifecycle/shell.json").replace("2028-06-30T23:30:00-02:00", "2031-01-01T00:00:00Z");
    let (reading, lines) = told(&bad, "shell.json");
    assert_eq!(lines, "", "a statement that breaks a mandatory test is not believed");
    assert_eq!(reading.notes[0].place, "/statements/0/core/end_of_security_support");
    assert!(reading.notes[0].value.starts_with("OpenEoX 7.1.1"), "{:?}", reading.notes);
}

#[test]
fn openeox_schema() {
    let check = |text: &str| -> Vec<String> {
        let problems = openeox::check(text).unwrap();
        problems.iter().map(|problem| format!("{} {}", problem.test, problem.place)).collect()
    };
    let core = |rest: &str| {
        format!(
            r#"{{"$schema":"https://docs.oasis-open.org/openeox/v1.0/schema/core.json","last_updated":"2026-01-01T00:00:00Z"{rest}}}"#
        )
    };
    let ends = r#","end_of_life":"tba","end_of_security_support":"tba""#;
    assert!(check(&core(ends)).is_empty());
    assert_eq!(check(&core(r#","end_of_life":"tba""#)), ["schema /end_of_security_support"]);
    assert_eq!(check(&core(&format!(r#"{ends},"end_of_days":"tba""#))), ["schema /end_of_days"]);
    assert_eq!(check(&core(r#","end_of_life":7,"end_of_security_support":"tba""#)), ["schema /end_of_life"]);
    assert_eq!(check("{}").len(), 4);
    assert!(openeox::check("[]").is_err() && openeox::check("{").is_err());
}

/// The manifest of the standard: each failing document fails its test, each valid one passes it; the schema and the
/// mandatory tests tell whether a document is valid.
#[test]
fn openeox_conformance() {
    let Some(root) = testkit::shared("conformance/openeox/eox-core-v-1-0") else { return };
    let folder = root.join("test/validator/data");
    let manifest = std::fs::read_to_string(folder.join("testcases.json")).unwrap();
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    let (mut tests, mut failing, mut valid) = (0, 0, 0);
    for test in manifest["tests"].as_array().unwrap() {
        tests += 1;
        let id = test["id"].as_str().unwrap();
        for (list, fails) in [("failures", true), ("valid", false)] {
            for file in test[list].as_array().into_iter().flatten() {
                let name = file["name"].as_str().unwrap();
                let text = std::fs::read_to_string(folder.join(name)).unwrap();
                let problems = openeox::check(&text).unwrap();
                assert_eq!(problems.iter().any(|problem| problem.test == id), fails, "{name}: {problems:?}");
                let is_valid = !problems.iter().any(openeox::Problem::is_fatal);
                assert_eq!(Some(is_valid), file["valid"].as_bool(), "{name}: {problems:?}");
                if fails { failing += 1 } else { valid += 1 }
            }
        }
    }
    assert_eq!((tests, failing, valid), (6, 15, 26));
    let examples = std::fs::read_dir(root.join("examples")).unwrap();
    let fatal = |path: &std::path::Path| {
        let problems = openeox::check(&std::fs::read_to_string(path).unwrap()).unwrap();
        problems.into_iter().any(|problem| problem.is_fatal())
    };
    let paths: Vec<_> = examples.map(|entry| entry.unwrap().path()).collect();
    assert_eq!((paths.len(), paths.iter().filter(|path| fatal(path)).count()), (7, 0));
}
