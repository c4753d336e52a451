//! What the sample knows, as the views of pages: rows of lists, a finding in full, the funnel, two releases side by side.

use web::pages::chart::{Cause, QUESTIONS, Step};
use web::pages::class::{Class, Counts};
use web::pages::compare::Difference;
use web::pages::components::ComponentRow;
use web::pages::decision::{Draft, Proposal};
use web::pages::finding::{Elsewhere, Event as Happened, Finding, Input, Link, Opinion, Path, Said};
use web::pages::findings::FindingRow;
use web::pages::knowledge::Feed;
use web::pages::list::Query;
use web::pages::product::ReleaseRow;

use super::{COMPONENTS, Content, RELEASES, Sample, days, hours_ago};

/// What every invented flaw is about.
pub const ABOUT: &str = "A signal handler race condition was found in the server: a client that does not authenticate in time has its alarm handler called \
    asynchronously, and that handler calls functions that are not safe there.";

impl Sample {
    pub fn component_rows(&self) -> Vec<ComponentRow> {
        let number = match self.content {
            Content::Empty => 0,
            Content::Huge => 1000,
            _ => COMPONENTS.len() + 4,
        };
        let row = |at: usize, (id, _, product, release): (&str, &str, &str, &str)| {
            let (name, version, _) = COMPONENTS[at % COMPONENTS.len()];
            let name = if at < COMPONENTS.len() { name.to_owned() } else { format!("{name}-part{at}") };
            let name = self.text(&name);
            let open = if at < COMPONENTS.len() {
                self.open(&[("state", "open"), ("release", id), ("component", &name)])
            } else {
                Counts::default()
            };
            let lacks = at % 9 == 8;
            ComponentRow {
                version: if lacks { String::new() } else { self.text(version) },
                product: self.text(product),
                release: self.text(release),
                release_id: id.to_owned(),
                coverage: if lacks {
                    "not_evaluable"
                } else if open.all() > 0 {
                    "matched"
                } else {
                    "clean"
                },
                reason: if lacks { "no_version".into() } else { String::new() },
                says: if lacks {
                    self.text("The SBOM names no version; let the build write it.")
                } else {
                    String::new()
                },
                identities: vec![
                    self.text(&format!("pkg:generic/{name}@{version}")),
                    self.text(&format!("cpe:2.3:a:*:{name}:{version}:*:*:*:*:*:*:*")),
                ],
                open,
                name,
            }
        };
        RELEASES
            .into_iter()
            .flat_map(|release| (0..number).map(move |at| (at, release)))
            .map(|(at, release)| row(at, release))
            .collect()
    }

    pub fn components_left(&self, query: &Query) -> Vec<ComponentRow> {
        let is_of = |row: &ComponentRow| {
            query.allows("coverage", row.coverage)
                && query.allows("reason", &row.reason)
                && query.allows("release", &row.release_id)
                && query.allows("name", &row.name)
                && row.name.contains(&query.find)
        };
        self.component_rows().into_iter().filter(is_of).collect()
    }

    pub fn components_number(&self, words: &[(&str, &str)]) -> u64 {
        let pairs: Vec<_> =
            words.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        self.components_left(&Query::parse(&web::pages::components::LIST, &pairs).expect("known")).len()
            as u64
    }

    pub fn feed_rows(&self) -> Vec<Feed> {
        if self.is_empty() {
            return Vec::new();
        }
        let feed = |(id, about, hours, state, says): (&str, &str, i64, &'static str, &str)| Feed {
            id: self.text(id),
            about: self.text(about),
            as_of: Some(hours_ago(hours)),
            asked: Some(hours_ago(1)),
            state,
            records: 311_204,
            skipped: if state == "refused" { 12 } else { 0 },
            says: if says.is_empty() { String::new() } else { self.text(says) },
        };
        [
            ("cve-list", "CVE records of all numbering authorities", 1, "fresh", ""),
            ("nvd", "CPE names and scores of NVD", 3, "fresh", ""),
            ("osv", "Records of OSV.dev", 2, "fresh", ""),
            ("kev", "Known exploited vulnerabilities", 5, "fresh", ""),
            ("epss", "Probabilities of attacks", 26, "fresh", ""),
            (
                "debian",
                "Debian's tracker",
                190,
                "stale",
                "No answer since 14 Nov 2026; its limit is 3 days. Check the address and the network.",
            ),
            (
                "linux-kernel",
                "The kernel's own records",
                2,
                "refused",
                "The last answer had no records where there were 9,412; the one before is in use.",
            ),
        ]
        .map(feed)
        .into_iter()
        .enumerate()
        // Ids of feeds are distinct, also hostile ones.
        .map(|(at, feed)| Feed {
            id: if matches!(self.content, Content::Hostile(_)) {
                format!("{}{at}", feed.id)
            } else {
                feed.id.clone()
            },
            ..feed
        })
        .collect()
    }

