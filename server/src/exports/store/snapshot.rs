//! Statements about the rows of a release: frozen at one instant, then only read.

use crate::batches::{ItemId, ProjectId};
use crate::exports::model::{AnswerOf, Frozen, ReleaseId, Speaker, StoredRow};
use crate::platform::db::{DbResult, Tx};

/// Takes everything of a build away, to begin anew.
pub async fn clear_files(tx: &mut Tx, id: ReleaseId) -> DbResult<()> {
    tx.exec("delete from release_files where release_id = $1", (id,)).await.map(drop)
}

pub async fn clear_clips(tx: &mut Tx, id: ReleaseId) -> DbResult<()> {
    tx.exec("delete from release_clips where release_id = $1", (id,)).await.map(drop)
}

pub async fn clear_answers(tx: &mut Tx, id: ReleaseId) -> DbResult<()> {
    tx.exec("delete from release_answers where release_id = $1", (id,)).await.map(drop)
}

pub async fn clear_speakers(tx: &mut Tx, id: ReleaseId) -> DbResult<()> {
    tx.exec("delete from release_speakers where release_id = $1", (id,)).await.map(drop)
}

pub async fn clear_evidence(tx: &mut Tx, id: ReleaseId) -> DbResult<()> {
    tx.exec("update release_clips set evidence = '' where release_id = $1", (id,)).await.map(drop)
}

/// Freezes the verified clips that listeners accepted and the filter takes; consent is looked at by
/// the caller. `phrases` are each between two `mark`s; empty for all.
pub async fn freeze_clips(
    tx: &mut Tx,
    id: ReleaseId,
    project: ProjectId,
    synthetic: bool,
    phrases: &str,
    mark: &str,
) -> DbResult<u64> {
    tx.exec(
        "insert into release_clips (release_id, clip_id, take, label, probability, answers, method, evidence)
         select $1, c.id, row_number() over (partition by c.speaker_id order by c.id) - 1, c.phrase, v.probability,
           v.answers, v.method, ''
         from clips c join verdicts v on v.clip_id = c.id
         where c.project_id = $2 and c.state = 'verified' and c.accepted = 1 and v.label = 'yes'
           and v.state in ('settled', 'decided') and c.report is not null
           and ($3 = 1 or c.synthetic = 0)
           and ($4 = '' or /*lite: instr*//*pg: strpos*/($4, $5 || c.phrase || $5) > 0)
           and not exists (select 1 from duplicates d where d.clip_id = c.id and d.state = 'waiting')",
        (id, project, i64::from(synthetic), phrases, mark),
    )
    .await
}

/// Frozen clips of a release that may not leave any more; consent is looked at by the caller.
pub async fn count_spoilt(tx: &mut Tx, id: ReleaseId) -> DbResult<i64> {
    let (count,): (i64,) = tx
        .one(
            "select count(*) from release_clips r where r.release_id = $1 and not exists (
               select 1 from clips c join verdicts v on v.clip_id = c.id
               where c.id = r.clip_id and c.state = 'verified' and c.accepted = 1 and v.label = 'yes'
                 and v.state in ('settled', 'decided')
                 and not exists (select 1 from duplicates d where d.clip_id = c.id and d.state = 'waiting'))",
            (id,),
        )
        .await?;
    Ok(count)
}

/// Everybody who speaks in a release.
pub async fn list_speaker_ids(tx: &mut Tx, id: ReleaseId) -> DbResult<Vec<(String,)>> {
    tx.all(
        "select distinct c.speaker_id from release_clips r join clips c on c.id = r.clip_id
         where r.release_id = $1 order by c.speaker_id",
        (id,),
    )
    .await
}

/// Takes the clips of one person out again.
pub async fn thaw_speaker(tx: &mut Tx, id: ReleaseId, speaker_id: &str) -> DbResult<()> {
    tx.exec(
        "delete from release_clips where release_id = $1 and clip_id in (select c.id from clips c where c.speaker_id = $2)",
        (id, speaker_id),
    )
    .await
    .map(drop)
}

/// Some frozen clips after one, with the items that were judged.
pub async fn list_items(tx: &mut Tx, id: ReleaseId, after: &str) -> DbResult<Vec<(String, ItemId)>> {
    tx.all(
        "select r.clip_id, v.item_id from release_clips r join verdicts v on v.clip_id = r.clip_id
         where r.release_id = $1 and r.clip_id > $2 order by r.clip_id limit 2000",
        (id, after),
    )
    .await
}

