//! Messages on their way out: the same four states as jobs (`done` = the channel accepted), and an idempotency key
//! that is unique for good. They are sent at least once; the key lets the receiver tell a second copy.

use crate::database::{Row, Value, bulk};
use crate::error::{Error, Result};
use crate::jobs::{WorkState, held, small};
use crate::page::Order;
use crate::{Change, Listed, Look, Moment, Page, Scope};

/// A message to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMessage {
    /// By which channel (`mail`, `webhook`).
    pub channel: String,
    /// The idempotency key.
    pub key: String,
    /// The message (JSON of `service`).
    pub body: String,
    /// Not before.
    pub run_after: Moment,
    /// Attempts before it is parked, at least 1.
    pub most_attempts: u32,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its id.
    pub id: i64,
    /// Whose it is.
    pub organisation: i64,
    /// By which channel.
    pub channel: String,
    /// The idempotency key.
    pub key: String,
    /// The message.
    pub body: String,
    /// State.
    pub state: WorkState,
    /// Not before; of a leased one: the end of the lease.
    pub run_after: Moment,
    /// Attempts begun.
    pub attempts: u32,
    /// Attempts before it is parked.
    pub most_attempts: u32,
    /// Counts the leases.
    pub lease_no: i64,
    /// What went wrong last.
    pub error: String,
    /// When it was written.
    pub created: Moment,
    /// When it was accepted or parked.
    pub finished: Moment,
}

const COLUMNS: &str = "id, organisation, channel, key, body, state, run_after, attempts, most_attempts, lease_no, \
                       error, created, finished";

fn read(row: &Row) -> Result<Message> {
    Ok(Message {
        id: row.int(0)?,
        organisation: row.int(1)?,
        channel: row.text(2)?,
        key: row.text(3)?,
        body: row.text(4)?,
        state: WorkState::read(row.int(5)?)?,
        run_after: row.moment(6)?,
        attempts: small(row.int(7)?),
        most_attempts: small(row.int(8)?),
        lease_no: row.int(9)?,
        error: row.text(10)?,
        created: row.moment(11)?,
        finished: row.moment(12)?,
    })
}

impl Look {
    /// A page of the organisation's messages in a state, newest first. Needs a scope that reaches all products.
    pub async fn messages(
        &mut self,
        scope: &Scope,
        state: WorkState,
        page: &Page,
    ) -> Result<Listed<Message>> {
        if !scope.is_whole() {
            return Ok(Listed::empty());
        }
        let whose: [Value; 2] = [scope.organisation.into(), state.code().into()];
        let total = "SELECT count(*) FROM outbox WHERE organisation = $1 AND state = $2";
        let total = self.line.int(total, &whose).await?;
        let span = Order::newest("id").span(page)?;
        let mut values = whose.to_vec();
        let beyond = span.condition(&mut values);
        let sql = format!(
            "SELECT {COLUMNS} FROM outbox WHERE organisation = $1 AND state = $2{beyond} ORDER BY {} LIMIT {}",
            span.order(),
            span.rows()
        );
        let rows: Result<Vec<Message>> = self.line.rows(sql, &values).await?.iter().map(read).collect();
        Ok(span.cut(rows?, total.unsigned_abs(), |message| vec![message.id.into()]))
    }
}

