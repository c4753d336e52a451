//! File-to-option maps, sorted paths first, so that a path is found without reading the map.

use std::collections::{BTreeMap, BTreeSet};

use model::build::KbuildMap;

use super::postings::put_ascending;
use crate::Error;
use crate::layout::codec::{put_text, put_u32, put_varint};
use crate::layout::strings::TextTable;
use crate::lookup::kbuild::{number_of, numbers};

/// Writes the section. Of several maps of one tree and version, the one with the most files stands.
pub(super) fn write(mut maps: Vec<KbuildMap>) -> Result<Vec<u8>, Error> {
    maps.sort_by(|one, other| {
        let place = |map: &KbuildMap| (number_of(map.of), numbers(&map.version));
        place(one)
            .cmp(&place(other))
            .then_with(|| one.version.cmp(&other.version))
            .then_with(|| other.files.len().cmp(&one.files.len()))
            .then_with(|| one.files.cmp(&other.files))
            .then_with(|| one.includers.cmp(&other.includers))
    });
    maps.dedup_by(|next, kept| next.of == kept.of && next.version == kept.version);
    let mut section = Vec::new();
    put_u32(&mut section, maps.len() as u32);
    for map in &maps {
        section.push(number_of(map.of));
        put_text(&mut section, &map.version);
        let body = body(map).ok_or(Error::TooLarge("a file-to-option map of more than 4 GiB"))?;
        put_varint(&mut section, body.len() as u64);
        section.extend_from_slice(&body);
    }
    Ok(section)
}

fn body(map: &KbuildMap) -> Option<Vec<u8>> {
    let includers = map.includers.values().flatten();
    let names: BTreeSet<&str> =
        map.files.keys().chain(map.includers.keys()).chain(includers).map(String::as_str).collect();
    let number_of: BTreeMap<&str, u32> = names.iter().copied().zip(0u32..).collect();
    let conditions: BTreeSet<&str> = map.files.values().map(String::as_str).collect();
    let condition_of: BTreeMap<&str, u32> = conditions.iter().copied().zip(1u32..).collect();
    let mut body = Vec::new();
    TextTable::write(names.iter().copied(), &mut body)?;
    TextTable::write(conditions.iter().copied(), &mut body)?;
    for name in &names {
        let condition = map.files.get(*name);
        put_u32(&mut body, condition.map_or(0, |condition| condition_of[condition.as_str()]));
    }
    let mut lists = Vec::new();
    for name in &names {
        if let Some(includers) = map.includers.get(*name) {
            let numbers: BTreeSet<u32> = includers.iter().map(|name| number_of[name.as_str()]).collect();
            put_ascending(numbers.into_iter(), &mut lists);
        }
        put_u32(&mut body, u32::try_from(lists.len()).ok()?);
    }
    body.extend_from_slice(&lists);
    Some(body)
}
