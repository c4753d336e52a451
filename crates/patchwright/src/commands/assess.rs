//! `assess FILE… --profile FILE`: is it an immediate threat in the standard deployment, and why?

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;
use model::profile::Profile;
use model::sbom::Inventory;
use service::assess::{patched, proposal};
use service::judge::{Grounds, Judged, assess_again};
use service::knowledge::Knowledge;
use service::scan::Options;

use super::Global;
use super::gate::{self, GateOptions, ReadGate};
use super::grounds::GroundOptions;
use super::knowledge::KnowledgeOptions;
use super::outputs::{Kind, OutputOptions};
use super::scan::{self, EvidenceOptions};
use crate::exit::{Exit, Failure};
use crate::output::answer::Answer;
use crate::output::assessment::{self, Explained, View};
use crate::output::assessment_json;

/// Judge every finding in the deployment: immediate, planned, routine or none, with reasons
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright assess image.spdx.json --profile gateway.toml\n  patchwright assess image.spdx.json --profile gateway.toml --explain CVE-2024-6387\n  patchwright assess image.spdx.json --profile gateway.toml --what-if service.ssh.zone=internet\n  patchwright assess image.spdx.json --profile gateway.toml --format html > report.html\n  patchwright assess image.spdx.json --fail-on immediate,ceiling=immediate,kev\n\nWithout --profile the deployment is inferred from the SBOM, and every answer says so.\nExit codes: 0 done, gate passed · 1 gate failed · 2 wrong usage · 3 input unreadable · 4 cannot judge · 5 fault"
)]
pub struct Assess {
    /// SBOMs and build evidence of one release
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    grounds: GroundOptions,
    /// One finding in full: every input, way in, and what would change the answer
    #[arg(long, value_name = "ID")]
    explain: Option<String>,
    /// Change a fact of the profile and compare; repeatable
    #[arg(long, value_name = "KEY=VALUE")]
    what_if: Vec<String>,
    #[command(flatten)]
    gate: GateOptions,
    #[command(flatten)]
    knowledge: KnowledgeOptions,
    #[command(flatten)]
    evidence: EvidenceOptions,
    #[command(flatten)]
    outputs: OutputOptions,
}

impl Assess {
    /// Reads, judges, prints, and answers the gate.
    pub fn run(self, global: &Global) -> Result<Exit, Failure> {
        self.check_outputs()?;
        let request = scan::request(&self.files, &self.evidence)?;
        let gate = self.gate.read(&self.knowledge)?;
        let knowledge = self.knowledge.open()?;
        let mut inventory = scan::read_for(&request, &knowledge)?;
        if self.outputs.wants_fingerprints() {
            service::scan::add_fingerprints(&mut inventory, &request);
        }
        let grounds = self.grounds.read(&inventory)?;
        let at = self.knowledge.time()?;
        let mut options = Options {
            at: at.to_string(),
            max_index_age_days: self.knowledge.max_age_days()?,
            ..Options::default()
        };
        self.outputs.prepare(&mut options);
        options.verdicts_only &= !gate.as_ref().is_some_and(ReadGate::needs_evidence);
        let mut judged = service::judge::judge(&knowledge, &inventory, &grounds, &options);
        let changed = self.changed(&judged.profile)?;
        let instead = changed.as_ref().map(|profile| assess_again(&knowledge, &inventory, &judged, profile));
        if let Some(gate) = &gate {
            self.ask(gate, &knowledge, &inventory, &grounds, changed.as_ref(), &mut judged)?;
        }
        let view = View {
            inventory: &inventory,
            judged: &judged,
            instead: instead.as_deref(),
            what_if: &self.what_if,
        };
        let answer = Answer { inventory: &inventory, judged: &judged, knowledge: &knowledge, at, all: false };
        let explained = self.explained(&knowledge, &view, &options);
        self.print(&view, &answer, &explained)?;
        gate::end(&judged, &inventory, global)
    }

