//! OpenEoX, core and shell 1.0: what a vendor says of the life of a product. The checks are those of the standard; a
//! document that breaks its schema or a mandatory test is not believed.

use model::lifecycle::Branch;
use model::note::{NoteCode, Severity};
use model::vex::Instant;
use serde_json::{Map, Value};

use super::Rows;

const CORE: &str = "https://docs.oasis-open.org/openeox/v1.0/schema/core.json";
/// The shell is a draft: its address still has a word in place of the version.
const SHELLS: [&str; 2] = [
    "https://docs.oasis-open.org/openeox/tbd/schema/shell.json",
    "https://docs.oasis-open.org/openeox/v1.0/schema/shell.json",
];

/// The dates of the core, in the order of the standard.
const STAGES: [&str; 4] = ["end_of_life", "end_of_sales", "end_of_security_support", "general_availability"];

/// How much a failed test weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// The document breaks the schema.
    Schema,
    /// Tests 7.1: the document is invalid.
    Mandatory,
    /// Tests 7.2: it should be mended.
    Recommended,
    /// Tests 7.3: worth a look.
    Informative,
}

/// One failed test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The number of the test (`7.1.1`); `schema` for the schema.
    pub test: &'static str,
    /// Its weight.
    pub group: Group,
    /// JSON pointer.
    pub place: String,
    /// What is wrong, in words.
    pub why: String,
}

impl Problem {
    /// True when the document must not be believed.
    pub fn is_fatal(&self) -> bool {
        matches!(self.group, Group::Schema | Group::Mandatory)
    }
}

/// True for the address of one of the schemas.
pub(super) fn is_schema(address: &str) -> bool {
    address == CORE || SHELLS.contains(&address)
}

/// Checks a document: a core, or a shell with all the cores in it.
///
/// # Errors
/// Says why the text is no JSON object.
pub fn check(text: &str) -> Result<Vec<Problem>, String> {
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(document)) => Ok(check_document(&document)),
        Ok(_) => Err("no JSON object".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn check_document(document: &Map<String, Value>) -> Vec<Problem> {
    let mut problems = Vec::new();
    if document.get("$schema").and_then(Value::as_str).is_some_and(|schema| SHELLS.contains(&schema)) {
        check_shell(document, &mut problems);
    } else {
        check_core(document, "", &mut problems);
    }
    problems
}

fn schema(place: String, why: impl Into<String>) -> Problem {
    Problem { test: "schema", group: Group::Schema, place, why: why.into() }
}

fn check_shell(document: &Map<String, Value>, problems: &mut Vec<Problem>) {
    for key in document.keys().filter(|key| !["$schema", "statements"].contains(&key.as_str())) {
        problems.push(schema(format!("/{key}"), "the shell has no such key"));
    }
    let statements = document.get("statements").and_then(Value::as_array);
    let Some(statements) = statements.filter(|statements| !statements.is_empty()) else {
        problems.push(schema("/statements".to_owned(), "a shell holds at least one statement"));
        return;
    };
    for (at, statement) in statements.iter().enumerate() {
        let place = format!("/statements/{at}");
        match statement.get("core") {
            Some(Value::Object(core)) => check_core(core, &format!("{place}/core"), problems),
            _ => problems.push(schema(format!("{place}/core"), "no core")),
        }
        let product = statement.get("product").and_then(Value::as_object);
        for key in ["product_name", "vendor_name"] {
            let is_there = product
                .and_then(|product| product.get(key))
                .and_then(Value::as_str)
                .is_some_and(|text| !text.is_empty());
            if !is_there {
                problems.push(schema(format!("{place}/product/{key}"), "a product has a name and a vendor"));
            }
        }
        if !statement.get("product_identification_helper").is_some_and(Value::is_object) {
            problems.push(schema(format!("{place}/product_identification_helper"), "no such object"));
        }
    }
}

/// Schema and tests of a core at a place.
fn check_core(core: &Map<String, Value>, place: &str, problems: &mut Vec<Problem>) {
    let before = problems.len();
    check_shape(core, place, problems);
    let stages = Stages::of(core);
    stages.check(place, problems);
    // What a test of dates says more exactly is not said of the schema again.
    let is_told = |problem: &Problem| problem.test == "7.1.2";
    let told: Vec<String> =
        problems.iter().skip(before).filter(|one| is_told(one)).map(|one| one.place.clone()).collect();
    let mut at = 0;
    problems.retain(|problem| {
        at += 1;
        at <= before || problem.test != "schema" || !told.contains(&problem.place)
    });
}

fn check_shape(core: &Map<String, Value>, place: &str, problems: &mut Vec<Problem>) {
    if core.get("$schema").and_then(Value::as_str) != Some(CORE) {
        problems.push(schema(format!("{place}/$schema"), format!("it must be {CORE}")));
    }
    for key in ["end_of_life", "end_of_security_support", "last_updated"] {
        if !core.contains_key(key) {
            problems.push(schema(format!("{place}/{key}"), "it is missing"));
        }
    }
    for (key, value) in core.iter().filter(|(key, _)| *key != "$schema") {
        let is_stage = STAGES.contains(&key.as_str());
        if !is_stage && key != "last_updated" {
            problems.push(schema(format!("{place}/{key}"), "the core has no such key"));
        } else if !value.as_str().is_some_and(|text| time(text).is_some() || (is_stage && text == "tba")) {
            problems.push(schema(format!("{place}/{key}"), "it is no time"));
        }
    }
}

/// What is said of one stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Nothing.
    Absent,
    /// To be announced.
    Tba,
    /// From this moment on.
    At(Instant),
}

struct Stages {
    life: Stage,
    sales: Stage,
    security: Stage,
    availability: Stage,
    /// Times that are written as the standard forbids.
    misspelled: Vec<&'static str>,
}

