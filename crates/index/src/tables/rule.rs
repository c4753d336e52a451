//! Reviewed rules: what is known of single vulnerabilities beyond their records (matching.md 4.4, 7.4).
//!
//! A rule can only make the answer for its vulnerability more precise; explain shows it as an opinion of its own.

use std::sync::LazyLock;

use model::reason::Reason;
use rustc_hash::FxHashMap;

use super::rows::{Row, TableError, is_date, rows};

const BUILT_IN: &str = include_str!("../../tables/rules.tsv");

const COLUMNS: [&str; 9] = ["id", "cve", "product", "kind", "condition", "effect", "source", "date", "text"];

/// What a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RuleKind {
    /// The defect exists only in a distribution's build or patch. Condition: the distribution.
    DistroOnly,
    /// About a part shipped beside the product. Condition: the part; absent by proof decides.
    Subcomponent,
    /// Needs applets or commands. Condition: an expression over configuration symbols.
    Applet,
    /// Needs a build option. Condition: an expression over configuration symbols or the feature's name.
    Feature,
    /// A fix that brought a regression. Condition: the CVE of the regression; both patches are needed.
    RegressionPatch,
    /// How a CNA's list of versions is meant. Condition: the reading.
    ListReading,
    /// Needs another operating system or architecture. Condition: its name.
    Platform,
    /// Concerns a tool of the project, not its main program. Condition: the tool.
    Tool,
}

impl RuleKind {
    const ALL: [(RuleKind, &'static str); 8] = [
        (RuleKind::DistroOnly, "distro_only"),
        (RuleKind::Subcomponent, "subcomponent"),
        (RuleKind::Applet, "applet"),
        (RuleKind::Feature, "feature"),
        (RuleKind::RegressionPatch, "regression_patch"),
        (RuleKind::ListReading, "list_reading"),
        (RuleKind::Platform, "platform"),
        (RuleKind::Tool, "tool"),
    ];

    /// The word used in the table.
    pub fn word(self) -> &'static str {
        RuleKind::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, word)| word)
    }
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its stable id.
    pub id: String,
    /// The vulnerability; `*` where the rule holds for all of the product.
    pub cve: String,
    /// Canonical name of the product.
    pub product: String,
    /// What it is about.
    pub kind: RuleKind,
    /// See the kinds. Expressions: symbols without `CONFIG_`, `!`, `&&`, `||`, parentheses.
    pub condition: String,
    /// The reason code that holds where the condition is proven false (applet, feature) or the product is not
    /// the one meant (the others).
    pub effect: Reason,
    /// Where it can be checked.
    pub source: String,
    /// Date of the review.
    pub date: String,
    /// One sentence of ours for explain.
    pub text: String,
}

/// The rules by vulnerability.
#[derive(Clone, Debug, Default)]
pub struct RuleTable {
    rules: Vec<Rule>,
    by_cve: FxHashMap<String, Vec<u32>>,
}

impl RuleTable {
    /// The rules the program ships with.
    pub fn built_in() -> &'static RuleTable {
        static TABLE: LazyLock<RuleTable> = LazyLock::new(|| RuleTable::parse(BUILT_IN).unwrap_or_default());
        &TABLE
    }

    /// Reads a table of rules, naming every unusable row.
    pub fn parse(text: &str) -> Result<RuleTable, Vec<TableError>> {
        let mut table = RuleTable::default();
        let mut errors = Vec::new();
        for row in rows(text, &COLUMNS)? {
            match rule(&row) {
                Ok(rule) if table.rules.iter().any(|known| known.id == rule.id) => {
                    errors.push(row.error(format!("a second rule `{}`", rule.id)));
                }
                Ok(rule) => table.push(rule),
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() { Ok(table) } else { Err(errors) }
    }

    fn push(&mut self, rule: Rule) {
        if let Ok(number) = u32::try_from(self.rules.len()) {
            self.by_cve.entry(rule.cve.clone()).or_default().push(number);
            self.rules.push(rule);
        }
    }

    /// All rules, in the order of the text.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rules for a vulnerability in a product, those for all of the product's vulnerabilities last.
    pub fn of<'t>(&'t self, cve: &str, product: &'t str) -> impl Iterator<Item = &'t Rule> {
        let numbers = [cve, "*"].into_iter().filter_map(|id| self.by_cve.get(id)).flatten();
        numbers
            .filter_map(|number| self.rules.get(usize::try_from(*number).ok()?))
            .filter(move |rule| rule.product == product)
    }
}

fn rule(row: &Row<'_>) -> Result<Rule, TableError> {
    let required = |column: &str| match row.cell(column) {
        "" => Err(row.error(format!("no {column}"))),
        cell => Ok(cell.to_owned()),
    };
    let cve = required("cve")?;
    if cve != "*" && !is_vulnerability_id(&cve) {
        return Err(row.error(format!("`{cve}` is no vulnerability id")));
    }
    let word = row.cell("kind");
    let kind = RuleKind::ALL.iter().find(|(_, known)| *known == word).map(|(kind, _)| *kind);
    let effect = row.cell("effect");
    let date = required("date")?;
    if !is_date(&date) {
        return Err(row.error(format!("`{date}` is no date YYYY-MM-DD")));
    }
    let condition = required("condition")?;
    if word == "applet" && !is_expression(&condition) {
        return Err(row.error(format!("`{condition}` is no expression over symbols")));
    }
    Ok(Rule {
        id: required("id")?,
        cve,
        product: required("product")?,
        kind: kind.ok_or_else(|| row.error(format!("no kind `{word}`")))?,
        condition,
        effect: Reason::from_code(effect).ok_or_else(|| row.error(format!("no reason code `{effect}`")))?,
        source: required("source")?,
        date,
        text: required("text")?,
    })
}

fn is_vulnerability_id(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let (name, year, number) = (parts.next(), parts.next(), parts.next());
    let digits = |part: Option<&str>| part.is_some_and(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    name == Some("CVE") && digits(year) && digits(number) && number.is_some_and(|number| number.len() >= 4)
}

/// Symbols joined by `&&` and `||`, with `!` and balanced parentheses.
fn is_expression(text: &str) -> bool {
    let spaced = text.replace("&&", " & ").replace("||", " | ").replace('!', " ! ");
    let spaced = spaced.replace('(', " ( ").replace(')', " ) ");
    let mut depth = 0_i32;
    let mut wants_operand = true;
    for word in spaced.split_ascii_whitespace() {
        let fits = match word {
            "(" | "!" => wants_operand,
            ")" | "&" | "|" => !wants_operand,
            _ => {
                wants_operand
                    && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
            }
        };
        depth += i32::from(word == "(") - i32::from(word == ")");
        wants_operand = matches!(word, "(" | "!" | "&" | "|");
        if !fits || depth < 0 {
            return false;
        }
    }
    depth == 0 && !wants_operand
}
