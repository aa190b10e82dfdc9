//! SQL of the queue: items that want answers, and their slots.
//!
//! `not exists (… offset 0)` keeps PostgreSQL from joining with everything that a person was ever given:
//! it then looks up what it is about to pick only, and no statement grows with their work.

use super::super::model::{Draw, Enrolment, Opening, Picked, Reach, ReturnId};
use crate::batches::{BatchId, ItemId};
use crate::platform::db::{self, Ask, DbResult, Tx};

pub async fn insert_queue(tx: &mut Tx, opening: &Opening) -> DbResult<()> {
    tx.exec(
        "insert into queue (item_id, batch_id, lane, rank, sensitivity, speaker_id, clip_id, phrase, target, answers,
           leases, open, categories)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, 1, $10)",
        (
            opening.item,
            opening.batch,
            i64::from(opening.gold),
            opening.rank,
            opening.sensitivity,
            opening.speaker,
            opening.clip.as_deref(),
            opening.phrase.as_deref(),
            opening.target,
            opening.categories,
        ),
    )
    .await
    .map(drop)
}

/// The state of items that may be picked, where some are wanted; otherwise one that none has, so that the
/// search for them takes as long.
fn open(count: i64) -> i64 {
    if count > 0 { 1 } else { -1 }
}

/// Picks the next open items of work that the person was never given and does not speak in, and takes
/// a slot of each: first what came back since they looked last, then the queue from their place in
/// it. A clip comes to a person once, as work or as gold: one that came again would give the gold
/// away. On PostgreSQL, items that others are picking at this moment are passed by. It searches although
/// none is wanted, as [`pick_gold`] does: both take as long whichever comes.
pub fn pick(reach: &Reach, at: &Enrolment, count: i64) -> Ask<Vec<Picked>> {
    db::all(
        "update queue set leases = leases + 1,
           open = case when answers + leases + 1 < target then 1 else 0 end
         where open = $10 and item_id /*pg: = any(array(*//*lite: in (*/
           select item_id from (
             select item_id from (
               select q.item_id from queue q
               where q.batch_id = $1 and q.lane = 0 and q.open = 1 and q.returned is not null and q.returned > $7
                 and q.sensitivity <= $3 and (q.sensitivity < 2 or q.categories & $9 = 0) and q.level_min <= $4 and (q.speaker_id is null or q.speaker_id <> $2)
                 and not exists (select 1 from tasks t where t.person_id = $2 and t.item_id = q.item_id /*pg: offset 0*/)
                 and not exists (select 1 from queue s where s.clip_id = q.clip_id and s.item_id <> q.item_id and exists (
                                 select 1 from tasks t where t.person_id = $2 and t.item_id = s.item_id /*pg: offset 0*/) /*pg: offset 0*/)
               order by q.returned limit $8 /*pg: for update of q skip locked*/) as returned
             union all select item_id from (
               select q.item_id from queue q
               where q.batch_id = $1 and q.lane = 0 and q.open = 1 and (q.rank, q.item_id) > ($5, $6)
                 and q.sensitivity <= $3 and (q.sensitivity < 2 or q.categories & $9 = 0) and q.level_min <= $4 and (q.speaker_id is null or q.speaker_id <> $2)
                 and not exists (select 1 from tasks t where t.person_id = $2 and t.item_id = q.item_id /*pg: offset 0*/)
                 and not exists (select 1 from queue s where s.clip_id = q.clip_id and s.item_id <> q.item_id and exists (
                                 select 1 from tasks t where t.person_id = $2 and t.item_id = s.item_id /*pg: offset 0*/) /*pg: offset 0*/)
               order by q.rank, q.item_id limit $8 /*pg: for update of q skip locked*/) as waiting
           ) as next limit $8
         /*pg: )*/)
         returning item_id, sensitivity, categories, coalesce(phrase, '') as phrase, rank, returned",
        (
            reach.batch,
            reach.person,
            reach.sensitivity,
            reach.level,
            at.cursor_rank,
            at.cursor_item.as_str(),
            at.cursor_returned.as_str(),
            count.max(1),
            reach.closed,
            open(count),
        ),
    )
}

