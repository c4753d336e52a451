//! Foreign letters in every place that a document or a record can fill: the page keeps its own tags, attributes and
//! links, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use model::assessment::ResponseClass;
use model::component::{Component, Coverage};
use model::effect::{Effect, Tier};
use model::finding::{Confidence, Evidence, Finding, Opinion, Verdict};
use model::note::{Note, NoteCode, Severity};
use model::reason::Reason;
use model::record::Source;
use model::sbom::{Inventory, SourceDocument};
use model::vex::VexStatus;
use model::vulnerability::{Facts, Kev, SeverityFact};
use proptest::prelude::*;
use service::judge::Judged;
use service::knowledge::{Knowledge, Origin};
use service::scan::Scan;
use web::report::{Report, write};

fn knowledge() -> Knowledge {
    Knowledge {
        index: testkit::records::Knowledge::new().index(),
        origin: Origin::Starter,
        tables: Default::default(),
        views: Default::default(),
    }
}

/// A release in which every text is the same hostile one.
fn page(text: &str) -> String {
    let inventory = inventory(text);
    let finding = finding(text);
    let profile = service::profile::infer(&inventory);
    let scan = Scan {
        coverage: vec![(Coverage::Matched, text.to_owned())],
        counts: {
            let mut counts = Scan::default().counts;
            counts.candidates = 1;
            counts.affected = 1;
            counts.by_reason.insert(Reason::VInRange, 1);
            counts
        },
        findings: vec![finding],
        ..Scan::default()
    };
    let effect = Effect {
        tier: Tier::Human,
        status: VexStatus::Affected,
        justification: None,
        class: Some(ResponseClass::Immediate),
        ceiling: Some(ResponseClass::Immediate),
        source: text.to_owned(),
        says: text.to_owned(),
        contested: vec![text.to_owned()],
    };
    let judged = Judged::unspoken(scan, profile, vec![None], vec![effect]);
    let report = Report {
        inventory: &inventory,
        judged: &judged,
        knowledge: &knowledge(),
        at: "2026-11-22T00:00:00Z".parse().expect("a time"),
        all: true,
        program: "patchwright",
    };
    let mut out = Vec::new();
    write(&mut out, &report).expect("written");
    String::from_utf8(out).expect("UTF-8")
}

fn inventory(text: &str) -> Inventory {
    let own = || text.to_owned();
    let note = Note::new(NoteCode::FieldType, Severity::Warn, text, text);
    let component = Component {
        name: own(),
        version: own(),
        supplier: own(),
        homepage: own(),
        notes: vec![note.clone()],
        ..Component::default()
    };
    let document = SourceDocument {
        file: own(),
        kind: own(),
        tool: own(),
        created: own(),
        hash: own(),
        ..Default::default()
    };
    Inventory {
        documents: vec![document],
        product: own(),
        release: own(),
        components: vec![component],
        notes: vec![note],
        ..Inventory::default()
    }
}

fn finding(text: &str) -> Finding {
    let own = || text.to_owned();
    let evidence = vec![
        Evidence::Remark(own()),
        Evidence::Identity { rank: 1, component: own(), subject: own(), second_signal: own() },
        Evidence::File { path: own(), class: own(), result: own(), expression: own(), proof: own() },
        Evidence::Statement { by: own(), says: own(), text: own() },
    ];
    let opinion = Opinion {
        source: Source::ALL[0].0,
        by: own(),
        record: own(),
        verdict: Some(Verdict::Affected),
        reason: Reason::VInRange,
        qualifiers: Vec::new(),
        confidence: Confidence::Low,
        evidence: vec![Evidence::Rule { id: own(), says: own() }],
        fixed: own(),
        modified: own(),
    };
    let facts = Facts {
        published: own(),
        kev: Some(Kev { date_added: own(), ..Kev::default() }),
        severities: vec![SeverityFact { vector: own(), base_tenths: Some(98), by: own() }],
        ..Facts::default()
    };
    Finding {
        vulnerability: own(),
        aliases: vec![own()],
        component: 0,
        verdict: Verdict::Affected,
        reason: Reason::VInRange,
        qualifiers: Vec::new(),
        confidence: Confidence::Low,
        evidence,
        opinions: vec![opinion],
        fixed: own(),
        files: Vec::new(),
        facts: facts.into(),
    }
}

