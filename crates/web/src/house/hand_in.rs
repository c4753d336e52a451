//! Documents of a release, as received.

use service::intake::{Received, Upload, check, receive};
use service::products;
use service::scan::Document;

use super::HouseBackend;
use super::once::once;
use super::translate::{failure, known, scope};
use crate::backend::{Act, Failure};
use crate::words::counted;

pub(super) async fn hand_in(
    of: &HouseBackend,
    act: &Act,
    product: &str,
    version: &str,
    name: &str,
    bytes: &[u8],
) -> Result<String, Failure> {
    let (who, now) = (known(&act.who)?, of.moment());
    let scope = scope(&act.who, model::access::Act::AddRelease)?;
    once(of, act, async |house, _| {
        let name = if name.is_empty() { "document" } else { name };
        let documents = vec![Document { name: name.to_owned(), bytes: bytes.to_vec() }];
        if products::known(&of.house, &scope, product).await.map_err(failure)?.is_none() {
            // A document that is refused leaves no empty product behind.
            check(version, &documents).await.map_err(failure)?;
        }
        // Making the product is no part of what is done once: a second request finds it.
        let made = products::product(&of.house, &scope, product, &who.actor(), now).await.map_err(failure)?;
        let upload = Upload {
            product: made,
            version: version.to_owned(),
            documents,
            actor: who.actor(),
            person: who.person,
        };
        let received = receive(&house, &scope, upload, now).await.map_err(failure)?;
        Ok(says(product, version, &received))
    })
    .await
}

fn says(product: &str, version: &str, received: &Received) -> String {
    let components = counted(received.components, "component", "components");
    let release = received.release;
    if received.new_documents == 0 {
        return format!("{product} {version} has this document already: {components}, release {release}");
    }
    let made = if received.is_new_release { "is made" } else { "has it now" };
    let notes = match received.notes.len() {
        0 => String::new(),
        some => format!("; {}", counted(some, "note of the readers", "notes of the readers")),
    };
    format!("{product} {version} {made}: {components}, release {release}, being judged{notes}")
}
