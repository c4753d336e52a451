//! Decisions: never overwritten, every state kept, two editors cannot undo each other, a deed is taken back as one.

use model::decision::DecisionState;
use store::decision::{Act, DecisionFilter, DecisionText};
use store::{Error, Moment, Page};

use crate::harness::{NOW, begin, on_both, only};

fn text(product: Option<i64>, name: &str, state: DecisionState) -> DecisionText {
    DecisionText {
        product,
        name: name.into(),
        vulnerability: "CVE-2024-1".into(),
        component: "openssl".into(),
        state,
        bulk: "deed-1".into(),
        author: 1,
        reviewer: None,
        expires: Moment::NEVER,
        body: format!("{name} {}", state.word()),
    }
}

fn act(word: &str) -> Act<'_> {
    Act { act: word, actor: "person/1", note: "because", at: NOW }
}

#[test]
fn every_state_stays_in_the_history() {
    on_both(|store| async move {
        let mut change = store.change().await.unwrap();
        let (scope, product, _) = begin(&mut change, "acme").await;
        let product = Some(product);
        let id = change
            .add_decision(&scope, &text(product, "D-1", DecisionState::Proposed), &act("made"))
            .await
            .unwrap();
        let active = text(product, "D-1", DecisionState::Active);
        assert_eq!(change.change_decision(&scope, id, 1, &active, &act("approved")).await.unwrap(), 2);
        let back = change
            .change_decision(&scope, id, 2, &text(product, "D-1", DecisionState::Proposed), &act("x"))
            .await;
        assert!(matches!(back, Err(Error::Invalid(_))), "{back:?}");
        let late = change.change_decision(&scope, id, 1, &active, &act("late")).await;
        assert!(matches!(late, Err(Error::Conflict(_))), "{late:?}");
        change.commit().await.unwrap();
        let mut look = store.look().await.unwrap();
        let steps = look.decision_history(&scope, id).await.unwrap();
        let told: Vec<_> =
            steps.iter().map(|step| (step.version, step.act.as_str(), step.body.as_str())).collect();
        assert_eq!(told, [(1, "made", "D-1 proposed"), (2, "approved", "D-1 active")]);
    });
}

#[test]
fn a_deed_is_taken_back_as_one() {
    on_both(|store| async move {
        let mut change = store.change().await.unwrap();
        let (scope, product, _) = begin(&mut change, "acme").await;
        for name in ["D-1", "D-2", "D-3"] {
            let active = text(Some(product), name, DecisionState::Active);
            change.add_decision(&scope, &active, &act("made")).await.unwrap();
        }
        let filter = DecisionFilter { bulk: Some("deed-1".into()), ..DecisionFilter::default() };
        let all = change.decisions(&scope, &filter, &Page::default()).await.unwrap();
        let one = &all.rows[0];
        let gone = text(Some(product), &one.name, DecisionState::Superseded);
        change.change_decision(&scope, one.id, 1, &gone, &act("superseded")).await.unwrap();
        assert_eq!(change.undo_decisions(&scope, "deed-1", &act("undone")).await.unwrap().len(), 2);
        assert!(change.undo_decisions(&scope, "deed-1", &act("undone")).await.unwrap().is_empty());
        let withdrawn = DecisionFilter { states: vec![DecisionState::Withdrawn], ..filter.clone() };
        assert_eq!(change.decisions(&scope, &withdrawn, &Page::default()).await.unwrap().total, 2);
        let taken = text(Some(product), "D-1", DecisionState::Active);
        let narrow = only(&scope, &[product]);
        let for_all = text(None, "D-9", DecisionState::Active);
        assert!(matches!(change.add_decision(&narrow, &for_all, &act("made")).await, Err(Error::Invalid(_))));
        assert!(matches!(change.add_decision(&scope, &taken, &act("made")).await, Err(Error::Conflict(_))));
    });
}
