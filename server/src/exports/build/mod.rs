//! Building a release: rows frozen at one instant → files in the object store → published.
//!
//! One durable job takes one step after another ([`step`]), each as long as a page of recordings or
//! one archive, and notes in one transaction what the step made. A build that is killed goes on
//! with the step that was under way, and ends with the same bytes: everything that the files depend
//! on was frozen by the first step. Rows are read in pages and files are written on disk, so memory
//! does not grow with a release.

mod archives;
mod documents;
mod features;
mod plan;
mod publish;
mod recordings;
mod rows;
mod scratch;
mod tables;

use super::model::{BuildRelease, Facts, Release, ReleaseFile, ReleaseId, Stage};
use super::names::Names;
use super::store;
use crate::platform::{db::DbResult, db::Tx, site::Site, worker::JobError};

/// Does the next step of a build, and asks for the one after it.
///
/// # Errors
/// [`JobError::More`] while there is more to do; what went wrong otherwise.
pub async fn build_release(site: Site, job: BuildRelease) -> Result<(), JobError> {
    let mut tx = site.db.read().await?;
    let Some(release) = store::find(&mut tx, job.release).await? else { return Ok(()) };
    drop(tx);
    if release.state == "ready" {
        return Ok(());
    }
    if release.state == "failed" {
        // Its dead letter is tried again.
        let mut tx = site.db.begin().await?;
        store::set_building(&mut tx, release.id).await?;
        tx.commit().await?;
    }
    match step(&site, &release).await {
        Ok(true) => Err(JobError::More),
        Ok(false) => Ok(()),
        Err(JobError::Final(reason)) => {
            let mut tx = site.db.begin().await?;
            store::set_failed(&mut tx, release.id, &reason).await?;
            tx.commit().await?;
            Err(JobError::Final(reason))
        }
        Err(error) => Err(error),
    }
}

/// One step; whether there is more to do.
async fn step(site: &Site, release: &Release) -> Result<bool, JobError> {
    match release.stage() {
        Stage::Plan => plan::freeze(site, release).await?,
        Stage::Recordings => recordings::make(site, release).await?,
        Stage::Archives => archives::write(site, release).await?,
        Stage::Features => features::write(site, release).await?,
        Stage::Tables => tables::write(site, release).await?,
        Stage::Documents => documents::write(site, release).await?,
        Stage::Publish => return publish::publish(site, release).await,
    }
    Ok(true)
}

/// A release whose build is given up says so.
///
/// # Errors
/// When the database refuses.
pub async fn buried(site: Site, job: BuildRelease) -> Result<(), JobError> {
    let mut tx = site.db.begin().await?;
    let reason = "Building failed for good. An administrator sees why among the failed jobs.";
    store::set_failed(&mut tx, job.release, reason).await?;
    Ok(tx.commit().await?)
}

/// Takes everything away that a build has made, to begin anew.
///
/// # Errors
/// When the database refuses.
pub async fn clear(tx: &mut Tx, id: ReleaseId) -> DbResult<()> {
    store::snapshot::clear_files(tx, id).await?;
    store::variants::clear(tx, id).await?;
    store::snapshot::clear_answers(tx, id).await?;
    store::snapshot::clear_clips(tx, id).await?;
    store::snapshot::clear_speakers(tx, id).await
}

/// Notes the files that a step made, and that the next one may begin.
async fn done(site: &Site, release: &Release, files: &[ReleaseFile], next: Stage) -> Result<(), JobError> {
    let mut tx = site.db.begin().await?;
    if store::set_stage(&mut tx, release.id, release.stage(), next).await? {
        for file in files {
            store::insert_file(&mut tx, release.id, file).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

/// What was frozen with the rows.
fn facts(release: &Release) -> Result<Facts, JobError> {
    Ok(serde_json::from_str(&release.facts)?)
}

/// How the release, with these facts, names people.
fn names_of(release: &Release, facts: &Facts) -> Result<Names, JobError> {
    let missing = || JobError::Final("The release has no key for pseudonyms.".to_owned());
    Names::of(&release.pseudonym_key, facts.splits_key(release)).ok_or_else(missing)
}

/// A file that cannot be made from these rows will not be made by trying again.
fn unmade(error: dataset::DatasetError) -> JobError {
    match error {
        dataset::DatasetError::Io(error) => JobError::Retry(error.to_string()),
        error => JobError::Final(sentence(&error.to_string())),
    }
}

/// Work for the processor, beside the threads that wait for others.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, dataset::DatasetError> + Send + 'static,
) -> Result<T, JobError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| JobError::Retry(error.to_string()))?.map_err(unmade)
}

/// As a sentence: with a capital, and a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
