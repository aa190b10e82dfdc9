//! What a fit, an update and a transcription cost: `cargo bench -p consensus`.

#[path = "../tests/support/mod.rs"]
mod support;

use consensus::structured::transcripts::{Combination, Transcript, transcribe};
use consensus::{Consensus, Dataset, Method, Online, methods::dawid_skene::DawidSkene};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use support::{Chance, Recipe};

/// As many answers as `items` × 5, by 2,000 workers, of 4 classes.
fn crowd(items: usize) -> Dataset {
    let recipe = Recipe { items, workers: 2_000, classes: 4, redundancy: 5, ..Recipe::default() };
    recipe.make(20_240_607).dataset().expect("few labels")
}

fn fits(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("fit");
    group.sample_size(10);
    let large = crowd(100_000);
    let mut model = DawidSkene::MAXIMUM_LIKELIHOOD;
    model.limits.iterations = 23;
    model.limits.tolerance = 0.0;
    group.bench_function("Dawid–Skene, 500,000 answers, 23 iterations", |b| {
        b.iter(|| model.fit(black_box(&large.crowd)))
    });
    let small = crowd(2_000);
    for method in Method::ALL {
        let name = format!("{method}, 10,000 answers");
        group.bench_function(name, |b| b.iter(|| Consensus::new(black_box(&small.crowd), method)));
    }
    group.finish();
}

fn updates(criterion: &mut Criterion) {
    let recipe = Recipe { items: 2_000, workers: 300, classes: 2, redundancy: 8, ..Recipe::default() };
    let mut answers = recipe.make(1).answers;
    Chance::new(1).shuffle(&mut answers);
    let later = answers.split_off(answers.len() - 1_000);
    let mut online = Online::new(2);
    for [item, worker, class] in answers {
        online.answer(item, worker, class);
    }
    criterion.bench_function("1,000 online updates", |b| {
        b.iter_batched(
            || online.clone(),
            |mut online| {
                for &[item, worker, class] in &later {
                    black_box(online.answer(item, worker, class));
                }
                online
            },
            BatchSize::LargeInput,
        );
    });
}

fn transcripts(criterion: &mut Criterion) {
    let mut chance = Chance::new(2);
    let mut texts = Vec::new();
    for item in 0..500 {
        let words: Vec<usize> = (0..20).map(|_| chance.below(3_000)).collect();
        for worker in 0..7 {
            let heard: Vec<String> = words
                .iter()
                .filter_map(|word| {
                    let lot = chance.unit();
                    (lot > 0.02).then(|| format!("w{}", if lot < 0.1 { chance.below(3_000) } else { *word }))
                })
                .collect();
            texts.push((item, worker, heard.join(" ")));
        }
    }
    let given: Vec<Transcript<'_>> =
        texts.iter().map(|(item, worker, text)| Transcript { item: *item, worker: *worker, text }).collect();
    criterion.bench_function("ROVER, 500 items of 7 transcripts", |b| {
        b.iter(|| transcribe(black_box(&given), Combination::Rover));
    });
}

criterion_group!(benches, fits, updates, transcripts);
criterion_main!(benches);
