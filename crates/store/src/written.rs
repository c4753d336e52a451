//! What a maker writes and approves: versions of deployment profiles, of rules, of trust scopes. An approved text
//! never changes; the next one is a version of its own. The texts are read and written by `formats`.

use crate::database::Row;
use crate::error::{Error, Result};
use crate::hash::sha256;
use crate::{Change, Look, Moment, Scope};

/// What kind of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WrittenKind {
    /// A deployment profile.
    Profile,
    /// A file of policy rules.
    Rules,
    /// Whose statements hold for what.
    TrustScope,
}

impl WrittenKind {
    /// The stable word.
    pub fn word(self) -> &'static str {
        match self {
            WrittenKind::Profile => "profile",
            WrittenKind::Rules => "rules",
            WrittenKind::TrustScope => "trust_scope",
        }
    }
}

/// Which text: its versions share this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrittenName<'a> {
    /// What kind.
    pub kind: WrittenKind,
    /// The product; `None` = the whole organisation.
    pub product: Option<i64>,
    /// Its name (`gateway/standard`).
    pub name: &'a str,
}

/// The state of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WrittenState {
    /// May still change.
    Draft,
    /// In force.
    Approved,
    /// Was in force.
    Retired,
}

impl WrittenState {
    /// The stable word.
    pub fn word(self) -> &'static str {
        match self {
            WrittenState::Draft => "draft",
            WrittenState::Approved => "approved",
            WrittenState::Retired => "retired",
        }
    }

    fn parse(word: &str) -> Result<WrittenState> {
        [WrittenState::Draft, WrittenState::Approved, WrittenState::Retired]
            .into_iter()
            .find(|state| state.word() == word)
            .ok_or_else(|| Error::Broken(format!("unknown state {word}")))
    }
}

/// A version of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its id.
    pub id: i64,
    /// The product; `None` = the whole organisation.
    pub product: Option<i64>,
    /// Its name (`gateway/standard`).
    pub name: String,
    /// From 1.
    pub version: i64,
    /// State.
    pub state: WrittenState,
    /// SHA-256 of the text.
    pub hash: String,
    /// Person who wrote it.
    pub author: i64,
    /// Person who approved it.
    pub approver: Option<i64>,
    /// When it was written.
    pub created: Moment,
    /// When it was approved.
    pub approved: Moment,
    /// The text.
    pub body: String,
}

const COLUMNS: &str = "id, product, name, version, state, hash, author, approver, created, approved, body";

fn read(row: &Row) -> Result<Written> {
    Ok(Written {
        id: row.int(0)?,
        product: Some(row.int(1)?).filter(|id| *id != 0),
        name: row.text(2)?,
        version: row.int(3)?,
        state: WrittenState::parse(&row.text(4)?)?,
        hash: row.text(5)?,
        author: row.int(6)?,
        approver: Some(row.int(7)?).filter(|id| *id != 0),
        created: row.moment(8)?,
        approved: row.moment(9)?,
        body: row.text(10)?,
    })
}

impl Look {
    /// All versions of a kind for a product, those for all products included, by name and version.
    pub async fn written(&mut self, scope: &Scope, kind: WrittenKind, product: i64) -> Result<Vec<Written>> {
        self.must_reach(scope, product).await?;
        let sql = format!(
            "SELECT {COLUMNS} FROM written WHERE organisation = $1 AND kind = $2 AND product IN (0, $3)
             ORDER BY product, name, version"
        );
        let values = [scope.organisation.into(), kind.word().into(), product.into()];
        self.line.rows(sql, &values).await?.iter().map(read).collect()
    }

    /// All versions of a kind that belong to the whole organisation.
    pub async fn written_for_all(&mut self, scope: &Scope, kind: WrittenKind) -> Result<Vec<Written>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM written WHERE organisation = $1 AND kind = $2 AND product = 0 ORDER BY name, version"
        );
        let values = [scope.organisation.into(), kind.word().into()];
        self.line.rows(sql, &values).await?.iter().map(read).collect()
    }

    /// One version by id.
    pub async fn written_by_id(&mut self, scope: &Scope, id: i64) -> Result<Option<Written>> {
        let sql = format!("SELECT {COLUMNS} FROM written WHERE id = $1 AND organisation = $2");
        let row = self.line.row(sql, &[id.into(), scope.organisation.into()]).await?;
        let written = row.as_ref().map(read).transpose()?;
        Ok(written.filter(|written| written.product.is_none_or(|product| scope.allows(product))))
    }
}

