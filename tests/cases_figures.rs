//! How many of the dishonest each detector finds, and how many of the honest it accuses: measured
//! on seeded crowds. `cargo test … cases_figures -- --nocapture` prints the figures.

use std::collections::BTreeMap;

use audio::{
    fingerprint::fingerprint,
    resample::to_16k,
    synth::{self, Voice},
};
use sayso::{
    batches::ItemId,
    cases::{
        Everybody, Said,
        rules::{
            Answered, Known, Tasks, bin_of, copying, hoarding, pace_of, partners, shared_sound, straight_lining,
            too_fast,
        },
    },
    media::{ClipId, Print},
    simulate::{
        crowd::{Actor, Character, Given, Habit, Mix, Question, crowd},
        dice::Dice,
    },
};

/// What one person said to each of these questions.
fn judged(actor: &mut Actor, questions: &[Question], asked: &[usize], ring: u64) -> Vec<(usize, Given)> {
    asked.iter().map(|n| (*n, actor.judge(&questions[*n], ring))).collect()
}

/// `count` of the numbers below `limit`, in some order.
fn drawn(dice: &mut Dice, count: usize, limit: usize) -> Vec<usize> {
    let mut all: Vec<usize> = (0..limit).collect();
    for at in 0..count {
        all.swap(at, at + dice.below(limit - at));
    }
    all.truncate(count);
    all
}

/// Who of a crowd is accused of copying, when each has answered `met` of `known` recordings whose
/// answer is known.
fn accused_of_copying(actors: &mut [Actor], met: usize, known: usize, dice: &mut Dice) -> Vec<bool> {
    let questions: Vec<Question> = (0..known).map(|_| Question::draw(dice, 0.7, 0.6, 1_200)).collect();
    let ring = dice.bits();
    let mut about: Vec<BTreeMap<String, bool>> = vec![BTreeMap::new(); known];
    let mut rates = Vec::new();
    for (n, actor) in actors.iter_mut().enumerate() {
        let asked = drawn(dice, met, known);
        let said = judged(actor, &questions, &asked, ring);
        let missed = said.iter().filter(|(q, given)| given.yes != questions[*q].truth).count();
        rates.push((missed as f64 + 1.0) / (met as f64 + 5.0));
        for (q, given) in said {
            about[q].insert(n.to_string(), given.yes != questions[q].truth);
        }
    }
    let people = i64::try_from(actors.len()).unwrap();
    let accused = |n: usize| {
        let own = n.to_string();
        let wrong: Vec<Answered> = about
            .iter()
            .enumerate()
            .filter(|(_, said)| said.get(&own) == Some(&true))
            .map(|(q, said)| {
                let others = said.iter().filter(|(person, _)| **person != own).map(|(p, w)| (p.clone(), *w)).collect();
                Answered { item: q.to_string(), others }
            })
            .collect();
        let errs = partners(&wrong).into_iter().map(|p| (p.clone(), rates[p.parse::<usize>().unwrap()])).collect();
        copying(&wrong, &errs, people).is_some()
    };
    (0..actors.len()).map(accused).collect()
}

#[test]
fn of_ten_colluders_in_two_hundred_nine_are_raised_and_hardly_anybody_honest() {
    for (met, known) in [(40, 100), (60, 100), (60, 60)] {
        let (mut found, mut least, mut accused) = (0, 10, 0);
        for seed in 1..=6 {
            let mut dice = Dice(seed);
            let mut actors = crowd(Mix { people: 200, colluders: 10, ..Mix::default() }, 0.9, 0.6, 0.0, &mut dice);
            let raised = accused_of_copying(&mut actors, met, known, &mut dice);
            let of = |kind: Character| actors.iter().zip(&raised).filter(|(a, r)| a.character == kind && **r).count();
            (found, least) = (found + of(Character::Colluder), least.min(of(Character::Colluder)));
            accused += of(Character::Honest);
        }
        println!(
            "copying, each met {met} of {known}: {found} of 60 colluders raised, at least {least} of 10; {accused} of 1,140 honest"
        );
        if met == 60 {
            assert!(least >= 9, "{least} of 10");
        }
        assert!(accused <= 11, "{accused} of 1,140");
    }
}

/// What the room keeps of answers; those before half of the clip has played are unheard.
fn kept(answers: &[(usize, Given)], questions: &[Question]) -> Vec<Said> {
    let said = |(q, given): &(usize, Given)| Said {
        id: String::new(),
        item: ItemId(uuid::Uuid::nil()),
        yes: Some(given.yes),
        pace_ms: given.duration_ms,
        unheard: given.duration_ms < i64::from(questions[*q].length_ms / 2),
    };
    answers.iter().map(said).collect()
}

