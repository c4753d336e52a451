//! What is known beside the records: vendors of a product, exploitation facts.

use std::collections::{BTreeMap, BTreeSet};

use model::record::{Record, Severity, Source};
use model::vulnerability::{Epss, Facts, Kev, SeverityFact};

use super::by_vulnerability::{VulnRef, Vulnerability};
use super::open::{Index, damaged};
use crate::Error;
use crate::layout::codec::{Corrupt, Cursor, Decoded, Numbers};
use crate::layout::sections::Section;
use crate::layout::strings::TextTable;
use crate::layout::table::HashTable;

/// What all records together know of a product name (matching.md 4.3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProductFacts {
    /// Vendors in the form of `keys::product_key`, with the number of vulnerabilities that name them; most
    /// frequent first. Software parts only, and no language or host ecosystem as target software.
    pub vendors: Vec<(String, u32)>,
    /// Ecosystems (`debian`, `npm`), lower case, with the number of vulnerabilities, most frequent first.
    pub ecosystems: Vec<(String, u32)>,
}

/// The product table as in the file.
pub(super) struct Products<'a> {
    table: HashTable<'a>,
    products: TextTable<'a>,
    names: TextTable<'a>,
    ends: Numbers<'a>,
    values: &'a [u8],
}

impl<'a> Products<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Decoded<Products<'a>> {
        let mut cursor = Cursor::new(bytes);
        let table = HashTable::read(&mut cursor)?;
        let products = TextTable::read(&mut cursor)?;
        let names = TextTable::read(&mut cursor)?;
        let ends = Numbers::new(cursor.take(products.len().checked_mul(4).ok_or(Corrupt)?)?);
        Ok(Products { table, products, names, ends, values: cursor.rest() })
    }

    pub(super) fn len(&self) -> usize {
        self.products.len()
    }

    pub(super) fn find(&self, product: &str) -> Decoded<Option<u32>> {
        self.table.find(product, |number| Ok(self.products.get(number as usize)? == product))
    }

    pub(super) fn product(&self, at: usize) -> Decoded<&'a str> {
        self.products.get(at)
    }

    pub(super) fn facts(&self, at: usize) -> Decoded<ProductFacts> {
        let bytes = self.values.get(self.ends.extent(at)?).ok_or(Corrupt)?;
        let mut cursor = Cursor::new(bytes);
        Ok(ProductFacts { vendors: self.counts(&mut cursor)?, ecosystems: self.counts(&mut cursor)? })
    }

    fn counts(&self, cursor: &mut Cursor<'_>) -> Decoded<Vec<(String, u32)>> {
        let mut counts = Vec::new();
        for _ in 0..cursor.size()? {
            let name = self.names.get(cursor.size()?)?;
            counts.push((name.to_owned(), cursor.number()?));
        }
        Ok(counts)
    }
}

/// The facts section as in the file: KEV rows by vulnerability, then EPSS pairs for all vulnerabilities.
pub(crate) struct FactsTable<'a> {
    kev: Numbers<'a>,
    kev_texts: TextTable<'a>,
    epss: Numbers<'a>,
}

/// The EPSS bits of "no score".
pub(crate) const NO_SCORE: u32 = u32::MAX;
/// Texts of a KEV row.
pub(crate) const KEV_TEXTS: usize = 4;

