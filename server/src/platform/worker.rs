//! The loop that runs jobs and periodic chores, in `sayso serve` and `sayso work` alike.

use super::{
    clock::steady,
    db::DbError,
    queue::{self, Leased},
    site::Site,
};
use std::{
    collections::HashMap,
    future::Future,
    pin::Pin,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{sync::watch, task::JoinSet};

/// Why a job did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// It may work later: retried with backoff, then a dead letter.
    #[error("{0}")]
    Retry(String),
    /// It will never work: a dead letter at once.
    #[error("{0}")]
    Final(String),
    /// A step of a long job is done and the next can begin, with new tries. Between two steps the
    /// process may stop.
    #[error("not done yet")]
    More,
}

impl From<DbError> for JobError {
    fn from(error: DbError) -> Self {
        Self::Retry(error.to_string())
    }
}

impl From<super::blobs::BlobError> for JobError {
    fn from(error: super::blobs::BlobError) -> Self {
        Self::Retry(error.to_string())
    }
}

impl From<serde_json::Error> for JobError {
    fn from(error: serde_json::Error) -> Self {
        Self::Final(error.to_string())
    }
}

/// What a job or chore does.
pub type Work = Pin<Box<dyn Future<Output = Result<(), JobError>> + Send>>;
type Run = Arc<dyn Fn(Site, String) -> Work + Send + Sync>;
type Chore = Arc<dyn Fn(Site) -> Work + Send + Sync>;

/// Every job kind and chore that this process knows.
#[derive(Clone, Default)]
pub struct Schedule {
    jobs: HashMap<&'static str, Run>,
    buried: HashMap<&'static str, Run>,
    chores: Vec<(&'static str, Duration, Chore)>,
}

impl Schedule {
    /// Registers what a kind of job does.
    pub fn job<J, F, W>(mut self, run: F) -> Self
    where
        J: queue::Job + 'static,
        F: Fn(Site, J) -> W + Send + Sync + Copy + 'static,
        W: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        self.jobs.insert(J::KIND, runner(run));
        self
    }

    /// Registers what happens when a kind of job has become a dead letter.
    pub fn when_dead<J, F, W>(mut self, run: F) -> Self
    where
        J: queue::Job + 'static,
        F: Fn(Site, J) -> W + Send + Sync + Copy + 'static,
        W: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        self.buried.insert(J::KIND, runner(run));
        self
    }

    /// Registers what runs every so often, safely in several processes at once.
    pub fn every<F, W>(mut self, name: &'static str, period: Duration, run: F) -> Self
    where
        F: Fn(Site) -> W + Send + Sync + 'static,
        W: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        self.chores.push((name, period, Arc::new(move |site| Box::pin(run(site)))));
        self
    }
}

fn runner<J, F, W>(run: F) -> Run
where
    J: queue::Job + 'static,
    F: Fn(Site, J) -> W + Send + Sync + Copy + 'static,
    W: Future<Output = Result<(), JobError>> + Send + 'static,
{
    Arc::new(move |site, payload| Box::pin(async move { run(site, serde_json::from_str(&payload)?).await }))
}

