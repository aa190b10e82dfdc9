//! What gold items tell about a person's accuracy.

use serde::{Deserialize, Serialize};

/// Right answers that everybody is believed to have given before the first gold item.
pub const PRIOR_RIGHT: f64 = 4.0;

/// Wrong answers that everybody is believed to have given before the first gold item.
pub const PRIOR_WRONG: f64 = 1.0;

/// No accuracy is taken to be lower than this: nobody is wrong always.
pub const LOWEST: f64 = 0.01;

/// No accuracy is taken to be higher than this: nobody is right always, and without a bound one
/// vote could outweigh any number of others.
pub const HIGHEST: f64 = 0.99;

/// Beyond this many standard deviations an interval only gains rounding errors.
const WIDEST_Z: f64 = 40.0;

/// How a person has answered gold items, those whose label is known beforehand.
///
/// Abstentions on gold are neither right nor wrong. Agreement with other people must not be
/// counted here: a majority can be wrong together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Skill {
    /// Gold items answered rightly.
    pub right: u32,
    /// Gold items answered wrongly.
    pub wrong: u32,
}

impl Skill {
    /// The probability that this person's next answer is right.
    ///
    /// Posterior mean under a Beta([`PRIOR_RIGHT`], [`PRIOR_WRONG`]) prior, thus 0.8 for a
    /// person not measured yet, and within [`LOWEST`]..=[`HIGHEST`], so never 0 or 1.
    pub fn accuracy(&self) -> f64 {
        let right = PRIOR_RIGHT + f64::from(self.right);
        let wrong = PRIOR_WRONG + f64::from(self.wrong);
        (right / (right + wrong)).clamp(LOWEST, HIGHEST)
    }

    /// The interval, lowest first, that holds the true accuracy with the confidence of `z`
    /// standard deviations (1.96 for 95 %).
    ///
    /// Wilson's score interval (E. B. Wilson, JASA 22 (1927), 209–212), from the gold items
    /// alone, without the prior. A person not measured yet may be anything: (0, 1). A negative
    /// or undefined `z` counts as zero.
    pub fn interval(&self, z: f64) -> (f64, f64) {
        let z = if z.is_nan() { 0.0 } else { z.clamp(0.0, WIDEST_Z) };
        let n = f64::from(self.right) + f64::from(self.wrong);
        if n == 0.0 {
            return (0.0, 1.0);
        }
        let share = f64::from(self.right) / n;
        let spread = z * z / n;
        let centre = (share + spread / 2.0) / (1.0 + spread);
        let half = z * (share * (1.0 - share) / n + spread / (4.0 * n)).sqrt() / (1.0 + spread);
        ((centre - half).max(0.0), (centre + half).min(1.0))
    }
}
