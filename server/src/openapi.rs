//! The API described by the code itself: `/api/openapi.json`.

use crate::accounts;
use crate::answers;
use crate::audit;
use crate::batches;
use crate::cases;
use crate::consent;
use crate::dashboards;
use crate::exports;
use crate::exposure;
use crate::gold;
use crate::ledger;
use crate::media;
use crate::operations;
use crate::quotas;
use crate::reviews;
use crate::tasks;
use crate::training;
use crate::trust;
use crate::verdicts;
use crate::wages;
use actix_web::HttpResponse;
use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        if let Some(components) = document.components.as_mut() {
            components.add_security_scheme("bearer", SecurityScheme::Http(scheme));
        }
    }
}

#[derive(OpenApi)]
#[openapi(
    info(title = "Sayso", description = "Crowdsourced wake-word audio: record, judge, pay, release."),
    modifiers(&Bearer),
    security(("bearer" = [])),
    paths(
        accounts::handlers::create, accounts::handlers::log_in, accounts::handlers::refresh,
        accounts::handlers::log_out, accounts::handlers::me, accounts::handlers::set_role,
        accounts::profile_handlers::read, accounts::profile_handlers::set,
        batches::handlers::create_project, batches::handlers::list_projects, batches::handlers::read_project,
        batches::policy_handlers::read, batches::policy_handlers::set,
        batches::handlers::create_batch, batches::handlers::list_batches, batches::handlers::read_batch,
        batches::handlers::set_state, batches::budgets::handlers::read, batches::budgets::handlers::set, tasks::import_handlers::import_prompts, media::gold::import_gold,
        quotas::handlers::read, quotas::handlers::set, quotas::handlers::read_speakers,
        quotas::handlers::set_speakers,
        consent::handlers::read, consent::handlers::give, consent::handlers::withdraw,
        tasks::handlers::next, tasks::handlers::read, tasks::handlers::renew, tasks::handlers::skip, answers::handlers::submit,
        media::handlers::listen, media::handlers::declare, media::handlers::upload, media::handlers::complete,
        media::handlers::read, media::handlers::list, media::handlers::sound,
        media::duplicate_handlers::list, media::duplicate_handlers::settle,
        ledger::handlers::statement, ledger::handlers::statement_table, ledger::funding::create,
        ledger::funding::costs, ledger::bonuses::create, ledger::payouts::handlers::set,
        ledger::payouts::handlers::request, ledger::payouts::handlers::list, ledger::payouts::handlers::table,
        ledger::payouts::handlers::approve, ledger::payouts::handlers::set_state,
        ledger::payouts::handlers::start_run, ledger::payouts::schedule::read, ledger::payouts::schedule::change, ledger::payouts::results::receive,
        wages::handlers::read, wages::handlers::forecast, wages::handlers::list, wages::handlers::set, batches::handlers::raise_pay,
        reviews::handlers::refuse, reviews::handlers::accept, reviews::handlers::list, reviews::handlers::appeal,
        reviews::handlers::queue, reviews::handlers::decide,
        exposure::handlers::read, exposure::handlers::set_zone, exposure::handlers::set_own, exposure::handlers::agree,
        exposure::handlers::withdraw, exposure::site_handlers::read_totals, exposure::site_handlers::read,
        exposure::site_handlers::set, tasks::care_handlers::set_least, tasks::care_handlers::distress, tasks::care_handlers::report,
        training::handlers::read, training::handlers::begin, training::handlers::next, training::handlers::answer,
        training::handlers::hear_step, training::handlers::hear_item,
        training::admin_handlers::read, training::admin_handlers::set, training::admin_handlers::import,
        training::admin_handlers::retire, training::admin_handlers::grant, training::admin_handlers::send_sound, training::admin_handlers::hear_sound,
        verdicts::handlers::list, verdicts::handlers::rule, verdicts::handlers::read,
        verdicts::settings_handlers::read, verdicts::settings_handlers::set, verdicts::predictions::import_predictions,
        cases::handlers::list, cases::handlers::decide,
        gold::handlers::list, gold::handlers::candidates, gold::handlers::glance, gold::handlers::policy,
        gold::handlers::set_policy,
        trust::handlers::mine, trust::handlers::appeal, trust::handlers::list_pauses, trust::handlers::decide,
        trust::handlers::list_people,
        dashboards::quality::read,
        exports::handlers::request, exports::handlers::list, exports::handlers::read, exports::download::file,
        exports::download::archive, exports::download::link, exports::download::sample, exports::about::read,
        exports::about::put, exports::access_handlers::terms, exports::access_handlers::accept,
        exports::access_handlers::ask, exports::access_handlers::list, exports::access_handlers::decide,
        exports::withdrawals::json, exports::withdrawals::csv, exports::withdrawals::key, exports::feature_store::read,
        operations::handlers::list, operations::handlers::retry, operations::handlers::drop_letter,
        audit::handlers::list,
    )
)]
struct Document;

/// `GET /api/openapi.json`.
pub async fn document() -> HttpResponse {
    HttpResponse::Ok().json(Document::openapi())
}
