//! The OSV bucket: an archive of everything for each ecosystem, and a list of what changed when. A part that is an address
//! is one document more, as its publisher has it: a distribution's own tracker, a database's own tree.

use formats::listings::osv;

use crate::fetch::{Fetched, Holdings, Kind, Remote, Visit, bad_listing};
use crate::transport::{FetchError, Request};

/// Ecosystems without a feed of their own here.
pub const OSV_REMOTE: Remote = remote("osv", &["GIT"]);
/// Debian.
pub const DEBIAN_REMOTE: Remote = remote("debian", &["Debian"]);
/// Ubuntu.
pub const UBUNTU_REMOTE: Remote = remote("ubuntu", &["Ubuntu"]);
/// Alpine.
pub const ALPINE_REMOTE: Remote = remote("alpine", &["Alpine"]);
/// RustSec.
pub const RUSTSEC_REMOTE: Remote = remote("rustsec", &["crates.io"]);
/// OSS-Fuzz.
pub const OSS_FUZZ_REMOTE: Remote = remote("oss-fuzz", &["OSS-Fuzz"]);
/// GitHub's advisories, as the forge packs the repository.
pub const GHSA_REMOTE: Remote = Remote {
    id: "ghsa",
    address: "https://github.com/github/advisory-database/archive/refs/heads/main.tar.gz",
    parts_are: "",
    parts: &[],
    fetch: |visit| visit.single("advisory-database.tar.gz", Kind::Archive),
};

const fn remote(id: &'static str, parts: &'static [&'static str]) -> Remote {
    Remote {
        id,
        address: "https://storage.googleapis.com/osv-vulnerabilities",
        parts_are: "ecosystems of the bucket, and addresses of documents that are fetched whole",
        parts,
        fetch,
    }
}

/// More changed records than this are dearer than the archive.
const MOST_SINGLE: usize = 200;

fn fetch(visit: &mut Visit<'_>) -> Result<Fetched, FetchError> {
    let is_full_due = visit.is_full_due();
    let mut news = News { holdings: visit.since.clone(), is_new: false, is_whole: true };
    if is_full_due {
        news.holdings = Holdings { full_at: visit.now.to_string(), ..Holdings::default() };
    }
    // An ecosystem that is no longer wanted goes.
    let is_of = |name: &str, part: &String| match document_name(part) {
        Some(document) => name == document,
        None => name.starts_with(&format!("{part}/")),
    };
    let wanted = |name: &str| visit.settings.parts.iter().any(|part| is_of(name, part));
    let before = news.holdings.documents.len();
    news.holdings.documents.retain(|document| wanted(&document.name));
    news.is_new |= news.holdings.documents.len() != before;
    let mut cursors = Vec::new();
    for part in &visit.settings.parts {
        if let Some(name) = document_name(part) {
            let got = visit.document(name, Request::to(part), kind_of(name))?;
            news.is_new |= matches!(got, crate::fetch::Got::New(_));
            news.holdings.put(got.document());
            continue;
        }
        let since = cursor(&visit.since.cursor, part).filter(|_| !is_full_due).unwrap_or_default();
        let newest = ecosystem(visit, &mut news, part, since)?;
        cursors.push(format!("{part}={newest}"));
    }
    news.holdings.cursor = cursors.join(" ");
    Ok(match news {
        News { is_new: false, holdings, .. } => Fetched::Unchanged(holdings),
        News { is_whole: true, holdings, .. } => Fetched::Snapshot(holdings),
        News { holdings, .. } => Fetched::Delta(holdings),
    })
}

/// The name of a document that is named by its address; `None` for an ecosystem.
fn document_name(part: &str) -> Option<&str> {
    part.split_once("://").map(|(_, name)| name)
}

fn kind_of(name: &str) -> Kind {
    let is_archive = [".gz", ".xz", ".zst", ".zip", ".tar"].iter().any(|end| name.ends_with(end));
    if is_archive { Kind::Archive } else { Kind::Json }
}

struct News {
    holdings: Holdings,
    is_new: bool,
    /// Nothing came record by record.
    is_whole: bool,
}

/// Brings one ecosystem up to date; returns the date of its newest change.
fn ecosystem(visit: &mut Visit<'_>, news: &mut News, part: &str, since: &str) -> Result<String, FetchError> {
    let url = visit.below(&format!("{}/modified_id.csv", escaped(part)));
    let listing = visit.small(Request::to(&url), Kind::Lines)?;
    let changed = osv::changed(&listing, &url).map_err(bad_listing(&url))?;
    let newest = changed.iter().map(|changed| changed.date.as_str()).max().unwrap_or(since).to_owned();
    let fresh: Vec<&osv::Changed> = changed.iter().filter(|changed| changed.date.as_str() > since).collect();
    if since.is_empty() || fresh.len() > MOST_SINGLE {
        let got = visit.document(
            &format!("{part}/all.zip"),
            Request::to(&visit.below(&format!("{}/all.zip", escaped(part)))),
            Kind::Archive,
        )?;
        news.is_new |= matches!(got, crate::fetch::Got::New(_));
        let prefix = format!("{part}/");
        news.holdings.documents.retain(|document| !document.name.starts_with(&prefix));
        news.holdings.put(got.document());
        return Ok(newest);
    }
    for changed in fresh {
        let address = visit.below(&format!("{}/{}.json", escaped(part), escaped(&changed.id)));
        let got =
            visit.document(&format!("{part}/{}.json", changed.id), Request::to(&address), Kind::Json)?;
        news.is_new |= matches!(got, crate::fetch::Got::New(_));
        news.is_whole = false;
        news.holdings.put(got.document());
    }
    Ok(newest)
}

/// The cursor of one ecosystem: `Debian=2026-11-22T10:00:00Z Alpine=…`; blanks in names are escaped.
fn cursor<'c>(cursor: &'c str, part: &str) -> Option<&'c str> {
    cursor.split(' ').find_map(|pair| pair.strip_prefix(part)?.strip_prefix('='))
}

/// A name as part of an address.
fn escaped(name: &str) -> String {
    name.replace('%', "%25").replace(' ', "%20").replace('#', "%23").replace('?', "%3F")
}
