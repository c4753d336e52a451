//! The values behind the names of [`super::variables`], each made only when it is read.

use std::borrow::Cow;

use model::assessment::{Assessment, ResponseClass};
use model::component::Component;
use model::effect::{Effect, Tier};
use model::finding::{Evidence, Finding};
use model::profile::{Basis, Profile};
use model::reason::Reason;
use model::sbom::Inventory;

use super::expression::{Facts, Value};
use super::paths::Paths;
use super::time;

/// What is the same for every finding of a release.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'s> {
    /// The release.
    pub inventory: &'s Inventory,
    /// The deployment.
    pub profile: &'s Profile,
    /// The given time, in seconds since 1970.
    pub now: i64,
    /// The dependency paths of the release.
    pub paths: &'s Paths<'s>,
}

impl<'s> Scene<'s> {
    /// The product's id: the profile names it where somebody wrote one, else the SBOM.
    pub fn product(&self) -> &'s str {
        match self.profile.is_inferred || self.profile.product.is_empty() {
            true => &self.inventory.product,
            false => &self.profile.product,
        }
    }
}

/// One finding as expressions see it.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'s> {
    /// Release, deployment, time.
    pub scene: Scene<'s>,
    /// The finding.
    pub finding: &'s Finding,
    /// Its component.
    pub component: &'s Component,
    /// Its computed assessment.
    pub assessment: Option<&'s Assessment>,
    /// What holds on it.
    pub effect: &'s Effect,
    /// It is not in the baseline, or worse than there.
    pub is_new: bool,
}

impl Facts for Subject<'_> {
    fn value(&self, name: &str) -> Option<Value<'_>> {
        let (group, rest) = name.split_once('.').unwrap_or((name, ""));
        match group {
            "finding" => self.finding_value(rest),
            "vuln" => self.vulnerability_value(rest),
            "assessment" => self.assessment_value(rest),
            "priority" => Some(Value::text(self.class().word())),
            "verdict" => Some(Value::text(self.finding.verdict.word())),
            "cve" => Some(Value::text(&self.finding.vulnerability)),
            "component" => Some(Value::text(&self.component.name)),
            "cvss" => Some(Value::Double(self.score())),
            "epss" => self.vulnerability_value("epss"),
            "kev" => self.vulnerability_value("kev"),
            "reach" => self.assessment_value("reach"),
            "now" => Some(Value::Time(self.scene.now)),
            "statement" => Some(Value::List(self.statements())),
            "decision" => self.decision_value(rest),
            _ => self.release_value(name),
        }
    }

    fn has(&self, name: &str) -> bool {
        match name.starts_with("assessment.") || name == "reach" {
            true => self.assessment.is_some(),
            false => self.value(name).is_some(),
        }
    }

    fn class_at_least(&self, class: &str) -> bool {
        ResponseClass::parse(class).is_some_and(|wanted| self.class() >= wanted)
    }

    fn any_path(&self, pattern: &str) -> Option<bool> {
        self.scene.paths.leads(pattern, self.finding.component)
    }

    fn size(&self, name: &str) -> usize {
        match name {
            "finding.evidence" => self.finding.evidence.len(),
            "finding.locations" => self.component.locations.len(),
            "statement" => self.statements().len(),
            "vuln.aliases" => self.finding.aliases.len(),
            "vuln.cwe" => self.finding.facts.cwes.len(),
            "vuln.cvss" => self.finding.facts.severities.len(),
            "finding.component.purls" => self.component.purls.len(),
            "finding.component.cpes" => self.component.cpes.len(),
            _ => 0,
        }
    }
}

