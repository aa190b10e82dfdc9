//! Every SQL statement of models' predictions.

use crate::batches::{BatchId, ItemId};
use crate::platform::db::{self, Ask, DbResult, Tx};
use crate::verdicts::model::Prediction;

/// False when this version of the model has spoken about the item before.
pub async fn insert_prediction(tx: &mut Tx, batch: BatchId, prediction: &Prediction, now_us: i64) -> DbResult<bool> {
    let touched = tx
        .exec(
            "insert into predictions (id, item_id, batch_id, model, version, label, probability, at_us)
             values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (item_id, model, version) do nothing",
            (
                prediction.id,
                prediction.item_id,
                batch,
                prediction.model.as_str(),
                prediction.version.as_str(),
                prediction.label.as_str(),
                prediction.probability,
                now_us,
            ),
        )
        .await?;
    Ok(touched == 1)
}

/// The predictions about some items, oldest first.
pub fn list_predictions(items: &[ItemId]) -> DbResult<Ask<Vec<Prediction>>> {
    Ok(db::all(
        "select id, item_id, model, version, label, probability from predictions
         where item_id /*pg: = any(array(*//*lite: in (*/
           select /*pg: jsonb_array_elements_text($1::jsonb)*//*lite: value from json_each($1)*/ /*pg: )*/) order by id",
        (db::json(items)?,),
    ))
}

/// All predictions about a batch's items, each item's oldest first.
pub async fn list_predictions_of(tx: &mut Tx, batch: BatchId) -> DbResult<Vec<Prediction>> {
    tx.all(
        "select id, item_id, model, version, label, probability from predictions where batch_id = $1 order by id",
        (batch,),
    )
    .await
}

/// Some predictions of one version of a model, in the order of their items.
pub async fn list_of_model(
    tx: &mut Tx,
    batch: BatchId,
    model: &str,
    version: &str,
    after: &str,
) -> DbResult<Vec<Prediction>> {
    tx.all(
        "select id, item_id, model, version, label, probability from predictions
         where batch_id = $1 and model = $2 and version = $3 and item_id > $4 order by item_id limit 200",
        (batch, model, version, after),
    )
    .await
}
