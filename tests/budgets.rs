//! A batch gives out no task that it could not pay, and every cent of its budget can be earned.

use crate::helpers::{Person, Scene, TestApp, chance::Chance, sound};
use crate::on_both_pairs;
use sayso::batches::{
    self, Batch, BatchId,
    budgets::{self, Reserved},
};
use sayso::ledger::{self, Pay};
use sayso::platform::{db::DbResult, ids::PersonId, site::Site};
use sayso::wages::{self, TopUp, jobs};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const SECOND_US: i64 = 1_000_000;
const BUDGET_CENTS: i64 = 3_005;
const PAY_CENTS: i64 = 7;

async fn budget(admin: &Person, batch: &str) -> [i64; 3] {
    let standing = admin.get(&format!("/api/v1/batches/{batch}/budget")).await.expect(200);
    ["left_cents", "reserved_cents", "spent_cents"].map(|name| standing[name].as_i64().unwrap())
}

/// The books and the budgets are whole.
async fn is_whole(site: &Site) {
    let findings = ledger::verify(&mut site.db.read().await.unwrap()).await.unwrap();
    assert_eq!((findings.sum_cents, findings.faults), (0, Vec::new()));
}

/// A client that takes, gives back and finishes tasks, and loses one transaction in eight.
struct Client {
    site: Site,
    batch: Batch,
    person: PersonId,
    name: usize,
    out: Vec<String>,
    earned: i64,
}

impl Client {
    async fn takes(&mut self, count: u64, step: usize, lost: bool) -> DbResult<Reserved> {
        let tasks: Vec<String> = (0..count).map(|n| format!("{}-{step}-{n}", self.name)).collect();
        let mut tx = self.site.db.begin().await?;
        let mut reserved = budgets::reserve(&mut tx, &self.batch, &tasks).await?;
        if reserved == Reserved::Unplanned {
            wages::plan(&mut tx, &self.batch).await?;
            reserved = budgets::reserve(&mut tx, &self.batch, &tasks).await?;
        }
        if reserved == Reserved::All && !lost {
            tx.commit().await?;
            self.out.extend(tasks);
        }
        Ok(reserved)
    }

    async fn gives_back(&mut self, lost: bool) -> DbResult<()> {
        let Some(task) = self.out.first().cloned() else { return Ok(()) };
        let mut tx = self.site.db.begin().await?;
        for _ in 0..2 {
            budgets::release(&mut tx, &[(self.batch.id, task.clone())]).await?;
        }
        if !lost {
            tx.commit().await?;
            self.out.remove(0);
        }
        Ok(())
    }

    async fn finishes(&mut self, lost: bool) -> DbResult<()> {
        let Some(task) = self.out.last().cloned() else { return Ok(()) };
        let mut tx = self.site.db.begin().await?;
        let pay = Pay {
            task,
            person: self.person,
            project: self.batch.project_id.to_string(),
            cents: self.batch.pay_cents,
            currency: "USD".into(),
        };
        budgets::spend(&mut tx, self.batch.id, &pay.task, pay.cents).await?;
        ledger::pend(&mut tx, &pay, "A task", 1).await?;
        if !lost {
            tx.commit().await?;
            self.out.pop();
            self.earned += pay.cents;
        }
        Ok(())
    }

    async fn works(mut self, seed: u64) -> Self {
        let mut dice = Chance(seed);
        for step in 0..80 {
            let lost = dice.below(8) == 0;
            // Two that were in each other's way: nothing happened, and the next step comes.
            let _ = match dice.below(4) {
                0 | 1 => self.takes(1 + dice.below(3), step, lost).await.map(drop),
                2 => self.gives_back(lost).await,
                _ => self.finishes(lost).await,
            };
        }
        self
    }
}

/// Looks at the budget while it is used, until told to stop; returns how often.
async fn watches(site: Site, batch: BatchId, stop: Arc<AtomicBool>) -> u32 {
    let mut looks = 0;
    while !stop.load(Ordering::SeqCst) {
        let now = budgets::standing(&mut site.db.read().await.unwrap(), batch).await.unwrap().unwrap();
        assert_eq!(now.left_cents + now.reserved_cents + now.spent_cents, BUDGET_CENTS, "{now:?}");
        assert!(now.left_cents >= 0, "more was promised than there is: {now:?}");
        looks += 1;
        tokio::task::yield_now().await;
    }
    looks
}

