//! What only the people behind a project can tell about its dataset: by page and by API.

use super::{pages::AboutPage, rules, store::access as store};
use crate::audit;
use crate::batches::{self, ProjectId};
use crate::platform::{
    caller::{Admin, Caller},
    csrf::SafeForm,
    db::{DbResult, Tx},
    ids::PersonId,
    page::{self, Layout, go},
    problem::Problem,
    site::Site,
};
use actix_web::{HttpResponse, web};
use dataset::About;
use std::collections::BTreeMap;
use wire::ProblemBody;

/// Longest text, in characters: some pages.
const TEXT_MAX: usize = 20_000;

/// What is told about a project's dataset so far.
///
/// # Errors
/// When the database does not answer.
pub async fn of(tx: &mut Tx, project: ProjectId) -> DbResult<About> {
    let text = store::find_about(tx, project).await?;
    Ok(text.and_then(|(text,)| serde_json::from_str(&text).ok()).unwrap_or_default())
}

/// Sets what is told; releases that are asked for from now on say it.
///
/// # Errors
/// 404 without the project, 422 `invalid_about`.
pub async fn set(site: &Site, actor: PersonId, project: ProjectId, about: &About) -> Result<(), Problem> {
    let text = serde_json::to_string(about).map_err(Problem::internal)?;
    if text.len() > TEXT_MAX {
        return Err(Problem::invalid("invalid_about", "This is too long. Keep to 20,000 characters in all."));
    }
    let url = about.url.trim();
    if !url.is_empty() && url::Url::parse(url).is_err() {
        return Err(Problem::invalid(
            "invalid_about",
            "Give the whole address, such as https://data.example.org/words.",
        ));
    }
    let mut tx = site.db.begin().await?;
    batches::project(&mut tx, project).await?.ok_or_else(Problem::not_found)?;
    let before = of(&mut tx, project).await?;
    if before == *about {
        return Ok(());
    }
    store::put_about(&mut tx, project, &text, site.now_us()).await?;
    let detail = serde_json::json!({ "before": before, "now": about });
    audit::note(&mut tx, site.now_us(), Some(actor), "project.about", &project.to_string(), detail).await?;
    Ok(tx.commit().await?)
}

/// What the project's data card says that only people can tell.
#[utoipa::path(get, path = "/api/v1/projects/{id}/about", tag = "releases",
    responses((status = 200, body = Object), (status = 404, body = ProblemBody)))]
pub async fn read(site: web::Data<Site>, _caller: Caller, id: web::Path<String>) -> Result<web::Json<About>, Problem> {
    let project: ProjectId = id.parse().map_err(|_| Problem::not_found())?;
    let mut tx = site.db.read().await?;
    batches::project(&mut tx, project).await?.ok_or_else(Problem::not_found)?;
    Ok(web::Json(of(&mut tx, project).await?))
}

/// Set it; absent fields become empty. A release needs most of them.
#[utoipa::path(put, path = "/api/v1/projects/{id}/about", tag = "releases", request_body = Object,
    responses((status = 204), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn put(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    about: web::Json<About>,
) -> Result<HttpResponse, Problem> {
    let project: ProjectId = id.parse().map_err(|_| Problem::not_found())?;
    set(&site, admin.person, project, &about).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `GET /projects/{id}/about`.
///
/// # Errors
/// 404 without the project.
pub async fn show(
    site: web::Data<Site>,
    _admin: Admin,
    layout: Layout,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: ProjectId = id.parse().map_err(|_| Problem::not_found())?;
    let mut tx = site.db.read().await?;
    let project = batches::project(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let about = of(&mut tx, id).await?;
    let missing = rules::untold(&about, &project.licence);
    page::show(&AboutPage { layout, project, about, missing, problem: None })
}

/// `POST /projects/{id}/about`.
///
/// # Errors
/// 404 without the project; what cannot be used comes back with the form.
pub async fn submit(
    site: web::Data<Site>,
    Admin(admin): Admin,
    layout: Layout,
    id: web::Path<String>,
    SafeForm(fields): SafeForm<BTreeMap<String, String>>,
) -> Result<HttpResponse, Problem> {
    let id: ProjectId = id.parse().map_err(|_| Problem::not_found())?;
    let about = about_of(&fields);
    match set(&site, admin.person, id, &about).await {
        Ok(()) => Ok(go(format!("/projects/{id}"))),
        Err(problem) if problem.code == "invalid_about" => {
            let mut tx = site.db.read().await?;
            let project = batches::project(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
            let status = problem.status;
            let page = AboutPage { layout, project, about, missing: None, problem: Some(problem) };
            page::show_with(status, &page)
        }
        Err(problem) => Err(problem),
    }
}

/// What somebody typed; lists have one sentence a line.
fn about_of(fields: &BTreeMap<String, String>) -> About {
    let text = |name: &str| fields.get(name).map(|text| text.trim().replace("\r\n", "\n")).unwrap_or_default();
    let lines = |name: &str| {
        let text = text(name);
        text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
    };
    About {
        description: text("description"),
        creator: text("creator"),
        url: text("url"),
        contact: text("contact"),
        motivation: text("motivation"),
        suitable_uses: lines("suitable_uses"),
        unsuitable_uses: lines("unsuitable_uses"),
        known_applications: lines("known_applications"),
        annotator_demographics: text("annotator_demographics"),
        biases: lines("biases"),
        maintenance: text("maintenance"),
        licence_text: text("licence_text"),
    }
}
