//! The decision form: status, justification, evidence, expiry, comment. Rules about who may decide what, and what must
//! be proven, are not here; here stands only what a form must hold to be understood.

use jiff::civil::Date;
use model::assessment::ResponseClass;
use model::decision::{Attacks, EvidenceKind};
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
    "accepts_risk",
    "attacks",
    "own_kind",
    "own_subject",
    "own_value",
    "own_hash",
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
    /// True where the risk is accepted.
    pub accepts_risk: bool,
    /// A word of [`ATTACKS`].
    pub attacks: String,
    /// Evidence of one's own: kind (a word of [`OWN`]), what was looked at, what was found, `sha256:…`.
    #[serde(skip)]
    pub own: [String; 4],
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
    /// The risk is accepted until `expires`.
    pub accepts_risk: bool,
    /// What is known of attacks.
    pub attacks: Option<Attacks>,
    /// Evidence that the person brings along.
    pub own: Option<Own>,
}

/// Evidence that a person brings along: an analysis, a test, a proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Own {
    /// Its kind.
    pub kind: EvidenceKind,
    /// What was looked at.
    pub subject: String,
    /// What was found.
    pub value: String,
    /// `sha256:…` of the document; empty for none.
    pub hash: String,
}

/// Kinds of evidence that people bring: (word, for people).
pub const OWN: &[(&str, &str)] = &[
    ("", "none"),
    ("call_path_analysis", "analysis: is the code called?"),
    ("input_control_analysis", "analysis: who controls the input?"),
    ("hardening_binary", "hardening seen in the binary"),
    ("hardening_runtime", "hardening seen at run time"),
    ("binary_check", "a look into the binary"),
    ("patch_applied", "a patch is applied"),
    ("fixed_version", "a version that has the fix"),
    ("test_result", "a test"),
    ("identity", "proof that it is another product"),
    ("package_list_absence", "the package list does not name it"),
    ("sbom_absence", "the SBOM does not name it"),
    ("service_not_started", "the service is not started"),
    ("incident_report", "report of an attack"),
    ("exploit_seen", "an exploit that was seen"),
];

/// What is known of attacks: (word, for people).
pub const ATTACKS: &[(&str, &str)] = &[
    ("", "nothing more than the sources say"),
    ("public_poc", "an exploit can be had"),
    ("active", "it is being exploited"),
    ("in_product", "devices of this product were attacked"),
];

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
            accepts_risk: !matches!(sent.text("accepts_risk"), "" | "no" | "false"),
            attacks: own("attacks"),
            own: ["own_kind", "own_subject", "own_value", "own_hash"].map(own),
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

    /// Kinds of evidence of one's own: (word, for people, is chosen).
    pub fn kinds(&self) -> Vec<(&'static str, &'static str, bool)> {
        marked(OWN, self.own.first().map_or("", String::as_str))
    }

    /// What is known of attacks: (word, for people, is chosen).
    pub fn known_attacks(&self) -> Vec<(&'static str, &'static str, bool)> {
        marked(ATTACKS, &self.attacks)
    }

    /// The texts of evidence of one's own: (field, label, value).
    pub fn brought(&self) -> [(&'static str, &'static str, &str); 3] {
        let [_, subject, value, hash] = &self.own;
        [
            ("own_subject", "What was looked at", subject),
            ("own_value", "What was found", value),
            ("own_hash", "SHA-256 of the document", hash),
        ]
    }

    /// True where evidence of one's own or a rarer field is filled in: then it is not folded away.
    pub fn is_open(&self) -> bool {
        let rare = ["own_kind", "own_subject", "own_value", "own_hash", "attacks"];
        self.accepts_risk
            || !self.attacks.is_empty()
            || self.own.iter().any(|text| !text.is_empty())
            || rare.iter().any(|field| !self.wrong(field).is_empty())
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
        if draft.accepts_risk && expires.is_none() {
            wrong.entry("expires".into()).or_insert("a risk is accepted until a day; write it".into());
        }
        let attacks = Attacks::parse(&draft.attacks);
        if attacks.is_none() && !draft.attacks.is_empty() {
            wrong.insert("attacks".into(), format!("choose one: {}", words(ATTACKS)));
        }
        let own = brought(&draft, &mut wrong);
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
                accepts_risk: draft.accepts_risk,
                attacks,
                own,
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

fn brought(draft: &Draft, wrong: &mut Complaints) -> Option<Own> {
    let [kind, subject, value, hash] = &draft.own;
    let rest = [subject, value, hash];
    if kind.is_empty() {
        if rest.iter().any(|text| !text.is_empty()) {
            wrong.insert("own_kind".into(), "say what kind of evidence it is".into());
        }
        return None;
    }
    let known = OWN.iter().any(|(word, _)| word == kind);
    let Some(read) = EvidenceKind::parse(kind).filter(|_| known) else {
        wrong.insert("own_kind".into(), format!("choose one: {}", words(OWN)));
        return None;
    };
    if subject.is_empty() {
        wrong.insert("own_subject".into(), "name what was looked at: a document, a file, a test".into());
    }
    if value.is_empty() {
        wrong.insert("own_value".into(), "say what was found".into());
    }
    let is_hash = hash.strip_prefix("sha256:").is_some_and(|hex| {
        hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase())
    });
    if !hash.is_empty() && !is_hash {
        wrong.insert(
            "own_hash".into(),
            "write it as sha256: and 64 digits; `sha256sum FILE` prints them".into(),
        );
    }
    let [subject, value, hash] = rest.map(Clone::clone);
    Some(Own { kind: read, subject, value, hash })
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
