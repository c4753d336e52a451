//! Messages of commits: what they bring over, what they take back.

use formats::git_log::{Messages, commit_id};

const FIX: &str = "1111111111111111111111111111111111111111";
const PICK: &str = "2222222222222222222222222222222222222222";
const REVERT: &str = "3333333333333333333333333333333333333333";
const AGAIN: &str = "4444444444444444444444444444444444444444";

/// What commits say, newest first: `(id, message)`.
fn said(commits: &[(&str, &str)]) -> String {
    let mut messages = Messages::default();
    for (id, message) in commits {
        messages.take(format!("{id}\n{message}").as_bytes());
    }
    let (picks, undone) = messages.finish();
    let short = |id: &String| id.chars().next().unwrap_or('-');
    let picks: String = picks.iter().map(|(from, by)| format!("{}<{} ", short(by), short(from))).collect();
    let undone: String = undone.iter().map(|id| format!("-{} ", short(id))).collect();
    format!("{picks}{undone}").trim().to_owned()
}

#[test]
fn lines_that_say_where_a_change_comes_from() {
    for line in [
        format!("commit {FIX} upstream."),
        format!("Commit {FIX} upstream"),
        format!("[ Upstream commit {FIX} ]"),
        format!("[Upstream commit {}]", &FIX[..12]),
        format!("(cherry picked from commit {FIX})"),
        format!("cherry-picked from commit {FIX}"),
        format!("(backported from commit {FIX})"),
        format!("commit {FIX} in mainline"),
        format!("Upstream-commit: {FIX}"),
        format!("Git-commit: {FIX}"),
    ] {
        assert_eq!(said(&[(PICK, &format!("net: check\n\n{line}\n\ntext"))]), "2<1", "{line}");
    }
}

#[test]
fn a_mention_says_nothing() {
    for line in [
        format!("Fixes: {FIX} (\"net: add\")"),
        format!("since commit {FIX} upstream did it"),
        format!("see commit {FIX}"),
        "commit 1111111 upstream.".to_owned(),
        "commit of the upstream tree".to_owned(),
        format!("This reverts the idea of commit {FIX}"),
    ] {
        assert_eq!(said(&[(PICK, &format!("net: check\n\n{line}\n"))]), "", "{line}");
    }
}

#[test]
fn a_later_revert_takes_back_and_a_later_pick_brings_again() {
    let pick = format!("net: check\n\ncommit {FIX} upstream.\n");
    let revert = format!("Revert \"net: check\"\n\nThis reverts commit {PICK}.\n");
    let by_origin = format!("Revert \"net: check\"\n\nThis reverts commit {FIX}.\n");
    assert_eq!(said(&[(REVERT, &revert), (PICK, &pick)]), "-1 -2");
    assert_eq!(said(&[(REVERT, &by_origin), (PICK, &pick)]), "-1 -2");
    assert_eq!(said(&[(AGAIN, &pick), (REVERT, &revert), (PICK, &pick)]), "4<1 -1 -2");
    let undo = format!("Reapply \"net: check\"\n\nThis reverts commit {REVERT}.\n");
    assert_eq!(said(&[(AGAIN, &undo), (REVERT, &revert), (PICK, &pick)]), "2<1 -3");
}

#[test]
fn only_whole_ids_are_ids() {
    assert!(commit_id(FIX.as_bytes()).is_some());
    assert!(commit_id(format!("{FIX}\n").as_bytes()).is_some());
    assert_eq!(commit_id(&[b'a'; 64]), commit_id(&[b'a'; 40]));
    assert!(commit_id(&[b'a'; 39]).is_none());
    assert!(commit_id(&[b'x'; 40]).is_none());
    // A message without an id, and no message at all.
    assert_eq!(said(&[("no id", "commit 1111111111111111111111111111111111111111 upstream.")]), "");
    let mut messages = Messages::default();
    messages.take(b"");
    messages.take(&[0xff; 300]);
    assert!(messages.finish().0.is_empty());
}
