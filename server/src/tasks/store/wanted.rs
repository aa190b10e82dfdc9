//! SQL of what an item still wants: how many answers, of whom, how soon.

use super::super::model::{ReturnId, Slots};
use crate::batches::ItemId;
use crate::platform::db::{self, Ask, DbResult, Tx};

/// Takes the item's row for this transaction and tells its slots.
pub fn lock_item(item: ItemId) -> Ask<Option<Slots>> {
    db::opt(
        "select item_id, target, answers, leases, speaker_id from queue where item_id = $1 /*pg: for no key update*/",
        (item,),
    )
}

/// Takes the rows of those of some items that nobody else holds, in the order of their ids.
pub fn lock_free_items(items: &[ItemId]) -> DbResult<Ask<Vec<Slots>>> {
    Ok(db::all(
        "select item_id, target, answers, leases, speaker_id from queue where item_id /*pg: = any(array(*//*lite: in (*/
           select /*pg: jsonb_array_elements_text($1::jsonb)*//*lite: value from json_each($1)*/ /*pg: )*/)
         order by item_id /*pg: for no key update skip locked*/",
        (db::json(items)?,),
    ))
}

/// Whether some items are gold, and whether they have all the answers that they want.
pub async fn list_progress(tx: &mut Tx, items: &[ItemId]) -> DbResult<Vec<(ItemId, i64, i64)>> {
    tx.ask(db::all(
        "select item_id, lane, cast(case when answers >= target then 1 else 0 end as bigint) from queue
         where item_id /*pg: = any(array(*//*lite: in (*/
           select /*pg: jsonb_array_elements_text($1::jsonb)*//*lite: value from json_each($1)*/ /*pg: )*/)",
        (db::json(items)?,),
    ))
    .await
}

/// Sets how many answers an item may get; one that is open again by that comes back at once.
pub async fn set_target(tx: &mut Tx, item: ItemId, target: i64) -> DbResult<()> {
    tx.follow(
        "update queue set target = $2, open = case when answers + leases < $2 then 1 else 0 end,
           returned = case when open = 0 and lane = 0 and answers + leases < $2 then $3 else returned end
         where item_id = $1",
        (item, target, ReturnId::new()),
    )
    .await
}

/// Wants no more answers about a clip than it has or is getting.
pub async fn retire(tx: &mut Tx, clip: &str) -> DbResult<()> {
    tx.exec("update queue set target = answers + leases, open = 0 where clip_id = $1 and lane = 0", (clip,))
        .await
        .map(drop)
}

pub async fn set_urgency(tx: &mut Tx, item: ItemId, urgency_us: i64) -> DbResult<()> {
    tx.follow(
        "update queue set rank = rank + urgency_us - $2, urgency_us = $2 where item_id = $1 and lane = 0",
        (item, urgency_us),
    )
    .await
}

/// Sets who may be given an item, and since when; one that is open to more people comes back at once.
pub async fn set_level(tx: &mut Tx, item: ItemId, level: i64, now_us: i64) -> DbResult<()> {
    tx.follow(
        "update queue set level_min = $2, level_us = $3,
           returned = case when open = 1 and lane = 0 and level_min > $2 then $4 else returned end
         where item_id = $1",
        (item, level, now_us, ReturnId::new()),
    )
    .await
}

/// Open items that wait for people of a level since before a moment, some of them.
pub async fn list_waiting_for_level(tx: &mut Tx, before_us: i64) -> DbResult<Vec<(ItemId, i64)>> {
    tx.all(
        "select item_id, level_min from queue
         where open = 1 and lane = 0 and level_min > 0 and level_us < $1 order by item_id limit 500",
        (before_us,),
    )
    .await
}
