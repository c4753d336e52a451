//! What rules ask, one question a function.

use model::quality::{Form, Part, Party, Survey};
use model::spdx_ids;
use model::vex::Instant;

use super::Holds;

fn is_there(text: &str, what: &str) -> Holds {
    if text.trim().is_empty() { Holds::No(format!("no {what}")) } else { Holds::Yes }
}

fn any(parties: &[Party], what: &str) -> Holds {
    if parties.is_empty() { Holds::No(format!("no {what}")) } else { Holds::Yes }
}

/// Somebody, or a tool, is named as who made the SBOM.
pub fn author(survey: &Survey) -> Holds {
    any(&survey.authors, "person or organisation is named as author of the SBOM")
}

/// Who made the SBOM can be reached.
pub fn reachable_author(survey: &Survey) -> Holds {
    match (survey.authors.is_empty(), survey.authors.iter().any(|party| !party.contact.is_empty())) {
        (true, _) => Holds::No("nobody is named as creator of the SBOM".to_owned()),
        (false, true) => Holds::Yes,
        (false, false) => Holds::No("the creator of the SBOM has no mail address and no URL".to_owned()),
    }
}

/// A time that can be read.
pub fn timestamp(survey: &Survey) -> Holds {
    let text = survey.timestamp.as_str();
    if text.is_empty() {
        return Holds::No("no timestamp".to_owned());
    }
    match Instant::parse(text).filter(|_| text.contains('T')) {
        Some(_) => Holds::Yes,
        None => Holds::No(format!("{text:?} is no time in the form of RFC 3339")),
    }
}

/// A tool is named.
pub fn tool(survey: &Survey) -> Holds {
    if survey.tools.is_empty() { Holds::No("no tool is named".to_owned()) } else { Holds::Yes }
}

/// It is said from what the SBOM was made.
pub fn context(survey: &Survey) -> Holds {
    if survey.context.is_empty() && survey.form == Form::Spdx2 {
        return Holds::No("SPDX 2 has no field for it".to_owned());
    }
    is_there(&survey.context, "phase of the life cycle or type of the SBOM")
}

/// The product is named and related to what it is made of.
pub fn root(survey: &Survey) -> Holds {
    if survey.has_root {
        return Holds::Yes;
    }
    Holds::No("no component is named as the product and related to what it is made of".to_owned())
}

/// Something is said of what is not known.
pub fn completeness(survey: &Survey) -> Holds {
    if survey.states_completeness {
        return Holds::Yes;
    }
    if survey.form == Form::Spdx2 {
        return Holds::Unknown("SPDX 2 can say it only by NONE and NOASSERTION in relationships".to_owned());
    }
    Holds::No("nothing says whether components and dependencies are all there".to_owned())
}

/// SPDX or CycloneDX: everything that reaches this point is one of them.
pub fn machine_readable(_: &Survey) -> Holds {
    Holds::Yes
}

/// The SBOM itself has an id.
pub fn document_id(survey: &Survey) -> Holds {
    is_there(&survey.id, "serial number, namespace or document id")
}

/// CycloneDX 1.5, SPDX 2.2.1 or newer.
pub fn format_2_0(survey: &Survey) -> Holds {
    newer(survey, [1, 5, 0], [2, 2, 1])
}

/// CycloneDX 1.6, SPDX 3.0.1 or newer.
pub fn format_2_1(survey: &Survey) -> Holds {
    newer(survey, [1, 6, 0], [3, 0, 1])
}

fn newer(survey: &Survey, cyclonedx: [u32; 3], spdx: [u32; 3]) -> Holds {
    let least = if survey.form == Form::CycloneDx { cyclonedx } else { spdx };
    let written = survey.spec_version.as_str();
    let mut parts = [0_u32; 3];
    for (part, text) in parts.iter_mut().zip(written.split('.')) {
        match text.parse() {
            Ok(number) => *part = number,
            Err(_) => return Holds::Unknown(format!("{written:?} is no version of a specification")),
        }
    }
    // Documents write SPDX-2.2 for 2.2.1 as well: it is the same specification, published by ISO.
    if parts >= least || (parts == [2, 2, 0] && least == [2, 2, 1]) {
        return Holds::Yes;
    }
    let [major, minor, patch] = least;
    let least = if patch == 0 { format!("{major}.{minor}") } else { format!("{major}.{minor}.{patch}") };
    Holds::No(format!("{} {written} is older than {least}", survey.form.word()))
}

/// No vulnerability is named.
pub fn no_vulnerabilities(survey: &Survey) -> Holds {
    match &survey.vulnerabilities {
        None => Holds::Yes,
        Some((place, count)) => Holds::No(format!("{count} vulnerabilities, the first at {place}")),
    }
}

/// Name.
pub fn name(part: &Part) -> Holds {
    is_there(&part.name, "name")
}

