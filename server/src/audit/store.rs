//! Every SQL statement of the audit log.

use super::model::Entry;
use crate::platform::db::{DbResult, Tx};

/// Locks the chain's end; returns the next position and the last hash.
pub async fn advance(tx: &mut Tx) -> DbResult<(i64, String)> {
    tx.one("update audit_head set seq = seq + 1 where id = 1 returning seq, hash", ()).await
}

pub async fn set_head(tx: &mut Tx, hash: &str) -> DbResult<()> {
    tx.exec("update audit_head set hash = $1 where id = 1", (hash,)).await.map(drop)
}

pub async fn head(tx: &mut Tx) -> DbResult<(i64, String)> {
    tx.one("select seq, hash from audit_head where id = 1", ()).await
}

pub async fn insert(tx: &mut Tx, entry: &Entry) -> DbResult<()> {
    tx.exec(
        "insert into audit_entries (seq, at_us, actor, action, subject, detail, hash)
         values ($1, $2, $3, $4, $5, $6, $7)",
        (
            entry.seq,
            entry.at_us,
            entry.actor.as_str(),
            entry.action.as_str(),
            entry.subject.as_str(),
            entry.detail.as_str(),
            entry.hash.as_str(),
        ),
    )
    .await
    .map(drop)
}

pub async fn list_after(tx: &mut Tx, seq: i64) -> DbResult<Vec<Entry>> {
    tx.all(
        "select seq, at_us, actor, action, subject, detail, hash from audit_entries
         where seq > $1 order by seq limit 1000",
        (seq,),
    )
    .await
}

pub async fn list_latest(tx: &mut Tx) -> DbResult<Vec<Entry>> {
    tx.all("select seq, at_us, actor, action, subject, detail, hash from audit_entries order by seq desc limit 200", ())
        .await
}
