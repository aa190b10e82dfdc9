//! What the rows of a release add up to, so that the data card cannot differ from the data.

use crate::rows::{AnswerRow, ClipRow};
use crate::split::Split;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

const MS_PER_HOUR: f64 = 3_600_000.0;

/// Edges of the histogram of signal-to-noise ratios, in dB.
const SNR_EDGES_DB: [f64; 12] = [0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 35.0, 40.0, 45.0, 50.0, 60.0];

/// Edges of the histogram of lengths, in ms.
const LENGTH_EDGES_MS: [f64; 9] = [500.0, 750.0, 1000.0, 1250.0, 1500.0, 2000.0, 3000.0, 4000.0, 6000.0];

/// Edges of the histogram of clips per speaker.
const SPEAKER_EDGES_CLIPS: [f64; 8] = [2.0, 3.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0];

/// Numbers about a release, counted from its rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    /// Clips.
    pub clips: usize,
    /// Clips made by a program.
    pub synthetic: usize,
    /// Different speakers.
    pub speakers: usize,
    /// Clips of each phrase, most frequent first, then by phrase.
    pub phrases: Vec<PhraseCount>,
    /// Length of all clips together.
    pub hours: f64,
    /// Signal-to-noise ratio over clips; `None` without clips.
    pub snr_db: Option<Quantiles>,
    /// Train, dev and test, in this order, also when empty.
    pub splits: Vec<SplitCount>,
    /// Answers.
    pub answers: usize,
    /// Different annotators.
    pub annotators: usize,
    /// Speakers of whom age, gender, accent or device is told.
    #[serde(default)]
    pub described_speakers: usize,
    /// Clips by signal-to-noise ratio in dB.
    #[serde(default)]
    pub snr_histogram: Vec<Bin>,
    /// Clips by length in ms.
    #[serde(default)]
    pub length_histogram: Vec<Bin>,
    /// Speakers by the number of their clips.
    #[serde(default)]
    pub speaker_histogram: Vec<Bin>,
    /// Mean of 1 − `probability`: the share of wrong labels that the method itself expects; `None`
    /// without clips.
    #[serde(default)]
    pub expected_wrong_share: Option<f64>,
}

/// How many values lie from one edge to the next.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// Lower edge, included; `None` for whatever is lower than all edges.
    pub from: Option<f64>,
    /// Upper edge, not included; `None` for whatever is not lower than all edges.
    pub to: Option<f64>,
    /// The values between.
    pub count: usize,
}

/// How many clips there are of a phrase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhraseCount {
    /// The phrase.
    pub phrase: String,
    /// Its clips.
    pub clips: usize,
    /// The speakers who said it.
    #[serde(default)]
    pub speakers: usize,
    /// Its clips in train, dev and test: whether the splits, which speakers alone decide, hold
    /// enough of each phrase.
    #[serde(default)]
    pub splits: [usize; 3],
}

/// What is in a split.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitCount {
    /// Which split.
    pub split: Split,
    /// Its clips.
    pub clips: usize,
    /// Its speakers.
    pub speakers: usize,
}

/// The value below which 10 %, 50 % and 90 % of all values lie.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Quantiles {
    /// 10th percentile.
    pub p10: f64,
    /// Median.
    pub p50: f64,
    /// 90th percentile.
    pub p90: f64,
}

impl Counts {
    /// Counts the rows; their order does not matter, save for the last digit of a mean.
    pub fn of(clips: &[ClipRow], answers: &[AnswerRow]) -> Counts {
        let mut tally = Tally::default();
        clips.iter().for_each(|row| tally.clip(row));
        answers.iter().for_each(|row| tally.answer(row));
        tally.counts()
    }
}

/// Counts rows as they pass. It keeps names of people and phrases once, and some 20 bytes for each
/// clip, for the exact quantiles and the speakers of each phrase.
#[derive(Debug, Default)]
pub struct Tally {
    synthetic: usize,
    length_ms: i64,
    wrong: f64,
    snr_db: Vec<f64>,
    lengths: Histogram<9>,
    /// Number and clips of each speaker.
    speakers: BTreeMap<String, (u32, usize)>,
    /// Numbers of the speakers of whom something is told.
    described: BTreeSet<u32>,
    /// Clips by split, and numbers of the speakers, of each phrase; clips outside all splits last.
    phrases: BTreeMap<String, ([usize; 4], BTreeSet<u32>)>,
    /// Clips, and numbers of the speakers, of each split.
    splits: [(usize, BTreeSet<u32>); 3],
    answers: usize,
    annotators: BTreeSet<String>,
}

