//! Releases: immutable, versioned, reproducible; only what is verified, accepted and covered
//! by a consent in force leaves.
//!
//! [`request`] → the steps of [`build`] → [`download`], for whom [`access`] admits; [`withdrawals`]
//! tells what holders of a copy must delete.

pub mod about;
pub mod access;
pub mod access_handlers;
mod archive;
pub mod build;
pub mod download;
pub mod feature_store;
mod form;
mod frozen;
pub mod handlers;
mod model;
mod names;
pub mod page_handlers;
pub mod pages;
mod people;
mod rules;
mod store;
pub mod withdrawals;

pub use model::{BuildRelease, Filter, NewRelease, Options, Release, ReleaseFile, ReleaseId, ReleaseView, Variants};

use crate::audit;
use crate::batches::{self, Project, ProjectId};
use crate::platform::{
    db::{DbResult, Tx},
    ids::{PersonId, random_token},
    once::Once,
    problem::Problem,
    queue,
    site::Site,
};
use dataset::release::version::{Step, Version};

/// Asks for a release; a job builds it. `actor` is `None` for the operator at the command line.
///
/// # Errors
/// 404 without the project; 422 `invalid_version`, `invalid_release`, `about_incomplete`,
/// `version_too_low`; 409 `version_taken`.
pub async fn request(
    site: &Site,
    actor: Option<PersonId>,
    project: ProjectId,
    new: &NewRelease,
    once: &Once,
) -> Result<Release, Problem> {
    withdrawals::note(site, project).await?;
    let mut tx = site.db.begin().await?;
    if let Some(actor) = actor
        && let Some(made) = once.before(&mut tx, actor, site.now_us()).await?
    {
        let id = made.parse().map_err(Problem::internal)?;
        return store::find(&mut tx, id).await?.ok_or_else(Problem::not_found);
    }
    let version = rules::version(&new.version)?;
    let options = rules::options(new)?;
    let told = batches::project(&mut tx, project).await?.ok_or_else(Problem::not_found)?;
    rules::keywords(&options.keywords, &told.phrases())?;
    tellable(&mut tx, &told).await?;
    let releases = store::list_of(&mut tx, project).await?;
    for failed in releases.iter().filter(|other| other.state == "failed" && other.version == version.to_string()) {
        build::clear(&mut tx, failed.id).await?;
        store::delete(&mut tx, failed.id).await?;
    }
    let release = Release {
        id: ReleaseId::new(),
        project_id: project,
        version: version.to_string(),
        state: "building".to_owned(),
        error: String::new(),
        pseudonym_key: random_token(),
        card: String::new(),
        options: serde_json::to_string(&options).map_err(Problem::internal)?,
        snapshot_us: 0,
        facts: String::new(),
        stage: "plan".to_owned(),
        done: 0,
        total: 0,
        created_us: site.now_us(),
    };
    let by = actor.map_or_else(|| "operator".to_owned(), |actor| actor.to_string());
    if !store::insert(&mut tx, &release, &by).await? {
        return Err(Problem::conflict(
            "version_taken",
            "This project has a release of this version. Choose a higher one.",
        ));
    }
    higher(&mut tx, &releases, version).await?;
    queue::enqueue(&mut tx, &BuildRelease { release: release.id }, site.now_us()).await?;
    let detail = serde_json::json!({ "version": release.version, "options": options });
    audit::note(&mut tx, site.now_us(), actor, "release.request", &release.id.to_string(), detail).await?;
    if let Some(actor) = actor {
        once.after(&mut tx, actor, &release.id.to_string()).await?;
    }
    tx.commit().await?;
    site.wake.notify_one();
    Ok(release)
}

/// Everything that a release must say has been told; the build looks again.
async fn tellable(tx: &mut Tx, project: &Project) -> Result<(), Problem> {
    let told = about::of(tx, project.id).await?;
    rules::untold(&told, &project.licence).map_or(Ok(()), |(field, advice)| {
        let detail = format!(
            "The release cannot be published: {field} is missing; {advice}. See “About the dataset” of the project."
        );
        Err(Problem::invalid("about_incomplete", detail))
    })
}

/// The version is higher than all before; when clips of the newest were taken back, its first number
/// is.
async fn higher(tx: &mut Tx, releases: &[Release], new: Version) -> Result<(), Problem> {
    let published = releases.iter().filter(|release| release.state == "ready");
    let versions =
        published.filter_map(|release| release.version.parse().ok().map(|version: Version| (release, version)));
    let Some((newest, version)) = versions.max_by_key(|(_, version)| *version) else { return Ok(()) };
    let withdrawn = store::access::count_withdrawn(tx, newest.id).await? > 0;
    let step = if withdrawn { Step::Major } else { Step::Patch };
    version.allow(new, step).map_err(|error| {
        let why = if withdrawn { " People took clips of it back." } else { "" };
        Problem::invalid("version_too_low", format!("{error}.{why}"))
    })
}

/// A release.
///
/// # Errors
/// When the database does not answer.
pub async fn find(tx: &mut Tx, id: ReleaseId) -> DbResult<Option<Release>> {
    store::find(tx, id).await
}

/// The release of a project with this version.
///
/// # Errors
/// When the database does not answer.
pub async fn by_version(tx: &mut Tx, project: ProjectId, version: &str) -> DbResult<Option<Release>> {
    let releases = store::list_of(tx, project).await?;
    Ok(releases.into_iter().find(|release| release.version == version))
}

/// Some files of a release in the order of their paths, after one.
///
/// # Errors
/// When the database does not answer.
pub async fn files_after(tx: &mut Tx, id: ReleaseId, after: &str) -> DbResult<Vec<ReleaseFile>> {
    store::list_files_after(tx, id, after).await
}

/// Every object that a release promises: owner and digest.
///
/// # Errors
/// When the database does not answer.
pub async fn objects(tx: &mut Tx) -> DbResult<Vec<(String, String)>> {
    store::list_objects(tx).await
}
