//! The judge of source files: hears every witness about every affected file (matching.md 7.2 to 7.5).

use std::borrow::Cow;
use std::sync::Arc;

use model::build::ConfigOf;
use model::finding::{Confidence, Evidence};
use model::reason::Reason;

use super::files::{self, Class, Sorted};
use super::known::Known;
use super::prepared::Prepared;
use super::{Opinion, Subject, WITNESSES, compiled_files, headers};

/// Why a file is not in the product. Ordered: of several, the greatest names the finding's reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Out {
    /// It belongs to other architectures.
    OtherArch,
    /// Its options are off.
    OptionsOff,
    /// A complete list of compiled files lacks it.
    NotListed,
    /// It is only in modules, and the image has none of them.
    ModuleAbsent,
}

/// What is known of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Nothing.
    Silent,
    /// Something was looked at and does not suffice; the qualifier says what.
    Unknown(Reason),
    /// Not in the product.
    Out(Out),
    /// In a module; `blacklisted` when it is not loaded by itself.
    Module {
        /// All modules that hold it and are present are black-listed.
        blacklisted: bool,
    },
    /// Its options are on.
    Built,
    /// A list names it: whatever else is said, it is built.
    Listed,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            State::Silent | State::Unknown(_) => files::UNKNOWN,
            State::Out(Out::OtherArch) => files::OTHER_ARCH,
            State::Out(Out::ModuleAbsent) => files::MODULE_ABSENT,
            State::Out(_) => files::NOT_BUILT,
            State::Module { .. } => files::MODULE,
            State::Built | State::Listed => files::BUILT,
        }
    }

    /// How much one word weighs against another about the same file. A list proves that a file is compiled,
    /// not that the module it went into is shipped.
    fn weight(self) -> u8 {
        match self {
            State::Silent => 0,
            State::Unknown(_) => 1,
            State::Built => 2,
            State::Module { .. } => 3,
            State::Out(Out::ModuleAbsent) => 6,
            State::Out(_) => 4,
            State::Listed => 5,
        }
    }
}

/// What a witness says of a file, with its proof.
#[derive(Clone, Debug)]
pub struct Says {
    /// The state.
    pub state: State,
    /// What was looked at and does not suffice.
    pub lacking: Vec<Reason>,
    /// The Kbuild condition looked at.
    pub condition: Option<Arc<Known>>,
    /// What else it rests on, in words.
    pub proof: Cow<'static, str>,
}

impl Says {
    /// Has nothing to say.
    pub fn nothing() -> Says {
        Says::state(State::Silent)
    }

    /// A state without further proof.
    pub fn state(state: State) -> Says {
        let lacking = if let State::Unknown(reason) = state { vec![reason] } else { Vec::new() };
        Says { state, lacking, condition: None, proof: Cow::Borrowed("") }
    }

    /// A state with its proof in words.
    pub fn told(state: State, proof: impl Into<Cow<'static, str>>) -> Says {
        Says { proof: proof.into(), ..Says::state(state) }
    }

    /// A state that rests on a condition of the map.
    pub fn by_condition(state: State, condition: Arc<Known>) -> Says {
        Says { condition: Some(condition), ..Says::state(state) }
    }

    /// The config lines it rests on, and what else.
    pub fn proof(&self) -> String {
        let lines = self.condition.as_ref().map_or("", |condition| condition.lines.as_str());
        match (self.proof.is_empty(), lines.is_empty()) {
            (true, _) => lines.to_owned(),
            (false, true) => self.proof.clone().into_owned(),
            (false, false) => format!("{}: {lines}", self.proof),
        }
    }

    /// The stronger word of two; what is lacking adds up.
    pub fn joined(mut self, mut other: Says) -> Says {
        if other.state.weight() > self.state.weight() {
            std::mem::swap(&mut self, &mut other);
        }
        self.lacking.append(&mut other.lacking);
        self
    }
}

/// A file that is asked about.
pub struct File<'f> {
    /// Its path.
    pub path: &'f str,
    /// Its class.
    pub class: Class,
    /// Its condition in the Kbuild map, when there is one.
    pub condition: Option<Cow<'f, str>>,
}

/// What all witnesses together say of a file that is compiled or looked up by itself.
pub fn heard(prepared: &Prepared<'_>, path: &str, class: Class) -> Says {
    let condition =
        if class == Class::Code || class == Class::Data { prepared.condition(path) } else { None };
    let file = File { path, class, condition };
    if let Some(listed) = compiled_files::listed(prepared, path) {
        return listed.joined(super::kernel_config::witness(prepared, &file));
    }
    let mut says = Says::nothing();
    for (_, witness) in WITNESSES {
        says = says.joined(witness(prepared, &file));
        if matches!(says.state, State::Out(_)) {
            break;
        }
    }
    says
}

