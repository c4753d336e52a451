//! Which metrics a version has, in the order in which a vector lists them, and which values each may take.

use super::Version;

/// A group of metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Mandatory: the vulnerability itself.
    Base,
    /// What changes with time; *threat* in version 4.0.
    Temporal,
    /// What depends on where the product stands.
    Environmental,
    /// Further words that change no score; only in version 4.0.
    Supplemental,
}

/// A metric of a version.
pub(super) struct Metric {
    pub(super) name: &'static str,
    pub(super) group: Group,
    pub(super) values: &'static [&'static str],
}

/// The metrics of a version in canonical order.
pub(super) fn of(version: Version) -> &'static [Metric] {
    match version {
        Version::V2 => V2,
        Version::V30 | Version::V31 => V3,
        Version::V40 => V4,
    }
}

const fn base(name: &'static str, values: &'static [&'static str]) -> Metric {
    Metric { name, group: Group::Base, values }
}

const fn temporal(name: &'static str, values: &'static [&'static str]) -> Metric {
    Metric { name, group: Group::Temporal, values }
}

const fn environmental(name: &'static str, values: &'static [&'static str]) -> Metric {
    Metric { name, group: Group::Environmental, values }
}

const fn supplemental(name: &'static str, values: &'static [&'static str]) -> Metric {
    Metric { name, group: Group::Supplemental, values }
}

const V2: &[Metric] = &[
    base("AV", &["L", "A", "N"]),
    base("AC", &["H", "M", "L"]),
    base("Au", &["M", "S", "N"]),
    base("C", &["N", "P", "C"]),
    base("I", &["N", "P", "C"]),
    base("A", &["N", "P", "C"]),
    temporal("E", &["ND", "U", "POC", "F", "H"]),
    temporal("RL", &["ND", "OF", "TF", "W", "U"]),
    temporal("RC", &["ND", "UC", "UR", "C"]),
    environmental("CDP", &["ND", "N", "L", "LM", "MH", "H"]),
    environmental("TD", &["ND", "N", "L", "M", "H"]),
    environmental("CR", &["ND", "L", "M", "H"]),
    environmental("IR", &["ND", "L", "M", "H"]),
    environmental("AR", &["ND", "L", "M", "H"]),
];

const V3: &[Metric] = &[
    base("AV", &["P", "L", "A", "N"]),
    base("AC", &["H", "L"]),
    base("PR", &["H", "L", "N"]),
    base("UI", &["R", "N"]),
    base("S", &["U", "C"]),
    base("C", &["N", "L", "H"]),
    base("I", &["N", "L", "H"]),
    base("A", &["N", "L", "H"]),
    temporal("E", &["X", "U", "P", "F", "H"]),
    temporal("RL", &["X", "O", "T", "W", "U"]),
    temporal("RC", &["X", "U", "R", "C"]),
    environmental("CR", &["X", "L", "M", "H"]),
    environmental("IR", &["X", "L", "M", "H"]),
    environmental("AR", &["X", "L", "M", "H"]),
    environmental("MAV", &["X", "P", "L", "A", "N"]),
    environmental("MAC", &["X", "H", "L"]),
    environmental("MPR", &["X", "H", "L", "N"]),
    environmental("MUI", &["X", "R", "N"]),
    environmental("MS", &["X", "U", "C"]),
    environmental("MC", &["X", "N", "L", "H"]),
    environmental("MI", &["X", "N", "L", "H"]),
    environmental("MA", &["X", "N", "L", "H"]),
];

const V4: &[Metric] = &[
    base("AV", &["P", "L", "A", "N"]),
    base("AC", &["H", "L"]),
    base("AT", &["P", "N"]),
    base("PR", &["H", "L", "N"]),
    base("UI", &["A", "P", "N"]),
    base("VC", &["N", "L", "H"]),
    base("VI", &["N", "L", "H"]),
    base("VA", &["N", "L", "H"]),
    base("SC", &["N", "L", "H"]),
    base("SI", &["N", "L", "H"]),
    base("SA", &["N", "L", "H"]),
    temporal("E", &["X", "U", "P", "A"]),
    environmental("CR", &["X", "L", "M", "H"]),
    environmental("IR", &["X", "L", "M", "H"]),
    environmental("AR", &["X", "L", "M", "H"]),
    environmental("MAV", &["X", "P", "L", "A", "N"]),
    environmental("MAC", &["X", "H", "L"]),
    environmental("MAT", &["X", "P", "N"]),
    environmental("MPR", &["X", "H", "L", "N"]),
    environmental("MUI", &["X", "A", "P", "N"]),
    environmental("MVC", &["X", "N", "L", "H"]),
    environmental("MVI", &["X", "N", "L", "H"]),
    environmental("MVA", &["X", "N", "L", "H"]),
    environmental("MSC", &["X", "N", "L", "H"]),
    environmental("MSI", &["X", "N", "L", "H", "S"]),
    environmental("MSA", &["X", "N", "L", "H", "S"]),
    supplemental("S", &["X", "N", "P"]),
    supplemental("AU", &["X", "N", "Y"]),
    supplemental("R", &["X", "A", "U", "I"]),
    supplemental("V", &["X", "D", "C"]),
    supplemental("RE", &["X", "L", "M", "H"]),
    supplemental("U", &["X", "Clear", "Green", "Amber", "Red"]),
];