impl<'a> FactsTable<'a> {
    pub(crate) fn read(bytes: &'a [u8]) -> Decoded<FactsTable<'a>> {
        let mut cursor = Cursor::new(bytes);
        let count = cursor.u32()? as usize;
        let kev = Numbers::new(cursor.take(count.checked_mul(4).ok_or(Corrupt)?)?);
        let kev_texts = TextTable::read(&mut cursor)?;
        let count = cursor.u32()? as usize;
        let epss = Numbers::new(cursor.take(count.checked_mul(8).ok_or(Corrupt)?)?);
        if cursor.is_empty() { Ok(FactsTable { kev, kev_texts, epss }) } else { Err(Corrupt) }
    }

    pub(crate) fn kev(&self, number: VulnRef) -> Decoded<Option<Kev>> {
        let (mut low, mut high) = (0, self.kev.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.kev.get(middle)?.cmp(&number.0) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return self.kev_row(middle).map(Some),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        Ok(None)
    }

    fn kev_row(&self, at: usize) -> Decoded<Kev> {
        let at = at.checked_mul(KEV_TEXTS).ok_or(Corrupt)?;
        let text = |column: usize| self.kev_texts.get(at + column).map(str::to_owned);
        Ok(Kev {
            id: text(0)?,
            date_added: text(1)?,
            due_date: text(2)?,
            ransomware: text(3)?,
            by: String::new(),
        })
    }

    pub(crate) fn epss(&self, number: VulnRef) -> Decoded<Option<Epss>> {
        let at = (number.0 as usize).checked_mul(2).ok_or(Corrupt)?;
        let (probability, percentile) = (self.epss.get(at)?, self.epss.get(at + 1)?);
        if probability == NO_SCORE {
            return Ok(None);
        }
        let (probability, percentile) = (f32::from_bits(probability), f32::from_bits(percentile));
        Ok(Some(Epss { probability, percentile, before: None }))
    }

    pub(super) fn kev_count(&self) -> usize {
        self.kev.len()
    }

    pub(super) fn kev_number(&self, at: usize) -> Decoded<VulnRef> {
        self.kev.get(at).map(VulnRef)
    }

    pub(super) fn epss_count(&self) -> usize {
        self.epss.len() / 2
    }
}

/// The products of which two indexes know different things, as far as identity depends on it.
pub(crate) fn changed_products(old: &Index, new: &Index) -> Result<BTreeSet<String>, Error> {
    if old.section(Section::Products) == new.section(Section::Products) {
        return Ok(BTreeSet::new());
    }
    let mut changed = BTreeSet::new();
    for (one, other) in [(old, new), (new, old)] {
        let products = Products::read(one.section(Section::Products)).map_err(damaged(Section::Products))?;
        for at in 0..products.len() {
            let product = products.product(at).map_err(damaged(Section::Products))?;
            let facts = products.facts(at).map_err(damaged(Section::Products))?;
            if !changed.contains(product)
                && !facts.is_alike(&other.product_facts(product).unwrap_or_default())
            {
                changed.insert(product.to_owned());
            }
        }
    }
    Ok(changed)
}

/// More vendors than this are compared by their exact counts.
const MOST_WEIGHED: usize = 7;

impl ProductFacts {
    /// True when identity cannot tell the two apart: the same ecosystems and vendors, on the same side of "more than
    /// two records" each, and every group of vendors on the same side of 95 % of every group that holds it
    /// (`analysis::matching::identity::vendors`).
    fn is_alike(&self, other: &ProductFacts) -> bool {
        let names = |counts: &[(String, u32)]| -> BTreeSet<String> {
            counts.iter().map(|(name, _)| name.clone()).collect()
        };
        if self.vendors == other.vendors && names(&self.ecosystems) == names(&other.ecosystems) {
            return true;
        }
        if names(&self.ecosystems) != names(&other.ecosystems)
            || names(&self.vendors) != names(&other.vendors)
        {
            return false;
        }
        let sorted = |facts: &ProductFacts| -> Vec<u64> {
            let counts: BTreeMap<&str, u32> =
                facts.vendors.iter().map(|(name, count)| (name.as_str(), *count)).collect();
            counts.into_values().map(u64::from).collect()
        };
        let (one, other) = (sorted(self), sorted(other));
        let few = |counts: &[u64]| -> Vec<u64> { counts.iter().map(|count| (*count).min(3)).collect() };
        one.len() <= MOST_WEIGHED && few(&one) == few(&other) && weighs_alike(&one, &other)
    }
}

/// Every way of leaving vendors out, counting them as others, or as own.
fn weighs_alike(one: &[u64], other: &[u64]) -> bool {
    let ways = 3usize.pow(one.len() as u32);
    let dominates = |counts: &[u64], way: usize| {
        let (mut own, mut total, mut rest) = (0, 0, way);
        for count in counts {
            match rest % 3 {
                0 => {}
                1 => total += count,
                _ => (own, total) = (own + count, total + count),
            }
            rest /= 3;
        }
        (own > 2, own * 100 >= total * 95)
    };
    (0..ways).all(|way| dominates(one, way) == dominates(other, way))
}

impl Index {
    /// What is known of a product, by `keys::product_key`.
    pub fn product_facts(&self, product_key: &str) -> Option<ProductFacts> {
        let products = Products::read(self.section(Section::Products)).ok()?;
        let at = products.find(product_key).ok()??;
        products.facts(at as usize).ok()
    }

    pub(super) fn facts_table(&self) -> Decoded<FactsTable<'_>> {
        FactsTable::read(self.section(Section::Facts))
    }

    /// The known-exploited entry, with its catalogue.
    fn kev_of(&self, number: VulnRef) -> Result<Option<Kev>, Error> {
        let table = self.facts_table().map_err(damaged(Section::Facts))?;
        let Some(kev) = table.kev(number).map_err(damaged(Section::Facts))? else { return Ok(None) };
        let by = self.catalogues().and_then(|catalogues| catalogues.of(number));
        Ok(Some(Kev { by: by.map_err(damaged(Section::Catalogues))?.to_owned(), ..kev }))
    }

    /// Today's score with the earlier one.
    fn epss_of(&self, number: VulnRef) -> Result<Option<Epss>, Error> {
        let table = self.facts_table().map_err(damaged(Section::Facts))?;
        let Some(epss) = table.epss(number).map_err(damaged(Section::Facts))? else { return Ok(None) };
        let before = self.scores().and_then(|scores| scores.get(number));
        Ok(Some(Epss { before: before.map_err(damaged(Section::Scores))?, ..epss }))
    }
}

impl Vulnerability<'_> {
    /// Its known-exploited entry.
    pub fn kev(&self) -> Option<Kev> {
        self.index.kev_of(self.number).ok().flatten()
    }

