//! Deadlines per response class, as a table. Nothing here reads a clock: a deadline says how long after which event.
//!
//! These are defaults of ours, not of a law; the legal clocks start from awareness of exploitation and not from a
//! class.

use std::sync::LazyLock;

use model::assessment::ResponseClass;

/// The table that is compiled in.
const BUILT_IN: &str = include_str!("../risk/tables/deadlines.csv");
/// The times of BOD 26-04.
const BOD_TIMES: &str = include_str!("../risk/tables/deadlines-bod.csv");

/// After so many hundredths of the time an open task goes to the next role.
pub const ESCALATION_PERCENT: [u8; 3] = [50, 80, 100];

/// Who has to do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Party {
    /// The maker of the product.
    Maker,
    /// Whoever runs it.
    Owner,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Task {
    /// A person confirms or corrects the assessment.
    Confirm,
    /// First notice to affected customers.
    Notify,
    /// Text of a mitigation.
    Mitigation,
    /// The patch is available.
    Patch,
    /// What is known meanwhile, told to customers.
    InterimUpdate,
    /// Notice that the patch is available.
    PatchNotice,
    /// The mitigation is in place.
    Mitigate,
    /// The patch is installed.
    ApplyPatch,
}

/// From when the time runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Event {
    /// The finding exists for the first time with that class (or ceiling).
    Start,
    /// A person has confirmed the assessment.
    Confirmation,
    /// The first notice has gone out.
    Notice,
    /// The patch is available.
    Patch,
    /// The next regular release.
    Release,
    /// The next update of the component.
    ComponentUpdate,
    /// The next upgrade of the device.
    Upgrade,
}

impl Party {
    /// All values.
    pub const ALL: &'static [Party] = &[Party::Maker, Party::Owner];

    /// The stable word.
    pub fn word(self) -> &'static str {
        match self {
            Party::Maker => "maker",
            Party::Owner => "owner",
        }
    }
}

impl Task {
    /// All values.
    pub const ALL: &'static [Task] = &[
        Task::Confirm,
        Task::Notify,
        Task::Mitigation,
        Task::Patch,
        Task::InterimUpdate,
        Task::PatchNotice,
        Task::Mitigate,
        Task::ApplyPatch,
    ];

    /// The stable word.
    pub fn word(self) -> &'static str {
        match self {
            Task::Confirm => "confirm",
            Task::Notify => "notify",
            Task::Mitigation => "mitigation",
            Task::Patch => "patch",
            Task::InterimUpdate => "interim_update",
            Task::PatchNotice => "patch_notice",
            Task::Mitigate => "mitigate",
            Task::ApplyPatch => "apply_patch",
        }
    }
}

impl Event {
    /// All values.
    pub const ALL: &'static [Event] = &[
        Event::Start,
        Event::Confirmation,
        Event::Notice,
        Event::Patch,
        Event::Release,
        Event::ComponentUpdate,
        Event::Upgrade,
    ];

    /// The stable word.
    pub fn word(self) -> &'static str {
        match self {
            Event::Start => "start",
            Event::Confirmation => "confirmation",
            Event::Notice => "notice",
            Event::Patch => "patch",
            Event::Release => "release",
            Event::ComponentUpdate => "component_update",
            Event::Upgrade => "upgrade",
        }
    }
}

/// A length of time. The unit is kept: three days end with the third day, 72 hours with the hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Span {
    /// Hours.
    Hours(u32),
    /// Calendar days.
    Days(u32),
}

impl Span {
    /// In hours, for comparing.
    pub fn hours(self) -> u64 {
        match self {
            Span::Hours(hours) => hours.into(),
            Span::Days(days) => u64::from(days) * 24,
        }
    }

    /// `8h`, `14d`.
    fn parse(text: &str) -> Option<Span> {
        let number = |digits: &str| {
            let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            digits.parse().ok().filter(|_| is_number)
        };
        match text.strip_suffix('h') {
            Some(digits) => number(digits).map(Span::Hours),
            None => number(text.strip_suffix('d')?).map(Span::Days),
        }
    }
}

/// One deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// Who has to do it.
    pub who: Party,
    /// What is to be done.
    pub what: Task,
    /// In which time; zero means together with the event.
    pub within: Span,
    /// From when the time runs.
    pub after: Event,
    /// It returns, until the patch is available.
    pub repeats: bool,
    /// What else is to be known; may be empty.
    pub note: &'static str,
}

/// A line of a table of deadlines that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct DeadlineError {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong.
    pub why: String,
}

/// The deadlines of all classes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// By rank of the class.
    by_class: [Vec<Deadline>; 4],
}

/// The built-in deadlines of a class.
pub fn deadlines(class: ResponseClass) -> &'static [Deadline] {
    built_in().of(class)
}

