//! The `vers:` notation: `vers:<type>/<constraint>|<constraint>...`.
//!
//! [`Vers::parse`] takes only the canonical form and says what is wrong with another one; [`Vers::read`] is lenient
//! (blanks, order) and [`Vers`] prints the canonical form. [`Vers::contains`] answers three ways: inside, outside, or
//! why it cannot be told. Native notations (`^1.2.3`, `[1.0,2.0)`) are turned into ranges by [`from_native`].

use std::fmt;

use crate::order::{Order, Why};

mod alpm;
mod conan;
mod datetime;
mod encoding;
mod gentoo;
mod kind;
mod native;
mod plain;

pub use kind::Kind;
pub use native::from_native;

/// What stands before a version in a constraint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparator {
    /// This version (written without a sign).
    Equal,
    /// Not this version.
    NotEqual,
    /// Before it.
    Less,
    /// Before it or it.
    LessOrEqual,
    /// After it.
    Greater,
    /// After it or it.
    GreaterOrEqual,
}

impl Comparator {
    /// The signs; equality is written `=` here and left out in a range.
    pub fn signs(self) -> &'static str {
        match self {
            Comparator::Equal => "=",
            Comparator::NotEqual => "!=",
            Comparator::Less => "<",
            Comparator::LessOrEqual => "<=",
            Comparator::Greater => ">",
            Comparator::GreaterOrEqual => ">=",
        }
    }

    /// Splits the signs off the front of a constraint.
    fn split(text: &str) -> (Comparator, &str) {
        const SIGNS: [(&str, Comparator); 6] = [
            (">=", Comparator::GreaterOrEqual),
            ("<=", Comparator::LessOrEqual),
            ("!=", Comparator::NotEqual),
            ("<", Comparator::Less),
            (">", Comparator::Greater),
            ("=", Comparator::Equal),
        ];
        SIGNS
            .iter()
            .find_map(|(signs, comparator)| text.strip_prefix(signs).map(|rest| (*comparator, rest)))
            .unwrap_or((Comparator::Equal, text))
    }

    fn is_upper(self) -> bool {
        matches!(self, Comparator::Less | Comparator::LessOrEqual)
    }

    fn is_lower(self) -> bool {
        matches!(self, Comparator::Greater | Comparator::GreaterOrEqual)
    }
}

/// One constraint: a sign and a version, decoded.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Constraint {
    /// The sign.
    pub comparator: Comparator,
    /// The version text.
    pub version: String,
}

/// A version range in the `vers:` notation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Vers {
    /// The type name as written (`npm`).
    pub name: String,
    /// How its versions are compared.
    pub kind: Kind,
    /// The constraints in ascending order; empty and `any` for `*`.
    pub constraints: Vec<Constraint>,
    /// True for `vers:<type>/*`: every version.
    pub any: bool,
}