on_both_pairs! {
    async fn clients_at_once_never_exceed_a_budget_and_can_earn_all_of_it(app: TestApp) {
        let admin = app.admin().await;
        let fields = json!({ "pay_cents": PAY_CENTS, "budget_cents": BUDGET_CENTS });
        let scene = Scene::set_with(&admin, &["Alexa"], fields, json!({})).await;
        let id: BatchId = scene.record.parse().unwrap();
        let batch = batches::batch(&mut app.site().db.read().await.unwrap(), id).await.unwrap().unwrap();
        let seed = 20_260_106;
        println!("seed {seed}");
        let stop = Arc::new(AtomicBool::new(false));
        let watcher = tokio::spawn(watches(app.site().clone(), id, stop.clone()));
        let clients: Vec<_> = (0..8).map(|name| {
            let (site, batch) = (app.site().clone(), batch.clone());
            let client = Client { site, batch, person: admin.id.parse().unwrap(), name, out: Vec::new(), earned: 0 };
            tokio::spawn(client.works(seed + name as u64))
        }).collect();
        let mut done = Vec::new();
        for client in clients {
            done.push(client.await.unwrap());
        }
        stop.store(true, Ordering::SeqCst);
        assert!(watcher.await.unwrap() > 0);
        for client in &mut done {
            while !client.out.is_empty() {
                client.finishes(false).await.unwrap();
            }
        }
        is_whole(app.site()).await;
        let last = done.last_mut().unwrap();
        for step in 1_000.. {
            match last.takes(1, step, false).await.unwrap() {
                Reserved::All => last.finishes(false).await.unwrap(),
                other => {
                    assert_eq!(other, Reserved::Only(0));
                    break;
                }
            }
        }
        let earned: i64 = done.iter().map(|client| client.earned).sum();
        assert_eq!(earned, BUDGET_CENTS / PAY_CENTS * PAY_CENTS, "some cents were stranded");
        assert_eq!(budget(&admin, &scene.record).await, [BUDGET_CENTS - earned, 0, earned]);
        is_whole(app.site()).await;
    }

    async fn a_batch_gives_out_no_task_that_it_could_not_pay(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set_with(&admin, &["Alexa"; 8], json!({ "budget_cents": 25 }), json!({})).await;
        let [ann, ben, cal] = [scene.speaker(&app, "Ann").await, scene.speaker(&app, "Ben").await, scene.speaker(&app, "Cal").await];
        let first = ann.next_task(&scene.record).await.expect(200);
        let second = ben.next_task(&scene.record).await.expect(200);
        assert_eq!(budget(&admin, &scene.record).await, [5, 20, 0]);
        let refused = cal.next_task(&scene.record).await.refused(404, "no_task");
        assert_eq!(refused["reason"], "budget_exhausted", "{refused}");
        assert_eq!(refused["available_at"], first["expires_at"], "when money may come back: {refused}");

        ben.post(&format!("/api/v1/tasks/{}/skip", second["id"].as_str().unwrap()), json!({})).await.expect(204);
        assert_eq!(budget(&admin, &scene.record).await, [15, 10, 0]);
        let both = cal.post("/api/v1/tasks/next", json!({ "batch": scene.record, "count": 2 })).await.expect(200);
        assert_eq!(budget(&admin, &scene.record).await, [5, 20, 0], "one of two is better than none: {both}");
        ann.records(&first, &sound::clean(1)).await;
        assert_eq!(budget(&admin, &scene.record).await, [5, 10, 10]);
        app.clock.advance_us(3_600 * SECOND_US);
        let ann = ann.signed_in_again().await;
        let admin = admin.signed_in_again().await;
        ann.next_task(&scene.record).await.expect(200);
        assert_eq!(budget(&admin, &scene.record).await, [5, 10, 10], "what ran out is free again");

        let path = format!("/api/v1/batches/{}/budget", scene.record);
        let pay = format!("/api/v1/batches/{}/pay", scene.record);
        admin.post(&pay, json!({ "pay_cents": 16 })).await.refused(409, "budget_exhausted");
        admin.put(&path, json!({ "budget_cents": 19 })).await.refused(409, "budget_promised");
        admin.put(&path, json!({ "budget_cents": -1 })).await.refused(422, "invalid_budget");
        admin.put(&path, json!({ "budget_cents": 46 })).await.expect(200);
        admin.post(&pay, json!({ "pay_cents": 16 })).await.expect(200);
        assert_eq!(budget(&admin, &scene.record).await, [20, 16, 10], "who is at work is paid the new price");
        let other = format!("/api/v1/batches/{}/budget", scene.judge);
        admin.put(&other, json!({ "budget_cents": 100 })).await.refused(409, "no_budget");
        admin.get(&other).await.refused(404, "not_found");
        ann.get(&path).await.refused(403, "forbidden");
        is_whole(app.site()).await;
    }

    async fn what_may_be_won_back_stays_reserved(app: TestApp) {
        let admin = app.admin().await;
        let judge = json!({ "pay_cents": 50, "answers_wanted": 5, "gold_rate": 0.0, "accept_after_s": 604_800, "budget_cents": 100 });
        let scene = Scene::set_with(&admin, &["Alexa"], json!({}), judge).await;
        let speaker = scene.speaker(&app, "Sam").await;
        scene.recorded(&speaker, &sound::clean(1)).await;
        let rita = app.person_with_role(&admin, "Rita", "reviewer").await;
        let rolf = app.person_with_role(&admin, "Rolf", "reviewer").await;
        let mut people = Vec::new();
        for name in ["Ann", "Ben"] {
            let person = app.person(name).await;
            let task = person.next_task(&scene.judge).await.expect(200);
            person.answers(&task, "yes", None).await.expect(200);
            let id = task["id"].as_str().unwrap().to_owned();
            let why = json!({ "code": "careless", "text": "The phrase was Alexa, and something else was said." });
            rita.post(&format!("/api/v1/tasks/{id}/refusal"), why).await.expect(204);
            people.push((person, id));
        }
        assert_eq!(budget(&admin, &scene.judge).await, [0, 100, 0]);
        let cal = app.person("Cal").await;
        assert_eq!(cal.next_task(&scene.judge).await.refused(404, "no_task")["reason"], "budget_exhausted");
        let decide = async |(person, id): &(Person, String), won: bool| {
            let text = json!({ "text": "I heard Alexa, whole and clear, twice." });
            person.post(&format!("/api/v1/refusals/{id}/appeal"), text).await.expect(204);
            let answer = json!({ "won": won, "text": "I have listened to it once more." });
            for _ in 0..2 {
                rolf.post(&format!("/api/v1/appeals/{id}"), answer.clone()).await.expect(204);
            }
        };
        decide(&people[0], true).await;
        assert_eq!(budget(&admin, &scene.judge).await, [0, 50, 50], "won, and earned");
        decide(&people[1], false).await;
        assert_eq!(budget(&admin, &scene.judge).await, [50, 0, 50], "lost, and free");
        is_whole(app.site()).await;

        let task = cal.next_task(&scene.judge).await.expect(200);
        cal.answers(&task, "yes", None).await.expect(200);
        let why = json!({ "code": "careless", "text": "The phrase was Alexa, and something else was said." });
        rita.post(&format!("/api/v1/tasks/{}/refusal", task["id"].as_str().unwrap()), why).await.expect(204);
        app.clock.advance_us(15 * 86_400 * SECOND_US);
        sayso::reviews::jobs::escalate(app.site().clone()).await.unwrap();
        let admin = admin.signed_in_again().await;
        assert_eq!(budget(&admin, &scene.judge).await, [50, 0, 50], "nobody appealed in time");
    }

    async fn lifts_to_the_floor_are_planned_where_they_can_be_foreseen_and_paid_in_any_case(app: TestApp) {
        let admin = app.admin().await;
        let judge = json!({ "pay_cents": 2, "answers_wanted": 12, "gold_rate": 0.0, "budget_cents": 30 });
        let scene = Scene::set_with(&admin, &["Alexa"], json!({}), judge.clone()).await;
        let speaker = scene.speaker(&app, "Sam").await;
        scene.recorded(&speaker, &sound::clean(1)).await;
        for n in 0..10 {
            let person = app.person(&format!("Judge {n}")).await;
            let task = person.next_task(&scene.judge).await.expect(200);
            // Half a minute at 12.00 an hour is 10 cents.
            app.clock.advance_us(30 * SECOND_US);
            let body = json!({ "label": "yes", "duration_ms": 30_000 });
            person.post(&format!("/api/v1/tasks/{}/answer", task["id"].as_str().unwrap()), body).await.expect(200);
        }
        assert_eq!(budget(&admin, &scene.judge).await, [10, 0, 20]);
        jobs::watch(app.site().clone()).await.unwrap();
        for _ in 0..2 {
            jobs::top_up(app.site().clone(), TopUp { batch: scene.judge.parse().unwrap(), round: 1 }).await.unwrap();
        }
        assert_eq!(budget(&admin, &scene.judge).await, [-70, 0, 100], "people come first, once");
        is_whole(app.site()).await;

        // The next batch of that kind knows better.
        let new = json!({ "name": "Again", "kind": "judge", "pay_cents": 4, "answers_wanted": 2, "gold_rate": 0.0, "budget_cents": 19 });
        let again = admin.post(&format!("/api/v1/projects/{}/batches", scene.project), new).await.expect(201);
        assert_eq!(again["budget_cents"], 19);
        let id: BatchId = again["id"].as_str().unwrap().parse().unwrap();
        let mut tx = app.site().db.begin().await.unwrap();
        let batch = batches::batch(&mut tx, id).await.unwrap().unwrap();
        let tasks = ["one".to_owned(), "two".to_owned()];
        assert_eq!(budgets::reserve(&mut tx, &batch, &tasks).await.unwrap(), Reserved::Unplanned);
        wages::plan(&mut tx, &batch).await.unwrap();
        assert_eq!(budgets::reserve(&mut tx, &batch, &tasks).await.unwrap(), Reserved::Only(1), "10 cents each, not 4");
        assert_eq!(budgets::reserve(&mut tx, &batch, &tasks[..1]).await.unwrap(), Reserved::All);
        budgets::spend(&mut tx, id, "one", 4).await.unwrap();
        let kept = budgets::standing(&mut tx, id).await.unwrap().unwrap();
        assert_eq!((kept.left_cents, kept.reserved_cents, kept.spent_cents), (9, 6, 4));
        budgets::plan(&mut tx, &batch, 4).await.unwrap();
        let free = budgets::standing(&mut tx, id).await.unwrap().unwrap();
        assert_eq!((free.left_cents, free.reserved_cents, free.spent_cents), (15, 0, 4), "nobody need be lifted");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn verifying_the_ledger_recounts_budgets() {
    let app = TestApp::spawn(crate::helpers::Pair::LiteFolder).await;
    let admin = app.admin().await;
    let scene = Scene::set_with(&admin, &["Alexa"; 3], json!({ "budget_cents": 25 }), json!({})).await;
    let ann = scene.speaker(&app, "Ann").await;
    let task: Value = ann.next_task(&scene.record).await.expect(200);
    ann.records(&task, &sound::clean(1)).await;
    is_whole(app.site()).await;
    let faults = async || ledger::verify(&mut app.site().db.read().await.unwrap()).await.unwrap().faults;
    app.try_sql("update batch_budget_shards set left_cents = left_cents + 1 where shard = 3").await.unwrap();
    assert!(faults().await[0].contains("come to 26, and its budget is 25"), "{:?}", faults().await);
    app.try_sql("update batch_budget_uses set paid_cents = paid_cents - 1").await.unwrap();
    assert!(faults().await[0].contains("earned 10, and 9 of its batch's budget"), "{:?}", faults().await);
}
