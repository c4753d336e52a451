//! Taking evidence away never excludes (architecture, invariant 6): whole pieces, and parts of pieces that are
//! then no longer complete. The evidence of one build agrees with itself; where it does not, a list that names
//! the file keeps the finding, and taking that list away is outside of this law.

use analysis::matching::build::{BuildAnswer, BuildFacts, Subject, judge};
use model::build::{BuildEvidence, CompiledFiles, Config, KbuildMap, ModuleList, Platform};
use model::component::{Component, Patch, Role};
use proptest::prelude::*;

/// A world: which options have which value decides everything else.
#[derive(Clone, Debug)]
struct World {
    values: [u8; 4],
    conditions: Vec<usize>,
    headers: Vec<usize>,
    modules: Vec<bool>,
    patches: Vec<usize>,
    files: Vec<usize>,
}

/// What is taken away.
#[derive(Clone, Debug)]
struct Loss {
    config: usize,
    list: usize,
    modules: usize,
    map: usize,
    graph: bool,
    arch: bool,
    patches: usize,
}

const CONDITIONS: &[&str] =
    &["A", "B", "A && B", "A || B", "!C", "C && D", "A && (C || D)", "y", "D=y", "S390 && A"];
const NAMES: &[&str] = &[
    "CVE-2024-1234.patch",
    "CVE-2024-1234-2.patch",
    "CVE-2024-1234-1.patch",
    "CVE-2024-1234-tests.patch",
    "other.patch",
];

fn path(number: usize) -> String {
    match number % 8 {
        0..=4 => format!("drivers/d{}/f{number}.c", number % 3),
        5 => format!("drivers/d{}/h{number}.h", number % 3),
        6 => format!("include/linux/h{number}.h"),
        _ => format!("arch/x86/k{number}.c"),
    }
}

struct Facts {
    component: Component,
    build: BuildEvidence,
    platform: Platform,
    maps: Vec<KbuildMap>,
}

fn value_word(value: u8) -> &'static str {
    ["n", "m", "y"][usize::from(value) % 3]
}

/// The world's evidence, whole and in agreement.
fn facts(world: &World) -> Facts {
    let symbols = ["A", "B", "C", "D"].iter().zip(world.values);
    let mut symbols: std::collections::BTreeMap<String, String> =
        symbols.map(|(name, value)| ((*name).to_owned(), value_word(value).to_owned())).collect();
    symbols.insert("ARM64".to_owned(), "y".to_owned());
    let config =
        Config { version: "6.1.5".to_owned(), arch: "arm64".to_owned(), symbols, ..Config::default() };
    let mut map = KbuildMap { version: "6.1.9".to_owned(), ..KbuildMap::default() };
    let mut list =
        CompiledFiles { paths: ["init/main.c".to_owned()].into_iter().collect(), ..CompiledFiles::default() };
    let mut modules = ModuleList { complete: true, ..ModuleList::default() };
    for (number, condition) in world.conditions.iter().enumerate() {
        let path = path(number);
        if path.ends_with(".h") {
            continue;
        }
        let expression = CONDITIONS[condition % CONDITIONS.len()];
        map.files.insert(path.clone(), format!("{expression} : m{number}"));
        let value = analysis::matching::build::expression::evaluate(expression, &|name| config.value(name));
        if !value.is_off() && !path.starts_with("arch/") {
            list.paths.insert(path);
        }
        if world.modules.get(number) == Some(&true) {
            modules.present.insert(format!("m{number}"));
        }
    }
    for (number, from) in world.headers.iter().enumerate() {
        let (header, includer) = (path(5 + number % 2 + 8 * (number / 2)), path(*from));
        // Without a graph a local header is taken to serve its own folder (matching.md 7.2), so here it does.
        let folder = header.rsplit_once('/').unwrap().0;
        let serves = !header.starts_with("drivers/") || includer.starts_with(folder);
        if includer.ends_with(".c") && serves {
            map.includers.entry(header).or_default().push(includer);
        }
    }
    let patches = world.patches.iter().map(|name| Patch {
        name: NAMES[name % NAMES.len()].to_owned(),
        origin: "sbom".to_owned(),
        ..Patch::default()
    });
    let component = Component {
        name: "linux".to_owned(),
        version: "6.1.5".to_owned(),
        role: Role::Kernel,
        patches: patches.collect(),
        ..Component::default()
    };
    let build = BuildEvidence {
        configs: vec![config],
        compiled: vec![list],
        modules: Some(modules),
        ..BuildEvidence::default()
    };
    let platform = Platform { arch: "aarch64".to_owned(), ..Platform::default() };
    Facts { component, build, platform, maps: vec![map] }
}

