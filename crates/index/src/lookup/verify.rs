//! Reading everything once: checksums first, then every structure.

use rayon::prelude::*;

use super::by_commit::Commits;
use super::by_key::Keys;
use super::by_vulnerability::VulnRef;
use super::facts::{FactsTable, Products};
use super::open::{Index, damaged};
use crate::Error;
use crate::layout::codec::{Corrupt, Cursor, Decoded};
use crate::layout::sections::Section;
use crate::layout::table::HashTable;

impl Index {
    /// Checks all checksums, then reads every structure of every section.
    ///
    /// # Errors
    /// At the first part that does not fit.
    pub fn verify(&self) -> Result<(), Error> {
        Section::ALL.iter().try_for_each(|section| self.sum_up(*section))?;
        self.verify_gaps()?;
        self.verify_structure()
    }

    /// Bytes between the sections are zero, so that no byte of the file goes unchecked.
    fn verify_gaps(&self) -> Result<(), Error> {
        let mut places = self.directory().places.clone();
        places.sort_by_key(|place| place.offset);
        let mut end = 16;
        for place in places {
            let gap = self.all_bytes().get(end..place.offset.max(end)).unwrap_or_default();
            if gap.len() >= 64 || gap.iter().any(|byte| *byte != 0) {
                return Err(Error::damaged("directory", "there are bytes between the sections"));
            }
            end = end.max(place.offset + place.length);
        }
        let start = self.all_bytes().get(12..16).unwrap_or_default();
        if start.iter().all(|byte| *byte == 0) {
            Ok(())
        } else {
            Err(Error::damaged("start", "reserved bytes are in use"))
        }
    }

    /// Reads every structure.
    ///
    /// # Errors
    /// At the first part that does not fit.
    pub fn verify_structure(&self) -> Result<(), Error> {
        self.shared_texts()
            .and_then(|texts| (0..texts.ends.len()).try_for_each(|at| texts.get(at).map(drop)))
            .map_err(damaged(Section::Strings))?;
        let count = u32::try_from(self.len()).map_err(|_| damaged(Section::Vulnerabilities)(Corrupt))?;
        self.verify_extents().map_err(damaged(Section::Vulnerabilities))?;
        (0..count).into_par_iter().try_for_each(|number| self.verify_vulnerability(VulnRef(number)))?;
        self.verify_cold().map_err(damaged(Section::Cold))?;
        self.verify_keys().map_err(damaged(Section::Keys))?;
        self.verify_ids().map_err(damaged(Section::Ids))?;
        self.verify_products().map_err(damaged(Section::Products))?;
        self.verify_commits().map_err(damaged(Section::Commits))?;
        self.verify_facts().map_err(damaged(Section::Facts))?;
        self.verify_scores().map_err(damaged(Section::Scores))?;
        self.verify_exploits().map_err(damaged(Section::Exploits))?;
        self.verify_catalogues().map_err(damaged(Section::Catalogues))?;
        self.lifecycle().map_err(damaged(Section::Lifecycle))?;
        let maps = self.all_kbuild().map_err(damaged(Section::Kbuild))?;
        maps.iter().try_for_each(|map| map.check()).map_err(damaged(Section::Kbuild))
    }

    /// The vulnerabilities fill the hot section without gaps.
    fn verify_extents(&self) -> Decoded<()> {
        let ends = self.ends()?;
        let mut previous = 0;
        for at in 0..ends.len() {
            let end = ends.get(at)?;
            if end < previous {
                return Err(Corrupt);
            }
            previous = end;
        }
        if previous as usize == self.section(Section::Hot).len() { Ok(()) } else { Err(Corrupt) }
    }

    fn verify_vulnerability(&self, number: VulnRef) -> Result<(), Error> {
        let vulnerability = self.vulnerability(number)?;
        if self.find(vulnerability.id()) != Some(number) {
            return Err(Error::damaged(
                Section::Ids.name(),
                "a display id does not lead to its vulnerability",
            ));
        }
        let records: Vec<_> = vulnerability.records().collect();
        for record in &records {
            record.decode()?;
        }
        if records.len() == vulnerability.record_count() {
            Ok(())
        } else {
            Err(damaged(Section::Hot)(Corrupt))
        }
    }

    fn verify_keys(&self) -> Decoded<()> {
        let keys = Keys::read(self.section(Section::Keys))?;
        if keys.table.len() != keys.texts.len() {
            return Err(Corrupt);
        }
        let mut postings = Vec::new();
        let mut previous = "";
        for at in 0..keys.texts.len() {
            let text = keys.texts.get(at)?;
            let number = keys.table.find(text, |number| Ok(keys.texts.get(number as usize)? == text))?;
            if number != u32::try_from(at).ok() || (at > 0 && text <= previous) {
                return Err(Corrupt);
            }
            previous = text;
            postings.clear();
            keys.postings(at as u32, self.len(), &mut postings)?;
        }
        Ok(())
    }

    fn verify_ids(&self) -> Decoded<()> {
        let table = HashTable::read(&mut Cursor::new(self.section(Section::Ids)))?;
        for at in 0..table.len() {
            if table.value(at)? as usize >= self.len() {
                return Err(Corrupt);
            }
        }
        Ok(())
    }

    fn verify_products(&self) -> Decoded<()> {
        let products = Products::read(self.section(Section::Products))?;
        for at in 0..products.len() {
            let product = products.product(at)?;
            if products.find(product)? != u32::try_from(at).ok() {
                return Err(Corrupt);
            }
            products.facts(at)?;
        }
        Ok(())
    }

    fn verify_commits(&self) -> Decoded<()> {
        let commits = Commits::read(self.section(Section::Commits))?;
        (0..commits.len()).try_for_each(|at| commits.value(at, self.len()).map(drop))
    }

    fn verify_facts(&self) -> Decoded<()> {
        let facts = FactsTable::read(self.section(Section::Facts))?;
        if facts.epss_count() != self.len() {
            return Err(Corrupt);
        }
        for at in 0..facts.kev_count() {
            let number = facts.kev_number(at)?;
            if number.0 as usize >= self.len() || facts.kev(number)?.is_none() {
                return Err(Corrupt);
            }
        }
        (0..self.len() as u32).try_for_each(|at| facts.epss(VulnRef(at)).map(drop))
    }

    fn verify_scores(&self) -> Decoded<()> {
        let scores = self.scores()?;
        if scores.len() != self.len() && self.header().format.1 >= Section::Scores.since() {
            return Err(Corrupt);
        }
        (0..scores.len() as u32).try_for_each(|at| scores.get(VulnRef(at)).map(drop))
    }

    /// The rows are sorted, so that each is found.
    fn verify_exploits(&self) -> Decoded<()> {
        let exploits = self.exploits()?;
        for at in 0..exploits.len() {
            let number = exploits.number(at)?;
            let is_behind = at == 0 || exploits.number(at - 1)? < number;
            let row = exploits.row(at, self.compares_sums())?;
            if !is_behind || number as usize >= self.len() || row.is_empty() {
                return Err(Corrupt);
            }
            self.exploits_of(VulnRef(number))?;
        }
        Ok(())
    }
}
