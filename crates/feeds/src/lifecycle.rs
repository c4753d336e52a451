//! How long branches of products are maintained.

use formats::lifecycle;

use crate::feed::{Feed, FileUnder};
use crate::fetch::{Kind, Remote};

/// Our own table, OpenEoX, and the forms of endoflife.date.
pub const FEED: Feed = Feed {
    id: "lifecycle",
    max_age_days: 30,
    covers: &["end of life"],
    detect: |head| lifecycle::is_lifecycle(&head.peek, head.text),
    read: lifecycle::read,
    parse: lifecycle::parse,
    file_under: FileUnder::Own,
};

/// All products of endoflife.date in one document.
pub const REMOTE: Remote = Remote {
    id: "lifecycle",
    address: "https://endoflife.date/api/v1/products/full",
    parts_are: "",
    parts: &[],
    fetch: |visit| visit.single("products-full.json", Kind::Json),
};
