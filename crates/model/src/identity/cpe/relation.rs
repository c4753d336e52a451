//! Relations of attributes and names (NISTIR 7696, section 6).

use super::wfn::{Value, Wfn};

/// How a source relates to a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// The same set.
    Equal,
    /// The source lies inside the target.
    Subset,
    /// The source holds the target.
    Superset,
    /// Nothing in common.
    Disjoint,
    /// The standard gives no answer; of names: no relation.
    Undefined,
}

/// The relation of two values of one attribute. Letter case does not matter.
pub fn relate_attribute(source: &Value, target: &Value) -> Relation {
    let wild = source.has_wildcard();
    if target.has_wildcard() {
        // Two equal patterns are not compared either: the standard leaves a target with wildcards open.
        return Relation::Undefined;
    }
    match (source, target) {
        (Value::Any, Value::Any) | (Value::Na, Value::Na) => Relation::Equal,
        (Value::Any, _) => Relation::Superset,
        (_, Value::Any) => Relation::Subset,
        (Value::Na, _) | (_, Value::Na) => Relation::Disjoint,
        (Value::Text(source), Value::Text(target)) if wild => {
            if covers(&source.to_ascii_lowercase(), &target.to_ascii_lowercase()) {
                Relation::Superset
            } else {
                Relation::Disjoint
            }
        }
        (Value::Text(source), Value::Text(target)) => {
            if source.eq_ignore_ascii_case(target) {
                Relation::Equal
            } else {
                Relation::Disjoint
            }
        }
    }
}

/// The relation of two names: disjoint in one attribute is disjoint; else all must lean the same way.
pub fn relate_name(source: &Wfn, target: &Wfn) -> Relation {
    source
        .values
        .iter()
        .zip(&target.values)
        .map(|(source, target)| relate_attribute(source, target))
        .fold(Relation::Equal, combine)
}

/// Joins the relations seen so far with the next attribute's. Undefined stays, but disjoint overrides it.
pub fn combine(so_far: Relation, next: Relation) -> Relation {
    use Relation::{Disjoint, Equal, Undefined};
    match (so_far, next) {
        (Disjoint, _) | (_, Disjoint) => Disjoint,
        (Undefined, _) | (_, Undefined) => Undefined,
        (Equal, other) | (other, Equal) => other,
        (one, other) if one == other => one,
        _ => Undefined,
    }
}

/// True when a quoted pattern covers a quoted text: a `*` at an end stands for anything, each `?` at an end
/// for one character or none.
fn covers(pattern: &str, text: &str) -> bool {
    let (front, body) = match pattern.strip_prefix('*') {
        Some(rest) => (None, rest),
        None => {
            let rest = pattern.trim_start_matches('?');
            (Some(pattern.len() - rest.len()), rest)
        }
    };
    let (body, back) = split_tail(body);
    let text = units(text);
    let body = units(body);
    let Some(spare) = text.len().checked_sub(body.len()) else { return false };
    (0..=front.map_or(spare, |front| front.min(spare)))
        .filter(|skip| back.is_none_or(|back| spare - skip <= back))
        .any(|skip| text.iter().skip(skip).take(body.len()).eq(body.iter()))
}

/// The pattern's body and what its end stands for: `None` = anything, else up to so many characters.
fn split_tail(body: &str) -> (&str, Option<usize>) {
    let quoted = |rest: &str| rest.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1;
    if let Some(rest) = body.strip_suffix('*')
        && !quoted(rest)
    {
        return (rest, None);
    }
    let mut rest = body;
    let mut count = 0;
    while let Some(shorter) = rest.strip_suffix('?') {
        if quoted(shorter) {
            break;
        }
        rest = shorter;
        count += 1;
    }
    (rest, Some(count))
}

/// A quoted text cut into its characters, each with its backslash.
fn units(quoted: &str) -> Vec<&str> {
    let mut units = Vec::with_capacity(quoted.len());
    let mut rest = quoted;
    while let Some(c) = rest.chars().next() {
        let escape = usize::from(c == '\\');
        let length = escape + rest.chars().nth(escape).map_or(0, char::len_utf8);
        let (unit, tail) = rest.split_at(length.min(rest.len()));
        units.push(unit);
        rest = tail;
    }
    units
}