/// Searches the whole queue, and waits for others instead of passing by: an empty answer is then true.
pub async fn pick_waiting(tx: &mut Tx, reach: &Reach, count: i64) -> DbResult<Vec<Picked>> {
    tx.all(
        "update queue set leases = leases + 1,
           open = case when answers + leases + 1 < target then 1 else 0 end
         where open = 1 and item_id /*pg: = any(array(*//*lite: in (*/
           select q.item_id from queue q
           where q.batch_id = $1 and q.lane = 0 and q.open = 1
             and q.sensitivity <= $3 and (q.sensitivity < 2 or q.categories & $6 = 0) and q.level_min <= $4 and (q.speaker_id is null or q.speaker_id <> $2)
             and not exists (select 1 from tasks t where t.person_id = $2 and t.item_id = q.item_id /*pg: offset 0*/)
             and not exists (select 1 from queue s where s.clip_id = q.clip_id and s.item_id <> q.item_id and exists (
                             select 1 from tasks t where t.person_id = $2 and t.item_id = s.item_id /*pg: offset 0*/) /*pg: offset 0*/)
           order by q.rank, q.item_id limit $5 /*pg: for update of q*/
         /*pg: )*/)
         returning item_id, sensitivity, categories, coalesce(phrase, '') as phrase, rank, returned",
        (reach.batch, reach.person, reach.sensitivity, reach.level, count, reach.closed),
    )
    .await
}

/// Picks the next open prompt of one phrase that the person was never given. On PostgreSQL, those that
/// others are picking at this moment are passed by.
pub async fn pick_phrase(tx: &mut Tx, reach: &Reach, phrase: &str) -> DbResult<Option<Picked>> {
    tx.opt(
        "update queue set leases = leases + 1,
           open = case when answers + leases + 1 < target then 1 else 0 end
         where open = 1 and item_id = (
           select q.item_id from queue q
           where q.batch_id = $1 and q.phrase = $2 and q.open = 1 and q.sensitivity <= $4 and q.level_min <= $5
             and (q.sensitivity < 2 or q.categories & $6 = 0)
             and not exists (select 1 from tasks t where t.person_id = $3 and t.item_id = q.item_id /*pg: offset 0*/)
           order by q.rank, q.item_id limit 1 /*pg: for update of q skip locked*/)
         returning item_id, sensitivity, categories, coalesce(phrase, '') as phrase, rank, returned",
        (reach.batch, phrase, reach.person, reach.sensitivity, reach.level, reach.closed),
    )
    .await
}

/// The same, but waits for others instead of passing by: an empty answer is then true.
pub async fn pick_phrase_waiting(tx: &mut Tx, reach: &Reach, phrase: &str) -> DbResult<Option<Picked>> {
    tx.opt(
        "update queue set leases = leases + 1,
           open = case when answers + leases + 1 < target then 1 else 0 end
         where open = 1 and item_id = (
           select q.item_id from queue q
           where q.batch_id = $1 and q.phrase = $2 and q.open = 1 and q.sensitivity <= $4 and q.level_min <= $5
             and (q.sensitivity < 2 or q.categories & $6 = 0)
             and not exists (select 1 from tasks t where t.person_id = $3 and t.item_id = q.item_id /*pg: offset 0*/)
           order by q.rank, q.item_id limit 1 /*pg: for update of q*/)
         returning item_id, sensitivity, categories, coalesce(phrase, '') as phrase, rank, returned",
        (reach.batch, phrase, reach.person, reach.sensitivity, reach.level, reach.closed),
    )
    .await
}

/// Whether any item of work of a batch is open.
pub async fn has_open(tx: &mut Tx, batch: BatchId) -> DbResult<bool> {
    let row: (i64,) = tx
        .one(
            "select count(*) from (select 1 from queue where batch_id = $1 and lane = 0 and open = 1 limit 1) as open",
            (batch,),
        )
        .await?;
    Ok(row.0 > 0)
}

