//! Every URL and the handler that answers it: a table of contents.

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
use crate::media;
use crate::openapi;
use crate::operations;
use crate::platform::{assets, problem::Problem};
use crate::quotas;
use crate::routes_money;
use crate::tasks;
use crate::training;
use crate::trust;
use crate::verdicts;
use actix_web::HttpResponse;
use actix_web::web::{self, ServiceConfig, delete, get, post, put, resource as at};

/// Largest JSON body: a declaration with its report takes some kilobytes.
const JSON_MAX_BYTES: usize = 256 * 1024;
/// Largest import.
const IMPORT_MAX_BYTES: usize = 10 * 1024 * 1024;

/// Registers all of them.
pub fn routes(to: &mut ServiceConfig) {
    limits(to);
    task_api(to);
    api(to);
    quality_api(to);
    routes_money::api(to);
    training_api(to);
    trust_api(to);
    trust_pages(to);
    releases(to);
    training_pages(to);
    exposure_routes(to);
    pages(to);
    routes_money::pages(to);
    to.service(at("/static/{path:.*}").route(get().to(assets::file)));
    to.service(at("/sw.js").route(get().to(assets::service_worker)));
    to.service(at("/healthz").route(get().to(operations::handlers::health)));
    to.service(at("/readyz").route(get().to(operations::handlers::ready)));
    to.service(at("/metrics").route(get().to(operations::handlers::metrics)));
    to.default_service(web::route().to(nothing));
}

async fn nothing() -> Result<HttpResponse, Problem> {
    Err(Problem::not_found())
}

fn limits(to: &mut ServiceConfig) {
    to.app_data(web::JsonConfig::default().limit(JSON_MAX_BYTES).error_handler(|error, _| {
        Problem::invalid("invalid_json", format!("The body is not the JSON that is expected: {error}.")).into()
    }));
    to.app_data(
        web::QueryConfig::default()
            .error_handler(|error, _| Problem::invalid("invalid_query", error.to_string()).into()),
    );
    to.app_data(web::PathConfig::default().error_handler(|_, _| Problem::not_found().into()));
    to.app_data(web::FormConfig::default().limit(IMPORT_MAX_BYTES));
    to.app_data(web::PayloadConfig::default().limit(IMPORT_MAX_BYTES));
}

/// Routes are tried in their order, and nothing is asked for as often as tasks.
fn task_api(to: &mut ServiceConfig) {
    to.service(at("/api/v1/tasks/next").route(post().to(tasks::handlers::next)))
        .service(at("/api/v1/tasks/{id}/answer").route(post().to(answers::handlers::submit)))
        .service(at("/api/v1/tasks/{id}/audio").route(get().to(media::handlers::listen)))
        .service(at("/api/v1/tasks/{id}/renew").route(post().to(tasks::handlers::renew)))
        .service(at("/api/v1/tasks/{id}/skip").route(post().to(tasks::handlers::skip)))
        .service(at("/api/v1/tasks/{id}").route(get().to(tasks::handlers::read)));
}

fn releases(to: &mut ServiceConfig) {
    use exports::{access_handlers, download, handlers};
    to.service(at("/api/v1/releases").route(get().to(handlers::list)))
        .service(at("/api/v1/releases/terms").route(get().to(access_handlers::terms)))
        .service(at("/api/v1/releases/{id}").route(get().to(handlers::read)))
        .service(at("/api/v1/releases/{id}/terms").route(post().to(access_handlers::accept)))
        .service(at("/api/v1/releases/{id}/access").route(post().to(access_handlers::ask)))
        .service(at("/api/v1/releases/{id}/links").route(post().to(download::link)))
        .service(at("/api/v1/releases/{id}/samples/{number}").route(get().to(download::sample)))
        .service(at("/api/v1/releases/{id}/archive.tar").route(get().to(download::archive)))
        .service(at("/api/v1/releases/{id}/files/{path:.*}").route(get().to(download::file)))
        .service(at("/api/v1/features/{clip}").route(get().to(exports::feature_store::read)));
}

