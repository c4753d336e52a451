//! The jobs.

use service::maker::{JobFilter, Task, WorkState};

use super::HouseBackend;
use super::translate::{at, at_some, failure, maker, page_of, paged};
use crate::backend::{Failure, Identity};
use crate::pages::knowledge::Job;
use crate::pages::list::{Page, Query};

/// Words of the pages and states of the queue.
const STATES: [(&str, WorkState); 4] = [
    ("waiting", WorkState::Waiting),
    ("running", WorkState::Leased),
    ("done", WorkState::Done),
    ("failed", WorkState::Parked),
];

pub(super) async fn jobs(of: &HouseBackend, who: &Identity, query: &Query) -> Result<Page<Job>, Failure> {
    let chosen = query.of("state");
    let states = STATES.iter().filter(|(word, _)| chosen.iter().any(|one| one == word));
    let filter =
        JobFilter { states: states.map(|(_, state)| *state).collect(), kinds: query.of("kind").to_vec() };
    let listed = maker(of, who)?.job_lines(&filter, &page_of(query)).await.map_err(failure)?;
    Ok(paged(listed, row))
}

fn row(task: Task) -> Job {
    let state = STATES.iter().find(|(_, state)| *state == task.state).map_or("", |(word, _)| word);
    let says = match task.state {
        WorkState::Parked => format!("given up after {} attempts: {}", task.attempts, task.error),
        WorkState::Waiting | WorkState::Leased if !task.error.is_empty() => {
            format!("attempt {} of {} failed: {}", task.attempts, task.most_attempts, task.error)
        }
        _ => String::new(),
    };
    Job {
        id: task.id.to_string(),
        about: about(&task),
        kind: task.kind,
        state: state.to_owned(),
        asked: at(task.created),
        ended: at_some(task.finished),
        progress: None,
        says,
    }
}

/// What it works on, from its own key: a release with what changed, a generation, an hour.
fn about(task: &Task) -> String {
    match task.kind.as_str() {
        "analyse_release" => format!("release {}", shortened(&task.key)),
        "rescan_changed" => format!("knowledge {}", shortened(&task.key)),
        _ => {
            task.key.parse().map_or_else(|_| task.key.clone(), |hour| at(service::maker::Moment(hour)).says())
        }
    }
}

/// Hashes are told apart by their beginning.
fn shortened(key: &str) -> String {
    let is_hash = |word: &str| word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let short = |word: &str| if is_hash(word) { word.chars().take(12).collect() } else { word.to_owned() };
    key.split(' ').map(short).collect::<Vec<String>>().join(" ")
}

#[cfg(test)]
mod tests {
    #[test]
    fn hashes_are_shortened_and_nothing_else() {
        let hash = "0123456789abcdef".repeat(4);
        assert_eq!(super::shortened(&format!("7 documents {hash}")), "7 documents 0123456789ab");
        for same in ["", "7 a decision", "due", "kev epss"] {
            assert_eq!(super::shortened(same), same);
        }
    }
}
