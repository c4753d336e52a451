//! Ids of SPDX that occur in embedded products. Not the whole list: an id that is not here is not called wrong, only not
//! known.

/// True for an id of the table, and for references to licences of one's own.
pub fn is_known(id: &str) -> bool {
    let bare = id.strip_suffix('+').unwrap_or(id);
    let known = |id: &str| IDS.iter().any(|known| known.eq_ignore_ascii_case(id));
    bare.starts_with("LicenseRef-") || bare.starts_with("DocumentRef-") || known(bare)
}

/// True for an id exactly as SPDX lists it; the form with `+` is listed for the GNU licences only.
pub fn is_listed(id: &str) -> bool {
    let bare = id.strip_suffix('+').filter(|bare| {
        let is_gnu = bare.starts_with("GPL-") || bare.starts_with("LGPL-");
        is_gnu && bare.bytes().last().is_some_and(|byte| byte.is_ascii_digit())
    });
    IDS.contains(&bare.unwrap_or(id))
}

#[rustfmt::skip]
const IDS: &[&str] = &[
    "0BSD", "AFL-1.1", "AFL-1.2", "AFL-2.0", "AFL-2.1", "AFL-3.0", "AGPL-1.0-only", "AGPL-1.0-or-later", "AGPL-3.0",
    "AGPL-3.0-only", "AGPL-3.0-or-later", "AMDPLPA", "AML", "ANTLR-PD", "APAFML", "APSL-1.0", "APSL-2.0", "Apache-1.0",
    "Apache-1.1", "Apache-2.0", "Artistic-1.0", "Artistic-1.0-Perl", "Artistic-1.0-cl8", "Artistic-2.0", "BSD-1-Clause",
    "BSD-2-Clause", "BSD-2-Clause-Patent", "BSD-2-Clause-Views", "BSD-3-Clause", "BSD-3-Clause-Attribution",
    "BSD-3-Clause-Clear", "BSD-3-Clause-LBNL", "BSD-3-Clause-Modification", "BSD-4-Clause", "BSD-4-Clause-UC",
    "BSD-Protection", "BSD-Source-Code", "BSL-1.0", "BUSL-1.1", "Beerware", "BitTorrent-1.0", "Bitstream-Vera",
    "BlueOak-1.0.0", "CAL-1.0", "CC-BY-1.0", "CC-BY-2.0", "CC-BY-2.5", "CC-BY-3.0", "CC-BY-4.0", "CC-BY-NC-4.0",
    "CC-BY-ND-4.0", "CC-BY-SA-1.0", "CC-BY-SA-2.0", "CC-BY-SA-2.5", "CC-BY-SA-3.0", "CC-BY-SA-4.0", "CC-PDDC",
    "CC0-1.0", "CDDL-1.0", "CDDL-1.1", "CECILL-2.0", "CECILL-2.1", "CECILL-B", "CECILL-C", "CPAL-1.0", "CPL-1.0",
    "ClArtistic", "DOC", "ECL-1.0", "ECL-2.0", "EFL-1.0", "EFL-2.0", "EPL-1.0", "EPL-2.0", "EUPL-1.0", "EUPL-1.1",
    "EUPL-1.2", "Entessa", "FSFAP", "FSFUL", "FSFULLR", "FSFULLRWD", "FTL", "GFDL-1.1", "GFDL-1.1-only",
    "GFDL-1.1-or-later", "GFDL-1.2", "GFDL-1.2-only", "GFDL-1.2-or-later", "GFDL-1.3", "GFDL-1.3-only",
    "GFDL-1.3-or-later", "GPL-1.0", "GPL-1.0-only", "GPL-1.0-or-later", "GPL-2.0", "GPL-2.0-only", "GPL-2.0-or-later",
    "GPL-3.0", "GPL-3.0-only", "GPL-3.0-or-later", "HPND", "HPND-sell-variant", "IBM-pibs", "ICU", "IJG", "IPA",
    "IPL-1.0", "ISC", "ImageMagick", "Info-ZIP", "Intel", "Intel-ACPI", "JSON", "JasPer-2.0", "LGPL-2.0",
    "LGPL-2.0-only", "LGPL-2.0-or-later", "LGPL-2.1", "LGPL-2.1-only", "LGPL-2.1-or-later", "LGPL-3.0", "LGPL-3.0-only",
    "LGPL-3.0-or-later", "LPL-1.0", "LPL-1.02", "LPPL-1.0", "LPPL-1.1", "LPPL-1.2", "LPPL-1.3a", "LPPL-1.3c", "Latex2e",
    "Leptonica", "Libpng", "Linux-OpenIB", "Linux-syscall-note", "MIT", "MIT-0", "MIT-CMU", "MIT-Modern-Variant",
    "MIT-advertising", "MIT-enna", "MIT-feh", "MIT-open-group", "MITNFA", "MPL-1.0", "MPL-1.1", "MPL-2.0",
    "MPL-2.0-no-copyleft-exception", "MS-PL", "MS-RL", "MTLL", "MulanPSL-1.0", "MulanPSL-2.0", "Multics", "NAIST-2003",
    "NBPL-1.0", "NCSA", "NGPL", "NIST-PD", "NLPL", "NPL-1.0", "NPL-1.1", "NTP", "Naumen", "Net-SNMP", "NetCDF",
    "Nokia", "OFL-1.0", "OFL-1.1", "OGC-1.0", "OLDAP-2.0.1", "OLDAP-2.4", "OLDAP-2.8", "OPL-1.0", "OSET-PL-2.1",
    "OSL-1.0", "OSL-2.0", "OSL-2.1", "OSL-3.0", "OpenSSL", "PDDL-1.0", "PHP-3.0", "PHP-3.01", "PSF-2.0", "Plexus",
    "PostgreSQL", "Python-2.0", "Python-2.0.1", "QPL-1.0", "Qhull", "RPL-1.5", "RPSL-1.0", "RSA-MD", "Rdisc", "Ruby",
    "SAX-PD", "SCEA", "SGI-B-1.0", "SGI-B-1.1", "SGI-B-2.0", "SISSL", "SISSL-1.2", "SMLNJ", "SMPPL", "SNIA", "SPL-1.0",
    "SSH-OpenSSH", "SSH-short", "SSPL-1.0", "Saxpath", "Sendmail", "SimPL-2.0", "Sleepycat", "Spencer-86",
    "Spencer-94", "Spencer-99", "SugarCRM-1.1.3", "TCL", "TCP-wrappers", "TMate", "TORQUE-1.1", "UPL-1.0", "Unicode-3.0",
    "Unicode-DFS-2015", "Unicode-DFS-2016", "Unicode-TOU", "Unlicense", "VOSTROM", "VSL-1.0", "Vim", "W3C",
    "W3C-19980720", "W3C-20150513", "WTFPL", "Watcom-1.0", "X11", "X11-distribute-modifications-variant", "XFree86-1.1",
    "Xerox", "Xnet", "YPL-1.0", "YPL-1.1", "ZPL-1.1", "ZPL-2.0", "ZPL-2.1", "Zend-2.0", "Zimbra-1.3", "Zlib", "blessing",
    "bzip2-1.0.5", "bzip2-1.0.6", "curl", "diffmark", "dvipdfm", "eGenix", "gSOAP-1.3b", "gnuplot", "iMatix", "libpng-2.0",
    "libselinux-1.0", "libtiff", "mpich2", "psfrag", "psutils", "xinetd", "xpp", "zlib-acknowledgement",
    // exceptions
    "389-exception", "Autoconf-exception-2.0", "Autoconf-exception-3.0", "Autoconf-exception-generic",
    "Bison-exception-2.2", "Bootloader-exception", "Classpath-exception-2.0", "DigiRule-FOSS-exception",
    "FLTK-exception", "Font-exception-2.0", "GCC-exception-2.0", "GCC-exception-3.1", "GPL-3.0-linking-exception",
    "LGPL-3.0-linking-exception", "LLVM-exception", "Libtool-exception", "OCaml-LGPL-linking-exception",
    "Qt-GPL-exception-1.0", "Qt-LGPL-exception-1.1", "WxWindows-exception-3.1",
    "eCos-exception-2.0", "freertos-exception-2.0", "gnu-javamail-exception", "i2p-gpl-java-exception", "mif-exception",
    "openvpn-openssl-exception", "u-boot-exception-2.0", "x11vnc-openssl-exception",
];
