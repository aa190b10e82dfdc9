//! A skewed crowd with quotas and without: what is missing in the cells that were wanted.

use crate::{
    helpers::{Scene, TestApp, chance::Chance, crowd::Member},
    on_both_pairs,
};
use serde_json::json;
use std::collections::BTreeMap;

/// Men, women, and people who do not say, in a hundred: the clips of English Common Voice 25.
const CROWD: [(Option<&str>, usize); 3] = [(Some("male_masculine"), 43), (Some("female_feminine"), 18), (None, 39)];
const PHRASES: [&str; 2] = ["Alexa", "Computer"];
/// Recordings wanted of each phrase, and of those by each of the two genders that say so.
const PLACES: usize = 60;
const TARGET: i64 = 27;
/// Recordings wanted in the target cells together.
const WANTED: i64 = 4 * TARGET;
/// Recordings that somebody makes in one visit, and at most.
const VISIT: usize = 3;
const MOST: usize = 12;

/// What came of it: recordings by phrase and gender, and visits until all places were taken.
struct Outcome {
    recorded: BTreeMap<(String, Option<&'static str>), i64>,
    visits: usize,
}

impl Outcome {
    fn tasks(&self) -> usize {
        self.recorded.values().sum::<i64>().try_into().unwrap()
    }

    /// Recordings missing in the cells that were wanted.
    fn shortfall(&self) -> i64 {
        let cells =
            PHRASES.iter().flat_map(|phrase| CROWD.iter().filter_map(move |(gender, _)| gender.map(|g| (*phrase, g))));
        let missing = cells.map(|(phrase, gender)| {
            (TARGET - self.recorded.get(&(phrase.to_owned(), Some(gender))).copied().unwrap_or_default()).max(0)
        });
        missing.sum()
    }
}

/// A hundred people come by chance, again and again, until every place is taken.
async fn collect(app: &TestApp, seed: u64, quotas: bool) -> Outcome {
    let admin = app.admin().await;
    let prompts: Vec<&str> = PHRASES.iter().flat_map(|phrase| [*phrase; PLACES]).collect();
    let scene = Scene::set_with(&admin, &prompts, json!({ "max_per_person": MOST }), json!({})).await;
    if quotas {
        let cells = PHRASES.iter().flat_map(|phrase| {
            let genders = CROWD.iter().filter_map(|(gender, _)| *gender);
            genders.map(
                move |gender| json!({ "phrase": phrase, "dimension": "gender", "value": gender, "target": TARGET }),
            )
        });
        let cells: Vec<_> = cells.collect();
        admin.put(&format!("/api/v1/batches/{}/quotas", scene.record), json!({ "cells": cells })).await.expect(204);
    }
    let mut members = Vec::new();
    for (gender, count) in CROWD {
        for _ in 0..count {
            members.push(Member::joins(app, &scene, gender).await);
        }
    }
    let mut chance = Chance(seed);
    let mut outcome = Outcome { recorded: BTreeMap::new(), visits: 0 };
    while outcome.tasks() < 2 * PLACES {
        let member = &members[usize::try_from(chance.below(members.len() as u64)).unwrap()];
        outcome.visits += 1;
        assert!(outcome.visits < 20_000, "the places are never all taken");
        for _ in 0..VISIT {
            let Ok(task) = member.asks().await else { break };
            member.submits(&task).await;
            *outcome.recorded.entry((task.phrase, member.gender)).or_default() += 1;
        }
    }
    outcome
}

on_both_pairs! {
    /// PEERS' aim 8: the shortfall of the target cells is halved, with as many tasks.
    async fn quotas_halve_what_a_skewed_crowd_leaves_missing_with_as_many_recordings(app: TestApp) {
        let other = TestApp::spawn(app.backend.pair).await;
        let off = collect(&app, 25, false).await;
        let on = collect(&other, 25, true).await;
        for (name, outcome) in [("off", &off), ("on", &on)] {
            let (tasks, missing, visits) = (outcome.tasks(), outcome.shortfall(), outcome.visits);
            println!("quotas {name}: {tasks} recordings, {missing} of {WANTED} missing in the target cells, {visits} visits");
        }
        assert_eq!(on.tasks(), off.tasks());
        assert!(off.shortfall() > 20, "the crowd is not skewed: {} missing", off.shortfall());
        assert!(2 * on.shortfall() <= off.shortfall(), "{} against {}", on.shortfall(), off.shortfall());
    }
}
