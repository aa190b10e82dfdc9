//! Money under `kill -9`: fifty identical calls, and the server killed in between, have one effect.

use crate::helpers::{Backend, Pair, Person, Scene, client, process::Process, settled, sound, until};
use reqwest::Client;
use sayso::batches::BatchId;
use sayso::platform::{db::Db, queue};
use sayso::wages::TopUp;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::{sync::watch, task::JoinSet};

const CALLS: usize = 50;
const WHY: &str = "The phrase was Alexa, and something else was said.";

/// One request, until a living server has answered it.
async fn insist(
    http: Client,
    site: watch::Receiver<String>,
    person: Person,
    path: String,
    body: Value,
) -> (u16, Value) {
    let mut every = tokio::time::interval(Duration::from_millis(50));
    for _ in 0..1_200 {
        every.tick().await;
        let url = format!("{}{path}", *site.borrow());
        let Ok(reply) = http.post(url).bearer_auth(&person.token).json(&body).send().await else { continue };
        let status = reply.status().as_u16();
        // Busy, or the request came too slowly: neither says what became of it.
        if !matches!(status, 408 | 429 | 503) {
            return (status, reply.json().await.unwrap_or(Value::Null));
        }
    }
    panic!("nobody answered {path} within a minute");
}

/// A site whose server is killed again and again.
struct World {
    backend: Backend,
    db: Db,
    server: Option<Process>,
    moved: watch::Sender<String>,
}

impl World {
    async fn begin(pair: Pair) -> (Self, Person) {
        let backend = Backend::fresh(pair);
        let server = Process::start(&backend, &["serve"]).await;
        let link = server.setup_link.clone().expect("a first start prints a link");
        let token = link.split_once("token=").unwrap().1;
        let admin = Person::sign_up(&server.url, &client(), "Ada Admin", Some(token)).await;
        let db = Db::open(&backend.database_url).await.unwrap();
        let (moved, _) = watch::channel(server.url.clone());
        (Self { backend, db, server: Some(server), moved }, admin)
    }

    async fn dies_and_comes_back(&mut self) {
        self.server.take().unwrap().kill();
        let server = Process::start(&self.backend, &["serve"]).await;
        self.moved.send_replace(server.url.clone());
        self.server = Some(server);
    }

    /// Fifty identical calls at once; the server is killed when it has answered the first.
    async fn storm(&mut self, person: &Person, path: &str, body: Value) -> Vec<(u16, Value)> {
        let (mut calls, http) = (JoinSet::new(), client());
        for _ in 0..CALLS {
            calls.spawn(insist(http.clone(), self.moved.subscribe(), person.clone(), path.to_owned(), body.clone()));
        }
        let mut replies = vec![calls.join_next().await.unwrap().unwrap()];
        self.dies_and_comes_back().await;
        while let Some(reply) = calls.join_next().await {
            replies.push(reply.unwrap());
        }
        assert!(replies.iter().all(|(status, _)| *status == replies[0].0), "{path}: {replies:?}");
        replies
    }

    async fn count(&self, sql: &'static str) -> i64 {
        let row: (i64,) = self.db.read().await.unwrap().one(sql, ()).await.unwrap();
        row.0
    }

    fn here(&self, person: &Person) -> Person {
        person.at(&self.moved.borrow())
    }
}

/// People and their judged tasks: one that is refused, one that is accepted.
async fn stage(world: &World, admin: &Person) -> (Scene, Person, [String; 2]) {
    let judge = json!({ "pay_cents": 700, "answers_wanted": 2, "gold_rate": 0.0, "accept_after_s": 604_800 });
    let scene = Scene::set_with(admin, &["Alexa", "Computer"], json!({}), judge).await;
    let url = world.moved.borrow().clone();
    let speaker = Person::sign_up(&url, &client(), "Sam", None).await;
    speaker.consents(&scene.project).await;
    for n in 0..2 {
        let task = speaker.next_task(&scene.record).await.expect(200);
        let sent = speaker.records(&task, &sound::clean(n)).await;
        settled(&speaker, sent["id"].as_str().unwrap()).await;
    }
    let ann = Person::sign_up(&url, &client(), "Ann", None).await;
    let mut tasks = Vec::new();
    for _ in 0..2 {
        let task = until(async || {
            let reply = ann.next_task(&scene.judge).await;
            (reply.status == 200).then(|| reply.json())
        })
        .await;
        ann.answers(&task, "yes", None).await.expect(200);
        tasks.push(task["id"].as_str().unwrap().to_owned());
    }
    (scene, ann, tasks.try_into().unwrap())
}

async fn reviewer(admin: &Person, url: &str, name: &str) -> Person {
    let person = Person::sign_up(url, &client(), name, None).await;
    admin.put(&format!("/api/v1/people/{}/role", person.id), json!({ "role": "reviewer" })).await.expect(204);
    person.signed_in_again().await
}

