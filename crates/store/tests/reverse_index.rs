//! From what changed to what it touches.

use store::finding_write::Judged;
use store::matched::Matched;

use crate::harness::{NOW, add_release, begin, component, on_both, vulnerability};

#[test]
fn keys_and_vulnerabilities_lead_to_releases() {
    on_both(|store| async move {
        let mut change = store.change().await.unwrap();
        let (scope, product, first) = begin(&mut change, "acme").await;
        let second = add_release(&mut change, &scope, product, "1.1.0").await;
        let (ssl, linux) = (component("openssl", "3.0"), component("linux", "6.6"));
        let ids = change.put_inventory(&scope, first, &[ssl.clone(), linux.clone()]).await.unwrap();
        assert!(ids.iter().all(|(_, is_new)| *is_new));
        // The same component in another release, twice, elsewhere: one row.
        let mut elsewhere = ssl.clone();
        elsewhere.source_ref = "SPDXRef-9".into();
        elsewhere.locations = vec!["/usr/lib".into()];
        let again = change.put_inventory(&scope, second, &[elsewhere.clone(), ssl.clone()]).await.unwrap();
        assert_eq!(again, [(ids[0].0, false), (ids[0].0, false)]);
        let keys =
            [(ids[0].0, vec!["openssl".to_owned(), "ssl".to_owned()]), (ids[1].0, vec!["linux".to_owned()])];
        change.put_component_keys(&keys, 2).await.unwrap();
        assert!(change.components_of_other_keys(2, 10).await.unwrap().is_empty());
        // Of a greater mark or a smaller one: what counts is that it is another.
        assert_eq!(change.components_of_other_keys(3, 10).await.unwrap().len(), 2);
        assert_eq!(change.components_of_other_keys(-7, 10).await.unwrap().len(), 2);
        assert_eq!(change.components_of_other_keys(3, 1).await.unwrap().len(), 1);
        change
            .put_vulnerabilities(&[vulnerability("CVE-2024-1"), vulnerability("CVE-2024-2")])
            .await
            .unwrap();
        let matched = Matched {
            component: ids[0].0,
            vulnerability: "CVE-2024-1".into(),
            verdict: model::finding::Verdict::Affected,
            confidence: model::finding::Confidence::High,
            reason: "V_IN_RANGE".into(),
            fixed: String::new(),
            input_hash: -5,
        };
        assert_eq!(change.put_matches(std::slice::from_ref(&matched), NOW).await.unwrap(), 1);
        assert_eq!(change.put_matches(std::slice::from_ref(&matched), NOW.plus(1)).await.unwrap(), 0);
        let summary = r#"{"notes":1,"setting":{"os":"linux"}}"#;
        change.mark_judged(first, "g1", summary, 0, NOW).await.unwrap();
        change.commit().await.unwrap();

        let mut look = store.look().await.unwrap();
        let touched =
            look.components_with_keys(&["ssl".into(), "nothing".into(), "openssl".into()]).await.unwrap();
        assert_eq!(touched, [ids[0].0]);
        let releases = look.releases_with_components(&[ids[0].0, ids[1].0, 999]).await.unwrap();
        let mut expected = [(ids[0].0, vec![first, second]), (ids[1].0, vec![first])];
        expected.sort_unstable();
        assert_eq!(releases, expected);
        assert_eq!(look.releases_with_any(&[ids[0].0, ids[1].0, 999]).await.unwrap(), [first, second]);
        assert!(look.releases_with_any(&[999]).await.unwrap().is_empty());
        let named = ["CVE-2024-1".to_owned(), "CVE-2024-2".to_owned()];
        assert_eq!(look.matches_of_vulnerabilities(&named).await.unwrap(), [matched]);
        let settings: Vec<(i64, i64, String)> = look
            .release_marks()
            .await
            .unwrap()
            .into_iter()
            .map(|mark| (mark.release, mark.organisation, mark.setting))
            .collect();
        let own = scope.organisation;
        assert_eq!(settings, [(first, own, "{\"os\":\"linux\"}".to_owned()), (second, own, String::new())]);
        let inventory = look.inventory(&scope, second).await.unwrap();
        assert_eq!(
            inventory.into_iter().map(|(_, component)| component).collect::<Vec<_>>(),
            [elsewhere, ssl]
        );
        drop(look);

        let mut change = store.change().await.unwrap();
        let gone = [(ids[0].0, "CVE-2024-2".into()), (ids[1].0, "CVE-2024-1".into())];
        assert_eq!(change.remove_matches(&gone).await.unwrap(), 0);
        assert_eq!(change.remove_matches(&[(ids[0].0, "CVE-2024-1".into())]).await.unwrap(), 1);
        let none: [Judged; 0] = [];
        assert!(change.put_findings(&none, NOW).await.unwrap().is_empty());
    });
}