impl Tally {
    /// Counts a clip.
    pub fn clip(&mut self, row: &ClipRow) {
        let next = u32::try_from(self.speakers.len()).unwrap_or(u32::MAX);
        if !self.speakers.contains_key(&row.speaker) {
            self.speakers.insert(row.speaker.clone(), (next, 0));
        }
        let speaker = self.speakers.get_mut(&row.speaker).map_or(next, |(number, clips)| {
            *clips += 1;
            *number
        });
        if !self.phrases.contains_key(&row.phrase) {
            self.phrases.insert(row.phrase.clone(), Default::default());
        }
        let split = Split::ALL.iter().position(|split| split.as_str() == row.split);
        if let Some((clips, speakers)) = self.phrases.get_mut(&row.phrase) {
            clips[split.unwrap_or(Split::ALL.len())] += 1;
            speakers.insert(speaker);
        }
        if let Some((clips, speakers)) = split.map(|at| &mut self.splits[at]) {
            *clips += 1;
            speakers.insert(speaker);
        }
        if [&row.age, &row.gender, &row.accent, &row.device].iter().any(|detail| detail.is_some()) {
            self.described.insert(speaker);
        }
        self.synthetic += usize::from(row.synthetic);
        self.length_ms += i64::from(row.length_ms);
        self.wrong += 1.0 - row.probability;
        self.snr_db.push(row.snr_db);
        self.lengths.add(&LENGTH_EDGES_MS, f64::from(row.length_ms));
    }

    /// Counts an answer.
    pub fn answer(&mut self, row: &AnswerRow) {
        self.answers += 1;
        if !self.annotators.contains(&row.annotator) {
            self.annotators.insert(row.annotator.clone());
        }
    }

    /// The sums.
    pub fn counts(self) -> Counts {
        let clips = self.snr_db.len();
        let mut snr: Histogram<12> = Histogram::default();
        self.snr_db.iter().for_each(|value| snr.add(&SNR_EDGES_DB, *value));
        let mut speakers: Histogram<8> = Histogram::default();
        self.speakers.values().for_each(|(_, clips)| speakers.add(&SPEAKER_EDGES_CLIPS, *clips as f64));
        let splits = Split::ALL.into_iter().zip(&self.splits);
        Counts {
            clips,
            synthetic: self.synthetic,
            speakers: self.speakers.len(),
            phrases: by_frequency(self.phrases),
            hours: self.length_ms as f64 / MS_PER_HOUR,
            snr_db: Quantiles::of(&self.snr_db),
            splits: splits
                .map(|(split, (clips, speakers))| SplitCount { split, clips: *clips, speakers: speakers.len() })
                .collect(),
            answers: self.answers,
            annotators: self.annotators.len(),
            described_speakers: self.described.len(),
            snr_histogram: snr.bins(&SNR_EDGES_DB),
            length_histogram: self.lengths.bins(&LENGTH_EDGES_MS),
            speaker_histogram: speakers.bins(&SPEAKER_EDGES_CLIPS),
            expected_wrong_share: (clips > 0).then(|| self.wrong / clips as f64),
        }
    }
}

/// Counts below, between and above `N` edges.
#[derive(Debug)]
struct Histogram<const N: usize>(Vec<usize>);

impl<const N: usize> Default for Histogram<N> {
    fn default() -> Self {
        Histogram(vec![0; N + 1])
    }
}

impl<const N: usize> Histogram<N> {
    fn add(&mut self, edges: &[f64; N], value: f64) {
        self.0[edges.partition_point(|edge| *edge <= value)] += 1;
    }

    fn bins(&self, edges: &[f64; N]) -> Vec<Bin> {
        let from = [None].into_iter().chain(edges.iter().copied().map(Some));
        let to = edges.iter().copied().map(Some).chain([None]);
        from.zip(to).zip(&self.0).map(|((from, to), count)| Bin { from, to, count: *count }).collect()
    }
}

impl Quantiles {
    /// Quantiles of `values` in any order; `None` if there are none.
    ///
    /// Linear between neighbours: definition 7 of R. J. Hyndman and Y. Fan, The American
    /// Statistician 50 (1996), 361–365, the default of NumPy.
    pub fn of(values: &[f64]) -> Option<Quantiles> {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let last = sorted.len().checked_sub(1)?;
        let at = |share: f64| {
            let position = share * last as f64;
            let below = sorted[position.floor() as usize];
            let above = sorted[position.ceil() as usize];
            below + (above - below) * position.fract()
        };
        Some(Quantiles { p10: at(0.1), p50: at(0.5), p90: at(0.9) })
    }
}

/// Most frequent first; stable, so phrases that are equally frequent stay in alphabetical order.
fn by_frequency(phrases: BTreeMap<String, ([usize; 4], BTreeSet<u32>)>) -> Vec<PhraseCount> {
    let count = |(phrase, ([train, dev, test, other], speakers)): (String, ([usize; 4], BTreeSet<u32>))| PhraseCount {
        phrase,
        clips: train + dev + test + other,
        speakers: speakers.len(),
        splits: [train, dev, test],
    };
    let mut counts: Vec<PhraseCount> = phrases.into_iter().map(count).collect();
    counts.sort_by_key(|count| Reverse(count.clips));
    counts
}
