//! How long to wait before trying again: exponential, bounded, with jitter.

/// The first wait.
const BASE_MS: u32 = 1_000;
/// No wait is longer: somebody may be watching.
const CAP_MS: u32 = 60_000;

/// The wait after `failures` failures in a row (1 for the first), in milliseconds.
///
/// `chance` is a uniform random number in 0..1. Half of the wait is fixed and half random
/// ("equal jitter"), so that browsers that lost the server together do not return together.
pub fn delay_ms(failures: u32, chance: f64) -> u32 {
    let doublings = failures.saturating_sub(1).min(16);
    let full_ms = BASE_MS.saturating_mul(1 << doublings).min(CAP_MS);
    let half_ms = full_ms / 2;
    half_ms + (f64::from(half_ms) * chance.clamp(0.0, 1.0)) as u32
}

#[cfg(test)]
mod tests {
    use super::delay_ms;

    #[test]
    fn waits_double_up_to_a_minute() {
        let longest: Vec<u32> = (1..=8).map(|failures| delay_ms(failures, 1.0)).collect();
        assert_eq!(longest, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
        assert_eq!(delay_ms(u32::MAX, 1.0), 60_000);
    }

    #[test]
    fn chance_moves_a_wait_by_at_most_half() {
        assert_eq!(delay_ms(3, 0.0), 2_000);
        assert_eq!(delay_ms(3, 0.5), 3_000);
        assert_eq!(delay_ms(0, 0.0), 500);
    }
}
