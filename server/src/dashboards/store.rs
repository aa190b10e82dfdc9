//! Read-only queries over other rooms' tables.

use super::model::{AnswerFact, ClipCounts, ItemCounts, PredictionFact, Savings, Stretch, Told};
use crate::batches::{BatchId, ProjectId};
use crate::platform::{
    db::{DbResult, Tx},
    ids::PersonId,
};

/// Open and done items of each batch of a project.
pub async fn list_progress(tx: &mut Tx, project: ProjectId) -> DbResult<Vec<(BatchId, i64, i64)>> {
    tx.all(
        "select b.id, cast(coalesce(sum(q.open), 0) as bigint), cast(coalesce(sum(1 - q.open), 0) as bigint)
         from batches b left join queue q on q.batch_id = b.id and q.lane = 0
         where b.project_id = $1 group by b.id",
        (project,),
    )
    .await
}

/// Items that still want answers, as far as a page needs to count them.
pub async fn count_open(tx: &mut Tx, batch: BatchId) -> DbResult<i64> {
    let row: (i64,) = tx
        .one(
            "select count(*) from (select 1 from queue where batch_id = $1 and lane = 0 and open = 1 limit 1000) as waiting",
            (batch,),
        )
        .await?;
    Ok(row.0)
}

/// Whether a task is reserved for a person: it is theirs to go on with, though it is open to nobody.
pub async fn holds(tx: &mut Tx, person: PersonId, batch: BatchId, now_us: i64) -> DbResult<bool> {
    let row: (i64,) = tx
        .one(
            "select count(*) from tasks
             where person_id = $1 and batch_id = $2 and state = 'leased' and expires_us > $3",
            (person, batch, now_us),
        )
        .await?;
    Ok(row.0 > 0)
}

pub async fn count_done(tx: &mut Tx, person: PersonId, batch: BatchId) -> DbResult<i64> {
    let row: (i64,) = tx
        .one(
            "select count(*) from tasks where person_id = $1 and batch_id = $2 and state = 'submitted'",
            (person, batch),
        )
        .await?;
    Ok(row.0)
}

pub async fn clip_counts(tx: &mut Tx, project: ProjectId) -> DbResult<ClipCounts> {
    tx.one(
        "select cast(coalesce(sum(case state when 'uploaded' then 1 else 0 end), 0) as bigint) as uploaded,
           cast(coalesce(sum(case state when 'verified' then 1 else 0 end), 0) as bigint) as verified,
           cast(coalesce(sum(case state when 'refused' then 1 else 0 end), 0) as bigint) as refused,
           cast(coalesce(sum(case state when 'dead' then 1 else 0 end), 0) as bigint) as dead,
           cast(coalesce(sum(accepted), 0) as bigint) as accepted,
           count(distinct speaker_id) as speakers
         from clips where project_id = $1 and state <> 'declared'",
        (project,),
    )
    .await
}

pub async fn item_counts(tx: &mut Tx, batch: BatchId) -> DbResult<ItemCounts> {
    tx.one(
        "select cast(coalesce(sum(1 - q.lane), 0) as bigint) as items,
           cast(coalesce(sum(q.lane), 0) as bigint) as gold,
           cast(coalesce(sum(case when q.lane = 0 then q.open else 0 end), 0) as bigint) as open,
           cast(coalesce(sum(q.answers), 0) as bigint) as answers,
           cast(coalesce(sum(q.leases), 0) as bigint) as leases,
           cast(coalesce(sum(case when q.lane = 0 and q.open = 1 then q.target - q.answers - q.leases else 0 end), 0) as bigint) as places,
           cast(coalesce(sum(case when q.lane = 1 and q.open = 1 then q.target - q.answers - q.leases else 0 end), 0) as bigint) as gold_places,
           (select count(*) from verdicts v where v.batch_id = $1 and v.state in ('settled', 'decided')) as settled,
           (select count(*) from verdicts v where v.batch_id = $1 and v.state = 'contested') as contested
         from queue q where q.batch_id = $1",
        (batch,),
    )
    .await
}

/// Who finished how many tasks of a batch, busiest first.
pub async fn list_workers(tx: &mut Tx, batch: BatchId) -> DbResult<Vec<(PersonId, String, i64)>> {
    tx.all(
        "select p.id, p.name, count(*) as done from tasks t join people p on p.id = t.person_id
         where t.batch_id = $1 and t.state = 'submitted' group by p.id, p.name order by done desc, p.id limit 100",
        (batch,),
    )
    .await
}

/// Versions that a project has released.
pub async fn list_versions(tx: &mut Tx, project: ProjectId) -> DbResult<Vec<(String,)>> {
    tx.all("select version from releases where project_id = $1 order by id", (project,)).await
}

