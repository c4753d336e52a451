//! `compare A B`: findings new, gone and changed between two states, each with its cause.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use model::assessment::ResponseClass;
use model::sbom::Inventory;
use service::compare::{Comparison, Given, Kind, Side};
use service::judge::Grounds;
use service::knowledge::Knowledge;
use service::scan::{Document, Options, Request};

use super::grounds::GroundOptions;
use super::knowledge::KnowledgeOptions;
use super::scan::{self, EvidenceOptions};
use super::{Global, input};
use crate::exit::{Exit, Failure};
use crate::output::compare::{self, View};
use crate::output::compare_json;
use crate::output::saved::{self, Saved, SavedError};

/// Say what is new, gone and changed between two builds, two states of knowledge, or two saved scans, and why
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright compare gateway-4.1.spdx.json gateway-4.2.spdx.json --profile gateway.toml\n  patchwright compare gateway-4.1.spdx.json --index january.pwx --index march.pwx\n  patchwright compare old.spdx.json new.spdx.json --old-with old.config --new-with new.config --fail-on-new immediate\n  patchwright compare monday.json friday.json --format markdown\n\nTwo SBOMs are judged by one state of knowledge, so that every difference is the build's; with two --index the old build is\njudged by both, which tells the data's differences from the build's. Saved scans (scan --format json) are compared by what they\nsay of themselves.\n\nExit codes: 0 done, gate passed · 1 gate failed · 2 wrong usage · 3 input unreadable · 4 cannot judge · 5 fault"
)]
pub struct Compare {
    /// The old state: an SBOM, or a saved scan
    #[arg(value_name = "A")]
    old: PathBuf,
    /// The new state, of the same kind; may be left out where two indexes are given
    #[arg(value_name = "B")]
    new: Option<PathBuf>,
    /// The index file; twice for the old and the new state of knowledge
    #[arg(long, value_name = "FILE")]
    index: Vec<PathBuf>,
    /// A data directory whose current index is used
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Judge ages as of this time (ISO 8601); default: now
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Refuse an index older than this (7d, 12h, or days as a number)
    #[arg(long, value_name = "D")]
    max_index_age: Option<String>,
    /// Another SBOM or build evidence of the old state; repeatable
    #[arg(long, value_name = "FILE")]
    old_with: Vec<PathBuf>,
    /// Another SBOM or build evidence of the new state; repeatable
    #[arg(long, value_name = "FILE")]
    new_with: Vec<PathBuf>,
    /// The deployment profile of the old state, where it was another one than --profile
    #[arg(long, value_name = "FILE", requires = "profile")]
    old_profile: Option<PathBuf>,
    #[command(flatten)]
    grounds: GroundOptions,
    #[command(flatten)]
    evidence: EvidenceOptions,
    /// End with code 1 when a new finding is of this class or worse
    #[arg(long, value_enum, value_name = "CLASS")]
    fail_on_new: Option<Gate>,
    /// How to write the answer
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Gate {
    /// A new immediate finding fails the gate
    Immediate,
    /// A new immediate or planned finding fails the gate
    Planned,
    /// Any new finding that is not of class none fails the gate
    Routine,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// For machines
    Json,
    /// For merge requests
    Markdown,
}

/// What is compared, ready to be shown.
struct Answer {
    titles: [String; 2],
    sides: [Side; 2],
    comparison: Comparison,
    remarks: Vec<String>,
}

impl Answer {
    /// Two builds of one name are told apart by their files.
    fn tell_apart(&mut self, old: &Path, new: Option<&Path>) {
        let [one, other] = &mut self.titles;
        let file = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
        if let (true, Some(old), Some(new)) = (one == other, file(old), new.and_then(file)) {
            one.push_str(&format!(" ({old})"));
            other.push_str(&format!(" ({new})"));
        }
    }
}

impl Compare {
    /// Reads, compares, prints, and answers the gate.
    pub fn run(self, _: &Global) -> Result<Exit, Failure> {
        let old = input::document(&self.old)?;
        let new = self.new.as_deref().map(input::document).transpose()?;
        let is_one = new.as_ref().is_some_and(|new| new.bytes == old.bytes);
        let mut answer = match (saved_scan(&old)?, new.as_ref().map(saved_scan).transpose()?.flatten()) {
            (Some(one), Some(other)) => self.of_saved(one, other)?,
            (None, None) => self.of_inputs(old, new)?,
            (one, _) => {
                let first = self.old.display();
                let message = match (&self.new, one.is_some()) {
                    (None, _) => format!("{first} is a saved scan: give a second one"),
                    (Some(new), true) => format!("{first} is a saved scan and {} is not", new.display()),
                    (Some(new), false) => format!("{} is a saved scan and {first} is not", new.display()),
                };
                return Err(Failure::new(Exit::Usage, message)
                    .hint("give two SBOMs, or save both: patchwright scan FILE --format json > FILE.json"));
            }
        };
        answer.tell_apart(&self.old, self.new.as_deref());
        if is_one {
            answer.remarks.insert(0, "both inputs are the same document".to_owned());
        }
        self.print(&answer)?;
        Ok(self.gate(&answer.comparison))
    }

