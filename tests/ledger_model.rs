//! The books against a model: whatever happens in whatever order, both say the same, and every
//! snapshot sums to zero.

use crate::helpers::{Person, Scene, TestApp, chance::Chance};
use crate::on_both_pairs;
use sayso::batches::{
    self, Batch, ItemId,
    budgets::{self, Reserved},
};
use sayso::ledger::{self, Grant, Pay, Refusal, payouts};
use sayso::platform::{db::Tx, ids::PersonId, site::Site};
use sayso::wages;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Steps of the run; `SAYSO_STEPS` asks for more.
const STEPS: u64 = 6_000;
/// Steps that share a transaction, so that a run does not wait for the disk at each.
const PER_COMMIT: u64 = 40;
const WHY: &str = "The phrase was Alexa, and something else was said.";

/// Reserved for each task: the most that one pays here.
const UNIT_CENTS: i64 = 40;
/// Enough for three in four of the tasks.
const BUDGET_CENTS: i64 = 12_000;

/// What became of a task and its pay.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Out,
    Pending,
    Accepted,
    Refused,
    Won,
}

/// The books as they should be.
#[derive(Clone, Default)]
struct Model {
    tasks: BTreeMap<u64, (usize, i64, Fate)>,
    pending: HashMap<usize, i64>,
    payable: HashMap<usize, i64>,
    paid: HashMap<usize, i64>,
    causes: BTreeMap<String, i64>,
}

impl Model {
    fn add(to: &mut HashMap<usize, i64>, person: usize, cents: i64) {
        *to.entry(person).or_default() += cents;
    }
}

struct World {
    site: Site,
    project: String,
    batch: Batch,
    people: Vec<PersonId>,
}

impl World {
    fn pay(&self, cause: &str, person: usize, cents: i64) -> Pay {
        Pay {
            task: cause.to_owned(),
            person: self.people[person],
            project: self.project.clone(),
            cents,
            currency: "USD".into(),
        }
    }

    /// One random step on tasks and grants: half of them repeat something that was done before.
    async fn step(&self, tx: &mut Tx, model: &mut Model, dice: &mut Chance, now_us: i64) {
        let task = dice.below(400);
        let id = format!("task-{task}");
        let person = dice.below(self.people.len() as u64) as usize;
        match dice.below(8) {
            0 => self.issues(tx, model, task, person).await,
            1 => self.answers(tx, model, task, now_us).await,
            6 => {
                budgets::release(tx, &[(self.batch.id, id)]).await.unwrap();
                if model.tasks.get(&task).is_some_and(|(_, _, fate)| *fate == Fate::Out) {
                    model.tasks.remove(&task);
                }
            }
            2 => {
                ledger::accept(tx, &id, now_us).await.unwrap();
                if let Some((person, cents, fate @ Fate::Pending)) = model.tasks.get_mut(&task) {
                    *fate = Fate::Accepted;
                    Model::add(&mut model.pending, *person, -*cents);
                    Model::add(&mut model.payable, *person, *cents);
                }
            }
            3 => {
                let refusal = Refusal {
                    task: id,
                    batch: self.batch.id,
                    item: ItemId::new(),
                    code: "careless".into(),
                    text: WHY.into(),
                    by: None,
                };
                let refused = ledger::refuse(tx, &refusal, now_us).await.unwrap();
                let found = model.tasks.get_mut(&task).filter(|(_, _, fate)| *fate == Fate::Pending);
                assert_eq!(refused, found.is_some());
                if let Some((person, cents, fate)) = found {
                    *fate = Fate::Refused;
                    Model::add(&mut model.pending, *person, -*cents);
                }
            }
            4 => {
                let Some((person, cents, fate)) = model.tasks.get_mut(&task) else { return };
                if !matches!(fate, Fate::Refused | Fate::Won) {
                    return;
                }
                budgets::appeal(tx, self.batch.id, &id).await.unwrap();
                budgets::decide(tx, self.batch.id, &id, Some(*cents)).await.unwrap();
                let granted =
                    ledger::grant(tx, Grant::Appeal, &self.pay(&id, *person, *cents), "Won", now_us).await.unwrap();
                assert_eq!(granted, *fate == Fate::Refused, "an appeal pays once");
                if granted {
                    *fate = Fate::Won;
                    Model::add(&mut model.payable, *person, *cents);
                }
            }
            _ => {
                let (grant, cents) = if dice.below(2) == 0 { (Grant::Bonus, 25) } else { (Grant::TopUp, 7) };
                let cause = format!("{}-{}", grant.as_str(), dice.below(2_000));
                let granted =
                    ledger::grant(tx, grant, &self.pay(&cause, person, cents), "Thanks", now_us).await.unwrap();
                assert_eq!(granted, !model.causes.contains_key(&cause), "{cause} pays once");
                if granted {
                    model.causes.insert(cause, cents);
                    Model::add(&mut model.payable, person, cents);
                }
            }
        }
    }

