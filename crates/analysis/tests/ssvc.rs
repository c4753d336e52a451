//! SSVC and BOD 26-04: our tables and the engine against the official ones, and the worked examples.

use std::collections::BTreeMap;
use std::path::Path;

use analysis::risk::ssvc::{SsvcInputs, SystemExposure, outcomes, ssvc};
use analysis::risk::tables::{Axis, Frame, Table, Value as AxisValue};
use model::assessment::{Exploitation, ProductImpact, SsvcOutcome, TechnicalImpact};
use model::profile::{Mission, Safety, ValueDensity};
use serde_json::Value;

use crate::tables::{examples, inputs_of, is_monotone, word};

/// Our table of an official one: folder, file, rows.
const OFFICIAL: [(&str, &str, &str, usize); 7] = [
    ("supplier", "ssvc", "supplier_patch_development_priority_1_0_0", 36),
    ("deployer", "ssvc", "deployer_patch_application_priority_1_0_0", 72),
    ("cisa_coordinator", "cisa", "cisa_coordinator_2_0_3", 36),
    ("bod_26_04", "cisa", "cisa_bod_26_04_1_0_0", 16),
    ("utility", "ssvc", "utility_1_0_0", 4),
    ("public_safety_impact", "ssvc", "public_safety_impact_1_0_0", 4),
    ("human_impact", "ssvc", "human_impact_1_0_0", 16),
];

/// All official tables, with their rows.
const ALL_OFFICIAL: [(&str, &str, usize); 16] = [
    ("ssvc", "supplier_patch_development_priority_1_0_0", 36),
    ("ssvc", "deployer_patch_application_priority_1_0_0", 72),
    ("ssvc", "coordinator_triage_1_0_0", 192),
    ("ssvc", "coordinator_publish_decision_table_1_0_0", 27),
    ("ssvc", "human_impact_1_0_0", 16),
    ("ssvc", "utility_1_0_0", 4),
    ("ssvc", "public_safety_impact_1_0_0", 4),
    ("cisa", "cisa_coordinator_2_0_3", 36),
    ("cisa", "cisa_bod_26_04_1_0_0", 16),
    ("cvss", "cvss_v4_equivalence_set_1_1_0_0", 36),
    ("cvss", "cvss_v4_equivalence_set_2_1_0_0", 4),
    ("cvss", "cvss_v4_equivalence_set_3_1_0_0", 27),
    ("cvss", "cvss_v4_equivalence_set_4_1_0_0", 48),
    ("cvss", "cvss_v4_equivalence_set_5_1_0_0", 3),
    ("cvss", "cvss_v4_equivalence_set_6_1_0_0", 729),
    ("cvss", "cvss_v4_0_qualitative_severity_ratings_4_0_0", 324),
];

/// A decision point as the JSON form has it: title in the CSV form, versioned key, values as (word, key).
struct Point {
    title: String,
    key: String,
    values: Vec<(String, String)>,
}

/// An official table in both its forms.
struct Official {
    /// Versioned key.
    key: String,
    points: Vec<Point>,
    /// Versioned key of the outcome.
    outcome: String,
    /// CSV: fields of each row, header first.
    lines: Vec<Vec<String>>,
    /// JSON: versioned key to value key.
    mapping: Vec<BTreeMap<String, String>>,
}

/// Fields of a line; quotes as in the official files: around a whole field, none inside.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut is_quoted = false;
    for letter in line.chars() {
        match letter {
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => fields.push(String::new()),
            _ => fields.last_mut().unwrap().push(letter),
        }
    }
    fields
}

fn point(key: &str, described: &Value) -> Point {
    let (name, version) = (word(&described["name"]), word(&described["version"]));
    let place = match word(&described["namespace"]) {
        "ssvc" => String::new(),
        other => format!(" ({other})"),
    };
    assert_eq!(key, format!("{}:{}:{version}", word(&described["namespace"]), word(&described["key"])));
    let values = described["values"].as_array().unwrap().iter();
    let values =
        values.map(|value| (word(&value["name"]).to_lowercase(), word(&value["key"]).to_owned())).collect();
    Point { title: format!("{name} v{version}{place}"), key: key.to_owned(), values }
}