    fn of_saved(&self, old: Saved, new: Saved) -> Result<Answer, Failure> {
        if !self.index.is_empty() || self.grounds.profile.is_some() || !self.old_with.is_empty() {
            return Err(Failure::new(
                Exit::Usage,
                "saved scans are judged already: no index, profile or evidence is used",
            )
            .hint("give the SBOMs instead to judge them again"));
        }
        let mut remarks = Vec::new();
        if old.side.knowledge != new.side.knowledge {
            remarks.push("the scans rest on different knowledge".to_owned());
        }
        if old.side.profile != new.side.profile {
            remarks.push(format!("profiles differ: {} and {}", old.side.profile, new.side.profile));
        }
        let comparison = service::compare::by_record(&old.side, &new.side);
        let title = |saved: &Saved, path: Option<&Path>| match saved.title.as_str() {
            "" => path.map(|path| path.display().to_string()).unwrap_or_default(),
            title => title.to_owned(),
        };
        Ok(Answer {
            titles: [title(&old, Some(&self.old)), title(&new, self.new.as_deref())],
            sides: [old.side, new.side],
            comparison,
            remarks,
        })
    }

    fn of_inputs(&self, old: Document, new: Option<Document>) -> Result<Answer, Failure> {
        if self.index.len() > 2 {
            return Err(Failure::new(Exit::Usage, "more than two indexes are given")
                .hint("give --index once, or twice for the old and the new state"));
        }
        if new.is_none() && self.index.len() < 2 && self.new_with.is_empty() && self.old_with.is_empty() {
            return Err(Failure::new(Exit::Usage, "only one state is given")
                .hint("give a second SBOM, or two indexes: --index OLD --index NEW"));
        }
        let old_knowledge = self.knowledge(self.index.first()).open()?;
        let new_knowledge = self.index.get(1).map(|index| self.knowledge(Some(index)).open()).transpose()?;
        let newer: &Knowledge = new_knowledge.as_ref().unwrap_or(&old_knowledge);
        let old_inventory = self.read(old.clone(), &self.old_with, &old_knowledge)?;
        let new_inventory = match new {
            Some(document) => Some(self.read(document, &self.new_with, newer)?),
            None if self.new_with == self.old_with => None,
            None => Some(self.read(old, &self.new_with, newer)?),
        };
        let new_of = new_inventory.as_ref().unwrap_or(&old_inventory);
        let (old_grounds, new_grounds) = (self.old_grounds(&old_inventory)?, self.grounds.read(new_of)?);
        let options = self.knowledge(None);
        let at = options.time()?;
        let options =
            Options { at: at.to_string(), max_index_age_days: options.max_age_days()?, ..Options::default() };
        let same_knowledge = newer.index.header().fingerprint == old_knowledge.index.header().fingerprint;
        let compared = service::compare::compare(
            Given { knowledge: &old_knowledge, inventory: &old_inventory, grounds: &old_grounds },
            Given { knowledge: newer, inventory: new_of, grounds: &new_grounds },
            &options,
            same_knowledge,
        );
        let (mut old_title, mut new_title) =
            (title(&old_inventory, &self.old), title(new_of, self.new.as_deref().unwrap_or(&self.old)));
        if new_knowledge.is_some() {
            old_title.push_str(&format!(" by {}", old_knowledge.name()));
            new_title.push_str(&format!(" by {}", newer.name()));
        }
        let mut remarks = Vec::new();
        if new_knowledge.is_some() && same_knowledge {
            remarks.push("both indexes hold the same knowledge".to_owned());
        }
        if !old_inventory.product.is_empty()
            && !new_of.product.is_empty()
            && old_inventory.product != new_of.product
        {
            remarks.push(format!("the products differ: {} and {}", old_inventory.product, new_of.product));
        }
        Ok(Answer {
            titles: [old_title, new_title],
            sides: [compared.old, compared.new],
            comparison: compared.comparison,
            remarks,
        })
    }

