//! Is a judgement complete? Pure decisions.

use crate::platform::problem::Problem;
use wire::{AnswerBody, Label};

/// Longest time that is believed: a day.
const DURATION_MAX_MS: i64 = 86_400_000;

/// Checks that a `no` says why and a `yes` does not.
///
/// # Errors
/// 422 `reason_required`, `reason_unexpected` or `invalid_duration`.
pub fn check(body: &AnswerBody) -> Result<(), Problem> {
    if body.label == Label::No && body.reason.is_none() {
        return Err(Problem::invalid(
            "reason_required",
            "Say why not: wrong_word, cut_off, noise, several_voices or silence.",
        ));
    }
    if body.label == Label::Yes && body.reason.is_some() {
        return Err(Problem::invalid("reason_unexpected", "A yes has no reason. Leave it out, or answer no."));
    }
    if !(0..=DURATION_MAX_MS).contains(&body.duration_ms) {
        return Err(Problem::invalid("invalid_duration", "duration_ms is the time to answer, from 0 to a day."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::Reason;

    #[test]
    fn a_no_needs_a_reason_and_a_yes_none() {
        let body = |label, reason| AnswerBody { label, reason, duration_ms: 1_000 };
        assert!(check(&body(Label::No, None)).is_err());
        assert!(check(&body(Label::No, Some(Reason::Noise))).is_ok());
        assert!(check(&body(Label::Yes, Some(Reason::Noise))).is_err());
        assert!(check(&body(Label::Unsure, None)).is_ok());
    }
}