    /// A task that was given out is answered, or once more.
    async fn answers(&self, tx: &mut Tx, model: &mut Model, task: u64, now_us: i64) {
        let Some((person, cents, fate)) = model.tasks.get_mut(&task) else { return };
        let pay = self.pay(&format!("task-{task}"), *person, *cents);
        budgets::spend(tx, self.batch.id, &pay.task, *cents).await.unwrap();
        ledger::pend(tx, &pay, "A task", now_us).await.unwrap();
        if *fate == Fate::Out {
            *fate = Fate::Pending;
            Model::add(&mut model.pending, *person, *cents);
        }
    }

    /// Gives out a task that is not out or done, as far as the budget goes.
    async fn issues(&self, tx: &mut Tx, model: &mut Model, task: u64, person: usize) {
        if model.tasks.contains_key(&task) {
            return;
        }
        let affordable = (model.tasks.len() as i64 + 1) * UNIT_CENTS <= BUDGET_CENTS;
        let reserved = budgets::reserve(tx, &self.batch, &[format!("task-{task}")]).await.unwrap();
        assert_eq!(reserved, if affordable { Reserved::All } else { Reserved::Only(0) });
        if affordable {
            model.tasks.insert(task, (person, 1 + task as i64 % UNIT_CENTS, Fate::Out));
        }
    }

    /// A payout that is asked for, approved and ends, each twice.
    async fn pays_out(&self, model: &mut Model, person: usize, admin: PersonId, fails: bool) {
        let payable = model.payable.get(&person).copied().unwrap_or_default();
        let asked = payouts::request(&self.site, self.people[person], "USD").await;
        if payable < payouts::LEAST_CENTS {
            assert_eq!(asked.expect_err("too little").code, "too_little");
            return;
        }
        let payout = asked.expect("enough is payable");
        assert_eq!(payouts::request(&self.site, self.people[person], "USD").await.unwrap().id, payout.id);
        assert_eq!(payout.amount_cents, payable);
        if payable < payouts::FOUR_EYES_CENTS && !fails {
            for _ in 0..2 {
                payouts::approve(&self.site, admin, payout.id, true).await.unwrap();
            }
            for state in [payouts::PayoutState::Sent, payouts::PayoutState::Sent, payouts::PayoutState::Settled] {
                payouts::advance(&self.site, Some(admin), payout.id, state, "T-1").await.unwrap();
            }
            Model::add(&mut model.payable, person, -payable);
            Model::add(&mut model.paid, person, payable);
        } else {
            for _ in 0..2 {
                payouts::advance(&self.site, Some(admin), payout.id, payouts::PayoutState::Failed, "closed")
                    .await
                    .unwrap();
            }
        }
    }

