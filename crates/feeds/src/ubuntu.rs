//! Ubuntu: its CVE tracker's pages, tree and OpenVEX documents, and its records in OSV form.

use formats::records::{Reading, Sink, peek};
use formats::{osv, ubuntu_tracker};

use super::osv::is_osv_of;
use crate::feed::{Feed, FileUnder, HEAD_BYTES, Head};

/// Ubuntu's source packages by release.
pub const FEED: Feed = Feed {
    id: "ubuntu",
    max_age_days: 2,
    covers: &["Ubuntu"],
    detect: |head| is_osv_of(head, &["USN-", "LSN-", "UBUNTU-CVE-"]) || form_of(head).is_some(),
    read,
    parse,
    file_under: FileUnder::Source,
};

/// The tracker's own forms.
enum Form {
    Pages,
    File,
    Vex,
}

fn form_of(head: &Head<'_>) -> Option<Form> {
    if !head.peek.is_json {
        return ubuntu_tracker::is_file(head.text).then_some(Form::File);
    }
    if ubuntu_tracker::is_vex(head.text) && head.peek.has("statements") {
        return Some(Form::Vex);
    }
    let is_record = head.peek.text("id").starts_with("CVE-") && head.text.contains(KEY);
    (head.peek.has("cves") || is_record).then_some(Form::Pages).filter(|_| head.text.contains(KEY))
}

/// A key that only the tracker's pages have.
const KEY: &str = "\"release_codename\"";

/// The same of a whole text; none for OSV, which is by far the most common and told by its first bytes.
fn form_of_text(text: &str) -> Option<Form> {
    let head = peek::head(text, HEAD_BYTES);
    let is_own =
        !text.trim_start().starts_with(['{', '[']) || head.contains(KEY) || ubuntu_tracker::is_vex(head);
    if is_own { form_of(&Head::new(text, "", HEAD_BYTES)) } else { None }
}

fn read(text: &str, _: &str, sink: &mut Sink<'_>) -> Reading {
    match form_of_text(text) {
        Some(Form::Pages) => ubuntu_tracker::read_pages(text, sink),
        Some(Form::File) => ubuntu_tracker::read_file(text, sink),
        Some(Form::Vex) => ubuntu_tracker::read_vex(text, sink),
        None => osv::read(text, sink),
    }
}

fn parse(text: &str) -> u64 {
    match form_of_text(text) {
        Some(Form::Pages) => ubuntu_tracker::parse_pages(text),
        Some(Form::File) => 1,
        Some(Form::Vex) => ubuntu_tracker::parse_vex(text),
        None => osv::parse(text),
    }
}
