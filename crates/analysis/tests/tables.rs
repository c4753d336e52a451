//! The response table and the engine behind it: complete, unique, monotone; equal to a second encoding and to the
//! worked examples; tables with a mistake are refused with their row.

use std::collections::BTreeMap;

use analysis::risk::response::{Inputs, ResponseAxis, ResponseTable, response};
use analysis::risk::ssvc::ssvc;
use analysis::risk::tables::{Table, TableError};
use model::assessment::{
    Exploitation, Preconditions, ProductImpact, Reach, ResponseClass, TechnicalImpact, WouldChange,
};
use proptest::prelude::*;
use serde_json::Value;
use sha2::{Digest, Sha256};

const RESPONSE: &str = include_str!("../src/risk/tables/response.csv");
const SUPPLIER: &str = include_str!("../src/risk/tables/ssvc-supplier.csv");
const META: &str = include_str!("../../../fixtures/cases/response-table.meta.json");
const EXAMPLES: &str = include_str!("../../../fixtures/cases/assessment-examples.json");

/// The condensed matrix of the design, in its letters: reach, exploitation, preconditions from harmless to dangerous,
/// one word per line of the matrix. Typed in from there, not made from the table.
const MATRIX: &str = "
    .....r .....r .....r   .....r .....r .....r   ...rrr ...rrr ...rrr
    .....r ..rrrr ..rrrr   .....r ..rrrr .rrrrP   .rrrrr rrrrrr rrrrPP
    .....r ..rrrP .rrrrP   ...rrr ..rrrP rrrrPP   .rrrrP rrPPPP rrPPPI
    .rrrrr rrrrrP rrrrPP   rrrrrr rrPrrP rPPPPI   rrrrrP rPPPPP rPPPII
    .rrrrr rrrrPP rrPrPP   rrrrrr rPPPPP rPIPII   rrrPPP PIIIII PIIIII
    rrrrrr rrrPPP rPPPII   rrrrrP PPPPII PPIIII   rrPPPP IIIIII IIIIII
";

pub(crate) fn examples() -> Vec<Value> {
    let document: Value = serde_json::from_str(EXAMPLES).unwrap();
    document["cases"].as_array().unwrap().clone()
}

pub(crate) fn word(value: &Value) -> &str {
    value.as_str().unwrap()
}

pub(crate) fn inputs_of(expected: &Value) -> Inputs {
    Inputs {
        reach: Reach::parse(word(&expected["reach"])).unwrap(),
        exploitation: Exploitation::parse(word(&expected["exploitation"])).unwrap(),
        preconditions: Preconditions::parse(word(&expected["preconditions"])).unwrap(),
        technical_impact: TechnicalImpact::parse(word(&expected["technical_impact"])).unwrap(),
        product_impact: ProductImpact::parse(word(&expected["product_impact"])).unwrap(),
    }
}

fn all_inputs() -> Vec<Inputs> {
    let mut all = Vec::new();
    for &reach in Reach::ALL {
        for &exploitation in Exploitation::ALL {
            for &preconditions in Preconditions::ALL {
                for &technical_impact in TechnicalImpact::ALL {
                    for &product_impact in ProductImpact::ALL {
                        all.push(Inputs {
                            reach,
                            exploitation,
                            preconditions,
                            technical_impact,
                            product_impact,
                        });
                    }
                }
            }
        }
    }
    all
}

