//! How sensitive a project's material is at the least: said when it is made, changed later.

use super::{Batch, BatchId, ProjectId, model::Project, rules, store};
use crate::audit;
use crate::platform::{
    db::{DbResult, Tx},
    ids::PersonId,
    problem::Problem,
};
use serde::Deserialize;
use wire::Category;

/// Body of `PUT /api/v1/projects/{id}/exposure`.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Least {
    /// Sensitivity of all its material at the least, 0 to 3.
    pub sensitivity: i64,
    /// What it is about, whatever a batch or an item adds.
    #[serde(default)]
    pub categories: Vec<Category>,
}

/// A batch whose level nobody raises before the end of the transaction, in which items come into it.
///
/// # Errors
/// When the database does not answer.
pub async fn hold_level(tx: &mut Tx, id: BatchId) -> DbResult<Option<Batch>> {
    store::hold_batch(tx, id).await
}

/// Sets how sensitive a project's material is at the least. A higher level holds at once for all its
/// batches; a lower one for those that are made from now on: what is in the others was described under
/// the higher one, and only a reviewer who looks at an item lowers that.
///
/// # Errors
/// 404 without the project, 422 `invalid_sensitivity`.
pub async fn set_least(
    tx: &mut Tx,
    actor: PersonId,
    id: ProjectId,
    new: &Least,
    now_us: i64,
) -> Result<(i64, i64), Problem> {
    let level = rules::sensitivity(Some(new.sensitivity))?;
    let categories = rules::categories(level, Category::set(&new.categories));
    let before = store::lock_project(tx, id).await?.ok_or_else(Problem::not_found)?;
    if (level, categories) != (before.sensitivity, before.categories) {
        store::set_least(tx, id, level, categories).await?;
        store::raise_batches(tx, id, level, categories).await?;
        let told = |level: i64, set: i64| serde_json::json!({ "sensitivity": level, "categories": Category::of(set) });
        let Project { sensitivity, categories: set, .. } = before;
        let detail = serde_json::json!({ "before": told(sensitivity, set), "now": told(level, categories) });
        audit::note(tx, now_us, Some(actor), "project.exposure", &id.to_string(), detail).await?;
    }
    Ok((level, categories))
}
