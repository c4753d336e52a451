//! CPE names: the conformance rows (76, all exact), the relation table, repair, and the fast splitter.

use model::identity::Cpe;
use model::identity::cpe::relation::combine;
use model::identity::cpe::{CpeError, Relation, Value, Wfn, relate_attribute, relate_name, split_23};
use proptest::prelude::*;

const ATTRIBUTES: [&str; 11] = [
    "part",
    "vendor",
    "product",
    "version",
    "update",
    "edition",
    "language",
    "sw_edition",
    "target_sw",
    "target_hw",
    "other",
];

/// A name of the suite: a missing attribute is ANY, `null` is NA, a text is in quoted form.
fn wfn(json: &str) -> Wfn {
    let object: serde_json::Value = serde_json::from_str(json).expect("JSON");
    let values = ATTRIBUTES.map(|attribute| match &object[attribute] {
        serde_json::Value::Null if object.get(attribute).is_none() => Value::Any,
        serde_json::Value::Null => Value::Na,
        value => Value::Text(value.as_str().expect("text").to_owned()),
    });
    Wfn { values }
}

/// The data rows of a suite file, cut at tabs; leading spaces of a cell count.
fn rows(name: &str) -> Option<Vec<Vec<String>>> {
    let path = testkit::shared(&format!("conformance/cpe/{name}"))?;
    let text = std::fs::read_to_string(path).expect("suite file");
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    Some(lines.map(|line| line.split('\t').map(str::to_owned).collect()).collect())
}

#[test]
fn bind() {
    let Some(strings) = rows("bind-fs.tsv") else { return };
    let uris = rows("bind-uri.tsv").expect("suite");
    assert_eq!((strings.len(), uris.len()), (3, 5));
    for row in strings {
        assert_eq!(wfn(&row[0]).to_23(), row[1]);
    }
    for row in uris {
        assert_eq!(wfn(&row[0]).to_22_uri(), row[1]);
    }
}

#[test]
fn unbind() {
    let Some(strings) = rows("unbind-fs.tsv") else { return };
    let uris = rows("unbind-uri.tsv").expect("suite");
    assert_eq!((strings.len(), uris.len()), (8, 17));
    for row in strings {
        let expected = (row[1] != "ERROR").then(|| wfn(&row[1]));
        assert_eq!(Wfn::from_23(&row[0]).ok(), expected, "{}", row[0]);
    }
    for row in uris {
        let expected = (row[1] != "ERROR").then(|| wfn(&row[1]));
        assert_eq!(Wfn::from_22_uri(&row[0]).ok(), expected, "{}", row[0]);
    }
}

#[test]
fn name_matching() {
    let Some(rows) = rows("match.tsv") else { return };
    assert_eq!(rows.len(), 18);
    for row in rows {
        let relation = relate_name(&wfn(&row[0]), &wfn(&row[1]));
        let is = |yes: bool| if yes { "1" } else { "0" };
        let equal = relation == Relation::Equal;
        let found = [
            is(relation == Relation::Disjoint),
            is(equal),
            is(equal || relation == Relation::Subset),
            is(equal || relation == Relation::Superset),
        ];
        assert_eq!(found, [&*row[2], &*row[3], &*row[4], &*row[5]], "{} / {}", row[0], row[1]);
    }
}

#[test]
fn validity() {
    let Some(values) = rows("wfn-value.tsv") else { return };
    let strings = rows("validate-fs.tsv").expect("suite");
    let uris = rows("validate-uri.tsv").expect("suite");
    assert_eq!((values.len(), strings.len(), uris.len()), (15, 7, 3));
    for row in values {
        let value: String = serde_json::from_str(&row[0]).expect("JSON text");
        assert_eq!(Value::is_valid_text(&value), row[1] == "1", "{value}");
    }
    for row in strings {
        assert_eq!(Wfn::from_23(&row[0]).is_ok(), row[1] == "1", "{}", row[0]);
    }
    for row in uris {
        assert_eq!(Wfn::from_22_uri(&row[0]).is_ok(), row[1] == "1", "{}", row[0]);
    }
}

