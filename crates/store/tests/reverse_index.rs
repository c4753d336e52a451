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
        assert!(change.components_of_keys_version(2, 10).await.unwrap().is_empty());
        assert_eq!(change.components_of_keys_version(3, 10).await.unwrap().len(), 2);
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
        change.commit().await.unwrap();

        let mut look = store.look().await.unwrap();
        let touched =
            look.components_with_keys(&["ssl".into(), "nothing".into(), "linux".into()]).await.unwrap();
        assert_eq!(touched, [("linux".to_owned(), ids[1].0), ("ssl".to_owned(), ids[0].0)]);
        let touched =
            look.components_with_vulnerabilities(&["CVE-2024-1".into(), "CVE-2024-2".into()]).await.unwrap();
        assert_eq!(touched, [(ids[0].0, "CVE-2024-1".to_owned())]);
        let releases = look.releases_with_components(&[ids[0].0, ids[1].0]).await.unwrap();
        let mut expected = [(ids[0].0, first), (ids[0].0, second), (ids[1].0, first)];
        expected.sort_unstable();
        assert_eq!(releases, expected);
        assert_eq!(look.matches_of_components(&[ids[0].0]).await.unwrap(), [matched]);
        let inventory = look.inventory(&scope, second).await.unwrap();
        assert_eq!(
            inventory.into_iter().map(|(_, component)| component).collect::<Vec<_>>(),
            [elsewhere, ssl]
        );
        drop(look);

        let mut change = store.change().await.unwrap();
        assert_eq!(change.remove_matches(&[(ids[0].0, "CVE-2024-1".into())]).await.unwrap(), 1);
        let none: [Judged; 0] = [];
        assert!(change.put_findings(&none, NOW).await.unwrap().is_empty());
    });
}
