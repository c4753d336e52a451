//! A release is judged in full, and what differs from what is stored is written: findings, events, coverage.
//!
//! Everything is derived from the documents as received, the knowledge in use, the profile, the decisions, the rules and
//! the statements in force. Doing it twice writes nothing the second time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use analysis::policy::due::{Event as From, Party, Task};
use model::assessment::ResponseClass;
use model::component::Scope as Where;
use model::effect::{Effect, Tier};
use model::finding::Finding;
use model::sbom::Inventory;
use serde_json::json;
use store::cell::Cell;
use store::event::Event;
use store::finding_write::{Difference, Judged as Row, Stored};
use store::matched::Matched;
use store::vulnerability::{Vulnerability, vulnerability_id};
use store::{Change, Moment, Scope, fingerprint};

use crate::assess::Assessed;
use crate::ground::{self, Ground};
use crate::house::{Current, Fault, House, busy, instant};
use crate::intake::{load, put_inventory};
use crate::judge::{Judged, judge};
use crate::notify::raise::{Said, raise};
use crate::ranking::urgency;
use crate::rescan::Setting;
use crate::scan::{self, Options, Request};
use crate::sentence::sentence;
use crate::step::reached;
use crate::summary::Summary;

/// What a judgement of a release came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Analysed {
    /// The release.
    pub release: i64,
    /// Findings that are stored as active now.
    pub active: usize,
    /// What changed.
    pub differences: Vec<Difference>,
}

/// Judges a release and writes what differs. `finish` runs in the same transaction, before its end.
///
/// # Errors
/// `Refused` when the release has no document that names a component.
pub async fn analyse<F>(
    house: &House,
    scope: &Scope,
    release: i64,
    now: Moment,
    finish: F,
) -> Result<Analysed, Fault>
where
    F: AsyncFnOnce(&mut Change) -> Result<(), Fault>,
{
    let (documents, ground) = {
        let mut look = house.store.look().await?;
        let row = look.release(scope, release).await?;
        let row = row.ok_or_else(|| Fault::Refused(format!("there is no release {release}")))?;
        (look.documents(scope, release).await?, ground::read(&mut look, scope, &row).await?)
    };
    if documents.is_empty() {
        return Err(Fault::Refused("the release has no documents yet: upload its SBOM".to_owned()));
    }
    let documents = load(house, &documents).await?;
    let ground = ground::complete(house, ground).await?;
    let current = house.current();
    let work = Arc::clone(&current);
    let (answer, ground) = busy(move || {
        let answer = Answer::of(&work, documents, &ground, now)?;
        Ok((answer, ground))
    })
    .await?;
    reached("analyse.judged");
    let mut change = house.store.change().await?;
    let differences = write(&mut change, scope, release, &current, &answer, &ground, now).await?;
    // The product's row is held by now: whoever judges the same release comes before or after, never between.
    unchanged(house, &mut change, scope, release, &current, &ground).await?;
    crate::overtake::mark(&mut change, scope, release, &answer.inventory, &answer.judged, now).await?;
    finish(&mut change).await?;
    reached("analyse.written");
    change.commit().await?;
    reached("analyse.committed");
    Ok(Analysed { release, active: answer.rows.len(), differences })
}

/// Refuses to store a judgement on ground that has changed meanwhile: the job is tried again.
async fn unchanged(
    house: &House,
    change: &mut Change,
    scope: &Scope,
    release: i64,
    current: &Current,
    ground: &Ground,
) -> Result<(), Fault> {
    let row = change.release(scope, release).await?;
    let row = row.ok_or_else(|| Fault::Refused(format!("there is no release {release}")))?;
    let again = ground::read(change, scope, &row).await?;
    // A rescan of newer knowledge begins when that is in use, and then nothing comes behind its back.
    let is_newest = house.current().generation == current.generation
        && change.hold_generation(&current.generation).await?;
    if again.mark() != ground.mark() || !is_newest {
        return Err(Fault::Refused(
            "documents, decisions or knowledge changed while it was judged".to_owned(),
        ));
    }
    Ok(())
}

/// A judged release, ready to be stored.
struct Answer {
    inventory: Inventory,
    judged: Judged,
    /// Places in the scan of the findings that are kept.
    rows: Vec<usize>,
    /// What rescans ask of the release.
    setting: Setting,
}

