//! Deployment profiles and policy rules over the store: written as drafts, compared, tried on every release, and put into
//! force by a second person. An approved text never changes (assessment.md 1.3, 4.7).

pub mod effect;

use std::collections::BTreeSet;

use model::access::{Act, May};
use model::assessment::ResponseClass;
use serde_json::json;
use store::audit::AuditEntry;
use store::jobs::Lane;
pub use store::written::{Written, WrittenState};
use store::written::{WrittenKind, WrittenName};
use store::{Look, Moment, Page, Scope};

use crate::access::identity::{Identity, denied};
use crate::access::people::FOUR_EYES;
use crate::house::{Fault, House, instant};
use crate::intake::judge_release;
use crate::profile::{self, Change as Changed};
use crate::rules::{self, RulesFault};
use crate::scan::Document;

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A deployment profile of a product.
    Profile,
    /// A file of rules, of a product or of the whole organisation.
    Rules,
}

impl Kind {
    pub(crate) fn written(self) -> WrittenKind {
        match self {
            Kind::Profile => WrittenKind::Profile,
            Kind::Rules => WrittenKind::Rules,
        }
    }

    fn writing(self) -> Act {
        match self {
            Kind::Profile => Act::DraftProfile,
            Kind::Rules => Act::EditRules,
        }
    }

    fn approving(self) -> Act {
        match self {
            Kind::Profile => Act::ApproveProfile,
            Kind::Rules => Act::EditRules,
        }
    }
}

/// A draft that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Its id.
    pub id: i64,
    /// Its version.
    pub version: i64,
    /// SHA-256 of the text: what is approved is named by it.
    pub hash: String,
    /// What the checks warn of.
    pub warnings: Vec<String>,
}

/// All versions of a product, those of the whole organisation included; without a product only the latter.
///
/// # Errors
/// `Denied` without any role.
pub async fn versions(
    house: &House,
    identity: &Identity,
    kind: Kind,
    product: Option<i64>,
) -> Result<Vec<Written>, Fault> {
    let scope = identity.scope(Act::Read)?;
    versions_of(&mut house.store.look().await?, &scope, kind, product).await
}

/// One version of a kind.
///
/// # Errors
/// `NotFound` outside of the roles, and for a version of another kind.
pub async fn version(house: &House, identity: &Identity, kind: Kind, id: i64) -> Result<Written, Fault> {
    let scope = identity.scope(Act::Read)?;
    version_of(&mut house.store.look().await?, &scope, kind, id).await
}

pub(crate) async fn versions_of(
    look: &mut Look,
    scope: &Scope,
    kind: Kind,
    product: Option<i64>,
) -> Result<Vec<Written>, Fault> {
    Ok(match product {
        Some(product) => look.written(scope, kind.written(), product).await?,
        None => look.written_for_all(scope, kind.written()).await?,
    })
}

/// Writes a draft, in place of the draft there is. A profile is named by its `id`, rules by the name given.
///
/// # Errors
/// `Refused` when it cannot be read, breaks a rule, or has another version than the next.
pub async fn write(
    house: &House,
    identity: &Identity,
    kind: Kind,
    product: Option<i64>,
    name: &str,
    text: &str,
    now: Moment,
) -> Result<Draft, Fault> {
    may(identity, kind.writing(), product)?;
    let scope = identity.scope(Act::Read)?;
    let mut change = house.store.change().await?;
    let warnings = check(&mut change, &scope, kind, product, name, text, now).await?;
    let of = WrittenName { kind: kind.written(), product, name };
    let (id, version) = change.put_draft(&scope, of, identity.person, text, now).await?;
    let hash = store::sha256(text.as_bytes());
    let body = json!({ "kind": kind.written().word(), "name": name, "version": version, "hash": hash,
        "person": identity.person });
    change.log(&scope, &entry(identity, product, "draft.written", id, body, now)).await?;
    change.commit().await?;
    Ok(Draft { id, version, hash, warnings })
}