    /// Its EPSS score.
    pub fn epss(&self) -> Option<Epss> {
        self.index.epss_of(self.number).ok().flatten()
    }

    /// What is known of attacks, and not by the records themselves: entries, scores, references to exploits.
    pub(crate) fn attacks(&self) -> Result<Facts, Error> {
        Ok(Facts {
            kev: self.index.kev_of(self.number)?,
            epss: self.index.epss_of(self.number)?,
            exploits: self.index.exploits_of(self.number).map_err(damaged(Section::Exploits))?,
            ..Facts::default()
        })
    }

    /// All facts: exploitation, and the dates, severities, weaknesses and SSVC points of all records.
    ///
    /// # Errors
    /// When the file is damaged.
    pub fn facts(&self) -> Result<Facts, Error> {
        let mut facts = self.attacks()?;
        let mut of_suppliers = Vec::new();
        for record in self.records() {
            let record = record.decode_head()?;
            // An advisory is about one product of one supplier: its dates and scores are those of that product.
            if record.source == Some(Source::Csaf) {
                of_suppliers.push(record);
                continue;
            }
            add_head(&mut facts, record);
        }
        if facts.published.is_empty() && facts.severities.is_empty() {
            of_suppliers.into_iter().for_each(|record| add_head(&mut facts, record));
        }
        Ok(facts)
    }
}

fn add_head(facts: &mut Facts, record: Record<'_>) {
    earliest(&mut facts.published, &record.published);
    latest(&mut facts.modified, &record.modified);
    record.severities.iter().for_each(|severity| add_severity(facts, severity));
    for cwe in &record.cwes {
        if !facts.cwes.iter().any(|known| known == cwe) {
            facts.cwes.push(cwe.clone().into_owned());
        }
    }
    for (name, value) in record.ssvc {
        let point = (name.into_owned(), value.into_owned());
        if !facts.ssvc.contains(&point) {
            facts.ssvc.push(point);
        }
    }
}

fn add_severity(facts: &mut Facts, severity: &Severity<'_>) {
    let fact = SeverityFact {
        vector: severity.vector.clone().into_owned(),
        base_tenths: severity.base_tenths,
        by: severity.by.clone().into_owned(),
    };
    if !facts.severities.contains(&fact) {
        facts.severities.push(fact);
    }
}

/// ISO dates order as texts.
fn earliest(known: &mut String, other: &str) {
    if !other.is_empty() && (known.is_empty() || other < known.as_str()) {
        other.clone_into(known);
    }
}

fn latest(known: &mut String, other: &str) {
    if other > known.as_str() {
        other.clone_into(known);
    }
}
