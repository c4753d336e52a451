//! The one log of the product: insert only, hash-chained, one chain per product and one per organisation for what
//! belongs to no product. The engines refuse to change or delete a row.
//!
//! An entry's hash is SHA-256 over the canonical form (keys sorted, no blanks; RFC 8785 for the texts and integers
//! that stand here) of all its fields, the hash of the entry before included. People are named by id (`person/5`), so
//! that a name can be erased without breaking a chain.

use serde_json::{Value as Json, json};

use crate::database::{Row, Value};
use crate::error::{Error, Result};
use crate::hash::sha256;
use crate::page::Order;
use crate::{Change, Listed, Look, Moment, Page, Scope};

/// What is to be logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// The chain: a product, or `None` for the organisation.
    pub product: Option<i64>,
    /// When.
    pub at: Moment,
    /// Who (`person/5`, `token/7`, `rule …@3`, `feed nvd2`, `system`).
    pub actor: String,
    /// What (`decision.made`).
    pub act: String,
    /// On what (`finding/12`).
    pub subject: String,
    /// Before, after, reason, hashes of evidence; integers, texts and lists of them, no fractions.
    pub body: Json,
}

/// An entry in its chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audited {
    /// Its number in the chain, from 1, without gaps.
    pub seq: i64,
    /// Hash of the entry before; empty for the first.
    pub prev: String,
    /// Its own hash.
    pub hash: String,
    /// What was logged.
    pub entry: AuditEntry,
}

/// What a look at a whole chain says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainCheck {
    /// Entries looked at.
    pub entries: u64,
    /// Hash of the last good one; empty for none.
    pub head: String,
    /// Number of the first entry that does not fit; `None` = all fit.
    pub broken_at: Option<i64>,
}

pub(crate) const COLUMNS: &str = "product, at, actor, act, subject, body, seq, prev, hash";

pub(crate) fn read(row: &Row) -> Result<Audited> {
    let body = row.text(5)?;
    Ok(Audited {
        entry: AuditEntry {
            product: Some(row.int(0)?).filter(|id| *id != 0),
            at: row.moment(1)?,
            actor: row.text(2)?,
            act: row.text(3)?,
            subject: row.text(4)?,
            body: serde_json::from_str(&body)
                .map_err(|error| Error::Broken(format!("audit entry: {error}")))?,
        },
        seq: row.int(6)?,
        prev: row.text(7)?,
        hash: row.text(8)?,
    })
}

impl Look {
    /// A page of the log, newest first: of a product, or of the organisation's own chain; `subject` empty = any.
    pub async fn audit(
        &mut self,
        scope: &Scope,
        product: Option<i64>,
        subject: &str,
        page: &Page,
    ) -> Result<Listed<Audited>> {
        self.check_chain(scope, product).await?;
        let which = "FROM audit WHERE organisation = $1 AND product = $2 AND ($3 = '' OR subject = $3)";
        let mut values: Vec<Value> =
            vec![scope.organisation.into(), product.unwrap_or(0).into(), subject.into()];
        let total = self.line.int(format!("SELECT count(*) {which}"), &values).await?;
        let span = Order::newest("seq").span(page)?;
        let beyond = span.condition(&mut values);
        let sql = format!("SELECT {COLUMNS} {which}{beyond} ORDER BY {} LIMIT {}", span.order(), span.rows());
        let rows: Result<Vec<Audited>> = self.line.rows(sql, &values).await?.iter().map(read).collect();
        Ok(span.cut(rows?, total.unsigned_abs(), |audited| vec![audited.seq.into()]))
    }

