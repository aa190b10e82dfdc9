//! What administrators owe their people: hourly pay by batch, refusals, appeals, lifts.

use super::model::FairBatch;
use super::{pages::FairnessPage, store};
use crate::batches::{self, BatchId};
use crate::exposure;
use crate::platform::{
    caller::Admin,
    csrf::SafeForm,
    page::{self, Layout, go},
    problem::Problem,
    site::Site,
};
use crate::wages::{self, Floor};
use actix_web::{HttpResponse, web};
use serde::Deserialize;

/// `GET /fairness`.
///
/// # Errors
/// When the database does not answer.
pub async fn show(site: web::Data<Site>, _admin: Admin, layout: Layout) -> Result<HttpResponse, Problem> {
    let mut tx = site.db.read().await?;
    let mut rows = Vec::new();
    for project in batches::projects(&mut tx).await? {
        let floor = wages::floor(&mut tx, &project.currency).await?;
        for batch in batches::batches_of(&mut tx, project.id).await? {
            let (refused, appeals, won) = store::count_refusals(&mut tx, batch.id).await?;
            rows.push(FairBatch {
                project: project.name.clone(),
                currency: project.currency.clone(),
                floor,
                pace: wages::pace(&mut tx, batch.id).await?,
                hold: batches::hold_of(&mut tx, batch.id).await?.map(|hold| hold.detail),
                lifted: store::count_lifts(&mut tx, batch.id).await?,
                refused,
                appeals,
                won,
                batch,
            });
        }
    }
    let overdue = store::count_overdue(&mut tx, site.now_us()).await?;
    let floors = wages::floors(&mut tx).await?;
    let exposure = exposure::totals(&mut tx, site.now_us()).await?;
    page::show(&FairnessPage { layout, rows, floors, overdue, exposure })
}

/// The form that sets a floor.
#[derive(Deserialize)]
pub struct FloorForm {
    #[serde(default)]
    region: String,
    currency: String,
    cents_per_hour: i64,
}

/// `POST /fairness`.
///
/// # Errors
/// 422 `invalid_floor`.
pub async fn set_floor(
    site: web::Data<Site>,
    Admin(admin): Admin,
    SafeForm(form): SafeForm<FloorForm>,
) -> Result<HttpResponse, Problem> {
    let floor = Floor {
        region: Some(form.region.trim().to_uppercase()).filter(|region| !region.is_empty()),
        currency: form.currency.trim().to_uppercase(),
        cents_per_hour: form.cents_per_hour,
    };
    wages::set_floor(&site, admin.person, &floor).await?;
    Ok(go("/fairness"))
}

/// The form that raises a batch's pay.
#[derive(Deserialize)]
pub struct PayForm {
    pay_cents: i64,
}

/// `POST /batches/{id}/pay`.
///
/// # Errors
/// As the API's.
pub async fn raise_pay(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    SafeForm(form): SafeForm<PayForm>,
) -> Result<HttpResponse, Problem> {
    let batch: BatchId = id.parse().map_err(|_| Problem::not_found())?;
    batches::raise_pay(&site, admin.person, batch, form.pay_cents).await?;
    Ok(go("/fairness"))
}
