//! An old index and a delta give the new index, byte for byte, with real records: 1,000 added, 500 changed, 50 withdrawn.
//! A small part of the data in every run; all of it in the quality run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Mutex;

use index::compile::delta_file::{DeltaFile, between};
use index::{CompileOptions, Compiler, Index};
use model::build::KbuildMap;
use model::record::{Item, Record, RecordState};
use service::compile::{Options, Silent, Target, read_into};

/// What happened between the old and the new day.
#[derive(Default)]
struct Plan {
    added: BTreeSet<String>,
    changed: BTreeSet<String>,
    withdrawn: BTreeSet<String>,
}

/// The ids of a pack, with whether a record in force speaks of them.
#[derive(Default)]
struct Ids {
    every: u64,
    found: Mutex<BTreeMap<String, bool>>,
}

/// One of so many, by the number at its end.
fn is_chosen(id: &str, every: u64) -> bool {
    let digits = id.rsplit('-').next().and_then(|digits| digits.parse::<u64>().ok());
    digits.unwrap_or_default().is_multiple_of(every)
}

impl Target for Ids {
    fn add(&self, _: &'static str, item: &Item<'_>) {
        if let Item::Record(record) = item
            && is_chosen(&record.id, self.every)
        {
            let published = record.state == RecordState::Published;
            *self.found.lock().unwrap().entry(record.id.to_string()).or_default() |= published;
        }
    }

    fn add_map(&self, _: KbuildMap) {}
}

impl Plan {
    /// Every so manieth id, so that all years and sources are met.
    fn of(ids: &BTreeMap<String, bool>) -> Plan {
        let (live, dead): (Vec<_>, Vec<_>) = ids.iter().partition(|(_, published)| **published);
        let step = live.len() / 1_500;
        let mut chosen = live.iter().step_by(step.max(1)).map(|(id, _)| (*id).clone());
        let mut plan = Plan::default();
        for place in 0..1_500 {
            let list = if place % 3 == 2 { &mut plan.changed } else { &mut plan.added };
            list.extend(chosen.next());
        }
        let step = dead.len() / 50;
        plan.withdrawn.extend(dead.iter().step_by(step.max(1)).take(50).map(|(id, _)| (*id).clone()));
        assert_eq!((plan.added.len(), plan.changed.len(), plan.withdrawn.len()), (1_000, 500, 50));
        plan
    }

    /// What the record said on the old day; `None` when it was not there.
    fn before<'r>(&self, record: &Record<'r>) -> Option<Record<'r>> {
        let id = record.id.as_ref();
        if self.added.contains(id) {
            return None;
        }
        let mut record = record.clone();
        if self.changed.contains(id) {
            record.modified = "2020-01-01T00:00:00Z".into();
            record.description = format!("An earlier text. {}", record.description).into();
            record.references.pop();
            record.claims.pop();
        }
        if self.withdrawn.contains(id) {
            record.state = RecordState::Published;
        }
        Some(record)
    }
}

/// Two compilations at once, of every so manieth record: a test build compiles slowly.
struct Days {
    every: u64,
    plan: Plan,
    old: Compiler,
    new: Compiler,
}

impl Target for Days {
    fn add(&self, feed: &'static str, item: &Item<'_>) {
        if matches!(item, Item::Record(record) if !is_chosen(&record.id, self.every)) {
            return;
        }
        self.new.add(feed, item);
        match item {
            Item::Record(record) => {
                if let Some(before) = self.plan.before(record) {
                    self.old.add(feed, &Item::Record(Box::new(before)));
                }
            }
            other => self.old.add(feed, other),
        }
    }

    fn add_map(&self, _: KbuildMap) {}
}

fn compiler(day: &str) -> Compiler {
    let compiled_at = format!("{day}T06:00:00Z");
    Compiler::new(CompileOptions { compiled_at, builder: "test".to_owned(), ..CompileOptions::default() })
        .unwrap()
}

/// Makes both days and the delta, applies it, and returns the sizes of delta and new index.
fn delta_of(packs: &[PathBuf], every: u64) -> (u64, u64) {
    let ids = Ids { every, ..Ids::default() };
    read_into(packs, &Options::default(), &Silent, &ids).unwrap();
    let plan = Plan::of(&ids.found.into_inner().unwrap());
    let days = Days { every, plan, old: compiler("2026-11-21"), new: compiler("2026-11-22") };
    read_into(packs, &Options::default(), &Silent, &days).unwrap();
    let Days { old, new, .. } = days;
    let (old, new) = (old.finish_to_bytes().unwrap().0, new.finish_to_bytes().unwrap().0);
    let (before, after) = (Index::from_bytes(old).unwrap(), Index::from_bytes(new.clone()).unwrap());
    let (delta, report) = between(&before, &after).unwrap();
    assert!(report.changed >= 1_500, "{report:?}");
    let made = DeltaFile::read(&delta).unwrap().apply_to_bytes(&before).unwrap();
    assert!(made == new, "the result is not the new index");
    (report.bytes, new.len() as u64)
}

fn pack(name: &str) -> Option<PathBuf> {
    testkit::shared(&format!("data/{name}.tar.zst"))
}

#[test]
fn a_delta_of_one_pack_gives_the_same_bytes() {
    let Some(pack) = pack("kernel-cna-and-overrides-2026-07-20") else { return };
    let (delta, whole) = delta_of(&[pack], 5);
    eprintln!("delta {delta} bytes of {whole}");
    assert!(delta * 4 < whole, "{delta} of {whole}");
}

#[test]
fn a_delta_of_all_knowledge_is_under_two_percent() {
    if std::env::var_os("PATCHWRIGHT_QUALITY").is_none() {
        eprintln!("skipped: reads 3 GB twice; part of `cargo xtask quality`");
        return;
    }
    let names = [
        "nvd-2.0-corpus",
        "cve-v5-vulnrichment",
        "kernel-cna-and-overrides-2026-07-20",
        "debian-osv",
        "kev",
        "epss",
    ];
    let Some(packs) = names.iter().map(|name| pack(name)).collect::<Option<Vec<_>>>() else { return };
    let (delta, whole) = delta_of(&packs, 1);
    eprintln!("delta {delta} bytes of {whole}");
    assert!(delta * 50 < whole, "{delta} of {whole}");
}
