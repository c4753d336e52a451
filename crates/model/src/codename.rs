//! Code names of distribution releases: trackers and package URLs name releases by them, everybody else by number.

/// Debian's releases, newest first. `sid` is the release without a number.
pub const DEBIAN: &[(&str, &str)] = &[
    ("sid", "sid"),
    ("unstable", "sid"),
    ("duke", "15"),
    ("forky", "14"),
    ("trixie", "13"),
    ("bookworm", "12"),
    ("bullseye", "11"),
    ("buster", "10"),
    ("stretch", "9"),
    ("jessie", "8"),
    ("wheezy", "7"),
    ("squeeze", "6.0"),
    ("lenny", "5.0"),
    ("etch", "4.0"),
    ("sarge", "3.1"),
    ("woody", "3.0"),
    ("potato", "2.2"),
    ("slink", "2.1"),
    ("hamm", "2.0"),
];

/// Ubuntu's releases, newest first.
pub const UBUNTU: &[(&str, &str)] = &[
    ("resolute", "26.04"),
    ("questing", "25.10"),
    ("plucky", "25.04"),
    ("oracular", "24.10"),
    ("noble", "24.04"),
    ("mantic", "23.10"),
    ("lunar", "23.04"),
    ("kinetic", "22.10"),
    ("jammy", "22.04"),
    ("impish", "21.10"),
    ("hirsute", "21.04"),
    ("groovy", "20.10"),
    ("focal", "20.04"),
    ("eoan", "19.10"),
    ("disco", "19.04"),
    ("cosmic", "18.10"),
    ("bionic", "18.04"),
    ("artful", "17.10"),
    ("zesty", "17.04"),
    ("yakkety", "16.10"),
    ("xenial", "16.04"),
    ("wily", "15.10"),
    ("vivid", "15.04"),
    ("utopic", "14.10"),
    ("trusty", "14.04"),
    ("saucy", "13.10"),
    ("raring", "13.04"),
    ("quantal", "12.10"),
    ("precise", "12.04"),
    ("oneiric", "11.10"),
    ("natty", "11.04"),
    ("maverick", "10.10"),
    ("lucid", "10.04"),
    ("karmic", "9.10"),
    ("jaunty", "9.04"),
    ("intrepid", "8.10"),
    ("hardy", "8.04"),
    ("gutsy", "7.10"),
    ("feisty", "7.04"),
    ("edgy", "6.10"),
    ("dapper", "6.06"),
];

/// The number of a release by its code name in one of the tables; `None` for a name that is not in it.
pub fn release_of(table: &[(&'static str, &'static str)], codename: &str) -> Option<&'static str> {
    table.iter().find(|(name, _)| name.eq_ignore_ascii_case(codename)).map(|(_, release)| *release)
}
