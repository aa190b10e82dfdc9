//! Coverage quotas of a batch, by page and by API.

use super::{
    import::{self, CellFields},
    model::{AxisView, CellView, Dimension, Overview, SpeakerLimits},
    pages::{CellForm, QuotasPage},
};
use crate::batches::{self, Batch, BatchId, Project, ProjectId};
use crate::platform::{
    caller::{Admin, Caller},
    csrf::SafeForm,
    db::Tx,
    once::Sent,
    page::{self, Layout, go},
    problem::Problem,
    site::Site,
};
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use wire::{Kind, ProblemBody};

/// Body of `PUT /api/v1/batches/{id}/quotas` as JSON.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Cells {
    /// All cells of the batch.
    pub cells: Vec<CellFields>,
}

/// Recordings of everybody whom no cell of an axis names.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Others {
    /// The phrase; empty for any.
    pub phrase: String,
    /// The dimension.
    pub dimension: Dimension,
    /// Places of the axis, taken or not.
    pub places: i64,
    /// Recordings made or being made; null while they could tell of fewer than five people.
    pub recorded: Option<i64>,
}

/// Reply about a batch's quotas.
#[derive(Serialize, utoipa::ToSchema)]
pub struct QuotasView {
    /// Every cell.
    pub cells: Vec<CellView>,
    /// Everybody else, by axis.
    pub others: Vec<Others>,
}

impl From<Overview> for QuotasView {
    fn from(overview: Overview) -> Self {
        let others = |axis: &AxisView| Others {
            phrase: axis.phrase.clone(),
            dimension: axis.dimension,
            places: axis.places,
            recorded: axis.others,
        };
        Self {
            others: overview.axes.iter().map(others).collect(),
            cells: overview.axes.into_iter().flat_map(|axis| axis.cells).collect(),
        }
    }
}

/// The quotas of a recording batch. What could tell of fewer than five people is null.
#[utoipa::path(get, path = "/api/v1/batches/{id}/quotas", tag = "quotas",
    responses((status = 200, body = QuotasView), (status = 404, body = ProblemBody)))]
pub async fn read(
    site: web::Data<Site>,
    _admin: Admin,
    id: web::Path<String>,
) -> Result<web::Json<QuotasView>, Problem> {
    let mut tx = site.db.read().await?;
    let (batch, _) = find(&mut tx, &id).await?;
    Ok(web::Json(super::overview(&mut tx, batch.id).await?.into()))
}

/// Set all cells of a recording batch, as JSON, CSV (`phrase,dimension,value,target`) or JSON lines. One
/// bad row, and nothing changes.
#[utoipa::path(put, path = "/api/v1/batches/{id}/quotas", tag = "quotas", request_body = Cells,
    responses((status = 204), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn set(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    let id: BatchId = id.parse().map_err(|_| Problem::not_found())?;
    let rows = if sent.kind.starts_with("application/json") {
        let given: Cells = serde_json::from_slice(&sent.bytes).map_err(|error| {
            Problem::invalid("invalid_json", format!("The body is not the JSON that is expected: {error}."))
        })?;
        import::checked(given.cells)?
    } else {
        import::cells(&sent.bytes, &sent.kind)?
    };
    super::set_cells(&site, admin.person, id, rows, true).await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn find(tx: &mut Tx, id: &str) -> Result<(Batch, Project), Problem> {
    let id: BatchId = id.parse().map_err(|_| Problem::not_found())?;
    let batch = batches::batch(tx, id).await?.filter(|batch| batch.kind() == Kind::Record);
    let batch = batch.ok_or_else(Problem::not_found)?;
    let project = batches::project(tx, batch.project_id).await?.ok_or_else(Problem::not_found)?;
    Ok((batch, project))
}

async fn shown(site: &Site, layout: Layout, id: &str) -> Result<QuotasPage, Problem> {
    let mut tx = site.db.read().await?;
    let (batch, project) = find(&mut tx, id).await?;
    let overview = super::overview(&mut tx, batch.id).await?;
    Ok(QuotasPage { layout, batch, project, overview, form: CellForm::default(), problem: None })
}

/// `GET /batches/{id}/quotas`.
///
/// # Errors
/// 404 without such a recording batch.
pub async fn show(
    site: web::Data<Site>,
    _admin: Admin,
    layout: Layout,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    page::show(&shown(&site, layout, &id).await?)
}

/// `POST /batches/{id}/quotas`: one cell, or rows of a file.
///
/// # Errors
/// 404 without such a recording batch; what is wrong comes back with the form.
pub async fn submit(
    site: web::Data<Site>,
    Admin(admin): Admin,
    layout: Layout,
    id: web::Path<String>,
    SafeForm(form): SafeForm<CellForm>,
) -> Result<HttpResponse, Problem> {
    let batch: BatchId = id.parse().map_err(|_| Problem::not_found())?;
    let rows = match &form.rows {
        Some(rows) => import::cells(rows.as_bytes(), ""),
        None => one(&form).and_then(|cell| import::checked(vec![cell])),
    };
    let set = match rows {
        Ok(rows) => super::set_cells(&site, admin.person, batch, rows, false).await,
        Err(problem) => Err(problem),
    };
    match set {
        Ok(()) => Ok(go(format!("/batches/{id}/quotas"))),
        Err(problem) if problem.status.is_client_error() => {
            let page = QuotasPage { form, problem: Some(problem.clone()), ..shown(&site, layout, &id).await? };
            page::show_with(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

/// The cell of the short form: the group is `dimension:value`, an accent stands in its own field.
fn one(form: &CellForm) -> Result<CellFields, Problem> {
    let (dimension, value) = form.group.split_once(':').unwrap_or_default();
    let value = if dimension == Dimension::Accent.as_str() { form.accent.clone() } else { value.to_owned() };
    let target = form.target.trim().parse().map_err(|_| {
        Problem::invalid("invalid_target", "Write how many recordings you want as a whole number, such as 50.")
    })?;
    Ok(CellFields { phrase: Some(form.phrase.clone()), dimension: dimension.to_owned(), value, target })
}

/// How many recordings one person may make for a project.
#[utoipa::path(get, path = "/api/v1/projects/{id}/speaker-limits", tag = "quotas",
    responses((status = 200, body = SpeakerLimits), (status = 404, body = ProblemBody)))]
pub async fn read_speakers(
    site: web::Data<Site>,
    _caller: Caller,
    id: web::Path<String>,
) -> Result<web::Json<SpeakerLimits>, Problem> {
    let id: ProjectId = id.parse().map_err(|_| Problem::not_found())?;
    Ok(web::Json(super::limits(&mut site.db.read().await?, id).await?))
}

/// Set how many recordings one person may make for a project, of each phrase and of all together; 0 is any.
#[utoipa::path(put, path = "/api/v1/projects/{id}/speaker-limits", tag = "quotas", request_body = SpeakerLimits,
    responses((status = 204), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn set_speakers(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    body: web::Json<SpeakerLimits>,
) -> Result<HttpResponse, Problem> {
    let id: ProjectId = id.parse().map_err(|_| Problem::not_found())?;
    super::set_limits(&site, admin.person, id, &body).await?;
    Ok(HttpResponse::NoContent().finish())
}
