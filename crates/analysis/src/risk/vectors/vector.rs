//! A vector as metrics: read strictly, written in canonical order, metrics set one by one.

use std::fmt;
use std::str::FromStr;

use super::metrics::{self, Group, Metric};

/// How much of a wrong text an error shows.
const SHOWN: usize = 40;

/// Version of CVSS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// 2.0; its vectors have no prefix.
    V2,
    /// 3.0.
    V30,
    /// 3.1.
    V31,
    /// 4.0.
    V40,
}

impl Version {
    /// The number: `3.1`.
    pub fn number(self) -> &'static str {
        match self {
            Version::V2 => "2.0",
            Version::V30 => "3.0",
            Version::V31 => "3.1",
            Version::V40 => "4.0",
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.number())
    }
}

/// What is wrong with a vector.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VectorError {
    /// There is no text.
    #[error("the vector is empty")]
    Empty,
    /// The prefix names a version that does not exist or is not known.
    #[error(
        "CVSS version `{0}` is not known: the prefixes are CVSS:3.0/, CVSS:3.1/, CVSS:4.0/, and none for version 2"
    )]
    UnknownVersion(String),
    /// A part that is not of the form `metric:value`.
    #[error("`{0}` is not of the form metric:value")]
    NotAMetric(String),
    /// The version has no such metric.
    #[error("CVSS {version} has no metric `{metric}`{}", no_prefix(*version))]
    UnknownMetric {
        /// Version of the vector.
        version: Version,
        /// The name.
        metric: String,
    },
    /// The metric has no such value.
    #[error("CVSS {version} metric {metric} has no value `{value}`")]
    UnknownValue {
        /// Version of the vector.
        version: Version,
        /// The metric.
        metric: &'static str,
        /// The value.
        value: String,
    },
    /// A metric is given twice.
    #[error("metric {0} is given twice")]
    Duplicate(&'static str),
    /// A mandatory metric is not given.
    #[error("CVSS {version} metric {metric} is missing")]
    Missing {
        /// Version of the vector.
        version: Version,
        /// The metric.
        metric: &'static str,
    },
    /// The library refused it.
    #[error("the vector cannot be scored: {0}")]
    Unscored(String),
}

fn no_prefix(version: Version) -> &'static str {
    if version == Version::V2 { " (a vector without prefix is of version 2)" } else { "" }
}

/// A vector: every mandatory metric once, further metrics at most once, in canonical order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Vector {
    version: Version,
    metrics: Vec<(&'static str, &'static str)>,
}

impl Vector {
    /// Reads a vector. Metrics may stand in any order; names and values are taken as the specification writes them.
    /// A version 2 vector may stand in parentheses, as old feeds have it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Vector, VectorError> {
        let (version, parts) = version_of(text.trim())?;
        let mut metrics = Vec::with_capacity(metrics::of(version).len());
        for part in parts.split('/') {
            let (name, value) = part.split_once(':').ok_or_else(|| VectorError::NotAMetric(shown(part)))?;
            let (name, value) = known(version, name, value)?;
            if metrics.iter().any(|(other, _)| *other == name) {
                return Err(VectorError::Duplicate(name));
            }
            metrics.push((name, value));
        }
        let mut vector = Vector { version, metrics };
        let is_missing = |metric: &&Metric| metric.group == Group::Base && vector.get(metric.name).is_none();
        if let Some(Metric { name, .. }) = metrics::of(version).iter().find(is_missing) {
            return Err(VectorError::Missing { version, metric: name });
        }
        vector.sort();
        Ok(vector)
    }

    /// The version.
    pub fn version(&self) -> Version {
        self.version
    }

    /// The metrics in canonical order, as (name, value); those written as *not defined* are among them.
    pub fn metrics(&self) -> &[(&'static str, &'static str)] {
        &self.metrics
    }

    /// The value of a metric; `None` when it is not written.
    pub fn get(&self, name: &str) -> Option<&'static str> {
        self.metrics.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    /// The value of a metric; `None` when it is not written or written as *not defined* (`X`, `ND`).
    pub fn defined(&self, name: &str) -> Option<&'static str> {
        self.get(name).filter(|value| !matches!(*value, "X" | "ND"))
    }

    /// True when a metric of the group is defined.
    pub fn has(&self, group: Group) -> bool {
        let of_group = metrics::of(self.version).iter().filter(|metric| metric.group == group);
        of_group.map(|metric| metric.name).any(|name| self.defined(name).is_some())
    }

    /// The same vector with metrics set: each takes its canonical place, and the place of a value given before.
    ///
    /// # Errors
    /// When the version has no such metric or value.
    pub fn with<'m>(
        &self,
        metrics: impl IntoIterator<Item = (&'m str, &'m str)>,
    ) -> Result<Vector, VectorError> {
        let mut vector = self.clone();
        for (name, value) in metrics {
            let (name, value) = known(self.version, name, value)?;
            vector.metrics.retain(|(other, _)| *other != name);
            vector.metrics.push((name, value));
        }
        vector.sort();
        Ok(vector)
    }

    /// The same vector with the metrics of the base group alone.
    pub fn base(&self) -> Vector {
        let is_base = |name: &str| {
            metrics::of(self.version).iter().any(|metric| metric.name == name && metric.group == Group::Base)
        };
        let metrics = self.metrics.iter().copied().filter(|(name, _)| is_base(name)).collect();
        Vector { version: self.version, metrics }
    }

    fn sort(&mut self) {
        let place = |name| metrics::of(self.version).iter().position(|metric| metric.name == name);
        self.metrics.sort_by_key(|(name, _)| place(*name));
    }
}

impl FromStr for Vector {
    type Err = VectorError;

    fn from_str(text: &str) -> Result<Vector, VectorError> {
        Vector::parse(text)
    }
}

impl fmt::Display for Vector {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        if self.version != Version::V2 {
            write!(out, "CVSS:{}", self.version)?;
            separator = "/";
        }
        for (name, value) in &self.metrics {
            write!(out, "{separator}{name}:{value}")?;
            separator = "/";
        }
        Ok(())
    }
}

/// The version by the prefix, and what follows it.
fn version_of(text: &str) -> Result<(Version, &str), VectorError> {
    if text.is_empty() {
        return Err(VectorError::Empty);
    }
    let Some(rest) = text.strip_prefix("CVSS:") else {
        let inside = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'));
        return Ok((Version::V2, inside.unwrap_or(text)));
    };
    let (number, parts) = rest.split_once('/').unwrap_or((rest, ""));
    let version =
        [Version::V30, Version::V31, Version::V40].into_iter().find(|known| known.number() == number);
    let version = version.ok_or_else(|| VectorError::UnknownVersion(shown(number)))?;
    match metrics::of(version).first() {
        Some(Metric { name, .. }) if parts.is_empty() => Err(VectorError::Missing { version, metric: name }),
        _ => Ok((version, parts)),
    }
}

/// The metric and the value as the tables have them.
fn known(version: Version, name: &str, value: &str) -> Result<(&'static str, &'static str), VectorError> {
    let metric = metrics::of(version)
        .iter()
        .find(|metric| metric.name == name)
        .ok_or_else(|| VectorError::UnknownMetric { version, metric: shown(name) })?;
    let value = metric
        .values
        .iter()
        .find(|known| **known == value)
        .ok_or_else(|| VectorError::UnknownValue { version, metric: metric.name, value: shown(value) })?;
    Ok((metric.name, value))
}

/// A wrong text as it may stand in a message: short, on one line.
fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}