/// The built-in table.
pub fn built_in() -> &'static Deadlines {
    static TABLE: LazyLock<Deadlines> =
        LazyLock::new(|| Deadlines::parse(BUILT_IN).expect("the built-in table is tested"));
    &TABLE
}

/// The text of the built-in table, to start one's own from.
pub fn text() -> &'static str {
    BUILT_IN
}

/// The time that a BOD 26-04 outcome leaves to repair; `None` where it sets none.
pub fn bod_time(outcome: &str) -> Option<Span> {
    let mut rows = BOD_TIMES.lines().filter_map(|line| line.rsplit_once(','));
    rows.find(|(known, _)| *known == outcome).and_then(|(_, within)| Span::parse(within))
}

/// Deadlines of a class for an owner who has adopted BOD 26-04: the shorter time to apply the patch counts.
pub fn with_bod(deadlines: &[Deadline], outcome: &str) -> Vec<Deadline> {
    let limit = bod_time(outcome);
    let shorten = |mut deadline: Deadline| {
        let Some(limit) = limit.filter(|_| deadline.what == Task::ApplyPatch) else { return deadline };
        if deadline.after != Event::Patch || limit.hours() < deadline.within.hours() {
            (deadline.within, deadline.after, deadline.note) = (limit, Event::Patch, "BOD 26-04");
        }
        deadline
    };
    deadlines.iter().copied().map(shorten).collect()
}

const HEADER: &str = "class,who,task,within,after,repeats,note";

impl Deadlines {
    /// Reads a table of deadlines. It lives as long as the program.
    ///
    /// # Errors
    /// The first line that cannot be used, or a worse class that leaves more time than a milder one.
    pub fn parse(text: &'static str) -> Result<Deadlines, DeadlineError> {
        let numbered = text.lines().enumerate().map(|(number, line)| (number + 1, line.trim()));
        let mut lines = numbered.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let (line, header) = lines.next().unwrap_or((1, ""));
        if header != HEADER {
            return Err(DeadlineError { line, why: format!("the header is not `{HEADER}`") });
        }
        let mut by_class: [Vec<Deadline>; 4] = Default::default();
        for (line, content) in lines {
            let (class, deadline) = read_line(content).map_err(|why| DeadlineError { line, why })?;
            let known = &mut by_class[class as usize];
            if known.iter().any(|known| is_same_task(known, &deadline)) {
                return Err(DeadlineError { line, why: "the same deadline stands twice".to_owned() });
            }
            known.push(deadline);
        }
        let table = Deadlines { by_class };
        let last = text.lines().count();
        table.check_falling().map_or(Ok(table.clone()), |why| Err(DeadlineError { line: last, why }))
    }

    /// The deadlines of a class.
    pub fn of(&self, class: ResponseClass) -> &[Deadline] {
        &self.by_class[class as usize]
    }

    /// The first task for which a worse class leaves more time.
    fn check_falling(&self) -> Option<String> {
        let pairs = self.by_class.iter().enumerate().flat_map(|(rank, milder)| {
            self.by_class[rank + 1..]
                .iter()
                .flat_map(move |worse| milder.iter().map(move |task| (task, worse)))
        });
        let mut slower = pairs.filter_map(|(task, worse)| {
            let same = worse.iter().find(|other| is_same_task(task, other))?;
            (same.within.hours() > task.within.hours()).then_some(task)
        });
        let task = slower.next()?;
        Some(format!("{} `{}`: a worse class leaves more time", task.who.word(), task.what.word()))
    }
}

fn is_same_task(one: &Deadline, other: &Deadline) -> bool {
    (one.who, one.what, one.after) == (other.who, other.what, other.after)
}

fn read_line(content: &'static str) -> Result<(ResponseClass, Deadline), String> {
    let fields: Vec<&'static str> = content.splitn(7, ',').collect();
    let [class, who, what, within, after, repeats, note] = fields[..] else {
        return Err(format!("{} fields instead of 7", fields.len()));
    };
    let unknown = |column: &str, word: &str| format!("`{word}` is no {column}");
    let deadline = Deadline {
        who: Party::ALL
            .iter()
            .copied()
            .find(|value| value.word() == who)
            .ok_or_else(|| unknown("party", who))?,
        what: Task::ALL
            .iter()
            .copied()
            .find(|value| value.word() == what)
            .ok_or_else(|| unknown("task", what))?,
        within: Span::parse(within).ok_or_else(|| unknown("time (8h, 14d)", within))?,
        after: Event::ALL
            .iter()
            .copied()
            .find(|value| value.word() == after)
            .ok_or_else(|| unknown("event", after))?,
        repeats: match repeats {
            "once" => false,
            "each" => true,
            _ => return Err(unknown("repetition (once, each)", repeats)),
        },
        note,
    };
    Ok((ResponseClass::parse(class).ok_or_else(|| unknown("class", class))?, deadline))
}