fn api(to: &mut ServiceConfig) {
    own_account(to);
    to.service(at("/api/openapi.json").route(get().to(openapi::document)))
        .service(
            at("/api/v1/projects")
                .route(get().to(batches::handlers::list_projects))
                .route(post().to(batches::handlers::create_project)),
        )
        .service(at("/api/v1/projects/{id}").route(get().to(batches::handlers::read_project)))
        .service(
            at("/api/v1/projects/{id}/policy")
                .route(get().to(batches::policy_handlers::read))
                .route(put().to(batches::policy_handlers::set)),
        )
        .service(at("/api/v1/projects/{id}/batches").route(post().to(batches::handlers::create_batch)))
        .service(
            at("/api/v1/projects/{id}/consent")
                .route(get().to(consent::handlers::read))
                .route(post().to(consent::handlers::give))
                .route(delete().to(consent::handlers::withdraw)),
        )
        .service(at("/api/v1/projects/{id}/releases").route(post().to(exports::handlers::request)))
        .service(
            at("/api/v1/projects/{id}/about")
                .route(get().to(exports::about::read))
                .route(put().to(exports::about::put)),
        )
        .service(at("/api/v1/projects/{id}/access").route(get().to(exports::access_handlers::list)))
        .service(at("/api/v1/projects/{id}/access/{person}").route(put().to(exports::access_handlers::decide)))
        .service(at("/api/v1/projects/{id}/withdrawals.json").route(get().to(exports::withdrawals::json)))
        .service(at("/api/v1/projects/{id}/withdrawals.csv").route(get().to(exports::withdrawals::csv)))
        .service(at("/api/v1/withdrawals/key").route(get().to(exports::withdrawals::key)))
        .service(at("/api/v1/batches").route(get().to(batches::handlers::list_batches)))
        .service(at("/api/v1/batches/{id}").route(get().to(batches::handlers::read_batch)))
        .service(at("/api/v1/batches/{id}/state").route(post().to(batches::handlers::set_state)))
        .service(at("/api/v1/batches/{id}/prompts").route(post().to(tasks::import_handlers::import_prompts)))
        .service(at("/api/v1/batches/{id}/gold").route(post().to(media::gold::import_gold)))
        .service(
            at("/api/v1/projects/{id}/speaker-limits")
                .route(get().to(quotas::handlers::read_speakers))
                .route(put().to(quotas::handlers::set_speakers)),
        )
        .service(
            at("/api/v1/batches/{id}/quotas")
                .route(get().to(quotas::handlers::read))
                .route(put().to(quotas::handlers::set)),
        )
        .service(
            at("/api/v1/recordings").route(get().to(media::handlers::list)).route(post().to(media::handlers::declare)),
        )
        .service(at("/api/v1/recordings/{id}").route(get().to(media::handlers::read)))
        .service(at("/api/v1/recordings/{id}/complete").route(post().to(media::handlers::complete)))
        .service(at("/api/v1/recordings/{id}/audio").route(get().to(media::handlers::sound)))
        .service(at("/api/v1/duplicates").route(get().to(media::duplicate_handlers::list)))
        .service(at("/api/v1/duplicates/{clip}").route(post().to(media::duplicate_handlers::settle)))
        .service(at("/api/v1/uploads/{id}").route(put().to(media::handlers::upload)));
}

