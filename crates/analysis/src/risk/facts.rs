//! What is known of a finding when it is assessed (assessment.md 2.1).

use std::sync::Arc;

use model::assessment::{Exploitation, TechnicalImpact};
use model::finding::Verdict;
use model::profile::Basis;

use super::dependants::Reached;

/// The facts of one finding. Everything that decides comes from here, the profile and the tables.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FactSheet {
    /// Component name as in the SBOM.
    pub component: String,
    /// Its version, for the rationale.
    pub version: String,
    /// The verdict of matching; `None` = no finding.
    pub verdict: Option<Verdict>,
    /// Why it is not affected, for the reasons.
    pub verdict_because: String,
    /// The chosen base vector as written; empty when there is none.
    pub vector: String,
    /// Losses where no vector gives them.
    pub losses: Option<Losses>,
    /// Weaknesses.
    pub cwes: Vec<String>,
    /// Technical impact as a source or a person states it.
    pub technical_impact: Option<(TechnicalImpact, Basis)>,
    /// `YYYY-MM-DD` of the known-exploited entry; empty when there is none.
    pub kev_since: String,
    /// The catalogue that says so; empty = CISA's.
    pub kev_by: String,
    /// EPSS probability.
    pub epss: Option<f64>,
    /// EPSS probability of an earlier day, where one is known.
    pub epss_before: Option<f64>,
    /// SSVC points of the CISA coordinator.
    pub adp: Option<AdpPoints>,
    /// What public exploit reference there is, and who tags it as one; empty when there is none. Without the address,
    /// so that findings which differ only there are judged once.
    pub exploit_reference: String,
    /// How input reaches the code.
    pub entry: Entry,
    /// Circumstances that must hold, by name.
    pub requires: Vec<String>,
    /// The code was planted.
    pub is_malicious: bool,
    /// The record is disputed.
    pub is_disputed: bool,
    /// Services of which a test shows that hardening at run time keeps some losses low: `true` = low.
    pub hardened: Vec<(String, Losses)>,
    /// A person says, with reliable evidence, that it is exploited in this product.
    pub exploited_in_product: bool,
    /// Who says so, or what else a person knows of attacks: the level, and in words who and when.
    pub reported: Option<(Exploitation, String)>,
    /// Whose input reaches it by the SBOM's dependency graph, or by assumption; shared by all findings of a component.
    pub reached: Arc<Reached>,
}

/// Losses of confidentiality, integrity and availability: `true` = high.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Losses {
    /// Confidentiality.
    pub confidentiality: bool,
    /// Integrity.
    pub integrity: bool,
    /// Availability.
    pub availability: bool,
}

/// SSVC points as CISA-ADP writes them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AdpPoints {
    /// `none`, `poc`, `active`.
    pub exploitation: String,
    /// `yes`, `no`.
    pub automatable: String,
    /// `partial`, `total`.
    pub technical_impact: String,
}

/// How input reaches the vulnerable code (assessment.md 2.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// By what side.
    pub kind: EntryKind,
    /// Only these services; empty = all that reach the component.
    pub via: Vec<String>,
    /// Kernel and radio subsystem (`wifi`, `bluetooth`, `usb`, `net_ip`); empty when none.
    pub subsystem: String,
    /// Condition without which the listening side is not touched; empty when none.
    pub server_requires: String,
    /// The flaw is hit before the peer is authenticated.
    pub before_peer_auth: bool,
    /// The "user interaction" of the score happens without a person.
    pub ui_is_automatic: bool,
    /// What it rests on.
    pub basis: Option<Basis>,
}

/// The side by which input comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    /// Others connect.
    Server,
    /// The device connects.
    Client,
    /// Either.
    #[default]
    ServerOrClient,
    /// A radio.
    Radio,
    /// Code on the device.
    Local,
    /// Somebody at the device.
    Physical,
}

impl EntryKind {
    /// The value of a word.
    pub fn parse(word: &str) -> Option<EntryKind> {
        Some(match word {
            "server" => EntryKind::Server,
            "client" => EntryKind::Client,
            "server_or_client" => EntryKind::ServerOrClient,
            "radio" | "bus" => EntryKind::Radio,
            "local" => EntryKind::Local,
            "physical" => EntryKind::Physical,
            _ => return None,
        })
    }
}

impl FactSheet {
    /// A metric of the chosen vector (`AV`, `C`); empty when it is not given.
    pub fn metric(&self, name: &str) -> &str {
        let metrics = self.vector.split('/').filter_map(|part| part.split_once(':'));
        metrics.filter(|(key, _)| *key == name).map(|(_, value)| value).next().unwrap_or_default()
    }

    /// True for a vector of version 4.
    pub fn is_v4(&self) -> bool {
        self.vector.starts_with("CVSS:4")
    }

    /// What is lost, by the vector; without one by the technical impact and the weakness (assessment.md 3.4).
    pub fn losses(&self, technical: TechnicalImpact) -> Losses {
        if !self.vector.is_empty() {
            let is_high = |v4: &str, v3: &str| match self.is_v4() {
                true => self.metric(v4) == "H",
                false => matches!(self.metric(v3), "H" | "C"),
            };
            return Losses {
                confidentiality: is_high("VC", "C"),
                integrity: is_high("VI", "I"),
                availability: is_high("VA", "A"),
            };
        }
        self.losses.unwrap_or(match technical {
            TechnicalImpact::Total => Losses { confidentiality: true, integrity: true, availability: true },
            TechnicalImpact::Partial if self.has_cwe(&DISCLOSURE) => {
                Losses { confidentiality: true, ..Losses::default() }
            }
            TechnicalImpact::Partial => Losses { availability: true, ..Losses::default() },
        })
    }

    /// True when one of the weaknesses is in the list of numbers.
    pub fn has_cwe(&self, numbers: &[u32]) -> bool {
        let number = |cwe: &String| cwe.trim_start_matches("CWE-").parse::<u32>().ok();
        self.cwes.iter().filter_map(number).any(|number| numbers.contains(&number))
    }
}

/// Weaknesses that give information away.
const DISCLOSURE: [u32; 8] = [125, 126, 200, 201, 203, 209, 532, 908];
