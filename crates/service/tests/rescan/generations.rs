//! Generations that follow one another while something else is going on.

use service::analyse::analyse;
use service::house::Fault;
use service::jobs::list::Job;
use service::jobs::queue::{LEASE, Turn, keeping, turn};
use service::rescan::{KnowledgeDelta, announce, rescan};
use store::Page;
use store::jobs::{Lane, WorkState};
use testkit::records::Knowledge;

use super::{compare, filled, follow};
use crate::loop_house::{NOW, bom, knowledge, run};

fn index(ends: [&'static str; 2]) -> index::Index {
    Knowledge::new()
        .claim("CVE-2024-1", "acme:widget", ends[0])
        .claim("CVE-2024-2", "acme:gadget", ends[1])
        .index()
}

fn part(name: &str) -> service::scan::Document {
    bom(&[(name, "1.0", format!("cpe:2.3:a:acme:{name}:1.0:*:*:*:*:*:*:*"))])
}

/// Two generations come before the first of them was followed: what only the first changed is not forgotten.
#[test]
fn a_delta_whose_generation_was_followed_by_another_is_followed_with_the_newest() {
    run(async {
        let states = [["< 0.1", "< 0.1"], ["< 2", "< 0.1"], ["< 2", "< 2"]];
        let site = filled(index(states[0]), "g1", &[part("widget"), part("gadget")]).await;
        let first = compare(&index(states[0]), &index(states[1]));
        let second = compare(&index(states[1]), &index(states[2]));
        announce(&site.house, "g2", 0, "[]", &first, NOW).await.unwrap();
        announce(&site.house, "g3", 0, "[]", &second, NOW).await.unwrap();
        site.house.renew(knowledge(index(states[2])), "g3".to_owned());
        site.work(NOW).await;
        assert_eq!(site.findings().await.len(), 2);
    });
}

/// A node that has not opened the newest generation yet neither follows a delta nor stores what it judges.
#[test]
fn a_node_with_older_knowledge_stores_nothing() {
    run(async {
        let (old, new) = (["< 0.1", "< 0.1"], ["< 2", "< 0.1"]);
        let site = filled(index(old), "g1", &[part("widget")]).await;
        let delta = compare(&index(old), &index(new));
        // The generation is in use; this node still has the one before.
        announce(&site.house, "g2", 0, "[]", &delta, NOW).await.unwrap();
        let fault = rescan(&site.house, "g2", &delta, NOW, async |_| Ok(())).await.unwrap_err();
        assert!(matches!(fault, Fault::Refused(_)), "{fault}");
        let release = site.upload("2.0", vec![part("widget")]).await.release;
        let fault = analyse(&site.house, &site.scope, release, NOW, async |_| Ok(())).await.unwrap_err();
        assert!(matches!(fault, Fault::Refused(_)), "{fault}");
        // It opens it: both releases are judged, with the newer.
        site.house.renew(knowledge(index(new)), "g2".to_owned());
        site.work(NOW).await;
        assert_eq!(site.findings().await.len(), 2);
    });
}

/// A release that was received before the rescan and not judged yet is judged with what is in use by then.
#[test]
fn an_upload_beside_a_rescan_is_judged_with_the_newest() {
    run(async {
        let (old, new) = (["< 0.1", "< 0.1"], ["< 2", "< 0.1"]);
        let site = filled(index(old), "g1", &[]).await;
        site.upload("1.0", vec![part("widget")]).await;
        follow(&site, index(new), &compare(&index(old), &index(new)), "g2").await;
        assert_eq!(site.findings().await.len(), 1);
    });
}

/// A job of a generation that is announced twice is one job.
#[test]
fn a_generation_is_followed_once() {
    run(async {
        let site = filled(index(["< 1", "< 1"]), "g1", &[part("widget")]).await;
        let delta = compare(&index(["< 1", "< 1"]), &index(["< 2", "< 1"]));
        assert!(announce(&site.house, "g2", 0, "[]", &delta, NOW).await.unwrap().is_some());
        assert!(announce(&site.house, "g2", 0, "[]", &delta, NOW).await.unwrap().is_none());
        site.house.renew(knowledge(index(["< 2", "< 1"])), "g2".to_owned());
        let done = site.work(NOW).await;
        let rescans = done.iter().filter(|(kind, _)| kind == "rescan_changed").count();
        assert_eq!(rescans, 1, "{done:?}");
    });
}

/// Feeds grow old without any new generation: the hourly check judges again what they covered.
#[test]
fn a_feed_that_grows_old_is_seen_in_the_coverage() {
    run(async {
        let fresh =
            || Knowledge::new().as_of("2026-09-21").claim("CVE-2024-1", "acme:widget", "< 0.1").index();
        let site = filled(fresh(), "g1", &[part("widget")]).await;
        let before = site.state().await;
        let later = NOW.plus(40 * 24 * 3_600_000);
        let job = Job::CheckKnowledge { due: later.0 };
        let mut change = site.house.store.change().await.unwrap();
        change.enqueue(&job.queued(Lane::Background, later), later).await.unwrap();
        change.commit().await.unwrap();
        while turn(&site.house, Lane::ALL, "test", &|| later, 0).await.unwrap() != Turn::Idle {}
        let after = site.state().await;
        assert!(before.iter().any(|line| line.contains("cve-list fresh")), "{before:?}");
        assert!(after.iter().any(|line| line.contains("cve-list stale")), "{after:?}");
        let coverage = |lines: &[String]| lines.iter().find(|line| line.contains(" is ")).cloned();
        assert_ne!(coverage(&before), coverage(&after));
    });
}

/// A kernel branch ends by the calendar alone: the hourly check judges again who ships it, and nobody a second time.
#[test]
fn a_kernel_branch_that_ends_is_judged_again() {
    run(async {
        let cpe = "cpe:2.3:o:linux:linux_kernel:6.6.10:*:*:*:*:*:*:*".to_owned();
        let kernel = crate::loop_house::bom(&[("linux", "6.6.10", cpe)]);
        let index = || Knowledge::new().claim("CVE-2024-1", "acme:widget", "< 0.1").index();
        let site = filled(index(), "g1", &[kernel, part("widget")]).await;
        let end = index::tables::BranchTable::built_in().of("linux", "6.6").unwrap().end_of_life.clone();
        let until = format!("\"until\":\"{end}\"");
        let before = site.state().await;
        assert_eq!(before.iter().filter(|line| line.contains(&until)).count(), 1, "{before:?}");
        let delta = KnowledgeDelta::default();
        let months = |n: i64| NOW.plus(n * 30 * 24 * 3_600_000);
        let touched =
            async |at| rescan(&site.house, "g1", &delta, at, async |_| Ok(())).await.unwrap().releases;
        assert_eq!(touched(NOW).await, [] as [i64; 0]);
        let over = months(24);
        assert_eq!(touched(over).await.len(), 1, "the one with the kernel");
        while turn(&site.house, Lane::ALL, "test", &|| over, 0).await.unwrap() != Turn::Idle {}
        assert!(!site.state().await.iter().any(|line| line.contains(&until)));
        assert_eq!(touched(over).await, [] as [i64; 0]);
    });
}

/// Work that takes longer than its lease is not taken up by another worker.
#[test]
fn a_lease_is_kept_while_the_work_goes_on() {
    run(async {
        let site = filled(index(["< 1", "< 1"]), "g1", &[]).await;
        let job = Job::Sweep.queued(Lane::Background, NOW);
        let mut change = site.house.store.change().await.unwrap();
        change.enqueue(&job, NOW).await.unwrap();
        let row = change.claim(Lane::ALL, "one", LEASE, NOW).await.unwrap().unwrap();
        change.commit().await.unwrap();
        let later = NOW.plus(LEASE - 1);
        let page = Page::default();
        // The work ends when it sees that its lease was renewed.
        let work = async {
            loop {
                let mut look = site.house.store.look().await.unwrap();
                let leased = look.jobs(WorkState::Leased, &page).await.unwrap().rows;
                if leased[0].run_after == later.plus(LEASE) {
                    return leased[0].lease_no;
                }
                drop(look);
                tokio::task::yield_now().await;
            }
        };
        let beat = std::time::Duration::from_millis(1);
        let lease_no = keeping(&site.house, &row, beat, &|| later, work).await;
        assert_eq!(lease_no, row.lease_no);
        // The lease would be over by now.
        let mut change = site.house.store.change().await.unwrap();
        let other = change.claim(Lane::ALL, "other", LEASE, NOW.plus(LEASE + 1)).await.unwrap();
        assert_eq!(other, None);
    });
}