impl Change {
    /// Writes a message in the transaction that causes it. `None` when one with the key was ever written.
    pub async fn send(&mut self, scope: &Scope, new: &NewMessage, now: Moment) -> Result<Option<i64>> {
        let sql =
            "INSERT INTO outbox (organisation, channel, key, body, state, run_after, attempts, most_attempts,
                       leased_by, lease_no, error, created, finished)
                   VALUES ($1, $2, $3, $4, 0, $5, 0, $6, '', 0, '', $7, 0)
                   ON CONFLICT (key) DO NOTHING RETURNING id";
        let values = [
            scope.organisation.into(),
            (&new.channel).into(),
            (&new.key).into(),
            (&new.body).into(),
            new.run_after.into(),
            i64::from(new.most_attempts.max(1)).into(),
            now.into(),
        ];
        let id = self.line.row(sql, &values).await?.map(|row| row.int(0)).transpose()?;
        self.ring();
        Ok(id)
    }

    /// The message of a key while nobody has tried to send it: what it says may still grow.
    pub async fn untried_message(&mut self, scope: &Scope, key: &str) -> Result<Option<Message>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM outbox WHERE key = $1 AND organisation = $2 AND state = 0 AND attempts = 0"
        );
        self.line.row(sql, &[key.into(), scope.organisation.into()]).await?.as_ref().map(read).transpose()
    }

    /// Writes a message anew that nobody has tried to send; false when somebody has begun to.
    pub async fn amend_message(&mut self, scope: &Scope, id: i64, body: &str) -> Result<bool> {
        let sql =
            "UPDATE outbox SET body = $1 WHERE id = $2 AND organisation = $3 AND state = 0 AND attempts = 0";
        Ok(self.line.run(sql, &[body.into(), id.into(), scope.organisation.into()]).await? > 0)
    }

    /// Claims the message of some channels that has waited longest, as [`Change::claim`] does for jobs.
    pub async fn claim_message(
        &mut self,
        channels: &[&str],
        worker: &str,
        lease: i64,
        now: Moment,
    ) -> Result<Option<Message>> {
        let channels = bulk(channels)?;
        let dialect = self.line.dialect();
        let (wanted, skip) = (dialect.texts("$1"), dialect.skip_locked());
        let park = format!(
            "UPDATE outbox SET state = 3, finished = $2, error = $3 WHERE id IN (
                 SELECT id FROM outbox WHERE state <= 1 AND channel IN {wanted} AND run_after <= $2 AND state = 1
                 AND attempts >= most_attempts{skip})"
        );
        let why = "its worker went away in the last attempt";
        self.line.run(park, &[channels.clone(), now.into(), why.into()]).await?;
        let claim = format!(
            "UPDATE outbox SET state = 1, leased_by = $2, run_after = $3, lease_no = lease_no + 1,
                 attempts = attempts + 1
             WHERE id = (SELECT id FROM outbox WHERE state <= 1 AND channel IN {wanted} AND run_after <= $4
                         ORDER BY run_after, id LIMIT 1{skip}) RETURNING {COLUMNS}"
        );
        let values = [channels, worker.into(), now.plus(lease).into(), now.into()];
        self.line.row(claim, &values).await?.as_ref().map(read).transpose()
    }

    /// Keeps a lease for longer.
    pub async fn renew_message(&mut self, id: i64, lease_no: i64, lease: i64, now: Moment) -> Result<()> {
        let sql = "UPDATE outbox SET run_after = $1 WHERE id = $2 AND lease_no = $3 AND state = 1";
        held(self.line.run(sql, &[now.plus(lease).into(), id.into(), lease_no.into()]).await?, "message", id)
    }

    /// The channel accepted it.
    pub async fn message_accepted(&mut self, id: i64, lease_no: i64, now: Moment) -> Result<()> {
        let sql = "UPDATE outbox SET state = 2, finished = $1, error = '' WHERE id = $2 AND lease_no = $3 AND state = 1";
        held(self.line.run(sql, &[now.into(), id.into(), lease_no.into()]).await?, "message", id)
    }

    /// The channel did not take it: it waits, or is parked after the last attempt.
    pub async fn message_failed(
        &mut self,
        id: i64,
        lease_no: i64,
        error: &str,
        wait: i64,
        now: Moment,
    ) -> Result<WorkState> {
        let sql = "UPDATE outbox SET state = CASE WHEN attempts >= most_attempts THEN 3 ELSE 0 END,
                       finished = CASE WHEN attempts >= most_attempts THEN $1 ELSE 0 END, run_after = $2, error = $3
                   WHERE id = $4 AND lease_no = $5 AND state = 1 RETURNING state";
        let values: [Value; 5] =
            [now.into(), now.plus(wait).into(), error.into(), id.into(), lease_no.into()];
        match self.line.row(sql, &values).await? {
            Some(row) => WorkState::read(row.int(0)?),
            None => held(0, "message", id).map(|()| WorkState::Waiting),
        }
    }

    /// The channel will never take it: it is parked at once, whatever attempts are left.
    pub async fn message_refused(&mut self, id: i64, lease_no: i64, error: &str, now: Moment) -> Result<()> {
        let sql = "UPDATE outbox SET state = 3, finished = $1, error = $2 WHERE id = $3 AND lease_no = $4 AND state = 1";
        let values: [Value; 4] = [now.into(), error.into(), id.into(), lease_no.into()];
        held(self.line.run(sql, &values).await?, "message", id)
    }

    /// Lets a parked message of the organisation be tried again.
    pub async fn unpark_message(&mut self, scope: &Scope, id: i64, now: Moment) -> Result<()> {
        let sql = "UPDATE outbox SET state = 0, attempts = 0, run_after = $1, finished = 0
                   WHERE id = $2 AND state = 3 AND organisation = $3";
        match self.line.run(sql, &[now.into(), id.into(), scope.organisation.into()]).await? {
            0 => Err(Error::NotFound(format!("parked message {id}"))),
            _ => {
                self.ring();
                Ok(())
            }
        }
    }
}
