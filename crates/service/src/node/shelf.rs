//! The knowledge that a node uses, and how newer knowledge comes into use on all nodes.
//!
//! A node whose data directory holds `index/current` *brings* knowledge: it was compiled or imported there, by this
//! program's jobs or by the verbs beside it. What it brings is noted in the store, with the job that judges again what
//! differs, in one transaction ([`Shelf::bring`]). Every other node *follows* the store ([`Shelf::follow`]): it fetches
//! what is noted there by its hash. Killed between any two steps, the next start finds the directory ahead of the store
//! and brings again.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use index::compile::delta::Delta;
use serde::{Deserialize, Serialize};
use store::blobs::Blobs;
use store::generation::Generation;
use store::{Change, Dialect, Moment, Store};

use crate::house::{Fault, House, busy};
use crate::knowledge::{self, Knowledge};
use crate::outside::data_directory::{DataDirectory, sum_of_file};
use crate::outside::directory;
use crate::rescan::{KnowledgeDelta, take_into_use};
use crate::step::reached;
use crate::sync::read_delta;

/// Knowledge inside the program, for a first start.
#[derive(Clone, Copy, Debug)]
pub struct Starter {
    /// Records in the local format.
    pub records: &'static [u8],
    /// Which kernel files are built under which options.
    pub kbuild: &'static [u8],
}

/// The knowledge of a node.
pub struct Shelf {
    pub(crate) data: DataDirectory,
    starter: Starter,
    pub(crate) every_hours: u16,
    /// One at a time looks for newer knowledge; holds the number that was looked at last.
    seen: tokio::sync::Mutex<Option<u64>>,
}

/// What is written down of a generation beside its hash.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Origin {
    /// Its number in the directory it came from; 0 = the starter set.
    number: u64,
}

/// Knowledge that is open, with its name.
struct Opened {
    knowledge: Knowledge,
    hash: String,
    size: u64,
    number: u64,
    /// Its bytes, where they lie in no file.
    bytes: Option<Vec<u8>>,
}

impl Shelf {
    pub(crate) fn new(data: DataDirectory, starter: Starter, every_hours: u16) -> Shelf {
        Shelf { data, starter, every_hours, seen: tokio::sync::Mutex::default() }
    }

    /// The data directory.
    pub fn data(&self) -> &DataDirectory {
        &self.data
    }

    /// The house with its first knowledge: what lies in the directory, else what the store names, else the starter set.
    pub(crate) async fn furnish(
        &self,
        store: Store,
        blobs: Arc<dyn Blobs>,
        now: Moment,
    ) -> Result<House, Fault> {
        let known = store.look().await?.current_generation().await?;
        let opened = match (self.brought().await?, &known) {
            (Some(opened), _) => opened,
            (None, Some(known)) if origin(known).number > 0 => self.fetch(&blobs, known).await?,
            (None, _) => self.started().await?,
        };
        let Opened { knowledge, hash, size, number, bytes } = opened;
        let house = House::new(store, blobs, knowledge, hash.clone());
        let noted = Noted { hash, size, number, bytes };
        self.note(&house, noted, now, async |_: &mut Change| Ok(())).await?;
        *self.seen.lock().await = self.data.current_number();
        Ok(house)
    }

    /// Takes into use what the directory holds, where it is other than what is in use. `finish` runs in the transaction
    /// that notes it, and also when nothing is new.
    ///
    /// # Errors
    /// When the index is damaged, or the store cannot be reached: then the old knowledge stays in use.
    pub(crate) async fn bring<F>(&self, house: &House, now: Moment, finish: F) -> Result<(), Fault>
    where
        F: AsyncFnOnce(&mut Change) -> Result<(), Fault>,
    {
        let mut seen = self.seen.lock().await;
        let number = self.data.current_number();
        let opened = if number == *seen { None } else { self.brought().await? };
        let Some(Opened { knowledge, hash, size, number: new, bytes }) = opened else {
            let mut change = house.store.change().await?;
            finish(&mut change).await?;
            return Ok(change.commit().await?);
        };
        self.note(house, Noted { hash: hash.clone(), size, number: new, bytes }, now, finish).await?;
        if house.current().generation != hash {
            house.renew(knowledge, hash.clone());
            tracing::info!(generation = new, hash, "newer knowledge is in use");
        }
        *seen = number;
        Ok(())
    }

