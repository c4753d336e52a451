//! What the module list of the image says of a file that is built as a module (matching.md 7.5).

use super::prepared::Prepared;
use super::sources::{Out, State};

/// The state of a file whose options make it a module. Only a complete list can prove absence.
pub fn state(prepared: &Prepared<'_>, modules: &str) -> State {
    let Some(list) = &prepared.facts().build.modules else { return State::Module { blacklisted: false } };
    let mut names = modules.split_whitespace().map(unified).peekable();
    if names.peek().is_none() {
        // The map does not tell which module: nothing can be looked up.
        return State::Module { blacklisted: false };
    }
    let names: Vec<String> = names.collect();
    // What the image says of itself goes before the config: this is part of the kernel.
    if names.iter().any(|name| list.builtin.contains(name)) {
        return State::Built;
    }
    let present: Vec<String> = names.into_iter().filter(|name| list.present.contains(name)).collect();
    if present.is_empty() {
        return if list.complete {
            State::Out(Out::ModuleAbsent)
        } else {
            State::Module { blacklisted: false }
        };
    }
    State::Module { blacklisted: present.iter().all(|name| list.blacklisted.contains(name)) }
}

/// The kernel itself treats `-` and `_` in module names alike.
fn unified(name: &str) -> String {
    let name = name.rsplit('/').next().unwrap_or(name);
    name.trim_end_matches(".ko").replace('-', "_")
}
