//! From what changed in a judgement to messages in the outbox, in the transaction of the findings. Statements, decisions
//! and rules have spoken before: a cell holds their effect.

use std::collections::{BTreeMap, BTreeSet};

use model::assessment::ResponseClass;
use model::effect::Tier;
use model::finding::Verdict;
use store::cell::Cell;
use store::finding_write::Difference;
use store::outbox::NewMessage;
use store::{Change, Moment, Scope, sha256};

use super::facts::{Envelope, Facts, Findings, Item, Place, ProductName};
use super::list::Kind;
use super::settings::{self, AlertKind, ChannelSetting, Subscription};
use crate::house::Fault;

/// How long a message waits for the other releases that are judged at the same time, in milliseconds.
pub const GATHER: i64 = 30_000;
/// Attempts before a message is parked: with the store's back-off about a day.
pub const ATTEMPTS: u32 = 30;
/// More vulnerabilities of one judgement come in one message.
const MOST_SINGLE: usize = 5;
const DAY: i64 = 24 * 3_600_000;

/// What a difference deserves to be told as, if at all.
pub fn deserves(before: Option<&Cell>, after: &Cell) -> Option<AlertKind> {
    let before = before.filter(|cell| cell.is_active);
    let is_settled = |cell: &Cell| cell.status.verdict() == Verdict::NotAffected && !cell.is_contested;
    if !after.is_active || is_settled(after) {
        return None;
    }
    let immediate = Some(ResponseClass::Immediate);
    let was = |of: fn(&Cell) -> Option<ResponseClass>| {
        before.is_some_and(|cell| !is_settled(cell) && of(cell) == immediate)
    };
    if after.class == immediate && !was(|cell| cell.class) {
        return Some(AlertKind::Immediate);
    }
    if after.is_contested && !before.is_some_and(|cell| cell.is_contested) {
        return Some(AlertKind::Contested);
    }
    // Where a rule or a person has set the class, the unknowns were known to them.
    let may_be = after.ceiling == immediate && after.class != immediate && after.tier < Tier::Policy;
    (may_be && !was(|cell| cell.ceiling) && !was(|cell| cell.class)).then_some(AlertKind::MayBeImmediate)
}

/// What is said about a finding beside its cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// Display id of the vulnerability.
    pub vulnerability: String,
    /// Name of the component.
    pub component: String,
    /// Its version.
    pub version: String,
    /// The answer in one sentence.
    pub says: String,
    /// What contradicts it.
    pub contested: Vec<String>,
    /// When somebody has to have done something.
    pub due: Option<Moment>,
}

/// Writes the messages that the differences of one release deserve. `said` is asked only for those.
///
/// # Errors
/// Those of the store; settings that a newer program wrote.
pub async fn raise(
    change: &mut Change,
    scope: &Scope,
    release: i64,
    differences: &[Difference],
    said: impl Fn(&Difference) -> Option<Said>,
    now: Moment,
) -> Result<usize, Fault> {
    let deserving =
        differences.iter().filter_map(|one| Some((deserves(one.before.as_ref(), &one.after)?, one)));
    let mut wanted: BTreeMap<AlertKind, Vec<&Difference>> = BTreeMap::new();
    for (kind, one) in deserving {
        wanted.entry(kind).or_default().push(one);
    }
    if wanted.is_empty() {
        return Ok(0);
    }
    let alerts = settings::get(change, scope).await?;
    let Some(row) = change.release(scope, release).await? else { return Ok(0) };
    let Some(product) = change.product(scope, row.product).await? else { return Ok(0) };
    let product = ProductName { id: product.id, slug: product.slug, name: product.name };
    let mut written = 0;
    for (kind, differences) in wanted {
        let told: Vec<_> = alerts.wanting(kind, Some(product.id)).collect();
        if told.is_empty() {
            continue;
        }
        let items = differences.into_iter().filter_map(|one| Some(item(one, said(one)?, &row.version)));
        for items in messages(items.collect()) {
            let findings = Findings { kind, product: product.clone(), items };
            for (subscription, channel) in &told {
                written += tell_findings(change, scope, subscription, channel, &findings, now).await?;
            }
        }
    }
    Ok(written)
}

fn item(difference: &Difference, said: Said, release: &str) -> Item {
    let before = difference.before.filter(|cell| cell.is_active);
    Item {
        vulnerability: said.vulnerability,
        component: said.component,
        version: said.version,
        releases: vec![Place { release: release.to_owned(), finding: difference.id }],
        before: before.map(|cell| cell.class.map_or("settled", ResponseClass::word).to_owned()),
        says: said.says,
        contested: said.contested,
        due: said.due.map(|due| due.0),
    }
}

