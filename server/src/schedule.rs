//! What runs by itself: every job kind, and every chore with its period.

use crate::{answers, exports, media, platform::worker::Schedule, tasks, verdicts};
use std::time::Duration;

/// Everything that a worker knows how to do.
pub fn schedule() -> Schedule {
    Schedule::default()
        .job(media::jobs::verify)
        .when_dead(media::jobs::buried)
        .job(media::jobs::open_judging)
        .job(verdicts::jobs::decide_item)
        .job(answers::jobs::accept_answer)
        .job(exports::build::build_release)
        .when_dead(exports::build::buried)
        .every("expire_leases", Duration::from_secs(5), tasks::jobs::expire_leases)
}