/// Picks gold that the person never met, in place of work that they could be given: where there is none,
/// nothing, or they would learn that it was gold. It looks at some dozens that follow a place which nobody
/// can foresee, in an order that is another one each time, so that what anybody meets next is as likely to
/// be one as another. Somebody who has met nearly all of it gets work instead.
pub fn pick_gold(reach: &Reach, at: &Enrolment, draw: Draw, count: i64) -> Ask<Vec<Picked>> {
    db::all(
        "update queue set leases = leases + 1,
           open = case when answers + leases + 1 < target then 1 else 0 end
         where open = $13 and item_id /*pg: = any(array(*//*lite: in (*/
           select q.item_id from (
             select item_id, rank from (
               select item_id, rank, part from (
                 select item_id, rank, 0 as part from queue
                 where batch_id = $1 and lane = 1 and open = 1 and rank >= $4 order by rank, item_id limit 48) as after
               union all select item_id, rank, part from (
                 select item_id, rank, 1 as part from queue
                 where batch_id = $1 and lane = 1 and open = 1 and rank < $4 order by rank, item_id limit 48) as before
             ) as circle order by part, rank, item_id limit 48
           ) as near join queue q on q.item_id = near.item_id
           where q.open = 1 and q.sensitivity <= $3 and (q.sensitivity < 2 or q.categories & $12 = 0)
             and (q.speaker_id is null or q.speaker_id <> $2)
             and not exists (select 1 from queue s where s.clip_id = q.clip_id and exists (
                             select 1 from tasks t where t.person_id = $2 and t.item_id = s.item_id /*pg: offset 0*/) /*pg: offset 0*/)
             and (exists (
               select 1 from queue w
               where w.batch_id = $1 and w.lane = 0 and w.open = 1 and w.returned is not null and w.returned > $10
                 and w.sensitivity <= $3 and (w.sensitivity < 2 or w.categories & $12 = 0)
                 and w.level_min <= $7 and (w.speaker_id is null or w.speaker_id <> $2)
                 and not exists (select 1 from tasks t where t.person_id = $2 and t.item_id = w.item_id /*pg: offset 0*/)
                 and not exists (select 1 from queue s where s.clip_id = w.clip_id and s.item_id <> w.item_id and exists (
                                 select 1 from tasks t where t.person_id = $2 and t.item_id = s.item_id /*pg: offset 0*/) /*pg: offset 0*/)
             ) or exists (
               select 1 from queue w
               where w.batch_id = $1 and w.lane = 0 and w.open = 1 and (w.rank, w.item_id) > ($8, $9)
                 and w.sensitivity <= $3 and (w.sensitivity < 2 or w.categories & $12 = 0)
                 and w.level_min <= $7 and (w.speaker_id is null or w.speaker_id <> $2)
                 and not exists (select 1 from tasks t where t.person_id = $2 and t.item_id = w.item_id /*pg: offset 0*/)
                 and not exists (select 1 from queue s where s.clip_id = w.clip_id and s.item_id <> w.item_id and exists (
                                 select 1 from tasks t where t.person_id = $2 and t.item_id = s.item_id /*pg: offset 0*/) /*pg: offset 0*/)
             ))
           order by (near.rank * $5 + $6) % 4294967291, q.item_id limit $11 /*pg: for update of q skip locked*/
         /*pg: )*/)
         returning item_id, sensitivity, categories, coalesce(phrase, '') as phrase, rank, returned",
        (
            reach.batch,
            reach.person,
            reach.sensitivity,
            draw.from,
            draw.mix,
            draw.add,
            reach.level,
            at.cursor_rank,
            at.cursor_item.as_str(),
            at.cursor_returned.as_str(),
            count.max(1),
            reach.closed,
            open(count),
        ),
    )
}

/// Gold of a batch that may still be given out.
pub async fn list_open_gold(tx: &mut Tx, batch: BatchId) -> DbResult<Vec<ItemId>> {
    let items: Vec<(ItemId,)> = tx
        .all("select item_id from queue where batch_id = $1 and lane = 1 and open = 1 order by item_id", (batch,))
        .await?;
    Ok(items.into_iter().map(|(item,)| item).collect())
}

/// Whether an open item of a higher sensitivity waits for the person, about nothing in `closed`.
pub async fn waits_above(tx: &mut Tx, reach: &Reach, ceiling: i64, closed: i64) -> DbResult<bool> {
    let row: (i64,) = tx
        .one(
            "select count(*) from (select 1 from queue q
               where q.batch_id = $1 and q.lane = 0 and q.open = 1 and q.sensitivity > 0
                 and q.sensitivity > $3 and q.sensitivity <= $4 and (q.sensitivity < 2 or q.categories & $5 = 0)
                 and (q.speaker_id is null or q.speaker_id <> $2)
                 and not exists (select 1 from tasks t where t.person_id = $2 and t.item_id = q.item_id /*pg: offset 0*/)
                 and not exists (select 1 from queue s where s.clip_id = q.clip_id and s.item_id <> q.item_id and exists (
                                 select 1 from tasks t where t.person_id = $2 and t.item_id = s.item_id /*pg: offset 0*/) /*pg: offset 0*/)
               limit 1) as waiting",
            (reach.batch, reach.person, reach.sensitivity, ceiling, closed),
        )
        .await?;
    Ok(row.0 > 0)
}

