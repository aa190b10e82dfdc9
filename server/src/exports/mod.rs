//! Releases: immutable, versioned, reproducible; only what is verified, accepted and covered
//! by a consent in force leaves.

mod archive;
pub mod build;
pub mod handlers;
mod model;
pub mod page_handlers;
pub mod pages;
mod rules;
mod store;

pub use model::{BuildRelease, NewRelease, Release, ReleaseFile, ReleaseId, ReleaseView};

use crate::audit;
use crate::batches::{self, ProjectId};
use crate::platform::{
    db::{DbResult, Tx},
    ids::{PersonId, random_token},
    once::Once,
    problem::Problem,
    queue,
    site::Site,
};

/// Asks for a release; a job builds it.
///
/// # Errors
/// 404 without the project, 422 `invalid_version`, 409 `version_taken`.
pub async fn request(
    site: &Site,
    actor: PersonId,
    project: ProjectId,
    new: &NewRelease,
    once: &Once,
) -> Result<Release, Problem> {
    let mut tx = site.db.begin().await?;
    if let Some(made) = once.before(&mut tx, actor, site.now_us()).await? {
        let id = made.parse().map_err(Problem::internal)?;
        return store::find(&mut tx, id).await?.ok_or_else(Problem::not_found);
    }
    batches::project(&mut tx, project).await?.ok_or_else(Problem::not_found)?;
    let release = Release {
        id: ReleaseId::new(),
        project_id: project,
        version: rules::version(&new.version)?,
        state: "building".to_owned(),
        error: String::new(),
        pseudonym_key: random_token(),
        card: String::new(),
        created_us: site.now_us(),
    };
    if !store::insert(&mut tx, &release, actor).await? {
        return Err(Problem::conflict(
            "version_taken",
            "This project has a release of this version. Choose a higher one.",
        ));
    }
    queue::enqueue(&mut tx, &BuildRelease { release: release.id }, site.now_us()).await?;
    let detail = serde_json::json!({ "version": release.version });
    audit::note(&mut tx, site.now_us(), Some(actor), "release.request", &release.id.to_string(), detail).await?;
    once.after(&mut tx, actor, &release.id.to_string()).await?;
    tx.commit().await?;
    site.wake.notify_one();
    Ok(release)
}

/// Every object that a release promises: owner and digest.
///
/// # Errors
/// When the database does not answer.
pub async fn objects(tx: &mut Tx) -> DbResult<Vec<(String, String)>> {
    store::list_objects(tx).await
}
