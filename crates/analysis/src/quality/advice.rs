//! How Yocto and Buildroot produce what rules ask for. Only what exists in their releases is named; where nothing does,
//! the advice says so.
//!
//! Yocto writes SPDX 3.0.1 by default since 5.1 (class `create-spdx`), SPDX 2.2 before (`create-spdx` since 3.4, kept as
//! `create-spdx-2.2`). Buildroot writes CycloneDX since 2025.02 (`utils/generate-cyclonedx`).

use super::How;

const CONVERT: &str = "patchwright sbom convert FILE --to cyclonedx-1.6";

pub const FORM: How = How {
    yocto: "INHERIT += \"create-spdx\": SPDX 3.0.1 since Yocto 5.1, SPDX 2.2 in 3.4 to 5.0. CycloneDX: meta-cyclonedx, \
            INHERIT += \"cyclonedx-export\"",
    buildroot: "make show-info | utils/generate-cyclonedx > sbom.cdx.json (since 2025.02; the script also reads the \
                show-info of older releases)",
    afterwards: CONVERT,
};

pub const AUTHOR: How = How {
    yocto: "SPDX 3 (Yocto 5.1): SPDX_AUTHORS = \"acme\", SPDX_AUTHORS_acme_name = \"Acme GmbH\", \
            SPDX_AUTHORS_acme_type = \"organization\". SPDX 2.2: fixed to OpenEmbedded",
    buildroot: "not written by utils/generate-cyclonedx",
    afterwards: "patchwright sbom convert FILE --to cyclonedx-1.6 --author \"Acme GmbH\"",
};

pub const SUPPLIER: How = How {
    yocto: "SPDX 3 (Yocto 5.1): SPDX_PACKAGE_SUPPLIER_name = \"Acme GmbH\", SPDX_PACKAGE_SUPPLIER_type = \
            \"organization\", per recipe or in the distro configuration. SPDX 2.2: SPDX_SUPPLIER = \"Organization: Acme \
            GmbH\"",
    buildroot: "not written by utils/generate-cyclonedx; CPE_ID_VENDOR of a package is the nearest thing",
    afterwards: "the supplier of the product: patchwright sbom convert FILE --to cyclonedx-1.6 --supplier \"Acme GmbH\"",
};

pub const NAME: How = How {
    yocto: "written: the name of the package (PN and its sub-packages)",
    buildroot: "written: the name of the package",
    afterwards: "",
};

pub const VERSION: How = How {
    yocto: "PV of the recipe; for git recipes PV = \"1.2.3+git\" instead of \"git\"",
    buildroot: "<PKG>_VERSION of the package; a kernel or boot loader from a custom tarball or git tree appears as \
                \"custom\": choose a version in menuconfig, or give its .config beside the SBOM",
    afterwards: "patchwright sbom convert FILE kernel.config --to cyclonedx-1.6 takes the version of a .config header",
};

pub const IDENTIFIER: How = How {
    yocto: "CVE_PRODUCT = \"vendor:product\" and CVE_VERSION in the recipe give the CPE; without a vendor the CPE has a \
            wildcard there",
    buildroot: "<PKG>_CPE_ID_VENDOR, <PKG>_CPE_ID_PRODUCT, <PKG>_CPE_ID_VERSION, or <PKG>_CPE_ID_VALID = YES",
    afterwards: "",
};

pub const DEPENDENCIES: How = How {
    yocto: "RDEPENDS and DEPENDS of recipes are written; SPDX 3 writes them as dependsOn",
    buildroot: "<PKG>_DEPENDENCIES are written as dependencies",
    afterwards: "",
};

pub const COMPLETENESS: How = How {
    yocto: "not written",
    buildroot: "not written by utils/generate-cyclonedx",
    afterwards: "written by patchwright sbom convert where the document lists the whole image",
};

pub const TIMESTAMP: How = How {
    yocto: "written in UTC",
    buildroot: "not written by utils/generate-cyclonedx of 2025.02",
    afterwards: "patchwright sbom convert FILE --to cyclonedx-1.6 --at 2026-11-22T14:00:00Z",
};

pub const TOOL: How = How {
    yocto: "written",
    buildroot: "written by utils/generate-cyclonedx",
    afterwards: "patchwright sbom convert names itself and the tools before it",
};

pub const CONTEXT: How = How {
    yocto: "written in SPDX 3 (software_sbomType build)",
    buildroot: "not written by utils/generate-cyclonedx",
    afterwards: "patchwright sbom convert FILE --to cyclonedx-1.6 --context build",
};

pub const HASH: How = How {
    yocto: "files of packages carry SHA-256 (SPDX 3: software_File; the packages themselves have none), sources the \
            checksums of SRC_URI; SPDX_INCLUDE_SOURCES = \"1\" adds the source files",
    buildroot: "hashes of the source archives are in the .hash files of packages and in the manifest of make legal-info",
    afterwards: "",
};

pub const LICENCE: How = How {
    yocto: "LICENSE of the recipe, with ids of SPDX (mapped by SPDXLICENSEMAP); a licence of your own goes to a folder of \
            LICENSE_PATH",
    buildroot: "<PKG>_LICENSE of the package, with ids of SPDX; make legal-info lists them in legal-info/manifest.csv",
    afterwards: "",
};

pub const FILENAME: How = How {
    yocto: "not written for packages",
    buildroot: "not written by utils/generate-cyclonedx",
    afterwards: "add it with a tool of your own: CycloneDX property bsi:component:filename",
};

pub const KINDS: How = How {
    yocto: "not written for packages",
    buildroot: "not written by utils/generate-cyclonedx",
    afterwards: "add them with a tool of your own: CycloneDX properties bsi:component:executable, bsi:component:archive, \
                 bsi:component:structured",
};

pub const SOURCE: How = How {
    yocto: "SRC_URI is written as download of the recipe's sources, not at the package",
    buildroot: "<PKG>_SITE and <PKG>_SOURCE are written as external references of type source-distribution",
    afterwards: "patchwright sbom convert joins the sources of a recipe with its packages",
};

pub const NO_VULNERABILITIES: How = How {
    yocto: "SPDX_INCLUDE_VEX = \"none\" (SPDX 3, Yocto 5.1)",
    buildroot: "delete the member vulnerabilities of the document, or keep it in a document of its own",
    afterwards: "",
};

pub const DOCUMENT_ID: How = How {
    yocto: "SPDX_NAMESPACE_PREFIX and SPDX_UUID_NAMESPACE make the ids of documents",
    buildroot: "not written by utils/generate-cyclonedx of 2025.02",
    afterwards: CONVERT,
};