impl Change {
    /// Writes a draft: in place of the draft there is, else as the next version. Returns its id and version.
    pub async fn put_draft(
        &mut self,
        scope: &Scope,
        text: WrittenName<'_>,
        author: i64,
        body: &str,
        now: Moment,
    ) -> Result<(i64, i64)> {
        let WrittenName { kind, product, name } = text;
        self.check_written(scope, product).await?;
        let hash = sha256(body.as_bytes());
        let whose = [scope.organisation.into(), kind.word().into(), product.unwrap_or(0).into(), name.into()];
        let newest =
            "SELECT id, version, state FROM written WHERE organisation = $1 AND kind = $2 AND product = $3
                      AND name = $4 ORDER BY version DESC LIMIT 1";
        let newest = self.line.row(newest, &whose).await?;
        let mut version = 1;
        if let Some(row) = &newest {
            version = row.int(1)? + 1;
            if WrittenState::parse(&row.text(2)?)? == WrittenState::Draft {
                let sql = "UPDATE written SET body = $1, hash = $2, author = $3, created = $4 WHERE id = $5";
                self.line
                    .run(sql, &[body.into(), hash.into(), author.into(), now.into(), row.int(0)?.into()])
                    .await?;
                return Ok((row.int(0)?, row.int(1)?));
            }
        }
        let mut values = whose.to_vec();
        values.extend([version.into(), hash.into(), author.into(), now.into(), body.into()]);
        let sql = "INSERT INTO written (organisation, kind, product, name, version, state, hash, author, approver,
                       created, approved, body) VALUES ($1, $2, $3, $4, $5, 'draft', $6, $7, 0, $8, 0, $9) RETURNING id";
        Ok((self.line.int(sql, &values).await?, version))
    }

    /// Approves a draft whose text is still the one that was looked at (`hash`), and retires the version in force.
    /// Who may approve whose draft is decided in `service`.
    pub async fn approve_draft(
        &mut self,
        scope: &Scope,
        id: i64,
        hash: &str,
        approver: i64,
        now: Moment,
    ) -> Result<()> {
        let draft =
            self.written_by_id(scope, id).await?.ok_or_else(|| Error::NotFound(format!("version {id}")))?;
        self.check_written(scope, draft.product).await?;
        let retire = "UPDATE written SET state = 'retired' WHERE state = 'approved' AND id IN (
                          SELECT o.id FROM written o JOIN written d ON d.organisation = o.organisation
                          AND d.kind = o.kind AND d.product = o.product AND d.name = o.name WHERE d.id = $1)";
        self.line.run(retire, &[id.into()]).await?;
        let approve = "UPDATE written SET state = 'approved', approver = $1, approved = $2
                       WHERE id = $3 AND state = 'draft' AND hash = $4";
        match self.line.run(approve, &[approver.into(), now.into(), id.into(), hash.into()]).await? {
            0 => Err(Error::Conflict(format!(
                "{} {} is no draft any more, or was changed; look again",
                draft.name, draft.version
            ))),
            _ => Ok(()),
        }
    }

    /// Takes a version out of force without another in its place.
    pub async fn retire_written(&mut self, scope: &Scope, id: i64) -> Result<()> {
        let written =
            self.written_by_id(scope, id).await?.ok_or_else(|| Error::NotFound(format!("version {id}")))?;
        self.check_written(scope, written.product).await?;
        self.line.run("UPDATE written SET state = 'retired' WHERE id = $1", &[id.into()]).await?;
        Ok(())
    }

    async fn check_written(&mut self, scope: &Scope, product: Option<i64>) -> Result<()> {
        match product {
            Some(product) => self.must_reach(scope, product).await,
            None if scope.is_whole() => Ok(()),
            None => Err(Error::Invalid("a text for all products needs a scope that reaches all".to_owned())),
        }
    }
}