fn relation(name: &str) -> Relation {
    match name {
        "EQUAL" => Relation::Equal,
        "SUBSET" => Relation::Subset,
        "SUPERSET" => Relation::Superset,
        "DISJOINT" => Relation::Disjoint,
        "UNDEFINED" | "NO_RELATION" => Relation::Undefined,
        other => panic!("unknown relation {other}"),
    }
}

/// A value of a class of the relation table.
fn of_class(class: &str) -> Value {
    let text = |quoted: &str| Value::Text(quoted.to_owned());
    match class {
        "ANY" => Value::Any,
        "NA" => Value::Na,
        "i" | "m2 (matches)" => text("word"),
        "k" | "m2 (no match)" => text("other"),
        "m+wild" | "m1+wild" => text("wor?"),
        "m2+wild" => text("*ord"),
        other => panic!("unknown class {other}"),
    }
}

#[test]
fn relation_table() {
    let text = include_str!("../../../fixtures/cases/cpe-relations.tsv");
    let (mut attributes, mut names) = (0, 0);
    for row in testkit::shared::table(text) {
        match row["kind"].as_str() {
            "attribute" => {
                attributes += 1;
                let found = relate_attribute(&of_class(&row["source"]), &of_class(&row["target"]));
                assert_eq!(found, relation(&row["result"]), "{row:?}");
            }
            "name" => {
                names += 1;
                assert_eq!(name_rule(&row["source"]), relation(&row["result"]), "{row:?}");
            }
            _ => {}
        }
    }
    assert_eq!((attributes, names), (18, 6));
}

/// The joined relation of sets of attribute relations that fit the words of a row; all of them must agree.
fn name_rule(words: &str) -> Relation {
    use Relation::{Disjoint, Equal, Subset, Superset, Undefined};
    let all = [Equal, Subset, Superset, Disjoint, Undefined];
    let mut results = Vec::new();
    for one in all {
        for two in all {
            for three in all {
                let set = [one, two, three];
                let only = |allowed: &[Relation]| set.iter().all(|relation| allowed.contains(relation));
                let has = |wanted: Relation| set.contains(&wanted);
                let fits = match words {
                    "contains DISJOINT" => has(Disjoint),
                    "all EQUAL" => only(&[Equal]),
                    "all SUBSET or EQUAL" => only(&[Subset, Equal]) && has(Subset),
                    "all SUPERSET or EQUAL" => only(&[Superset, Equal]) && has(Superset),
                    "SUBSET and SUPERSET mixed" => {
                        has(Subset) && has(Superset) && !has(Disjoint) && !has(Undefined)
                    }
                    "contains UNDEFINED, no DISJOINT" => has(Undefined) && !has(Disjoint),
                    other => panic!("unknown rule {other}"),
                };
                if fits {
                    results.push(set.into_iter().fold(Equal, combine));
                }
            }
        }
    }
    assert!(results.windows(2).all(|pair| pair[0] == pair[1]), "{words}: {results:?}");
    results[0]
}

/// What a text is read as: the formatted string, `repaired`, `uri`.
fn read(text: &str) -> String {
    match Cpe::parse(text) {
        Err(error) => format!("error: {error}"),
        Ok(parsed) => {
            let repaired = if parsed.repaired { " repaired" } else { "" };
            let uri = if parsed.was_22_uri { " uri" } else { "" };
            format!("{}{repaired}{uri}", parsed.cpe)
        }
    }
}

#[test]
fn valid_names_are_not_repaired() {
    for text in [
        "cpe:2.3:a:busybox:busybox:1.37.0:*:*:*:*:*:*:*",
        "cpe:2.3:*:*:busybox:1.37.0:*:*:*:*:*:*:*",
        r"cpe:2.3:a:gnu:g\+\+:12.3:*:*:*:*:*:*:*",
        r"cpe:2.3:a:isc:bind:9.18.19:s1:*:*:supported_preview:*:*:*",
        r"cpe:2.3:a:perl:archive\:\:zip:1.68:-:*:*:*:*:*:*",
    ] {
        assert_eq!(read(text), text);
    }
}