/// Why a text is no range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VersError {
    /// It does not begin with `vers:<type>/`.
    #[error("not a version range: {0}")]
    NotVers(&'static str),
    /// The type has no known versioning.
    #[error("unknown versioning type {0}")]
    UnknownType(String),
    /// A range, but not in its canonical form.
    #[error("non-canonical VERS: {0}")]
    NotCanonical(&'static str),
    /// A native range that cannot be turned into constraints.
    #[error("cannot read native range {0}")]
    Native(String),
}

impl Vers {
    /// Reads the canonical form.
    ///
    /// # Errors
    /// When the text is no range, or is one in another form.
    ///
    /// ```
    /// use versions::vers::Vers;
    /// let range = Vers::parse("vers:npm/>=1.0.0|<2.0.0")?;
    /// assert_eq!(range.contains("1.5.0"), Ok(true));
    /// # Ok::<(), versions::vers::VersError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Vers, VersError> {
        check_pipes(text)?;
        let vers = Vers::split(text, true)?;
        if vers.kind == Kind::Datetime && !vers.constraints.iter().all(|c| datetime::is_canonical(&c.version))
        {
            return Err(VersError::NotCanonical("datetime must use uppercase T and Z"));
        }
        if !vers.is_sorted() {
            return Err(VersError::NotCanonical("constraints are not sorted by version"));
        }
        Ok(vers)
    }

    /// Reads a range leniently: blanks and empty constraints are passed over, constraints are sorted.
    ///
    /// # Errors
    /// When the text is no range.
    pub fn read(text: &str) -> Result<Vers, VersError> {
        let without_blanks: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let mut vers = Vers::split(&without_blanks, false)?;
        vers.sort();
        Ok(vers)
    }

    /// A range of constraints, sorted.
    pub(crate) fn of(name: &str, kind: Kind, constraints: Vec<Constraint>) -> Vers {
        let mut vers = Vers { name: name.to_owned(), kind, constraints, any: false };
        // `<1.5.0` ends a branch before `>=1.5.0` begins the next one.
        vers.constraints.sort_by_key(|constraint| constraint.comparator == Comparator::GreaterOrEqual);
        vers.sort();
        vers
    }

    fn split(text: &str, strict: bool) -> Result<Vers, VersError> {
        let rest = text.strip_prefix("vers:").ok_or(VersError::NotVers("it does not begin with vers:"))?;
        let (name, list) = rest.split_once('/').ok_or(VersError::NotVers("there is no / behind the type"))?;
        let kind = Kind::from_name(name).ok_or_else(|| VersError::UnknownType(name.to_owned()))?;
        let any = list == "*";
        let constraints = match any {
            true => Vec::new(),
            false => list
                .split('|')
                .filter(|part| !part.is_empty())
                .map(|part| constraint(part, strict))
                .collect::<Result<Vec<_>, _>>()?,
        };
        if constraints.is_empty() && !any {
            return Err(VersError::NotVers("there is no constraint"));
        }
        Ok(Vers { name: name.to_owned(), kind, constraints, any })
    }

    fn sort(&mut self) {
        let kind = self.kind;
        self.constraints.sort_by(|a, b| {
            kind.compare(&a.version, &b.version).ordering().unwrap_or(std::cmp::Ordering::Equal)
        });
    }

    fn is_sorted(&self) -> bool {
        self.constraints.is_sorted_by(|a, b| self.kind.compare(&a.version, &b.version) != Order::Greater)
    }

    /// Tells whether a version is in the range.
    ///
    /// # Errors
    /// Why it cannot be told, when the version has no order among the constraints.
    pub fn contains(&self, version: &str) -> Result<bool, Why> {
        if self.any {
            return Ok(true);
        }
        let mut bounds = Vec::with_capacity(self.constraints.len());
        let mut only_exclusions = true;
        for constraint in &self.constraints {
            let order = match self.kind.compare(version, &constraint.version) {
                Order::Incomparable(why) => return Err(why),
                order => order,
            };
            match constraint.comparator {
                Comparator::NotEqual if order == Order::Equal => return Ok(false),
                Comparator::NotEqual => continue,
                Comparator::Less | Comparator::Greater => {}
                _ if order == Order::Equal => return Ok(true),
                _ => {}
            }
            only_exclusions = false;
            if constraint.comparator != Comparator::Equal {
                bounds.push((constraint.comparator, order));
            }
        }
        Ok(only_exclusions || between(&bounds))
    }
}

/// Is a version, given its order against each bound (ascending), below the first upper bound, above the last lower
/// one, or between a lower and the next upper one?
fn between(bounds: &[(Comparator, Order)]) -> bool {
    let below =
        |bound: Option<&(Comparator, Order)>| bound.is_some_and(|(c, o)| c.is_upper() && *o == Order::Less);
    let above = |bound: Option<&(Comparator, Order)>| {
        bound.is_some_and(|(c, o)| c.is_lower() && *o == Order::Greater)
    };
    below(bounds.first())
        || above(bounds.last())
        || bounds
            .iter()
            .zip(bounds.iter().skip(1))
            .any(|(lower, upper)| above(Some(lower)) && below(Some(upper)))
}

/// Blanks and superfluous pipes.
fn check_pipes(text: &str) -> Result<(), VersError> {
    if text.contains(char::is_whitespace) {
        return Err(VersError::NotCanonical("whitespace is not permitted"));
    }
    let list = text.split_once('/').map_or("", |(_, list)| list);
    if list.starts_with('|') {
        return Err(VersError::NotCanonical("leading pipe is not permitted"));
    }
    if list.ends_with('|') {
        return Err(VersError::NotCanonical("trailing pipe is not permitted"));
    }
    if list.contains("||") {
        return Err(VersError::NotCanonical("consecutive pipes are not permitted"));
    }
    Ok(())
}

fn constraint(text: &str, strict: bool) -> Result<Constraint, VersError> {
    let (comparator, version) = Comparator::split(text);
    let decoded =
        encoding::decode(version).ok_or(VersError::NotCanonical("invalid percent-encoding in version"))?;
    if decoded.is_empty() {
        return Err(VersError::NotVers("a constraint has no version"));
    }
    if strict && !encoding::is_canonical(version) {
        return Err(VersError::NotCanonical("percent-encoding in version is not canonical"));
    }
    Ok(Constraint { comparator, version: decoded })
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.comparator != Comparator::Equal {
            f.write_str(self.comparator.signs())?;
        }
        f.write_str(&encoding::encode(&self.version))
    }
}

impl fmt::Display for Vers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "vers:{}/", self.name)?;
        if self.any {
            return f.write_str("*");
        }
        for (index, constraint) in self.constraints.iter().enumerate() {
            if index > 0 {
                f.write_str("|")?;
            }
            write!(f, "{constraint}")?;
        }
        Ok(())
    }
}
