//! Durable jobs: enqueued in the transaction that needs them, leased by one worker at a time,
//! retried with backoff, and at last a dead letter that a person can see.

use super::{
    clock::SECOND_US,
    db::{self, Ask, DbResult, Tx},
};
use crate::typed_id;
use serde::{Serialize, de::DeserializeOwned};

typed_id!(
    /// One job.
    JobId
);

/// Tries before a job becomes a dead letter.
pub const TRIES_MAX: i64 = 6;
/// How long a worker may hold a job before others may take it.
pub const LEASE_US: i64 = 120 * SECOND_US;

/// A kind of job: a verb with its data.
pub trait Job: Serialize + DeserializeOwned + Send {
    /// Stable name, stored with the job.
    const KIND: &'static str;
    /// Whether it takes milliseconds: such jobs are taken many at a time.
    const LIGHT: bool = false;

    /// What makes it needless to enqueue this job while an equal one waits; nothing by default.
    fn key(&self) -> Option<String> {
        None
    }
}

/// A job that a worker holds.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Leased {
    /// The job.
    pub id: JobId,
    /// Its kind.
    pub kind: String,
    /// Its data, as JSON.
    pub payload: String,
    /// Tries so far, this one included.
    pub attempts: i64,
}

/// A job that failed for good.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct DeadLetter {
    /// The job.
    #[schema(value_type = String)]
    pub id: JobId,
    /// Its kind.
    pub kind: String,
    /// Its data, as JSON.
    pub payload: String,
    /// Tries made.
    pub attempts: i64,
    /// What the last try said.
    pub error: String,
    /// When it was enqueued, UTC microseconds.
    pub created_us: i64,
}

/// A job about to be enqueued.
#[derive(Serialize)]
pub struct New {
    id: JobId,
    kind: &'static str,
    payload: String,
    light: i64,
    key: Option<String>,
    run_at_us: i64,
}

impl New {
    /// A job that runs at `run_at_us` or later.
    ///
    /// # Errors
    /// When its data cannot be written as JSON, which is a fault of ours.
    pub fn at<J: Job>(job: &J, run_at_us: i64) -> DbResult<Self> {
        let payload = db::json(job)?;
        let key = job.key().map(|key| format!("{}:{key}", J::KIND));
        Ok(Self { id: JobId::new(), kind: J::KIND, payload, light: i64::from(J::LIGHT), key, run_at_us })
    }
}

/// Adds a job that runs at `run_at_us` or later.
///
/// # Errors
/// When the database refuses.
pub async fn enqueue<J: Job>(tx: &mut Tx, job: &J, run_at_us: i64) -> DbResult<JobId> {
    let new = New::at(job, run_at_us)?;
    let id = new.id;
    enqueue_all(tx, &[new]).await?;
    Ok(id)
}

/// Adds several jobs at once.
///
/// # Errors
/// When the database refuses.
pub async fn enqueue_all(tx: &mut Tx, jobs: &[New]) -> DbResult<()> {
    let rows = db::json(jobs)?;
    tx.push(
        "insert into jobs (id, kind, payload, light, key, state, attempts, run_at_us, lease_until_us, error, created_us)
         select n.id, n.kind, n.payload, n.light, n.key, 'ready', 0, n.run_at_us, 0, '', n.run_at_us
         from /*pg: jsonb_to_recordset($1::jsonb) as n (id text, kind text, payload text, light bigint, key text, run_at_us bigint)*/
           /*lite: (select value ->> 'id' as id, value ->> 'kind' as kind, value ->> 'payload' as payload,
             value ->> 'light' as light, value ->> 'key' as key, value ->> 'run_at_us' as run_at_us from json_each($1)) as n*/
         where true on conflict do nothing",
        (rows,),
    )
    .await
}

/// Takes due jobs, the longest due first; light ones or others.
pub fn lease(light: bool, most: i64, now_us: i64) -> Ask<Vec<Leased>> {
    db::all(
        "update jobs set state = 'running', attempts = attempts + 1, lease_until_us = $2
         where id /*pg: = any(array(*//*lite: in (*/
             select id from jobs where state = 'ready' and light = $3 and run_at_us <= $1
             order by run_at_us limit $4 /*pg: for update skip locked*/
           /*pg: )*/)
         returning id, kind, payload, attempts",
        (now_us, now_us + LEASE_US, i64::from(light), most),
    )
}

