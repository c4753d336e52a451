//! The application test of 4.2 without tables: pure CPE logic.

use model::identity::cpe::candidate::{ecosystem, joined_version};
use model::identity::cpe::{Candidate, Criterion, Denial, Known, candidate_test};
use model::identity::name::{is_no_name, name_key, same_name};
use model::identity::{Cpe, cpe};
use model::record::CpeHead;
use proptest::prelude::*;

fn head(text: &str) -> (CpeHead<'static>, String, String) {
    let cpe = Cpe::parse(text).expect("a criterion").cpe;
    let head = CpeHead {
        part: cpe.part.into(),
        vendor: cpe.vendor.into(),
        product: cpe.product.into(),
        edition: cpe.edition.into(),
        language: cpe.language.into(),
        sw_edition: cpe.sw_edition.into(),
        target_sw: cpe.target_sw.into(),
        target_hw: cpe.target_hw.into(),
        other: cpe.other.into(),
    };
    (head, cpe.version, cpe.update)
}

fn test(component: &str, criterion: &str, known: &Known<'_>) -> Candidate {
    let component = Cpe::parse(component).expect("a component").cpe;
    let (head, version, update) = head(criterion);
    candidate_test(&component, &Criterion { head: &head, version: &version, update: &update }, known)
}

#[test]
fn without_tables() {
    use Candidate::{Match, No, Platform, Possible};
    for (component, criterion, expected) in [
        ("cpe:2.3:a:x:y:1", "cpe:2.3:a:x:y:*", Match),
        ("cpe:2.3:a:X_y:Y-z:1", "cpe:2.3:a:x-y:y_z:*", Match),
        ("cpe:2.3:*:*:y:1", "cpe:2.3:a:x:y:*", Possible),
        ("cpe:2.3:a:x:y:1", "cpe:2.3:a:*:y:*", Possible),
        ("cpe:2.3:*:x:y:1", "cpe:2.3:o:x:y:*", Match),
        ("cpe:2.3:a:x:y:1", "cpe:2.3:h:x:y:*", No(Denial::OtherPart)),
        ("cpe:2.3:a:x:y:1", "cpe:2.3:a:z:y:*", No(Denial::OtherProduct)),
        ("cpe:2.3:a:x:y:1", "cpe:2.3:a:x:w:*", No(Denial::OtherProduct)),
        ("cpe:2.3:a:x:y:1", "cpe:2.3:a:x:y:*:*:*:*:*:node.js", No(Denial::OtherEcosystem)),
        ("cpe:2.3:a:x:y:1:*:*:*:*:node.js", "cpe:2.3:a:x:y:*:*:*:*:*:nodejs", Match),
        ("cpe:2.3:a:x:y:1", "cpe:2.3:a:x:y:*:*:*:*:*:windows", Platform),
        ("cpe:2.3:a:x:y:1", "cpe:2.3:a:x:y:*:*:*:*:*:some_word", Platform),
        ("cpe:2.3:a:x:y:1", "cpe:2.3:a:x:y:*:*:*:*:*:*:x64", Platform),
        ("cpe:2.3:a:x:y:1", "cpe:2.3:a:x:y:*:*:*:*:premium", No(Denial::OtherEdition)),
        ("cpe:2.3:a:x:y:1:*:*:*:premium", "cpe:2.3:a:x:y:*:*:*:*:premium", Match),
        ("cpe:2.3:a:x:y:1.0:beta1", "cpe:2.3:a:x:y:1.0:-", No(Denial::OtherUpdate)),
        ("cpe:2.3:a:x:y:1.0-beta1", "cpe:2.3:a:x:y:1.0:beta1", Match),
        ("cpe:2.3:a:x:y:1.0.1", "cpe:2.3:a:x:y:1.0:-", Match),
        ("cpe:2.3:a:x:y:custom", "cpe:2.3:a:x:y:-:-", Match),
        ("cpe:2.3:a:x:y:*", "cpe:2.3:a:x:y:1.0:p1", Match),
    ] {
        assert_eq!(test(component, criterion, &Known::NOTHING), expected, "{component} / {criterion}");
    }
}

