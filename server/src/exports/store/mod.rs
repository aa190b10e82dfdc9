//! Every SQL statement of releases. This room reads other rooms' tables; it writes its own.

pub mod access;
pub mod features;
pub mod snapshot;
pub mod variants;

use super::model::{Release, ReleaseFile, ReleaseId, Stage};
use crate::batches::ProjectId;
use crate::platform::db::{DbResult, Tx};

pub async fn insert(tx: &mut Tx, release: &Release, by: &str) -> DbResult<bool> {
    let touched = tx
        .exec(
            "insert into releases (id, project_id, version, state, error, pseudonym_key, card, options, snapshot_us, facts,
               stage, done, total, created_by, created_us, ready_us)
             values ($1, $2, $3, 'building', '', $4, '', $5, 0, '', 'plan', 0, 0, $6, $7, 0)
             on conflict (project_id, version) do nothing",
            (
                release.id,
                release.project_id,
                release.version.as_str(),
                release.pseudonym_key.as_str(),
                release.options.as_str(),
                by,
                release.created_us,
            ),
        )
        .await?;
    Ok(touched == 1)
}

pub async fn find(tx: &mut Tx, id: ReleaseId) -> DbResult<Option<Release>> {
    tx.opt(
        "select id, project_id, version, state, error, pseudonym_key, card, options, snapshot_us, facts, stage, done, total,
           created_us
         from releases where id = $1",
        (id,),
    )
    .await
}

pub async fn list(tx: &mut Tx) -> DbResult<Vec<Release>> {
    tx.all(
        "select id, project_id, version, state, error, pseudonym_key, card, options, snapshot_us, facts, stage, done, total,
           created_us
         from releases order by id desc limit 200",
        (),
    )
    .await
}

/// The releases of a project, newest first.
pub async fn list_of(tx: &mut Tx, project: ProjectId) -> DbResult<Vec<Release>> {
    tx.all(
        "select id, project_id, version, state, error, pseudonym_key, card, options, snapshot_us, facts, stage, done, total,
           created_us
         from releases where project_id = $1 order by id desc",
        (project,),
    )
    .await
}

pub async fn set_building(tx: &mut Tx, id: ReleaseId) -> DbResult<()> {
    tx.exec("update releases set state = 'building', error = '' where id = $1 and state = 'failed'", (id,))
        .await
        .map(drop)
}

/// Notes what was frozen; false when somebody else has gone on meanwhile.
pub async fn set_frozen(tx: &mut Tx, id: ReleaseId, snapshot_us: i64, facts: &str, clips: i64) -> DbResult<bool> {
    let touched = tx
        .exec(
            "update releases set snapshot_us = $2, facts = $3, stage = 'recordings', done = 0, total = $4
             where id = $1 and stage = 'plan'",
            (id, snapshot_us, facts, clips),
        )
        .await?;
    Ok(touched == 1)
}

/// Sends a build back to its first step.
pub async fn set_planned(tx: &mut Tx, id: ReleaseId) -> DbResult<()> {
    tx.exec(
        "update releases set stage = 'plan', done = 0, total = 0, facts = '', card = '' where id = $1 and state <> 'ready'",
        (id,),
    )
    .await
    .map(drop)
}

/// Goes from one step to the next; false when somebody else has gone on meanwhile.
pub async fn set_stage(tx: &mut Tx, id: ReleaseId, from: Stage, to: Stage) -> DbResult<bool> {
    let touched = tx
        .exec(
            "update releases set stage = $3, done = 0, total = 0 where id = $1 and stage = $2",
            (id, from.as_str(), to.as_str()),
        )
        .await?;
    Ok(touched == 1)
}

/// How far the step has come; false when somebody else has gone on meanwhile.
pub async fn set_progress(tx: &mut Tx, id: ReleaseId, stage: Stage, from: i64, to: i64, total: i64) -> DbResult<bool> {
    let touched = tx
        .exec(
            "update releases set done = $4, total = $5 where id = $1 and stage = $2 and done = $3",
            (id, stage.as_str(), from, to, total),
        )
        .await?;
    Ok(touched == 1)
}

pub async fn set_card(tx: &mut Tx, id: ReleaseId, card: &str) -> DbResult<()> {
    tx.exec("update releases set card = $2 where id = $1 and state <> 'ready'", (id, card)).await.map(drop)
}

pub async fn set_ready(tx: &mut Tx, id: ReleaseId, now_us: i64) -> DbResult<bool> {
    let touched = tx
        .exec(
            "update releases set state = 'ready', error = '', ready_us = $2 where id = $1 and state <> 'ready'",
            (id, now_us),
        )
        .await?;
    Ok(touched == 1)
}

pub async fn set_failed(tx: &mut Tx, id: ReleaseId, error: &str) -> DbResult<()> {
    tx.exec("update releases set state = 'failed', error = $2 where id = $1 and state = 'building'", (id, error))
        .await
        .map(drop)
}

pub async fn delete(tx: &mut Tx, id: ReleaseId) -> DbResult<()> {
    tx.exec("delete from releases where id = $1 and state = 'failed'", (id,)).await.map(drop)
}

pub async fn insert_file(tx: &mut Tx, id: ReleaseId, file: &ReleaseFile) -> DbResult<()> {
    tx.exec(
        "insert into release_files (release_id, path, sha256, size_bytes) values ($1, $2, $3, $4)
         on conflict (release_id, path) do nothing",
        (id, file.path.as_str(), file.sha256.as_str(), file.size_bytes),
    )
    .await
    .map(drop)
}

pub async fn list_files(tx: &mut Tx, id: ReleaseId) -> DbResult<Vec<ReleaseFile>> {
    tx.all("select path, sha256, size_bytes from release_files where release_id = $1 order by path", (id,)).await
}

/// Some files, in the order of their paths, after one.
pub async fn list_files_after(tx: &mut Tx, id: ReleaseId, after: &str) -> DbResult<Vec<ReleaseFile>> {
    tx.all(
        "select path, sha256, size_bytes from release_files where release_id = $1 and path > $2 order by path limit 2000",
        (id, after),
    )
    .await
}

/// The files that are no single recording: tables, archives, documents.
pub async fn list_bundles(tx: &mut Tx, id: ReleaseId) -> DbResult<Vec<ReleaseFile>> {
    tx.all(
        "select path, sha256, size_bytes from release_files
         where release_id = $1 and path not like 'clips/%' and path not like 'originals/%' order by path",
        (id,),
    )
    .await
}

/// A few recordings.
pub async fn list_samples(tx: &mut Tx, id: ReleaseId) -> DbResult<Vec<ReleaseFile>> {
    tx.all(
        "select path, sha256, size_bytes from release_files
         where release_id = $1 and path like 'clips/%' order by sha256 limit 6",
        (id,),
    )
    .await
}

/// How many files there are, and their bytes.
pub async fn count_files(tx: &mut Tx, id: ReleaseId) -> DbResult<(i64, i64)> {
    tx.one(
        "select count(*), cast(coalesce(sum(size_bytes), 0) as bigint) from release_files where release_id = $1",
        (id,),
    )
    .await
}

pub async fn find_file(tx: &mut Tx, id: ReleaseId, path: &str) -> DbResult<Option<ReleaseFile>> {
    tx.opt("select path, sha256, size_bytes from release_files where release_id = $1 and path = $2", (id, path)).await
}

/// Every object that a release promises.
pub async fn list_objects(tx: &mut Tx) -> DbResult<Vec<(String, String)>> {
    tx.all("select release_id, sha256 from release_files", ()).await
}
