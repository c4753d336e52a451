//! Quality rules, each with an SBOM for which it holds and one for which it does not.

use analysis::quality::{Answer, Level, Outcome, RuleSet, check, fails};
use model::licence::{Acknowledgement, Licence};
use model::quality::{Form, Part, Party, Survey};

fn party() -> Party {
    Party { name: "Acme".to_owned(), contact: "info@acme.example".to_owned() }
}

/// An SBOM that fulfils everything.
fn perfect() -> Survey {
    let part = Part {
        place: "/components/0".to_owned(),
        name: "zlib".to_owned(),
        version: "1.3.1".to_owned(),
        suppliers: vec![party()],
        creators: vec![party()],
        identifiers: vec!["pkg:generic/zlib@1.3.1".to_owned()],
        licences: vec![Licence::new("Zlib", Acknowledgement::Concluded)],
        hashes: vec!["sha512".to_owned()],
        filename: "libz.so.1".to_owned(),
        source_uri: "https://zlib.net/zlib-1.3.1.tar.gz".to_owned(),
        deployable_uri: "https://acme.example/libz.so.1".to_owned(),
        kinds_said: [true; 3],
        has_dependencies: true,
    };
    Survey {
        spec_version: "1.6".to_owned(),
        id: "urn:uuid:1".to_owned(),
        authors: vec![party()],
        tools: vec!["maker".to_owned()],
        timestamp: "2026-11-22T12:00:00Z".to_owned(),
        context: "build".to_owned(),
        states_completeness: true,
        has_root: true,
        vulnerabilities: None,
        parts: vec![part],
        ..Survey::new("x.cdx.json", Form::CycloneDx)
    }
}

fn of<'a>(answers: &'a [Answer], id: &str) -> &'a Answer {
    answers.iter().find(|answer| answer.rule.id == id).unwrap_or_else(|| panic!("no rule {id}"))
}

#[test]
fn a_perfect_sbom_passes_everything() {
    for set in RuleSet::ALL {
        for answer in check(&perfect(), *set) {
            assert_eq!(
                answer.outcome,
                Outcome::Passed,
                "{} {} {:?}",
                set.word(),
                answer.rule.id,
                answer.examples
            );
        }
    }
}

#[test]
fn an_empty_sbom_passes_no_rule_on_components() {
    let empty = Survey { parts: Vec::new(), ..perfect() };
    for set in RuleSet::ALL {
        assert_eq!(of(&check(&empty, *set), "component-name").outcome, Outcome::Failed);
    }
}

/// One thing taken away, and the rules of all sets that notice.
#[test]
fn each_rule_notices_what_it_asks_for() {
    type Take = fn(&mut Survey);
    fn part(survey: &mut Survey) -> &mut Part {
        &mut survey.parts[0]
    }
    let table: [(&str, Take, &str); 23] = [
        (
            "supplier",
            |s| (part(s).suppliers.clear(), part(s).creators.clear()).0,
            "supplier-name producer component-creator",
        ),
        (
            "contact",
            |s| {
                s.parts[0].suppliers[0].contact.clear();
                s.parts[0].creators[0].contact.clear();
            },
            "component-creator",
        ),
        ("name", |s| part(s).name.clear(), "component-name component-name component-name"),
        (
            "version",
            |s| "custom".clone_into(&mut part(s).version),
            "component-version component-version component-version",
        ),
        (
            "identifier",
            |s| part(s).identifiers.clear(),
            "unique-identifiers software-identifiers unique-identifiers",
        ),
        (
            "vendor",
            |s| part(s).identifiers = vec!["cpe:2.3:*:*:zlib:1:*:*:*:*:*:*:*".to_owned()],
            "unique-identifiers? software-identifiers? unique-identifiers?",
        ),
        ("licence", |s| part(s).licences.clear(), "license licences original-licences"),
        ("expression", |s| part(s).licences[0].text = "The zlib licence".to_owned(), "licences"),
        ("rare licence", |s| part(s).licences[0].text = "Foo-1.0".to_owned(), "licences?"),
        ("declared", |s| part(s).licences[0].said = Acknowledgement::Declared, "original-licences"),
        ("hash", |s| part(s).hashes = vec!["sha1".to_owned()], "component-hash sha-512"),
        ("sha-512", |s| part(s).hashes = vec!["sha256".to_owned()], "sha-512"),
        ("filename", |s| part(s).filename.clear(), "filename"),
        ("kinds", |s| part(s).kinds_said = [false; 3], "executable archive structured"),
        (
            "uris",
            |s| (part(s).source_uri.clear(), part(s).deployable_uri.clear()).0,
            "source-uri deployable-uri",
        ),
        ("needs", |s| part(s).has_dependencies = false, "dependencies? dependencies? dependencies?"),
        ("author", |s| s.authors.clear(), "author author sbom-creator"),
        ("author's address", |s| s.authors[0].contact.clear(), "sbom-creator"),
        ("time", |s| "yesterday".clone_into(&mut s.timestamp), "timestamp timestamp timestamp"),
        ("tool and context", |s| (s.tools.clear(), s.context.clear()).0, "tool-name generation-context"),
        ("root", |s| s.has_root = false, "product product"),
        ("completeness", |s| s.states_completeness = false, "known-unknowns known-unknowns completeness"),
        (
            "vulnerabilities",
            |s| s.vulnerabilities = Some(("/vulnerabilities/0".to_owned(), 2)),
            "no-vulnerabilities",
        ),
    ];
    for (what, take, expected) in table {
        let mut survey = perfect();
        take(&mut survey);
        let mut noticed = Vec::new();
        for set in RuleSet::ALL {
            for answer in check(&survey, *set) {
                match answer.outcome {
                    Outcome::Passed => {}
                    Outcome::Failed => noticed.push(answer.rule.id.to_owned()),
                    Outcome::CannotTell => noticed.push(format!("{}?", answer.rule.id)),
                }
            }
        }
        assert_eq!(noticed.join(" "), expected, "{what}");
    }
}

