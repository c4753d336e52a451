//! Bad input: an answer for all of it, in bounded time and memory, never a panic.

use formats::detect::{FormatError, detect, read_inventory};
use formats::limits::Limits;
use model::note::NoteCode;
use proptest::prelude::*;

use crate::{archives, expect, summary};

const FOLDERS: &[&str] =
    &["cyclonedx", "spdx2", "spdx3", "yocto-cve-check", "buildroot", "rootfs", "pkg-stats", "vigiles"];

/// Formats of lines, rows or pages: cut at a line end they are whole, so a cut need not be seen.
const LINE_FOLDERS: &[&str] = &["package-lists", "component-csv", "vigiles-csv", "lock-files"];

/// Formats that are no JSON. Those of lines have no end mark, so a cut between two lines is not seen.
const TEXTS: &[&str] = &["spdx2-tag-value", "spdx2-yaml", "spdx2-xml", "cyclonedx-xml", "zephyr"];

fn texts() -> Vec<(String, Vec<u8>)> {
    TEXTS.iter().flat_map(|folder| expect::documents(folder)).collect()
}

fn fixtures() -> Vec<(String, Vec<u8>)> {
    FOLDERS.iter().flat_map(|folder| expect::documents(folder)).collect()
}

#[test]
fn empty_and_foreign_bytes() {
    for bytes in [
        &b""[..],
        b" ",
        b"\n",
        b"\0",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"null",
        b"true",
        b"1e999",
        b"\"x\"",
        b"[]",
        b"{}",
        b"<",
        b"\x1f\x8b",
        b"PK\x03\x04",
    ] {
        let error = summary::refused(bytes, "x");
        assert!(!error.to_string().is_empty());
    }
}

/// Cut anywhere, a document is refused as a whole, and told to be cut where its kind is still seen.
#[test]
fn truncated_documents() {
    for (name, bytes) in fixtures() {
        for part in 1..50 {
            let cut = bytes.len() * part / 50;
            match read_inventory(&bytes[..cut], &name, &Limits::INVENTORY) {
                Err(
                    FormatError::Truncated { .. }
                    | FormatError::Unknown { .. }
                    | FormatError::Empty { .. }
                    | FormatError::NotYet { .. },
                ) => {}
                other => panic!("{name} cut at {cut}: {:?}", other.map(|read| summary::counts(&read))),
            }
        }
    }
}

/// Cut anywhere, a list gives an inventory or an error, and never one more component than the whole.
#[test]
fn truncated_lists() {
    for (name, bytes) in LINE_FOLDERS.iter().flat_map(|folder| expect::documents(folder)) {
        let whole =
            read_inventory(&bytes, &name, &Limits::INVENTORY).map_or(0, |read| read.value.components.len());
        for part in 1..50 {
            let cut = bytes.len() * part / 50;
            if let Ok(read) = read_inventory(&bytes[..cut], &name, &Limits::INVENTORY) {
                let count = read.value.components.len();
                let is_told =
                    count > 0 || !read.value.statements.is_empty() || !summary::notes(&read).is_empty();
                assert!(is_told, "{name} cut at {cut}: nothing, and no error");
                // A list that names its sources folds, cut off it may not.
                assert!(count <= whole + 1 || whole == 0, "{name} cut at {cut}: {count} of {whole}");
            }
        }
    }
}

/// Texts cut anywhere: XML is refused as a whole, lines give what stands before the cut or an error.
#[test]
fn truncated_texts() {
    for (name, bytes) in texts() {
        let whole = read_inventory(&bytes, &name, &Limits::INVENTORY);
        for part in 1..100 {
            let cut = bytes.len() * part / 100;
            let read = read_inventory(&bytes[..cut], &name, &Limits::INVENTORY);
            if name.ends_with(".xml") && whole.is_ok() {
                assert!(read.is_err(), "{name} cut at {cut} was read");
            }
            if let (Ok(read), Ok(whole)) = (&read, &whole) {
                assert!(
                    read.value.components.len() <= whole.value.components.len() + 1,
                    "{name} cut at {cut}"
                );
            }
        }
    }
}

