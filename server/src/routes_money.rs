//! The URLs of money: pay, payouts, refusals and appeals, wages.

use crate::batches::{self, budgets};
use crate::dashboards;
use crate::ledger::{self, payouts};
use crate::reviews;
use crate::wages;
use actix_web::web::{ServiceConfig, get, post, put, resource as at};

pub fn api(to: &mut ServiceConfig) {
    to.service(at("/api/v1/ledger/statement").route(get().to(ledger::handlers::statement)))
        .service(at("/api/v1/ledger/statement.csv").route(get().to(ledger::handlers::statement_table)))
        .service(at("/api/v1/ledger/destination").route(put().to(payouts::handlers::set)))
        .service(
            at("/api/v1/payouts").route(get().to(payouts::handlers::list)).route(post().to(payouts::handlers::request)),
        )
        .service(at("/api/v1/payouts.csv").route(get().to(payouts::handlers::table)))
        .service(at("/api/v1/payouts/results").route(post().to(payouts::results::receive)))
        .service(at("/api/v1/payouts/{id}/approve").route(post().to(payouts::handlers::approve)))
        .service(at("/api/v1/payouts/{id}/state").route(post().to(payouts::handlers::set_state)))
        .service(
            at("/api/v1/payout-schedule")
                .route(get().to(payouts::schedule::read))
                .route(put().to(payouts::schedule::change)),
        )
        .service(at("/api/v1/payout-runs").route(post().to(payouts::handlers::start_run)))
        .service(at("/api/v1/projects/{id}/funding").route(post().to(ledger::funding::create)))
        .service(at("/api/v1/projects/{id}/costs").route(get().to(ledger::funding::costs)))
        .service(at("/api/v1/projects/{id}/bonuses").route(post().to(ledger::bonuses::create)))
        .service(at("/api/v1/batches/{id}/pay").route(post().to(batches::handlers::raise_pay)))
        .service(
            at("/api/v1/batches/{id}/budget")
                .route(get().to(budgets::handlers::read))
                .route(put().to(budgets::handlers::set)),
        )
        .service(at("/api/v1/batches/{id}/wage").route(get().to(wages::handlers::read)))
        .service(at("/api/v1/projects/{id}/forecast").route(get().to(wages::handlers::forecast)))
        .service(at("/api/v1/wage-floors").route(get().to(wages::handlers::list)).route(put().to(wages::handlers::set)))
        .service(at("/api/v1/tasks/{id}/refusal").route(post().to(reviews::handlers::refuse)))
        .service(at("/api/v1/tasks/{id}/acceptance").route(post().to(reviews::handlers::accept)))
        .service(at("/api/v1/refusals").route(get().to(reviews::handlers::list)))
        .service(at("/api/v1/refusals/{task}/appeal").route(post().to(reviews::handlers::appeal)))
        .service(at("/api/v1/appeals").route(get().to(reviews::handlers::queue)))
        .service(at("/api/v1/appeals/{task}").route(post().to(reviews::handlers::decide)));
}

pub fn pages(to: &mut ServiceConfig) {
    to.service(at("/ledger").route(get().to(ledger::handlers::show)))
        .service(at("/ledger/destination").route(post().to(ledger::handlers::set_destination)))
        .service(at("/ledger/payouts").route(post().to(ledger::handlers::request_payout)))
        .service(at("/payouts").route(get().to(payouts::page_handlers::show)))
        .service(at("/payouts/schedule").route(post().to(payouts::page_handlers::set_schedule)))
        .service(at("/payouts/run").route(post().to(payouts::page_handlers::start_run)))
        .service(at("/payouts/{id}").route(post().to(payouts::page_handlers::submit)))
        .service(at("/projects/{id}/bonuses").route(post().to(ledger::bonuses::submit)))
        .service(at("/refusals").route(get().to(reviews::page_handlers::show)))
        .service(at("/refusals/{task}").route(post().to(reviews::page_handlers::appeal)))
        .service(at("/appeals").route(get().to(reviews::page_handlers::queue)))
        .service(at("/appeals/{task}").route(post().to(reviews::page_handlers::decide)))
        .service(
            at("/fairness")
                .route(get().to(dashboards::fairness::show))
                .route(post().to(dashboards::fairness::set_floor)),
        )
        .service(
            at("/projects/{id}/batches/new")
                .route(get().to(wages::page_handlers::new_batch))
                .route(post().to(wages::page_handlers::create_batch)),
        )
        .service(at("/batches/{id}/budget").route(post().to(budgets::handlers::submit)))
        .service(at("/batches/{id}/pay").route(post().to(dashboards::fairness::raise_pay)));
}
