//! What holds on a finding, what contests it, and that nothing a person said is overwritten (assessment.md 4.5).

use super::*;

fn affected() -> Decision {
    let mut decision = one(&[("\"D-1\"", "\"D-2\"")]);
    (decision.status, decision.justification) = (Some(VexStatus::Affected), None);
    decision
}

#[test]
fn two_that_disagree_hold_neither() {
    let base = world().with(|world| world.finding.verdict = Verdict::NotAffected);
    let effect = base.effect(&[one(&[]), affected()]);
    assert_eq!((effect.tier, effect.status), (Tier::Match, VexStatus::UnderInvestigation), "open, not green");
    assert_eq!(effect.contested.len(), 2, "both are shown: {effect:?}");
    assert_eq!(effect.class, Some(ResponseClass::Planned));
    // One on the status and one on the class stand beside each other.
    let mut class = affected();
    (class.status, class.class) = (None, Some(ResponseClass::Immediate));
    let mut status = affected();
    "D-3".clone_into(&mut status.id);
    let effect = world().effect(&[class, status]);
    assert_eq!((effect.status, effect.class), (VexStatus::Affected, Some(ResponseClass::Immediate)));
    assert!(effect.contested.is_empty(), "{effect:?}");
}

#[test]
fn what_holds_and_what_contests_it() {
    let base = world();
    let effect = base.effect(&[one(&[])]);
    assert_eq!((effect.tier, effect.status, effect.class), (Tier::Human, VexStatus::NotAffected, None));
    assert_eq!((effect.says.as_str(), effect.contested.len()), ("not built", 0));
    // Matching turned to worse since: the decision stays, urgency follows the worse.
    let seen = |verdict: &str| {
        one(&[(
            "created = 2026-11-01",
            &format!("created = 2026-11-01\nseen = {{ verdict = \"{verdict}\" }}"),
        )])
    };
    let effect = base.effect(&[seen("needs_review")]);
    assert_eq!((effect.status, effect.class), (VexStatus::NotAffected, Some(ResponseClass::Planned)));
    assert!(effect.contested[0].contains("matching said needs_review"), "{effect:?}");
    assert!(base.effect(&[seen("affected")]).contested.is_empty(), "that was known");
    // Overtaken: what is computed holds again.
    let shifted = base.with(|world| world.inventory.build.configs = vec![config("y")]);
    let effect = shifted.effect(&[one(&[])]);
    assert_eq!(
        (effect.tier, effect.status, effect.class),
        (Tier::Match, VexStatus::Affected, Some(ResponseClass::Planned))
    );
    // An overtaken decision that said worse leaves the finding open.
    let fixed = shifted.with(|world| world.finding.verdict = Verdict::NotAffected);
    let effect = fixed.effect(&[affected()]);
    assert_eq!((effect.tier, effect.status), (Tier::Match, VexStatus::UnderInvestigation));
    // An accepted risk has no class until it ends.
    let mut risk = affected();
    (risk.status, risk.accepts_risk, risk.expires) = (None, true, "2026-12-01".to_owned());
    let effect = base.effect(std::slice::from_ref(&risk));
    assert_eq!((effect.status, effect.class), (VexStatus::Affected, Some(ResponseClass::None)));
    let later = base.with(|world| world.at = "2026-12-02T00:00:00Z");
    assert_eq!(later.effect(&[risk]).class, Some(ResponseClass::Planned));
}

/// What holds while nobody speaks is the verdict, whatever reason it has.
#[test]
fn without_voices_the_verdict_holds() {
    for (reason, ..) in Reason::ALL {
        for verdict in [Verdict::Affected, Verdict::NeedsReview, Verdict::NotAffected] {
            let finding = Finding { reason: *reason, ..finding(verdict) };
            let effect = computed(&finding, None);
            assert_eq!((effect.verdict(), effect.tier), (verdict, Tier::Match), "{}", reason.code());
        }
    }
}

