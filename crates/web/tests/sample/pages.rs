//! The answers of the sample backend.

use jiff::Timestamp;
use service::access::door::Knock;
use service::access::secret::Secret;
use web::backend::*;
use web::pages::audit::Event;
use web::pages::bulk::{Bulk, Refused};
use web::pages::chart::Day;
use web::pages::class::{Class, Counts};
use web::pages::compare::{Compare, Side};
use web::pages::components::ComponentRow;
use web::pages::decision::{Decision, Draft};
use web::pages::finding::Finding;
use web::pages::findings::FindingRow;
use web::pages::knowledge::{Job, Knowledge};
use web::pages::list::{Page, Query};
use web::pages::people::{Invited, Person};
use web::pages::product::Product;
use web::pages::products::ProductRow;
use web::pages::queue::Queue;
use web::pages::release::{Coverage, Document, Evidence, Group, Reason, Release, Upgrade};
use web::pages::search::{Hit, Search};
use web::pages::settings::{NewToken, Settings};
use web::pages::today::{Changed, Changes, Gap, Today, Urgent};
use web::pages::vulnerabilities::VulnerabilityRow;
use web::pages::vulnerability::{Place, Source, Statement, Vulnerability};

use super::views::ABOUT;
use super::{COMPONENTS, RELEASES, Sample, days, hours_ago, missing, page, ready};

impl Backend for Sample {
    fn now(&self) -> Timestamp {
        super::now()
    }

