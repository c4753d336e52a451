//! The dependency graph of each format: text in, edges out.

use formats::detect::merge;
use model::sbom::Inventory;

use crate::summary;

/// `name: needed tie, …` for every component whose needs are known.
fn told(inventory: &Inventory) -> Vec<String> {
    let name = |reference: &str| {
        let found = inventory.components.iter().find(|one| one.source_ref == reference);
        found.map_or_else(|| format!("?{reference}"), |one| format!("{} {}", one.name, one.version))
    };
    let rows = inventory.components.iter().filter_map(|one| {
        let needs =
            one.needs.as_ref()?.iter().map(|need| format!("{} {}", name(&need.on).trim(), need.tie.word()));
        Some(format!("{}: {}", one.name, needs.collect::<Vec<_>>().join(", ")))
    });
    rows.collect()
}

fn check(document: &str, expected: &[&str]) {
    let read = summary::read(document.as_bytes(), "test.json");
    assert_eq!(told(&merge(vec![read.value])), expected);
}

/// Circles, edges to oneself, twice the same, edges that lead nowhere, the list of the root, build scope.
#[test]
fn cyclonedx() {
    check(
        r#"{"bomFormat":"CycloneDX","specVersion":"1.6",
        "metadata":{"component":{"type":"firmware","bom-ref":"root","name":"gateway","version":"1"}},
        "components":[
          {"type":"application","bom-ref":"a","name":"lighttpd","version":"1.4"},
          {"type":"library","bom-ref":"b","name":"openssl","version":"3.0"},
          {"type":"library","bom-ref":"c","name":"zlib","version":"1.3"},
          {"type":"application","bom-ref":"h","name":"cmake","version":"3","properties":[{"name":"BR_TYPE","value":"host"}]},
          {"type":"library","bom-ref":"d","name":"silent","version":"1"}],
        "dependencies":[{"ref":"root","dependsOn":["a","b","c","d"]},
          {"ref":"a","dependsOn":["b","b","a","gone","h"]},{"ref":"b","dependsOn":["c"]},{"ref":"c","dependsOn":["b"]},
          {"ref":"h","dependsOn":["c"]},7]}"#,
        &["lighttpd: openssl 3.0 stated", "openssl: zlib 1.3 stated", "zlib: openssl 3.0 stated"],
    );
}

/// A component that is listed without dependencies has none; one that is not listed is not known.
#[test]
fn cyclonedx_none_is_not_unknown() {
    check(
        r#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[
          {"type":"library","bom-ref":"b","name":"openssl","version":"3.0"},
          {"type":"library","bom-ref":"c","name":"zlib","version":"1.3"}],
        "dependencies":[{"ref":"b"}]}"#,
        &["openssl: "],
    );
}

fn spdx2(relations: &str) -> String {
    let package =
        |id: &str| format!(r#"{{"SPDXID":"SPDXRef-Package-{id}","name":"{id}","versionInfo":"1"}}"#);
    let packages: Vec<String> = ["a", "b", "c", "d", "t"].iter().map(|id| package(id)).collect();
    let relations = relations.split(';').map(|one| {
        let parts: Vec<&str> = one.split_whitespace().collect();
        let end = |id: &str| if id == "NONE" { id.to_owned() } else { format!("SPDXRef-Package-{id}") };
        format!(
            r#"{{"spdxElementId":"{}","relationshipType":"{}","relatedSpdxElement":"{}"}}"#,
            end(parts[0]),
            parts[1],
            end(parts[2])
        )
    });
    format!(
        r#"{{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","name":"x","documentNamespace":"https://x",
        "packages":[{}],"relationships":[{}]}}"#,
        packages.join(","),
        relations.collect::<Vec<_>>().join(",")
    )
}

#[test]
fn spdx_2_in_both_directions() {
    check(
        &spdx2(
            "a DEPENDS_ON b; c RUNTIME_DEPENDENCY_OF a; a DYNAMIC_LINK c; b DEPENDENCY_OF c; d DEPENDS_ON NONE; a DEPENDS_ON a; \
             b DEPENDS_ON gone; t BUILD_TOOL_OF a; d OPTIONAL_DEPENDENCY_OF b",
        ),
        &["a: b 1 stated, c 1 dynamic_link", "b: d 1 stated", "c: b 1 stated", "d: "],
    );
}

