//! Pictures of a take: the waveform's envelope and the heat map of its features.

use crate::frame::finite;
use crate::mel::Features;

/// The smallest and largest sample of each of `columns` equal parts, for drawing a waveform.
/// Always `columns` pairs; a column without samples repeats the sample at its place, and without
/// any samples all are (0, 0).
pub fn envelope(samples: &[f32], columns: usize) -> Vec<(f32, f32)> {
    let edge = |column: usize| {
        // 128 bits: the product of two lengths may not fit into the browser's 32.
        (column as u128 * samples.len() as u128 / columns.max(1) as u128) as usize
    };
    (0..columns)
        .map(|column| {
            let start = edge(column);
            let end = edge(column + 1).max(start + 1).min(samples.len());
            let part = samples.get(start..end).unwrap_or_default();
            let mut values = part.iter().map(|x| finite(*x));
            let first = values.next().unwrap_or(0.0);
            values.fold((first, first), |(low, high), x| (low.min(x), high.max(x)))
        })
        .collect()
}

/// One byte for each feature value, in the same order (`rows × frames`, row-major): 0 for the
/// smallest, 255 for the largest. All 0 where every value is the same.
pub fn heat(features: &Features) -> Vec<u8> {
    let low = features.values.iter().map(|x| finite(*x)).fold(f32::INFINITY, f32::min);
    let high = features.values.iter().map(|x| finite(*x)).fold(f32::NEG_INFINITY, f32::max);
    let range = high - low;
    let scale = if range > 0.0 && range.is_finite() { 255.0 / range } else { 0.0 };
    features.values.iter().map(|x| ((finite(*x) - low) * scale).round() as u8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_envelope_covers_every_sample_once() {
        let samples = [0.1, -0.4, 0.3, 0.2, f32::NAN, 0.9];
        assert_eq!(envelope(&samples, 3), [(-0.4, 0.1), (0.2, 0.3), (0.0, 0.9)]);
        assert_eq!(envelope(&[], 2), [(0.0, 0.0); 2]);
        assert_eq!(envelope(&[0.5], 3), [(0.5, 0.5); 3]);
        assert!(envelope(&samples, 0).is_empty());
    }

    #[test]
    fn heat_spans_the_whole_byte() {
        let features = Features { spec: "logmel-v1".into(), rows: 1, frames: 3, values: vec![-60.0, 20.0, -20.0] };
        assert_eq!(heat(&features), [0, 255, 128]);
    }
}
