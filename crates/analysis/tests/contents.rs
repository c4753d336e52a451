//! What differs between the contents of two releases.

use analysis::contents::compare;
use model::component::{Component, Patch, Scope};
use model::licence::{Acknowledgement, Licence};
use model::sbom::Inventory;

/// `name version [patch…]`, one a line; `!` in front is build only.
fn inventory(lines: &str) -> Inventory {
    let component = |line: &str| {
        let mut words = line.trim_start_matches('!').split(' ');
        let name = words.next().unwrap_or_default().to_owned();
        let version = words.next().unwrap_or_default().to_owned();
        let patches = words.map(|name| Patch { name: name.to_owned(), ..Patch::default() }).collect();
        let scope = if line.starts_with('!') { Scope::BuildOnly } else { Scope::Target };
        Component { name, version, patches, scope, ..Component::default() }
    };
    Inventory { components: lines.lines().map(component).collect(), ..Inventory::default() }
}

fn differences(old: &str, new: &str) -> String {
    let differences = compare(&inventory(old), &inventory(new));
    let line = |one: &analysis::contents::Difference| {
        let changes: String = one
            .changes
            .iter()
            .map(|change| format!(" {} +{:?} -{:?}", change.field, change.added, change.removed))
            .collect();
        format!("{} {} {}>{}{changes}", one.kind.word(), one.name, one.old_version, one.new_version)
    };
    differences.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn added_removed_and_changed() {
    let old = "busybox 1.36.1\nopenssl 3.0.13 a.patch\nzlib 1.3\nold 1";
    let new = "busybox 1.36.1\nOpenSSL 3.0.14 b.patch\nzlib 1.3 z.patch\nnew 2";
    assert_eq!(
        differences(old, new),
        "added new >2\nremoved old 1>\nversion OpenSSL 3.0.13>3.0.14 patches +[\"b.patch\"] -[\"a.patch\"]\n\
         changed zlib 1.3>1.3 patches +[\"z.patch\"] -[]"
    );
    assert_eq!(differences(old, old), "");
}

/// Two copies: the one that stays is not mistaken for the one that is upgraded.
#[test]
fn several_of_one_name() {
    assert_eq!(differences("x 1\nx 2", "x 2\nx 3"), "version x 1>3");
    assert_eq!(differences("x 1", "x 1\nx 2"), "added x >2");
    assert_eq!(differences("x 1\nx 2", "x 2"), "removed x 1>");
    assert_eq!(differences("x 1\n!x 1", "x 1\n!x 2"), "version x 1>2");
}

#[test]
fn licences_and_identities() {
    let (mut old, mut new) = (inventory("x 1"), inventory("x 1"));
    old.components[0].licences = vec![Licence::new("MIT", Acknowledgement::Declared)];
    new.components[0].licences = vec![Licence::new("GPL-2.0-only", Acknowledgement::Declared)];
    new.components[0].purls = vec![model::identity::Purl::parse("pkg:generic/x@1?a=b").expect("a purl")];
    let [difference] = &compare(&old, &new)[..] else { panic!("one component differs") };
    let fields: Vec<&str> = difference.changes.iter().map(|change| change.field).collect();
    assert_eq!(fields, ["licences", "identities"]);
    assert_eq!(difference.changes[1].added, ["pkg:generic/x"]);
}
