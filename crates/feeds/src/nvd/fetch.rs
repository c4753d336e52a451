//! NVD: whole as yearly feeds with their `.meta`, then what changed by windows of the API 2.0.

use formats::limits::Limits;
use formats::listings::nvd;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use crate::fetch::{Document, Fetched, Holdings, Kind, Remote, Visit, bad_listing};
use crate::transport::{FetchCode, FetchError, Pace, Request};

/// NVD 2.0: the address of the service; the API and the feeds lie below different paths of it.
pub const REMOTE: Remote = Remote {
    id: "nvd2",
    address: "https://nvd.nist.gov/feeds/json/cve/2.0",
    parts_are: "the address of the API, and the first year",
    parts: &["https://services.nvd.nist.gov/rest/json/cves/2.0", "2002"],
    fetch,
};

/// Overrides of NVD configurations, as the forge packs the repository.
pub const OVERRIDES_REMOTE: Remote = Remote {
    id: "nvd-overrides",
    address: "https://github.com/anchore/nvd-data-overrides/archive/refs/heads/main.tar.gz",
    parts_are: "",
    parts: &[],
    fetch: |visit| visit.single("nvd-data-overrides.tar.gz", Kind::Archive),
};

/// The API refuses longer windows.
const WINDOW: SignedDuration = SignedDuration::from_hours(120 * 24);
/// The largest page that the API gives.
const PAGE: u64 = 2000;
/// A window whose count changes while it is read is begun again, so many times.
const MOST_RESTARTS: u32 = 3;
/// More changed records than this are dearer than the yearly feeds.
const MOST_PAGES: u64 = 100;
/// A change may become visible a little after its date.
const OVERLAP: SignedDuration = SignedDuration::from_mins(10);

fn fetch(visit: &mut Visit<'_>) -> Result<Fetched, FetchError> {
    let (api, first_year) = parts(visit)?;
    if visit.is_full_due() {
        return whole(visit, first_year);
    }
    let Ok(from) = visit.since.cursor.parse::<Timestamp>() else { return whole(visit, first_year) };
    let mut from = from - OVERLAP;
    let mut holdings = visit.since.clone();
    let mut changed = 0;
    while from < visit.now {
        let to = visit.now.min(from.checked_add(WINDOW).unwrap_or(visit.now));
        changed += match window(visit, &mut holdings, &api, from, to) {
            // So much has changed that the yearly feeds are cheaper.
            Err(error) if error.code == FetchCode::TooLarge => return whole(visit, first_year),
            records => records?,
        };
        from = to;
    }
    holdings.cursor = visit.now.to_string();
    Ok(if changed == 0 { Fetched::Unchanged(holdings) } else { Fetched::Delta(holdings) })
}

/// The address of the API and the first year.
fn parts(visit: &Visit<'_>) -> Result<(String, i16), FetchError> {
    match visit.settings.parts.as_slice() {
        [api, year] if year.parse::<i16>().is_ok_and(|year| (1999..=2999).contains(&year)) => {
            Ok((api.clone(), year.parse().unwrap_or(2002)))
        }
        _ => Err(FetchError::new(
            FetchCode::BadSetting,
            &visit.settings.address,
            "parts of nvd2 are the address of the API and the first year",
        )),
    }
}

/// All yearly feeds; those whose checksum is known are not sent again.
fn whole(visit: &mut Visit<'_>, first_year: i16) -> Result<Fetched, FetchError> {
    let this_year = visit.now.to_zoned(jiff::tz::TimeZone::UTC).year();
    let mut holdings = Holdings { full_at: visit.now.to_string(), ..Holdings::default() };
    let (mut is_new, mut newest) = (false, None);
    for year in first_year..=this_year {
        let name = format!("nvdcve-2.0-{year}.json.gz");
        let url = visit.below(&format!("nvdcve-2.0-{year}.meta"));
        let meta = match visit.small(Request::to(&url), Kind::Lines) {
            Ok(meta) => nvd::meta(&meta, &url).map_err(bad_listing(&url))?,
            // In the first days of a year its feed is not there yet.
            Err(error) if year == this_year && error.code == FetchCode::Refused && year > first_year => break,
            Err(error) => return Err(error),
        };
        newest = newest.max(meta.modified.parse::<Timestamp>().ok());
        // The checksum is that of the content, so it is kept as the tag of the compressed file.
        let known = visit.since.document(&name).filter(|held| held.etag == meta.sha256);
        let document = match known {
            Some(held) => held.clone(),
            None => {
                is_new = true;
                year_feed(visit, &name, &meta.sha256)?
            }
        };
        holdings.documents.push(document);
    }
    // Each feed is made anew within a day when a record of it has changed; what is younger comes by the API.
    holdings.cursor = (newest.unwrap_or(visit.now) - SignedDuration::from_hours(48)).to_string();
    is_new |= holdings.documents.len() != visit.since.documents.len();
    Ok(if is_new { Fetched::Snapshot(holdings) } else { Fetched::Unchanged(holdings) })
}