fn of_file(prepared: &Prepared<'_>, path: &str, class: Class) -> Says {
    match class {
        Class::Header => prepared.header(path, headers::of_header),
        _ => headers::of_code(prepared, path, class),
    }
}

/// Excludes when every affected file is out.
pub fn judge(prepared: &Prepared<'_>, _: &Subject<'_>, sorted: &Sorted<'_>) -> Opinion {
    if prepared.tree().is_none() || prepared.tool().is_some() {
        return Opinion::Silent;
    }
    if !sorted.build.is_empty() {
        return build_files(prepared, &sorted.build);
    }
    if sorted.deciding.is_empty() || !prepared.has_any_evidence() {
        return Opinion::Silent;
    }
    let says: Vec<Says> =
        sorted.deciding.iter().map(|(path, class)| of_file(prepared, path, *class)).collect();
    if says.iter().all(|says| says.state == State::Silent) {
        return Opinion::Silent;
    }
    let evidence = evidence(prepared, sorted, &says);
    match all_out(&says) {
        Some(why) => Opinion::Excluded(reason(why, prepared.tree()), confidence(prepared, why), evidence),
        None => Opinion::Kept(qualifiers(&says), evidence, None),
    }
}

/// A build file concerns whoever builds; only another architecture's cannot.
fn build_files(prepared: &Prepared<'_>, paths: &[&str]) -> Opinion {
    if !prepared.has_any_evidence() {
        return Opinion::Silent;
    }
    let by_arch =
        |path: &&str| super::arch::witness(prepared, &File { path, class: Class::Build, condition: None });
    let says: Vec<Says> = paths.iter().map(by_arch).collect();
    let pairs = paths.iter().zip(&says);
    let evidence = pairs.map(|(path, says)| line(path, Class::Build, says)).collect();
    match all_out(&says) {
        Some(why) => Opinion::Excluded(reason(why, prepared.tree()), Confidence::High, evidence),
        None => Opinion::Kept(vec![Reason::EBuildFileOnly], evidence, None),
    }
}

fn all_out(says: &[Says]) -> Option<Out> {
    let mut greatest = None;
    for says in says {
        let State::Out(why) = says.state else { return None };
        greatest = greatest.max(Some(why));
    }
    greatest
}

fn reason(why: Out, tree: Option<ConfigOf>) -> Reason {
    match why {
        Out::OtherArch => Reason::EArchFiles,
        Out::OptionsOff if tree == Some(ConfigOf::Busybox) => Reason::EAppletOff,
        Out::OptionsOff => Reason::EConfigOff,
        Out::NotListed => Reason::EFilesNotBuilt,
        Out::ModuleAbsent => Reason::EModuleAbsent,
    }
}

/// A map of a neighbouring version is less sure than one of the same branch.
fn confidence(prepared: &Prepared<'_>, why: Out) -> Confidence {
    let is_between = matches!(prepared.choice(), Some(super::kbuild::Choice::Between { .. }));
    if is_between && why != Out::NotListed { Confidence::Medium } else { Confidence::High }
}

/// Qualifiers tell what was lacking; where a file is seen to be built, nothing was.
fn qualifiers(says: &[Says]) -> Vec<Reason> {
    let mut in_product =
        says.iter().filter(|says| says.state.weight() > 1 && !matches!(says.state, State::Out(_)));
    if let Some(first) = in_product.next() {
        let is_idle = |says: &Says| says.state == State::Module { blacklisted: true };
        let all_idle = is_idle(first) && in_product.all(is_idle);
        return if all_idle { vec![Reason::EModuleNotAutoloaded] } else { Vec::new() };
    }
    says.iter()
        .filter(|says| !matches!(says.state, State::Out(_)))
        .flat_map(|says| says.lacking.clone())
        .collect()
}

fn evidence(prepared: &Prepared<'_>, sorted: &Sorted<'_>, says: &[Says]) -> Vec<Evidence> {
    let pairs = sorted.deciding.iter().zip(says);
    let mut evidence: Vec<Evidence> = pairs.map(|((path, class), says)| line(path, *class, says)).collect();
    evidence.extend(prepared.inputs().iter().cloned());
    evidence
}

fn line(path: &str, class: Class, says: &Says) -> Evidence {
    let expression = says.condition.as_ref().map_or("", |condition| condition.text.as_str());
    files::file(path, class, says.state.word(), expression, &says.proof())
}