#[test]
fn repairs() {
    for (text, expected) in [
        // Written before the writer learned to escape.
        (
            "cpe:2.3:a:freedesktop:dbus-c++:0.9.0:*:*:*:*:*:*:*",
            r"cpe:2.3:a:freedesktop:dbus-c\+\+:0.9.0:*:*:*:*:*:*:* repaired",
        ),
        ("cpe:2.3:*:*:linux:6.1+git:*:*:*:*:*:*:*", r"cpe:2.3:*:*:linux:6.1\+git:*:*:*:*:*:*:* repaired"),
        // A partial name of a package list.
        ("cpe:2.3:a:haxx:curl", "cpe:2.3:a:haxx:curl:*:*:*:*:*:*:*:* repaired"),
        ("cpe:2.3:a:haxx:curl:7.68.0", "cpe:2.3:a:haxx:curl:7.68.0:*:*:*:*:*:*:* repaired"),
        // Empty attributes, upper case, white space around and inside.
        ("cpe:2.3:a::curl:7.68.0:::::::", "cpe:2.3:a:*:curl:7.68.0:*:*:*:*:*:*:* repaired"),
        ("CPE:2.3:A:Haxx:cURL:7.68.0:*:*:*:*:*:*:*", "cpe:2.3:a:haxx:curl:7.68.0:*:*:*:*:*:*:* repaired"),
        (" cpe:2.3:a:haxx:curl:7.68.0:*:*:*:*:*:*:* ", "cpe:2.3:a:haxx:curl:7.68.0:*:*:*:*:*:*:* repaired"),
        ("cpe:2.3:a:the haxx:curl:1:*:*:*:*:*:*:*", "cpe:2.3:a:the_haxx:curl:1:*:*:*:*:*:*:* repaired"),
        // One reading only: an epoch, a Perl module, surplus ANY.
        (
            "cpe:2.3:a:debian:pkg:2:1.30.1:*:*:*:*:*:*:*",
            r"cpe:2.3:a:debian:pkg:2\:1.30.1:*:*:*:*:*:*:* repaired",
        ),
        (
            "cpe:2.3:a:perl:archive::zip:1.68:*:*:*:*:*:*:*",
            r"cpe:2.3:a:perl:archive\:\:zip:1.68:*:*:*:*:*:*:* repaired",
        ),
        ("cpe:2.3:a:haxx:curl:1:*:*:*:*:*:*:*:*", "cpe:2.3:a:haxx:curl:1:*:*:*:*:*:*:* repaired"),
        // 2.2 URIs.
        ("cpe:/a:openssl:openssl:3.0.11", "cpe:2.3:a:openssl:openssl:3.0.11:*:*:*:*:*:*:* uri"),
        ("cpe:/a:gnu:g%2b%2b:12.3", r"cpe:2.3:a:gnu:g\+\+:12.3:*:*:*:*:*:*:* uri"),
        ("cpe:/a:gnu:g++:12.3", r"cpe:2.3:a:gnu:g\+\+:12.3:*:*:*:*:*:*:* repaired uri"),
        ("cpe:/a:w1.fi:hostapd:2.10::~~~~arm~", "cpe:2.3:a:w1.fi:hostapd:2.10:*:*:*:*:*:arm:* uri"),
        ("cpe:/a:x:y:1:p2::de", "cpe:2.3:a:x:y:1:p2:*:de:*:*:*:* uri"),
        ("cpe:/o:linux:linux_kernel:6.1~rc2", r"cpe:2.3:o:linux:linux_kernel:6.1\~rc2:*:*:*:*:*:*:* uri"),
        ("cpe:/a:x:50%:1", r"cpe:2.3:a:x:50\%:1:*:*:*:*:*:*:* repaired uri"),
    ] {
        assert_eq!(read(text), expected, "{text}");
    }
}