/// Version.
pub fn version(part: &Part) -> Holds {
    match part.version.trim() {
        "" => Holds::No("no version".to_owned()),
        word @ ("custom" | "git" | "master" | "main" | "latest" | "unknown" | "HEAD") => {
            Holds::No(format!("{word:?} is no version"))
        }
        _ => Holds::Yes,
    }
}

/// Supplier, or who made it.
pub fn supplier(part: &Part) -> Holds {
    if part.suppliers.is_empty() { any(&part.creators, "supplier or manufacturer") } else { Holds::Yes }
}

/// Who made it, with a way to reach them.
pub fn reachable_creator(part: &Part) -> Holds {
    let mut parties = part.creators.iter().chain(&part.suppliers).peekable();
    if parties.peek().is_none() {
        return Holds::No("no creator".to_owned());
    }
    if parties.any(|party| !party.contact.is_empty()) {
        return Holds::Yes;
    }
    Holds::No("the creator has no mail address and no URL".to_owned())
}

/// CPE, purl or another identifier.
pub fn identifier(part: &Part) -> Holds {
    let is_wild = |id: &&String| id.starts_with("cpe:2.3:*:*:");
    match part.identifiers.iter().filter(|id| !is_wild(id)).count() {
        0 if part.identifiers.is_empty() => Holds::No("no CPE, purl or other identifier".to_owned()),
        0 => Holds::Unknown(format!(
            "{} names no vendor, so it is not unique",
            part.identifiers.first().map_or("", String::as_str)
        )),
        _ => Holds::Yes,
    }
}

/// The graph tells its needs.
pub fn dependencies(part: &Part) -> Holds {
    if part.has_dependencies {
        return Holds::Yes;
    }
    Holds::Unknown("nothing says what it needs, nor that it needs nothing".to_owned())
}

/// Any hash that is not broken.
pub fn hash(part: &Part) -> Holds {
    let weak = |algorithm: &str| matches!(algorithm, "md2" | "md4" | "md5" | "sha1" | "adler32" | "crc32");
    match part.hashes.iter().find(|algorithm| !weak(algorithm)) {
        Some(_) => Holds::Yes,
        None if part.hashes.is_empty() => Holds::No("no hash".to_owned()),
        None => Holds::No(format!("only {}, which is broken", part.hashes.join(", "))),
    }
}

/// SHA-512 of what is shipped.
pub fn sha512(part: &Part) -> Holds {
    if part.hashes.iter().any(|algorithm| algorithm == "sha512") {
        return Holds::Yes;
    }
    let known = part.hashes.join(", ");
    Holds::No(if known.is_empty() { "no SHA-512".to_owned() } else { format!("no SHA-512, only {known}") })
}

/// A licence.
pub fn licence(part: &Part) -> Holds {
    if part.licences.is_empty() { Holds::No("no licence".to_owned()) } else { Holds::Yes }
}

/// A licence by ids of SPDX.
pub fn spdx_licence(part: &Part) -> Holds {
    if part.licences.is_empty() {
        return Holds::No("no licence".to_owned());
    }
    if let Some(name) = part.licences.iter().find(|licence| !licence.is_expression()) {
        return Holds::No(format!("{:?} is no SPDX expression", name.text));
    }
    let ids = part.licences.iter().flat_map(model::licence::Licence::ids);
    match ids.into_iter().find(|id| !spdx_ids::is_known(id)) {
        Some(id) => Holds::Unknown(format!("{id:?} is none of the SPDX ids that are known here")),
        None => Holds::Yes,
    }
}

/// The licence that somebody concluded, beside the declared one.
pub fn concluded_licence(part: &Part) -> Holds {
    let concluded =
        part.licences.iter().any(|licence| licence.said == model::licence::Acknowledgement::Concluded);
    if concluded { Holds::Yes } else { Holds::No("no concluded licence".to_owned()) }
}

/// The name of the file that is shipped.
pub fn filename(part: &Part) -> Holds {
    is_there(&part.filename, "file name")
}

fn said(part: &Part, at: usize, what: &str) -> Holds {
    if part.kinds_said.get(at) == Some(&true) {
        return Holds::Yes;
    }
    Holds::No(format!("nothing says whether it is {what}"))
}

/// Executable or not.
pub fn executable(part: &Part) -> Holds {
    said(part, 0, "executable")
}

/// Archive or not.
pub fn archive(part: &Part) -> Holds {
    said(part, 1, "an archive")
}

/// Structured or not.
pub fn structured(part: &Part) -> Holds {
    said(part, 2, "structured")
}

/// Where the sources are.
pub fn source_uri(part: &Part) -> Holds {
    is_there(&part.source_uri, "address of the source code")
}

/// Where the shipped form can be had.
pub fn deployable_uri(part: &Part) -> Holds {
    is_there(&part.deployable_uri, "address of the deployable form")
}