/// Changed bytes, with fixed seeds: an inventory or an error.
#[test]
fn mutated_documents() {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as usize
    };
    const PIECES: &[&[u8]] = &[
        b"\"",
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b"null",
        b"-1",
        b"1e9",
        b"\\u0000",
        b"\\ud800",
        b"\xff",
        b"\0",
        b"cpe:2.3:",
        b"pkg:",
        b"\"spdxId\":",
        b"true",
        b"<",
        b"</",
        b"<a x=",
        b"<![CDATA[",
        b"&#0;",
        b"&x;",
        b"<text>",
        b"</text>",
        b"\nPackageName: ",
        b"\n- &a *a",
        b"\n",
        b": ",
    ];
    let lists = LINE_FOLDERS.iter().flat_map(|folder| expect::documents(folder));
    for (name, bytes) in fixtures().into_iter().chain(lists).chain(texts()) {
        for _ in 0..80 {
            let mut changed = bytes.clone();
            for _ in 0..1 + random() % 4 {
                let at = random() % changed.len();
                let piece = PIECES[random() % PIECES.len()];
                match random() % 3 {
                    0 => changed[at] = (random() % 256) as u8,
                    1 => {
                        let end = (at + piece.len()).min(changed.len());
                        changed.splice(at..end, piece.iter().copied());
                    }
                    _ => {
                        let end = (at + random() % 40).min(changed.len());
                        changed.drain(at..end);
                    }
                }
                if changed.is_empty() {
                    break;
                }
            }
            let _ = detect(&changed, &name);
            let _ = read_inventory(&changed, &name, &Limits::INVENTORY);
        }
    }
}

/// A hundred levels in every reader: refused with the limit's name before any parser recurses.
#[test]
fn nesting_beyond_the_limit() {
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(100), close.repeat(100));
    for (start, end) in [
        ("{\"bomFormat\":\"CycloneDX\",\"components\":", "}"),
        ("{\"bomFormat\":\"CycloneDX\",\"unknown\":", "}"),
        ("{\"spdxVersion\":\"SPDX-2.3\",\"packages\":", "}"),
        ("{\"@context\":\"https://spdx.org/rdf/3.0.1/spdx-context.jsonld\",\"@graph\":[", "]}"),
        ("{\"version\":\"1\",\"package\":[", "]}"),
        ("{\"zlib\":{\"type\":\"target\",\"virtual\":false,\"downloads\":", "}}"),
    ] {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let text = format!("{start}{}{end}", deep(open, close));
            let error = summary::refused(text.as_bytes(), "deep.json");
            assert_eq!(error.code(), NoteCode::TooDeep, "{error}");
            assert!(error.to_string().contains("nested deeper than 64 levels"), "{error}");
        }
    }
    // The root and its list are two levels, the innermost empty object one.
    let nested = "{\"components\":[".repeat(31) + &"]}".repeat(31);
    let text = format!("{{\"bomFormat\":\"CycloneDX\",\"components\":[{nested}]}}");
    summary::read(text.as_bytes(), "sixty-four levels are read");
    // A bomb of brackets costs nothing but its length.
    let text = format!("{{\"bomFormat\":\"CycloneDX\",\"x\":{}", "[".repeat(2_000_000));
    assert_eq!(summary::refused(text.as_bytes(), "brackets").code(), NoteCode::TooDeep);
}

/// Every field of every fixture with a value of another type: read, with notes where something was lost.
#[test]
fn wrong_types_everywhere() {
    for (name, bytes) in fixtures() {
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let document: serde_json::Value = serde_json::from_slice(text).expect("a fixture");
        let mut places = Vec::new();
        collect(&document, String::new(), &mut places);
        for value in [
            serde_json::json!(5),
            serde_json::json!({"a": []}),
            serde_json::json!([[]]),
            serde_json::json!(null),
            serde_json::json!("x"),
        ] {
            for place in &places {
                let mut changed = document.clone();
                if let Some(target) = changed.pointer_mut(place) {
                    *target = value.clone();
                }
                let changed = serde_json::to_vec(&changed).expect("JSON");
                match read_inventory(&changed, &name, &Limits::INVENTORY) {
                    Ok(_)
                    | Err(
                        FormatError::Unknown { .. }
                        | FormatError::NotYet { .. }
                        | FormatError::Malformed { .. },
                    ) => {}
                    Err(error) => panic!("{name} {place}: {error}"),
                }
            }
        }
    }
}

fn collect(value: &serde_json::Value, place: String, places: &mut Vec<String>) {
    let children: Vec<(String, &serde_json::Value)> = match value {
        serde_json::Value::Object(map) => {
            map.iter().map(|(key, value)| (key.replace('~', "~0").replace('/', "~1"), value)).collect()
        }
        serde_json::Value::Array(list) => {
            list.iter().enumerate().map(|(at, value)| (at.to_string(), value)).collect()
        }
        _ => Vec::new(),
    };
    if !place.is_empty() {
        places.push(place.clone());
    }
    for (key, child) in children {
        collect(child, format!("{place}/{key}"), places);
    }
}

