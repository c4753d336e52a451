//! Profiles and rules.

use model::access::{Act as Right, May};
use service::drafts::{self, Kind as Kept, Written as Stored, WrittenState};

use super::HouseBackend;
use super::once::once;
use super::translate::{at, class, failure, id, known, maker, missing};
use crate::backend::{Act, Failure, Identity, Kind};
use crate::pages::draft::{Draft, Moved};
use crate::pages::drafts::{Drafts, Version, Written};
use crate::words::counted;

fn kept(kind: Written) -> Kept {
    match kind {
        Written::Profile => Kept::Profile,
        Written::Rules => Kept::Rules,
    }
}

/// A product by its short name or its id: (id, short name, name).
async fn product(of: &HouseBackend, who: &Identity, named: &str) -> Result<(i64, String, String), Failure> {
    let products = maker(of, who)?.product_names().await.map_err(failure)?;
    let by_slug = products.iter().find(|(_, slug, _)| slug == named);
    let by_id = || products.iter().find(|(id, _, _)| id.to_string() == named);
    by_slug.or_else(by_id).cloned().ok_or_else(|| missing("product"))
}

fn version(kind: Written, stored: &Stored, people: &[(i64, String)]) -> Version {
    let author = people.iter().find(|(id, _)| *id == stored.author);
    Version {
        id: stored.id.to_string(),
        kind,
        name: stored.name.clone(),
        version: stored.version,
        state: stored.state.word().to_owned(),
        is_for_all: stored.product.is_none(),
        author: author.map_or_else(String::new, |(_, name)| name.clone()),
        made: at(stored.created),
    }
}

pub(super) async fn drafts(
    of: &HouseBackend,
    who: &Identity,
    named: Option<&str>,
) -> Result<Drafts, Failure> {
    let known = known(who)?;
    let product = match named {
        Some(named) => Some(product(of, who, named).await?),
        None => None,
    };
    let of_product = product.as_ref().map(|(id, _, _)| *id);
    let people = of.door.names(known).await.map_err(failure)?;
    let mut lists = Vec::new();
    for kind in Written::ALL {
        let mut rows = match (kind, of_product) {
            (Written::Profile, None) => Vec::new(),
            _ => drafts::versions(&of.house, known, kept(kind), of_product).await.map_err(failure)?,
        };
        rows.sort_by(|a, b| (&a.name, b.version).cmp(&(&b.name, a.version)));
        lists.push(rows.iter().map(|row| version(kind, row, &people)).collect::<Vec<_>>());
    }
    let rules = lists.pop().unwrap_or_default();
    let profiles = lists.pop().unwrap_or_default();
    let may = |right: Right| {
        let far = of_product.map_or_else(|| known.may_everywhere(right), |product| known.may(right, product));
        far != May::No
    };
    Ok(Drafts {
        product: product.map(|(_, slug, name)| (slug, name)).unwrap_or_default(),
        profiles,
        rules,
        may_profile: may(Right::DraftProfile),
        may_rules: may(Right::EditRules),
        ..Drafts::default()
    })
}

pub(super) async fn draft(
    of: &HouseBackend,
    who: &Identity,
    kind: Written,
    named: &str,
) -> Result<Draft, Failure> {
    let (known, wanted) = (known(who)?, id(named, "version")?);
    let stored = drafts::version(&of.house, known, kept(kind), wanted).await.map_err(failure)?;
    let products = maker(of, who)?.product_names().await.map_err(failure)?;
    let product = stored.product.and_then(|id| products.iter().find(|(one, _, _)| *one == id));
    let people = of.door.names(known).await.map_err(failure)?;
    let right = if kind == Written::Profile { Right::ApproveProfile } else { Right::EditRules };
    let far = stored.product.map_or_else(|| known.may_everywhere(right), |product| known.may(right, product));
    let mut view = Draft {
        version: version(kind, &stored, &people),
        product: product.map(|(_, slug, name)| (slug.clone(), name.clone())).unwrap_or_default(),
        text: stored.body.clone(),
        hash: stored.hash.clone(),
        changes: Vec::new(),
        moved: Vec::new(),
        releases: 0,
        is_cut: false,
        unknown: String::new(),
        may_approve: far >= May::Second,
    };
    if stored.state == WrittenState::Draft {
        differences(of, known, kind, &stored, &mut view).await?;
        effect(of, who, kind, &stored, &mut view).await?;
    }
    Ok(view)
}

