//! Putting money into a project, and what became of it.

use super::{Account, Costs, model::amount, store, store::Posting};
use crate::audit;
use crate::batches::{self, ProjectId};
use crate::platform::{
    caller::Admin,
    ids::PersonId,
    once::{Keyed, Once},
    problem::Problem,
    site::Site,
};
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use wire::ProblemBody;

/// Most that one entry may hold: ten million of a currency with cents.
pub const AMOUNT_MAX_CENTS: i64 = 1_000_000_000;

/// Money put into a project.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFunding {
    /// Minor units of the project's currency.
    pub cents: i64,
    /// Where it comes from, such as an invoice number.
    pub note: String,
}

/// Notes money that was put into a project.
///
/// # Errors
/// 404 without the project, 422 `invalid_amount`.
pub async fn fund(
    site: &Site,
    actor: PersonId,
    id: ProjectId,
    new: &NewFunding,
    once: &Once,
) -> Result<Costs, Problem> {
    if !(1..=AMOUNT_MAX_CENTS).contains(&new.cents) {
        return Err(Problem::invalid("invalid_amount", "Give an amount from 1 cent to 10,000,000.00."));
    }
    let mut tx = site.db.begin().await?;
    let project = batches::project(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let project_id = id.to_string();
    if once.before(&mut tx, actor, site.now_us()).await?.is_none() {
        let note: String = new.note.trim().chars().take(200).collect();
        let posting = Posting {
            cause: format!("fund:{}", super::model::EntryId::new()),
            kind: "fund",
            project: &project_id,
            person: None,
            debit: Account::Outside,
            credit: Account::Funding(project_id.clone()),
            cents: new.cents,
            currency: &project.currency,
            note: &note,
        };
        store::insert(&mut tx, &posting, site.now_us()).await?;
        let detail = serde_json::json!({ "amount": amount(new.cents, &project.currency) });
        audit::note(&mut tx, site.now_us(), Some(actor), "project.fund", &project_id, detail).await?;
        once.after(&mut tx, actor, &project_id).await?;
    }
    let costs = store::project_costs(&mut tx, &project_id).await?;
    tx.commit().await?;
    Ok(costs)
}

/// Note money that was put into a project.
#[utoipa::path(post, path = "/api/v1/projects/{id}/funding", tag = "ledger", request_body = NewFunding, responses(
    (status = 201, body = Costs), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn create(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    keyed: Keyed<NewFunding>,
) -> Result<HttpResponse, Problem> {
    let id: ProjectId = id.parse().map_err(|_| Problem::not_found())?;
    let costs = fund(&site, admin.person, id, &keyed.body, &keyed.once).await?;
    Ok(HttpResponse::Created().json(costs))
}

/// What a project's money did.
#[utoipa::path(get, path = "/api/v1/projects/{id}/costs", tag = "ledger", responses(
    (status = 200, body = Costs), (status = 404, body = ProblemBody)))]
pub async fn costs(site: web::Data<Site>, _admin: Admin, id: web::Path<String>) -> Result<web::Json<Costs>, Problem> {
    let id: ProjectId = id.parse().map_err(|_| Problem::not_found())?;
    let mut tx = site.db.read().await?;
    batches::project(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    Ok(web::Json(store::project_costs(&mut tx, &id.to_string()).await?))
}
