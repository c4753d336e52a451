//! The vulnerability database of the European Union.

use formats::euvd;

use crate::feed::{Feed, FileUnder};
use crate::fetch::{Fetched, Got, Holdings, Kind, Remote, Visit, bad_listing};
use crate::transport::{FetchCode, FetchError, Pace, Request};

/// Answers of its API.
pub const FEED: Feed = Feed {
    id: euvd::FEED,
    max_age_days: 2,
    covers: &["aliases", "known exploited"],
    detect: |head| euvd::is_euvd(&head.peek),
    read: |text, _, sink| euvd::read(text, sink),
    parse: euvd::parse,
    file_under: FileUnder::Own,
};

/// The search of its API. What is known to be exploited is asked for; all entries would be thousands of pages, and
/// repeat what the CVE List says.
pub const REMOTE: Remote = Remote {
    id: "euvd",
    address: "https://euvdservices.enisa.europa.eu/api/search",
    parts_are: "queries, each fetched whole",
    parts: &["exploited=true"],
    fetch,
};

/// Entries of a page, the most that the API gives.
const PAGE: u64 = 100;
/// Most pages of one query.
const MOST_PAGES: u64 = 10_000;

fn fetch(visit: &mut Visit<'_>) -> Result<Fetched, FetchError> {
    let mut holdings = Holdings { full_at: visit.now.to_string(), ..Holdings::default() };
    let mut is_new = false;
    for query in &visit.settings.parts {
        let mut read = 0;
        for page in 0..MOST_PAGES {
            let url = format!("{}?{query}&size={PAGE}&page={page}", visit.settings.address);
            let request = Request { pace: Some(Pace { requests: 10, seconds: 10 }), ..Request::to(&url) };
            let got = visit.document(&format!("{query}/{page}.json"), request, Kind::Json)?;
            is_new |= matches!(got, Got::New(_));
            let document = got.document();
            let counts = euvd::page(&visit.read(&document)?, &url).map_err(bad_listing(&url))?;
            read += counts.entries;
            holdings.put(document);
            if read >= counts.total {
                break;
            }
            if counts.entries == 0 {
                let why = format!("page {page} is empty, {read} of {} entries have come", counts.total);
                return Err(FetchError::new(FetchCode::BadListing, &url, why));
            }
        }
    }
    is_new |= holdings.documents.len() != visit.since.documents.len();
    Ok(if is_new { Fetched::Snapshot(holdings) } else { Fetched::Unchanged(holdings) })
}
