//! Generations that follow one another while something else is going on.

use service::analyse::analyse;
use service::house::Fault;
use service::jobs::list::Job;
use service::jobs::queue::{Turn, turn};
use service::rescan::{announce, rescan};
use store::jobs::Lane;
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
