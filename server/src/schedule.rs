//! What runs by itself: every job kind, and every chore with its period.

use crate::answers;
use crate::exports;
use crate::gold;
use crate::media;
use crate::platform::worker::Schedule;
use crate::tasks;
use crate::verdicts;
use std::time::Duration;

/// Everything that a worker knows how to do.
pub fn schedule() -> Schedule {
    Schedule::default()
        .job(media::jobs::verify)
        .when_dead(media::jobs::buried)
        .job(media::jobs::open_judging)
        .job(verdicts::jobs::decide_item)
        .job(verdicts::predictions::apply)
        .job(verdicts::reask::reask_work)
        .job(answers::jobs::accept_answer)
        .job(exports::build::build_release)
        .when_dead(exports::build::buried)
        .every("expire_leases", Duration::from_secs(5), tasks::jobs::expire_leases)
        .every("calibrate", Duration::from_secs(120), verdicts::jobs::calibrate)
        .every("recheck", Duration::from_secs(600), verdicts::jobs::recheck)
        .every("refill_gold", Duration::from_secs(60), gold::jobs::refill)
        .every("sweep_uploads", Duration::from_secs(600), media::jobs::sweep_uploads)
}
