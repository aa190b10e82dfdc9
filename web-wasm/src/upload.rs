//! Sends one take: declare, put, complete. Every step may be repeated.

use crate::api::{self, ApiError, Problem};
use crate::take::Take;
use js_sys::Uint8Array;

/// How sending a take ended.
pub enum Outcome {
    /// The server has it: it may be deleted here.
    Sent,
    /// Not now: keep it and try again.
    Later(ApiError),
    /// Never: keep it and let its owner decide.
    Refused(Problem),
}

/// What to do after an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Wait, then try again.
    Later,
    /// Start again from the declaration, which gives a fresh URL.
    Restart,
    /// Start again once; the second time it is final.
    RestartOnce,
    /// Final.
    Refuse,
}

/// What an error reply means for a take. Anything that a new session, a new page or time can
/// heal is never final.
pub fn after(status: u16, code: &str) -> Next {
    match (status, code) {
        (_, "not_uploaded" | "url_expired") => Next::Restart,
        (_, "digest_mismatch" | "size_mismatch") => Next::RestartOnce,
        (_, "idempotency_mismatch" | "lease_expired" | "task_done" | "task_skipped" | "wrong_type" | "too_large") => {
            Next::Refuse
        }
        (401 | 408 | 409 | 425 | 429 | 500.., _) => Next::Later,
        (_, "bad_reply" | "broken_upload") => Next::Later,
        // The page's CSRF token belongs to an older session; a reload heals it.
        (403, code) if code.starts_with("csrf") => Next::Later,
        _ => Next::Refuse,
    }
}

/// Sends a take.
pub async fn send(take: &Take, wav: &Uint8Array) -> Outcome {
    let mut restarted = false;
    loop {
        let error = match attempt(take, wav).await {
            Ok(_) => return Outcome::Sent,
            Err(error) => error,
        };
        let ApiError::Problem(problem) = &error else {
            return Outcome::Later(error);
        };
        match (after(problem.status, &problem.code), restarted) {
            (Next::Restart | Next::RestartOnce, false) => restarted = true,
            (Next::Later | Next::Restart, _) => return Outcome::Later(error),
            (Next::Refuse | Next::RestartOnce, _) => return Outcome::Refused(problem.clone()),
        }
    }
}

async fn attempt(take: &Take, wav: &Uint8Array) -> Result<(), ApiError> {
    if let Some(upload) = &api::declare(&take.declaration).await? {
        api::put(upload, wav).await?;
    }
    api::complete(&take.id).await
}

#[cfg(test)]
mod tests {
    use super::{Next, after};

    #[test]
    fn what_time_or_a_login_can_heal_is_never_final() {
        for (status, code) in [
            (401, "unauthenticated"),
            (429, "too_many_requests"),
            (500, "internal"),
            (502, "http_502"),
            (503, "unavailable"),
            (403, "csrf"),
            (409, "in_flight"),
            (422, "broken_upload"),
        ] {
            assert_eq!(after(status, code), Next::Later, "{status} {code}");
        }
    }

    #[test]
    fn a_lost_or_late_upload_starts_again() {
        assert_eq!(after(409, "not_uploaded"), Next::Restart);
        assert_eq!(after(403, "url_expired"), Next::Restart);
        assert_eq!(after(422, "digest_mismatch"), Next::RestartOnce);
    }

    #[test]
    fn a_clear_refusal_is_final() {
        for (status, code) in [
            (422, "idempotency_mismatch"),
            (403, "foreign_task"),
            (410, "lease_expired"),
            (413, "too_large"),
            (415, "wrong_type"),
            (404, "not_found"),
        ] {
            assert_eq!(after(status, code), Next::Refuse, "{status} {code}");
        }
    }
}
