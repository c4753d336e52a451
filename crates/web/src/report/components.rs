//! Components: was each of them looked at, what is missing where not, and what was remarked on the input.

use model::component::{Component, Coverage};
use model::note::Note;

use super::Report;
use super::bars::{Piece, pieces};
use crate::words;

/// A coverage state.
pub struct State<'a> {
    /// Its word.
    pub word: &'static str,
    /// Its face in the bar.
    pub face: &'static str,
    /// What to do.
    pub todo: &'static str,
    /// True where nothing could be said.
    pub is_unknown: bool,
    /// Components in it with the words of the scan.
    pub members: Vec<(&'a Component, &'a str)>,
}

/// All states that occur.
pub struct Coverages<'a> {
    /// In the order of the manual.
    pub states: Vec<State<'a>>,
    /// The bar over all components.
    pub bar: Vec<Piece>,
    /// Components that could not be evaluated.
    pub unknown: usize,
    /// All components.
    pub all: usize,
}

/// Sorts components by state.
pub fn coverages<'a>(report: &Report<'a>) -> Coverages<'a> {
    let judged = report.judged;
    let of_state = |state: Coverage| -> Vec<(&'a Component, &'a str)> {
        (report.inventory.components.iter().zip(&judged.scan.coverage))
            .filter(|(_, (of, _))| *of == state)
            .map(|(component, (_, because))| (component, because.as_str()))
            .collect()
    };
    let states: Vec<State<'a>> = Coverage::ALL
        .iter()
        .map(|state| State {
            word: state.word(),
            face: face(*state),
            todo: todo(*state),
            is_unknown: face(*state) == "unknown",
            members: of_state(*state),
        })
        .filter(|state| !state.members.is_empty())
        .collect();
    let all = report.inventory.components.len();
    let parts: Vec<(&'static str, usize)> =
        states.iter().map(|state| (state.face, state.members.len())).collect();
    Coverages {
        bar: pieces(&parts, all),
        unknown: states.iter().filter(|state| state.is_unknown).map(|state| state.members.len()).sum(),
        all,
        states,
    }
}

fn face(state: Coverage) -> &'static str {
    match state {
        Coverage::Matched => "left",
        Coverage::Clean => "none",
        Coverage::BuildOnly | Coverage::ByUser => "gone",
        _ => "unknown",
    }
}

/// What to do about a component in a state.
pub(crate) fn todo(state: Coverage) -> &'static str {
    match state {
        Coverage::Pending => "not matched yet",
        Coverage::Matched => "see its findings",
        Coverage::Clean => "nothing: a fresh feed knows it, and names nothing open",
        Coverage::NoIdentity => "name it in the SBOM: CPE, package URL or repository",
        Coverage::NoVersion => "state its version in the SBOM",
        Coverage::UnknownProduct => "check its CPE or add an alias; else watch its project yourself",
        Coverage::UnsupportedEcosystem => "give the identity of its upstream",
        Coverage::FeedMissing => "add the feed that covers it",
        Coverage::FeedStale => "take a newer index",
        Coverage::Proprietary => "ask its supplier",
        Coverage::BuildOnly => "nothing for devices: its findings stand apart",
        Coverage::ByUser => "review the exclusion now and then",
    }
}

/// A remark of a reader.
pub struct Remark<'a> {
    /// Its code and what that means.
    pub code: (&'static str, &'static str),
    /// How bad.
    pub severity: &'static str,
    /// Where: file and place, component.
    pub place: String,
    /// What was found.
    pub value: &'a str,
}

/// All notes: of the input, of components, of the scan.
pub fn remarks<'a>(report: &Report<'a>) -> Vec<Remark<'a>> {
    let remark = |note: &'a Note, component: &str| Remark {
        code: (note.code.code(), note.code.meaning()),
        severity: note.severity.word(),
        place: [component, note.file.as_str(), note.place.as_str()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(", "),
        value: &note.value,
    };
    let inventory = report.inventory;
    let of_input = inventory.notes.iter().chain(&report.judged.scan.notes).map(|note| remark(note, ""));
    let of_components = inventory
        .components
        .iter()
        .flat_map(|component| component.notes.iter().map(move |note| remark(note, &component.name)));
    of_input.chain(of_components).collect()
}

/// `dropbear 2022.83`, `modem-firmware of unknown version`.
pub fn name_of(component: &Component) -> String {
    match component.version.as_str() {
        "" => format!("{} of unknown version", component.name),
        version => format!("{} {version}", component.name),
    }
}

/// The identities of a component, as they are searched.
pub fn identities(component: &Component) -> String {
    let cpes = component.cpes.iter().map(|known| known.cpe.to_23());
    let purls = component.purls.iter().map(ToString::to_string);
    let repositories = component.git.repositories.iter().map(|repository| format!("git:{repository}"));
    let list: Vec<String> = cpes.chain(purls).chain(repositories).collect();
    if list.is_empty() { words::capital("no identity but its name") } else { list.join(" · ") }
}
