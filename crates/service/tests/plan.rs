//! The plan: what it predicts is what a scan of the changed release says.

use std::collections::BTreeMap;
use std::path::PathBuf;

use analysis::policy::plan::with_version;
use model::assessment::ResponseClass;
use model::component::{Component, Scope};
use model::sbom::Inventory;
use proptest::prelude::*;
use service::judge::{Grounds, judge};
use service::knowledge::{Knowledge, Origin};
use service::plan::{Aim, Goal, Plan, Reach, plan};
use service::scan::{Document, Options, Request};
use testkit::records::{self, component, inventory};

fn knowledge(of: records::Knowledge) -> Knowledge {
    Knowledge {
        index: of.index(),
        origin: Origin::Starter,
        views: Default::default(),
        tables: Default::default(),
    }
}

fn options(at: &str) -> Options {
    Options { at: at.to_owned(), ..Options::default() }
}

fn grounds(inventory: &Inventory) -> Grounds {
    Grounds::new(service::profile::infer(inventory))
}

fn is_on_device(component: &Component) -> bool {
    !matches!(component.scope, Scope::BuildOnly | Scope::Test)
}

/// What a scan of the release says is open on the device, by class.
fn open(
    knowledge: &Knowledge,
    inventory: &Inventory,
    options: &Options,
) -> BTreeMap<(usize, String), ResponseClass> {
    let judged = judge(knowledge, inventory, &grounds(inventory), options);
    judged
        .rows()
        .filter(|(finding, _, effect)| {
            effect.is_open() && is_on_device(&inventory.components[finding.component])
        })
        .map(|(finding, _, effect)| {
            ((finding.component, finding.vulnerability.clone()), effect.class.unwrap_or(ResponseClass::None))
        })
        .collect()
}

/// Installs step by step and scans each time: every number of the plan must be found again.
fn verify(knowledge: &Knowledge, mut changed: Inventory, options: &Options, plan: &Plan) {
    let mut now = open(knowledge, &changed, options);
    assert_eq!(plan.open.total(), now.len(), "open before");
    for step in &plan.steps {
        for at in &step.members {
            changed.components[*at] = with_version(&changed.components[*at], &step.chosen.target.version);
        }
        let after = open(knowledge, &changed, options);
        let cured: Vec<_> = now.keys().filter(|key| !after.contains_key(*key)).cloned().collect();
        let added: Vec<_> = after.keys().filter(|key| !now.contains_key(*key)).cloned().collect();
        let told = |moved: &[service::plan::Moved]| -> Vec<(usize, String)> {
            moved.iter().map(|one| (one.component, one.vulnerability.clone())).collect()
        };
        assert_eq!(told(&step.chosen.change.cured), cured, "cured");
        assert_eq!(told(&step.chosen.change.added), added, "added");
        assert_eq!(step.remaining.total(), after.len(), "remaining");
        let immediate = after.values().filter(|class| **class == ResponseClass::Immediate).count();
        assert_eq!(step.remaining.immediate, immediate, "remaining immediate");
        now = after;
    }
}

fn widget(name: &str, version: &str) -> records::Building {
    component(name, version).cpe(&format!("cpe:2.3:a:acme:{name}:{version}:*:*:*:*:*:*:*"))
}

#[test]
fn a_step_tells_what_it_cures_and_what_it_brings() {
    let knowledge = knowledge(
        records::Knowledge::new()
            .claim("CVE-2024-1", "acme:widget", "1.2.0..1.2.5")
            .claim("CVE-2024-2", "acme:widget", "1.2.0..1.2.9")
            .claim("CVE-2024-3", "acme:widget", "1.2.6..1.3.0")
            .claim("CVE-2024-4", "acme:gadget", "2.0.0..3.0.0"),
    );
    let inventory = inventory(vec![widget("widget", "1.2.1"), widget("gadget", "2.0.4")]);
    let options = options("2026-01-10");
    let made = plan(&knowledge, &inventory, &grounds(&inventory), &options, Aim::default());
    let told: Vec<String> = made
        .steps
        .iter()
        .map(|step| {
            let change = &step.chosen.change;
            let mark = if step.chosen.is_branch_change { " branch change" } else { "" };
            format!("{}{mark} -{} +{}", step.chosen.target.version, change.cured.len(), change.added.len())
        })
        .collect();
    // 1.2.5 cures one and brings none; 1.2.9 cures both and brings one: the nearer of equal gains is taken.
    assert_eq!(told, ["1.2.5 -1 +0", "3.0.0 branch change -1 +0"]);
    verify(&knowledge, inventory.clone(), &options, &made);
    let on_line = Aim { reach: Reach::OnLine, ..Aim::default() };
    let stays = plan(&knowledge, &inventory, &grounds(&inventory), &options, on_line);
    assert_eq!(stays.steps.len(), 1);
    assert!(stays.choices.iter().any(|choices| choices.why_none.contains("another line has")));
}

