//! Several transcripts of a recording in, one out: ROVER, weighted by how well people hear.

use super::words::{Network, SILENCE, edit_distance, normal_words};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Words that everybody is believed to have written with the crowd's mean error before the first.
const PRIOR_WORDS: f64 = 30.0;
/// No word error rate is taken to be lower or higher.
const ERROR_BOUNDS: (f64, f64) = (0.005, 0.95);
/// Rounds of transcribing and weighing; a third changes nothing worth its time.
const ROUNDS: usize = 2;

/// How one transcript is made of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Combination {
    /// Word by word, for transcripts of speech.
    #[default]
    Rover,
    /// The one that is nearest to all others, for captions and translations: there are many good
    /// ones, and a vote between their words is none of them.
    Medoid,
}

/// One person's transcript of one item; items and workers are numbers from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transcript<'a> {
    /// What was transcribed.
    pub item: usize,
    /// Who did.
    pub worker: usize,
    /// What they wrote.
    pub text: &'a str,
}

/// The consensus on one item.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Heard {
    /// In normal form for [`Combination::Rover`], as written for [`Combination::Medoid`].
    pub text: String,
    /// Mean weight share of the chosen words, silence included; for a medoid, of similarity to
    /// the others. In (0, 1); 0 without transcripts.
    pub confidence: f64,
    /// 1 − mean word edit distance between pairs, each over the longer; 1 for a single transcript.
    pub agreement: f64,
}

/// What transcribing told about the items and the workers.
#[derive(Debug, Clone, PartialEq)]
pub struct Transcription {
    /// One per item, up to the largest number.
    pub items: Vec<Heard>,
    /// Estimated word error rate of each worker.
    pub error_rates: Vec<f64>,
}

/// One item's transcripts, words as numbers, in canonical order.
#[derive(Default)]
struct Case<'a> {
    words: Vec<String>,
    takes: Vec<(usize, Vec<u32>, &'a str)>,
    /// Edit distances, takes × takes.
    distances: Vec<f64>,
    /// 1 − mean distance between pairs, each over the longer.
    agreement: f64,
}

