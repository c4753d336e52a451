//! The functions that the interpreter calls: those of the standard, and ours on versions, packages and time.

use std::sync::{Arc, LazyLock};

use cel::common::types::{CelBool, CelInt, CelString, INT_TYPE, STRING_TYPE};
use cel::common::value::CowVal;
use cel::{DeclarationError, Env, ExecutionError};
use model::identity::Purl;

use super::values::{PREPARED, Period, Prepared};

/// Ours are called by these names inside of a tree: a name that nobody can write.
pub(super) const MATCHES: &str = "matches:";
/// `version_in(v, vers)`.
pub(super) const VERSION_IN: &str = "version_in:";
/// `matches_purl(p, pattern)`.
pub(super) const MATCHES_PURL: &str = "matches_purl:";
/// `days(n)` of a computed number.
pub(super) const DAYS: &str = "days:";

type Called<'b, 'v> = Result<CowVal<'b, 'v>, ExecutionError>;

/// The standard environment with our functions; made once.
pub(super) fn environment() -> Arc<Env> {
    static ENVIRONMENT: LazyLock<Arc<Env>> = LazyLock::new(|| {
        // Optional values would be a second kind of "missing".
        let mut env = Env::stdlib().with_optional_support(false);
        // The names are ours alone, so no declaration can be refused; a test calls each of them.
        let _ = declare(&mut env);
        Arc::new(env)
    });
    Arc::clone(&ENVIRONMENT)
}

fn declare(env: &mut Env) -> Result<(), DeclarationError> {
    let on_text = || vec![STRING_TYPE, PREPARED.to_owned()];
    env.add_overload(MATCHES, "matches_prepared", on_text(), matches)?;
    env.add_overload(VERSION_IN, "version_in_prepared", on_text(), version_in)?;
    env.add_overload(MATCHES_PURL, "matches_purl_prepared", on_text(), matches_purl)?;
    env.add_overload(DAYS, "days_int", vec![INT_TYPE], days)
}

fn text_and_prepared<'a>(args: &'a [CowVal<'_, '_>]) -> Option<(&'a str, &'a Prepared)> {
    let [text, prepared] = args else { return None };
    Some((text.downcast_ref::<CelString>()?.inner(), prepared.downcast_ref::<Prepared>()?))
}

fn wrong(function: &str) -> ExecutionError {
    ExecutionError::function_error(function, "arguments of another kind")
}

fn matches<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Called<'b, 'v> {
    match text_and_prepared(&args) {
        Some((text, Prepared::Pattern(pattern))) => Ok(CowVal::owned(CelBool::from(pattern.is_match(text)))),
        _ => Err(wrong("matches")),
    }
}

fn version_in<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Called<'b, 'v> {
    let Some((version, Prepared::Range(range))) = text_and_prepared(&args) else {
        return Err(wrong("version_in"));
    };
    let cannot = |why: String| {
        let message = format!("cannot tell whether version `{version}` is in {range}: {why}");
        ExecutionError::function_error("version_in", message)
    };
    if version.is_empty() {
        return Err(cannot("the version is not known".to_owned()));
    }
    let is_inside = range.contains(version).map_err(|why| cannot(why.word().to_owned()))?;
    Ok(CowVal::owned(CelBool::from(is_inside)))
}

fn matches_purl<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Called<'b, 'v> {
    let Some((text, Prepared::Package(pattern))) = text_and_prepared(&args) else {
        return Err(wrong("matches_purl"));
    };
    let purl = Purl::parse_tolerant(text).map_err(|error| {
        ExecutionError::function_error("matches_purl", format!("`{text}` is no package URL: {error}"))
    })?;
    Ok(CowVal::owned(CelBool::from(fits(&purl.0, pattern))))
}

/// Type, namespace and name with `*` for any text; the version only where the pattern gives one.
fn fits(purl: &Purl, pattern: &Purl) -> bool {
    let like = crate::policy::pattern::like;
    like(&pattern.kind, &purl.kind)
        && like(&pattern.namespace, &purl.namespace)
        && like(&pattern.name, &purl.name)
        && (pattern.version.is_empty() || like(&pattern.version, &purl.version))
        && pattern
            .qualifiers
            .iter()
            .all(|(key, value)| purl.qualifier(key).is_some_and(|known| like(value, known)))
}

fn days<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Called<'b, 'v> {
    let number =
        args.first().and_then(|number| number.downcast_ref::<CelInt>()).ok_or_else(|| wrong("days"))?;
    let seconds = number.inner().checked_mul(86_400);
    let seconds = seconds.ok_or_else(|| ExecutionError::function_error("days", "too many days"))?;
    Ok(CowVal::owned(Period(seconds)))
}