#[test]
fn old_forms() {
    let outcome = |form: Form, version: &str, id: &str| {
        let survey = Survey { form, spec_version: version.to_owned(), ..perfect() };
        of(&check(&survey, RuleSet::Bsi), id).outcome
    };
    use Outcome::{CannotTell, Failed, Passed};
    for (form, version, old, new) in [
        (Form::CycloneDx, "1.4", Failed, Failed),
        (Form::CycloneDx, "1.5", Passed, Failed),
        (Form::CycloneDx, "1.10", Passed, Passed),
        (Form::Spdx2, "2.2", Passed, Failed),
        (Form::Spdx2, "2.1", Failed, Failed),
        (Form::Spdx3, "3.0.0", Passed, Failed),
        (Form::Spdx3, "3.0.1", Passed, Passed),
        (Form::Spdx3, "next", CannotTell, CannotTell),
    ] {
        assert_eq!(
            (outcome(form, version, "format"), outcome(form, version, "format-2.1")),
            (old, new),
            "{version}"
        );
    }
}

#[test]
fn examples_and_gates() {
    let mut survey = perfect();
    survey.parts = vec![Part { version: String::new(), ..survey.parts.remove(0) }; 8];
    survey.parts[7].version = "1".to_owned();
    let answers = check(&survey, RuleSet::Ntia);
    let answer = of(&answers, "component-version");
    assert_eq!((answer.failed, answer.unknown, answer.of, answer.examples.len()), (7, 0, 8, 5));
    assert_eq!(answer.examples[0].why, "no version");
    assert!(fails(&answers, Level::Required, false));
    let mut survey = perfect();
    survey.states_completeness = false;
    let answers = check(&survey, RuleSet::Ntia);
    assert!(!fails(&answers, Level::Required, true) && fails(&answers, Level::Recommended, false));
    let mut survey = perfect();
    survey.parts[0].has_dependencies = false;
    let answers = check(&survey, RuleSet::Bsi);
    assert!(!fails(&answers, Level::Required, false) && fails(&answers, Level::Required, true));
}

/// Ids are unique inside of a set, and each rule says how to produce what it asks for.
#[test]
fn the_tables_are_whole() {
    for set in RuleSet::ALL {
        let mut ids: Vec<&str> = set.rules().iter().map(|rule| rule.id).collect();
        ids.sort_unstable();
        ids.windows(2).for_each(|pair| assert_ne!(pair[0], pair[1], "{}", set.word()));
        for rule in set.rules() {
            assert!(!rule.how.yocto.is_empty() && !rule.how.buildroot.is_empty(), "{}", rule.id);
        }
    }
}