pub(crate) fn leak(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

// ------------------------------------------------------------------------------------------- response table

#[test]
fn the_response_table_is_the_one_of_the_design() {
    let meta: Value = serde_json::from_str(META).unwrap();
    let table = response();
    let digest = Sha256::digest(RESPONSE).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(digest, word(&meta["sha256"]));
    assert_eq!((table.id(), table.version()), (word(&meta["id"]), word(&meta["version"])));
    assert_eq!(table.table().rows().count() as u64, meta["rows"].as_u64().unwrap());

    let frame = table.table().frame();
    for (axis, described) in frame.axes.iter().zip(meta["axes"].as_array().unwrap()) {
        let words: Vec<&str> = described["values"].as_array().unwrap().iter().map(word).collect();
        assert_eq!(
            (axis.name, axis.values.iter().map(|value| value.word).collect()),
            (word(&described["name"]), words)
        );
    }
    assert_eq!((frame.axes.len(), frame.outcome.name), (5, "class"));

    let mut counts = BTreeMap::new();
    for inputs in all_inputs() {
        *counts.entry(table.row_of(inputs).class.word()).or_insert(0u64) += 1;
    }
    for (class, count) in meta["counts"].as_object().unwrap() {
        assert_eq!(counts.get(class.as_str()), count.as_u64().as_ref(), "{class}");
    }
    assert_eq!(counts, BTreeMap::from([("immediate", 37), ("none", 73), ("planned", 68), ("routine", 146)]));
}

#[test]
fn every_row_is_found_by_inputs_and_by_number() {
    let lines = RESPONSE.lines().skip(1);
    let mut passed = 0;
    for (inputs, line) in all_inputs().into_iter().zip(lines) {
        let row = response().row(
            inputs.reach,
            inputs.exploitation,
            inputs.preconditions,
            inputs.technical_impact,
            inputs.product_impact,
        );
        let written = format!(
            "{},{},{},{},{},{},{},{}",
            row.number,
            inputs.reach.word(),
            inputs.exploitation.word(),
            inputs.preconditions.word(),
            inputs.technical_impact.word(),
            inputs.product_impact.word(),
            row.class.word(),
            row.rule
        );
        assert_eq!(written, line);
        assert_eq!(response().row_by_number(row.number), Some(row));
        assert_eq!(response().inputs_of(row.number), Some(inputs));
        passed += 1;
    }
    assert_eq!(passed, 324);
    assert_eq!((response().row_by_number(0), response().row_by_number(325)), (None, None));
    assert_eq!((response().inputs_of(0), response().inputs_of(325)), (None, None));
    testkit::quality("response table, rows", passed, 324, "");
}

#[test]
fn the_condensed_matrix_says_the_same() {
    let letters: Vec<char> = MATRIX.chars().filter(|letter| !letter.is_whitespace()).collect();
    assert_eq!(letters.len(), 324);
    let mut passed = 0;
    for (inputs, letter) in all_inputs().into_iter().zip(letters) {
        let class = response().row_of(inputs).class;
        let expected = match letter {
            'I' => ResponseClass::Immediate,
            'P' => ResponseClass::Planned,
            'r' => ResponseClass::Routine,
            _ => ResponseClass::None,
        };
        assert_eq!(class, expected, "{inputs:?}");
        passed += 1;
    }
    testkit::quality("response table, condensed matrix", passed, 324, "");
}

#[test]
fn a_worse_input_never_gives_a_lower_class() {
    let all = all_inputs();
    let is_no_better = |one: &Inputs, other: &Inputs| {
        one.reach <= other.reach
            && one.exploitation <= other.exploitation
            && one.preconditions <= other.preconditions
            && one.technical_impact <= other.technical_impact
            && one.product_impact <= other.product_impact
    };
    let mut pairs = 0;
    for one in &all {
        for other in all.iter().filter(|other| is_no_better(one, other)) {
            assert!(response().row_of(*one).class <= response().row_of(*other).class, "{one:?} {other:?}");
            pairs += 1;
        }
    }
    // Ordered pairs per axis multiplied: 21 * 6 * 6 * 3 * 6.
    assert_eq!(pairs, 13_608);
}

#[test]
fn the_rules_of_the_design_hold() {
    for inputs in all_inputs() {
        let class = response().row_of(inputs).class;
        if inputs.preconditions == Preconditions::Rare {
            assert!(class < ResponseClass::Immediate, "{inputs:?}");
        }
        if inputs.reach == Reach::None {
            assert!(class <= ResponseClass::Routine, "{inputs:?}");
        }
        let is_open = inputs.reach == Reach::Open && inputs.exploitation == Exploitation::Active;
        if is_open && inputs.preconditions == Preconditions::None {
            assert_eq!(class, ResponseClass::Immediate, "{inputs:?}");
        }
    }
}

#[test]
fn examples_lead_to_their_row_and_to_what_would_change_it() {
    let mut passed = 0;
    for case in examples() {
        let (id, expected) = (word(&case["id"]), &case["expected"]);
        let Some(changes) = expected["would_change"].as_array() else { continue };
        let inputs = inputs_of(expected);
        let row = response().row_of(inputs);
        assert_eq!(
            (u64::from(row.number), row.rule),
            (expected["row"].as_u64().unwrap(), word(&expected["rule"])),
            "{id}"
        );
        if expected["override"].is_null() {
            assert_eq!(row.class.word(), word(&expected["class"]), "{id}");
        }
        let line =
            |input: &str, from: &str, to: &str, class: &str| format!("{input}: {from} -> {to}: {class}");
        let wanted = changes.iter().map(|change| {
            line(word(&change["input"]), word(&change["from"]), word(&change["to"]), word(&change["class"]))
        });
        let found = response().would_change(inputs);
        let found =
            found.iter().map(|change| line(change.input, change.from, change.to, change.class.word()));
        assert_eq!(found.collect::<Vec<_>>(), wanted.collect::<Vec<_>>(), "{id}");
        passed += 1;
    }
    assert_eq!(passed, 30);
    testkit::quality("response table, what would change", passed, 30, "");
}

/// The inputs with one of them changed to a word.
fn changed(mut inputs: Inputs, change: &WouldChange) -> Inputs {
    match change.input {
        "reach" => inputs.reach = Reach::parse(change.to).unwrap(),
        "exploitation" => inputs.exploitation = Exploitation::parse(change.to).unwrap(),
        "preconditions" => inputs.preconditions = Preconditions::parse(change.to).unwrap(),
        "technical_impact" => inputs.technical_impact = TechnicalImpact::parse(change.to).unwrap(),
        _ => inputs.product_impact = ProductImpact::parse(change.to).unwrap(),
    }
    inputs
}

#[test]
fn every_change_that_is_named_leads_to_the_class_it_names() {
    for inputs in all_inputs() {
        let row = response().row_of(inputs);
        let changes = response().would_change(inputs);
        assert!(changes.len() <= 5);
        for change in &changes {
            assert_ne!(change.class, row.class, "{inputs:?}");
            assert_eq!(
                response().row_of(changed(inputs, change)).class,
                change.class,
                "{inputs:?} {change:?}"
            );
        }
    }
}

#[test]
fn the_ceiling_is_the_worst_that_unsure_inputs_allow() {
    for inputs in all_inputs() {
        for set in 0u8..32 {
            let unsure: Vec<ResponseAxis> =
                ResponseAxis::ALL.into_iter().filter(|axis| set & (1 << (*axis as u8)) != 0).collect();
            let ceiling = response().ceiling(inputs, &unsure);
            let raised = |axis| unsure.contains(&axis);
            let by_hand = Inputs {
                reach: if raised(ResponseAxis::Reach) { Reach::Open } else { inputs.reach },
                exploitation: if raised(ResponseAxis::Exploitation) {
                    Exploitation::Active
                } else {
                    inputs.exploitation
                },
                preconditions: if raised(ResponseAxis::Preconditions) {
                    Preconditions::None
                } else {
                    inputs.preconditions
                },
                technical_impact: if raised(ResponseAxis::TechnicalImpact) {
                    TechnicalImpact::Total
                } else {
                    inputs.technical_impact
                },
                product_impact: if raised(ResponseAxis::ProductImpact) {
                    ProductImpact::Severe
                } else {
                    inputs.product_impact
                },
            };
            assert_eq!(ceiling, response().row_of(by_hand));
            assert!(ceiling.class >= response().row_of(inputs).class);
        }
        assert_eq!(response().ceiling(inputs, &[]), response().row_of(inputs));
    }
}

// ------------------------------------------------------------------------------------------ broken tables

/// The response table with one text replaced, read as a table of the user's own.
fn own(from: &str, to: &str) -> Result<ResponseTable, String> {
    assert_eq!(RESPONSE.matches(from).count(), 1, "{from}");
    let text = format!("#table,patchwright/response,1.0.0-own\n{}", RESPONSE.replacen(from, to, 1));
    ResponseTable::parse(leak(text)).map_err(|error| error.to_string())
}

#[test]
fn a_table_of_the_users_own_takes_the_place_of_the_built_in_one() {
    let table = own(
        "\n206,adjacent,active,common,partial,serious,planned,",
        "\n# ours\n206,adjacent,active,common,partial,serious,planned,",
    );
    let table = table.unwrap();
    assert_eq!((table.id(), table.version()), ("patchwright/response", "1.0.0-own"));
    table.table().can_replace(response().table()).unwrap();

    // A maker who wants regreSSHion on a site network to be immediate raises row 246, and with it what is worse.
    let stricter = RESPONSE.replace(
        "\n246,site,public_poc,common,total,severe,planned,",
        "\n246,site,public_poc,common,total,severe,immediate,",
    );
    assert_ne!(stricter, RESPONSE);
    let stricter = ResponseTable::parse(leak(format!("#table,acme/response,2\n{stricter}"))).unwrap();
    assert_eq!(stricter.row_by_number(246).unwrap().class, ResponseClass::Immediate);
    assert_eq!(response().row_by_number(246).unwrap().class, ResponseClass::Planned);
}

#[test]
fn a_response_table_with_a_mistake_is_refused_with_its_row() {
    let error = |from: &str, to: &str| own(from, to).unwrap_err();
    let row = "\n31,none,public_poc,none,partial,minor,none,T91";
    assert_eq!(
        error(row, ""),
        "no row for reach=none, exploitation=public_poc, preconditions=none, technical_impact=partial, product_impact=minor"
    );
    assert_eq!(
        error(row, "\n31,none,public_poc,none,partial,serious,none,T91"),
        "row 32: the same combination as row 31 (reach=none, exploitation=public_poc, preconditions=none, technical_impact=partial, product_impact=serious)"
    );
    assert_eq!(
        error(row, "\n32,none,public_poc,none,partial,minor,none,T91"),
        "row 32: the number stands twice"
    );
    assert_eq!(
        error(row, "\n325,none,public_poc,none,partial,minor,none,T91"),
        "row 325: a number beyond the table"
    );
    assert_eq!(
        error(row, "\n0,none,public_poc,none,partial,minor,none,T91"),
        "row 0: a number beyond the table"
    );
    assert_eq!(error(row, "\n-1,none,public_poc,none,partial,minor,none,T91"), "row -1: not a row number");
    assert_eq!(
        error(row, "\n31,nowhere,public_poc,none,partial,minor,none,T91"),
        "row 31: `nowhere` is no value of `reach`"
    );
    assert_eq!(
        error(row, "\n31,none,public_poc,none,partial,minor,soon,T91"),
        "row 31: `soon` is no value of `class`"
    );
    assert_eq!(error(row, "\n31,none,public_poc,none,partial,minor,T91"), "line 33: 7 fields instead of 8");
    assert_eq!(
        error(row, "\n31,none,public_poc,none,partial,minor,none,"),
        "row 31: the rule family is missing"
    );
    assert_eq!(
        error(row, "\n31,none,public_poc,none,partial,minor,routine,T91"),
        "row 85: `none`, although row 31 with a lower `reach` gives `routine`"
    );
    assert_eq!(
        error("row,reach,exploitation", "row,exploitation,reach"),
        "line 2: the header is not `row,reach,exploitation,preconditions,technical_impact,product_impact,class[,rule]`"
    );
}

#[test]
fn numbers_that_stand_for_other_inputs_are_refused() {
    // Two rows of the same class have swapped their numbers: complete, unique, monotone, and yet another meaning.
    let text = RESPONSE.replace("\n1,none,none,rare,partial,minor,", "\n2,none,none,rare,partial,minor,");
    let text = text.replace("\n2,none,none,rare,partial,serious,", "\n1,none,none,rare,partial,serious,");
    let error = ResponseTable::parse(leak(format!("#table,a,1\n{text}"))).unwrap_err();
    assert_eq!(error.to_string(), "row 1: the number does not belong to this combination");
}

#[test]
fn a_response_table_cannot_break_the_rules_of_the_design() {
    let replace_all = |edit: fn(&str) -> String| {
        let lines: Vec<String> = RESPONSE.lines().map(edit).collect();
        ResponseTable::parse(leak(format!("#table,a,1\n{}\n", lines.join("\n")))).unwrap_err()
    };
    let rare = replace_all(|line| match line.contains(",open,active,rare,total,severe,") {
        true => line.replace("planned", "immediate"),
        false => line.to_owned(),
    });
    assert_eq!(rare, TableError::Rule { row: 312, rule: "preconditions `rare` never yield `immediate`" });
    let unreachable = replace_all(|line| match line.contains(",total,severe,") {
        true => line.replace(",routine,", ",planned,"),
        false => line.to_owned(),
    });
    assert_eq!(unreachable, TableError::Rule { row: 6, rule: "reach `none` never exceeds `routine`" });
    let open = replace_all(|line| line.replace(",immediate,", ",planned,"));
    let rule = "`open`, `active` and preconditions `none` are always `immediate`";
    assert_eq!(open, TableError::Rule { row: 319, rule });
}

#[test]
fn a_table_without_a_name_is_refused() {
    for text in ["", "#table,a\n", "#table,,1\n", RESPONSE] {
        let error = ResponseTable::parse(text).unwrap_err().to_string();
        assert_eq!(error, "line 1: `#table,ID,VERSION` belongs here");
    }
    assert_eq!(ResponseTable::parse("#table,a,1\n").unwrap_err().to_string(), "line 1: the table is empty");
}

#[test]
fn a_compact_table_with_a_mistake_is_refused_with_its_line() {
    let error = |from: &str, to: &str| {
        assert_eq!(SUPPLIER.matches(from).count(), 1, "{from}");
        Table::parse(&SUPPLIER.replacen(from, to, 1)).unwrap_err().to_string()
    };
    assert_eq!(
        error("rows,D S S O  S O S O  S O O O", "rows,D S S O  S O S O  S O O"),
        "line 12: 35 answers to 36 combinations"
    );
    assert_eq!(error("rows,D S S O ", "rows,D S S X "), "row 3: `X` is no value of `priority`");
    assert_eq!(
        error("rows,D S S O ", "rows,O S S O "),
        "row 12: `scheduled`, although row 0 with a lower `exploitation` gives `out-of-cycle`"
    );
    assert_eq!(error("table,supplier,", "table,"), "line 2: `table,NAME,ID,VERSION` belongs here");
    assert_eq!(error("order,axes\n", ""), "line 11: a line `order` is missing");
    assert_eq!(error("order,axes", "order,rows"), "line 8: the order is `axes` or `levels`");
    assert_eq!(error("order,axes", "order,axes\norder,axes"), "line 9: a second line `order`");
    assert_eq!(error("minimal=M,", "minimal=M,minimal=N,"), "line 6: `minimal=N` stands twice");
    assert_eq!(error("minimal=M,significant=S", "minimal="), "line 6: `minimal=` is not `WORD=KEY`");
    assert_eq!(error("axis,public_safety_impact,", "axis,utility,"), "line 6: a second line `axis`");
    assert_eq!(
        error("order,axes", "sort,axes"),
        "line 8: `sort` is not known: table, axis, outcome, order, rows"
    );
    assert_eq!(Table::parse("").unwrap_err().to_string(), "line 1: a line `table` is missing");

    let many: String = (0..6).map(|axis| format!("axis,a{axis},k,a=A,b=B,c=C,d=D,e=E\n")).collect();
    let many = format!("table,t,t,1\n{many}outcome,o,o,x=X\norder,axes\nrows,X\n");
    assert_eq!(Table::parse(&many).unwrap_err().to_string(), "line 10: no axes, or too many combinations");
}

#[test]
fn only_a_table_with_the_same_questions_takes_the_place() {
    let replace = |from: &str, to: &str| {
        assert_eq!(SUPPLIER.matches(from).count(), 1, "{from}");
        let text = leak(SUPPLIER.replacen(from, to, 1));
        ssvc().clone().replace(text).map_err(|error| error.to_string())
    };
    let hasty = replace("rows,D S S O ", "rows,S S S O ").unwrap();
    assert_eq!(hasty.table("supplier").unwrap().row(0).unwrap().1.outcome, "scheduled");
    assert_eq!(ssvc().table("supplier").unwrap().row(0).unwrap().1.outcome, "defer");
    assert_eq!(
        replace("table,supplier,", "table,supplies,").unwrap_err(),
        "not the axes of `supplies`: there is no such table"
    );
    assert_eq!(
        replace("ssvc:TI:1.0.0", "ssvc:TI:2.0.0").unwrap_err(),
        "not the axes of `supplier`: other values of `technical_impact`"
    );
    assert_eq!(
        replace("axis,utility,", "axis,use,").unwrap_err(),
        "not the axes of `supplier`: `use` where `utility` belongs"
    );
}

#[test]
fn a_word_that_an_axis_does_not_have_is_refused() {
    let table = ssvc().table("utility").unwrap();
    assert_eq!(table.find(&["yes", "diffuse"]).unwrap().outcome, "efficient");
    assert_eq!(
        table.find(&["maybe", "diffuse"]).unwrap_err().to_string(),
        "row -: `maybe` is no value of `automatable`"
    );
    assert_eq!(
        table.find(&["yes"]).unwrap_err().to_string(),
        "not the axes of `utility`: 1 values for 2 axes"
    );
    assert_eq!(
        table.find(&["yes", "diffuse", "yes"]).unwrap_err().to_string(),
        "not the axes of `utility`: 3 values for 2 axes"
    );
    assert_eq!((table.at(&[2, 0]), table.at(&[0]), table.at(&[0, 0, 0])), (None, None, None));
    assert_eq!((table.row(4), table.turns(&[7, 7])), (None, Vec::new()));
}

proptest! {
    /// Any text is a table or an error; an accepted table is complete and monotone.
    #[test]
    fn any_text_is_a_table_or_an_error(text in any::<String>()) {
        let _ = Table::parse(&text);
        let _ = Table::parse_rows(response().table().frame().clone(), &text);
    }

    /// The built-in tables with bytes changed: an error, or still complete and monotone.
    #[test]
    fn a_damaged_table_is_refused_or_sound(place in 0usize..1000, with in "[DSOI,=\n 0-9]{0,3}", length in 0usize..4) {
        let place = place % SUPPLIER.len();
        let end = (place + length).min(SUPPLIER.len());
        let damaged = format!("{}{with}{}", &SUPPLIER[..place], &SUPPLIER[end..]);
        if let Ok(table) = Table::parse(&damaged) {
            prop_assert_eq!(Some(table.rows().count()), table.frame().combinations());
            prop_assert!(is_monotone(&table));
        }
    }
}

/// Every combination against every one that is nowhere lower, without help of the engine's own check.
pub(crate) fn is_monotone(table: &Table<'_>) -> bool {
    let rows: Vec<_> = (0..).map_while(|number| table.row(number)).collect();
    let is_no_better =
        |one: &[usize], other: &[usize]| one.iter().zip(other).all(|(one, other)| one <= other);
    rows.iter()
        .all(|(one, low)| rows.iter().all(|(other, high)| !is_no_better(one, other) || low.rank <= high.rank))
}
