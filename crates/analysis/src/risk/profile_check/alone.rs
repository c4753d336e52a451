//! Rules about what a profile says by itself: V01 to V06, V09, V10, V12 to V15.

use std::collections::BTreeSet;

use model::identity::name::same_name;
use model::profile::{
    ComponentRole, Credentials, Direction, Enabled, Filter, Interface, Profile, ProfileStatus, Safety, Start,
    Zone,
};

use super::{Finding, error, overlap, warning};
use crate::coverage::day_number;
use crate::risk::patch;

/// Days after which a profile wants a review.
const REVIEW_DAYS: i64 = 365;
/// Keys of `hardening` of which `hardening.evidence` can say what they rest on.
const HARDENING: [&str; 10] = [
    "aslr",
    "pie",
    "stack_protector",
    "nx",
    "fortify",
    "secure_boot",
    "rootfs",
    "lsm",
    "firewall",
    "anti_rollback",
];

pub(super) fn check(profile: &Profile, at: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    unique(profile, &mut found);
    references(profile, &mut found);
    misuse_paths(profile, &mut found);
    approval(profile, &mut found);
    ports(profile, &mut found);
    open_to_the_internet(profile, &mut found);
    claims(profile, &mut found);
    not_started(profile, &mut found);
    age(profile, at, &mut found);
    debug_interfaces(profile, &mut found);
    found
}

/// V01, ids.
fn unique(profile: &Profile, found: &mut Vec<Finding>) {
    let ids = |list, ids: Vec<&str>, found: &mut Vec<Finding>| {
        let mut seen = BTreeSet::new();
        for (number, id) in ids.into_iter().enumerate() {
            if !seen.insert(id.to_owned()) {
                let text = format!("{id:?} is the id of an earlier {list} too; give each its own");
                found.push(error("V01", format!("{list}[{number}].id"), text));
            }
        }
    };
    ids("interface", profile.interfaces.iter().map(|row| row.id.as_str()).collect(), found);
    ids("service", profile.services.iter().map(|row| row.id.as_str()).collect(), found);
    ids("role", profile.roles.iter().map(|row| row.id.as_str()).collect(), found);
    ids("function", profile.functions.iter().map(|row| row.id.as_str()).collect(), found);
    ids("foreseeable_misuse", profile.misuses.iter().map(|row| row.id.as_str()).collect(), found);
    ids("assumption", profile.assumptions.iter().map(|row| row.id.as_str()).collect(), found);
}

/// V01, references.
fn references(profile: &Profile, found: &mut Vec<Finding>) {
    let interfaces: Vec<&str> = profile.interfaces.iter().map(|row| row.id.as_str()).collect();
    let services: Vec<&str> = profile.services.iter().map(|row| row.id.as_str()).collect();
    let functions: Vec<&str> = profile.functions.iter().map(|row| row.id.as_str()).collect();
    let mut refers = |key: String, id: &str, what: &str, known: &[&str]| {
        if !known.contains(&id) {
            let list = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            found.push(error("V01", key, format!("there is no {what} {id:?}; known: {list}")));
        }
    };
    for (number, row) in profile.interfaces.iter().enumerate() {
        if let Some(below) = row.kind.strip_prefix("ip_over_") {
            refers(format!("interface[{number}].kind"), below, "interface", &interfaces);
        }
    }
    for (number, row) in profile.services.iter().enumerate() {
        refers(format!("service[{number}].function"), &row.function, "function", &functions);
        for (place, port) in row.ports.iter().enumerate() {
            let key = format!("service[{number}].{}[{place}].interface", row.direction.word());
            refers(key, &port.interface, "interface", &interfaces);
        }
    }
    for (number, id) in profile.hardening.sandboxed_services.iter().enumerate() {
        refers(format!("hardening.sandboxed_services[{number}]"), id, "service", &services);
    }
    for key in profile.hardening.evidence.keys() {
        refers(format!("hardening.evidence.{key}"), key, "hardening value", &HARDENING);
    }
    let either: Vec<&str> = interfaces.iter().chain(&services).copied().collect();
    for (number, row) in profile.assumptions.iter().enumerate() {
        for (place, id) in row.breaks.iter().enumerate() {
            refers(format!("assumption[{number}].breaks[{place}]"), id, "interface or service", &either);
        }
    }
}

/// V01, what misuse changes.
fn misuse_paths(profile: &Profile, found: &mut Vec<Finding>) {
    for (number, misuse) in profile.misuses.iter().enumerate() {
        let key = format!("foreseeable_misuse[{number}].effect");
        if let Err(why) = patch::patched(profile, &misuse.set, &misuse.to) {
            found.push(error("V01", key, why.to_string()));
            continue;
        }
        // A question may add a condition; misuse changes one that the profile knows.
        let name = misuse.set.strip_prefix("condition.").and_then(|rest| rest.strip_suffix(".state"));
        if let Some(name) = name.filter(|name| !profile.conditions.contains_key(*name)) {
            found.push(error("V01", key, format!("there is no condition {name:?}")));
        }
    }
}

/// V02.
fn approval(profile: &Profile, found: &mut Vec<Finding>) {
    if profile.status != ProfileStatus::Approved {
        return;
    }
    let provenance = &profile.provenance;
    if provenance.approved_by.is_empty() {
        let text = "an approved profile names who approved it, or its status is draft";
        found.push(error("V02", "provenance.approved_by", text));
    } else if provenance.approved_by == provenance.author {
        let text = format!("{:?} wrote the profile; a second person approves it", provenance.author);
        found.push(error("V02", "provenance.approved_by", text));
    }
    if provenance.basis.is_empty() {
        let text = "an approved profile names the documents it rests on";
        found.push(error("V02", "provenance.basis", text));
    }
}

