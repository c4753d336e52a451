//! Perl core: dotted, or the numeric form in which every three digits behind the point are one part
//! (`5.038002` is 5.38.2, `5.005_03` is 5.5.30).

use std::cmp::Ordering;

use crate::digits;
use crate::segments;

/// Compares two cleaned texts.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    match (Numeric::read(a), Numeric::read(b)) {
        (None, None) => segments::compare(a, b, crate::generic::read),
        (a_numeric, b_numeric) => {
            let dotted =
                |numeric: Option<Numeric<'_>>, text: &str| numeric.map_or(text.to_owned(), |n| n.dotted());
            segments::compare(&dotted(a_numeric, a), &dotted(b_numeric, b), crate::generic::read)
        }
    }
}

/// `5.038002` taken apart.
struct Numeric<'a> {
    revision: &'a str,
    version: &'a str,
    subversion: &'a str,
    rest: &'a str,
}

impl<'a> Numeric<'a> {
    /// Three or six digits behind a single point, or three and `_03`.
    fn read(text: &'a str) -> Option<Numeric<'a>> {
        let (revision, fraction) = text.split_once('.')?;
        let length = digits::split(fraction.as_bytes()).0.len();
        if !digits::all(revision) || !matches!(length, 3 | 6) {
            return None;
        }
        let (version, rest) = fraction.split_at_checked(3)?;
        let after = if length == 6 { rest } else { rest.strip_prefix('_').unwrap_or_default() };
        let subversion_length = digits::split(after.as_bytes()).0.len().min(3);
        let (subversion, after) = after.split_at_checked(subversion_length)?;
        let rest = if subversion.is_empty() { rest } else { after };
        (!rest.starts_with('.')).then_some(Numeric { revision, version, subversion, rest })
    }

    fn dotted(&self) -> String {
        format!("{}.{}.{:0<3}{}", self.revision, self.version, self.subversion, self.rest)
    }
}