/// The newest answers of a batch with what is known about their items.
pub async fn list_answer_facts(tx: &mut Tx, batch: BatchId, limit: i64) -> DbResult<Vec<AnswerFact>> {
    tx.all(
        "select a.item_id, a.person_id, c.speaker_id, a.label, a.reason, a.duration_ms, i.phrase, i.gold_label,
           i.gold_reason, v.label as verdict
         from answers a join items i on i.id = a.item_id
           left join clips c on c.id = i.clip_id
           left join verdicts v on v.item_id = a.item_id and v.state in ('settled', 'decided')
         where a.batch_id = $1 order by a.id desc limit $2",
        (batch, limit),
    )
    .await
}

/// What the speakers and annotators of the newest answers of a batch say about themselves.
pub async fn list_told(tx: &mut Tx, batch: BatchId, limit: i64) -> DbResult<Vec<Told>> {
    tx.all(
        "with newest as (
           select a.person_id, c.speaker_id from answers a join items i on i.id = a.item_id
             left join clips c on c.id = i.clip_id
           where a.batch_id = $1 order by a.id desc limit $2)
         select person_id, age, gender, accent, first_language, region from profiles
         where person_id in (select person_id from newest) or person_id in (select speaker_id from newest)
         order by person_id",
        (batch, limit),
    )
    .await
}

pub async fn savings(tx: &mut Tx, batch: BatchId) -> DbResult<Savings> {
    tx.one(
        "select count(*) as settled, cast(coalesce(sum(answers), 0) as bigint) as answers,
           cast(coalesce(sum(1 - probability), 0) as double precision) as expected_wrong
         from verdicts where batch_id = $1 and state in ('settled', 'decided')",
        (batch,),
    )
    .await
}

/// The newest predictions about a batch's items of work, with the verdicts.
pub async fn list_prediction_facts(tx: &mut Tx, batch: BatchId, limit: i64) -> DbResult<Vec<PredictionFact>> {
    tx.all(
        "select p.model, p.version, p.label, p.probability, v.label as verdict
         from predictions p join items i on i.id = p.item_id and i.gold_label is null
           left join verdicts v on v.item_id = p.item_id and v.state in ('settled', 'decided')
         where p.batch_id = $1 order by p.id desc limit $2",
        (batch, limit),
    )
    .await
}

/// Verdicts and answers to gold of a batch, by stretches of `step_us`, the newest first.
pub async fn list_stretches(tx: &mut Tx, batch: BatchId, step_us: i64) -> DbResult<Vec<Stretch>> {
    tx.all(
        "select (at_us / $2) * $2 as from_us, cast(sum(settled) as bigint) as settled, cast(sum(yes) as bigint) as yes,
           cast(sum(gold) as bigint) as gold, cast(sum(correct) as bigint) as right_answers
         from (
           select at_us, 1 as settled, case label when 'yes' then 1 else 0 end as yes, 0 as gold, 0 as correct
           from verdicts where batch_id = $1 and state in ('settled', 'decided')
           union all
           select at_us, 0, 0, 1, correct from gold_results where batch_id = $1) as events
         group by (at_us / $2) * $2 order by 1 desc limit 12",
        (batch, step_us),
    )
    .await
}

/// Items asked again, answers to them since, and those that agree with the verdict before.
pub async fn count_rechecks(tx: &mut Tx, batch: BatchId) -> DbResult<(i64, i64, i64)> {
    tx.one(
        "select count(distinct r.item_id), count(a.id),
           cast(coalesce(sum(case when a.label = r.label then 1 else 0 end), 0) as bigint)
         from rechecks r left join answers a on a.item_id = r.item_id and a.at_us > r.at_us and a.label <> 'unsure'
         where r.batch_id = $1",
        (batch,),
    )
    .await
}

/// Refusals of a batch, appeals against them, and appeals won.
pub async fn count_refusals(tx: &mut Tx, batch: BatchId) -> DbResult<(i64, i64, i64)> {
    tx.one(
        "select count(*), count(a.task_id), cast(coalesce(sum(case when a.state = 'won' then 1 else 0 end), 0) as bigint)
         from refusals r left join refusal_appeals a on a.task_id = r.task_id where r.batch_id = $1",
        (batch,),
    )
    .await
}

/// Minor units that lifted people of a batch to the floor.
pub async fn count_lifts(tx: &mut Tx, batch: BatchId) -> DbResult<i64> {
    let row: (i64,) = tx
        .one(
            "select cast(coalesce(sum(e.amount_cents), 0) as bigint) from wage_rounds r join ledger_entries e
               on e.cause > 'top_up:' || r.batch_id || ':' || cast(r.round as text) || ':'
              and e.cause < 'top_up:' || r.batch_id || ':' || cast(r.round as text) || ';'
             where r.batch_id = $1",
            (batch,),
        )
        .await?;
    Ok(row.0)
}

/// Appeals that nobody decided in time.
pub async fn count_overdue(tx: &mut Tx, now_us: i64) -> DbResult<i64> {
    let row: (i64,) =
        tx.one("select count(*) from refusal_appeals where state = 'open' and due_us < $1", (now_us,)).await?;
    Ok(row.0)
}
