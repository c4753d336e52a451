//! Profiles and rules as drafts: tried, compared, put into force by a second person.

use model::access::Role;
use model::assessment::ResponseClass;
use service::access::identity::Identity;
use service::drafts::effect::effect;
use service::drafts::{Kind, approve, diff, retire, versions, write};
use service::house::Fault;
use store::grant::Grant;
use store::written::WrittenState;
use testkit::records::Knowledge;

use crate::loop_house::{NOW, Site, bom, run};

async fn site() -> Site {
    let index = Knowledge::new().claim("CVE-2024-1", "acme:widget", "< 3").index();
    let site = Site::new(index, "g1").await;
    let cpe = "cpe:2.3:a:acme:widget:1.0:*:*:*:*:*:*:*".to_owned();
    site.upload("1.0.0", vec![bom(&[("widget", "1.0", cpe)])]).await;
    site.work(NOW).await;
    site
}

fn who(site: &Site, person: i64, role: Role) -> Identity {
    Identity {
        person,
        login: format!("person{person}"),
        name: String::new(),
        organisation: site.scope.organisation,
        grants: vec![Grant { person, product: None, role, granted_by: 0, granted: NOW }],
        token: None,
    }
}

fn rules(class: &str, other: &str) -> String {
    format!(
        "[[rule]]\nid = \"widgets\"\nmode = \"active\"\nwhen = 'finding.component.name == \"widget\"'\nthen = {{ class_floor = \"{class}\" }}\n{other}"
    )
}

fn told<T: std::fmt::Debug>(answer: Result<T, Fault>) -> String {
    match answer {
        Err(fault) => fault.to_string(),
        Ok(done) => panic!("was done: {done:?}"),
    }
}

#[test]
fn rules_are_tried_before_they_hold_and_take_two_people() {
    run(async {
        let site = site().await;
        let house = &site.house;
        let (pia, lea) = (who(&site, 1, Role::PolicyEditor), who(&site, 2, Role::Lead));
        let tom = who(&site, 3, Role::Triager);
        let text = rules("planned", "");
        assert!(
            told(write(house, &tom, Kind::Rules, None, "own", &text, NOW).await).contains("edit_rules needs")
        );
        let broken = told(write(house, &pia, Kind::Rules, None, "own", "[[rule]]\nid = 5\n", NOW).await);
        assert!(broken.contains("own: line 1") && broken.contains("line 2, column 6"), "{broken}");
        let unknown = text.replace("finding.component.name", "finding.nonsense");
        assert!(told(write(house, &pia, Kind::Rules, None, "own", &unknown, NOW).await).contains("nonsense"));
        assert!(told(write(house, &pia, Kind::Rules, None, " ", &text, NOW).await).contains("name"));
        // Of the whole organisation: it reaches the product all the same.
        let draft = write(house, &pia, Kind::Rules, None, "own", &text, NOW).await.unwrap();
        let tried = effect(house, &tom, Kind::Rules, draft.id, NOW).await.unwrap();
        assert_eq!((tried.releases, tried.moved.len(), tried.is_cut), (1, 1, false));
        let moved = &tried.moved[0];
        assert_eq!((moved.component.as_str(), moved.vulnerability.as_str()), ("widget", "CVE-2024-1"));
        assert_eq!((moved.from.0, moved.to.0), (Some(ResponseClass::Routine), Some(ResponseClass::Planned)));
        assert!(
            told(approve(house, &pia, Kind::Rules, draft.id, &draft.hash, NOW).await).contains("his own")
        );
        assert!(told(approve(house, &tom, Kind::Rules, draft.id, &draft.hash, NOW).await).contains("needs"));
        assert!(told(approve(house, &lea, Kind::Rules, draft.id, "other", NOW).await).contains("look again"));
        assert!(
            told(approve(house, &lea, Kind::Profile, draft.id, &draft.hash, NOW).await)
                .contains("no version")
        );
        assert_eq!(approve(house, &lea, Kind::Rules, draft.id, &draft.hash, NOW).await.unwrap(), [1]);
        site.work(NOW).await;
        assert!(site.findings().await[0].contains("Some(Planned)"), "{:?}", site.findings().await);
        // It is in force: trying it again moves nothing.
        assert_eq!(effect(house, &tom, Kind::Rules, draft.id, NOW).await.unwrap().moved, []);

        // A lead who touched the draft is no second person, even where somebody else wrote last.
        let more = rules(
            "immediate",
            "[[rule]]\nid = \"more\"\nmode = \"log\"\nwhen = 'true'\nthen = { tag = \"x\" }\n",
        );
        write(house, &lea, Kind::Rules, None, "own", &text.replace("planned", "routine"), NOW).await.unwrap();
        let second = write(house, &pia, Kind::Rules, None, "own", &more, NOW).await.unwrap();
        assert_eq!(second.version, 2);
        let own = approve(house, &lea, Kind::Rules, second.id, &second.hash, NOW).await;
        assert!(told(own).contains("his own"));
        let changes = diff(house, &tom, Kind::Rules, draft.id, second.id).await.unwrap();
        let keys: Vec<(&str, bool)> =
            changes.iter().map(|change| (change.key.as_str(), change.from.is_none())).collect();
        assert_eq!(keys, [("more", true), ("widgets", false)]);
        let max = who(&site, 4, Role::Lead);
        approve(house, &max, Kind::Rules, second.id, &second.hash, NOW).await.unwrap();
        site.work(NOW).await;
        assert!(site.findings().await[0].contains("Some(Immediate)"));
        let states: Vec<WrittenState> =
            versions(house, &tom, Kind::Rules, None).await.unwrap().iter().map(|one| one.state).collect();
        assert_eq!(states, [WrittenState::Retired, WrittenState::Approved]);

        // Alone, where that is allowed: not when something leaves immediate by it.
        let mut change = house.store.change().await.unwrap();
        change.put_setting(&site.scope, "four_eyes", "advisory", NOW).await.unwrap();
        change.commit().await.unwrap();
        let third = write(house, &pia, Kind::Rules, None, "own", &text, NOW).await.unwrap();
        let alone = told(approve(house, &pia, Kind::Rules, third.id, &third.hash, NOW).await);
        assert!(alone.contains("CVE-2024-1 in widget would leave immediate"), "{alone}");
        assert!(told(retire(house, &lea, Kind::Rules, third.id, "x", NOW).await).contains("in force"));
        retire(house, &lea, Kind::Rules, second.id, "not needed", NOW).await.unwrap();
        site.work(NOW).await;
        assert!(site.findings().await[0].contains("Some(Routine)"));
    });
}

