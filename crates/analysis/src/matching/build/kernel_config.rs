//! Witness: the `.config` against the Kbuild map (matching.md 7.4), for the kernel, U-Boot and BusyBox alike.

use model::reason::Reason;

use super::expression::{Condition, Tri, Value};
use super::modules;
use super::prepared::Prepared;
use super::sources::{File, Out, Says, State};

/// Says whether the options build the file.
pub fn witness(prepared: &Prepared<'_>, file: &File<'_>) -> Says {
    if prepared.has_unusable_config() {
        return Says::state(State::Unknown(Reason::EConfigIncomplete));
    }
    if prepared.configs().is_empty() {
        return Says::nothing();
    }
    match &file.condition {
        Some(text) => of_condition(prepared, text),
        None => Says::state(State::Unknown(Reason::EFileUnmapped)),
    }
}

/// What the configs make of a condition of the map.
pub fn of_condition(prepared: &Prepared<'_>, text: &str) -> Says {
    let known = prepared.known(text);
    let state = match known.value {
        Value::Known(Tri::No) => State::Out(Out::OptionsOff),
        Value::Known(Tri::Module) => modules::state(prepared, Condition::of(text).modules),
        Value::Known(Tri::Yes) => State::Built,
        Value::Unknown(..) => State::Unknown(Reason::EConfigIncomplete),
    };
    Says::by_condition(state, known)
}
