//! Frames, power and decibels: the small words the other modules share.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// The smallest decibel value: silence, so that every reported number is finite.
pub const FLOOR_DB: f64 = -120.0;

/// A sample to calculate with: NaN and infinities, which no microphone gives, count as 0.
pub fn finite(sample: f32) -> f32 {
    if sample.is_finite() { sample } else { 0.0 }
}

/// The overlapping frames of `len` samples every `hop` samples; a rest shorter than `len` is
/// left out. A `len` or `hop` of 0 counts as 1.
pub fn frames<T>(samples: &[T], len: usize, hop: usize) -> impl Iterator<Item = &[T]> {
    samples.windows(len.max(1)).step_by(hop.max(1))
}

/// The mean of the squares, full scale being 1; 0 for no samples.
pub fn power(samples: &[f64]) -> f64 {
    if samples.is_empty() {
        return 0.0;
    }
    samples.iter().map(|x| x * x).sum::<f64>() / samples.len() as f64
}

/// A power in decibels, from [`FLOOR_DB`] up.
pub fn power_db(power: f64) -> f64 {
    clamp_db(10.0 * power.log10())
}

/// An amplitude in decibels, from [`FLOOR_DB`] up.
pub fn amplitude_db(amplitude: f64) -> f64 {
    clamp_db(20.0 * amplitude.log10())
}

/// Decibels as a ratio of powers.
pub fn ratio(db: f64) -> f64 {
    10f64.powf(db / 10.0)
}

/// `f64::max` answers with the other number for NaN, so the result is finite for every input
/// below infinity, and samples are.
fn clamp_db(db: f64) -> f64 {
    db.max(FLOOR_DB)
}

/// Whole milliseconds of `samples` at `rate_hz`, rounded; 0 for a rate of 0.
pub fn length_ms(samples: usize, rate_hz: u32) -> u32 {
    if rate_hz == 0 {
        return 0;
    }
    let rate_hz = u64::from(rate_hz);
    let ms = (samples as u64).saturating_mul(1000).saturating_add(rate_hz / 2) / rate_hz;
    u32::try_from(ms).unwrap_or(u32::MAX)
}

/// The values in ascending order, by heapsort: the library's own sort is a tenth of the browser's
/// bundle, and a take has only some hundred frames.
pub fn sorted(values: &[f64]) -> Vec<f64> {
    let heap: BinaryHeap<Ordered> = values.iter().copied().map(Ordered).collect();
    heap.into_sorted_vec().into_iter().map(|Ordered(value)| value).collect()
}

/// A number in the total order of IEEE 754 §5.10.
struct Ordered(f64);

impl Ord for Ordered {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for Ordered {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ordered {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Ordered {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_overlap_and_leave_the_rest_out() {
        let starts: Vec<u8> = frames(&[0u8, 1, 2, 3, 4, 5], 3, 2).map(|f| f[0]).collect();
        assert_eq!(starts, [0, 2]);
    }

    #[test]
    fn decibels_are_finite_even_for_nothing() {
        assert_eq!(power_db(0.0), FLOOR_DB);
        assert_eq!(amplitude_db(f64::NAN), FLOOR_DB);
        assert!((power_db(0.5) + 3.0103).abs() < 1e-4);
    }

    #[test]
    fn lengths_round_to_the_nearest_millisecond() {
        assert_eq!(length_ms(44_100, 44_100), 1000);
        assert_eq!(length_ms(1, 48_000), 0);
        assert_eq!(length_ms(24, 48_000), 1);
        assert_eq!(length_ms(1, 0), 0);
    }
}
