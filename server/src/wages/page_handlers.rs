//! Making a batch by form: what an hour may pay is told before it is made.

use super::{pages::NewBatchPage, prospect};
use crate::batches::{self, BatchForm, Project, ProjectId};
use crate::ledger::amount;
use crate::platform::{
    caller::Admin,
    csrf::SafeForm,
    db::Tx,
    once::Once,
    page::{self, Layout, go},
    problem::Problem,
    site::Site,
};
use actix_web::{HttpResponse, web};
use wire::Kind;

/// `GET /projects/{id}/batches/new`.
///
/// # Errors
/// 404 when there is no such project.
pub async fn new_batch(
    site: web::Data<Site>,
    _admin: Admin,
    layout: Layout,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: ProjectId = id.parse().map_err(|_| Problem::not_found())?;
    let mut tx = site.db.read().await?;
    let project = batches::project(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let form = BatchForm::of(&project);
    page::show(&form_page(&mut tx, layout, project, form, None).await?)
}

async fn form_page(
    tx: &mut Tx,
    layout: Layout,
    project: Project,
    form: BatchForm,
    problem: Option<Problem>,
) -> Result<NewBatchPage, Problem> {
    let record = prospect(tx, &project.currency, Kind::Record, form.pay_cents).await?;
    let judge = prospect(tx, &project.currency, Kind::Judge, form.pay_cents).await?;
    let prospects = [("Recording", record), ("Judging", judge)];
    Ok(NewBatchPage { layout, project, prospects, form, problem })
}

/// `POST /projects/{id}/batches/new`.
///
/// # Errors
/// When the site fails; wrong fields come back with the form, and so does a price that may be below
/// the least hourly pay, once.
pub async fn create_batch(
    site: web::Data<Site>,
    Admin(admin): Admin,
    layout: Layout,
    id: web::Path<String>,
    SafeForm(form): SafeForm<BatchForm>,
) -> Result<HttpResponse, Problem> {
    let project: ProjectId = id.parse().map_err(|_| Problem::not_found())?;
    let made = match below_floor(&site, project, &form).await? {
        Some(problem) => Err(problem),
        None => batches::create_batch(&site, admin.person, project, &form.asked(), &Once::default()).await,
    };
    match made {
        Ok(batch) => Ok(go(format!("/batches/{}", batch.id))),
        Err(problem) if problem.status.is_client_error() => {
            let mut tx = site.db.read().await?;
            let status = problem.status;
            let project = batches::project(&mut tx, project).await?.ok_or_else(Problem::not_found)?;
            page::show_with(status, &form_page(&mut tx, layout, project, form, Some(problem)).await?)
        }
        Err(problem) => Err(problem),
    }
}

/// Why one should think again about the price.
async fn below_floor(site: &Site, project: ProjectId, form: &BatchForm) -> Result<Option<Problem>, Problem> {
    let mut tx = site.db.read().await?;
    let project = batches::project(&mut tx, project).await?.ok_or_else(Problem::not_found)?;
    let prospect = prospect(&mut tx, &project.currency, form.kind, form.pay_cents).await?;
    let due = prospect.due_cents.filter(|_| prospect.below_floor && !form.despite_floor);
    Ok(due.map(|due| {
        let detail = format!(
            "At this price an hour may pay only {}. At the pace of earlier batches a task must pay at least {due}: raise \
             the price, or say that you want to try.",
            amount(prospect.hourly_cents.unwrap_or(0), &project.currency)
        );
        Problem::conflict("below_floor", detail)
    }))
}
