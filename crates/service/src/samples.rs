//! A house with sample products already judged, as the demo shows it: handed in one after the other in the past, so that
//! there is something to compare and to have changed.

use model::product::ReleaseState;
use store::jobs::Lane;
use store::product::ProductText;
use store::release::ReleaseText;
use store::{Moment, Scope};

use crate::access::door::Door;
use crate::access::set_up::SetUp;
use crate::house::{Fault, House};
use crate::intake::{Upload, receive};
use crate::jobs::queue::{Turn, turn};
use crate::scan::Document;

/// A release to hand in.
pub struct SampleRelease {
    /// Short name of the product; made where it is new.
    pub product: String,
    /// Its name for people.
    pub name: String,
    /// The version.
    pub version: String,
    /// When it was handed in.
    pub at: Moment,
    /// Its documents: name and bytes.
    pub documents: Vec<(String, Vec<u8>)>,
}

/// Makes an organisation with one person, hands the releases in and judges each. `progress` is told of each.
///
/// # Errors
/// When the house is in use already, or the samples cannot be read.
pub async fn furnish(
    house: &House,
    door: &Door,
    password: &str,
    releases: Vec<SampleRelease>,
    now: Moment,
    progress: &dyn Fn(&SampleRelease),
) -> Result<(), Fault> {
    let link = door.set_up_link(now).await?;
    let link = link.ok_or_else(|| Fault::Refused("somebody uses this store already".to_owned()))?;
    let given =
        SetUp { slug: "demo", organisation: "Demo devices", login: LOGIN, name: "Demo", mail: "", password };
    let person = door.set_up(link.reveal(), given, now).await?;
    let organisation = house.store.look().await?.organisations().await?.first().map(|one| one.id);
    let organisation = organisation.ok_or_else(|| Fault::Broken("there is no organisation".to_owned()))?;
    let scope = Scope::whole(organisation, model::access::Role::Admin);
    for release in releases {
        progress(&release);
        hand_in(house, &scope, person, release).await?;
    }
    Ok(())
}

/// Name at sign-in of the person of the samples.
pub const LOGIN: &str = "demo";

async fn hand_in(house: &House, scope: &Scope, person: i64, release: SampleRelease) -> Result<(), Fault> {
    let at = release.at;
    let product = product(house, scope, &release).await?;
    let documents = release.documents.into_iter().map(|(name, bytes)| Document { name, bytes });
    let upload = Upload {
        product,
        version: release.version.clone(),
        documents: documents.collect(),
        actor: format!("person/{person}"),
        person,
    };
    let received = receive(house, scope, upload, at).await?;
    let mut change = house.store.change().await?;
    let text = ReleaseText {
        version: release.version,
        state: ReleaseState::Released,
        support_until: Moment::NEVER,
        released: at,
    };
    change.put_release(scope, received.release, &text).await?;
    change.commit().await?;
    // At the time of the upload: deadlines count from then.
    loop {
        match turn(house, &[Lane::Interactive], "samples", &|| at, 0).await? {
            Turn::Idle => return Ok(()),
            Turn::Done { .. } => {}
            Turn::Failed { why, .. } => {
                return Err(Fault::Broken(format!("a sample cannot be judged: {why}")));
            }
        }
    }
}

async fn product(house: &House, scope: &Scope, release: &SampleRelease) -> Result<i64, Fault> {
    let mut change = house.store.change().await?;
    if let Some(known) = change.product_by_slug(scope, &release.product).await? {
        return Ok(known.id);
    }
    let text = ProductText {
        slug: release.product.clone(),
        name: release.name.clone(),
        settings: "{}".to_owned(),
        support_from: release.at,
        support_until: release.at.plus(5 * 365 * 24 * 3_600_000),
        is_archived: false,
    };
    let id = change.add_product(scope, &text, release.at).await?;
    change.commit().await?;
    Ok(id)
}
