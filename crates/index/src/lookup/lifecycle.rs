//! The life of branches: what feeds say, over the table of the program.

use std::borrow::Cow;

use model::lifecycle::Branch;

use super::open::Index;
use crate::layout::codec::{Corrupt, Cursor, Decoded};
use crate::layout::sections::Section;
use crate::layout::strings::TextTable;
use crate::tables::BranchTable;

/// Texts of a row.
const TEXTS: usize = 9;

impl Index {
    /// The rows of the feeds, by product and branch; none in a file of an older layout.
    pub(crate) fn lifecycle(&self) -> Decoded<Vec<Branch>> {
        let bytes = self.section(Section::Lifecycle);
        if bytes.is_empty() {
            return Ok(Vec::new());
        }
        let mut cursor = Cursor::new(bytes);
        let count = cursor.u32()? as usize;
        let texts = TextTable::read(&mut cursor)?;
        if !cursor.is_empty() || Some(texts.len()) != count.checked_mul(TEXTS) {
            return Err(Corrupt);
        }
        (0..count).map(|at| row(&texts, at * TEXTS)).collect()
    }

    /// The life of branches: the table of the program, and over it what the feeds of this index say.
    pub fn branches(&self) -> &BranchTable {
        self.branches.get_or_init(|| match self.lifecycle() {
            Ok(told) if !told.is_empty() => Cow::Owned(BranchTable::built_in().with(told)),
            _ => Cow::Borrowed(BranchTable::built_in()),
        })
    }
}

fn row(texts: &TextTable<'_>, at: usize) -> Decoded<Branch> {
    let text = |column: usize| texts.get(at + column).map(str::to_owned);
    let branch = text(1)?;
    Ok(Branch {
        product: text(0)?,
        is_lts: text(2)? == "lts",
        is_rolling: branch == "*",
        branch,
        released: text(3)?,
        end_of_support: text(4)?,
        end_of_life: text(5)?,
        source: text(6)?,
        date: text(7)?,
        feed: text(8)?,
    })
}
