//! The alias table: one row a product, with every name it goes by (matching.md 4.4).

use std::sync::LazyLock;

use model::component::Component;
use model::identity::cpe::candidate::ecosystem;
use model::identity::cpe::{Candidate, Cpe, Criterion, Known, candidate_test};
use model::identity::name::{is_no_name, name_key};
use model::identity::{Purl, repository};
use rustc_hash::FxHashMap;

use super::alias_row::{AliasRow, COLUMNS, add_to, alias_row, pair_key, purl_text, take_away};
use super::rows::{TableError, rows};

/// The rows that the program ships with.
const BUILT_IN: &str = include_str!("../../tables/aliases.tsv");

/// The table with its lookups.
#[derive(Clone, Debug, Default)]
pub struct AliasTable {
    rows: Vec<AliasRow>,
    by_cpe: FxHashMap<String, Vec<u32>>,
    by_spelling: FxHashMap<String, u32>,
    by_name: FxHashMap<String, u32>,
    by_purl: FxHashMap<String, u32>,
    by_repo: FxHashMap<String, u32>,
}

impl AliasTable {
    /// The table the program ships with.
    pub fn built_in() -> &'static AliasTable {
        // A test reads the shipped text without errors; were it damaged, no alias would hold.
        static TABLE: LazyLock<AliasTable> = LazyLock::new(|| {
            let (parsed, _) = read_rows(BUILT_IN);
            AliasTable::of(parsed.into_iter().map(|(_, row)| row).collect())
        });
        &TABLE
    }

    /// The text of the table the program ships with, for manuals and exports.
    pub fn built_in_text() -> &'static str {
        BUILT_IN
    }

    /// Reads a table. All unusable rows are named, not only the first.
    pub fn parse(text: &str) -> Result<AliasTable, Vec<TableError>> {
        let (parsed, mut errors) = read_rows(text);
        errors.extend(conflicts(&parsed));
        if errors.is_empty() {
            return Ok(AliasTable::of(parsed.into_iter().map(|(_, row)| row).collect()));
        }
        errors.sort_by_key(|error| error.line);
        Err(errors)
    }

    /// This table with local rows on top. A local row of a known canonical name adds to it; a name that a local
    /// row claims is taken away from every other row, because local knowledge has priority.
    pub fn with_local(&self, text: &str) -> Result<AliasTable, Vec<TableError>> {
        let local = AliasTable::parse(text)?;
        let mut merged = self.rows.clone();
        for row in local.rows {
            for other in merged.iter_mut().filter(|other| other.canonical != row.canonical) {
                take_away(other, &row);
            }
            match merged.iter_mut().find(|other| other.canonical == row.canonical) {
                Some(known) => add_to(known, row),
                None => merged.push(row),
            }
        }
        Ok(AliasTable::of(merged))
    }

    fn of(rows: Vec<AliasRow>) -> AliasTable {
        let mut table = AliasTable::default();
        for (row, number) in rows.iter().zip(0_u32..) {
            for (vendor, product) in &row.cpes {
                table.by_cpe.entry(pair_key(vendor, product)).or_default().push(number);
            }
            for (vendor, product) in &row.spellings {
                table.by_spelling.entry(pair_key(vendor, product)).or_insert(number);
            }
            for name in row.names.iter().chain([&row.canonical]) {
                table.by_name.entry(name_key(name)).or_insert(number);
            }
            for purl in &row.purls {
                table.by_purl.insert(purl.clone(), number);
            }
            for repo in &row.repos {
                table.by_repo.insert(repo.clone(), number);
            }
        }
        table.rows = rows;
        table
    }

    /// Writes the table as text that [`AliasTable::parse`] reads back: what an index carries along.
    pub fn to_text(&self) -> String {
        let mut text = COLUMNS.join("\t");
        for row in &self.rows {
            text.push('\n');
            text.push_str(
                &row.to_cells().map(|cell| if cell.is_empty() { "-".to_owned() } else { cell }).join("\t"),
            );
        }
        text.push('\n');
        text
    }

    /// All rows, in the order of the text.
    pub fn rows(&self) -> &[AliasRow] {
        &self.rows
    }

    fn row(&self, number: u32) -> Option<&AliasRow> {
        self.rows.get(usize::try_from(number).ok()?)
    }

    /// The row of a canonical name.
    pub fn by_canonical(&self, canonical: &str) -> Option<&AliasRow> {
        let row = self.by_name.get(&name_key(canonical)).and_then(|number| self.row(*number))?;
        (row.canonical == canonical).then_some(row)
    }

    /// The product that a CPE vendor and product name; spelling differences do not matter.
    pub fn by_cpe(&self, vendor: &str, product: &str) -> Option<&AliasRow> {
        let numbers = self.by_cpe.get(&pair_key(vendor, product))?;
        numbers.first().and_then(|number| self.row(*number))
    }

    /// The product that a CNA's vendor and product texts name.
    pub fn by_spelling(&self, vendor: &str, product: &str) -> Option<&AliasRow> {
        let vendor = if is_no_name(vendor) { "" } else { vendor };
        let number = self.by_spelling.get(&pair_key(vendor, product));
        number.or_else(|| self.by_spelling.get(&pair_key(vendor, "*"))).and_then(|number| self.row(*number))
    }

    /// The product of a recipe, source package or package name.
    pub fn by_name(&self, name: &str) -> Option<&AliasRow> {
        self.by_name.get(&name_key(name)).and_then(|number| self.row(*number))
    }

    /// The product of a package URL.
    pub fn by_purl(&self, purl: &Purl) -> Option<&AliasRow> {
        self.by_purl.get(&purl_text(purl)).and_then(|number| self.row(*number))
    }

    /// The product of a repository, given normalised.
    pub fn by_repo(&self, repo: &str) -> Option<&AliasRow> {
        self.by_repo.get(repo).and_then(|number| self.row(*number))
    }

    /// The product of a component's CPE: by vendor and product where both are stated, else by the product's
    /// name. A stated vendor that is a reviewed namesake gives none.
    pub fn row_of_cpe(&self, cpe: &Cpe) -> Option<&AliasRow> {
        if is_no_name(&cpe.product) {
            return None;
        }
        if let Some(row) = self.by_cpe(&cpe.vendor, &cpe.product) {
            return Some(row);
        }
        // Yocto's pypi class writes the vendor `python` for every module.
        if cpe.vendor == "python"
            && let Some(row) = self.by_name(&format!("python3-{}", cpe.product))
        {
            return Some(row);
        }
        let row = self.by_name(&cpe.product)?;
        let foreign =
            ecosystem(&cpe.target_sw).is_some_and(|host| ecosystem(&row.own_language) != Some(host));
        (!row.excludes(&cpe.vendor, &cpe.product) && !foreign).then_some(row)
    }

    /// The products a component is, by its strongest identities: stated CPE pairs, package URLs and
    /// repositories; only where those say nothing, its names. Usually one.
    pub fn rows_of(&self, component: &Component) -> Vec<&AliasRow> {
        let mut found: Vec<&AliasRow> = Vec::new();
        let mut add = |row: Option<&'_ AliasRow>| -> bool {
            if let Some(row) = row.and_then(|row| self.by_canonical(&row.canonical))
                && !found.iter().any(|known| known.canonical == row.canonical)
            {
                found.push(row);
            }
            row.is_some()
        };
        let cpes = || component.cpes.iter().map(|cpe| &cpe.cpe);
        let mut strong = false;
        for cpe in cpes().filter(|cpe| !is_no_name(&cpe.vendor)) {
            strong |= add(self.by_cpe(&cpe.vendor, &cpe.product));
        }
        for purl in &component.purls {
            strong |= add(self.by_purl(purl));
        }
        for address in component.git.repositories.iter().chain(&component.download_urls) {
            strong |= add(repository::normalise(address).and_then(|repo| self.by_repo(&repo)));
        }
        if !strong {
            for cpe in cpes() {
                add(self.row_of_cpe(cpe).filter(|row| self.name_counts(row, component)));
            }
            let names =
                std::iter::once(&component.name).chain([&component.source_package]).chain(&component.names);
            for name in names.filter(|name| !name.is_empty()) {
                add(self.by_name(name).filter(|row| self.name_counts(row, component)));
            }
        }
        found
    }

    /// A bare name counts unless a stronger identity speaks against it: a package URL of another language, or a
    /// CPE vendor that is a reviewed namesake.
    fn name_counts(&self, row: &AliasRow, component: &Component) -> bool {
        let other_language = component.purls.iter().any(|purl| {
            language_of(&purl.kind).is_some_and(|language| ecosystem(&row.own_language) != Some(language))
        });
        let namesake = component.cpes.iter().any(|cpe| row.excludes(&cpe.cpe.vendor, &cpe.cpe.product));
        !other_language && !namesake
    }

    /// What the table says of (vendor, product) as seen from a component that is `row`: `Some(true)` = the same
    /// product, `Some(false)` = a reviewed namesake or a product with a row of its own, `None` = nothing.
    pub fn same_product(&self, row: &AliasRow, vendor: &str, product: &str) -> Option<bool> {
        if row.excludes(vendor, product) {
            return Some(false);
        }
        if row.has_cpe(vendor, product) {
            return Some(true);
        }
        self.by_cpe.contains_key(&pair_key(vendor, product)).then_some(false)
    }

    /// The application test of 4.2 with the table's knowledge.
    pub fn candidate(&self, component: &Cpe, criterion: &Criterion<'_>) -> Candidate {
        let Some(row) = self.row_of_cpe(component) else {
            return candidate_test(component, criterion, &Known::NOTHING);
        };
        let same_product = |vendor: &str, product: &str| self.same_product(row, vendor, product);
        let known = Known { own_language: &row.own_language, same_product: &same_product };
        candidate_test(component, criterion, &known)
    }
}