fn document(author: &str, status: VexStatus, time: &str) -> VexDocument {
    let mut statement = VexStatement::new("CVE-2026-1", status);
    if status == VexStatus::NotAffected {
        statement.justification = Some(model::vex::Justification::VulnerableCodeNotPresent);
    }
    statement.products = vec![ProductRef { reference: "urn:x:linux".to_owned(), ..ProductRef::default() }];
    time.clone_into(&mut statement.timestamp);
    let mut document = VexDocument::new(VexFormat::OpenVex);
    author.clone_into(&mut document.author);
    document.hash = format!("sha256:{author}{time}{}", status.word());
    format!("{author}.json").clone_into(&mut document.file);
    document.statements =
        vec![formats::vex::settle::finish(statement, &VexDocument::new(VexFormat::OpenVex), &mut Vec::new())];
    document
}

fn import(document: &VexDocument, tier: Tier) -> Import<'_> {
    Import { document, tier, trust: Trust::supplier(), vouched: false }
}

fn speaking() -> World {
    world().with(|world| "urn:x:linux".clone_into(&mut world.inventory.components[0].source_ref))
}

#[test]
fn statements_that_contradict_each_other_are_shown_and_not_applied() {
    let world = speaking();
    let no = document("acme", VexStatus::NotAffected, "2026-01-01");
    let yes = document("other", VexStatus::Affected, "2025-01-01");
    let news = document("acme", VexStatus::Affected, "2025-01-01");
    let effect = world.effect_with(&[import(&no, Tier::Upstream)], &[]);
    assert_eq!((effect.tier, effect.status, effect.class), (Tier::Upstream, VexStatus::NotAffected, None));
    let effect = world.effect_with(&[import(&no, Tier::Upstream), import(&yes, Tier::Upstream)], &[]);
    assert_eq!(
        (effect.tier, effect.status, effect.class),
        (Tier::Match, VexStatus::Affected, Some(ResponseClass::Planned))
    );
    assert!(
        effect.contested[0].contains("acme.json") && effect.contested[0].contains("other.json"),
        "{effect:?}"
    );
    let effect = world.effect_with(&[import(&no, Tier::Upstream), import(&news, Tier::Upstream)], &[]);
    assert_eq!(
        (effect.tier, effect.status),
        (Tier::Upstream, VexStatus::NotAffected),
        "later news of the same author"
    );
    // In one breath, one author contradicts himself.
    let same = document("acme", VexStatus::Affected, "2026-01-01");
    let effect = world.effect_with(&[import(&no, Tier::Upstream), import(&same, Tier::Upstream)], &[]);
    assert_eq!((effect.tier, effect.contested.len()), (Tier::Match, 1));
    // A decision stands above; an own statement that says otherwise leaves neither in force.
    let effect = world.effect_with(&[import(&yes, Tier::Upstream)], &[one(&[])]);
    assert_eq!((effect.tier, effect.status), (Tier::Human, VexStatus::NotAffected));
    let effect = world.effect_with(&[import(&yes, Tier::Human)], &[one(&[])]);
    assert_eq!((effect.tier, effect.status), (Tier::Match, VexStatus::Affected));
    assert!(!effect.contested.is_empty());
}

