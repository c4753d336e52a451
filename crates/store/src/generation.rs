//! Generations of the index: which file of knowledge all nodes use. Listed in [`crate::unscoped`].

use crate::database::Row;
use crate::error::Result;
use crate::{Change, Look, Moment};

/// A generation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generation {
    /// SHA-256 of the file: the key of the blob.
    pub hash: String,
    /// Size in bytes.
    pub size: u64,
    /// When it was made.
    pub made: Moment,
    /// The one in use.
    pub is_current: bool,
    /// What it was made from (JSON of `service`).
    pub feeds: String,
}

const COLUMNS: &str = "hash, size, made, is_current, feeds";

fn read(row: &Row) -> Result<Generation> {
    Ok(Generation {
        hash: row.text(0)?,
        size: row.int(1)?.unsigned_abs(),
        made: row.moment(2)?,
        is_current: row.flag(3)?,
        feeds: row.text(4)?,
    })
}

impl Look {
    /// All generations, newest first.
    pub async fn generations(&mut self) -> Result<Vec<Generation>> {
        let sql = format!("SELECT {COLUMNS} FROM generation ORDER BY id DESC");
        self.line.rows(sql, &[]).await?.iter().map(read).collect()
    }

    /// The one in use.
    pub async fn current_generation(&mut self) -> Result<Option<Generation>> {
        let sql = format!("SELECT {COLUMNS} FROM generation WHERE is_current = 1 ORDER BY id DESC");
        self.line.row(sql, &[]).await?.as_ref().map(read).transpose()
    }
}

impl Change {
    /// True when a generation is the one in use, or none was ever noted; it stays so until the end of the transaction:
    /// [`Change::put_generation`] waits. So what is judged with a generation is written before the next one comes, or
    /// never.
    pub async fn hold_generation(&mut self, hash: &str) -> Result<bool> {
        let share = self.line.dialect().for_share();
        let sql = format!("SELECT is_current FROM generation WHERE hash = $1{share}");
        match self.line.row(sql, &[hash.into()]).await? {
            Some(row) => row.flag(0),
            None => Ok(self.line.int("SELECT count(*) FROM generation", &[]).await? == 0),
        }
    }

    /// Notes a generation and makes it the one in use; one that was there before may come back.
    pub async fn put_generation(&mut self, hash: &str, size: u64, feeds: &str, now: Moment) -> Result<()> {
        self.line.run("UPDATE generation SET is_current = 0 WHERE is_current = 1", &[]).await?;
        let sql = "INSERT INTO generation (hash, size, made, is_current, feeds) VALUES ($1, $2, $3, 1, $4)
                   ON CONFLICT (hash) DO UPDATE SET is_current = 1";
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        self.line.run(sql, &[hash.into(), size.into(), now.into(), feeds.into()]).await?;
        Ok(())
    }
}