    async fn agrees(&self, model: &Model) {
        let mut tx = self.site.db.read().await.unwrap();
        for (n, person) in self.people.iter().enumerate() {
            let found = ledger::balances(&mut tx, *person).await.unwrap().into_iter().next().unwrap_or_default();
            let should =
                [&model.pending, &model.payable, &model.paid].map(|of| of.get(&n).copied().unwrap_or_default());
            assert_eq!([found.pending_cents, found.payable_cents, found.paid_cents], should, "person {n}");
        }
        let findings = ledger::verify(&mut tx).await.unwrap();
        assert_eq!((findings.sum_cents, findings.faults), (0, Vec::new()));
        let earned = |(_, cents, fate): &(usize, i64, Fate)| match fate {
            Fate::Out | Fate::Refused => 0,
            Fate::Pending | Fate::Accepted | Fate::Won => *cents,
        };
        let spent: i64 = model.tasks.values().map(earned).sum();
        let held = model.tasks.len() as i64 * UNIT_CENTS;
        let budget = budgets::standing(&mut tx, self.batch.id).await.unwrap().unwrap();
        assert_eq!(
            [budget.left_cents, budget.reserved_cents, budget.spent_cents],
            [BUDGET_CENTS - held, held - spent, spent]
        );
    }
}

/// Looks at the books while they are written, until told to stop; returns how often.
async fn watches(site: Site, stop: Arc<AtomicBool>) -> u32 {
    let mut looks = 0;
    while !stop.load(Ordering::SeqCst) {
        let findings = ledger::verify(&mut site.db.read().await.unwrap()).await.unwrap();
        assert_eq!((findings.sum_cents, findings.faults), (0, Vec::new()), "a snapshot does not balance");
        looks += 1;
        tokio::task::yield_now().await;
    }
    looks
}

async fn cast(app: &TestApp, admin: &Person) -> World {
    let judge = serde_json::json!({ "pay_cents": UNIT_CENTS, "budget_cents": BUDGET_CENTS });
    let scene = Scene::set_with(admin, &["Alexa"], serde_json::json!({}), judge).await;
    // Paused, so that no chore plans its budget anew meanwhile.
    let state = format!("/api/v1/batches/{}/state", scene.judge);
    admin.post(&state, serde_json::json!({ "state": "paused" })).await.expect(200);
    let mut tx = app.site().db.begin().await.unwrap();
    let batch = batches::batch(&mut tx, scene.judge.parse().unwrap()).await.unwrap().unwrap();
    wages::plan(&mut tx, &batch).await.unwrap();
    tx.commit().await.unwrap();
    let mut people = Vec::new();
    for n in 0..5 {
        let person = app.person(&format!("Person {n}")).await;
        person
            .put("/api/v1/ledger/destination", serde_json::json!({ "destination": format!("p{n}@pay.example") }))
            .await
            .expect(204);
        people.push(person.id.parse().unwrap());
    }
    World { site: app.site().clone(), project: scene.project.clone(), batch, people }
}

on_both_pairs! {
    async fn the_books_agree_with_a_model_through_random_steps_crashes_and_repetitions(app: TestApp) {
        let steps = std::env::var("SAYSO_STEPS").ok().and_then(|text| text.parse().ok()).unwrap_or(STEPS);
        let seed = 20_260_105;
        println!("seed {seed}, {steps} steps");
        let admin = app.admin().await;
        let world = cast(&app, &admin).await;
        let by: PersonId = admin.id.parse().unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let watcher = tokio::spawn(watches(world.site.clone(), stop.clone()));
        let (mut model, mut dice) = (Model::default(), Chance(seed));
        for round in 0..steps / PER_COMMIT {
            let now_us = app.clock.now_us() + round as i64;
            let mut tx = world.site.db.begin().await.unwrap();
            let mut tried = model.clone();
            for _ in 0..PER_COMMIT {
                world.step(&mut tx, &mut tried, &mut dice, now_us).await;
            }
            // One transaction in ten is lost, as in a crash: then nothing of it has happened.
            if dice.below(10) == 0 {
                drop(tx);
            } else {
                tx.commit().await.unwrap();
                model = tried;
            }
            if dice.below(3) == 0 {
                let (person, fails) = (dice.below(5) as usize, dice.below(3) == 0);
                world.pays_out(&mut model, person, by, fails).await;
            }
            if round % 10 == 0 {
                world.agrees(&model).await;
            }
        }
        world.agrees(&model).await;
        stop.store(true, Ordering::SeqCst);
        let looks = watcher.await.unwrap();
        println!("{looks} snapshots balanced");
        assert!(looks > 0 && model.paid.values().any(|cents| *cents > 0), "the run paid nobody");
    }
}
