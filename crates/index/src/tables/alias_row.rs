//! A row of the alias table: its cells, read and written.

use model::component::Role;
use model::identity::cpe::candidate::ecosystem;
use model::identity::name::{is_no_name, name_key, push_name_key, same_name};
use model::identity::{Purl, repository};
use model::version::Scheme;

use super::rows::{Row, TableError, is_date};

pub(super) const COLUMNS: [&str; 14] = [
    "canonical",
    "cpes",
    "spellings",
    "purls",
    "repos",
    "names",
    "scheme",
    "not",
    "flags",
    "own_language",
    "role",
    "own_cna",
    "source",
    "date",
];

/// What a flag may say of a product.
const FLAGS: [&str; 5] = [
    // A CPE pair of this row also stands for another product; a second signal must tell which.
    "shared-cpe",
    // Its CNA names the last affected release of a line where it should name a range (HackerOne node).
    "line-lists",
    // Releases never have patch levels: a bound `<= 3.5` is not coarse.
    "no-patch-levels",
    // Old releases are `rNNN`, and all of them are older than every dotted one.
    "r-before-dotted",
    // Mainly a tool or library of the build host; on a target it is unusual.
    "build-tool",
];

/// One product with its names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AliasRow {
    /// The name we use for it.
    pub canonical: String,
    /// CPE (vendor, product) pairs, the current one first, deprecated ones after it: old names stay valid.
    pub cpes: Vec<(String, String)>,
    /// (vendor, product) as CNAs write them; an empty vendor stands for none stated, the product `*` for
    /// everything of the vendor (`Go standard library`).
    pub spellings: Vec<(String, String)>,
    /// Package URLs without version: `type/namespace/name`.
    pub purls: Vec<String>,
    /// Repositories, normalised.
    pub repos: Vec<String>,
    /// Recipe, distribution source and package names.
    pub names: Vec<String>,
    /// Its version scheme.
    pub scheme: Option<Scheme>,
    /// (vendor, product) pairs of namesakes: another product, always.
    pub not: Vec<(String, String)>,
    /// See the table's header.
    pub flags: Vec<String>,
    /// The language it is written for, where `target_sw` names it (`python` for Jinja).
    pub own_language: String,
    /// What it is.
    pub role: Option<Role>,
    /// Short names of the CNAs that the project itself runs: their word ranks highest (6.1).
    pub own_cna: Vec<String>,
    /// Kinds of source: `nvd`, `cna`, `yocto`, `buildroot`, `openwrt`, `upstream`, `own`.
    pub source: String,
    /// Date of the review.
    pub date: String,
}

impl AliasRow {
    /// The cells in the order of the columns.
    pub(super) fn to_cells(&self) -> [String; 14] {
        let pairs = |pairs: &[(String, String)], between: &str, separator: &str| {
            let words: Vec<String> = pairs.iter().map(|(one, two)| format!("{one}{between}{two}")).collect();
            words.join(separator)
        };
        let purls: Vec<String> =
            self.purls.iter().map(|purl| format!("pkg:{}", purl.replace("//", "/"))).collect();
        [
            self.canonical.clone(),
            pairs(&self.cpes, ":", " "),
            pairs(&self.spellings, "::", " | "),
            purls.join(" "),
            self.repos.join(" "),
            self.names.join(" "),
            self.scheme.map(|scheme| scheme.name().to_owned()).unwrap_or_default(),
            pairs(&self.not, ":", " "),
            self.flags.join(" "),
            self.own_language.clone(),
            self.role.map(|role| role.word().to_owned()).unwrap_or_default(),
            self.own_cna.join(" "),
            self.source.clone(),
            self.date.clone(),
        ]
    }

    /// True when the row has the flag.
    pub fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|known| known == flag)
    }

    /// True when (vendor, product) is a CPE pair of this product.
    pub fn has_cpe(&self, vendor: &str, product: &str) -> bool {
        holds_pair(&self.cpes, vendor, product)
    }

    /// True when (vendor, product) is a namesake by review.
    pub fn excludes(&self, vendor: &str, product: &str) -> bool {
        holds_pair(&self.not, vendor, product)
    }

    /// True when the CNA of this short name is the project's own.
    pub fn is_own_cna(&self, short_name: &str) -> bool {
        self.own_cna.iter().any(|own| own.eq_ignore_ascii_case(short_name))
    }
}

pub(super) fn holds_pair(pairs: &[(String, String)], vendor: &str, product: &str) -> bool {
    pairs.iter().any(|(known, name)| same_name(known, vendor) && same_name(name, product))
}

/// Takes from `other` what `local` claims.
pub(super) fn take_away(other: &mut AliasRow, local: &AliasRow) {
    other.cpes.retain(|(vendor, product)| !local.has_cpe(vendor, product));
    other.spellings.retain(|(vendor, product)| !holds_pair(&local.spellings, vendor, product));
    other.purls.retain(|purl| !local.purls.contains(purl));
    other.repos.retain(|repo| !local.repos.contains(repo));
    other.names.retain(|name| !local.names.iter().any(|claimed| name_key(claimed) == name_key(name)));
}

/// Adds a local row to the one of the same product.
pub(super) fn add_to(known: &mut AliasRow, local: AliasRow) {
    known.cpes.retain(|(vendor, product)| !local.excludes(vendor, product));
    known.not.retain(|(vendor, product)| !local.has_cpe(vendor, product));
    extend(&mut known.cpes, local.cpes);
    extend(&mut known.spellings, local.spellings);
    extend(&mut known.purls, local.purls);
    extend(&mut known.repos, local.repos);
    extend(&mut known.names, local.names);
    extend(&mut known.not, local.not);
    extend(&mut known.flags, local.flags);
    extend(&mut known.own_cna, local.own_cna);
    known.scheme = local.scheme.or(known.scheme);
    known.role = local.role.or(known.role);
    if !local.own_language.is_empty() {
        known.own_language = local.own_language;
    }
    known.source = format!("{}+local", known.source);
    known.date = local.date;
}

