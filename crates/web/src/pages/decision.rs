//! The decision form: status, justification, evidence, expiry, comment. Rules about who may decide what, and what must
//! be proven, are not here; here stands only what a form must hold to be understood.

use jiff::civil::Date;
use model::assessment::ResponseClass;
use model::vex::{Justification, VexStatus};
use serde::Serialize;

use super::form::{Complaints, Sent, complaint};

/// The statuses that a person can give: (word, for people).
pub const STATUSES: &[(&str, &str)] = &[
    ("affected", "Affected"),
    ("not_affected", "Not affected"),
    ("fixed", "Fixed"),
    ("fixed_backport", "Fixed by a patch in this build"),
    ("false_positive", "Not this product"),
    ("under_investigation", "Under investigation"),
];

/// The justifications: (word, for people).
pub const JUSTIFICATIONS: &[(&str, &str)] = &[
    ("component_not_present", "The component is not there"),
    ("vulnerable_code_not_present", "The vulnerable code is not there"),
    ("vulnerable_code_not_in_execute_path", "The code never runs"),
    ("vulnerable_code_cannot_be_controlled_by_adversary", "No attacker controls its input"),
    ("inline_mitigations_already_exist", "Something prevents exploitation"),
];

/// The classes that a person can set instead of the computed one.
pub const CLASSES: &[(&str, &str)] = &[
    ("", "as computed"),
    ("immediate", "immediate"),
    ("planned", "planned"),
    ("routine", "routine"),
    ("none", "no action"),
];

/// The fields of the form.
pub const FIELDS: &[&str] = &[
    "status",
    "justification",
    "class",
    "evidence",
    "expires",
    "comment",
    "action",
    "version",
    "finding",
    "preview",
];

/// What the form holds before it is sent: what was proposed, or what was written and refused.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Draft {
    /// A word of [`STATUSES`]; empty where nothing is chosen.
    pub status: String,
    /// A word of [`JUSTIFICATIONS`]; empty for none.
    pub justification: String,
    /// A word of [`CLASSES`].
    pub class: String,
    /// Ids of the evidence that is ticked.
    pub evidence: Vec<String>,
    /// A day, `2027-05-01`; empty for none.
    pub expires: String,
    /// Why, in the person's words.
    pub comment: String,
    /// What customers shall do.
    pub action: String,
    /// The version of the decision that the person saw; a newer one is a conflict.
    pub version: String,
    /// What is wrong, by field.
    #[serde(skip)]
    pub complaints: Complaints,
}

/// Evidence that can be named in a decision.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// Its id.
    pub id: String,
    /// Its kind, a word of assessment: `compiled_file_list`.
    pub kind: String,
    /// What it says.
    pub says: String,
}

/// A decision that can be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The status.
    pub status: VexStatus,
    /// Why it is not affected; always there for `not_affected`.
    pub justification: Option<Justification>,
    /// The class that shall hold instead of the computed one.
    pub class: Option<ResponseClass>,
    /// Ids of the evidence it rests on.
    pub evidence: Vec<String>,
    /// The last day on which it holds.
    pub expires: Option<Date>,
    /// Why, in the person's words; never empty.
    pub comment: String,
    /// What customers shall do; always there for `affected`.
    pub action: String,
    /// The version that the person saw; empty for the first decision.
    pub version: String,
}

impl Draft {
    /// What was sent, to be shown again.
    pub fn of(sent: &Sent) -> Draft {
        let own = |name: &str| sent.text(name).to_owned();
        Draft {
            status: own("status"),
            justification: own("justification"),
            class: own("class"),
            evidence: sent.all("evidence"),
            expires: own("expires"),
            comment: own("comment"),
            action: own("action"),
            version: own("version"),
            complaints: Complaints::new(),
        }
    }

    /// What is wrong with a field; empty where nothing is.
    pub fn wrong(&self, field: &str) -> &str {
        complaint(&self.complaints, field)
    }

    /// The statuses: (word, for people, is chosen).
    pub fn statuses(&self) -> Vec<(&'static str, &'static str, bool)> {
        marked(STATUSES, &self.status)
    }

    /// The justifications: (word, for people, is chosen).
    pub fn justifications(&self) -> Vec<(&'static str, &'static str, bool)> {
        marked(JUSTIFICATIONS, &self.justification)
    }

    /// The classes: (word, for people, is chosen).
    pub fn classes(&self) -> Vec<(&'static str, &'static str, bool)> {
        marked(CLASSES, &self.class)
    }

    /// True for evidence that is ticked.
    pub fn is_ticked(&self, id: &str) -> bool {
        self.evidence.iter().any(|one| one == id)
    }

