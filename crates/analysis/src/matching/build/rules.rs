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
        if let Some(applet) = present_applet(prepared, of, expression) {
            evidence.push(says(rule, &format!("{HOLDS}the image has the applet link {applet}; {}", rule.says)));
            continue;
        }
        if prepared.has_unusable_config() {
            qualifiers.push(Reason::EConfigIncomplete);
            continue;
        }
        match prepared.value(expression) {
            value if value.is_off() => return excluded(prepared, rule, of, expression),
            Value::Known(_) => evidence.push(says(rule, &format!("{HOLDS}{expression}; {}", rule.says))),
            Value::Unknown(..) => {}
        }
    }
    match (qualifiers.is_empty(), evidence.is_empty()) {
        (true, true) => Opinion::Silent,
        _ => Opinion::Kept(qualifiers, evidence, None),
    }
}

/// A link proves that the applet is there; its absence proves nothing. A rule that asks for more than the
/// applet (`NETSTAT && FEATURE_…`) is not settled by the link.
fn present_applet(prepared: &Prepared<'_>, of: ConfigOf, expression: &str) -> Option<String> {
    if of != ConfigOf::Busybox || prepared.facts().build.applets.is_empty() {
        return None;
    }
    let applets = &prepared.facts().build.applets;
    let linked = |name: &str| applets.contains(&name.to_ascii_lowercase()).then_some("y");
    let value = expression::evaluate(expression, &linked);
    let is_there = value == Value::Known(expression::Tri::Yes);
    let names = expression::symbols(expression);
    is_there.then(|| names.into_iter().map(str::to_ascii_lowercase).find(|name| applets.contains(name)))?
}

fn excluded(prepared: &Prepared<'_>, rule: &BuildRule<'_>, of: ConfigOf, expression: &str) -> Opinion {
    let reason = if of == ConfigOf::Linux { Reason::EConfigOff } else { Reason::EAppletOff };
    let lines = super::kernel_config::of_condition(prepared, expression).proof;
    let mut evidence = vec![says(rule, &format!("needs {expression}: {lines}; {}", rule.says))];
    evidence.extend(prepared.inputs().iter().cloned());
    Opinion::Excluded(reason, Confidence::Medium, evidence)
}

fn says(rule: &BuildRule<'_>, text: &str) -> Evidence {
    Evidence::Rule { id: rule.id.to_owned(), says: text.to_owned() }
}
