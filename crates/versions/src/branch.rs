//! Branches: the line of releases a version belongs to, and texts that name a line instead of a version.

use model::version::Scheme;

/// Returns the branch prefix of a branch wildcard: `5.10` of `5.10.*`, `5.10.x`, `5.10.y`; `6` of `6.*`.
pub fn branch_wildcard(_text: &str) -> Option<&str> {
    None
}

/// Tells whether `version` belongs to the branch; `None` when it cannot be told.
pub fn in_branch(_scheme: Scheme, _branch_prefix: &str, _version: &str) -> Option<bool> {
    None
}

/// Returns the line a version belongs to: Linux `X.Y` (`2.6.Z`), OpenSSL `1.1.1` and `3.0`, otherwise `X.Y`.
pub fn branch_of(_scheme: Scheme, _version: &str) -> Option<String> {
    None
}
