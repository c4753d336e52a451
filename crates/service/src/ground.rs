//! On what a stored release is judged besides its inventory: profile, decisions, rules and statements in force.

use std::collections::BTreeMap;
use std::sync::Arc;

use analysis::statements::trust::Trust;
use model::decision::{Decision, DecisionState};
use model::profile::Profile;
use model::sbom::Inventory;
use serde_json::json;
use store::decision::DecisionFilter;
use store::release::Release;
use store::written::{WrittenKind, WrittenState};
use store::{Look, Page, Scope};

use crate::house::{Fault, House};
use crate::judge::Grounds;
use crate::knowledge::Knowledge;
use crate::rules::{self, RuleSet};
use crate::scan::Document;
use crate::statements::{self, Believed, VexInput};

/// What people said, in force for one release.
pub struct Ground {
    product: String,
    profile: Option<(Profile, String)>,
    decisions: Vec<Decision>,
    ids: BTreeMap<String, i64>,
    rules: Arc<RuleSet>,
    rule_hashes: Vec<String>,
    /// Accepted statement documents: name, hash, trust as written.
    statements: Vec<(String, String, String)>,
    vex: Vec<VexInput>,
    mark: String,
}

/// Reads what is in force from the store.
pub(crate) async fn read(look: &mut Look, scope: &Scope, release: &Release) -> Result<Ground, Fault> {
    let product = look.product(scope, release.product).await?;
    let product = product.ok_or_else(|| Fault::Refused("the product is not there any more".to_owned()))?;
    let profile = profile(look, scope, release).await?;
    let (decisions, ids) = decisions(look, scope, release.product).await?;
    let (rules, rule_hashes) = rule_set(look, scope, release.product).await?;
    let accepted = look.statement_documents(scope, Some("accepted")).await?;
    let statements: Vec<_> = accepted.into_iter().map(|one| (one.name, one.hash, one.trust)).collect();
    let documents: Vec<i64> = look.documents(scope, release.id).await?.iter().map(|one| one.id).collect();
    // The texts, and not the states: that a decision is marked as overtaken changes nothing of what it says.
    let versions: Vec<_> = decisions
        .iter()
        .map(|decision| (&decision.id, store::fingerprint(formats::decisions::entry(decision).as_bytes())))
        .collect();
    let profile_hash = profile.as_ref().map(|(_, hash)| hash);
    let mark = format!("{documents:?} {profile_hash:?} {versions:?} {rule_hashes:?} {statements:?}");
    Ok(Ground {
        product: product.slug,
        profile,
        decisions,
        ids,
        rules,
        rule_hashes,
        statements,
        vex: Vec::new(),
        mark,
    })
}

/// Fetches the documents of accepted statements.
pub(crate) async fn complete(house: &House, mut ground: Ground) -> Result<Ground, Fault> {
    for (name, hash, trust) in &ground.statements {
        let document = Document { name: name.clone(), bytes: house.blobs.get(hash).await? };
        let read = statements::read(&document, believed(trust));
        // It was read when it was accepted; a reader of today may be stricter, and then it says nothing.
        if let Ok(input) = read {
            ground.vex.push(input);
        }
    }
    Ok(ground)
}

/// How far a document is believed: the word and the component patterns of its trust scope. What cannot be read is not
/// believed.
fn believed(trust: &str) -> Trust {
    let scope: serde_json::Value = serde_json::from_str(trust).unwrap_or_default();
    let patterns = scope["components"].as_array().map(Vec::as_slice).unwrap_or_default();
    let patterns: Vec<String> = patterns.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect();
    match scope["believed"].as_str() {
        Some("own") => Believed::Own.scope(&patterns),
        Some("supplier") => Believed::Supplier.scope(&patterns),
        _ => Believed::Nothing.scope(&patterns),
    }
}