/// V03 and V04.
fn ports(profile: &Profile, found: &mut Vec<Finding>) {
    for (number, service) in profile.services.iter().enumerate() {
        let direction = service.direction.word();
        if service.ports.is_empty() {
            let text = format!("{} has direction {direction:?} and says nowhere where", service.id);
            found.push(error("V03", format!("service[{number}].{direction}"), text));
        }
        if service.direction != Direction::Listen {
            continue;
        }
        for (place, port) in service.ports.iter().enumerate() {
            let interface = profile.interfaces.iter().find(|row| row.id == port.interface);
            if let Some(why) = interface.and_then(shut) {
                let (service, interface) = (&service.id, &port.interface);
                let text = format!(
                    "{service} listens on {interface}, which has {why}: either the interface or the service is wrong"
                );
                found.push(error("V04", format!("service[{number}].listen[{place}].interface"), text));
            }
        }
    }
}

/// Why nothing comes in at an interface.
fn shut(interface: &Interface) -> Option<&'static str> {
    if interface.enabled == Enabled::Never {
        return Some("enabled = \"never\"");
    }
    (interface.inbound == Some(Filter::Deny)).then_some("inbound = \"deny\"")
}

/// V05.
pub(super) fn check_together(profiles: &[Profile]) -> Vec<Finding> {
    let mut found = Vec::new();
    for (number, second) in profiles.iter().enumerate() {
        for (earlier, first) in profiles.iter().enumerate().take(number) {
            if is_rival(first, second) {
                let text = format!(
                    "{} version {} and version {} of profile[{earlier}] are both approved and apply to the same \
                     releases; retire the older one",
                    second.id, second.version, first.version
                );
                found.push(error("V05", format!("profile[{number}].applies_to"), text));
            }
        }
    }
    found
}

fn is_rival(one: &Profile, other: &Profile) -> bool {
    let is_approved = |profile: &Profile| profile.status == ProfileStatus::Approved;
    let same_hardware = one.hardware.is_empty()
        || other.hardware.is_empty()
        || one.hardware.iter().any(|name| other.hardware.contains(name));
    is_approved(one)
        && is_approved(other)
        && one.product == other.product
        && one.id == other.id
        && same_hardware
        && overlap(&one.releases, &other.releases)
}

/// V06.
fn open_to_the_internet(profile: &Profile, found: &mut Vec<Finding>) {
    for (number, interface) in profile.interfaces.iter().enumerate() {
        let is_open = interface.zone == Zone::Internet && interface.inbound == Some(Filter::Allow);
        let is_on = |service: &model::profile::Service| {
            service.ports.iter().any(|port| port.interface == interface.id)
        };
        if is_open && !profile.services.iter().any(is_on) {
            let text = format!(
                "{} lets everything in from the internet and no service is on it: list the services, or set \
                 \"allow_listed\"",
                interface.id
            );
            found.push(error("V06", format!("interface[{number}].inbound"), text));
        }
    }
}

/// V09, V10 and V12.
fn claims(profile: &Profile, found: &mut Vec<Finding>) {
    let is_safety_related = profile.functions.iter().any(|function| function.safety_related);
    if profile.impact.safety >= Safety::Critical && !is_safety_related {
        let text = format!(
            "safety is {:?} and no function is safety_related: say which one it is",
            profile.impact.safety.word()
        );
        found.push(warning("V09", "impact.safety", text));
    }
    if profile.access.credentials == Credentials::SharedDefault {
        let text =
            "all devices have the same credentials: a weakness of the product itself, and published as one";
        found.push(warning("V10", "access.credentials", text));
    }
    for (name, condition) in &profile.conditions {
        if !condition.state && condition.evidence.is_empty() && condition.refs.is_empty() {
            let text = "it does not hold, without evidence: it makes exploitation rare, and closes no way in";
            found.push(warning("V12", format!("condition.{name}.evidence"), text));
        }
    }
}

/// V13.
fn not_started(profile: &Profile, found: &mut Vec<Finding>) {
    for (number, row) in profile.component_roles.iter().enumerate() {
        let is_it = |service: &&model::profile::Service| {
            service.start == Start::Default && same_name(&service.component, &row.component)
        };
        let service = profile.services.iter().find(is_it);
        if let (ComponentRole::NotStarted, Some(service)) = (row.role, service) {
            let text = format!("{} is \"not_started\", and service {} starts it", row.component, service.id);
            found.push(error("V13", format!("component_role[{number}].role"), text));
        }
    }
}

/// V14.
fn age(profile: &Profile, at: &str, found: &mut Vec<Finding>) {
    let (Some(day), Some(from)) = (day_number(at), day_number(&profile.valid_from)) else { return };
    let days = day - from;
    if days > REVIEW_DAYS && profile.status != ProfileStatus::Retired {
        let text = format!("valid since {days} days: review it and give it a new version");
        found.push(warning("V14", "valid_from", text));
    }
}

/// V15.
fn debug_interfaces(profile: &Profile, found: &mut Vec<Finding>) {
    for (number, interface) in profile.interfaces.iter().enumerate() {
        let is_debug = matches!(interface.kind.as_str(), "debug_uart" | "jtag");
        if is_debug && interface.enabled == Enabled::Always {
            let text = format!("the debug interface {} is always enabled", interface.id);
            found.push(warning("V15", format!("interface[{number}].enabled"), text));
        }
    }
}