    fn knowledge(&self, index: Option<&PathBuf>) -> KnowledgeOptions {
        KnowledgeOptions {
            index: index.cloned(),
            data: self.data.clone(),
            at: self.at.clone(),
            max_index_age: self.max_index_age.clone(),
            tables: None,
        }
    }

    fn read(
        &self,
        document: Document,
        with: &[PathBuf],
        knowledge: &Knowledge,
    ) -> Result<Inventory, Failure> {
        let mut request: Request = scan::request(with, &self.evidence)?;
        request.documents.insert(0, document);
        scan::read_for(&request, knowledge)
    }

    fn old_grounds(&self, inventory: &Inventory) -> Result<Grounds, Failure> {
        let mut grounds = self.grounds.clone();
        if self.old_profile.is_some() {
            grounds.profile.clone_from(&self.old_profile);
        }
        grounds.read(inventory)
    }

    fn print(&self, answer: &Answer) -> Result<(), Failure> {
        let ([old_title, new_title], [old, new]) = (&answer.titles, &answer.sides);
        let view =
            View { old_title, new_title, old, new, comparison: &answer.comparison, remarks: &answer.remarks };
        match self.format {
            _ if self.json => scan::buffered(|out| compare_json::write(out, &view))?,
            Format::Json => scan::buffered(|out| compare_json::write(out, &view))?,
            Format::Markdown => scan::buffered(|out| compare::write_markdown(out, &view))?,
            Format::Table => compare::write(&mut anstream::stdout().lock(), &view)?,
        }
        Ok(())
    }

    fn gate(&self, comparison: &Comparison) -> Exit {
        let least = match self.fail_on_new {
            None => return Exit::Done,
            Some(Gate::Immediate) => ResponseClass::Immediate,
            Some(Gate::Planned) => ResponseClass::Planned,
            Some(Gate::Routine) => ResponseClass::Routine,
        };
        let mut new = comparison.differences.iter().filter(|one| one.kind == Kind::New);
        let fails = new.any(|one| one.class().is_some_and(|class| class >= least));
        if fails { Exit::Failed } else { Exit::Done }
    }
}

/// A saved scan, or none where the document may be an SBOM.
fn saved_scan(document: &Document) -> Result<Option<Saved>, Failure> {
    saved::read(&document.bytes).transpose().map_err(|error| {
        let name = &document.name;
        let message = match error {
            SavedError::Damaged(why) => format!("cannot read {name}: {why}"),
            SavedError::Other(schema) => format!("{name} is {schema}, not a saved scan"),
        };
        Failure::new(Exit::Unreadable, message)
            .hint("save a scan with: patchwright scan FILE --format json > FILE.json")
    })
}

fn title(inventory: &Inventory, path: &Path) -> String {
    match (inventory.product.as_str(), inventory.release.as_str()) {
        ("", _) => path.display().to_string(),
        (product, release) => format!("{product} {release}").trim_end().to_owned(),
    }
}