/// Below the floor, ten tasks by one person: lifted by fifty jobs, of which some die with the server.
async fn lifts(world: &mut World, scene: &Scene, person: &Person) {
    let batch: BatchId = scene.record.parse().unwrap();
    let mut tx = world.db.begin().await.unwrap();
    for n in 0..10_i64 {
        let task = format!("earlier-{n}");
        tx.exec(
            "insert into wage_times (task_id, batch_id, person_id, active_ms, pay_cents, at_us) values ($1, $2, $3, 30000, 4, $4)",
            (task, batch, person.id.as_str(), n),
        )
        .await
        .unwrap();
    }
    tx.exec(
        "insert into wage_rounds (batch_id, round, until_us, median_ms, due_cents) values ($1, 1, 9, 30000, 10)",
        (batch,),
    )
    .await
    .unwrap();
    for _ in 0..CALLS {
        queue::enqueue(&mut tx, &TopUp { batch, round: 1 }, 0).await.unwrap();
    }
    tx.commit().await.unwrap();
    const READY: &str = "select count(*) from jobs where kind = 'top_up' and state = 'ready'";
    until(async || (world.count(READY).await < CALLS as i64).then_some(())).await;
    world.dies_and_comes_back().await;
    until(async || (world.count(READY).await == 0).then_some(())).await;
    until(async || {
        let lifted = "select cast(coalesce(sum(amount_cents), 0) as bigint) from ledger_entries where kind = 'top_up'";
        (world.count(lifted).await == 60).then_some(())
    })
    .await;
}

async fn has_one_effect_each(pair: Pair) {
    let (mut world, admin) = World::begin(pair).await;
    let (scene, ann, [refused, accepted]) = stage(&world, &admin).await;
    let url = world.moved.borrow().clone();
    let rita = reviewer(&admin, &url, "Rita").await;
    let rolf = reviewer(&admin, &url, "Rolf").await;

    let why = json!({ "code": "careless", "text": WHY });
    let replies = world.storm(&rita, &format!("/api/v1/tasks/{refused}/refusal"), why).await;
    assert_eq!(replies[0].0, 204);
    let says = json!({ "text": "I heard Alexa, whole and clear, twice." });
    let replies = world.storm(&ann, &format!("/api/v1/refusals/{refused}/appeal"), says).await;
    assert_eq!(replies[0].0, 204);
    let right = json!({ "won": true, "text": "You are right, the phrase is there." });
    let replies = world.storm(&rolf, &format!("/api/v1/appeals/{refused}"), right).await;
    assert_eq!(replies[0].0, 204);
    let replies = world.storm(&rolf, &format!("/api/v1/tasks/{accepted}/acceptance"), json!({})).await;
    assert_eq!(replies[0].0, 204);
    lifts(&mut world, &scene, &ann).await;

    let to = json!({ "destination": "ann@pay.example" });
    world.here(&ann).put("/api/v1/ledger/destination", to).await.expect(204);
    let asked = world.storm(&ann, "/api/v1/payouts", json!({ "currency": "USD" })).await;
    assert!(asked.iter().all(|(status, one)| *status == 200 && one["id"] == asked[0].1["id"]), "{asked:?}");
    assert_eq!(asked[0].1["amount_cents"], 1_460, "won, accepted and lifted, each once");
    let payout = format!("/api/v1/payouts/{}", asked[0].1["id"].as_str().unwrap());
    let approved = world.storm(&admin, &format!("{payout}/approve"), json!({})).await;
    assert!(approved.iter().all(|(_, one)| one["state"] == "approved"), "{approved:?}");
    let failed = json!({ "state": "failed", "reference": "account closed" });
    let replies = world.storm(&admin, &format!("{payout}/state"), failed).await;
    assert_eq!(replies[0].0, 200);

    let statement = world.here(&ann).get("/api/v1/ledger/statement").await.expect(200);
    assert_eq!(statement["balances"][0]["payable_cents"], 1_460, "{statement}");
    for (what, sql) in [
        ("refusal", "select count(*) from refusals"),
        ("appeal", "select count(*) from refusal_appeals where state = 'won'"),
        ("won", "select count(*) from ledger_entries where kind = 'appeal'"),
        ("lift", "select count(*) from ledger_entries where kind = 'top_up'"),
        ("payout", "select count(*) from ledger_entries where kind = 'payout'"),
        ("approval", "select count(*) from payout_approvals"),
        ("return", "select count(*) from ledger_entries where kind = 'payout_failed'"),
        (
            "refuser or reason missing, or decided by who refused",
            "select 1 + count(*) from refusals r left join refusal_appeals a on a.task_id = r.task_id
             where length(r.text) < 20 or r.code = '' or r.item_id = '' or r.refused_by is null
               or a.decided_by = r.refused_by",
        ),
    ] {
        assert_eq!(world.count(sql).await, 1, "{what}");
    }
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_sayso"))
        .args(["verify", "ledger"])
        .envs(world.backend.environment())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    world.server.take().unwrap().kill();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_calls_through_kills_have_one_effect_each_on_sqlite_and_folder() {
    has_one_effect_each(Pair::LiteFolder).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_calls_through_kills_have_one_effect_each_on_postgres_and_s3() {
    has_one_effect_each(Pair::PgS3).await;
}
