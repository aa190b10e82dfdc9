//! Numbers, spans, boxes, masks and transcripts: better than any one person's, and never a panic.

mod support;

use consensus::structured::boxes::{self, Box2};
use consensus::structured::masks::{dice, staple};
use consensus::structured::numbers::{Figure, estimate, weighted_median};
use consensus::structured::regions::Mark;
use consensus::structured::spans::{self, Span};
use consensus::structured::transcripts::{Combination, Transcript, transcribe};
use consensus::structured::words::word_error_rate;
use support::Chance;

#[test]
fn the_weighted_median_is_where_half_the_weight_is() {
    assert_eq!(weighted_median(&[(3.0, 1.0), (1.0, 1.0), (2.0, 1.0)]), Some(2.0));
    assert_eq!(weighted_median(&[(1.0, 1.0), (2.0, 1.0)]), Some(1.5));
    assert_eq!(weighted_median(&[(1.0, 5.0), (2.0, 1.0), (3.0, 1.0)]), Some(1.0));
    assert_eq!(weighted_median(&[(f64::NAN, 1.0), (1.0, 0.0), (2.0, -1.0)]), None);
}

#[test]
fn one_wild_number_hardly_moves_the_estimate() {
    let mut chance = Chance::new(1);
    let mut figures = Vec::new();
    for item in 0..200 {
        for worker in 0..5 {
            let noise = if worker == 4 { 40.0 } else { 1.0 };
            figures.push(Figure { item, worker, value: 100.0 + item as f64 + noise * chance.normal() });
        }
    }
    let result = estimate(&figures);
    let error =
        (0..200).map(|item| (result.items[item].unwrap().value - 100.0 - item as f64).abs()).sum::<f64>() / 200.0;
    assert!(error < 0.8, "{error}");
    assert!(result.deviations[4] > 2.0 * result.deviations[0]);
    assert!(result.alpha.unwrap() > 0.5);
    chance.shuffle(&mut figures);
    assert_eq!(estimate(&figures), result);
    let odd = [Figure { item: 1, worker: 0, value: f64::INFINITY }, Figure { item: 2, worker: 0, value: 7.0 }];
    let few = estimate(&odd);
    assert!(few.items[0].is_none() && few.items[1].is_none());
    assert_eq!(few.items[2].map(|estimate| estimate.value), Some(7.0));
    assert!(estimate(&[]).items.is_empty());
}

fn span(worker: usize, start_ms: f64, end_ms: f64) -> Mark<Span> {
    Mark { worker, region: Span { start_ms, end_ms } }
}

#[test]
fn spans_that_overlap_are_one_and_a_stray_one_is_doubted() {
    let lookers = [(0, 1.0), (1, 1.0), (2, 1.0), (3, 1.0)];
    let mut marks = vec![
        span(0, 100.0, 900.0),
        span(1, 110.0, 905.0),
        span(2, 890.0, 105.0),
        span(3, 2000.0, 2100.0),
        span(0, 1500.0, 1800.0),
        span(2, 1510.0, 1790.0),
    ];
    let found = spans::combine(&marks, &lookers);
    assert_eq!(found.len(), 3);
    assert_eq!((found[0].span.start_ms, found[0].span.end_ms, found[0].workers), (105.0, 900.0, 3));
    assert!(found[0].confidence > 0.6 && found[0].agreement > 0.95);
    assert!(found[2].confidence < 0.5 && found[2].workers == 1);
    marks.reverse();
    assert_eq!(spans::combine(&marks, &lookers), found);
    assert!(spans::combine(&[span(0, f64::NAN, 1.0)], &lookers).is_empty());
    assert!(spans::combine(&[], &[]).is_empty());
    assert_eq!(spans::combine(&[span(0, 5.0, 5.0), span(1, 5.0, 5.0)], &lookers).len(), 1);
}

#[test]
fn boxes_are_averaged_by_weight_whichever_corners_were_given() {
    let mark = |worker, from, to| Mark { worker, region: Box2 { from, to } };
    let marks =
        [mark(0, (0.0, 0.0), (10.0, 10.0)), mark(1, (12.0, 10.0), (0.0, 0.0)), mark(2, (50.0, 50.0), (60.0, 60.0))];
    let found = boxes::combine(&marks, &[(0, 3.0), (1, 1.0), (2, 1.0)]);
    assert_eq!(found.len(), 2);
    assert_eq!((found[0].region.from, found[0].region.to), ((0.0, 0.0), (10.5, 10.0)));
    assert!(found[0].confidence > found[1].confidence && found[1].confidence < 0.5);
}

