//! What rules and gates can ask about a finding (assessment.md 4.7): one list of names, kinds and meanings.
//!
//! The values are in [`super::facts`]; a test asks for every name of this list.

use std::sync::LazyLock;

use model::assessment::{Exploitation, Preconditions, ProductImpact, Reach, ResponseClass, TechnicalImpact};
use model::effect::Tier;
use model::profile::Basis;
use model::vex::{Justification, VexStatus};

use super::expression::{Kind, Variable, Vocabulary, Words};

const VERDICT: Words = Words { of: "verdict", all: || vec!["affected", "needs_review", "not_affected"] };
const CONFIDENCE: Words = Words { of: "confidence", all: || vec!["low", "medium", "high", "exact"] };
const STATUS: Words = Words { of: "status", all: || VexStatus::ALL.iter().map(|one| one.word()).collect() };
const JUSTIFICATION: Words =
    Words { of: "justification", all: || Justification::ALL.iter().map(|one| one.word()).collect() };
const CLASS: Words = Words { of: "class", all: || ResponseClass::ALL.iter().map(|one| one.word()).collect() };
const TIER: Words = Words { of: "tier", all: || Tier::ALL.iter().map(|one| one.word()).collect() };
const BASIS: Words = Words { of: "basis", all: || Basis::ALL.iter().map(|one| one.word()).collect() };
const REACH: Words = Words { of: "reach", all: || Reach::ALL.iter().map(|one| one.word()).collect() };
const EXPLOITATION: Words =
    Words { of: "exploitation", all: || Exploitation::ALL.iter().map(|one| one.word()).collect() };
const PRECONDITIONS: Words =
    Words { of: "preconditions", all: || Preconditions::ALL.iter().map(|one| one.word()).collect() };
const TECHNICAL: Words =
    Words { of: "technical impact", all: || TechnicalImpact::ALL.iter().map(|one| one.word()).collect() };
const PRODUCT: Words =
    Words { of: "product impact", all: || ProductImpact::ALL.iter().map(|one| one.word()).collect() };
const ROLE: Words = Words {
    of: "role",
    all: || {
        vec![
            "kernel",
            "bootloader",
            "libc",
            "busybox",
            "tee",
            "rtos",
            "module",
            "application",
            "library",
            "firmware",
            "other",
        ]
    },
};
const SCOPE: Words =
    Words { of: "scope", all: || vec!["target", "build_only", "firmware_blob", "toolchain_runtime", "test"] };
const STATE: Words = Words { of: "state", all: || vec!["published", "disputed", "rejected"] };
/// What a piece of evidence is.
const EVIDENCE: Words = Words {
    of: "kind of evidence",
    all: || {
        vec![
            "identity",
            "range",
            "platform",
            "file",
            "patch",
            "statement",
            "compiled_file_list",
            "config",
            "kbuild_map",
            "input",
            "rule",
            "remark",
        ]
    },
};

/// The names that rules and gates may use.
pub fn vocabulary() -> &'static Vocabulary {
    static VOCABULARY: LazyLock<Vocabulary> =
        LazyLock::new(|| Vocabulary { variables: variables(), missing: missing() });
    &VOCABULARY
}

fn of(name: &'static str, kind: Kind, about: &'static str) -> Variable {
    Variable { name, kind, about }
}

fn list(kind: Kind) -> Kind {
    Kind::List(Box::new(kind))
}

fn variables() -> Vec<Variable> {
    [short(), finding(), vulnerability(), assessment(), release()].into_iter().flatten().collect()
}

/// Short names for the command line.
fn short() -> Vec<Variable> {
    use Kind::{Bool, Double, Text, Word};
    vec![
        of("priority", Word(CLASS), "the class in effect; none where nothing is to be done"),
        of("verdict", Word(VERDICT), "same as finding.verdict"),
        of("cve", Text, "same as vuln.id"),
        of("component", Text, "same as finding.component.name"),
        of("cvss", Double, "the chosen base score; 0.0 if there is none"),
        of("epss", Double, "same as vuln.epss"),
        of("kev", Bool, "same as vuln.kev"),
        of("reach", Word(REACH), "same as assessment.reach"),
        of("now", Kind::Time, "the given time"),
    ]
}

