//! A version is a scheme and a text. Comparing is the business of the `versions` crate.

use std::fmt;

/// The rule by which two version texts are compared (matching.md 5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// Numeric and alphabetic runs with pre-release words; the default.
    Generic,
    /// OpenSSL letters up to 1.1.1, SemVer-like from 3.0.
    Openssl,
    /// `X.Y[pN]` of OpenSSH portable.
    Openssh,
    /// `a.b.cpN` of ntp, sudo, ppp.
    Patchlevel,
    /// ISC: `-P1`, `-S1`, `-ESV`.
    Isc,
    /// Linux kernel releases.
    Linux,
    /// `YYYY.MM[.N][-rcN]`.
    Uboot,
    /// Semantic Versioning 2, tolerant to missing parts.
    Semver,
    /// SemVer where `rc-N` = `rc.N`.
    Runc,
    /// All-date versions.
    Calver,
    /// Perl core.
    Perl,
    /// OpenJDK.
    Java,
    /// Squid.
    Squid,
    /// FFmpeg.
    Ffmpeg,
    /// Vim patch numbers.
    Vim,
    /// SQLite.
    Sqlite,
    /// NGINX Plus `R31 P3`.
    NginxPlus,
    /// Debian package versions.
    Deb,
    /// RPM epoch:version-release.
    Rpm,
    /// Alpine package versions.
    Apk,
    /// opkg (Debian's rules).
    Opkg,
    /// Python, PEP 440.
    Pep440,
    /// RubyGems.
    Gem,
    /// Maven.
    Maven,
    /// NuGet.
    Nuget,
    /// npm.
    Npm,
    /// Composer (Packagist).
    Composer,
    /// Go modules.
    Go,
    /// Commit ids: no order without ancestry.
    Git,
}

impl Scheme {
    /// All schemes with their names, in the order of the manual.
    pub const ALL: &'static [(Scheme, &'static str)] = &[
        (Scheme::Generic, "generic"),
        (Scheme::Openssl, "openssl"),
        (Scheme::Openssh, "openssh"),
        (Scheme::Patchlevel, "patchlevel"),
        (Scheme::Isc, "isc"),
        (Scheme::Linux, "linux"),
        (Scheme::Uboot, "uboot"),
        (Scheme::Semver, "semver"),
        (Scheme::Runc, "runc"),
        (Scheme::Calver, "calver"),
        (Scheme::Perl, "perl"),
        (Scheme::Java, "java"),
        (Scheme::Squid, "squid"),
        (Scheme::Ffmpeg, "ffmpeg"),
        (Scheme::Vim, "vim"),
        (Scheme::Sqlite, "sqlite"),
        (Scheme::NginxPlus, "nginx-plus"),
        (Scheme::Deb, "deb"),
        (Scheme::Rpm, "rpm"),
        (Scheme::Apk, "apk"),
        (Scheme::Opkg, "opkg"),
        (Scheme::Pep440, "pep440"),
        (Scheme::Gem, "gem"),
        (Scheme::Maven, "maven"),
        (Scheme::Nuget, "nuget"),
        (Scheme::Npm, "npm"),
        (Scheme::Composer, "composer"),
        (Scheme::Go, "go"),
        (Scheme::Git, "git"),
    ];

    /// The name used on the command line and in tables.
    pub fn name(self) -> &'static str {
        Scheme::ALL.iter().find(|(scheme, _)| *scheme == self).map_or("generic", |(_, name)| name)
    }

    /// Returns the scheme of a name or of one of its accepted synonyms (matching.md 5.1).
    pub fn from_name(name: &str) -> Option<Scheme> {
        let name = match name {
            "alpine" => "apk",
            "debian" => "deb",
            "redhat" => "rpm",
            "pypi" => "pep440",
            "rubygems" => "gem",
            "packagist" => "composer",
            other => other,
        };
        Scheme::ALL.iter().find(|(_, known)| *known == name).map(|(scheme, _)| *scheme)
    }

    /// True for schemes that compare package versions natively, without upstream cleaning.
    pub fn is_native(self) -> bool {
        matches!(
            self,
            Scheme::Deb
                | Scheme::Rpm
                | Scheme::Apk
                | Scheme::Opkg
                | Scheme::Pep440
                | Scheme::Gem
                | Scheme::Maven
                | Scheme::Nuget
                | Scheme::Npm
                | Scheme::Composer
                | Scheme::Go
        )
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where the version text of a component comes from (matching.md 1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum VersionOrigin {
    /// The input's version field.
    #[default]
    Stated,
    /// The version attribute of its CPE.
    FromCpe,
    /// The version of its purl.
    FromPurl,
    /// The name of its download file.
    FromUrl,
    /// A file of the image (module directory, banner, `.config` header).
    FromFile,
    /// A commit resolved by the git table.
    FromCommit,
    /// The user.
    GivenByUser,
}

impl VersionOrigin {
    /// The word used in JSON.
    pub fn word(self) -> &'static str {
        match self {
            VersionOrigin::Stated => "stated",
            VersionOrigin::FromCpe => "from_cpe",
            VersionOrigin::FromPurl => "from_purl",
            VersionOrigin::FromUrl => "from_url",
            VersionOrigin::FromFile => "from_file",
            VersionOrigin::FromCommit => "from_commit",
            VersionOrigin::GivenByUser => "given_by_user",
        }
    }
}
