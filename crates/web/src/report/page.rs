//! The page put together from its parts.

use std::collections::BTreeMap;

use askama::Template;
use model::assessment::ResponseClass;
use model::component::Component;
use model::sbom::SourceDocument;

use super::bars::{Classes, Row, rows};
use super::components::{self, Coverages, Remark};
use super::findings::{self, Excluded, FindingView, Group, first_day};
use super::funnel::{FunnelView, funnel};
use super::heading::{Heading, heading};
use super::sources::{self, Built, Feed, Obsolete};
use super::{Report, is_build_only};
use crate::{policy, words};

/// The look of every page, and of the report.
const STYLE: &str = concat!(include_str!("../../static/look.css"), include_str!("../../static/report.css"));

/// Filter, search and order; the page is complete without it.
const SCRIPT: &str = include_str!("../../static/report.js");

/// Immediate findings told one by one; the rest is in the list.
const TOLD: usize = 12;

/// Rows of the chart of components.
const CHARTED: usize = 10;

/// Everything the template shows.
#[derive(Template)]
#[template(path = "report/page.html")]
pub struct Page<'a> {
    policy: String,
    style: &'static str,
    script: &'static str,
    heading: Heading,
    immediate: Vec<FindingView<'a>>,
    immediate_more: usize,
    possible: usize,
    funnel: FunnelView,
    by_component: Vec<Row>,
    by_component_more: usize,
    by_epss: Vec<Row>,
    by_year: Vec<Row>,
    groups: Vec<Group<'a>>,
    build_groups: Vec<Group<'a>>,
    classes: Classes,
    build_only: usize,
    excluded: Vec<Excluded<'a>>,
    excluded_number: usize,
    all: bool,
    coverages: Coverages<'a>,
    remarks: Vec<Remark<'a>>,
    obsolete: Vec<Obsolete<'a>>,
    feeds: Vec<Feed<'a>>,
    index: (String, &'a str),
    table: String,
    profile: service::profile::Explained,
    summary: Vec<String>,
    is_inferred: bool,
    documents: &'a [SourceDocument],
    built: Vec<Built<'a>>,
    program: &'a str,
}

