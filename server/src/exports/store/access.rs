//! Statements about who tells what of a dataset, who may have it, and who took it.

use crate::batches::ProjectId;
use crate::exports::model::{DownloadId, Grant, ReleaseId, Withdrawn};
use crate::platform::{
    db::{DbResult, Tx},
    ids::PersonId,
};

pub async fn find_about(tx: &mut Tx, project: ProjectId) -> DbResult<Option<(String,)>> {
    tx.opt("select about from release_abouts where project_id = $1", (project,)).await
}

pub async fn put_about(tx: &mut Tx, project: ProjectId, about: &str, now_us: i64) -> DbResult<()> {
    tx.exec(
        "insert into release_abouts (project_id, about, at_us) values ($1, $2, $3)
         on conflict (project_id) do update set about = $2, at_us = $3",
        (project, about, now_us),
    )
    .await
    .map(drop)
}

pub async fn accept_terms(
    tx: &mut Tx,
    person: PersonId,
    project: ProjectId,
    dated: &str,
    now_us: i64,
) -> DbResult<bool> {
    let touched = tx
        .exec(
            "insert into release_terms (person_id, project_id, dated, at_us) values ($1, $2, $3, $4)
             on conflict (person_id, project_id, dated) do nothing",
            (person, project, dated, now_us),
        )
        .await?;
    Ok(touched == 1)
}

pub async fn find_terms(tx: &mut Tx, person: PersonId, project: ProjectId, dated: &str) -> DbResult<Option<(i64,)>> {
    tx.opt(
        "select at_us from release_terms where person_id = $1 and project_id = $2 and dated = $3",
        (person, project, dated),
    )
    .await
}

pub async fn find_grant(tx: &mut Tx, project: ProjectId, person: PersonId) -> DbResult<Option<(String,)>> {
    tx.opt("select state from release_grants where project_id = $1 and person_id = $2", (project, person)).await
}

/// Somebody asks; who was refused may ask again.
pub async fn ask(tx: &mut Tx, project: ProjectId, person: PersonId, now_us: i64) -> DbResult<()> {
    tx.exec(
        "insert into release_grants (project_id, person_id, state, asked_us, decided_us) values ($1, $2, 'asked', $3, 0)
         on conflict (project_id, person_id) do update set state = 'asked', asked_us = $3
           where release_grants.state = 'refused'",
        (project, person, now_us),
    )
    .await
    .map(drop)
}

pub async fn set_grant(
    tx: &mut Tx,
    project: ProjectId,
    person: PersonId,
    state: &str,
    by: PersonId,
    now_us: i64,
) -> DbResult<()> {
    tx.exec(
        "insert into release_grants (project_id, person_id, state, asked_us, decided_us, decided_by)
         values ($1, $2, $3, $5, $5, $4)
         on conflict (project_id, person_id) do update set state = $3, decided_us = $5, decided_by = $4",
        (project, person, state, by, now_us),
    )
    .await
    .map(drop)
}

/// Who asked for a project's releases, and what was said; those who wait come first.
pub async fn list_grants(tx: &mut Tx, project: ProjectId) -> DbResult<Vec<Grant>> {
    tx.all(
        "select g.person_id, p.name, p.email, g.state, g.asked_us from release_grants g join people p on p.id = g.person_id
         where g.project_id = $1 order by case when g.state = 'asked' then 0 else 1 end, g.asked_us",
        (project,),
    )
    .await
}

pub async fn insert_download(
    tx: &mut Tx,
    release: ReleaseId,
    person: PersonId,
    path: &str,
    now_us: i64,
) -> DbResult<()> {
    tx.exec(
        "insert into release_downloads (id, release_id, person_id, path, at_us) values ($1, $2, $3, $4, $5)",
        (DownloadId::new(), release, person, path, now_us),
    )
    .await
    .map(drop)
}

/// Downloads of a person since a moment: how many, and when the first was.
pub async fn count_downloads(tx: &mut Tx, person: PersonId, since_us: i64) -> DbResult<(i64, Option<i64>)> {
    tx.one("select count(*), min(at_us) from release_downloads where person_id = $1 and at_us > $2", (person, since_us))
        .await
}

/// Everybody who speaks in a published release of a project, and when they last took a consent
/// back or gave one.
pub async fn list_released_speakers(tx: &mut Tx, project: ProjectId) -> DbResult<Vec<(String, Option<i64>)>> {
    tx.all(
        "select distinct c.speaker_id,
           (select max(e.at_us) from consents e where e.person_id = c.speaker_id and e.project_id = c.project_id)
         from release_clips r join releases l on l.id = r.release_id join clips c on c.id = r.clip_id
         where l.project_id = $1 and l.state = 'ready'",
        (project,),
    )
    .await
}