fn may(identity: &Identity, act: Act, product: Option<i64>) -> Result<May, Fault> {
    let may = product.map_or_else(|| identity.may_everywhere(act), |product| identity.may(act, product));
    if may == May::No { Err(denied(act)) } else { Ok(may) }
}

async fn check(
    look: &mut Look,
    scope: &Scope,
    kind: Kind,
    product: Option<i64>,
    name: &str,
    text: &str,
    now: Moment,
) -> Result<Vec<String>, Fault> {
    if name.trim().is_empty() || name.len() > 200 {
        return Err(Fault::Refused("it has a name of 1 to 200 letters".to_owned()));
    }
    let document = Document { name: name.to_owned(), bytes: text.as_bytes().to_vec() };
    match (kind, product) {
        (Kind::Rules, _) => {
            rules::read(&[document]).map_err(rules_fault)?;
            Ok(Vec::new())
        }
        (Kind::Profile, None) => Err(Fault::Refused("a profile is of one product".to_owned())),
        (Kind::Profile, Some(product)) => {
            let profile = profile::read(&document).map_err(profile_fault)?;
            let slug = look.product(scope, product).await?.map(|product| product.slug).unwrap_or_default();
            let newest = versions_of(look, scope, kind, Some(product)).await?;
            let newest = newest.iter().filter(|one| one.name == name).max_by_key(|one| one.version);
            let next = newest.map_or(1, |one| one.version + i64::from(one.state != WrittenState::Draft));
            fits(&profile, &slug, name, next)?;
            let (errors, warnings): (Vec<_>, Vec<_>) =
                profile::check(&[(name.to_owned(), profile)], None, &instant(now))
                    .into_iter()
                    .map(|one| one.finding)
                    .partition(|finding| finding.is_error);
            let told = |list: Vec<profile::Finding>| -> Vec<String> {
                list.into_iter().map(|one| format!("{}: {} [{}]", one.key, one.text, one.id)).collect()
            };
            if errors.is_empty() { Ok(told(warnings)) } else { Err(Fault::Refused(told(errors).join("; "))) }
        }
    }
}

fn fits(profile: &model::profile::Profile, slug: &str, name: &str, next: i64) -> Result<(), Fault> {
    let refused = |text: String| Err(Fault::Refused(text));
    if profile.id != name {
        return refused(format!(
            "its id is {:?}, not {name:?}: versions of a profile share the id",
            profile.id
        ));
    }
    if profile.product != slug {
        return refused(format!("it is of the product {:?}, not of {slug:?}", profile.product));
    }
    if i64::from(profile.version) != next {
        return refused(format!("it says version {}; the next one is {next}", profile.version));
    }
    if profile.status == model::profile::ProfileStatus::Retired {
        return refused("its status is retired: a draft is to come into force".to_owned());
    }
    Ok(())
}

pub(crate) fn profile_fault(error: profile::ProfileError) -> Fault {
    let told: Vec<String> = error.faults.iter().map(ToString::to_string).collect();
    Fault::Refused(format!("{}: {}", error.file, told.join("; ")))
}

pub(crate) fn rules_fault(fault: RulesFault) -> Fault {
    Fault::Refused(match fault {
        RulesFault::Form(error) => {
            let told: Vec<String> = error.faults.iter().map(ToString::to_string).collect();
            format!("{}: {}", error.file, told.join("; "))
        }
        RulesFault::Content(faults) => {
            let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
            told.join("; ")
        }
    })
}

