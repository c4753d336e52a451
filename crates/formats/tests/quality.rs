//! SBOMs looked at field by field: what is there, where, and what no SBOM is.

use std::fmt::Write;

use formats::detect::FormatError;
use formats::limits::Limits;
use formats::quality::survey;
use model::quality::{Party, Survey};

use crate::{expect, packs};

fn read(text: &str) -> Survey {
    survey(text.as_bytes(), "x", &Limits::INVENTORY).unwrap_or_else(|error| panic!("{error}"))
}

/// A survey in lines: the document, then each component.
fn summary(survey: &Survey) -> String {
    let parties = |parties: &[Party]| {
        parties.iter().map(|party| format!("{}<{}>", party.name, party.contact)).collect::<Vec<_>>().join(" ")
    };
    let mut out = format!(
        "{} {} id {:?} by [{}] with {:?} at {:?} context {:?} complete {} root {} vulnerabilities {:?}",
        survey.form.word(),
        survey.spec_version,
        survey.id,
        parties(&survey.authors),
        survey.tools,
        survey.timestamp,
        survey.context,
        survey.states_completeness,
        survey.has_root,
        survey.vulnerabilities
    );
    for part in &survey.parts {
        let licences: Vec<String> =
            part.licences.iter().map(|licence| format!("{} {}", licence.said.word(), licence.text)).collect();
        let _ = write!(
            out,
            "\n{} {} {} supplier [{}] creator [{}] ids {:?} licences {licences:?} hashes {:?} file {:?} source {:?} from {:?} kinds {:?} needs {}",
            part.place,
            part.name,
            part.version,
            parties(&part.suppliers),
            parties(&part.creators),
            part.identifiers,
            part.hashes,
            part.filename,
            part.source_uri,
            part.deployable_uri,
            part.kinds_said,
            part.has_dependencies
        );
    }
    out
}