    pub fn steps(&self, release: &str) -> Vec<Step> {
        let says: [(&str, &str); 10] = [
            ("about this product", "about something else"),
            ("in the affected versions", "other versions"),
            ("on this platform", "another platform"),
            ("not excluded by the build", "not built, or patched"),
            ("not settled by anybody", "settled"),
            ("on the device", "only in the build"),
            ("assessed", "not assessed"),
            ("of consequence in the deployment", "without consequence"),
            ("cannot wait for the next release", "can wait for the next release"),
            ("need action now", "have a date"),
        ];
        let step = |((word, _), (left, lost)): (&(&'static str, &str), (&str, &str))| {
            let stopped = self.number(&[("release", release), ("stopped", word)]);
            let reasons: Vec<&str> =
                self.rows.iter().filter(|row| row.stopped == *word).map(|row| row.reason).take(1).collect();
            Step {
                question: word,
                left_says: self.text(left),
                lost_says: self.text(lost),
                left: self.number(&[("release", release), ("passed", word)]),
                lost: stopped,
                causes: reasons
                    .into_iter()
                    .map(|code| Cause {
                        code: code.into(),
                        says: self.text("as its record says"),
                        number: stopped,
                    })
                    .collect(),
            }
        };
        QUESTIONS.iter().zip(says).map(step).collect()
    }

    pub fn view_of(&self, row: &FindingRow) -> Finding {
        let t = |words: &str| self.text(words);
        let event = |by: &str, says: &str, hours| Happened { at: hours_ago(hours), by: t(by), says: t(says) };
        Finding {
            id: row.id.clone(),
            class: row.class,
            ceiling: row.ceiling,
            is_open: row.is_open,
            vulnerability: row.vulnerability.clone(),
            aliases: vec![t("GHSA-2x8c-95vh-gfv4")],
            about: t(ABOUT),
            component: row.component.clone(),
            version: row.version.clone(),
            product: ("gateway".into(), row.product.clone()),
            release: (row.release_id.clone(), row.release.clone()),
            rationale: vec![
                t(
                    "Anyone on the customer's network can send to sshd on lan0, which the profile says is reachable in the standard configuration.",
                ),
                t(
                    "An exploit is public. Success gives complete control of the component, which is severe for the device.",
                ),
            ],
            inputs: [
                ("Reach", "site", "profile"),
                ("Exploitation", "public exploit", "feeds"),
                ("Preconditions", "none", "record"),
                ("Technical impact", "total", "CVSS"),
                ("Product impact", "severe", "assumed"),
            ]
            .map(|(name, value, basis)| Input {
                name: t(name),
                value: t(value),
                basis: t(basis),
                because: vec![t("interface.lan0.zone = \"site\" in the profile, version 3 of 2 Nov 2026")],
            })
            .into(),
            row: t("Row 212 of the response table, rule T05."),
            paths: vec![
                Path { says: t("sshd on lan0 (site)"), closed: String::new() },
                Path {
                    says: t("sshd on wan0 (internet)"),
                    closed: t("the firewall of the standard configuration drops it"),
                },
            ],
            would_change: vec![t("Reach local instead of site: planned."), t("No public exploit: planned.")],
            evidence: vec![
                Link {
                    question: t("Identity"),
                    says: t("The package is this product: its package URL and its CPE name agree."),
                    source: t("SPDX 3.0.1, image.spdx.json, 20 Nov 2026"),
                    raw: t("pkg:generic/openssh@9.6p1\ncpe:2.3:a:openbsd:openssh:9.6:p1:*:*:*:*:*:*"),
                    answer: "holds".into(),
                },
                Link {
                    question: t("Version"),
                    says: t("8.5p1 ≤ 9.6p1 < 9.8p1"),
                    source: t("CVE record, 1 Jul 2024"),
                    raw: t("{ \"version\": \"8.5p1\", \"lessThan\": \"9.8p1\", \"status\": \"affected\" }"),
                    answer: "holds".into(),
                },
                Link {
                    question: t("Build"),
                    says: t("No list of compiled files was handed in."),
                    source: t("none"),
                    raw: String::new(),
                    answer: "unknown".into(),
                },
                Link {
                    question: t("Statements"),
                    says: t("The supplier says that 9.6p1-r2 has the fix; this build is r0."),
                    source: t("OpenVEX of the supplier, 3 Jul 2024"),
                    raw: String::new(),
                    answer: "excludes".into(),
                },
            ],
            opinions: vec![
                Opinion {
                    source: t("NVD"),
                    verdict: t("affected"),
                    because: t("8.5p1 up to 9.8p1"),
                    fixed: t("9.8p1"),
                    at: Some(days(-400)),
                    differs: false,
                },
                Opinion {
                    source: t("Debian"),
                    verdict: t("not affected"),
                    because: t("fixed in 1:9.6p1-3"),
                    fixed: t("1:9.6p1-3"),
                    at: Some(days(-500)),
                    differs: true,
                },
            ],
            scores: vec![
                (t("CVSS 3.1"), t("8.1 base, 7.4 in this deployment")),
                (t("SSVC, deployer"), t("out of cycle")),
            ],
            said: vec![Said {
                by: t("Grace Hopper"),
                at: hours_ago(50),
                says: t("under investigation"),
                because: t("The newest of equal rank."),
                holds: true,
            }],
            advice: vec![
                t("Take 9.8p1, or the backport in meta-security."),
                t("Until then set LoginGraceTime 0; it lets attackers occupy all connections."),
            ],
            elsewhere: vec![Elsewhere {
                finding: row.id.clone(),
                class: Class::Planned,
                is_open: true,
                product: t("Gateway"),
                release: t("4.0.3"),
                says: t("The same version."),
            }],
            history: vec![
                event("cve-list", "The record appeared.", 300),
                event("Grace Hopper", "Under investigation.", 50),
            ],
            proposals: vec![
                Proposal {
                    id: "e1".into(),
                    kind: t("kernel_config"),
                    says: t("CONFIG_BT is not set in .config"),
                },
                Proposal {
                    id: "e2".into(),
                    kind: t("patch_applied"),
                    says: t("0001-fix-handler.patch is applied"),
                },
            ],
            draft: Draft { status: "affected".into(), version: "v1".into(), ..Draft::default() },
            due: row.due,
        }
    }

    pub fn release_row(&self, (id, _, _, version): (&str, &str, &str, &str)) -> ReleaseRow {
        ReleaseRow {
            id: id.into(),
            version: self.text(version),
            at: days(-30),
            open: self.open(&[("release", id)]),
            components: self.components_number(&[("release", id)]),
            not_evaluated: self.components_number(&[("release", id), ("coverage", "not_evaluable")]),
            is_supported: id != "gw-402",
            is_judged: true,
        }
    }

    pub fn differences(&self, from: &str, to: &str) -> Vec<Difference> {
        let rows = self
            .rows
            .iter()
            .filter(|row| row.row.is_open && (row.row.release_id == from || row.row.release_id == to))
            .take(18);
        rows.enumerate()
            .map(|(at, row)| Difference {
                finding: row.row.id.clone(),
                vulnerability: row.row.vulnerability.clone(),
                component: row.row.component.clone(),
                before: (at % 3 != 0).then_some(Class::Planned),
                after: (at % 3 != 1).then_some(row.row.class),
                because: self.text("the component went from 9.3p1 to 9.6p1"),
                by_build: at % 2 == 0,
            })
            .collect()
    }
}