#[test]
fn spdx_2_static_links_are_parts() {
    let read = summary::read(spdx2("a STATIC_LINK b; a CONTAINS c").as_bytes(), "test.json");
    let inventory = merge(vec![read.value]);
    let parents: Vec<_> = inventory.components.iter().map(|one| one.parents.join(" ")).collect();
    assert_eq!(parents, ["", "SPDXRef-Package-a", "SPDXRef-Package-a", "", ""]);
}

fn spdx3(elements: &str) -> String {
    let package = |id: &str| {
        format!(
            r#"{{"type":"software_Package","spdxId":"{id}","name":"{id}","software_packageVersion":"1"}}"#
        )
    };
    let packages: Vec<String> = ["a", "b", "c"].iter().map(|id| package(id)).collect();
    format!(
        r#"{{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[
        {{"type":"SpdxDocument","spdxId":"doc","name":"x"}},{},{elements}]}}"#,
        packages.join(",")
    )
}

#[test]
fn spdx_3_by_scope() {
    check(
        &spdx3(
            r#"{"type":"LifecycleScopedRelationship","from":"a","to":["b"],"relationshipType":"dependsOn","scope":"runtime"},
            {"type":"LifecycleScopedRelationship","from":"a","to":["c"],"relationshipType":"dependsOn","scope":"build"},
            {"type":"Relationship","from":"b","to":["a","b","gone"],"relationshipType":"hasDynamicLink"},
            {"type":"Relationship","from":"b","to":["a"],"relationshipType":"dependsOn"},
            {"type":"Relationship","from":"c","to":["https://spdx.org/rdf/3.0.1/terms/Core/NoneElement"],"relationshipType":"dependsOn"}"#,
        ),
        &["a: b 1 runtime", "b: a 1 dynamic_link"],
    );
}

/// Who is built against a virtual package is built against its provider; host packages are tools.
#[test]
fn buildroot_show_info() {
    let package = |name: &str, version: &str, needs: &str| {
        format!(
            r#""{name}":{{"type":"target","name":"{name}","version":"{version}","virtual":false,"install_target":true,"downloads":[],"dependencies":[{needs}]}}"#
        )
    };
    let document = format!(
        r#"{{{},{},{},"openssl":{{"type":"target","virtual":true,"dependencies":["libopenssl","openssl"]}},
        "host-cmake":{{"type":"host","name":"cmake","version":"3","virtual":false,"downloads":[],"dependencies":["zlib"]}}}}"#,
        package("lighttpd", "1.4", r#""openssl","host-cmake","lighttpd","gone""#),
        package("libopenssl", "3.0", r#""zlib""#),
        package("zlib", "1.3", ""),
    );
    let read = summary::read(document.as_bytes(), "show-info.json");
    let notes: Vec<String> = summary::notes(&read).iter().map(|note| note.value.clone()).collect();
    assert!(notes.contains(&"lighttpd depends on gone".to_owned()), "{notes:?}");
    assert_eq!(
        told(&merge(vec![read.value])),
        ["libopenssl: zlib 1.3 built_against", "lighttpd: libopenssl 3.0 built_against"]
    );
}

/// Two documents that use the same references for different components, and one component that both describe.
#[test]
fn documents_are_joined_with_their_own_edges() {
    let document = |first: &str, second: &str| {
        format!(
            r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","components":[
            {{"type":"library","bom-ref":"1","name":"{first}","version":"1"}},
            {{"type":"library","bom-ref":"2","name":"{second}","version":"1"}}],
            "dependencies":[{{"ref":"1","dependsOn":["2"]}}]}}"#
        )
    };
    let read = |text: String, name: &str| summary::read(text.as_bytes(), name).value;
    let one = || read(document("nginx", "pcre"), "one.json");
    let other = || read(document("pcre", "zlib"), "other.json");
    let expected = ["nginx: pcre 1 stated", "pcre: zlib 1 stated"];
    assert_eq!(told(&merge(vec![one(), other()])), expected);
    assert_eq!(told(&merge(vec![other(), one()])), expected);
}
