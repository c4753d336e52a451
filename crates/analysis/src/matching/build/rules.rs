//! Judge: reviewed rules that name the options a vulnerability needs: BusyBox applets and features, U-Boot
//! commands, options inside a file (matching.md 7.4).

use model::build::ConfigOf;
use model::finding::{Confidence, Evidence};
use model::reason::Reason;

use super::expression::{self, Value};
use super::files::Sorted;
use super::prepared::Prepared;
use super::{BuildRule, Need, Opinion, Subject};

/// How the evidence of a rule that holds begins.
pub const HOLDS: &str = "holds: ";

/// Excludes when the options a rule asks for are off in a complete config.
pub fn judge(prepared: &Prepared<'_>, subject: &Subject<'_>, _: &Sorted<'_>) -> Opinion {
    let (mut qualifiers, mut evidence) = (Vec::new(), Vec::new());
    for rule in prepared.rules_of(subject) {
        let Need::Options(of, expression) = rule.needs else { continue };
        if prepared.tree() != Some(of) {
            continue;
        }
        match value(prepared, of, expression) {
            value if value.is_off() => return excluded(prepared, rule, of, expression),
            Value::Known(_) => evidence.push(says(rule, &format!("{HOLDS}{expression}; {}", rule.says))),
            Value::Unknown(..) => {
                qualifiers.extend(prepared.has_unusable_config().then_some(Reason::EConfigIncomplete))
            }
        }
    }
    match (qualifiers.is_empty(), evidence.is_empty()) {
        (true, true) => Opinion::Silent,
        _ => Opinion::Kept(qualifiers, evidence, None),
    }
}

/// The value of a rule's options. An applet link proves that the applet is there, whatever a config says;
/// its absence proves nothing.
fn value(prepared: &Prepared<'_>, of: ConfigOf, expression: &str) -> Value {
    let applets = &prepared.facts().build.applets;
    if of != ConfigOf::Busybox || applets.is_empty() {
        return prepared.value(expression);
    }
    let linked = |name: &str| applets.contains(&name.to_ascii_lowercase());
    let mut value = None;
    for config in prepared.configs() {
        let symbol = |name: &str| if linked(name) { Some("y") } else { config.value(name) };
        let one = expression::evaluate(expression, &symbol);
        value = Some(value.map_or(one, |known: Value| known.or(one)));
    }
    value.unwrap_or_else(|| expression::evaluate(expression, &|name| linked(name).then_some("y")))
}

fn excluded(prepared: &Prepared<'_>, rule: &BuildRule<'_>, of: ConfigOf, expression: &str) -> Opinion {
    let reason = if of == ConfigOf::Linux { Reason::EConfigOff } else { Reason::EAppletOff };
    let lines = &prepared.known(expression).lines;
    let mut evidence = vec![says(rule, &format!("needs {expression}: {lines}; {}", rule.says))];
    evidence.extend(prepared.inputs().iter().cloned());
    Opinion::Excluded(reason, Confidence::Medium, evidence)
}

fn says(rule: &BuildRule<'_>, text: &str) -> Evidence {
    Evidence::Rule { id: rule.id.to_owned(), says: text.to_owned() }
}
