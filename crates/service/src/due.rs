//! What a class asks of whom, and by when, in words: the table of deadlines as people read it (assessment.md 3.9).

use analysis::policy::due::{Deadline, Event, Party, Span, Task};
use analysis::risk::table_set::TableSet;
use model::assessment::ResponseClass;

/// One deadline of a class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// `maker` or `owner`.
    pub who: &'static str,
    /// The stable word of the task.
    pub task: &'static str,
    /// In so many hours; 0 means together with the event.
    pub within_hours: u64,
    /// The stable word of the event from which the time runs; `start` = the finding exists with that class.
    pub after: &'static str,
    /// It returns until the patch is available.
    pub repeats: bool,
    /// In words: `the maker makes the patch available within 14 days (target)`.
    pub says: String,
}

/// The deadlines of a class, in the order of the table.
pub fn of_class(tables: &TableSet, class: ResponseClass) -> Vec<Due> {
    tables.deadlines.of(class).iter().map(due).collect()
}

fn due(deadline: &Deadline) -> Due {
    Due {
        who: deadline.who.word(),
        task: deadline.what.word(),
        within_hours: deadline.within.hours(),
        after: deadline.after.word(),
        repeats: deadline.repeats,
        says: says(deadline),
    }
}

fn says(deadline: &Deadline) -> String {
    let who = match deadline.who {
        Party::Maker => "the maker",
        Party::Owner => "the owner",
    };
    let what = match deadline.what {
        Task::Confirm => "confirms or corrects the assessment",
        Task::Notify => "tells the affected customers",
        Task::Mitigation => "says how to mitigate it",
        Task::Patch => "makes the patch available",
        Task::InterimUpdate => "tells the customers how far it is",
        Task::PatchNotice => "tells that the patch is available",
        Task::Mitigate => "mitigates it",
        Task::ApplyPatch => "installs the patch",
    };
    let note = if deadline.note.is_empty() { String::new() } else { format!(" ({})", deadline.note) };
    format!("{who} {what} {}{note}", when(deadline))
}

fn when(deadline: &Deadline) -> String {
    let event = match deadline.after {
        Event::Start => "",
        Event::Confirmation => "the confirmation",
        Event::Notice => "the first notice",
        Event::Patch => "the patch",
        Event::Release => "the next regular release",
        Event::ComponentUpdate => "the next update of the component",
        Event::Upgrade => "the next upgrade",
    };
    let span = match deadline.within {
        Span::Hours(0) | Span::Days(0) => return format!("with {event}"),
        Span::Hours(1) => "1 hour".to_owned(),
        Span::Hours(hours) => format!("{hours} hours"),
        Span::Days(1) => "1 day".to_owned(),
        Span::Days(days) => format!("{days} days"),
    };
    match (deadline.repeats, event) {
        (true, _) => format!("every {span}"),
        (false, "") => format!("within {span}"),
        (false, event) => format!("within {span} of {event}"),
    }
}
