//! Exposure where much happens at once, in the rooms themselves: many people who change their minds, and many
//! clients of one person while the clock is moved.

use crate::exposure::agree;
use crate::helpers::{Scene, TestApp, chance::Chance, crowd::Member};
use crate::on_both_pairs;
use futures_util::future::join_all;
use sayso::exposure;
use sayso::platform::ids::PersonId;
use sayso::tasks;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use wire::{Category, NextTask};

const SECOND_US: i64 = 1_000_000;
const DAY_US: i64 = 86_400 * SECOND_US;
/// People who ask at once.
const PEOPLE: u64 = 20;

/// Somebody who agrees and withdraws as chance will have it, and what they agree to by a plain list.
struct Fickle {
    member: Member,
    dice: Chance,
    until_us: BTreeMap<Category, i64>,
    calm_us: i64,
    given: BTreeSet<String>,
    strong: usize,
}

impl Fickle {
    async fn joins(app: &TestApp, scene: &Scene, seed: u64) -> Self {
        let member = Member::joins(app, scene, None).await;
        exposure::set_zone(app.site(), member.id, "UTC").await.unwrap();
        let (until_us, given) = (BTreeMap::new(), BTreeSet::new());
        Self { member, dice: Chance(seed), until_us, calm_us: 0, given, strong: 0 }
    }

    /// Does one thing at this moment.
    async fn acts(&mut self, app: &TestApp) {
        let (site, now_us) = (app.site(), app.site().now_us());
        let category = Category::ALL[self.dice.below(6) as usize];
        match self.dice.below(12) {
            0 | 1 => {
                let agreed = exposure::agree(site, self.member.id, category, true).await;
                assert_eq!(agreed.is_err(), now_us < self.calm_us, "{agreed:?}");
                if agreed.is_ok() {
                    self.until_us.insert(category, now_us + 30 * DAY_US);
                }
            }
            2 => {
                exposure::withdraw(site, self.member.id, category).await.unwrap();
                self.until_us.remove(&category);
            }
            3 if self.dice.below(200) == 0 => {
                let mut tx = site.db.begin().await.unwrap();
                exposure::distress(&mut tx, self.member.id, now_us).await.unwrap();
                tx.commit().await.unwrap();
                self.until_us.clear();
                self.calm_us = now_us + DAY_US;
            }
            _ => self.asks(now_us).await,
        }
    }

    async fn asks(&mut self, now_us: i64) {
        let Ok(task) = self.member.asks().await else { return };
        assert!(task.sensitivity == 0 || now_us >= self.calm_us, "left in peace, and given {task:?}");
        assert!(task.sensitivity <= 2, "{task:?}");
        if task.sensitivity == 2 {
            let live = |category: &Category| self.until_us.get(category).is_some_and(|until_us| *until_us > now_us);
            assert!(!task.categories.is_empty() && task.categories.iter().all(live), "{task:?}, {:?}", self.until_us);
        }
        if self.given.insert(task.id.clone()) && task.sensitivity == 2 {
            self.strong += 1;
        }
        if self.dice.below(4) > 0 {
            self.member.skips(&task).await;
        }
    }
}

on_both_pairs! {
    /// `SAYSO_STEPS` asks for another number of tasks, `SAYSO_SEED` for another course of things.
    async fn whatever_happens_nothing_distressing_comes_without_a_live_opt_in(app: TestApp) {
        let number = |name: &str, usual: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
        let (wanted, seed) = (number("SAYSO_STEPS", 400), number("SAYSO_SEED", 7));
        println!("seed {seed}, {wanted} tasks");
        let mut dice = Chance(seed);
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &[]).await;
        let mut rows = String::from("phrase,sensitivity,categories\n");
        for _ in 0..wanted * 2 / PEOPLE + 200 {
            let mut about = || Category::ALL[dice.below(6) as usize].as_str();
            let categories = format!("{};{}", about(), about());
            rows += &format!("Alexa,{},{categories}\n", dice.below(4));
        }
        admin.post_file(&format!("/api/v1/batches/{}/prompts", scene.record), "text/csv", rows).await.expect(201);
        let mut people = Vec::new();
        for n in 0..PEOPLE {
            people.push(Fickle::joins(&app, &scene, seed ^ (n << 32)).await);
        }
        let given = |people: &[Fickle]| people.iter().map(|one| one.given.len() as u64).sum::<u64>();
        while given(&people) < wanted {
            join_all(people.iter_mut().map(|one| one.acts(&app))).await;
            app.clock.advance_us(dice.below(1_200) as i64 * SECOND_US);
        }
        let strong: usize = people.iter().map(|one| one.strong).sum();
        println!("{} tasks were given, {strong} of them distressing", given(&people));
        assert!(strong as u64 > wanted / 100, "only {strong} of {wanted} tasks were distressing");
    }

    async fn sixty_four_clients_of_one_person_gain_no_minute_from_a_clock_that_is_moved(app: TestApp) {
        let admin = app.admin().await;
        let record = json!({ "sensitivity": 2, "categories": ["screams"] });
        let scene = Scene::set_with(&admin, &["Alexa"; 40], record, json!({})).await;
        let ann = scene.speaker(&app, "Ann").await;
        agree(&ann, &["screams"]).await;
        ann.put("/api/v1/exposure/limits", json!({ "strong_day_min": 4 })).await.expect(204);
        let person: PersonId = ann.id.parse().unwrap();
        let wish = NextTask { batch: Some(scene.record.clone()), ..NextTask::default() };
        // All ask at once; the clock goes back a day and comes again while they do, when it is told to.
        let ask = async |moves: usize| {
            let asked: Vec<_> = (0..64)
                .map(|_| {
                    let (site, wish) = (app.site().clone(), wish.clone());
                    tokio::spawn(async move { tasks::next(&site, person, &wish).await })
                })
                .collect();
            for _ in 0..moves {
                app.clock.advance_us(-DAY_US);
                tokio::task::yield_now().await;
                app.clock.advance_us(DAY_US);
                tokio::task::yield_now().await;
            }
            for reply in join_all(asked).await {
                let code = reply.unwrap().map_or_else(|problem| problem.code, |_| "given");
                assert!(["given", "exposure_limit", "busy"].contains(&code), "{code}");
            }
        };
        for day in 1..=3 {
            // No task is closed early: all that is lent is used.
            for moves in [0, 20, 20] {
                ask(moves).await;
                app.clock.advance_us(120 * SECOND_US);
            }
            for days in [-1, 1, -1, 1] {
                app.clock.advance_us(days * DAY_US);
                ask(0).await;
            }
            let lent = app.rows("select cast(sum(expires_us - leased_us) as text), cast(count(*) as text) from tasks").await;
            let minutes = lent[0].0.parse::<i64>().unwrap() / (60 * SECOND_US);
            assert_eq!(minutes, 4 * day, "four minutes on each of {day} days: {lent:?}");
            app.clock.advance_us(25 * 3_600 * SECOND_US);
        }
    }
}