/// Keeps a running job with its worker.
///
/// # Errors
/// When the database refuses.
pub async fn renew(tx: &mut Tx, id: JobId, now_us: i64) -> DbResult<()> {
    tx.exec("update jobs set lease_until_us = $2 where id = $1 and state = 'running'", (id, now_us + LEASE_US))
        .await
        .map(drop)
}

/// Puts a job back whose next step can begin at once, with new tries.
///
/// # Errors
/// When the database refuses.
pub async fn go_on(tx: &mut Tx, id: JobId, now_us: i64) -> DbResult<()> {
    tx.exec(
        "update jobs set state = 'ready', attempts = 0, run_at_us = $2, lease_until_us = 0, error = '' where id = $1",
        (id, now_us),
    )
    .await
    .map(drop)
}

/// Offers jobs again whose worker has gone.
///
/// # Errors
/// When the database refuses.
pub async fn reclaim(tx: &mut Tx, now_us: i64) -> DbResult<u64> {
    tx.exec("update jobs set state = 'ready', key = null where state = 'running' and lease_until_us < $1", (now_us,))
        .await
}

/// Removes jobs that are done.
///
/// # Errors
/// When the database refuses.
pub async fn finish(tx: &mut Tx, ids: &[JobId]) -> DbResult<()> {
    let ids = db::json(ids)?;
    tx.push(
        "delete from jobs where id /*pg: = any(array(*//*lite: in (*/
           select /*pg: jsonb_array_elements_text($1::jsonb)*//*lite: value from json_each($1)*/ /*pg: )*/)",
        (ids,),
    )
    .await
}

/// Puts a job back, to run again at `run_at_us`.
///
/// # Errors
/// When the database refuses.
pub async fn retry_at(tx: &mut Tx, id: JobId, run_at_us: i64, error: &str) -> DbResult<()> {
    tx.exec(
        "update jobs set state = 'ready', key = null, run_at_us = $2, lease_until_us = 0, error = $3 where id = $1",
        (id, run_at_us, error),
    )
    .await
    .map(drop)
}

/// Makes a job a dead letter.
///
/// # Errors
/// When the database refuses.
pub async fn bury(tx: &mut Tx, id: JobId, error: &str) -> DbResult<()> {
    tx.exec("update jobs set state = 'dead', error = $2 where id = $1", (id, error)).await.map(drop)
}

/// All dead letters, oldest first.
///
/// # Errors
/// When the database refuses.
pub async fn dead_letters(tx: &mut Tx) -> DbResult<Vec<DeadLetter>> {
    tx.all(
        "select id, kind, payload, attempts, error, created_us from jobs where state = 'dead' order by id limit 500",
        (),
    )
    .await
}

/// Gives a dead letter new tries; false when there is no such letter.
///
/// # Errors
/// When the database refuses.
pub async fn revive(tx: &mut Tx, id: JobId, now_us: i64) -> DbResult<bool> {
    let touched = tx
        .exec(
            "update jobs set state = 'ready', key = null, attempts = 0, run_at_us = $2 where id = $1 and state = 'dead'",
            (id, now_us),
        )
        .await?;
    Ok(touched == 1)
}

/// Takes a dead letter away and returns it.
///
/// # Errors
/// When the database refuses.
pub async fn drop_dead(tx: &mut Tx, id: JobId) -> DbResult<Option<DeadLetter>> {
    tx.opt(
        "delete from jobs where id = $1 and state = 'dead'
         returning id, kind, payload, attempts, error, created_us",
        (id,),
    )
    .await
}

/// Jobs by state, for metrics.
///
/// # Errors
/// When the database refuses.
pub async fn counts(tx: &mut Tx) -> DbResult<Vec<(String, i64)>> {
    tx.all("select state, count(*) from jobs group by state", ()).await
}

/// When to try again after `attempts` failures: 1 s, 2 s, 4 s, …, at most a minute.
pub fn backoff_us(attempts: i64) -> i64 {
    SECOND_US << attempts.saturating_sub(1).clamp(0, 6)
}