impl Answer {
    fn of(
        current: &Current,
        documents: Vec<scan::Document>,
        ground: &Ground,
        now: Moment,
    ) -> Result<Answer, Fault> {
        let inventory = scan::read(&Request { documents, ..Request::default() })?;
        let grounds = ground.grounds(&inventory);
        let options = Options { at: instant(now), verdicts_only: true, ..Options::default() };
        let judged = judge(&current.knowledge, &inventory, &grounds, &options);
        let rows = (judged.effects.iter().enumerate())
            .filter(|(_, effect)| is_kept(effect))
            .map(|(at, _)| at)
            .collect();
        let setting = Setting::of(&inventory, &current.knowledge.index, &options.at, grounds.speaks());
        Ok(Answer { inventory, judged, rows, setting })
    }

    fn rows(&self) -> impl Iterator<Item = (&Finding, Option<&Assessed>, &Effect)> {
        self.rows.iter().filter_map(|at| {
            let (finding, effect) = (self.judged.scan.findings.get(*at)?, self.judged.effects.get(*at)?);
            Some((finding, self.judged.assessed.get(*at)?.as_deref(), effect))
        })
    }
}

/// What matching alone excludes is not kept: it is found again whenever it is asked for.
pub(crate) fn is_kept(effect: &Effect) -> bool {
    effect.is_open() || effect.tier > Tier::Match
}

async fn write(
    change: &mut Change,
    scope: &Scope,
    release: i64,
    current: &Current,
    answer: &Answer,
    ground: &Ground,
    now: Moment,
) -> Result<Vec<Difference>, Fault> {
    // A newer program may read more of the documents than the one that received them.
    let (ids, _) = put_inventory(change, current, scope, release, &answer.inventory).await?;
    let stored = change.judged_of(&[release]).await?;
    let basis = change.put_basis(&ground.basis(&current.knowledge)).await?;
    let rows = rows(release, &ids, answer, ground, &stored, basis, now);
    change.put_vulnerabilities(&vulnerabilities(answer)).await?;
    change.put_matches(&matches(&rows, answer, &ids), now).await?;
    let mut differences = change.put_findings(&rows, now).await?;
    let gone = gone(&stored, &rows);
    differences.extend(
        change.retire_findings(&gone, "no longer found with this inventory and knowledge", now).await?,
    );
    change.put_events(&events(&differences, &names(&stored, &rows), now)).await?;
    // What holds has been settled by statements, decisions and rules: nothing that they end is told.
    let said = said(answer, &ids, &rows);
    raise(change, scope, release, &differences, said, now).await?;
    let states: Vec<_> = answer.judged.scan.coverage.iter().map(|(state, _)| *state).collect();
    change.put_coverage(scope, release, &states).await?;
    let summary = Summary::of(&answer.judged, &answer.inventory, json!(answer.setting));
    let matches = summary.funnel.all as u64;
    change.mark_judged(release, &current.generation, &summary.text(), matches, now).await?;
    let products: Vec<i64> =
        change.release(scope, release).await?.into_iter().map(|row| row.product).collect();
    change.put_trend(&products, now).await?;
    Ok(differences)
}

/// One row for each distinct component and vulnerability: of the same component in two places the worse one counts.
fn rows(
    release: i64,
    ids: &[i64],
    answer: &Answer,
    ground: &Ground,
    stored: &[Stored],
    basis: i64,
    now: Moment,
) -> Vec<Row> {
    let known: BTreeMap<(i64, &str), &Stored> =
        stored.iter().map(|one| ((one.component, one.vulnerability.as_str()), one)).collect();
    let mut rows: BTreeMap<(i64, String), Row> = BTreeMap::new();
    for (finding, assessed, effect) in answer.rows() {
        let Some(component) = ids.get(finding.component).copied() else { continue };
        let before = known.get(&(component, finding.vulnerability.as_str())).copied();
        let row = row(release, component, finding, assessed, effect, ground, before, basis, now, answer);
        let place = (component, finding.vulnerability.clone());
        if rows.get(&place).is_none_or(|other| weight(other) < weight(&row)) {
            rows.insert(place, row);
        }
    }
    rows.into_values().collect()
}