impl Subject<'_> {
    /// The class in effect; `none` where nothing is to be done.
    fn class(&self) -> ResponseClass {
        self.effect.class.unwrap_or(ResponseClass::None)
    }

    /// The score of the chosen vector, else the highest stated one, else 0.
    fn score(&self) -> f64 {
        let facts = &self.finding.facts;
        let chosen = self.assessment.and_then(|one| one.environmental.as_ref()).map(|(_, base, _)| *base);
        let chosen =
            chosen.or_else(|| crate::risk::sheet::chosen_vector(facts).and_then(|one| one.base_tenths));
        let stated = || facts.severities.iter().filter_map(|one| one.base_tenths).max();
        f64::from(chosen.or_else(stated).unwrap_or_default()) / 10.0
    }

    fn finding_value(&self, name: &str) -> Option<Value<'_>> {
        let (finding, component, effect) = (self.finding, self.component, self.effect);
        Some(match name {
            "verdict" => Value::text(finding.verdict.word()),
            "status" => Value::text(effect.status.word()),
            "justification" => Value::text(effect.justification.map_or("", |one| one.word())),
            "class" => Value::text(self.class().word()),
            "ceiling" => Value::text(effect.ceiling.unwrap_or(self.class()).word()),
            "tier" => Value::text(effect.tier.word()),
            "source" => Value::text(&effect.source),
            "contested" => Value::Bool(!effect.contested.is_empty()),
            "reason" => Value::text(finding.reason.code()),
            "confidence" => Value::text(finding.confidence.word()),
            "new" => Value::Bool(self.is_new),
            "evidence" => Value::List(finding.evidence.iter().map(evidence).collect()),
            "fixed_version" => Value::text(&finding.fixed),
            "locations" => Value::texts(component.locations.iter().map(String::as_str)),
            "component.key" => Value::text(&component.key),
            "component.name" => Value::text(&component.name),
            "component.version" => Value::text(&component.version),
            "component.role" => Value::text(component.role.word()),
            "component.scope" => Value::text(component.scope.word()),
            "component.supplier" => Value::text(&component.supplier),
            "component.vendor_tree" => Value::text(&component.vendor_tree),
            "component.purls" => {
                Value::List(component.purls.iter().map(|purl| owned(purl.to_string())).collect())
            }
            "component.cpes" => {
                Value::List(component.cpes.iter().map(|known| owned(known.cpe.to_23())).collect())
            }
            _ => return None,
        })
    }

    fn vulnerability_value(&self, name: &str) -> Option<Value<'_>> {
        let (finding, facts) = (self.finding, &self.finding.facts);
        Some(match name {
            "id" => Value::text(&finding.vulnerability),
            "aliases" => Value::texts(finding.aliases.iter().map(String::as_str)),
            "cwe" => Value::texts(facts.cwes.iter().map(String::as_str)),
            "cvss" => Value::List(facts.severities.iter().map(severity).collect()),
            "epss" => Value::Double(short(facts.epss?.probability)),
            "epss_trend" => Value::Double(facts.epss?.trend()?),
            "epss_percentile" => Value::Double(short(facts.epss?.percentile)),
            "kev" => Value::Bool(facts.kev.is_some()),
            // The override O1 is there exactly where a person says so.
            "exploited_in_product" => {
                Value::Bool(self.assessment.is_some_and(|one| one.overrides.contains(&"O1")))
            }
            "kev_added" => Value::Time(time::seconds(&facts.kev.as_ref()?.date_added)?),
            "state" => Value::text(match finding.reason {
                Reason::RRejected => "rejected",
                _ if finding.qualifiers.contains(&Reason::RDisputed) => "disputed",
                _ => "published",
            }),
            "published" => Value::Time(time::seconds(&facts.published)?),
            "modified" => Value::Time(time::seconds(&facts.modified)?),
            _ => return None,
        })
    }

    fn assessment_value(&self, name: &str) -> Option<Value<'_>> {
        // Not affected, or only part of the build: there is nothing to assess, and no word fits.
        let Some(one) = self.assessment else {
            return Some(Value::text(if matches!(name, "class" | "ceiling") { "none" } else { "" }));
        };
        let basis = |basis: Basis| Value::text(basis.word());
        Some(match name {
            "class" => Value::text(one.class.word()),
            "ceiling" => Value::text(one.ceiling.word()),
            "reach" => Value::text(one.reach.value.word()),
            "exploitation" => Value::text(one.exploitation.value.word()),
            "preconditions" => Value::text(one.preconditions.value.word()),
            "technical_impact" => Value::text(one.technical_impact.value.word()),
            "product_impact" => Value::text(one.product_impact.value.word()),
            "path" => Value::text(one.paths.first().map_or("", |path| path.words.as_str())),
            "basis.reach" => basis(one.reach.basis),
            "basis.exploitation" => basis(one.exploitation.basis),
            "basis.preconditions" => basis(one.preconditions.basis),
            "basis.technical_impact" => basis(one.technical_impact.basis),
            "basis.product_impact" => basis(one.product_impact.basis),
            _ => return None,
        })
    }

    fn decision_value(&self, name: &str) -> Option<Value<'_>> {
        if self.effect.tier != Tier::Human {
            return None;
        }
        match name {
            "id" => Some(Value::text(&self.effect.source)),
            "says" => Some(Value::text(&self.effect.says)),
            _ => None,
        }
    }

    fn release_value(&self, name: &str) -> Option<Value<'_>> {
        let (inventory, profile) = (self.scene.inventory, self.scene.profile);
        Some(match name {
            "release.version" => Value::text(&inventory.release),
            "product.id" => Value::text(self.scene.product()),
            "product.name" => Value::text(&inventory.product),
            "profile.id" => Value::text(&profile.id),
            "profile.version" => Value::Int(i64::from(profile.version)),
            "profile.inferred" => Value::Bool(profile.is_inferred),
            _ => return None,
        })
    }

    /// Statements among the evidence of the finding and of every source's opinion, each once.
    fn statements(&self) -> Vec<Value<'_>> {
        let opinions = self.finding.opinions.iter().flat_map(|opinion| &opinion.evidence);
        let mut said: Vec<(&str, &str, &str)> = Vec::new();
        for evidence in self.finding.evidence.iter().chain(opinions) {
            if let Evidence::Statement { by, says, text } = evidence
                && !said.contains(&(by, says, text))
            {
                said.push((by, says, text));
            }
        }
        said.into_iter()
            .map(|(by, says, text)| {
                let parts = [("by", by), ("says", says), ("text", text)];
                Value::Record(parts.into_iter().map(|(name, part)| (name, Value::text(part))).collect())
            })
            .collect()
    }
}

