//! What one more answer is worth: how many wrong labels asking on can be expected to avert.

use crate::consensus::Consensus;
use crate::crowd::Crowd;

/// Nobody's answer decides alone, however well they did so far: the advantage stays below this.
const ADVANTAGE_MAX: f64 = 0.98;
/// Plans reach so many answers ahead; beyond, the end is too far to matter.
const HORIZON_MAX: u32 = 32;

/// What the next answer of a crowd can be expected to tell between the leading class and the
/// runner-up: with probability `telling` a vote of someone right with (1 + `advantage`) / 2,
/// otherwise nothing.
///
/// Two moments of the workers' advantages decide both, so that a crowd of half experts and half
/// guessers is not taken for one of people who are all a little better than chance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NextAnswer {
    /// Probability that it tells anything, 0 to 1.
    pub telling: f64,
    /// By how much it then is more often right than wrong, 0 to below 1.
    pub advantage: f64,
}

impl NextAnswer {
    /// From the answers of `crowd` so far and what `consensus` makes of them. Workers count by
    /// how much they answer. A vote for a third class tells nothing between the first two.
    pub fn of(crowd: &Crowd, consensus: &Consensus) -> Self {
        let share = runner_up_share(crowd, consensus);
        let (mut answers, mut first, mut second) = (0.0, 0.0, 0.0);
        for worker in &consensus.workers {
            let (right, wrong) = (worker.accuracy, (1.0 - worker.accuracy) * share);
            // Someone reliably wrong tells as much as someone reliably right.
            let lead = (right - wrong).abs();
            let number = worker.answers as f64;
            answers += number;
            first += number * lead;
            second += number * lead * lead / (right + wrong);
        }
        if first <= 0.0 {
            return Self { telling: 0.0, advantage: 0.0 };
        }
        let advantage = (second / first).min(ADVANTAGE_MAX);
        Self { telling: (first / (answers * advantage)).min(1.0), advantage }
    }

    /// The most by which a plan of asking on, up to `left` answers, lowers the probability of a
    /// wrong label beyond `price` for each answer asked; negative when the next answer is not
    /// worth its price whatever the plan. `leading` is the probability of the leading class, which
    /// is weighed against all others together; behind them, it counts as level.
    ///
    /// Backward induction over the votes for and against: K. Arrow, D. Blackwell & M. Girshick,
    /// *Bayes and Minimax Solutions of Sequential Decision Problems*, Econometrica 17 (1949), §3.
    pub fn gain(&self, leading: f64, left: u32, price: f64) -> f64 {
        if left == 0 {
            return f64::NEG_INFINITY;
        }
        let left = left.min(HORIZON_MAX) as usize;
        let right = (1.0 + self.advantage) / 2.0;
        let step = (right / (1.0 - right)).ln();
        let leading = leading.clamp(0.5, 1.0 - f64::EPSILON);
        let start = (leading / (1.0 - leading)).ln();
        // One place for each lead of votes that can come about, the present one in the middle.
        let beliefs: Vec<f64> =
            (0..=2 * left).map(|place| 1.0 / (1.0 + (-(start + (place as f64 - left as f64) * step)).exp())).collect();
        let stopping = |place: usize| beliefs[place].max(1.0 - beliefs[place]);
        let mut values: Vec<f64> = (0..beliefs.len()).map(stopping).collect();
        let mut asking = values.clone();
        for ahead in 1..=left {
            for place in ahead..=2 * left - ahead {
                let up = beliefs[place] * right + (1.0 - beliefs[place]) * (1.0 - right);
                let told = up * values[place + 1] + (1.0 - up) * values[place - 1];
                asking[place] = self.telling * told + (1.0 - self.telling) * values[place] - price;
            }
            let best = |place: usize| asking[place].max(stopping(place));
            let next: Vec<f64> = (ahead..=2 * left - ahead).map(best).collect();
            values[ahead..=2 * left - ahead].copy_from_slice(&next);
        }
        asking[left] - stopping(left)
    }
}

/// Of the answers that are not for the leading class of their item, the share that is for the
/// runner-up, drawn a little towards one half; 1 when there is no third class.
fn runner_up_share(crowd: &Crowd, consensus: &Consensus) -> f64 {
    if crowd.classes() <= 2 {
        return 1.0;
    }
    let (mut runner_up, mut all) = (1.0, 2.0);
    for (item, &leader) in consensus.labels.iter().enumerate() {
        let belief = consensus.posterior(item);
        let others = (0..crowd.classes()).filter(|&class| class != leader);
        let second = others.max_by(|&one, &other| belief[one].total_cmp(&belief[other]));
        for (_, class) in crowd.votes(item).filter(|&(_, class)| class != leader) {
            all += 1.0;
            runner_up += f64::from(u8::from(Some(class) == second));
        }
    }
    runner_up / all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_answer_ahead_is_worth_what_bayes_says() {
        let next = NextAnswer { telling: 0.5, advantage: 0.6 };
        // Right 4 times in 5: a vote against 0.7 leaves 0.14 / 0.38, so that the label changes.
        let told = 0.62 * (0.56 / 0.62) + 0.38 * (0.24 / 0.38);
        assert!((next.gain(0.7, 1, 0.01) - (0.5 * told + 0.5 * 0.7 - 0.01 - 0.7)).abs() < 1e-12);
        // Nothing that one person says changes 0.9.
        assert!((next.gain(0.9, 1, 0.01) + 0.01).abs() < 1e-12);
    }

    #[test]
    fn more_doubt_more_answers_left_and_better_people_make_asking_worth_more() {
        let next = NextAnswer { telling: 1.0, advantage: 0.6 };
        assert!(next.gain(0.6, 7, 0.01) > next.gain(0.9, 7, 0.01));
        assert!(next.gain(0.9, 7, 0.01) > next.gain(0.9, 1, 0.01));
        let others = NextAnswer { telling: 1.0, advantage: 0.2 };
        assert!(next.gain(0.7, 5, 0.01) > others.gain(0.7, 5, 0.01));
        assert_eq!(next.gain(0.2, 3, 0.01), next.gain(0.5, 3, 0.01));
    }

    #[test]
    fn people_who_tell_nothing_are_not_worth_asking() {
        let nobody = NextAnswer { telling: 0.0, advantage: 0.0 };
        for leading in [0.0, 0.5, 0.9, 1.0] {
            for left in [0, 1, 7, u32::MAX] {
                assert!(nobody.gain(leading, left, 0.01) < 0.0);
            }
        }
        assert_eq!(nobody.gain(0.5, 0, 0.0), f64::NEG_INFINITY);
    }
}