fn finding() -> Vec<Variable> {
    use Kind::{Bool, Text, Word};
    let evidence = Kind::Record(
        "piece of evidence",
        vec![
            of("kind", Word(EVIDENCE), "what it is"),
            of("what", Text, "what was looked at"),
            of("says", Text, "what it says"),
            of("complete", Bool, "a list or configuration that passed its completeness checks"),
        ],
    );
    let statement = Kind::Record(
        "statement",
        vec![
            of("by", Text, "who says it"),
            of("says", Text, "status and justification"),
            of("text", Text, "its words"),
        ],
    );
    vec![
        of("finding.verdict", Word(VERDICT), "the verdict of matching"),
        of("finding.status", Word(STATUS), "the status in effect: people, rules and statements included"),
        of("finding.justification", Word(JUSTIFICATION), "why it is not affected; may be empty"),
        of("finding.class", Word(CLASS), "the class in effect; none where nothing is to be done"),
        of("finding.ceiling", Word(CLASS), "the worst class that unknown facts still allow, in effect"),
        of("finding.tier", Word(TIER), "whose word holds"),
        of("finding.source", Text, "where that word comes from"),
        of("finding.contested", Bool, "new evidence contradicts what holds"),
        of("finding.reason", Text, "the reason code of the verdict"),
        of("finding.confidence", Word(CONFIDENCE), "how sure the match is"),
        of("finding.new", Bool, "not in the baseline, or worse than there; true without a baseline"),
        of("finding.evidence", list(evidence), "what the verdict rests on"),
        of("finding.fixed_version", Text, "the first fixed version on this line; may be empty"),
        of("finding.locations", list(Text), "where the component is: sub-packages, paths"),
        of("finding.component.key", Text, "its stable id inside of the release"),
        of("finding.component.name", Text, "its name"),
        of("finding.component.version", Text, "its version; may be empty"),
        of("finding.component.role", Word(ROLE), "what it is"),
        of("finding.component.scope", Word(SCOPE), "whether it is on the device"),
        of("finding.component.supplier", Text, "its supplier; may be empty"),
        of(
            "finding.component.vendor_tree",
            Text,
            "the vendor's tree of a kernel or boot loader; may be empty",
        ),
        of("finding.component.purls", list(Text), "its package URLs"),
        of("finding.component.cpes", list(Text), "its CPE names"),
        of("statement", list(statement), "what suppliers and the build say about it"),
        of("decision.id", Text, "the decision of a person that holds; ask with has(decision.id)"),
        of("decision.says", Text, "its reason in words; may be empty"),
    ]
}

fn vulnerability() -> Vec<Variable> {
    use Kind::{Bool, Double, Text, Time, Word};
    let score = Kind::Record(
        "score",
        vec![
            of("score", Double, "base score as stated; 0.0 if the source gives none"),
            of("vector", Text, "the vector"),
            of("by", Text, "who says it"),
        ],
    );
    vec![
        of("vuln.id", Text, "its id: CVE before GHSA before others"),
        of("vuln.aliases", list(Text), "its other ids"),
        of("vuln.cwe", list(Text), "weaknesses (CWE-787)"),
        of("vuln.cvss", list(score), "every stated score"),
        of("vuln.epss", Double, "EPSS probability; missing where nobody gave one, ask with has(vuln.epss)"),
        of("vuln.epss_percentile", Double, "EPSS percentile; missing as vuln.epss is"),
        of(
            "vuln.epss_trend",
            Double,
            "EPSS probability divided by that of about 30 days before; missing where no earlier one is known",
        ),
        of("vuln.kev", Bool, "known to be exploited (CISA KEV, or another catalogue of the index)"),
        of(
            "vuln.exploited_in_product",
            Bool,
            "a decision says that devices of this product were attacked through it",
        ),
        of("vuln.kev_added", Time, "when it was added there; ask with has(vuln.kev_added)"),
        of("vuln.state", Word(STATE), "whether the record stands"),
        of("vuln.published", Time, "first publication; ask with has(vuln.published)"),
        of("vuln.modified", Time, "last change; ask with has(vuln.modified)"),
    ]
}

fn assessment() -> Vec<Variable> {
    use Kind::{Text, Word};
    vec![
        of("assessment.class", Word(CLASS), "the computed class, before rules and people"),
        of("assessment.ceiling", Word(CLASS), "the worst class that unknown facts still allow"),
        of("assessment.reach", Word(REACH), "who can deliver input"),
        of("assessment.exploitation", Word(EXPLOITATION), "state of exploitation"),
        of("assessment.preconditions", Word(PRECONDITIONS), "what else must hold"),
        of("assessment.technical_impact", Word(TECHNICAL), "control gained over the component"),
        of("assessment.product_impact", Word(PRODUCT), "consequence for the product"),
        of("assessment.path", Text, "the easiest way in, in words; empty when there is none"),
        of("assessment.basis.reach", Word(BASIS), "what the value rests on"),
        of("assessment.basis.exploitation", Word(BASIS), "what the value rests on"),
        of("assessment.basis.preconditions", Word(BASIS), "what the value rests on"),
        of("assessment.basis.technical_impact", Word(BASIS), "what the value rests on"),
        of("assessment.basis.product_impact", Word(BASIS), "what the value rests on"),
    ]
}

fn release() -> Vec<Variable> {
    use Kind::{Bool, Int, Text};
    vec![
        of("release.version", Text, "the release; may be empty"),
        of("product.id", Text, "the product of the profile, else of the SBOM"),
        of("product.name", Text, "the product as the SBOM names it; may be empty"),
        of("profile.id", Text, "the deployment profile"),
        of("profile.version", Int, "its version"),
        of("profile.inferred", Bool, "nobody has described the deployment"),
    ]
}

/// Names that people expect and that have no value here.
fn missing() -> Vec<(&'static str, &'static str)> {
    let store = "without a store nobody remembers when a finding was first seen";
    vec![("finding.age_days", store), ("finding.component.license", "licences are not read from the inputs")]
}