/// What differs from one version to another: keys of a profile; rules by their ids.
///
/// # Errors
/// `NotFound` outside of the roles, `Refused` for versions of different kinds.
pub async fn diff(
    house: &House,
    identity: &Identity,
    kind: Kind,
    from: i64,
    to: i64,
) -> Result<Vec<Changed>, Fault> {
    let scope = identity.scope(Act::Read)?;
    let mut look = house.store.look().await?;
    let from = version_of(&mut look, &scope, kind, from).await?;
    let to = version_of(&mut look, &scope, kind, to).await?;
    match kind {
        Kind::Profile => {
            let read = |one: &Written| profile::read(&document(one)).map_err(profile_fault);
            Ok(profile::diff(&read(&from)?, &read(&to)?))
        }
        Kind::Rules => {
            let read = |one: &Written| rules::written(&[document(one)]).map_err(rules_fault);
            Ok(rules_diff(&read(&from)?, &read(&to)?))
        }
    }
}

pub(crate) fn document(written: &Written) -> Document {
    Document { name: written.name.clone(), bytes: written.body.as_bytes().to_vec() }
}

fn rules_diff(from: &[model::rule::Rule], to: &[model::rule::Rule]) -> Vec<Changed> {
    let ids: BTreeSet<&str> = from.iter().chain(to).map(|rule| rule.id.as_str()).collect();
    let text = |rules: &[model::rule::Rule], id: &str| {
        rules.iter().find(|rule| rule.id == id).map(|rule| {
            // Where it stands in the file is no part of what it says.
            let rule = model::rule::Rule { place: Default::default(), ..rule.clone() };
            format!("{rule:?}")
        })
    };
    let changes =
        ids.into_iter().map(|id| Changed { key: id.to_owned(), from: text(from, id), to: text(to, id) });
    changes.filter(|change| change.from != change.to).collect()
}

/// A version of this kind in the scope. The store knows versions by id alone: of another kind it is none.
pub(crate) async fn version_of(
    look: &mut Look,
    scope: &Scope,
    kind: Kind,
    id: i64,
) -> Result<Written, Fault> {
    let missing = || store::Error::NotFound(format!("version {id} of {}", kind.written().word()));
    let written = look.written_by_id(scope, id).await?.ok_or_else(missing)?;
    let all = versions_of(look, scope, kind, written.product).await?;
    if all.iter().any(|one| one.id == id) { Ok(written) } else { Err(missing().into()) }
}

/// Puts a draft into force, the version before out of it, and queues the releases that it may touch. `hash` is that of
/// the text that was looked at.
///
/// # Errors
/// `Denied` for what is one's own, `Conflict` when the text was changed meanwhile.
pub async fn approve(
    house: &House,
    identity: &Identity,
    kind: Kind,
    id: i64,
    hash: &str,
    now: Moment,
) -> Result<Vec<i64>, Fault> {
    let scope = identity.scope(Act::Read)?;
    let draft = version_of(&mut house.store.look().await?, &scope, kind, id).await?;
    if may(identity, kind.approving(), draft.product)? < May::Second {
        return Err(denied(kind.approving()));
    }
    let is_own = is_own(house, identity, &scope, &draft).await?;
    if is_own {
        alone(house, identity, &scope, kind, &draft, now).await?;
    }
    let mut change = house.store.change().await?;
    change.approve_draft(&scope, id, hash, identity.person, now).await?;
    let body = json!({ "kind": kind.written().word(), "name": draft.name, "version": draft.version,
        "hash": draft.hash, "author": draft.author, "own": is_own, "person": identity.person });
    change.log(&scope, &entry(identity, draft.product, "draft.approved", id, body, now)).await?;
    let because = format!("{} {}@{}", kind.written().word(), draft.name, draft.version);
    let releases = releases_of(&mut change, &scope, draft.product).await?;
    for release in &releases {
        let job = judge_release(&scope, *release, because.clone(), Lane::Interactive, now);
        change.enqueue(&job, now).await?;
    }
    change.commit().await?;
    Ok(releases)
}

