//! The state of each feed: what was fetched, how fresh it is, what went wrong. Listed in [`crate::unscoped`].

use crate::database::Row;
use crate::error::Result;
use crate::{Change, Look, Moment};

/// A feed's state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeedState {
    /// Feed id (`nvd2`, `cve-list`).
    pub id: String,
    /// What the source gave to ask "unchanged?" with.
    pub etag: String,
    /// Over its sorted records.
    pub fingerprint: String,
    /// Upstream revision.
    pub revision: String,
    /// The source's own newest date.
    pub as_of: String,
    /// Number of records.
    pub records: u64,
    /// When it was tried last.
    pub tried: Moment,
    /// When it was fetched, or found unchanged, last.
    pub fetched: Moment,
    /// Failures since then.
    pub failures: u64,
    /// The last failure in words; empty after a success.
    pub error: String,
}

const COLUMNS: &str = "id, etag, fingerprint, revision, as_of, records, tried, fetched, failures, error";

fn read(row: &Row) -> Result<FeedState> {
    Ok(FeedState {
        id: row.text(0)?,
        etag: row.text(1)?,
        fingerprint: row.text(2)?,
        revision: row.text(3)?,
        as_of: row.text(4)?,
        records: row.int(5)?.unsigned_abs(),
        tried: row.moment(6)?,
        fetched: row.moment(7)?,
        failures: row.int(8)?.unsigned_abs(),
        error: row.text(9)?,
    })
}

impl Look {
    /// All feeds, by id.
    pub async fn feeds(&mut self) -> Result<Vec<FeedState>> {
        self.line
            .rows(format!("SELECT {COLUMNS} FROM feed ORDER BY id"), &[])
            .await?
            .iter()
            .map(read)
            .collect()
    }

    /// One feed.
    pub async fn feed(&mut self, id: &str) -> Result<Option<FeedState>> {
        let row = self.line.row(format!("SELECT {COLUMNS} FROM feed WHERE id = $1"), &[id.into()]).await?;
        row.as_ref().map(read).transpose()
    }
}

impl Change {
    /// Forgets a feed that is not set up any more.
    pub async fn forget_feed(&mut self, id: &str) -> Result<()> {
        self.line.run("DELETE FROM feed WHERE id = $1", &[id.into()]).await?;
        Ok(())
    }

    /// Writes a feed's state.
    pub async fn put_feed(&mut self, feed: &FeedState) -> Result<()> {
        self.line
            .run(
                "INSERT INTO feed (id, etag, fingerprint, revision, as_of, records, tried, fetched, failures, error)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                 ON CONFLICT (id) DO UPDATE SET etag = excluded.etag, fingerprint = excluded.fingerprint,
                     revision = excluded.revision, as_of = excluded.as_of, records = excluded.records,
                     tried = excluded.tried, fetched = excluded.fetched, failures = excluded.failures,
                     error = excluded.error",
                &[
                    (&feed.id).into(),
                    (&feed.etag).into(),
                    (&feed.fingerprint).into(),
                    (&feed.revision).into(),
                    (&feed.as_of).into(),
                    i64::try_from(feed.records).unwrap_or(i64::MAX).into(),
                    feed.tried.into(),
                    feed.fetched.into(),
                    i64::try_from(feed.failures).unwrap_or(i64::MAX).into(),
                    (&feed.error).into(),
                ],
            )
            .await?;
        Ok(())
    }
}
