//! Rules about a profile and what is in a release: V07, V08, V11, V16.

use model::build::ConfigOf;
use model::component::{Component, Role};
use model::profile::{Firewall, Measure, Profile, Rootfs};
use model::sbom::Inventory;

use super::{Finding, error, warning};
use crate::risk::defaults::{self, is_called, on_device};

pub(super) fn check(profile: &Profile, inventory: &Inventory) -> Vec<Finding> {
    let mut found = Vec::new();
    named_components(profile, inventory, &mut found);
    forgotten_services(profile, inventory, &mut found);
    contradicted_hardening(profile, inventory, &mut found);
    kernel(profile, inventory, &mut found);
    found
}

/// V07.
fn named_components(profile: &Profile, inventory: &Inventory, found: &mut Vec<Finding>) {
    let services = profile.services.iter().map(|row| row.component.as_str()).enumerate();
    let services = services.map(|(number, name)| (format!("service[{number}].component"), name));
    let roles = profile.component_roles.iter().map(|row| row.component.as_str()).enumerate();
    let roles = roles.map(|(number, name)| (format!("component_role[{number}].component"), name));
    for (key, name) in services.chain(roles) {
        if !inventory.components.iter().any(|component| is_called(component, name)) {
            let text = format!("{name:?} is not in the SBOM: check the name, or take it out");
            found.push(warning("V07", key, text));
        }
    }
}

/// V08.
fn forgotten_services(profile: &Profile, inventory: &Inventory, found: &mut Vec<Finding>) {
    let services = profile.services.iter().map(|row| row.component.as_str());
    let mentioned: Vec<&str> =
        services.chain(profile.component_roles.iter().map(|row| row.component.as_str())).collect();
    let mut told: Vec<&str> = Vec::new();
    for component in on_device(inventory) {
        let usual = defaults::of(component);
        let Some(usual) = usual.iter().find(|usual| usual.is_network_service()) else { continue };
        let is_mentioned = mentioned.iter().any(|name| is_called(component, name));
        if !is_mentioned && !told.contains(&component.name.as_str()) {
            told.push(&component.name);
            let text = format!(
                "{} is in the SBOM and talks over {} where it is started; describe it as a service, or as a \
                 component_role (\"not_started\")",
                component.name,
                if usual.part == defaults::Part::Radio { "a radio" } else { "the network" }
            );
            found.push(warning("V08", "service", text));
        }
    }
}

/// What the build says of a hardening value.
struct Contrary {
    key: &'static str,
    /// It cannot be as the profile says; else only a part of the device is known to differ.
    is_contradiction: bool,
    ground: String,
}

/// V11.
fn contradicted_hardening(profile: &Profile, inventory: &Inventory, found: &mut Vec<Finding>) {
    for contrary in contraries(profile, inventory) {
        let ground = profile.hardening.evidence.get(contrary.key).map(String::as_str);
        // What was built or tested for is known better than what a part of the build suggests.
        if !contrary.is_contradiction && matches!(ground, Some("build" | "test")) {
            continue;
        }
        let key = format!("hardening.{}", contrary.key);
        found.push(match contrary.is_contradiction {
            true => error("V11", key, format!("the build contradicts it: {}", contrary.ground)),
            false => warning("V11", key, format!("the build says otherwise: {}", contrary.ground)),
        });
    }
}

fn contraries(profile: &Profile, inventory: &Inventory) -> Vec<Contrary> {
    let hardening = &profile.hardening;
    let mut found = Vec::new();
    for (key, measure) in [
        ("aslr", hardening.aslr),
        ("pie", hardening.pie),
        ("stack_protector", hardening.stack_protector),
        ("nx", hardening.nx),
        ("fortify", hardening.fortify),
    ] {
        if measure != Measure::Yes {
            continue;
        }
        let fact = inventory.platform.facts.get(&format!("hardening:{key}"));
        if fact.is_some_and(|value| value == "no") {
            let ground = format!("hardening:{key} is \"no\"");
            found.push(Contrary { key, is_contradiction: true, ground });
        }
        for &(symbol, is_contradiction) in symbols_of(key) {
            found.extend(off(inventory, symbol).map(|ground| Contrary { key, is_contradiction, ground }));
        }
    }
    for (key, symbol) in stated_features(profile) {
        let is_contradiction = true;
        found.extend(off(inventory, &symbol).map(|ground| Contrary { key, is_contradiction, ground }));
    }
    found
}

/// Kernel options without which a measure is absent, and whether it is absent everywhere then.
fn symbols_of(key: &str) -> &'static [(&'static str, bool)] {
    match key {
        // Without a memory management unit there is neither.
        "aslr" => &[("MMU", true)],
        "nx" => &[("MMU", true), ("STRICT_KERNEL_RWX", false)],
        // The kernel itself; user space may differ.
        "stack_protector" => &[("STACKPROTECTOR", false)],
        "fortify" => &[("FORTIFY_SOURCE", false)],
        _ => &[],
    }
}

/// Kernel options without which what the profile says cannot be.
fn stated_features(profile: &Profile) -> Vec<(&'static str, String)> {
    let hardening = &profile.hardening;
    let mut needed = Vec::new();
    if hardening.rootfs == Rootfs::ReadOnlyVerity {
        needed.push(("rootfs", "DM_VERITY".to_owned()));
    }
    if hardening.firewall != Firewall::None {
        needed.push(("firewall", "NETFILTER".to_owned()));
    }
    if let Some((name, _)) = hardening.lsm.rsplit_once('_') {
        needed.push(("lsm", format!("SECURITY_{}", name.to_ascii_uppercase())));
    }
    needed
}

/// Where a kernel option is off, provably.
fn off<'i>(inventory: &'i Inventory, symbol: &str) -> Option<String> {
    let is_off = |config: &&'i model::build::Config| {
        config.of == ConfigOf::Linux && config.incomplete.is_empty() && config.value(symbol) == Some("n")
    };
    let config = inventory.build.configs.iter().find(is_off)?;
    Some(format!("CONFIG_{symbol} is off in {}", config.file))
}

/// V16.
fn kernel(profile: &Profile, inventory: &Inventory, found: &mut Vec<Finding>) {
    let name = &profile.platform.kernel;
    if inventory.components.iter().any(|component| is_called(component, name)) {
        return;
    }
    let is_kernel = |component: &&Component| component.role == Role::Kernel;
    let kernels: Vec<&str> =
        on_device(inventory).filter(is_kernel).map(|known| known.name.as_str()).collect();
    let hint = match kernels.as_slice() {
        [] => "the SBOM has no kernel".to_owned(),
        names => format!("the SBOM has {}", names.join(", ")),
    };
    found.push(error("V16", "platform.kernel", format!("{name:?} is not in the SBOM; {hint}")));
}