/// Takes a version out of force without another in its place.
///
/// # Errors
/// `Denied` without the role, `Refused` when it is not in force.
pub async fn retire(
    house: &House,
    identity: &Identity,
    kind: Kind,
    id: i64,
    why: &str,
    now: Moment,
) -> Result<Vec<i64>, Fault> {
    let scope = identity.scope(Act::Read)?;
    let mut change = house.store.change().await?;
    let written = version_of(&mut change, &scope, kind, id).await?;
    if may(identity, kind.approving(), written.product)? < May::Second {
        return Err(denied(kind.approving()));
    }
    if written.state != WrittenState::Approved || why.trim().is_empty() {
        return Err(Fault::Refused("a version in force is retired, with a reason".to_owned()));
    }
    change.retire_written(&scope, id).await?;
    let body = json!({ "kind": kind.written().word(), "name": written.name, "version": written.version,
        "why": why.trim(), "person": identity.person });
    change.log(&scope, &entry(identity, written.product, "version.retired", id, body, now)).await?;
    let because = format!("{} {}@{} retired", kind.written().word(), written.name, written.version);
    let releases = releases_of(&mut change, &scope, written.product).await?;
    for release in &releases {
        let job = judge_release(&scope, *release, because.clone(), Lane::Interactive, now);
        change.enqueue(&job, now).await?;
    }
    change.commit().await?;
    Ok(releases)
}

/// Whoever wrote any state of the draft is no second person: the log names them.
async fn is_own(house: &House, identity: &Identity, scope: &Scope, draft: &Written) -> Result<bool, Fault> {
    if draft.author == identity.person {
        return Ok(true);
    }
    let whole = Scope { products: store::Products::All, ..scope.clone() };
    let of = if draft.product.is_some() { scope } else { &whole };
    let mut look = house.store.look().await?;
    let mut page = Page { after: None, limit: 1000 };
    loop {
        let listed = look.audit(of, draft.product, &format!("written/{}", draft.id), &page).await?;
        if listed.rows.iter().any(|row| row.entry.body["person"] == identity.person) {
            return Ok(true);
        }
        match listed.next {
            Some(next) => page.after = Some(next),
            None => return Ok(false),
        }
    }
}

/// Alone only where the second person is advisory, and never where something leaves *immediate* by it.
async fn alone(
    house: &House,
    identity: &Identity,
    scope: &Scope,
    kind: Kind,
    draft: &Written,
    now: Moment,
) -> Result<(), Fault> {
    if house.store.look().await?.setting(scope, FOUR_EYES).await?.as_deref() != Some("advisory") {
        return Err(Fault::Denied("nobody approves what is his own: ask a second person".to_owned()));
    }
    let effect = effect::effect(house, identity, kind, draft.id, now).await?;
    let leaves = |one: &effect::Moved| {
        one.from.0 == Some(ResponseClass::Immediate) && one.to.0 != Some(ResponseClass::Immediate)
    };
    match effect.moved.iter().find(|one| leaves(one)) {
        None if effect.is_cut => {
            Err(Fault::Denied("there are too many releases to look at alone".to_owned()))
        }
        None => Ok(()),
        Some(one) => Err(Fault::Denied(format!(
            "{} in {} would leave immediate: that takes a second person",
            one.vulnerability, one.component
        ))),
    }
}

pub(crate) async fn releases_of(
    look: &mut Look,
    scope: &Scope,
    product: Option<i64>,
) -> Result<Vec<i64>, Fault> {
    let (mut ids, mut page) = (Vec::new(), Page { after: None, limit: 1000 });
    loop {
        let listed = look.releases(scope, product, &page).await?;
        ids.extend(listed.rows.iter().map(|release| release.id));
        match listed.next {
            Some(next) => page.after = Some(next),
            None => return Ok(ids),
        }
    }
}

fn entry(
    identity: &Identity,
    product: Option<i64>,
    act: &str,
    id: i64,
    body: serde_json::Value,
    now: Moment,
) -> AuditEntry {
    AuditEntry {
        product,
        at: now,
        actor: identity.actor(),
        act: act.to_owned(),
        subject: format!("written/{id}"),
        body,
    }
}