#[test]
fn the_mask_of_many_is_nearer_to_the_truth_than_any_of_them() {
    let mut chance = Chance::new(2);
    let truth: Vec<bool> = (0..2_000).map(|pixel| (400..1_100).contains(&pixel)).collect();
    let masks: Vec<Vec<bool>> = [0.1, 0.12, 0.15, 0.2, 0.45]
        .iter()
        .map(|noise| truth.iter().map(|&pixel| pixel != (chance.unit() < *noise)).collect())
        .collect();
    let views: Vec<&[bool]> = masks.iter().map(Vec::as_slice).collect();
    let result = staple(&views).unwrap();
    let best = views.iter().map(|mask| dice(mask, &truth)).fold(0.0, f64::max);
    assert!(dice(&result.pixels, &truth) > best, "{} against {best}", dice(&result.pixels, &truth));
    assert!(result.workers[0].0 > result.workers[4].0);
    assert!(result.probabilities.iter().all(|p| *p > 0.0 && *p < 1.0));
    assert!(staple(&[]).is_none());
    assert!(staple(&[&[][..]]).unwrap().pixels.is_empty());
}

#[test]
fn words_heard_by_most_and_best_make_the_transcript() {
    let vocabulary: Vec<String> = (0..200).map(|number| format!("word{number}")).collect();
    let mut chance = Chance::new(3);
    let truth: Vec<Vec<usize>> = (0..150).map(|_| (0..12).map(|_| chance.below(200)).collect()).collect();
    let mut written = Vec::new();
    for (item, words) in truth.iter().enumerate() {
        for (worker, noise) in [0.08, 0.1, 0.12, 0.2, 0.5].into_iter().enumerate() {
            let mut text = Vec::new();
            for &word in words {
                let lot = chance.unit();
                if lot >= noise / 3.0 {
                    text.push(if lot < noise { chance.below(200) } else { word });
                }
            }
            written.push((
                item,
                worker,
                text.iter().map(|&word| vocabulary[word].as_str()).collect::<Vec<_>>().join(" "),
            ));
        }
    }
    let texts: Vec<String> = truth
        .iter()
        .map(|words| words.iter().map(|&word| vocabulary[word].as_str()).collect::<Vec<_>>().join(" "))
        .collect();
    let mut transcripts: Vec<Transcript<'_>> =
        written.iter().map(|(item, worker, text)| Transcript { item: *item, worker: *worker, text }).collect();
    let result = transcribe(&transcripts, Combination::Rover);
    let rate = |of: &dyn Fn(usize) -> String| {
        (0..150).map(|item| word_error_rate(&texts[item], &of(item))).sum::<f64>() / 150.0
    };
    let combined = rate(&|item| result.items[item].text.clone());
    let best = rate(&|item| written[item * 5].2.clone());
    assert!(combined < best, "{combined} against the best person's {best}");
    assert!(result.error_rates[0] < result.error_rates[4]);
    assert!(result.items.iter().all(|item| item.confidence > 0.0 && item.confidence < 1.0));
    chance.shuffle(&mut transcripts);
    assert_eq!(transcribe(&transcripts, Combination::Rover), result);
    let medoids = transcribe(&transcripts, Combination::Medoid);
    assert!(
        (0..150)
            .all(|item| written[item * 5..item * 5 + 5].iter().any(|(_, _, text)| *text == medoids.items[item].text))
    );
}

#[test]
fn silence_and_nothing_are_transcripts_too() {
    let one = |item, worker, text| Transcript { item, worker, text };
    let result = transcribe(&[one(2, 0, ""), one(2, 1, "?!"), one(0, 1, "Hey, Sayso!")], Combination::Rover);
    assert_eq!(result.items.len(), 3);
    assert_eq!(
        (result.items[0].text.as_str(), result.items[1].text.as_str(), result.items[2].text.as_str()),
        ("hey sayso", "", "")
    );
    assert!(transcribe(&[], Combination::Medoid).items.is_empty());
}
