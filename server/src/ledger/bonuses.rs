//! Bonuses: thanks with a reason, one by one or as a table, all or none.

use super::funding::AMOUNT_MAX_CENTS;
use super::model::{EntryId, Grant, Pay, amount};
use crate::accounts;
use crate::audit;
use crate::batches::{self, ProjectId, import};
use crate::platform::{
    caller::Admin, csrf::SafeForm, ids::PersonId, once::Once, once::Sent, page::go, problem::Problem, site::Site,
};
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use wire::ProblemBody;

/// Shortest reason, in characters: people are told what they are thanked for.
const REASON_MIN: usize = 5;

/// One bonus as given.
#[derive(Clone, Debug)]
pub struct Bonus {
    line: u64,
    person: String,
    cents: i64,
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    person: String,
    cents: i64,
    reason: String,
}

/// Reads bonuses: columns `person` (their id or e-mail address), `cents`, `reason`.
///
/// # Errors
/// 422 with every bad row.
pub fn read(bytes: &[u8], content_type: &str) -> Result<Vec<Bonus>, Problem> {
    import::table(bytes, content_type, |line, row: Fields| {
        if !(1..=AMOUNT_MAX_CENTS).contains(&row.cents) {
            return Err(import::fault(line, "cents", "A bonus is 1 cent to 10,000,000.00."));
        }
        let reason = row.reason.trim().to_owned();
        if !(REASON_MIN..=200).contains(&reason.chars().count()) {
            return Err(import::fault(line, "reason", "Say what for, in 5 to 200 characters."));
        }
        Ok(Bonus { line, person: row.person, cents: row.cents, reason })
    })
}

/// Pays bonuses from a project's funding, all or none; payable at once.
///
/// # Errors
/// 404 without the project, 422 `import_rows` for people who do not exist.
pub async fn give(
    site: &Site,
    actor: PersonId,
    id: ProjectId,
    bonuses: &[Bonus],
    once: &Once,
) -> Result<usize, Problem> {
    let now_us = site.now_us();
    let mut tx = site.db.begin().await?;
    if let Some(made) = once.before(&mut tx, actor, now_us).await? {
        return made.parse().map_err(Problem::internal);
    }
    let project = batches::project(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let (mut people, mut faults) = (Vec::with_capacity(bonuses.len()), Vec::new());
    for bonus in bonuses {
        match accounts::named(&mut tx, &bonus.person).await? {
            Some(person) => people.push(person),
            None => faults.push(import::fault(bonus.line, "person", "Nobody has this id or e-mail address.")),
        }
    }
    if !faults.is_empty() {
        return Err(import::refused_rows(faults));
    }
    for (bonus, person) in bonuses.iter().zip(people) {
        let pay = Pay {
            task: EntryId::new().to_string(),
            person,
            project: id.to_string(),
            cents: bonus.cents,
            currency: project.currency.clone(),
        };
        super::grant(&mut tx, Grant::Bonus, &pay, &bonus.reason, now_us).await?;
    }
    let total = bonuses.iter().map(|bonus| bonus.cents).sum();
    let detail = serde_json::json!({ "bonuses": bonuses.len(), "amount": amount(total, &project.currency) });
    audit::note(&mut tx, now_us, Some(actor), "project.bonuses", &id.to_string(), detail).await?;
    once.after(&mut tx, actor, &bonuses.len().to_string()).await?;
    tx.commit().await?;
    Ok(bonuses.len())
}

/// Reply to bonuses.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Given {
    /// How many were paid.
    pub given: usize,
}

/// Pay bonuses from CSV (`person,cents,reason`) or JSON lines. One bad row, and nothing is paid.
#[utoipa::path(post, path = "/api/v1/projects/{id}/bonuses", tag = "ledger",
    request_body(content = String, content_type = "text/csv"),
    responses((status = 201, body = Given), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn create(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    let id: ProjectId = id.parse().map_err(|_| Problem::not_found())?;
    let bonuses = read(&sent.bytes, &sent.kind)?;
    let given = give(&site, admin.person, id, &bonuses, &sent.once).await?;
    Ok(HttpResponse::Created().json(Given { given }))
}

/// The form on the project's page.
#[derive(Deserialize)]
pub struct BonusForm {
    /// As in the API.
    rows: String,
    /// Made with the page, so that sending the form twice pays once.
    key: String,
}

/// `POST /projects/{id}/bonuses`.
///
/// # Errors
/// As [`create`].
pub async fn submit(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    SafeForm(form): SafeForm<BonusForm>,
) -> Result<HttpResponse, Problem> {
    let project: ProjectId = id.parse().map_err(|_| Problem::not_found())?;
    let once = Once::keyed(&form.key, form.rows.as_bytes())?;
    give(&site, admin.person, project, &read(form.rows.as_bytes(), "")?, &once).await?;
    Ok(go(format!("/projects/{id}")))
}
