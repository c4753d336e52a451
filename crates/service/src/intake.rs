//! An SBOM or a piece of build evidence arrives: kept as received, read, and put into the release's inventory.
//!
//! All of a release's documents are read together, so that evidence may come before or after the SBOM. One transaction
//! holds the document, the inventory, the lookup keys, the audit event and the job that judges the release.

use model::component::Component;
use model::note::Note;
use model::product::ReleaseState;
use model::sbom::Inventory;
use serde_json::json;
use store::audit::AuditEntry;
use store::document::Document as Row;
use store::jobs::{Lane, NewJob};
use store::release::ReleaseText;
use store::{Change, Moment, Scope, sha256};

use crate::house::{Current, Fault, House, busy};
use crate::image::{self, Bounds};
use crate::jobs::list::Job;
use crate::lookup_keys;
use crate::scan::{self, Document};
use crate::step::reached;

/// Documents for a release, from one hand.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The product's id in the store.
    pub product: i64,
    /// The release's version; made where it is new.
    pub version: String,
    /// The files: SBOMs, build evidence; the kind is found by content.
    pub documents: Vec<Document>,
    /// Who sends them (`person/5`, `token/7`).
    pub actor: String,
    /// The person behind it; 0 = a job.
    pub person: i64,
}

/// What became of an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The release.
    pub release: i64,
    /// The release was made by this upload.
    pub is_new_release: bool,
    /// Documents that were not there yet.
    pub new_documents: usize,
    /// Components of the inventory now.
    pub components: usize,
    /// Distinct components that no other release had.
    pub new_components: usize,
    /// The job that judges the release; `None` when nothing is new, or one is waiting already.
    pub job: Option<i64>,
    /// What the readers noted.
    pub notes: Vec<Note>,
}

/// Longest version of a release, in characters.
const MOST_VERSION: usize = 200;

/// Takes documents in.
///
/// # Errors
/// `Document` when the files, together with those the release has, cannot be read: then nothing is kept but the bytes.
pub async fn receive(house: &House, scope: &Scope, upload: Upload, now: Moment) -> Result<Received, Fault> {
    must_be_version(&upload.version)?;
    let upload = with_facts(upload).await?;
    let mut hashes = Vec::with_capacity(upload.documents.len());
    for document in &upload.documents {
        hashes.push(house.blobs.put(document.bytes.clone()).await?);
    }
    reached("intake.kept");
    // Somebody else may add documents, or make the release, while these are read: then all are read again.
    for _ in 0..ATTEMPTS {
        let known = documents_of(house, scope, &upload).await?;
        let read = read_all(load(house, &known).await?, upload.documents.clone()).await?;
        match keep(house, scope, &upload, &hashes, &known, read, now).await {
            Ok(Some(received)) => return Ok(received),
            Ok(None) | Err(Fault::Store(store::Error::Conflict(_))) => {}
            Err(fault) => return Err(fault),
        }
    }
    Err(Fault::Refused(
        "other documents of the release kept coming at the same time: send it again".to_owned(),
    ))
}

/// Images by what is learnt of them: an image is read once, and neither kept nor read again for each judgement.
async fn with_facts(mut upload: Upload) -> Result<Upload, Fault> {
    busy(move || {
        let bounds = Bounds::of_environment();
        let settled = upload.documents.into_iter().map(|document| image::settle(document, &bounds));
        upload.documents = settled.collect::<Result<_, _>>()?;
        Ok(upload)
    })
    .await
}

/// Says whether [`receive`] would take documents as the first ones of a release; nothing is kept. For a caller who has to
/// make something first, which would stay behind empty.
///
/// # Errors
/// As [`receive`].
pub async fn check(version: &str, documents: &[Document]) -> Result<(), Fault> {
    must_be_version(version)?;
    read_all(Vec::new(), documents.to_vec()).await.map(|_| ())
}

fn must_be_version(version: &str) -> Result<(), Fault> {
    if version.trim().is_empty() {
        return Err(Fault::Refused("the release has no version".to_owned()));
    }
    // `.` and `..` in an address are taken away by most programs, and nobody could hand in to that release again.
    let is_odd = matches!(version, "." | "..") || version.chars().any(char::is_control);
    if is_odd || version.chars().count() > MOST_VERSION {
        return Err(Fault::Refused(format!(
            "{:?} is no version of a release: at most {MOST_VERSION} letters, no control characters, more than dots",
            version.chars().take(40).collect::<String>()
        )));
    }
    Ok(())
}

/// How often documents are read again for the sake of others that came meanwhile.
const ATTEMPTS: u32 = 5;

/// What was read: kinds of the new documents, and the inventory of all.
type Read = (Vec<String>, Inventory);

