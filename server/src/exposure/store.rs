//! Every SQL statement of exposure.

use super::model::Seen;
use crate::platform::{
    db::{DbResult, Tx},
    ids::PersonId,
};
use crate::typed_id;

typed_id!(
    /// One sensitive item handed out.
    ExposureId
);

pub async fn list_since(tx: &mut Tx, person: PersonId, since_us: i64) -> DbResult<Vec<Seen>> {
    tx.all("select level, at_us from exposures where person_id = $1 and at_us > $2", (person, since_us)).await
}

pub async fn insert(tx: &mut Tx, person: PersonId, level: i64, now_us: i64) -> DbResult<()> {
    tx.exec(
        "insert into exposures (id, person_id, level, at_us) values ($1, $2, $3, $4)",
        (ExposureId::new(), person, level, now_us),
    )
    .await
    .map(drop)
}
