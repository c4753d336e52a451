//! Comparing versions, in the words of the case tables.

use model::version::Scheme;

/// Returns how `a` stands to `b`: `<`, `=`, `>`, `edition`, `branch` or `incomparable`.
///
/// # Errors
/// A sentence when the scheme is unknown.
pub fn relation(scheme: &str, a: &str, b: &str) -> Result<&'static str, String> {
    let known = Scheme::from_name(scheme).ok_or_else(|| format!("unknown scheme {scheme}"))?;
    Ok(match versions::compare(known, a, b) {
        versions::Order::Less => "<",
        versions::Order::Equal => "=",
        versions::Order::Greater => ">",
        versions::Order::Incomparable(versions::Why::Edition) => "edition",
        versions::Order::Incomparable(versions::Why::Branch) => "branch",
        versions::Order::Incomparable(_) => "incomparable",
    })
}