    /// The decision, `today` being the day before which nothing can end.
    ///
    /// # Errors
    /// The draft as it was written, with what is wrong beside each field.
    pub fn read(sent: &Sent, today: Date) -> Result<Decision, Box<Draft>> {
        let mut draft = Draft::of(sent);
        let mut wrong = sent.complaints(FIELDS);
        let status = VexStatus::parse(&draft.status)
            .filter(|_| STATUSES.iter().any(|(word, _)| *word == draft.status));
        if status.is_none() {
            wrong.insert("status".into(), format!("choose one: {}", words(STATUSES)));
        }
        let justification = justification(&draft, status, &mut wrong);
        let class = ResponseClass::parse(&draft.class);
        if class.is_none() && !draft.class.is_empty() {
            wrong.insert("class".into(), format!("choose one: {}", words(CLASSES)));
        }
        let expires = expires(&draft, today, &mut wrong);
        if draft.comment.is_empty() {
            wrong.insert("comment".into(), "say why; the next person will ask".into());
        }
        if status == Some(VexStatus::Affected) && draft.action.is_empty() {
            wrong.insert("action".into(), "say what customers shall do; an affected product needs it".into());
        }
        match status {
            Some(status) if wrong.is_empty() => Ok(Decision {
                status,
                justification,
                class,
                evidence: draft.evidence,
                expires,
                comment: draft.comment,
                action: draft.action,
                version: draft.version,
            }),
            _ => {
                draft.complaints = wrong;
                Err(Box::new(draft))
            }
        }
    }
}

fn marked(known: &[(&'static str, &'static str)], chosen: &str) -> Vec<(&'static str, &'static str, bool)> {
    known.iter().map(|(word, says)| (*word, *says, *word == chosen)).collect()
}

fn words(known: &[(&str, &str)]) -> String {
    known.iter().map(|(word, _)| *word).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(", ")
}

fn justification(draft: &Draft, status: Option<VexStatus>, wrong: &mut Complaints) -> Option<Justification> {
    let read = Justification::parse(&draft.justification);
    let says = match (status, read, draft.justification.as_str()) {
        (Some(VexStatus::NotAffected), None, _) => {
            format!("say why it is not affected: {}", words(JUSTIFICATIONS))
        }
        (Some(status), Some(_), _) if status != VexStatus::NotAffected => {
            format!("goes with not_affected only, not with {}", status.word())
        }
        (_, None, text) if !text.is_empty() => format!("choose one: {}", words(JUSTIFICATIONS)),
        _ => return read,
    };
    wrong.insert("justification".into(), says);
    None
}

fn expires(draft: &Draft, today: Date, wrong: &mut Complaints) -> Option<Date> {
    if draft.expires.is_empty() {
        return None;
    }
    let day = draft.expires.parse::<Date>().ok();
    let says = match day {
        Some(day) if day < today => "lies in the past".to_owned(),
        Some(_) => return day,
        None => "write a day as 2027-05-01".to_owned(),
    };
    wrong.insert("expires".into(), says);
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(fields: &[(&str, &str)]) -> Result<Decision, Box<Draft>> {
        let pairs = fields.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        Draft::read(&Sent::of(pairs), "2026-11-22".parse().expect("a day"))
    }

    #[test]
    fn what_is_missing_is_said_beside_its_field() {
        for (fields, name) in [
            (vec![("comment", "x")], "status"),
            (vec![("status", "unknown"), ("comment", "x")], "status"),
            (vec![("status", "fixed")], "comment"),
            (vec![("status", "affected"), ("comment", "x")], "action"),
            (vec![("status", "not_affected"), ("comment", "x")], "justification"),
            (
                vec![("status", "not_affected"), ("justification", "because"), ("comment", "x")],
                "justification",
            ),
            (
                vec![("status", "fixed"), ("justification", "component_not_present"), ("comment", "x")],
                "justification",
            ),
            (vec![("status", "fixed"), ("comment", "x"), ("expires", "soon")], "expires"),
            (vec![("status", "fixed"), ("comment", "x"), ("expires", "2026-11-21")], "expires"),
            (vec![("status", "fixed"), ("comment", "x"), ("class", "urgent")], "class"),
            (vec![("status", "fixed"), ("comment", "x"), ("colour", "red")], "colour"),
        ] {
            let draft = read(&fields).expect_err(name);
            assert_eq!(draft.complaints.keys().collect::<Vec<_>>(), [name], "{fields:?}");
        }
    }

    #[test]
    fn nothing_that_was_written_is_lost() {
        let draft = read(&[
            ("status", "affected"),
            ("comment", "half a thought"),
            ("evidence", "e1"),
            ("evidence", "e2"),
        ]);
        let draft = draft.expect_err("no action");
        assert_eq!((draft.comment.as_str(), draft.evidence.len()), ("half a thought", 2));
    }

    #[test]
    fn every_word_of_the_form_is_a_word_of_the_model() {
        assert!(STATUSES.iter().all(|(word, _)| VexStatus::parse(word).is_some()));
        let words: Vec<&str> = JUSTIFICATIONS.iter().map(|(word, _)| *word).collect();
        assert_eq!(words, Justification::ALL.iter().map(|one| one.word()).collect::<Vec<_>>());
        assert!(
            read(&[
                ("status", "not_affected"),
                ("justification", "component_not_present"),
                ("comment", "x"),
                ("expires", "2026-11-22")
            ])
            .is_ok()
        );
    }
}
