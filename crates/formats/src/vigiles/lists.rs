//! The CSV files of Vigiles: extra packages (`product,version,license…`), excluded packages (`product`) and the whitelist
//! (`cve_id,package,version,description`). Vigiles lets the header be absent; then only the file's name would tell which
//! list it is, so here it is required.

use std::borrow::Cow;

use model::note::{Note, NoteCode, Read, Severity};
use model::sbom::{Inventory, SourceDocument};

use super::package::{Lifecycle, additional};
use super::statements::whitelisted;
use crate::component_csv::columns::key;
use crate::limits::{FormatError, Limits};
use crate::records::csv;

/// Which of the lists a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Packages that the build system does not know.
    Extra,
    /// Packages that Vigiles leaves out.
    Exclude,
    /// CVEs that Vigiles does not show.
    Whitelist,
}

/// Says by its header which list a text is.
pub fn which(text: &str) -> Option<Which> {
    let (header, _) = header(text)?;
    let words: Vec<String> = header.iter().map(|word| key(word)).collect();
    let is = |at: usize, word: &str| words.get(at).is_some_and(|known| known == word);
    match words.len() {
        1 if is(0, "product") => Some(Which::Exclude),
        _ if is(0, "cveid") && is(1, "package") => Some(Which::Whitelist),
        // Any other header with a product and a version is a plain list of components.
        2.. if is(0, "product") && is(1, "version") && (words.len() == 2 || is(2, "license")) => {
            Some(Which::Extra)
        }
        _ => None,
    }
}

/// The fields of the first line that is no comment, and what follows.
fn header(text: &str) -> Option<(Vec<Cow<'_, str>>, &str)> {
    let mut rest = text.trim_start();
    while rest.starts_with('#') {
        rest = rest.split_once('\n')?.1.trim_start();
    }
    let line = rest.lines().next().filter(|line| line.len() < 1_024)?;
    Some((csv::rows(line, b',').next()?, rest.get(line.len()..).unwrap_or_default()))
}

/// Reads one list.
///
/// # Errors
/// When it has no header that is known, no row, or passes a limit.
pub fn read(bytes: &[u8], name: &str, limits: &Limits) -> Result<Read<Inventory>, FormatError> {
    let (text, notes) = crate::text::decode(bytes);
    let malformed = |why: &str| FormatError::Malformed { name: name.to_owned(), why: why.to_owned() };
    let (Some(which), Some((_, rows))) = (which(&text), header(&text)) else {
        return Err(malformed("it has no header of a Vigiles list"));
    };
    let mut inventory = Inventory::default();
    let mut read = 0_usize;
    for (at, row) in csv::rows(rows, b',').enumerate() {
        let place = format!("row {}", at + 2);
        let field = |at: usize| row.get(at).map_or("", |field| field.trim());
        if field(0).starts_with('#') || row.iter().all(|field| field.trim().is_empty()) {
            continue;
        }
        read += 1;
        if read >= limits.components {
            let what = format!("it has more than {} components", limits.components);
            return Err(FormatError::TooBig { name: name.to_owned(), what });
        }
        match which {
            Which::Extra => add_extra(&mut inventory, &field, place),
            Which::Exclude => note_excluded(&mut inventory, field(0), place),
            Which::Whitelist => add_whitelisted(&mut inventory, &field, place),
        }
    }
    if read == 0 {
        return Err(malformed("it has a header and nothing below"));
    }
    inventory.documents.push(SourceDocument { tool: "Vigiles".to_owned(), ..SourceDocument::default() });
    Ok(Read { value: inventory, notes })
}

fn add_extra<'r>(inventory: &mut Inventory, field: &impl Fn(usize) -> &'r str, place: String) {
    if field(0).is_empty() {
        inventory.notes.push(Note::new(
            NoteCode::NoName,
            Severity::Warn,
            place,
            "a row without a product, ignored",
        ));
        return;
    }
    let text = |at: usize| field(at).to_owned();
    let lifecycle = Lifecycle { released: text(3), end_of_life: text(4), support: text(5) };
    // As Vigiles itself does it.
    let (product, version) = (field(0).replace(' ', "-"), field(1).replace(' ', "."));
    inventory.components.push(additional(&product, &version, &lifecycle, &place));
}

/// Nothing is left out without a reason and a name: the list is told, and has no effect.
fn note_excluded(inventory: &mut Inventory, product: &str, place: String) {
    let value = format!(
        "{product}: excluded in Vigiles without a reason; it stays. A rule of your own can settle its findings"
    );
    inventory.notes.push(Note::new(NoteCode::StatementUnusable, Severity::Warn, place, &value));
}

fn add_whitelisted<'r>(inventory: &mut Inventory, field: &impl Fn(usize) -> &'r str, place: String) {
    if field(0).is_empty() {
        let value = "a row without a CVE, ignored";
        inventory.notes.push(Note::new(NoteCode::StatementUnusable, Severity::Warn, place, value));
        return;
    }
    inventory.statements.push(whitelisted(field(0), field(1), field(2), field(3), place));
}