fn quality_api(to: &mut ServiceConfig) {
    to.service(at("/api/v1/verdicts/contested").route(get().to(verdicts::handlers::list)))
        .service(
            at("/api/v1/verdicts/{item}")
                .route(get().to(verdicts::handlers::read))
                .route(post().to(verdicts::handlers::rule)),
        )
        .service(at("/api/v1/batches/{id}/predictions").route(post().to(verdicts::predictions::import_predictions)))
        .service(
            at("/api/v1/batches/{id}/consensus")
                .route(get().to(verdicts::settings_handlers::read))
                .route(put().to(verdicts::settings_handlers::set)),
        )
        .service(at("/api/v1/batches/{id}/quality").route(get().to(dashboards::quality::read)))
        .service(at("/api/v1/cases").route(get().to(cases::handlers::list)))
        .service(at("/api/v1/cases/{id}").route(post().to(cases::handlers::decide)))
        .service(at("/api/v1/dead-letters").route(get().to(operations::handlers::list)))
        .service(at("/api/v1/dead-letters/{id}/retry").route(post().to(operations::handlers::retry)))
        .service(at("/api/v1/dead-letters/{id}/drop").route(post().to(operations::handlers::drop_letter)))
        .service(at("/api/v1/audit").route(get().to(audit::handlers::list)));
}

/// Signing up and in, roles, and what somebody says about themselves.
fn own_account(to: &mut ServiceConfig) {
    to.service(at("/api/v1/accounts").route(post().to(accounts::handlers::create)))
        .service(at("/api/v1/sessions").route(post().to(accounts::handlers::log_in)))
        .service(at("/api/v1/sessions/refresh").route(post().to(accounts::handlers::refresh)))
        .service(at("/api/v1/sessions/current").route(delete().to(accounts::handlers::log_out)))
        .service(at("/api/v1/me").route(get().to(accounts::handlers::me)))
        .service(
            at("/api/v1/me/profile")
                .route(get().to(accounts::profile_handlers::read))
                .route(put().to(accounts::profile_handlers::set)),
        )
        .service(at("/api/v1/people/{id}/role").route(put().to(accounts::handlers::set_role)));
}

fn training_api(to: &mut ServiceConfig) {
    use training::{admin_handlers as make, handlers as learn};
    to.service(at("/api/v1/batches/{id}/training").route(get().to(make::read)).route(put().to(make::set)))
        .service(at("/api/v1/batches/{id}/training/items").route(post().to(make::import)))
        .service(at("/api/v1/batches/{id}/training/items/{item}").route(delete().to(make::retire)))
        .service(at("/api/v1/batches/{id}/training/people/{person}/tries").route(post().to(make::grant)))
        .service(at("/api/v1/batches/{id}/training/sounds").route(post().to(make::send_sound)))
        .service(at("/api/v1/batches/{id}/training/sounds/{sound}/audio").route(get().to(make::hear_sound)))
        .service(at("/api/v1/training/{batch}").route(get().to(learn::read)))
        .service(at("/api/v1/training/{batch}/attempts/{number}").route(post().to(learn::begin)))
        .service(at("/api/v1/training/{batch}/next").route(post().to(learn::next)))
        .service(at("/api/v1/training/{batch}/steps/{question}/answer").route(post().to(learn::answer)))
        .service(at("/api/v1/training/{batch}/steps/{question}/audio").route(get().to(learn::hear_step)))
        .service(at("/api/v1/training/{batch}/items/{item}/audio").route(get().to(learn::hear_item)));
}

/// What people may be given of what upsets, as API and as pages.
fn exposure_routes(to: &mut ServiceConfig) {
    use exposure::{handlers as own, page_handlers as forms, site_handlers as site};
    to.service(at("/api/v1/exposure").route(get().to(own::read)))
        .service(at("/api/v1/exposure/time-zone").route(put().to(own::set_zone)))
        .service(at("/api/v1/exposure/limits").route(put().to(own::set_own)))
        .service(at("/api/v1/exposure/opt-ins").route(post().to(own::agree)))
        .service(at("/api/v1/exposure/opt-ins/{category}").route(delete().to(own::withdraw)))
        .service(at("/api/v1/exposure/settings").route(get().to(site::read)).route(put().to(site::set)))
        .service(at("/api/v1/exposure/totals").route(get().to(site::read_totals)))
        .service(at("/api/v1/tasks/{id}/distress").route(post().to(tasks::care_handlers::distress)))
        .service(at("/api/v1/tasks/{id}/report").route(post().to(tasks::care_handlers::report)))
        .service(at("/api/v1/projects/{id}/exposure").route(put().to(tasks::care_handlers::set_least)))
        .service(at("/projects/{id}/exposure").route(post().to(tasks::care_handlers::submit_least)))
        .service(at("/exposure/reports").route(get().to(tasks::care_handlers::list)))
        .service(at("/exposure/reports/{item}").route(post().to(tasks::care_handlers::settle)))
        .service(at("/exposure").route(get().to(forms::show)))
        .service(at("/exposure/help").route(get().to(forms::help)))
        .service(at("/exposure/time-zone").route(post().to(forms::set_zone)))
        .service(at("/exposure/limits").route(post().to(forms::set_own)))
        .service(at("/exposure/opt-ins").route(post().to(forms::agree)))
        .service(at("/exposure/opt-ins/withdrawn").route(post().to(forms::withdraw)))
        .service(at("/exposure/totals").route(get().to(site::show)).route(post().to(site::submit)));
}

