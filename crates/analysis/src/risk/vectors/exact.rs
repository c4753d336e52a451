//! CVSS 3.0 and 3.1 in integers.
//!
//! With binary fractions 5.0 × 0.92 is a little more than 4.6 and is rounded up to 4.7. Here every weight is a number
//! of hundredths and every intermediate value a number of 10⁻¹⁸. Only the powers of the changed scope are cut off
//! there; no value that a vector can have comes closer to a tenth than 0.000004, so that the cut is never seen.

use super::{Vector, Version};

/// One.
const ONE: i128 = 1_000_000_000_000_000_000;
/// A hundredth, the unit of the weights.
const HUNDREDTH: i128 = ONE / 100;
/// A tenth, the unit of the scores.
const TENTH: i128 = ONE / 10;

/// Base, temporal and environmental score in tenths.
pub(super) fn scores(vector: &Vector) -> [u16; 3] {
    let base = combined(vector, &Values::of_base(vector));
    let modified = combined(vector, &Values::modified(vector));
    let tenths = [base, temporal(vector, base), temporal(vector, modified)];
    tenths.map(|tenths| u16::try_from(tenths).unwrap_or_default())
}

/// The values that the formulas of base and environmental score have in common.
struct Values {
    attack_vector: &'static str,
    complexity: &'static str,
    privileges: &'static str,
    interaction: &'static str,
    is_scope_changed: bool,
    /// Impact on confidentiality, integrity and availability, weighed by the requirements, in ten-thousandths.
    impacts: [i128; 3],
    is_modified: bool,
}

impl Values {
    fn of_base(vector: &Vector) -> Values {
        let value = |name| vector.get(name).unwrap_or_default();
        Values {
            attack_vector: value("AV"),
            complexity: value("AC"),
            privileges: value("PR"),
            interaction: value("UI"),
            is_scope_changed: value("S") == "C",
            impacts: ["C", "I", "A"].map(|name| impact(value(name)) * 100),
            is_modified: false,
        }
    }

    fn modified(vector: &Vector) -> Values {
        let value =
            |modified, base| vector.defined(modified).or_else(|| vector.get(base)).unwrap_or_default();
        let impacts =
            [("MC", "C", "CR"), ("MI", "I", "IR"), ("MA", "A", "AR")].map(|(modified, base, required)| {
                impact(value(modified, base)) * requirement(vector.get(required).unwrap_or_default())
            });
        Values {
            attack_vector: value("MAV", "AV"),
            complexity: value("MAC", "AC"),
            privileges: value("MPR", "PR"),
            interaction: value("MUI", "UI"),
            is_scope_changed: value("MS", "S") == "C",
            impacts,
            is_modified: true,
        }
    }

    /// 8.22 × attack vector × complexity × privileges × interaction.
    fn exploitability(&self) -> i128 {
        let attack_vector = match self.attack_vector {
            "N" => 85,
            "A" => 62,
            "L" => 55,
            _ => 20,
        };
        let complexity = if self.complexity == "L" { 77 } else { 44 };
        let privileges = match (self.privileges, self.is_scope_changed) {
            ("N", _) => 85,
            ("L", true) => 68,
            ("L", false) => 62,
            (_, true) => 50,
            (_, false) => 27,
        };
        let interaction = if self.interaction == "N" { 85 } else { 62 };
        822 * attack_vector * complexity * privileges * interaction * (ONE / 10_000_000_000)
    }

    /// The impact sub-score, with its cap where it is modified.
    fn impact_sub_score(&self) -> i128 {
        let left: i128 = self.impacts.iter().map(|impact| 10_000 - impact).product();
        let sub_score = ONE - left * (ONE / 1_000_000_000_000);
        if self.is_modified { sub_score.min(ONE / 1000 * 915) } else { sub_score }
    }

    fn impact(&self, version: Version) -> i128 {
        let sub_score = self.impact_sub_score();
        if !self.is_scope_changed {
            return 642 * sub_score / 100;
        }
        // 3.1 put another curve into the modified impact, and into that alone.
        let bend = match self.is_modified && version == Version::V31 {
            true => power(sub_score / 10_000 * 9731 - 2 * HUNDREDTH, 13),
            false => power(sub_score - 2 * HUNDREDTH, 15),
        };
        (752 * (sub_score - ONE / 1000 * 29) - 325 * bend) / 100
    }
}

fn combined(vector: &Vector, values: &Values) -> i128 {
    let impact = values.impact(vector.version());
    if impact <= 0 {
        return 0;
    }
    let sum = impact + values.exploitability();
    let score = if values.is_scope_changed { 108 * sum / 100 } else { sum };
    round_up(vector.version(), score.min(10 * ONE))
}

/// A score, in tenths, lowered by the temporal metrics.
fn temporal(vector: &Vector, tenths: i128) -> i128 {
    let maturity = match vector.get("E") {
        Some("U") => 91,
        Some("P") => 94,
        Some("F") => 97,
        _ => 100,
    };
    let remediation = match vector.get("RL") {
        Some("O") => 95,
        Some("T") => 96,
        Some("W") => 97,
        _ => 100,
    };
    let confidence = match vector.get("RC") {
        Some("U") => 92,
        Some("R") => 96,
        _ => 100,
    };
    round_up(vector.version(), tenths * maturity * remediation * confidence * (TENTH / 1_000_000))
}

/// 3.0 rounds up to the next tenth. 3.1 first rounds to a hundred-thousandth (its appendix A).
fn round_up(version: Version, value: i128) -> i128 {
    const STEP: i128 = ONE / 100_000;
    let value = if version == Version::V31 { (value + STEP / 2) / STEP * STEP } else { value };
    (value + TENTH - 1) / TENTH
}

fn power(value: i128, exponent: u32) -> i128 {
    (0..exponent).fold(ONE, |product, _| product * value / ONE)
}

/// Weight of an impact, in hundredths.
fn impact(value: &str) -> i128 {
    match value {
        "H" => 56,
        "L" => 22,
        _ => 0,
    }
}

/// Weight of a requirement, in hundredths.
fn requirement(value: &str) -> i128 {
    match value {
        "H" => 150,
        "L" => 50,
        _ => 100,
    }
}
