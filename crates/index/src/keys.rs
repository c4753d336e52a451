//! Lookup keys: plain texts under which records are filed and components look them up (matching.md 3.1).
//!
//! | key | of |
//! |---|---|
//! | `p:<product>` | a product name, normalised: `u-boot`, `U_Boot` and `uboot` are one |
//! | `a:<canonical>` | a product of the alias table |
//! | `u:<type>/<namespace>/<name>` | a package URL |
//! | `e:<ecosystem>/<package>` | a package of an ecosystem or distribution, lower case |
//! | `r:<host/path>` | a repository |
//!
//! A shared key makes a *candidate*, never a finding: identity is tested afterwards.

use std::fmt::Write;

use model::component::Component;
use model::identity::cpe::{Cpe, split_23};
use model::identity::name::{is_no_name, push_name_key};
use model::identity::{Purl, repository};
use model::record::{Claim, CpeNode, Record, Subject};

use crate::tables::AliasTable;

/// Counts the changes of the rules in this file. Whoever changes which keys a component gets raises it, so that what
/// is stored under keys of the older rules is filed anew.
pub const RULES: u8 = 1;

/// The normalised form of a product name: lower case, only letters, digits and `+`.
pub fn product_key(name: &str) -> String {
    model::identity::name::name_key(name)
}

/// Appends [`product_key`] to a buffer.
pub fn push_product_key(name: &str, key: &mut String) {
    push_name_key(name, key);
}

/// The key of a package: `e:debian/openssl`.
pub fn package_key(ecosystem: &str, package: &str) -> String {
    format!("e:{}/{}", ecosystem.to_lowercase(), package.to_lowercase())
}

/// The key of a package URL: `u:pypi//jinja2`; version, qualifiers and subpath do not count.
pub fn purl_key(purl: &Purl) -> String {
    let namespace = purl.namespace.to_lowercase();
    format!("u:{}/{namespace}/{}", purl.kind, purl.name.to_lowercase())
}

/// The keys under which a record is filed, sorted, each once.
pub fn keys_of_record(record: &Record<'_>, aliases: &AliasTable) -> Vec<String> {
    let mut keys = Keys::new(aliases);
    for claim in &record.claims {
        keys.claim(claim);
    }
    for node in &record.configurations {
        keys.node(node);
    }
    keys.finish()
}

/// The keys under which one claim alone is filed, sorted, each once.
pub fn keys_of_claim(claim: &Claim<'_>, aliases: &AliasTable) -> Vec<String> {
    let mut keys = Keys::new(aliases);
    keys.claim(claim);
    keys.finish()
}

/// The keys under which a component looks for records, sorted, each once.
pub fn keys_of_component(component: &Component, aliases: &AliasTable) -> Vec<String> {
    let mut keys = Keys::new(aliases);
    for name in std::iter::once(&component.name).chain(&component.names) {
        keys.product(name);
    }
    keys.product(&component.source_package);
    for cpe in &component.cpes {
        keys.product(&cpe.cpe.product);
    }
    for purl in &component.purls {
        keys.component_purl(purl, component);
    }
    let addresses = component.git.repositories.iter().chain(&component.download_urls);
    for address in addresses.chain(std::iter::once(&component.homepage)) {
        keys.repository(address);
    }
    for row in aliases.rows_of(component) {
        keys.all.push(format!("a:{}", row.canonical));
        row.cpes.iter().for_each(|(_, product)| keys.product(product));
        row.names.iter().for_each(|name| keys.product(name));
        row.repos.iter().for_each(|repo| keys.all.push(format!("r:{repo}")));
    }
    keys.finish()
}

/// Collects keys; the buffer saves an allocation per lookup.
struct Keys<'t> {
    aliases: &'t AliasTable,
    all: Vec<String>,
}