impl Stages {
    fn of(core: &Map<String, Value>) -> Stages {
        let stage = |key: &str| match core.get(key).and_then(Value::as_str) {
            Some("tba") => Stage::Tba,
            Some(text) => Instant::parse(text).map_or(Stage::Absent, Stage::At),
            None => Stage::Absent,
        };
        let is_misspelled = |key: &&'static str| {
            let text = core.get(*key).and_then(Value::as_str).unwrap_or("tba");
            text != "tba" && time(text).is_none()
        };
        let [life, sales, security, availability] = STAGES.map(stage);
        let misspelled = STAGES.into_iter().chain(["last_updated"]).filter(is_misspelled).collect();
        Stages { life, sales, security, availability, misspelled }
    }

    fn check(&self, place: &str, problems: &mut Vec<Problem>) {
        let mut say = |test, group, key: &str, why: &str| {
            problems.push(Problem { test, group, place: format!("{place}/{key}"), why: why.to_owned() });
        };
        let is_after =
            |one: Stage, other: Stage| matches!((one, other), (Stage::At(a), Stage::At(b)) if a > b);
        let earlier = [
            ("end_of_security_support", self.security),
            ("end_of_sales", self.sales),
            ("general_availability", self.availability),
        ];
        for (key, stage) in earlier {
            if is_after(stage, self.life) {
                say("7.1.1", Group::Mandatory, key, "it is after the end of life");
            }
        }
        for key in &self.misspelled {
            say(
                "7.1.2",
                Group::Mandatory,
                key,
                "write YYYY-MM-DDThh:mm:ss with T, and Z or an offset; no leap second",
            );
        }
        for (key, stage) in [("end_of_security_support", self.security), ("end_of_sales", self.sales)] {
            if is_after(self.availability, stage) {
                say("7.1.3", Group::Mandatory, key, "it is before the general availability");
            }
        }
        if matches!(self.life, Stage::At(_)) {
            for (key, _) in earlier.iter().filter(|(_, stage)| *stage == Stage::Tba) {
                say(
                    "7.2.1",
                    Group::Recommended,
                    key,
                    "the end of life is known, and this is to be announced",
                );
            }
        }
        let later = [self.life, self.sales, self.security];
        if self.availability == Stage::Tba && later.iter().any(|stage| matches!(stage, Stage::At(_))) {
            let why = "an end is known, and the beginning is to be announced";
            say("7.2.2", Group::Recommended, "general_availability", why);
        }
        if is_after(self.sales, self.security) {
            say("7.3.1", Group::Informative, "end_of_sales", "it is sold after the end of security support");
        }
    }
}

/// A time as RFC 3339 in the strict form of the standard: `T` and `Z` in capitals, seconds up to 59.
fn time(text: &str) -> Option<Instant> {
    let bytes = text.as_bytes();
    let clock = text.get(11..19)?;
    let zone =
        bytes.iter().rposition(|byte| matches!(byte, b'Z' | b'+' | b'-')).and_then(|at| text.get(at..))?;
    let is_offset = zone.len() == 6 && zone.as_bytes().get(3) == Some(&b':');
    let fits = bytes.get(10) == Some(&b'T') && !clock.ends_with("60") && (zone == "Z" || is_offset);
    if fits { Instant::parse(text) } else { None }
}

/// Reads a document into branches.
pub(super) fn read(text: &str, rows: &mut Rows<'_, '_>) {
    let document = match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(document)) => document,
        Ok(_) => return rows.reject("file", "no JSON object"),
        Err(error) => return rows.reject("file", &error.to_string()),
    };
    let problems = check_document(&document);
    for problem in &problems {
        let why = format!("OpenEoX {}: {}", problem.test, problem.why);
        if problem.is_fatal() {
            rows.reject(&problem.place, &why);
        } else {
            rows.reading.note(NoteCode::FieldType, Severity::Info, problem.place.clone(), &why);
        }
    }
    let is_bad = |place: &str| {
        problems
            .iter()
            .any(|problem| problem.is_fatal() && (place.is_empty() || problem.place.starts_with(place)))
    };
    let Some(Value::Array(statements)) = document.get("statements") else {
        if !is_bad("") {
            // Valid, but of what product? It was taken out of the document that says so.
            let why = "a core without a shell names no product";
            rows.reading.note(NoteCode::StatementUnusable, Severity::Info, "file", why);
            rows.reading.documents += 1;
        }
        return;
    };
    for (at, statement) in statements.iter().enumerate() {
        let place = format!("/statements/{at}");
        if !is_bad(&format!("{place}/")) {
            rows.add(&place, branch(statement));
        }
    }
}

fn branch(statement: &Value) -> Branch {
    let text = |object: &str, key: &str| {
        let value = statement.get(object).and_then(|object| object.get(key)).and_then(Value::as_str);
        value.filter(|text| *text != "tba").unwrap_or_default().to_owned()
    };
    let day = |key: &str| {
        let utc = Instant::parse(&text("core", key)).map(Instant::to_utc_seconds);
        utc.and_then(|utc| utc.get(..10).map(str::to_owned)).unwrap_or_default()
    };
    let version = text("product", "product_version");
    // What ends for us is the mending of flaws; other support may go on.
    let (security, life) = (day("end_of_security_support"), day("end_of_life"));
    Branch {
        product: text("product", "product_name"),
        branch: if version.is_empty() { "*".to_owned() } else { version },
        released: day("general_availability"),
        end_of_life: if security.is_empty() { life } else { security },
        source: format!("{} (OpenEoX)", text("product", "vendor_name")),
        date: day("last_updated"),
        ..Branch::default()
    }
}
