//! The live level while recording.

use crate::frame::{FLOOR_DB, finite};
use crate::level::{CLIP_LEVEL, CLIP_RUN};

/// What the meter shows after a push; both levels from −120 dBFS up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// Held peak in dBFS, falling by 20 dB in 1.7 s (IEC 60268-10, type I).
    pub peak_dbfs: f32,
    /// RMS in dBFS with a time constant of 125 ms ("fast", IEC 61672-1 §5.8).
    pub rms_dbfs: f32,
    /// Whether this push continued a run of at least three full-scale samples.
    pub clipped: bool,
}

/// Follows the level of a stream of samples; the block size does not change what it shows.
#[derive(Clone, Debug)]
pub struct Meter {
    peak: f64,
    power: f64,
    run: usize,
    peak_decay: f64,
    power_keep: f64,
}

impl Meter {
    /// A meter at rest for samples at `rate_hz` (0 counts as 1).
    pub fn new(rate_hz: u32) -> Meter {
        let rate_hz = f64::from(rate_hz.max(1));
        Meter {
            peak: 0.0,
            power: 0.0,
            run: 0,
            peak_decay: 10f64.powf(-1.0 / (1.7 * rate_hz)),
            power_keep: std::f64::consts::E.powf(-1.0 / (0.125 * rate_hz)),
        }
    }

    /// Takes the next samples (−1..1) and tells the level after them.
    pub fn push(&mut self, samples: &[f32]) -> Level {
        let mut clipped = false;
        for &sample in samples {
            let x = f64::from(finite(sample));
            self.peak = (self.peak * self.peak_decay).max(x.abs());
            self.power = self.power * self.power_keep + x * x * (1.0 - self.power_keep);
            let full_scale = x.abs() >= f64::from(CLIP_LEVEL);
            self.run = if full_scale { self.run.saturating_add(1) } else { 0 };
            clipped |= self.run >= CLIP_RUN;
        }
        Level {
            peak_dbfs: (20.0 * self.peak.log10()).max(FLOOR_DB) as f32,
            rms_dbfs: (10.0 * self.power.log10()).max(FLOOR_DB) as f32,
            clipped,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_meter_rises_with_sound_and_falls_with_silence() {
        let mut meter = Meter::new(48_000);
        assert_eq!(meter.push(&[]).peak_dbfs, -120.0);
        let loud = meter.push(&[0.5; 48_000]);
        assert!((loud.peak_dbfs + 6.02).abs() < 0.01);
        assert!((loud.rms_dbfs + 6.02).abs() < 0.05);
        let later = meter.push(&[0.0; 81_600]);
        assert!((later.peak_dbfs + 26.02).abs() < 0.05);
        assert!(later.rms_dbfs < -60.0);
    }

    #[test]
    fn clipping_is_seen_across_pushes() {
        let mut meter = Meter::new(48_000);
        assert!(!meter.push(&[0.0, 1.0, 1.0]).clipped);
        assert!(meter.push(&[1.0, 0.0]).clipped);
        assert!(!meter.push(&[0.0; 8]).clipped);
    }
}
