//! The loop that runs jobs and periodic chores, in `sayso serve` and `sayso work` alike.

use super::{
    clock::steady,
    db::DbError,
    queue::{self, JobId, Leased},
    site::Site,
};
use serde::de::DeserializeOwned;
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
    lots: HashMap<&'static str, Run>,
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

    /// Registers what a kind of light job does with many of them at once; all of them or none.
    pub fn lot<J, F, W>(mut self, run: F) -> Self
    where
        J: queue::Job + 'static,
        F: Fn(Site, Vec<J>) -> W + Send + Sync + Copy + 'static,
        W: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        self.lots.insert(J::KIND, runner(run));
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
    J: DeserializeOwned + Send + 'static,
    F: Fn(Site, J) -> W + Send + Sync + Copy + 'static,
    W: Future<Output = Result<(), JobError>> + Send + 'static,
{
    Arc::new(move |site, payload| Box::pin(async move { run(site, serde_json::from_str(&payload)?).await }))
}

/// Most jobs other than light ones that run at a time in one process.
const HEAVY_MAX: usize = 4;
/// Light jobs that are taken at once.
const LIGHT_MAX: i64 = 64;
/// How long light jobs are waited for, so that more of them are taken at once.
const GATHER: Duration = Duration::from_millis(20);
/// How often jobs of workers that have gone are looked for.
const RECLAIM: Duration = Duration::from_secs(5);

/// Runs jobs until `stop` says so; what has begun is finished first.
pub async fn run(site: Site, schedule: Schedule, mut stop: watch::Receiver<bool>) {
    let schedule = Arc::new(schedule);
    let (mut heavy, mut light) = (JoinSet::new(), JoinSet::new());
    let mut due: Vec<Instant> = schedule.chores.iter().map(|_| steady()).collect();
    let mut reclaim_at = steady();
    while !*stop.borrow() {
        for (at, (name, period, chore)) in due.iter_mut().zip(&schedule.chores) {
            if *at <= steady() {
                *at = steady() + *period;
                if let Err(error) = chore(site.clone()).await {
                    tracing::warn!(chore = name, error = %error, "chore failed");
                }
            }
        }
        let looked = async {
            if reclaim_at <= steady() {
                reclaim_at = steady() + RECLAIM;
                reclaim(&site).await?;
            }
            // One lot at a time: what comes meanwhile makes the next one, and under load a larger one.
            let light_max = if light.is_empty() { LIGHT_MAX } else { 0 };
            let (lot, job) = take(&site, light_max, i64::from(heavy.len() < HEAVY_MAX)).await?;
            if !lot.is_empty() {
                light.spawn(many(site.clone(), schedule.clone(), lot));
            }
            let found = !job.is_empty();
            for job in job {
                heavy.spawn(one(site.clone(), schedule.clone(), job));
            }
            Ok::<_, DbError>(found)
        };
        match looked.await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::warn!(error = %error, "no job could be taken"),
        }
        tokio::select! {
            _ = stop.changed() => {}
            Some(_) = heavy.join_next(), if !heavy.is_empty() => {}
            Some(lot) = light.join_next(), if !light.is_empty() => {
                // A full one has left others behind.
                if lot.unwrap_or(0) < LIGHT_MAX {
                    tokio::time::sleep(GATHER).await;
                }
            }
            () = site.wake.notified(), if light.is_empty() => tokio::time::sleep(GATHER).await,
            () = tokio::time::sleep(Duration::from_millis(250)) => {}
        }
    }
    while heavy.join_next().await.is_some() {}
    while light.join_next().await.is_some() {}
}

/// Runs due jobs one after another until none is left, and returns how many ran.
///
/// # Errors
/// When the database does not answer.
pub async fn drain(site: &Site, schedule: &Schedule) -> Result<u64, DbError> {
    let schedule = Arc::new(schedule.clone());
    let mut ran = 0;
    reclaim(site).await?;
    loop {
        let now = next(site, &schedule, LIGHT_MAX).await?;
        if now == 0 {
            return Ok(ran);
        }
        ran += now;
    }
}

/// Runs one job that is due; false when none is.
///
/// # Errors
/// When the database does not answer.
pub async fn run_one(site: &Site, schedule: &Schedule) -> Result<bool, DbError> {
    reclaim(site).await?;
    Ok(next(site, &Arc::new(schedule.clone()), 1).await? > 0)
}

/// Runs at most so many light jobs, or another one, and returns how many.
async fn next(site: &Site, schedule: &Arc<Schedule>, light_max: i64) -> Result<u64, DbError> {
    let (mut jobs, _) = take(site, light_max, 0).await?;
    if jobs.is_empty() {
        (_, jobs) = take(site, 0, 1).await?;
    }
    let count = many(site.clone(), schedule.clone(), jobs).await;
    Ok(count.unsigned_abs())
}

/// Runs every chore whose turn came after `since_us`, once, by the site's own clock: what
/// [`run`] does by the machine's.
///
/// # Errors
/// What the first chore that fails says.
pub async fn do_chores(site: &Site, schedule: &Schedule, since_us: i64) -> Result<(), JobError> {
    let now_us = site.now_us();
    for (_, period, chore) in &schedule.chores {
        let period_us = i64::try_from(period.as_micros()).unwrap_or(i64::MAX).max(1);
        if now_us.div_euclid(period_us) > since_us.div_euclid(period_us) {
            chore(site.clone()).await?;
        }
    }
    Ok(())
}

