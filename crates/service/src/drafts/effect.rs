//! What a draft would change: every release is judged as it is and as it would be, and each finding that differs is
//! named. Nothing is written.

use std::collections::{BTreeMap, BTreeSet};

use model::access::Act;
use model::assessment::ResponseClass;
use model::vex::VexStatus;
use store::written::{Written, WrittenState};
use store::{Look, Moment, Scope};

use super::{Kind, document, profile_fault, releases_of, rules_fault, version_of, versions_of};
use crate::access::identity::Identity;
use crate::house::{Fault, House};
use crate::judge::Grounds;
use crate::profile;
use crate::rules;
use crate::scan::Document;
use crate::triage::sight::{Sight, see, see_with};

/// Releases looked at at most, the newest first.
pub const MOST: usize = 200;

/// A finding that would be another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The release.
    pub release: i64,
    /// The component.
    pub component: String,
    /// Its version.
    pub version: String,
    /// The vulnerability.
    pub vulnerability: String,
    /// Class and status now.
    pub from: (Option<ResponseClass>, VexStatus),
    /// Class and status then.
    pub to: (Option<ResponseClass>, VexStatus),
}

/// What would change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effect {
    /// The findings, by release, component and vulnerability.
    pub moved: Vec<Moved>,
    /// Releases that were looked at.
    pub releases: usize,
    /// There are more.
    pub is_cut: bool,
}

/// Tries a version on every release that it may touch.
///
/// # Errors
/// `NotFound` outside of the roles, `Refused` when it does not go together with what is in force.
pub async fn effect(
    house: &House,
    identity: &Identity,
    kind: Kind,
    id: i64,
    now: Moment,
) -> Result<Effect, Fault> {
    let scope = identity.scope(Act::Read)?;
    let mut look = house.store.look().await?;
    let draft = version_of(&mut look, &scope, kind, id).await?;
    let releases = releases_of(&mut look, &scope, draft.product).await?;
    let mut effect = Effect { is_cut: releases.len() > MOST, ..Effect::default() };
    for release in releases.into_iter().take(MOST) {
        if look.documents(&scope, release).await?.is_empty() {
            continue;
        }
        let Some(other) = with(&mut look, &scope, kind, &draft, release).await? else { continue };
        let before = see(house, &scope, release, now).await?;
        let after = see_with(house, &scope, release, now, other).await?;
        effect.releases += 1;
        effect.moved.extend(moved(&before, &after));
    }
    Ok(effect)
}

type Other = Box<dyn FnOnce(Grounds) -> Grounds + Send>;

/// The ground of a release with the draft in force; `None` where it does not reach the release.
async fn with(
    look: &mut Look,
    scope: &Scope,
    kind: Kind,
    draft: &Written,
    release: i64,
) -> Result<Option<Other>, Fault> {
    let row = look.release(scope, release).await?;
    let row = row.ok_or_else(|| store::Error::NotFound(format!("release {release}")))?;
    match kind {
        Kind::Profile => {
            let profile = profile::read(&document(draft)).map_err(profile_fault)?;
            let covers = analysis::risk::profile_check::covers(&profile.releases, &row.version);
            Ok((covers == Some(true))
                .then(|| -> Other { Box::new(|grounds| Grounds { profile, ..grounds }) }))
        }
        Kind::Rules => {
            let mut texts: Vec<Document> = Vec::new();
            // Those of the whole organisation are among them.
            let all = versions_of(look, scope, kind, Some(row.product)).await?;
            for one in all.iter().filter(|one| one.state == WrittenState::Approved) {
                let is_replaced = one.name == draft.name && one.product == draft.product;
                if !is_replaced {
                    texts.push(document(one));
                }
            }
            texts.push(document(draft));
            let rules = std::sync::Arc::new(rules::read(&texts).map_err(rules_fault)?);
            Ok(Some(Box::new(|grounds| Grounds { rules, ..grounds })))
        }
    }
}

type Answer = (Option<ResponseClass>, VexStatus);

fn moved(before: &Sight, after: &Sight) -> Vec<Moved> {
    let (before_of, after_of) = (answers(before), answers(after));
    let keys: BTreeSet<&(usize, String)> = before_of.keys().chain(after_of.keys()).collect();
    // What one side does not list is excluded there by matching alone.
    let excluded = (None, VexStatus::NotAffected);
    keys.into_iter()
        .filter_map(|key| {
            let from = before_of.get(key).copied().unwrap_or(excluded);
            let to = after_of.get(key).copied().unwrap_or(excluded);
            let component = before.inventory.components.get(key.0)?;
            let is_moved = from != to && (from.0, from.1.verdict()) != (to.0, to.1.verdict());
            is_moved.then(|| Moved {
                release: before.release,
                component: component.name.clone(),
                version: component.version.clone(),
                vulnerability: key.1.clone(),
                from,
                to,
            })
        })
        .collect()
}

fn answers(sight: &Sight) -> BTreeMap<(usize, String), Answer> {
    let rows = sight.judged.scan.findings.iter().zip(&sight.judged.effects);
    rows.map(|(finding, effect)| {
        ((finding.component, finding.vulnerability.clone()), (effect.class, effect.status))
    })
    .collect()
}
