//! The queue: jobs with leases inside the database, no broker. Listed in [`crate::unscoped`].
//!
//! `waiting → leased → done | waiting (a retry) | parked`. A claim is one update; whoever completes a job must show
//! the lease number he was given, so that a late worker cannot close another's work. A worker that dies loses nothing:
//! its lease runs out and the job is claimed again, until the attempts are used up and it is parked for a person to
//! see. Moments and back-off come from outside: [`backoff`] computes the usual one.

use crate::database::dialect::Kind;
use crate::database::{Row, Value, bulk, ints};
use crate::error::{Error, Result};
use crate::page::Order;
use crate::{Change, Listed, Look, Moment, Page, Scope};

/// Which reserved worker takes a job, so that a large rescan never delays an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// Alarms.
    Immediate,
    /// Somebody waits for it.
    Interactive,
    /// The rest.
    Background,
    /// Visits to feeds: long, and only where feeds are set up.
    Feeds,
}

impl Lane {
    /// All lanes, the most urgent first.
    pub const ALL: &'static [Lane] = &[Lane::Immediate, Lane::Interactive, Lane::Background, Lane::Feeds];

    /// The stable word.
    pub fn word(self) -> &'static str {
        match self {
            Lane::Immediate => "immediate",
            Lane::Interactive => "interactive",
            Lane::Background => "background",
            Lane::Feeds => "feeds",
        }
    }

    fn parse(word: &str) -> Result<Lane> {
        let known = Lane::ALL.iter().copied().find(|lane| lane.word() == word);
        known.ok_or_else(|| Error::Broken(format!("unknown lane {word}")))
    }
}

/// The state of a job or of a message. The number in the table is its place here, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WorkState {
    /// To be done, or to be tried again.
    Waiting,
    /// Somebody is at it.
    Leased,
    /// Done; for a message: the channel accepted it.
    Done,
    /// Given up after the last attempt; a person has to look.
    Parked,
}

impl WorkState {
    /// All states in order.
    pub const ALL: &'static [WorkState] =
        &[WorkState::Waiting, WorkState::Leased, WorkState::Done, WorkState::Parked];

    /// The stable word.
    pub fn word(self) -> &'static str {
        match self {
            WorkState::Waiting => "waiting",
            WorkState::Leased => "leased",
            WorkState::Done => "done",
            WorkState::Parked => "parked",
        }
    }

    pub(crate) fn code(self) -> i64 {
        match self {
            WorkState::Waiting => 0,
            WorkState::Leased => 1,
            WorkState::Done => 2,
            WorkState::Parked => 3,
        }
    }

    pub(crate) fn read(code: i64) -> Result<WorkState> {
        let known = WorkState::ALL.iter().copied().find(|state| state.code() == code);
        known.ok_or_else(|| Error::Broken(format!("unknown state {code}")))
    }
}

/// A job to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJob {
    /// What (`analyse_release`).
    pub kind: String,
    /// Which (`17`). Kind and key are unique while the job is open, so that asking twice is harmless.
    pub key: String,
    /// Which worker.
    pub lane: Lane,
    /// What it needs to know (JSON of `service`).
    pub body: String,
    /// For whom; `None` = for the installation.
    pub organisation: Option<i64>,
    /// Not before.
    pub run_after: Moment,
    /// Attempts before it is parked, at least 1.
    pub most_attempts: u32,
}

/// A job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: i64,
    /// What.
    pub kind: String,
    /// Which.
    pub key: String,
    /// Which worker.
    pub lane: Lane,
    /// What it needs to know.
    pub body: String,
    /// State.
    pub state: WorkState,
    /// Not before; of a leased one: the end of the lease.
    pub run_after: Moment,
    /// Attempts begun.
    pub attempts: u32,
    /// Attempts before it is parked.
    pub most_attempts: u32,
    /// Who has it, or had it last.
    pub leased_by: String,
    /// Counts the leases; shown when completing.
    pub lease_no: i64,
    /// What went wrong last.
    pub error: String,
    /// When it was queued.
    pub created: Moment,
    /// When it was done or parked.
    pub finished: Moment,
}