fn owned<'v>(text: String) -> Value<'v> {
    Value::Text(Cow::Owned(text))
}

/// The number as its source writes it: 0.1 and not 0.10000000149.
fn short(number: f32) -> f64 {
    (f64::from(number) * 1e6).round() / 1e6
}

fn severity(one: &model::vulnerability::SeverityFact) -> Value<'_> {
    let score = f64::from(one.base_tenths.unwrap_or_default()) / 10.0;
    Value::Record(vec![
        ("score", Value::Double(score)),
        ("vector", Value::text(&one.vector)),
        ("by", Value::text(&one.by)),
    ])
}

fn evidence(evidence: &Evidence) -> Value<'_> {
    let (kind, what, says): (&str, &str, Cow<'_, str>) = match evidence {
        Evidence::Identity { component, subject, .. } => ("identity", component, subject.into()),
        Evidence::Range { entry, outcome, .. } => ("range", entry, outcome.into()),
        Evidence::Platform { condition, value, .. } => ("platform", condition, value.into()),
        Evidence::File { path, result, .. } => ("file", path, result.into()),
        Evidence::Patch { name, says } => ("patch", name, says.into()),
        Evidence::Statement { by, says, .. } => ("statement", by, says.into()),
        Evidence::Input { what, says } => (input_kind(what), what, says.into()),
        Evidence::Rule { id, says } => ("rule", id, says.into()),
        Evidence::Remark(text) => ("remark", "", text.into()),
    };
    let is_complete = matches!(evidence, Evidence::Input { says, .. } if says.starts_with("complete"));
    Value::Record(vec![
        ("kind", Value::text(kind)),
        ("what", Value::text(what)),
        ("says", Value::Text(says)),
        ("complete", Value::Bool(is_complete)),
    ])
}

/// What kind of build input it is, by the words that the judges of build evidence begin with.
fn input_kind(what: &str) -> &'static str {
    if what.starts_with("compiled files ") {
        "compiled_file_list"
    } else if what.starts_with("config ") {
        "config"
    } else if what.starts_with("Kbuild map ") {
        "kbuild_map"
    } else {
        "input"
    }
}

/// The source files among the evidence, for notes.
pub fn files(finding: &Finding) -> Vec<&str> {
    finding
        .evidence
        .iter()
        .filter_map(|evidence| match evidence {
            Evidence::File { path, .. } => Some(path.as_str()),
            _ => None,
        })
        .collect()
}