/// Gold, what people are trusted with, and pauses.
fn trust_api(to: &mut ServiceConfig) {
    to.service(at("/api/v1/gold").route(get().to(gold::handlers::list)))
        .service(at("/api/v1/batches/{id}/gold/candidates").route(get().to(gold::handlers::candidates)))
        .service(at("/api/v1/batches/{id}/gold/candidates/{item}").route(post().to(gold::handlers::glance)))
        .service(
            at("/api/v1/batches/{id}/gold/policy")
                .route(get().to(gold::handlers::policy))
                .route(put().to(gold::handlers::set_policy)),
        )
        .service(at("/api/v1/trust").route(get().to(trust::handlers::mine)))
        .service(at("/api/v1/trust/people").route(get().to(trust::handlers::list_people)))
        .service(at("/api/v1/trust/pauses").route(get().to(trust::handlers::list_pauses)))
        .service(at("/api/v1/trust/pauses/{id}/appeal").route(post().to(trust::handlers::appeal)))
        .service(at("/api/v1/trust/pauses/{id}/decision").route(post().to(trust::handlers::decide)));
}

/// The same, as pages.
fn trust_pages(to: &mut ServiceConfig) {
    to.service(at("/gold").route(get().to(gold::page_handlers::list)))
        .service(
            at("/gold/{id}")
                .route(get().to(gold::page_handlers::show))
                .route(post().to(gold::page_handlers::set_policy)),
        )
        .service(at("/gold/{id}/{item}").route(post().to(gold::page_handlers::glance)))
        .service(at("/trust").route(get().to(trust::page_handlers::mine)))
        .service(at("/trust/people").route(get().to(trust::page_handlers::people)))
        .service(at("/trust/pauses").route(get().to(trust::page_handlers::pauses)))
        .service(at("/trust/pauses/{id}/appeal").route(post().to(trust::page_handlers::appeal)))
        .service(at("/trust/pauses/{id}/decision").route(post().to(trust::page_handlers::decide)));
}

/// Making a training.
fn training_pages(to: &mut ServiceConfig) {
    use training::page_handlers as learning;
    to.service(at("/batches/{id}/training").route(get().to(learning::make)).route(post().to(learning::save)))
        .service(at("/batches/{id}/training/items").route(post().to(learning::add)))
        .service(at("/batches/{id}/training/items/{item}").route(post().to(learning::retire)))
        .service(at("/batches/{id}/training/people/{person}/tries").route(post().to(learning::grant)))
        .service(at("/batches/{id}/training/import").route(post().to(learning::import)))
        .service(at("/batches/{id}/training/sounds").route(post().to(learning::send)));
}

