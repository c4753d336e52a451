//! Records with their cold texts, one vulnerability after another: each block is unpacked once.

use std::borrow::Cow;

use model::record::Record;

use super::by_vulnerability::{VulnRef, read_texts};
use super::open::{Index, damaged};
use crate::Error;
use crate::layout::codec::Corrupt;
use crate::layout::sections::Section;

/// Reads vulnerabilities whole; keeps the last block of texts.
pub(crate) struct Whole<'a> {
    index: &'a Index,
    block: Option<(u32, Vec<u8>)>,
}

impl<'a> Whole<'a> {
    pub(crate) fn new(index: &'a Index) -> Whole<'a> {
        Whole { index, block: None }
    }

    pub(crate) fn index(&self) -> &'a Index {
        self.index
    }

    /// All records of a vulnerability, as they were compiled.
    pub(crate) fn records(&mut self, number: VulnRef) -> Result<Vec<Record<'a>>, Error> {
        let vulnerability = self.index.vulnerability(number)?;
        let (block, offset) = vulnerability.cold();
        if self.block.as_ref().is_none_or(|(known, _)| *known != block) {
            let bytes = self.index.cold_block(block).map_err(damaged(Section::Cold))?;
            self.block = Some((block, bytes));
        }
        let texts = self.block.as_ref().and_then(|(_, bytes)| bytes.get(offset as usize..));
        let texts = texts.ok_or(Corrupt).map_err(damaged(Section::Cold))?;
        let mut records = Vec::with_capacity(vulnerability.record_count());
        for (at, record) in vulnerability.records().enumerate() {
            let cold = read_texts(texts, at).map_err(damaged(Section::Cold))?;
            let mut record = record.decode()?;
            record.title = Cow::Owned(cold.title);
            record.description = Cow::Owned(cold.description);
            record.references = cold.references;
            records.push(record);
        }
        Ok(records)
    }
}