/// Gives a frozen clip its label's probability, its method and what it follows from, as JSON.
pub async fn set_label(tx: &mut Tx, id: ReleaseId, clip_id: &str, label: (f64, &str, &str)) -> DbResult<()> {
    let (probability, method, evidence) = label;
    tx.exec(
        "update release_clips set probability = $3, method = $4, evidence = $5 where release_id = $1 and clip_id = $2",
        (id, clip_id, probability, method, evidence),
    )
    .await
    .map(drop)
}

/// Takes one clip out again.
pub async fn thaw_clip(tx: &mut Tx, id: ReleaseId, clip_id: &str) -> DbResult<()> {
    tx.exec("delete from release_clips where release_id = $1 and clip_id = $2", (id, clip_id)).await.map(drop)
}

/// Freezes which answers have come; gold is not among them.
pub async fn freeze_answers(tx: &mut Tx, id: ReleaseId) -> DbResult<u64> {
    tx.exec(
        "insert into release_answers (release_id, clip_id, answer_id)
         select r.release_id, r.clip_id, a.id
         from release_clips r join items i on i.clip_id = r.clip_id join answers a on a.item_id = i.id
         where r.release_id = $1 and i.gold_label is null",
        (id,),
    )
    .await
}

pub async fn insert_speaker(tx: &mut Tx, id: ReleaseId, speaker: &Speaker) -> DbResult<()> {
    tx.exec(
        "insert into release_speakers (release_id, speaker, age, gender, accent, device) values ($1, $2, $3, $4, $5, $6)",
        (
            id,
            speaker.speaker.as_str(),
            speaker.age.as_deref(),
            speaker.gender.as_deref(),
            speaker.accent.as_deref(),
            speaker.device.as_deref(),
        ),
    )
    .await
    .map(drop)
}

pub async fn list_speakers(tx: &mut Tx, id: ReleaseId) -> DbResult<Vec<Speaker>> {
    tx.all(
        "select speaker, age, gender, accent, device from release_speakers where release_id = $1 order by speaker",
        (id,),
    )
    .await
}

/// Clips of a release, and when the first and the last of them were made.
pub async fn span(tx: &mut Tx, id: ReleaseId) -> DbResult<(i64, Option<i64>, Option<i64>)> {
    tx.one(
        "select count(*), min(c.created_us), max(c.created_us)
         from release_clips r join clips c on c.id = r.clip_id where r.release_id = $1",
        (id,),
    )
    .await
}

pub async fn list_methods(tx: &mut Tx, id: ReleaseId) -> DbResult<Vec<(String,)>> {
    tx.all("select distinct method from release_clips where release_id = $1 order by method", (id,)).await
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

/// Clips of one release that are not in another.
pub async fn count_missing(tx: &mut Tx, of: ReleaseId, from: ReleaseId) -> DbResult<i64> {
    let (count,): (i64,) = tx
        .one(
            "select count(*) from release_clips a where a.release_id = $1 and not exists (
               select 1 from release_clips b where b.release_id = $2 and b.clip_id = a.clip_id)",
            (of, from),
        )
        .await?;
    Ok(count)
}

/// Clips of two releases with different labels.
pub async fn count_relabelled(tx: &mut Tx, one: ReleaseId, other: ReleaseId) -> DbResult<i64> {
    let (count,): (i64,) = tx
        .one(
            "select count(*) from release_clips a join release_clips b on b.clip_id = a.clip_id
             where a.release_id = $1 and b.release_id = $2 and a.label <> b.label",
            (one, other),
        )
        .await?;
    Ok(count)
}

/// Some clips whose recordings are not made yet.
pub async fn list_unmade(tx: &mut Tx, id: ReleaseId, limit: i64) -> DbResult<Vec<Frozen>> {
    tx.all(
        "select r.clip_id, c.speaker_id, r.take, c.phrase, c.sha256 as original_sha256
         from release_clips r join clips c on c.id = r.clip_id
         where r.release_id = $1 and r.sha256 = '' order by r.clip_id limit $2",
        (id, limit),
    )
    .await
}