#[test]
fn spammers_are_too_fast_and_in_a_pattern_and_honest_people_are_neither() {
    // (accused, people) by character, of being too fast and of a pattern.
    let mut figures: BTreeMap<Character, [usize; 3]> = BTreeMap::new();
    for seed in 1..=4 {
        let mut dice = Dice(seed);
        // Truth in stretches, as the takes of one speaker are alike: the hardest case for a pattern.
        let questions: Vec<Question> = (0..150)
            .map(|n: u64| Question { truth: !(n / 15).is_multiple_of(3), ..Question::draw(&mut dice, 0.7, 0.6, 1_200) })
            .collect();
        let mut actors = crowd(Mix { people: 250, spammers: 50, ..Mix::default() }, 0.9, 0.6, 0.0, &mut dice);
        let all: Vec<usize> = (0..150).collect();
        let answers: Vec<Vec<(usize, Given)>> =
            actors.iter_mut().map(|actor| judged(actor, &questions, &all, 0)).collect();
        let mut bins: BTreeMap<i64, i64> = BTreeMap::new();
        for (_, given) in answers.iter().flatten() {
            *bins.entry(bin_of(given.duration_ms)).or_default() += 1;
        }
        let pace = pace_of(&bins.into_iter().collect::<Vec<_>>());
        for (actor, answers) in actors.iter().zip(&answers) {
            let said = kept(answers, &questions);
            let truth = |(q, given): &(usize, Given)| Known {
                id: String::new(),
                item: q.to_string(),
                yes: given.yes,
                truth: questions[*q].truth,
            };
            let known: Vec<Known> = answers.iter().map(truth).collect();
            let counts = figures.entry(actor.character).or_default();
            counts[0] += 1;
            counts[1] += usize::from(too_fast(&said, pace).is_some());
            counts[2] += usize::from(straight_lining(&said, &known).is_some());
        }
    }
    for (character, [people, fast, pattern]) in &figures {
        println!("{character:?}: of {people} people {fast} too fast, {pattern} in a pattern");
        match character {
            Character::Honest => assert!(fast * 100 <= *people && pattern * 100 <= *people),
            Character::Spammer(habit) => {
                assert!(fast * 100 >= people * 95);
                assert!(*habit == Habit::AtRandom || pattern * 100 >= people * 95);
            }
            _ => unreachable!("only honest people and spammers take part"),
        }
    }
}

#[test]
fn hoarders_are_found_and_people_who_skip_now_and_then_are_not() {
    let mut dice = Dice(5);
    let mut own = Vec::new();
    for n in 0..1_000 {
        let returns = if n < 20 { 0.9 } else { 0.08 * dice.roll() * 2.0 };
        let returned = (0..60).filter(|_| dice.chance(returns)).count();
        let returned = i64::try_from(returned).unwrap();
        own.push(Tasks { answers: 60 - returned, expired: returned / 2, skipped: returned - returned / 2 });
    }
    let answers = own.iter().map(|tasks| tasks.answers).sum();
    let returned = own.iter().map(|tasks| tasks.expired + tasks.skipped).sum();
    let everybody = Everybody { people: 1_000, answers, returned };
    let found: Vec<bool> = own.iter().map(|tasks| hoarding(*tasks, everybody).is_some()).collect();
    let count = |range: std::ops::Range<usize>| found[range].iter().filter(|found| **found).count();
    println!("hoarding: {} of 20 hoarders, {} of 980 others", count(0..20), count(20..1_000));
    assert_eq!((count(0..20), count(20..1_000)), (20, 0));
}

fn print(samples: &[f32]) -> Print {
    let clip_id: ClipId = ClipId(uuid::Uuid::now_v7());
    let own = clip_id.to_string();
    Print { clip_id, sha256: own.clone(), pcm_sha256: own, fingerprint: fingerprint(samples).to_string() }
}

#[test]
fn a_copied_recording_is_found_and_strangers_with_like_voices_are_not() {
    let mut dice = Dice(8);
    let take = |dice: &mut Dice, seed: u64| {
        let voice = Voice::new(100.0 + 160.0 * dice.roll(), 1.0 + 0.28 * dice.roll(), 0.9 + 0.3 * dice.roll());
        let speech = synth::speech(seed, "Computer", &voice, 16_000);
        synth::scene(&speech, 350, 350, -60.0, seed, 16_000)
    };
    let takes: Vec<Vec<f32>> = (0..120).map(|seed| take(&mut dice, seed)).collect();
    let prints: Vec<Print> = takes.iter().map(|take| print(take)).collect();
    let (mut strangers, mut copies) = (0, 0);
    for (n, own) in prints.iter().enumerate() {
        let mut others = prints.clone();
        others.remove(n);
        strangers += usize::from(shared_sound(own, &others).is_some());
        // Cut later, quieter, in another noise.
        let late: Vec<f32> = takes[n].iter().skip(700).map(|sample| sample * 0.6).collect();
        let copy = print(&to_16k(&synth::scene(&late, 0, 0, -55.0, n as u64 + 999, 16_000), 16_000));
        let found = shared_sound(&copy, &prints);
        copies += usize::from(found.is_some_and(|(at, _)| at == n));
    }
    println!(
        "several accounts: {copies} of 120 copies traced, {strangers} of 120 strangers accused (119 comparisons each)"
    );
    assert!(copies >= 96 && strangers == 0, "{copies} {strangers}");
}