    /// A gate is asked of the changed facts, where some are changed.
    fn ask(
        &self,
        gate: &ReadGate,
        knowledge: &Knowledge,
        inventory: &Inventory,
        grounds: &Grounds,
        changed: Option<&Profile>,
        judged: &mut Judged,
    ) -> Result<(), Failure> {
        let at = self.knowledge.time()?;
        let Some(profile) = changed else {
            gate.ask(knowledge, inventory, judged, at);
            return Ok(());
        };
        let grounds = Grounds { profile: profile.clone(), ..grounds.clone() };
        let options = Options {
            at: at.to_string(),
            max_index_age_days: self.knowledge.max_age_days()?,
            verdicts_only: !gate.needs_evidence(),
            ..Options::default()
        };
        let mut instead = service::judge::judge(knowledge, inventory, &grounds, &options);
        gate.ask(knowledge, inventory, &mut instead, at);
        judged.gate = instead.gate;
        Ok(())
    }

    /// One finding, and a changed fact, are answered by this verb's own forms only.
    fn check_outputs(&self) -> Result<(), Failure> {
        self.outputs.check()?;
        let is_question = self.explain.is_some() || !self.what_if.is_empty();
        if is_question && !matches!(self.outputs.format(), Kind::Table | Kind::Json) {
            let message = "--explain and --what-if are answered as table or json";
            return Err(Failure::new(Exit::Usage, message)
                .hint("--out KIND=FILE writes the release as it is beside the answer"));
        }
        Ok(())
    }

    fn print(&self, view: &View<'_>, answer: &Answer<'_>, explained: &[Explained]) -> Result<(), Failure> {
        if let Some(id) = &self.explain
            && view.rows_of(id).next().is_none()
            && view.settled(id).is_empty()
        {
            let message = format!("{id} is no open finding of this release");
            return Err(Failure::new(Exit::Unreadable, message)
                .hint("patchwright explain says why a vulnerability is not affected or not found"));
        }
        match self.outputs.format() {
            Kind::Table => self.outputs.write_files(answer)?,
            Kind::Json => {
                self.outputs.write_files(answer)?;
                return scan::buffered(|out| {
                    assessment_json::write(out, view, self.explain.as_deref(), explained)
                });
            }
            _ => return self.outputs.write(answer),
        }
        let mut out = anstream::stdout().lock();
        match &self.explain {
            Some(id) => assessment::write_panel(&mut out, view, id, explained)?,
            None => assessment::write(&mut out, view, scan::terminal_width())?,
        }
        Ok(())
    }

    /// What only explanations read: what to do about a finding, and what its description asks.
    fn explained(&self, knowledge: &Knowledge, view: &View<'_>, options: &Options) -> Vec<Explained> {
        let Some(id) = &self.explain else { return Vec::new() };
        let explain = |row: assessment::Row<'_>| {
            let (component, id) = (row.finding.component, &row.finding.vulnerability);
            Explained {
                at: row.at,
                fix: service::remedy::advise_on(knowledge, view.inventory, component, id, options),
                proposal: proposal(knowledge, view.inventory, row.finding, row.assessed),
            }
        };
        view.rows_of(id).map(explain).collect()
    }

    /// The profile with the changed facts.
    fn changed(&self, profile: &Profile) -> Result<Option<Profile>, Failure> {
        let mut changed = None;
        for change in &self.what_if {
            let Some((key, value)) = change.split_once('=') else {
                let message = format!("{change} is no change: write key=value");
                return Err(Failure::new(Exit::Usage, message)
                    .hint("for example --what-if interface.lan0.zone=internet"));
            };
            let base = changed.as_ref().unwrap_or(profile);
            let next = patched(base, key.trim(), value.trim())
                .map_err(|error| Failure::new(Exit::Usage, error.to_string()).hint(keys_of(profile)))?;
            changed = Some(next);
        }
        Ok(changed)
    }
}

/// The keys that can be asked about, for the hint.
fn keys_of(profile: &Profile) -> String {
    let mut keys: BTreeSet<String> =
        profile.interfaces.iter().map(|interface| format!("interface.{}.zone", interface.id)).collect();
    keys.extend(profile.services.iter().map(|service| format!("service.{}.zone", service.id)));
    keys.extend(profile.conditions.keys().map(|name| format!("condition.{name}.state")));
    keys.insert("access.local_code".to_owned());
    format!("keys of this profile: {}", keys.into_iter().collect::<Vec<_>>().join(", "))
}