/// What differs from the version in force.
async fn differences(
    of: &HouseBackend,
    known: &service::access::identity::Identity,
    kind: Written,
    stored: &Stored,
    view: &mut Draft,
) -> Result<(), Failure> {
    let all = drafts::versions(&of.house, known, kept(kind), stored.product).await.map_err(failure)?;
    let is_before = |one: &&Stored| {
        one.name == stored.name && one.product == stored.product && one.state == WrittenState::Approved
    };
    let Some(before) = all.iter().find(is_before) else { return Ok(()) };
    let changes = drafts::diff(&of.house, known, kept(kind), before.id, stored.id).await.map_err(failure)?;
    view.changes = (changes.into_iter())
        .map(|one| (one.key, one.from.unwrap_or_default(), one.to.unwrap_or_default()))
        .collect();
    Ok(())
}

/// What it would change; where that cannot be told, why.
async fn effect(
    of: &HouseBackend,
    who: &Identity,
    kind: Written,
    stored: &Stored,
    view: &mut Draft,
) -> Result<(), Failure> {
    let tried = drafts::effect::effect(&of.house, known(who)?, kept(kind), stored.id, of.moment()).await;
    let tried = match tried.map_err(failure) {
        Ok(tried) => tried,
        Err(refused) if refused.kind == Kind::Invalid => {
            view.unknown = refused.says;
            return Ok(());
        }
        Err(failed) => return Err(failed),
    };
    let releases = maker(of, who)?.release_names(stored.product).await.map_err(failure)?;
    let name = |wanted: i64| releases.iter().find(|(id, _)| *id == wanted).map(|(_, name)| name.clone());
    view.releases = tried.releases;
    view.is_cut = tried.is_cut;
    view.moved = (tried.moved.into_iter())
        .map(|one| Moved {
            release: name(one.release).unwrap_or_default(),
            vulnerability: one.vulnerability,
            component: format!("{} {}", one.component, one.version),
            from: shown(one.from),
            to: shown(one.to),
        })
        .collect();
    Ok(())
}

/// The class of an answer; none where it is settled.
fn shown(
    (of, status): (Option<model::assessment::ResponseClass>, model::vex::VexStatus),
) -> Option<crate::pages::class::Class> {
    (status.verdict() != model::finding::Verdict::NotAffected).then(|| class(of))
}

pub(super) async fn write_draft(
    of: &HouseBackend,
    act: &Act,
    kind: Written,
    named: Option<&str>,
    name: &str,
    text: &str,
) -> Result<String, Failure> {
    let who = known(&act.who)?;
    let product = match named {
        Some(named) => Some(product(of, &act.who, named).await?.0),
        None => None,
    };
    once(of, act, async |house, _| {
        let draft = drafts::write(&house, who, kept(kind), product, name, text, of.moment()).await;
        Ok(draft.map_err(failure)?.id.to_string())
    })
    .await
}

pub(super) async fn approve_draft(
    of: &HouseBackend,
    act: &Act,
    kind: Written,
    named: &str,
    hash: &str,
) -> Result<String, Failure> {
    let (who, wanted) = (known(&act.who)?, id(named, "version")?);
    once(of, act, async |house, _| {
        let releases =
            drafts::approve(&house, who, kept(kind), wanted, hash, of.moment()).await.map_err(failure)?;
        Ok(format!("In force; {} judged again", counted(releases.len(), "release is", "releases are")))
    })
    .await
}

pub(super) async fn retire_draft(
    of: &HouseBackend,
    act: &Act,
    kind: Written,
    named: &str,
    why: &str,
) -> Result<String, Failure> {
    let (who, wanted) = (known(&act.who)?, id(named, "version")?);
    once(of, act, async |house, _| {
        let releases =
            drafts::retire(&house, who, kept(kind), wanted, why, of.moment()).await.map_err(failure)?;
        Ok(format!("Out of force; {} judged again", counted(releases.len(), "release is", "releases are")))
    })
    .await
}
