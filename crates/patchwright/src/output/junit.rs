//! JUnit XML for build servers: a test case for every component of the device that passes, one for every finding that
//! fails, and an error where nothing can be told.
//!
//! There is no standard; this is the form that Jenkins and GitLab read. With `--fail-on` a finding fails that the gate
//! fails; without a gate one of class immediate or planned.

use std::collections::BTreeMap;
use std::io::{Result, Write};

use model::assessment::ResponseClass;
use model::component::Component;
use model::finding::Finding;
use quick_xml::Writer;
use quick_xml::events::BytesText;

use super::answer::{Answer, Part, part_of};

/// What happened to a test case.
enum Outcome {
    Passed,
    /// Kind and message in one line, then everything.
    Failed(String, String, String),
    /// Nothing is known: neither passed nor failed.
    Skipped(String),
    /// The gate cannot judge.
    Error(String),
}

/// A test case.
struct Case {
    class: String,
    name: String,
    outcome: Outcome,
}

/// Writes the report.
pub fn write(out: &mut dyn Write, answer: &Answer<'_>) -> Result<()> {
    let cases = cases(answer);
    let number =
        |wanted: fn(&Outcome) -> bool| cases.iter().filter(|case| wanted(&case.outcome)).count().to_string();
    let counts = [
        ("tests", cases.len().to_string()),
        ("failures", number(|outcome| matches!(outcome, Outcome::Failed(..)))),
        ("errors", number(|outcome| matches!(outcome, Outcome::Error(_)))),
        ("skipped", number(|outcome| matches!(outcome, Outcome::Skipped(_)))),
        ("time", "0".to_owned()),
    ];
    let counted = |with: &[(&'static str, String)]| -> Vec<(&'static str, String)> {
        let own = with.iter().map(|(name, value)| (*name, text(value)));
        own.chain(counts.iter().cloned()).collect()
    };
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    let mut writer = Writer::new_with_indent(&mut *out, b' ', 2);
    let suites = counted(&[("name", "patchwright".to_owned())]);
    writer.create_element("testsuites").with_attributes(borrowed(&suites)).write_inner_content(|writer| {
        let at = answer.at.strftime("%Y-%m-%dT%H:%M:%S").to_string();
        let suite = counted(&[("name", title(answer)), ("timestamp", at)]);
        writer.create_element("testsuite").with_attributes(borrowed(&suite)).write_inner_content(
            |writer| {
                properties(writer, answer)?;
                cases.iter().try_for_each(|case| test_case(writer, case))
            },
        )?;
        Ok(())
    })?;
    writeln!(out)
}

fn borrowed<'t>(attributes: &'t [(&'static str, String)]) -> impl Iterator<Item = (&'t str, &'t str)> {
    attributes.iter().map(|(name, value)| (*name, value.as_str()))
}

/// What decides how much the report is worth.
fn properties<W: Write>(writer: &mut Writer<W>, answer: &Answer<'_>) -> Result<()> {
    let profile = &answer.judged.profile;
    let deployment = match profile.is_inferred {
        true => "assumed".to_owned(),
        false => format!("{} version {}", profile.id, profile.version),
    };
    let condition = answer
        .judged
        .gate
        .as_ref()
        .map_or("class planned or worse".to_owned(), |gate| gate.condition.clone());
    let properties = [
        ("fails on", condition),
        ("deployment", deployment),
        ("knowledge", answer.knowledge.name()),
        ("knowledge as of", answer.knowledge.as_of().to_owned()),
    ];
    writer.create_element("properties").write_inner_content(|writer| {
        for (name, value) in &properties {
            let value = text(value);
            let attributes = [("name", *name), ("value", value.as_str())];
            writer.create_element("property").with_attributes(attributes).write_empty()?;
        }
        Ok(())
    })?;
    Ok(())
}

fn test_case<W: Write>(writer: &mut Writer<W>, case: &Case) -> Result<()> {
    let (class, name) = (text(&case.class), text(&case.name));
    let attributes = [("classname", class.as_str()), ("name", name.as_str()), ("time", "0")];
    let element = writer.create_element("testcase").with_attributes(attributes);
    if matches!(case.outcome, Outcome::Passed) {
        return element.write_empty().map(drop);
    }
    element.write_inner_content(|writer| match &case.outcome {
        Outcome::Passed => Ok(()),
        Outcome::Skipped(why) => {
            let message = text(why);
            writer
                .create_element("skipped")
                .with_attribute(("message", message.as_str()))
                .write_empty()
                .map(drop)
        }
        Outcome::Error(why) => {
            let message = text(why);
            let attributes = [("type", "cannot_judge"), ("message", message.as_str())];
            writer.create_element("error").with_attributes(attributes).write_empty().map(drop)
        }
        Outcome::Failed(kind, message, all) => {
            let (kind, message) = (text(kind), text(message));
            let attributes = [("type", kind.as_str()), ("message", message.as_str())];
            let element = writer.create_element("failure").with_attributes(attributes);
            element.write_text_content(BytesText::new(&lines(all))).map(drop)
        }
    })?;
    Ok(())
}

fn title(answer: &Answer<'_>) -> String {
    match answer.title() {
        title if title.is_empty() => "release".to_owned(),
        title => title,
    }
}

fn cases(answer: &Answer<'_>) -> Vec<Case> {
    let failing = failing(answer);
    let mut seen: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut cases = Vec::new();
    let suite = title(answer);
    for (at, component) in answer.inventory.components.iter().enumerate() {
        if part_of(component) != Part::Device {
            continue;
        }
        let class = format!("{suite}.{}", component.name);
        let of_component: Vec<Case> = (failing.iter())
            .filter(|(finding, _)| finding.component == at)
            .map(|(finding, by)| failed(answer, component, finding, by, &class))
            .collect();
        let is_passed = of_component.is_empty();
        cases.extend(of_component);
        if is_passed {
            let outcome = unknown(answer, at).map_or(Outcome::Passed, Outcome::Skipped);
            cases.push(Case { class, name: named(component), outcome });
        }
    }
    for case in &mut cases {
        // The same version may be there twice; names that are equal would be taken for one test.
        let number = seen.entry((case.class.clone(), case.name.clone())).or_default();
        *number += 1;
        if *number > 1 {
            case.name = format!("{} ({number})", case.name);
        }
    }
    let blind = answer.judged.gate.iter().flat_map(|gate| &gate.blind);
    cases.extend(blind.map(|why| Case {
        class: format!("{suite}.gate"),
        name: format!("can judge: {why}"),
        outcome: Outcome::Error(why.clone()),
    }));
    cases
}

/// The findings that fail, the most urgent first, each with the part of the gate that it fails.
fn failing<'a>(answer: &Answer<'a>) -> Vec<(&'a Finding, String)> {
    let judged = answer.judged;
    if let Some(gate) = &judged.gate {
        let failing = gate
            .failing
            .iter()
            .filter_map(|one| Some((judged.scan.findings.get(one.finding)?, one.by.join(", "))));
        return failing.collect();
    }
    let open = judged.ranking().iter().copied();
    open.filter(|at| judged.effects.get(*at).and_then(|one| one.class) >= Some(ResponseClass::Planned))
        .filter_map(|at| Some((judged.scan.findings.get(at)?, String::new())))
        .collect()
}

fn failed(answer: &Answer<'_>, component: &Component, finding: &Finding, by: &str, class: &str) -> Case {
    let judged = answer.judged;
    let at = judged.scan.findings.iter().position(|one| std::ptr::eq(one, finding)).unwrap_or_default();
    let assessed = judged.assessed.get(at).and_then(Option::as_deref);
    let (sentence, kind) = match judged.effects.get(at) {
        Some(effect) => (
            service::sentence::sentence(finding, assessed, effect),
            effect.class.map_or(effect.status.word(), ResponseClass::word),
        ),
        None => (String::new(), "open"),
    };
    let mut all = vec![format!("{} in {}", finding.vulnerability, named(component)), sentence.clone()];
    if !by.is_empty() {
        all.push(format!("fails: {by}"));
    }
    match finding.fixed.as_str() {
        "" => all.push("no fixed version known".to_owned()),
        fixed => all.push(format!("fixed in {fixed}")),
    }
    all.extend(assessed.iter().flat_map(|one| &one.assessment.rationale).cloned());
    Case {
        class: class.to_owned(),
        name: format!("{} in {}", finding.vulnerability, named(component)),
        outcome: Outcome::Failed(kind.to_owned(), sentence, all.join("\n")),
    }
}

/// `openssl 3.0.1`.
fn named(component: &Component) -> String {
    format!("{} {}", component.name, component.version).trim().to_owned()
}

/// Why nothing can be said about a component; `None` where something can.
fn unknown(answer: &Answer<'_>, component: usize) -> Option<String> {
    let (state, because) = answer.judged.scan.coverage.get(component)?;
    let is_unknown = state.word().starts_with("not_evaluable");
    let word = state.word().replace('_', " ").replace('/', ": ");
    is_unknown.then(|| if because.is_empty() { word } else { format!("{word} ({because})") })
}

/// Foreign text in one line. XML has no way to write control characters, and some servers read no others beyond.
fn text(text: &str) -> String {
    text.chars().map(|letter| if is_writable(letter) { letter } else { '\u{fffd}' }).collect()
}

/// Foreign text in lines.
fn lines(all: &str) -> String {
    all.lines().map(text).collect::<Vec<_>>().join("\n")
}

fn is_writable(letter: char) -> bool {
    !letter.is_control() && !web::escape::is_acting(letter) && !matches!(letter, '\u{fffe}' | '\u{ffff}')
}
