//! Three-valued evaluation of conditions.

use analysis::matching::build::expression::{Tri, Value, evaluate, symbols};

/// `A=y B=m C=n` and nothing known of others.
fn check(expression: &str, known: &str, want: &str) {
    let lookup = |name: &str| {
        known
            .split(' ')
            .find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name))
            .map(|(_, value)| value)
    };
    let word = |tri| match tri {
        Tri::No => "n",
        Tri::Module => "m",
        Tri::Yes => "y",
    };
    let got = match evaluate(expression, &lookup) {
        Value::Known(tri) => word(tri).to_owned(),
        Value::Unknown(low, high) => format!("{}..{}", word(low), word(high)),
    };
    assert_eq!(got, want, "{expression} with {known}");
}

#[test]
fn least_greatest_and_not() {
    check("y", "", "y");
    check("m", "", "m");
    check("A && B", "A=y B=m", "m");
    check("A && B", "A=y B=n", "n");
    check("A || B", "A=n B=m", "m");
    check("!A", "A=m", "n");
    check("!A", "A=n", "y");
    check("A && (B || !C)", "A=y B=n C=n", "y");
    check("A||B&&C", "A=n B=y C=m", "m");
}

#[test]
fn comparisons_are_yes_or_no() {
    check("A=y", "A=m", "n");
    check("A=m", "A=m", "y");
    check("A!=n", "A=m", "y");
    check("A=\"armv7\"", "A=\"armv7\"", "y");
    check("A=armv7 || B", "A=\"armv8\" B=m", "m");
}

#[test]
fn what_is_not_known_is_not_off() {
    check("A", "", "n..y");
    check("A && B", "A=n", "n");
    check("A && B", "A=m", "n..m");
    check("A || B", "A=y", "y");
    check("A || B", "A=m", "m..y");
    check("!A", "", "n..y");
    check("A=y", "", "n..y");
    // A number or a text is no tristate.
    check("A", "A=4", "n..y");
}

#[test]
fn what_does_not_parse_is_not_off() {
    for broken in ["", "A &&", "(A", "A B", "&& A", "!", "A=\"x", "A ~ B"] {
        check(broken, "A=n B=n", "n..y");
    }
    let deep = format!("{}A{}", "(".repeat(500), ")".repeat(500));
    check(&deep, "A=n", "n..y");
    check(&format!("{}A", "!".repeat(500)), "A=n", "n..y");
}

#[test]
fn options_of_an_expression() {
    assert_eq!(
        symbols("A && (B_2 || !A) && y && C!=n && D=\"x\" && 64BIT=m"),
        ["A", "B_2", "C", "D", "64BIT"]
    );
}

proptest::proptest! {
    #[test]
    fn any_text_is_evaluated(text in "[A-C!&|()=\"yn ]{0,40}") {
        let _ = evaluate(&text, &|_| None);
        let _ = symbols(&text);
    }
}