#[test]
fn cyclonedx() {
    let survey = read(
        r#"{"bomFormat":"CycloneDX","specVersion":"1.6","serialNumber":"urn:uuid:1","version":1,
        "metadata":{"timestamp":"2026-11-22T12:00:00Z","lifecycles":[{"phase":"build"}],
          "authors":[{"name":"A","email":"a@acme.example"}],"manufacturer":{"name":"Acme","url":["https://acme.example"]},
          "tools":{"components":[{"type":"application","name":"maker"}]},
          "component":{"type":"firmware","bom-ref":"p","name":"gateway","version":"4"}},
        "components":[{"type":"library","bom-ref":"a","name":"zlib","version":1.3,"purl":"pkg:generic/zlib@1.3",
          "supplier":{"name":"Zlib","contact":[{"email":"z@zlib.example"}]},"authors":[{"name":"Mark"}],
          "licenses":[{"expression":"Zlib","acknowledgement":"concluded"}],
          "hashes":[{"alg":"SHA-256","content":"00"}],
          "externalReferences":[{"type":"vcs","url":"https://git.example/z"},
            {"type":"distribution","url":"https://example/z.tar","hashes":[{"alg":"SHA-512","content":"11"}]}],
          "properties":[{"name":"bsi:component:filename","value":"libz.so"},{"name":"bsi:component:executable","value":"executable"}],
          "components":[{"type":"library","name":"inner"}]}],
        "dependencies":[{"ref":"p","dependsOn":["a"]},{"ref":"a"}],
        "compositions":[{"aggregate":"incomplete"}],
        "vulnerabilities":[{"id":"CVE-1"},{"id":"CVE-2"}]}"#,
    );
    insta::assert_snapshot!(summary(&survey), @r#"
    cyclonedx 1.6 id "urn:uuid:1" by [A<a@acme.example> Acme<https://acme.example>] with ["maker"] at "2026-11-22T12:00:00Z" context "build" complete true root true vulnerabilities Some(("/vulnerabilities/0", 2))
    /components/0 zlib 1.3 supplier [Zlib<z@zlib.example>] creator [Mark<>] ids ["pkg:generic/zlib@1.3"] licences ["concluded Zlib"] hashes ["sha256", "sha512"] file "libz.so" source "https://git.example/z" from "https://example/z.tar" kinds [true, false, false] needs true
    /components/0/components/0 inner  supplier [] creator [] ids [] licences [] hashes [] file "" source "" from "" kinds [false, false, false] needs false
    /metadata/component gateway 4 supplier [] creator [] ids [] licences [] hashes [] file "" source "" from "" kinds [false, false, false] needs true
    "#);
}

#[test]
fn spdx_2() {
    let survey = read(
        r#"{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","documentNamespace":"https://acme.example/1",
        "creationInfo":{"created":"2026-11-22T12:00:00Z","creators":["Tool: maker-1","Organization: Acme (info@acme.example)"]},
        "documentDescribes":["SPDXRef-p"],
        "packages":[{"SPDXID":"SPDXRef-p","name":"gateway","versionInfo":"NOASSERTION"},
          {"SPDXID":"SPDXRef-a","name":"zlib","versionInfo":"1.3","supplier":"Organization: Zlib","originator":"Person: Mark (m@z.example)",
           "packageFileName":"libz.so","downloadLocation":"git+https://git.example/z","licenseDeclared":"Zlib","licenseConcluded":"NOASSERTION",
           "checksums":[{"algorithm":"SHA512","checksumValue":"1"}],
           "externalRefs":[{"referenceCategory":"SECURITY","referenceType":"cpe23Type","referenceLocator":"cpe:2.3:a:zlib:zlib:1.3:*:*:*:*:*:*:*"},
             {"referenceCategory":"SECURITY","referenceType":"advisory","referenceLocator":"https://cve.example/1"}]},
          {"SPDXID":"SPDXRef-s","name":"zlib.tar","primaryPackagePurpose":"SOURCE"}],
        "relationships":[{"spdxElementId":"SPDXRef-p","relationshipType":"CONTAINS","relatedSpdxElement":"SPDXRef-a"},
          {"spdxElementId":"SPDXRef-a","relationshipType":"DEPENDS_ON","relatedSpdxElement":"NONE"}]}"#,
    );
    insta::assert_snapshot!(summary(&survey), @r#"
    spdx-2 2.3 id "https://acme.example/1" by [Acme<info@acme.example>] with ["maker-1"] at "2026-11-22T12:00:00Z" context "" complete true root true vulnerabilities Some(("SPDXRef-a/externalRefs/1", 1))
    SPDXRef-a zlib 1.3 supplier [Zlib<>] creator [Mark<m@z.example>] ids ["cpe:2.3:a:zlib:zlib:1.3:*:*:*:*:*:*:*"] licences ["declared Zlib"] hashes ["sha512"] file "libz.so" source "git+https://git.example/z" from "" kinds [false, false, false] needs true
    SPDXRef-p gateway  supplier [] creator [] ids [] licences [] hashes [] file "" source "" from "" kinds [false, false, false] needs true
    "#);
}

#[test]
fn spdx_3() {
    let survey = read(
        r#"{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[
        {"type":"CreationInfo","@id":"_:c","specVersion":"3.0.1","created":"2026-11-22T12:00:00Z","createdBy":["urn:acme"],"createdUsing":["urn:tool"]},
        {"type":"Organization","spdxId":"urn:acme","name":"Acme","externalIdentifier":[{"externalIdentifierType":"email","identifier":"info@acme.example"}]},
        {"type":"Tool","spdxId":"urn:tool","name":"maker"},
        {"type":"SpdxDocument","spdxId":"urn:d","creationInfo":"_:c","rootElement":["urn:b"]},
        {"type":"software_Sbom","spdxId":"urn:b","software_sbomType":["build"],"rootElement":["urn:p"]},
        {"type":"software_Package","spdxId":"urn:p","name":"gateway"},
        {"type":"software_Package","spdxId":"urn:a","name":"zlib","software_packageVersion":"1.3","suppliedBy":"urn:acme","originatedBy":["urn:gone"],
          "software_packageUrl":"pkg:generic/zlib@1.3","software_downloadLocation":"https://example/z.tar","software_additionalPurpose":["archive"]},
        {"type":"software_Package","spdxId":"urn:s","name":"z.tar","software_primaryPurpose":"source"},
        {"type":"software_File","spdxId":"urn:f","name":"libz.so","software_primaryPurpose":"executable","verifiedUsing":[{"algorithm":"sha512","hashValue":"1"}]},
        {"type":"simplelicensing_LicenseExpression","spdxId":"urn:l","simplelicensing_licenseExpression":"Zlib"},
        {"type":"Relationship","from":"urn:p","relationshipType":"contains","to":["urn:a"],"completeness":"complete"},
        {"type":"Relationship","from":"urn:a","relationshipType":"hasConcludedLicense","to":["urn:l"]},
        {"type":"Relationship","from":"urn:a","relationshipType":"hasDistributionArtifact","to":["urn:f"]},
        {"type":"security_Vulnerability","spdxId":"urn:v","name":"CVE-1"}]}"#,
    );
    insta::assert_snapshot!(summary(&survey), @r#"
    spdx-3 3.0.1 id "urn:d" by [Acme<info@acme.example>] with ["maker"] at "2026-11-22T12:00:00Z" context "build" complete true root true vulnerabilities Some(("urn:v", 1))
    urn:p gateway  supplier [] creator [] ids [] licences [] hashes [] file "" source "" from "" kinds [false, false, false] needs true
    urn:a zlib 1.3 supplier [Acme<info@acme.example>] creator [urn:gone<>] ids ["pkg:generic/zlib@1.3"] licences ["concluded Zlib"] hashes ["sha512"] file "libz.so" source "" from "https://example/z.tar" kinds [true, true, false] needs false
    "#);
}

