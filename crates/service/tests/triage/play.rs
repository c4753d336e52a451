//! Random sequences of people and data: nothing that a person decided is ever lost.

use model::access::Role;
use model::decision::DecisionState;
use model::vex::VexStatus;
use proptest::prelude::*;
use service::access::identity::Identity;
use service::triage::bulk::Chosen;
use service::triage::decide::{Decided, decide, propose};
use service::triage::edit::{edit, withdraw};
use service::triage::word::Word;
use service::triage::{approve, bulk, undo};
use store::finding::Finding;
use store::finding_list::FindingFilter;
use store::{Moment, Page};
use testkit::records::Knowledge;

use super::{absent, affected, rows, sbom, site, uncalled, who};
use crate::loop_house::{NOW, Site, run};

/// A step of somebody or of the data.
#[derive(Clone, Debug)]
enum Step {
    Decide { who: usize, finding: usize, word: usize },
    Edit { who: usize, decision: usize, word: usize },
    Approve { who: usize, decision: usize },
    Withdraw { who: usize, decision: usize },
    Deed { who: usize, word: usize },
    Undo { who: usize },
    Release { with_webserver: bool },
    Feed { fewer: bool },
}

fn step() -> impl Strategy<Value = Step> {
    let (who, finding, word) = (0..3_usize, 0..8_usize, 0..4_usize);
    prop_oneof![
        4 => (who.clone(), finding.clone(), word.clone()).prop_map(|(who, finding, word)| Step::Decide { who, finding, word }),
        3 => (who.clone(), finding.clone(), word.clone()).prop_map(|(who, decision, word)| Step::Edit { who, decision, word }),
        2 => (who.clone(), finding.clone()).prop_map(|(who, decision)| Step::Approve { who, decision }),
        1 => (who.clone(), finding).prop_map(|(who, decision)| Step::Withdraw { who, decision }),
        1 => (who.clone(), word).prop_map(|(who, word)| Step::Deed { who, word }),
        1 => who.prop_map(|who| Step::Undo { who }),
        1 => any::<bool>().prop_map(|with_webserver| Step::Release { with_webserver }),
        1 => any::<bool>().prop_map(|fewer| Step::Feed { fewer }),
    ]
}

struct Play {
    site: Site,
    people: Vec<Identity>,
    now: Moment,
    releases: usize,
    deeds: Vec<String>,
    /// What people wrote: decision, version, text.
    written: Vec<(i64, i64, String)>,
}

impl Play {
    async fn new() -> Play {
        let site = site().await;
        let people = vec![
            who(&site, 1, "tom", Role::Triager),
            who(&site, 2, "rob", Role::Reviewer),
            who(&site, 3, "lea", Role::Lead),
        ];
        Play { site, people, now: NOW, releases: 1, deeds: Vec::new(), written: Vec::new() }
    }

    fn word(&self, at: usize) -> Word {
        match at {
            0 => affected(&format!("at {}", self.now.0)),
            1 => absent("webserver"),
            2 => uncalled(),
            _ => Word {
                status: Some(VexStatus::UnderInvestigation),
                reason: "looking".to_owned(),
                ..Word::default()
            },
        }
    }

    /// Notes the newest text of a decision that a person has just written.
    async fn note(&mut self, decided: &Decided) {
        let mut look = self.site.house.store.look().await.unwrap();
        let text = look.decision(&self.site.scope, decided.id).await.unwrap().unwrap().body;
        self.written.push((decided.id, decided.version, text));
    }

    async fn decisions(&self) -> Vec<store::decision::Decision> {
        let mut look = self.site.house.store.look().await.unwrap();
        let page = Page { after: None, limit: 1000 };
        look.decisions(&self.site.scope, &Default::default(), &page).await.unwrap().rows
    }

