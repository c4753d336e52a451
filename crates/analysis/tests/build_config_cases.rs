//! Build facts against affected files: every row of `kernel-config-cases.tsv`. The facts and expressions of the
//! row itself are turned into evidence by one general reader of their notation; no row has code of its own.

use std::collections::BTreeMap;

use analysis::matching::build::{BuildAnswer, BuildFacts, BuildRule, Need, Subject, judge};
use model::build::{BuildEvidence, CompiledFiles, Config, ConfigOf, KbuildMap, ModuleList, Platform};
use model::component::{Component, Role};

type Row = BTreeMap<String, String>;

/// One row's facts as evidence.
struct Setup {
    component: Component,
    build: BuildEvidence,
    platform: Platform,
    maps: Vec<KbuildMap>,
    rule: Option<String>,
    files: Vec<String>,
    /// Modules that the facts name.
    modules: Vec<String>,
}

fn versions(component: &str) -> (ConfigOf, Role, &'static str, &'static str) {
    match component {
        "busybox" => (ConfigOf::Busybox, Role::Busybox, "1.36.1", "1.36.1"),
        "u-boot" => (ConfigOf::Uboot, Role::Bootloader, "2022.01", "2022.01"),
        _ => (ConfigOf::Linux, Role::Kernel, "6.1.50", "6.1.192"),
    }
}

impl Setup {
    fn of(row: &Row) -> Setup {
        let (of, role, version, map_version) = versions(&row["component"]);
        let component = Component {
            name: row["component"].clone(),
            version: version.to_owned(),
            role,
            ..Component::default()
        };
        let platform = Platform { os: "linux".to_owned(), arch: row["arch"].clone(), ..Platform::default() };
        let files: Vec<String> =
            row["files"].split('|').filter(|file| !file.starts_with('(')).map(str::to_owned).collect();
        let map = KbuildMap { of, version: map_version.to_owned(), ..KbuildMap::default() };
        let mut setup = Setup {
            component,
            build: BuildEvidence::default(),
            platform,
            maps: vec![map],
            rule: None,
            files,
            modules: Vec::new(),
        };
        let facts: Vec<&str> = row["facts"].split(';').map(str::trim).collect();
        for fact in &facts {
            setup.fact(fact, of, version);
        }
        setup.expression(&row["expression"], of);
        setup
    }

    fn fact(&mut self, fact: &str, of: ConfigOf, version: &str) {
        let symbol =
            |text: &str| text.split_whitespace().next().unwrap_or_default().replacen("CONFIG_", "", 1);
        if let Some(kind) = fact.strip_prefix("config=") {
            self.config(kind, of, version);
        } else if let Some(kind) = fact.strip_prefix("list=") {
            let incomplete = if kind == "complete" { Vec::new() } else { vec![kind.to_owned()] };
            let paths = ["init/main.c", "kernel/sched/core.c"].map(str::to_owned).into_iter().collect();
            self.build.compiled = vec![CompiledFiles { of, paths, incomplete, ..CompiledFiles::default() }];
        } else if let Some(kind) = fact.strip_prefix("modules=") {
            self.modules(kind);
        } else if let Some(kind) = fact.strip_prefix("applet links:") {
            let words: Vec<&str> = kind.split([',', ' ']).filter(|word| !word.is_empty()).collect();
            let present = words.iter().position(|word| *word == "present").and_then(|at| words.get(at - 1));
            self.build.applets =
                ["sh", "ls"].into_iter().chain(present.copied()).map(str::to_owned).collect();
        } else if let Some(graph) = fact.strip_prefix("include graph").or(fact.strip_prefix("includers of")) {
            self.graph(graph);
        } else if let Some(name) = fact.strip_prefix("component=") {
            self.component.name = name.split_whitespace().next().unwrap_or_default().to_owned();
            self.component.role = Role::Application;
        } else if let Some(instance) = fact.strip_prefix("instance=") {
            self.component.instance = instance.to_owned();
            self.config("complete", of, version);
        } else if let Some(rest) = fact.strip_prefix("# ") {
            self.set(symbol(rest), "n");
        } else if let Some((name, value)) = fact.strip_prefix("CONFIG_").and_then(|rest| rest.split_once('='))
        {
            self.set(name.to_owned(), value);
        } else if fact.contains('/') {
            self.listed(fact);
        }
    }

    fn config(&mut self, kind: &str, of: ConfigOf, version: &str) {
        let mut config = Config { of, version: version.to_owned(), ..Config::default() };
        if !kind.starts_with("complete") {
            config.incomplete.push(kind.to_owned());
        }
        let after = |word: &str| {
            kind.split_once(word).map(|(_, rest)| rest.split([' ', ',']).next().unwrap_or_default())
        };
        if let Some(header) = after("header ") {
            config.version = header.to_owned();
        }
        if let Some(own) = after("component ") {
            self.component.version = own.to_owned();
        }
        self.build.configs = vec![config];
    }

    fn set(&mut self, symbol: String, value: &str) {
        self.build.configs[0].symbols.insert(symbol, value.to_owned());
    }

    fn modules(&mut self, kind: &str) {
        if kind == "unknown" {
            return;
        }
        let mut list = ModuleList { complete: kind.starts_with("complete"), ..ModuleList::default() };
        for part in kind.split(',') {
            if let Some(name) = part.trim().strip_suffix(".ko present") {
                list.present.insert(name.to_owned());
                self.modules.push(name.to_owned());
            }
            if let Some(name) = part.trim().strip_prefix("no ").and_then(|rest| rest.strip_suffix(".ko")) {
                self.modules.push(name.to_owned());
            }
            if part.trim() == "blacklisted" {
                list.blacklisted.clone_from(&list.present);
            }
        }
        list.present.insert("ext4".to_owned());
        self.build.modules = Some(list);
    }

