//! The releases of the CVE list: each day an archive of everything as of midnight, each hour one of everything that
//! changed since, and at the end of the day one of the whole day.

use formats::listings::github::{self, Asset};
use jiff::civil::Date;

use crate::fetch::{Fetched, Holdings, Kind, Remote, Visit, bad_listing};
use crate::transport::{FetchCode, FetchError, Request};

/// Releases on GitHub.
pub const REMOTE: Remote = Remote {
    id: "cve-list",
    address: "https://api.github.com/repos/CVEProject/cvelistV5/releases",
    parts_are: "",
    parts: &[],
    fetch,
};

/// The name under which the archive of everything is held.
const ALL: &str = "all.zip";
/// More days of deltas than this are dearer than the whole.
const MOST_DAYS: i32 = 7;

/// What a file of a release holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Named {
    day: Date,
    /// Hour and minute (`1500`); 0 = everything as of midnight, 2400 = the whole day.
    until: u32,
}

const MIDNIGHT: u32 = 0;
const END_OF_DAY: u32 = 2400;

/// Reads `2026-11-22_all_CVEs_at_midnight.zip.zip`, `2026-11-22_delta_CVEs_at_1500Z.zip`,
/// `2026-11-22_delta_CVEs_at_end_of_day.zip`.
fn named(file: &str) -> Option<Named> {
    let (day, rest) = file.split_once('_')?;
    let stem = rest.split('.').next()?;
    let until = match stem {
        "all_CVEs_at_midnight" => MIDNIGHT,
        "delta_CVEs_at_end_of_day" => END_OF_DAY,
        _ => stem
            .strip_prefix("delta_CVEs_at_")?
            .strip_suffix('Z')?
            .parse()
            .ok()
            .filter(|until| (1..2400).contains(until))?,
    };
    Some(Named { day: day.parse().ok()?, until })
}

fn fetch(visit: &mut Visit<'_>) -> Result<Fetched, FetchError> {
    let url = format!("{}?per_page=100", visit.settings.address);
    let listing = visit.small(Request::to(&url), Kind::Json)?;
    let assets = github::assets(&listing, &url).map_err(bad_listing(&url))?;
    let mut files: Vec<(Named, Asset)> =
        assets.into_iter().filter_map(|asset| Some((named(&asset.name)?, asset))).collect();
    // The same file hangs on several releases: the newest release stands first.
    files.sort_by_key(|(named, _)| *named);
    files.dedup_by_key(|(named, _)| *named);
    let held = visit
        .since
        .cursor
        .split_once('/')
        .and_then(|(day, until)| Some(Named { day: day.parse().ok()?, until: until.parse().ok()? }));
    let chain = held.filter(|_| !visit.is_full_due()).and_then(|held| deltas(&files, held));
    match chain {
        Some(chain) if chain.is_empty() => Ok(Fetched::Unchanged(visit.since.clone())),
        Some(chain) => {
            let mut holdings = visit.since.clone();
            for (named, asset) in chain {
                take(visit, &mut holdings, &format!("delta-{}.zip", named.day), named, asset)?;
            }
            Ok(Fetched::Delta(holdings))
        }
        None => whole(visit, &files, &url),
    }
}

/// The files that lead from what is held to the newest; `None` when a day is missing or there are too many.
fn deltas(files: &[(Named, Asset)], held: Named) -> Option<Vec<(Named, &Asset)>> {
    let newest = files.iter().map(|(named, _)| *named).max()?;
    if newest <= held {
        return Some(Vec::new());
    }
    let days = newest.day.since(held.day).ok()?.get_days();
    if days > MOST_DAYS {
        return None;
    }
    let mut chain = Vec::new();
    let mut day = held.day;
    while day <= newest.day {
        let of_day = files.iter().filter(|(named, _)| named.day == day && named.until != MIDNIGHT);
        let last = of_day.max_by_key(|(named, _)| named.until);
        match last {
            // A day that is over counts by its last archive only.
            Some((named, _)) if day < newest.day && named.until != END_OF_DAY => return None,
            Some((named, asset)) if *named > held => chain.push((*named, asset)),
            Some(_) => {}
            None if day < newest.day => return None,
            // Midnight has passed, nothing has changed yet.
            None => {}
        }
        day = day.tomorrow().ok()?;
    }
    Some(chain)
}

/// Everything as of the newest midnight, and what changed since.
fn whole(visit: &mut Visit<'_>, files: &[(Named, Asset)], url: &str) -> Result<Fetched, FetchError> {
    let midnight = files.iter().rev().find(|(named, _)| named.until == MIDNIGHT);
    let Some((named, asset)) = midnight else {
        return Err(FetchError::new(
            FetchCode::BadListing,
            url,
            "no release has an archive of all CVE records",
        ));
    };
    let mut holdings = Holdings { full_at: visit.now.to_string(), ..Holdings::default() };
    take(visit, &mut holdings, ALL, *named, asset)?;
    let since = files.iter().filter(|(other, _)| other > named && other.day == named.day);
    if let Some((named, asset)) = since.max_by_key(|(named, _)| named.until) {
        take(visit, &mut holdings, &format!("delta-{}.zip", named.day), *named, asset)?;
    }
    Ok(Fetched::Snapshot(holdings))
}

fn take(
    visit: &mut Visit<'_>,
    holdings: &mut Holdings,
    name: &str,
    named: Named,
    asset: &Asset,
) -> Result<(), FetchError> {
    let document = visit.document(name, Request::to(&asset.url), Kind::Archive)?.document();
    if let Some(sum) = asset.digest.strip_prefix("sha256:")
        && !sum.eq_ignore_ascii_case(&document.sha256)
    {
        return Err(FetchError::new(FetchCode::Checksum, &asset.url, "the release names another SHA-256"));
    }
    holdings.put(document);
    holdings.cursor = format!("{}/{}", named.day, named.until);
    Ok(())
}
