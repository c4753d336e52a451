//! Comments of people on anything of a product (`finding/5`, `decision/7`, `release/3`).

use crate::error::Result;
use crate::{Change, Look, Moment, Scope};

/// A comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Its id.
    pub id: i64,
    /// What it is on.
    pub subject: String,
    /// Person who wrote it.
    pub author: i64,
    /// When.
    pub at: Moment,
    /// The text.
    pub text: String,
}

impl Look {
    /// The comments on something of a product, oldest first.
    pub async fn remarks(&mut self, scope: &Scope, product: i64, subject: &str) -> Result<Vec<Remark>> {
        self.must_reach(scope, product).await?;
        let sql = "SELECT id, subject, author, at, text FROM remark WHERE product = $1 AND subject = $2 ORDER BY id";
        let rows = self.line.rows(sql, &[product.into(), subject.into()]).await?;
        rows.iter()
            .map(|row| {
                let (id, subject, author) = (row.int(0)?, row.text(1)?, row.int(2)?);
                Ok(Remark { id, subject, author, at: row.moment(3)?, text: row.text(4)? })
            })
            .collect()
    }
}

impl Change {
    /// Adds a comment and returns its id. Comments are neither changed nor removed.
    pub async fn add_remark(
        &mut self,
        scope: &Scope,
        product: i64,
        subject: &str,
        author: i64,
        text: &str,
        now: Moment,
    ) -> Result<i64> {
        self.must_reach(scope, product).await?;
        let sql = "INSERT INTO remark (product, subject, author, at, text) VALUES ($1, $2, $3, $4, $5) RETURNING id";
        self.line.int(sql, &[product.into(), subject.into(), author.into(), now.into(), text.into()]).await
    }
}