/// The ecosystem, in the words of `target_sw`, of a package URL type that belongs to a language.
fn language_of(kind: &str) -> Option<&'static str> {
    match kind {
        "cargo" => ecosystem("rust"),
        "npm" | "pypi" | "gem" | "golang" | "maven" | "nuget" | "composer" => ecosystem(kind),
        "cpan" => ecosystem("perl"),
        "luarocks" => ecosystem("lua"),
        "hex" => ecosystem("elixir"),
        "pub" => ecosystem("dart"),
        "hackage" => ecosystem("haskell"),
        _ => None,
    }
}

/// The rows with their lines; what they claim of each other is not looked at yet.
fn read_rows(text: &str) -> (Vec<(usize, AliasRow)>, Vec<TableError>) {
    let mut errors = Vec::new();
    let mut parsed = Vec::new();
    for row in rows(text, &COLUMNS).unwrap_or_else(|wrong| {
        errors = wrong;
        Vec::new()
    }) {
        match alias_row(&row) {
            Ok(alias) => parsed.push((row.line, alias)),
            Err(error) => errors.push(error),
        }
    }
    (parsed, errors)
}

/// Names that two rows claim, and rows that contradict themselves.
fn conflicts(rows: &[(usize, AliasRow)]) -> Vec<TableError> {
    let mut seen: FxHashMap<String, (&str, bool)> = FxHashMap::default();
    let mut errors = Vec::new();
    for (line, row) in rows {
        let shared = row.has("shared-cpe");
        for (claim, may_share) in claims(row, shared) {
            match seen.get(&claim) {
                Some((owner, _)) if *owner == row.canonical && !claim.starts_with("row ") => {
                    if !claim.starts_with("name ") {
                        errors.push(TableError::new(*line, format!("{claim} stands twice in the row")));
                    }
                }
                Some((_, shares)) if *shares && may_share => {}
                Some((owner, _)) => {
                    errors.push(TableError::new(*line, format!("{claim} belongs to `{owner}` already")));
                }
                None => {
                    seen.insert(claim, (&row.canonical, may_share));
                }
            }
        }
        for (vendor, product) in row.not.iter().filter(|(vendor, product)| row.has_cpe(vendor, product)) {
            errors.push(TableError::new(*line, format!("{vendor}:{product} is both in `cpes` and in `not`")));
        }
    }
    errors
}

/// What a row claims for itself, and whether it may share it with another row.
fn claims(row: &AliasRow, shared: bool) -> impl Iterator<Item = (String, bool)> {
    let cpes =
        row.cpes.iter().map(move |(vendor, product)| (format!("cpe {}", pair_key(vendor, product)), shared));
    let spelling =
        |(vendor, product): &(String, String)| (format!("spelling {}", pair_key(vendor, product)), false);
    let names =
        row.names.iter().chain([&row.canonical]).map(|name| (format!("name {}", name_key(name)), false));
    std::iter::once((format!("row {}", row.canonical), false))
        .chain(cpes)
        .chain(row.spellings.iter().map(spelling))
        .chain(names)
        .chain(row.purls.iter().map(|purl| (format!("purl {purl}"), false)))
        .chain(row.repos.iter().map(|repo| (format!("repo {repo}"), false)))
}
