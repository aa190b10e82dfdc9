//! Whether two reports tell of the same bytes.

use crate::checks::Check;
use crate::{Policy, Report};

/// Two reports of the same bytes may differ by so many dB: room for another libm.
const TOLERANCE_DB: f64 = 0.1;

/// Two reports of the same bytes may differ by so much in ratios and offsets.
const TOLERANCE_RATIO: f64 = 1e-4;

impl Report {
    /// Whether another report was made by the same code under the same policy, so that it must
    /// agree if it is of the same bytes.
    pub fn is_comparable(&self, other: &Report) -> bool {
        self.version == other.version && same_policy(&self.policy, &other.policy)
    }

    /// The first field in which another report of the same bytes differs, with both values;
    /// `None` if they agree. Decibels may differ by 0.1, ratios by 0.0001, everything else must
    /// be equal. Ask [`Report::is_comparable`] first where the policy may have changed.
    pub fn disagreement(&self, other: &Report) -> Option<String> {
        let exact = |name: &str, mine: String, theirs: String| {
            (mine != theirs).then(|| format!("{name}: {mine} against {theirs}"))
        };
        let near = |name: &str, mine: f64, theirs: f64, tolerance: f64| {
            (!is_near(mine, theirs, tolerance)).then(|| format!("{name}: {mine} against {theirs}"))
        };
        let maybe = |name: &str, mine: Option<f64>, theirs: Option<f64>| {
            let agree = match (mine, theirs) {
                (Some(mine), Some(theirs)) => is_near(mine, theirs, TOLERANCE_DB),
                (mine, theirs) => mine.is_none() && theirs.is_none(),
            };
            (!agree).then(|| format!("{name}: {mine:?} against {theirs:?}"))
        };
        macro_rules! compare {
            (exact $($field:ident)* ; db $($db:ident)* ; ratio $($ratio:ident)* ; maybe $($maybe:ident)*) => {
                None
                $(.or_else(|| exact(
                    stringify!($field),
                    format!("{:?}", self.$field),
                    format!("{:?}", other.$field),
                )))*
                $(.or_else(|| near(stringify!($db), self.$db, other.$db, TOLERANCE_DB)))*
                $(.or_else(|| near(stringify!($ratio), self.$ratio, other.$ratio, TOLERANCE_RATIO)))*
                $(.or_else(|| maybe(stringify!($maybe), self.$maybe, other.$maybe)))*
            };
        }
        compare!(
            exact version rate_hz bits channels length_ms clipped_samples clipped_runs speech_start_ms
                speech_end_ms speech_ms trim_start_ms trim_end_ms cut_start cut_end utterances
                dropouts dropout_ms repeated_blocks faults;
            db peak_dbfs rms_dbfs noise_floor_dbfs speech_level_dbfs snr_db;
            ratio dc_offset clipped_ratio start_rise end_rise;
            maybe treble_db decay_db loudness_lufs
        )
        .or_else(|| (!same_policy(&self.policy, &other.policy)).then(|| "policy: the thresholds differ".to_owned()))
        .or_else(|| check_disagreement(&self.checks, &other.checks))
    }
}

fn check_disagreement(mine: &[Check], theirs: &[Check]) -> Option<String> {
    if mine.len() != theirs.len() {
        return Some(format!("checks: {} against {}", mine.len(), theirs.len()));
    }
    let agree = |mine: &Check, theirs: &Check| {
        let tolerance = if mine.unit == "ratio" { TOLERANCE_RATIO } else { TOLERANCE_DB };
        (&mine.name, &mine.unit, mine.verdict, mine.gates, &mine.sentence)
            == (&theirs.name, &theirs.unit, theirs.verdict, theirs.gates, &theirs.sentence)
            && is_near(mine.value, theirs.value, tolerance)
            && is_near(mine.threshold, theirs.threshold, tolerance)
    };
    let (mine, theirs) = mine.iter().zip(theirs).find(|(mine, theirs)| !agree(mine, theirs))?;
    Some(format!("checks: {mine:?} against {theirs:?}"))
}

fn same_policy(mine: &Policy, theirs: &Policy) -> bool {
    mine.ranges().iter().zip(theirs.ranges()).all(|(mine, theirs)| is_near(mine.1, theirs.1, 0.0))
}

/// Written so that NaN and infinities, which only a foreign report can hold, are near nothing.
/// JSON may round the last digit of a number of any size.
fn is_near(mine: f64, theirs: f64, tolerance: f64) -> bool {
    (mine - theirs).abs() <= tolerance.max(1e-12 * mine.abs().min(theirs.abs()))
}
