//! The few special functions and log-space helpers that the models share.

use crate::posterior::FLOOR;

/// Below this the asymptotic series of ψ and ln Γ are not exact enough; recurrences lift it.
const ASYMPTOTIC_FROM: f64 = 8.0;

/// The digamma function ψ(x) for x > 0, to about 1e-13.
///
/// Recurrence and asymptotic series: Abramowitz & Stegun, *Handbook of Mathematical Functions*,
/// 6.3.5 and 6.3.18.
pub(crate) fn digamma(mut x: f64) -> f64 {
    let mut lifted = 0.0;
    while x < ASYMPTOTIC_FROM {
        lifted -= 1.0 / x;
        x += 1.0;
    }
    let inverse = 1.0 / (x * x);
    let series = inverse
        * (1.0 / 12.0 - inverse * (1.0 / 120.0 - inverse * (1.0 / 252.0 - inverse * (1.0 / 240.0 - inverse / 132.0))));
    lifted + x.ln() - 0.5 / x - series
}

/// ln Γ(x) for x > 0, to about 1e-13. Abramowitz & Stegun, 6.1.15 and 6.1.41.
pub(crate) fn ln_gamma(mut x: f64) -> f64 {
    let mut lifted = 1.0;
    while x < ASYMPTOTIC_FROM {
        lifted *= x;
        x += 1.0;
    }
    let inverse = 1.0 / (x * x);
    let series = (1.0 / 12.0
        - inverse * (1.0 / 360.0 - inverse * (1.0 / 1260.0 - inverse * (1.0 / 1680.0 - inverse / 1188.0))))
        / x;
    (x - 0.5) * x.ln() - x + 0.5 * (2.0 * std::f64::consts::PI).ln() + series - lifted.ln()
}

/// Logarithms of weights become probabilities in place; returns ln Σ exp of the input.
///
/// The largest is subtracted first, so that exponentials neither overflow nor all vanish.
#[inline(always)]
pub(crate) fn softmax(logs: &mut [f64]) -> f64 {
    let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut sum = 0.0;
    for value in logs.iter_mut() {
        *value = (*value - top).exp();
        sum += *value;
    }
    let inverse = 1.0 / sum;
    for value in logs.iter_mut() {
        *value *= inverse;
    }
    top + sum.ln()
}

/// Makes non-negative weights probabilities of at least about [`FLOOR`], and never exactly 1.
///
/// With one class the missing sliver belongs to a class that nobody has named.
pub(crate) fn probabilities(weights: &mut [f64]) {
    for _ in 0..2 {
        let sum: f64 = weights.iter().sum();
        for weight in weights.iter_mut() {
            *weight = (*weight / sum).clamp(FLOOR, 1.0 - FLOOR);
        }
    }
}

/// Position of the largest value, the first of equals; 0 for none.
pub(crate) fn argmax(values: &[f64]) -> usize {
    crate::majority::first_largest(values).map_or(0, |(position, _)| position)
}

/// A well-mixed function of 64 bits: the finaliser of SplitMix64 (Steele, Lea & Flood, OOPSLA 2014).
pub(crate) fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// The number in (0, 1) that `seed` stands for. Not chance: the same seed gives the same number.
pub(crate) fn unit(seed: u64) -> f64 {
    ((mix(seed) >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_functions_have_their_known_values() {
        let euler = 0.577_215_664_901_532_9;
        assert!((digamma(1.0) + euler).abs() < 1e-12);
        assert!((digamma(0.5) + euler + 2.0 * 2_f64.ln()).abs() < 1e-12);
        assert!((digamma(100.0) - 4.600_161_852_738_087).abs() < 1e-12);
        assert!(ln_gamma(1.0).abs() < 1e-12);
        assert!((ln_gamma(0.5) - std::f64::consts::PI.sqrt().ln()).abs() < 1e-12);
        assert!((ln_gamma(11.0) - 3_628_800_f64.ln()).abs() < 1e-10);
    }

    #[test]
    fn softmax_survives_what_would_underflow() {
        let mut logs = [-5000.0, -5001.0];
        let evidence = softmax(&mut logs);
        assert!((logs[0] - 1.0 / (1.0 + (-1_f64).exp())).abs() < 1e-12);
        assert!((evidence + 5000.0 - (1.0 + (-1_f64).exp()).ln()).abs() < 1e-9);
    }
}