#[test]
fn a_profile_has_the_next_version_and_another_approver() {
    run(async {
        let site = site().await;
        let house = &site.house;
        let (pia, lea) = (who(&site, 1, Role::PolicyEditor), who(&site, 2, Role::Lead));
        let documents = vec![bom(&[("widget", "1.0", "cpe:2.3:a:acme:widget:1.0:*:*:*:*:*:*:*".to_owned())])];
        let request = service::scan::Request { documents, ..Default::default() };
        let inventory = service::scan::read(&request).unwrap();
        let text = service::profile::draft(&inventory, Some("gateway"), "2026-09-01").to_toml();
        let (name, product) = ("gateway/standard", Some(site.product));
        for (text, of, name, why) in [
            (text.clone(), None, name, "one product"),
            (text.clone(), product, "gateway/other", "share the id"),
            (text.replace("version = 1", "version = 2"), product, name, "the next one is 1"),
            (text.replace("product = \"gateway\"", "product = \"sensor\""), product, name, "sensor"),
            (text.replace("title", "titel"), product, name, "titel"),
        ] {
            let answer = told(write(house, &pia, Kind::Profile, of, name, &text, NOW).await);
            assert!(answer.contains(why), "{why}: {answer}");
        }
        let first = write(house, &lea, Kind::Profile, product, name, &text, NOW).await.unwrap();
        // Changed before it was approved: still version 1.
        let again = write(house, &lea, Kind::Profile, product, name, &text, NOW).await.unwrap();
        assert_eq!((again.id, again.version), (first.id, 1));
        assert!(
            told(approve(house, &pia, Kind::Profile, first.id, &first.hash, NOW).await)
                .contains("approve_profile")
        );
        assert!(
            told(approve(house, &lea, Kind::Profile, first.id, &first.hash, NOW).await).contains("his own")
        );
        let max = who(&site, 4, Role::Lead);
        assert_eq!(approve(house, &max, Kind::Profile, first.id, &first.hash, NOW).await.unwrap(), [1]);
        assert_eq!(site.work(NOW).await.len(), 1);
        let next = text.replace("version = 1", "version = 2").replace("to be described", "described");
        let second = write(house, &pia, Kind::Profile, product, name, &next, NOW).await.unwrap();
        assert_eq!(second.version, 2);
        let keys: Vec<String> = diff(house, &pia, Kind::Profile, first.id, second.id)
            .await
            .unwrap()
            .into_iter()
            .map(|change| change.key)
            .collect();
        assert_eq!(keys, ["title", "version"]);
        // Other words, the same deployment: nothing moves.
        let tried = effect(house, &pia, Kind::Profile, second.id, NOW).await.unwrap();
        assert_eq!((tried.releases, tried.moved), (1, vec![]));
    });
}