fn weight(row: &Row) -> (Option<ResponseClass>, Option<ResponseClass>, u32) {
    (row.cell.class, row.cell.ceiling, row.rank)
}

#[expect(clippy::too_many_arguments, reason = "a row is put together from all that was judged")]
fn row(
    release: i64,
    component: i64,
    finding: &Finding,
    assessed: Option<&Assessed>,
    effect: &Effect,
    ground: &Ground,
    before: Option<&Stored>,
    basis: i64,
    now: Moment,
    answer: &Answer,
) -> Row {
    let cell = cell(finding, effect, &answer.inventory);
    let (_, _, exploitation, is_rising, epss, score) = urgency(finding, assessed, effect);
    let rank = exploitation.map_or(0, |level| level as u32) << 30
        | u32::from(is_rising) << 29
        | epss.min((1 << 20) - 1) << 8
        | u32::from(score.min(100));
    let assessment = assessed.map(|one| &one.assessment);
    let mut row = Row {
        release,
        component,
        vulnerability: finding.vulnerability.clone(),
        cell,
        row: assessment.map_or(0, |one| one.row.number),
        ceiling_row: 0,
        reason: finding.reason.code().to_owned(),
        fixed: finding.fixed.clone(),
        rank,
        due: None,
        basis,
        decision: ground.decision(&effect.source),
        input_hash: 0,
    };
    row.due = due(&row, before, answer, now);
    row.input_hash = fingerprint(format!("{row:?}{:?}{:?}", finding.qualifiers, effect.contested).as_bytes());
    row
}

pub(crate) fn cell(finding: &Finding, effect: &Effect, inventory: &Inventory) -> Cell {
    let scope = inventory.components.get(finding.component).map(|component| component.scope);
    Cell {
        is_active: true,
        verdict: finding.verdict,
        class: effect.class,
        ceiling: effect.ceiling,
        status: effect.status,
        tier: effect.tier,
        is_contested: !effect.contested.is_empty(),
        is_build_only: matches!(scope, Some(Where::BuildOnly | Where::Test)),
    }
}

/// When the maker has to do something next. The clock starts when the finding has its class for the first time, and goes
/// on while the class stays (assessment.md 3.9).
fn due(row: &Row, before: Option<&Stored>, answer: &Answer, now: Moment) -> Option<Moment> {
    let class = row.cell.class?;
    if row.cell.status.verdict() == model::finding::Verdict::NotAffected {
        return None;
    }
    let is_decided = |cell: &Cell| cell.tier == Tier::Human && !cell.is_contested;
    if let Some(before) = before
        && before.cell.class == row.cell.class
        && is_decided(&before.cell) == is_decided(&row.cell)
    {
        return before.due;
    }
    let task = if is_decided(&row.cell) { Task::Patch } else { Task::Confirm };
    let deadlines = answer.judged.tables.deadlines.of(class).iter();
    let ours =
        deadlines.filter(|one| one.who == Party::Maker && one.what == task && one.after == From::Start);
    let hours = ours.map(|deadline| deadline.within.hours()).min()?;
    Some(now.plus(i64::try_from(hours).ok()?.saturating_mul(3_600_000)))
}

fn vulnerabilities(answer: &Answer) -> Vec<Vulnerability> {
    let mut found: BTreeMap<&str, Vulnerability> = BTreeMap::new();
    for (finding, _, _) in answer.rows() {
        found.entry(&finding.vulnerability).or_insert_with(|| vulnerability(finding));
    }
    found.into_values().collect()
}

/// What lists show of the vulnerability of a finding.
pub(crate) fn vulnerability(finding: &Finding) -> Vulnerability {
    let facts = &finding.facts;
    let moment =
        |text: &str| text.parse::<jiff::Timestamp>().map_or(Moment::NEVER, |at| Moment(at.as_millisecond()));
    Vulnerability {
        name: finding.vulnerability.clone(),
        title: String::new(),
        score: facts.severities.iter().filter_map(|one| one.base_tenths).max(),
        likelihood: facts.epss.map(|epss| (epss.probability.clamp(0.0, 1.0) * 1e6) as u32),
        is_exploited: facts.kev.is_some(),
        published: moment(&facts.published),
        modified: moment(&facts.modified),
        aliases: finding.aliases.clone(),
    }
}

