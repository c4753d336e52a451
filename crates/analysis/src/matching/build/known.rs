//! What a condition of the map comes to under a component's configs, found out once: many files share one.

use model::build::Config;
use rustc_hash::FxHashMap;

use super::arch::Machine;
use super::expression::{self, Condition, Value};

/// More options than this are not listed one by one in a proof.
const LINES: usize = 12;

/// What is known of one condition of a map.
#[derive(Clone, Debug)]
pub struct Known {
    /// Its text in the map.
    pub text: String,
    /// Its value under all usable configs.
    pub value: Value,
    /// It can only hold for another architecture.
    pub is_other_arch: bool,
    /// It names the option of the product's architecture.
    pub names_own_arch: bool,
    /// The exact config lines it asks for.
    pub lines: String,
}

impl Known {
    /// Evaluates a condition under all configs.
    pub fn of(text: &str, configs: &[Symbols<'_>], machine: Option<Machine>) -> Known {
        let expression = Condition::of(text).expression;
        let mut each =
            configs.iter().map(|config| expression::evaluate(expression, &|name| config.value(name)));
        let value = match each.next() {
            None => Value::ANY,
            // Built under one of two kernels' configs is built.
            Some(first) => each.fold(first, Value::or),
        };
        let (is_other_arch, names_own_arch) =
            machine.map_or((false, false), |machine| machine.demands(expression));
        let lines = configs.first().map_or(String::new(), |config| config.lines(expression));
        Known { text: text.to_owned(), value, is_other_arch, names_own_arch, lines }
    }
}

/// The options of one config, quick to look up.
pub struct Symbols<'a> {
    values: FxHashMap<&'a str, &'a str>,
}

impl<'a> Symbols<'a> {
    /// The options of a complete config.
    pub fn of(config: &'a Config) -> Symbols<'a> {
        let pairs = config.symbols.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        Symbols { values: pairs.collect() }
    }

    /// In a complete config a missing option is off.
    fn value(&self, name: &str) -> Option<&'a str> {
        Some(self.values.get(name).copied().unwrap_or("n"))
    }

    fn lines(&self, expression: &str) -> String {
        let names = expression::symbols(expression);
        let mut text = String::new();
        for name in names.iter().take(LINES) {
            if !text.is_empty() {
                text.push_str("; ");
            }
            match self.values.get(name).copied() {
                Some("n") => text.extend(["# CONFIG_", name, " is not set"]),
                Some(value) => text.extend(["CONFIG_", name, "=", value]),
                None => text.extend(["no line CONFIG_", name]),
            }
        }
        if names.len() > LINES {
            text.push_str("; …");
        }
        text
    }
}
