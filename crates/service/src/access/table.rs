//! Which role may do what: the table of assessment.md 4.6, with the acts that it does not name. The one place.

use model::access::{Act, May, Role};

use May::{Do, No, Propose, Second};

/// One row per act; the columns are the roles in the order of [`COLUMNS`].
#[rustfmt::skip]
const TABLE: &[(Act, [May; 9])] = &[
    //                        triager  reviewer lead     policy   publish  admin    product  support  auditor
    (Act::Read,              [Do,      Do,      Do,      Do,      Do,      Do,      Do,      Do,      Do]),
    (Act::ReadLog,           [No,      No,      Do,      No,      No,      Do,      No,      No,      Do]),
    (Act::AddRelease,        [No,      No,      No,      No,      No,      No,      Do,      No,      No]),
    (Act::Investigate,       [Do,      Do,      Do,      No,      No,      No,      No,      No,      No]),
    (Act::Raise,             [Do,      Do,      Do,      No,      No,      No,      No,      No,      No]),
    (Act::CloseByEvidence,   [Do,      Do,      Do,      No,      No,      No,      No,      No,      No]),
    (Act::CloseByJudgement,  [Propose, Do,      Do,      No,      No,      No,      No,      No,      No]),
    (Act::LowerOneStep,      [Propose, Do,      Do,      No,      No,      No,      No,      No,      No]),
    (Act::LowerFar,          [No,      Propose, Second,  No,      No,      No,      No,      No,      No]),
    (Act::AcceptRisk,        [No,      Propose, Do,      No,      No,      No,      No,      No,      No]),
    (Act::TrustPublisher,    [No,      No,      Do,      Do,      No,      No,      No,      No,      No]),
    (Act::EditRules,         [No,      No,      Second,  Do,      No,      No,      No,      No,      No]),
    (Act::DraftProfile,      [No,      No,      Do,      Do,      No,      No,      No,      No,      No]),
    (Act::ApproveProfile,    [No,      No,      Second,  No,      No,      No,      No,      No,      No]),
    (Act::Publish,           [No,      No,      No,      No,      Do,      No,      No,      No,      No]),
    (Act::Administer,        [No,      No,      No,      No,      No,      Do,      No,      No,      No]),
];

/// The columns of the table, in the order of the manual.
pub const COLUMNS: [Role; 9] = [
    Role::Triager,
    Role::Reviewer,
    Role::Lead,
    Role::PolicyEditor,
    Role::Publisher,
    Role::Admin,
    Role::ProductManager,
    Role::Support,
    Role::Auditor,
];

/// How far a role may go with an act.
pub fn may(act: Act, role: Role) -> May {
    let row = TABLE.iter().find(|(of, _)| *of == act).map(|(_, row)| row);
    let column = COLUMNS.iter().position(|of| *of == role);
    // What the table does not name nobody may do; a test sees that it names everything.
    row.zip(column).and_then(|(row, column)| row.get(column)).copied().unwrap_or(No)
}

/// The table as the manual shows it.
pub fn markdown() -> String {
    let head: Vec<&str> = COLUMNS.iter().map(|role| role.word()).collect();
    let mut text = format!("| act | {} |\n|---|{}\n", head.join(" | "), "---|".repeat(COLUMNS.len()));
    for (act, row) in TABLE {
        let cells: Vec<&str> = row.iter().map(|may| if *may == No { "" } else { may.word() }).collect();
        text.push_str(&format!("| `{}` | {} |\n", act.word(), cells.join(" | ")));
    }
    text
}