/// A pool of voices to draw from: decisions and statements that agree, disagree, lapse.
fn voices() -> (Vec<Decision>, Vec<(VexDocument, Tier)>) {
    let mut class = affected();
    (class.id, class.status, class.class) = ("D-3".to_owned(), None, Some(ResponseClass::Immediate));
    let mut lapsed = one(&[("\"D-1\"", "\"D-4\"")]);
    "2026-11-10".clone_into(&mut lapsed.expires);
    let mut shifted = one(&[("\"D-1\"", "\"D-5\"")]);
    "y".clone_into(&mut shifted.conditions[0].expected);
    let decisions = vec![one(&[]), affected(), class, lapsed, shifted];
    let at = "2026-01-01";
    let documents = vec![
        (document("acme", VexStatus::NotAffected, at), Tier::Upstream),
        (document("beta", VexStatus::Affected, at), Tier::Upstream),
        (document("gamma", VexStatus::Fixed, at), Tier::Upstream),
        (document("delta", VexStatus::UnderInvestigation, at), Tier::Upstream),
        (document("own", VexStatus::NotAffected, at), Tier::Human),
    ];
    (decisions, documents)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// 6.8: any order of the same voices gives the same effective result, equal time stamps included.
    #[test]
    fn the_order_of_voices_does_not_matter(
        chosen in proptest::collection::vec(any::<bool>(), 10),
        first in Just((0..10).collect::<Vec<usize>>()).prop_shuffle(),
        second in Just((0..10).collect::<Vec<usize>>()).prop_shuffle(),
        verdict in prop_oneof![Just(Verdict::Affected), Just(Verdict::NeedsReview), Just(Verdict::NotAffected)],
    ) {
        let world = speaking().with(|world| world.finding.verdict = verdict);
        let (decisions, documents) = voices();
        let hear = |order: &[usize]| {
            let order = || order.iter().copied().filter(|at| chosen[*at]);
            let said: Vec<Decision> = order().filter_map(|at| decisions.get(at).cloned()).collect();
            let imports: Vec<Import<'_>> = order()
                .filter_map(|at| documents.get(at.checked_sub(decisions.len())?))
                .map(|(document, tier)| import(document, *tier))
                .collect();
            let mut effect = world.effect_with(&imports, &said);
            // What contradicts is named in the order of precedence; the names are the same ones.
            effect.contested.iter_mut().for_each(|one| {
                let mut parts: Vec<&str> = one.split("; ").flat_map(|part| part.split(": ")).collect();
                parts.sort_unstable();
                *one = parts.join("|");
            });
            effect.contested.sort();
            effect
        };
        prop_assert_eq!(hear(&first), hear(&second));
    }

    /// 6.11: whatever happens to releases, records, profile and time, every human decision is there unchanged, and
    /// either in force or marked; and what people called affected is never settled in silence.
    #[test]
    fn no_decision_is_ever_overwritten(events in proptest::collection::vec(0_u8..14, 0..12)) {
        let (decisions, documents) = voices();
        let before = decisions.clone();
        let mut world = speaking();
        let mut imports: Vec<Import<'_>> = Vec::new();
        for event in events {
            match event {
                0 => world.inventory.build.configs = vec![config("y")],
                1 => world.inventory.build.configs.clear(),
                2 => world.inventory.components[0].version = "6.2.1".to_owned(),
                3 => world.inventory.release = "4.2".to_owned(),
                4 => world.finding.verdict = Verdict::NotAffected,
                5 => world.finding.verdict = Verdict::NeedsReview,
                6 => world.finding.reason = Reason::RRejected,
                7 => world.finding.aliases.push("CVE-2026-7".to_owned()),
                8 => world.at = "2028-01-01T00:00:00Z",
                9 => world.profile.status = ProfileStatus::Retired,
                10 => world.assessment = Some(assessment(ResponseClass::Immediate, Exploitation::Active)),
                11 => world.inventory.build.configs = vec![config("n")],
                number => imports.push(import(&documents[usize::from(number) - 12].0, Tier::Upstream)),
            }
            let results = world.carry(&decisions);
            let effect = world.effect_with(&imports, &decisions);
            prop_assert_eq!(&decisions, &before);
            prop_assert_eq!(results.len(), decisions.len());
            for (decision, result) in decisions.iter().zip(&results) {
                prop_assert_eq!(result.unused.is_some(), result.uses.is_empty(), "{} has no answer", &decision.id);
                let in_force = result.uses.iter().any(|one| one.standing.is_in_force());
                if in_force {
                    prop_assert_eq!(effect.tier, Tier::Human, "{} is in force", &decision.id);
                }
                let is_worse = decision.verdict() == Some(Verdict::Affected) && !result.uses.is_empty();
                if is_worse && !effect.is_open() {
                    prop_assert!(in_force || decision.id == "D-4", "{} was settled in silence", &decision.id);
                }
            }
        }
    }
}
