//! The page “My limits” and its forms, and where help is.

use super::pages::{ExposurePage, HelpPage};
use super::{Own, handlers, rules};
use crate::platform::{
    caller::Caller,
    csrf::SafeForm,
    page::{self, Layout, go},
    problem::Problem,
    site::Site,
};
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use wire::Category;

/// What was done just now, or what is wrong with it.
#[derive(Deserialize)]
pub struct Shown {
    #[serde(default)]
    saved: String,
}

/// `GET /exposure`.
///
/// # Errors
/// When the database does not answer.
pub async fn show(
    site: web::Data<Site>,
    caller: Caller,
    layout: Layout,
    shown: web::Query<Shown>,
) -> Result<HttpResponse, Problem> {
    let now_us = site.now_us();
    let mut tx = site.db.read().await?;
    let at = super::standing(&mut tx, caller.person, now_us).await?;
    let site_limits = super::limits(&mut tx).await?;
    let mut uses = rules::uses(&at.account, &at.limits, now_us);
    uses.push(rules::work_use(&at.work, &at.limits, now_us));
    let next_zone = at.account.next_zone.clone().filter(|(_, from_us)| *from_us > at.account.seen_us);
    page::show(&ExposurePage {
        layout,
        uses,
        categories: handlers::categories(&at),
        own: at.account.own,
        limits: site_limits,
        why: at.allowance.why.map(|why| super::refusal(why, at.allowance.more_at_us).detail),
        calm_us: (at.account.calm_us > at.account.seen_us).then_some(at.account.calm_us),
        zone: rules::zones(&at.account)[0].to_owned(),
        next_zone,
        zone_names: rules::zone_names(),
        saved: !shown.saved.is_empty(),
    })
}

/// `GET /exposure/help`.
///
/// # Errors
/// When the template fails.
pub async fn help(site: web::Data<Site>, caller: Caller, layout: Layout) -> Result<HttpResponse, Problem> {
    let mut tx = site.db.read().await?;
    let at = super::standing(&mut tx, caller.person, site.now_us()).await?;
    page::show(&HelpPage { layout, calm_us: (at.account.calm_us > at.account.seen_us).then_some(at.account.calm_us) })
}

/// The form of one's time zone.
#[derive(Deserialize)]
pub struct ZoneForm {
    time_zone: String,
}

/// `POST /exposure/time-zone`.
///
/// # Errors
/// 422 `invalid_time_zone`.
pub async fn set_zone(
    site: web::Data<Site>,
    caller: Caller,
    SafeForm(form): SafeForm<ZoneForm>,
) -> Result<HttpResponse, Problem> {
    super::set_zone(&site, caller.person, form.time_zone.trim()).await?;
    Ok(go("/exposure?saved=yes"))
}

/// The form of one's own limits, in minutes; empty is as the site says.
#[derive(Deserialize)]
pub struct LimitsForm {
    strong_day_min: String,
    strong_week_min: String,
    mild_day_min: String,
    work_day_min: String,
}

/// `POST /exposure/limits`.
///
/// # Errors
/// 422 `invalid_limit`.
pub async fn set_own(
    site: web::Data<Site>,
    caller: Caller,
    SafeForm(form): SafeForm<LimitsForm>,
) -> Result<HttpResponse, Problem> {
    let minutes = |text: &str| match text.trim() {
        "" => Ok(None),
        text => {
            let wrong = |_| Problem::invalid("invalid_limit", "Write whole minutes, or nothing for the site's limit.");
            text.parse().map(Some).map_err(wrong)
        }
    };
    let own = Own {
        strong_day_min: minutes(&form.strong_day_min)?,
        strong_week_min: minutes(&form.strong_week_min)?,
        mild_day_min: minutes(&form.mild_day_min)?,
        work_day_min: minutes(&form.work_day_min)?,
    };
    super::set_own(&site, caller.person, own).await?;
    Ok(go("/exposure?saved=yes"))
}

/// The form of an opt-in.
#[derive(Deserialize)]
pub struct OptInForm {
    category: Category,
    #[serde(default)]
    adult: Option<String>,
}

/// `POST /exposure/opt-ins`.
///
/// # Errors
/// As [`super::agree`].
pub async fn agree(
    site: web::Data<Site>,
    caller: Caller,
    SafeForm(form): SafeForm<OptInForm>,
) -> Result<HttpResponse, Problem> {
    super::agree(&site, caller.person, form.category, form.adult.is_some()).await?;
    Ok(go("/exposure?saved=yes"))
}

/// The button that takes an opt-in back.
#[derive(Deserialize)]
pub struct WithdrawForm {
    category: Category,
}

/// `POST /exposure/opt-ins/withdrawn`.
///
/// # Errors
/// When the database refuses.
pub async fn withdraw(
    site: web::Data<Site>,
    caller: Caller,
    SafeForm(form): SafeForm<WithdrawForm>,
) -> Result<HttpResponse, Problem> {
    super::withdraw(&site, caller.person, form.category).await?;
    Ok(go("/exposure?saved=yes"))
}
