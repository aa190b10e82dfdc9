//! Words of transcripts, compared: normal form, edit distance, word network.

/// The words of a text in normal form: lower case, letters, digits and apostrophes only.
///
/// The form in which word error rates of read speech are usually counted: case and punctuation
/// are how somebody writes, not what somebody heard.
pub fn normal_words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase().replace(['’', '`', '‘'], "'");
    let kept = |c: char| c.is_alphanumeric() || c == '\'';
    let words = lower.split(|c: char| !kept(c)).map(|word| word.trim_matches('\''));
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Levenshtein's distance: the fewest insertions, deletions and substitutions between sequences.
pub fn edit_distance<T: PartialEq>(one: &[T], other: &[T]) -> usize {
    let start = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (one, other) = (&one[start..], &other[start..]);
    let end = one.iter().rev().zip(other.iter().rev()).take_while(|(a, b)| a == b).count();
    let (one, other) = (&one[..one.len() - end], &other[..other.len() - end]);
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let substituted = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[other.len()]
}

/// Word error rate in edits per word of the truth; every inserted word is an error where the
/// truth is silent.
pub fn word_error_rate(truth: &str, transcript: &str) -> f64 {
    let (truth, transcript) = (normal_words(truth), normal_words(transcript));
    edit_distance(&truth, &transcript) as f64 / truth.len().max(1) as f64
}

/// Stands for silence in a [`Slot`]: after every word, so that a word wins a tie.
pub(crate) const SILENCE: u32 = u32::MAX;

/// One place of a word network: what was heard there, in ascending order, by whom in weight.
pub(crate) type Slot = Vec<(u32, f64)>;

/// The word transition network of ROVER: J. Fiscus, *A Post-Processing System to Yield Reduced
/// Word Error Rates* (ASRU 1997), §2.1.
#[derive(Debug, Default)]
pub(crate) struct Network {
    pub(crate) slots: Vec<Slot>,
    weight: f64,
}

/// How a step of an alignment came about.
#[derive(Clone, Copy)]
enum Step {
    /// The word goes into the slot.
    Match,
    /// The slot is silent in this transcript.
    Skip,
    /// The word opens a slot of its own.
    Insert,
}

impl Network {
    /// Aligns `words` with the network and adds them with their giver's weight.
    pub(crate) fn add(&mut self, words: &[u32], weight: f64) {
        let steps = self.align(words);
        let mut slots = Vec::with_capacity(steps.len());
        let mut old = std::mem::take(&mut self.slots).into_iter();
        let mut next_word = words.iter();
        for step in steps {
            let mut slot = match step {
                Step::Match | Step::Skip => old.next().unwrap_or_default(),
                Step::Insert if self.weight > 0.0 => vec![(SILENCE, self.weight)],
                Step::Insert => Slot::new(),
            };
            let heard = match step {
                Step::Match | Step::Insert => next_word.next().copied().unwrap_or(SILENCE),
                Step::Skip => SILENCE,
            };
            match slot.binary_search_by_key(&heard, |entry| entry.0) {
                Ok(place) => slot[place].1 += weight,
                Err(place) => slot.insert(place, (heard, weight)),
            }
            slots.push(slot);
        }
        self.slots = slots;
        self.weight += weight;
    }

    /// The cheapest alignment. A word costs the weight share of those who heard something else
    /// in the slot; a skipped slot the share of those who heard anything; a new slot costs 1.
    fn align(&self, words: &[u32]) -> Vec<Step> {
        let (rows, columns) = (self.slots.len() + 1, words.len() + 1);
        let total = self.weight.max(f64::MIN_POSITIVE);
        let share =
            |slot: &Slot, heard: u32| slot.iter().find(|entry| entry.0 == heard).map_or(0.0, |entry| entry.1 / total);
        let mut costs = vec![0.0; rows * columns];
        let mut steps = vec![Step::Insert; rows * columns];
        (1..columns).for_each(|column| costs[column] = column as f64);
        for (row, slot) in (1..rows).zip(&self.slots) {
            let skip = 1.0 - share(slot, SILENCE);
            costs[row * columns] = costs[(row - 1) * columns] + skip;
            steps[row * columns] = Step::Skip;
            for (column, &word) in (1..columns).zip(words) {
                let place = row * columns + column;
                let mut best = (costs[place - columns - 1] + 1.0 - share(slot, word), Step::Match);
                for other in [(costs[place - columns] + skip, Step::Skip), (costs[place - 1] + 1.0, Step::Insert)] {
                    if other.0 < best.0 {
                        best = other;
                    }
                }
                (costs[place], steps[place]) = best;
            }
        }
        let mut way = Vec::with_capacity(rows + columns);
        let (mut row, mut column) = (rows - 1, columns - 1);
        while row > 0 || column > 0 {
            let step = steps[row * columns + column];
            match step {
                Step::Match => (row, column) = (row - 1, column - 1),
                Step::Skip => row -= 1,
                Step::Insert => column -= 1,
            }
            way.push(step);
        }
        way.reverse();
        way
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_form_keeps_words_and_apostrophes_only() {
        assert_eq!(normal_words(" Don’t—stop, 'Mr. Holmes'! "), ["don't", "stop", "mr", "holmes"]);
        assert!(normal_words("… !").is_empty());
    }

    #[test]
    fn distance_counts_the_fewest_edits() {
        assert_eq!(edit_distance(b"kitten", b"sitting"), 3);
        assert_eq!(edit_distance::<u8>(b"", b"abc"), 3);
        assert!((word_error_rate("the cat sat", "The cat sat down.") - 1.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn the_network_lines_up_what_was_heard() {
        let mut network = Network::default();
        network.add(&[1, 2, 3], 1.0);
        network.add(&[1, 3], 1.0);
        network.add(&[1, 2, 9, 3], 1.0);
        let heard: Vec<Vec<u32>> =
            network.slots.iter().map(|slot| slot.iter().map(|entry| entry.0).collect()).collect();
        assert_eq!(heard, [vec![1], vec![2, SILENCE], vec![9, SILENCE], vec![3]]);
    }
}