    /// Paths of a list; the reader of lists (`formats`) cuts build prefixes and makes stems of objects.
    fn listed(&mut self, fact: &str) {
        for part in fact.split(',').map(str::trim).filter(|part| !part.ends_with("absent")) {
            let path = part.trim_end_matches(" present");
            let path = path.strip_suffix(".o").unwrap_or(path);
            let inside = path.strip_prefix("/usr/src/debug/").map(|rest| rest.splitn(3, '/').nth(2).unwrap());
            self.build.compiled[0].paths.insert(inside.unwrap_or(path).to_owned());
        }
    }

    fn graph(&mut self, kind: &str) {
        let includers: Vec<String> = match kind {
            _ if kind.contains("everywhere") => vec!["init/main.c".to_owned()],
            _ if kind.contains("all off") => {
                self.files.iter().filter(|file| file.ends_with(".c")).cloned().collect()
            }
            _ if kind.contains("no includer") => vec!["net/not/compiled.c".to_owned()],
            _ => return,
        };
        for header in self.files.iter().filter(|file| file.ends_with(".h")) {
            self.maps[0].includers.insert(header.clone(), includers.clone());
        }
    }

    /// `EXPR` for all code files, or `stem: EXPR; stem: EXPR`; for BusyBox a bare expression is a reviewed rule.
    fn expression(&mut self, text: &str, of: ConfigOf) {
        if text.is_empty() {
            return;
        }
        if of == ConfigOf::Busybox && !text.contains(':') {
            self.rule = Some(text.to_owned());
            return;
        }
        let by_stem: Vec<(&str, &str)> = text
            .split(';')
            .filter_map(|part| part.split_once(':'))
            .map(|(a, b)| (a.trim(), b.trim()))
            .collect();
        // Which module holds the file is told by the module facts.
        let module =
            if self.modules.is_empty() { String::new() } else { format!(" : {}", self.modules.join(" ")) };
        let is_code = |file: &&String| [".c", ".S", ".rs"].iter().any(|end| file.ends_with(end));
        for file in self.files.iter().filter(is_code) {
            let stem = file.rsplit('/').next().unwrap().rsplit_once('.').unwrap().0;
            let expression = match by_stem.iter().find(|(known, _)| *known == stem) {
                Some((_, expression)) => expression,
                None if by_stem.is_empty() => text,
                None => continue,
            };
            let prefix = if self.component.instance == "SPL" { "spl/" } else { "" };
            self.maps[0].files.insert(format!("{prefix}{file}"), format!("{expression}{module}"));
        }
    }

    fn answer(&self, id: &str) -> BuildAnswer {
        let of = versions(&self.component.name).0;
        let rules: Vec<BuildRule> = self
            .rule
            .iter()
            .map(|rule| BuildRule {
                id: "r",
                vulnerability: id,
                needs: Need::Options(of, rule),
                says: "reviewed",
            })
            .collect();
        let facts = BuildFacts {
            component: &self.component,
            build: &self.build,
            platform: &self.platform,
            kbuild: &self.maps,
            rules: &rules,
        };
        let files: Vec<&str> = self.files.iter().map(String::as_str).collect();
        judge(&facts, &Subject { vulnerability: id, ids: &[id], program_files: &files, ..Subject::default() })
    }
}

fn words(answer: &BuildAnswer) -> (String, String) {
    match answer {
        BuildAnswer::Excluded { reason, .. } => ("not_relevant".to_owned(), reason.code().to_owned()),
        BuildAnswer::Kept { qualifiers, partial, .. } => {
            let relevance = if answer.is_seen_built() { "relevant" } else { "unknown" };
            assert_eq!(*partial, None);
            let codes: Vec<&str> = qualifiers.iter().map(|reason| reason.code()).collect();
            (relevance.to_owned(), codes.join(","))
        }
    }
}

#[test]
fn every_row_of_the_table() {
    let rows = testkit::shared::table(include_str!("../../../fixtures/cases/kernel-config-cases.tsv"));
    let mut wrong = Vec::new();
    for row in &rows {
        let answer = Setup::of(row).answer(&row["cve"]);
        let got = words(&answer);
        if got != (row["relevance"].clone(), row["reason"].clone()) {
            let want = (&row["relevance"], &row["reason"]);
            wrong.push(format!("{}: got {got:?}, want {want:?}: {answer:?}", row["id"]));
        }
    }
    testkit::quality("cases/kernel-config-cases.tsv", rows.len() - wrong.len(), rows.len(), "");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(rows.len(), 54);
}

/// Every exclusion shows what it rests on: each affected file with its class and result.
#[test]
fn exclusions_show_their_files() {
    let rows = testkit::shared::table(include_str!("../../../fixtures/cases/kernel-config-cases.tsv"));
    for row in rows.iter().filter(|row| row["relevance"] == "not_relevant") {
        let BuildAnswer::Excluded { evidence, .. } = Setup::of(row).answer(&row["cve"]) else {
            panic!("{row:?}")
        };
        let shown = evidence.iter().any(|fact| {
            matches!(fact, model::finding::Evidence::File { .. } | model::finding::Evidence::Rule { .. })
        });
        assert!(shown, "{}: {evidence:?}", row["id"]);
    }
}