/// What is no SBOM is refused, with what to do.
#[test]
fn what_is_no_sbom() {
    let refused = |text: &str| match survey(text.as_bytes(), "x", &Limits::INVENTORY) {
        Err(error) => error,
        Ok(read) => panic!("{}", summary(&read)),
    };
    assert!(matches!(refused(""), FormatError::Empty { .. }));
    assert!(matches!(refused("hello"), FormatError::Unknown { .. }));
    let config =
        "# Linux/arm64 6.1.22 Kernel Configuration\nCONFIG_ARM64=y\nCONFIG_X=y\n# CONFIG_Y is not set\n";
    assert!(refused(config).to_string().contains("patchwright sbom convert"), "{}", refused(config));
    assert!(matches!(refused(r#"{"bomFormat":"CycloneDX","components":["#), FormatError::Truncated { .. }));
    let deep = format!(r#"{{"bomFormat":"CycloneDX","components":{}{}}}"#, "[".repeat(99), "]".repeat(99));
    assert!(matches!(refused(&deep), FormatError::TooDeep { .. }));
}

/// Every fixture, cut and whole: an answer, never a panic.
#[test]
fn hostile_documents() {
    let mut seen = 0;
    for folder in ["cyclonedx", "spdx2", "spdx3"] {
        for (name, bytes) in expect::documents(folder) {
            for part in 0..=20 {
                let cut = &bytes[..bytes.len() * part / 20];
                seen += usize::from(survey(cut, &name, &Limits::INVENTORY).is_ok());
            }
            for at in (0..bytes.len()).step_by(7) {
                let mut changed = bytes.clone();
                changed[at] = changed[at].wrapping_add(at as u8 | 1);
                let _ = survey(&changed, &name, &Limits::INVENTORY);
            }
        }
    }
    assert!(seen > 40, "{seen}");
}

/// Counts taken from the documents with a script.
#[test]
fn real_documents() {
    let Some(all) = packs::sboms() else { return };
    let counts = |name: &str| {
        let survey = survey(&all[name], name, &Limits::INVENTORY).expect("it is an SBOM");
        let with =
            |is: fn(&model::quality::Part) -> bool| survey.parts.iter().filter(|part| is(part)).count();
        (
            survey.parts.len(),
            with(|part| !part.suppliers.is_empty()),
            with(|part| !part.identifiers.is_empty()),
            with(|part| !part.licences.is_empty()),
            with(|part| part.has_dependencies),
        )
    };
    insta::assert_debug_snapshot!([
        counts("yocto/core-image-minimal-qemux86-64.rootfs.spdx.json"),
        counts("yocto/example.rootfs.spdx.tar.zst"),
        counts("buildroot/gateway-beaglebone-2024.02.1.cdx.json"),
        counts("bom-shelter/julia.spdx.json"),
    ], @r#"
    [
        (
            39,
            0,
            37,
            38,
            37,
        ),
        (
            122,
            122,
            87,
            121,
            118,
        ),
        (
            143,
            0,
            104,
            142,
            143,
        ),
        (
            34,
            2,
            0,
            34,
            1,
        ),
    ]
    "#);
}