#[test]
fn another_component_may_depend_on_the_changed_one() {
    // The record concerns the daemon beside a library below 1.5: upgrading the library cures the daemon.
    let leaf = |vulnerable, product: &'static str, below: &'static str| {
        let any = "*";
        let head = model::record::CpeHead {
            part: "a".into(),
            vendor: "acme".into(),
            product: product.into(),
            edition: any.into(),
            language: any.into(),
            sw_edition: any.into(),
            target_sw: any.into(),
            target_hw: any.into(),
            other: any.into(),
        };
        let bounds = model::record::CpeBounds { end_excluding: below.into(), ..Default::default() };
        let row =
            model::record::CpeRow { version: any.into(), update: any.into(), bounds: Some(Box::new(bounds)) };
        model::record::CpeNode {
            leaves: vec![model::record::CpeLeaf { vulnerable, head, rows: vec![row] }],
            ..Default::default()
        }
    };
    let both = model::record::CpeNode {
        is_and: true,
        children: vec![leaf(true, "daemon", "9.0"), leaf(false, "library", "1.5.3")],
        ..Default::default()
    };
    let record = model::record::Record {
        source: Some(model::record::Source::Nvd2),
        id: "CVE-2024-9".into(),
        configurations: vec![both],
        ..Default::default()
    };
    let knowledge = knowledge(records::Knowledge::new().record("nvd2", record).claim(
        "CVE-2024-1",
        "acme:library",
        "1.5.0..1.5.4",
    ));
    let inventory = inventory(vec![widget("daemon", "8.1"), widget("library", "1.5.2")]);
    let options = options("2026-01-10");
    let made = plan(&knowledge, &inventory, &grounds(&inventory), &options, Aim::default());
    verify(&knowledge, inventory, &options, &made);
    let step = made.steps.iter().find(|step| step.members == [1]).expect("the library is upgraded");
    assert_eq!(step.chosen.change.cured.len(), 2, "its own finding and the daemon's");
}

#[test]
fn nothing_to_do_is_an_answer() {
    let knowledge = knowledge(records::Knowledge::new().claim("CVE-2024-1", "acme:widget", "< 1.0"));
    let inventory = inventory(vec![widget("widget", "1.2")]);
    let made = plan(&knowledge, &inventory, &grounds(&inventory), &options("2026-01-10"), Aim::default());
    assert!(made.steps.is_empty() && made.choices.is_empty() && made.open.total() == 0);
}

/// A record of a product with rows of small versions: (product, start, length, second line or none).
type Made = (usize, u8, u8, bool);

const PRODUCTS: [&str; 3] = ["widget", "gadget", "gizmo"];

fn made_up(records: &[Made]) -> records::Knowledge {
    let mut knowledge = records::Knowledge::new();
    for (at, (product, start, length, has_second)) in records.iter().enumerate() {
        let mut rows = format!("1.2.{start}..1.2.{}", u16::from(*start) + u16::from(*length) + 1);
        if *has_second {
            rows.push_str(&format!("; 1.3.{start}..1.3.{}", u16::from(*start) + 2));
        }
        let id = format!("CVE-2024-{}", at + 1);
        knowledge = knowledge.claim(&id, &format!("acme:{}", PRODUCTS[product % PRODUCTS.len()]), &rows);
    }
    knowledge
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Whatever the records say: applying the plan and scanning again gives exactly its numbers.
    #[test]
    fn predictions_hold(
        records in prop::collection::vec((0usize..3, 0u8..8, 0u8..6, any::<bool>()), 1..24),
        versions in prop::collection::vec(0u8..9, 3),
        goal in 0usize..3,
        reach in 0usize..3,
    ) {
        let knowledge = knowledge(made_up(&records));
        let inventory = inventory(
            PRODUCTS.iter().zip(&versions).map(|(name, at)| widget(name, &format!("1.2.{at}"))).collect(),
        );
        let options = options("2026-01-10");
        let aim = Aim {
            goal: [Goal::Immediate, Goal::Planned, Goal::All][goal],
            reach: [Reach::OnLine, Reach::IfNeeded, Reach::Free][reach],
        };
        let made = plan(&knowledge, &inventory, &grounds(&inventory), &options, aim);
        verify(&knowledge, inventory, &options, &made);
        for step in &made.steps {
            let change = &step.chosen.change;
            prop_assert!(change.cures().at_least(aim.goal) > change.adds().at_least(aim.goal));
            prop_assert!(aim.reach != Reach::OnLine || !step.chosen.is_branch_change);
        }
    }
}

/// The same on a real image and full knowledge; `PATCHWRIGHT_INDEX` names the index.
#[test]
fn predictions_hold_on_a_real_image() {
    let (Some(pack), Some(index)) = (
        testkit::shared("data/sboms.tar.zst"),
        std::env::var_os("PATCHWRIGHT_TEST_INDEX").map(PathBuf::from),
    ) else {
        eprintln!("skipped: no shared data, or PATCHWRIGHT_TEST_INDEX names no index");
        return;
    };
    let sbom = member(&pack, "core-image-minimal-qemux86-64.rootfs.spdx.json");
    let document = Document { name: "image.spdx.json".to_owned(), bytes: sbom };
    let inventory =
        service::scan::read(&Request { documents: vec![document], ..Request::default() }).expect("an image");
    let knowledge = service::knowledge::open(&index).expect("an index");
    let options = options("2026-07-25T00:00:00Z");
    let made = plan(&knowledge, &inventory, &grounds(&inventory), &options, Aim::default());
    assert!(!made.steps.is_empty());
    verify(&knowledge, inventory, &options, &made);
}

fn member(pack: &std::path::Path, name: &str) -> Vec<u8> {
    use std::io::Read;
    let file = std::fs::File::open(pack).expect("the pack");
    let mut archive = tar::Archive::new(zstd::stream::read::Decoder::new(file).expect("zstd"));
    for entry in archive.entries().expect("entries") {
        let mut entry = entry.expect("an entry");
        if entry.path().expect("a path").ends_with(name) {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).expect("bytes");
            return bytes;
        }
    }
    panic!("{name} is not in the pack");
}
