//! The page of a folder of knowledge: what is in it, how old it is, and how to follow it. One file, no script.

use askama::Template;
use service::bundle::ManifestFeed;
use service::bundle::mirror::{Listed, Listing};

use crate::{policy, words};

/// The look of every page, and what this one has of its own.
const STYLE: &str = concat!(include_str!("../static/look.css"), include_str!("../static/mirror.css"));

/// Everything the template shows.
#[derive(Template)]
#[template(path = "mirror.html")]
struct Page<'a> {
    policy: String,
    style: &'static str,
    listing: &'a Listing,
    key: &'a str,
    whole: Option<&'a Listed>,
    deltas: Vec<&'a Listed>,
    program: &'a str,
}

/// Writes the page. `key` is the id of the key that has signed the list, `program` stands in the foot.
pub fn write(listing: &Listing, key: &str, program: &str) -> String {
    let page = Page {
        policy: policy::of(&[STYLE], &[]),
        style: STYLE,
        listing,
        key,
        whole: listing.files.iter().find(|file| file.from.is_empty()),
        deltas: listing.files.iter().filter(|file| !file.from.is_empty()).collect(),
        program,
    };
    // Writing into a text cannot fail.
    page.render().unwrap_or_default()
}

impl Page<'_> {
    fn size(&self, bytes: &u64) -> String {
        words::size(*bytes)
    }

    fn records(&self, feed: &ManifestFeed) -> String {
        words::count(usize::try_from(feed.records).unwrap_or(usize::MAX))
    }

    fn day(&self, text: &str) -> String {
        text.get(..10).filter(|day| !day.is_empty()).unwrap_or("no date").to_owned()
    }

    fn short<'t>(&self, sum: &'t str) -> &'t str {
        sum.get(..12).unwrap_or(sum)
    }
}