/// Keeps what was read together with the known documents; `None` when those are others by now.
async fn keep(
    house: &House,
    scope: &Scope,
    upload: &Upload,
    hashes: &[String],
    known: &[Row],
    (kinds, inventory): Read,
    now: Moment,
) -> Result<Option<Received>, Fault> {
    let mut change = house.store.change().await?;
    let (release, is_new_release) = release(&mut change, scope, upload, now).await?;
    change.hold_release(scope, release).await?;
    if change.documents(scope, release).await? != known {
        return Ok(None);
    }
    let mut new_documents = 0;
    for ((document, hash), kind) in upload.documents.iter().zip(hashes).zip(&kinds) {
        let row = row(release, document, hash, kind, upload.person, now);
        new_documents += usize::from(change.add_document(scope, &row).await?.1);
    }
    let mut received = Received {
        release,
        is_new_release,
        new_documents,
        components: inventory.components.len(),
        new_components: 0,
        job: None,
        notes: notes_of(&inventory),
    };
    if new_documents > 0 {
        let current = house.current();
        (_, received.new_components) =
            put_inventory(&mut change, &current, scope, release, &inventory).await?;
        change.log(scope, &entry(upload, &received, hashes, now)).await?;
        let because = format!("documents {}", sha256(hashes.join(" ").as_bytes()));
        received.job =
            change.enqueue(&judge_release(scope, release, because, Lane::Interactive, now), now).await?;
    }
    reached("intake.written");
    change.commit().await?;
    reached("intake.committed");
    Ok(Some(received))
}

/// The job that judges a release.
pub(crate) fn judge_release(scope: &Scope, release: i64, because: String, lane: Lane, now: Moment) -> NewJob {
    Job::AnalyseRelease { organisation: scope.organisation, release, because }.queued(lane, now)
}

/// The documents that the release has already.
async fn documents_of(house: &House, scope: &Scope, upload: &Upload) -> Result<Vec<Row>, Fault> {
    let mut look = house.store.look().await?;
    match look.release_by_version(scope, upload.product, &upload.version).await? {
        Some(release) => Ok(look.documents(scope, release.id).await?),
        None => Ok(Vec::new()),
    }
}

/// The bytes of documents.
pub(crate) async fn load(house: &House, rows: &[Row]) -> Result<Vec<Document>, Fault> {
    let mut documents = Vec::with_capacity(rows.len());
    for row in rows {
        documents.push(Document { name: row.name.clone(), bytes: house.blobs.get(&row.hash).await? });
    }
    Ok(documents)
}

/// Reads each document once: what is new for its kind, and all of it together.
async fn read_all(known: Vec<Document>, new: Vec<Document>) -> Result<Read, Fault> {
    busy(move || {
        let mut kinds = Vec::with_capacity(new.len());
        let mut read: Vec<(Document, scan::Part)> = Vec::with_capacity(known.len() + new.len());
        for document in known {
            let part = scan::read_one(&document)?;
            read.push((document, part));
        }
        for document in new {
            let part = scan::read_one(&document)?;
            kinds.push(part.kind().to_owned());
            if !read.iter().any(|(one, _)| one.bytes == document.bytes) {
                read.push((document, part));
            }
        }
        Ok((kinds, scan::join(read)?))
    })
    .await
}

async fn release(
    change: &mut Change,
    scope: &Scope,
    upload: &Upload,
    now: Moment,
) -> Result<(i64, bool), Fault> {
    if let Some(known) = change.release_by_version(scope, upload.product, &upload.version).await? {
        return Ok((known.id, false));
    }
    let text = ReleaseText {
        version: upload.version.clone(),
        state: ReleaseState::Draft,
        support_until: Moment::NEVER,
        released: Moment::NEVER,
    };
    Ok((change.add_release(scope, upload.product, &text, now).await?, true))
}

fn row(release: i64, document: &Document, hash: &str, kind: &str, person: i64, now: Moment) -> Row {
    Row {
        id: 0,
        release,
        kind: kind.to_owned(),
        name: document.name.clone(),
        hash: hash.to_owned(),
        size: document.bytes.len() as u64,
        media: String::new(),
        received: now,
        received_by: person,
    }
}

/// Puts the inventory and the keys of components that nobody had. Returns the ids of the distinct components, in the
/// order of the inventory, and how many are new.
pub(crate) async fn put_inventory(
    change: &mut Change,
    current: &Current,
    scope: &Scope,
    release: i64,
    inventory: &Inventory,
) -> Result<(Vec<i64>, usize), Fault> {
    let ids = change.put_inventory(scope, release, &inventory.components).await?;
    let mut new: Vec<(i64, &Component)> = ids
        .iter()
        .zip(&inventory.components)
        .filter(|((_, is_new), _)| *is_new)
        .map(|((id, _), one)| (*id, one))
        .collect();
    new.sort_by_key(|(id, _)| *id);
    new.dedup_by_key(|(id, _)| *id);
    if !new.is_empty() {
        lookup_keys::put(change, current, &new).await?;
    }
    Ok((ids.into_iter().map(|(id, _)| id).collect(), new.len()))
}

fn notes_of(inventory: &Inventory) -> Vec<Note> {
    let own = inventory.components.iter().flat_map(|component| component.notes.iter().cloned());
    inventory.notes.iter().cloned().chain(own).collect()
}

fn entry(upload: &Upload, received: &Received, hashes: &[String], now: Moment) -> AuditEntry {
    AuditEntry {
        product: Some(upload.product),
        at: now,
        actor: upload.actor.clone(),
        act: "documents.received".to_owned(),
        subject: format!("release/{}", received.release),
        body: json!({ "version": upload.version, "documents": hashes, "components": received.components }),
    }
}

/// The hash by which bytes are known; for callers that want to ask before they send.
pub fn hash(bytes: &[u8]) -> String {
    sha256(bytes)
}
