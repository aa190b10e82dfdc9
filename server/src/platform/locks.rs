//! Locks that last until a transaction ends, for what no row stands for. On SQLite there is one writer anyway.

use super::db::{DbResult, Tx};
use std::fmt::Display;

/// Keeps [`alone`] out of something of a room.
///
/// # Errors
/// When the database refuses.
pub async fn shared(tx: &mut Tx, room: &str, id: impl Display) -> DbResult<()> {
    let what = format!("{room} {id}");
    let _: (i64,) = tx
        .one(
            "select count(*) from (select $1 as what) as locked
             /*pg: , pg_advisory_xact_lock_shared(hashtextextended($1, 0))*/",
            (what.as_str(),),
        )
        .await?;
    Ok(())
}

/// Waits until nobody is at something, and keeps everybody out of it.
///
/// # Errors
/// When the database refuses.
pub async fn alone(tx: &mut Tx, room: &str, id: impl Display) -> DbResult<()> {
    let what = format!("{room} {id}");
    let _: (i64,) = tx
        .one(
            "select count(*) from (select $1 as what) as locked
             /*pg: , pg_advisory_xact_lock(hashtextextended($1, 0))*/",
            (what.as_str(),),
        )
        .await?;
    Ok(())
}
