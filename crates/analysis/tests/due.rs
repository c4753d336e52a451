//! Deadlines per class: those of the design, and what a table with a mistake says.

use analysis::policy::due::{self, Deadline, Deadlines, Span};
use analysis::risk::ssvc::ssvc;
use model::assessment::ResponseClass;

use crate::tables::leak;

const DEADLINES: &str = include_str!("../src/risk/tables/deadlines.csv");

/// `maker notify 24h after confirmation (note)`
fn deadline_line(deadline: &Deadline) -> String {
    let within = match deadline.within {
        Span::Hours(hours) => format!("{hours}h"),
        Span::Days(days) => format!("{days}d"),
    };
    let note = if deadline.note.is_empty() { String::new() } else { format!(" ({})", deadline.note) };
    let each = if deadline.repeats { "each " } else { "" };
    format!(
        "{} {} {each}{within} after {}{note}",
        deadline.who.word(),
        deadline.what.word(),
        deadline.after.word()
    )
}

fn lines_of(class: ResponseClass) -> Vec<String> {
    due::deadlines(class).iter().map(deadline_line).collect()
}

#[test]
fn deadlines_are_those_of_the_design() {
    let immediate = [
        "maker confirm 8h after start",
        "maker notify 24h after confirmation",
        "maker notify 48h after start (at the latest)",
        "maker mitigation 0h after notice (\"take out of production\" if none is known)",
        "maker patch 14d after start (target)",
        "maker interim_update each 3d after notice (until the patch is there)",
        "maker patch_notice 0d after patch",
        "owner mitigate 24h after start",
        "owner apply_patch 3d after patch",
    ];
    let planned = [
        "maker confirm 5d after start",
        "maker notify 14d after start (or the next advisory day)",
        "maker mitigation 0h after notice (if one exists)",
        "maker patch 60d after start",
        "maker patch_notice 0d after patch",
        "owner mitigate 14d after start",
        "owner apply_patch 30d after patch",
    ];
    let routine = [
        "maker confirm 30d after start",
        "maker notify 0h after release",
        "maker patch 0h after release",
        "maker patch 180d after start (at the latest)",
        "maker patch_notice 0h after release (in the release notes)",
        "owner apply_patch 90d after patch",
    ];
    let none = ["maker patch 0h after component_update", "owner apply_patch 0h after upgrade"];
    assert_eq!(lines_of(ResponseClass::Immediate), immediate);
    assert_eq!(lines_of(ResponseClass::Planned), planned);
    assert_eq!(lines_of(ResponseClass::Routine), routine);
    assert_eq!(lines_of(ResponseClass::None), none);
}

#[test]
fn the_shorter_time_counts_for_an_owner_with_bod_26_04() {
    let apply = |class, outcome: &str| {
        let deadlines = due::with_bod(due::deadlines(class), outcome);
        assert_eq!(deadlines.len(), due::deadlines(class).len());
        deadline_line(deadlines.iter().find(|deadline| deadline.what == due::Task::ApplyPatch).unwrap())
    };
    assert_eq!(apply(ResponseClass::Planned, "14 days"), "owner apply_patch 14d after patch (BOD 26-04)");
    assert_eq!(apply(ResponseClass::Planned, "60 days"), "owner apply_patch 30d after patch");
    assert_eq!(apply(ResponseClass::Planned, "fix on system upgrade"), "owner apply_patch 30d after patch");
    assert_eq!(
        apply(ResponseClass::Routine, "3 days & forensic investigation"),
        "owner apply_patch 3d after patch (BOD 26-04)"
    );
    assert_eq!(apply(ResponseClass::Immediate, "3 days"), "owner apply_patch 3d after patch");
    assert_eq!(apply(ResponseClass::None, "60 days"), "owner apply_patch 60d after patch (BOD 26-04)");
    let outcomes = &ssvc().table("bod_26_04").unwrap().frame().outcome.values;
    let times: Vec<Option<u64>> =
        outcomes.iter().map(|value| due::bod_time(value.word).map(Span::hours)).collect();
    assert_eq!(times, [None, Some(60 * 24), Some(14 * 24), Some(72), Some(72)]);
}

#[test]
fn deadlines_with_a_mistake_are_refused_with_their_line() {
    let error = |from: &str, to: &str| {
        assert_eq!(DEADLINES.matches(from).count(), 1, "{from}");
        Deadlines::parse(leak(DEADLINES.replacen(from, to, 1))).unwrap_err().to_string()
    };
    assert_eq!(
        error("immediate,maker,confirm,8h,", "immediate,maker,confirm,8m,"),
        "line 4: `8m` is no time (8h, 14d)"
    );
    assert_eq!(error("immediate,maker,confirm,8h,", "soon,maker,confirm,8h,"), "line 4: `soon` is no class");
    assert_eq!(error("immediate,maker,confirm,8h,", "immediate,us,confirm,8h,"), "line 4: `us` is no party");
    assert_eq!(
        error("immediate,maker,confirm,8h,start,once,", "immediate,maker,confirm,8h"),
        "line 4: 4 fields instead of 7"
    );
    assert_eq!(
        error("planned,maker,confirm,5d,start,once", "planned,maker,confirm,5d,start,twice"),
        "line 13: `twice` is no repetition (once, each)"
    );
    assert_eq!(
        error("planned,owner,mitigate,14d", "planned,maker,patch,14d"),
        "line 18: the same deadline stands twice"
    );
    assert_eq!(
        error("immediate,maker,patch,14d,", "immediate,maker,patch,90d,"),
        "line 27: maker `patch`: a worse class leaves more time"
    );
    assert_eq!(
        Deadlines::parse("").unwrap_err().to_string(),
        "line 1: the header is not `class,who,task,within,after,repeats,note`"
    );
    assert_eq!(due::ESCALATION_PERCENT, [50, 80, 100]);
}
