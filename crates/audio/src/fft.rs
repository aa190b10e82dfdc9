//! The power spectrum of real frames: the crate's only Fourier transform.
//!
//! `rustfft`'s radix-4 algorithm is used without its planner, in scalar f64: browser and server
//! then do the same operations in the same order, and the browser is spared the algorithms for
//! other lengths. A real frame is transformed as a complex one of half the length (Oppenheim &
//! Schafer, Discrete-Time Signal Processing, §9.3 and problem 9.34).

use std::f64::consts::TAU;
use std::sync::Arc;

use rustfft::algorithm::Radix4;
use rustfft::algorithm::butterflies::{Butterfly8, Butterfly16};
use rustfft::num_complex::Complex;
use rustfft::{Fft, FftDirection};

/// Transforms frames of one length, with buffers that are used again.
pub struct PowerSpectrum {
    fft: Radix4<f64>,
    /// Even samples as real, odd samples as imaginary parts.
    packed: Vec<Complex<f64>>,
    /// The transform of `packed`.
    mixed: Vec<Complex<f64>>,
    /// `exp(-2πik / len)` for each bin.
    twiddles: Vec<Complex<f64>>,
    powers: Vec<f64>,
}

impl PowerSpectrum {
    /// A transform of `len` samples.
    ///
    /// # Panics
    ///
    /// If `len` is not a power of two from 16 on: lengths are constants of the program.
    pub fn new(len: usize) -> PowerSpectrum {
        assert!(len.is_power_of_two() && len >= 16, "{len} is not a power of two from 16 on");
        let half = len / 2;
        let exponent = half.trailing_zeros();
        let fft = if exponent.is_multiple_of(2) {
            Radix4::new_with_base((exponent - 4) / 2, Arc::new(Butterfly16::new(FftDirection::Forward)))
        } else {
            Radix4::new_with_base((exponent - 3) / 2, Arc::new(Butterfly8::new(FftDirection::Forward)))
        };
        let twiddles = (0..=half).map(|bin| Complex::cis(-TAU * bin as f64 / len as f64)).collect();
        PowerSpectrum {
            fft,
            packed: vec![Complex::default(); half],
            mixed: vec![Complex::default(); half],
            twiddles,
            powers: vec![0.0; half + 1],
        }
    }

    /// `|X|²` of the frame for the `len / 2 + 1` bins from 0 to half the rate, not normalised
    /// (as `numpy.abs(numpy.fft.rfft(frame)) ** 2`). A shorter frame is filled up with zeros, of
    /// a longer one only the first `len` samples count.
    pub fn power(&mut self, frame: &[f64]) -> &[f64] {
        let half = self.packed.len();
        let sample = |at: usize| frame.get(at).copied().unwrap_or(0.0);
        for (at, slot) in self.packed.iter_mut().enumerate() {
            *slot = Complex::new(sample(2 * at), sample(2 * at + 1));
        }
        self.fft.process_outofplace_with_scratch(&mut self.packed, &mut self.mixed, &mut []);
        // The bins repeat after `half`, a power of two: a mask instead of a division.
        let wrap = half - 1;
        for (bin, power) in self.powers.iter_mut().enumerate() {
            let forward = self.mixed[bin & wrap];
            let backward = self.mixed[(half - bin) & wrap].conj();
            let even = forward + backward;
            let odd = (forward - backward) * self.twiddles[bin];
            // The bin is even / 2 + odd / 2i.
            *power = 0.25 * Complex::new(even.re + odd.im, even.im - odd.re).norm_sqr();
        }
        &self.powers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition of the discrete Fourier transform.
    fn slow_power(frame: &[f64], bin: usize) -> f64 {
        let step = -TAU * bin as f64 / frame.len() as f64;
        frame.iter().enumerate().map(|(i, x)| Complex::cis(step * i as f64) * x).sum::<Complex<f64>>().norm_sqr()
    }

    #[test]
    fn every_length_agrees_with_the_definition() {
        for len in [16, 32, 64, 128, 512, 1024, 2048] {
            let frame: Vec<f64> = (0..len).map(|i| ((i * i) as f64 * 0.37).sin() + 0.3).collect();
            let mut spectrum = PowerSpectrum::new(len);
            let powers = spectrum.power(&frame);
            assert_eq!(powers.len(), len / 2 + 1);
            for (bin, power) in powers.iter().enumerate() {
                let wanted = slow_power(&frame, bin);
                assert!((power - wanted).abs() <= 1e-9 * len as f64, "{len} {bin}: {power} {wanted}");
            }
        }
    }

    #[test]
    fn a_short_frame_is_filled_up_with_zeros() {
        let mut spectrum = PowerSpectrum::new(16);
        let padded: Vec<f64> = [&[0.5, -0.25, 0.125][..], &[0.0; 13]].concat();
        let wanted = spectrum.power(&padded).to_vec();
        assert_eq!(spectrum.power(&padded[..3]), wanted);
        assert_eq!(PowerSpectrum::new(16).power(&[]), [0.0; 9]);
    }
}
