//! Small texts of packages of other languages: Python's metadata and Node's `package.json`.

use serde::Deserialize;

use super::schema::Package;

/// `Name:` and `Version:` of the head of `METADATA` or `PKG-INFO`.
pub fn python(text: &str) -> Option<Package> {
    let head = || text.lines().take_while(|line| !line.trim().is_empty());
    let field =
        |name: &str| head().find_map(|line| line.strip_prefix(name)).map(|value| value.trim().to_owned());
    of("pypi", field("Name:")?, field("Version:")?)
}

#[derive(Deserialize)]
struct Node {
    name: String,
    version: String,
}

/// `name` and `version` of a `package.json`.
pub fn node(bytes: &[u8]) -> Option<Package> {
    let node: Node = serde_json::from_slice(bytes).ok()?;
    of("npm", node.name, node.version)
}

/// `rake-13.0.6` and `nokogiri-1.13.10-x86_64-linux`.
pub fn gem(stem: &str) -> Option<Package> {
    let starts_version =
        |at: usize| stem.get(at + 1..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let (at, _) = stem.match_indices('-').find(|(at, _)| starts_version(*at))?;
    let (name, rest) = (stem.get(..at)?, stem.get(at + 1..)?);
    let version = rest.split('-').next().unwrap_or_default();
    of("gem", name.to_owned(), version.to_owned())
}

fn of(kind: &str, name: String, version: String) -> Option<Package> {
    let is_sane = |text: &str| (1..=256).contains(&text.len()) && !text.chars().any(char::is_control);
    let package = || Package { kind: kind.to_owned(), name, version, ..Package::default() };
    Some(package()).filter(|package| is_sane(&package.name) && is_sane(&package.version))
}