    /// True where knowledge of this directory is not in use yet.
    pub(crate) async fn is_ahead(&self) -> bool {
        self.data.current_number() != *self.seen.lock().await
    }

    /// Takes into use what another node has brought.
    ///
    /// # Errors
    /// When it cannot be fetched: what asked for it is tried again.
    pub(crate) async fn follow(&self, house: &House) -> Result<(), Fault> {
        let Some(known) = house.store.look().await?.current_generation().await? else { return Ok(()) };
        if known.hash == house.current().generation {
            return Ok(());
        }
        let _one = self.seen.lock().await;
        if known.hash == house.current().generation {
            return Ok(());
        }
        let opened = self.fetch(&house.blobs, &known).await?;
        house.renew(opened.knowledge, opened.hash.clone());
        tracing::info!(generation = opened.number, hash = opened.hash, "knowledge of another node is in use");
        Ok(())
    }

    /// What `index/current` names.
    async fn brought(&self) -> Result<Option<Opened>, Fault> {
        let current = self.data.current();
        let number = self.data.current_number().unwrap_or_default();
        if !current.exists() {
            return Ok(None);
        }
        // The file itself, not the link: it may lead elsewhere a moment later.
        let file = if number > 0 { self.data.generation(number) } else { current };
        Ok(Some(busy(move || open_file(&file, number)).await?))
    }

    async fn started(&self) -> Result<Opened, Fault> {
        let starter = self.starter;
        busy(move || {
            let damaged = |error: knowledge::KnowledgeError| Fault::Broken(error.to_string());
            let bytes = knowledge::starter_index(starter.records, starter.kbuild).map_err(damaged)?;
            let (hash, size) = (store::sha256(&bytes), bytes.len() as u64);
            let knowledge = knowledge::of_bytes(bytes.clone()).map_err(damaged)?;
            Ok(Opened { knowledge, hash, size, number: 0, bytes: Some(bytes) })
        })
        .await
    }

    /// A generation by its hash: from the directory, or from the documents that all nodes share.
    async fn fetch(&self, blobs: &Arc<dyn Blobs>, known: &Generation) -> Result<Opened, Fault> {
        let number = origin(known).number;
        let file = self.data.path(&format!("index/{}.pwx", known.hash));
        if !file.exists() {
            let bytes = blobs.get(&known.hash).await.map_err(|error| {
                Fault::Refused(format!(
                    "the knowledge in use ({}) cannot be fetched: {error}; all nodes need the same folder of documents",
                    known.hash
                ))
            })?;
            let (folder, target) = (self.data.path("index"), file.clone());
            busy(move || {
                std::fs::create_dir_all(&folder).map_err(|error| io_fault(&folder, &error))?;
                forget_others(&folder, &target);
                directory::write(&target, &bytes).map_err(|error| io_fault(&target, &error))
            })
            .await?;
        }
        let wanted = known.hash.clone();
        let opened = busy(move || {
            let opened = open_file(&file, number)?;
            if opened.hash != wanted {
                // Half a file of a node that was killed, or a damaged disk: it is fetched again the next time.
                let _ = std::fs::remove_file(&file);
                return Err(Fault::Refused(format!("{} is not what it should be", file.display())));
            }
            Ok(opened)
        });
        opened.await
    }