/// Runs jobs until `stop` says so; what has begun is finished first.
pub async fn run(site: Site, schedule: Schedule, mut stop: watch::Receiver<bool>) {
    let mut busy = JoinSet::new();
    let mut due: Vec<Instant> = schedule.chores.iter().map(|_| steady()).collect();
    while !*stop.borrow() {
        for (at, (name, period, chore)) in due.iter_mut().zip(&schedule.chores) {
            if *at <= steady() {
                *at = steady() + *period;
                if let Err(error) = chore(site.clone()).await {
                    tracing::warn!(chore = name, error = %error, "chore failed");
                }
            }
        }
        let room = busy.len() < 4;
        match if room { take(&site).await } else { Ok(None) } {
            Ok(Some(job)) => {
                busy.spawn(one(site.clone(), schedule.clone(), job));
                continue;
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(error = %error, "no job could be taken"),
        }
        tokio::select! {
            _ = stop.changed() => {}
            Some(_) = busy.join_next(), if !busy.is_empty() => {}
            () = site.wake.notified(), if room => {}
            () = tokio::time::sleep(Duration::from_millis(250)) => {}
        }
    }
    while busy.join_next().await.is_some() {}
}

/// Runs due jobs one after another until none is left, and returns how many ran.
///
/// # Errors
/// When the database does not answer.
pub async fn drain(site: &Site, schedule: &Schedule) -> Result<u64, DbError> {
    let mut ran = 0;
    while run_one(site, schedule).await? {
        ran += 1;
    }
    Ok(ran)
}

/// Runs one job that is due; false when none is.
///
/// # Errors
/// When the database does not answer.
pub async fn run_one(site: &Site, schedule: &Schedule) -> Result<bool, DbError> {
    let Some(job) = take(site).await? else { return Ok(false) };
    one(site.clone(), schedule.clone(), job).await;
    Ok(true)
}

async fn take(site: &Site) -> Result<Option<Leased>, DbError> {
    let mut tx = site.db.begin().await?;
    let job = queue::lease(&mut tx, site.now_us()).await?;
    tx.commit().await?;
    Ok(job)
}

async fn one(site: Site, schedule: Schedule, job: Leased) {
    let outcome = match schedule.jobs.get(job.kind.as_str()) {
        Some(run) => held(&site, &job, run(site.clone(), job.payload.clone())).await,
        None => Err(JobError::Final(format!("unknown job kind {}", job.kind))),
    };
    let label = match outcome {
        Ok(()) => "done",
        Err(JobError::More) => "step",
        Err(_) => "failed",
    };
    metrics::counter!("sayso_jobs_total", "kind" => job.kind.clone(), "outcome" => label).increment(1);
    if let Err(error) = settle(&site, &schedule, &job, outcome).await {
        // The lease runs out and the job is taken again: it is safe to run twice.
        tracing::warn!(job = %job.id, error = %error, "job outcome not stored");
    }
}

/// Waits for a job and keeps it leased meanwhile.
async fn held(site: &Site, job: &Leased, mut work: Work) -> Result<(), JobError> {
    loop {
        tokio::select! {
            outcome = &mut work => return outcome,
            () = tokio::time::sleep(Duration::from_micros(queue::LEASE_US.unsigned_abs() / 3)) => {}
        }
        if let Err(error) = renew(site, job).await {
            tracing::warn!(job = %job.id, error = %error, "lease not renewed");
        }
    }
}

async fn renew(site: &Site, job: &Leased) -> Result<(), DbError> {
    let mut tx = site.db.begin().await?;
    queue::renew(&mut tx, job.id, site.now_us()).await?;
    tx.commit().await
}

async fn settle(site: &Site, schedule: &Schedule, job: &Leased, outcome: Result<(), JobError>) -> Result<(), DbError> {
    let mut tx = site.db.begin().await?;
    let dead = match &outcome {
        Ok(()) => {
            queue::finish(&mut tx, job.id).await?;
            false
        }
        Err(JobError::More) => {
            queue::go_on(&mut tx, job.id, site.now_us()).await?;
            false
        }
        Err(JobError::Retry(text)) if job.attempts < queue::TRIES_MAX => {
            let at = site.now_us() + queue::backoff_us(job.attempts);
            tracing::warn!(job = %job.id, kind = job.kind, attempts = job.attempts, error = text, "job will be retried");
            queue::retry_at(&mut tx, job.id, at, text).await?;
            false
        }
        Err(error) => {
            tracing::error!(job = %job.id, kind = job.kind, error = %error, "job is a dead letter now");
            queue::bury(&mut tx, job.id, &error.to_string()).await?;
            true
        }
    };
    tx.commit().await?;
    if let (true, Some(run)) = (dead, schedule.buried.get(job.kind.as_str()))
        && let Err(error) = run(site.clone(), job.payload.clone()).await
    {
        tracing::warn!(job = %job.id, error = %error, "dead letter's owner was not told");
    }
    Ok(())
}