impl Official {
    fn read(root: &Path, folder: &str, name: &str) -> Official {
        let csv = std::fs::read_to_string(root.join(format!("csv/{folder}/{name}.csv"))).unwrap();
        let json = std::fs::read(root.join(format!("json/decision_tables/{folder}/{name}.json"))).unwrap();
        let json: Value = serde_json::from_slice(&json).unwrap();
        let points = json["decision_points"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(key, value)| point(key, value))
            .collect();
        let mapping = json["mapping"].as_array().unwrap().iter().map(|row| {
            row.as_object()
                .unwrap()
                .iter()
                .map(|(key, value)| (key.clone(), word(value).to_owned()))
                .collect()
        });
        Official {
            key: format!("{}:{}:{}", word(&json["namespace"]), word(&json["key"]), word(&json["version"])),
            points,
            outcome: word(&json["outcome"]).to_owned(),
            lines: csv.lines().map(fields).collect(),
            mapping: mapping.collect(),
        }
    }

    /// The decision points in the order of the CSV columns; the last one is the outcome.
    fn columns(&self) -> Vec<&Point> {
        let find = |title: &String| {
            self.points.iter().find(|point| point.title == *title).expect("a decision point")
        };
        let columns: Vec<&Point> = self.lines[0][1..].iter().map(find).collect();
        assert_eq!((columns.len(), &columns.last().unwrap().key), (self.points.len(), &self.outcome));
        columns
    }

    /// One row of the JSON form in the words of the CSV form.
    fn words(&self, row: &BTreeMap<String, String>) -> Vec<String> {
        assert_eq!(row.len(), self.points.len());
        let word = |point: &&Point| {
            let (word, _) = point.values.iter().find(|(_, key)| *key == row[&point.key]).expect("a value");
            word.clone()
        };
        self.columns().iter().map(word).collect()
    }
}

fn axis_of(point: &Point) -> Axis<'_> {
    let values = point.values.iter().map(|(word, key)| AxisValue { word, key }).collect();
    Axis { name: &point.key, key: &point.key, values }
}

/// Every row of a table against both official forms.
fn compare(table: &Table<'_>, official: &Official) -> usize {
    let (header, lines) = official.lines.split_first().unwrap();
    assert_eq!((header[0].as_str(), lines.len()), ("row", official.mapping.len()));
    let mut passed = 0;
    for (line, mapped) in lines.iter().zip(&official.mapping) {
        let number: u16 = line[0].parse().unwrap();
        assert_eq!(official.words(mapped), line[1..], "{} row {number}: CSV and JSON", official.key);
        let (outcome, inputs) = line[1..].split_last().unwrap();
        let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
        let cell = table.find(&inputs).unwrap();
        assert_eq!((cell.row, cell.outcome), (number, outcome.as_str()), "{} row {number}", official.key);
        let (positions, by_number) = table.row(number).unwrap();
        assert_eq!((table.at(&positions), by_number), (Some(cell), cell));
        passed += 1;
    }
    assert_eq!(table.row(u16::try_from(passed).unwrap()), None);
    passed
}

#[test]
fn our_ssvc_tables_equal_the_official_ones() {
    let Some(root) = testkit::shared("conformance/ssvc") else { return };
    let mut passed = 0;
    for (ours, folder, name, rows) in OFFICIAL {
        let table = ssvc().table(ours).unwrap();
        let official = Official::read(&root, folder, name);
        assert_eq!(format!("{}:{}", table.frame().id, table.frame().version), official.key, "{ours}");
        let frame = table.frame();
        let axes: Vec<&Axis<'_>> = frame.axes.iter().chain([&frame.outcome]).collect();
        assert_eq!(axes.len(), official.columns().len());
        for (axis, point) in axes.into_iter().zip(official.columns()) {
            assert_eq!((axis.key, &axis.values), (point.key.as_str(), &axis_of(point).values), "{ours}");
        }
        assert_eq!(compare(table, &official), rows, "{ours}");
        passed += rows;
    }
    assert_eq!(passed, 184);
    testkit::quality("SSVC and BOD 26-04, our tables", passed, 184, "7 tables, CSV and JSON");
}

