//! EPSS scores.

use formats::epss;

use crate::feed::{Feed, FileUnder};
use crate::fetch::{Kind, Remote};

/// FIRST's daily file, or sets split by year.
pub const FEED: Feed = Feed {
    id: "epss",
    max_age_days: 3,
    covers: &["probability of exploitation"],
    detect: |head| !head.peek.is_json && epss::is_epss(head.text),
    read: |text, _, sink| epss::read(text, sink),
    parse: epss::parse,
    file_under: FileUnder::Own,
};

/// FIRST's file of the day.
pub const REMOTE: Remote = Remote {
    id: "epss",
    address: "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz",
    parts_are: "",
    parts: &[],
    fetch: |visit| visit.single("epss_scores-current.csv.gz", Kind::Lines),
};