/// Combines transcripts. Two rounds: the first trusts everybody alike and measures each worker's
/// word error rate e against the result, drawn towards the mean by 30 words; the second weighs
/// them by (1 − e)/e. Within an item the network starts from the weighted medoid, the transcript
/// nearest to all others, and takes the rest by their distance from it, so that the result does
/// not depend on the order in which transcripts came.
///
/// J. Fiscus (ASRU 1997) for the network and the vote; worker weights as in Pavlichenko et al.,
/// *CrowdSpeech and VoxDIY* (NeurIPS 2021), which compares such methods.
pub fn transcribe(transcripts: &[Transcript<'_>], combination: Combination) -> Transcription {
    let items = transcripts.iter().map(|t| t.item + 1).max().unwrap_or(0);
    let workers = transcripts.iter().map(|t| t.worker + 1).max().unwrap_or(0);
    let mut sorted: Vec<&Transcript<'_>> = transcripts.iter().collect();
    sorted.sort_unstable_by_key(|t| (t.item, t.text, t.worker));
    sorted.dedup_by_key(|t| (t.item, t.text, t.worker));
    let mut cases: Vec<Case<'_>> = (0..items).map(|_| Case::default()).collect();
    let groups: Vec<&[&Transcript<'_>]> = sorted.chunk_by(|a, b| a.item == b.item).collect();
    let filled: Vec<(usize, Case<'_>)> = groups.par_iter().map(|group| (group[0].item, Case::new(group))).collect();
    filled.into_iter().for_each(|(item, case)| cases[item] = case);
    let mut error_rates = vec![0.1; workers];
    let mut heard: Vec<(Vec<u32>, Heard)> = Vec::new();
    for _ in 0..ROUNDS {
        heard = cases.par_iter().map(|case| case.combine(&error_rates, combination)).collect();
        error_rates = rates(&cases, &heard, workers);
    }
    Transcription { items: heard.into_iter().map(|(_, heard)| heard).collect(), error_rates }
}

/// Each worker's word error rate against what was heard, drawn towards the mean.
fn rates(cases: &[Case<'_>], heard: &[(Vec<u32>, Heard)], workers: usize) -> Vec<f64> {
    let mut counts = vec![(0.0, 0.0); workers];
    for (case, (words, _)) in cases.iter().zip(heard) {
        for (worker, take, _) in &case.takes {
            counts[*worker].0 += edit_distance(take, words) as f64;
            counts[*worker].1 += words.len() as f64;
        }
    }
    let all = counts.iter().fold((0.0, 0.0), |sum, count| (sum.0 + count.0, sum.1 + count.1));
    let mean = if all.1 > 0.0 { all.0 / all.1 } else { 0.1 };
    counts
        .into_iter()
        .map(|(edits, words)| {
            ((edits + PRIOR_WORDS * mean) / (words + PRIOR_WORDS)).clamp(ERROR_BOUNDS.0, ERROR_BOUNDS.1)
        })
        .collect()
}

impl<'a> Case<'a> {
    fn new(group: &[&Transcript<'a>]) -> Self {
        let mut numbers: BTreeMap<String, u32> = BTreeMap::new();
        let split: Vec<Vec<String>> = group.iter().map(|t| normal_words(t.text)).collect();
        for word in split.iter().flatten() {
            numbers.entry(word.clone()).or_default();
        }
        (0_u32..).zip(numbers.values_mut()).for_each(|(number, slot)| *slot = number);
        let takes: Vec<(usize, Vec<u32>, &str)> = group
            .iter()
            .zip(&split)
            .map(|(t, words)| (t.worker, words.iter().map(|word| numbers[word]).collect(), t.text))
            .collect();
        let count = takes.len();
        let mut distances = vec![0.0; count * count];
        let mut differing = 0.0;
        for one in 0..count {
            for other in one + 1..count {
                let (a, b) = (&takes[one].1, &takes[other].1);
                let distance = edit_distance(a, b) as f64;
                differing += distance / a.len().max(b.len()).max(1) as f64;
                distances[one * count + other] = distance;
                distances[other * count + one] = distance;
            }
        }
        let pairs = (count * count.saturating_sub(1) / 2).max(1) as f64;
        Self { takes, words: numbers.into_keys().collect(), distances, agreement: 1.0 - differing / pairs }
    }

    fn combine(&self, error_rates: &[f64], combination: Combination) -> (Vec<u32>, Heard) {
        let (count, distances, agreement) = (self.takes.len(), &self.distances, self.agreement);
        let weights: Vec<f64> = self.takes.iter().map(|take| weight(error_rates[take.0])).collect();
        let from_all =
            |take: usize| (0..count).map(|other| weights[other] * distances[take * count + other]).sum::<f64>();
        let far: Vec<f64> = (0..count).map(from_all).collect();
        // Takes are sorted by their text, so that equal distances are decided by that.
        let Some(medoid) = (0..count).min_by(|&a, &b| far[a].total_cmp(&far[b])) else {
            return (Vec::new(), Heard::default());
        };
        match combination {
            Combination::Medoid => {
                let words = self.takes[medoid].1.clone();
                let near = |other: usize| {
                    1.0 - distances[medoid * count + other] / words.len().max(self.takes[other].1.len()).max(1) as f64
                };
                let total: f64 = weights.iter().sum();
                let similar: f64 =
                    (0..count).filter(|&take| take != medoid).map(|take| weights[take] * near(take)).sum();
                let confidence = (similar + 0.5 * weights[medoid]) / total;
                (words, Heard { text: self.takes[medoid].2.to_owned(), confidence, agreement })
            }
            Combination::Rover => {
                let mut order: Vec<usize> = (0..count).collect();
                order.sort_by(|&a, &b| {
                    distances[medoid * count + a]
                        .total_cmp(&distances[medoid * count + b])
                        .then(far[a].total_cmp(&far[b]))
                });
                let mut network = Network::default();
                order.iter().for_each(|&take| network.add(&self.takes[take].1, weights[take]));
                let (words, confidence) = vote(&network, weights.iter().sum());
                let text = words.iter().map(|&word| self.words[word as usize].as_str()).collect::<Vec<_>>().join(" ");
                (words, Heard { text, confidence, agreement })
            }
        }
    }
}

fn weight(error_rate: f64) -> f64 {
    (1.0 - error_rate) / error_rate
}

/// The heaviest word of each slot, and the mean share of the winners. One imaginary dissenter of
/// half the mean weight keeps a share below 1.
fn vote(network: &Network, total: f64) -> (Vec<u32>, f64) {
    let mut words = Vec::new();
    let mut shares = 0.0;
    for slot in &network.slots {
        let best = slot.iter().reduce(|best, next| if next.1 > best.1 { next } else { best });
        if let Some((heard, weight)) = best {
            words.extend(Some(*heard).filter(|&heard| heard != SILENCE));
            shares += weight / (total * 1.05);
        }
    }
    let slots = network.slots.len();
    (words, if slots == 0 { 0.5 } else { shares / slots as f64 })
}