impl<'t> Keys<'t> {
    fn new(aliases: &'t AliasTable) -> Keys<'t> {
        Keys { aliases, all: Vec::with_capacity(8) }
    }

    fn finish(mut self) -> Vec<String> {
        self.all.sort_unstable();
        self.all.dedup();
        self.all
    }

    /// A bare name; `n/a` and its like give none.
    fn product(&mut self, name: &str) {
        if is_no_name(name) {
            return;
        }
        let mut key = String::with_capacity(name.len() + 2);
        key.push_str("p:");
        push_name_key(name, &mut key);
        self.push(key);
    }

    /// Leaves of one product come in long runs, so the last key is looked at before pushing.
    fn push(&mut self, key: String) {
        if self.all.last() != Some(&key) {
            self.all.push(key);
        }
    }

    fn canonical(&mut self, canonical: &str) {
        let known = |key: &String| key.strip_prefix("a:") == Some(canonical);
        if !self.all.iter().rev().take(4).any(known) {
            self.all.push(format!("a:{canonical}"));
        }
    }

    fn named_pair(&mut self, vendor: &str, product: &str) {
        if is_no_name(product) {
            return;
        }
        if product.contains("://") {
            // Some CNAs write the repository's address where a name belongs.
            return self.repository(product);
        }
        self.product(product);
        if let Some((owner, name)) = product.split_once('/').filter(|(_, name)| is_repository_name(name)) {
            // `vim/vim`: the name of a repository below its owner.
            self.named_pair(owner, name);
        }
        let aliases = self.aliases;
        if let Some(row) = aliases.by_cpe(vendor, product).or_else(|| aliases.by_spelling(vendor, product)) {
            self.canonical(&row.canonical);
        }
    }

    fn claim(&mut self, claim: &Claim<'_>) {
        let subject = &claim.subject;
        self.named_pair(&subject.vendor, &subject.product);
        self.package(subject);
        for cpe in &subject.cpes {
            self.cpe(cpe);
        }
        if !subject.purl.is_empty()
            && let Ok((purl, _)) = Purl::parse_tolerant(&subject.purl)
        {
            self.purl(&purl);
        }
        self.repository(&subject.repo);
        self.collection(&subject.collection_url, &subject.package_name);
    }

    /// A package of an ecosystem is filed there and nowhere else: Go's `xz` is not the library `xz`. OSS-Fuzz
    /// names projects, not packages.
    fn package(&mut self, subject: &Subject<'_>) {
        let name = subject.package_name.as_ref();
        if is_no_name(name) {
            return;
        }
        match subject.ecosystem.as_ref() {
            // A package of a registry is filed as such, see `collection`.
            "" if registry(&subject.collection_url).is_some() => {}
            "" | "GIT" => self.named_pair(&subject.vendor, name),
            ecosystem if ecosystem.eq_ignore_ascii_case("oss-fuzz") => {
                self.named_pair(&subject.vendor, name);
                self.all.push(package_key(ecosystem, name));
            }
            ecosystem => self.all.push(package_key(ecosystem, name)),
        }
    }

    fn cpe(&mut self, text: &str) {
        if let Some([_, vendor, product, ..]) = split_23(text) {
            self.named_pair(&vendor, &product);
        } else if let Ok(parsed) = Cpe::parse(text) {
            self.named_pair(&parsed.cpe.vendor, &parsed.cpe.product);
        }
    }

    /// Only what some leaf calls vulnerable gives a key: a platform mention never makes a candidate (4.5).
    fn node(&mut self, node: &CpeNode<'_>) {
        for leaf in node.leaves.iter().filter(|leaf| leaf.vulnerable) {
            self.named_pair(&leaf.head.vendor, &leaf.head.product);
        }
        node.children.iter().for_each(|child| self.node(child));
    }

    fn purl(&mut self, purl: &Purl) {
        self.all.push(purl_key(purl));
        if let Some(repository) = repository_of(purl) {
            self.all.push(format!("r:{repository}"));
        }
        if let Some(package) = package_of(purl, &purl.name) {
            self.all.push(package);
        } else {
            self.product(&purl.name);
        }
        if let Some(row) = self.aliases.by_purl(purl) {
            self.canonical(&row.canonical);
        }
    }

    /// A distribution's feeds speak of source packages.
    fn component_purl(&mut self, purl: &Purl, component: &Component) {
        self.purl(purl);
        self.product(&purl.name);
        let stated =
            purl.qualifier("upstream").map(|upstream| upstream.split('@').next().unwrap_or(upstream));
        for source in stated.into_iter().chain([component.source_package.as_str()]) {
            if !source.is_empty()
                && is_distribution(&purl.kind)
                && let Some(package) = package_of(purl, source)
            {
                self.all.push(package);
            }
        }
    }

    fn repository(&mut self, address: &str) {
        if address.is_empty() {
            return;
        }
        // A bare host is no repository.
        if let Some(normal) = repository::normalise(address).filter(|normal| normal.contains('/')) {
            if let Some(row) = self.aliases.by_repo(&normal) {
                self.canonical(&row.canonical);
            }
            self.push(format!("r:{normal}"));
        }
    }

    /// A collection is a registry (`https://pypi.org`), a repository, or the folder of one.
    fn collection(&mut self, url: &str, package: &str) {
        if url.is_empty() {
            return;
        }
        match registry(url) {
            Some(ecosystem) if !is_no_name(package) => self.all.push(package_key(ecosystem, package)),
            Some(_) => {}
            None => {
                self.repository(url);
                if !is_no_name(package) && !package.contains(' ') {
                    let mut joined = String::with_capacity(url.len() + package.len() + 1);
                    // Writing into a text cannot fail.
                    let _ = write!(joined, "{}/{package}", url.trim_end_matches('/'));
                    self.repository(&joined);
                }
            }
        }
    }
}

fn is_repository_name(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

/// The OSV ecosystem of a registry's address.
pub fn registry(url: &str) -> Option<&'static str> {
    const REGISTRIES: &[(&str, &str)] = &[
        ("pypi.org", "pypi"),
        ("pypi.python.org", "pypi"),
        ("registry.npmjs.org", "npm"),
        ("npmjs.com", "npm"),
        ("crates.io", "crates.io"),
        ("rubygems.org", "rubygems"),
        ("pkg.go.dev", "go"),
        ("packagist.org", "packagist"),
        ("nuget.org", "nuget"),
        ("hex.pm", "hex"),
        ("pub.dev", "pub"),
        ("cpan.org", "cpan"),
        ("repo.maven.apache.org", "maven"),
        ("repo1.maven.org", "maven"),
        ("central.sonatype.com", "maven"),
    ];
    let host = host_of(url);
    REGISTRIES.iter().find(|(known, _)| host.eq_ignore_ascii_case(known)).map(|(_, ecosystem)| *ecosystem)
}

/// The host of an address, without `www.`.
pub fn host_of(url: &str) -> &str {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = host.split(['/', ':', '?']).next().unwrap_or(host);
    host.strip_prefix("www.").unwrap_or(host)
}

/// The repository that a package URL of a forge names.
fn repository_of(purl: &Purl) -> Option<String> {
    let host = match purl.kind.as_str() {
        "github" => "github.com",
        "gitlab" => "gitlab.com",
        "bitbucket" => "bitbucket.org",
        "git" => return Some(format!("{}/{}", purl.namespace, purl.name).to_lowercase()),
        _ => {
            let url = purl.qualifier("vcs_url").or_else(|| purl.qualifier("download_url"))?;
            return repository::normalise(url).filter(|normal| normal.contains('/'));
        }
    };
    Some(format!("{host}/{}/{}", purl.namespace, purl.name).to_lowercase())
}

fn is_distribution(kind: &str) -> bool {
    matches!(kind, "deb" | "apk" | "rpm" | "alpm")
}

/// The ecosystem key of a package URL, with `name` in the place of its name; `None` where the type belongs to
/// no ecosystem that publishes records.
fn package_of(purl: &Purl, name: &str) -> Option<String> {
    let namespaced = |separator: &str| {
        if purl.namespace.is_empty() {
            name.to_owned()
        } else {
            format!("{}{separator}{name}", purl.namespace)
        }
    };
    let (ecosystem, package) = match purl.kind.as_str() {
        "pypi" => ("pypi", name.to_owned()),
        "npm" => ("npm", namespaced("/")),
        "cargo" => ("crates.io", name.to_owned()),
        "gem" => ("rubygems", name.to_owned()),
        "golang" => ("go", namespaced("/")),
        "composer" => ("packagist", namespaced("/")),
        "nuget" => ("nuget", name.to_owned()),
        "maven" => ("maven", namespaced(":")),
        "hex" => ("hex", name.to_owned()),
        "pub" => ("pub", name.to_owned()),
        "cpan" => ("cpan", name.to_owned()),
        "deb" | "apk" | "rpm" | "alpm" => (distribution(purl)?, name.to_owned()),
        _ => return None,
    };
    Some(package_key(ecosystem, &package))
}

/// The ecosystem of a distribution package. OpenWrt and Yocto packages are no Debian or Alpine packages,
/// whatever their format (5.8): their namespace tells.
fn distribution(purl: &Purl) -> Option<&'static str> {
    let stated = if purl.namespace.is_empty() {
        purl.qualifier("distro").and_then(|distro| distro.split('-').next()).unwrap_or_default()
    } else {
        purl.namespace.as_str()
    };
    const KNOWN: &[(&str, &str)] = &[
        ("debian", "debian"),
        ("ubuntu", "ubuntu"),
        ("alpine", "alpine"),
        ("wolfi", "wolfi"),
        ("chainguard", "chainguard"),
        ("redhat", "red hat"),
        ("rhel", "red hat"),
        ("fedora", "fedora"),
        ("opensuse", "opensuse"),
        ("suse", "suse"),
        ("almalinux", "almalinux"),
        ("rocky", "rocky linux"),
        ("rocky-linux", "rocky linux"),
        ("mageia", "mageia"),
        ("arch", "arch linux"),
    ];
    KNOWN.iter().find(|(known, _)| stated.eq_ignore_ascii_case(known)).map(|(_, ecosystem)| *ecosystem)
}