/// Tags with their attribute names, and the links, outside of style and script.
fn structure(page: &str) -> (BTreeMap<String, BTreeSet<String>>, Vec<String>) {
    let mut tags: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut links = Vec::new();
    let mut rest = page;
    while let Some((_, after)) = rest.split_once('<') {
        let (tag, after) = after.split_once('>').expect("every < of the page begins a tag");
        rest = after;
        let name: String = tag.chars().take_while(|letter| !letter.is_whitespace()).collect();
        if name == "style" || name == "script" {
            let end = format!("</{name}>");
            rest = after.split_once(&end).expect("it ends").1;
        }
        let attributes = tags.entry(name.clone()).or_default();
        let mut words = &tag[name.len()..];
        while let Some((before, after)) = words.split_once("=\"") {
            let attribute = before.split_whitespace().last().unwrap_or_default().to_owned();
            let (value, after) = after.split_once('"').expect("a closed value");
            if attribute == "href" {
                links.push(value.to_owned());
            }
            attributes.insert(attribute);
            words = after;
        }
    }
    (tags, links)
}

fn is_harmless(text: &str) -> Result<(), String> {
    let (plain, _) = structure(&page("plain text"));
    let hostile = page(text);
    let (tags, links) = structure(&hostile);
    for (tag, attributes) in &tags {
        let known = plain.get(tag).ok_or_else(|| format!("a tag of its own: {tag:?}"))?;
        if let Some(foreign) = attributes.difference(known).find(|name| name.as_str() != "href") {
            return Err(format!("an attribute of its own: {foreign:?} of {tag:?}"));
        }
    }
    let is_ours = |link: &String| link.starts_with('#') || link.starts_with("https://");
    match links.iter().find(|link| !is_ours(link)) {
        Some(link) => Err(format!("a link of its own: {link:?}")),
        None => Ok(()),
    }
}

#[test]
fn known_tricks_do_nothing() {
    for text in [
        "<script>alert(1)</script>",
        "</title><script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "\" onfocus=alert(1) autofocus x=\"",
        "javascript:alert(1)",
        "</style></script><svg onload=alert(1)>",
        "<!-- ",
        "]]>",
        "{{ 7*7 }}{% include %}",
        "CVE-2024-1\"><b>",
        "\u{202e}gnp.exe",
        "a\u{0}b\u{1b}[2J",
        "&lt;script&gt;",
    ] {
        assert_eq!(is_harmless(text), Ok(()), "{text:?}");
    }
}

#[test]
fn letters_that_turn_the_line_around_are_shown() {
    let page = page("abc\u{202e}cba\u{2066}\u{1b}");
    assert!(!page.contains(['\u{202e}', '\u{2066}', '\u{1b}']));
    assert!(page.contains("abc\u{fffd}cba\u{fffd}\u{fffd}"));
}

#[test]
fn only_style_and_script_are_written_as_they_are() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/report");
    for file in std::fs::read_dir(folder).expect("templates").flatten() {
        let text = std::fs::read_to_string(file.path()).expect("a template");
        let raw = text.matches("|safe").count() + text.matches("| safe").count();
        let expected = if file.file_name() == "page.html" { 2 } else { 0 };
        assert_eq!(raw, expected, "{:?}", file.file_name());
        let handler = text.split(" on").skip(1).any(|rest| {
            let name = rest.split('=').next().unwrap_or_default();
            rest.contains('=') && !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase())
        });
        assert!(!handler && !text.contains("style=\""), "inline style or handler in {:?}", file.file_name());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn no_text_leaves_its_place(text in "[<>\"'&/=a-z \\PC\u{0}-\u{1f}\u{202a}-\u{202e}]{1,40}") {
        prop_assert_eq!(is_harmless(&text), Ok(()));
    }
}
