//! Ecosystems by package URL type, OSV name and registry address.

/// The language ecosystem of a package URL type, in the lower-case words of OSV; `None` for distributions,
/// forges and generic packages.
pub fn ecosystem_of_purl(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "pypi" => "pypi",
        "npm" => "npm",
        "cargo" => "crates.io",
        "gem" => "rubygems",
        "golang" => "go",
        "composer" => "packagist",
        "nuget" => "nuget",
        "maven" => "maven",
        "hex" => "hex",
        "pub" => "pub",
        "cpan" => "cpan",
        "hackage" => "hackage",
        "swift" => "swifturl",
        "conan" => "conancenter",
        _ => return None,
    })
}

/// The language ecosystem that an OSV ecosystem name is; `None` for distributions and projects.
pub fn ecosystem_of_osv(name: &str) -> Option<&'static str> {
    const NAMES: [&str; 15] = [
        "pypi",
        "npm",
        "crates.io",
        "rubygems",
        "go",
        "packagist",
        "nuget",
        "maven",
        "hex",
        "pub",
        "cpan",
        "hackage",
        "swifturl",
        "conancenter",
        "cran",
    ];
    NAMES.into_iter().find(|known| name.eq_ignore_ascii_case(known))
}

/// The language ecosystem of a registry address: those of the index's keys, and those that only tell another product.
pub fn ecosystem_of_registry(url: &str) -> Option<&'static str> {
    const PLUGINS: &[(&str, &str)] = &[("wordpress.org", "wordpress"), ("plugins.jenkins.io", "jenkins")];
    index::keys::registry(url).or_else(|| {
        let host = index::keys::host_of(url);
        PLUGINS.iter().find(|(known, _)| host.eq_ignore_ascii_case(known)).map(|(_, ecosystem)| *ecosystem)
    })
}

/// The word of `target_sw` for an ecosystem.
pub fn target_sw_of(ecosystem: &str) -> &'static str {
    match ecosystem {
        "pypi" => "python",
        "npm" => "node.js",
        "crates.io" => "rust",
        "rubygems" => "ruby",
        "go" => "go",
        "packagist" => "php",
        "nuget" => ".net",
        "maven" => "java",
        "cpan" => "perl",
        "hex" => "elixir",
        "pub" => "dart",
        "hackage" => "haskell",
        _ => "",
    }
}