    fn health(&self) -> Answer<'_, ()> {
        ready(Ok(()))
    }

    fn gauges(&self) -> Answer<'_, Vec<Gauge>> {
        let gauge = |(class, number): (Class, u64)| Gauge {
            name: "open_findings",
            about: "Open findings by class",
            labels: vec![("class", class.word().into())],
            value: number as f64,
        };
        ready(Ok(self.open(&[]).parts().map(gauge).into()))
    }

    fn sign_in<'a>(&'a self, knock: Knock<'a>) -> Answer<'a, Signed> {
        if knock.login == "panic" {
            panic!("as asked");
        }
        if knock.login != "ada" || knock.password != "correct horse" {
            return ready(Ok(Signed::Wrong));
        }
        let secret = Secret::new().expect("random");
        let form = Secret::new().expect("random");
        self.sessions.lock().expect("free").insert(secret.reveal().to_owned(), form);
        ready(Ok(Signed::In(secret)))
    }

    fn session<'a>(&'a self, cookie: &'a str) -> Answer<'a, Option<Session>> {
        let form = self.sessions.lock().expect("free").get(cookie).cloned();
        ready(Ok(form.map(|form| Session { who: self.identity(), form, renewed: None })))
    }

    fn sign_out<'a>(&'a self, cookie: &'a str) -> Answer<'a, ()> {
        self.sessions.lock().expect("free").remove(cookie);
        ready(Ok(()))
    }

    fn of_token<'a>(&'a self, token: &'a str) -> Answer<'a, Option<Identity>> {
        ready(Ok(self.tokens.lock().expect("free").get(token).cloned()))
    }

    fn today<'a>(&'a self, _: &'a Identity) -> Answer<'a, Today> {
        let t = |words: &str| self.text(words);
        let urgent = self.rows.iter().filter(|row| row.row.is_open && row.row.decision == "none");
        let mut urgent: Vec<_> = urgent.collect();
        urgent.sort_by_key(|row| row.row.class);
        let urgent = urgent.iter().take(9).map(|row| Urgent {
            finding: row.row.id.clone(),
            class: row.row.class,
            vulnerability: row.row.vulnerability.clone(),
            component: format!("{} {}", row.row.component, row.row.version),
            component_name: row.row.component.clone(),
            releases: self.number(&[
                ("state", "open"),
                ("vulnerability", &row.row.vulnerability),
                ("component", &row.row.component),
            ]),
            because: row.row.says.clone(),
            due: row.row.due,
        });
        let changes = |word| self.number(&[("change", word)]);
        let changed =
            self.rows.iter().filter(|row| row.change == "new" && row.row.is_open).take(5).map(|row| {
                Changed {
                    kind: "new".into(),
                    finding: row.row.id.clone(),
                    class: row.row.class,
                    vulnerability: row.row.vulnerability.clone(),
                    component: row.row.component.clone(),
                    because: t("the record appeared in cve-list"),
                }
            });
        let gap = |reason: &str, says: &str, remedy: &str| Gap {
            says: t(says),
            remedy: t(remedy),
            reason: reason.into(),
            components: self.components_number(&[("reason", reason)]),
            decides: self.number(&[("gap", reason)]),
        };
        let trend = (0..90).map(|day| Day {
            at: days(day - 89),
            open: Counts {
                immediate: 2 + (day as u64 / 13) % 4,
                planned: 30 + day as u64 / 3,
                routine: 60 + (day as u64 * 7) % 11,
                none: 9,
                unknown: 40 - day as u64 / 4,
            },
        });
        let none = self.is_empty();
        ready(Ok(Today {
            releases: if none { 0 } else { RELEASES.len() as u64 },
            matches: self.rows.len() as u64,
            open: self.open(&[]),
            not_evaluated: self.components_number(&[("coverage", "not_evaluable")]),
            urgent: urgent.collect(),
            undecided: self.number(&[("state", "open"), ("decision", "none")]),
            since: hours_ago(24),
            changes: Changes {
                new: changes("new"),
                worse: changes("worse"),
                better: changes("better"),
                gone: changes("gone"),
            },
            changed: changed.collect(),
            feeds: self.feed_rows(),
            gaps: if none {
                Vec::new()
            } else {
                vec![
                    gap(
                        "no_version",
                        "The SBOM names no version",
                        "Let the build write versions; in Yocto set SPDX_INCLUDE_VERSION.",
                    ),
                    gap(
                        "no_build_evidence",
                        "No list of compiled files",
                        "Hand in compiled-files.txt of the kernel build.",
                    ),
                ]
            },
            trend: if none { Vec::new() } else { trend.collect() },
        }))
    }

    fn products<'a>(&'a self, _: &'a Identity, query: &'a Query) -> Answer<'a, Page<ProductRow>> {
        let row =
            |id: &str, name: &str, newest: &str, release: &str, number: u64, until: Option<i64>| ProductRow {
                id: id.into(),
                name: self.text(name),
                releases: number,
                newest: self.text(newest),
                newest_id: release.into(),
                is_judged: true,
                open: self.open(&[("release", release)]),
                support_until: until.map(days),
            };
        let rows = if self.is_empty() {
            Vec::new()
        } else {
            vec![
                row("gateway", "Gateway", "4.1.0", "gw-410", 3, Some(900)),
                row("sensor", "Battery sensor", "2.2.0", "se-220", 2, None),
            ]
        };
        let rows: Vec<_> = rows
            .into_iter()
            .filter(|row| {
                query.allows("support", if row.support_until.is_some() { "running" } else { "unknown" })
            })
            .collect();
        ready(Ok(page(&rows, query)))
    }

    fn product<'a>(&'a self, _: &'a Identity, product: &'a str) -> Answer<'a, Product> {
        if product == "bare" {
            return ready(Ok(Product {
                id: "bare".into(),
                name: self.text("Bare"),
                about: String::new(),
                support_until: None,
                releases: Vec::new(),
                deployment: Vec::new(),
                is_inferred: true,
                devices: None,
                older: String::new(),
            }));
        }
        let releases: Vec<_> =
            RELEASES.into_iter().filter(|one| one.1 == product).map(|one| self.release_row(one)).collect();
        if releases.is_empty() || self.is_empty() {
            return missing("product");
        }
        ready(Ok(Product {
            id: product.into(),
            name: self.text("Gateway"),
            about: self.text("Industrial edge gateway between a machine network and the plant's network."),
            support_until: Some(days(900)),
            releases,
            deployment: vec![
                self.text("lan0 is on the customer's network; web interface and sshd listen there."),
                self.text("wan0 is on the internet; nothing listens there."),
                self.text("Users of the web interface have accounts; there is no guest."),
            ],
            is_inferred: product == "sensor",
            devices: Some(4120),
            older: String::new(),
        }))
    }

    fn release<'a>(&'a self, _: &'a Identity, release: &'a str) -> Answer<'a, Release> {
        let t = |words: &str| self.text(words);
        let Some((id, product, name, version)) = RELEASES.into_iter().find(|one| one.0 == release) else {
            return missing("release");
        };
        if self.is_empty() {
            return ready(Ok(Release {
                id: id.into(),
                version: version.into(),
                product: product.into(),
                product_name: name.into(),
                before: None,
                judged: None,
                knowledge: None,
                open: Counts::default(),
                matches: 0,
                funnel: Vec::new(),
                components: Vec::new(),
                more_components: 0,
                coverage: Coverage::default(),
                upgrades: Vec::new(),
                evidence: Vec::new(),
                documents: Vec::new(),
                gate: String::new(),
                passes: None,
            }));
        }
        let mut names: Vec<String> = COMPONENTS.iter().map(|(name, _, _)| self.text(name)).collect();
        names.dedup();
        let groups = names.into_iter().zip(COMPONENTS).map(|(component, (_, version, fixed))| Group {
            open: self.open(&[("release", id), ("component", &component)]),
            component,
            version: t(version),
            fixed: t(fixed),
        });
        let groups: Vec<Group> = groups.filter(|group| group.open.all() > 0).collect();
        let number = |word| self.components_number(&[("release", id), ("coverage", word)]);
        let coverage = Coverage {
            all: self.components_number(&[("release", id)]),
            matched: number("matched"),
            clean: number("clean"),
            excluded: number("excluded"),
            not_evaluated: number("not_evaluable"),
            reasons: vec![Reason {
                word: "no_version".into(),
                says: t("have no version"),
                remedy: t("Let the build write it."),
                number: self.components_number(&[("release", id), ("reason", "no_version")]),
            }],
        };
        let upgrades = groups.iter().take(4).map(|group| Upgrade {
            component: group.component.clone(),
            from: group.version.clone(),
            to: group.fixed.clone(),
            removes: group.open,
        });
        ready(Ok(Release {
            id: id.into(),
            version: t(version),
            product: product.into(),
            product_name: t(name),
            before: Some(("gw-403".into(), t("4.0.3"))),
            judged: Some(hours_ago(2)),
            knowledge: Some(hours_ago(1)),
            open: self.open(&[("release", id)]),
            matches: self.number(&[("release", id)]),
            funnel: self.steps(id),
            upgrades: upgrades.collect(),
            components: groups,
            more_components: 3,
            coverage,
            evidence: vec![Evidence {
                kind: t("kernel configuration"),
                file: t(".config"),
                at: days(-20),
                settled: self.number(&[("release", id), ("reason", "B_NOT_COMPILED")]),
                reason: "B_NOT_COMPILED".into(),
                note: String::new(),
            }],
            documents: vec![Document {
                file: t("core-image-gateway-4.1.0.rootfs.spdx.json"),
                kind: t("SPDX 3.0.1"),
                hash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
                bytes: 4_182_233,
                at: days(-20),
                by: t("build of gateway"),
            }],
            gate: t("no immediate finding"),
            passes: Some(false),
        }))
    }

    fn hand_in<'a>(
        &'a self,
        _: &'a Act,
        product: &'a str,
        version: &'a str,
        _: &'a str,
        bytes: &'a [u8],
    ) -> Answer<'a, String> {
        ready(Ok(format!("Took {} bytes for {product} {version}", bytes.len())))
    }

    fn findings<'a>(&'a self, _: &'a Identity, query: &'a Query) -> Answer<'a, Page<FindingRow>> {
        let rows: Vec<FindingRow> = self.left(query).into_iter().map(|row| row.row.clone()).collect();
        ready(Ok(page(&rows, query)))
    }

    fn finding<'a>(&'a self, _: &'a Identity, finding: &'a str) -> Answer<'a, Finding> {
        match self.rows.iter().find(|row| row.row.id == finding) {
            Some(row) => ready(Ok(self.view_of(&row.row))),
            None => missing("finding"),
        }
    }

    fn decide<'a>(&'a self, act: &'a Act, finding: &'a str, decision: Decision) -> Answer<'a, String> {
        if decision.version != "v1" {
            return ready(Err(
                Failure::new(Kind::Conflict, "Grace Hopper decided in the meantime").hint("v1")
            ));
        }
        self.decided.lock().expect("free").push(format!(
            "{finding} {} by {} key {}",
            decision.status.word(),
            act.who.person,
            act.key
        ));
        ready(Ok(format!("Decided: {}", decision.status.word())))
    }

    fn preview<'a>(&'a self, _: &'a Identity, asked: &'a BulkAsked) -> Answer<'a, Bulk> {
        let rows: Vec<_> = self.rows.iter().filter(|row| asked.findings.contains(&row.row.id)).collect();
        let mut before = Counts::default();
        rows.iter().for_each(|row| before.add(row.row.class));
        let refused = rows
            .iter()
            .filter(|row| row.row.class == Class::Immediate && asked.decision.is_some())
            .map(|row| Refused {
                finding: row.row.id.clone(),
                class: row.row.class,
                vulnerability: row.row.vulnerability.clone(),
                component: row.row.component.clone(),
                because: self.text("an immediate finding needs evidence of its own"),
            });
        ready(Ok(Bulk {
            findings: asked.findings.clone(),
            components: 3,
            before,
            after: Counts { none: before.all(), ..Counts::default() },
            refused: refused.collect(),
            second: before.immediate > 0,
            preview: if asked.decision.is_some() { "seen".into() } else { String::new() },
            draft: Draft::default(),
        }))
    }

    fn decide_all<'a>(&'a self, _: &'a Act, asked: BulkAsked) -> Answer<'a, String> {
        if asked.preview != "seen" {
            return ready(Err(Failure::new(
                Kind::Conflict,
                "It would do something else than the preview showed",
            )));
        }
        ready(Ok(format!("Decided on {} findings", asked.findings.len())))
    }

    fn queue<'a>(&'a self, _: &'a Identity, view: &'a str, at: &'a str) -> Answer<'a, Queue> {
        let mut open: Vec<_> =
            self.rows.iter().filter(|row| row.row.is_open && row.row.decision == "none").collect();
        open.sort_by_key(|row| row.row.class);
        let place = if at.is_empty() { Some(0) } else { open.iter().position(|row| row.row.id == at) };
        let item = place.and_then(|place| open.get(place));
        let id = |place: Option<usize>| {
            place.and_then(|place| open.get(place)).map_or(String::new(), |row| row.row.id.clone())
        };
        ready(Ok(Queue {
            view: view.into(),
            waiting: vec![open.len() as u64; 6],
            total: open.len() as u64,
            is_cut: false,
            place: item.map_or(0, |_| place.unwrap_or_default() as u64 + 1),
            item: item.map(|row| self.view_of(&row.row)),
            next: id(place.map(|place| place + 1)),
            previous: id(place.and_then(|place| place.checked_sub(1))),
            releases: RELEASES.len() as u64,
        }))
    }

    fn vulnerabilities<'a>(
        &'a self,
        _: &'a Identity,
        query: &'a Query,
    ) -> Answer<'a, Page<VulnerabilityRow>> {
        let mut ids: Vec<&str> = self
            .rows
            .iter()
            .filter(|row| row.row.is_open)
            .map(|row| row.row.vulnerability.as_str())
            .collect();
        ids.sort_unstable();
        ids.dedup();
        let row = |id: &str| {
            let open = self.open(&[("vulnerability", id)]);
            let class = open
                .parts()
                .into_iter()
                .find(|(_, number)| *number > 0)
                .map_or(Class::Unknown, |(class, _)| class);
            VulnerabilityRow {
                id: id.into(),
                class,
                open,
                about: self.text(ABOUT),
                releases: open.all(),
                exploited: false,
                epss: Some(0.04),
                score: Some(81),
                published: Some(days(-300)),
            }
        };
        let rows: Vec<_> = ids
            .into_iter()
            .filter(|id| id.contains(&query.find))
            .map(row)
            .filter(|row| query.allows("class", row.class.word()))
            .collect();
        ready(Ok(page(&rows, query)))
    }

    fn vulnerability<'a>(&'a self, _: &'a Identity, id: &'a str) -> Answer<'a, Vulnerability> {
        let t = |words: &str| self.text(words);
        let open: Vec<_> =
            self.rows.iter().filter(|row| row.row.is_open && row.row.vulnerability == id).collect();
        let is_known = !open.is_empty() || id == "CVE-2024-3094";
        let places = open.iter().take(50).map(|row| Place {
            finding: row.row.id.clone(),
            class: row.row.class,
            product: row.row.product.clone(),
            release: row.row.release.clone(),
            release_id: row.row.release_id.clone(),
            component: format!("{} {}", row.row.component, row.row.version),
            says: row.row.says.clone(),
        });
        ready(Ok(Vulnerability {
            id: id.into(),
            aliases: if is_known { vec![t("GHSA-rxwq-x6h5-x525")] } else { Vec::new() },
            about: if is_known { t(ABOUT) } else { String::new() },
            is_known,
            is_withdrawn: false,
            facts: if is_known {
                vec![
                    (t("EPSS"), t("82 %"), t("FIRST, 22 Nov 2026")),
                    (t("Exploited"), t("no sign"), t("KEV, 22 Nov 2026")),
                ]
            } else {
                Vec::new()
            },
            checked: if self.is_empty() { 0 } else { 412 },
            checked_at: (!self.is_empty()).then(|| hours_ago(1)),
            releases: open.len() as u64,
            places: places.collect(),
            more: (open.len() as u64).saturating_sub(50),
            settled: self.number(&[("state", "settled"), ("vulnerability", id)]),
            proof: if self.is_empty() {
                Vec::new()
            } else {
                vec![(t("releases have no such component"), 400), (t("releases have another version"), 12)]
            },
            not_evaluated: 0,
            sources: if is_known {
                vec![
                    Source {
                        name: t("CVE"),
                        at: Some(days(-300)),
                        affected: t("5.6.0, 5.6.1"),
                        fixed: t("5.6.2"),
                        score: t("10.0"),
                        differs: false,
                    },
                    Source {
                        name: t("Debian"),
                        at: None,
                        affected: t("none"),
                        fixed: t(""),
                        score: t(""),
                        differs: true,
                    },
                ]
            } else {
                Vec::new()
            },
            statements: if is_known && !self.is_empty() {
                vec![Statement {
                    decision: t("D-2026-007"),
                    at: days(-200),
                    product: t("gateway"),
                    component: t("openssh"),
                    says: t("not affected (component not present)"),
                }]
            } else {
                Vec::new()
            },
            references: if is_known {
                vec![t("https://example.org/advisory"), "javascript:alert(1)".into()]
            } else {
                Vec::new()
            },
        }))
    }

    fn compare<'a>(&'a self, _: &'a Identity, from: &'a str, to: &'a str) -> Answer<'a, Compare> {
        let side = |id: &str| {
            RELEASES.into_iter().find(|one| one.0 == id).map(|one| Side {
                id: id.into(),
                product: self.text(one.2),
                version: self.text(one.3),
            })
        };
        let (Some(from), Some(to)) = (
            if from.is_empty() { Some(Side::default()) } else { side(from) },
            if to.is_empty() { Some(Side::default()) } else { side(to) },
        ) else {
            return missing("release");
        };
        let rows = if from.id.is_empty() { Vec::new() } else { self.differences(&from.id, &to.id) };
        let of = |kind: usize| {
            rows.iter()
                .enumerate()
                .filter(|(at, _)| at % 3 == kind)
                .map(|(_, row)| row.clone())
                .collect::<Vec<_>>()
        };
        let (new, gone, changed) = (of(0), of(1), of(2));
        ready(Ok(Compare {
            from,
            to,
            choices: if self.is_empty() {
                Vec::new()
            } else {
                RELEASES
                    .iter()
                    .map(|one| (one.0.to_owned(), self.text(&format!("{} {}", one.2, one.3))))
                    .collect()
            },
            numbers: [new.len() as u64, gone.len() as u64, changed.len() as u64, 87],
            new,
            gone,
            changed,
        }))
    }

    fn components<'a>(&'a self, _: &'a Identity, query: &'a Query) -> Answer<'a, Page<ComponentRow>> {
        ready(Ok(page(&self.components_left(query), query)))
    }

    fn knowledge<'a>(&'a self, _: &'a Identity) -> Answer<'a, Knowledge> {
        let none = self.is_empty();
        ready(Ok(Knowledge {
            feeds: self.feed_rows(),
            made: (!none).then(|| hours_ago(1)),
            fingerprint: if none { String::new() } else { "b52c91d4e0a7".into() },
            vulnerabilities: if none { 0 } else { 311_204 },
            busy: if none { 0 } else { 2 },
            failed: u64::from(!none),
        }))
    }

    fn jobs<'a>(&'a self, _: &'a Identity, query: &'a Query) -> Answer<'a, Page<Job>> {
        let job = |(at, state): (usize, &str)| Job {
            id: format!("j{at}"),
            kind: "analyse_release".into(),
            about: self.text("Gateway 4.1.0"),
            state: state.into(),
            asked: hours_ago(at as i64),
            ended: (state == "done").then(|| hours_ago(at as i64)),
            progress: (state == "running").then_some((1200, 5400)),
            says: if state == "failed" {
                self.text("the index was replaced while it ran; it will be done again")
            } else {
                String::new()
            },
        };
        let all: Vec<Job> = if self.is_empty() {
            Vec::new()
        } else {
            ["running", "waiting", "done", "failed", "done"].into_iter().enumerate().map(job).collect()
        };
        let rows: Vec<Job> = all
            .into_iter()
            .filter(|job| query.allows("state", &job.state) && query.allows("kind", &job.kind))
            .collect();
        ready(Ok(page(&rows, query)))
    }

    fn sync_feed<'a>(&'a self, _: &'a Act, feed: &'a str) -> Answer<'a, String> {
        ready(Ok(format!("{feed} is being read")))
    }

    fn people<'a>(&'a self, _: &'a Identity, query: &'a Query) -> Answer<'a, Page<Person>> {
        let person = |id: &str, name: &str, roles: Vec<Role>| Person {
            id: id.into(),
            login: self.text(id),
            name: self.text(name),
            mail: self.text("ada@example.org"),
            roles,
            state: "active".into(),
            seen: Some(hours_ago(3)),
        };
        let rows = vec![
            person("ada", "Ada Lovelace", vec![Role::Lead, Role::Admin]),
            person("grace", "Grace Hopper", vec![Role::Triager]),
        ];
        let rows: Vec<_> = rows
            .into_iter()
            .filter(|one| {
                one.roles.iter().any(|role| query.allows("role", role.word()))
                    && query.allows("state", &one.state)
            })
            .collect();
        ready(Ok(page(&rows, query)))
    }

    fn invite<'a>(&'a self, _: &'a Act, _: Invited) -> Answer<'a, Secret> {
        ready(Ok(Secret::of("a".repeat(64))))
    }

    fn settings<'a>(&'a self, _: &'a Identity) -> Answer<'a, Settings> {
        ready(Ok(Settings {
            settings: if self.is_empty() {
                Vec::new()
            } else {
                vec![(self.text("server.listen"), self.text("127.0.0.1:8080"), self.text("patchwright.toml"))]
            },
            tokens: if self.is_empty() { Vec::new() } else { vec![self.a_token()] },
            people: (2, 0),
            four_eyes: true,
        }))
    }

    fn make_token<'a>(&'a self, act: &'a Act, token: NewToken) -> Answer<'a, Secret> {
        let secret = Secret::of(format!("pw_abc_{}", Secret::new().expect("random").reveal()));
        let who = Identity { roles: token.roles, token: "token/1".into(), ..act.who.clone() };
        self.tokens.lock().expect("free").insert(secret.reveal().to_owned(), who);
        ready(Ok(secret))
    }

    fn end_token<'a>(&'a self, _: &'a Act, prefix: &'a str) -> Answer<'a, String> {
        let mut tokens = self.tokens.lock().expect("free");
        let before = tokens.len();
        tokens.retain(|text, _| text.split('_').nth(1) != Some(prefix));
        if tokens.len() < before { ready(Ok("The token has ended".into())) } else { missing("token") }
    }

    fn audit<'a>(&'a self, _: &'a Identity, query: &'a Query) -> Answer<'a, Page<Event>> {
        let event = |at: usize| Event {
            seq: at as u64 + 1,
            at: hours_ago(at as i64),
            actor: self.text("ada"),
            act: self.text("decision.made"),
            subject: self.text("f00000"),
            link: self.text("/findings/f00000"),
            before: self.text("under_investigation"),
            after: self.text("affected"),
            reason: self.text("confirmed on a device"),
            hash: "3b1f0c9d4a5e6f708192a3b4c5d6e7f8".into(),
        };
        let number = if self.is_empty() { 0 } else { 120 };
        let rows: Vec<_> = (0..number)
            .map(event)
            .filter(|event| {
                query.allows("actor", &event.actor)
                    && query.allows("subject", &event.subject)
                    && query.allows("act", &event.act)
            })
            .collect();
        ready(Ok(page(&rows, query)))
    }

    fn search<'a>(&'a self, _: &'a Identity, text: &'a str) -> Answer<'a, Search> {
        let checked = if self.is_empty() { 0 } else { 412 };
        let mut found = Search {
            text: text.into(),
            checked,
            checked_at: (!self.is_empty()).then(|| hours_ago(1)),
            ..Search::default()
        };
        if text.starts_with("CVE-") {
            let open = self.open(&[("state", "open"), ("vulnerability", text)]);
            let class = open.parts().into_iter().find(|(_, number)| *number > 0).map(|(class, _)| class);
            found.vulnerabilities.push(Hit {
                id: text.into(),
                releases: open.all(),
                class,
                settled: 0,
                not_evaluated: 0,
                about: self.text(ABOUT),
            });
        } else if "openssl".contains(text) && !text.is_empty() && !self.is_empty() {
            found.components.push((self.text("openssl"), self.text("3.0.13"), 5));
            found.products.push(("/products/gateway".into(), self.text("Gateway")));
        }
        ready(Ok(found))
    }
}
