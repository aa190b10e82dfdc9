//! Predictions of models as answers, and how far people and a model agree.

use super::confusion::Confusion;
use crate::agreement::cohen_kappa;
use crate::consensus::Consensus;
use crate::crowd::Crowd;
use crate::methods::Method;

/// Lower bounds of the bands into which a model's own probability is sorted.
const BANDS: [f64; 4] = [0.0, 0.6, 0.8, 0.95];

/// The worker under whose name a model's prediction enters the crowd: its version and how sure
/// it was, in bands. Each band has a confusion matrix of its own, so that a model is believed
/// as far as it proves right when it is so sure, whatever it says about itself.
///
/// A model is better heard as one more worker than as a judge: H. Goh et al., *CROWDLAB* (2022),
/// gain most where people's answers are few.
pub fn worker_name(version: &str, probability: f64) -> String {
    let band = BANDS.iter().rev().find(|&&bound| probability >= bound).unwrap_or(&BANDS[0]);
    format!("model:{version}@{band}")
}

/// How far people and a model agree.
#[derive(Debug, Clone, PartialEq)]
pub struct HumanMachine {
    /// Items that both judged.
    pub items: usize,
    /// Share of them with the same label.
    pub agreed: f64,
    /// Cohen's κ, where defined.
    pub kappa: Option<f64>,
    /// The people's class by the model's label.
    pub confusion: Confusion,
    /// Items on which they differ, those on which the people are surest first: the model's likely mistakes.
    pub differing: Vec<usize>,
}

/// Compares the consensus of people alone with the answers of the workers that `is_model` names.
///
/// The people's consensus is made without the model, so that it cannot agree with itself. `None`
/// if no item has answers of both.
pub fn compare(crowd: &Crowd, is_model: impl Fn(usize) -> bool, method: Method) -> Option<HumanMachine> {
    let votes: Vec<Vec<(usize, usize)>> = (0..crowd.items()).map(|item| crowd.votes(item).collect()).collect();
    let people = crowd.with_answers(|item, place| !is_model(votes[item][place].0));
    let consensus = Consensus::new(&people, method);
    let mut confusion = Confusion::new(crowd.classes());
    let mut labels = Vec::new();
    let mut differing = Vec::new();
    for (item, votes) in votes.iter().enumerate().filter(|(item, _)| people.answers_of(*item) > 0) {
        let Some(&(_, machine)) = votes.iter().find(|(worker, _)| is_model(*worker)) else { continue };
        let human = consensus.labels[item];
        confusion.counts[human * crowd.classes() + machine] += 1.0;
        labels.push((human, machine));
        if human != machine {
            differing.push((consensus.probability(item), item));
        }
    }
    differing.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let agreed = labels.iter().filter(|(human, machine)| human == machine).count() as f64 / labels.len() as f64;
    (!labels.is_empty()).then(|| HumanMachine {
        items: labels.len(),
        agreed,
        kappa: cohen_kappa(&labels),
        confusion,
        differing: differing.into_iter().map(|(_, item)| item).collect(),
    })
}