/// Whether an open item waits for people of a higher level.
pub async fn waits_for_level(tx: &mut Tx, batch: BatchId, level: i64) -> DbResult<bool> {
    let row: (i64,) = tx
        .one(
            "select count(*) from (select 1 from queue
               where batch_id = $1 and lane = 0 and open = 1 and level_min > 0 and level_min > $2 limit 1) as waiting",
            (batch, level),
        )
        .await?;
    Ok(row.0 > 0)
}

/// Whether any item of work still gets answers, from whomever.
pub async fn is_under_way(tx: &mut Tx, batch: BatchId) -> DbResult<bool> {
    let row: (i64,) = tx
        .one(
            "select (select count(*) from (select 1 from queue where batch_id = $1 and lane = 0 and open = 1 limit 1) as waiting)
               + (select count(*) from (select 1 from tasks where batch_id = $1 and state = 'leased' limit 1) as held)",
            (batch,),
        )
        .await?;
    Ok(row.0 > 0)
}

/// Turns a lease into an answer.
pub async fn count_answer(tx: &mut Tx, item: ItemId) -> DbResult<()> {
    tx.push("update queue set leases = leases - 1, answers = answers + 1 where item_id = $1", (item,)).await
}

/// Takes a free slot for an answer that comes after its lease; false when none is free.
pub async fn count_late_answer(tx: &mut Tx, item: ItemId) -> DbResult<bool> {
    let touched = tx
        .exec(
            "update queue set answers = answers + 1, open = case when answers + leases + 1 < target then open else 0 end
             where item_id = $1 and answers + leases < target",
            (item,),
        )
        .await?;
    Ok(touched == 1)
}

/// Gives a lease's slot back; not that of gold, which one more person has seen.
pub async fn free_lease(tx: &mut Tx, item: ItemId) -> DbResult<()> {
    tx.exec(
        "update queue set leases = leases - 1, target = target - lane,
           open = case when answers + leases - 1 < target - lane then 1 else 0 end,
           returned = case when lane = 0 then $2 end
         where item_id = $1",
        (item, ReturnId::new()),
    )
    .await
    .map(drop)
}

/// Gives an answer's slot back: its recording could not be used.
pub async fn free_answer(tx: &mut Tx, item: ItemId) -> DbResult<()> {
    tx.exec(
        "update queue set answers = answers - 1, open = case when answers - 1 + leases < target then 1 else 0 end,
           returned = case when lane = 0 then $2 end
         where item_id = $1 and answers > 0",
        (item, ReturnId::new()),
    )
    .await
    .map(drop)
}

/// How sensitive an item is now, and what about.
pub async fn find_sensitivity(tx: &mut Tx, item: ItemId) -> DbResult<Option<(i64, i64)>> {
    tx.opt("select sensitivity, categories from queue where item_id = $1", (item,)).await
}

/// The same, taken for this transaction.
pub async fn lock_sensitivity(tx: &mut Tx, item: ItemId) -> DbResult<(i64, i64)> {
    tx.one("select sensitivity, categories from queue where item_id = $1 /*pg: for no key update*/", (item,)).await
}

/// Makes every item of a batch at least this sensitive, about at least this.
pub async fn raise_sensitivity(tx: &mut Tx, batch: BatchId, level: i64, categories: i64) -> DbResult<()> {
    tx.exec(
        "update queue set categories = categories | $3,
           sensitivity = case when sensitivity < $2 then $2 else sensitivity end
         where batch_id = $1 and (sensitivity < $2 or categories & $3 <> $3)",
        (batch, level, categories),
    )
    .await
    .map(drop)
}

/// Sets how sensitive an item is, and all others about its clip.
pub async fn set_sensitivity(tx: &mut Tx, item: ItemId, level: i64, categories: i64) -> DbResult<()> {
    tx.exec(
        "update queue set sensitivity = $2, categories = $3
         where item_id = $1 or (clip_id is not null and clip_id = (select clip_id from queue where item_id = $1))",
        (item, level, categories),
    )
    .await
    .map(drop)
}
