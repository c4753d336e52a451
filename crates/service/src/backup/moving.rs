//! Moving an installation from one engine or place of documents to another, and bringing a schema up to date.

use std::path::Path;
use std::sync::Arc;

use store::blobs::Blobs;
use store::copy::TableSum;
use store::{Steps, Store};

use super::{BackupError, runtime};
use crate::compile::Progress;

/// What a migration did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Migrated {
    /// The steps the schema had.
    pub before: usize,
    /// The steps that it lacked; now it has them, if it was not only looked at.
    pub applied: Vec<&'static str>,
}

/// How far the schema of a database is.
///
/// # Errors
/// When there is none, it is of a newer program, or it cannot be reached.
pub fn steps(url: &str) -> Result<Steps, BackupError> {
    Ok(runtime()?.block_on(Store::steps(url))?)
}

/// Brings the schema of a database to the newest step.
///
/// # Errors
/// As [`steps`].
pub fn migrate(url: &str) -> Result<Migrated, BackupError> {
    runtime()?.block_on(async {
        let steps = Store::steps(url).await?;
        Store::open(url).await?.close().await;
        Ok(Migrated { before: steps.applied.len(), applied: steps.missing })
    })
}

/// Copies a database into an empty other one; both may be of either engine. Returns rows and checksum of each table,
/// equal on both sides.
///
/// # Errors
/// When the source is not up to date, the target not empty, or the sums differ. Then nothing was copied.
pub fn copy(from: &str, to: &str, progress: &dyn Progress) -> Result<Vec<TableSum>, BackupError> {
    runtime()?.block_on(async {
        let steps = Store::steps(from).await?;
        if let Some(step) = steps.missing.first() {
            return Err(BackupError::Taken(format!(
                "the source lacks the step {step}; bring it up to date first"
            )));
        }
        progress.phase("copying rows");
        let (source, target) = (Store::open(from).await?, Store::open(to).await?);
        let sums = store::copy::copy(&source, &target).await;
        source.close().await;
        target.close().await;
        sums.map_err(|error| match error {
            store::Error::Conflict(why) => BackupError::Taken(why),
            other => other.into(),
        })
    })
}

/// What became of the documents of a move.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MovedBlobs {
    /// Documents that the database names.
    pub noted: u64,
    /// Those that were copied; the others were there already.
    pub copied: u64,
    /// Those that nobody has.
    pub missing: Vec<String>,
}

/// Copies every document that a database names from one place to another.
///
/// # Errors
/// When the database or a place cannot be reached; what was copied until then stays and is passed over the next time.
pub fn copy_blobs(
    url: &str,
    from: &Arc<dyn Blobs>,
    to: &Arc<dyn Blobs>,
    progress: &dyn Progress,
) -> Result<MovedBlobs, BackupError> {
    runtime()?.block_on(async {
        let store = Store::open(url).await?;
        let noted = store.look().await?.noted_blobs().await?;
        store.close().await;
        progress.phase("copying documents");
        progress.total(noted.iter().map(|(_, size)| size).sum());
        let mut moved = MovedBlobs { noted: noted.len() as u64, ..MovedBlobs::default() };
        for (hash, size) in &noted {
            progress.advance(*size);
            if to.size(hash).await? == Some(*size) {
                continue;
            }
            match from.get(hash).await {
                Ok(bytes) => {
                    to.put(bytes).await?;
                    moved.copied += 1;
                }
                Err(store::Error::NotFound(_)) => moved.missing.push(hash.clone()),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(moved)
    })
}

/// The URL of the SQLite file that is used where nothing else is named.
pub fn default_store(data: &Path) -> String {
    store::sqlite_url(&data.join(store::backup::DATABASE))
}

/// A database URL as it may be shown: without its password.
pub fn shown(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (place, query) = rest.split_once('?').map_or((rest, ""), |(place, query)| (place, query));
    let place = match place.rsplit_once('@') {
        Some((user, host)) => format!("{}@{host}", user.split(':').next().unwrap_or_default()),
        None => place.to_owned(),
    };
    let kept: Vec<&str> =
        query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("password=")).collect();
    let query = if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) };
    format!("{scheme}://{place}{query}")
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn no_password_is_shown() {
        assert_eq!(
            shown("postgres://pw:secret@db/patchwright?password=x&sslmode=require"),
            "postgres://pw@db/patchwright?sslmode=require"
        );
        assert_eq!(shown("postgres://db/patchwright"), "postgres://db/patchwright");
        assert_eq!(shown("sqlite:data/patchwright.db"), "sqlite:data/patchwright.db");
    }
}
