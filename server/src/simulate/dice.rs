//! Chance that a seed repeats: SplitMix64 (Steele, Lea & Flood, OOPSLA 2014, §4).

/// A stream of numbers; the same seed gives the same stream.
#[derive(Clone, Debug)]
pub struct Dice(pub u64);

impl Dice {
    /// 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A share, at least 0 and below 1.
    pub fn roll(&mut self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
        let share = (self.bits() >> 11) as f64 / (1u64 << 53) as f64;
        share
    }

    /// True this often.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.roll() < probability
    }

    /// A whole number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.bits() % limit.max(1) as u64).unwrap_or(0)
    }

    /// A number of the standard normal distribution (Box & Muller, Ann. Math. Stat. 29, 1958).
    pub fn normal(&mut self) -> f64 {
        let (radius, angle) = (1.0 - self.roll(), self.roll());
        (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
    }

    /// A stream of its own for one use.
    #[must_use]
    pub fn fork(&mut self, use_: u64) -> Self {
        let mut dice = Self(self.bits() ^ use_);
        dice.bits();
        dice
    }
}

#[cfg(test)]
mod tests {
    use super::Dice;

    #[test]
    fn normal_numbers_have_mean_zero_and_spread_one() {
        let mut dice = Dice(1);
        let drawn: Vec<f64> = (0..20_000).map(|_| dice.normal()).collect();
        let mean = drawn.iter().sum::<f64>() / 20_000.0;
        let square = drawn.iter().map(|x| x * x).sum::<f64>() / 20_000.0;
        assert!(mean.abs() < 0.03 && (square - 1.0).abs() < 0.05, "{mean} {square}");
    }
}