    /// Notes knowledge as the one in use, with the job that judges again what differs; nothing where it is noted already.
    async fn note<F>(&self, house: &House, new: Noted, now: Moment, finish: F) -> Result<(), Fault>
    where
        F: AsyncFnOnce(&mut Change) -> Result<(), Fault>,
    {
        let known = house.store.look().await?.current_generation().await?;
        let is_new = known.as_ref().is_none_or(|known| known.hash != new.hash);
        let mut delta = String::new();
        if is_new {
            delta = house.blobs.put(self.difference(known.as_ref(), &new).await?.to_bytes()).await?;
            self.share(house, &new).await?;
            reached("adopt.kept");
        }
        let mut change = house.store.change().await?;
        if is_new {
            let origin = serde_json::to_string(&Origin { number: new.number }).unwrap_or_default();
            take_into_use(&mut change, &new.hash, new.size, &origin, delta, now).await?;
        }
        finish(&mut change).await?;
        reached("adopt.written");
        change.commit().await?;
        reached("adopt.committed");
        Ok(())
    }

    /// Puts the file where other nodes find it. One node alone needs no second copy.
    async fn share(&self, house: &House, new: &Noted) -> Result<(), Fault> {
        if house.store.dialect() == Dialect::Sqlite || house.blobs.size(&new.hash).await?.is_some() {
            return Ok(());
        }
        let bytes = match &new.bytes {
            Some(bytes) => bytes.clone(),
            None => {
                let file = self.data.generation(new.number);
                busy(move || directory::read(&file).map_err(|error| io_fault(&file, &error))).await?
            }
        };
        house.blobs.put(bytes).await?;
        Ok(())
    }

    /// What differs from the generation that is noted: the deltas since then, one after another. Where the chain is
    /// broken, everything.
    async fn difference(&self, known: Option<&Generation>, new: &Noted) -> Result<KnowledgeDelta, Fault> {
        let Some(known) = known else { return Ok(KnowledgeDelta::default()) };
        let (data, from, hash, to) =
            (self.data.clone(), origin(known).number, known.hash.clone(), new.number);
        busy(move || {
            let is_ours = from > 0 && sum_of_file(&data.generation(from)).is_ok_and(|(sum, _)| sum == hash);
            let chain = if is_ours { chain(&data, from, to) } else { None };
            Ok(chain.unwrap_or(KnowledgeDelta { everything: true, ..KnowledgeDelta::default() }))
        })
        .await
    }
}

/// What is noted of a generation.
struct Noted {
    hash: String,
    size: u64,
    number: u64,
    bytes: Option<Vec<u8>>,
}

fn origin(known: &Generation) -> Origin {
    serde_json::from_str(&known.feeds).unwrap_or_default()
}

fn open_file(file: &Path, number: u64) -> Result<Opened, Fault> {
    let knowledge = knowledge::open(file).map_err(|error| Fault::Refused(error.to_string()))?;
    let (hash, size) = sum_of_file(file).map_err(|error| Fault::Refused(error.to_string()))?;
    Ok(Opened { knowledge, hash, size, number, bytes: None })
}

/// The deltas that lead from one number to another, as one; `None` where one is missing.
fn chain(data: &DataDirectory, from: u64, to: u64) -> Option<KnowledgeDelta> {
    let mut all = Delta::default();
    let mut at = to;
    while at > from {
        let (before, delta) = read_delta(data, at).ok()?;
        all.everything |= delta.everything;
        all.surroundings.extend(delta.surroundings);
        all.changes.extend(delta.changes);
        at = before;
    }
    all.surroundings.sort();
    all.surroundings.dedup();
    (at == from && to > from).then(|| KnowledgeDelta::from(&all))
}

fn io_fault(path: &Path, error: &std::io::Error) -> Fault {
    Fault::Refused(format!("{}: {error}", path.display()))
}

/// Removes what was fetched before: only the newest is used. What is open stays readable until it is closed.
fn forget_others(folder: &Path, wanted: &PathBuf) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
        let is_fetched = path.file_stem().is_some_and(|stem| stem.len() == 64);
        if is_fetched && path != *wanted {
            // A file that stays takes room and does no harm.
            let _ = std::fs::remove_file(&path);
        }
    }
}