/// One message for each vulnerability; where they are many, one for all.
fn messages(mut items: Vec<Item>) -> Vec<Vec<Item>> {
    items.sort_by(|one, other| {
        (&one.vulnerability, &one.component).cmp(&(&other.vulnerability, &other.component))
    });
    let mut single: BTreeMap<String, Vec<Item>> = BTreeMap::new();
    for item in &items {
        single.entry(item.vulnerability.clone()).or_default().push(item.clone());
    }
    match single.len() {
        0 => Vec::new(),
        1..=MOST_SINGLE => single.into_values().collect(),
        _ => vec![items],
    }
}

/// Writes a message to each target, or lets one that still waits grow by these releases.
async fn tell_findings(
    change: &mut Change,
    scope: &Scope,
    subscription: &Subscription,
    channel: &ChannelSetting,
    findings: &Findings,
    now: Moment,
) -> Result<usize, Fault> {
    let names: BTreeSet<&str> = findings.items.iter().map(|item| item.vulnerability.as_str()).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let about = [findings.product.id.to_string(), names.join(" "), now.0.div_euclid(DAY).to_string()];
    let mut written = 0;
    for target in targets(channel)? {
        let envelope = envelope(subscription, target, Facts::Findings(findings.clone()));
        let key = key(scope, &envelope, &about);
        if send(change, scope, channel.kind, &envelope, &key, now.plus(GATHER), now).await? {
            written += 1;
        } else {
            grow(change, scope, &key, findings).await?;
        }
    }
    Ok(written)
}

/// Adds releases to a message that nobody has tried to send. One that is on its way stays: it was told today.
async fn grow(change: &mut Change, scope: &Scope, key: &str, findings: &Findings) -> Result<(), Fault> {
    let Some(message) = change.untried_message(scope, key).await? else { return Ok(()) };
    let Ok(mut envelope) = serde_json::from_str::<Envelope>(&message.body) else { return Ok(()) };
    let Facts::Findings(known) = &mut envelope.facts else { return Ok(()) };
    join(known, findings);
    change.amend_message(scope, message.id, &body(&envelope)?).await?;
    Ok(())
}

fn join(known: &mut Findings, more: &Findings) {
    for item in &more.items {
        let is_same = |one: &&mut Item| {
            (&one.vulnerability, &one.component, &one.version)
                == (&item.vulnerability, &item.component, &item.version)
        };
        match known.items.iter_mut().find(is_same) {
            Some(one) => {
                let new = item.releases.iter().filter(|place| !one.releases.contains(place)).cloned();
                let new: Vec<Place> = new.collect();
                one.releases.extend(new);
                one.due = one.due.into_iter().chain(item.due).min();
            }
            None => known.items.push(item.clone()),
        }
    }
}

pub(super) fn envelope(subscription: &Subscription, target: String, facts: Facts) -> Envelope {
    Envelope { subscription: subscription.name.clone(), channel: subscription.channel.clone(), target, facts }
}

pub(super) fn targets(channel: &ChannelSetting) -> Result<Vec<String>, Fault> {
    let targets = channel.kind.targets(&channel.settings);
    targets.map_err(|why| Fault::Broken(format!("channel {}: {why}", channel.name)))
}

/// The idempotency key: equal for the same news to the same receiver. Made of a hash, since it stands in headers and
/// addresses.
pub(super) fn key(scope: &Scope, envelope: &Envelope, about: &[String]) -> String {
    let word = envelope.facts.word();
    let all = (scope.organisation, word, &envelope.subscription, &envelope.channel, &envelope.target, about);
    let hash = sha256(serde_json::to_string(&all).unwrap_or_default().as_bytes());
    format!("{}-{}", word.replace('_', "-"), hash.get(..40).unwrap_or(&hash))
}

fn body(envelope: &Envelope) -> Result<String, Fault> {
    serde_json::to_string(envelope).map_err(|error| Fault::Broken(error.to_string()))
}

/// Puts a message into the outbox; false when one with the key was there.
pub(super) async fn send(
    change: &mut Change,
    scope: &Scope,
    kind: Kind,
    envelope: &Envelope,
    key: &str,
    run_after: Moment,
    now: Moment,
) -> Result<bool, Fault> {
    let new = NewMessage {
        channel: kind.word().to_owned(),
        key: key.to_owned(),
        body: body(envelope)?,
        run_after,
        most_attempts: ATTEMPTS,
    };
    Ok(change.send(scope, &new, now).await?.is_some())
}