/// Which jobs; an empty list of words does not filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobFilter {
    /// In these states.
    pub states: Vec<WorkState>,
    /// Of these kinds.
    pub kinds: Vec<String>,
}

const COLUMNS: &str = "id, kind, key, lane, body, state, run_after, attempts, most_attempts, leased_by, lease_no, \
                       error, created, finished";

fn read(row: &Row) -> Result<Job> {
    Ok(Job {
        id: row.int(0)?,
        kind: row.text(1)?,
        key: row.text(2)?,
        lane: Lane::parse(&row.text(3)?)?,
        body: row.text(4)?,
        state: WorkState::read(row.int(5)?)?,
        run_after: row.moment(6)?,
        attempts: small(row.int(7)?),
        most_attempts: small(row.int(8)?),
        leased_by: row.text(9)?,
        lease_no: row.int(10)?,
        error: row.text(11)?,
        created: row.moment(12)?,
        finished: row.moment(13)?,
    })
}

pub(crate) fn small(value: i64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// Milliseconds to wait after attempt number `attempt`, from 1: 10 s, 20 s, 40 s … up to an hour, and up to half of it
/// more by `jitter`, any number given from outside, so that many failures at once do not come back at once.
pub fn backoff(attempt: u32, jitter: u64) -> i64 {
    let wait = 10_000_i64.saturating_mul(1 << attempt.saturating_sub(1).min(10)).min(3_600_000);
    let more = jitter % (wait.unsigned_abs() / 2 + 1);
    wait.saturating_add(i64::try_from(more).unwrap_or_default())
}

impl Look {
    /// A page of jobs in a state, newest first; for the operator.
    pub async fn jobs(&mut self, state: WorkState, page: &Page) -> Result<Listed<Job>> {
        self.job_page("state = $1", vec![state.code().into()], page).await
    }

    /// A page of the jobs that an organisation may see, newest first: its own, and those of the installation.
    pub async fn jobs_of(&mut self, scope: &Scope, filter: &JobFilter, page: &Page) -> Result<Listed<Job>> {
        let all = WorkState::ALL.iter().copied();
        let states = all.filter(|state| filter.states.is_empty() || filter.states.contains(state));
        let dialect = self.line.dialect();
        let mut which = format!("state IN {} AND organisation IN (0, $2)", dialect.ids("$1"));
        let mut values = vec![ints(states.map(WorkState::code)), scope.organisation.into()];
        if !filter.kinds.is_empty() {
            which.push_str(&format!(" AND kind IN {}", dialect.texts("$3")));
            values.push(bulk(&filter.kinds)?);
        }
        self.job_page(&which, values, page).await
    }

    async fn job_page(&mut self, which: &str, mut values: Vec<Value>, page: &Page) -> Result<Listed<Job>> {
        let total = self.line.int(format!("SELECT count(*) FROM job WHERE {which}"), &values).await?;
        let span = Order::newest("id").span(page)?;
        let beyond = span.condition(&mut values);
        let sql = format!(
            "SELECT {COLUMNS} FROM job WHERE {which}{beyond} ORDER BY {} LIMIT {}",
            span.order(),
            span.rows()
        );
        let rows: Result<Vec<Job>> = self.line.rows(sql, &values).await?.iter().map(read).collect();
        Ok(span.cut(rows?, total.unsigned_abs(), |job| vec![job.id.into()]))
    }
}

impl Change {
    /// Queues a job in the transaction that causes it. `None` when the same is open already.
    pub async fn enqueue(&mut self, new: &NewJob, now: Moment) -> Result<Option<i64>> {
        let sql =
            "INSERT INTO job (kind, key, lane, body, organisation, state, run_after, attempts, most_attempts,
                       leased_by, lease_no, error, created, finished)
                   VALUES ($1, $2, $3, $4, $8, 0, $5, 0, $6, '', 0, '', $7, 0)
                   ON CONFLICT (kind, key) WHERE state <= 1 DO NOTHING RETURNING id";
        let values = [
            (&new.kind).into(),
            (&new.key).into(),
            new.lane.word().into(),
            (&new.body).into(),
            new.run_after.into(),
            i64::from(new.most_attempts.max(1)).into(),
            now.into(),
            new.organisation.unwrap_or(0).into(),
        ];
        let id = self.line.row(sql, &values).await?.map(|row| row.int(0)).transpose()?;
        self.ring();
        Ok(id)
    }

    /// Queues many jobs as one statement; those that are open already stay as they are. Returns how many were new.
    pub async fn enqueue_all(&mut self, new: &[NewJob], now: Moment) -> Result<u64> {
        let mut rows: Vec<_> = new
            .iter()
            .map(|one| {
                let attempts = i64::from(one.most_attempts.max(1));
                (
                    &one.kind,
                    &one.key,
                    one.lane.word(),
                    &one.body,
                    one.organisation.unwrap_or(0),
                    one.run_after.0,
                    attempts,
                )
            })
            .collect();
        // In one order everywhere, so that two nodes wait for each other and never in a circle.
        rows.sort();
        let columns = [
            ("kind", Kind::Text),
            ("key", Kind::Text),
            ("lane", Kind::Text),
            ("body", Kind::Text),
            ("organisation", Kind::Int),
            ("run_after", Kind::Int),
            ("most_attempts", Kind::Int),
        ];
        let table = self.line.dialect().table("$1", &columns);
        let sql = format!(
            "INSERT INTO job (kind, key, lane, body, state, run_after, attempts, most_attempts, leased_by, lease_no,
                 error, created, finished)
             SELECT kind, key, lane, body, 0, run_after, 0, most_attempts, '', 0, '', $2, 0 FROM {table} t WHERE true
             ON CONFLICT (kind, key) WHERE state <= 1 DO NOTHING"
        );
        let queued = self.line.run(sql, &[bulk(&rows)?, now.into()]).await?;
        self.ring();
        Ok(queued)
    }

    /// Queues the periodic job that is due at a moment, unless any node did so before: no leader is needed.
    pub async fn enqueue_periodic(&mut self, new: &NewJob, due: Moment, now: Moment) -> Result<Option<i64>> {
        let mark = "INSERT INTO periodic (kind, due) VALUES ($1, $2) ON CONFLICT (kind, due) DO NOTHING";
        if self.line.run(mark, &[(&new.kind).into(), due.into()]).await? == 0 {
            return Ok(None);
        }
        self.enqueue(new, now).await
    }

    /// Claims the job of some lanes that has waited longest, until `now` plus `lease` milliseconds. A job whose lease
    /// ran out is claimed again, or parked when that was its last attempt.
    pub async fn claim(
        &mut self,
        lanes: &[Lane],
        worker: &str,
        lease: i64,
        now: Moment,
    ) -> Result<Option<Job>> {
        let lanes = bulk(&lanes.iter().map(|lane| lane.word()).collect::<Vec<_>>())?;
        let dialect = self.line.dialect();
        let (wanted, skip) = (dialect.texts("$1"), dialect.skip_locked());
        let park = format!(
            "UPDATE job SET state = 3, finished = $2, error = $3 WHERE id IN (
                 SELECT id FROM job WHERE state <= 1 AND lane IN {wanted} AND run_after <= $2 AND state = 1
                 AND attempts >= most_attempts{skip})"
        );
        let why = "its worker went away in the last attempt";
        self.line.run(park, &[lanes.clone(), now.into(), why.into()]).await?;
        let claim = format!(
            "UPDATE job SET state = 1, leased_by = $2, run_after = $3, lease_no = lease_no + 1, attempts = attempts + 1
             WHERE id = (SELECT id FROM job WHERE state <= 1 AND lane IN {wanted} AND run_after <= $4
                         ORDER BY run_after, id LIMIT 1{skip}) RETURNING {COLUMNS}"
        );
        let values = [lanes, worker.into(), now.plus(lease).into(), now.into()];
        self.line.row(claim, &values).await?.as_ref().map(read).transpose()
    }

    /// Keeps a lease for longer. `Conflict` when it is lost: the worker stops and forgets what it did.
    pub async fn renew(&mut self, id: i64, lease_no: i64, lease: i64, now: Moment) -> Result<()> {
        let sql = "UPDATE job SET run_after = $1 WHERE id = $2 AND lease_no = $3 AND state = 1";
        let touched = self.line.run(sql, &[now.plus(lease).into(), id.into(), lease_no.into()]).await?;
        held(touched, "job", id)
    }

    /// Closes a job. To be called in the transaction that holds what the job did, so that both become true together.
    pub async fn complete(&mut self, id: i64, lease_no: i64, now: Moment) -> Result<()> {
        let sql = "UPDATE job SET state = 2, finished = $1, error = '' WHERE id = $2 AND lease_no = $3 AND state = 1";
        let touched = self.line.run(sql, &[now.into(), id.into(), lease_no.into()]).await?;
        held(touched, "job", id)
    }

    /// Ends an attempt that failed: it waits for `wait` milliseconds, or is parked after the last one.
    pub async fn fail(
        &mut self,
        id: i64,
        lease_no: i64,
        error: &str,
        wait: i64,
        now: Moment,
    ) -> Result<WorkState> {
        let sql = "UPDATE job SET state = CASE WHEN attempts >= most_attempts THEN 3 ELSE 0 END,
                       finished = CASE WHEN attempts >= most_attempts THEN $1 ELSE 0 END, run_after = $2, error = $3
                   WHERE id = $4 AND lease_no = $5 AND state = 1 RETURNING state";
        let values: [Value; 5] =
            [now.into(), now.plus(wait).into(), error.into(), id.into(), lease_no.into()];
        match self.line.row(sql, &values).await? {
            Some(row) => WorkState::read(row.int(0)?),
            None => held(0, "job", id).map(|()| WorkState::Waiting),
        }
    }

    /// Gives a job back that was begun and not ended, because the node stops: the attempt does not count.
    pub async fn give_back(&mut self, id: i64, lease_no: i64, now: Moment) -> Result<()> {
        let sql = "UPDATE job SET state = 0, attempts = attempts - 1, run_after = $1
                   WHERE id = $2 AND lease_no = $3 AND state = 1";
        held(self.line.run(sql, &[now.into(), id.into(), lease_no.into()]).await?, "job", id)
    }

    /// Ends the leases that a process held which is known to be gone: all whose worker's name begins with `node` and a
    /// stroke. Their attempts count, so that a job that kills its worker is parked in the end. Returns how many there were.
    pub async fn free_leases(&mut self, node: &str, now: Moment) -> Result<u64> {
        let mut freed = 0;
        for table in ["job", "outbox"] {
            let sql = format!(
                "UPDATE {table} SET run_after = $1 WHERE state = 1 AND run_after > $1
                 AND substr(leased_by, 1, CAST($2 AS INTEGER)) = $3"
            );
            let worker = format!("{node}/");
            let length = i64::try_from(worker.chars().count()).unwrap_or_default();
            freed += self.line.run(sql, &[now.into(), length.into(), worker.into()]).await?;
        }
        Ok(freed)
    }

    /// Lets a parked job run again, with all its attempts. `Conflict` when the same is open meanwhile.
    pub async fn unpark(&mut self, id: i64, now: Moment) -> Result<()> {
        let sql = "UPDATE job SET state = 0, attempts = 0, run_after = $1, finished = 0 WHERE id = $2 AND state = 3";
        match self.line.run(sql, &[now.into(), id.into()]).await? {
            0 => Err(Error::NotFound(format!("parked job {id}"))),
            _ => {
                self.ring();
                Ok(())
            }
        }
    }

    /// Forgets jobs that were done before a moment, messages accepted before it, and marks of periodic jobs due
    /// before it. Parked ones stay.
    pub async fn sweep(&mut self, before: Moment) -> Result<u64> {
        let mut swept = 0;
        for sql in [
            "DELETE FROM job WHERE state = 2 AND finished < $1",
            "DELETE FROM outbox WHERE state = 2 AND finished < $1",
            "DELETE FROM periodic WHERE due < $1",
        ] {
            swept += self.line.run(sql, &[before.into()]).await?;
        }
        Ok(swept)
    }
}

pub(crate) fn held(touched: u64, what: &str, id: i64) -> Result<()> {
    if touched == 0 {
        return Err(Error::Conflict(format!("the lease of {what} {id} is lost")));
    }
    Ok(())
}