/// The approved profile that covers the release: the default one before others, the newest of each.
async fn profile(
    look: &mut Look,
    scope: &Scope,
    release: &Release,
) -> Result<Option<(Profile, String)>, Fault> {
    let mut found: Vec<(Profile, String)> = Vec::new();
    for written in look.written(scope, WrittenKind::Profile, release.product).await? {
        if written.state != WrittenState::Approved {
            continue;
        }
        let document = Document { name: written.name.clone(), bytes: written.body.into_bytes() };
        let profile = crate::profile::read(&document)
            .map_err(|error| Fault::Broken(format!("profile {}: {error}", written.name)))?;
        if analysis::risk::profile_check::covers(&profile.releases, &release.version) == Some(true) {
            found.push((profile, written.hash));
        }
    }
    found.sort_by_key(|(profile, _)| (profile.is_default != Some(true), std::cmp::Reverse(profile.version)));
    Ok(found.into_iter().next())
}

async fn decisions(
    look: &mut Look,
    scope: &Scope,
    product: i64,
) -> Result<(Vec<Decision>, BTreeMap<String, i64>), Fault> {
    let filter = DecisionFilter {
        product: Some(product),
        states: vec![DecisionState::Active, DecisionState::Overtaken],
        ..DecisionFilter::default()
    };
    let (mut found, mut ids, mut page) = (Vec::new(), BTreeMap::new(), Page { after: None, limit: 1000 });
    loop {
        let listed = look.decisions(scope, &filter, &page).await?;
        for row in listed.rows {
            let document = Document { name: row.name.clone(), bytes: row.body.into_bytes() };
            let read = crate::decisions::read(&document)
                .map_err(|error| Fault::Broken(format!("decision {}: {error}", row.name)))?;
            found.extend(read);
            ids.insert(row.name, row.id);
        }
        match listed.next {
            Some(next) => page.after = Some(next),
            None => return Ok((found, ids)),
        }
    }
}

async fn rule_set(
    look: &mut Look,
    scope: &Scope,
    product: i64,
) -> Result<(Arc<RuleSet>, Vec<String>), Fault> {
    // Those of the organisation come with those of the product.
    let mut written = look.written(scope, WrittenKind::Rules, product).await?;
    written.retain(|one| one.state == WrittenState::Approved);
    let hashes = written.iter().map(|one| one.hash.clone()).collect();
    let documents: Vec<Document> =
        written.into_iter().map(|one| Document { name: one.name, bytes: one.body.into_bytes() }).collect();
    if documents.is_empty() {
        return Ok((Arc::default(), hashes));
    }
    let set = rules::read(&documents).map_err(|fault| Fault::Broken(format!("rules in force: {fault:?}")))?;
    Ok((Arc::new(set), hashes))
}

impl Ground {
    /// Changes whenever something of the ground does.
    pub(crate) fn mark(&self) -> &str {
        &self.mark
    }

    /// As the judgement wants it.
    pub(crate) fn grounds(&self, inventory: &Inventory) -> Grounds {
        let profile = match &self.profile {
            Some((profile, _)) => profile.clone(),
            None => crate::profile::infer(inventory),
        };
        Grounds {
            profile,
            product: self.product.clone(),
            vex: self.vex.clone(),
            decisions: self.decisions.clone(),
            rules: Arc::clone(&self.rules),
        }
    }

    /// What a judgement rests on, in short: stored once for all findings of equal ground.
    pub(crate) fn basis(&self, knowledge: &Knowledge) -> String {
        let profile = self.profile.as_ref().map(|(profile, hash)| json!([profile.id, profile.version, hash]));
        json!({
            "profile": profile,
            "rules": self.rule_hashes,
            "tables": crate::tables::named(&knowledge.tables),
        })
        .to_string()
    }

    /// The store's id of the decision that an effect names as its source (`decision D-12 by jane`).
    pub(crate) fn decision(&self, source: &str) -> Option<i64> {
        let name = source.strip_prefix("decision ")?.split(' ').next()?;
        self.ids.get(name).copied()
    }
}