#[test]
fn no_reading() {
    for (text, error) in [
        ("", CpeError::Prefix),
        ("busybox", CpeError::Prefix),
        ("cpe:2.4:a:x:y:1:*:*:*:*:*:*:*", CpeError::Prefix),
        ("cpe:2.3:z:x:y:1:*:*:*:*:*:*:*", CpeError::Part),
        ("cpe:2.3:linux:linux_kernel:5.10", CpeError::Part),
        // Two readings: which of the names holds the colon?
        ("cpe:2.3:a:foo:bar:baz:1.0:*:*:*:*:*:*:*", CpeError::Ambiguous),
        ("cpe:2.3:a:a:b:c:d:e:f:g:h:i:j:k:l:m:n:o:p:q", CpeError::Ambiguous),
        ("cpe:2.3:a:*:*:1.0:*:*:*:*:*:*:*", CpeError::Empty),
        ("cpe:/a", CpeError::Empty),
        ("cpe:/a:x:y%99:1", CpeError::PercentCode),
        ("cpe:/a:x:y:1::~a~b~c~d~e~f", CpeError::PackedEdition),
        ("cpe:2.3:a:x\u{7}:y:1:*:*:*:*:*:*:*", CpeError::Value),
    ] {
        assert_eq!(Cpe::parse(text).map(|parsed| parsed.cpe.to_23()), Err(error), "{text}");
    }
}

#[test]
fn split_borrows() {
    use std::borrow::Cow;
    let parts = split_23(r"cpe:2.3:a:joomla:joomla\!:1.0::*:*:*:*:*:a\:b").expect("11 attributes");
    assert!(matches!(parts[1], Cow::Borrowed("joomla")));
    assert_eq!((&*parts[2], &*parts[4], &*parts[10]), ("joomla!", "*", "a:b"));
    assert_eq!(split_23("cpe:2.3:a:x:y:1:*:*:*:*:*:*"), None);
    assert_eq!(split_23("cpe:2.3:a:x:y:1:*:*:*:*:*:*:*:*"), None);
    assert_eq!(split_23("cpe:/a:x:y:1"), None);
    assert_eq!(split_23(r"cpe:2.3:a:x:y:1:*:*:*:*:*:*:*\").expect("11")[10], r"*\");
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in ".{0,80}") {
        let _ = (Cpe::parse(&text), Wfn::from_23(&text), Wfn::from_22_uri(&text), split_23(&text));
        for prefix in ["cpe:2.3:", "cpe:/"] {
            let text = format!("{prefix}{text}");
            let _ = (Wfn::from_23(&text), Wfn::from_22_uri(&text));
            if let Ok(parsed) = Cpe::parse(&text) {
                let again = Cpe::parse(&parsed.cpe.to_23()).expect("what we write we can read");
                prop_assert_eq!(again.cpe, parsed.cpe);
                prop_assert!(!again.repaired);
            }
        }
    }

    #[test]
    fn both_bindings_come_back(values in proptest::collection::vec("[a-z0-9_.+:~!/-]{0,6}", 11)) {
        let mut values: [String; 11] = values.try_into().expect("eleven");
        values[0] = "a".to_owned();
        values[2] = format!("x{}", values[2]);
        let cpe = Cpe::from_attributes(values);
        let string = Cpe::parse(&cpe.to_23()).expect("formatted string");
        prop_assert!(!string.repaired);
        prop_assert_eq!(&string.cpe, &cpe);
        let uri = Cpe::parse(&cpe.to_22_uri()).expect("URI");
        prop_assert_eq!(&uri.cpe, &cpe);
        let split = split_23(&string.cpe.to_23()).expect("11").map(|part| part.into_owned());
        prop_assert_eq!(split, cpe.attributes().map(str::to_owned));
    }

    #[test]
    fn relations_mirror(one in "[ab?*]{1,3}", other in "[ab]{1,3}") {
        let (one, other) = (Value::Text(one), Value::Text(other));
        let mirrored = match relate_attribute(&one, &other) {
            Relation::Superset => Relation::Undefined,
            Relation::Disjoint if one.has_wildcard() => Relation::Undefined,
            same => same,
        };
        prop_assert_eq!(relate_attribute(&other, &one), mirrored);
    }
}
