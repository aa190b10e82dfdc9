//! What the rows of a release add up to, so that the data card cannot differ from the data.

use crate::rows::{AnswerRow, ClipRow};
use crate::split::Split;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

const MS_PER_HOUR: f64 = 3_600_000.0;

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
}

/// How many clips there are of a phrase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhraseCount {
    /// The phrase.
    pub phrase: String,
    /// Its clips.
    pub clips: usize,
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
    /// Counts the rows; their order does not matter.
    pub fn of(clips: &[ClipRow], answers: &[AnswerRow]) -> Counts {
        let length_ms: i64 = clips.iter().map(|clip| i64::from(clip.length_ms)).sum();
        let snr_db: Vec<f64> = clips.iter().map(|clip| clip.snr_db).collect();
        Counts {
            clips: clips.len(),
            synthetic: clips.iter().filter(|clip| clip.synthetic).count(),
            speakers: distinct(clips.iter().map(|clip| clip.speaker.as_str())),
            phrases: phrases(clips),
            hours: length_ms as f64 / MS_PER_HOUR,
            snr_db: Quantiles::of(&snr_db),
            splits: Split::ALL.map(|split| in_split(clips, split)).to_vec(),
            answers: answers.len(),
            annotators: distinct(answers.iter().map(|answer| answer.annotator.as_str())),
        }
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

fn phrases(clips: &[ClipRow]) -> Vec<PhraseCount> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for clip in clips {
        *counts.entry(&clip.phrase).or_default() += 1;
    }
    let mut counts: Vec<PhraseCount> =
        counts.into_iter().map(|(phrase, clips)| PhraseCount { phrase: phrase.to_owned(), clips }).collect();
    // Stable, so phrases that are equally frequent stay in alphabetical order.
    counts.sort_by_key(|count| Reverse(count.clips));
    counts
}

fn in_split(clips: &[ClipRow], split: Split) -> SplitCount {
    let inside = || clips.iter().filter(|clip| clip.split == split.as_str());
    SplitCount { split, clips: inside().count(), speakers: distinct(inside().map(|clip| clip.speaker.as_str())) }
}

fn distinct<'a>(values: impl Iterator<Item = &'a str>) -> usize {
    values.collect::<BTreeSet<_>>().len()
}
