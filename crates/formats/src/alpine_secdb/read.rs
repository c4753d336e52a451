//! Reads a file of the database.

use std::borrow::Cow;
use std::collections::BTreeMap;

use model::note::{NoteCode, Severity};
use model::record::{
    Alias, AliasKind, Claim, ClaimForm, End, Entry, Item, Record, Source, Status, Subject, Text,
};

use super::ids::ids;
use super::schema::{Element, SecdbPackage};
use crate::records::{Reading, Sink, for_each, peek, read_one};

/// The key under which a file holds its packages.
const LIST_KEYS: &[&str] = &["packages"];

/// Reads a file. `date` is what is known of its age, which it does not tell; empty when nothing is.
pub fn read(text: &str, date: &str, sink: &mut Sink<'_>) -> Reading {
    let mut reading = Reading { as_of: date.to_owned(), ..Reading::default() };
    let head = peek::Peek::new(peek::head(text, 64 << 10));
    let (release, repository) = (head.text("distroversion"), head.text("reponame"));
    if release.is_empty() {
        reading.note(NoteCode::BadRecord, Severity::Error, "distroversion", "the file names no release");
        return reading;
    }
    let mut mended = Mended::default();
    for_each(text, LIST_KEYS, &mut reading, &mut |element, reading| {
        read_one::<SecdbPackage>(element, reading, &mut |element, reading| mended.add(&element, reading));
    });
    let by = format!("Alpine secdb {release} {repository}");
    for (id, flaw) in mended.0 {
        let record = Record {
            source: Some(Source::Alpine),
            id: Text::Borrowed(&id),
            aliases: flaw.others.iter().map(|other| related(other)).collect(),
            modified: Text::Borrowed(date),
            by: Text::Borrowed(by.trim_end()),
            claims: flaw
                .packages
                .iter()
                .map(|(package, versions)| claim(release, package, versions))
                .collect(),
            ..Record::default()
        };
        sink(Item::Record(Box::new(record)));
    }
    reading
}

/// Parses as [`read`] does and drops the result; returns the number of packages.
pub fn parse(text: &str) -> u64 {
    let mut count = 0;
    for_each(text, LIST_KEYS, &mut Reading::default(), &mut |element, _| {
        count += u64::from(serde_json::from_str::<Element<'_>>(element).is_ok());
    });
    count
}

/// By id what is mended where.
#[derive(Default)]
struct Mended(BTreeMap<String, Flaw>);

#[derive(Default)]
struct Flaw {
    /// Ids that stand in the same text.
    others: Vec<String>,
    /// By package the versions that mend it.
    packages: BTreeMap<String, Vec<String>>,
}

impl Mended {
    fn add(&mut self, element: &Element<'_>, reading: &mut Reading) {
        let package = &*element.pkg.name;
        if package.is_empty() {
            reading.note(NoteCode::BadRecord, Severity::Warn, "packages", "a package without a name");
            return;
        }
        for (version, texts) in &element.pkg.secfixes.0 {
            for text in texts.iter() {
                let ids = ids(text);
                if ids.is_empty() {
                    let place = format!("{package} {}", &**version);
                    reading.note(NoteCode::BadRecord, Severity::Warn, place, text);
                }
                self.add_text(package, version, &ids);
            }
        }
    }

    /// Each CVE id of a text is a flaw; other ids beside one are other names, or cover it among more (`XSA-231`).
    fn add_text(&mut self, package: &str, version: &str, ids: &[Cow<'_, str>]) {
        let (cves, others): (Vec<_>, Vec<_>) = ids.iter().partition(|id| id.starts_with("CVE-"));
        let (flaws, others) = if cves.is_empty() { (others, Vec::new()) } else { (cves, others) };
        for id in flaws {
            let flaw = self.0.entry(id.to_string()).or_default();
            let versions = flaw.packages.entry(package.to_owned()).or_default();
            if !versions.iter().any(|known| known == version) {
                versions.push(version.to_owned());
            }
            for other in &others {
                if !flaw.others.iter().any(|known| *known == other.as_ref()) {
                    flaw.others.push(other.to_string());
                }
            }
        }
    }
}

/// Whether two ids in one text are one flaw is not told: they are not merged for it.
fn related(id: &str) -> Alias<'_> {
    Alias { id: Text::Borrowed(id), kind: AliasKind::Related }
}

/// A flaw that is listed with two versions was not wholly mended by the first: the rows together give the later.
fn claim<'a>(release: &'a str, package: &'a str, versions: &'a [String]) -> Claim<'a> {
    let row = |version: &'a String| Entry {
        start: Text::Borrowed("0"),
        end: End::Before(Text::Borrowed(version.trim())),
        version_type: Text::Borrowed("apk"),
        ..Entry::default()
    };
    Claim {
        subject: Subject {
            ecosystem: Text::Borrowed("Alpine"),
            distro_release: Text::Borrowed(release),
            package_name: Text::Borrowed(package),
            ..Subject::default()
        },
        entries: versions.iter().map(row).collect(),
        default_status: Some(Status::Unaffected),
        form: ClaimForm::SecFix,
    }
}