/// Notes that the released clips of a speaker were taken back.
pub async fn note_withdrawn(tx: &mut Tx, project: ProjectId, speaker_id: &str, at_us: i64) -> DbResult<u64> {
    tx.exec(
        "insert into release_withdrawals (project_id, clip_id, sha256, withdrawn_us)
         select distinct l.project_id, r.clip_id, r.sha256, $3
         from (select release_id, clip_id as parent, clip_id, sha256 from release_clips
               union all select release_id, parent_clip_id, clip_id, sha256 from release_variants) r
           join releases l on l.id = r.release_id join clips c on c.id = r.parent
         where l.project_id = $1 and l.state = 'ready' and c.speaker_id = $2
         on conflict (project_id, clip_id, sha256) do nothing",
        (project, speaker_id, at_us),
    )
    .await
}

/// Notes released clips that are gone altogether, as after an erasure.
pub async fn note_erased(tx: &mut Tx, project: ProjectId, at_us: i64) -> DbResult<u64> {
    tx.exec(
        "insert into release_withdrawals (project_id, clip_id, sha256, withdrawn_us)
         select distinct l.project_id, r.clip_id, r.sha256, $2
         from (select release_id, clip_id as parent, clip_id, sha256 from release_clips
               union all select release_id, parent_clip_id, clip_id, sha256 from release_variants) r
           join releases l on l.id = r.release_id
         where l.project_id = $1 and l.state = 'ready' and not exists (select 1 from clips c where c.id = r.parent)
         on conflict (project_id, clip_id, sha256) do nothing",
        (project, at_us),
    )
    .await
}

/// The clips of somebody who agreed anew are no longer taken back.
pub async fn forget_withdrawn(tx: &mut Tx, project: ProjectId, speaker_id: &str) -> DbResult<()> {
    tx.exec(
        "delete from release_withdrawals where project_id = $1 and (
           clip_id in (select c.id from clips c where c.speaker_id = $2) or clip_id in (
             select v.clip_id from release_variants v join clips c on c.id = v.parent_clip_id where c.speaker_id = $2))",
        (project, speaker_id),
    )
    .await
    .map(drop)
}

/// Everybody whose released clips are noted as taken back.
pub async fn list_withdrawn_speakers(tx: &mut Tx, project: ProjectId) -> DbResult<Vec<(String,)>> {
    tx.all(
        "select distinct c.speaker_id from release_withdrawals w join clips c on c.id = w.clip_id where w.project_id = $1",
        (project,),
    )
    .await
}

/// Released clips that are gone altogether and not noted yet.
pub async fn count_erased(tx: &mut Tx, project: ProjectId) -> DbResult<i64> {
    let (count,): (i64,) = tx
        .one(
            "select count(*) from release_clips r join releases l on l.id = r.release_id
             where l.project_id = $1 and l.state = 'ready' and not exists (select 1 from clips c where c.id = r.clip_id)
               and not exists (select 1 from release_withdrawals w where w.clip_id = r.clip_id and w.sha256 = r.sha256)",
            (project,),
        )
        .await?;
    Ok(count)
}

pub async fn list_withdrawn(tx: &mut Tx, project: ProjectId) -> DbResult<Vec<Withdrawn>> {
    tx.all(
        "select clip_id, sha256, withdrawn_us from release_withdrawals where project_id = $1 order by clip_id, sha256",
        (project,),
    )
    .await
}

/// Clips of a release that were taken back since.
pub async fn count_withdrawn(tx: &mut Tx, id: ReleaseId) -> DbResult<i64> {
    let (count,): (i64,) = tx
        .one(
            "select count(*) from release_clips r join releases l on l.id = r.release_id
               join release_withdrawals w on w.project_id = l.project_id and w.clip_id = r.clip_id and w.sha256 = r.sha256
             where r.release_id = $1",
            (id,),
        )
        .await?;
    Ok(count)
}

/// Files that hold a split or a phrase: its recordings. Both may be empty for any.
pub async fn list_recordings(
    tx: &mut Tx,
    id: ReleaseId,
    split: &str,
    phrase: &str,
) -> DbResult<Vec<crate::exports::ReleaseFile>> {
    tx.all(
        "select path, sha256, size_bytes from release_clips
         where release_id = $1 and ($2 = '' or split = $2) and ($3 = '' or label = $3)
         union all
         select v.path, v.sha256, v.size_bytes
         from release_variants v join release_clips r on r.release_id = v.release_id and r.clip_id = v.parent_clip_id
         where r.release_id = $1 and ($2 = '' or r.split = $2) and ($3 = '' or r.label = $3) order by path",
        (id, split, phrase),
    )
    .await
}
