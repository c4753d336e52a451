//! Text on its ground: at least 4.5 to 1 in light and in dark (WCAG 2.2, 1.4.3).

use std::collections::BTreeMap;

const LOOK: &str = include_str!("../static/look.css");

/// Each token with its colours: (light, dark).
fn tokens() -> BTreeMap<&'static str, (&'static str, &'static str)> {
    let mut tokens = BTreeMap::new();
    for part in LOOK.split(['{', ';', '}']) {
        let Some((name, value)) = part.trim().split_once(":light-dark(") else { continue };
        let (light, dark) = value.trim_end_matches(')').split_once(',').expect("two colours");
        tokens.insert(name.trim(), (light, dark));
    }
    tokens
}

/// Relative luminance (WCAG 2.2, glossary).
fn luminance(colour: &str) -> f64 {
    let digits = colour.strip_prefix('#').expect("a colour");
    let long: String = match digits.len() {
        3 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
        _ => digits.to_owned(),
    };
    let part = |at: usize| {
        let value = u8::from_str_radix(&long[at..at + 2], 16).expect("hexadecimal");
        let value = f64::from(value) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4)
}

fn contrast(a: &str, b: &str) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn every_text_can_be_read() {
    let tokens = tokens();
    let texts =
        ["--text", "--muted", "--accent", "--immediate", "--planned", "--routine", "--none", "--unknown"];
    for text in texts {
        for ground in ["--ground", "--raised"] {
            let ((light, dark), (light_ground, dark_ground)) = (tokens[text], tokens[ground]);
            for (one, other, scheme) in [(light, light_ground, "light"), (dark, dark_ground, "dark")] {
                let ratio = contrast(one, other);
                assert!(ratio >= 4.5, "{text} on {ground} in {scheme}: {ratio:.2}");
            }
        }
    }
    // The ground's colour is the text of buttons that stand out.
    let ((light, dark), (light_ground, dark_ground)) = (tokens["--accent"], tokens["--ground"]);
    assert!(contrast(light, light_ground) >= 4.5 && contrast(dark, dark_ground) >= 4.5);
    let (light, dark) = tokens["--unknown-ground"];
    let (text_light, text_dark) = tokens["--text"];
    assert!(contrast(text_light, light) >= 4.5 && contrast(text_dark, dark) >= 4.5);
}

#[test]
fn the_arithmetic_is_that_of_the_standard() {
    assert!((contrast("#fff", "#000") - 21.0).abs() < 1e-9);
    assert!((contrast("#777777", "#ffffff") - 4.48).abs() < 0.01);
}
