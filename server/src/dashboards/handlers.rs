//! Overview pages: a contributor's batches, projects, one project, one batch.

use super::{
    model::{OpenBatch, Worker},
    pages::{BatchPage, ProjectPage, ProjectsPage, TasksPage},
    store,
};
use crate::batches::{self, BatchId, BatchState, ProjectId, budgets};
use crate::cases;
use crate::consent;
use crate::exposure;
use crate::gold;
use crate::ledger;
use crate::platform::{
    caller::{Admin, Caller},
    ids,
    page::{self, Layout},
    problem::Problem,
    site::Site,
};
use crate::quotas::{self, Outlook};
use crate::training;
use crate::trust;
use crate::wages;
use actix_web::{HttpResponse, web};
use std::collections::HashMap;
use wire::Kind;

/// `GET /tasks`: what a contributor can do now.
///
/// # Errors
/// When the database does not answer.
pub async fn tasks(site: web::Data<Site>, caller: Caller, layout: Layout) -> Result<HttpResponse, Problem> {
    let mut tx = site.db.read().await?;
    let mut open = Vec::new();
    let values = quotas::values(&mut tx, caller.person).await?;
    for batch in batches::open_batches(&mut tx).await? {
        let Some(project) = batches::project(&mut tx, batch.project_id).await? else { continue };
        let consented = consent::may_record(&mut tx, caller.person, project.id).await?;
        open.push(OpenBatch {
            open_items: store::count_open(&mut tx, batch.id).await?,
            held: store::holds(&mut tx, caller.person, batch.id, site.now_us()).await?,
            done: store::count_done(&mut tx, caller.person, batch.id).await?,
            needs_consent: batch.kind() == Kind::Record && !consented,
            teaches: training::offers(&mut tx, &batch).await?,
            paused: trust::is_paused(&mut tx, caller.person, &batch, site.now_us()).await?,
            qualification: trust::qualification(&mut tx, caller.person, batch.id).await?,
            outlook: quotas::outlook(&mut tx, batch.id, &values).await?,
            left: quotas::left(&mut tx, project.id, caller.person).await?.filter(|_| batch.kind() == Kind::Record),
            pace: wages::pace(&mut tx, batch.id).await?,
            batch,
            project,
        });
    }
    // Where a voice is looked for comes first; the rest stays in the order of age.
    open.sort_by_key(|open: &OpenBatch| open.outlook != Outlook::Wanted);
    let balances = ledger::balances(&mut tx, caller.person).await?;
    let hourly_cents = wages::own_hourly_cents(&mut tx, caller.person).await?;
    let warnings = cases::warnings(&mut tx, caller.person, site.now_us()).await?;
    let limits = exposure::standing(&mut tx, caller.person, site.now_us()).await?.limits;
    page::show(&TasksPage { layout, batches: open, balances, hourly_cents, warnings, limits })
}

/// `GET /projects`.
///
/// # Errors
/// When the database does not answer.
pub async fn projects(site: web::Data<Site>, _admin: Admin, layout: Layout) -> Result<HttpResponse, Problem> {
    let mut tx = site.db.read().await?;
    let projects = batches::projects(&mut tx).await?;
    page::show(&ProjectsPage { layout, projects })
}

/// `GET /projects/{id}`.
///
/// # Errors
/// 404 when there is no such project.
pub async fn project(
    site: web::Data<Site>,
    _admin: Admin,
    layout: Layout,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: ProjectId = id.parse().map_err(|_| Problem::not_found())?;
    let mut tx = site.db.read().await?;
    let project = batches::project(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let progress: HashMap<BatchId, (i64, i64)> =
        store::list_progress(&mut tx, id).await?.into_iter().map(|(batch, open, done)| (batch, (open, done))).collect();
    let batches = batches::batches_of(&mut tx, id).await?.into_iter().map(|batch| {
        let (open, done) = progress.get(&batch.id).copied().unwrap_or_default();
        (batch, open, done)
    });
    let batches = batches.collect();
    let clips = store::clip_counts(&mut tx, id).await?;
    let costs = ledger::project_costs(&mut tx, &id.to_string()).await?;
    let bonus_key = ids::random_token();
    let versions = store::list_versions(&mut tx, id).await?;
    let next_version = next_version(versions.iter().map(|(version,)| version.as_str()));
    page::show(&ProjectPage { layout, project, batches, clips, costs, bonus_key, next_version })
}

/// One minor version above the highest, or 1.0.0.
fn next_version<'a>(versions: impl Iterator<Item = &'a str>) -> String {
    let parsed = versions.filter_map(|version| {
        let mut parts = version.split('.').map(str::parse::<u32>);
        Some((parts.next()?.ok()?, parts.next()?.ok()?))
    });
    parsed.max().map_or_else(|| "1.0.0".to_owned(), |(major, minor)| format!("{major}.{}.0", minor + 1))
}

/// `GET /batches/{id}`.
///
/// # Errors
/// 404 when there is no such batch.
pub async fn batch(
    site: web::Data<Site>,
    _admin: Admin,
    layout: Layout,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: BatchId = id.parse().map_err(|_| Problem::not_found())?;
    let mut tx = site.db.read().await?;
    let batch = batches::batch(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let project = batches::project(&mut tx, batch.project_id).await?.ok_or_else(Problem::not_found)?;
    let items = store::item_counts(&mut tx, id).await?;
    let mut workers = Vec::new();
    for (person, name, done) in store::list_workers(&mut tx, id).await? {
        let skill = trust::skill_of(&mut tx, person).await?;
        workers.push(Worker { name, done, gold: (skill.right, skill.wrong), accuracy: skill.accuracy() });
    }
    let judging = batch.kind() == Kind::Judge && batch.gold_ppm > 0;
    let stock = if judging { Some(gold::stock(&mut tx, &batch).await?) } else { None };
    let all = [BatchState::Open, BatchState::Paused, BatchState::Closed];
    let next_states = all.into_iter().filter(|to| batches::may_become(batch.state(), *to)).collect();
    let budget = budgets::standing(&mut tx, id).await?;
    page::show(&BatchPage { layout, batch, project, budget, items, stock, workers, next_states })
}

#[cfg(test)]
mod tests {
    use super::next_version;

    #[test]
    fn the_next_version_is_one_minor_step_above_the_highest() {
        assert_eq!(next_version([].into_iter()), "1.0.0");
        assert_eq!(next_version(["1.9.0", "1.10.0", "1.2.0"].into_iter()), "1.11.0");
    }
}