    /// What is refused changes nothing; that is part of what is held at the end.
    async fn play(&mut self, step: &Step) {
        self.now = self.now.plus(60_000);
        let now = self.now;
        let findings: Vec<Finding> = rows(&self.site).await.into_values().collect();
        let decisions = self.decisions().await;
        let house = self.site.house.clone();
        match step {
            Step::Decide { who, finding, word } => {
                let Some(row) = findings.get(finding % findings.len().max(1)) else { return };
                if let Ok(done) = decide(&house, &self.people[*who], row.id, &self.word(*word), now).await {
                    self.note(&done).await;
                }
            }
            Step::Edit { who, decision, word } => {
                let Some(old) = decisions.get(decision % decisions.len().max(1)) else { return };
                let is_about = |row: &&Finding| {
                    row.vulnerability == old.vulnerability && row.component_name == old.component
                };
                let Some(row) = findings.iter().find(is_about) else { return };
                let word = self.word(*word);
                let done = edit(&house, &self.people[*who], old.id, old.version, row.id, &word, now).await;
                if let Ok(done) = done {
                    self.note(&done).await;
                }
            }
            Step::Approve { who, decision } => {
                let Some(old) = decisions.get(decision % decisions.len().max(1)) else { return };
                let done = approve::approve(&house, &self.people[*who], old.id, old.version, "", now).await;
                if let Ok(done) = done {
                    self.note(&done).await;
                }
            }
            Step::Withdraw { who, decision } => {
                let Some(old) = decisions.get(decision % decisions.len().max(1)) else { return };
                let _ = withdraw(&house, &self.people[*who], old.id, old.version, "no", now).await;
            }
            Step::Deed { who, word } => {
                let filter = FindingFilter { product: Some(self.site.product), ..FindingFilter::default() };
                let (who, word) = (&self.people[*who].clone(), self.word(*word));
                let Ok(plan) = bulk::preview(&house, who, Chosen::Filter(&filter), &word, now).await else {
                    return;
                };
                let deed = bulk::decide_all(&house, who, Chosen::Filter(&filter), &word, &plan.token, now)
                    .await
                    .unwrap();
                for one in &deed.decisions {
                    self.note(one).await;
                }
                self.deeds.push(deed.bulk);
            }
            Step::Undo { who } => {
                let Some(deed) = self.deeds.last() else { return };
                let _ = undo::undo(&house, &self.people[*who], deed, "no", now).await;
            }
            Step::Release { with_webserver } => {
                self.releases += 1;
                let mut names = vec![("widget", "1.0"), ("gadget", "2")];
                names.extend(with_webserver.then_some(("webserver", "1")));
                let version = format!("1.0.{}", self.releases);
                self.site.upload(&version, vec![sbom(&names)]).await;
            }
            Step::Feed { fewer } => {
                let known = Knowledge::new().claim("CVE-2024-1", "acme:widget", "< 3");
                let known = if *fewer { known } else { known.claim("CVE-2024-2", "acme:widget", "< 3") };
                let known = known.claim("CVE-2024-3", "acme:gadget", "< 9");
                house.renew(crate::loop_house::knowledge(known.index()), format!("g{}", now.0));
                for release in 1..=self.releases {
                    let release = i64::try_from(release).unwrap();
                    let judged =
                        service::analyse::analyse(&house, &self.site.scope, release, now, async |_| Ok(()));
                    judged.await.unwrap();
                }
            }
        }
        self.site.work(self.now).await;
    }

    /// Every text that a person wrote is still there as it was, and each decision is either marked as ended or
    /// overtaken, waits as a proposal, or has an effect where it has a finding.
    async fn check(&self) {
        let mut look = self.site.house.store.look().await.unwrap();
        for (id, version, text) in &self.written {
            let steps = look.decision_history(&self.site.scope, *id).await.unwrap();
            let step = steps.iter().find(|step| step.version == *version).expect("the version is kept");
            assert_eq!(step.body, *text, "decision {id} version {version}");
        }
        drop(look);
        let rows = rows(&self.site).await;
        let tom = &self.people[0];
        for decision in self.decisions().await.iter().filter(|one| one.state == DecisionState::Active) {
            for row in rows.values() {
                if row.vulnerability != decision.vulnerability || row.component_name != decision.component {
                    continue;
                }
                let standing = propose(&self.site.house, tom, row.id, self.now).await.unwrap().decisions;
                let own = standing.iter().find(|one| one.name == decision.name);
                let own =
                    own.unwrap_or_else(|| panic!("{} is silent on {}", decision.name, row.vulnerability));
                // Of two that say the same status one is shown; with the other reason both hold.
                let status = |says: &str| says.split(' ').next().map(str::to_owned);
                let agrees = |one: &service::triage::decide::Standing| {
                    one.name != decision.name && status(&one.says) == status(&own.says)
                };
                let is_shown = row.decision == Some(decision.id)
                    || row.cell.is_contested
                    || (row.decision.is_some() && standing.iter().any(agrees));
                assert!(
                    is_shown,
                    "{} is {} and has no effect: {standing:?} {row:?}",
                    decision.name, own.code
                );
                assert!(!own.code.starts_with("overtaken"), "{} is not marked", decision.name);
            }
        }
        let mut look = self.site.house.store.look().await.unwrap();
        let log = look.verify_audit(&self.site.scope, Some(self.site.product)).await.unwrap();
        assert_eq!(log.broken_at, None);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_a_person_decided_is_ever_lost(steps in prop::collection::vec(step(), 1..14)) {
        run(async {
            let mut play = Play::new().await;
            for step in &steps {
                play.play(step).await;
            }
            play.check().await;
        });
    }
}