    /// Looks at every entry of a chain: numbers without gaps, each hash right and naming the one before.
    pub async fn verify_audit(&mut self, scope: &Scope, product: Option<i64>) -> Result<ChainCheck> {
        self.check_chain(scope, product).await?;
        let mut check = ChainCheck { entries: 0, head: String::new(), broken_at: None };
        loop {
            let after = i64::try_from(check.entries).unwrap_or(i64::MAX);
            let sql = format!(
                "SELECT {COLUMNS} FROM audit WHERE organisation = $1 AND product = $2 AND seq > $3 ORDER BY seq LIMIT 1000"
            );
            let values = [scope.organisation.into(), product.unwrap_or(0).into(), after.into()];
            let rows = self.line.rows(sql, &values).await?;
            if rows.is_empty() {
                return Ok(check);
            }
            for row in &rows {
                let audited = read(row)?;
                let expected = i64::try_from(check.entries).unwrap_or(i64::MAX) + 1;
                let hash = chain_hash(scope.organisation, audited.seq, &audited.prev, &audited.entry)?;
                if audited.seq != expected || audited.prev != check.head || audited.hash != hash {
                    check.broken_at = Some(expected);
                    return Ok(check);
                }
                check.entries += 1;
                check.head = audited.hash;
            }
        }
    }

    async fn check_chain(&mut self, scope: &Scope, product: Option<i64>) -> Result<()> {
        match product {
            Some(product) => self.must_reach(scope, product).await,
            None if scope.is_whole() => Ok(()),
            None => Err(Error::NotFound("log of the organisation within the scope".to_owned())),
        }
    }
}

impl Change {
    /// Appends an entry to its chain and returns its number. It becomes true with what it speaks of, or not at all.
    pub async fn log(&mut self, scope: &Scope, entry: &AuditEntry) -> Result<i64> {
        // Anybody in the organisation may do something that its own chain notes.
        if let Some(product) = entry.product {
            self.must_reach(scope, product).await?;
        }
        let lock = match entry.product {
            Some(_) => "SELECT id FROM product WHERE id = $1",
            None => "SELECT id FROM organisation WHERE id = $1",
        };
        let locked = entry.product.unwrap_or(scope.organisation);
        let lock = format!("{lock}{}", self.line.dialect().for_update());
        self.line.rows(lock, &[locked.into()]).await?;
        let chain = [scope.organisation.into(), entry.product.unwrap_or(0).into()];
        let last =
            "SELECT seq, hash FROM audit WHERE organisation = $1 AND product = $2 ORDER BY seq DESC LIMIT 1";
        let (seq, prev) = match self.line.row(last, &chain).await? {
            Some(row) => (row.int(0)? + 1, row.text(1)?),
            None => (1, String::new()),
        };
        let hash = chain_hash(scope.organisation, seq, &prev, entry)?;
        let mut values = chain.to_vec();
        values.extend([
            seq.into(),
            prev.into(),
            entry.at.into(),
            (&entry.actor).into(),
            (&entry.act).into(),
            (&entry.subject).into(),
            canonical(&entry.body)?.into(),
            hash.into(),
        ]);
        let sql = "INSERT INTO audit (organisation, product, seq, prev, at, actor, act, subject, body, hash)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        self.line.run(sql, &values).await?;
        Ok(seq)
    }
}

/// The hash of an entry in its place, as [`Look::verify_audit`] and anybody with the rows can compute it.
pub fn chain_hash(organisation: i64, seq: i64, prev: &str, entry: &AuditEntry) -> Result<String> {
    let whole = json!({
        "organisation": organisation,
        "product": entry.product.unwrap_or(0),
        "seq": seq,
        "prev": prev,
        "at": entry.at.0,
        "actor": entry.actor,
        "act": entry.act,
        "subject": entry.subject,
        "body": entry.body,
    });
    Ok(sha256(canonical(&whole)?.as_bytes()))
}

/// JSON with sorted keys and without blanks. Fractions are refused: their text differs between programs.
fn canonical(value: &Json) -> Result<String> {
    Ok(match value {
        Json::Number(number) if number.is_f64() => {
            return Err(Error::Invalid(format!("the log takes no fractions: {number}")));
        }
        Json::Array(items) => {
            let items: Result<Vec<String>> = items.iter().map(canonical).collect();
            format!("[{}]", items?.join(","))
        }
        Json::Object(members) => {
            let mut sorted: Vec<(&String, &Json)> = members.iter().collect();
            sorted.sort_by_key(|(key, _)| key.encode_utf16().collect::<Vec<u16>>());
            let members: Result<Vec<String>> = sorted
                .into_iter()
                .map(|(key, value)| Ok(format!("{}:{}", Json::String(key.clone()), canonical(value)?)))
                .collect();
            format!("{{{}}}", members?.join(","))
        }
        other => other.to_string(),
    })
}