fn without(mut facts: Facts, loss: &Loss) -> Facts {
    match loss.config % 4 {
        0 => {}
        1 => facts.build.configs.clear(),
        2 => {
            // Some options are lost, and the file is known to be incomplete.
            let config = &mut facts.build.configs[0];
            config.symbols.remove(["A", "B", "C", "D"][loss.config / 4 % 4]);
            config.incomplete.push("cut".to_owned());
        }
        _ => facts.build.configs[0].version = "5.4.1".to_owned(),
    }
    match loss.list % 3 {
        0 => {}
        1 => facts.build.compiled.clear(),
        _ => {
            let list = &mut facts.build.compiled[0];
            let gone = list.paths.iter().nth(loss.list / 3 % list.paths.len()).cloned().unwrap();
            list.paths.remove(&gone);
            list.incomplete.push("cut".to_owned());
        }
    }
    match loss.modules % 3 {
        0 => {}
        1 => facts.build.modules = None,
        _ => {
            let list = facts.build.modules.as_mut().unwrap();
            list.present.clear();
            list.complete = false;
        }
    }
    match loss.map % 3 {
        0 => {}
        1 => facts.maps.clear(),
        _ => {
            let map = &mut facts.maps[0];
            // Whole folders: a map is made of a tree's make files, and one that knows only some files of a folder says
            // something else, it does not say less (docs/decisions/0018).
            if let Some(gone) = map.files.keys().nth(loss.map / 3 % map.files.len().max(1)) {
                let folder = gone.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
                map.files.retain(|file, _| !file.starts_with(&folder));
            }
        }
    }
    if loss.graph {
        facts.maps.iter_mut().for_each(|map| map.includers.clear());
    }
    if loss.arch {
        facts.platform.arch.clear();
    }
    if loss.patches > 0 {
        // The last ones: taking a revert or a prerequisite away is not asked here.
        facts.component.patches.truncate(facts.component.patches.len().saturating_sub(loss.patches));
    }
    facts
}

fn answer(facts: &Facts, files: &[String]) -> BuildAnswer {
    let all = BuildFacts {
        component: &facts.component,
        build: &facts.build,
        platform: &facts.platform,
        kbuild: &facts.maps,
        rules: &[],
    };
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    judge(&all, &Subject { vulnerability: "CVE-2024-1234", program_files: &files, ..Subject::default() })
}

fn world() -> impl Strategy<Value = World> {
    let numbers = |most: usize, up_to: usize| prop::collection::vec(0..up_to, 0..most);
    (
        prop::array::uniform4(0..3_u8),
        numbers(16, 40),
        numbers(6, 16),
        prop::collection::vec(any::<bool>(), 16),
        numbers(3, 5),
        numbers(4, 16),
    )
        .prop_map(|(values, conditions, headers, modules, patches, files)| World {
            values,
            conditions,
            headers,
            modules,
            patches,
            files,
        })
}

fn loss() -> impl Strategy<Value = Loss> {
    (0..16_usize, 0..30_usize, 0..3_usize, 0..30_usize, any::<bool>(), any::<bool>(), 0..3_usize).prop_map(
        |(config, list, modules, map, graph, arch, patches)| Loss {
            config,
            list,
            modules,
            map,
            graph,
            arch,
            patches,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn taking_evidence_away_never_excludes(world in world(), loss in loss()) {
        let files: Vec<String> = world.files.iter().map(|number| path(*number)).collect();
        let whole = answer(&facts(&world), &files);
        let less = answer(&without(facts(&world), &loss), &files);
        if let BuildAnswer::Excluded { reason, evidence, .. } = &less {
            let was = matches!(whole, BuildAnswer::Excluded { .. });
            prop_assert!(was, "{reason} out of {loss:?}: {evidence:?}; before: {whole:?}");
        }
    }

    #[test]
    fn no_evidence_never_excludes_code(world in world()) {
        let files: Vec<String> = world.files.iter().map(|number| path(*number)).collect();
        let mut bare = facts(&world);
        bare.build = BuildEvidence::default();
        bare.platform = Platform::default();
        bare.component.patches.clear();
        let is_kept = matches!(answer(&bare, &files), BuildAnswer::Kept { .. });
        prop_assert!(is_kept);
    }
}