/// A recording that was made.
pub struct Made<'a> {
    pub clip_id: &'a str,
    pub speaker: &'a str,
    pub split: &'a str,
    pub path: &'a str,
    pub sha256: &'a str,
    pub size_bytes: i64,
    pub original_path: Option<&'a str>,
}

pub async fn set_made(tx: &mut Tx, id: ReleaseId, made: &Made<'_>) -> DbResult<()> {
    tx.exec(
        "update release_clips set speaker = $3, split = $4, path = $5, sha256 = $6, size_bytes = $7, original_path = $8
         where release_id = $1 and clip_id = $2",
        (id, made.clip_id, made.speaker, made.split, made.path, made.sha256, made.size_bytes, made.original_path),
    )
    .await
    .map(drop)
}

/// Some rows after a clip, in the order of clips; of one split, or of all when it is empty.
pub async fn list_rows(tx: &mut Tx, id: ReleaseId, split: &str, after: &str, limit: i64) -> DbResult<Vec<StoredRow>> {
    tx.all(
        "select r.clip_id, c.phrase, c.sha256 as original_sha256, c.report, c.settings, c.synthetic, r.probability, r.method,
           r.evidence, r.speaker, r.split, r.path, r.sha256, r.original_path
         from release_clips r join clips c on c.id = r.clip_id
         where r.release_id = $1 and ($2 = '' or r.split = $2) and r.clip_id > $3 order by r.clip_id limit $4",
        (id, split, after, limit),
    )
    .await
}

/// Frozen answers on the clips from one to another, both included.
pub async fn list_answers(tx: &mut Tx, id: ReleaseId, first: &str, last: &str) -> DbResult<Vec<AnswerOf>> {
    tx.all(
        "select r.answer_id, r.clip_id, a.person_id, a.label, a.reason, a.duration_ms
         from release_answers r join answers a on a.id = r.answer_id
         where r.release_id = $1 and r.clip_id >= $2 and r.clip_id <= $3 order by r.clip_id, r.answer_id",
        (id, first, last),
    )
    .await
}

/// Sizes of the recordings of a split after a clip, in the order of clips; of all when it is empty. Each
/// with the number of its variants and their size together.
pub async fn list_sizes(
    tx: &mut Tx,
    id: ReleaseId,
    split: &str,
    after: &str,
) -> DbResult<Vec<(String, i64, i64, i64)>> {
    tx.all(
        "select r.clip_id, r.size_bytes,
           (select count(*) from release_variants v where v.release_id = r.release_id and v.parent_clip_id = r.clip_id),
           (select cast(coalesce(sum(v.size_bytes), 0) as bigint) from release_variants v
            where v.release_id = r.release_id and v.parent_clip_id = r.clip_id)
         from release_clips r
         where r.release_id = $1 and ($2 = '' or r.split = $2) and r.clip_id > $3 order by r.clip_id limit 20000",
        (id, split, after),
    )
    .await
}

/// Where a matrix of features is.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct StoredMatrix {
    pub clip_id: String,
    pub spec: String,
    pub coefficients: i64,
    pub frames: i64,
    pub blob_sha256: String,
}

/// Some stored matrices after one, in the order of clips and definitions.
pub async fn list_features(tx: &mut Tx, id: ReleaseId, after: (&str, &str)) -> DbResult<Vec<StoredMatrix>> {
    tx.all(
        "select f.clip_id, f.spec, f.coefficients, f.frames, f.blob_sha256
         from release_clips r join clip_features f on f.clip_id = r.clip_id
         where r.release_id = $1 and f.spec in ('logmel-v1', 'mfcc-v1') and (r.clip_id, f.spec) > ($2, $3)
         order by r.clip_id, f.spec limit 64",
        (id, after.0, after.1),
    )
    .await
}

/// Matrices that a release has, two of each variant among them.
pub async fn count_features(tx: &mut Tx, id: ReleaseId) -> DbResult<i64> {
    let (count,): (i64,) = tx
        .one(
            "select (select count(*) from release_clips r join clip_features f on f.clip_id = r.clip_id
                     where r.release_id = $1 and f.spec in ('logmel-v1', 'mfcc-v1'))
               + 2 * (select count(*) from release_variants v join clip_features f on f.clip_id = v.parent_clip_id
                      where v.release_id = $1 and f.spec = 'mfcc-v1')",
            (id,),
        )
        .await?;
    Ok(count)
}
