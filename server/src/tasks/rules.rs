//! Which task comes next. Pure decisions.

/// Live leases that one person may hold in one batch: the task at hand and two loading ahead.
pub const LEASES_MAX: usize = 3;

/// Whether this serve is gold. `mac` is a keyed hash of person, batch and serve number: nobody
/// outside can foresee it, and the site can repeat it.
pub fn wants_gold(mac: &[u8; 32], gold_ppm: i64) -> bool {
    let draw = mac[..8].iter().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte)) % 1_000_000;
    i64::try_from(draw).is_ok_and(|draw| draw < gold_ppm)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    #[test]
    fn gold_comes_at_the_batch_s_rate() {
        let count = |ppm| (0..20_000u32).filter(|n| wants_gold(&Sha256::digest(n.to_le_bytes()).into(), ppm)).count();
        assert_eq!(count(0), 0);
        let tenth = count(100_000);
        assert!((1_850..2_150).contains(&tenth), "{tenth} of 20,000");
    }
}
