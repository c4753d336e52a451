//! The sections, one behind another.

use std::io::Write;

use model::build::KbuildMap;
use model::feed::FeedStatus;

use super::merge::Merged;
use super::{
    CompileOptions, CompileReport, alias_text, cold, commits, exploits, facts, feeds, hot, kbuild, lifecycle,
    postings, products, rule_text,
};
use crate::Error;
use crate::layout::codec::put_text;
use crate::layout::directory::FileWriter;
use crate::layout::header::{Header, MAJOR, MINOR};
use crate::layout::sections::Section;

/// Compiles and writes the whole file.
pub(super) fn write(
    merged: Merged,
    options: &CompileOptions,
    announced: Vec<FeedStatus>,
    maps: Vec<KbuildMap>,
    out: &mut dyn Write,
) -> Result<CompileReport, Error> {
    let error = |source| Error::Io { action: "write", path: "index".to_owned(), source };
    let mut writer = FileWriter::start(out).map_err(error)?;
    let mut report = sections(&merged, options, maps, &mut |section, bytes| {
        writer.section(section, &bytes).map_err(error)
    })?;
    report.header = header(&merged, options, announced);
    report.notes = merged.notes;
    report.notes.sort();
    (report.bytes, report.sections) = writer.finish(&report.header).map_err(error)?;
    Ok(report)
}

/// Compiles the sections, in the order of the file.
pub(super) fn sections(
    merged: &Merged,
    options: &CompileOptions,
    maps: Vec<KbuildMap>,
    section: &mut dyn FnMut(Section, Vec<u8>) -> Result<(), Error>,
) -> Result<CompileReport, Error> {
    if merged.texts.is_full() {
        return Err(Error::TooLarge("more than 4 GiB of distinct texts"));
    }
    let mut report = CompileReport {
        vulnerabilities: merged.groups.len() as u64,
        records: merged.records.len() as u64,
        superseded: merged.superseded,
        ..CompileReport::default()
    };
    let cold = cold::write(merged)?;
    let hot = hot::write(merged, &cold.places)?;
    section(Section::Strings, hot.strings)?;
    section(Section::Vulnerabilities, hot.vulnerabilities)?;
    section(Section::Hot, hot.hot)?;
    let (keys, count) = postings::write_keys(merged)?;
    report.keys = count;
    section(Section::Keys, keys)?;
    section(Section::Ids, postings::write_ids(merged)?)?;
    section(Section::Products, products::write(merged)?)?;
    section(Section::Commits, commits::write(merged)?)?;
    section(Section::Kbuild, kbuild::write(maps)?)?;
    section(Section::Tables, tables(options))?;
    let (facts, unknown) = facts::write(merged)?;
    report.facts_without_record = unknown;
    section(Section::Facts, facts.facts)?;
    section(Section::Scores, facts.scores)?;
    section(Section::Catalogues, facts.catalogues)?;
    section(Section::Exploits, exploits::write(merged)?)?;
    section(Section::Lifecycle, lifecycle::write(merged)?)?;
    section(Section::Cold, cold.section)?;
    Ok(report)
}

fn tables(options: &CompileOptions) -> Vec<u8> {
    let mut section = Vec::new();
    put_text(&mut section, alias_text(options));
    put_text(&mut section, rule_text(options));
    section
}

fn header(merged: &Merged, options: &CompileOptions, announced: Vec<FeedStatus>) -> Header {
    let feeds = feeds::statuses(announced, feeds::Tally::of(merged));
    Header {
        format: (MAJOR, MINOR),
        compiled_at: options.compiled_at.clone(),
        builder: options.builder.clone(),
        fingerprint: feeds::total(&feeds),
        feeds,
    }
}
