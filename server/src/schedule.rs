//! What runs by itself: every job kind, and every chore with its period.

use crate::answers;
use crate::cases;
use crate::exports;
use crate::gold;
use crate::ledger;
use crate::media;
use crate::platform::worker::Schedule;
use crate::quotas;
use crate::reviews;
use crate::tasks;
use crate::verdicts;
use crate::wages;
use std::time::Duration;

/// Everything that a worker knows how to do.
pub fn schedule() -> Schedule {
    Schedule::default()
        .job(media::jobs::verify)
        .when_dead(media::jobs::buried)
        .job(media::jobs::open_judging)
        .lot(media::jobs::accept_takes)
        .lot(verdicts::jobs::decide_items)
        .job(verdicts::predictions::apply)
        .job(quotas::jobs::follow_profile)
        .lot(answers::jobs::accept_answers)
        .job(ledger::payouts::jobs::send_payout)
        .job(wages::jobs::top_up)
        .job(cases::jobs::compare_accounts)
        .job(verdicts::reask::reask_work)
        .job(exports::build::build_release)
        .when_dead(exports::build::buried)
        .every("expire_leases", Duration::from_secs(5), tasks::jobs::expire_leases)
        .every("watch_wages", Duration::from_secs(10), wages::jobs::watch)
        .every("stop_refusals", Duration::from_secs(30), reviews::jobs::stop_refusals)
        .every("escalate_appeals", Duration::from_secs(600), reviews::jobs::escalate)
        .every("weekly_payouts", Duration::from_secs(600), ledger::payouts::schedule::run_weekly)
        .every("calibrate", Duration::from_secs(120), verdicts::jobs::calibrate)
        .every("widen", Duration::from_secs(60), verdicts::seniors::widen)
        .every("recheck", Duration::from_secs(600), verdicts::jobs::recheck)
        .every("watch_conduct", Duration::from_secs(60), cases::jobs::watch)
        .every("refill_gold", Duration::from_secs(60), gold::jobs::refill)
        .every("sweep_uploads", Duration::from_secs(600), media::jobs::sweep_uploads)
}
