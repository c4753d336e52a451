//! From the tree to the rules, key by key.

use model::assessment::ResponseClass;
use model::rule::{Action, Rule, RuleMode, RulePlace};
use model::vex::{Justification, VexStatus};

use super::{Fault, MOST_RULES, SCHEMA};
use crate::profile::table::{Faults, Table};
use crate::profile::tree::Document;

/// What a rule can set. `unknown` is what a source says of itself, never a result.
const STATUSES: &[VexStatus] = &[
    VexStatus::UnderInvestigation,
    VexStatus::Affected,
    VexStatus::NotAffected,
    VexStatus::Fixed,
    VexStatus::FixedBackport,
    VexStatus::FalsePositive,
];
const PRIORITY: u32 = 50;
const ID_FORM: &str = "an id: lower-case letters, digits and -, not beginning with -";
const LENGTH_FORM: &str = "a length of time such as 36h or 7d";

/// Reads a document.
pub(super) fn rules(document: &Document<'_>, file: &str) -> Result<Vec<Rule>, Vec<Fault>> {
    let faults = Faults::default();
    let mut top = Table::new(&document.root, String::new(), &faults);
    if top.has("schema") {
        top.formed("schema", |text| text == SCHEMA, SCHEMA);
    }
    let tables = top.required_tables("rule", 1);
    if tables.len() > MOST_RULES {
        top.fault("rule", format!("{} rules are more than the limit of {MOST_RULES}", tables.len()));
    }
    let mut rules: Vec<Rule> = Vec::new();
    for table in tables.into_iter().take(MOST_RULES) {
        let at = table.at;
        let path = table.path_of("id");
        let rule = rule(table, document, file);
        if let Some(earlier) = rules.iter().find(|known| !rule.id.is_empty() && known.id == rule.id) {
            let line = earlier.place.line;
            faults.add(
                path,
                at,
                format!("{:?} is given twice: it is the id of the rule in line {line} too", rule.id),
            );
        }
        rules.push(rule);
    }
    top.finish();
    match faults.told(document) {
        told if told.is_empty() => Ok(rules),
        told => Err(told),
    }
}

fn rule(mut table: Table<'_>, document: &Document<'_>, file: &str) -> Rule {
    let id = table.formed("id", is_id, ID_FORM);
    let priority = table.whole("priority", 0..=100).unwrap_or(PRIORITY);
    let mode = table.word("mode", RuleMode::ALL, RuleMode::word);
    let (valid_from, valid_until) = valid(&mut table);
    let (products, releases) = table.table("scope").map(scope).unwrap_or_default();
    let when = table.text("when");
    let place = place(&table, document, file, &when);
    let then = table.required_table("then").map(action).unwrap_or_default();
    let auto_revert = table.truth("auto_revert").unwrap_or(true);
    table.finish();
    Rule {
        id,
        priority: u8::try_from(priority).unwrap_or(u8::MAX),
        mode: mode.unwrap_or(RuleMode::Off),
        valid_from,
        valid_until,
        products,
        releases,
        when,
        place,
        then,
        auto_revert,
    }
}

/// The window: `from` is its first day, `until` the first day after it.
fn valid(table: &mut Table<'_>) -> (String, String) {
    let Some(mut valid) = table.table("valid") else { return Default::default() };
    let mut day = |key| if valid.has(key) { valid.date(key) } else { String::new() };
    let (from, until) = (day("from"), day("until"));
    if from.is_empty() && until.is_empty() {
        valid.fault_here("it says neither from nor until");
    }
    // Both have the form of a day here, so their texts have its order.
    if !from.is_empty() && !until.is_empty() && from >= until {
        valid.fault("until", format!("{until} is not after from = {from}; the rule would never hold"));
    }
    valid.finish();
    (from, until)
}

fn scope(mut scope: Table<'_>) -> (Vec<String>, Vec<String>) {
    let products = scope.patterns("products");
    let releases = scope.patterns("releases");
    if !scope.has("products") && !scope.has("releases") {
        scope.fault_here("it names neither products nor releases");
    }
    scope.finish();
    (products, releases)
}

fn action(mut then: Table<'_>) -> Action {
    let mut action = Action {
        status: then.optional_word("status", STATUSES, VexStatus::word),
        justification: then.optional_word("justification", Justification::ALL, Justification::word),
        class_floor: then.optional_word("class_floor", ResponseClass::ALL, ResponseClass::word),
        class_ceiling: then.optional_word("class_ceiling", ResponseClass::ALL, ResponseClass::word),
        assign: then.optional_text("assign"),
        tags: then.patterns("tag"),
        due_in_hours: length(&mut then, "due_in"),
        require_review: then.truth("require_review").unwrap_or_default(),
        hold_notice_hours: length(&mut then, "hold_notice_until"),
        notify: then.patterns("notify"),
        note: then.optional_text("note"),
    };
    action.tags.dedup();
    then.finish();
    action
}

/// Hours of `36h` or `7d`.
fn length(table: &mut Table<'_>, key: &'static str) -> Option<u32> {
    let text = if table.has(key) {
        table.formed(key, |text| hours(text).is_some(), LENGTH_FORM)
    } else {
        return None;
    };
    hours(&text)
}

fn hours(text: &str) -> Option<u32> {
    let (number, unit) = match text.strip_suffix('d') {
        Some(number) => (number, 24),
        None => (text.strip_suffix('h')?, 1),
    };
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    number.parse::<u32>().ok().filter(|_| is_number)?.checked_mul(unit)
}

/// Where the rule and its condition stand.
fn place(table: &Table<'_>, document: &Document<'_>, file: &str, when: &str) -> RulePlace {
    let line = document.fault("", table.at, String::new()).line;
    let at = table.place_of("when").unwrap_or(table.at);
    let at = at + opening(document.text.get(at..).unwrap_or_default());
    let text = document.text.get(at..).unwrap_or_default();
    let place = document.fault("", at, String::new());
    RulePlace {
        file: file.to_owned(),
        line,
        when: (place.line, place.column),
        when_is_verbatim: !when.is_empty() && text.starts_with(when),
    }
}

/// How long the quotes before a text are; a line end right behind three of them does not belong to the text.
fn opening(text: &str) -> usize {
    let is_long = |quotes: &&str| text.starts_with(*quotes);
    if let Some(quotes) = ["'''", "\"\"\""].iter().find(|quotes| is_long(quotes)) {
        let rest = text.get(quotes.len()..).unwrap_or_default();
        let newline = if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with('\n')) };
        return quotes.len() + newline;
    }
    usize::from(text.starts_with(['"', '\'']))
}

fn is_id(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.len() <= 100
        && text.bytes().next().is_some_and(is_letter)
        && text.bytes().all(|byte| is_letter(byte) || byte == b'-')
}
