//! Ranges of a product's own releases (`>=4.0.0,<6.0.0`): does one hold a release, can two hold the same?

use model::version::Scheme;
use versions::{Order, compare};

/// A bound: the version, and whether it belongs to the range.
type End<'t> = Option<(&'t str, bool)>;

/// A range read; what cannot be read is open, so that nothing is taken to lie outside by mistake.
#[derive(Default)]
struct Range<'t> {
    least: End<'t>,
    most: End<'t>,
    is_read: bool,
}

fn read(text: &str) -> Range<'_> {
    let mut range = Range { is_read: true, ..Range::default() };
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty() && *part != "*") {
        let operator = part.len() - part.trim_start_matches(['<', '>', '=']).len();
        let (operator, version) = part.split_at(operator);
        let version = version.trim();
        // Words and alternatives are forms of a product's own; they are not guessed at.
        if version.is_empty() || version.contains(['|', ' ', '*', '^', '~']) {
            range.is_read = false;
            continue;
        }
        match operator {
            ">=" => range.least = Some((version, true)),
            ">" => range.least = Some((version, false)),
            "<=" => range.most = Some((version, true)),
            "<" => range.most = Some((version, false)),
            "=" | "==" | "" => {
                range.least = Some((version, true));
                range.most = Some((version, true));
            }
            _ => range.is_read = false,
        }
    }
    range
}

/// Whether something may lie between the bounds; `None` where they cannot be compared.
fn is_room(least: End<'_>, most: End<'_>) -> Option<bool> {
    let (Some((least, with_least)), Some((most, with_most))) = (least, most) else { return Some(true) };
    match compare(Scheme::Generic, least, most) {
        Order::Less => Some(true),
        Order::Equal => Some(with_least && with_most),
        Order::Greater => Some(false),
        _ => None,
    }
}

/// Whether a range holds a release; `None` where that cannot be told.
pub fn covers(range: &str, release: &str) -> Option<bool> {
    let range = read(range);
    let point = Some((release, true));
    match (is_room(range.least, point), is_room(point, range.most)) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) if range.is_read => Some(true),
        _ => None,
    }
}

/// Whether two ranges may hold the same release.
pub fn overlap(one: &str, other: &str) -> bool {
    let (one, other) = (read(one), read(other));
    is_room(one.least, other.most) != Some(false) && is_room(other.least, one.most) != Some(false)
}