#[test]
fn the_engine_reads_every_official_table() {
    let Some(root) = testkit::shared("conformance/ssvc") else { return };
    let files: usize = ["ssvc", "cisa", "cvss"]
        .map(|folder| std::fs::read_dir(root.join("csv").join(folder)).unwrap().count())
        .into_iter()
        .sum();
    assert_eq!(files, ALL_OFFICIAL.len());
    let mut passed = 0;
    for (folder, name, rows) in ALL_OFFICIAL {
        let official = Official::read(&root, folder, name);
        let columns = official.columns();
        let (outcome, axes) = columns.split_last().unwrap();
        let axes = axes.iter().map(|point| axis_of(point)).collect();
        let frame =
            Frame { name, id: &official.key, version: "", axes, outcome: axis_of(outcome), first_row: 0 };
        let keys: Vec<&str> = columns.iter().map(|point| point.key.as_str()).collect();
        let lines: Vec<String> = official.lines[1..].iter().map(|line| line.join(",")).collect();
        let text = format!("row,{}\n{}\n", keys.join(","), lines.join("\n"));
        let table = Table::parse_rows(frame, &text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(compare(&table, &official), rows, "{name}");
        passed += rows;
    }
    assert_eq!(passed, 1574);
    testkit::quality("SSVC, every row of every official table", passed, 1574, "16 tables, CSV and JSON");
}

#[test]
fn the_tables_of_ssvc_fit_together() {
    let words = |table: &str, axis: usize| -> Vec<String> {
        let axis = &ssvc().table(table).unwrap().frame().axes[axis];
        axis.values.iter().map(|value| value.word.replace(' ', "_")).collect()
    };
    let all = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let model = |values: Vec<&'static str>| all(&values);
    for table in ["supplier", "deployer", "cisa_coordinator"] {
        assert_eq!(words(table, 0), model(Exploitation::ALL.iter().map(|value| value.word()).collect()));
    }
    for (table, axis) in [("supplier", 2), ("cisa_coordinator", 2), ("bod_26_04", 3)] {
        assert_eq!(
            words(table, axis),
            model(TechnicalImpact::ALL.iter().map(|value| value.word()).collect())
        );
    }
    let yes_no = [
        ("deployer", 2),
        ("cisa_coordinator", 1),
        ("utility", 0),
        ("bod_26_04", 0),
        ("bod_26_04", 1),
        ("bod_26_04", 2),
    ];
    for (table, axis) in yes_no {
        assert_eq!(words(table, axis), all(&["no", "yes"]));
    }
    let exposures = [SystemExposure::Small, SystemExposure::Controlled, SystemExposure::Open];
    assert_eq!(words("deployer", 1), model(exposures.map(SystemExposure::word).to_vec()));
    assert_eq!(words("utility", 1), model(ValueDensity::ALL.iter().map(|value| value.word()).collect()));
    for table in ["public_safety_impact", "human_impact", "mission_and_well_being"] {
        assert_eq!(words(table, 0), model(Safety::ALL.iter().map(|value| value.word()).collect()));
    }
    for table in ["human_impact", "mission_and_well_being"] {
        assert_eq!(words(table, 1), model(Mission::ALL.iter().map(|value| value.word()).collect()));
    }
    let feeds = [
        ("utility", "supplier", 1),
        ("public_safety_impact", "supplier", 3),
        ("human_impact", "deployer", 3),
        ("mission_and_well_being", "cisa_coordinator", 3),
    ];
    for (from, to, axis) in feeds {
        let (from, to) = (ssvc().table(from).unwrap().frame(), ssvc().table(to).unwrap().frame());
        assert_eq!(from.outcome, to.axes[axis]);
    }
    assert_eq!(ssvc().all().len(), 8);
    assert!(ssvc().all().iter().all(is_monotone));
}

#[test]
fn mission_and_well_being_follow_the_rule_of_the_design() {
    for &safety in Safety::ALL {
        for &mission in Mission::ALL {
            let is_high = mission >= Mission::MefFailure || safety >= Safety::Critical;
            let is_medium = mission == Mission::MefSupportCrippled || safety == Safety::Marginal;
            let expected = if is_high {
                "high"
            } else if is_medium {
                "medium"
            } else {
                "low"
            };
            let table = ssvc().table("mission_and_well_being").unwrap();
            assert_eq!(table.at(&[safety as usize, mission as usize]).unwrap().outcome, expected);
        }
    }
}

/// `supplier exploitation=active … -> 34 immediate`
fn ssvc_line(outcome: &SsvcOutcome) -> String {
    let inputs: Vec<String> = outcome.inputs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("{} {} -> {} {}", outcome.table, inputs.join(" "), outcome.row, outcome.outcome)
}

/// The same line of a worked example; `serde_json` keeps no order, so the axes come from our table.
fn expected_line(name: &str, expected: &Value) -> String {
    let axes = &ssvc().table(name).unwrap().frame().axes;
    let inputs: Vec<String> =
        axes.iter().map(|axis| format!("{}={}", axis.name, word(&expected["inputs"][axis.name]))).collect();
    assert_eq!(expected["inputs"].as_object().unwrap().len(), axes.len());
    format!("{name} {} -> {} {}", inputs.join(" "), expected["row"], word(&expected["outcome"]))
}

/// Decision points of a worked example: those it names, and those that lie behind them from its profile.
fn ssvc_inputs(case: &Value, impact: &Value) -> SsvcInputs {
    let expected = &case["expected"];
    let inputs = inputs_of(expected);
    let ssvc = &expected["ssvc"];
    let is_yes = |table: &str, input: &str| word(&ssvc[table]["inputs"][input]) == "yes";
    let touches_people = ssvc["supplier"]["inputs"]["public_safety_impact"] == "significant";
    let touches_mission = inputs.product_impact >= ProductImpact::Serious;
    SsvcInputs {
        exploitation: inputs.exploitation,
        automatable: is_yes("deployer", "automatable"),
        value_density: ValueDensity::parse(word(&impact["value_density"])).unwrap(),
        technical_impact: inputs.technical_impact,
        exposure: match word(&ssvc["deployer"]["inputs"]["system_exposure"]) {
            "open" => SystemExposure::Open,
            "controlled" => SystemExposure::Controlled,
            _ => SystemExposure::Small,
        },
        safety: if touches_people {
            Safety::parse(word(&impact["safety"])).unwrap()
        } else {
            Safety::Negligible
        },
        mission: if touches_mission {
            Mission::parse(word(&impact["mission"])).unwrap()
        } else {
            Mission::Degraded
        },
        in_kev: is_yes("bod_26_04", "in_kev"),
        publicly_exposed: is_yes("bod_26_04", "publicly_exposed"),
    }
}

#[test]
fn examples_lead_to_their_ssvc_outcomes() {
    let impact = |text: &str| serde_json::from_str::<Value>(text).unwrap()["impact"].clone();
    let gateway = impact(include_str!("../../../fixtures/cases/profiles/example-gateway.json"));
    let sensor = impact(include_str!("../../../fixtures/cases/profiles/example-sensor.json"));
    let (mut passed, mut unreachable) = (0, 0);
    for case in examples() {
        let expected = &case["expected"]["ssvc"];
        if expected.is_null() {
            // A closed way in, or a finding without inputs.
            let reach = &case["expected"]["reach"];
            assert!(reach.is_null() || reach == "none", "{}", case["id"]);
            unreachable += 1;
            continue;
        }
        let impact = if word(&case["profile"]).starts_with("example-gateway") { &gateway } else { &sensor };
        let found: Vec<String> = outcomes(&ssvc_inputs(&case, impact)).iter().map(ssvc_line).collect();
        let names = ["supplier", "deployer", "cisa_coordinator", "bod_26_04"];
        let wanted: Vec<String> = names.iter().map(|name| expected_line(name, &expected[*name])).collect();
        assert_eq!(found, wanted, "{}", case["id"]);
        passed += names.len();
    }
    assert_eq!((passed, unreachable), (96, 22));
    testkit::quality("SSVC, worked examples", passed, 96, "24 cases, 4 tables");
}