impl<'a> Page<'a> {
    /// Prepares the page.
    pub fn of(report: &Report<'a>) -> Page<'a> {
        let order = report.judged.ranking().to_vec();
        let funnel = funnel(report);
        let coverages = components::coverages(report);
        let heading = heading(report, &funnel, &coverages);
        let groups = findings::groups(report, &order, false);
        let build_groups = findings::groups(report, &order, true);
        let of_device: Vec<usize> = order.iter().copied().filter(|at| is_on_device(report, *at)).collect();
        let immediate: Vec<usize> = (of_device.iter().copied())
            .filter(|at| class_of(report, *at) == Some(ResponseClass::Immediate))
            .collect();
        let excluded = findings::excluded(report);
        let profile = service::profile::explain(&report.judged.profile);
        Page {
            policy: policy::of(&[STYLE], &[SCRIPT]),
            style: STYLE,
            script: SCRIPT,
            heading,
            immediate: (immediate.iter().take(TOLD))
                .filter_map(|at| findings::finding(report, *at, &[]))
                .collect(),
            immediate_more: immediate.len().saturating_sub(TOLD),
            possible: possible(report, &of_device),
            by_component: by_component(&groups),
            by_component_more: groups.len().saturating_sub(CHARTED),
            by_epss: by_epss(report, &of_device),
            by_year: by_year(report, &of_device),
            classes: sum(&groups),
            build_only: build_groups.iter().map(|group| group.findings.len()).sum(),
            groups,
            build_groups,
            excluded_number: excluded.iter().map(|reason| reason.number).sum(),
            excluded,
            all: report.all,
            remarks: components::remarks(report),
            obsolete: sources::obsolete(report),
            feeds: sources::feeds(report),
            index: (report.knowledge.name(), sources::start(&report.knowledge.index.header().fingerprint)),
            table: service::tables::named(&report.judged.tables),
            summary: sources::sentences(&profile.summary),
            profile,
            is_inferred: report.judged.profile.is_inferred,
            documents: &report.inventory.documents,
            built: sources::built(report),
            program: report.program,
            funnel,
            coverages,
        }
    }

    /// Templates hand numbers on behind any number of references.
    fn count(&self, number: impl std::fmt::Display) -> String {
        words::separated(&number.to_string())
    }

    fn name_of(&self, component: &Component) -> String {
        components::name_of(component)
    }

    fn identities(&self, component: &Component) -> String {
        components::identities(component)
    }
}

fn is_on_device(report: &Report<'_>, at: usize) -> bool {
    let finding = report.judged.scan.findings.get(at);
    finding.and_then(|finding| report.component(finding)).is_some_and(|component| !is_build_only(component))
}

fn class_of(report: &Report<'_>, at: usize) -> Option<ResponseClass> {
    report.judged.effects.get(at).and_then(|effect| effect.class)
}

/// Findings that facts which nobody has stated may still make immediate.
fn possible(report: &Report<'_>, of_device: &[usize]) -> usize {
    let effects = of_device.iter().filter_map(|at| report.judged.effects.get(*at));
    effects
        .filter(|effect| effect.ceiling == Some(ResponseClass::Immediate))
        .filter(|effect| effect.class < Some(ResponseClass::Immediate))
        .count()
}

fn sum(groups: &[Group<'_>]) -> Classes {
    groups.iter().fold(Classes::default(), |sum, group| sum.plus(group.classes))
}

fn by_component(groups: &[Group<'_>]) -> Vec<Row> {
    let counted = groups.iter().take(CHARTED);
    rows(counted.map(|group| (components::name_of(group.component), group.classes)).collect())
}

/// Bands of EPSS, the likeliest first, and the unknown.
fn by_epss(report: &Report<'_>, of_device: &[usize]) -> Vec<Row> {
    const BANDS: [(&str, f32); 5] = [
        ("50 % and more", 0.5),
        ("10 to 50 %", 0.1),
        ("1 to 10 %", 0.01),
        ("0.1 to 1 %", 0.001),
        ("below 0.1 %", 0.0),
    ];
    let mut counted: Vec<(String, Classes)> =
        BANDS.iter().map(|(name, _)| ((*name).to_owned(), Classes::default())).collect();
    counted.push(("not known".to_owned(), Classes::default()));
    for at in of_device {
        let Some(finding) = report.judged.scan.findings.get(*at) else { continue };
        let band = finding
            .facts
            .epss
            .and_then(|epss| BANDS.iter().position(|(_, least)| epss.probability >= *least));
        if let Some((_, classes)) = counted.get_mut(band.unwrap_or(BANDS.len())) {
            classes.add(class_of(report, *at));
        }
    }
    rows(counted)
}

/// Years in which the vulnerabilities became known, the newest first; the old ones together.
fn by_year(report: &Report<'_>, of_device: &[usize]) -> Vec<Row> {
    const SHOWN: usize = 6;
    let mut years: BTreeMap<&str, Classes> = BTreeMap::new();
    for at in of_device {
        let Some(finding) = report.judged.scan.findings.get(*at) else { continue };
        let year = first_day(finding).get(..4).filter(|year| year.bytes().all(|byte| byte.is_ascii_digit()));
        years.entry(year.unwrap_or("not known")).or_default().add(class_of(report, *at));
    }
    let unknown = years.remove("not known");
    let mut counted: Vec<(String, Classes)> =
        years.into_iter().rev().map(|(year, classes)| (year.to_owned(), classes)).collect();
    if counted.len() > SHOWN + 1 {
        let old = counted.split_off(SHOWN);
        let first = old.first().map_or(String::new(), |(year, _)| format!("{year} and before"));
        let sum = old.into_iter().fold(Classes::default(), |sum, (_, one)| sum.plus(one));
        counted.push((first, sum));
    }
    counted.extend(unknown.map(|classes| ("not known".to_owned(), classes)));
    rows(counted)
}
