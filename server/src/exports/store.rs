//! Every SQL statement of releases. This room reads other rooms' tables; it writes its own.

use super::model::{AnswerOf, Eligible, Release, ReleaseFile, ReleaseId};
use crate::batches::ProjectId;
use crate::platform::{
    db::{DbResult, Tx},
    ids::PersonId,
};

pub async fn insert(tx: &mut Tx, release: &Release, by: PersonId) -> DbResult<bool> {
    let touched = tx
        .exec(
            "insert into releases (id, project_id, version, state, error, pseudonym_key, card, created_by, created_us, ready_us)
             values ($1, $2, $3, 'building', '', $4, '', $5, $6, 0) on conflict (project_id, version) do nothing",
            (release.id, release.project_id, release.version.as_str(), release.pseudonym_key.as_str(), by, release.created_us),
        )
        .await?;
    Ok(touched == 1)
}

pub async fn find(tx: &mut Tx, id: ReleaseId) -> DbResult<Option<Release>> {
    tx.opt(
        "select id, project_id, version, state, error, pseudonym_key, card, created_us from releases where id = $1",
        (id,),
    )
    .await
}

pub async fn list(tx: &mut Tx) -> DbResult<Vec<Release>> {
    tx.all(
        "select id, project_id, version, state, error, pseudonym_key, card, created_us from releases order by id desc limit 200",
        (),
    )
    .await
}

pub async fn set_ready(tx: &mut Tx, id: ReleaseId, card: &str, now_us: i64) -> DbResult<bool> {
    let touched = tx
        .exec(
            "update releases set state = 'ready', error = '', card = $2, ready_us = $3 where id = $1 and state <> 'ready'",
            (id, card, now_us),
        )
        .await?;
    Ok(touched == 1)
}

pub async fn set_failed(tx: &mut Tx, id: ReleaseId, error: &str) -> DbResult<()> {
    tx.exec("update releases set state = 'failed', error = $2 where id = $1 and state = 'building'", (id, error))
        .await
        .map(drop)
}

pub async fn insert_file(tx: &mut Tx, id: ReleaseId, file: &ReleaseFile) -> DbResult<()> {
    tx.exec(
        "insert into release_files (release_id, path, sha256, size_bytes) values ($1, $2, $3, $4)",
        (id, file.path.as_str(), file.sha256.as_str(), file.size_bytes),
    )
    .await
    .map(drop)
}

pub async fn list_files(tx: &mut Tx, id: ReleaseId) -> DbResult<Vec<ReleaseFile>> {
    tx.all("select path, sha256, size_bytes from release_files where release_id = $1 order by path", (id,)).await
}

pub async fn find_file(tx: &mut Tx, id: ReleaseId, path: &str) -> DbResult<Option<ReleaseFile>> {
    tx.opt("select path, sha256, size_bytes from release_files where release_id = $1 and path = $2", (id, path)).await
}

/// Every object that a release promises.
pub async fn list_objects(tx: &mut Tx) -> DbResult<Vec<(String, String)>> {
    tx.all("select release_id, sha256 from release_files", ()).await
}

/// Verified clips whose verdict is yes; consent is looked at by the caller.
pub async fn list_eligible(tx: &mut Tx, project: ProjectId) -> DbResult<Vec<Eligible>> {
    tx.all(
        "select c.id as clip_id, c.speaker_id, c.phrase, c.sha256, c.report, c.settings, c.synthetic, c.created_us,
           v.item_id, v.probability, v.answers, v.method, v.evidence
         from clips c join verdicts v on v.clip_id = c.id
         where c.project_id = $1 and c.state = 'verified' and c.accepted = 1 and v.label = 'yes'
           and v.state in ('settled', 'decided') and c.report is not null
           and not exists (select 1 from duplicates d where d.clip_id = c.id and d.state = 'waiting')
         order by c.id",
        (project,),
    )
    .await
}

/// Answers about a project's clips; gold is not among them.
pub async fn list_answers(tx: &mut Tx, project: ProjectId) -> DbResult<Vec<AnswerOf>> {
    tx.all(
        "select a.id as answer_id, i.clip_id, a.person_id, a.label, a.reason, a.duration_ms
         from answers a join items i on i.id = a.item_id join clips c on c.id = i.clip_id
         where c.project_id = $1 and i.gold_label is null order by a.id",
        (project,),
    )
    .await
}

/// Settled clips of a project: all, and those accepted.
pub async fn count_settled(tx: &mut Tx, project: ProjectId) -> DbResult<(i64, i64)> {
    tx.one(
        "select count(*), cast(coalesce(sum(c.accepted), 0) as bigint)
         from clips c join verdicts v on v.clip_id = c.id
         where c.project_id = $1 and c.state = 'verified' and v.state in ('settled', 'decided')",
        (project,),
    )
    .await
}

/// Consent versions that people gave for a project.
pub async fn list_consent_versions(tx: &mut Tx, project: ProjectId) -> DbResult<Vec<(i64, String)>> {
    tx.all("select version, sha256 from consent_texts where project_id = $1 order by version", (project,)).await
}