fn matches(rows: &[Row], answer: &Answer, ids: &[i64]) -> Vec<Matched> {
    let kept: BTreeSet<(i64, &str)> =
        rows.iter().map(|row| (row.component, row.vulnerability.as_str())).collect();
    let mut found: BTreeMap<(i64, &str), Matched> = BTreeMap::new();
    for (finding, _, _) in answer.rows() {
        let Some(component) = ids.get(finding.component).copied() else { continue };
        let place = (component, finding.vulnerability.as_str());
        if kept.contains(&place) {
            found.entry(place).or_insert_with(|| matched(component, finding));
        }
    }
    found.into_values().collect()
}

pub(crate) fn matched(component: i64, finding: &Finding) -> Matched {
    let qualifiers: Vec<&str> = finding.qualifiers.iter().map(|reason| reason.code()).collect();
    let text = format!(
        "{:?} {} {:?} {} {:?}",
        finding.verdict, finding.reason, finding.confidence, finding.fixed, qualifiers
    );
    Matched {
        component,
        vulnerability: finding.vulnerability.clone(),
        verdict: finding.verdict,
        confidence: finding.confidence,
        reason: finding.reason.code().to_owned(),
        fixed: finding.fixed.clone(),
        input_hash: fingerprint(text.as_bytes()),
    }
}

/// What is stored and was not found any more.
fn gone(stored: &[Stored], rows: &[Row]) -> Vec<(i64, i64, String)> {
    let kept: BTreeSet<(i64, &str)> =
        rows.iter().map(|row| (row.component, row.vulnerability.as_str())).collect();
    stored
        .iter()
        .filter(|one| !kept.contains(&(one.component, one.vulnerability.as_str())))
        .map(|one| (one.release, one.component, one.vulnerability.clone()))
        .collect()
}

/// What alerts say of a finding, asked for those alone that deserve one.
fn said(answer: &Answer, ids: &[i64], rows: &[Row]) -> impl Fn(&Difference) -> Option<Said> {
    |one: &Difference| {
        let row = rows.iter().find(|row| {
            row.component == one.component && vulnerability_id(&row.vulnerability) == one.vulnerability
        })?;
        let is_it = |(finding, _, effect): &(&Finding, Option<&Assessed>, &Effect)| {
            finding.vulnerability == row.vulnerability
                && ids.get(finding.component) == Some(&one.component)
                && cell(finding, effect, &answer.inventory) == row.cell
        };
        let (finding, assessed, effect) = answer.rows().find(is_it)?;
        let component = answer.inventory.components.get(finding.component)?;
        Some(Said {
            vulnerability: row.vulnerability.clone(),
            component: component.name.clone(),
            version: component.version.clone(),
            says: sentence(finding, assessed, effect),
            contested: effect.contested.clone(),
            due: row.due,
        })
    }
}

fn names(stored: &[Stored], rows: &[Row]) -> BTreeMap<i64, String> {
    let known = stored.iter().map(|one| &one.vulnerability).chain(rows.iter().map(|row| &row.vulnerability));
    known.map(|name| (store::vulnerability::vulnerability_id(name), name.clone())).collect()
}

/// What is told of differences.
pub(crate) fn events(differences: &[Difference], names: &BTreeMap<i64, String>, now: Moment) -> Vec<Event> {
    let word = |class: Option<ResponseClass>| class.map(ResponseClass::word);
    differences
        .iter()
        .map(|one| {
            let before = one.before.filter(|cell| cell.is_active);
            let kind = match before {
                None => "finding_new",
                Some(_) if !one.after.is_active => "finding_gone",
                Some(before) if before.class != one.after.class => "class_changed",
                Some(before) if before.status != one.after.status => "status_changed",
                Some(_) => "finding_changed",
            };
            let body = json!({
                "vulnerability": names.get(&one.vulnerability),
                "component": one.component,
                "class": { "from": before.and_then(|cell| word(cell.class)), "to": word(one.after.class) },
                "status": { "from": before.map(|cell| cell.status.word()), "to": one.after.status.word() },
            });
            Event {
                id: 0,
                product: one.product,
                release: one.release,
                finding: one.id,
                kind: kind.to_owned(),
                at: now,
                body: body.to_string(),
            }
        })
        .collect()
}
