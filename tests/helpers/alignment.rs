//! How faithfully a recording holds what was played: likeness and gain at the best shift, parts of a sample included.

use audio::resample::to_16k;
use realfft::{RealFftPlanner, num_complex::Complex};

/// A recording beside what was played.
#[derive(Clone, Copy, Debug)]
pub struct Fidelity {
    /// Normalised cross-correlation at the best shift, −1 to 1.
    pub correlation: f64,
    /// How much louder the recording is.
    pub gain_db: f64,
}

/// Compares a recording with its source, both as samples and rate. The source is silent outside
/// of what the recording holds.
pub fn fidelity(recorded: (&[f32], u32), played: (&[f32], u32)) -> Fidelity {
    let (recorded, played) = (to_16k(recorded.0, recorded.1), to_16k(played.0, played.1));
    let size = (recorded.len() + played.len()).next_power_of_two();
    let (of_recorded, of_played) = (spectrum(&recorded, size), spectrum(&played, size));
    let cross: Vec<Complex<f64>> = of_recorded.iter().zip(&of_played).map(|(a, b)| a * b.conj()).collect();
    let product = best(&cross, size);
    let energy = |samples: &[f32]| samples.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>();
    let (own, source) = (energy(&recorded), energy(&played));
    Fidelity { correlation: product / (own * source).sqrt(), gain_db: 20.0 * (product / source).log10() }
}

fn spectrum(samples: &[f32], size: usize) -> Vec<Complex<f64>> {
    let plan = RealFftPlanner::<f64>::new().plan_fft_forward(size);
    let mut input: Vec<f64> = samples.iter().map(|x| f64::from(*x)).collect();
    input.resize(size, 0.0);
    let mut output = plan.make_output_vec();
    plan.process(&mut input, &mut output).unwrap();
    output
}

/// The largest inner product over all shifts: the best whole sample, then around it by the
/// golden section, which halves the interval in one and a half steps.
fn best(cross: &[Complex<f64>], size: usize) -> f64 {
    let mut by_shift = vec![0.0; size];
    RealFftPlanner::<f64>::new().plan_fft_inverse(size).process(&mut cross.to_vec(), &mut by_shift).unwrap();
    let whole = (0..size).max_by(|a, b| by_shift[*a].total_cmp(&by_shift[*b])).unwrap() as f64;
    let golden = (5f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = (whole - 1.0, whole + 1.0);
    for _ in 0..24 {
        let (left, right) = (high - golden * (high - low), low + golden * (high - low));
        if at(cross, size, left) > at(cross, size, right) { high = right } else { low = left }
    }
    at(cross, size, (low + high) / 2.0)
}

/// The inner product at a shift in samples, from the cross-spectrum.
fn at(cross: &[Complex<f64>], size: usize, shift: f64) -> f64 {
    let turn = std::f64::consts::TAU * shift / size as f64;
    let sum: f64 = cross.iter().enumerate().skip(1).map(|(k, bin)| (bin * Complex::cis(turn * k as f64)).re).sum();
    (cross[0].re + 2.0 * sum) / size as f64
}

#[test]
fn a_louder_shifted_copy_is_the_same_sound() {
    let sound = |rate_hz: u32, delay_s: f64, gain: f64| -> Vec<f32> {
        (0..rate_hz)
            .map(|n| {
                let t = f64::from(n) / f64::from(rate_hz) - delay_s;
                let envelope = (-((t - 0.5) / 0.05).powi(2)).exp();
                (gain * envelope * (2_000.0 * t).sin()) as f32
            })
            .collect()
    };
    let (played, recorded) = (sound(48_000, 0.0, 0.2), sound(44_100, 0.012_34, 0.4));
    let found = fidelity((&recorded, 44_100), (&played, 48_000));
    assert!(found.correlation > 0.9999 && (found.gain_db - 6.0206).abs() < 0.01, "{found:?}");
    let other: Vec<f32> =
        sound(48_000, 0.0, 0.2).iter().enumerate().map(|(n, x)| if n % 2 == 0 { *x } else { 0.0 }).collect();
    assert!(fidelity((&other, 48_000), (&played, 48_000)).gain_db < -5.0);
}