fn year_feed(visit: &mut Visit<'_>, name: &str, sha256: &str) -> Result<Document, FetchError> {
    let url = visit.below(name);
    let got = visit.document(name, Request { is_unconditional: true, ..Request::to(&url) }, Kind::Archive)?;
    let mut document = got.document();
    let bytes = visit.read(&document)?;
    let mut sum = None;
    let walked = formats::archives::members(&bytes, name, &Limits::FEED, &mut |_, content| {
        sum = Some(hex(&Sha256::digest(content)));
        Ok(std::ops::ControlFlow::Continue(()))
    });
    walked.map_err(|error| FetchError::new(FetchCode::Truncated, &url, error.to_string()))?;
    if sum.as_deref() != Some(sha256) {
        return Err(FetchError::new(FetchCode::Checksum, &url, "its .meta names another SHA-256"));
    }
    document.etag = sha256.to_owned();
    Ok(document)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// All pages of one window; returns how many records they hold.
fn window(
    visit: &mut Visit<'_>,
    holdings: &mut Holdings,
    api: &str,
    from: Timestamp,
    to: Timestamp,
) -> Result<u64, FetchError> {
    let mut restarts = 0;
    loop {
        match pages(visit, api, from, to)? {
            Pages::All(documents, records) => {
                // A window without a record is no news.
                if records > 0 {
                    documents.into_iter().for_each(|document| holdings.put(document));
                }
                return Ok(records);
            }
            Pages::Moved if restarts < MOST_RESTARTS => restarts += 1,
            Pages::Moved => {
                let detail =
                    format!("the number of results changed {} times while they were read", restarts + 1);
                return Err(FetchError::new(FetchCode::Moving, api, detail));
            }
        }
    }
}

enum Pages {
    All(Vec<Document>, u64),
    /// The count changed: records may have moved from one page to another that was read already.
    Moved,
}

fn pages(visit: &mut Visit<'_>, api: &str, from: Timestamp, to: Timestamp) -> Result<Pages, FetchError> {
    let (mut documents, mut start, mut total) = (Vec::new(), 0, None);
    loop {
        let url = format!(
            "{api}?lastModStartDate={}&lastModEndDate={}&startIndex={start}&resultsPerPage={PAGE}",
            date(from),
            date(to)
        );
        let name = format!("changed-{}-{start}.json", date(from).replace(':', ""));
        let document = visit.document(&name, request(visit, &url), Kind::Json)?.document();
        let page = nvd::page(&visit.read(&document)?, &url).map_err(bad_listing(&url))?;
        if *total.get_or_insert(page.total_results) != page.total_results || page.start_index != start {
            return Ok(Pages::Moved);
        }
        if page.records == 0 && start < page.total_results {
            return Err(FetchError::new(FetchCode::BadListing, &url, "a page in the middle is empty"));
        }
        start += page.records;
        documents.push(document);
        if start >= page.total_results {
            return Ok(Pages::All(documents, start));
        }
        if documents.len() as u64 >= MOST_PAGES {
            return Err(FetchError::new(FetchCode::TooLarge, &url, "more than 100 pages of changes"));
        }
    }
}

/// With a key the API allows fifty requests in thirty seconds, without one five.
fn request(visit: &Visit<'_>, url: &str) -> Request {
    let key = visit.settings.key.clone().map(|key| ("apiKey", key));
    let requests = if key.is_some() { 50 } else { 5 };
    Request { key, pace: Some(Pace { requests, seconds: 30 }), ..Request::to(url) }
}

/// The API wants milliseconds, and a time zone that survives an address.
fn date(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}