#[test]
fn with_knowledge() {
    let same_product = |vendor: &str, _: &str| match vendor {
        "old" => Some(true),
        "namesake" => Some(false),
        _ => None,
    };
    let known = Known { own_language: "python", same_product: &same_product };
    let component = "cpe:2.3:a:new:thing:1";
    assert_eq!(test(component, "cpe:2.3:a:old:other_name:*", &known), Candidate::Alias);
    assert_eq!(test(component, "cpe:2.3:a:namesake:thing:*", &known), Candidate::No(Denial::OtherProduct));
    assert_eq!(
        test("cpe:2.3:*:*:thing:1", "cpe:2.3:a:namesake:thing:*", &known),
        Candidate::No(Denial::OtherProduct)
    );
    assert_eq!(test(component, "cpe:2.3:a:new:thing:*:*:*:*:*:python", &known), Candidate::Match);
    assert_eq!(
        test(component, "cpe:2.3:a:new:thing:*:*:*:*:*:ruby", &known),
        Candidate::No(Denial::OtherEcosystem)
    );
}

#[test]
fn versions_join() {
    for (version, update, joined) in [
        ("9.3", "p2", "9.3p2"),
        ("1.9.5", "patch1", "1.9.5p1"),
        ("2.1.0", "beta3", "2.1.0-beta3"),
        ("9.9.3", "s1", "9.9.3-s1"),
        ("6.2", "rc1", "6.2-rc1"),
        ("4.2.8", "-", "4.2.8"),
        ("4.2.8", "*", "4.2.8"),
        ("*", "p1", "*"),
        ("1.0", "preview", "1.0-preview"),
    ] {
        assert_eq!(joined_version(version, update), joined);
    }
}

#[test]
fn words() {
    assert_eq!(ecosystem("pypi"), Some("python"));
    assert_eq!(ecosystem("joomla!"), Some("joomla"));
    assert_eq!(ecosystem("windows"), None);
    assert_eq!(ecosystem("oniguruma-mod"), None);
    assert!(["n/a", "N/A", "null", "", "*", "-", " ", "Unspecified"].into_iter().all(is_no_name));
    assert!(!["nano", "g++", "日本"].into_iter().any(is_no_name));
    assert!(cpe::candidate::is_os("windows_10") && cpe::candidate::is_architecture("arm64"));
}

proptest! {
    #[test]
    fn a_name_is_its_own_product(vendor in "[a-z][a-z0-9_.-]{0,8}", product in "[a-z][a-z0-9_.+-]{0,8}", version in "[0-9.p-]{0,6}") {
        prop_assume!(!is_no_name(&product) && !is_no_name(&vendor));
        let mut cpe = Cpe::from_attributes([""; 11]);
        cpe.part = "a".into();
        cpe.vendor = vendor;
        cpe.product = product;
        let (head, ..) = head(&cpe.to_23());
        cpe.version = version;
        let any = Criterion { head: &head, version: "*", update: "*" };
        prop_assert_eq!(candidate_test(&cpe, &any, &Known::NOTHING), Candidate::Match);
        let own = cpe.version.clone();
        let exact = Criterion { head: &head, version: &own, update: "*" };
        prop_assert_eq!(candidate_test(&cpe, &exact, &Known::NOTHING), Candidate::Match);
    }

    #[test]
    fn keys_agree(one in ".{0,12}", other in ".{0,12}") {
        prop_assert_eq!(same_name(&one, &other), name_key(&one) == name_key(&other));
        prop_assert_eq!(name_key(&name_key(&one)), name_key(&one));
    }
}

proptest! {
    #[test]
    fn a_name_key_keeps_letters_digits_and_plus(name in "[a-zA-Z0-9+ _./ÄöΩ-]{0,12}") {
        let kept = |c: &char| c.is_alphanumeric() || *c == '+';
        let expected: String = name.chars().filter(kept).flat_map(char::to_lowercase).collect();
        prop_assert_eq!(name_key(&name), expected);
    }
}