async fn reclaim(site: &Site) -> Result<(), DbError> {
    let mut tx = site.db.begin().await?;
    let found = queue::reclaim(&mut tx, site.now_us()).await?;
    if found == 0 { Ok(()) } else { tx.commit().await }
}

/// At most so many light jobs, and so many others.
async fn take(site: &Site, light_max: i64, heavy_max: i64) -> Result<(Vec<Leased>, Vec<Leased>), DbError> {
    let mut tx = site.db.alone().await?;
    let now_us = site.now_us();
    let (light, heavy) =
        tx.ask((queue::lease(true, light_max, now_us), queue::lease(false, heavy_max, now_us))).await?;
    if !(light.is_empty() && heavy.is_empty()) {
        tx.commit().await?;
    }
    Ok((light, heavy))
}

/// Runs light jobs: those of a kind that can be done together in one go, the others one by one. Tells how
/// many there were.
async fn many(site: Site, schedule: Arc<Schedule>, jobs: Vec<Leased>) -> i64 {
    let count = i64::try_from(jobs.len()).unwrap_or(LIGHT_MAX);
    let mut kinds: HashMap<String, Vec<Leased>> = HashMap::new();
    for job in jobs {
        kinds.entry(job.kind.clone()).or_default().push(job);
    }
    let mut done = Vec::new();
    for (kind, jobs) in kinds {
        if let Some(run) = schedule.lots.get(kind.as_str()).filter(|_| jobs.len() > 1) {
            let payloads = format!("[{}]", jobs.iter().map(|job| job.payload.as_str()).collect::<Vec<_>>().join(","));
            if run(site.clone(), payloads).await.is_ok() {
                counted(&kind, "done", jobs.len() as u64);
                done.extend(jobs.iter().map(|job| job.id));
                continue;
            }
            // Somewhere among them is one that fails: it alone shall.
        }
        for job in jobs {
            match attempt(&site, &schedule, &job).await {
                Ok(()) => done.push(job.id),
                Err(error) => failed(&site, &schedule, &job, error).await,
            }
        }
    }
    finish(&site, &done).await;
    count
}

async fn one(site: Site, schedule: Arc<Schedule>, job: Leased) {
    match attempt(&site, &schedule, &job).await {
        Ok(()) => finish(&site, &[job.id]).await,
        Err(error) => failed(&site, &schedule, &job, error).await,
    }
}

async fn attempt(site: &Site, schedule: &Schedule, job: &Leased) -> Result<(), JobError> {
    let kind = job.kind.as_str();
    let outcome = match (schedule.jobs.get(kind), schedule.lots.get(kind)) {
        (Some(run), _) => held(site, job, run(site.clone(), job.payload.clone())).await,
        (None, Some(run)) => run(site.clone(), format!("[{}]", job.payload)).await,
        (None, None) => Err(JobError::Final(format!("unknown job kind {kind}"))),
    };
    let label = match outcome {
        Ok(()) => "done",
        Err(JobError::More) => "step",
        Err(_) => "failed",
    };
    counted(kind, label, 1);
    outcome
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

fn counted(kind: &str, label: &'static str, count: u64) {
    metrics::counter!("sayso_jobs_total", "kind" => kind.to_owned(), "outcome" => label).increment(count);
}

async fn finish(site: &Site, ids: &[JobId]) {
    let removed = async {
        let mut tx = site.db.begin().await?;
        queue::finish(&mut tx, ids).await?;
        tx.commit().await
    };
    if ids.is_empty() {
        return;
    }
    if let Err(error) = removed.await {
        // The leases run out and the jobs are taken again: they are safe to run twice.
        tracing::warn!(jobs = ids.len(), error = %error, "jobs' outcome not stored");
    }
}

async fn failed(site: &Site, schedule: &Schedule, job: &Leased, error: JobError) {
    if let Err(error) = settle(site, schedule, job, error).await {
        tracing::warn!(job = %job.id, error = %error, "job outcome not stored");
    }
}

async fn settle(site: &Site, schedule: &Schedule, job: &Leased, error: JobError) -> Result<(), DbError> {
    let mut tx = site.db.begin().await?;
    if matches!(error, JobError::More) {
        queue::go_on(&mut tx, job.id, site.now_us()).await?;
        return tx.commit().await;
    }
    if let JobError::Retry(text) = &error
        && job.attempts < queue::TRIES_MAX
    {
        let at = site.now_us() + queue::backoff_us(job.attempts);
        tracing::warn!(job = %job.id, kind = job.kind, attempts = job.attempts, error = text, "job will be retried");
        queue::retry_at(&mut tx, job.id, at, text).await?;
        return tx.commit().await;
    }
    tracing::error!(job = %job.id, kind = job.kind, error = %error, "job is a dead letter now");
    queue::bury(&mut tx, job.id, &error.to_string()).await?;
    tx.commit().await?;
    if let Some(run) = schedule.buried.get(job.kind.as_str())
        && let Err(error) = run(site.clone(), job.payload.clone()).await
    {
        tracing::warn!(job = %job.id, error = %error, "dead letter's owner was not told");
    }
    Ok(())
}