fn extend<T: PartialEq>(known: &mut Vec<T>, more: Vec<T>) {
    for item in more {
        if !known.contains(&item) {
            known.push(item);
        }
    }
}

pub(super) fn pair_key(vendor: &str, product: &str) -> String {
    let mut key = String::with_capacity(vendor.len() + product.len() + 1);
    push_name_key(vendor, &mut key);
    key.push(':');
    push_name_key(product, &mut key);
    key
}

pub(super) fn purl_text(purl: &Purl) -> String {
    format!("{}/{}/{}", purl.kind, purl.namespace.to_lowercase(), purl.name.to_lowercase())
}

pub(super) fn alias_row(row: &Row<'_>) -> Result<AliasRow, TableError> {
    let canonical = row.cell("canonical").to_owned();
    if name_key(&canonical).is_empty() {
        return Err(row.error("no canonical name"));
    }
    let date = row.cell("date").to_owned();
    if !is_date(&date) {
        return Err(row.error(format!("`{date}` is no date YYYY-MM-DD")));
    }
    if row.cell("source").is_empty() {
        return Err(row.error("no kind of source"));
    }
    Ok(AliasRow {
        canonical,
        cpes: pairs(row, "cpes")?,
        spellings: spellings(row)?,
        purls: purls(row)?,
        repos: repos(row)?,
        names: row.words("names").map(str::to_owned).collect(),
        scheme: scheme(row)?,
        not: pairs(row, "not")?,
        flags: flags(row)?,
        own_language: language(row)?,
        role: role(row)?,
        own_cna: row.words("own_cna").map(str::to_owned).collect(),
        source: row.cell("source").to_owned(),
        date,
    })
}

fn pairs(row: &Row<'_>, column: &str) -> Result<Vec<(String, String)>, TableError> {
    row.words(column)
        .map(|word| match word.split_once(':') {
            Some((vendor, product)) if !is_no_name(vendor) && !is_no_name(product) => {
                Ok((vendor.to_owned(), product.to_owned()))
            }
            _ => Err(row.error(format!("`{word}` in `{column}` is no vendor:product"))),
        })
        .collect()
}

/// `Vendor::Product | Vendor::Product`.
fn spellings(row: &Row<'_>) -> Result<Vec<(String, String)>, TableError> {
    let cell = row.cell("spellings");
    cell.split('|')
        .map(str::trim)
        .filter(|spelling| !spelling.is_empty())
        .map(|spelling| match spelling.split_once("::") {
            Some((vendor, product)) if !is_no_name(product) || (product == "*" && !is_no_name(vendor)) => {
                Ok((vendor.trim().to_owned(), product.trim().to_owned()))
            }
            _ => Err(row.error(format!("`{spelling}` in `spellings` is no Vendor::Product"))),
        })
        .collect()
}

fn purls(row: &Row<'_>) -> Result<Vec<String>, TableError> {
    row.words("purls")
        .map(|word| {
            let purl = Purl::parse(word).map_err(|error| row.error(format!("`{word}` {error}")))?;
            if purl.version.is_empty() {
                Ok(purl_text(&purl))
            } else {
                Err(row.error(format!("`{word}` has a version: aliases name products")))
            }
        })
        .collect()
}

fn repos(row: &Row<'_>) -> Result<Vec<String>, TableError> {
    row.words("repos")
        .map(|word| match repository::normalise(&format!("https://{word}")) {
            Some(normal) if normal == word => Ok(normal),
            Some(normal) => Err(row.error(format!("`{word}` in `repos` is normally written `{normal}`"))),
            None => Err(row.error(format!("`{word}` in `repos` is no host/path"))),
        })
        .collect()
}

fn scheme(row: &Row<'_>) -> Result<Option<Scheme>, TableError> {
    match row.cell("scheme") {
        "" => Ok(None),
        name => {
            Scheme::from_name(name).map(Some).ok_or_else(|| row.error(format!("no version scheme `{name}`")))
        }
    }
}

fn flags(row: &Row<'_>) -> Result<Vec<String>, TableError> {
    row.words("flags")
        .map(|flag| {
            if FLAGS.contains(&flag) {
                Ok(flag.to_owned())
            } else {
                Err(row.error(format!("no flag `{flag}`")))
            }
        })
        .collect()
}

fn language(row: &Row<'_>) -> Result<String, TableError> {
    match row.cell("own_language") {
        "" => Ok(String::new()),
        word if ecosystem(word).is_some() => Ok(word.to_owned()),
        word => Err(row.error(format!("no language `{word}`"))),
    }
}

fn role(row: &Row<'_>) -> Result<Option<Role>, TableError> {
    const ROLES: [Role; 11] = [
        Role::Kernel,
        Role::Bootloader,
        Role::Libc,
        Role::Busybox,
        Role::Tee,
        Role::Rtos,
        Role::Module,
        Role::Application,
        Role::Library,
        Role::Firmware,
        Role::Other,
    ];
    match row.cell("role") {
        "" => Ok(None),
        word => ROLES
            .into_iter()
            .find(|role| role.word() == word)
            .map(Some)
            .ok_or_else(|| row.error(format!("no role `{word}`"))),
    }
}
