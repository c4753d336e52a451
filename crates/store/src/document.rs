//! Documents of a release as received: a blob and what it was. All else can be derived again from them.

use crate::database::Row;
use crate::error::Result;
use crate::{Change, Look, Moment, Scope};

/// A document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its id.
    pub id: i64,
    /// The release.
    pub release: i64,
    /// What it is, in the words of the readers (`spdx3`, `kernel_config`).
    pub kind: String,
    /// File name as sent; may be empty.
    pub name: String,
    /// SHA-256 of the bytes: the key of the blob.
    pub hash: String,
    /// Size in bytes.
    pub size: u64,
    /// Media type as sent; may be empty.
    pub media: String,
    /// When it came.
    pub received: Moment,
    /// Who sent it; 0 = a job.
    pub received_by: i64,
}

const COLUMNS: &str = "id, release, kind, name, hash, size, media, received, received_by";

fn read(row: &Row) -> Result<Document> {
    Ok(Document {
        id: row.int(0)?,
        release: row.int(1)?,
        kind: row.text(2)?,
        name: row.text(3)?,
        hash: row.text(4)?,
        size: row.int(5)?.unsigned_abs(),
        media: row.text(6)?,
        received: row.moment(7)?,
        received_by: row.int(8)?,
    })
}

impl Look {
    /// The documents of a release, oldest first.
    pub async fn documents(&mut self, scope: &Scope, release: i64) -> Result<Vec<Document>> {
        self.product_of(scope, release).await?;
        let sql = format!("SELECT {COLUMNS} FROM document WHERE release = $1 ORDER BY id");
        self.line.rows(sql, &[release.into()]).await?.iter().map(read).collect()
    }

    /// The documents of a release, for jobs. Listed in [`crate::unscoped`].
    pub async fn documents_of_release(&mut self, release: i64) -> Result<Vec<Document>> {
        let sql = format!("SELECT {COLUMNS} FROM document WHERE release = $1 ORDER BY id");
        self.line.rows(sql, &[release.into()]).await?.iter().map(read).collect()
    }

    /// One document.
    pub async fn document(&mut self, scope: &Scope, id: i64) -> Result<Option<Document>> {
        let sql = format!("SELECT {COLUMNS} FROM document WHERE id = $1");
        let Some(row) = self.line.row(sql, &[id.into()]).await? else { return Ok(None) };
        let document = read(&row)?;
        Ok(self.product_of(scope, document.release).await.is_ok().then_some(document))
    }
}

impl Change {
    /// Notes a document whose blob is already kept. Returns the id and whether it is new: the same bytes of the same
    /// kind twice are one document, and no further work. `document.id` is not read.
    pub async fn add_document(&mut self, scope: &Scope, document: &Document) -> Result<(i64, bool)> {
        self.product_of(scope, document.release).await?;
        self.note_blob(&document.hash, document.size, document.received).await?;
        let added = self
            .line
            .row(
                "INSERT INTO document (release, kind, name, hash, size, media, received, received_by)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (release, kind, hash) DO NOTHING RETURNING id",
                &[
                    document.release.into(),
                    (&document.kind).into(),
                    (&document.name).into(),
                    (&document.hash).into(),
                    i64::try_from(document.size).unwrap_or(i64::MAX).into(),
                    (&document.media).into(),
                    document.received.into(),
                    document.received_by.into(),
                ],
            )
            .await?;
        if let Some(row) = added {
            return Ok((row.int(0)?, true));
        }
        let known = "SELECT id FROM document WHERE release = $1 AND kind = $2 AND hash = $3";
        let values = [document.release.into(), (&document.kind).into(), (&document.hash).into()];
        Ok((self.line.int(known, &values).await?, false))
    }

    /// Notes that a blob is kept. Listed in [`crate::unscoped`].
    pub async fn note_blob(&mut self, hash: &str, size: u64, now: Moment) -> Result<()> {
        let sql = "INSERT INTO blob (hash, size, received) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING";
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        self.line.run(sql, &[hash.into(), size.into(), now.into()]).await?;
        Ok(())
    }
}
