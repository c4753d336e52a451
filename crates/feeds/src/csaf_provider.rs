//! CSAF providers: from `provider-metadata.json` to the documents, by ROLIE feeds or by directories. Their documents are
//! records about the suppliers' products; about a release of one's own they are statements, given with `--vex`.

use formats::csaf;
use formats::listings::provider::{self, Listed};
use sha2::{Digest, Sha256, Sha512};

use crate::feed::{Feed, FileUnder};
use crate::fetch::{Document, Fetched, Got, Holdings, Kind, Remote, Visit, bad_listing};
use crate::transport::{FetchCode, FetchError, Request};

/// Advisories and VEX documents of any provider.
pub const FEED: Feed = Feed {
    id: "csaf",
    max_age_days: 0,
    covers: &["products of suppliers"],
    detect: |head| csaf::is_csaf(&head.peek),
    read: csaf::read,
    parse: csaf::parse,
    file_under: FileUnder::Own,
};

/// Providers that the installation names: there is no provider for everyone.
pub const REMOTE: Remote = Remote {
    id: "csaf",
    address: "",
    parts_are: "addresses of provider-metadata.json, one for each provider",
    parts: &[],
    fetch,
};

fn fetch(visit: &mut Visit<'_>) -> Result<Fetched, FetchError> {
    if visit.settings.parts.is_empty() {
        return Err(FetchError::new(
            FetchCode::BadSetting,
            "csaf",
            "no provider is named; add one with --part https://…/provider-metadata.json",
        ));
    }
    let mut holdings = Holdings { full_at: visit.now.to_string(), ..Holdings::default() };
    let mut is_new = false;
    for metadata in &visit.settings.parts {
        for listed in documents(visit, metadata)? {
            let document = one(visit, &listed, &mut is_new)?;
            holdings.put(document);
        }
    }
    is_new |= holdings.documents.len() != visit.since.documents.len();
    Ok(if is_new { Fetched::Snapshot(holdings) } else { Fetched::Unchanged(holdings) })
}

/// What a provider lists, each address once.
fn documents(visit: &Visit<'_>, metadata: &str) -> Result<Vec<Listed>, FetchError> {
    let bytes = visit.small(Request::to(metadata), Kind::Json)?;
    let provider = provider::metadata(&bytes, metadata).map_err(bad_listing(metadata))?;
    let mut all = Vec::new();
    for url in &provider.rolie {
        let bytes = visit.small(Request::to(url), Kind::Json)?;
        all.extend(provider::rolie(&bytes, url).map_err(bad_listing(url))?);
    }
    // Directories say the same; they are asked where there is no feed.
    let directories: &[String] = if provider.rolie.is_empty() { &provider.directories } else { &[] };
    for directory in directories {
        let directory = directory.trim_end_matches('/');
        let url = format!("{directory}/changes.csv");
        let bytes = visit.small(Request::to(&url), Kind::Lines)?;
        let listed = provider::changes(&bytes, &url).map_err(bad_listing(&url))?;
        all.extend(listed.into_iter().map(|listed| {
            let url = format!("{directory}/{}", listed.url.trim_start_matches('/'));
            let hash = format!("{url}.sha512");
            Listed { url, hash, ..listed }
        }));
    }
    if all.is_empty() {
        return Err(FetchError::new(FetchCode::BadListing, metadata, "the provider lists no document"));
    }
    all.sort_by(|one, other| one.url.cmp(&other.url).then_with(|| other.updated.cmp(&one.updated)));
    all.dedup_by(|one, other| one.url == other.url);
    Ok(all)
}

/// One document; what is held and not listed as changed is not asked for. The date of the listing is its tag.
fn one(visit: &mut Visit<'_>, listed: &Listed, is_new: &mut bool) -> Result<Document, FetchError> {
    let name = listed.url.split_once("://").map_or(listed.url.as_str(), |(_, rest)| rest).to_owned();
    if let Some(held) = visit.since.document(&name)
        && !listed.updated.is_empty()
        && held.last_modified == listed.updated
    {
        return Ok(held.clone());
    }
    let got = visit.document(&name, unconditional(&listed.url), Kind::Json)?;
    *is_new |= matches!(got, Got::New(_));
    let mut document = got.document();
    check_sum(visit, listed, &document)?;
    document.last_modified.clone_from(&listed.updated);
    Ok(document)
}

fn unconditional(url: &str) -> Request {
    Request { most_bytes: 256 << 20, is_unconditional: true, ..Request::to(url) }
}

/// A provider must offer SHA-256 or SHA-512 files; one that is there must match, one that is missing is an error of the
/// provider and not ours.
fn check_sum(visit: &Visit<'_>, listed: &Listed, document: &Document) -> Result<(), FetchError> {
    if listed.hash.is_empty() {
        return Ok(());
    }
    let bytes = match visit.small(Request::to(&listed.hash), Kind::Lines) {
        Ok(bytes) => bytes,
        Err(error) if error.code == FetchCode::Refused => return Ok(()),
        Err(error) => return Err(error),
    };
    let Some(sum) = provider::checksum(&bytes) else {
        return Err(FetchError::new(FetchCode::BadListing, &listed.hash, "the file bears no checksum"));
    };
    let content = visit.read(document)?;
    let own = if sum.len() == 64 { hex(&Sha256::digest(&content)) } else { hex(&Sha512::digest(&content)) };
    if own == sum {
        return Ok(());
    }
    Err(FetchError::new(FetchCode::Checksum, &listed.url, "its hash file names another sum"))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