/// One very long line, as a value, as a key, and as many components without a line break.
#[test]
fn long_lines() {
    let long = "x".repeat(2 << 20);
    let text = format!(
        "{{\"bomFormat\":\"CycloneDX\",\"{long}\":1,\"components\":[{{\"name\":\"a\",\"version\":\"{long}\",\"cpe\":\"cpe:2.3:a:{long}\",\"purl\":\"{long}\"}}]}}"
    );
    let read = summary::read(text.as_bytes(), "long.json");
    assert!(summary::notes(&read).iter().all(|note| note.value.chars().count() <= 120));
    assert_eq!(read.value.components[0].version.len(), 4_096, "no version is that long");
    assert!(summary::notes(&read).iter().any(|note| note.code == NoteCode::TooBig));
    let many = "{\"name\":\"a\",\"version\":\"1\"},".repeat(100_000);
    let text = format!("{{\"bomFormat\":\"CycloneDX\",\"components\":[{}]}}", many.trim_end_matches(','));
    let read = summary::read(text.as_bytes(), "many.json");
    assert_eq!(read.value.components.len(), 1, "a hundred thousand times the same");
    let error = summary::refused(long.as_bytes(), "letters");
    assert!(matches!(error, FormatError::Unknown { .. }));
}

/// Lists of one component that only a hostile document has: time in proportion to their length.
#[test]
fn long_lists_in_one_component() {
    let many = |item: &dyn Fn(usize) -> String| (0..20_000).map(item).collect::<Vec<_>>().join(",");
    let places = many(&|at| format!("{{\"location\":\"/p/{at}\"}}"));
    let patches = many(&|at| format!("{{\"diff\":{{\"url\":\"{at}.patch\"}}}}"));
    let hashes = many(&|at| format!("{{\"alg\":\"MD5\",\"content\":\"{at:032x}\"}}"));
    let text = format!(
        "{{\"bomFormat\":\"CycloneDX\",\"components\":[{{\"name\":\"a\",\"version\":\"1\",\"hashes\":[{hashes}],\"evidence\":{{\"occurrences\":[{places}]}},\"pedigree\":{{\"patches\":[{patches}]}}}}]}}"
    );
    let component = &summary::read(text.as_bytes(), "long.json").value.components[0];
    assert_eq!(
        (component.hashes.len(), component.locations.len(), component.patches.len()),
        (20_000, 20_000, 20_000)
    );
    // Thousands of kernels, of modules, and of components that are the same but for their place.
    let kernels = many(&|at| format!("{{\"name\":\"linux\",\"version\":\"6.1.{at}\"}}"));
    let modules = many(&|at| {
        format!("{{\"name\":\"kmod-{at}\",\"version\":\"1\",\"cpe\":\"cpe:/o:linux:linux_kernel:{at}\"}}")
    });
    let same = many(&|at| {
        format!(
            "{{\"name\":\"z\",\"version\":\"1\",\"evidence\":{{\"occurrences\":[{{\"location\":\"{at}\"}}]}}}}"
        )
    });
    for (list, count) in [(kernels, 20_000), (modules, 1), (same, 1)] {
        let text = format!("{{\"bomFormat\":\"CycloneDX\",\"components\":[{list}]}}");
        assert_eq!(summary::read(text.as_bytes(), "long.json").value.components.len(), count);
    }
}

/// A document with a surprise in every element tells of some and counts the rest.
#[test]
fn notes_are_bounded() {
    let many = "7,".repeat(50_000);
    let text = format!("{{\"bomFormat\":\"CycloneDX\",\"components\":[{}]}}", many.trim_end_matches(','));
    let read = summary::read(text.as_bytes(), "wrong.json");
    assert_eq!(read.notes.len(), 1_001);
    let last = read.notes.last().expect("a summary");
    assert_eq!((last.code.code(), last.value.as_str()), ("F_FIELD_TYPE", "49000 more of this kind"));
}

