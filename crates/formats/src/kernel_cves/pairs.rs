//! Pairs of an introduction and a fix, as the kernel's dyads have them.

use model::record::{Claim, ClaimForm, End, Entry, RangeKind, Status, Text};

use crate::cve::linux;
use crate::records::commits::is_commit;

/// The commit with which the history in git begins: what it "brought" is older.
const FIRST_COMMIT: &str = "1da177e4c3f41524e886b7f1b8a0c1fc7321cac2";
const FIRST_RELEASE: &str = "2.6.12-rc2";

/// The stream of a release: `5.10` of `5.10.102`, `2.6.32` of `2.6.32.5`; `None` for what is no release.
pub fn stream_of(release: &str) -> Option<&str> {
    let release = release.split('-').next().unwrap_or(release);
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts = release.split('.').count();
    if !release.split('.').all(is_number) || parts < 2 {
        return None;
    }
    let kept = if release.starts_with("2.6.") { 3 } else { 2 };
    let end = release.match_indices('.').nth(kept - 1).map_or(release.len(), |(at, _)| at);
    release.get(..end)
}

/// True for a release of a stable stream, not of the mainline.
pub fn is_stable(release: &str) -> bool {
    stream_of(release).is_some_and(|stream| stream.len() < release.len()) && !release.contains('-')
}

/// `v5.8-rc1` as `5.8-rc1`, `v5.12-rc1-dontuse` as `5.12-rc1`; `None` for `unk`.
pub fn release(text: &str) -> Option<&str> {
    let text = text.trim();
    let text = text.strip_prefix('v').unwrap_or(text);
    let text = text.strip_suffix("-dontuse").unwrap_or(text);
    stream_of(text).map(|_| text)
}

/// A claim about Linux with pairs.
pub fn claim<'a>(entries: Vec<Entry<'a>>) -> Claim<'a> {
    Claim {
        subject: linux(),
        entries,
        default_status: Some(Status::Unaffected),
        form: ClaimForm::KernelPairs,
    }
}

/// The pair of the mainline's releases, `v5.8-rc1 to v5.17-rc6`. Where the fix is not known nothing is claimed: not known to a
/// list is not the same as not mended.
pub fn of_releases<'a>(text: &'a str) -> Option<Entry<'a>> {
    let (from, to) = text.split_once(" to ")?;
    let fixed = release(to)?;
    let introduced = release(from).filter(|from| *from != FIRST_RELEASE);
    Some(pair(RangeKind::Version, introduced.unwrap_or("0"), fixed))
}

/// The pair of commits. `local`, `(n/a)` and the like are none.
pub fn of_commits<'a>(breaks: &'a str, fixes: &'a str) -> Option<Entry<'a>> {
    let introduced = if is_commit(breaks) && breaks != FIRST_COMMIT { breaks } else { "0" };
    (is_commit(fixes) && breaks != fixes).then(|| pair(RangeKind::Git, introduced, fixes))
}

/// The pair of a stream, standing alone: since when the stream has the flaw is not told, so since its first release.
pub fn of_stream(stream: &str, fixed: &str) -> Entry<'static> {
    Entry {
        start: Text::Owned(format!("{stream}.1")),
        end: End::Before(Text::Owned(fixed.to_owned())),
        version_type: Text::Borrowed("dyad"),
        ..Entry::default()
    }
}

fn pair<'a>(kind: RangeKind, start: &'a str, fixed: &'a str) -> Entry<'a> {
    Entry {
        kind,
        start: Text::Borrowed(start),
        end: End::Before(Text::Borrowed(fixed)),
        version_type: Text::Borrowed("dyad"),
        ..Entry::default()
    }
}
