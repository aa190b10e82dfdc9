//! Levels of the untouched samples: peak, RMS, DC offset, clipping.

use crate::frame::{FLOOR_DB, amplitude_db, finite, power_db};

/// From this magnitude on a sample is at full scale: 32 735 of 32 768, since converters and
/// drivers stop a few steps early.
pub const CLIP_LEVEL: f32 = 0.999;

/// So many full-scale samples in a row are clipping; fewer are an honest peak.
pub const CLIP_RUN: usize = 3;

/// The levels of a take, measured before any resampling or gain: afterwards the flat tops are
/// rounded off and clipping can no longer be seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Levels {
    /// Largest magnitude in dBFS.
    pub peak_dbfs: f64,
    /// Root mean square in dBFS; a full-scale sine has −3.01.
    pub rms_dbfs: f64,
    /// Mean of the samples, full scale being 1.
    pub dc_offset: f64,
    /// Samples in runs of at least [`CLIP_RUN`] at [`CLIP_LEVEL`].
    pub clipped_samples: u32,
    /// Those runs.
    pub clipped_runs: u32,
}

/// Measures samples in −1..1 at any rate. Silence for no samples.
pub fn levels(samples: &[f32]) -> Levels {
    if samples.is_empty() {
        return Levels { peak_dbfs: FLOOR_DB, rms_dbfs: FLOOR_DB, dc_offset: 0.0, clipped_samples: 0, clipped_runs: 0 };
    }
    let count = samples.len() as f64;
    let (mut peak, mut sum, mut squares) = (0.0f64, 0.0f64, 0.0f64);
    for &sample in samples {
        let x = f64::from(finite(sample));
        peak = peak.max(x.abs());
        sum += x;
        squares += x * x;
    }
    let (clipped_runs, clipped_samples) = clipping(samples);
    Levels {
        peak_dbfs: amplitude_db(peak),
        rms_dbfs: power_db(squares / count),
        dc_offset: sum / count,
        clipped_samples: u32::try_from(clipped_samples).unwrap_or(u32::MAX),
        clipped_runs: u32::try_from(clipped_runs).unwrap_or(u32::MAX),
    }
}

/// The runs of at least [`CLIP_RUN`] samples with a magnitude of [`CLIP_LEVEL`] or more, and the
/// samples in them.
fn clipping(samples: &[f32]) -> (usize, usize) {
    samples
        .chunk_by(|a, b| is_full_scale(*a) == is_full_scale(*b))
        .filter(|run| run.len() >= CLIP_RUN && is_full_scale(run[0]))
        .fold((0, 0), |(runs, samples), run| (runs + 1, samples + run.len()))
}

fn is_full_scale(sample: f32) -> bool {
    finite(sample).abs() >= CLIP_LEVEL
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_runs_of_three_count_as_clipping() {
        let samples = [1.0, 1.0, 0.0, -1.0, -1.0, -1.0, 0.5, 1.0, -1.0, 0.9995, 0.0];
        assert_eq!(clipping(&samples), (2, 6));
    }

    #[test]
    fn a_full_scale_sine_has_its_textbook_level() {
        let sine: Vec<f32> =
            (0..48_000).map(|i| (i as f32 * std::f32::consts::TAU / 48.0).sin() * 0.5 + 0.01).collect();
        let levels = levels(&sine);
        assert!((levels.rms_dbfs + 9.03).abs() < 0.01, "{levels:?}");
        assert!((levels.dc_offset - 0.01).abs() < 1e-4, "{levels:?}");
        assert_eq!(levels.clipped_samples, 0);
    }
}