/// An archive bomb as an SBOM, plain and nested.
#[test]
fn archive_bombs() {
    let zeros = vec![b' '; 12 << 20];
    let limits = Limits { document_bytes: 1 << 21, archive_bytes: 1 << 22, ..Limits::INVENTORY };
    for bytes in
        [archives::zst(&zeros), archives::gzip(&archives::tar(&[("x.spdx.json".to_owned(), zeros.clone())]))]
    {
        let error = read_inventory(&bytes, "bomb", &limits).expect_err("a bomb");
        assert_eq!(error.code(), NoteCode::TooBig, "{error}");
    }
    assert!(matches!(read_inventory(&zeros, "big", &limits), Err(FormatError::TooBig { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read_inventory(&bytes, "x", &Limits::INVENTORY);
    }

    /// JSON of any shape under the roots that our readers take.
    #[test]
    fn any_json_never_panics(value in json(4), root in 0_usize..6) {
        let text = match root {
            0 => format!(r#"{{"bomFormat":"CycloneDX","metadata":{value},"components":[{value}],"vulnerabilities":[{value}],"dependencies":{value}}}"#),
            1 => format!(r#"{{"spdxVersion":"SPDX-2.3","packages":[{value}],"relationships":{value},"files":[{value}]}}"#),
            2 => format!(r#"{{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[{value},{{"type":"software_Package","name":{value}}}]}}"#),
            3 => format!(r#"{{"version":{value},"package":[{value}]}}"#),
            4 => format!(r#"{{"zlib":{{"type":"target","virtual":{value},"downloads":{value},"version":{value}}}}}"#),
            _ => value,
        };
        let _ = read_inventory(text.as_bytes(), "x", &Limits::INVENTORY);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Pieces of XML, of lines and of YAML in any order, below a root that our readers take.
    #[test]
    fn any_text_never_panics(pieces in proptest::collection::vec(0..WORDS.len(), 0..60), root in 0_usize..4) {
        let text: String = pieces.into_iter().map(|at| WORDS[at]).collect();
        let text = match root {
            0 => format!("<bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\">{text}</bom>"),
            1 => format!("<Document><spdxVersion>SPDX-2.3</spdxVersion>{text}</Document>"),
            2 => format!("SPDXVersion: SPDX-2.3\nCreator: Tool: Zephyr SPDX builder\n{text}"),
            _ => format!("spdxVersion: SPDX-2.3\n{text}"),
        };
        let _ = read_inventory(text.as_bytes(), "x", &Limits::INVENTORY);
    }
}

/// What texts are made of.
const WORDS: &[&str] = &[
    "<components>",
    "</components>",
    "<component type=\"library\" bom-ref=\"a\">",
    "</component>",
    "<name>",
    "</name>",
    "<version/>",
    "<dependency ref=\"a\">",
    "</dependency>",
    "<packages>",
    "</packages>",
    "<![CDATA[x]]>",
    "<!-- c -->",
    "&amp;",
    "&#xD800;",
    "&x;",
    "<?p i?>",
    "\n",
    "PackageName: a\n",
    "SPDXID: SPDXRef-a\n",
    "FileName: ./a\n",
    "Relationship: SPDXRef-a GENERATED_FROM SPDXRef-a\n",
    "ExternalRef: SECURITY cpe23Type cpe:2.3:a:a:a:1\n",
    "ExternalDocumentRef: DocumentRef-a SPDXRef-a\n",
    "Annotator: a\n",
    "SPDXREF: SPDXRef-a\n",
    "AnnotationComment: <text>",
    "</text>\n",
    "packages:\n",
    "- &a ",
    "- *a\n",
    "  name: \"a \"b\" c\"\n",
    "externalRefs: [{",
    "}]\n",
    ": ",
    "\u{0}",
    "ü",
];

/// Texts of JSON values, with the keys that our readers look for.
fn json(depth: u32) -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|value| value.to_string()),
        any::<i64>().prop_map(|value| value.to_string()),
        "[a-z0-9:./*@#?&=%+-]{0,20}".prop_map(|text| format!("\"{text}\"")),
        Just("\"cpe:2.3:a:b:c:1:*:*:*:*:*:*:*\"".to_owned()),
        Just("\"pkg:generic/a@1?b=c#d\"".to_owned()),
        Just("\"SPDXRef-a\"".to_owned()),
        Just("\"software_Package\"".to_owned()),
    ];
    const KEYS: &[&str] = &[
        "name",
        "version",
        "type",
        "bom-ref",
        "cpe",
        "purl",
        "components",
        "SPDXID",
        "versionInfo",
        "externalRefs",
        "spdxId",
        "from",
        "to",
        "relationshipType",
        "issue",
        "id",
        "status",
        "detail",
        "affects",
        "analysis",
        "state",
        "ref",
        "pedigree",
        "patches",
        "diff",
        "text",
    ];
    leaf.prop_recursive(depth, 40, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(|list| format!("[{}]", list.join(","))),
            proptest::collection::vec((0..KEYS.len(), inner), 0..6).prop_map(|pairs| {
                let pairs: Vec<String> =
                    pairs.into_iter().map(|(key, value)| format!("\"{}\":{value}", KEYS[key])).collect();
                format!("{{{}}}", pairs.join(","))
            }),
        ]
    })
}
