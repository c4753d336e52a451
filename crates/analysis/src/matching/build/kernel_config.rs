//! Witness: the `.config` against the Kbuild map (matching.md 7.4), for the kernel, U-Boot and BusyBox alike.

use model::reason::Reason;

use super::expression::{self, Condition, Tri, Value};
use super::files::Class;
use super::modules;
use super::prepared::Prepared;
use super::sources::{Out, Says, State};

/// More options than this are not listed one by one in a proof.
const LINES: usize = 12;

/// Says whether the options build the file.
pub fn witness(prepared: &Prepared<'_>, path: &str, _: Class) -> Says {
    if prepared.has_unusable_config() {
        return Says::state(State::Unknown(Reason::EConfigIncomplete));
    }
    if prepared.configs().is_empty() {
        return Says::nothing();
    }
    match prepared.condition(path) {
        Some(text) => of_condition(prepared, &text),
        None => Says::state(State::Unknown(Reason::EFileUnmapped)),
    }
}

/// What the configs make of a condition of the map.
pub fn of_condition(prepared: &Prepared<'_>, text: &str) -> Says {
    let Condition { expression, modules } = Condition::of(text);
    let state = match prepared.value(text) {
        Value::Known(Tri::No) => State::Out(Out::OptionsOff),
        Value::Known(Tri::Module) => modules::state(prepared, modules),
        Value::Known(Tri::Yes) => State::Built,
        Value::Unknown(..) => State::Unknown(Reason::EConfigIncomplete),
    };
    Says::proven(state, text, lines(prepared, expression))
}

/// The exact lines of the config that an expression asks for.
fn lines(prepared: &Prepared<'_>, expression: &str) -> String {
    let Some(config) = prepared.configs().first() else { return String::new() };
    let names = expression::symbols(expression);
    let mut text = String::new();
    for name in names.iter().take(LINES) {
        if !text.is_empty() {
            text.push_str("; ");
        }
        match config.symbols.get(*name).map(String::as_str) {
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
