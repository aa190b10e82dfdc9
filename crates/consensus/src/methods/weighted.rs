//! Votes that count by how often their giver agrees with others: majority, Wawa, zero-based skill.

use super::one_coin::right_answers;
use crate::crowd::Crowd;
use crate::em::Fit;
use crate::math::argmax;

/// Plain vote shares. A tie goes to the label that is more frequent in the whole crowd; crowd-kit
/// gives it to the column that happens to come first.
pub fn majority(crowd: &Crowd) -> Fit {
    Fit { posterior: crowd.vote_shares(), iterations: 1, converged: true, evidence: 0.0 }
}

/// Worker agreement with aggregate: each vote weighs as much as its giver's share of agreement
/// with the plain majority. As in crowd-kit (D. Ustalov et al., *Learning from Crowds with
/// Crowd-Kit*, JOSS 2024), ties aside.
pub fn wawa(crowd: &Crowd) -> Fit {
    let skills = agreement(crowd, &crowd.vote_shares());
    Fit { posterior: weighted_shares(crowd, &skills), iterations: 1, converged: true, evidence: 0.0 }
}

/// Steps of zero-based skill, and after how many the step is halved; crowd-kit's figures.
const STEPS: usize = 100;
const STEPS_TO_HALVE: usize = 20;
/// Zero-based skill stops when no skill moves by more.
const STILL: f64 = 1e-5;

/// Zero-based skill: skills start at chance and move step by step towards agreement with the vote
/// that they weight. As in crowd-kit, ties aside.
pub fn zero_based_skill(crowd: &Crowd) -> Fit {
    let mut skills = vec![1.0 / crowd.classes() as f64; crowd.workers()];
    let mut step = 1.0;
    for iteration in 1..=STEPS {
        if iteration % STEPS_TO_HALVE == 0 {
            step /= 2.0;
        }
        let target = agreement(crowd, &weighted_shares(crowd, &skills));
        let mut change = 0.0_f64;
        for (skill, target) in skills.iter_mut().zip(&target) {
            change = change.max((target - *skill).abs());
            *skill += step * (target - *skill);
        }
        if change < STILL {
            let posterior = weighted_shares(crowd, &skills);
            return Fit { posterior, iterations: iteration, converged: true, evidence: 0.0 };
        }
    }
    Fit { posterior: weighted_shares(crowd, &skills), iterations: STEPS, converged: false, evidence: 0.0 }
}

/// The share of each worker's answers that are the most probable label of their item; gold counts
/// as what it is. Zero for a worker without answers.
fn agreement(crowd: &Crowd, posterior: &[f64]) -> Vec<f64> {
    let classes = crowd.classes();
    let mut best = vec![0.0; posterior.len()];
    for (item, belief) in posterior.chunks_exact(classes).enumerate() {
        best[item * classes + crowd.gold(item).unwrap_or_else(|| argmax(belief))] = 1.0;
    }
    let owners = crowd.row_workers();
    let mut answers = vec![0.0_f64; crowd.workers()];
    crowd.answer_rows.iter().for_each(|&row| answers[owners[row as usize] as usize] += 1.0);
    let agreed = right_answers(crowd, &owners, &best);
    agreed.iter().zip(&answers).map(|(agreed, answers)| agreed / answers.max(1.0)).collect()
}

/// Vote shares with a weight per worker; plain shares for an item whose votes all weigh nothing.
fn weighted_shares(crowd: &Crowd, weights: &[f64]) -> Vec<f64> {
    let owners = crowd.row_workers();
    let mut shares = crowd.vote_shares();
    for (item, share) in shares.chunks_exact_mut(crowd.classes()).enumerate() {
        let rows = crowd.rows_of(item);
        let total: f64 = rows.iter().map(|&row| weights[owners[row as usize] as usize]).sum();
        if crowd.gold(item).is_some() || total <= 0.0 {
            continue;
        }
        share.fill(0.0);
        for &row in rows {
            share[crowd.row_labels[row as usize] as usize] += weights[owners[row as usize] as usize] / total;
        }
    }
    shares
}