fn pages(to: &mut ServiceConfig) {
    use accounts::page_handlers as people;
    use batches::page_handlers as forms;
    use training::page_handlers as learning;
    to.service(at("/").route(get().to(people::home)))
        .service(at("/signup").route(get().to(people::sign_up_form)).route(post().to(people::sign_up)))
        .service(at("/setup").route(get().to(people::sign_up_form)))
        .service(at("/login").route(get().to(people::log_in_form)).route(post().to(people::log_in)))
        .service(at("/logout").route(post().to(people::log_out)))
        .service(
            at("/profile")
                .route(get().to(accounts::profile_handlers::show))
                .route(post().to(accounts::profile_handlers::submit)),
        )
        .service(at("/people").route(get().to(people::people)).route(post().to(people::set_role)))
        .service(
            at("/consent/{project}")
                .route(get().to(consent::handlers::show))
                .route(post().to(consent::handlers::submit)),
        )
        .service(at("/tasks").route(get().to(dashboards::handlers::tasks)))
        .service(at("/tasks/record").route(get().to(tasks::page_handlers::record)))
        .service(at("/tasks/judge").route(get().to(tasks::page_handlers::judge)))
        .service(at("/training/{batch}").route(get().to(learning::learn)).route(post().to(learning::go_on)))
        .service(at("/training/{batch}/steps/{question}").route(post().to(learning::answer)))
        .service(at("/recordings").route(get().to(media::handlers::show)))
        .service(at("/recordings/duplicates").route(get().to(media::duplicate_handlers::show)))
        .service(at("/recordings/duplicates/{clip}").route(post().to(media::duplicate_handlers::submit)))
        .service(at("/projects").route(get().to(dashboards::handlers::projects)))
        .service(at("/projects/new").route(get().to(forms::new_project)).route(post().to(forms::create_project)))
        .service(at("/projects/{id}").route(get().to(dashboards::handlers::project)))
        .service(
            at("/projects/{id}/policy")
                .route(get().to(batches::policy_handlers::show))
                .route(post().to(batches::policy_handlers::submit)),
        )
        .service(at("/projects/{id}/releases").route(post().to(exports::page_handlers::request)))
        .service(
            at("/projects/{id}/about").route(get().to(exports::about::show)).route(post().to(exports::about::submit)),
        )
        .service(at("/projects/{id}/access").route(get().to(exports::access_handlers::show)))
        .service(at("/projects/{id}/access/{person}").route(post().to(exports::access_handlers::submit)))
        .service(at("/batches/{id}").route(get().to(dashboards::handlers::batch)))
        .service(at("/batches/{id}/quality").route(get().to(dashboards::quality::show)))
        .service(
            at("/batches/{id}/consensus")
                .route(get().to(verdicts::settings_handlers::show))
                .route(post().to(verdicts::settings_handlers::submit)),
        )
        .service(
            at("/batches/{id}/quotas")
                .route(get().to(quotas::handlers::show))
                .route(post().to(quotas::handlers::submit)),
        )
        .service(at("/batches/{id}/state").route(post().to(forms::set_state)))
        .service(at("/batches/{id}/prompts").route(post().to(tasks::import_handlers::submit_prompts)))
        .service(at("/batches/{id}/gold").route(post().to(media::gold::submit_gold)))
        .service(at("/batches/{id}/predictions").route(post().to(verdicts::predictions::submit_predictions)))
        .service(at("/verdicts").route(get().to(verdicts::handlers::show)))
        .service(at("/verdicts/{item}").route(post().to(verdicts::handlers::submit)))
        .service(at("/cases").route(get().to(cases::handlers::show)))
        .service(at("/cases/{id}").route(post().to(cases::handlers::submit)))
        .service(at("/releases").route(get().to(exports::page_handlers::list)))
        .service(at("/releases/{id}").route(get().to(exports::page_handlers::show)))
        .service(at("/releases/{id}/terms").route(post().to(exports::access_handlers::submit_terms)))
        .service(at("/releases/{id}/access").route(post().to(exports::access_handlers::submit_ask)))
        .service(at("/dead-letters").route(get().to(operations::handlers::show)))
        .service(at("/dead-letters/{id}").route(post().to(operations::handlers::submit)))
        .service(at("/audit").route(get().to(audit::handlers::show)));
}
